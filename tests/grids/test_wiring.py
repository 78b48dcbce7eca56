"""What grids take from ratings and cases, and what they hand down, with stars that a round has named."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.auth.core import Role
from app.cases import store_cases
from app.cases.core_cases import Case
from app.grids import supplying
from app.kit.ids import new_id
from app.schedule import find_job
from tests.grids.village import Village
from tests.ratings.conftest import Jury, jury, many
from tests.ratings.test_round import DISTRICT, OFFICER
from tests.ratings.test_treating import named, plan
from tests.town import Json

__all__ = ["jury", "many", "named"]

QUARTER_END, TURN = date(2026, 12, 31), date(2027, 1, 1)


@pytest.fixture
def rated(jury: Jury, named: dict[str, str], many: list[str]) -> Village:
    """The named round's town with grids: 第一支部 has five stars, 第二支部 four, 弱支部 two."""
    village = Village(jury.desk)
    town = jury.desk.town
    village.branches |= {"第一支部": town.branch, "第二支部": town.neighbour, "弱支部": UUID(many[0])}
    village.add_enterprise("甲厂", "household", town.branch)
    village.add_enterprise("乙厂", "household", town.neighbour)
    village.add_enterprise("弱厂", "household", UUID(many[0]))
    village.employ("林晓明", "甲厂")
    village.found_grids()
    return village


def job(village: Village, name: str = "grids", slot: str = "2026-11-28") -> Json:
    found: Json = village.desk.town.run(lambda connection, actor: find_job(name).do(connection, actor, slot))
    return found


def helping(village: Village, branch: str) -> Json:
    key = str(village.branches[branch])
    (found,) = (one for one in village.mentorings(limit=200) if one["helped_id"] == key and one["state"] != "ended")
    return found


def inbox(village: Village, login: str, kind: str) -> list[str]:
    found = village.got("GET", "/me/messages", login=login, limit=200)["messages"]
    return [one["text"] for one in found if one["kind"] == kind]


def agree(village: Village, mentoring: str, *sides: str) -> None:
    for side in sides:
        village.got("POST", f"/mentorings/{mentoring}/agreement", {"side": side})


def open_case(village: Village, name: str) -> UUID:
    """An assistance case of a member, as the lines would open it."""
    town, key = village.desk.town, new_id()

    def work(connection: Any, actor: Any) -> None:
        from app.points import reading  # noqa: PLC0415
        from app.rules import service as rules  # noqa: PLC0415

        edition = rules.edition_on(connection, actor.district_id, town.root, actor.today)
        case = Case(
            id=key, member_id=town.members[name], branch_id=town.branch, path=town.branch_path, quarter="2026Q3",
            cycle=reading.present_cycle(connection, actor), line="assistance", edition=edition.digest, value=480,
            bound=500, opened_at=actor.at, opened_on=actor.today, due_on=date(2026, 12, 14),
        )  # fmt: skip
        store_cases.insert_cases(connection, actor.district_id, [case])

    town.run(work)
    return key


def test_stars_leads_and_open_cases_are_taken_from_the_rooms_below(rated: Village) -> None:
    open_case(rated, "陈建国")
    known = rated.desk.town.run(supplying.supplied)
    branches = rated.branches
    assert [known.stars[branches[one]] for one in ("第一支部", "第二支部", "弱支部")] == [5, 4, 2]
    assert known.eligible == {branches["第一支部"], branches["第二支部"]}
    assert known.cases == {rated.desk.town.members["陈建国"]}
    # A star that is on record is not said otherwise, neither for a lead nor for an assignment.
    body = {"grid_id": rated.grids["household"], "branch_id": str(branches["弱支部"]), "capacity": 3, "star": 5}
    assert rated.refused("PUT", f"/grids/leads/{new_id()}", body) == "too_few_stars"
    rated.lead("第一支部", "household", capacity=20)
    pairs = {one["helped_id"]: one["grounds"] for one in rated.assign({"弱支部": 5})["pairs"]}
    assert pairs[str(branches["弱支部"])] == ["two_stars"]


def test_the_job_proposes_and_what_both_sides_agree_on_helps_the_plan(rated: Village, jury: Jury, named: Json) -> None:
    made = plan(jury, named["b0"])
    rated.lead("第一支部", "household", capacity=20)
    assert "第一支部为网格“家具日化”的龙头" in inbox(rated, "secretary", "lead_named")[0]
    done = job(rated)
    assert done["proposed"] == 3  # the branch, its firm and the other without a member
    one = helping(rated, "弱支部")
    assert any("第一支部帮带第3支部（党支部）" in text for text in inbox(rated, "secretary", "mentoring_asked"))
    agree(rated, one["id"], "lead")
    helper = {entry["id"]: entry["helper_id"] for entry in jury.done("GET", OFFICER, "rating-plans")["plans"]}
    assert helper[made] is None
    agree(rated, one["id"], "helped")
    treated = jury.done("GET", OFFICER, "rating-treatments", treatment="rectification")["branches"]
    mine = next(entry for entry in treated if entry["plan_id"] == made)
    assert (mine["helper_id"], mine["wants_plan"]) == (str(rated.branches["第一支部"]), False)
    assert all(entry["wants_plan"] for entry in treated if entry["plan_id"] is None)
    assert job(rated)["proposed"] == 0  # the same facts again move nothing
    rated.got("POST", f"/mentorings/{one['id']}/end", {"reason": "已达标", "outcome": "risen"})
    treated = jury.done("GET", OFFICER, "rating-treatments", treatment="rectification")["branches"]
    assert next(entry for entry in treated if entry["plan_id"] == made)["helper_id"] is None


