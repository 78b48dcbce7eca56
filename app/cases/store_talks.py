"""Queries of reminder talks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select, update

from app.cases.core_talks import DropGround, ReminderTalk, TalkState
from app.cases.tables import reminder_talk
from app.kit.db import AnyRow, at_or_below, insert_rows
from app.roster.tables import member

_NAMES = tuple(one.name for one in fields(ReminderTalk))
_TALKS = select(*(reminder_talk.c[name] for name in _NAMES))
_OPEN = reminder_talk.c.state == TalkState.ASKED.value


def insert_talks(connection: Connection, district_id: UUID, talks: Sequence[ReminderTalk]) -> None:
    """Taken where the member has an open one: the next attempt of the transaction finds it."""
    insert_rows(connection, district_id, reminder_talk, [_values(one) for one in talks])


def update_talk(connection: Connection, district_id: UUID, changed: ReminderTalk) -> None:
    values = {name: value for name, value in _values(changed).items() if name != "id"}
    statement = update(reminder_talk).where(
        reminder_talk.c.district_id == district_id, reminder_talk.c.id == changed.id
    )
    connection.execute(statement.values(**values))


def lock_talk(connection: Connection, district_id: UUID, talk_id: UUID) -> ReminderTalk | None:
    return next(iter(lock_talks(connection, district_id, [talk_id])), None)


def lock_talks(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> list[ReminderTalk]:
    """In the order of their ids, held until the transaction ends."""
    statement = _TALKS.where(reminder_talk.c.district_id == district_id, reminder_talk.c.id.in_(sorted(ids)))
    rows = connection.execute(statement.order_by(reminder_talk.c.id).with_for_update())
    return [_talk(row) for row in rows]


def find_by_record(connection: Connection, district_id: UUID, record_id: UUID) -> ReminderTalk | None:
    """The talk that was written down under the client's id."""
    statement = _TALKS.where(reminder_talk.c.district_id == district_id, reminder_talk.c.record_id == record_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _talk(row)


def list_of_members(connection: Connection, district_id: UUID, members: Collection[UUID]) -> list[ReminderTalk]:
    statement = _TALKS.where(reminder_talk.c.district_id == district_id, reminder_talk.c.member_id.in_(members))
    return [_talk(row) for row in connection.execute(statement.order_by(reminder_talk.c.asked_at))]


def list_open(connection: Connection, district_id: UUID) -> list[ReminderTalk]:
    """By quarter."""
    statement = _TALKS.where(reminder_talk.c.district_id == district_id, _OPEN)
    return [_talk(row) for row in connection.execute(statement.order_by(reminder_talk.c.quarter, reminder_talk.c.id))]


def list_talks(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    is_open: bool | None,
    late_on: date | None,
    after: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[tuple[ReminderTalk, UUID | None]]:
    """By the time they were asked for, each with its member's account; ``paths`` None reaches everywhere."""
    columns = reminder_talk.c
    whose = and_(member.c.district_id == columns.district_id, member.c.id == columns.member_id)
    statement = (
        select(*(columns[name] for name in _NAMES), member.c.account_id)
        .select_from(reminder_talk.join(member, whose))
        .where(columns.district_id == district_id)
        .order_by(columns.asked_at, columns.id)
        .limit(count_max)
    )
    if paths is not None:
        reached = [at_or_below(columns.path, path) for path in paths]
        statement = statement.where(or_(*reached, member.c.account_id == own_account))
    if is_open is not None:
        statement = statement.where(_OPEN if is_open else ~_OPEN)
    if late_on is not None:
        statement = statement.where(_OPEN, columns.due_on < late_on)
    if after is not None:
        at, last = after
        statement = statement.where(or_(columns.asked_at > at, and_(columns.asked_at == at, columns.id > last)))
    return [(_talk(row), row.account_id) for row in connection.execute(statement)]


def _values(one: ReminderTalk) -> dict[str, Any]:
    because = None if one.dropped_because is None else one.dropped_because.value
    return {**asdict(one), "state": one.state.value, "dropped_because": because}


def _talk(row: AnyRow) -> ReminderTalk:
    found = {name: getattr(row, name) for name in _NAMES}
    because = None if row.dropped_because is None else DropGround(row.dropped_because)
    return ReminderTalk(**{**found, "state": TalkState(row.state), "dropped_because": because})
