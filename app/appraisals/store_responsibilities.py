"""Queries of the items of duty lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select, update

from app.appraisals.core_responsibilities import Responsibility, ResponsibilityState
from app.appraisals.tables import responsibility
from app.kit.db import AnyRow, at_or_below, insert_rows, plain_values

_NAMES = tuple(one.name for one in fields(Responsibility))
_ITEMS = select(*(responsibility.c[name] for name in _NAMES))


def insert_items(connection: Connection, district_id: UUID, made: Sequence[Responsibility]) -> None:
    rows = [plain_values(asdict(one)) for one in made]
    insert_rows(connection, district_id, responsibility, rows)


def find_item(connection: Connection, district_id: UUID, item_id: UUID, *, lock: bool = False) -> Responsibility | None:
    statement = _ITEMS.where(responsibility.c.district_id == district_id, responsibility.c.id == item_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _item(row)


def list_batch(connection: Connection, district_id: UUID, batch_id: UUID) -> list[Responsibility]:
    columns = responsibility.c
    statement = _ITEMS.where(columns.district_id == district_id, columns.batch_id == batch_id)
    return [_item(row) for row in connection.execute(statement.order_by(columns.branch_id, columns.id))]


def list_of_year(
    connection: Connection, district_id: UUID, year: str, branches: Collection[UUID]
) -> dict[UUID, list[Responsibility]]:
    """By branch, in the order in which they are due."""
    columns = responsibility.c
    statement = _ITEMS.where(
        columns.district_id == district_id, columns.year == year, columns.branch_id.in_(sorted(branches))
    )
    found: dict[UUID, list[Responsibility]] = {}
    for row in connection.execute(statement.order_by(columns.due_on, columns.id)):
        found.setdefault(row.branch_id, []).append(_item(row))
    return found


def page_items(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    year: str | None,
    branch_id: UUID | None,
    state: ResponsibilityState | None,
    after: UUID | None,
    count_max: int,
) -> list[Responsibility]:
    """By id; at or below the paths (None: everywhere)."""
    columns = responsibility.c
    statement = _ITEMS.where(columns.district_id == district_id)
    if paths is not None:
        statement = statement.where(or_(*(at_or_below(columns.path, path) for path in paths)))
    if year is not None:
        statement = statement.where(columns.year == year)
    if branch_id is not None:
        statement = statement.where(columns.branch_id == branch_id)
    if state is not None:
        statement = statement.where(columns.state == state.value)
    if after is not None:
        statement = statement.where(columns.id > after)
    return [_item(row) for row in connection.execute(statement.order_by(columns.id).limit(count_max))]


def update_item(connection: Connection, district_id: UUID, changed: Responsibility, **values: Any) -> None:
    """Write the values; the version goes up by one."""
    columns = responsibility.c
    statement = update(responsibility).where(columns.district_id == district_id, columns.id == changed.id)
    plain = plain_values(values)
    connection.execute(statement.values(version=changed.version + 1, **plain))


def _item(row: AnyRow) -> Responsibility:
    found = {name: getattr(row, name) for name in _NAMES}
    found["state"] = ResponsibilityState(row.state)
    found["input_digest"] = bytes(row.input_digest)
    return Responsibility(**found)
