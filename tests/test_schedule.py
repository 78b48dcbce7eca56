"""The table of scheduled work, what of it is open, and that one district does not stop another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection

from app import schedule
from app.auth.core import Actor
from app.auth.core_districts import District
from app.job_runs import service as job_runs
from app.job_runs.service import Outcome
from app.kit.ciphers import FieldCipher
from app.kit.clock import FixedClock
from app.kit.db import opened
from app.kit.settings import Settings
from app.schedule import JOBS, Job, find_job, open_slots
from tests.conftest import Addresses, create_district, settings_for

NOTHING: frozenset[str] = frozenset()


def shanghai(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(schedule.TIME_ZONE)).astimezone(UTC)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_names_a_function_that_is_there(job: Job) -> None:
    assert callable(job.function())


def test_names_are_given_once_and_a_job_waits_only_for_an_earlier_one() -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    for position, job in enumerate(JOBS):
        assert job.after is None or job.after in names[:position]


def test_an_unknown_job_is_refused() -> None:
    with pytest.raises(schedule.UnknownJob):
        find_job("nothing")


@pytest.mark.parametrize(
    ("day", "this", "ended"),
    [
        (date(2026, 1, 1), "2026Q1", "2025Q4"),
        (date(2026, 3, 31), "2026Q1", "2025Q4"),
        (date(2026, 10, 11), "2026Q4", "2026Q3"),
    ],
)
def test_slots_are_quarters(day: date, this: str, ended: str) -> None:
    assert (schedule.this_quarter(day), schedule.ended_quarter(day)) == (this, ended)


@pytest.mark.parametrize(
    ("name", "before", "due", "slot"),
    [
        ("files", shanghai(2026, 10, 11, 2, 39), shanghai(2026, 10, 11, 2, 40), "2026-10-11"),
        ("appeals", shanghai(2026, 10, 11, 7, 29), shanghai(2026, 10, 11, 7, 30), "2026-10-11"),
        ("quarters", shanghai(2026, 10, 11, 0, 9), shanghai(2026, 10, 11, 0, 10), "2026-10-11"),
        ("duties", shanghai(2026, 10, 1, 0, 19), shanghai(2026, 10, 1, 0, 20), "2026Q4"),
        ("settle", shanghai(2026, 10, 11, 0, 59), shanghai(2026, 10, 11, 1), "2026Q3"),
        ("seal", shanghai(2026, 10, 1, 1, 59), shanghai(2026, 10, 1, 2), "2026Q3"),
        ("freeze", shanghai(2026, 10, 1, 2, 4), shanghai(2026, 10, 1, 2, 5), "2026Q3"),
        ("prove", shanghai(2026, 10, 1, 2, 9), shanghai(2026, 10, 1, 2, 10), "2026Q3"),
        ("checkpoint", shanghai(2026, 10, 11, 9, 49), shanghai(2026, 10, 11, 9, 50), "2026-10-11T09"),
        ("lines", shanghai(2026, 10, 1, 2, 29), shanghai(2026, 10, 1, 2, 30), "2026Q3"),
        ("digest_month", shanghai(2026, 10, 1, 5, 59), shanghai(2026, 10, 1, 6), "2026-09"),
        ("digest_quarter", shanghai(2026, 10, 1, 3, 59), shanghai(2026, 10, 1, 4), "2026Q3"),
        ("digest_half", shanghai(2026, 10, 1, 4, 9), shanghai(2026, 10, 1, 4, 10), "2026Q3"),
        ("digest_year", shanghai(2026, 10, 1, 4, 19), shanghai(2026, 10, 1, 4, 20), "2026Q3"),
    ],
)
def test_a_slot_is_open_from_its_time_on(name: str, before: datetime, due: datetime, slot: str) -> None:
    job, always = find_job(name), shanghai(2020, 1, 1)
    assert slot not in open_slots(job, before, NOTHING, always)
    assert open_slots(job, due, NOTHING, always)[-1] == slot
    assert slot not in open_slots(job, due, frozenset({slot}), always)


def test_missed_slots_are_made_good_in_order() -> None:
    now, known_since = shanghai(2026, 11, 21), shanghai(2026, 2, 1)
    assert open_slots(find_job("settle"), now, NOTHING, known_since) == ["2026Q1", "2026Q2", "2026Q3"]
    assert open_slots(find_job("settle"), now, frozenset({"2026Q1"}), known_since) == ["2026Q2", "2026Q3"]


def test_what_is_tried_day_by_day_is_open_once() -> None:
    now, known_since = shanghai(2026, 11, 21), shanghai(2026, 4, 1)
    assert open_slots(find_job("seal"), now, NOTHING, known_since) == ["2026Q1", "2026Q2", "2026Q3"]


def test_a_new_district_is_not_handed_the_quarters_before_it() -> None:
    now = shanghai(2026, 11, 21)
    assert open_slots(find_job("lines"), now, NOTHING, None) == []
    assert open_slots(find_job("duties"), now, NOTHING, None) == ["2026Q4"]


def test_days_missed_are_not_lived_through_again() -> None:
    assert open_slots(find_job("quarters"), shanghai(2026, 11, 21, 12), NOTHING, shanghai(2026, 1, 1)) == ["2026-11-21"]


# On the database: a schedule of its own, over districts of its own.


@pytest.fixture
def two(fresh_database: Callable[..., Addresses]) -> Addresses:
    return fresh_database()


@pytest.fixture
def settings(two: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for(two, tmp_path_factory.mktemp("data"))


@pytest.fixture
def districts(two: Addresses, settings: Settings) -> tuple[UUID, UUID]:
    with opened(two.owner_url, settings) as owner:
        return create_district(owner, "east"), create_district(owner, "west")


def job_of(name: str, work: Callable[..., dict[str, int]], after: str | None = None) -> Job:
    class Given(Job):
        def function(self) -> Callable[..., dict[str, int]]:
            return work

    return Given(name, name, "", {"hour": 0, "minute": 10}, schedule.of_the_day, 1, ongoing=True, after=after)


def test_a_failing_district_stops_no_other(
    two: Addresses, settings: Settings, districts: tuple[UUID, UUID], clock: FixedClock
) -> None:
    def fails_in_the_east(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        if actor.district_id == districts[0]:
            raise RuntimeError("the east is closed")
        return {"seen": 1}

    with opened(two.application_url, settings) as database:
        results = schedule.run_open_slots(database, clock, (job_of("a", fails_in_the_east),))
        assert [result.outcome for result in results] == [Outcome.FAILED, Outcome.DONE]
        # The next time only what failed is tried.
        again = schedule.run_open_slots(database, clock, (job_of("a", fails_in_the_east),))
        assert [result.outcome for result in again] == [Outcome.FAILED]


def test_a_job_waits_for_the_one_before_it(
    two: Addresses, settings: Settings, districts: tuple[UUID, UUID], clock: FixedClock
) -> None:
    is_repaired = False
    done: list[str] = []

    def first(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        if not is_repaired:
            raise RuntimeError("not yet")
        done.append("first")
        return {}

    def second(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        done.append("second")
        return {}

    jobs = (job_of("first", first), job_of("second", second, after="first"))
    with opened(two.application_url, settings) as database:
        schedule.run_open_slots(database, clock, jobs)
        assert done == []
        is_repaired = True
        schedule.run_open_slots(database, clock, jobs)
        assert done == ["first", "second"] * 2


def test_a_job_whose_code_is_missing_fails_like_any_other(
    two: Addresses, settings: Settings, districts: tuple[UUID, UUID], clock: FixedClock
) -> None:
    lost = Job("lost", "lost", "app.nowhere:lost", {"hour": 0}, schedule.of_the_day, 1, ongoing=True)
    actor = Actor.service(districts[0], clock.now(), schedule.TIME_ZONE)
    with opened(two.application_url, settings) as database:
        schedule.run_open_slots(database, clock, (lost,))
        runs = database.run(lambda connection: job_runs.list_runs(connection, actor), districts[0])
    assert [run.state for run in runs] == ["failed"]


_A_SCHEDULER = """
import sys
from app import schedule
from app.kit.clock import FixedClock
from app.kit.db import opened
from app.kit.settings import Settings
from datetime import UTC, datetime

