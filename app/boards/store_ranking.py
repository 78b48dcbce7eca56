"""Queries that rank: over the standings and the seals, which they only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.boards.core import DAILY, INNOVATION, TOTAL, Own, Placed, Tally
from app.boards.tables import board_opt_out
from app.points.tables import standing
from app.roster.tables import member, membership, organisation
from app.rules.points import printed
from app.seals.tables import quarter_standing

_COLUMNS = {TOTAL: "effective", DAILY: "daily", INNOVATION: "innovation"}
_SCALES = {0: 100, 1: 10}  # members of several books may stand on one board: they are compared in hundredths
_sealed = quarter_standing.alias("sealed")


@dataclass(frozen=True)
class Ranking:
    """Whom a board ranks and by what; ``branch_ids`` None: the whole district.

    Without ``quarter`` the standings of the cycle, of those who are members today; with it, what was sealed. ``then``
    is the seal that movement is told against. ``starts`` and ``quarters`` (of the cycle) are for dimensions: what each
    class opens with, by edition and class. Exempt and former members are left out.
    """

    district_id: UUID
    cycle: str
    branch_ids: tuple[UUID, ...] | None
    today: date
    measure: str
    quarter: str | None = None
    then: str | None = None
    starts: Mapping[tuple[str, str], int] | None = None
    quarters: tuple[str, ...] = ()

    @property
    def source(self) -> FromClause:
        return standing if self.quarter is None else quarter_standing

    def value(self, source: FromClause) -> ColumnElement[int]:
        """In hundredths."""
        return _measured(source, self.measure, self.starts, self.quarters) * scale_of(source)

    def holds(self, source: FromClause) -> list[ColumnElement[bool]]:
        """Of rows of the standings or of the seal."""
        found = [source.c.district_id == self.district_id, source.c.ranked]
        if self.quarter is None:
            found.append(source.c.cycle == self.cycle)
        else:
            found.append(source.c.quarter == self.quarter)
        if self.branch_ids is not None:
            found.append(source.c.branch_id == any_(literal(list(self.branch_ids), ARRAY(Uuid))))
        if self.measure != TOTAL:
            found.append(~is_vetoed_away(source))
        return found

    def present(self, source: FromClause) -> ColumnElement[bool]:
        """Joined rather than looked up row by row: the planner takes a prefix or a sub-select to be rare."""
        return and_(
            membership.c.district_id == source.c.district_id,
            membership.c.member_id == source.c.member_id,
            *belongs_on(self.today),
        )

    @property
    def sealed(self) -> ColumnElement[bool]:
        """The member's row of the seal that movement is told against."""
        found = [
            _sealed.c.district_id == self.source.c.district_id,
            _sealed.c.member_id == self.source.c.member_id,
            _sealed.c.quarter == (self.then or ""),
            _sealed.c.ranked,
        ]
        if self.branch_ids is not None:
            found.append(_sealed.c.branch_id == any_(literal(list(self.branch_ids), ARRAY(Uuid))))
        return and_(*found)


def belongs_on(today: date | ColumnElement[date]) -> tuple[ColumnElement[bool], ...]:
    return (membership.c.from_on <= today, or_(membership.c.until_on.is_(None), membership.c.until_on >= today))


def scale_of(source: FromClause) -> ColumnElement[int]:
    return case(_SCALES, value=source.c.decimals, else_=1)


def is_vetoed_away(source: FromClause) -> ColumnElement[bool]:
    """Whom a veto has brought to 0."""
    return and_(source.c.vetoes > 0, source.c.effective == 0, source.c.total != 0)


def _measured(
    source: FromClause, measure: str, starts: Mapping[tuple[str, str], int] | None, quarters: tuple[str, ...]
) -> ColumnElement[int]:
    """In the book's smallest unit."""
    if starts is None:
        found: ColumnElement[int] = source.c[_COLUMNS[measure]]
        return found
    return left_of(source, measure, starts, quarters)


def left_of(
    source: FromClause, dimension: str, starts: Mapping[tuple[str, str], int], quarters: tuple[str, ...]
) -> ColumnElement[int]:
    """What is left of a dimension, or earned in it: what its class opens with and the routine points, not below 0."""
    if "regimes" in source.c:
        regime = func.coalesce(*(source.c.regimes[code] for code in sorted(quarters, reverse=True)), type_=JSONB)
        edition, profile = regime[0].astext, regime[1].astext
    else:
        edition, profile = source.c.edition, source.c.profile
    begun = [(and_(edition == one[0], profile == one[1]), start) for one, start in sorted(starts.items()) if start]
    opened: ColumnElement[int] = case(*begun, else_=0) if begun else literal(0)
    routine = cast(source.c.matrix[dimension]["routine"].astext, Integer)
    return func.greatest(0, opened + func.coalesce(routine, 0))


