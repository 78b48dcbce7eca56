"""Group commit: concurrent requests that record one fact each, of one district, share a transaction.

A request that comes while nobody is at work begins at once and alone. Those that come while a group is under way wait
for it to be committed and go together in the next one, so nobody waits for a caller who has not come yet. Whatever goes
wrong with a group as a whole - a lock that took too long, a lost connection, a fault of ours - its members do over,
each in a transaction of its own, which finds by the request's id what was saved after all.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import LongwenError, Unavailable
from app.points.ledger import Posting
from app.submissions.core import Recorded
from app.submissions.merging import Asked, record_merged

GROUP_MAX = 64  # requests in one transaction
WAITING_MAX = 1_000  # of one district; more are told to come again
_AT_WORK_MAX = 4  # groups of different districts at once, each with a connection of the pool

log = structlog.get_logger("longwen.group")


class Admission(Protocol):
    """Who calls, found out and tested in the transaction; None: in one of their own. Raises the refusal."""

    def __call__(self, connection: Connection, *, at: datetime) -> Actor | None: ...


Asking = Callable[[UUID | None], Sequence[Posting]]
"""What the caller of the account records: one fact."""
Outcome = Recorded | LongwenError | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request: who asks for what, and where the answer is awaited."""

    admit: Admission
    ask: Asking
    request_id: str
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Outcome]

    def tell(self, outcome: Outcome) -> None:
        if not self.answer.done():  # the caller may have gone away
            self.answer.set_result(outcome)


class Group:
    """The requests that wait for their district's next transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._is_closed = False
        self._waiting: dict[UUID, deque[Waiting]] = {}  # of districts at work
        self._workers = ThreadPoolExecutor(_AT_WORK_MAX, thread_name_prefix="group")

    async def record(self, district_id: UUID, admit: Admission, ask: Asking, request_id: str) -> Recorded | None:
        """What became of the fact, once it is committed; None where the request must go through alone.

        Raises what ``admit`` raises, and Unavailable where too many wait already or the service is stopping. Whoever is
        cancelled while waiting is recorded all the same, as a request is that runs in a thread.
        """
        loop = asyncio.get_running_loop()
        mine = Waiting(admit, ask, request_id, loop, loop.create_future())
        with self._lock:
            waiting = self._waiting.get(district_id)
            if self._is_closed or (waiting is not None and len(waiting) >= WAITING_MAX):
                raise Unavailable
            if waiting is None:
                self._waiting[district_id] = deque([mine])
                loop.call_soon(self._begin, district_id)  # whoever is being read just now comes along
            else:
                waiting.append(mine)
        outcome = await mine.answer
        if isinstance(outcome, LongwenError):
            raise outcome
        return outcome

    def close(self) -> None:
        """End the threads, when those at work are done; who still waits then is told that nothing was saved."""
        with self._lock:
            self._is_closed = True
        self._workers.shutdown()

    def _begin(self, district_id: UUID) -> None:
        with self._lock:
            if not self._is_closed:
                self._workers.submit(self._work, district_id)
                return
            left = self._waiting.pop(district_id)
        _tell(left, [Unavailable() for _ in left])

    def _work(self, district_id: UUID) -> None:
        """Commit those who wait, tell them, and see to those who came meanwhile after the other districts' turn."""
        group, outcomes = self._outcomes(district_id)
        left: deque[Waiting] = deque()
        with self._lock:
            if self._waiting[district_id] and not self._is_closed:
                self._workers.submit(self._work, district_id)
            else:
                left = self._waiting.pop(district_id)
        _tell(group, outcomes)
        _tell(left, [Unavailable() for _ in left])

    def _outcomes(self, district_id: UUID) -> tuple[list[Waiting], list[Outcome]]:
        """Of those who go now, after the commit; None for all of them where anything kept it from happening or from
        being known. Whoever comes while the transaction is being opened is among them."""
        group: list[Waiting] = []

        def work(connection: Connection) -> list[Outcome]:
            group.extend(self._taken(district_id))
            return _record(connection, group, self._clock.now())

        try:
            return group, self._database.run(work, district_id, attempts=1)
        except Exception as error:
            group = group or self._taken(district_id)
            log.warning(
                "group_fell_apart",
                cause=type(error.__cause__ or error).__name__,
                requests=[one.request_id for one in group],
                exc_info=not isinstance(error, LongwenError),
            )
            return group, [None] * len(group)

    def _taken(self, district_id: UUID) -> list[Waiting]:
        with self._lock:
            waiting = self._waiting[district_id]
            return [waiting.popleft() for _ in range(min(len(waiting), GROUP_MAX))]


def _record(connection: Connection, group: Sequence[Waiting], at: datetime) -> list[Outcome]:
    outcomes: list[Outcome] = [None] * len(group)
    asked: dict[int, Asked] = {}
    for index, one in enumerate(group):
        try:
            actor = one.admit(connection, at=at)
        except LongwenError as refusal:
            outcomes[index] = refusal
            continue
        if actor is not None:
            asked[index] = Asked(actor, *one.ask(actor.account_id))
    if asked:
        for index, recorded in zip(asked, record_merged(connection, list(asked.values())), strict=True):
            outcomes[index] = recorded
    return outcomes


def _tell(group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
    """Each on its own event loop, with one call to each loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiting, Outcome]]] = {}
    for one, outcome in zip(group, outcomes, strict=True):
        by_loop.setdefault(one.loop, []).append((one, outcome))
    for loop, told in by_loop.items():
        try:
            loop.call_soon_threadsafe(_tell_all, told)
        except RuntimeError:
            log.warning("caller_gone", requests=[one.request_id for one, _ in told])  # its loop is closed


def _tell_all(told: Sequence[tuple[Waiting, Outcome]]) -> None:
    for one, outcome in told:
        one.tell(outcome)
