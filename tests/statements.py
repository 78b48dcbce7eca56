"""What the suite sends to its databases: counted where a test asks for it, and judged always."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from app.kit.db import Database
from app.tables import metadata
from tests.citus import breaches

# ``district`` is read before a district is set; every other table belongs to one.
DISTRICT_TABLES = frozenset(metadata.tables) - {"district"}


@contextmanager
def count_statements(database: Database) -> Iterator[list[str]]:
    """The statements that ``database`` is sent inside the block, without the one that sets the district.

    ``with count_statements(database) as statements: ...; assert len(statements) == 3``
    """
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SET LOCAL app.district_id"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


class Judge:
    """Hears every statement of every engine and keeps those that Citus would refuse, until they are asked for."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.is_listening = True
        event.listen(Engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.is_listening:
            self.found += [f"{breach}: {statement}" for breach in breaches(statement, DISTRICT_TABLES)]

    def verdict(self) -> str:
        """What was found since the last call, one a line; empty: nothing."""
        found, self.found = self.found, []
        return "\n".join(dict.fromkeys(found))
