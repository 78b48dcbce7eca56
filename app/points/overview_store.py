"""Queries that count the standings and duties of one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from app.kit.db import AnyRow, at_or_below
from app.points.core_overview import Due
from app.points.ledger import DutyState
from app.points.tables import duty, standing
from app.roster.tables import membership

_HUNDREDS = {0: 100, 1: 1_000, 2: 10_000}  # a hundred points in the smallest unit, by the places that they are kept in


@dataclass(frozen=True, slots=True)
class Alike:
    """So many members of a branch stand alike; ``digest`` and ``profile`` are the rules of their latest quarter."""

    branch_id: UUID
    digest: str
    profile: str
    band: str | None
    ranked: bool
    hundreds: int
    members: int


def count_alike(connection: Connection, district_id: UUID, cycle: str, path: str, day: date) -> list[Alike]:
    """The standings of who belongs at the path or below it on the day; who entered no quarter yet has none.

    Members who entered the same quarters under the same rules have the same ``regimes``: there are few of them.
    """
    columns = standing.c
    hundreds = func.floor(columns.effective / case(_HUNDREDS, value=columns.decimals)).label("hundreds")
    alike = (membership.c.branch_id, columns.regimes, columns.band, columns.ranked, hundreds)
    statement = (
        select(*alike, func.count().label("number"))
        .select_from(membership.join(standing, _whose(standing.c.district_id, standing.c.member_id)))
        .where(
            membership.c.district_id == district_id,
            at_or_below(membership.c.path, path),
            *_belongs(day),
            columns.cycle == cycle,
        )
        .group_by(*alike)
    )
    rows = connection.execute(statement).all()
    return [_alike(row) for row in rows if row.regimes]


def _alike(row: AnyRow) -> Alike:
    digest, profile = row.regimes[max(row.regimes)]
    return Alike(row.branch_id, digest, profile, row.band, row.ranked, int(row.hundreds), row.number)


def list_due(
    connection: Connection, district_id: UUID, cycle: str, path: str, day: date, first: date, last: date
) -> dict[UUID, Due]:
    """By branch: of what falls due between two days whose it is, without those whom it was waived for; and of whom
    anything is undecided that was due before the day.
    """
    columns = duty.c
    whose, expected = columns.member_id.distinct(), columns.state == DutyState.EXPECTED.value
    in_time = columns.due_on.between(first, last)
    statement = (
        select(
            membership.c.branch_id,
            func.count(whose).filter(in_time).label("members"),
            func.count(whose).filter(in_time, expected).label("undecided"),
            func.count(whose).filter(columns.due_on < day, expected).label("late"),
        )
        .select_from(membership.join(duty, _whose(columns.district_id, columns.member_id)))
        .where(
            membership.c.district_id == district_id,
            at_or_below(membership.c.path, path),
            *_belongs(day),
            columns.cycle == cycle,
            columns.due_on <= last,
            or_(columns.due_on >= first, expected),
            columns.state != DutyState.WAIVED.value,
        )
        .group_by(membership.c.branch_id)
    )
    return {row.branch_id: Due(row.members, row.undecided, row.late) for row in connection.execute(statement)}


def _whose(district_id: ColumnElement[UUID], member_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return and_(district_id == membership.c.district_id, member_id == membership.c.member_id)


def _belongs(day: date) -> tuple[ColumnElement[bool], ...]:
    return (membership.c.from_on <= day, or_(membership.c.until_on.is_(None), membership.c.until_on >= day))
