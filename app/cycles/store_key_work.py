"""Queries of the lists of key work."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import Connection, insert, select

from app.cycles.core_key_work import KeyWork, KeyWorkList
from app.cycles.tables import key_work


def list_lists(connection: Connection, district_id: UUID, year: int | None = None) -> list[KeyWorkList]:
    """Every version, of one year or all, the earliest first."""
    statement = select(key_work).where(key_work.c.district_id == district_id)
    if year is not None:
        statement = statement.where(key_work.c.year == year)
    found = []
    for row in connection.execute(statement.order_by(key_work.c.year, key_work.c.version)):
        values = {name: getattr(row, name) for name in KeyWorkList.__slots__}
        entries = tuple(KeyWork(**one) for one in row.entries)
        found.append(KeyWorkList(**{**values, "entries": entries, "sent_digest": bytes(row.sent_digest)}))
    return found


def insert_list(connection: Connection, district_id: UUID, made: KeyWorkList) -> None:
    """Taken where another version of the number was issued meanwhile: the next attempt takes the next one."""
    values = {name: getattr(made, name) for name in KeyWorkList.__slots__}
    entries = [asdict(one) for one in made.entries]
    connection.execute(insert(key_work).values(district_id=district_id, **{**values, "entries": entries}))
