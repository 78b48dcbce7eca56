"""The schema that the migrations make: the same as the models', within the rules for Citus, and guarded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors, sql
from sqlalchemy import NullPool, create_engine, make_url

from app.kit import migrate
from app.kit.db import sqlalchemy_url
from app.tables import metadata
from tests.conftest import Addresses, Server
from tests.statements import DISTRICT_TABLES

FreshDatabase = Callable[..., Addresses]

# Everything in the schema that a migration can leave behind, by kind and name.
_OBJECTS = """
    SELECT 'relation', relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relname NOT IN ('alembic_version', 'alembic_version_pkc')
    UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        AND typname NOT IN ('alembic_version', '_alembic_version')
    UNION ALL SELECT 'rights', relname FROM pg_class WHERE relname = 'alembic_version' AND relacl::text LIKE %s
"""


@pytest.fixture(scope="module")
def catalogue(addresses: Addresses) -> Iterator[psycopg.Connection]:
    """A connection of the owner, for looking at the schema."""
    with psycopg.connect(addresses.owner_url, autocommit=True) as connection:
        yield connection


def rows(connection: psycopg.Connection, query: str, *parameters: object) -> list[tuple[object, ...]]:
    return connection.execute(query, parameters or None).fetchall()


def test_there_is_one_head() -> None:
    assert ScriptDirectory(str(migrate.FOLDER)).get_heads() == [migrate.head()]


def test_no_migration_imports_the_application() -> None:
    texts = {path.name: path.read_text() for path in migrate.FOLDER.rglob("*.py")}
    assert [name for name, text in texts.items() if "import app" in text or "from app" in text] == []


def test_up_and_down_again_leaves_nothing(server: Server, fresh_database: FreshDatabase) -> None:
    empty = fresh_database(empty=True)
    granted = f"%{server.application_role}=%"
    migrate.upgrade(empty.owner_url, server.application_role)
    with psycopg.connect(empty.owner_url) as connection:
        assert len(rows(connection, _OBJECTS, granted)) > len(metadata.tables)
    migrate.downgrade(empty.owner_url, "base", server.application_role)
    with psycopg.connect(empty.owner_url) as connection:
        assert rows(connection, _OBJECTS, granted) == []
    migrate.upgrade(empty.owner_url, server.application_role)
    assert migrate.is_at_head(empty.owner_url)


def test_each_migration_goes_down_to_the_one_before(server: Server, fresh_database: FreshDatabase) -> None:
    database = fresh_database()
    steps = list(ScriptDirectory(str(migrate.FOLDER)).walk_revisions())
    for step in steps:
        before = step.down_revision if isinstance(step.down_revision, str) else None
        migrate.downgrade(database.owner_url, before or "base", server.application_role)
        assert migrate.current(database.owner_url) == before


def test_the_models_and_the_migrations_say_the_same(addresses: Addresses) -> None:
    engine = create_engine(sqlalchemy_url(addresses.owner_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []


def test_the_constraints_are_those_of_the_models_by_name_and_text(
    server: Server, addresses: Addresses, fresh_database: FreshDatabase, catalogue: psycopg.Connection
) -> None:
    """What Alembic does not compare: checks, primary keys' columns, collations, conditions of indexes."""
    query = """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
        UNION ALL
        SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT attrelid::regclass::text, attname,
            format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || coalesce(collname, '')
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_collation ON pg_collation.oid =
        attcollation WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0
        ORDER BY 1, 2, 3
    """
    by_models = fresh_database(empty=True)
    engine = create_engine(sqlalchemy_url(by_models.owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
    with psycopg.connect(by_models.owner_url) as connection_of_models:
        expected = rows(connection_of_models, query)
    assert [row for row in rows(catalogue, query) if row[0] != "alembic_version"] == expected


def test_every_key_and_reference_contains_the_district(catalogue: psycopg.Connection) -> None:
    found = rows(
        catalogue,
        """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype IN ('p', 'u', 'x', 'f') AND conrelid::regclass::text = ANY (%s)
            AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)
                AND attname = 'district_id')
        """,
        sorted(DISTRICT_TABLES),
    )
    assert found == []
    indexes = rows(
        catalogue,
        """
        SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique AND indrelid::regclass::text = ANY (%s)
            AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey)
                AND attname = 'district_id')
        """,
        sorted(DISTRICT_TABLES),
    )
    assert indexes == []


def test_the_district_comes_first_in_every_primary_key_and_has_one_type(catalogue: psycopg.Connection) -> None:
    found = rows(
        catalogue,
        """
        SELECT conrelid::regclass::text, attname, format_type(atttypid, atttypmod) FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'p' AND conrelid::regclass::text = ANY (%s)
        """,
        sorted(DISTRICT_TABLES),
    )
    assert {row[0] for row in found} == DISTRICT_TABLES
    assert {row[1:] for row in found} == {("district_id", "uuid")}


def test_references_refuse_or_cascade_and_stay_among_districts(catalogue: psycopg.Connection) -> None:
    found = rows(
        catalogue,
        """
        SELECT conname, confrelid::regclass::text, confupdtype, confdeltype FROM pg_constraint WHERE contype = 'f'
            AND connamespace = 'public'::regnamespace
        """,
    )
    assert len(found) >= len(DISTRICT_TABLES)
    for name, target, on_update, on_delete in found:
        assert target in DISTRICT_TABLES | {"district"}, name
        assert on_update == "a", name  # no action
        assert on_delete in {"a", "r", "c"}, name  # no action, restrict, cascade


def test_ids_are_made_by_the_application(catalogue: psycopg.Connection) -> None:
    assert rows(catalogue, "SELECT relname FROM pg_class WHERE relkind = 'S'") == []
    assert (
        rows(
            catalogue,
            """
        SELECT attrelid::regclass::text, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND (attidentity <> '' OR atthasdef)
        """,
        )
        == []
    )


def test_there_are_no_views_rules_inheritance_or_partitions(catalogue: psycopg.Connection) -> None:
    assert (
        rows(
            catalogue,
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND (relkind NOT IN ('r', 'i', 't') OR relhasrules OR relhassubclass)",
        )
        == []
    )


def test_constraints_are_named_after_their_table(catalogue: psycopg.Connection) -> None:
    prefixes = {"p": "pk", "u": "uq", "x": "ex", "f": "fk", "c": "ck"}
    for kind, table, name in rows(
        catalogue,
        "SELECT contype, conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('p','u','x','f','c')"
        " AND connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass AND conrelid <> 0",
    ):
        expected = f"{prefixes[str(kind)]}_{table}"
        assert str(name) == expected or str(name).startswith(expected + "_")


def test_row_level_security_by_a_plain_comparison_stands_on_every_district_table(
    server: Server, catalogue: psycopg.Connection
) -> None:
    secured = rows(
        catalogue,
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace",
    )
    assert {row[0] for row in secured} == DISTRICT_TABLES
    policies = rows(catalogue, "SELECT tablename, roles::text, cmd, permissive, qual, with_check FROM pg_policies")
    assert {row[0] for row in policies} == DISTRICT_TABLES
    assert len(policies) == len(DISTRICT_TABLES)
    plain = "(district_id = (NULLIF(current_setting('app.district_id'::text, true), ''::text))::uuid)"
    assert {row[1:] for row in policies} == {(f"{{{server.application_role}}}", "ALL", "PERMISSIVE", plain, plain)}


def test_the_application_neither_owns_nor_truncates_anything(server: Server, catalogue: psycopg.Connection) -> None:
    found = rows(
        catalogue,
        """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND (
            pg_get_userbyid(relowner) = %s OR has_table_privilege(%s, oid, 'TRUNCATE, REFERENCES, TRIGGER'))
        """,
        server.application_role,
        server.application_role,
    )
    assert found == []


@pytest.mark.parametrize("statement", ["UPDATE entry SET points = 0", "DELETE FROM entry", "TRUNCATE entry CASCADE"])
def test_the_application_cannot_change_the_ledger(addresses: Addresses, statement: str) -> None:
    with (
        psycopg.connect(addresses.application_url) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_the_application_cannot_make_a_district_or_undo_what_is_done(addresses: Addresses) -> None:
    for statement in ("INSERT INTO district SELECT FROM district", "DELETE FROM job_done", "DELETE FROM member"):
        with psycopg.connect(addresses.application_url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(sql.SQL(statement))


@pytest.mark.parametrize("statement", ["UPDATE entry SET points = 0", "DELETE FROM entry", "TRUNCATE entry CASCADE"])
def test_the_ledger_refuses_changes_even_to_its_owner_and_to_a_superuser(
    server: Server, fresh_database: FreshDatabase, statement: str
) -> None:
    scratch = fresh_database()
    with psycopg.connect(scratch.owner_url) as connection:
        _insert_an_entry_without_its_references(connection, server, scratch)
    admin = psycopg.connect(server.admin_url, dbname=scratch.name)
    for guarded in (psycopg.connect(scratch.owner_url), admin):
        with guarded as connection, pytest.raises(errors.RestrictViolation, match="only added"):
            connection.execute(statement)


def _insert_an_entry_without_its_references(connection: psycopg.Connection, server: Server, scratch: Addresses) -> None:
    """The guard is tried on a row; what the row refers to does not matter to it."""
    for (name,) in rows(
        connection, "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'entry'::regclass"
    ):
        connection.execute(sql.SQL("ALTER TABLE entry DROP CONSTRAINT {}").format(sql.Identifier(str(name))))
    connection.execute(
        """
        INSERT INTO entry (district_id, id, cycle, member_id, seq, branch_id, item, kind, edition, profile, "window",
            units, points, effective_on, booked_in, recorded_at, source, input_digest)
        VALUES (gen_random_uuid(), gen_random_uuid(), '2026', gen_random_uuid(), 1, gen_random_uuid(), 'ORG-D01',
            'routine', 'x', 'x', '2026Q1', 1, 1, '2026-01-01', '2026Q1', '2026-01-01T00:00Z', 'x', '')
        """
    )


def test_two_migrators_at_once_take_turns(server: Server, fresh_database: FreshDatabase) -> None:
    empty = fresh_database(empty=True)
    failures: list[BaseException] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        try:
            migrate.upgrade(empty.owner_url, server.application_role)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)

    migrators = [threading.Thread(target=work) for _ in range(2)]
    for migrator in migrators:
        migrator.start()
    for migrator in migrators:
        migrator.join()
    assert failures == []
    assert migrate.is_at_head(empty.application_url)


def test_a_migration_that_meets_a_lock_gives_up_and_leaves_the_database_where_it_was(
    server: Server, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = fresh_database()
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT_MS", 50)
    with psycopg.connect(database.owner_url) as reader:
        reader.execute("SELECT count(*) FROM standing")
        with pytest.raises(Exception, match="lock timeout"):
            migrate.downgrade(database.owner_url, "base", server.application_role)
    # Those above it went down, one transaction each; the one that met the lock did not.
    assert migrate.current(database.owner_url) == "0004"
    migrate.upgrade(database.owner_url, server.application_role)
    assert migrate.is_at_head(database.owner_url)


def test_a_migrator_has_timeouts(addresses: Addresses) -> None:
    with migrate._turn(addresses.owner_url) as connection:
        shown = [
            connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in ("lock_timeout", "statement_timeout")
        ]
    assert shown == ["5s", "2min"]


def test_a_missing_application_role_is_made_with_its_password(server: Server, fresh_database: FreshDatabase) -> None:
    empty = fresh_database(empty=True)
    role = f"{empty.name}_%app"
    try:
        migrate.upgrade(empty.owner_url, role, "it's a secret: 50%")
        with psycopg.connect(server.admin_url, autocommit=True) as connection:
            found = rows(
                connection, "SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", role
            )
        assert found == [(True, False, False)]
        with psycopg.connect(empty.owner_url) as connection:
            assert rows(connection, "SELECT has_table_privilege(%s, 'entry', 'INSERT')", role) == [(True,)]
    finally:
        server.drop_database(empty.name)
        server.execute("DROP ROLE IF EXISTS {}", role)


def test_an_owner_that_may_not_make_the_role_is_told_what_to_run(
    server: Server, addresses: Addresses, fresh_database: FreshDatabase
) -> None:
    empty = fresh_database(empty=True)
    server.execute("ALTER ROLE {} NOCREATEROLE", server.owner_role)
    try:
        with pytest.raises(migrate.ApplicationRoleMissing, match="CREATE ROLE nobody_yet LOGIN"):
            migrate.upgrade(empty.owner_url, "nobody_yet")
    finally:
        server.execute("ALTER ROLE {} CREATEROLE", server.owner_role)
    assert migrate.current(empty.owner_url) is None


def test_one_role_for_both_is_refused(server: Server, addresses: Addresses) -> None:
    with pytest.raises(migrate.RolesNotApart):
        migrate.upgrade(addresses.owner_url, server.owner_role)


def test_the_setting_that_citus_needs_is_made_where_allowed(server: Server, fresh_database: FreshDatabase) -> None:
    empty = fresh_database(empty=True)
    # As superuser, which a Citus coordinator's migrator is; an ordinary owner goes without it.
    owner_url = make_url(server.admin_url).set(database=empty.name).render_as_string(hide_password=False)
    migrate.upgrade(owner_url, server.application_role)
    with psycopg.connect(server.admin_url) as connection:
        found = rows(connection, "SELECT rolconfig FROM pg_roles WHERE rolname = %s", server.application_role)
    assert found == [(["citus.propagate_set_commands=local"],)]
