"""Windows of the calendar: months, quarters, half-years and years, named by short codes.

Codes are ordered as text in the order of time: ``2026-09`` (month), ``2026Q3`` (quarter), ``2026H1`` (half-year),
``2026`` (year). Quarters are calendar quarters in every district, whatever months its cycle spans. A year that begins
in another month than January is named by both of the years it lies in: ``2026-2027``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")


class Window(StrEnum):
    """A span of the calendar within which something is counted."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


WINDOW_LENGTH = {Window.MONTH: 1, Window.QUARTER: 3, Window.HALF: 6, Window.YEAR: 12}


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def quarter_of(day: date) -> str:
    return f"{day.year:04d}Q{(day.month + 2) // 3}"


def quarter_of_window(window: str) -> str:
    """The quarter that a month or quarter code lies in."""
    if "Q" in window:
        return window
    return f"{window[:4]}Q{(int(window[5:7]) + 2) // 3}"


def is_quarter(code: str) -> bool:
    return _QUARTER.match(code) is not None


def quarter_days(code: str) -> tuple[date, date]:
    """First and last day of a quarter; ValueError if the code is not one."""
    match = _QUARTER.match(code)
    if match is None:
        raise ValueError(f"{code!r} is not a quarter such as 2026Q3")
    year, number = int(match[1]), int(match[2])
    return date(year, 3 * number - 2, 1), date(year, 3 * number, 31 if number in (1, 4) else 30)


def next_quarter(code: str) -> str:
    return quarter_of(quarter_days(code)[1] + timedelta(days=1))


def quarters_between(first: date, last: date) -> tuple[str, ...]:
    """Every quarter from the one of ``first`` to the one of ``last``, in order."""
    codes = [quarter_of(first)]
    end = quarter_of(last)
    while codes[-1] < end:
        codes.append(next_quarter(codes[-1]))
    return tuple(codes)


def half_of(day: date) -> str:
    return f"{day.year:04d}H{1 if day.month <= 6 else 2}"


def months_of(quarter: str) -> tuple[str, str, str]:
    """The codes of a quarter's three months."""
    first = quarter_days(quarter)[0]
    return (
        f"{first.year:04d}-{first.month:02d}",
        f"{first.year:04d}-{first.month + 1:02d}",
        f"{first.year:04d}-{first.month + 2:02d}",
    )


def month_days(code: str) -> tuple[date, date]:
    """First and last day of a month such as 2026-09."""
    first = date(int(code[:4]), int(code[5:7]), 1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def half_days(code: str) -> tuple[date, date]:
    """First and last day of a half-year such as 2026H1."""
    year = int(code[:4])
    return (date(year, 1, 1), date(year, 6, 30)) if code[-1] == "1" else (date(year, 7, 1), date(year, 12, 31))


def period_days(day: date, first_month: int, period: Window) -> tuple[date, date]:
    """First and last day of the period that holds the day, where years begin in ``first_month`` (1 to 12)."""
    months = (day.month - first_month) % 12 % WINDOW_LENGTH[period]  # of the period that lie before the day's
    first = _month_later(day.replace(day=1), -months)
    return first, _month_later(first, WINDOW_LENGTH[period]) - timedelta(days=1)


def period_code(first: date, period: Window) -> str:
    """The name of the period that begins on ``first``."""
    if period is Window.YEAR:
        return f"{first.year:04d}" if first.month == 1 else f"{first.year:04d}-{first.year + 1:04d}"
    return {Window.HALF: half_of, Window.QUARTER: quarter_of, Window.MONTH: month_of}[period](first)


def _month_later(first: date, months: int) -> date:
    """The first day of the month that comes ``months`` after that of ``first``."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
