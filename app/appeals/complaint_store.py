"""Queries of complaints and suggestions."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_keep

from app.appeals.core import Complaint, ComplaintKind, ComplaintState
from app.appeals.tables import complaint, complaint_count
from app.auth.tables import account
from app.kit.db import AnyRow

_NAMES = tuple(one.name for one in fields(Complaint) if one.name != "name")
_OF_ACCOUNT = and_(account.c.district_id == complaint.c.district_id, account.c.id == complaint.c.filed_by)
_COMPLAINTS = select(*(complaint.c[name] for name in _NAMES), account.c.name.label("name")).select_from(
    complaint.join(account, _OF_ACCOUNT)
)


def hold_numbers(connection: Connection, district_id: UUID, year: int) -> None:
    """Nobody else takes a number of the year until the transaction ends: none is given twice or left out."""
    first = insert_or_keep(complaint_count).values(district_id=district_id, year=year, last_number=0)
    connection.execute(first.on_conflict_do_nothing())
    held = select(complaint_count.c.year).where(
        complaint_count.c.district_id == district_id, complaint_count.c.year == year
    )
    connection.execute(held.with_for_update())


def next_number(connection: Connection, district_id: UUID, year: int) -> int:
    """The year's next number; the numbers are held."""
    statement = (
        update(complaint_count)
        .where(complaint_count.c.district_id == district_id, complaint_count.c.year == year)
        .values(last_number=complaint_count.c.last_number + 1)
        .returning(complaint_count.c.last_number)
    )
    number: int = connection.execute(statement).scalar_one()
    return number


def insert_complaint(connection: Connection, district_id: UUID, filed: Complaint) -> None:
    values = {name: _stored(getattr(filed, name)) for name in _NAMES}
    connection.execute(insert(complaint).values(district_id=district_id, **values))


def find_complaint(connection: Connection, district_id: UUID, complaint_id: UUID) -> Complaint | None:
    return _one(connection, _COMPLAINTS.where(complaint.c.district_id == district_id, complaint.c.id == complaint_id))


def lock_complaint(connection: Connection, district_id: UUID, complaint_id: UUID) -> Complaint | None:
    """Held until the transaction ends."""
    statement = select(complaint.c.id).where(complaint.c.district_id == district_id, complaint.c.id == complaint_id)
    connection.execute(statement.with_for_update())
    return find_complaint(connection, district_id, complaint_id)


def update_answered(
    connection: Connection, district_id: UUID, complaint_id: UUID, *, answer: str, by: UUID | None, at: datetime
) -> None:
    statement = (
        update(complaint)
        .where(complaint.c.district_id == district_id, complaint.c.id == complaint_id)
        .values(state=ComplaintState.ANSWERED.value, answer=answer, answered_by=by, answered_at=at)
    )
    connection.execute(statement)


def list_complaints(
    connection: Connection,
    district_id: UUID,
    *,
    filed_by: UUID | None,
    state: ComplaintState | None,
    after: tuple[int, int] | None,
    count_max: int,
) -> list[Complaint]:
    """By number, after (year, number); ``filed_by`` None: everybody's."""
    columns = complaint.c
    statement = (
        _COMPLAINTS.where(columns.district_id == district_id).order_by(columns.year, columns.number).limit(count_max)
    )
    if filed_by is not None:
        statement = statement.where(columns.filed_by == filed_by)
    if state is not None:
        statement = statement.where(columns.state == state.value)
    if after is not None:
        year, number = after
        statement = statement.where(or_(columns.year > year, and_(columns.year == year, columns.number > number)))
    return [_complaint(row) for row in connection.execute(statement)]


def list_open_due(connection: Connection, district_id: UUID, by: date) -> list[Complaint]:
    """Open ones whose answer is due by the day."""
    statement = _COMPLAINTS.where(
        complaint.c.district_id == district_id,
        complaint.c.state == ComplaintState.OPEN.value,
        complaint.c.due_on <= by,
    ).order_by(complaint.c.year, complaint.c.number)
    return [_complaint(row) for row in connection.execute(statement)]


def _stored(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value


def _one(connection: Connection, statement: Select[Any]) -> Complaint | None:
    row = connection.execute(statement).one_or_none()
    return None if row is None else _complaint(row)


def _complaint(row: AnyRow) -> Complaint:
    found = {name: getattr(row, name) for name in (*_NAMES, "name")}
    found["kind"] = ComplaintKind(row.kind)
    found["state"] = ComplaintState(row.state)
    found["input_digest"] = bytes(row.input_digest)
    return Complaint(**found)
