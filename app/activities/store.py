"""Queries of meetings and attendance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, bindparam, func, insert, or_, select, update

from app.activities.core import (
    Activity,
    ActivityLine,
    ActivityState,
    Attendance,
    Attendee,
    Cursor,
    Record,
    Status,
    title_key,
)
from app.activities.tables import activity, attendance
from app.kit.db import AnyRow, at_or_below, insert_rows, sent_rows, sent_values
from app.roster.tables import member

_ACTIVITY = tuple(activity.c[one.name] for one in fields(Activity))
_NAMES = tuple(one.name for one in fields(Attendance))
_ATTENDANCE = tuple(attendance.c[name] for name in _NAMES)
_KEY = ("activity_id", "member_id")
_OF_ACTIVITY = and_(activity.c.district_id == attendance.c.district_id, activity.c.id == attendance.c.activity_id)

# Meetings.


def insert_activity(connection: Connection, district_id: UUID, held: Activity) -> None:
    connection.execute(insert(activity).values(district_id=district_id, **_activity_values(held)))


def update_activity(connection: Connection, district_id: UUID, held: Activity) -> None:
    """What was planned is held."""
    statement = update(activity).where(activity.c.district_id == district_id, activity.c.id == held.id)
    connection.execute(statement.values(**_activity_values(held)))


def update_undone(connection: Connection, district_id: UUID, undone: Activity) -> None:
    """It gives its title free: what was written down by mistake is perhaps written down anew."""
    statement = update(activity).where(activity.c.district_id == district_id, activity.c.id == undone.id)
    freed = {"title_key": f"{title_key(undone.title)} {undone.id}"}
    connection.execute(statement.values(**_activity_values(undone) | freed))


def find_activity(connection: Connection, district_id: UUID, activity_id: UUID) -> Activity | None:
    statement = select(*_ACTIVITY).where(activity.c.district_id == district_id, activity.c.id == activity_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _activity(row)


def find_same(
    connection: Connection, district_id: UUID, organisation_id: UUID, held_on: date, title: str
) -> Activity | None:
    """The meeting of that day and title, under whatever id and for whatever item it was recorded."""
    statement = select(*_ACTIVITY).where(
        activity.c.district_id == district_id,
        activity.c.organisation_id == organisation_id,
        activity.c.held_on == held_on,
        activity.c.title_key == title_key(title),
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _activity(row)


def find_of_day(
    connection: Connection, district_id: UUID, organisation_id: UUID, held_on: date, item: str, but: UUID
) -> Activity | None:
    """Another session of the item on that day there, held or planned."""
    statement = (
        select(*_ACTIVITY)
        .where(
            activity.c.district_id == district_id,
            activity.c.organisation_id == organisation_id,
            activity.c.held_on == held_on,
            activity.c.item == item,
            activity.c.id != but,
            activity.c.state.in_([ActivityState.PLANNED.value, ActivityState.HELD.value]),
        )
        .order_by(activity.c.id)
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _activity(row)


def lock_activities(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, Activity]:
    """Held in the order of their ids, before any standing is."""
    if not ids:
        return {}
    statement = (
        select(*_ACTIVITY)
        .where(activity.c.district_id == district_id, activity.c.id.in_(sorted(ids)))
        .order_by(activity.c.id)
        .with_for_update()
    )
    return {row.id: _activity(row) for row in connection.execute(statement)}


def raise_versions(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> None:
    """The attendance of these has changed."""
    if ids:
        statement = update(activity).where(activity.c.district_id == district_id, activity.c.id.in_(sorted(ids)))
        connection.execute(statement.values(version=activity.c.version + 1))


def update_not_held(connection: Connection, district_id: UUID, organisation_id: UUID, item: str, window: str) -> None:
    """What was planned there and then was not held."""
    statement = update(activity).where(
        activity.c.district_id == district_id,
        activity.c.organisation_id == organisation_id,
        activity.c.item == item,
        activity.c.window == window,
        activity.c.state == ActivityState.PLANNED.value,
    )
    connection.execute(statement.values(state=ActivityState.NOT_HELD.value))


def find_held(connection: Connection, district_id: UUID, path: str, item: str, window: str) -> Activity | None:
    """The first session of the window held there, further up for all, or in a part of it."""
    above = [".".join(path.split(".")[:length]) for length in range(1, path.count(".") + 2)]
    statement = (
        select(*_ACTIVITY)
        .where(
            activity.c.district_id == district_id,
            activity.c.item == item,
            activity.c.window == window,
            activity.c.state == ActivityState.HELD.value,
            or_(activity.c.path.in_(above), activity.c.path.op("^@", is_comparison=True)(path + ".")),
        )
        .order_by(activity.c.held_on, activity.c.id)
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _activity(row)


def list_activities(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    under: str | None,
    first: date | None,
    last: date | None,
    before: Cursor | None,
    count_max: int,
) -> list[ActivityLine]:
    """From the latest on; ``paths`` None reaches everywhere, ``under`` narrows it to one organisation."""
    counted = {status: func.count().filter(attendance.c.status == status.value) for status in Status}
    statement = (
        select(
            *_ACTIVITY,
            *(found.label(f"count_{status.value}") for status, found in counted.items()),
            func.count().filter(attendance.c.status.in_(["leave", "absent"]), attendance.c.made_up_on.is_not(None))
            .label("made_up"),
        )
        .select_from(activity.outerjoin(attendance, _OF_ACTIVITY))
        .where(activity.c.district_id == district_id)
        .group_by(activity.c.district_id, activity.c.id)
        .order_by(activity.c.held_on.desc(), activity.c.id.desc())
        .limit(count_max)
    )  # fmt: skip
    for chosen in (paths, None if under is None else [under]):
        if chosen is not None:
            statement = statement.where(or_(*(at_or_below(activity.c.path, path) for path in chosen)))
    if first is not None:
        statement = statement.where(activity.c.held_on >= first)
    if last is not None:
        statement = statement.where(activity.c.held_on <= last)
    if before is not None:
        statement = statement.where(_before(activity.c.held_on, activity.c.id, before))
    return [
        ActivityLine(
            _activity(row),
            {status: found for status in Status if (found := getattr(row, f"count_{status.value}"))},
            row.made_up,
        )
        for row in connection.execute(statement)
    ]


# Attendance.


def upsert_attendance(connection: Connection, district_id: UUID, rows: Sequence[Attendance]) -> None:
    """New rows are added; of known ones everything but the key follows."""
    values = [_values(row) for row in rows]
    known = find_attendance(connection, district_id, {row.activity_id for row in rows}, {row.member_id for row in rows})
    fresh = [one for row, one in zip(rows, values, strict=True) if row.key not in known]
    changed = [one for row, one in zip(rows, values, strict=True) if row.key in known and row != known[row.key]]
    insert_rows(connection, district_id, attendance, fresh)
    if changed:
        sent = {"in_district": district_id, **sent_values(_NAMES, changed)}
        connection.execute(_update_attendance(), sent)


@cache
def _update_attendance() -> Update:
    sent = sent_rows(attendance, _NAMES)
    return (
        update(attendance)
        .where(
            attendance.c.district_id == bindparam("in_district"),
            *(attendance.c[name] == sent.c[name] for name in _KEY),
        )
        .values({name: sent.c[name] for name in _NAMES if name not in _KEY})
    )


def find_attendance(
    connection: Connection,
    district_id: UUID,
    activity_ids: Collection[UUID],
    member_ids: Collection[UUID] | None = None,
) -> dict[tuple[UUID, UUID], Attendance]:
    """By activity and member; ``member_ids`` None: everybody's."""
    statement = select(*_ATTENDANCE).where(
        attendance.c.district_id == district_id, attendance.c.activity_id.in_(sorted(activity_ids))
    )
    if member_ids is not None:
        statement = statement.where(attendance.c.member_id.in_(sorted(member_ids)))
    rows = [_attendance(row) for row in connection.execute(statement)]
    return {row.key: row for row in rows}


