"""The district's calendar of working days: read for a reckoning, seeded from what was announced, set day by day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import calendar_store
from app.cycles.working_days import (
    YEAR_MAX,
    YEAR_MIN,
    CalendarDay,
    Reckoned,
    Source,
    WorkCalendar,
    announced,
)
from app.kit.errors import LongwenError


class YearOutOfRange(LongwenError):
    """Days off are announced in this form since 2004."""

    code = "year_out_of_range"
    zh = "工作日历只有 {first} 年至 {last} 年，没有 {year} 年。"
    en = "The calendar of working days goes from {first} to {last}; {year} is outside."


@dataclass(frozen=True, slots=True)
class YearView:
    """A year's days that differ from Monday to Friday, and how many days are worked; ``assumed``: not announced yet."""

    year: int
    assumed: bool
    working_days: int
    days: tuple[CalendarDay, ...]


def read(connection: Connection, actor: Actor, since: date) -> WorkCalendar:
    """The calendar from the first day of that year on, for as many questions as there are."""
    first = date(since.year, 1, 1)
    return WorkCalendar(first, {one.day: one for one in calendar_store.list_days(connection, actor.district_id, first)})


def add_working_days(connection: Connection, actor: Actor, day: date, number: int) -> Reckoned:
    """The ``number``-th working day after ``day``, in one statement; see ``WorkCalendar.add_working_days``."""
    return read(connection, actor, day).add_working_days(day, number)


def year(connection: Connection, actor: Actor, year: int) -> YearView:
    """Raises YearOutOfRange."""
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise YearOutOfRange(year=year, first=YEAR_MIN, last=YEAR_MAX, field="year")
    first, last = date(year, 1, 1), date(year, 12, 31)
    calendar = read(connection, actor, first)
    said = {day for day in calendar.days if day.year == year} | set(announced(year))
    return YearView(
        year=year,
        assumed=not calendar.is_announced(year),
        working_days=calendar.count_working_days(first, last),
        days=tuple(calendar.on(day) for day in sorted(said)),
    )


def set_day(connection: Connection, actor: Actor, day: date, *, is_working: bool, note: str | None = None) -> bool:
    """Say for the district whether the day is worked, whatever was announced. False if it was said already.

    Deadlines that are given stay as they are. Raises YearOutOfRange.
    """
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise YearOutOfRange(year=day.year, first=YEAR_MIN, last=YEAR_MAX, field="day")
    wanted = CalendarDay(day, is_working, Source.DISTRICT, note)
    if read(connection, actor, day).days.get(day) == wanted:
        return False
    calendar_store.upsert_day(connection, actor.district_id, wanted, actor.at, actor.account_id)
    return True


def seed(connection: Connection, actor: Actor, years: Collection[int]) -> None:
    """Write down what was announced for the years; what the table has stays, the district's own days above all."""
    days = [day for year in sorted(years) for day in announced(year).values()]
    calendar_store.insert_days(connection, actor.district_id, days, actor.at)
