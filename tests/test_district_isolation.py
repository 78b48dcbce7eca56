"""A district sees only itself, even where a query forgets to say so: what row-level security does alone.

Every statement here leaves the district's filter out on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import CheckConstraint, Column, Connection, Table, insert, make_url, select, text, update
from sqlalchemy.exc import ProgrammingError

from app.kit.db import Database, opened
from app.kit.ids import new_id
from app.tables import metadata
from tests.conftest import Addresses, Server, create_district, settings_for
from tests.statements import DISTRICT_TABLES

pytestmark = pytest.mark.usefixtures("unjudged")

_ALLOWED = re.compile(r"(\w+) IN \('(\w+)'")
_DAYS = {"ends_on": date(2026, 12, 31), "until_on": None, "undone_at": None, "record_id": None, "dropped_because": None}
_TABLES = [table for table in metadata.sorted_tables if table.name in DISTRICT_TABLES]
_APPEND_ONLY = {
    "entry", "entry_check", "job_done", "file_use", "access_log", "submission_step", "import_row", "notice",
    "quarter_standing",
    "checkpoint", "checkpoint_leaf", "certificate", "star_decision",
    "case_step", "key_work",
    "digest_snapshot", "sample_inspection", "tally", "board_policy",
    "appraisal_step", "review_pack_chunk", "review_copy",
}  # fmt: skip
_WRITABLE = [table for table in _TABLES if table.name not in _APPEND_ONLY]

Rows = dict[str, dict[str, Any]]


def row_of(table: Table, district: UUID, parents: Rows) -> dict[str, Any]:
    """A row that the table accepts: it refers to the rows of its parents and keeps to the checks."""
    checks = [str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)]
    allowed = {match[1]: match[2] for check in checks for match in _ALLOWED.finditer(check)}
    row = {column.name: allowed.get(column.name, _value_of(column)) for column in table.columns}
    for reference in table.foreign_key_constraints:
        target = reference.referred_table.name
        for element in reference.elements:
            if target in parents:
                row[element.parent.name] = parents[target][element.column.name]
            elif element.parent.nullable:
                row[element.parent.name] = None
    return row | {"district_id": district}


def _value_of(column: Column[Any]) -> Any:
    if column.name in _DAYS and (column.nullable or _DAYS[column.name] is not None):
        return _DAYS[column.name]
    values: dict[type, Any] = {
        UUID: new_id(),
        str: new_id().hex,
        int: 1,
        Decimal: Decimal(1),
        bool: True,
        bytes: new_id().bytes,
        date: date(2026, 1, 1),
        datetime: datetime(2026, 1, 1, tzinfo=UTC),
    }
    return values.get(column.type.python_type, {})


def fill(owner_database: Database, district: UUID) -> Rows:
    """One row in every table of the district."""
    rows: Rows = {}

    def work(connection: Connection) -> None:
        for table in _TABLES:
            rows[table.name] = row_of(table, district, rows)
            connection.execute(insert(table), rows[table.name])

    owner_database.run(work, None)
    return rows


@pytest.fixture(scope="module")
def own(owner_database: Database) -> Rows:
    return fill(owner_database, create_district(owner_database))


@pytest.fixture(scope="module")
def other(owner_database: Database) -> Rows:
    return fill(owner_database, create_district(owner_database))


def district_of(rows: Rows) -> UUID:
    district: UUID = rows["account"]["district_id"]
    return district


def seen(table: Table) -> Callable[[Connection], list[UUID]]:
    return lambda connection: list(connection.execute(select(table.c.district_id)).scalars())


@pytest.mark.parametrize("table", _TABLES, ids=lambda table: table.name)
def test_a_query_without_a_filter_sees_the_own_district_only(
    database: Database, own: Rows, other: Rows, table: Table
) -> None:
    for rows in (own, other):
        assert database.run(seen(table), district_of(rows)) == [district_of(rows)]


@pytest.mark.parametrize("table", _TABLES, ids=lambda table: table.name)
def test_without_a_district_nothing_is_seen(database: Database, own: Rows, table: Table) -> None:
    assert database.run(seen(table), None) == []


def test_an_emptied_district_is_none(database: Database, own: Rows) -> None:
    def work(connection: Connection) -> list[UUID]:
        connection.execute(text("SET LOCAL app.district_id = ''"))
        return seen(metadata.tables["member"])(connection)

    assert database.run(work, district_of(own)) == []


@pytest.mark.parametrize("table", _TABLES, ids=lambda table: table.name)
def test_a_row_cannot_be_written_into_another_district(
    database: Database, own: Rows, other: Rows, table: Table
) -> None:
    row = row_of(table, district_of(other), other)
    with pytest.raises(ProgrammingError, match="row-level security"):
        database.run(lambda connection: connection.execute(insert(table), row), district_of(own))


@pytest.mark.parametrize("table", _WRITABLE, ids=lambda table: table.name)
def test_an_update_without_a_filter_reaches_the_own_district_only(
    database: Database, own: Rows, other: Rows, table: Table
) -> None:
    column = next(iter(table.primary_key.columns))
    unchanged = update(table).values({column: column})
    assert database.run(lambda connection: connection.execute(unchanged).rowcount, district_of(own)) == 1


@pytest.mark.parametrize("table", _WRITABLE, ids=lambda table: table.name)
def test_a_row_cannot_be_moved_into_another_district(database: Database, own: Rows, other: Rows, table: Table) -> None:
    moved = update(table).values(district_id=district_of(other))
    with pytest.raises(ProgrammingError, match="row-level security"):
        database.run(lambda connection: connection.execute(moved), district_of(own))


def test_the_district_ends_with_its_transaction(database: Database, own: Rows) -> None:
    """A pooled connection must not carry one request's district into the next."""
    for _ in range(database.engine.pool.size()):  # type: ignore[attr-defined]  # a queue pool has a size
        database.run(seen(metadata.tables["member"]), district_of(own))
    shown = database.run(
        lambda connection: connection.execute(text("SELECT current_setting('app.district_id', true)")).scalar_one(),
        None,
    )
    assert shown in {None, ""}