def list_attendees(connection: Connection, district_id: UUID, activity_id: UUID) -> list[Attendee]:
    """Everybody's, by number."""
    person = and_(member.c.district_id == attendance.c.district_id, member.c.id == attendance.c.member_id)
    statement = (
        select(*_ATTENDANCE, member.c.number, member.c.name)
        .select_from(attendance.join(member, person))
        .where(attendance.c.district_id == district_id, attendance.c.activity_id == activity_id)
        .order_by(member.c.number)
    )
    return [Attendee(_attendance(row), row.number, row.name) for row in connection.execute(statement)]


def list_records(
    connection: Connection,
    district_id: UUID,
    member_ids: Collection[UUID],
    *,
    since: date | None = None,
    until: date | None = None,
    before: Cursor | None = None,
    count_max: int | None = None,
    item: str | None = None,
    window: str | None = None,
    waiting: bool = False,
) -> list[Record]:
    """The members' sessions from the latest on; all of them, those that count for an item (in one window), or those
    whose absence waits to be made up.
    """
    statement = _records(district_id).where(attendance.c.member_id.in_(sorted(member_ids)))
    statement = statement.order_by(attendance.c.held_on.desc(), attendance.c.activity_id.desc())
    if since is not None:
        statement = statement.where(attendance.c.held_on >= since)
    if until is not None:
        statement = statement.where(attendance.c.held_on <= until)
    if item is not None:
        statement = statement.where(activity.c.item == item)
    if window is not None:
        statement = statement.where(activity.c.window == window)
    if waiting:
        statement = statement.where(attendance.c.waits.is_(True))
    if before is not None:
        statement = statement.where(_before(attendance.c.held_on, attendance.c.activity_id, before))
    if count_max is not None:
        statement = statement.limit(count_max)
    return [_record(row) for row in connection.execute(statement)]


