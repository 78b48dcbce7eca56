"""What goes wrong with a group or with one who is in it; neighbours never notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, select, text

from app.auth.core import Actor
from app.auth.tables import api_key, session
from app.kit.db import Database, opened
from app.kit.errors import Unavailable
from app.kit.settings import Settings
from app.points.ledger import Posting
from app.submissions import group as grouping
from app.submissions.core import Recorded
from app.submissions.group import Group
from app.submissions.merging import record_merged
from app.submissions.schemas import RecordItem
from tests.auth.people import PASSWORD
from tests.submissions.crowd import NAMES, SECONDS_MAX, Ask, group_of, held_up, until, waiting
from tests.town import Desk, Json, client_of, found_town, staffed

Send = Callable[[Sequence[Ask]], list[Any]]
Elsewhere = Callable[..., psycopg.Connection[Any]]

# When a group fails.


def lose_connection(connection: Connection, _: Any) -> Any:
    own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(connection.engine.url.set(drivername="postgresql").render_as_string(False)) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (own,))
    return connection.execute(text("SELECT 1"))


def take_too_long(connection: Connection, _: Any) -> Any:
    connection.execute(text("SET LOCAL statement_timeout = 10"))
    return connection.execute(text("SELECT pg_sleep(10)"))


def save_half(connection: Connection, asked: Any) -> Any:
    record_merged(connection, asked[: len(asked) // 2])
    raise ZeroDivisionError("a fault of ours")


@pytest.mark.parametrize("fault", [lose_connection, take_too_long, save_half])
def test_after_a_fault_of_the_whole_its_members_go_singly(
    desk: Desk,
    together: Send,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Connection, Any], Any],
) -> None:
    failed: list[int] = []

    def record(connection: Connection, asked: Any) -> Any:
        if len(asked) == 1:
            return record_merged(connection, asked)
        failed.append(len(asked))
        return fault(connection, asked)

    monkeypatch.setattr(grouping, "record_merged", record)
    facts = [desk.town.fact(NAMES[units % 2], "SRV-D02", units=units) for units in range(1, 9)]
    wrong = desk.town.missed("林晓明", "ORG-D99")
    *answers, refused = together([*(("secretary", fact) for fact in facts), ("secretary", wrong)])
    assert failed == [9]
    assert {one.status_code for one in answers} == {201}
    assert refused.status_code == 422
    for name in NAMES:
        assert [one["seq"] for one in desk.entries(name)] == [1, 2, 3, 4, 5]


def test_what_was_saved_before_the_answer_was_lost_is_recognised(
    desk: Desk, together: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, group = desk.town.database.run, group_of(desk)

    class Crashing:
        def run(self, *arguments: Any, **options: Any) -> Any:
            outcomes = run(*arguments, **options)
            if len(outcomes) > 1:
                raise ConnectionError("after the commit, before anybody was told")
            return outcomes

    monkeypatch.setattr(group, "_database", Crashing())
    facts = [desk.town.fact("林晓明", "SRV-D02", units=units) for units in range(1, 5)]
    answers = together([("secretary", fact) for fact in facts])
    assert {(one.status_code, one.headers["idempotent-replay"]) for one in answers} == {(200, "true")}
    assert [one["units"] for one in desk.entries("林晓明")] == [0, 1, 2, 3, 4]
    again = desk.record("secretary", facts[0])
    assert (again.status_code, again.json()["results"][0]["replayed"]) == (200, True)


def test_what_comes_at_once_under_one_id_is_stored_once(desk: Desk, together: Any) -> None:
    """A proposal goes through alone; who looks before the other has committed finds its row when writing."""
    proposal = desk.town.fact("陈建国", "EXC-A05", tier="outstanding", matter="防汛")
    answers = together([("secretary", proposal)] * 6)
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len(desk.submissions("secretary")) == 1


def test_of_different_things_under_one_id_one_is_stored(desk: Desk, together: Any) -> None:
    proposal = desk.town.fact("陈建国", "EXC-A05", tier="outstanding", matter="防汛")
    others = [{**proposal, "matter": "抗旱"}, {**desk.town.missed("陈建国"), "id": proposal["id"]}]
    answers = together([("secretary", fact) for fact in (proposal, *others)])
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    booked = [one for one in desk.entries("陈建国") if one["id"] == proposal["id"]]
    assert len(desk.submissions("secretary")) + len(booked) == 1


COPIED = """
    INSERT INTO entry SELECT (jsonb_populate_record(one, jsonb_build_object('id', %(id)s::text, 'seq', 999))).*
    FROM entry one WHERE one.district_id = %(district)s AND one.seq = 2
