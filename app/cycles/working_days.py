"""Working days of the Chinese calendar: weekends, public holidays, and the weekend days that are worked for them.

Each autumn the State Council announces the next year's days off and made-up working days; ``holidays`` carries them.
A year that nobody has announced yet is counted by weekends alone, and whatever is counted through it says ``assumed``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

YEAR_MIN, YEAR_MAX = 2004, 2100  # from when on days off are announced in this form; as far as anybody plans
DAYS_MAX = 366  # of one reckoning: no deadline of ours is a year of working days away
_MADE_UP = "调休上班"


class Source(StrEnum):
    """Where it is said whether a day is worked."""

    ANNOUNCED = "announced"  # by the State Council
    DISTRICT = "district"  # by the district itself, over what was announced
    WEEKDAY = "weekday"  # Monday to Friday are worked: the rule where nothing else is said


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day; ``note`` is the holiday's name, or the district's reason."""

    day: date
    is_working: bool
    source: Source
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day that was counted to; ``assumed`` if days of a year not yet announced were counted through."""

    day: date
    assumed: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """What a district's calendar says from ``since`` on: ``days`` are those that its table has."""

    since: date
    days: Mapping[date, CalendarDay] = field(default_factory=dict)

    def on(self, day: date) -> CalendarDay:
        """What holds on the day: the table, else the announcement, else the weekday. ValueError before ``since``."""
        if day < self.since:
            raise ValueError(f"the calendar was read from {self.since} on; {day} lies before")
        found = self.days.get(day) or announced(day.year).get(day)
        return found or CalendarDay(day, day.weekday() < 5, Source.WEEKDAY)

    def is_working(self, day: date) -> bool:
        return self.on(day).is_working

    def is_assumed(self, day: date) -> bool:
        """Whether the day's year is not announced, and the district has said nothing about the day."""
        return self.on(day).source is Source.WEEKDAY and not self.is_announced(day.year)

    def is_announced(self, year: int) -> bool:
        """Whether the year's days off are known, from the table or from the package."""
        kept = any(one.source is Source.ANNOUNCED and one.day.year == year for one in self.days.values())
        return kept or bool(announced(year))

    def add_working_days(self, day: date, number: int) -> Reckoned:
        """The ``number``-th working day after ``day``, which does not count itself; 0 gives ``day``, worked or not.

        ValueError for a number below 0 or above ``DAYS_MAX``.
        """
        if not 0 <= number <= DAYS_MAX:
            raise ValueError(f"{number} working days: from 0 to {DAYS_MAX}")
        assumed = False
        left = number
        while left:
            day += timedelta(days=1)
            assumed = assumed or self.is_assumed(day)
            left -= self.is_working(day)
        return Reckoned(day, assumed)

    def count_working_days(self, first: date, last: date) -> int:
        """How many days from ``first`` to ``last``, both included, are worked."""
        return sum(self.is_working(first + timedelta(days=passed)) for passed in range((last - first).days + 1))


@cache
def announced(year: int) -> Mapping[date, CalendarDay]:
    """The year's weekdays that are off and weekend days that are worked, in order; empty if nobody has announced it.

    An announced year is known by its made-up working days: there has been none without.
    """
    if not YEAR_MIN <= year <= YEAR_MAX:
        return {}
    import holidays  # noqa: PLC0415 - it takes longer to load than most commands to run, and few of them need it

    known = holidays.country_holidays("CN", years=year, language="zh_CN")
    made_up = {day for day in known.weekend_workdays if day.year == year}
    if not made_up:
        return {}
    off = {day: name for day, name in known.items() if day.year == year and day.weekday() < 5}
    days = [CalendarDay(day, is_working=False, source=Source.ANNOUNCED, note=name) for day, name in off.items()]
    days += [CalendarDay(day, is_working=True, source=Source.ANNOUNCED, note=_MADE_UP) for day in made_up]
    return _by_day(days)


def _by_day(days: Iterable[CalendarDay]) -> dict[date, CalendarDay]:
    return {one.day: one for one in sorted(days, key=lambda one: one.day)}
