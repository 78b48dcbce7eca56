"""Queries of evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from app.files.core import Content, Evidence, Owner, OwnerKind, key_of
from app.files.tables import file, file_upload, file_use
from app.kit.db import AnyRow


def insert_file(connection: Connection, district_id: UUID, content: Content, at: datetime) -> bool:
    """Whether it was not there; waits for whoever is about to add or remove the same."""
    row = {
        "district_id": district_id,
        "hash": content.hash,
        "media_type": content.media_type,
        "size": content.size,
        "uploaded_at": at,
    }
    statement = insert(file).values(row).on_conflict_do_nothing().returning(file.c.hash)
    return connection.execute(statement).one_or_none() is not None


def share_files(connection: Connection, district_id: UUID, hashes: Collection[str]) -> dict[str, Content]:
    """Those that are there, held so that nobody removes them before this transaction ends."""
    statement = (
        select(file)
        .where(file.c.district_id == district_id, file.c.hash.in_(list(hashes)))
        .order_by(file.c.hash)
        .with_for_update(read=True, key_share=True)
    )
    return {row.hash: _content(row) for row in connection.execute(statement)}


def insert_upload(
    connection: Connection, district_id: UUID, content_hash: str, *, by: UUID, at: datetime, name: str
) -> None:
    """The latest time and name count."""
    row = {"district_id": district_id, "hash": content_hash, "uploaded_by": by, "uploaded_at": at, "name": name}
    statement = insert(file_upload).values(row)
    anew = {"uploaded_at": statement.excluded.uploaded_at, "name": statement.excluded.name}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["district_id", "hash", "uploaded_by"], set_=anew)
    )


def list_uploaded(connection: Connection, district_id: UUID, hashes: Collection[str], by: UUID) -> dict[str, str]:
    """Which of the files the account has sent itself, and under what name."""
    statement = select(file_upload.c.hash, file_upload.c.name).where(
        file_upload.c.district_id == district_id,
        file_upload.c.uploaded_by == by,
        file_upload.c.hash.in_(list(hashes)),
    )
    return {row.hash: row.name for row in connection.execute(statement)}


def insert_uses(
    connection: Connection,
    district_id: UUID,
    owner: Owner,
    names: Iterable[tuple[str, str]],
    *,
    at: datetime,
    by: UUID | None,
) -> None:
    """``names``: hash and display name. What is attached already stays as it is."""
    rows = [
        {
            "district_id": district_id,
            "owner_kind": owner.kind.value,
            "owner_id": owner.id,
            "hash": content_hash,
            "name": name,
            "attached_at": at,
            "attached_by": by,
        }
        for content_hash, name in sorted(names)
    ]
    if rows:
        connection.execute(insert(file_use).values(rows).on_conflict_do_nothing())


def list_uses_of_files(connection: Connection, district_id: UUID, hashes: Collection[str]) -> list[Evidence]:
    """What each of the files is evidence of, oldest use first."""
    statement = _uses(district_id).where(file_use.c.hash.in_(list(hashes)))
    return [_evidence(row) for row in connection.execute(statement)]


def list_uses_of_owners(
    connection: Connection, district_id: UUID, kind: OwnerKind, owner_ids: Sequence[UUID]
) -> list[Evidence]:
    """What the owners have as evidence, in the order in which it was attached."""
    statement = _uses(district_id).where(file_use.c.owner_kind == kind.value, file_use.c.owner_id.in_(list(owner_ids)))
    return [_evidence(row) for row in connection.execute(statement)]


def delete_uploads_before(connection: Connection, district_id: UUID, before: datetime) -> int:
    statement = delete(file_upload).where(file_upload.c.district_id == district_id, file_upload.c.uploaded_at < before)
    return connection.execute(statement).rowcount


def lock_unneeded(connection: Connection, district_id: UUID, before: datetime) -> list[str]:
    """Files that nobody has sent of late and nothing refers to; those that somebody is at work on are left out."""
    statement = (
        select(file.c.hash)
        .where(file.c.district_id == district_id, file.c.uploaded_at < before, *_unneeded(district_id))
        .order_by(file.c.hash)
        .with_for_update(skip_locked=True)
    )
    locked = list(connection.execute(statement).scalars())
    # Again under the lock: what was attached between the look and the lock is seen only now.
    again = select(file.c.hash).where(
        file.c.district_id == district_id, file.c.hash.in_(locked), *_unneeded(district_id)
    )
    return list(connection.execute(again).scalars()) if locked else []


def delete_files(connection: Connection, district_id: UUID, hashes: Collection[str]) -> None:
    connection.execute(delete(file).where(file.c.district_id == district_id, file.c.hash.in_(list(hashes))))


def list_hashes(connection: Connection, district_id: UUID) -> dict[str, int]:
    """Every file on record and its size in bytes."""
    statement = select(file.c.hash, file.c.size).where(file.c.district_id == district_id)
    return {row.hash: row.size for row in connection.execute(statement)}


def _unneeded(district_id: UUID) -> list[ColumnElement[bool]]:
    """That no row of the other tables refers to the file."""
    return [
        ~exists().where(table.c.district_id == district_id, table.c.hash == file.c.hash)
        for table in (file_upload, file_use)
    ]


def _uses(district_id: UUID) -> Select[Any]:
    same = and_(file.c.district_id == file_use.c.district_id, file.c.hash == file_use.c.hash)
    return (
        select(file_use, file.c.media_type, file.c.size)
        .select_from(file_use.join(file, same))
        .where(file_use.c.district_id == district_id)
        .order_by(file_use.c.attached_at, file_use.c.name, file_use.c.hash)
    )


def _content(row: AnyRow) -> Content:
    return Content(row.hash, row.media_type, row.size)


def _evidence(row: AnyRow) -> Evidence:
    return Evidence(
        owner=Owner(OwnerKind(row.owner_kind), row.owner_id),
        content=_content(row),
        name=row.name,
        key=key_of(row.district_id, row.hash),
    )
