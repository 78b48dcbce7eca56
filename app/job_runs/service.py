"""Scheduled work done once a slot: the database decides, whoever asks and however often.

The record of an attempt is written in short transactions of its own, so that a failure leaves its trace; the work and
its claim on the slot are one transaction, so that they stand or fall together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.auth.core import Actor
from app.auth.core_districts import District
from app.job_runs import store
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import LongwenError
from app.kit.ids import new_id

HEARTBEAT_SECONDS = 10.0
LOST_AFTER = timedelta(seconds=6 * HEARTBEAT_SECONDS)
ERROR_CHARACTERS_MAX = 2000
_LOCK_NOT_AVAILABLE = "55P03"

Work = Callable[[Connection, Actor, str], dict[str, int]]

_log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """How an attempt ended. Only ``failed`` is an error."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    ELSEWHERE = "elsewhere"  # another process is at it, and takes longer than the wait for a lock
    NOT_DUE = "not_due"  # the work says that its time has not come; the slot stays open
    FAILED = "failed"


class NotDue(Exception):
    """What a job's work raises where it waits for something that is no fault; nothing it did is kept.

    ``counts`` say what it waits for.
    """

    def __init__(self, **counts: int) -> None:
        super().__init__()
        self.counts = counts


class State(StrEnum):
    """What is known of an attempt without an end."""

    RUNNING = "running"
    LOST = "lost"  # no heartbeat for ``LOST_AFTER``: its process has died


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of one attempt; ``counts`` are the work's own."""

    run_id: UUID
    outcome: Outcome
    counts: dict[str, int] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt as recorded; ``state`` is its outcome, or running or lost."""

    id: UUID
    job: str
    slot: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    counts: dict[str, int]
    error: str | None


def run_once(
    database: Database, clock: Clock, job: str, slot: str, district: District, work: Work, *, force: bool = False
) -> RunResult:
    """Do the job for the slot unless it is done; with ``force`` do it again all the same.

    A job that is done again must itself add nothing twice; all of ours bring things to a due value.

    Never raises for what the work does wrong: the result and the record say it, and the slot stays free. Two callers at
    once do the work once; the other waits and is told.
    """
    run, started_at = new_id(), clock.now()
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
        with _heartbeat(database, clock, district.id, run):
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
    _record_end(database, clock, district.id, result)
    log.info("job ended", outcome=result.outcome.value, counts=result.counts)
    return result


def list_runs(connection: Connection, actor: Actor, job: str | None = None, limit: int = 50) -> list[Run]:
    """The latest attempts, newest first."""
    rows = store.list_runs(connection, actor.district_id, job, limit)
    return [
        Run(
            id=row.id,
            job=row.job,
            slot=row.slot,
            state=row.outcome or (State.LOST if actor.at - row.heartbeat_at > LOST_AFTER else State.RUNNING).value,
            started_at=row.started_at,
            ended_at=row.ended_at,
            counts=row.counts or {},
            error=row.error,
        )
        for row in rows
    ]


def done_slots(connection: Connection, actor: Actor, job: str) -> frozenset[str]:
    return store.list_done(connection, actor.district_id, job)


def first_start(connection: Connection, actor: Actor) -> datetime | None:
    """When the district's first job ran; None if none ever did."""
    return store.find_first_start(connection, actor.district_id)


def _record_end(database: Database, clock: Clock, district: UUID, result: RunResult) -> None:
    def end(connection: Connection) -> None:
        store.set_end(
            connection,
            district,
            result.run_id,
            clock.now(),
            outcome=result.outcome.value,
            counts=result.counts,
            progress=100 if result.outcome is Outcome.DONE else None,
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
def _heartbeat(database: Database, clock: Clock, district: UUID, run: UUID) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            try:
                database.run(lambda c: store.set_heartbeat(c, district, run, clock.now()), district)
            except Exception:  # noqa: BLE001 - a missed heartbeat is no reason to stop the work
                _log.exception("heartbeat not recorded", run=str(run))

    thread = threading.Thread(target=beat, name=f"heartbeat-{run}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
