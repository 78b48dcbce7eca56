"""The database: table shapes, and the one way to run a transaction.

``Database.run`` opens a transaction, sets the district that row-level security looks at, calls, commits, and only then
returns; so an answer is never sent before what it reports is saved.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    FromClause,
    MetaData,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    create_engine,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.schema import SchemaItem

from app.kit import writes
from app.kit.errors import Taken, Unavailable
from app.kit.settings import Settings

Result = TypeVar("Result")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ATTEMPTS_MAX = 4  # the first and three more
_SERIALIZATION_FAILURE, _DEADLOCK, _UNIQUE_VIOLATION = "40001", "40P01", "23505"
# Two that made the same row at once: whoever comes second finds it on the next attempt, and answers as to a repeat.
_RETRIED = {_SERIALIZATION_FAILURE, _DEADLOCK, _UNIQUE_VIOLATION}
# Out of disk, memory or connections; shutting down or starting; a lock or statement that took too long.
_BUSY = {"53000", "53100", "53200", "53300", "57P01", "57P02", "57P03", "55P03", "57014", "25P03"}


def district_table(name: str, *items: SchemaItem, key: tuple[str, ...] = ("id",)) -> Table:
    """A table of a district: ``district_id`` comes first and starts the primary key, as Citus and isolation want it."""
    return Table(
        name,
        metadata,
        Column("district_id", Uuid, nullable=False),
        *items,
        PrimaryKeyConstraint("district_id", *key),
        ForeignKeyConstraint(["district_id"], ["district.id"]),
    )


def refers(*columns: str, to: str, key: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """A foreign key inside the district: ``refers("member_id", to="member")``."""
    return ForeignKeyConstraint(["district_id", *columns], [f"{to}.district_id", *(f"{to}.{part}" for part in key)])


@cache
def sent_rows(table: Table, names: tuple[str, ...]) -> FromClause:
    """Rows as one parameter of JSON, to insert from, to update by and to join with.

    One statement whatever the number of rows, and one parameter whatever the number of columns. Built once: what is
    asked again and again is made ready. The parameter is that of ``sent_values``.
    """
    sent = cast(bindparam("sent", type_=Text()), JSON())
    columns = (column(name, table.c[name].type) for name in names)
    return func.json_to_recordset(sent).table_valued(*columns, name="sent").render_derived(with_types=True)


def sent_values(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parameter of ``sent_rows``."""
    chosen = [{name: row[name] for name in names} for row in rows]
    return {"sent": json.dumps(chosen, ensure_ascii=False, separators=(",", ":"), default=_sent_text)}


def _sent_text(value: object) -> str:
    """As PostgreSQL reads it: every type has a text form that its own input takes."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form to be sent in")


@cache
def _insertion(table: Table, names: tuple[str, ...], *, unless_there: bool) -> Insert:
    sent = sent_rows(table, names)
    district_id: ColumnElement[Any] = bindparam("in_district", type_=Uuid())
    chosen = select(district_id, *(sent.c[name] for name in names))
    statement = insert(table).from_select(["district_id", *names], chosen)
    return statement.on_conflict_do_nothing() if unless_there else statement


def insert_rows(
    connection: Connection,
    district_id: UUID,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    unless_there: bool = False,
) -> None:
    """Insert rows of one district in one statement; with ``unless_there`` those that exist stay as they are."""
    if rows:
        names = tuple(rows[0])
        statement = _insertion(table, names, unless_there=unless_there)
        connection.execute(statement, {"in_district": district_id, **sent_values(names, rows)})


def at_or_below(path_column: ColumnElement[str], path: str) -> ColumnElement[bool]:
    """Whether a row's path is that place, or one below it; the index serves both (``LIKE`` it would not)."""
    return or_(path_column == path, path_column.op("^@", is_comparison=True)(path + "."))


def snapshot_of(connection: Connection) -> str | None:
    """What the connection sees: as long as it is the same, nothing has been committed. None where that says too little.

    With Citus rows change on machines whose transactions this one does not count.
    """
    snapshot: str | None = connection.scalar(_SNAPSHOT)
    return snapshot


_SNAPSHOT = text(
    "SELECT pg_current_snapshot()::text WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"
)


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a frozen dataclass as columns take them: words of a closed list, and tuples of dataclasses as JSON."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [{name: _json(one) for name, one in asdict(each).items()} for each in value]
    return value


