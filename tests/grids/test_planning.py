"""The calendar of a grid: main line, themes, highlights and weekly activities."""

from __future__ import annotations

from datetime import date

import pytest

from app.grids.core_plans import PlanLevel, codes_of, is_inside, window_days
from app.kit.ids import new_id
from tests.grids.village import Village
from tests.town import Json


def plan(village: Village, level: str, window: str, login: str = "district_officer", **more: object) -> Json:
    path = f"/grids/{village.grids['household']}/plans/{new_id()}"
    found: Json = village.got("PUT", path, {"level": level, "window": window, "title": "主题", **more}, login=login)
    return found


def refused(village: Village, level: str, window: str, **more: object) -> str:
    path = f"/grids/{village.grids['household']}/plans/{new_id()}"
    return village.refused("PUT", path, {"level": level, "window": window, "title": "主题", **more})


def test_a_theme_serves_the_main_line_and_so_down_to_the_week(village: Village) -> None:
    parent: str | None = None
    for level, window in (("year", "2026"), ("quarter", "2026Q4"), ("month", "2026-11"), ("week", "2026-W47")):
        parent = plan(village, level, window, parent_id=parent)["id"]
    found = village.got("GET", f"/grids/{village.grids['household']}/calendar/2026")
    assert [one["level"] for one in found["plans"]] == ["year", "quarter", "month", "week"]
    assert found["missing"] == []  # the grid began on 21 November, in that week
    assert refused(village, "month", "2026-12", parent_id=parent) == "not_inside"
    assert refused(village, "year", "2026") == "planned_already"
    assert refused(village, "week", "2026-W54") == "bad_window"
    plan(village, "month", "2026-11")  # a month may have several


def test_what_is_missing_is_told_from_the_grids_first_day_on(village: Village) -> None:
    village.on(date(2026, 12, 8))
    found = village.got("GET", f"/grids/{village.grids['household']}/calendar/2026")["missing"]
    missing = [(one["level"], one["window"]) for one in found]
    weeks = [("week", f"2026-W{number}") for number in (47, 48, 49, 50)]
    assert missing == [("year", "2026"), ("quarter", "2026Q4"), ("month", "2026-11"), ("month", "2026-12"), *weeks]


def test_an_activity_becomes_the_plan_and_its_attendance_counts_for_duties(village: Village) -> None:
    town = village.desk.town
    session = {"id": str(new_id()), "organisation_id": str(town.group), "item": "ORG-D02", "title": "初心大家谈"}
    village.got("POST", "/activities", {**session, "held_on": "2026-11-18"}, login="group_leader")
    made = plan(village, "week", "2026-W47", activity_id=session["id"], host_id=str(town.branch))
    assert made["activity_id"] == session["id"]
    assert refused(village, "week", "2026-W48", activity_id=session["id"]) == "not_of_the_window"
    attended = village.got("GET", f"/members/{town.members['林晓明']}/attendance")
    assert attended["sessions"][0]["status"] == "present"


def test_the_secretary_of_a_lead_plans_and_another_one_does_not(village: Village) -> None:
    village.lead("强支部", "household")
    made = plan(village, "month", "2026-12", login=village.secretary_of("强支部"))
    path = f"/grids/{village.grids['household']}/plans/{made['id']}"
    body = {"level": "month", "window": "2026-12", "title": "惠企大讲堂", "dropped": True}
    assert village.refused("PUT", path, body, login="secretary") == "not_found"
    assert village.got("PUT", path, body)["dropped"] is True
    assert village.refused("PUT", path, {**body, "level": "quarter", "window": "2026Q4"}) == "id_used"


@pytest.mark.parametrize(
    ("level", "window", "first", "last"),
    [
        (PlanLevel.YEAR, "2026", date(2026, 1, 1), date(2026, 12, 31)),
        (PlanLevel.QUARTER, "2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (PlanLevel.MONTH, "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        (PlanLevel.WEEK, "2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
    ],
)
def test_a_window_has_its_days(level: PlanLevel, window: str, first: date, last: date) -> None:
    assert window_days(level, window) == (first, last)
    assert all(window_days(other, window) is None for other in PlanLevel if other is not level)


def test_a_week_is_of_the_month_that_has_its_thursday() -> None:
    assert is_inside(PlanLevel.WEEK, "2026-W53", PlanLevel.MONTH, "2026-12")
    assert not is_inside(PlanLevel.WEEK, "2026-W53", PlanLevel.MONTH, "2027-01")


def test_a_year_has_its_own_weeks_only() -> None:
    assert len(codes_of(PlanLevel.WEEK, 2026, date(2026, 12, 31))) == 53
    assert codes_of(PlanLevel.WEEK, 2027, date(2027, 1, 5)) == ["2027-W01"]
