"""What is worked out once for all who ask for it at about the same time, and kept for a moment.

Whoever asks first works it out; whoever asks meanwhile waits for the same result. It is not worked out again until it
is ``seconds`` old, or three times as old as the work took, whichever is longer: so that work which takes long takes a
quarter of one processor at most, however many ask.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_REST = 3.0  # times the work's own time
_SPARE = 1.25  # while it is worked out anew, what is a little older still serves those who do not do the work


@dataclass(frozen=True, slots=True)
class _Result:
    value: Any
    began: float  # the moment that the value tells of, at the latest
    took: float
    seen: object
    hint: object
    is_early: bool
    state: object


@dataclass(frozen=True, slots=True)
class _Work:
    """Under way: everybody who comes waits for its future."""

    began: float
    seen: object
    hint: object
    is_early: bool  # worked out before its time, for the hint's sake
    future: Future[Any]


class Kept(Generic[Key, Value]):
    """Of one process. With ``seconds`` 0 nothing is kept or shared; what is asked for least recently goes first.

    ``clock`` only goes forward; its moment means nothing.
    """

    def __init__(self, seconds: float, count_max: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._seconds = seconds
        self._count_max = count_max
        self._results: OrderedDict[Key, _Result] = OrderedDict()
        self._work: dict[Key, _Work] = {}
        self._lock = Lock()

    def get(
        self,
        key: Key,
        work: Callable[[], Value],
        *,
        seen: object = None,
        hint: object = None,
        since: float | None = None,
        state: Callable[[], object] | None = None,
    ) -> Value:
        """The kept value, or what ``work`` returns now; whoever waits for it is raised what it raises.

        A value that was worked out when ``seen`` was something else is not used, nor one begun before ``since``. Where
        the ``hint`` was something else it is worked out early, once before its time: whoever has just changed something
        sees it, and however much is changed, the work is done twice as often at most. ``state`` tells, before the work,
        of all that it reads: as long as that stays what it was, the work is not done again.
        """
        now = self.clock()
        with self._lock:
            result, is_early = self._results.get(key), False
            good = result is not None and result.seen == seen and (since is None or result.began >= since)
            if result is not None and good:
                self._results.move_to_end(key)
                age, rest = now - result.began, max(self._seconds, _REST * result.took)
                is_early = result.hint != hint and not result.is_early and age < rest and age >= _REST * result.took
                is_worked_on = key in self._work
                if not is_early and (age < rest or (is_worked_on and age < _SPARE * rest)):
                    found: Value = result.value
                    return found
            under_way = self._work.get(key)
            if under_way is not None and self._serves(under_way, seen, hint, since):
                own = None
            else:
                own = under_way = _Work(now, seen, hint, is_early, Future())
                self._work[key] = own
        if own is None:
            joined: Value = under_way.future.result()
            return joined
        return self._do(key, own, work, state)

    def _serves(self, under_way: _Work, seen: object, hint: object, since: float | None) -> bool:
        """Whether what comes of it is good for who asks now."""
        if self._seconds == 0 or under_way.seen != seen:
            return False
        if under_way.hint != hint and not under_way.is_early:
            return False
        return under_way.began >= since if since is not None else True

    def _do(self, key: Key, own: _Work, work: Callable[[], Value], state: Callable[[], object] | None) -> Value:
        try:
            found = None if state is None else state()
            with self._lock:
                before = self._results.get(key)
            value: Value
            if found is not None and before is not None and (before.state, before.seen) == (found, own.seen):
                value, took = before.value, before.took
            else:
                value = work()
                took = self.clock() - own.began
        except BaseException as error:
            own.future.set_exception(error)
            raise
        else:
            own.future.set_result(value)
            self._keep(key, _Result(value, own.began, took, own.seen, own.hint, own.is_early, found))
            return value
        finally:
            with self._lock:
                if self._work.get(key) is own:
                    del self._work[key]

    def _keep(self, key: Key, result: _Result) -> None:
        if self._seconds == 0:
            return
        with self._lock:
            before = self._results.get(key)
            if before is None or before.began <= result.began:
                self._results[key] = result
                self._results.move_to_end(key)
            if len(self._results) > self._count_max:
                self._results.popitem(last=False)
