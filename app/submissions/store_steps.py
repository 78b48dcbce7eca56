"""Queries of what was done to submissions, and of hearings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from app.kit.db import insert_rows
from app.submissions.core_hearing import Hearing, ToldHow
from app.submissions.core_states import Action, Step
from app.submissions.tables import hearing, submission_step

_STEP_COLUMNS = tuple(submission_step.c[name] for name in Step.__slots__)
_HEARING_COLUMNS = tuple(hearing.c[name] for name in Hearing.__slots__)


def insert_steps(connection: Connection, district_id: UUID, steps: Sequence[Step]) -> None:
    rows = [{**asdict(one), "action": one.action.value} for one in steps]
    insert_rows(connection, district_id, submission_step, rows)


def list_steps(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[Step]]:
    """By submission, in order."""
    statement = (
        select(*_STEP_COLUMNS)
        .where(submission_step.c.district_id == district_id, submission_step.c.submission_id.in_(list(ids)))
        .order_by(submission_step.c.submission_id, submission_step.c.number)
    )
    found: dict[UUID, list[Step]] = {one: [] for one in ids}
    for row in connection.execute(statement):
        values: dict[str, Any] = dict(zip(Step.__slots__, row, strict=True))
        values["action"] = Action(row.action)
        found[row.submission_id].append(Step(**values))
    return found


def insert_hearings(connection: Connection, district_id: UUID, hearings: Sequence[Hearing]) -> None:
    insert_rows(connection, district_id, hearing, [_hearing_values(one) for one in hearings])


def update_hearing(connection: Connection, district_id: UUID, changed: Hearing) -> None:
    connection.execute(
        update(hearing)
        .where(
            hearing.c.district_id == district_id,
            hearing.c.submission_id == changed.submission_id,
            hearing.c.round == changed.round,
        )
        .values(**_hearing_values(changed))
    )


def list_hearings(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[Hearing]]:
    """By submission, in the order of rounds."""
    statement = (
        select(*_HEARING_COLUMNS)
        .where(hearing.c.district_id == district_id, hearing.c.submission_id.in_(list(ids)))
        .order_by(hearing.c.submission_id, hearing.c.round)
    )
    found: dict[UUID, list[Hearing]] = {one: [] for one in ids}
    for row in connection.execute(statement):
        values: dict[str, Any] = dict(zip(Hearing.__slots__, row, strict=True))
        values["told_how"] = None if row.told_how is None else ToldHow(row.told_how)
        found[row.submission_id].append(Hearing(**values))
    return found


def _hearing_values(one: Hearing) -> dict[str, Any]:
    return {**asdict(one), "told_how": None if one.told_how is None else one.told_how.value}
