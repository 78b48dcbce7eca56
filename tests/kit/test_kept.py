"""What is worked out once for all who ask."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from app.kit.kept import Kept

ASKING = 16


class Seconds:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def counting(told: list[int]) -> Callable[[], int]:
    def work() -> int:
        told.append(len(told) + 1)
        return told[-1]

    return work


def test_all_who_ask_at_once_wait_for_the_same_work(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)
    told: list[int] = []
    begun, go_on, together = Event(), Event(), Barrier(ASKING)

    def work() -> int:
        begun.set()
        assert go_on.wait(30)
        return counting(told)()

    def ask() -> int:
        together.wait(30)
        return kept.get("board", work)

    with ThreadPoolExecutor(ASKING) as pool:
        asking = [pool.submit(ask) for _ in range(ASKING)]
        assert begun.wait(30)
        go_on.set()
        assert [one.result(30) for one in asking] == [1] * ASKING
    assert told == [1]


def test_it_is_worked_out_again_when_it_is_old_and_not_before(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)
    work = counting([])
    found = []
    for seconds.now in (100.0, 100.5, 100.99, 101.0, 101.9, 102.1):
        found.append(kept.get("board", work))
    assert found == [1, 1, 1, 2, 2, 3]


def test_what_takes_long_is_done_a_quarter_of_the_time_at_most(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)
    told: list[int] = []

    def work() -> int:
        seconds.now += 2.0
        return counting(told)()

    moments = []
    for seconds.now in (100.0, 102.0, 105.9, 106.0):
        kept.get("board", work)
        moments.append(len(told))
    assert moments == [1, 1, 1, 2]


def test_what_was_seen_and_since_when_decide_too(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)
    work = counting([])
    assert [kept.get("board", work, seen=1), kept.get("board", work, seen=1), kept.get("board", work, seen=2)] == [
        1,
        1,
        2,
    ]
    seconds.now += 0.5
    assert kept.get("board", work, seen=2, since=100.4) == 3
    assert kept.get("board", work, seen=2, since=100.4) == 3


def test_who_changed_something_sees_it_and_it_is_done_twice_as_often_at_most(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)
    work = counting([])
    found = [kept.get("board", work, hint=hint) for hint in (1, 1, 2, 3, 4)]
    assert found == [1, 1, 2, 2, 2]
    seconds.now += 1.0
    assert [kept.get("board", work, hint=hint) for hint in (4, 5, 6)] == [3, 4, 4]


def test_as_long_as_nothing_changes_that_it_reads_the_work_is_not_done_again(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)
    work = counting([])
    found = []
    for state in ("a", "a", "a", "b", "b", None, None, "b"):
        found.append(kept.get("board", work, state=lambda told=state: told))  # type: ignore[misc]
        seconds.now += 1.0
    assert found == [1, 1, 1, 2, 2, 3, 4, 5], "what cannot tell of changes is taken for one"
    assert kept.get("board", work, seen=1, state=lambda: "b") == 6


def test_after_reuse_what_takes_long_still_rests(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)
    told: list[int] = []

    def work() -> int:
        seconds.now += 2.0
        return counting(told)()

    found = []
    for seconds.now, state in ((100.0, "a"), (106.0, "a"), (107.0, "b"), (111.9, "b"), (112.0, "b")):
        kept.get("board", work, state=lambda now=state: now)  # type: ignore[misc]
        found.append(len(told))
    assert found == [1, 1, 1, 1, 2]


def test_who_waits_is_raised_what_the_work_raises_and_the_next_tries_again(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(1.0, 10, seconds)

    def fail() -> int:
        raise ValueError("no database")

    with pytest.raises(ValueError, match="no database"):
        kept.get("board", fail)
    assert kept.get("board", counting([])) == 1


def test_only_so_much_is_kept(seconds: Seconds) -> None:
    kept: Kept[int, int] = Kept(1.0, 3, seconds)
    told: list[int] = []
    worked_out: list[bool] = []
    for key in (1, 2, 3, 1, 4, 1, 2):
        before = len(told)
        kept.get(key, counting(told))
        worked_out.append(len(told) > before)
    assert worked_out == [True, True, True, False, True, False, True]


def test_nothing_is_kept_for_no_time(seconds: Seconds) -> None:
    kept: Kept[str, int] = Kept(0, 10, seconds)
    work = counting([])
    assert [kept.get("board", work) for _ in range(3)] == [1, 2, 3]
