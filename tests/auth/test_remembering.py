"""A caller is remembered for a moment, and a right that is taken away is gone by the rule of ``auth.remembering``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Table, make_url, select, update

from app.auth import service, service_tokens, sessions, store, tables
from app.auth.core import Permission, Role
from app.auth.remembering import KEPT_SECONDS, Callers
from app.auth.tables import account
from app.kit.clock import FixedClock
from app.kit.db import Database
from tests.auth.people import CHEAP, People
from tests.conftest import Addresses
from tests.statements import count_statements

CURRENT = "/api/v1/sessions/current"


class Seconds:
    """A monotonic clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(application: FastAPI) -> Seconds:
    made = Seconds()
    application.state.callers = Callers(made)
    return made


@pytest.fixture
def secretary(people: People) -> UUID:
    return people.open("secretary", Role.SECRETARY, "1.2")


@pytest.fixture
def ask(client: TestClient, people: People, secretary: UUID, seconds: Seconds) -> Callable[[], Any]:
    """Asks who is logged in, and has done so once already."""
    headers = people.log_in(client, "secretary")

    def send() -> Any:
        return client.get(CURRENT, headers=headers)

    assert send().status_code == 200
    return send


@pytest.fixture
def other_process(addresses: Addresses, people: People) -> Iterator[Callable[[str], None]]:
    """Changes the district's rows behind this process's back."""
    url = make_url(addresses.owner_url).render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:

        def execute(statement: str) -> None:
            changed = connection.execute(f"{statement} WHERE district_id = %s", (people.district.id,))
            assert changed.rowcount > 0

        yield execute


def acting(people: People, work: Callable[..., Any], *facts: Any, **more: Any) -> Any:
    """Through the service, as the service."""
    return people.database.run(
        lambda connection: work(connection, people.service_actor, *facts, **more), people.district.id
    )


def test_who_was_asked_for_is_not_asked_for_again(ask: Callable[[], Any], people: People, seconds: Seconds) -> None:
    with count_statements(people.database) as statements:
        first = ask().json()
    assert statements == []
    seconds.now += KEPT_SECONDS
    with count_statements(people.database) as statements:
        assert ask().json() == first
    assert len(statements) == 1


@pytest.mark.parametrize("way", ["log out", "close the account", "set a password"])
def test_a_token_ended_in_this_process_is_gone_at_once(
    client: TestClient, ask: Callable[[], Any], people: People, secretary: UUID, way: str
) -> None:
    if way == "log out":
        assert client.delete(CURRENT, headers=ask().request.headers).status_code == 204
    elif way == "close the account":
        acting(people, service.close_account, secretary)
    else:
        acting(people, service.set_password, "secretary", "another long password", passwords=CHEAP)
    assert ask().status_code == 401


def test_an_appointment_made_or_ended_in_this_process_is_known_at_once(
    ask: Callable[[], Any], people: People, secretary: UUID
) -> None:
    made = acting(people, service.appoint, secretary, Role.AUDITOR, "1", date(2026, 11, 21))
    assert {one["role"] for one in ask().json()["roles"]} == {"secretary", "auditor"}
    acting(people, service.end_appointment, made)
    assert {one["role"] for one in ask().json()["roles"]} == {"secretary"}


def test_a_change_through_another_pool_of_this_process_is_known_at_once(
    ask: Callable[[], Any], people: People, owner_database: Database
) -> None:
    closing = update(account).where(account.c.district_id == people.district.id).values(closed_at=people.clock.now())
    owner_database.run(lambda connection: connection.execute(closing), people.district.id)
    assert ask().status_code == 401


def test_another_district_keeps_what_it_remembers(ask: Callable[[], Any], people: People, strangers: People) -> None:
    strangers.open("secretary", Role.SECRETARY)
    with count_statements(people.database) as statements:
        assert ask().status_code == 200
    assert statements == []


@pytest.mark.parametrize(
    ("statement", "status", "roles"),
    [
        ("DELETE FROM session", 401, None),
        ("UPDATE account SET closed_at = created_at", 401, None),
        ("UPDATE appointment SET until_on = from_on", 200, []),
    ],
)
def test_what_another_process_takes_away_is_gone_within_seconds(
    ask: Callable[[], Any],
    other_process: Callable[[str], None],
    seconds: Seconds,
    statement: str,
    status: int,
    roles: list[Any] | None,
) -> None:
    other_process(statement)
    seconds.now += KEPT_SECONDS - 0.001
    assert ask().status_code == 200, "the bound is what this test would notice if it grew"
    seconds.now += 0.001
    answer = ask()
    assert (answer.status_code, answer.json().get("roles")) == (status, roles)
    assert KEPT_SECONDS <= 5


