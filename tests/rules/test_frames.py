"""The time that a book scores over: which years and periods there may be, and windows that fit into them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.calendar import Window, period_code, period_days
from app.rules.book import load_book
from app.rules.core import Frame, MeasureForm, YearForm, year_total
from app.rules.faults import RulesFaulty
from tests.rules.period_books import BY_QUARTER, FROM_JULY, JULY_ITEMS, QUARTER_ITEMS
from tests.rules.small_book import BOOK, ITEMS, edited, line_of, put_book

FIRST_MONTH = "first_month: {value: 1, source: M1}"
PERIOD = "period: {value: quarter, source: M1}"
YEAR = "year: {value: mean, source: M1}"


class Fault(NamedTuple):
    file: str
    code: str
    key: str
    line: int


def faults_of(folder: Path, book: str, items: str) -> list[Fault]:
    with pytest.raises(RulesFaulty) as caught:
        load_book(put_book(folder, book=book, items=items))
    for one in caught.value.faults:
        assert "请" in one.zh, one
        assert one.en.endswith("."), one
    return [Fault(Path(one.file).name, one.code, one.key, one.line) for one in caught.value.faults]


def test_a_frame_is_read_and_kept_with_the_edition(tmp_path: Path) -> None:
    yearly = load_book(put_book(tmp_path / "a")).editions[0].edition
    july = load_book(put_book(tmp_path / "b", book=FROM_JULY, items=JULY_ITEMS)).editions[0].edition
    quarterly = load_book(put_book(tmp_path / "c", book=BY_QUARTER, items=QUARTER_ITEMS)).editions[0].edition
    assert yearly.frame == Frame(1, Window.YEAR)
    assert july.frame == Frame(7, Window.YEAR)
    assert quarterly.frame == Frame(1, Window.QUARTER, YearForm.MEAN)


def test_the_shares_of_a_quarters_book_add_up_to_the_allotments_of_a_quarter(tmp_path: Path) -> None:
    regime = load_book(put_book(tmp_path, book=BY_QUARTER, items=QUARTER_ITEMS)).editions[0].edition.regimes["standard"]
    floors = {code: item.bounds[-1].low for code, item in regime.items.items() if item.duty is not None}
    assert floors == {"ORG-D01": -60, "SRV-D01": -40}
    doubled = edited(QUARTER_ITEMS, ("share: {value: 20,", "share: {value: 5,"))
    assert [one.code for one in faults_of(tmp_path / "x", BY_QUARTER, doubled)] == ["shares_sum"]


def test_a_measure_without_a_window_is_taken_over_the_whole_cycle(tmp_path: Path) -> None:
    items = edited(QUARTER_ITEMS, ("items: [ORG-A01], per_quarter", "items: [ORG-A01, SRV-A01], per_quarter"))
    regime = load_book(put_book(tmp_path, book=BY_QUARTER, items=items)).editions[0].edition.regimes["standard"]
    measure = regime.items["SRV-A01"].measure
    assert (measure.form, measure.window) == (MeasureForm.LADDER, Window.QUARTER)


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        (FIRST_MONTH, "first_month: {value: 2, source: M1}", "first_month_off_quarter", "first_month"),
        (PERIOD, "period: {value: month, source: M1}", "period_month", "period"),
        ("  " + YEAR + "\n", "", "year_form_missing", "period"),
        ("  " + PERIOD + "\n", "", "year_form_needless", "year"),
    ],
)
def test_a_book_says_how_its_cycles_run(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    book = edited(BY_QUARTER, (old, new))
    own = [one for one in faults_of(tmp_path, book, QUARTER_ITEMS) if one.file == "book.yaml"]
    assert [(one.code, one.key, one.line) for one in own] == [(code, f"cycle.{key}", line_of(book, f"{key}:"))]


def test_half_years_are_those_of_the_calendar(tmp_path: Path) -> None:
    book = edited(BY_QUARTER, (FIRST_MONTH, "first_month: {value: 4, source: M1}"), ("quarter,", "half,"))
    found = faults_of(tmp_path, book, QUARTER_ITEMS)
    assert ("book.yaml", "period_half_split") in {(one.file, one.code) for one in found}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (
            "bounds: [{window: quarter, high: 20,",
            "bounds: [{window: half, high: 20,",
            "nodes.innovation.bounds.0.window",
        ),
        ("every: {value: month, source: C1}", "every: {value: half, source: C1}", "items.ORG-D01.duty.every.value"),
        ("{window: quarter, units: 6,", "{window: year, units: 6,", "items.SRV-D01.duty.targets.0.window"),
        ("{window: quarter, low: -20,", "{window: year, low: -20,", "items.ORG-F01.bounds.0.window"),
        ("    measure:\n", "    measure:\n      window: half\n", "items.SRV-A01.measure.window"),
    ],
)
def test_no_window_is_longer_than_a_cycle(tmp_path: Path, old: str, new: str, key: str) -> None:
    found = faults_of(tmp_path, BY_QUARTER, edited(QUARTER_ITEMS, (old, new)))
    assert [(one.code, one.key) for one in found if one.code == "window_beyond_cycle"] == [("window_beyond_cycle", key)]


def test_a_half_year_of_a_book_from_april_is_refused_where_it_stands(tmp_path: Path) -> None:
    book = edited(BOOK, (FIRST_MONTH, "first_month: {value: 4, source: M1}"))
    items = edited(ITEMS, ("from: 2026-01-01", "from: 2026-04-01"))
    assert [(one.code, one.key) for one in faults_of(tmp_path, book, items)] == [
        ("window_half_split", "items.SRV-D01.duty.targets.0.window")
    ]
    whole = edited(items, ("        - {window: half, units: 10, assumption: true}\n", ""))
    assert load_book(put_book(tmp_path / "x", book=book, items=whole)).first_month == 4


def test_nobody_is_excluded_for_months_that_a_cycle_does_not_have(tmp_path: Path) -> None:
    line = "    quota: {value: 1/3, source: M1}\n"
    short = "    excludes: [{ground: short_time, months: 6, assumption: true}]\n"
    found = faults_of(tmp_path, BY_QUARTER, edited(QUARTER_ITEMS, (line, line + short)))
    assert [(one.code, one.key) for one in found] == [("months_beyond_cycle", "lines.commend.excludes.0.months")]


@pytest.mark.parametrize(
    ("form", "totals", "result"),
    [
        (YearForm.LAST, [80, 93], 93),
        (YearForm.SUM, [80, 93], 173),
        (YearForm.MEAN, [80, 93], 86),  # 86.5, rounded down once
        (YearForm.MEAN, [1, 1, 2], 1),
        (YearForm.MEAN, [70], 70),
    ],
)
def test_a_year_is_the_last_the_sum_or_the_mean_of_its_cycles(form: YearForm, totals: list[int], result: int) -> None:
    assert year_total(form, totals) == result


@pytest.mark.parametrize(
    ("day", "first_month", "period", "code", "days"),
    [
        (date(2026, 5, 9), 1, Window.YEAR, "2026", (date(2026, 1, 1), date(2026, 12, 31))),
        (date(2027, 6, 30), 7, Window.YEAR, "2026-2027", (date(2026, 7, 1), date(2027, 6, 30))),
        (date(2027, 3, 31), 4, Window.YEAR, "2026-2027", (date(2026, 4, 1), date(2027, 3, 31))),
        (date(2027, 2, 28), 7, Window.HALF, "2027H1", (date(2027, 1, 1), date(2027, 6, 30))),
        (date(2026, 9, 30), 10, Window.QUARTER, "2026Q3", (date(2026, 7, 1), date(2026, 9, 30))),
    ],
)
def test_a_period_is_named_by_the_calendar(
    day: date, first_month: int, period: Window, code: str, days: tuple[date, date]
) -> None:
    assert period_days(day, first_month, period) == days
    assert period_code(days[0], period) == code


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from([1, 4, 7, 10]), st.sampled_from(Window))
def test_every_day_lies_in_the_period_that_is_said_to_hold_it(day: date, first_month: int, period: Window) -> None:
    first, last = period_days(day, first_month, period)
    assert first <= day <= last
    assert period_days(first, first_month, period) == period_days(last, first_month, period) == (first, last)
    assert (first.month - first_month) % {"month": 1, "quarter": 3, "half": 6, "year": 12}[period] == 0


def test_frames_agree_whatever_a_year_comes_to() -> None:
    quarterly = Frame(1, Window.QUARTER, YearForm.MEAN)
    assert quarterly.agrees_with(replace(quarterly, year=YearForm.SUM))
    assert not quarterly.agrees_with(Frame(7, Window.QUARTER, YearForm.MEAN))
    assert not quarterly.agrees_with(Frame())
