"""A district's cycles follow the frame that its rule book scores over; one frame ends before another begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import (
    Cycle,
    CycleFrame,
    FrameHeld,
    NoCycle,
    Place,
    Quarter,
    QuarterState,
    cycle_on,
    frame_from,
    place_of,
)
from app.kit.calendar import Window, quarter_days, quarters_between
from app.kit.db import Database

YEARLY = CycleFrame()
JULY = CycleFrame(7, Window.YEAR, date(2026, 7, 1))
HALVES = CycleFrame(1, Window.HALF, date(2027, 1, 1))
QUARTERLY = CycleFrame(1, Window.QUARTER, date(2027, 1, 1))


def opened(*cycles_opened: Cycle) -> list[Quarter]:
    return [
        Quarter(code, one.code, *quarter_days(code), QuarterState.OPEN)
        for one in cycles_opened
        for code in quarters_between(one.starts_on, one.ends_on)
    ]


CALENDAR_2026 = cycle_on([], date(2026, 5, 5))


@pytest.mark.parametrize(
    ("frames", "day", "code", "ends_on"),
    [
        ([], date(2026, 11, 21), "2026", date(2026, 12, 31)),
        ([JULY], date(2026, 11, 21), "2026-2027", date(2027, 6, 30)),
        ([JULY], date(2027, 7, 1), "2027-2028", date(2028, 6, 30)),
        ([QUARTERLY], date(2026, 11, 21), "2026", date(2026, 12, 31)),
        ([QUARTERLY], date(2027, 5, 1), "2027Q2", date(2027, 6, 30)),
        ([HALVES], date(2027, 7, 1), "2027H2", date(2027, 12, 31)),
    ],
)
def test_a_day_lies_in_the_cycle_of_the_frame_agreed_on(
    frames: list[CycleFrame], day: date, code: str, ends_on: date
) -> None:
    found = cycle_on(frames, day)
    assert (found.code, found.ends_on) == (code, ends_on)


def test_a_day_whose_cycle_would_run_into_the_next_frame_lies_in_none() -> None:
    with pytest.raises(NoCycle):
        cycle_on([JULY], date(2026, 6, 30))


def test_the_first_frame_begins_with_its_own_cycle() -> None:
    wanted = CycleFrame(7, Window.YEAR, date(2026, 10, 1))
    assert frame_from([], [], wanted) == JULY
    assert frame_from([JULY], [], wanted) is None
    assert frame_from([], [], CycleFrame(1, Window.YEAR, date(2026, 10, 1))) is None


@pytest.mark.parametrize(
    ("wanted", "begins"),
    [
        (QUARTERLY, date(2027, 1, 1)),
        (CycleFrame(1, Window.QUARTER, date(2028, 1, 1)), date(2028, 1, 1)),  # 2027 is a calendar year still
        (HALVES, date(2027, 1, 1)),
        (CycleFrame(7, Window.QUARTER, date(2027, 1, 1)), date(2027, 1, 1)),
    ],
)
def test_another_frame_begins_where_a_cycle_ends(wanted: CycleFrame, begins: date) -> None:
    found = frame_from([], opened(CALENDAR_2026), wanted)
    assert found == CycleFrame(wanted.first_month, wanted.period, begins)


@pytest.mark.parametrize(
    "wanted",
    [
        CycleFrame(1, Window.QUARTER, date(2026, 10, 1)),  # in the midst of the year
        CycleFrame(1, Window.QUARTER, date(2027, 4, 1)),  # in the midst of the next one
        CycleFrame(7, Window.YEAR, date(2027, 1, 1)),  # its year began in July already
        CycleFrame(7, Window.YEAR, date(2027, 7, 1)),
    ],
)
def test_cycles_of_two_frames_never_cross(wanted: CycleFrame) -> None:
    with pytest.raises(FrameHeld) as caught:
        frame_from([], opened(CALENDAR_2026), wanted)
    assert "2026" in caught.value.text("zh") or "2027" in caught.value.text("zh")


def test_a_half_year_moves_the_month_in_which_years_begin() -> None:
    between = [HALVES]
    found = frame_from(between, opened(CALENDAR_2026), CycleFrame(7, Window.YEAR, date(2027, 7, 1)))
    assert found == CycleFrame(7, Window.YEAR, date(2027, 7, 1))
    assert cycle_on([*between, found], date(2027, 6, 30)).code == "2027H1"


def test_a_quarter_knows_its_place() -> None:
    july = opened(cycle_on([JULY], date(2026, 7, 1)))
    assert [place_of(july, one) for one in july] == [Place(1, 4), Place(2, 4), Place(3, 4), Place(4, 4)]
    assert [one.code for one in july if place_of(july, one).is_middle] == ["2026Q4"]
    assert [one.code for one in july if place_of(july, one).is_last] == ["2027Q2"]
    half = opened(cycle_on([HALVES], date(2027, 1, 1)))
    assert [place_of(half, one).is_middle for one in half] == [False, False]


Run = Callable[..., Any]


@pytest.fixture
def run(database: Database, district: UUID) -> Run:
    """Calls a verb of the room on a day, in a transaction of its own."""

    def run(work: Any, day: date, *arguments: Any) -> Any:
        actor = Actor.service(district, datetime(day.year, day.month, day.day, 2, tzinfo=UTC), "Asia/Shanghai")
        return database.run(lambda connection: work(connection, actor, *arguments), district)

    return run


def codes_of(run: Run) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in run(cycles.quarters, date(2026, 1, 1)):
        found.setdefault(one.cycle, []).append(one.code)
    return found


def test_a_district_without_a_frame_has_calendar_years(run: Run) -> None:
    assert run(cycles.open_cycle, date(2026, 5, 5), date(2026, 5, 5))
    assert not run(cycles.open_cycle, date(2026, 5, 5), date(2026, 12, 31))
    assert codes_of(run) == {"2026": ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]}


def test_the_next_cycle_opens_in_the_last_month_of_the_present(run: Run) -> None:
    assert run(cycles.set_frame, date(2026, 7, 6), 7, Window.YEAR, date(2026, 7, 1))
    assert not run(cycles.set_frame, date(2026, 7, 6), 7, Window.YEAR, date(2026, 7, 1))
    run(cycles.open_cycle, date(2026, 7, 6), date(2026, 7, 6))
    assert run(cycles.advance, date(2027, 5, 31))["opened"] == 0
    assert run(cycles.advance, date(2027, 6, 1))["opened"] == 1
    assert run(cycles.advance, date(2027, 6, 2))["opened"] == 0
    assert codes_of(run) == {
        "2026-2027": ["2026Q3", "2026Q4", "2027Q1", "2027Q2"],
        "2027-2028": ["2027Q3", "2027Q4", "2028Q1", "2028Q2"],
    }


def test_cycles_of_a_quarter_follow_one_another(run: Run) -> None:
    run(cycles.set_frame, date(2026, 4, 6), 1, Window.QUARTER, date(2026, 4, 1))
    run(cycles.open_cycle, date(2026, 4, 6), date(2026, 4, 6))
    for month in (4, 5, 6, 7, 8, 9):
        run(cycles.advance, date(2026, month, 15))
    assert codes_of(run) == {"2026Q2": ["2026Q2"], "2026Q3": ["2026Q3"], "2026Q4": ["2026Q4"]}


def test_a_district_under_way_keeps_its_cycles(run: Run) -> None:
    run(cycles.open_cycle, date(2026, 1, 5), date(2026, 1, 5))
    with pytest.raises(FrameHeld):
        run(cycles.set_frame, date(2026, 6, 1), 7, Window.YEAR, date(2026, 7, 1))
    assert run(cycles.set_frame, date(2026, 12, 1), 1, Window.HALF, date(2027, 1, 1))
    assert run(cycles.advance, date(2026, 12, 2))["opened"] == 1
    assert codes_of(run)["2027H1"] == ["2027Q1", "2027Q2"]
