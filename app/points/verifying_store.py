"""The ledger and the standings as streams in one order: by cycle and member, entries by ``seq``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, select

from app.kit.digests import digest
from app.points.ledger import Balance, Entry
from app.points.store import BALANCE_COLUMNS, ENTRY_COLUMNS, balance_of, entry_of, matrix_of
from app.points.tables import entry, entry_text, standing

__all__ = ["StoredStanding", "WrittenEntry", "matrix_of", "stream_entries", "stream_standings"]

_FETCH = 5000


@dataclass(frozen=True, slots=True)
class StoredStanding:
    """A standing as it stands in the table, with its numbers (daily, innovation, fault, total, effective)."""

    balance: Balance
    numbers: tuple[int, int, int, int, int]
    matrix: dict[str, Any]
    band: str | None


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry with its words, if they stand beside it (they may have been erased)."""

    entry: Entry
    reason: str | None
    salt: bytes | None

    @property
    def is_forged(self) -> bool:
        """Whether the words are others than those the entry was chained with."""
        if self.reason is None or self.salt is None:
            return False
        return digest(self.salt + self.reason.encode()) != self.entry.text_digest


def stream_entries(connection: Connection, district_id: UUID) -> Iterator[WrittenEntry]:
    words = and_(entry_text.c.district_id == entry.c.district_id, entry_text.c.entry_id == entry.c.id)
    statement = (
        select(*ENTRY_COLUMNS, entry_text.c.reason, entry_text.c.salt)
        .select_from(entry.outerjoin(entry_text, words))
        .where(entry.c.district_id == district_id)
        .order_by(entry.c.cycle, entry.c.member_id, entry.c.seq)
        .execution_options(yield_per=_FETCH)
    )
    for row in connection.execute(statement):
        yield WrittenEntry(entry_of(row), row.reason, None if row.salt is None else bytes(row.salt))


_NUMBERS = ("daily", "innovation", "fault", "total", "effective", "decimals")


def stream_standings(connection: Connection, district_id: UUID) -> Iterator[StoredStanding]:
    numbers = tuple(standing.c[name] for name in _NUMBERS)
    statement = (
        select(*BALANCE_COLUMNS, *numbers, standing.c.matrix, standing.c.band)
        .where(standing.c.district_id == district_id)
        .order_by(standing.c.cycle, standing.c.member_id)
        .execution_options(yield_per=_FETCH)
    )
    for row in connection.execute(statement):
        found = tuple(getattr(row, name) for name in _NUMBERS)
        yield StoredStanding(balance_of(row), found, row.matrix, row.band)
