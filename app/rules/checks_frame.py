"""What the cycles of a book must be like, and that no window of its editions is longer than a cycle."""

from __future__ import annotations

from collections.abc import Iterator

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.checks import Draft, walk
from app.rules.document import BookText, MeasureText
from app.rules.faults import FaultList, KeyPath
from app.rules.profiles import cycle_window
from app.rules.source import Source

FIRST_MONTHS = (1, 4, 7, 10)  # quarters are calendar quarters in every district
HALF_YEARS_FROM = (1, 7)  # and so are half-years


def check_cycle(book: BookText, source: Source, faults: FaultList) -> None:
    """Years begin with a quarter; a shorter cycle says what a year comes to (scoring, section 2, rule 8)."""

    def fault(code: str, key: str) -> None:
        path = ("cycle", key)
        faults.add(code, source.file, source.line(path), path, month=book.cycle.first_month.value)

    period = cycle_window(book)
    if book.cycle.first_month.value not in FIRST_MONTHS:
        fault("first_month_off_quarter", "first_month")
    if period is Window.MONTH:
        fault("period_month", "period")
    elif period is Window.HALF and _half_years_split(book):
        fault("period_half_split", "period")
    if period is Window.MONTH:
        return
    if period is Window.YEAR and book.cycle.year is not None:
        fault("year_form_needless", "year")
    elif period is not Window.YEAR and book.cycle.year is None:
        fault("year_form_missing", "period")


def check_windows(draft: Draft) -> None:
    """No window is longer than a cycle, and none is a half-year where years begin in April or October."""
    period = cycle_window(draft.book)
    if period is Window.MONTH:
        return  # told once, in the book's own file
    for path, window in _windows(draft):
        if WINDOW_LENGTH[window] > WINDOW_LENGTH[period]:
            draft.fault("window_beyond_cycle", *path, window=window.value, period=period.value)
        elif window is Window.HALF and period is Window.YEAR and _half_years_split(draft.book):
            draft.fault("window_half_split", *path, month=draft.book.cycle.first_month.value)
    for code, line in draft.edition.lines.items():
        for number, one in enumerate(line.excludes):
            if one.months is not None and one.months > WINDOW_LENGTH[period]:
                place = ("lines", code, "excludes", number, "months")
                draft.fault("months_beyond_cycle", *place, months=one.months, high=WINDOW_LENGTH[period])


def _half_years_split(book: BookText) -> bool:
    """Whether a half-year of the book would be the end of one calendar half and the beginning of the next."""
    month = book.cycle.first_month.value
    return month in FIRST_MONTHS and month not in HALF_YEARS_FROM


def _windows(draft: Draft) -> Iterator[tuple[KeyPath, Window]]:
    """Every window that the edition's file names; a measure without one is taken over the whole cycle."""
    unsaid: set[KeyPath] = set()
    for path, value in walk(draft.edition):
        if isinstance(value, MeasureText) and "window" not in value.model_fields_set:
            unsaid.add((*path, "window"))
        elif isinstance(value, Window) and path not in unsaid:
            yield path, value
