"""The only place that asks what time it is; everything else is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Something that knows the present moment."""

    def now(self) -> datetime:
        """The present moment, in UTC and aware of it."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands where it is put: for tests and for replaying a day."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def business_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of ``moment`` where the district is."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
