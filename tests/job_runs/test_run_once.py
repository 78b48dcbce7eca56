"""A slot is worked once, whoever asks; what fails leaves its trace and can be tried again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert

from app.auth.core import Actor
from app.auth.core_districts import District
from app.auth.tables import account
from app.job_runs import service, store
from app.job_runs.service import Outcome, RunResult, Work
from app.kit.clock import FixedClock
from app.kit.db import Database, opened
from app.kit.errors import Unavailable
from app.kit.ids import new_id
from app.kit.settings import Settings
from tests.conftest import TIME_ZONE, Addresses


@pytest.fixture
def place(district: UUID) -> District:
    return District(district, "here", "测试区", TIME_ZONE)


@pytest.fixture
def run(database: Database, clock: FixedClock, place: District) -> Callable[..., RunResult]:
    def run(work: Work, *, slot: str = "2026Q3", force: bool = False) -> RunResult:
        return service.run_once(database, clock, "lines", slot, place, work, force=force)

    return run


def leaves_a_row(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    row = {
        "district_id": actor.district_id,
        "id": new_id(),
        "login": new_id().hex,
        "name": slot,
        "created_at": actor.at,
    }
    connection.execute(insert(account), row)
    return {"rows": 1}


def rows_left(database: Database, district: UUID) -> int:
    counted = account.select().where(account.c.district_id == district)
    return len(database.run(lambda connection: connection.execute(counted).all(), district))


def test_a_slot_is_worked_once(run: Callable[..., RunResult], database: Database, district: UUID) -> None:
    first, second = run(leaves_a_row), run(leaves_a_row)
    assert (first.outcome, first.counts) == (Outcome.DONE, {"rows": 1})
    assert (second.outcome, second.counts, second.error) == (Outcome.ALREADY_DONE, {}, None)
    assert rows_left(database, district) == 1


def test_another_slot_is_other_work(run: Callable[..., RunResult], database: Database, district: UUID) -> None:
    assert {run(leaves_a_row, slot=slot).outcome for slot in ("2026Q2", "2026Q3")} == {Outcome.DONE}
    assert rows_left(database, district) == 2


def test_a_done_slot_is_worked_again_when_it_is_forced(
    run: Callable[..., RunResult], database: Database, district: UUID
) -> None:
    run(leaves_a_row)
    assert run(leaves_a_row, force=True).outcome is Outcome.DONE
    assert rows_left(database, district) == 2


def test_two_at_once_do_the_work_once(run: Callable[..., RunResult], database: Database, district: UUID) -> None:
    both_are_there = threading.Barrier(2, timeout=30)

    def at_once(_: int) -> RunResult:
        both_are_there.wait()
        return run(leaves_a_row)

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(result.outcome for result in pool.map(at_once, range(2)))
    assert outcomes == [Outcome.ALREADY_DONE, Outcome.DONE]
    assert rows_left(database, district) == 1


def test_the_second_takes_over_when_the_first_gives_up(
    run: Callable[..., RunResult], database: Database, district: UUID
) -> None:
    claimed, go_on = threading.Event(), threading.Event()

    def gives_up(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        leaves_a_row(connection, actor, slot)
        claimed.set()
        go_on.wait(30)
        raise RuntimeError("out of breath")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, gives_up)
        assert claimed.wait(30)
        second = pool.submit(run, leaves_a_row)
        go_on.set()
        assert first.result().outcome is Outcome.FAILED
        assert second.result().outcome is Outcome.DONE
    assert rows_left(database, district) == 1


def test_work_that_goes_on_elsewhere_is_left_to_it(
    addresses: Addresses, settings: Settings, clock: FixedClock, place: District
) -> None:
    impatient = settings.model_copy(update={"lock_timeout_ms": 50})
    inner: list[RunResult] = []
    with opened(addresses.application_url, impatient) as database:

        def asks_again_meanwhile(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
            inner.append(service.run_once(database, clock, "lines", slot, place, leaves_a_row))
            return {}

        outer = service.run_once(database, clock, "lines", "2026Q3", place, asks_again_meanwhile)
    assert (outer.outcome, inner[0].outcome) == (Outcome.DONE, Outcome.ELSEWHERE)


def test_a_failure_leaves_its_trace_and_frees_the_slot(
    run: Callable[..., RunResult], database: Database, district: UUID, actor: Actor
) -> None:
    def fails(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        leaves_a_row(connection, actor, slot)
        raise ValueError("no such edition")

    failed = run(fails)
    assert (failed.outcome, failed.error) == (Outcome.FAILED, "ValueError: no such edition")
    assert rows_left(database, district) == 0
    assert run(leaves_a_row).outcome is Outcome.DONE
    runs = database.run(lambda connection: service.list_runs(connection, actor, "lines"), district)
    assert [(one.state, one.error) for one in runs] == [("done", None), ("failed", "ValueError: no such edition")]


def test_a_refusal_is_recorded_under_its_code(run: Callable[..., RunResult]) -> None:
    def refuses(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        raise Unavailable

    error = run(refuses).error
    assert error is not None
    assert error.startswith("unavailable: ")


def test_a_run_whose_process_died_is_shown_as_lost(
    database: Database, district: UUID, actor: Actor, clock: FixedClock
) -> None:
    long_ago = clock.now() - service.LOST_AFTER - timedelta(seconds=1)
    running, lost = new_id(), new_id()

    def start(connection: Connection) -> None:
        store.insert_run(connection, district, run=running, job="lines", slot="2026Q3", at=clock.now())
        store.insert_run(connection, district, run=lost, job="lines", slot="2026Q2", at=long_ago)

    database.run(start, district)
    runs = database.run(lambda connection: service.list_runs(connection, actor), district)
    assert {one.id: one.state for one in runs} == {running: "running", lost: "lost"}


def test_the_work_acts_as_the_service_on_the_districts_day(run: Callable[..., RunResult], actor: Actor) -> None:
    seen: list[tuple[Actor, str]] = []

    def looks(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        seen.append((actor, slot))
        return {}

    run(looks)
    assert seen == [(actor, "2026Q3")]
