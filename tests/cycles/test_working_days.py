"""Working days as they were announced, and counted by weekdays alone where they were not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cycles.working_days import CalendarDay, Reckoned, Source, WorkCalendar, announced

CALENDAR = WorkCalendar(date(2024, 1, 1))


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-26",  # Sunday, for the Spring Festival
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ],
)
def test_made_up_weekend_days_are_worked(day: str) -> None:
    found = CALENDAR.on(date.fromisoformat(day))
    assert found.day.weekday() >= 5
    assert (found.is_working, found.source, found.note) == (True, Source.ANNOUNCED, "调休上班")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2025-01-01", "2025-01-01"),
        ("2025-01-28", "2025-02-04"),
        ("2025-05-01", "2025-05-05"),
        ("2025-10-01", "2025-10-08"),
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"),
        ("2026-06-19", "2026-06-21"),
        ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"),
    ],
)
def test_holidays_are_off(first: str, last: str) -> None:
    assert CALENDAR.count_working_days(date.fromisoformat(first), date.fromisoformat(last)) == 0


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_were_announced(year: int, days: int) -> None:
    assert CALENDAR.count_working_days(date(year, 1, 1), date(year, 12, 31)) == days


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        ("2026-09-30", 0, "2026-09-30"),
        ("2026-09-30", 1, "2026-10-08"),  # over the National Day holiday
        ("2026-09-30", 3, "2026-10-10"),  # a made-up Saturday
        ("2026-09-30", 4, "2026-10-12"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 5, "2026-02-28"),
        ("2026-11-20", 5, "2026-11-27"),
        ("2026-10-01", 0, "2026-10-01"),
    ],
)
def test_a_deadline_counts_from_the_day_after(day: str, number: int, expected: str) -> None:
    found = CALENDAR.add_working_days(date.fromisoformat(day), number)
    assert found == Reckoned(date.fromisoformat(expected), assumed=False)


@pytest.mark.parametrize("number", [-1, 367])
def test_no_deadline_lies_before_its_beginning_or_out_of_sight(number: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.add_working_days(date(2026, 1, 1), number)


# A year that nobody has announced: far enough off that no version of the package knows it.

UNKNOWN = 2090


def test_a_year_not_announced_is_counted_by_weekdays_and_says_so() -> None:
    assert announced(UNKNOWN) == {}
    calendar = WorkCalendar(date(UNKNOWN, 1, 1))
    friday = date(UNKNOWN, 9, 29)
    assert friday.weekday() == 4
    assert calendar.add_working_days(friday, 1) == Reckoned(friday + timedelta(days=3), assumed=True)
    assert calendar.add_working_days(friday, 0) == Reckoned(friday, assumed=False)


def test_what_is_counted_into_such_a_year_is_assumed_from_its_first_day_on() -> None:
    rows = {
        date(UNKNOWN - 1, 10, 3): CalendarDay(date(UNKNOWN - 1, 10, 3), False, Source.ANNOUNCED, "国庆节"),
    }
    calendar = WorkCalendar(date(UNKNOWN - 1, 1, 1), rows)
    assert calendar.add_working_days(date(UNKNOWN - 1, 12, 1), 5).assumed is False
    assert calendar.add_working_days(date(UNKNOWN - 1, 12, 29), 5).assumed is True


def test_the_district_has_the_last_word() -> None:
    rows = {
        day: CalendarDay(day, is_working, Source.DISTRICT, "台风")
        for day, is_working in {date(2026, 11, 23): False, date(2026, 10, 1): True, date(2026, 11, 28): True}.items()
    }
    calendar = WorkCalendar(date(2026, 1, 1), rows)
    assert [calendar.is_working(day) for day in sorted(rows)] == [True, False, True]
    assert calendar.add_working_days(date(2026, 11, 20), 6) == Reckoned(date(2026, 11, 30), assumed=False)


def test_a_day_that_the_district_has_set_is_not_assumed() -> None:
    day = date(UNKNOWN, 5, 1)
    calendar = WorkCalendar(date(UNKNOWN, 1, 1), {day: CalendarDay(day, False, Source.DISTRICT)})
    assert (calendar.is_assumed(day), calendar.is_assumed(day + timedelta(days=1))) == (False, True)


def test_a_calendar_is_not_asked_for_days_before_it_was_read() -> None:
    with pytest.raises(ValueError, match="was read from"):
        CALENDAR.is_working(date(2023, 12, 31))


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 60))
def test_the_nth_working_day_is_worked_and_has_n_working_days_behind_it(day: date, number: int) -> None:
    found = CALENDAR.add_working_days(day, number).day
    assert CALENDAR.is_working(found)
    assert CALENDAR.count_working_days(day + timedelta(days=1), found) == number
