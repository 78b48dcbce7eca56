"""The sample's days pass: each with all its jobs, as a scheduler would run them, and with what people do on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock

from app import schedule
from app.job_runs.service import Outcome
from app.kit.ciphers import FieldCipher
from app.kit.db import Database
from app.kit.settings import Settings
from tests.sample.clock import NoSuchDay, SampleClock

LAST_OF_ALL = date(2027, 3, 31)  # afterwards nobody in the sample records anything, and silence loses points
_DAY = timedelta(days=1)
# Packs take minutes: whoever serves the sample makes them meanwhile.
_ROUNDS = tuple(one for one in schedule.ROUNDS if one.name != "packs")

Scenes = Mapping[date, Callable[[], object]]


class WorkFailed(Exception):
    """A job failed, which in the sample none may."""


@dataclass
class Days:
    """Lets days pass, one after the other; ``scenes`` is what the sample's people do on some of them."""

    database: Database
    clock: SampleClock
    settings: Settings
    cipher: FieldCipher
    scenes: Scenes = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lived = self.clock.last_morning
        self._turn = Lock()

    def until(self, day: date, passed: Callable[[], object] = lambda: None) -> None:
        """Live up to the morning of the day. Raises NoSuchDay for one that is over or too far, and WorkFailed."""
        if day < self.clock.today:
            raise NoSuchDay(
                f"样例已到 {self.clock.today}，不能退回到 {day}；要从头开始，请先运行 make demo-clean。"
                f" · The sample stands on {self.clock.today} and does not go back to {day};"
                " make demo-clean begins it anew."
            )
        if day > LAST_OF_ALL:
            raise NoSuchDay(
                f"样例最远到 {LAST_OF_ALL}，不到 {day}。 · The sample goes as far as {LAST_OF_ALL}, not to {day}."
            )
        with self._turn:
            self._live_until(day, passed)

    def put_forward(self, days: int) -> None:
        """Let so many days pass."""
        self.until(self.clock.today + timedelta(days=days))

    def keep_up(self) -> None:
        """Live the mornings that have come while the sample was served, and write down what the clock shows."""
        with self._turn:
            self._live_until(self.clock.last_morning)
            self.clock.keep()

    def _live_until(self, day: date, passed: Callable[[], object] = lambda: None) -> None:
        while self._lived < day:
            self._live(self._lived + _DAY)
            passed()

    def _live(self, day: date) -> None:
        """What is interrupted is done again from the day's beginning, and adds nothing twice."""
        self.clock.put_to_morning_of(day)
        for one in schedule.run_open_slots(self.database, self.clock):
            if one.outcome is Outcome.FAILED:
                raise WorkFailed(f"{day}: {one.error}")
        for work in _ROUNDS:
            schedule.make_round(self.database, self.clock, self.settings, lambda: self.cipher, work.function())
        self.scenes.get(day, lambda: None)()
        self.clock.keep()
        self._lived = day
