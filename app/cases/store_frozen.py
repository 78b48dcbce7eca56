"""Queries of what the lines look at, as far as the frozen standings and the roster have it in plain columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, select

from app.cycles.core import Quarter
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
    frozen, last = quarter_standing, None
    there = and_(
        frozen.c.district_id == standing.c.district_id,
        frozen.c.quarter == quarter.code,
        frozen.c.member_id == standing.c.member_id,
    )
    person = and_(member.c.district_id == standing.c.district_id, member.c.id == standing.c.member_id)
    columns = (*(frozen.c[name] for name in _KEPT), frozen.c.vetoes, frozen.c.frozen_at)
    statement = (
        select(standing.c.member_id, standing.c.updated_at, member.c.joined_on, *columns)
        .select_from(standing.join(member, person).outerjoin(frozen, there))
        .where(standing.c.district_id == district_id, standing.c.cycle == quarter.cycle, standing.c.seq > 0)
        .order_by(standing.c.member_id)
        .limit(_CHUNK)
    )
    while True:
        rows = connection.execute(statement if last is None else statement.where(standing.c.member_id > last)).all()
        if not rows:
            return
        first, last = rows[0].member_id, rows[-1].member_id
        since = _plain_memberships(connection, district_id, first, last)
        duties = _count(connection, district_id, quarter, duty.c.member_id >= first, duty.c.member_id <= last)
        yield [
            FrozenRow(
                row.member_id,
                row.frozen_at is not None
                and row.updated_at <= row.frozen_at
                and not row.vetoes
                and row.member_id in since,
                row.joined_on,
                since.get(row.member_id, row.joined_on),
                row.branch_id,
                row.edition,
                row.profile,
                row.opening,
                row.daily,
                row.total,
                row.fault,
                *duties.get(row.member_id, (0, 0, 0)),
            )
            for row in rows
        ]


def _plain_memberships(connection: Connection, district_id: UUID, first: UUID, last: UUID) -> dict[UUID, date]:
    """Since when, of those members who have always been where they are."""
    statement = (
        select(membership.c.member_id, func.min(membership.c.from_on).label("since"))
        .where(
            membership.c.district_id == district_id,
            membership.c.member_id >= first,
            membership.c.member_id <= last,
        )
        .group_by(membership.c.member_id)
        .having(func.count() == 1, func.count(membership.c.until_on) == 0)
    )
    return {row.member_id: row.since for row in connection.execute(statement)}


def count_duties(
    connection: Connection, district_id: UUID, quarter: Quarter, members: Sequence[UUID]
) -> dict[UUID, tuple[int, int, int]]:
    """Of these members: due by the quarter's end and not waived; of those decided; and what those due are worth."""
    return _count(connection, district_id, quarter, duty.c.member_id.in_(members))


def _count(
    connection: Connection, district_id: UUID, quarter: Quarter, *chosen: ColumnElement[bool]
) -> dict[UUID, tuple[int, int, int]]:
    statement = (
        select(
            duty.c.member_id,
            func.count().label("due"),
            func.count().filter(duty.c.state != "expected").label("decided"),
            func.sum(duty.c.share).label("share"),
        )
        .where(
            duty.c.district_id == district_id,
            duty.c.cycle == quarter.cycle,
            *chosen,
            duty.c.due_on <= quarter.ends_on,
            duty.c.state != "waived",
        )
        .group_by(duty.c.member_id)
    )
    return {row.member_id: (row.due, row.decided, int(row.share)) for row in connection.execute(statement)}


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
