"""Queries of what was found of sampled entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, select

from app.auth.tables import account
from app.digests.core_inspecting import Following, Inspection, InspectionDone
from app.digests.tables import sample_inspection
from app.kit.db import AnyRow, insert_rows


def find_inspections(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, Inspection]:
    """Those of the ids that name one."""
    statement = select(sample_inspection).where(
        sample_inspection.c.district_id == district_id, sample_inspection.c.id.in_(list(ids))
    )
    return {row.id: _inspection(row) for row in connection.execute(statement)}


def insert_inspections(
    connection: Connection,
    district_id: UUID,
    digest_id: UUID,
    inspections: Sequence[Inspection],
    at: datetime,
    by: UUID | None,
) -> None:
    rows = [
        {
            "digest_id": digest_id,
            "id": one.id,
            "entry_id": one.entry_id,
            "in_order": one.in_order,
            "follows": one.follows.value,
            "note": one.note,
            "inspected_at": at,
            "inspected_by": by,
        }
        for one in inspections
    ]
    insert_rows(connection, district_id, sample_inspection, rows)


def list_last(connection: Connection, district_id: UUID, digest_ids: Collection[UUID]) -> list[InspectionDone]:
    """Of each entry of these samples that was looked at, the last finding."""
    table = sample_inspection
    person = and_(account.c.district_id == table.c.district_id, account.c.id == table.c.inspected_by)
    statement = (
        select(table, account.c.name)
        .select_from(table.outerjoin(account, person))
        .where(table.c.district_id == district_id, table.c.digest_id.in_(list(digest_ids)))
        .order_by(table.c.inspected_at, table.c.id)
    )
    last = {(row.digest_id, row.entry_id): row for row in connection.execute(statement)}
    return [
        InspectionDone(row.digest_id, _inspection(row), row.inspected_at, row.inspected_by, row.name)
        for row in last.values()
    ]


def _inspection(row: AnyRow) -> Inspection:
    return Inspection(row.id, row.entry_id, row.in_order, Following(row.follows), row.note)
