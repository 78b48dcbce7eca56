"""The ledger and the standings as streams in one order: by cycle and member, entries by ``seq``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.points.ledger import Balance, Entry
from app.points.store import BALANCE_COLUMNS, ENTRY_COLUMNS, balance_of, entry_of, matrix_of
from app.points.tables import entry, standing

__all__ = ["StoredStanding", "matrix_of", "stream_entries", "stream_standings"]

_FETCH = 5000


@dataclass(frozen=True, slots=True)
class StoredStanding:
    """A standing as it stands in the table, with its numbers (daily, innovation, fault, total, effective)."""

    balance: Balance
    numbers: tuple[int, int, int, int, int]
    matrix: dict[str, Any]
    band: str | None


def stream_entries(connection: Connection, district_id: UUID) -> Iterator[Entry]:
    statement = (
        select(*ENTRY_COLUMNS)
        .where(entry.c.district_id == district_id)
        .order_by(entry.c.cycle, entry.c.member_id, entry.c.seq)
        .execution_options(yield_per=_FETCH)
    )
    yield from map(entry_of, connection.execute(statement))


def stream_standings(connection: Connection, district_id: UUID) -> Iterator[StoredStanding]:
    numbers = (standing.c.daily, standing.c.innovation, standing.c.fault, standing.c.total, standing.c.effective)
    statement = (
        select(*BALANCE_COLUMNS, *numbers, standing.c.matrix, standing.c.band)
        .where(standing.c.district_id == district_id)
        .order_by(standing.c.cycle, standing.c.member_id)
        .execution_options(yield_per=_FETCH)
    )
    for row in connection.execute(statement):
        found = (row.daily, row.innovation, row.fault, row.total, row.effective)
        yield StoredStanding(balance_of(row), found, row.matrix, row.band)
