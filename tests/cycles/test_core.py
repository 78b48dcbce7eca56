"""What may be booked in which quarter, and what the calendar makes of a quarter."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from app.cycles.core import (
    ADMITTED,
    Act,
    NoCycle,
    NoOpenQuarter,
    Quarter,
    QuarterState,
    booking_quarter,
    quarter_on,
    state_on,
)
from app.kit.calendar import quarter_days

CODES = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")
EVERY = tuple(QuarterState)
OPEN, CHECK, NOTICE, SEALED = EVERY


def quarters(*states: QuarterState) -> list[Quarter]:
    return [Quarter(code, "2026", *quarter_days(code), state) for code, state in zip(CODES, states, strict=True)]


def quarter(state: QuarterState) -> Quarter:
    return Quarter("2026Q3", "2026", date(2026, 7, 1), date(2026, 9, 30), state)


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        (OPEN, {Act.RECORD, Act.DECISION, Act.CHECK, Act.OBJECTION}),
        (CHECK, {Act.DECISION, Act.CHECK, Act.OBJECTION}),
        (NOTICE, {Act.CHECK, Act.OBJECTION}),
        (SEALED, set()),
    ],
)
def test_each_state_admits_less_than_the_one_before(state: QuarterState, acts: set[Act]) -> None:
    assert ADMITTED[state] == acts


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("own", range(4))
def test_an_entry_is_booked_in_the_earliest_quarter_from_its_own_on_that_admits_it(own: int, act: Act) -> None:
    """Over every combination of states, also those that no calendar makes."""
    day = quarter_days(CODES[own])[1]
    for states in product(EVERY, repeat=4):
        admitting = [at for at in range(own, 4) if act in ADMITTED[states[at]]]
        given = quarters(*states)[::-1]  # whatever order they come in
        if admitting:
            assert booking_quarter(given, day, act).code == CODES[admitting[0]]
        else:
            with pytest.raises(NoOpenQuarter):
                booking_quarter(given, day, act)


@pytest.mark.parametrize(
    ("not_before", "booked"), [("", "2026Q1"), ("2026Q1", "2026Q1"), ("2026Q3", "2026Q3"), ("2025Q4", "2026Q1")]
)
def test_a_reversal_is_not_booked_before_its_original(not_before: str, booked: str) -> None:
    found = booking_quarter(quarters(OPEN, OPEN, OPEN, OPEN), date(2026, 2, 1), Act.DECISION, not_before=not_before)
    assert found.code == booked


def test_nothing_is_booked_before_an_original_even_where_nothing_is_open_from_then_on() -> None:
    with pytest.raises(NoOpenQuarter):
        booking_quarter(quarters(OPEN, OPEN, OPEN, SEALED), date(2026, 2, 1), Act.OBJECTION, not_before="2026Q4")


def test_a_closed_years_correction_is_booked_in_the_next_year_and_a_cycle_is_not_left_to_code_order() -> None:
    following = Quarter("2027Q1", "2027", date(2027, 1, 1), date(2027, 3, 31), OPEN)
    found = booking_quarter([following, *quarters(SEALED, SEALED, SEALED, SEALED)], date(2026, 5, 1), Act.RECORD)
    assert found == following


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31)])
def test_the_first_and_last_day_of_a_quarter_are_its_own(day: date) -> None:
    found = quarter_on(quarters(OPEN, OPEN, OPEN, OPEN), day)
    assert found.starts_on <= day <= found.ends_on


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_every_cycle_has_no_quarter(day: date) -> None:
    for act in Act:
        with pytest.raises(NoCycle):
            booking_quarter(quarters(OPEN, OPEN, OPEN, OPEN), day, act)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 9, 30), OPEN),
        (date(2026, 10, 1), OPEN),
        (date(2026, 10, 10), OPEN),
        (date(2026, 10, 11), CHECK),
        (date(2026, 10, 15), CHECK),
        (date(2026, 10, 16), NOTICE),
        (date(2027, 3, 1), NOTICE),
    ],
)
def test_the_calendar_closes_a_quarter_on_the_11th_and_starts_its_notice_on_the_16th(
    today: date, state: QuarterState
) -> None:
    assert state_on(quarter(OPEN), today) is state


def test_the_fourth_quarter_closes_in_january() -> None:
    fourth = Quarter("2026Q4", "2026", date(2026, 10, 1), date(2026, 12, 31), OPEN)
    assert [state_on(fourth, date(2027, 1, day)) for day in (10, 11, 16)] == [OPEN, CHECK, NOTICE]


@pytest.mark.parametrize("state", EVERY)
def test_no_day_takes_a_quarter_backwards(state: QuarterState) -> None:
    order = list(EVERY)
    first = date(2026, 8, 1)
    seen = [state_on(quarter(state), first + timedelta(days=day)) for day in range(120)]
    assert all(order.index(found) >= order.index(state) for found in seen)
    assert [order.index(found) for found in seen] == sorted(order.index(found) for found in seen)
    assert SEALED not in seen or state is SEALED, "the seal is not the calendar's to give"