"""
BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def test_what_the_database_refuses_of_one_fails_no_neighbour(
    desk: Desk, together: Send, elsewhere: Elsewhere, groups: list[int]
) -> None:
    """Another process writes an entry under one of the ids, after the group has looked and before it writes."""
    desk.recorded("secretary", desk.town.missed("陈建国"))
    facts = [desk.town.fact(NAMES[units % 2], "SRV-D02", units=units) for units in range(1, 6)]
    other = elsewhere(COPIED, district=desk.town.district.id, id=facts[2]["id"])
    watching = elsewhere("SELECT 1")

    def is_blocked() -> bool:
        watching.rollback()
        (count,) = watching.execute(BLOCKED).fetchone() or (0,)
        return bool(count)

    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(together, [("secretary", fact) for fact in facts])
        until(lambda: groups[-1:] == [5] and is_blocked())
        other.commit()
        statuses = [one.status_code for one in answers.result(SECONDS_MAX)]
    assert statuses == [201, 201, 409, 201, 201]
    assert {one["units"] for name in NAMES for one in desk.entries(name)} >= {1, 2, 4, 5}


# Who is gone, and when the service stops.


def asking(desk: Desk, units: int) -> Callable[[Any], Sequence[Posting]]:
    item = RecordItem(**desk.town.fact("林晓明", "SRV-D02", units=units))
    return lambda account_id: [item.posting(account_id)]


def as_service(desk: Desk) -> Callable[..., Actor]:
    return lambda connection, *, at: replace(desk.town.actor(), at=at)


def units_of(desk: Desk) -> list[int]:
    return [one["units"] for one in desk.entries("林晓明") if one["item"] == "SRV-D02"]


async def waiting_tasks(desk: Desk, group: Group, count: int) -> list[asyncio.Task[Recorded | None]]:
    """Requests that wait behind the one under way."""
    district_id = desk.town.district.id
    tasks = [
        asyncio.create_task(group.record(district_id, as_service(desk), asking(desk, units), f"request {units}"))
        for units in range(1, count + 1)
    ]
    while len(group._waiting[district_id]) < count:
        await asyncio.sleep(0)
    return tasks


def test_who_goes_away_while_waiting_is_recorded_and_hurts_nobody(desk: Desk, elsewhere: Elsewhere) -> None:
    """As a request that runs in a thread, which nothing stops either; the id makes its retry a replay."""
    desk.headers("group_leader")

    async def crowd(release: Callable[[], None]) -> list[Any]:
        tasks = await waiting_tasks(desk, group_of(desk), 3)
        tasks[1].cancel()
        release()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with ThreadPoolExecutor(1) as pool, held_up(desk, pool, elsewhere) as under_way:
        first, gone, last = asyncio.run(crowd(under_way.release))
    assert isinstance(gone, asyncio.CancelledError)
    assert [one.posted.entries[0].units for one in (first, last)] == [1, 3]
    assert units_of(desk) == [1, 2, 3]


def test_whose_event_loop_is_gone_hurts_nobody(desk: Desk, elsewhere: Elsewhere) -> None:
    """A server that was told to stop at once, with another application of the process going on."""
    desk.headers("group_leader")
    group = group_of(desk)

    async def go() -> None:
        for task in await waiting_tasks(desk, group, 1):
            task.cancel()

    with ThreadPoolExecutor(1) as pool, held_up(desk, pool, elsewhere):
        asyncio.run(go())
    until(lambda: waiting(desk) == -1)
    assert units_of(desk) == [1]
    assert desk.record("secretary", desk.town.missed("陈建国")).status_code == 201


def test_at_the_stop_who_is_at_work_is_answered_and_who_waits_is_told(desk: Desk, elsewhere: Elsewhere) -> None:
    desk.headers("group_leader")
    group = group_of(desk)

    async def crowd(release: Callable[[], None]) -> list[Any]:
        tasks = await waiting_tasks(desk, group, 2)
        closing = asyncio.create_task(asyncio.to_thread(group.close))
        while not group._is_closed:
            await asyncio.sleep(0)
        release()
        await closing
        late = group.record(desk.town.district.id, as_service(desk), asking(desk, 9), "late")
        return await asyncio.gather(*tasks, late, return_exceptions=True)

    with ThreadPoolExecutor(1) as pool, held_up(desk, pool, elsewhere) as under_way:
        told = asyncio.run(crowd(under_way.release))
    assert [type(one) for one in told] == [Unavailable] * 3
    assert units_of(desk) == []


def test_a_pool_that_is_used_up_answers_503_and_saves_nothing(desk: Desk, settings: Settings) -> None:
    small = settings.model_copy(update={"pool_size": 1, "pool_wait_seconds": 0.05})
    assert settings.database_url is not None
    with opened(settings.database_url, small) as database:
        tight = Desk(desk.town, client_of(small, database, desk.town.clock))
        tight.headers("secretary")
        fact = desk.town.missed("林晓明")
        with database.engine.connect():
            refused = tight.record("secretary", fact)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert "retry-after" in refused.headers
        assert desk.total("林晓明") == 1000
        assert tight.record("secretary", fact).status_code == 201


def test_a_quarter_held_too_long_answers_503_and_keeps_no_other_district_waiting(
    desk: Desk, settings: Settings, elsewhere: Elsewhere, owner_database: Database
) -> None:
    hasty = settings.model_copy(update={"lock_timeout_ms": 100})
    assert settings.database_url is not None
    with opened(settings.database_url, hasty) as database:
        client = client_of(hasty, database, desk.town.clock)
        here = Desk(desk.town, client)
        there = staffed(found_town(database, owner_database, desk.town.clock), client)
        for one in (here, there):
            one.headers("secretary")
        statement = "SELECT code FROM quarter WHERE district_id = %(district)s FOR UPDATE"
        seal = elsewhere(statement, district=desk.town.district.id)
        fact = desk.town.missed("林晓明")
        with ThreadPoolExecutor(1) as pool:
            held = pool.submit(here.record, "secretary", fact)
            assert there.record("secretary", there.town.missed("林晓明")).status_code == 201
            refused = held.result(SECONDS_MAX)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        seal.rollback()
        assert here.record("secretary", fact).status_code == 201
    assert desk.total("林晓明") == 990


# What the door asks of each, as if it had come alone.


def test_the_rate_of_writing_is_counted_once_a_request_and_its_refusal_fails_no_neighbour(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = settings.model_copy(update={"write_rate": "3/minute"})
    slow = Desk(desk.town, client_of(limited, desk.town.database, desk.town.clock))
    failing = True

    def record(connection: Connection, asked: Any) -> Any:
        if failing:
            raise ZeroDivisionError("a fault of ours")
        return record_merged(connection, asked)

    monkeypatch.setattr(grouping, "record_merged", record)
    facts = [desk.town.fact("林晓明", "SRV-D02", units=units) for units in range(1, 6)]
    assert slow.record("secretary", facts[0]).status_code == 201, "in a group that failed, and then alone"
    failing = False
    answers = [slow.record("secretary", fact).status_code for fact in facts[1:]]
    assert answers == [201, 201, 429, 429]
    assert slow.record("group_leader", desk.town.missed("陈建国")).status_code == 201


def test_a_refusal_by_rate_stands_though_the_group_fails(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = settings.model_copy(update={"write_rate": "1/minute"})
    slow = Desk(desk.town, client_of(limited, desk.town.database, desk.town.clock))
    assert slow.record("secretary", desk.town.missed("林晓明")).status_code == 201
    group = slow.client.app.state.group  # type: ignore[attr-defined]

    def run(work: Callable[[Connection], Any], *_: Any, **__: Any) -> Any:
        desk.town.database.run(work, desk.town.district.id, commit=False)
        raise ConnectionError

    lost = type("Lost", (), {"run": staticmethod(run)})()
    monkeypatch.setattr(group, "_database", lost)
    assert slow.record("secretary", desk.town.missed("陈建国")).status_code == 429


def test_the_use_of_a_log_in_is_noted(desk: Desk, groups: list[int]) -> None:
    desk.headers("secretary")
    desk.town.clock.moment += timedelta(minutes=5)
    desk.recorded("secretary", desk.town.missed("林晓明"))
    used = select(session.c.used_at).where(
        session.c.district_id == desk.town.district.id,
        session.c.account_id == desk.town.accounts["secretary"],
    )
    assert desk.town.run(lambda connection, _: connection.execute(used).scalars().all()) == [desk.town.clock.now()]
    assert groups == [1]


def test_a_keys_first_use_of_a_day_is_noted_with_what_it_did(desk: Desk, groups: list[int]) -> None:
    body = {"name": "某系统", "path": desk.town.root, "permissions": ["entry:record"], "expires_on": "2027-06-30"}
    made = desk.client.post("/api/v1/api-keys", json=body, headers=desk.headers("system_administrator")).json()
    headers = {"Authorization": f"Bearer {made['token']}"}

    def send(fact: Json) -> int:
        return int(desk.client.post("/api/v1/entries", json={"entries": [fact]}, headers=headers).status_code)

    def used_on() -> Any:
        used = select(api_key.c.last_used_on).where(api_key.c.district_id == desk.town.district.id)
        return desk.town.run(lambda connection, _: connection.execute(used).scalar_one())

    assert send(desk.town.missed("林晓明", "ORG-D99")) == 422
    assert used_on() is None
    assert send(desk.town.missed("林晓明")) == 201
    assert used_on() == desk.town.actor().today
    assert groups == [], "until then it goes alone"
    assert send(desk.town.missed("陈建国")) == 201
    assert groups == [1]
    path = f"/api/v1/api-keys/{made['id']}"
    assert desk.client.delete(path, headers=desk.headers("system_administrator")).status_code == 204
    assert send(desk.town.missed("林晓明", "ORG-D01")) == 401


def test_a_cookie_without_its_proof_gets_nowhere(desk: Desk) -> None:
    site = "https://points.example"
    page = desk.client
    page.base_url = site
    body = {"login": f"{desk.town.district.code}/secretary", "password": PASSWORD}
    told = page.post("/api/v1/sessions", params={"cookie": "true"}, json=body, headers={"Origin": site})
    assert told.status_code == 201, told.text
    fact = {"entries": [desk.town.missed("林晓明")]}
    forged = page.post("/api/v1/entries", json=fact, headers={"Origin": site})
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf_refused")
    proved = {"Origin": site, "X-CSRF-Token": told.json()["csrf_token"]}
    assert page.post("/api/v1/entries", json=fact, headers=proved).status_code == 201
