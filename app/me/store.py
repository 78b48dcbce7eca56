"""Queries of the phone's views that no room below answers: the evidence of one member's record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Table, and_, any_, exists, literal, or_, select, union_all

from app.appeals.tables import appeal
from app.files.core import Content, Owner, OwnerKind, key_of
from app.files.tables import file, file_upload, file_use
from app.me.core import EvidenceCursor, OwnEvidence, Waiting
from app.points.tables import entry
from app.submissions.tables import submission


def list_evidence(
    connection: Connection,
    district_id: UUID,
    member_id: UUID,
    *,
    before: EvidenceCursor | None,
    count_max: int,
) -> list[OwnEvidence]:
    """Files of the member's entries, submissions (handed in, and as they are now) and appeals; the latest first."""
    shown = (submission.c.submitted_at.is_not(None), file_use.c.hash == any_(submission.c.evidence))
    found = union_all(
        _of(district_id, OwnerKind.ENTRY, entry, member_id),
        _of(district_id, OwnerKind.SUBMISSION, submission, member_id, *shown),
        _of(district_id, OwnerKind.APPEAL, appeal, member_id),
    ).subquery("found")
    columns = found.c
    same = and_(file.c.district_id == district_id, file.c.hash == columns.hash)
    statement = (
        select(found, file.c.media_type, file.c.size)
        .select_from(found.join(file, same))
        .where(file.c.district_id == district_id)
        .order_by(columns.attached_at.desc(), columns.owner_id.desc(), columns.hash.desc())
        .limit(count_max)
    )
    if before is not None:
        at, owner_id, last = before
        statement = statement.where(
            or_(
                columns.attached_at < at,
                and_(columns.attached_at == at, columns.owner_id < owner_id),
                and_(columns.attached_at == at, columns.owner_id == owner_id, columns.hash < last),
            )
        )
    return [
        OwnEvidence(
            owner=Owner(OwnerKind(row.owner_kind), row.owner_id),
            content=Content(row.hash, row.media_type, row.size),
            name=row.name,
            key=key_of(district_id, row.hash),
            attached_at=row.attached_at,
        )
        for row in connection.execute(statement)
    ]


def _of(district_id: UUID, kind: OwnerKind, owners: Table, member_id: UUID, *more: Any) -> Select[Any]:
    own = and_(owners.c.district_id == file_use.c.district_id, owners.c.id == file_use.c.owner_id)
    return (
        select(
            file_use.c.owner_kind, file_use.c.owner_id, file_use.c.hash, file_use.c.name, file_use.c.attached_at
        )
        .select_from(owners.join(file_use, own))
        .where(
            owners.c.district_id == district_id,
            owners.c.member_id == member_id,
            file_use.c.district_id == district_id,
            file_use.c.owner_kind == literal(kind.value),
            *more,
        )
    )  # fmt: skip


def list_waiting(connection: Connection, district_id: UUID, account_id: UUID, count_max: int) -> Sequence[Waiting]:
    """What the account has sent in and attached to nothing yet; the latest first."""
    attached = exists().where(
        file_use.c.district_id == district_id,
        file_use.c.hash == file_upload.c.hash,
        file_use.c.attached_by == account_id,
    )
    same = and_(file.c.district_id == file_upload.c.district_id, file.c.hash == file_upload.c.hash)
    statement = (
        select(file_upload.c.hash, file_upload.c.name, file_upload.c.uploaded_at, file.c.media_type, file.c.size)
        .select_from(file_upload.join(file, same))
        .where(file_upload.c.district_id == district_id, file_upload.c.uploaded_by == account_id, ~attached)
        .order_by(file_upload.c.uploaded_at.desc(), file_upload.c.hash)
        .limit(count_max)
    )
    return [
        Waiting(Content(row.hash, row.media_type, row.size), row.name, row.uploaded_at)
        for row in connection.execute(statement)
    ]
