"""Notices what this process writes, so that what it remembers of the database is not used past a change of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, event

_WRITTEN = "written"  # in a connection's notes: the tables that its transaction wrote to


class Writes:
    """Counts the transactions of this process that wrote to any of some tables, by district.

    What was read after ``seen`` is good as long as ``seen`` says the same, as far as this process is concerned.
    Statements that are plain text are not noticed, nor is what other processes do.
    """

    def __init__(self, *tables: Table) -> None:
        self._tables = frozenset(tables)
        self._counts: Counter[UUID | None] = Counter()
        self._lock = Lock()
        _listening.append(self)

    def seen(self, district: UUID) -> tuple[int, int]:
        """How many in the district, and how many outside any."""
        return self._counts[district], self._counts[None]

    def count(self, written: Set[Table], district: UUID | None) -> None:
        if not self._tables.isdisjoint(written):
            with self._lock:
                self._counts[district] += 1


_listening: list[Writes] = []


def notice(engine: Engine) -> None:
    """Note from now on what is written through the engine."""
    event.listen(engine, "before_execute", _note)


def _note(connection: Connection, statement: Any, *_rest: Any) -> None:
    if getattr(statement, "is_dml", False):
        connection.info.setdefault(_WRITTEN, set()).add(statement.table)


def transaction_ended(notes: dict[Any, Any], district: UUID | None) -> None:
    """Count what was noted, be it committed, undone or not known; ``notes`` are the connection's."""
    written = notes.pop(_WRITTEN, None)
    if written:
        for one in _listening:
            one.count(written, district)
