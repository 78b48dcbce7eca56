"""What is known of scheduled work: attempts, how they ended, and what is left to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.auth.core import Actor
from app.kit.words import Words

LOST_AFTER = timedelta(seconds=60)  # six heartbeats
RUNS_MAX = 200

# Work is handed the transaction's connection, which is nothing to this file.
Work = Callable[[Any, Actor, str], dict[str, int]]


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
    """What is known of an attempt: how it ended, or that it has not."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    ELSEWHERE = "elsewhere"
    NOT_DUE = "not_due"
    FAILED = "failed"
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
    """One attempt as recorded; ``attempt`` counts those of its slot from 1, ``progress`` is in percent."""

    id: UUID
    job: str
    slot: str
    state: State
    attempt: int
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    progress: int | None
    counts: dict[str, int]
    error: str | None

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is not over."""
        return None if self.ended_at is None else round((self.ended_at - self.started_at).total_seconds(), 1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One job for one slot."""

    job: str
    slot: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A line of the table of scheduled work, with what the district has of it.

    ``open_slots`` are those that fell due and are not done, oldest first.
    """

    name: str
    title: Words
    times: Words
    after: str | None
    slot: str
    open_slots: tuple[str, ...]
    done_last: str | None
    last: Run | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """Attempts, the latest first; ``following`` is the cursor of the next page."""

    runs: tuple[Run, ...]
    following: tuple[datetime, UUID] | None