def get_tally(connection: Connection, ranking: Ranking) -> tuple[Tally, datetime | None]:
    """How many have each value, and when the latest of them changed."""
    source = ranking.source
    changed = source.c.updated_at if ranking.quarter is None else source.c.frozen_at
    rows = source if ranking.quarter is not None else source.join(membership, ranking.present(source))
    value = ranking.value(source).label("value")
    statement = (
        select(value, func.count(), func.max(changed))
        .select_from(rows)
        .where(*ranking.holds(source), *_own_district(ranking))
        .group_by(value)
    )
    found = connection.execute(statement).all()
    return Tally.of((row[0], row[1]) for row in found), max((row[2] for row in found), default=None)


def list_top(connection: Connection, ranking: Ranking, count_max: int) -> list[Placed]:
    """The first by value, of those who are members today and wish to stand there.

    Those with equal values stand by earlier membership, then by number.
    """
    source, district_id = ranking.source, ranking.district_id
    branch = and_(organisation.c.district_id == source.c.district_id, organisation.c.id == source.c.branch_id)
    person = and_(member.c.district_id == source.c.district_id, member.c.id == source.c.member_id)
    out = and_(board_opt_out.c.district_id == source.c.district_id, board_opt_out.c.member_id == source.c.member_id)
    rows = source.join(membership, ranking.present(source)).join(organisation, branch).join(member, person)
    then = _measured(_sealed, ranking.measure, ranking.starts, ranking.quarters) * scale_of(_sealed)
    value = ranking.value(source).label("value")
    statement = (
        select(
            source.c.member_id,
            member.c.name,
            organisation.c.name.label("branch"),
            value,
            source.c.decimals,
            is_vetoed_away(source).label("is_vetoed"),
            then.label("value_then"),
        )
        .select_from(rows.outerjoin(board_opt_out, out).outerjoin(_sealed, ranking.sealed))
        .where(
            *ranking.holds(source), *_own_district(ranking), board_opt_out.c.member_id.is_(None),
            member.c.district_id == district_id, organisation.c.district_id == district_id,
        )
        .order_by(value.desc(), member.c.joined_on, member.c.number)
        .limit(count_max)
    )  # fmt: skip
    return [
        Placed(
            row.member_id, row.name, row.branch, row.value, _points(row.value, row.decimals), row.is_vetoed,
            row.value_then,
        )
        for row in connection.execute(statement)
    ]  # fmt: skip


def _own_district(ranking: Ranking) -> list[ColumnElement[bool]]:
    return [membership.c.district_id == ranking.district_id] if ranking.quarter is None else []


def _points(hundredths: int, decimals: int) -> Decimal:
    return printed(hundredths // _SCALES.get(decimals, 1), decimals)


# The own position.


@cache
def _own(measure: str) -> Select[Any]:
    """Built once for each of the plain measures: everybody's phone asks it."""
    return _own_of(measure, None, ())


def _own_of(measure: str, starts: Mapping[tuple[str, str], int] | None, quarters: tuple[str, ...]) -> Select[Any]:
    district = bindparam("in_district", type_=Uuid())
    person = and_(
        member.c.district_id == district,
        member.c.id == standing.c.member_id,
        member.c.account_id == bindparam("in_account", type_=Uuid()),
    )
    there = and_(
        membership.c.district_id == district,
        membership.c.member_id == standing.c.member_id,
        *belongs_on(bindparam("today", type_=Date())),
    )
    sealed = and_(
        _sealed.c.district_id == district,
        _sealed.c.member_id == standing.c.member_id,
        _sealed.c.quarter == bindparam("seal", type_=Text()),
        _sealed.c.ranked,
    )
    return (
        select(
            standing.c.member_id,
            standing.c.branch_id,
            (_measured(standing, measure, starts, quarters) * scale_of(standing)).label("value"),
            standing.c.decimals,
            (_measured(_sealed, measure, starts, quarters) * scale_of(_sealed)).label("value_then"),
            _sealed.c.branch_id.label("branch_then"),
            board_opt_out.c.member_id.label("opted_out"),
        )
        .select_from(
            standing.join(member, person)
            .join(membership, there)
            .outerjoin(_sealed, sealed)
            .outerjoin(
                board_opt_out,
                and_(board_opt_out.c.district_id == district, board_opt_out.c.member_id == standing.c.member_id),
            )
        )
        .where(
            standing.c.district_id == district,
            standing.c.cycle == bindparam("in_cycle", type_=Text()),
            standing.c.ranked,
            ~is_vetoed_away(standing),
        )
    )


def find_own(connection: Connection, ranking: Ranking, account_id: UUID) -> tuple[Own, bool] | None:
    """The caller's values, and whether the own name may stand on boards; None if the caller is not ranked.

    Whom a veto has brought to 0 has no place of their own: it would say nothing but the veto.
    """
    if ranking.starts is None:
        statement = _own(ranking.measure)
    else:
        statement = _own_of(ranking.measure, ranking.starts, ranking.quarters)
    sent = {
        "in_district": ranking.district_id,
        "in_cycle": ranking.cycle,
        "in_account": account_id,
        "today": ranking.today,
        "seal": ranking.then or "",
    }
    row = connection.execute(statement, sent).one_or_none()
    if row is None:
        return None
    own = Own(
        row.member_id, row.branch_id, row.value, _points(row.value, row.decimals), row.value_then, row.branch_then
    )
    return own, row.opted_out is None
