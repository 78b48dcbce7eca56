"""Two scheduler processes over one database: every slot of every district is done once, whoever comes first."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from threading import Event

import psycopg
from sqlalchemy import make_url

from app import schedule
from app.auth import service as auth
from app.cycles.jobs import quarters
from app.job_runs.service import Outcome, run_once
from app.kit.clock import FixedClock, SystemClock
from app.kit.db import opened
from tests.cli.test_serving import SECONDS_MAX, ended, environment, started
from tests.conftest import Addresses, create_district, settings_for

DISTRICTS = ("east", "north", "south", "west")
MISSED = timedelta(days=300)


def owner_of(there: Addresses) -> psycopg.Connection:
    url = make_url(there.owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


def until(found: Callable[[], bool], what: str) -> None:
    """Ask again and again, for as long as a process may take."""
    pause = Event()
    for _ in range(int(SECONDS_MAX / 0.05)):
        if found():
            return
        pause.wait(0.05)
    raise AssertionError(what)


def test_two_scheduler_processes_do_each_slot_once(fresh_database: Callable[..., Addresses], tmp_path: Path) -> None:
    """Both are at the same table when they start, with most of a year to catch up in four districts."""
    there = fresh_database()
    now = SystemClock().now()
    settings = settings_for(there, tmp_path)
    with opened(there.owner_url, settings) as owner:
        for code in DISTRICTS:
            create_district(owner, code)
    due: set[tuple[str, str, str]] = set()
    with opened(there.application_url, settings) as database:
        for district in database.run(auth.list_districts, None):
            clock = FixedClock(now - MISSED)
            first = run_once(database, clock, "quarters", (now - MISSED).date().isoformat(), district, quarters)
            assert first.outcome is Outcome.DONE
            for job in schedule.JOBS:
                slots = schedule.open_slots(job, now, frozenset(), now - MISSED)
                due |= {(district.code, job.name, slot) for slot in slots}
    assert len({slot for _, job, slot in due if job == "settle"}) >= 3
    # Nobody waits in vain for the lock that lets both begin together.
    env = environment(data=tmp_path, database_url=there.application_url, lock_timeout_ms=int(SECONDS_MAX * 1000))
    with owner_of(there) as watch, ExitStack() as processes:
        with owner_of(there) as gate, gate.transaction():
            gate.execute("LOCK TABLE job_run IN ACCESS EXCLUSIVE MODE")
            both = [
                processes.enter_context(started("scheduler", env=env, until="The scheduler runs")) for _ in range(2)
            ]
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'job_run'::regclass"
            until(lambda: watch.execute(waiting).fetchall() == [(2,)], "both did not come to the table")
        done = (
            "SELECT district.code, job, slot FROM job_done JOIN district ON district.id = job_done.district_id"
            " WHERE run_id IN (SELECT id FROM job_run WHERE started_at >= %s)"
        )
        until(lambda: set(watch.execute(done, [now]).fetchall()) >= due, "not everything was done")
        for process in both:
            status, written = ended(process, signal.SIGTERM)
            assert status == 0, written
        runs = watch.execute(
            "SELECT district.code, job, slot, outcome FROM job_run JOIN district ON district.id = job_run.district_id"
            " WHERE started_at >= %s",
            [now],
        ).fetchall()
    outcomes = Counter((code, job, slot) for code, job, slot, outcome in runs if outcome == "done")
    assert set(outcomes.values()) == {1}
    assert set(outcomes) >= due
    assert {outcome for *_, outcome in runs} <= {"done", "already_done", "elsewhere", "not_due"}
    assert any(outcome in {"already_done", "elsewhere"} for *_, outcome in runs), "they never met"
