"""Requests that come together: how the tests of the group bring it about that they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, make_url

from app.kit.ids import new_id
from app.submissions import group as grouping
from app.submissions.group import Group
from app.submissions.merging import record_merged
from tests.conftest import Addresses
from tests.town import Desk, Json

NAMES = ("林晓明", "陈建国")
Ask = tuple[str, Json]  # who, and what
SECONDS_MAX = 20


def group_of(desk: Desk) -> Group:
    found = desk.client.app.state.group  # type: ignore[attr-defined]  # Starlette's client names its application so
    assert isinstance(found, Group)
    return found


def until(condition: Callable[[], bool]) -> None:
    """Other threads get there soon, or the test fails."""
    pause = Event()
    for _ in range(SECONDS_MAX * 1000):
        if condition():
            return
        pause.wait(0.001)
    pytest.fail("it never came to that")


@pytest.fixture
def elsewhere(addresses: Addresses) -> Iterator[Callable[..., psycopg.Connection[Any]]]:
    """Connections of another process, so to say."""
    opened: list[psycopg.Connection[Any]] = []

    def connect(statement: str, **facts: Any) -> psycopg.Connection[Any]:
        connection = psycopg.connect(make_url(addresses.owner_url).render_as_string(hide_password=False))
        opened.append(connection)
        connection.execute(statement, facts)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def together(
    desk: Desk, elsewhere: Callable[..., psycopg.Connection[Any]]
) -> Iterator[Callable[[Sequence[Ask]], list[Any]]]:
    """Sends requests that all come while another one is under way, in this order; their answers."""
    with ThreadPoolExecutor(70) as pool:

        def send(asked: Sequence[Ask]) -> list[Any]:
            for login in {login for login, _ in asked} | {"group_leader"}:
                desk.headers(login)
            with held_up(desk, pool, elsewhere):
                futures = []
                for login, fact in asked:
                    futures.append(pool.submit(desk.record, login, fact))
                    until(lambda: waiting(desk) == len(futures))
            return [one.result(SECONDS_MAX) for one in futures]

        yield send


def waiting(desk: Desk) -> int:
    queue = group_of(desk)._waiting.get(desk.town.district.id)
    return -1 if queue is None else len(queue)


@dataclass(frozen=True)
class UnderWay:
    """A group of one request that cannot end before it is released."""

    seal: psycopg.Connection[Any]

    def release(self) -> None:
        self.seal.rollback()


@contextmanager
def held_up(
    desk: Desk, pool: ThreadPoolExecutor, elsewhere: Callable[..., psycopg.Connection[Any]]
) -> Iterator[UnderWay]:
    """While a group of one request is under way, and cannot end before this does or releases it."""
    desk.town.add_member(f"先到{new_id()}")
    name = list(desk.town.members)[-1]
    statement = "SELECT code FROM quarter WHERE district_id = %(district)s FOR NO KEY UPDATE"
    under_way = UnderWay(elsewhere(statement, district=desk.town.district.id))
    first = pool.submit(desk.record, "group_leader", desk.town.missed(name))
    until(lambda: waiting(desk) == 0)
    yield under_way
    under_way.release()
    assert first.result(SECONDS_MAX).status_code == 201


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that reached the ledger."""
    sizes: list[int] = []

    def record(connection: Connection, asked: Any) -> Any:
        sizes.append(len(asked))
        return record_merged(connection, asked)

    monkeypatch.setattr(grouping, "record_merged", record)
    return sizes
