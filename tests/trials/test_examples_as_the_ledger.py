"""An example gives what the ledger would: the same lines, posted and settled, come to the same cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cycles.core import Quarter, QuarterState
from app.kit.calendar import Window, quarter_days
from app.points.core import Cell, CellKey, add_to
from app.points.duties import CycleDays, due_value, duties_due
from app.points.judging import Judge
from app.points.ledger import DutyRow, Posting, cell_window, duty_window
from app.points.refusals import UnitsOfDay
from app.rules.award import Outcome
from app.rules.core import Edition, Item, Kind, Matter, Regime, Settlement, Target, Unrecorded
from app.rules.example import Example, Expected, Given
from app.trials.core import judge_example
from tests.points.books import QUARTERS, TRIED, make_duty, make_item, make_regime, name
from tests.points.ledgers import AT, CYCLE, MEMBER, NAMES, known_of, quarters_in

TARGETS = (Target(Window.HALF, 10), Target(Window.YEAR, 20))
HOURS: dict[str, object] = {"settlement": Settlement.AMOUNT, "unit": "hours", "targets": TARGETS}
RATE: dict[str, object] = {"settlement": Settlement.RATE, "unit": "percent"}
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
YEAR = CycleDays(CYCLE, FIRST, LAST)


def owed(code: str, share: int, window: Window = Window.QUARTER, /, **facts: object) -> Item:
    return make_duty(code, share, window, matter=Matter.NONE, **facts)


REGIME = make_regime(
    [
        owed("MONTH", 2, Window.MONTH),
        owed("CLASS", 10, unrecorded=Unrecorded.UNDECIDED),
        owed("RATE", 10, Window.QUARTER, **RATE),
        owed("YEAR", 20, Window.YEAR),
        owed("MARCH", 7, Window.YEAR, due=(3, 31)),
        owed("HOURS", 40, Window.YEAR, **HOURS),
        owed("KEPT", 20, Window.YEAR, unrecorded=Unrecorded.KEPT, **HOURS),
        owed("WAIVED", 20, Window.YEAR, unrecorded=Unrecorded.WAIVED, **HOURS),
        owed("OPEN", 20, Window.YEAR, unrecorded=Unrecorded.UNDECIDED, **HOURS),
        make_item("ABSENT", Kind.FAULT, pairs=("CLASS", "RATE")),
        make_item("FORGED", Kind.FAULT, points=-7, pairs=("RATE", "YEAR")),
        make_item("LAZY", Kind.FAULT, points=-3, pairs=("HOURS", "KEPT")),
    ]
)
DUTIES = {code: item.duty for code, item in REGIME.items.items() if item.duty is not None}
FINDINGS = [code for code, item in REGIME.items.items() if item.kind is Kind.FAULT]


def quarter(code: str) -> Quarter:
    return Quarter(code, CYCLE, *quarter_days(code), QuarterState.OPEN)


def example_of(lines: list[Given], as_of: date, *, silence: bool = True) -> Example:
    return Example(
        "e", name("e"), "f", 1, FIRST, LAST, as_of, {"2026Q1": "standard"}, silence, tuple(lines), Expected()
    )


def told(lines: list[Given], as_of: date, *, regime: Regime = REGIME) -> dict[CellKey, Cell]:
    """The cells as the example has them."""
    edition = Edition("test", "1", "d1", name("1"), FIRST, None, {"standard": regime})
    verdict = judge_example(edition, example_of(lines, as_of))
    assert not verdict.refusals, [one.error.en for one in verdict.refusals]
    return dict(verdict.cells)


def booked(lines: list[Given], as_of: date) -> dict[CellKey, Cell]:
    """The cells as the ledger has them: the lines posted in their order, then each quarter settled."""
    rows = [row for code in QUARTERS for row in duties_due(REGIME, YEAR, quarter(code), MEMBER, FIRST, first=False)]
    days = [day for line in lines for day in line.days]
    known = replace(known_of(REGIME, rows, belonging=days), quarters=quarters_in(*[QuarterState.OPEN] * 4))
    judge = Judge(known, at=AT, today=LAST)
    for line in lines:
        for day in line.days:
            posting_id = uuid5(NAMES, f"{line.line} {day}")
            judge.decide(Posting(posting_id, MEMBER, line.item, day, outcome=line.outcome, units=line.units), None)
    cells = known.balances[CYCLE, MEMBER].cells
    lost: dict[object, tuple[CellKey, int]] = {}
    for code in QUARTERS:
        if quarter_days(code)[1] <= as_of:
            for row in list(known.duties.values()):
                known.duties[row.key] = settled(row, quarter(code), cells, lost)
    return cells


def settled(
    row: DutyRow, closed: Quarter, cells: dict[CellKey, Cell], lost: dict[object, tuple[CellKey, int]]
) -> DutyRow:
    """What the close of a quarter makes of a duty, as the job does it."""
    item = REGIME.items[row.key.item]
    due = due_value(item, row, cells, closed)
    if due is None:
        return row
    before = lost.pop(row.key, None)
    if before is not None:
        add_to(cells, before[0], -1, 0, -before[1])
    if due.points:
        assert due.effective_on is not None
        key = CellKey(item.code, cell_window(item, due.effective_on), None, None)
        lost[row.key] = key, due.points
        add_to(cells, key, 1, 0, due.points)
    return replace(row, state=due.state, source="job")


@st.composite
def lines_drawn(draw: st.DrawFn) -> tuple[list[Given], date]:
    """Records, each duty at most once in its window, then findings; all up to a quarter's end."""
    as_of = quarter_days(draw(st.sampled_from(QUARTERS)))[1]
    months = range(1, as_of.month + 1)
    records: list[Given] = []
    decided: set[tuple[str, str]] = set()
    for at, (code, month) in enumerate(
        draw(st.lists(st.tuples(st.sampled_from(sorted(DUTIES)), st.sampled_from(months)), max_size=12))
    ):
        duty, day = DUTIES[code], date(2026, month, draw(st.integers(1, 28)))
        by_units = duty.settlement in (Settlement.AMOUNT, Settlement.RATE)
        place = (code, duty_window(duty, day, CYCLE))
        if duty.settlement is not Settlement.AMOUNT and place in decided:
            continue
        decided.add(place)
        if (code, day.isoformat()) in decided:
            continue  # what is recorded of a day is bounded by its hours
        decided.add((code, day.isoformat()))
        units = draw(st.integers(0, 24)) if by_units else None
        outcome = None if by_units else draw(st.sampled_from(Outcome))
        records.append(Given(at, code, (day,), units=units, outcome=outcome))
    findings = [
        Given(100 + at, code, (date(2026, month, 9),))
        for at, (code, month) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(FINDINGS), st.sampled_from(months)), max_size=4))
        )
    ]
    return records + findings, as_of


