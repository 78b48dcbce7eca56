"""Queries of review packs: what is known of each, their bytes, and the copies that were taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kit.db import AnyRow, at_or_below
from app.kit.errors import NotFound
from app.reviews.core_packs import (
    ATTEMPTS_MAX,
    LOST_AFTER,
    Copy,
    Pack,
    PackKind,
    PackState,
    Part,
    PartMade,
)
from app.reviews.tables import review_copy, review_copy_chunk, review_pack, review_pack_chunk


def insert_pack(connection: Connection, district_id: UUID, pack: Pack) -> bool:
    """A pack that is to be made; False where one of its kind, period and scope is there."""
    statement = (
        insert(review_pack)
        .values(
            district_id=district_id,
            id=pack.id,
            kind=pack.kind.value,
            period=pack.period,
            quarter=pack.quarter,
            scope_id=pack.scope_id,
            path=pack.path,
            state=pack.state.value,
            progress=0,
            asked_at=pack.asked_at,
            asked_by=pack.asked_by,
            attempts=0,
            editions=[],
            parts=[],
            lacking={},
        )
        .on_conflict_do_nothing()
        .returning(review_pack.c.id)
    )
    return connection.execute(statement).one_or_none() is not None


def _of(district_id: UUID, pack_id: UUID) -> ColumnElement[bool]:
    return and_(review_pack.c.district_id == district_id, review_pack.c.id == pack_id)


def get_pack(connection: Connection, district_id: UUID, pack_id: UUID) -> Pack:
    """Raises NotFound."""
    row = connection.execute(select(review_pack).where(_of(district_id, pack_id))).one_or_none()
    if row is None:
        raise NotFound(what="pack", field="pack_id")
    return _pack(row)


def lock_pack(connection: Connection, district_id: UUID, pack_id: UUID) -> Pack | None:
    row = connection.execute(select(review_pack).where(_of(district_id, pack_id)).with_for_update()).one_or_none()
    return None if row is None else _pack(row)


def find_pack(connection: Connection, district_id: UUID, kind: PackKind, period: str, scope_id: UUID) -> Pack | None:
    statement = select(review_pack).where(
        review_pack.c.district_id == district_id,
        review_pack.c.kind == kind.value,
        review_pack.c.period == period,
        review_pack.c.scope_id == scope_id,
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _pack(row)


def list_packs(connection: Connection, district_id: UUID, quarter: str, paths: Sequence[str] | None) -> list[Pack]:
    """Those whose period ends with the quarter, from the root down; ``paths`` None reaches everywhere."""
    statement = (
        select(review_pack)
        .where(review_pack.c.district_id == district_id, review_pack.c.quarter == quarter)
        .order_by(review_pack.c.path, review_pack.c.kind)
    )
    if paths is not None:
        statement = statement.where(or_(*(_within(path) for path in paths)))
    return [_pack(row) for row in connection.execute(statement)]


def _within(path: str) -> ColumnElement[bool]:
    return at_or_below(review_pack.c.path, path)


def list_to_make(connection: Connection, district_id: UUID, now: datetime) -> list[UUID]:
    """What waits for a maker, or has lost its own; the quarter's before what is made from it."""
    is_longer = review_pack.c.kind != PackKind.QUARTER.value
    statement = (
        select(review_pack.c.id)
        .where(
            review_pack.c.district_id == district_id,
            review_pack.c.attempts < ATTEMPTS_MAX,
            or_(review_pack.c.state == PackState.WAITING.value, _is_lost(now)),
        )
        .order_by(review_pack.c.quarter, is_longer, review_pack.c.path, review_pack.c.id)
    )
    return list(connection.execute(statement).scalars())


def _is_lost(now: datetime) -> ColumnElement[bool]:
    return and_(review_pack.c.state == PackState.MAKING.value, review_pack.c.beat_at < now - LOST_AFTER)


def claim(connection: Connection, district_id: UUID, pack_id: UUID, maker: UUID, now: datetime) -> bool:
    """Take a pack up; False where another is at it, or it is made, failed or gone."""
    statement = (
        update(review_pack)
        .where(_of(district_id, pack_id), or_(review_pack.c.state == PackState.WAITING.value, _is_lost(now)))
        .values(
            state=PackState.MAKING.value,
            maker=maker,
            beat_at=now,
            attempts=review_pack.c.attempts + 1,
            error=None,
        )
    )
    return connection.execute(statement).rowcount == 1


def set_progress(
    connection: Connection, district_id: UUID, pack_id: UUID, maker: UUID, percent: int, now: datetime
) -> bool:
    """False where the pack is no longer this maker's: taken back, or given up for lost."""
    statement = update(review_pack).where(_of(district_id, pack_id), review_pack.c.maker == maker)
    return connection.execute(statement.values(progress=percent, beat_at=now)).rowcount == 1


def set_state(connection: Connection, district_id: UUID, pack_id: UUID, **values: Any) -> None:
    connection.execute(update(review_pack).where(_of(district_id, pack_id)).values(**values))