def test_a_key_is_gone_at_once_here_and_within_seconds_where_another_process_revokes_it(
    client: TestClient, people: People, other_process: Callable[[str], None], seconds: Seconds
) -> None:
    def made() -> tuple[UUID, dict[str, str]]:
        key, token = acting(
            people, service_tokens.make_key, people.district, name="某系统", path=people.district.id.hex,
            permissions=frozenset({Permission.ROSTER_READ}), expires_on=date(2027, 6, 30), request_id="made by a test",
        )  # fmt: skip
        return key.id, {"Authorization": f"Bearer {token}"}

    def status(headers: dict[str, str]) -> int:
        return int(client.get("/api/v1/members", headers=headers).status_code)

    (first, one), (_, other) = made(), made()
    assert [status(one), status(one), status(other), status(other)] == [200] * 4
    acting(people, service_tokens.revoke_key, first, request_id="revoked by a test")
    assert (status(one), status(other)) == (401, 200)
    other_process("UPDATE api_key SET revoked_at = created_at")
    seconds.now += KEPT_SECONDS - 0.001
    assert status(other) == 200
    seconds.now += 0.001
    assert status(other) == 401


def test_being_asked_for_again_and_again_keeps_nothing_longer(
    ask: Callable[[], Any], other_process: Callable[[str], None], seconds: Seconds
) -> None:
    other_process("DELETE FROM session")
    for _ in range(7):
        seconds.now += KEPT_SECONDS / 8
        assert ask().status_code == 200
    seconds.now += KEPT_SECONDS / 8
    assert ask().status_code == 401


def test_a_token_ends_at_its_moment(ask: Callable[[], Any], clock: FixedClock) -> None:
    clock.moment += timedelta(minutes=60) - timedelta(seconds=1)
    assert ask().status_code == 200
    clock.moment += timedelta(seconds=1)
    assert ask().status_code == 401


def test_an_appointment_begins_and_ends_with_its_day(
    client: TestClient, people: People, clock: FixedClock, seconds: Seconds
) -> None:
    clock.moment = clock.moment.replace(hour=15, minute=59, second=59)  # a second before midnight in Shanghai
    people.open("tomorrow", Role.SECRETARY, from_on=date(2026, 11, 22))
    headers = people.log_in(client, "tomorrow")
    assert client.get(CURRENT, headers=headers).json()["roles"] == []
    clock.moment += timedelta(seconds=1)
    assert client.get(CURRENT, headers=headers).json()["roles"] == [{"role": "secretary", "path": "1"}]


def test_what_was_read_before_a_change_is_not_remembered_after_it(
    ask: Callable[[], Any],
    people: People,
    secretary: UUID,
    seconds: Seconds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The account is closed after a request has read that it is open, and before the request remembers it."""
    seconds.now += KEPT_SECONDS
    authenticate = sessions.authenticate

    def slowly(*arguments: Any) -> Any:
        found = authenticate(*arguments)
        closing = Thread(target=acting, args=(people, service.close_account, secretary))
        closing.start()
        closing.join()
        return found

    monkeypatch.setattr(sessions, "authenticate", slowly)
    assert ask().status_code == 200, "it was open when this request looked"
    monkeypatch.undo()
    assert ask().status_code == 401


def test_refusals_are_not_remembered(client: TestClient, people: People, ask: Callable[[], Any]) -> None:
    for token in ("not-a-token", ""):
        headers = {"Authorization": f"Bearer {people.district.code}.{token}"}
        assert client.get(CURRENT, headers=headers).status_code == 401
    with count_statements(people.database) as statements:
        client.get(CURRENT, headers={"Authorization": f"Bearer {people.district.code}.not-a-token"})
    assert len(statements) == 1


def test_no_more_callers_are_remembered_than_there_is_room_for(
    client: TestClient, people: People, ask: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.auth.remembering._KEPT_MAX", 2)
    people.open("reader")
    tokens = [people.log_in(client, "reader") for _ in range(4)]
    for headers in tokens:
        assert client.get(CURRENT, headers=headers).status_code == 200
    for headers, asked in zip(reversed(tokens), (0, 0, 1, 1), strict=True):
        with count_statements(people.database) as statements:
            assert client.get(CURRENT, headers=headers).status_code == 200
        assert len(statements) == asked


def test_every_table_of_auth_is_watched() -> None:
    """All that are a district's, but for the log, which lets nobody in; a new one without anybody's doing."""
    own = {one for one in vars(tables).values() if isinstance(one, Table) and "district_id" in one.c}
    read = {account, tables.session, tables.appointment, tables.api_key, tables.screen_token}
    assert read < own - {tables.access_log} == store.WRITES._tables


def test_reading_is_no_change(people: People) -> None:
    before = store.WRITES.seen(people.district.id)
    reading = select(account.c.id).where(account.c.district_id == people.district.id)
    people.database.run(lambda connection: connection.execute(reading).all(), people.district.id)
    assert store.WRITES.seen(people.district.id) == before
    people.open("somebody")
    assert store.WRITES.seen(people.district.id) != before
