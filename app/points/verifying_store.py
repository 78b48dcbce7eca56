"""The ledger and the standings as streams in one order: by cycle and member, entries by ``seq``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, exists, or_, select

from app.kit.db import AnyRow
from app.kit.digests import digest
from app.points.ledger import Balance, DutyKey, Entry
from app.points.store import BALANCE_COLUMNS, ENTRY_COLUMNS, balance_of, entry_of, matrix_of
from app.points.tables import duty, entry, entry_text, standing

__all__ = ["StoredStanding", "WrittenEntry", "matrix_of", "stream_entries", "stream_standings"]

_FETCH = 5000


@dataclass(frozen=True, slots=True)
class StoredStanding:
    """A standing as it stands in the table, with its numbers (daily, innovation, fault, total, effective).

    Without a balance it holds what the service never writes.
    """

    cycle: str
    member_id: UUID
    balance: Balance | None
    numbers: tuple[int, int, int, int, int]
    matrix: dict[str, Any]
    band: str | None


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry with its words, if they stand beside it (they may have been erased).

    Without the entry itself it is a row that the service never writes.
    """

    cycle: str
    member_id: UUID
    entry: Entry | None
    reason: str | None
    salt: bytes | None

    @property
    def is_forged(self) -> bool:
        """Whether the words are others than those the entry was chained with."""
        if self.entry is None or self.reason is None or self.salt is None:
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
    with connection.execute(statement) as rows:
        for row in rows:
            salt = None if row.salt is None else bytes(row.salt)
            yield WrittenEntry(row.cycle, row.member_id, _entry(row), row.reason, salt)


def _entry(row: AnyRow) -> Entry | None:
    try:
        return entry_of(row)
    except ValueError:
        return None


_NUMBERS = ("daily", "innovation", "fault", "total", "effective", "decimals")


def stream_standings(connection: Connection, district_id: UUID) -> Iterator[StoredStanding]:
    numbers = tuple(standing.c[name] for name in _NUMBERS)
    statement = (
        select(*BALANCE_COLUMNS, *numbers, standing.c.matrix, standing.c.band)
        .where(standing.c.district_id == district_id)
        .order_by(standing.c.cycle, standing.c.member_id)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            found = tuple(getattr(row, name) for name in _NUMBERS)
            yield StoredStanding(row.cycle, row.member_id, _balance(row), found, row.matrix, row.band)


def _balance(row: AnyRow) -> Balance | None:
    try:
        return balance_of(row)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError):
        return None


def stream_unfounded_duties(connection: Connection, district_id: UUID) -> Iterator[tuple[DutyKey, str]]:
    """Duties with the entry that is said to have decided them, where that is not a live one of theirs."""
    own = and_(entry.c.district_id == duty.c.district_id, entry.c.id == duty.c.entry_id)
    reversal = entry.alias("reversal")
    undone = exists().where(reversal.c.district_id == district_id, reversal.c.reverses == entry.c.id)
    other = or_(
        entry.c.id.is_(None),
        entry.c.cycle != duty.c.cycle,
        entry.c.member_id != duty.c.member_id,
        entry.c.item != duty.c.item,
        entry.c.points > 0,
        entry.c.points < -duty.c.share,
        duty.c.state == "waived",
        entry.c.reverses.is_not(None),
        undone,
    )
    statement = (
        select(duty.c.cycle, duty.c.member_id, duty.c.item, duty.c.window, duty.c.state)
        .select_from(duty.outerjoin(entry, own))
        .where(duty.c.district_id == district_id, duty.c.entry_id.is_not(None), other)
        .order_by(duty.c.cycle, duty.c.member_id, duty.c.item, duty.c.window)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            yield DutyKey(row.cycle, row.member_id, row.item, row.window), row.state
