"""What lower rooms know of branches, read for measures: sessions, attendance, offices, enterprises."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select

from app.activities.core import ATTENDED, ActivityState, Ground, Status
from app.activities.tables import activity, attendance, waiver
from app.auth.tables import appointment
from app.points.ledger import DutyState
from app.points.tables import duty
from app.roster.tables import enterprise

_COUNTED = {Status.ABSENT, *ATTENDED}  # leave is no absence, and no attendance either


class Session(NamedTuple):
    """A session that was held."""

    path: str
    item: str
    window: str
    id: UUID


class DutyCount(NamedTuple):
    """A settled duty of a member."""

    member_id: UUID
    item: str
    window: str
    is_kept: bool


def list_held(connection: Connection, district_id: UUID, first: date, last: date) -> list[Session]:
    """Each session held in the days."""
    columns = activity.c
    statement = select(columns.path, columns.item, columns.window, columns.id).where(
        columns.district_id == district_id,
        columns.state == ActivityState.HELD.value,
        columns.held_on >= first,
        columns.held_on <= last,
    )
    return [Session(row.path, row.item, row.window, row.id) for row in connection.execute(statement)]


def list_duties(
    connection: Connection, district_id: UUID, items: Collection[str], first: date, last: date
) -> list[DutyCount]:
    """What became of the duties of these items that fell due in the days: kept or missed, by member and window."""
    if not items:
        return []
    columns = duty.c
    statement = (
        select(columns.member_id, columns.item, columns.window, columns.state)
        .where(
            columns.district_id == district_id,
            columns.item.in_(sorted(items)),
            columns.due_on >= first,
            columns.due_on <= last,
            columns.state.in_((DutyState.KEPT.value, DutyState.MISSED.value)),
        )
        .order_by(columns.member_id, columns.item, columns.window)
    )
    return [
        DutyCount(row.member_id, row.item, row.window, row.state == DutyState.KEPT.value)
        for row in connection.execute(statement)
    ]


def list_excepted(connection: Connection, district_id: UUID) -> list[tuple[str, str, str]]:
    """Path, item and window of what the district asks of nobody, as long as it was not held after all."""
    columns = waiver.c
    statement = select(columns.path, columns.item, columns.window).where(
        columns.district_id == district_id,
        columns.ground == Ground.EXCEPTION.value,
        columns.lifted_by.is_(None),
    )
    return [(row.path, row.item, row.window) for row in connection.execute(statement)]


def count_attendance(
    connection: Connection, district_id: UUID, first: date, last: date
) -> dict[tuple[str, str], tuple[int, int]]:
    """By path and item of the session: how many attended, or made it up, of those who attended or were absent."""
    columns = attendance.c
    joined = and_(activity.c.district_id == columns.district_id, activity.c.id == columns.activity_id)
    attended = or_(columns.status.in_(sorted(one.value for one in ATTENDED)), columns.made_up_on.is_not(None))
    statement = (
        select(
            activity.c.path,
            activity.c.item,
            func.count().filter(attended).label("attended"),
            func.count().label("counted"),
        )
        .select_from(attendance.join(activity, joined))
        .where(
            columns.district_id == district_id,
            activity.c.state == ActivityState.HELD.value,
            columns.held_on >= first,
            columns.held_on <= last,
            or_(columns.status.in_(sorted(one.value for one in _COUNTED)), columns.made_up_on.is_not(None)),
        )
        .group_by(activity.c.path, activity.c.item)
    )
    return {(row.path, row.item): (row.attended, row.counted) for row in connection.execute(statement)}


def list_offices(connection: Connection, district_id: UUID, day: date) -> dict[str, set[str]]:
    """By path, the roles that somebody holds there on the day."""
    columns = appointment.c
    statement = select(columns.path, columns.role).where(
        columns.district_id == district_id,
        columns.from_on <= day,
        or_(columns.until_on.is_(None), columns.until_on >= day),
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(statement):
        found[row.path].add(row.role)
    return found


def count_enterprises(connection: Connection, district_id: UUID, day: date) -> Counter[UUID]:
    """By branch, how many enterprises it covers on the day."""
    columns = enterprise.c
    statement = select(columns.branch_id).where(
        columns.district_id == district_id,
        columns.branch_id.is_not(None),
        columns.from_on <= day,
        or_(columns.until_on.is_(None), columns.until_on >= day),
    )
    return Counter(row.branch_id for row in connection.execute(statement))