def test_a_district_that_is_no_uuid_is_refused_before_it_is_sent(database: Database) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        database.run(lambda connection: None, "x' OR true --")  # type: ignore[arg-type]


PATHS = {
    "organisation": """INSERT INTO organisation (district_id, id, path, kind, code, name, from_on)
        SELECT %(d)s, gen_random_uuid(), lpad(n::text, 5, '0') || '.x', 'branch', n::text, 'x', '2026-01-01'
        FROM generate_series(1, 5000) n""",
    "membership": """INSERT INTO membership (district_id, id, member_id, branch_id, path, profile, from_on)
        SELECT %(d)s, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), lpad(n::text, 5, '0') || '.x', 'x',
        '2026-01-01' FROM generate_series(1, 5000) n""",
}


@pytest.mark.parametrize("table", list(PATHS))
def test_a_path_is_found_by_its_prefix_through_an_index(
    server: Server, fresh_database: Callable[..., Addresses], tmp_path: Path, table: str
) -> None:
    """Under row-level security LIKE could not use one; ``^@`` over the collation "C" can."""
    addresses = fresh_database()
    owner = make_url(server.admin_url).set(database=addresses.name).render_as_string(hide_password=False)
    district = new_id()
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")  # the rows refer to nothing
        connection.execute(PATHS[table], {"d": district})
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    rows = metadata.tables[table]
    below = select(rows.c.path).where(
        rows.c.district_id == district, rows.c.path.op("^@", is_comparison=True)("00042.")
    )

    def work(connection: Connection) -> str:
        query = below.compile(connection, compile_kwargs={"literal_binds": True})
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {query}").scalars())

    with opened(addresses.application_url, settings_for(addresses, tmp_path)) as database:
        assert "path >= '00042.'" in database.run(work, district)