def list_waiting(connection: Connection, district_id: UUID, held_before: date) -> list[Record]:
    """Absences not decided yet, of sessions before the day, in the order of sessions and members."""
    statement = (
        _records(district_id)
        .where(attendance.c.waits.is_(True), attendance.c.held_on < held_before)
        .order_by(attendance.c.held_on, attendance.c.activity_id, attendance.c.member_id)
    )
    return [_record(row) for row in connection.execute(statement)]


def list_found(connection: Connection, district_id: UUID, member_ids: Collection[UUID]) -> set[UUID]:
    """Those of the members about whom the service has proposed something."""
    statement = select(attendance.c.member_id).where(
        attendance.c.district_id == district_id,
        attendance.c.member_id.in_(sorted(member_ids)),
        attendance.c.finding_id.is_not(None),
    )
    return set(connection.execute(statement).scalars())


def _records(district_id: UUID) -> Select[Any]:
    columns = [column.label(f"of_{column.name}") for column in _ACTIVITY]
    return (
        select(*_ATTENDANCE, *columns)
        .select_from(attendance.join(activity, _OF_ACTIVITY))
        .where(attendance.c.district_id == district_id, activity.c.state != ActivityState.UNDONE.value)
    )


def _before(day: ColumnElement[date], key: ColumnElement[UUID], cursor: Cursor) -> ColumnElement[bool]:
    return or_(day < cursor[0], and_(day == cursor[0], key < cursor[1]))


def _activity_values(held: Activity) -> dict[str, Any]:
    values = {one.name: getattr(held, one.name) for one in fields(Activity)}
    return values | {"state": held.state.value, "title_key": title_key(held.title)}


def _values(row: Attendance) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _NAMES} | {"status": row.status.value}


def _activity(row: AnyRow, prefix: str = "") -> Activity:
    found = {one.name: getattr(row, prefix + one.name) for one in fields(Activity)}
    found["state"] = ActivityState(found["state"])
    found["input_digest"] = bytes(found["input_digest"])
    return Activity(**found)


def _attendance(row: AnyRow) -> Attendance:
    found = {name: getattr(row, name) for name in _NAMES}
    found["status"] = Status(found["status"])
    return Attendance(**found)


def _record(row: AnyRow) -> Record:
    return Record(_activity(row, "of_"), _attendance(row))
