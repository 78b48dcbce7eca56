"""Which duties fall due to whom, and what becomes of silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cycles.core import Place, Quarter, QuarterState
from app.kit.calendar import Window, quarter_days
from app.points.core import Cell, CellKey
from app.points.duties import (
    CycleDays,
    Due,
    DutyCount,
    count_duties,
    due_value,
    duties_due,
    half_year_share,
    without_exempt_days,
)
from app.points.ledger import DutyKey, DutyRow, DutyState
from app.rules.award import NoTarget, shortfall
from app.rules.core import Item, Regime, Settlement, Target, Unrecorded
from tests.points.books import QUARTERS, TRIED, make_duty, make_item, make_regime
from tests.points.ledgers import CYCLE, MEMBER, duty_row

YEAR = CycleDays(CYCLE, date(2026, 1, 1), date(2026, 12, 31))
LONG_AGO = date(2015, 1, 1)
HOURS = {"settlement": Settlement.AMOUNT, "unit": "hours"}
TARGETS = (Target(Window.HALF, 10), Target(Window.YEAR, 20))
SERVICE = make_duty("HOURS", 60, Window.YEAR, targets=TARGETS, **HOURS)
REGIME = make_regime(
    [
        make_duty("MONTH", 10, Window.MONTH),
        make_duty("QUARTER", 15, Window.QUARTER),
        make_duty("HALF", 20, Window.HALF),
        make_duty("YEAR", 30, Window.YEAR),
        make_duty("MARCH", 20, Window.YEAR, due=(3, 31)),
        make_duty("OLD", 30, Window.YEAR, retired=True),
        SERVICE,
        make_item("A"),
    ]
)


def quarter(code: str) -> Quarter:
    return Quarter(code, CYCLE, *quarter_days(code), QuarterState.OPEN)


def rows_of(code: str, since: date = LONG_AGO, *, first: bool = False, regime: Regime = REGIME) -> list[DutyRow]:
    return duties_due(regime, YEAR, quarter(code), MEMBER, since, first=first)


def found(code: str, since: date = LONG_AGO, *, first: bool = False) -> dict[str, list[str]]:
    """The windows due, by item."""
    windows: dict[str, list[str]] = {}
    for row in rows_of(code, since, first=first):
        windows.setdefault(row.key.item, []).append(row.key.window)
    return windows


def whole_year(since: date) -> list[DutyRow]:
    """All rows of a year, quarter by quarter, for one who belongs from a day on."""
    rows: list[DutyRow] = []
    is_first = True
    for code in QUARTERS:
        if quarter_days(code)[1] >= since:
            rows += rows_of(code, since, first=is_first)
            is_first = False
    return rows


def test_every_window_of_the_year_is_due_once() -> None:
    rows = whole_year(LONG_AGO)
    assert len({row.key for row in rows}) == len(rows)
    windows: dict[str, int] = {}
    for row in rows:
        windows[row.key.item] = windows.get(row.key.item, 0) + 1
    assert windows == {"MONTH": 12, "QUARTER": 4, "HALF": 2, "YEAR": 1, "MARCH": 1, "HOURS": 1}
    assert {row.state for row in rows} == {DutyState.EXPECTED}


@TRIED
@given(st.integers(0, 364))
def test_nobody_is_asked_twice_whenever_they_came(number: int) -> None:
    since = YEAR.starts_on + timedelta(days=number)
    rows = whole_year(since)
    assert len({row.key for row in rows}) == len(rows)
    assert all(row.due_on >= since for row in rows), "what was due before is waived"
    short = [row for row in rows if row.key.item in {"MONTH", "QUARTER"}]
    assert all(starts(row) >= since for row in short)
    long = {row.key.item for row in rows if row.key.item in {"YEAR", "HOURS", "HALF"}}
    assert long | {"HOURS"} == {"YEAR", "HOURS", "HALF"}, "windows under way are due"
    assert ("HOURS" in long) is (20 * (365 - number) // 365 > 0), "hours as far as a whole one is left"


def starts(row: DutyRow) -> date:
    window = row.key.window
    return quarter_days(window)[0] if "Q" in window else date(int(window[:4]), int(window[5:]), 1)


def test_in_later_quarters_only_what_begins_in_them_is_new() -> None:
    assert found("2026Q1").keys() == {"MONTH", "QUARTER", "HALF", "YEAR", "MARCH", "HOURS"}
    assert found("2026Q2") == {"MONTH": ["2026-04", "2026-05", "2026-06"], "QUARTER": ["2026Q2"]}
    assert found("2026Q3") == {"MONTH": ["2026-07", "2026-08", "2026-09"], "QUARTER": ["2026Q3"], "HALF": ["2026H2"]}


def test_one_who_joins_within_a_quarter_owes_what_begins_from_then_on_and_what_is_under_way() -> None:
    assert found("2026Q2", date(2026, 5, 2), first=True) == {
        "MONTH": ["2026-06"], "HALF": ["2026H1"], "YEAR": ["2026"], "HOURS": ["2026"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("since", "months"), [(date(2026, 5, 1), ["2026-05", "2026-06"]), (date(2026, 6, 30), []), (date(2026, 4, 1), None)]
)
def test_who_joins_on_a_months_first_day_owes_the_month(since: date, months: list[str] | None) -> None:
    due = found("2026Q2", since, first=True)
    assert due.get("MONTH", []) == (["2026-04", "2026-05", "2026-06"] if months is None else months)
    assert ("QUARTER" in due) == (since == date(2026, 4, 1))


@pytest.mark.parametrize(("since", "owed"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False)])
def test_a_yearly_appraisal_is_due_by_its_day_and_not_from_who_came_after_it(since: date, owed: bool) -> None:
    code = "2026Q1" if owed else "2026Q2"
    rows = [row for row in rows_of(code, since, first=True) if row.key.item == "MARCH"]
    assert [row.due_on for row in rows] == [date(2026, 3, 31)] * owed


def test_a_cycle_that_begins_in_july_has_its_march_in_the_year_after() -> None:
    cycle = CycleDays("2026", date(2026, 7, 1), date(2027, 6, 30))
    rows = duties_due(REGIME, cycle, quarter("2026Q3"), MEMBER, LONG_AGO, first=True)
    assert [row.due_on for row in rows if row.key.item == "MARCH"] == [date(2027, 3, 31)]


@pytest.mark.parametrize(
    ("since", "target"),
    [
        (LONG_AGO, 20),
        (date(2026, 1, 1), 20),
        (date(2026, 1, 2), 19),
        (date(2026, 7, 2), 10),
        (date(2026, 12, 13), 1),
    ],
)
def test_who_joins_in_the_year_owes_the_hours_of_the_days_left(since: date, target: int) -> None:
    code = f"2026Q{(since.month + 2) // 3}" if since.year == 2026 else "2026Q1"
    (row,) = [row for row in rows_of(code, since, first=True) if row.key.item == "HOURS"]
    assert row.target == target
    assert row.share == 60, "the share is never scaled in a book that loses"


def test_one_day_is_too_short_for_an_hour() -> None:
    rows = rows_of("2026Q4", date(2026, 12, 31), first=True)
    assert [row for row in rows if row.key.item == "HOURS"] == []


def hours_row(target: int) -> DutyRow:
    key = DutyKey("2026", MEMBER, "HOURS", "2026")
    return DutyRow(key, date(2026, 12, 31), 60, target, DutyState.EXPECTED)


@pytest.mark.parametrize(
    ("target", "exempt", "from_day", "left"),
    [
        (20, ((date(2026, 4, 1), date(2026, 9, 30)),), date(2026, 1, 1), 9),
        (10, ((date(2026, 10, 1), None),), date(2026, 7, 2), 4),
        (10, ((date(2026, 1, 1), date(2026, 6, 30)),), date(2026, 7, 2), 10),
        (20, ((date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 6, 1), date(2026, 6, 30))), date(2026, 1, 1), 10),
    ],
)
def test_days_of_exemption_scale_the_hours(
    target: int, exempt: tuple[tuple[date, date | None], ...], from_day: date, left: int
) -> None:
    assert without_exempt_days(hours_row(target), exempt, from_day).target == left


def test_whoever_was_exempt_nearly_all_year_owes_no_hours() -> None:
    row = without_exempt_days(hours_row(20), ((date(2026, 1, 2), None),), date(2026, 1, 1))
    assert row.state is DutyState.WAIVED


# What silence makes of a duty.

LATER, ENDED = "2026Q3", "2026Q4"


@pytest.mark.parametrize("settlement", [one for one in Settlement if one is not Settlement.AMOUNT])
@pytest.mark.parametrize(
    ("unrecorded", "due"),
    [
        (Unrecorded.KEPT, Due(DutyState.KEPT)),
        (Unrecorded.MISSED, Due(DutyState.MISSED, -15, 0, date(2026, 12, 31))),
        (Unrecorded.WAIVED, Due(DutyState.WAIVED)),
        (Unrecorded.UNDECIDED, None),
    ],
)
def test_silence_becomes_what_the_book_says(settlement: Settlement, unrecorded: Unrecorded, due: Due | None) -> None:
    item = make_duty("D", 15, Window.YEAR, settlement=settlement, unrecorded=unrecorded)
    row = duty_row("D", CYCLE, 15)
    assert due_value(item, row, {}, quarter(ENDED)) == due
    assert due_value(item, row, {}, quarter(LATER)) is None, "its time has not passed"
    for state in (DutyState.KEPT, DutyState.MISSED, DutyState.WAIVED):
        assert due_value(item, replace(row, state=state), {}, quarter(ENDED)) is None, "it is decided"


def test_a_late_close_still_settles_what_fell_due_before() -> None:
    row = duty_row("D", "2026Q1", 15, due_on=date(2026, 3, 31))
    assert due_value(make_duty("D", 15), row, {}, quarter(ENDED)) == Due(DutyState.MISSED, -15, 0, date(2026, 3, 31))


def test_the_day_on_which_the_quarter_ends_is_in_it() -> None:
    item = make_duty("D", 15)
    assert due_value(item, duty_row("D", "2026Q3", 15, due_on=date(2026, 9, 30)), {}, quarter("2026Q3"))
    assert not due_value(item, duty_row("D", "2026Q3", 15, due_on=date(2026, 10, 1)), {}, quarter("2026Q3"))


def test_what_is_no_duty_is_never_settled() -> None:
    assert due_value(make_item("A"), duty_row("A", CYCLE, 15), {}, quarter(ENDED)) is None


# Hours and counts.


def hours(**done: int) -> dict[CellKey, Cell]:
    """Units of the duty by quarter (``Q1=4``) or month (``M08=4``), and the same of another item."""
    windows = {key.replace("M", "-") if key[0] == "M" else key: units for key, units in done.items()}
    return {
        CellKey(code, f"2026{window}", None, None): Cell(1, units, 0)
        for window, units in windows.items()
        for code in ("HOURS", "OTHER")
    }


def settled(code: str, cells: dict[CellKey, Cell], **facts: object) -> Due | None:
    row = replace(duty_row("HOURS", CYCLE, 60, target=20), **facts)  # type: ignore[arg-type]
    return due_value(SERVICE, row, cells, quarter(code))


@pytest.mark.parametrize(("done", "lost"), [(0, -30), (1, -27), (4, -18), (9, -3), (10, 0), (20, 0), (1000, 0)])
def test_the_half_year_costs_half_of_the_share_at_most_and_decides_nothing(done: int, lost: int) -> None:
    assert settled("2026Q2", hours(Q1=done)) == Due(DutyState.EXPECTED, lost, 0, date(2026, 6, 30))


@pytest.mark.parametrize(("done", "lost"), [(0, -60), (1, -57), (4, -48), (10, -30), (19, -3), (20, 0), (21, 0)])
def test_the_years_value_takes_the_place_of_the_half_years(done: int, lost: int) -> None:
    state = DutyState.MISSED if lost else DutyState.KEPT
    assert settled("2026Q4", hours(Q1=done)) == Due(state, lost, 0, date(2026, 12, 31))


@pytest.mark.parametrize("code", ["2026Q1", "2026Q3"])
def test_between_half_year_and_year_nothing_is_settled(code: str) -> None:
    assert settled(code, hours(Q1=4)) is None


@pytest.mark.parametrize("state", [DutyState.KEPT, DutyState.MISSED])
def test_after_the_years_value_the_half_years_does_not_come_back(state: DutyState) -> None:
    assert settled("2026Q2", hours(Q1=4), state=state) is None


@pytest.mark.parametrize("state", [DutyState.EXPECTED, DutyState.KEPT, DutyState.MISSED])
def test_the_years_value_follows_what_is_recorded_late(state: DutyState) -> None:
    assert settled("2026Q4", hours(Q1=4, Q4=8), state=state) == Due(DutyState.MISSED, -24, 0, date(2026, 12, 31))
    assert settled("2026Q4", hours(Q1=4, Q4=16), state=state) == Due(DutyState.KEPT, 0, 0, date(2026, 12, 31))


def test_a_waived_amount_stays_waived() -> None:
    assert settled("2026Q4", hours(), state=DutyState.WAIVED) is None


def test_only_hours_up_to_the_quarters_end_count_in_months_as_in_quarters() -> None:
    assert settled("2026Q2", hours(Q2=3, Q3=7)) == Due(DutyState.EXPECTED, -21, 0, date(2026, 6, 30))
    assert settled("2026Q2", hours(M06=3, M07=7)) == Due(DutyState.EXPECTED, -21, 0, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("target", "done", "lost"),
    [(10, 10, 0), (10, 9, -6), (10, 0, -60), (10, 11, 0), (7, 3, -36), (7, 6, -9), (1, 1, 0), (1, 0, -60)],
)
def test_a_scaled_target_is_measured_against_the_whole_share(target: int, done: int, lost: int) -> None:
    due = settled("2026Q4", hours(Q4=done), target=target)
    assert due is not None
    assert due.points == lost


def test_with_a_scaled_target_the_half_year_is_not_settled() -> None:
    assert settled("2026Q2", hours(), target=19) is None


@TRIED
@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 20), st.integers(1, 97))
def test_more_hours_never_cost_more_and_never_more_than_the_share(few: int, more: int, target: int, share: int) -> None:
    item: Item = make_duty("HOURS", share, Window.YEAR, targets=TARGETS, **HOURS)
    row = duty_row("HOURS", CYCLE, share, target=target)
    points = [due_value(item, row, hours(Q2=done), quarter("2026Q4")) for done in (few, few + more)]
    assert points[0] is not None
    assert points[1] is not None
    assert -share <= (points[0].points or 0) <= (points[1].points or 0) <= 0
    assert (points[1].points == 0) == (few + more >= target)


@TRIED
@given(st.integers(1, 97), st.integers(0, 40))
def test_what_was_kept_rounds_down_and_half_and_year_agree_on_it(share: int, done: int) -> None:
    item = make_duty("HOURS", share, Window.YEAR, targets=TARGETS, **HOURS)
    assert item.duty is not None
    year, half = (shortfall(item.duty, done, window) for window in (Window.YEAR, Window.HALF))
    assert year == share * min(done, 20) // 20 - share
    assert half == share * min(done, 10) // 20 - share * 10 // 20
    with pytest.raises(NoTarget):
        shortfall(item.duty, done, Window.QUARTER)


# Exempt days, and what the half-year may cost.


@pytest.mark.parametrize(
    ("exemptions", "target"),
    [
        ((), 20),
        (((date(2026, 1, 1), date(2026, 6, 30)),), 10),
        (((date(2026, 7, 1), None),), 9),
        (((date(2025, 5, 1), date(2026, 6, 30)),), 10),
        (((date(2025, 1, 1), date(2025, 12, 31)),), 20),
        (((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 9, 1), date(2026, 9, 30))), 16),
    ],
)
def test_exempt_days_scale_the_target(exemptions: tuple[tuple[date, date | None], ...], target: int) -> None:
    row = duty_row("HOURS", CYCLE, 60, target=20)
    assert without_exempt_days(row, exemptions, YEAR.starts_on) == replace(row, target=target)


def test_a_duty_without_a_target_is_not_scaled() -> None:
    row = duty_row("D", CYCLE, 60)
    assert without_exempt_days(row, ((date(2026, 1, 1), date(2026, 6, 30)),), YEAR.starts_on) is row


@pytest.mark.parametrize(("code", "share"), [("2026Q1", 0), ("2026Q2", 30), ("2026Q3", 30), ("2026Q4", 0)])
def test_what_the_half_year_may_cost_belongs_to_what_fell_due_until_the_years_value_stands(
    code: str, share: int
) -> None:
    assert half_year_share(REGIME, Place(int(code[-1]), 4)) == share
    retired = replace(REGIME, items={**REGIME.items, "HOURS": replace(SERVICE, retired=True)})
    assert half_year_share(retired, Place(int(code[-1]), 4)) == 0


# How duties stand.


def counted(*states: DutyState, due_on: date = date(2026, 3, 31)) -> DutyCount:
    rows = [
        DutyRow(DutyKey(CYCLE, MEMBER, f"D{at}", CYCLE), due_on, 10, None, state) for at, state in enumerate(states)
    ]
    return count_duties(rows, date(2026, 3, 31))


KEPT, MISSED, WAIVED, EXPECTED = DutyState.KEPT, DutyState.MISSED, DutyState.WAIVED, DutyState.EXPECTED


def test_waived_duties_were_not_due_and_what_is_not_yet_due_does_not_count() -> None:
    assert counted(KEPT, MISSED, WAIVED, EXPECTED) == DutyCount(3, 2, 1, 1, 1, 30)
    assert counted(KEPT, MISSED, due_on=date(2026, 4, 1)) == DutyCount(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("states", "insufficient"),
    [
        ((KEPT,) * 4 + (EXPECTED,), False),
        ((MISSED,) * 3 + (EXPECTED,), True),
        ((KEPT,) * 79 + (EXPECTED,) * 21, True),
        ((KEPT,) * 80 + (EXPECTED,) * 20, False),
        ((KEPT,) * 4 + (EXPECTED,) + (WAIVED,) * 9, False),
        ((), False),
        ((WAIVED,), False),
    ],
)
def test_under_four_fifths_decided_there_is_not_enough_to_judge_by(
    states: tuple[DutyState, ...], insufficient: bool
) -> None:  # fmt: skip
    assert counted(*states).is_insufficient == insufficient
