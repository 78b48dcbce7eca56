"""The frame of every test: a real PostgreSQL, migrated once, and a district of its own for each test.

By default each worker runs an embedded server in a short temporary folder. ``LONGWEN_TEST_DATABASE_URL`` names another
server instead, as a superuser of it; databases and roles are made there, and removed at the end.
"""

from __future__ import annotations

import itertools
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import structlog
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import insert, make_url

from app.auth.core import Actor
from app.auth.tables import district as district_rows
from app.kit import migrate
from app.kit.clock import FixedClock
from app.kit.db import Database, opened
from app.kit.embedded import running
from app.kit.ids import new_id
from app.kit.settings import OFF, Settings
from tests.applications import Applications, lending
from tests.asking import one_loop
from tests.statements import Judge

ROOT = Path(__file__).resolve().parent.parent
TIME_ZONE = "Asia/Shanghai"

_SERVER = os.environ.get("LONGWEN_TEST_DATABASE_URL")
for _name in [name for name in os.environ if name.startswith("LONGWEN_")]:
    del os.environ[_name]  # what the developer has set is not what is tested

_judge = Judge()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that sent a statement which Citus would refuse."""
    yield
    if broken := _judge.verdict():
        pytest.fail(f"against the rules of tests/citus.py:\n{broken}", pytrace=False)


@pytest.fixture
def judge() -> Judge:
    """Who hears every statement of the suite."""
    return _judge


@pytest.fixture
def unjudged() -> Iterator[None]:
    """For tests whose statements break the rules of ``tests/citus.py`` on purpose."""
    _judge.is_listening = False
    yield
    _judge.is_listening = True


@pytest.fixture(autouse=True)
def _logs_end_with_the_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command sets logging for the life of its process; in the suite its stream is closed when the test ends."""
    configure = structlog.configure

    def configure_without_cache(**options: Any) -> None:
        configure(**{**options, "cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", configure_without_cache)
    root = logging.getLogger()
    level = root.level
    yield
    structlog.reset_defaults()
    root.handlers = [handler for handler in root.handlers if type(handler) is not logging.StreamHandler]
    root.setLevel(level)


@pytest.fixture(scope="session", autouse=True)
def _one_loop_for_all_requests() -> Iterator[None]:
    with one_loop():
        yield


@dataclass(frozen=True)
class Addresses:
    """One database, under each of its two roles."""

    name: str
    owner_url: str
    application_url: str


@dataclass
class Server:
    """A PostgreSQL server with an owner and an application role, where databases are made for the asking."""

    admin_url: str
    owner_url: str
    application_url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def owner_role(self) -> str:
        return make_url(self.owner_url).username or ""

    @property
    def application_role(self) -> str:
        return make_url(self.application_url).username or ""

    def execute(self, statement: str, *names: str) -> None:
        """As superuser, outside a transaction; ``{}`` in the statement become the names, quoted."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def create_database(self, template: str = "template0") -> Addresses:
        name = f"{self.owner_role}_{os.getpid()}_{next(self._numbers)}"
        self.execute("CREATE DATABASE {} OWNER {} TEMPLATE {}", name, self.owner_role, template)
        return Addresses(name, _database_of(self.owner_url, name), _database_of(self.application_url, name))

    def drop_database(self, name: str) -> None:
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _database_of(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of this worker."""
    with _named_server(_SERVER) if _SERVER else _embedded_server() as server:
        yield server


@contextmanager
def _embedded_server() -> Iterator[Server]:
    # A short path: that of a socket may not be long.
    with (
        tempfile.TemporaryDirectory(prefix="lw-") as folder,
        running(Path(folder), durable=False) as addresses,
    ):
        yield Server(addresses.admin_url, addresses.owner_url, addresses.application_url)


@contextmanager
def _named_server(admin_url: str) -> Iterator[Server]:
    owner, application, password = f"lw_owner_{os.getpid()}", f"lw_app_{os.getpid()}", new_id().hex
    as_owner, as_application = (
        make_url(admin_url).set(username=role, password=password).render_as_string(hide_password=False)
        for role in (owner, application)
    )
    server = Server(admin_url, as_owner, as_application)
    for role, right in ((owner, "CREATEROLE"), (application, "NOCREATEROLE")):
        server.execute(f"CREATE ROLE {{}} LOGIN {right} PASSWORD '{password}'", role)
    try:
        yield server
    finally:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            made = connection.execute(
                "SELECT datname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE rolname = %s", (owner,)
            ).fetchall()
        for (name,) in made:
            server.drop_database(name)
        for role in (owner, application):
            server.execute("DROP ROLE {}", role)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a migrated database that nobody is connected to, for copying."""
    made = server.create_database()
    migrate.upgrade(made.owner_url, server.application_role)
    return made.name


@pytest.fixture(scope="session")
def addresses(server: Server, template: str) -> Addresses:
    """The database that most tests share."""
    return server.create_database(template)


@pytest.fixture(scope="session")
def settings(addresses: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for(addresses, tmp_path_factory.mktemp("data"))


def settings_for(addresses: Addresses, data: Path) -> Settings:
    """What an operator would set for a service over this database."""
    return Settings(
        database_url=addresses.application_url,
        owner_database_url=addresses.owner_url,
        data=data,
        secret_key=SecretStr("a secret that only the tests know"),
        rules=ROOT / "scoring_rules",
        webhook_origins=("https://bridge.example",),
        pool_size=5,
        # What a test does in a second takes a person an hour; tests/kit/test_rates.py turns them on.
        login_rate=OFF,
        login_address_rate=OFF,
        write_rate=OFF,
        board_seconds=0,  # tests read what they have just written; those of boards keep them
        survey_rate=OFF,
    )


@pytest.fixture(scope="session")
def database(addresses: Addresses, settings: Settings) -> Iterator[Database]:
    """The shared database as the service sees it."""
    with opened(addresses.application_url, settings) as database:
        yield database


@pytest.fixture(scope="session")
def owner_database(addresses: Addresses, settings: Settings) -> Iterator[Database]:
    """The shared database as its owner sees it: past row-level security."""
    with opened(addresses.owner_url, settings) as database:
        yield database


@pytest.fixture
def fresh_database(server: Server, template: str) -> Iterator[Callable[..., Addresses]]:
    """Makes databases for one test alone: migrated, or ``empty=True``."""
    made: list[Addresses] = []

    def make(*, empty: bool = False) -> Addresses:
        made.append(server.create_database() if empty else server.create_database(template))
        return made[-1]

    yield make
    for addresses in made:
        server.drop_database(addresses.name)


@pytest.fixture(scope="session")
def new_district(owner_database: Database) -> Callable[[], UUID]:
    """Makes one more district in the shared database."""

    def make() -> UUID:
        return create_district(owner_database)

    return make


def create_district(owner_database: Database, code: str | None = None) -> UUID:
    """A district with a code of its own."""
    made = new_id()
    row = {"id": made, "code": code or f"D{made.hex[-12:]}", "name": "测试区", "time_zone": TIME_ZONE}
    owner_database.run(lambda connection: connection.execute(insert(district_rows), row), None)
    return made


@pytest.fixture
def district(new_district: Callable[[], UUID]) -> UUID:
    """A district that no other test knows."""
    return new_district()


@pytest.fixture
def clock() -> FixedClock:
    """Ten in the morning of 21 November 2026, where the district is."""
    return FixedClock(datetime(2026, 11, 21, 2, tzinfo=UTC))


@pytest.fixture
def actor(district: UUID, clock: FixedClock) -> Actor:
    """The service itself, acting inside the test's district."""
    return Actor.service(district, clock.now(), TIME_ZONE)


@pytest.fixture
def applications() -> Iterator[Applications]:
    """Lends applications until the test ends."""
    with lending() as applications:
        yield applications


@pytest.fixture(scope="session")
def world(settings: Settings, database: Database, owner_database: Database) -> Any:
    """A ``tests.world.World`` for all who leave it as it is; who does not founds one of their own."""
    from tests.world import found_world  # noqa: PLC0415 - which stands on all rooms' tests

    return found_world(settings, database, owner_database)
