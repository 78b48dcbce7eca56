"""The sample's own clock, and what only the sample answers: how far it stands, and its beginning district."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException
from pydantic import Field

from app.kit.clock import SystemClock
from app.kit.http import Answer, Model
from app.schedule import TIME_ZONE

ZONE = ZoneInfo(TIME_ZONE)
MORNING = time(10)  # of a day, when its scheduled work is over
BEGINS = datetime(2026, 11, 23, 2, tzinfo=UTC)  # the Monday after the last day that the sample tells


class SampleClock:
    """Goes on from where it stood when the sample was last served, whatever the machine's clock shows."""

    def __init__(self, file: Path) -> None:
        self._file = file
        begins = datetime.fromisoformat(file.read_text()) if file.exists() else BEGINS
        self._ahead = begins - SystemClock().now()

    def now(self) -> datetime:
        return SystemClock().now() + self._ahead

    @property
    def today(self) -> date:
        return self.now().astimezone(ZONE).date()

    @property
    def last_morning(self) -> date:
        """The last day whose morning has come."""
        return (self.now().astimezone(ZONE) - timedelta(hours=MORNING.hour)).date()

    def put_to_morning_of(self, day: date) -> None:
        """Put it forward; where it is later already, it stays."""
        missing = datetime.combine(day, MORNING, ZONE) - self.now()
        self._ahead += max(missing, timedelta())

    def keep(self) -> None:
        """Write down where it stands, for when the sample is served again."""
        self._file.write_text(self.now().isoformat())


class NoSuchDay(Exception):
    """The sample cannot stand on the day; in words."""


class Forward(Model):
    """By how many days."""

    days: int = Field(ge=1, le=30)


class Shown(Answer):
    """What the clock shows."""

    now: datetime


def sample_router(
    now: Callable[[], datetime], put_forward: Callable[[int], None], begin: Callable[[], None]
) -> APIRouter:
    """``/sample/…``: a real service goes by the machine's clock, and its districts are made at the command line."""
    router = APIRouter()

    @router.get("/sample/clock", include_in_schema=False)
    def read() -> Shown:
        return Shown(now=now())

    @router.post("/sample/clock", include_in_schema=False)
    def forward(body: Forward) -> Shown:
        """Let so many days pass, each with its jobs."""
        try:
            put_forward(body.days)
        except NoSuchDay as error:
            raise HTTPException(409, str(error)) from error
        return read()

    @router.post("/sample/beginners", include_in_schema=False, status_code=204)
    def begin_district() -> None:
        """The beginning district, where it is not there yet."""
        begin()

    return router
