"""Long work says how far it is with every heartbeat, and what is open or failed can be seen and tried again."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app import schedule
from app.auth.core import Actor
from app.auth.core_districts import District
from app.job_runs import service, store
from app.job_runs.core import Slot, State
from app.job_runs.service import Outcome, Work
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.schedule import Job
from tests.conftest import TIME_ZONE


@pytest.fixture
def place(district: UUID) -> District:
    return District(district, "here", "测试区", TIME_ZONE)


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], bool]:
    """Waits for one more heartbeat with so many percent; heartbeats come without a pause.

    It is counted when it is written, before its commit: who has waited for the second knows that the first can be read.
    """
    written: defaultdict[int, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(0))
    write = store.set_heartbeat

    def set_heartbeat(*arguments: Any) -> None:
        write(*arguments)
        if arguments[-1] is not None:
            written[arguments[-1]].release()

    monkeypatch.setattr(service, "HEARTBEAT_SECONDS", 0.001)
    monkeypatch.setattr(store, "set_heartbeat", set_heartbeat)
    return lambda percent: written[percent].acquire(timeout=30)


def test_progress_is_seen_while_the_work_goes_on(
    database: Database, clock: FixedClock, place: District, actor: Actor, beats: Callable[[int], bool]
) -> None:
    seen: list[tuple[State, int | None]] = []

    def works(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        service.report(2, 5)
        assert beats(40)
        assert beats(40)
        seen.extend((one.state, one.progress) for one in database.run(runs, place.id))
        service.report(5, 5)
        assert beats(99)  # the hundredth is the commit
        return {}

    def runs(connection: Connection) -> list[service.Run]:
        return service.list_runs(connection, actor)

    service.run_once(database, clock, "freeze", "2026Q3", place, works)
    assert seen[-1][0] is State.RUNNING
    assert seen[-1][1] == 40
    assert [(one.state, one.progress) for one in database.run(runs, place.id)] == [(State.DONE, 100)]


def test_what_failed_keeps_how_far_it_was(database: Database, clock: FixedClock, place: District, actor: Actor) -> None:
    def fails(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        service.report(1, 4)
        raise ValueError("no such edition")

    for _ in range(2):
        service.run_once(database, clock, "freeze", "2026Q3", place, fails)
    runs = database.run(lambda connection: service.list_runs(connection, actor), place.id)
    assert sorted((one.attempt, one.progress) for one in runs) == [(1, 25), (2, 25)]


def test_outside_a_run_a_report_is_nobodys() -> None:
    service.report(1, 2)
    assert service._PROGRESS.get() is None


# Trying again.


def works(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    return {}


def fails(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    raise RuntimeError("not yet")


def job_of(name: str, work: Work, after: str | None = None) -> Job:
    class Given(Job):
        def function(self) -> Work:
            return work

    return Given(name, name, "", {"hour": 0}, schedule.of_the_day, 1, after=after)


def test_what_failed_or_was_lost_is_tried_again_and_nothing_else(
    database: Database, clock: FixedClock, place: District, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for job, slot, work in (
        ("seal", "2025Q1", fails),
        ("seal", "2025Q2", fails),
        ("seal", "2025Q2", works),
        ("lines", "2025Q1", works),
    ):
        service.run_once(database, clock, job, slot, place, work)
    lost_at = clock.now() - service.LOST_AFTER - timedelta(seconds=1)
    database.run(
        lambda c: store.insert_run(c, place.id, run=new_id(), job="lines", slot="2024Q4", at=lost_at), place.id
    )
    monkeypatch.setattr(schedule, "JOBS", (job_of("seal", works), job_of("lines", works, after="seal")))
    results = schedule.retry_failed(database, clock, place)
    assert [(slot, result and result.outcome) for slot, result in results] == [
        (Slot("seal", "2025Q1"), Outcome.DONE),
        (Slot("lines", "2024Q4"), Outcome.DONE),
    ]
    assert schedule.retry_failed(database, clock, place) == []


def test_what_waits_for_a_failure_is_not_tried(
    database: Database, clock: FixedClock, place: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    for job in ("seal", "lines"):
        service.run_once(database, clock, job, "2025Q1", place, fails)
    monkeypatch.setattr(schedule, "JOBS", (job_of("seal", fails), job_of("lines", works, after="seal")))
    (seal, lines) = schedule.retry_failed(database, clock, place)
    assert seal[1] is not None
    assert seal[1].outcome is Outcome.FAILED
    assert lines == (Slot("lines", "2025Q1"), None)
    assert [slot for slot, _ in schedule.retry_failed(database, clock, place, "lines")] == [Slot("lines", "2025Q1")]
    assert schedule.retry_failed(database, clock, place, "seal", "2025Q2") == []


# What is shown.


def test_the_table_shows_what_is_open_and_how_the_last_attempt_went(
    database: Database, clock: FixedClock, place: District, actor: Actor
) -> None:
    service.run_once(database, clock, "seal", "2026Q2", place, works)
    service.run_once(database, clock, "seal", "2026Q3", place, fails)
    clock.moment += timedelta(days=1)
    later = Actor.service(place.id, clock.now(), TIME_ZONE)
    views = {one.name: one for one in database.run(lambda c: schedule.views(c, later), place.id)}
    assert list(views) == [job.name for job in schedule.JOBS]
    seal = views["seal"]
    assert (seal.done_last, seal.open_slots, seal.after) == ("2026Q2", ("2026Q3",), "settle")
    assert seal.last is not None
    assert (seal.last.slot, seal.last.state, seal.last.error) == ("2026Q3", State.FAILED, "RuntimeError: not yet")
    assert views["lines"].last is None


def test_attempts_are_paged_and_chosen_by_their_state(
    database: Database, clock: FixedClock, place: District, actor: Actor
) -> None:
    for number, work in enumerate((works, fails, works)):
        service.run_once(database, clock, "seal", f"2026Q{number + 1}", place, work)
        clock.moment += timedelta(seconds=1)

    def page(**facts: Any) -> Any:
        return database.run(lambda c: service.runs(c, actor, **facts), place.id)

    first = page(count_max=2)
    second = page(count_max=2, before=first.following)
    assert [one.slot for one in (*first.runs, *second.runs)] == ["2026Q3", "2026Q2", "2026Q1"]
    assert second.following is None
    assert [one.slot for one in page(state=State.FAILED).runs] == ["2026Q2"]
    assert page(state=State.RUNNING).runs == page(state=State.LOST).runs == ()
