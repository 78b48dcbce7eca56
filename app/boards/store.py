"""Queries of boards: over the standings, which they only read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Connection, FromClause, Uuid, and_, any_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.boards.core import Audience, BoardPolicy, NameForm, Reach
from app.boards.tables import board_policy
from app.points.tables import standing
from app.roster.tables import member, membership, organisation
from app.rules.points import printed


@dataclass(frozen=True, slots=True)
class Placed:
    """A member's printed points and full name, before the policy has its say."""

    member_id: UUID
    name: str
    branch: str
    points: Decimal


def find_policy(connection: Connection, district_id: UUID, audience: Audience) -> BoardPolicy | None:
    statement = select(board_policy.c.reach, board_policy.c.top, board_policy.c.names).where(
        board_policy.c.district_id == district_id, board_policy.c.audience == audience.value
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else BoardPolicy(Reach(row.reach), row.top, NameForm(row.names))


def upsert_policy(
    connection: Connection, district_id: UUID, audience: Audience, policy: BoardPolicy, at: datetime, by: UUID | None
) -> None:
    values = {
        "reach": policy.reach.value,
        "top": policy.top,
        "names": policy.names.value,
        "set_at": at,
        "set_by": by,
    }
    statement = insert(board_policy).values(district_id=district_id, audience=audience.value, **values)
    statement = statement.on_conflict_do_update(index_elements=["district_id", "audience"], set_=values)
    connection.execute(statement)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Whom a board ranks: present members of these branches, in a cycle; exempt and former members are left out."""

    district_id: UUID
    cycle: str
    branch_ids: tuple[UUID, ...]
    today: date

    @property
    def rows(self) -> FromClause:
        """Joined rather than looked up row by row: the planner takes a prefix or a sub-select to be rare."""
        present = and_(
            membership.c.district_id == standing.c.district_id, membership.c.member_id == standing.c.member_id
        )
        return standing.join(membership, present)

    @property
    def holds(self) -> ColumnElement[bool]:
        return and_(
            standing.c.district_id == self.district_id,
            standing.c.cycle == self.cycle,
            standing.c.ranked,
            standing.c.branch_id == any_(literal(list(self.branch_ids), ARRAY(Uuid))),
            membership.c.district_id == self.district_id,
            membership.c.from_on <= self.today,
            or_(membership.c.until_on.is_(None), membership.c.until_on >= self.today),
        )


_branch = and_(organisation.c.district_id == standing.c.district_id, organisation.c.id == standing.c.branch_id)
# Members of several books may stand on one board: what they have is compared in hundredths.
_hundredths = standing.c.effective * case({0: 100, 1: 10}, value=standing.c.decimals, else_=1)
_person = and_(member.c.district_id == standing.c.district_id, member.c.id == standing.c.member_id)


def list_top(connection: Connection, ranking: Ranking, top: int) -> list[Placed]:
    """The first ``top`` by points; those with equal points stand by earlier membership, then by number."""
    statement = (
        select(
            standing.c.member_id,
            member.c.name,
            organisation.c.name.label("branch"),
            standing.c.effective,
            standing.c.decimals,
        )
        .select_from(ranking.rows.join(organisation, _branch).join(member, _person))
        .where(ranking.holds)
        .order_by(_hundredths.desc(), member.c.joined_on, member.c.number)
        .limit(top)
    )
    return [
        Placed(row.member_id, row.name, row.branch, printed(row.effective, row.decimals))
        for row in connection.execute(statement)
    ]


def get_extent(connection: Connection, ranking: Ranking) -> tuple[int, datetime | None]:
    """How many are ranked, and when the latest of their standings changed."""
    statement = select(func.count(), func.max(standing.c.updated_at)).select_from(ranking.rows).where(ranking.holds)
    row = connection.execute(statement).one()
    return row[0], row[1]


def find_own(connection: Connection, ranking: Ranking, account_id: UUID) -> tuple[Decimal, int] | None:
    """The caller's points as printed, and how many in the scope have more; None if the caller is not ranked in it.

    Whom a veto has brought to 0 has no place of their own: it would say nothing but the veto.
    """
    mine = connection.execute(
        select(standing.c.effective, standing.c.decimals, _hundredths.label("hundredths"))
        .select_from(ranking.rows.join(member, _person))
        .where(
            ranking.holds,
            member.c.account_id == account_id,
            or_(standing.c.vetoes == 0, standing.c.effective != 0, standing.c.total == 0),
        )
    ).one_or_none()
    if mine is None:
        return None
    more = connection.execute(
        select(func.count()).select_from(ranking.rows).where(ranking.holds, _hundredths > mine.hundredths)
    ).scalar_one()
    return printed(mine.effective, mine.decimals), more
