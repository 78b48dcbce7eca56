"""Queries of editions and adoptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Text, Uuid, bindparam, null, select, union_all, update
from sqlalchemy.dialects.postgresql import insert

from app.kit.db import AnyRow
from app.roster.core import BranchForm
from app.rules.adoption import Adoption, Published
from app.rules.core import Edition
from app.rules.tables import adoption, edition

_PUBLISHED = (edition.c.book, edition.c.code, edition.c.digest, edition.c.starts_on, edition.c.ends_on)
_ADOPTION = (
    *(adoption.c.id, adoption.c.book, adoption.c.path),
    *(adoption.c.from_on, adoption.c.until_on, adoption.c.form),
)
_IN_ORDER = (adoption.c.path, adoption.c.form.asc().nulls_first(), adoption.c.from_on)


def insert_edition(
    connection: Connection, district_id: UUID, found: Edition, content: bytes, *, at: datetime, by: UUID | None
) -> bool:
    """False if the district has an edition of this digest, or of this book and code, already."""
    statement = insert(edition).values(
        district_id=district_id,
        digest=found.digest,
        book=found.book,
        code=found.code,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        content=content,
        published_at=at,
        published_by=by,
    )
    made = connection.execute(statement.on_conflict_do_nothing().returning(edition.c.digest))
    return made.one_or_none() is not None


def find_content(connection: Connection, district_id: UUID, digest: str) -> bytes | None:
    statement = select(edition.c.content).where(edition.c.district_id == district_id, edition.c.digest == digest)
    return connection.execute(statement).scalar_one_or_none()


def is_published(connection: Connection, district_id: UUID, digest: str) -> bool:
    statement = select(edition.c.digest).where(edition.c.district_id == district_id, edition.c.digest == digest)
    return connection.execute(statement).first() is not None


def list_published(connection: Connection, district_id: UUID, book: str | None = None) -> tuple[Published, ...]:
    """From the earliest first day on; of one book or of all."""
    statement = select(*_PUBLISHED).where(edition.c.district_id == district_id)
    if book is not None:
        statement = statement.where(edition.c.book == book)
    rows = connection.execute(statement.order_by(edition.c.starts_on, edition.c.code))
    return tuple(Published(row.book, row.code, row.digest, row.starts_on, row.ends_on) for row in rows)


def stream_editions(connection: Connection, district_id: UUID) -> Iterator[tuple[Published, bytes]]:
    """Every one with its content, a few at a time: each is a few hundred kilobytes."""
    statement = (
        select(*_PUBLISHED, edition.c.content)
        .where(edition.c.district_id == district_id)
        .order_by(edition.c.digest)
        .execution_options(yield_per=4)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            yield Published(row.book, row.code, row.digest, row.starts_on, row.ends_on), bytes(row.content)


def list_adoptions(connection: Connection, district_id: UUID) -> tuple[Adoption, ...]:
    statement = select(*_ADOPTION).where(adoption.c.district_id == district_id)
    return tuple(_adoption(row) for row in connection.execute(statement.order_by(*_IN_ORDER)))


@cache
def _in_force() -> CompoundSelect[Any]:
    """Editions and adoptions under the columns of both, one kind after the other."""
    district_id: ColumnElement[UUID] = bindparam("in_district", type_=Uuid())
    nothing = null().cast(Text)
    editions = select(
        null().cast(Uuid).label("id"), edition.c.book, edition.c.code, edition.c.digest, nothing.label("path"),
        edition.c.starts_on.label("from_on"), edition.c.ends_on.label("until_on"), nothing.label("form"),
    ).where(edition.c.district_id == district_id)  # fmt: skip
    adoptions = select(
        adoption.c.id, adoption.c.book, nothing, nothing, adoption.c.path, adoption.c.from_on, adoption.c.until_on,
        adoption.c.form,
    ).where(adoption.c.district_id == district_id)  # fmt: skip
    return union_all(editions, adoptions)


def list_in_force(connection: Connection, district_id: UUID) -> tuple[tuple[Published, ...], tuple[Adoption, ...]]:
    """What ``list_published`` and ``list_adoptions`` give, in one statement: every request asks it."""
    rows = connection.execute(_in_force(), {"in_district": district_id}).all()
    published = [Published(row.book, row.code, row.digest, row.from_on, row.until_on) for row in rows if row.id is None]
    adoptions = [_adoption(row) for row in rows if row.id is not None]
    published.sort(key=lambda one: (one.starts_on, one.code))
    adoptions.sort(key=lambda one: (one.path, one.form or "", one.from_on))
    return tuple(published), tuple(adoptions)


def lock_adoptions(connection: Connection, district_id: UUID, path: str) -> tuple[Adoption, ...]:
    """Those of exactly this organisation, held until the transaction ends, from the earliest on."""
    statement = (
        select(*_ADOPTION)
        .where(adoption.c.district_id == district_id, adoption.c.path == path)
        .order_by(adoption.c.from_on)
        .with_for_update()
    )
    return tuple(_adoption(row) for row in connection.execute(statement))


def insert_adoption(connection: Connection, district_id: UUID, made: Adoption) -> bool:
    """False if the organisation has an adoption of this form from this day on already."""
    statement = insert(adoption).values(
        district_id=district_id,
        id=made.id,
        book=made.book,
        path=made.path,
        form=made.form,
        from_on=made.from_on,
        until_on=made.until_on,
    )
    inserted = connection.execute(statement.on_conflict_do_nothing().returning(adoption.c.id))
    return inserted.one_or_none() is not None


def update_adoption_end(connection: Connection, district_id: UUID, adoption_id: UUID, until_on: date) -> None:
    connection.execute(
        update(adoption)
        .where(adoption.c.district_id == district_id, adoption.c.id == adoption_id)
        .values(until_on=until_on)
    )


def _adoption(row: AnyRow) -> Adoption:
    form = None if row.form is None else BranchForm(row.form)
    return Adoption(row.id, row.book, row.path, row.from_on, row.until_on, form)
