"""Scheduled work done once a slot: the database decides, whoever asks and however often.

The record of an attempt is written in short transactions of its own, so that a failure leaves its trace; the work and
its claim on the slot are one transaction, so that they stand or fall together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.auth.core import Actor
from app.auth.core_districts import District
from app.job_runs import store
from app.job_runs.core import (
    LOST_AFTER,
    RUNS_MAX,
    JobView,
    NotDue,
    Outcome,
    Run,
    RunPage,
    RunResult,
    Slot,
    State,
    Work,
)
from app.kit.clock import Clock
from app.kit.db import AnyRow, Database
from app.kit.errors import LongwenError
from app.kit.ids import new_id

__all__ = ["LOST_AFTER", "NotDue", "Outcome", "Run", "RunResult", "State", "Work"]


Table = Callable[[Connection, Actor], list[JobView]]
HEARTBEAT_SECONDS = 10.0
ERROR_CHARACTERS_MAX = 2000
_LOCK_NOT_AVAILABLE = "55P03"

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Progress:
    """How far the work of this thread is, in percent; None: it has not said."""

    percent: int | None = None


_PROGRESS: ContextVar[_Progress | None] = ContextVar("progress", default=None)


def report(done: int, total: int) -> None:
    """What long work says of itself: so much of so much. It is written down with the next heartbeat.

    Outside a run it does nothing, so that a verb need not know who called it.
    """
    progress = _PROGRESS.get()
    if progress is not None and total > 0:
        progress.percent = min(99, 100 * done // total)  # the hundredth is the commit


def run_once(
    database: Database, clock: Clock, job: str, slot: str, district: District, work: Work, *, force: bool = False
) -> RunResult:
    """Do the job for the slot unless it is done; with ``force`` do it again all the same.

    A job that is done again must itself add nothing twice; all of ours bring things to a due value.

    Never raises for what the work does wrong: the result and the record say it, and the slot stays free. Two callers at
    once do the work once; the other waits and is told.
    """
    run, started_at, progress = new_id(), clock.now(), _Progress()
    log = _log.bind(job=job, slot=slot, district=str(district.id), run=str(run))

    def attempt(connection: Connection) -> RunResult:
        try:
            claimed = store.insert_done(connection, district.id, run=run, job=job, slot=slot, at=started_at)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            return RunResult(run, Outcome.ELSEWHERE)
        if not claimed and not force:
            return RunResult(run, Outcome.ALREADY_DONE)
        counts = work(connection, Actor.service(district.id, started_at, district.time_zone), slot)
        return RunResult(run, Outcome.DONE, counts)

    try:
        database.run(
            lambda c: store.insert_run(c, district.id, run=run, job=job, slot=slot, at=started_at), district.id
        )
        with _heartbeat(database, clock, district.id, run, progress):
            result = database.run(attempt, district.id)
    except NotDue as wait:
        result = RunResult(run, Outcome.NOT_DUE, wait.counts)
    except LongwenError as error:
        # A refusal is an answer: its text says what to do, and where in the code it was raised helps nobody.
        log.warning("job refused", code=error.code, text=error.text("zh"))
        result = RunResult(run, Outcome.FAILED, error=_named(error))
    except Exception as error:
        # Whatever the work raises is the trace's business; the caller goes on with the next district.
        log.exception("job failed")
        result = RunResult(run, Outcome.FAILED, error=_named(error))
    _record_end(database, clock, district.id, result, progress.percent)
    log.info("job ended", outcome=result.outcome.value, counts=result.counts)
    return result


def list_runs(
    connection: Connection,
    actor: Actor,
    job: str | None = None,
    limit: int = 50,
    *,
    state: State | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[Run]:
    """The latest attempts, newest first; those of one job, in one state, or before a moment, where these are given."""
    seen_since = actor.at - LOST_AFTER
    rows = store.list_runs(connection, actor.district_id, job, limit, state=state, before=before, seen_since=seen_since)
    return [_run(row, actor) for row in rows]


def runs(
    connection: Connection,
    actor: Actor,
    *,
    job: str | None = None,
    state: State | None = None,
    before: tuple[datetime, UUID] | None = None,
    count_max: int = 50,
) -> RunPage:
    """The same as a page."""
    count = min(count_max, RUNS_MAX)
    found = list_runs(connection, actor, job, count + 1, state=state, before=before)
    page = tuple(found[:count])
    return RunPage(page, (page[-1].started_at, page[-1].id) if len(found) > count else None)


def _run(row: AnyRow, actor: Actor) -> Run:
    return Run(
        id=row.id,
        job=row.job,
        slot=row.slot,
        state=State(row.outcome or (State.LOST if actor.at - row.heartbeat_at > LOST_AFTER else State.RUNNING)),
        attempt=row.attempt,
        started_at=row.started_at,
        heartbeat_at=row.heartbeat_at,
        ended_at=row.ended_at,
        progress=row.progress,
        counts=row.counts or {},
        error=row.error,
    )


def last_runs(connection: Connection, actor: Actor) -> dict[str, Run]:
    """Each job's latest attempt."""
    return {row.job: _run(row, actor) for row in store.list_last_runs(connection, actor.district_id)}


