"""When cron fields come due: found day by day and remembered: every look asks for the same year of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

Times = tuple[tuple[str, str | int], ...]
_DAYS_MAX = 16 * 1024  # a year and more of each line of the table


def fires(times: Times, zone: str, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments from the first to the last, both inclusive, at which the fields come due in the zone."""
    day, end = (one.astimezone(ZoneInfo(zone)).date() for one in (first, last))
    while day <= end:
        yield from (one for one in _fires_on(times, zone, day) if first <= one <= last)
        day += timedelta(days=1)


@lru_cache
def _trigger(times: Times, zone: str) -> CronTrigger:
    return CronTrigger(timezone=zone, **dict(times))


@lru_cache(maxsize=_DAYS_MAX)
def _fires_on(times: Times, zone: str, day: date) -> tuple[datetime, ...]:
    trigger = _trigger(times, zone)
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    found: list[datetime] = []
    fire = trigger.get_next_fire_time(None, midnight)
    while fire is not None and fire.date() == day:
        found.append(fire)
        fire = trigger.get_next_fire_time(fire, fire)
    return tuple(found)