def _json(value: Any) -> Any:
    return str(value) if isinstance(value, date | UUID) else value


@contextmanager
def joined_whole(connection: Connection) -> Iterator[None]:
    """Tables are joined whole meanwhile, and not row by row.

    For statements over all of a district: right after a bulk load the planner knows nothing of the tables, takes a
    hundred thousand rows for a few, and would look up each of them.
    """
    connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
    yield
    connection.exec_driver_sql("SET LOCAL enable_nestloop TO DEFAULT")  # where it failed, the transaction has


def sqlalchemy_url(address: str) -> Any:
    """A libpq address (``postgresql://…``) as SQLAlchemy wants it for psycopg 3."""
    return make_url(address).set(drivername="postgresql+psycopg")


class Database:
    """One pool of connections under one role."""

    def __init__(self, address: str, settings: Settings) -> None:
        options = (
            f"-c statement_timeout={settings.statement_timeout_ms} -c lock_timeout={settings.lock_timeout_ms}"
            f" -c idle_in_transaction_session_timeout={settings.idle_timeout_ms} -c timezone=UTC"
        )
        self.engine: Engine = create_engine(
            sqlalchemy_url(address),
            pool_size=settings.pool_size,
            max_overflow=0,
            hide_parameters=True,  # what fails is told by its statement; the values may be anybody's name
            pool_timeout=settings.pool_wait_seconds,
            connect_args={
                "options": options,
                "prepare_threshold": settings.prepare_threshold,
                "application_name": "longwen",
                "connect_timeout": 5,
            },
        )

        writes.notice(self.engine)

    def run(
        self,
        work: Callable[[Connection], Result],
        district: UUID | None,
        *,
        commit: bool = True,
        snapshot: bool = False,
        attempts: int = ATTEMPTS_MAX,
    ) -> Result:
        """Call ``work`` in one transaction and commit it; with ``commit=False`` undo it (a preview).

        With ``snapshot`` all of its statements see one moment of the database, and it may only read.

        Deadlocks, serialization failures, unique violations and connections lost before the commit are tried again, so
        ``work`` must do nothing outside the database. Raises ``Unavailable`` when the database cannot serve now, and
        ``Taken`` where a unique violation stays.
        """
        for attempt in range(1, attempts + 1):
            try:
                return self._once(work, district, commit=commit, snapshot=snapshot)
            except PoolTimeout as error:
                raise Unavailable from error
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                lost = error.connection_invalidated and not getattr(error, "at_commit", False)
                if (state in _RETRIED or lost) and attempt < attempts:
                    time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter, not a secret
                    continue
                if state == _UNIQUE_VIOLATION:
                    raise Taken from error
                unreachable = isinstance(error, OperationalError | InterfaceError) and state is None
                if unreachable or error.connection_invalidated or state in _BUSY | _RETRIED:
                    raise Unavailable from error
                raise
        raise AssertionError("the loop returns or raises")

    def _once(
        self, work: Callable[[Connection], Result], district: UUID | None, *, commit: bool, snapshot: bool
    ) -> Result:
        with self.engine.connect() as connection:
            notes = connection.info
            try:
                return self._within(connection, work, district, commit=commit, snapshot=snapshot)
            finally:
                writes.transaction_ended(notes, district)

    def _within(
        self,
        connection: Connection,
        work: Callable[[Connection], Result],
        district: UUID | None,
        *,
        commit: bool,
        snapshot: bool,
    ) -> Result:
        if snapshot:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if district is not None:
            # A literal, because SET takes no parameter; UUID() makes it safe.
            connection.exec_driver_sql(f"SET LOCAL app.district_id = '{UUID(str(district))}'")
        result = work(connection)
        if not commit:
            connection.rollback()
            return result
        try:
            connection.commit()
        except DBAPIError as error:
            error.at_commit = True  # type: ignore[attr-defined]  # it may have been saved: not tried again
            raise
        return result

    def ping(self) -> None:
        """Raise if the database does not answer."""
        self.run(lambda connection: connection.execute(text("SELECT 1")), None)

    def dispose(self) -> None:
        self.engine.dispose()


@contextmanager
def opened(address: str, settings: Settings) -> Iterator[Database]:
    """A database for the length of a command."""
    database = Database(address, settings)
    try:
        yield database
    finally:
        database.dispose()