@TRIED
@given(lines_drawn())
def test_an_example_gives_what_the_ledger_gives(case: tuple[list[Given], date]) -> None:
    lines, as_of = case
    assert told(lines, as_of) == booked(lines, as_of)


def points(cells: dict[CellKey, Cell], code: str) -> int:
    return sum(cell.points for key, cell in cells.items() if key.item == code)


def test_a_finding_takes_the_place_of_a_rates_part_of_the_share() -> None:
    day = date(2026, 2, 3)
    cells = told([Given(1, "RATE", (day,), units=60), Given(2, "ABSENT", (date(2026, 2, 20),))], date(2026, 3, 31))
    assert points(cells, "RATE") == -10, "not 14 of 10"


def test_hours_of_which_a_finding_cost_the_share_are_not_lost_twice() -> None:
    lines = [Given(1, "HOURS", (date(2026, 2, 3),), units=5), Given(2, "LAZY", (date(2026, 2, 20),))]
    assert points(told(lines, LAST), "HOURS") == -40


@pytest.mark.parametrize(("code", "lost"), [("HOURS", -40), ("KEPT", 0), ("WAIVED", 0), ("OPEN", 0)])
def test_silence_about_hours_is_what_the_book_says(code: str, lost: int) -> None:
    assert points(told([], LAST), code) == lost
    assert points(told([], date(2026, 6, 30)), code) == lost // 2
    few = [Given(1, code, (date(2026, 2, 3),), units=5)]
    assert points(told(few, LAST), code) < 0, "where anything was recorded, by the amount"


def test_a_days_hours_are_bounded_as_in_the_ledger() -> None:
    day = date(2026, 2, 3)
    lines = [Given(1, "HOURS", (day,), units=16), Given(2, "HOURS", (day, date(2026, 2, 4)), units=9)]
    edition = Edition("test", "1", "d1", name("1"), FIRST, None, {"standard": REGIME})
    (refused,) = judge_example(edition, example_of(lines, LAST)).refusals
    assert (refused.line, refused.error.code) == (2, "units_of_day")
    with pytest.raises(UnitsOfDay):
        booked(lines, LAST)


def test_hours_no_longer_owed_give_the_half_years_loss_back() -> None:
    exempt = replace(
        REGIME, profile="exempt", items={code: replace(item, duty=None) for code, item in REGIME.items.items()}
    )
    edition = Edition("test", "1", "d1", name("1"), FIRST, None, {"standard": REGIME, "exempt": exempt})
    example = replace(example_of([], date(2026, 9, 30)), profiles={"2026Q1": "standard", "2026Q3": "exempt"})
    assert points(dict(judge_example(edition, example).cells), "HOURS") == 0
    before = judge_example(edition, replace(example, as_of=date(2026, 6, 30)))
    assert points(dict(before.cells), "HOURS") == -20
