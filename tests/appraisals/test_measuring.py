"""Who was in post how long, and what is measured of mentoring and of stars that fell."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.appraisals.core import Spell, full_months, tenures
from app.grids import mentoring, store_mentoring
from app.grids.assigning import HelpedKind
from app.grids.core_mentoring import Mentoring, MentoringState, Visit, VisitKind
from app.grids.tables import grid, grid_lead
from app.kit.ids import new_id
from app.ratings import recalling, store
from app.ratings.core import Action, Decision
from tests.appraisals.conftest import DISTRICT, OFFICER, Panel
from tests.surveys.conftest import Booth

FIRST, CUT_OFF = date(2025, 1, 1), date(2025, 12, 31)
ANNA, BO = UUID(int=1), UUID(int=2)
BRANCH, OTHER = UUID(int=8), UUID(int=9)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2025, 1, 1), CUT_OFF, 12),
        (date(2025, 1, 2), CUT_OFF, 11),
        (date(2024, 12, 31), CUT_OFF, 12),
        (date(2025, 1, 31), date(2025, 2, 26), 0),
        (date(2025, 2, 28), date(2025, 3, 27), 1),
        (date(2025, 12, 31), CUT_OFF, 0),
    ],
)
def test_a_calendar_year_is_twelve_months_in_post(first: date, last: date, months: int) -> None:
    assert full_months(first, last) == months


def test_time_in_post_is_without_a_gap_and_at_one_branch() -> None:
    spells = [
        Spell(ANNA, BRANCH, date(2023, 3, 1), date(2024, 8, 31)),
        Spell(ANNA, BRANCH, date(2024, 9, 1), None),  # named anew the next day: one time in post
        Spell(BO, OTHER, date(2020, 1, 1), date(2025, 6, 30)),
        Spell(BO, BRANCH, date(2025, 7, 1), None),  # the years elsewhere do not count here
        Spell(ANNA, OTHER, date(2025, 7, 1), date(2026, 2, 1)),
    ]
    found = {(one.account_id, one.branch_id): one for one in tenures(spells, FIRST, CUT_OFF)}
    assert (found[ANNA, BRANCH].from_on, found[ANNA, BRANCH].months) == (date(2023, 3, 1), 34)
    assert (found[BO, OTHER].left, found[BO, OTHER].months) == (True, 66)
    assert (found[BO, BRANCH].left, found[BO, BRANCH].months) == (False, 6)
    assert (found[ANNA, OTHER].left, found[ANNA, OTHER].months) == (False, 6)  # left after the cut-off


def test_a_break_starts_the_time_anew_and_who_left_before_the_year_is_not_in_it() -> None:
    broken = [Spell(ANNA, BRANCH, date(2020, 1, 1), date(2025, 3, 31)), Spell(ANNA, BRANCH, date(2025, 4, 2), None)]
    (found,) = tenures(broken, FIRST, CUT_OFF)
    assert (found.from_on, found.months, found.left) == (date(2025, 4, 2), 8, False)
    assert tenures([Spell(BO, BRANCH, date(2020, 1, 1), date(2024, 12, 31))], FIRST, CUT_OFF) == []


def test_joint_meetings_count_for_lead_and_helped_branch_alike(panel: Panel) -> None:
    town = panel.desk.town
    lead, helped = panel.branches["secretary"], panel.branches["second"]

    def work(connection: Connection, actor: Any) -> Any:
        district = town.district.id
        grid_id, lead_id = new_id(), new_id()
        connection.execute(
            grid.insert().values(
                district_id=district, id=grid_id, code="G", name="网格", trades=[], neighbours=[],
                from_on=date(2025, 1, 1),
            )
        )  # fmt: skip
        row = {
            "district_id": district,
            "id": lead_id,
            "grid_id": grid_id,
            "branch_id": lead,
            "star": 5,
            "capacity": 3,
            "state": "leading",
            "from_on": date(2025, 1, 1),
        }
        connection.execute(grid_lead.insert().values(row))
        made = Mentoring(
            new_id(), lead_id, town.path(town.committee, lead), HelpedKind.BRANCH, helped,
            town.path(town.committee, helped), MentoringState.ACTIVE, (), {}, None, 2, date(2025, 4, 1),
            date(2025, 4, 2), date(2025, 4, 2), date(2025, 4, 3),
        )  # fmt: skip
        store_mentoring.write_mentorings(connection, district, [made], new=True)
        visit = Visit(
            new_id(), made.id, VisitKind.JOINT_MEETING, date(2025, 8, 1), "2025Q3", "例会", 1, 1, None, None, None, b""
        )
        store_mentoring.insert_visit(connection, district, visit, actor.at)
        return mentoring.meetings_of_year(connection, actor, 2025)

    found = town.run(work)
    assert [(one.quarter, one.is_held) for one in found[lead]] == [
        ("2025Q2", False), ("2025Q3", True), ("2025Q4", False),
    ]  # fmt: skip
    assert found[helped] == found[lead]
    appraisal = panel.appraisals(panel.open_appraisal())["second"]["id"]
    part = next(one for one in panel.read_appraisal(appraisal)["parts"] if one["part"] == "grid")
    assert (part["measured"]["part"], part["measured"]["whole"], part["points"]) == (1, 3, 3.33)
    assert part["measured"]["inputs"]["held"] == [{"mentoring": str(found[lead][0].mentoring_id), "quarter": "2025Q3"}]


def test_the_masses_part_is_what_members_and_staff_answer_and_a_third_unfit_decides(panel: Panel) -> None:
    booth = Booth(panel.desk)
    round_id = panel.open_appraisal()

    def asked(name: str, *choices: str, **more: Any) -> None:
        about = [str(panel.branches[name]), *map(str, more.pop("beside", ()))]
        days = {"opens_on": "2026-11-21", "closes_on": "2026-11-21", "year": 2025}
        body = {"subject": "secretary", "about": about, **days, **more}
        booth.answered(*booth.open(**body), *choices)

    asked("second", *["excellent"] * 4, "unfit", "unfit", kind="staff")
    asked("second", "excellent", "basic", "unfit", "unfit", "unfit", "unknown", kind="members")
    asked("second", *["excellent"] * 8, kind="peers", beside=[panel.branches["third"]])
    asked("fourth", "excellent", "competent", "basic", "basic", "unfit", "unfit", kind="members")  # exactly a third
    asked("third", *["unfit"] * 4, kind="staff")
    asked("newcomer", *["unfit"] * 6, kind="staff")
    booth.live_until(date(2026, 11, 22))
    assert booth.keep() == 6
    found = panel.appraisals(round_id)
    for name in ("second", "third", "fourth", "newcomer"):
        panel.step(OFFICER, f"appraisals/{found[name]['id']}/measurement")

    def masses(name: str) -> Any:
        parts = panel.read_appraisal(found[name]["id"])["parts"]
        return next(one for one in parts if one["part"] == "masses")

    second, few, fourth = masses("second"), masses("third"), masses("fourth")
    assert (second["measured"]["part"], second["measured"]["whole"], second["points"]) == (5, 11, 4.55)
    assert second["measured"]["inputs"] == {"satisfied": 5, "answers": 11, "unfit": 5, "valid": 2, "invalid": 0}
    assert (few["measured"]["inputs"]["invalid"], few["points"], few["remark"]) == (1, 10, "no_valid_survey")
    assert (fourth["points"], masses("newcomer")["measured"]["part"]) == (3.33, None)
    for name in ("second", "third", "fourth"):
        panel.give(found[name]["id"], "organisation", points=20)
        panel.step(OFFICER, f"appraisals/{found[name]['id']}/signature")
    for name in ("secretary", "fifth"):
        panel.signed(found[name]["id"], 20)
    panel.step(DISTRICT, f"appraisal-rounds/{round_id}/reckoning")
    graded = {name: panel.read_appraisal(found[name]["id"]) for name in ("second", "third", "fourth")}
    assert (graded["second"]["grade"], graded["second"]["reasons"][-1]["cause"]) == ("unfit", "votes")
    assert "votes" not in {one["cause"] for name in ("third", "fourth") for one in graded[name]["reasons"]}


def test_a_star_that_fell_since_its_naming_counts_as_what_is_left(panel: Panel) -> None:
    town = panel.desk.town

    def lower(connection: Connection, actor: Any) -> Any:
        step = Decision(
            new_id(), panel.branches["fourth"], panel.ratings["fourth"], Action.DOWNGRADED, actor.at, None,
            date(2026, 6, 1), star=4,
        )  # fmt: skip
        store.insert_decisions(connection, town.district.id, [step])
        return recalling.named_round(connection, actor, "2025")

    named = town.run(lower)
    assert (named.branches[panel.branches["fourth"]].star, named.branches[panel.branches["fifth"]].star) == (4, 5)
    appraisal = panel.appraisals(panel.open_appraisal())["fourth"]["id"]
    part = next(one for one in panel.read_appraisal(appraisal)["parts"] if one["part"] == "star")
    assert (part["points"], part["measured"]["inputs"]["star"]) == (25, 4)
