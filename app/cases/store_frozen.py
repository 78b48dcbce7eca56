"""Queries of what the lines look at, as far as the frozen standings and the roster have it in plain columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Select, Subquery, and_, cast, false, func, select

from app.cycles.core import Quarter
from app.kit.db import joined_whole
from app.points.tables import duty, entry, standing
from app.roster.tables import member, membership
from app.seals.tables import quarter_standing

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """A standing with what was frozen of it.

    ``is_current`` says that nothing has changed since, and that the member has one membership, which goes on;
    otherwise only ``member_id`` means anything.
    """

    member_id: UUID
    is_current: bool
    joined_on: date
    since: date
    branch_id: UUID
    edition: str
    profile: str
    opening: int
    daily: int
    total: int
    fault: int
    due: int
    decided: int
    share_due: int


_KEPT = ("branch_id", "edition", "profile", "opening", "daily", "total", "fault")


def stream_frozen(connection: Connection, district_id: UUID, quarter: Quarter) -> Iterator[list[FrozenRow]]:
    """Every standing of the quarter's cycle, by member, a few thousand at a time."""
    frozen = quarter_standing
    there = and_(
        frozen.c.district_id == standing.c.district_id,
        frozen.c.quarter == quarter.code,
        frozen.c.member_id == standing.c.member_id,
    )
    person = and_(member.c.district_id == standing.c.district_id, member.c.id == standing.c.member_id)
    always = _plain_memberships(district_id)
    belongs = and_(always.c.district_id == standing.c.district_id, always.c.member_id == standing.c.member_id)
    duties = _counted(district_id, quarter).subquery("duties")
    owed = and_(duties.c.district_id == standing.c.district_id, duties.c.member_id == standing.c.member_id)
    is_current = and_(
        frozen.c.frozen_at.is_not(None),
        standing.c.updated_at <= frozen.c.frozen_at,
        frozen.c.vetoes == 0,
        always.c.since.is_not(None),
    )
    statement = (
        select(
            standing.c.member_id,
            func.coalesce(is_current, false()),
            member.c.joined_on,
            func.coalesce(always.c.since, member.c.joined_on),
            *(frozen.c[name] for name in _KEPT),
            *(func.coalesce(duties.c[name], 0) for name in ("due", "decided", "share")),
        )
        .select_from(
            standing.join(member, person).outerjoin(frozen, there).outerjoin(always, belongs).outerjoin(duties, owed)
        )
        .where(standing.c.district_id == district_id, standing.c.cycle == quarter.cycle, standing.c.seq > 0)
        .order_by(standing.c.member_id)
        .execution_options(yield_per=_CHUNK)
    )
    with joined_whole(connection):
        found = connection.execute(statement)
    with found as rows:
        for chunk in rows.partitions():
            yield [FrozenRow(*row) for row in chunk]


def _plain_memberships(district_id: UUID) -> Subquery:
    """Since when, of those members who have always been where they are."""
    return (
        select(membership.c.district_id, membership.c.member_id, func.min(membership.c.from_on).label("since"))
        .where(membership.c.district_id == district_id)
        .group_by(membership.c.district_id, membership.c.member_id)
        .having(func.count() == 1, func.count(membership.c.until_on) == 0)
        .subquery("always")
    )


def count_duties(
    connection: Connection, district_id: UUID, quarter: Quarter, members: Sequence[UUID]
) -> dict[UUID, tuple[int, int, int]]:
    """Of these members: due by the quarter's end and not waived; of those decided; and what those due are worth."""
    rows = connection.execute(_counted(district_id, quarter, duty.c.member_id.in_(members))).all()
    return {row.member_id: (row.due, row.decided, row.share) for row in rows}


def _counted(
    district_id: UUID, quarter: Quarter, *chosen: ColumnElement[bool]
) -> Select[tuple[UUID, UUID, int, int, int]]:
    return (
        select(
            duty.c.district_id,
            duty.c.member_id,
            func.count().label("due"),
            func.count().filter(duty.c.state != "expected").label("decided"),
            cast(func.sum(duty.c.share), Integer).label("share"),
        )
        .where(
            duty.c.district_id == district_id,
            duty.c.cycle == quarter.cycle,
            *chosen,
            duty.c.due_on <= quarter.ends_on,
            duty.c.state != "waived",
        )
        .group_by(duty.c.district_id, duty.c.member_id)
    )


def list_late(connection: Connection, district_id: UUID, quarter: Quarter) -> list[UUID]:
    """Members of whom something dated up to the quarter's end is booked after it."""
    statement = (
        select(entry.c.member_id)
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle == quarter.cycle,
            entry.c.booked_in > quarter.code,
            entry.c.effective_on <= quarter.ends_on,
        )
        .distinct()
    )
    return list(connection.execute(statement).scalars())