settings = Settings()
with opened(str(settings.database_url), schedule.for_jobs(settings)) as database:
    print("ready", flush=True)
    sys.stdin.readline()
    schedule.run_open_slots(database, FixedClock(datetime(2026, 11, 21, 2, tzinfo=UTC)))
"""


def test_two_schedulers_in_processes_of_their_own_do_each_slot_once(
    two: Addresses, settings: Settings, districts: tuple[UUID, UUID], clock: FixedClock
) -> None:
    environment = {**os.environ, "LONGWEN_DATABASE_URL": two.application_url, "LONGWEN_DATA": str(settings.data)}
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", _A_SCHEDULER]
    started = [subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in started:
        one.communicate(timeout=120)
    assert [one.returncode for one in started] == [0, 0]
    actor = Actor.service(districts[0], clock.now(), schedule.TIME_ZONE)
    with opened(two.application_url, settings) as database:
        runs = database.run(lambda connection: job_runs.list_runs(connection, actor, None, 500), districts[0])
    done = [(run.job, run.slot) for run in runs if run.state == "done"]
    assert len(done) == len(set(done)) >= 3
    assert {run.state.value for run in runs} <= {"done", "already_done", "elsewhere"}


def test_a_round_that_fails_in_one_district_is_made_in_the_others(
    two: Addresses, settings: Settings, districts: tuple[UUID, UUID], clock: FixedClock
) -> None:
    def work(_database: object, _clock: object, district: District, *_: object) -> dict[str, int]:
        if district.id == districts[0]:
            raise RuntimeError("the east is closed")
        return {"sent": 1}

    def no_cipher() -> FieldCipher:
        raise AssertionError("not asked for")

    with opened(two.application_url, settings) as database:
        assert schedule.make_round(database, clock, settings, no_cipher, work) == {"west": {"sent": 1}}


def test_rounds_are_scheduled_beside_the_jobs(two: Addresses, settings: Settings, clock: FixedClock) -> None:
    def no_cipher() -> FieldCipher:
        raise AssertionError("not asked for")

    with opened(two.application_url, settings) as database:
        scheduler = BackgroundScheduler(**schedule.options())
        schedule.add_rounds(scheduler, database, clock, settings, no_cipher)
        added = {job.id: job for job in scheduler.get_jobs()}
        assert set(added) == {one.name for one in schedule.ROUNDS}
        for job in added.values():
            job.func()  # with nothing to send, nobody asks for the key