def failed_slots(connection: Connection, actor: Actor) -> list[Slot]:
    """What is not done though its latest attempt failed, or lost its process; in the order of slots."""
    rows = store.list_failed(connection, actor.district_id, actor.at - LOST_AFTER)
    return [Slot(row.job, row.slot) for row in rows]


def done_slots_of_all(connection: Connection, actor: Actor) -> dict[str, frozenset[str]]:
    """By job, the slots that are done."""
    found: dict[str, set[str]] = {}
    for row in store.list_done_of_all(connection, actor.district_id):
        found.setdefault(row.job, set()).add(row.slot)
    return {job: frozenset(slots) for job, slots in found.items()}


def done_slots(connection: Connection, actor: Actor, job: str) -> frozenset[str]:
    return store.list_done(connection, actor.district_id, job)


def first_start(connection: Connection, actor: Actor) -> datetime | None:
    """When the district's first job ran; None if none ever did."""
    return store.find_first_start(connection, actor.district_id)


def _record_end(database: Database, clock: Clock, district: UUID, result: RunResult, percent: int | None) -> None:
    def end(connection: Connection) -> None:
        store.set_end(
            connection,
            district,
            result.run_id,
            clock.now(),
            outcome=result.outcome.value,
            counts=result.counts,
            progress=100 if result.outcome is Outcome.DONE else percent,
            error=result.error,
        )

    try:
        database.run(end, district)
    except Exception:  # noqa: BLE001 - the work is committed or undone by now; its record must not change the answer
        _log.exception("end of run not recorded", run=str(result.run_id))


def _named(error: Exception) -> str:
    if isinstance(error, LongwenError):
        return f"{error.code}: {error.text('zh')} / {error.text('en')}"[:ERROR_CHARACTERS_MAX]
    return f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS_MAX]


@contextmanager
def _heartbeat(database: Database, clock: Clock, district: UUID, run: UUID, progress: _Progress) -> Iterator[None]:
    """Say every few seconds that the work goes on, and how far it is; and let the work of this thread report it."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            try:
                database.run(lambda c: store.set_heartbeat(c, district, run, clock.now(), progress.percent), district)
            except Exception:  # noqa: BLE001 - a missed heartbeat is no reason to stop the work
                _log.exception("heartbeat not recorded", run=str(run))

    thread = threading.Thread(target=beat, name=f"heartbeat-{run}", daemon=True)
    thread.start()
    token = _PROGRESS.set(progress)
    try:
        yield
    finally:
        _PROGRESS.reset(token)
        ended.set()
        thread.join()
