"""Queries of digests that were frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, or_, select, tuple_

from app.digests.core import DigestKind, Snapshot
from app.digests.tables import digest_snapshot
from app.kit.db import AnyRow, at_or_below
from app.kit.errors import NotFound


def insert_snapshot(connection: Connection, district_id: UUID, snapshot: Snapshot) -> None:
    connection.execute(digest_snapshot.insert(), {"district_id": district_id, **asdict(snapshot)})


def list_scopes_made(connection: Connection, district_id: UUID, kind: DigestKind, period: str) -> set[UUID]:
    """The scopes whose digest of the period is there."""
    statement = select(digest_snapshot.c.scope_id).where(
        digest_snapshot.c.district_id == district_id,
        digest_snapshot.c.kind == kind.value,
        digest_snapshot.c.period == period,
    )
    return set(connection.execute(statement).scalars())


def get_snapshot(connection: Connection, district_id: UUID, snapshot_id: UUID) -> Snapshot:
    """Raises NotFound."""
    statement = select(digest_snapshot).where(
        digest_snapshot.c.district_id == district_id, digest_snapshot.c.id == snapshot_id
    )
    row = connection.execute(statement).first()
    if row is None:
        raise NotFound(what="digest", field="digest_id")
    return _snapshot(row)


def find_latest(connection: Connection, district_id: UUID, kind: DigestKind, scope_id: UUID) -> Snapshot | None:
    statement = (
        select(digest_snapshot)
        .where(
            digest_snapshot.c.district_id == district_id,
            digest_snapshot.c.kind == kind.value,
            digest_snapshot.c.scope_id == scope_id,
        )
        .order_by(digest_snapshot.c.period.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return None if row is None else _snapshot(row)


def list_since(connection: Connection, district_id: UUID, kind: DigestKind, since: datetime) -> list[Snapshot]:
    """Every scope's of a kind that were made since."""
    statement = select(digest_snapshot).where(
        digest_snapshot.c.district_id == district_id,
        digest_snapshot.c.kind == kind.value,
        digest_snapshot.c.made_at >= since,
    )
    return [_snapshot(row) for row in connection.execute(statement)]


def list_snapshots(
    connection: Connection,
    district_id: UUID,
    paths: Sequence[str] | None,
    *,
    kind: DigestKind | None,
    period: str | None,
    before: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[Snapshot]:
    """The latest first; ``paths`` None reaches everywhere."""
    statement = (
        select(digest_snapshot)
        .where(digest_snapshot.c.district_id == district_id)
        .order_by(digest_snapshot.c.made_at.desc(), digest_snapshot.c.id.desc())
        .limit(count_max)
    )
    if paths is not None:
        statement = statement.where(or_(*(at_or_below(digest_snapshot.c.path, path) for path in paths)))
    if kind is not None:
        statement = statement.where(digest_snapshot.c.kind == kind.value)
    if period is not None:
        statement = statement.where(digest_snapshot.c.period == period)
    if before is not None:
        statement = statement.where(tuple_(digest_snapshot.c.made_at, digest_snapshot.c.id) < before)
    return [_snapshot(row) for row in connection.execute(statement)]


def _snapshot(row: AnyRow) -> Snapshot:
    return Snapshot(
        id=row.id,
        kind=DigestKind(row.kind),
        period=row.period,
        scope_id=row.scope_id,
        path=row.path,
        made_at=row.made_at,
        content=row.content,
        digest=bytes(row.digest),
    )
