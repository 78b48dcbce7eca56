"""The steps that migrations have in common. A step's meaning never changes: what is needed anew gets a new name.

The order inside a migration is: tables without foreign keys, ``distribute``, foreign keys (parents first), ``isolate``.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import context, op

# What changes is dated and closed, so removing rows is a right of few tables.
READ_AND_WRITE = "SELECT, INSERT, UPDATE"
READ_WRITE_REMOVE = "SELECT, INSERT, UPDATE, DELETE"
READ_AND_ADD = "SELECT, INSERT"


def distribute(tables: Sequence[str], references: Sequence[str] = ()) -> None:
    """Spread the tables over the nodes by ``district_id`` and put a whole copy of ``references`` on each.

    Does nothing on a server without Citus. The tables must be without foreign keys yet.
    """
    if not _has_citus():
        return
    # Reference tables and distributed ones change in one transaction only when the shards are visited in turn.
    op.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
    for table in references:
        op.execute(f"SELECT create_reference_table('{table}')")
    for table in tables:
        op.execute(f"SELECT create_distributed_table('{table}', 'district_id')")


def refer(table: str, *columns: str, to: str, key: Sequence[str] = ("id",)) -> None:
    """Add the foreign key from ``columns`` to ``to``, inside one district."""
    source = ["district_id", *columns]
    op.create_foreign_key(f"fk_{table}_{'_'.join(source)}", table, to, source, ["district_id", *key])


def belong(*tables: str) -> None:
    """Add the foreign key of each table to its district."""
    for table in tables:
        op.create_foreign_key(f"fk_{table}_district_id", table, "district", ["district_id"], ["id"])


def isolate(*tables: str, rights: str = READ_AND_WRITE) -> None:
    """Let the application see and write the rows of the district that its transaction has set, and no others."""
    application = application_role()
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # A plain comparison, which Citus hands on to the shards. Unset or emptied, the setting equals no district.
        own = "district_id = NULLIF(current_setting('app.district_id', true), '')::uuid"
        op.execute(f"CREATE POLICY {table}_of_district ON {table} TO {application} USING ({own}) WITH CHECK ({own})")
        grant(rights, table)


def grant(rights: str, table: str) -> None:
    op.execute(f"GRANT {rights} ON {table} TO {application_role()}")


def application_role() -> str:
    """The role that the service works under, quoted."""
    role: str = context.config.attributes["application_role"]
    return '"' + role.replace('"', '""') + '"'


def refuse_changes(table: str, *, hint: str = "Undo an entry by a reversal.") -> None:
    """Make the table one that is only added to, for everyone: a second guard behind the application's missing rights.

    Citus allows triggers on distributed tables to a superuser's setting only; without it the rights guard alone.
    """
    op.execute(
        f"""
        CREATE FUNCTION {table}_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of {table} are only added, never changed or removed (%)', TG_OP
                USING ERRCODE = 'restrict_violation', HINT = '{hint}';
        END
        $$
        """
    )
    bind = op.get_bind()
    try:
        with bind.begin_nested():
            for name, event in (("rows", "UPDATE OR DELETE"), ("table", "TRUNCATE")):
                each = "ROW" if name == "rows" else "STATEMENT"
                op.execute(
                    f"CREATE TRIGGER {table}_keeps_{name} BEFORE {event} ON {table}"
                    f" FOR EACH {each} EXECUTE FUNCTION {table}_is_only_added_to()"
                )
    except sa.exc.DBAPIError:
        if not _has_citus():
            raise


def allow_changes(table: str) -> None:
    """Undo ``refuse_changes``; the triggers go with the table."""
    op.execute(f"DROP FUNCTION {table}_is_only_added_to() CASCADE")


def drop(*tables: str) -> None:
    """Drop the tables, children first; policies, rights and indexes go with them."""
    for table in tables:
        op.drop_table(table)


def _has_citus() -> bool:
    found = op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"))
    return bool(found.scalar_one())
