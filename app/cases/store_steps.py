"""Queries of what was done to cases and commendations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from app.cases.core_cases import CaseStep
from app.cases.tables import case_step
from app.kit.db import AnyRow, insert_rows


def insert_case_steps(connection: Connection, district_id: UUID, steps: Mapping[UUID, CaseStep]) -> None:
    """One more step of each case."""
    rows = [{**_values(step), "case_id": case, "commendation_id": None} for case, step in steps.items()]
    insert_rows(connection, district_id, case_step, rows)


def insert_commendation_steps(
    connection: Connection, district_id: UUID, steps: Sequence[tuple[UUID, CaseStep]]
) -> None:
    """Further steps, each with its commendation."""
    rows = [{**_values(step), "case_id": None, "commendation_id": one} for one, step in steps]
    insert_rows(connection, district_id, case_step, rows)


def find_step(connection: Connection, district_id: UUID, step_id: UUID) -> tuple[UUID, CaseStep] | None:
    """The step under the client's id, with the case or commendation that it is of."""
    statement = select(case_step).where(case_step.c.district_id == district_id, case_step.c.id == step_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.case_id or row.commendation_id, _step(row))


def find_steps(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, CaseStep]:
    """Those of the ids that are steps."""
    statement = select(case_step).where(case_step.c.district_id == district_id, case_step.c.id.in_(list(ids)))
    return {row.id: _step(row) for row in connection.execute(statement)}


def list_case_steps(connection: Connection, district_id: UUID, case_id: UUID) -> tuple[CaseStep, ...]:
    statement = select(case_step).where(case_step.c.district_id == district_id, case_step.c.case_id == case_id)
    return tuple(map(_step, connection.execute(statement.order_by(case_step.c.number))))


def list_commendation_steps(connection: Connection, district_id: UUID, commendation_id: UUID) -> tuple[CaseStep, ...]:
    statement = select(case_step).where(
        case_step.c.district_id == district_id, case_step.c.commendation_id == commendation_id
    )
    return tuple(map(_step, connection.execute(statement.order_by(case_step.c.number))))


def _values(step: CaseStep) -> dict[str, object]:
    return {name: getattr(step, name) for name in CaseStep.__slots__}


def _step(row: AnyRow) -> CaseStep:
    values = {name: getattr(row, name) for name in CaseStep.__slots__}
    return CaseStep(**{**values, "sent_digest": bytes(row.sent_digest)})
