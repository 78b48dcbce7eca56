"""Bringing a database to the schema of this version, under the owner's role.

The folder ``migrations/`` stands beside the package ``app``: in a clone as in the container's image.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import InternalError, ProgrammingError

import app
from app.kit.db import sqlalchemy_url
from app.kit.errors import ErrorKind, LongwenError

FOLDER = Path(app.__file__).resolve().parent.parent / "migrations"
APPLICATION_ROLE = "longwen_app"

# A migration that waits for a lock makes every request behind it wait as well, so it gives up early and is run again.
LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 120_000
# Another migrator is waited for longer: it is doing our work.
TURN_TIMEOUT_MS = 600_000
_TURN_LOCK = 0x4C6F6E67  # "Long", among the database's advisory locks


class ApplicationRoleMissing(LongwenError):
    """The role that the service works under does not exist, and this owner may not create roles."""

    kind = ErrorKind.UNAVAILABLE
    code = "application_role_missing"
    zh = "数据库中没有应用角色 {role}，属主角色 {owner} 无权创建。请由数据库管理员执行：{statement}，再重新迁移。"
    en = (
        "There is no application role {role}, and the owner role {owner} may not create it. Let the database's"
        " administrator run: {statement} and migrate again."
    )


class RolesNotApart(LongwenError):
    """One role was given as owner and as application; the owner could change the ledger and see every district."""

    kind = ErrorKind.INVALID
    code = "roles_not_apart"
    zh = "属主与应用不能使用同一个数据库角色（{role}）。请为应用另建一个普通角色。"
    en = "Owner and application must not be one database role ({role}). Make an ordinary role for the application."


class CitusSettingMissing(LongwenError):
    """On Citus a transaction's district reaches the shards only with this setting, which the owner may not make."""

    kind = ErrorKind.UNAVAILABLE
    code = "citus_setting_missing"
    zh = "本库启用了 Citus，但属主无权修改角色设置。请由数据库管理员执行：{statement}，再重新迁移。"
    en = (
        "This database runs Citus, and the owner may not set the role. Let its administrator run: {statement} and"
        " migrate again."
    )


def upgrade(
    owner_address: str,
    application_role: str = APPLICATION_ROLE,
    application_password: str | None = None,
    *,
    to: str = "head",
) -> None:
    """Make the application's role where it is missing, then run every migration that the database lacks.

    The password is that of a role created here; one that exists keeps its own. Several migrators at once take turns.
    Raises ApplicationRoleMissing, CitusSettingMissing, RolesNotApart, or the database's error; then the database stands
    at the last migration that succeeded.
    """
    with _turn(owner_address) as connection:
        _ensure_role(connection, application_role, application_password)
        command.upgrade(_configuration(connection, application_role), to)


def downgrade(owner_address: str, to: str, application_role: str = APPLICATION_ROLE) -> None:
    """Take migrations back down to the revision ``to`` (``base``: all of them), with the data in their tables."""
    with _turn(owner_address) as connection:
        command.downgrade(_configuration(connection, application_role), to)


def head() -> str:
    """The newest revision of this version."""
    revision = _scripts().get_current_head()
    if revision is None:
        raise AssertionError(f"no migrations in {FOLDER}")
    return revision


def current(address: str) -> str | None:
    """The revision that the database is at; None before the first migration. Either role may ask."""
    engine = create_engine(sqlalchemy_url(address), poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The same over a connection that is open already, for readiness."""
    return MigrationContext.configure(connection).get_current_revision()


def is_at_head(address: str) -> bool:
    """Whether the database has exactly the schema of this version."""
    return current(address) == head()


@contextmanager
def _turn(owner_address: str) -> Iterator[Connection]:
    """The owner's connection, with timeouts, while no other migrator works on the same database."""
    options = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
    engine = create_engine(
        sqlalchemy_url(owner_address),
        poolclass=NullPool,  # closing the connection gives the turn back
        connect_args={"options": options, "application_name": "longwen migrate", "connect_timeout": 5},
    )
    with engine.connect() as connection:
        for timeout in ("lock_timeout", "statement_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {timeout} = {TURN_TIMEOUT_MS}")
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _TURN_LOCK})
        connection.commit()
        yield connection


def _configuration(connection: Connection | None = None, application_role: str = APPLICATION_ROLE) -> Config:
    configuration = Config()
    # A percent sign begins a reference in Alembic's options; a folder's name may hold one.
    configuration.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    configuration.set_main_option("prepend_sys_path", str(FOLDER.parent).replace("%", "%%"))
    configuration.set_main_option("path_separator", "newline")
    configuration.attributes["connection"] = connection
    configuration.attributes["application_role"] = application_role
    return configuration


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_configuration())


def _ensure_role(connection: Connection, role: str, password: str | None) -> None:
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    if owner == role:
        raise RolesNotApart(role=role)
    if not _role_exists(connection, role):
        create = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role))
        if password is not None:
            create += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
        # Roles belong to the server: a migrator of another database may have made it meanwhile.
        if not _allowed(connection, create) and not _role_exists(connection, role):
            shown = f"CREATE ROLE {role} LOGIN PASSWORD '…'"
            raise ApplicationRoleMissing(role=role, owner=owner, statement=shown)
    _let_citus_see_the_district(connection, role)
    connection.commit()


def _role_exists(connection: Connection, role: str) -> bool:
    found = connection.execute(text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"), {"role": role})
    return bool(found.scalar_one())


def _let_citus_see_the_district(connection: Connection, role: str) -> None:
    setting = "citus.propagate_set_commands=local"
    held = connection.execute(
        text("SELECT :setting = ANY (rolconfig) FROM pg_roles WHERE rolname = :role"),
        {"setting": setting, "role": role},
    )
    if held.scalar_one():
        return
    alter = sql.SQL("ALTER ROLE {} SET citus.propagate_set_commands = 'local'").format(sql.Identifier(role))
    citus = connection.execute(text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"))
    # Elsewhere it means nothing, and is made where allowed only so that a move to Citus finds it there.
    if not _allowed(connection, alter) and citus.scalar_one():
        raise CitusSettingMissing(statement=f"ALTER ROLE {role} SET citus.propagate_set_commands = 'local'")


def _allowed(connection: Connection, statement: sql.Composed) -> bool:
    """Execute in a savepoint; False where the server refuses, or another migrator was faster."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement.as_string().replace("%", "%%"))
    except (ProgrammingError, InternalError):
        return False
    return True
