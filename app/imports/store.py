"""Queries of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, insert, or_, select, update

from app.imports.core import Batch
from app.imports.tables import import_batch, import_row
from app.kit.db import AnyRow, at_or_below, insert_rows

_BATCH = tuple(import_batch.c[name] for name in Batch.__slots__)


def insert_batch(connection: Connection, district_id: UUID, batch: Batch) -> None:
    """Two that insert one id, or one content, wait for each other; the later one fails and is tried anew."""
    values: dict[str, Any] = {name: getattr(batch, name) for name in Batch.__slots__}
    connection.execute(insert(import_batch).values(district_id=district_id, **values))


def insert_batch_rows(connection: Connection, district_id: UUID, batch_id: UUID, records: Mapping[int, UUID]) -> None:
    """Which record each row became."""
    rows = [{"batch_id": batch_id, "row": row, "record_id": record} for row, record in records.items()]
    insert_rows(connection, district_id, import_row, rows)


def find_batch(connection: Connection, district_id: UUID, batch_id: UUID) -> Batch | None:
    statement = select(*_BATCH).where(import_batch.c.district_id == district_id, import_batch.c.id == batch_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _batch(row)


def lock_batch(connection: Connection, district_id: UUID, batch_id: UUID) -> Batch | None:
    statement = select(*_BATCH).where(import_batch.c.district_id == district_id, import_batch.c.id == batch_id)
    row = connection.execute(statement.with_for_update()).one_or_none()
    return None if row is None else _batch(row)


def list_with_content(connection: Connection, district_id: UUID, content_digest: bytes) -> list[Batch]:
    """Batches of the same content that stand, the latest first."""
    statement = (
        select(*_BATCH)
        .where(
            import_batch.c.district_id == district_id,
            import_batch.c.content_digest == content_digest,
            import_batch.c.reversed_at.is_(None),
        )
        .order_by(import_batch.c.recorded_at.desc(), import_batch.c.id)
    )
    return [_batch(row) for row in connection.execute(statement)]


def list_batches(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    before: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[Batch]:
    """The latest first; ``paths`` None reaches everywhere, and the own ones are always there."""
    columns = import_batch.c
    statement = (
        select(*_BATCH)
        .where(columns.district_id == district_id)
        .order_by(columns.recorded_at.desc(), columns.id.desc())
        .limit(count_max)
    )
    if paths is not None:
        # Only below: a branch's own path is a prefix of its groups', and segments have one length.
        reached = [at_or_below(columns.path, path) for path in paths]
        statement = statement.where(or_(columns.recorded_by == own_account, *reached))
    if before is not None:
        at, last = before
        statement = statement.where(or_(columns.recorded_at < at, and_(columns.recorded_at == at, columns.id < last)))
    return [_batch(row) for row in connection.execute(statement)]


def list_batch_rows(connection: Connection, district_id: UUID, batch_id: UUID) -> dict[int, UUID]:
    """By row: the record that it became, in the order of the workbook."""
    statement = (
        select(import_row.c.row, import_row.c.record_id)
        .where(import_row.c.district_id == district_id, import_row.c.batch_id == batch_id)
        .order_by(import_row.c.row)
    )
    return {row.row: row.record_id for row in connection.execute(statement)}


def update_reversed(connection: Connection, district_id: UUID, batch: Batch) -> None:
    """Write down who reversed it, when and why."""
    names = ("reversal_id", "reversed_at", "reversed_by", "reversal_reason")
    connection.execute(
        update(import_batch)
        .where(import_batch.c.district_id == district_id, import_batch.c.id == batch.id)
        .values({name: getattr(batch, name) for name in names})
    )


def _batch(row: AnyRow) -> Batch:
    values = dict(zip(Batch.__slots__, row, strict=True))
    return Batch(**{**values, "content_digest": bytes(values["content_digest"])})
