"""One transaction at a time: a success is saved before it is told, and what can be tried again is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Column, Connection, Integer, MetaData, Table, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.kit.db import Database, joined_whole, opened, snapshot_of
from app.kit.errors import Taken, Unavailable
from app.kit.settings import Settings
from tests.conftest import Addresses, Server, settings_for

# Stands in no district and in no migration: only what a transaction does to it matters.
scratch = Table("scratch", MetaData(), Column("id", Integer, primary_key=True), Column("value", Integer))


@pytest.fixture
def tried(server: Server, fresh_database: Callable[..., Addresses], tmp_path: Path) -> Iterator[Database]:
    """A database of two scratch rows; one value may stand in one row only, which is found out at the commit."""
    addresses = fresh_database(empty=True)
    # A deadlock is looked for after a second otherwise.
    server.execute("ALTER DATABASE {} SET deadlock_timeout = '10ms'", addresses.name)
    with psycopg.connect(addresses.owner_url) as connection:
        connection.execute(
            "CREATE TABLE scratch (id integer PRIMARY KEY,"
            " value integer CONSTRAINT one_each UNIQUE DEFERRABLE INITIALLY DEFERRED)"
        )
        connection.execute("INSERT INTO scratch VALUES (1, 10), (2, 20)")
        connection.execute("GRANT ALL ON scratch TO PUBLIC")
    with opened(addresses.application_url, settings_for(addresses, tmp_path)) as database:
        yield database


def values(database: Database) -> dict[int, int]:
    return dict(database.run(lambda connection: [tuple(row) for row in connection.execute(select(scratch))], None))


def add(connection: Connection, row: int, value: int) -> None:
    connection.execute(insert(scratch).values(id=row, value=value))


def end_backend(database: Database, connection: Connection) -> None:
    """As if the server had gone: the connection is cut from another one."""
    own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(database.engine.url.set(drivername="postgresql").render_as_string(False)) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (own,))


def service_over(work: Callable[[], None]) -> TestClient:
    app = FastAPI()
    app.post("/")(work)
    return TestClient(app, raise_server_exceptions=False)


def test_a_commit_that_fails_raises_and_saves_nothing(tried: Database) -> None:
    with pytest.raises(Taken) as caught:
        tried.run(lambda connection: add(connection, 3, 10), None)
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert values(tried) == {1: 10, 2: 20}


def test_who_comes_second_finds_the_first_ones_row_on_the_next_attempt(tried: Database) -> None:
    attempts = 0

    def work(connection: Connection) -> str:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            tried.run(lambda other: add(other, 3, 30), None)  # another writer, in between
        elif 3 in values(tried):
            return "a repeat"
        add(connection, 3, 30)
        return "new"

    assert tried.run(work, None) == "a repeat"
    assert attempts == 2


def test_a_route_whose_commit_fails_answers_an_error(tried: Database) -> None:
    answer = service_over(lambda: tried.run(lambda connection: add(connection, 3, 10), None)).post("/")
    assert answer.status_code >= 500
    assert values(tried) == {1: 10, 2: 20}


def test_a_route_whose_commit_succeeds_has_saved(tried: Database) -> None:
    answer = service_over(lambda: tried.run(lambda connection: add(connection, 3, 30), None)).post("/")
    assert answer.status_code == 200
    assert values(tried) == {1: 10, 2: 20, 3: 30}


def test_a_connection_lost_at_the_commit_is_told_and_not_tried_again(tried: Database) -> None:
    """It may have been saved: doing it again could do it twice."""
    attempts: list[None] = []

    def work(connection: Connection) -> None:
        attempts.append(None)
        add(connection, 3, 30)
        end_backend(tried, connection)

    with pytest.raises(Unavailable):
        tried.run(work, None)
    assert len(attempts) == 1
    assert values(tried) == {1: 10, 2: 20}


def test_a_connection_lost_before_the_commit_is_tried_again(tried: Database) -> None:
    attempts: list[None] = []

    def work(connection: Connection) -> None:
        attempts.append(None)
        add(connection, 3, 30)
        if len(attempts) == 1:
            end_backend(tried, connection)
        add(connection, 4, 40)

    tried.run(work, None)
    assert len(attempts) == 2
    assert values(tried) == {1: 10, 2: 20, 3: 30, 4: 40}


def test_of_two_that_wait_for_each_other_both_succeed(tried: Database) -> None:
    both_hold_one = threading.Barrier(2)
    attempts: list[tuple[int, int]] = []
    failures: list[BaseException] = []

    def work_on(first: int, second: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            attempts.append((first, second))
            raised = update(scratch).values(value=scratch.c.value + 1)
            connection.execute(raised.where(scratch.c.id == first))
            if len(attempts) <= 2:
                both_hold_one.wait(timeout=10)
            connection.execute(raised.where(scratch.c.id == second))

        return work

    def run(first: int, second: int) -> None:
        try:
            tried.run(work_on(first, second), None)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=order) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(attempts) > 2
    assert values(tried) == {1: 12, 2: 22}


def test_a_deadlock_without_end_is_told_as_unavailable(tried: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    attempts: list[None] = []

    def work(connection: Connection) -> None:
        attempts.append(None)
        connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(Unavailable):
        tried.run(work, None)
    assert len(attempts) == 4


def test_a_preview_answers_and_leaves_nothing(tried: Database) -> None:
    def work(connection: Connection) -> int:
        add(connection, 3, 30)
        return len(connection.execute(select(scratch)).all())

    assert tried.run(work, None, commit=False) == 3
    assert values(tried) == {1: 10, 2: 20}


def test_what_is_seen_stays_the_same_until_something_is_committed(tried: Database) -> None:
    def look() -> str | None:
        return tried.run(snapshot_of, None)

    # The server's own housekeeping commits too, at times of its own.
    assert any(look() == look() for _ in range(20))
    before = look()
    tried.run(lambda connection: add(connection, 3, 30), None)
    assert look() != before


def test_only_what_is_joined_whole_is_planned_otherwise(tried: Database) -> None:
    def nested(connection: Connection) -> str:
        found: str = connection.execute(text("SHOW enable_nestloop")).scalar_one()
        return found

    def work(connection: Connection) -> list[str]:
        before = nested(connection)
        with joined_whole(connection):
            within = nested(connection)
        return [before, within, nested(connection)]

    assert tried.run(work, None) == ["on", "off", "on"]
    assert tried.run(nested, None) == "on"


def test_work_that_raises_leaves_nothing(tried: Database) -> None:
    def work(connection: Connection) -> None:
        add(connection, 3, 30)
        raise LookupError("midway")

    with pytest.raises(LookupError):
        tried.run(work, None)
    assert values(tried) == {1: 10, 2: 20}


def test_no_free_connection_is_told_as_unavailable(addresses: Addresses, settings: Settings) -> None:
    narrow = settings.model_copy(update={"pool_size": 1, "pool_wait_seconds": 0.01})
    with opened(addresses.application_url, narrow) as database:

        def work(connection: Connection) -> None:
            database.ping()

        with pytest.raises(Unavailable):
            database.run(work, None)
        database.ping()


def test_a_server_that_is_not_there_is_told_as_unavailable(settings: Settings, tmp_path: Path) -> None:
    with opened(f"postgresql://nobody@/nothing?host={tmp_path}", settings) as database, pytest.raises(Unavailable):
        database.ping()


def test_a_statement_that_takes_too_long_is_told_as_unavailable(addresses: Addresses, settings: Settings) -> None:
    hasty = settings.model_copy(update={"statement_timeout_ms": 20})
    with opened(addresses.application_url, hasty) as database, pytest.raises(Unavailable):
        database.run(lambda connection: connection.execute(text("SELECT pg_sleep(10)")), None)


def test_the_answer_comes_after_the_commit(tried: Database) -> None:
    told: list[str] = []
    event.listen(tried.engine, "commit", lambda connection: told.append("commit"))
    tried.run(lambda connection: add(connection, 3, 30), None)
    told.append("answer")
    assert told == ["commit", "answer"]