def test_the_secretary_of_the_lead_is_proposed_as_helper_once_the_lead_agrees(rated: Village) -> None:
    town = rated.desk.town
    case = open_case(rated, "陈建国")
    town.add_member("邻支书", branch=town.neighbour, account=True)
    rated.lead("第二支部", "household", capacity=20)
    job(rated)
    member = str(town.members["陈建国"])
    (one,) = (found for found in rated.mentorings(limit=200) if found["helped_id"] == member)
    # Whoever leads hears of one of the branch's members, and not of whom.
    told = inbox(rated, "neighbour_secretary", "mentoring_asked")
    assert any("第二支部帮带第一支部（其中一名党员）" in text for text in told)
    assert not any("陈建国" in text for text in told)
    assert rated.got("GET", f"/cases/{case}")["proposed_helper"] is None
    agree(rated, one["id"], "lead")
    assert rated.got("GET", f"/cases/{case}")["proposed_helper"] is None  # no member is secretary there
    town.appoint("邻支书", Role.SECRETARY, town.neighbour_path)
    job(rated)
    found = rated.got("GET", f"/cases/{case}")
    assert found["proposed_helper"] == "邻支书"
    version = found["version"]
    job(rated)
    assert rated.got("GET", f"/cases/{case}")["version"] == version  # nobody is proposed twice


def test_a_lead_that_loses_its_star_goes_at_the_quarters_end_and_nobody_is_left(
    rated: Village, jury: Jury, named: Json
) -> None:
    """By jobs alone: the downgrade of a branch to three stars, the deputy named meanwhile, the turn of the quarter."""
    lead = rated.lead("第二支部", "household", capacity=20)
    job(rated)
    one = helping(rated, "弱支部")
    agree(rated, one["id"], "lead", "helped")
    jury.step(OFFICER, f"ratings/{named['neighbour']}/downgrade", ground="look-back", basis="回头看不合格")
    assert "由 4 调为 3" in inbox(rated, "neighbour_secretary", "star_lowered")[0]
    assert job(rated)["leads"] == 1
    (row,) = (led for grid in rated.got("GET", "/grids")["grids"] for led in grid["leads"])
    assert (row["state"], row["until_on"]) == ("leaving", "2026-12-31")
    lost = inbox(rated, DISTRICT, "lead_lost")
    assert len(lost) == 1
    assert "保留到 2026年12月31日" in lost[0]
    body = {"grid_id": rated.grids["household"], "branch_id": str(rated.branches["第二支部"]), "capacity": 20}
    rated.got("PUT", f"/grids/leads/{lead}", {**body, "deputy_id": str(rated.branches["第一支部"])})
    rated.on(QUARTER_END)
    job(rated, slot="2026-12-31")
    assert helping(rated, "弱支部")["lead_id"] == lead
    rated.on(TURN)
    job(rated, slot="2027-01-01")
    after = helping(rated, "弱支部")
    assert (after["state"], after["before_id"]) == ("agreed", one["id"])
    (row,) = (led for grid in rated.got("GET", "/grids")["grids"] for led in grid["leads"])
    assert (row["branch_id"], row["state"]) == (str(rated.branches["第一支部"]), "leading")
    # Both sides hear of it; a branch without a secretary is its committee's to look after.
    for login in ("neighbour_secretary", OFFICER):
        told = inbox(rated, login, "mentoring_ended")
        assert told == ["第二支部帮带第3支部（党支部）：由接任的龙头继续帮带。"]


def test_each_quarter_keeps_where_the_helped_branch_stands_and_asks_for_its_meeting(rated: Village, jury: Jury) -> None:
    rated.lead("第一支部", "household", capacity=20)
    job(rated)
    one = helping(rated, "弱支部")
    agree(rated, one["id"], "lead", "helped")
    visit = {"id": str(new_id()), "kind": "visit", "held_on": "2026-11-28", "text": "指导三会一课"}
    rated.got("POST", f"/mentorings/{one['id']}/visits", {**visit, "problems_found": 2, "problems_solved": 1})
    assert inbox(rated, "secretary", "visit_due") == []
    rated.on(date(2026, 12, 1))
    job(rated, slot="2026-12-01")
    rated.on(date(2026, 12, 2))
    job(rated, slot="2026-12-02")
    assert len(inbox(rated, "secretary", "visit_due")) == 1  # once a quarter
    rated.on(date(2027, 1, 20))
    round_id = jury.open(2026)
    for noted in (1, 0):
        assert job(rated, "mentoring", "2026Q4")["noted"] == noted
    found = rated.got("GET", f"/mentorings/{one['id']}")
    assert [(entry["quarter"], entry["star"]) for entry in found["progress"]] == [("2026Q4", 2)]
    assert found["missing_meetings"] == ["2026Q4"]
    # And the year's grid work is handed down: one meeting was due of the lead and of the helped one.
    for branch in ("第一支部", "弱支部"):
        values = jury.read(jury.rating_of(round_id, rated.branches[branch])["id"])["indicators"]
        work = next(entry for entry in values if entry["indicator"] == "S4.5")
        assert (work["measured"]["part"], work["measured"]["whole"], work["points"]) == (0, 1, 0)
        assert work["measured"]["inputs"]["due"] == [f"{one['id']} 2026Q4"]
    assert rated.got("POST", "/grids/indicators")["written"] == 0
