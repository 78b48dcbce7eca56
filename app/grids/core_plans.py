"""A grid's calendar: the year's main line, a quarter's theme, a month's highlight, a week's activity (seed 004)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.kit.calendar import is_quarter, month_days, quarter_days

_YEAR, _MONTH, _WEEK = re.compile(r"\d{4}"), re.compile(r"\d{4}-(0[1-9]|1[0-2])"), re.compile(r"(\d{4})-W(\d{2})")


class PlanLevel(StrEnum):
    """From the widest to the narrowest."""

    YEAR = "year"  # 年主线
    QUARTER = "quarter"  # 季主题
    MONTH = "month"  # 月亮点
    WEEK = "week"  # 周活动

    @property
    def above(self) -> PlanLevel | None:
        levels = list(PlanLevel)
        return levels[levels.index(self) - 1] if self is not PlanLevel.YEAR else None


ONE_A_WINDOW = frozenset({PlanLevel.YEAR, PlanLevel.QUARTER})
LEVEL_NAMES = {
    PlanLevel.YEAR: "年主线",
    PlanLevel.QUARTER: "季主题",
    PlanLevel.MONTH: "月亮点",
    PlanLevel.WEEK: "周活动",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One item; ``parent_id`` is what it serves, one level up. ``activity_id`` is the session that it became."""

    id: UUID
    grid_id: UUID
    level: PlanLevel
    window: str
    parent_id: UUID | None
    title: str
    host_id: UUID | None
    activity_id: UUID | None
    dropped: bool


@dataclass(frozen=True, slots=True)
class GridCalendar:
    """A grid's year, and the windows in which something is missing, up to the day."""

    year: str
    plans: tuple[Plan, ...]
    missing: tuple[tuple[PlanLevel, str], ...]


def window_days(level: PlanLevel, window: str) -> tuple[date, date] | None:
    """First and last day; None where the code is none of that level's."""
    if level is PlanLevel.YEAR and _YEAR.fullmatch(window) and window > "0000":
        return date(int(window), 1, 1), date(int(window), 12, 31)
    if level is PlanLevel.QUARTER and is_quarter(window) and window > "0001":
        return quarter_days(window)
    if level is PlanLevel.MONTH and _MONTH.fullmatch(window) and window > "0001":
        return month_days(window)
    week = _WEEK.fullmatch(window) if level is PlanLevel.WEEK else None
    try:
        first = date.fromisocalendar(int(week[1]), int(week[2]), 1) if week is not None else None
    except ValueError:
        return None
    return None if first is None else (first, first + timedelta(days=6))


def is_inside(level: PlanLevel, window: str, parent_level: PlanLevel, parent_window: str) -> bool:
    """Whether the one contains the other; a week is of the month that has its Thursday, as ISO counts."""
    inner, outer = window_days(level, window), window_days(parent_level, parent_window)
    if inner is None or outer is None:
        return False
    middle = inner[0] + timedelta(days=3) if level is PlanLevel.WEEK else inner[0]
    return outer[0] <= middle <= outer[1]


def codes_of(level: PlanLevel, year: int, until: date) -> list[str]:
    """The windows of the year that have begun by the day."""
    day, found = date(year, 1, 1), dict[str, None]()
    while day <= min(until, date(year, 12, 31)):
        iso = day.isocalendar()
        codes = {
            PlanLevel.YEAR: f"{year:04d}",
            PlanLevel.QUARTER: f"{year:04d}Q{(day.month + 2) // 3}",
            PlanLevel.MONTH: f"{year:04d}-{day.month:02d}",
            PlanLevel.WEEK: f"{iso.year:04d}-W{iso.week:02d}",
        }
        if level is not PlanLevel.WEEK or iso.year == year:
            found[codes[level]] = None
        day += timedelta(days=1)
    return list(found)


def calendar_of(year: int, plans: Iterable[Plan], today: date, since: date) -> GridCalendar:
    """The year's plans in order; missing are begun windows without one, from the grid's first day on."""
    order = list(PlanLevel)
    code = f"{year:04d}"
    own: Sequence[Plan] = sorted(
        (one for one in plans if one.window.startswith(code)),
        key=lambda one: (order.index(one.level), one.window, one.id),
    )
    planned = {(one.level, one.window) for one in own if not one.dropped}
    missing = tuple(
        (level, window)
        for level in PlanLevel
        for window in codes_of(level, year, today)
        if (level, window) not in planned and _ends(level, window) >= since
    )
    return GridCalendar(code, tuple(own), missing)


def _ends(level: PlanLevel, window: str) -> date:
    days = window_days(level, window)
    return days[1] if days is not None else date.min
