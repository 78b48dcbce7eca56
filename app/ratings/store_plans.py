"""Queries of plans of rectification and cultivation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, or_, select, update

from app.kit.db import AnyRow, at_or_below, plain_values
from app.ratings.core import Plan, PlanKind, PlanState, Problem
from app.ratings.tables import rectification

_NAMES = tuple(one.name for one in fields(Plan))
_PLANS = select(*(rectification.c[name] for name in _NAMES))


def insert_plan(connection: Connection, district_id: UUID, made: Plan) -> None:
    values = plain_values({name: getattr(made, name) for name in _NAMES})
    connection.execute(insert(rectification).values(district_id=district_id, **values))


def find_plan(connection: Connection, district_id: UUID, plan_id: UUID, *, lock: bool = False) -> Plan | None:
    statement = _PLANS.where(rectification.c.district_id == district_id, rectification.c.id == plan_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _plan(row)


def list_plans(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None = None,
    branch_id: UUID | None = None,
    open_only: bool = False,
) -> list[Plan]:
    """By the day on which they are due; ``paths`` None reaches everywhere."""
    columns = rectification.c
    statement = _PLANS.where(columns.district_id == district_id).order_by(columns.due_on, columns.id)
    if paths is not None:
        statement = statement.where(or_(*(at_or_below(rectification.c.path, path) for path in paths)))
    if branch_id is not None:
        statement = statement.where(columns.branch_id == branch_id)
    if open_only:
        statement = statement.where(columns.state == PlanState.OPEN.value)
    return [_plan(row) for row in connection.execute(statement)]


def update_plan(connection: Connection, district_id: UUID, changed: Plan, values: Mapping[str, Any]) -> None:
    statement = update(rectification).where(
        rectification.c.district_id == district_id, rectification.c.id == changed.id
    )
    plain = plain_values(values)
    connection.execute(statement.values(version=changed.version + 1, **plain))


def _plan(row: AnyRow) -> Plan:
    found = {name: getattr(row, name) for name in _NAMES}
    found["kind"], found["state"] = PlanKind(row.kind), PlanState(row.state)
    found["problems"] = tuple(_problem(one) for one in row.problems)
    found["input_digest"] = bytes(row.input_digest)
    return Plan(**found)


def _problem(kept: Mapping[str, Any]) -> Problem:
    days = {name: None if kept[name] is None else date.fromisoformat(kept[name]) for name in ("due_on", "struck_on")}
    by = None if kept["struck_by"] is None else UUID(kept["struck_by"])
    return Problem(**{**kept, **days, "struck_by": by})