def delete_pack(connection: Connection, district_id: UUID, pack_id: UUID) -> None:
    connection.execute(delete(review_pack).where(_of(district_id, pack_id)))


def _pack(row: AnyRow) -> Pack:
    return Pack(
        id=row.id,
        kind=PackKind(row.kind),
        period=row.period,
        quarter=row.quarter,
        scope_id=row.scope_id,
        path=row.path,
        state=PackState(row.state),
        progress=row.progress,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        maker=row.maker,
        beat_at=row.beat_at,
        attempts=row.attempts,
        made_at=row.made_at,
        digest=None if row.digest is None else bytes(row.digest),
        root=None if row.root is None else bytes(row.root),
        editions=tuple(row.editions),
        parts=tuple(PartMade(Part(one["part"]), one["size"], one["digest"]) for one in row.parts),
        lacking=row.lacking,
        error=row.error,
    )


def parts_plain(parts: Iterable[PartMade]) -> list[Mapping[str, Any]]:
    return [{"part": one.part.value, "size": one.size, "digest": one.digest} for one in parts]


# Bytes.


def insert_chunks(connection: Connection, district_id: UUID, pack_id: UUID, part: str, chunks: Iterable[bytes]) -> None:
    """One statement a piece, so that no more than one is held."""
    for number, piece in enumerate(chunks):
        values = {"district_id": district_id, "pack_id": pack_id, "part": part, "number": number, "bytes": piece}
        connection.execute(insert(review_pack_chunk).values(values))


def find_chunk(connection: Connection, district_id: UUID, pack_id: UUID, part: str, number: int) -> bytes | None:
    statement = select(review_pack_chunk.c.bytes).where(
        review_pack_chunk.c.district_id == district_id,
        review_pack_chunk.c.pack_id == pack_id,
        review_pack_chunk.c.part == part,
        review_pack_chunk.c.number == number,
    )
    found = connection.execute(statement).scalar_one_or_none()
    return None if found is None else bytes(found)


# Copies.


def insert_copy(connection: Connection, district_id: UUID, copy: Copy, chunks: Iterable[bytes]) -> None:
    connection.execute(
        insert(review_copy).values(
            district_id=district_id,
            id=copy.id,
            pack_id=copy.pack_id,
            part=copy.part.value,
            taken_by=copy.taken_by,
            taken_at=copy.taken_at,
            reason=copy.reason,
            size=copy.size,
            digest=copy.digest,
            expires_at=copy.expires_at,
        )
    )
    for number, piece in enumerate(chunks):
        values = {"district_id": district_id, "copy_id": copy.id, "number": number, "bytes": piece}
        connection.execute(insert(review_copy_chunk).values(values))


def list_copies(connection: Connection, district_id: UUID, pack_id: UUID, count_max: int) -> list[Copy]:
    """Who took what of a pack, the latest first."""
    statement = (
        select(review_copy)
        .where(review_copy.c.district_id == district_id, review_copy.c.pack_id == pack_id)
        .order_by(review_copy.c.taken_at.desc(), review_copy.c.id.desc())
        .limit(count_max)
    )
    return [_copy(row) for row in connection.execute(statement)]


def get_copy(connection: Connection, district_id: UUID, copy_id: UUID) -> Copy:
    """Raises NotFound."""
    statement = select(review_copy).where(review_copy.c.district_id == district_id, review_copy.c.id == copy_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound(what="copy", field="copy_id")
    return _copy(row)


def _copy(row: AnyRow) -> Copy:
    return Copy(
        id=row.id,
        pack_id=row.pack_id,
        part=Part(row.part),
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        reason=row.reason,
        size=row.size,
        digest=bytes(row.digest),
        expires_at=row.expires_at,
    )


def find_copy_chunk(connection: Connection, district_id: UUID, copy_id: UUID, number: int) -> bytes | None:
    statement = select(review_copy_chunk.c.bytes).where(
        review_copy_chunk.c.district_id == district_id,
        review_copy_chunk.c.copy_id == copy_id,
        review_copy_chunk.c.number == number,
    )
    found = connection.execute(statement).scalar_one_or_none()
    return None if found is None else bytes(found)


def delete_expired(connection: Connection, district_id: UUID, now: datetime) -> int:
    """The bytes of copies whose day is over; how many copies that were."""
    expired = select(review_copy.c.id).where(review_copy.c.district_id == district_id, review_copy.c.expires_at <= now)
    statement = delete(review_copy_chunk).where(
        review_copy_chunk.c.district_id == district_id,
        review_copy_chunk.c.number == 0,
        review_copy_chunk.c.copy_id.in_(expired),
    )
    count = connection.execute(statement).rowcount
    rest = delete(review_copy_chunk).where(
        review_copy_chunk.c.district_id == district_id, review_copy_chunk.c.copy_id.in_(expired)
    )
    connection.execute(rest)
    return count
