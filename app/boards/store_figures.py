"""Queries of what is nobody's own: averages of branches, dimensions and seals; and of the latest good deeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Connection, FromClause, Uuid, and_, any_, exists, func, literal, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.types import BigInteger

from app.boards.core_screens import BranchSum, FoundDeed, SealSum
from app.boards.store_ranking import Ranking, belongs_on, is_vetoed_away, left_of, scale_of
from app.boards.tables import board_opt_out
from app.points.tables import dispute, entry, standing
from app.roster.tables import member, membership, organisation
from app.seals.tables import quarter_standing


def list_branch_sums(connection: Connection, ranking: Ranking, members_min: int) -> list[BranchSum]:
    """Of each branch with at least so many who are ranked: how many, and what they have together in hundredths."""
    source = ranking.source
    rows = source if ranking.quarter is not None else source.join(membership, ranking.present(source))
    own = [membership.c.district_id == ranking.district_id] if ranking.quarter is None else []
    statement = (
        select(source.c.branch_id, func.count().label("members"), _sum(ranking.value(source)).label("points"))
        .select_from(rows)
        .where(*ranking.holds(source), *own)
        .group_by(source.c.branch_id)
        .having(func.count() >= members_min)
    )
    return [BranchSum(row.branch_id, row.members, int(row.points)) for row in connection.execute(statement)]


def _sum(value: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(sql_cast(value, BigInteger))


def get_left(
    connection: Connection, ranking: Ranking, starts: Mapping[str, Mapping[tuple[str, str], int]]
) -> tuple[int, dict[str, int], datetime | None]:
    """How many are ranked, what they have left of each dimension together in hundredths, and their latest change."""
    scale = scale_of(standing)
    codes = sorted(starts)
    sums = [_sum(left_of(standing, code, starts[code], ranking.quarters) * scale) for code in codes]
    statement = (
        select(func.count(), func.max(standing.c.updated_at), *sums)
        .select_from(standing.join(membership, ranking.present(standing)))
        .where(*ranking.holds(standing), membership.c.district_id == ranking.district_id)
    )
    row = connection.execute(statement).one()
    return row[0], {code: int(points or 0) for code, points in zip(codes, row[2:], strict=True)}, row[1]


def list_seal_sums(
    connection: Connection, district_id: UUID, quarters: Sequence[str], branch_ids: Sequence[UUID] | None
) -> list[SealSum]:
    """At each of these seals: how many were ranked, and their total and daily points together in hundredths."""
    sealed: FromClause = quarter_standing
    scale = scale_of(sealed)
    statement = (
        select(
            sealed.c.quarter,
            func.count().label("members"),
            _sum(sealed.c.effective * scale).label("total"),
            _sum(sealed.c.daily * scale).label("daily"),
            func.max(sealed.c.frozen_at).label("frozen_at"),
        )
        .where(sealed.c.district_id == district_id, sealed.c.quarter.in_(list(quarters)), sealed.c.ranked)
        .group_by(sealed.c.quarter)
        .order_by(sealed.c.quarter)
    )
    if branch_ids is not None:
        statement = statement.where(sealed.c.branch_id == any_(literal(list(branch_ids), ARRAY(Uuid))))
    return [
        SealSum(row.quarter, row.members, int(row.total), int(row.daily), row.frozen_at)
        for row in connection.execute(statement)
    ]


def list_deeds(
    connection: Connection,
    district_id: UUID,
    cycle: str,
    today: date,
    branch_ids: Sequence[UUID] | None,
    count_max: int,
) -> list[FoundDeed]:
    """The additions posted last that stand: neither reversed nor under appeal, of those whom boards rank and who wish
    to stand on them, and under no veto. Never a fault, and never anybody's words.
    """
    undone = entry.alias("undone")
    is_undone = exists().where(undone.c.district_id == district_id, undone.c.reverses == entry.c.id)
    is_disputed = exists().where(dispute.c.district_id == district_id, dispute.c.entry_id == entry.c.id)
    out = exists().where(
        board_opt_out.c.district_id == district_id, board_opt_out.c.member_id == entry.c.member_id
    )  # fmt: skip
    stands = and_(
        standing.c.district_id == entry.c.district_id,
        standing.c.cycle == entry.c.cycle,
        standing.c.member_id == entry.c.member_id,
    )
    there = and_(membership.c.district_id == entry.c.district_id, membership.c.member_id == entry.c.member_id)
    person = and_(member.c.district_id == entry.c.district_id, member.c.id == entry.c.member_id)
    branch = and_(organisation.c.district_id == entry.c.district_id, organisation.c.id == standing.c.branch_id)
    statement = (
        select(
            entry.c.edition,
            entry.c.item,
            entry.c.tier,
            entry.c.effective_on,
            entry.c.recorded_at,
            member.c.name,
            organisation.c.name.label("branch"),
        )
        .select_from(
            entry.join(standing, stands).join(membership, there).join(member, person).join(organisation, branch)
        )
        .where(
            entry.c.district_id == district_id,
            entry.c.kind == "innovation",
            entry.c.reverses.is_(None),
            entry.c.points > 0,
            entry.c.cycle == cycle,
            standing.c.ranked,
            ~is_vetoed_away(standing),
            *belongs_on(today),
            ~is_undone,
            ~is_disputed,
            ~out,
        )
        .order_by(entry.c.recorded_at.desc(), entry.c.id)
        .limit(count_max)
    )
    if branch_ids is not None:
        statement = statement.where(standing.c.branch_id == any_(literal(list(branch_ids), ARRAY(Uuid))))
    return [FoundDeed(*row) for row in connection.execute(statement)]
