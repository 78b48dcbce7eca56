"""Assignments over HTTP, and the life of what they propose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from app.grids import pairing, supplying
from app.grids.core import Supplied
from app.kit.ids import new_id
from app.schedule import find_job
from tests.grids.village import Village
from tests.town import Json


def essence(found: Json) -> Json:
    """Without the ids that every attempt makes anew."""
    return {**found, "leads": {**found["leads"], "opened": len(found["leads"]["opened"])}}


def helped(village: Village, name: str, **query: str) -> Json:
    key = str({**village.branches, **village.enterprises}[name])
    (found,) = (one for one in village.mentorings(**query) if one["helped_id"] == key)
    return found


def visit(**more: object) -> Json:
    made = {"id": str(new_id()), "kind": "visit", "held_on": "2026-11-21", "text": "指导三会一课记录"}
    return {**made, "problems_found": 3, "problems_solved": 2, **more}


def test_the_preview_equals_the_commit_and_a_second_run_proposes_nothing(village: Village) -> None:
    village.lead("强支部", "household")
    preview = village.assign({"第一支部": 1}, preview=True)
    assert village.mentorings() == []
    applied = village.assign({"第一支部": 1})
    assert essence(applied) == essence(preview)
    assert applied["proposed"] == len(applied["pairs"]) == 3
    again = village.assign({"第一支部": 1})
    assert (again["proposed"], again["ended"], again["released"]) == (0, 0, [])
    assert all(one["kept"] for one in again["pairs"])
    mine = next(one for one in again["pairs"] if one["kind"] == "branch")
    assert mine["grounds"] == ["one_star"]
    assert mine["costs"]["total"] == sum(cost for part, cost in mine["costs"].items() if part != "total")


def test_where_places_are_missing_the_grid_is_told(village: Village) -> None:
    village.lead("强支部", "household", capacity=1)
    found = village.assign({"第一支部": 2})
    assert [one["helped_id"] for one in found["pairs"]] == [str(village.branches["第一支部"])]
    lacks = {one["helped_id"]: one["lack"] for one in found["unserved"]}
    assert lacks == {
        str(village.enterprises["乙厂"]): "no_capacity",
        str(village.enterprises["新厂"]): "no_capacity",
        str(village.enterprises["强厂"]): "no_lead",  # its own branch is the only lead
    }
    by_grid = {one["grid"]: one for one in found["shortages"]}
    household = by_grid[village.grids["household"]]
    assert (household["waiting"], household["leads"], household["capacity"], household["free"]) == (2, 1, 1, 0)


def test_a_member_with_an_open_case_is_helped_first(village: Village) -> None:
    village.lead("强支部", "household", capacity=1)
    member = village.desk.town.members["林晓明"]
    (pair,) = village.assign({"第一支部": 1}, cases=[member])["pairs"]
    assert (pair["kind"], pair["helped_id"], pair["grounds"]) == ("member", str(member), ["case"])


def test_without_stars_nothing_is_assigned(village: Village) -> None:
    assert village.refused("POST", "/grids/assignment", {}) == "stars_unknown"


def test_the_job_proposes_from_what_is_on_record(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    village.lead("强支部", "household")
    known = Supplied({village.branches["第一支部"]: 2})
    monkeypatch.setattr(supplying, "supplied", lambda connection, actor: known)
    job = find_job("grids")
    for proposed in (3, 0):
        done = village.desk.town.run(lambda connection, actor: job.do(connection, actor, "2026-11-21"))
        assert done == {"placed": 0, "leads": 0, "proposed": proposed, "ended": 0, "without_lead": 1}


def test_a_choice_by_hand_is_kept_and_needs_a_place_and_a_reason(village: Village) -> None:
    own, other = village.lead("强支部", "household", capacity=3), village.lead("新支部", "electronics", capacity=1)
    village.assign({"第一支部": 2})
    assert helped(village, "第一支部")["lead_id"] == own
    body = {"kind": "branch", "helped_id": str(village.branches["第一支部"]), "lead_id": other, "reason": "同一园区"}
    assert village.ask("POST", "/mentorings/overrides", {**body, "reason": ""}).status_code == 422
    chosen = village.got("POST", "/mentorings/overrides", body)
    assert (chosen["by_hand"], chosen["state"], chosen["costs"]) == ("同一园区", "proposed", {})
    assert village.got("POST", "/mentorings/overrides", body)["id"] == chosen["id"]
    village.assign({"第一支部": 2})
    assert helped(village, "第一支部", state="proposed")["lead_id"] == other
    ended = helped(village, "第一支部", state="ended")
    assert (ended["outcome"], ended["reason"], chosen["before_id"]) == ("chosen_otherwise", "同一园区", ended["id"])
    firm = {"kind": "enterprise", "helped_id": str(village.enterprises["乙厂"]), "lead_id": other, "reason": "x"}
    assert village.refused("POST", "/mentorings/overrides", firm) == "capacity_full"
    self_help = {"kind": "enterprise", "helped_id": str(village.enterprises["强厂"]), "lead_id": own, "reason": "x"}
    assert village.refused("POST", "/mentorings/overrides", self_help) == "helps_itself"


def test_a_mentoring_is_proposed_agreed_active_and_ended(village: Village) -> None:
    village.lead("强支部", "household")
    village.assign({"第一支部": 2})
    one = helped(village, "第一支部")
    path = f"/mentorings/{one['id']}"
    leader, led = village.secretary_of("强支部"), "secretary"
    assert village.refused("POST", f"{path}/agreement", {"side": "lead"}, login=led) == "not_found"
    assert village.refused("POST", f"{path}/visits", visit(), login=leader) == "not_agreed_yet"
    village.got("POST", f"{path}/agreement", {"side": "lead"}, login=leader)
    assert village.refused("POST", f"{path}/visits", visit(), login=leader) == "not_agreed_yet"
    agreed = village.got("POST", f"{path}/agreement", {"side": "helped"}, login=led)
    assert agreed["mentoring"]["state"] == "agreed"
    for day in ("2026-11-20", "2026-11-22"):
        assert village.refused("POST", f"{path}/visits", visit(held_on=day), login=leader) == "visit_day"
    sent = visit()
    first = village.got("POST", f"{path}/visits", sent, login=leader)
    assert (first["mentoring"]["state"], first["mentoring"]["active_on"]) == ("active", "2026-11-21")
    assert [one["average"] for one in first["visits"]] == ["1000.00"]
    again = village.ask("POST", f"{path}/visits", sent, login=leader)
    assert (again.status_code, again.headers["idempotent-replay"], again.json()) == (200, "true", first)
    assert village.refused("POST", f"{path}/visits", {**sent, "text": "别的"}, login=leader) == "id_used"
    village.desk.recorded("group_leader", village.desk.town.missed("陈建国"))
    village.on(date(2027, 1, 8))
    meeting = visit(kind="joint_meeting", held_on="2027-01-05", problems_found=0, problems_solved=1)
    view = village.got("POST", f"{path}/visits", meeting, login=led)
    assert (view["problems_found"], view["problems_solved"]) == (3, 3)
    assert view["missing_meetings"] == ["2026Q4"]
    ended = village.got("POST", f"{path}/end", {"outcome": "risen", "reason": "已评三星"}, login=led)
    assert (ended["mentoring"]["outcome"], ended["mentoring"]["ended_on"]) == ("risen", "2027-01-08")
    for part, body in (("visits", visit()), ("agreement", {"side": "lead"}), ("end", {"reason": "再次"})):
        assert village.refused("POST", f"{path}/{part}", body, login=leader) == "mentoring_over"


def test_what_is_agreed_stays_when_the_ground_is_gone_and_a_proposal_does_not(village: Village) -> None:
    village.lead("强支部", "household")
    village.assign({"第一支部": 2, "第二支部": 2})
    village.agree(helped(village, "第一支部")["id"])
    found = village.assign({"第一支部": 3, "第二支部": 3})
    assert helped(village, "第一支部")["state"] == "agreed"
    assert helped(village, "第一支部")["grounds"] == ["under_way"]
    # The second branch has no enterprise in any grid, so nothing had been proposed to it.
    assert (village.mentorings(state="ended"), found["ended"]) == ([], 0)
    village.assign({})
    assert helped(village, "第一支部")["state"] == "agreed"


def test_a_proposal_that_is_not_needed_any_more_is_withdrawn(village: Village) -> None:
    village.lead("强支部", "household")
    village.assign({"第一支部": 2})
    village.assign({"第一支部": 3})
    assert helped(village, "第一支部")["outcome"] == "withdrawn"


def test_a_proposal_can_be_refused(village: Village) -> None:
    village.lead("强支部", "household")
    village.assign({"第一支部": 2})
    path = f"/mentorings/{helped(village, '第一支部')['id']}/end"
    ended = village.got("POST", path, {"reason": "另有安排"}, login="secretary")
    assert (ended["mentoring"]["outcome"], ended["mentoring"]["reason"]) == ("refused", "另有安排")


def test_a_secretary_sees_the_own_mentorings_only_and_pages_go_on(village: Village) -> None:
    village.lead("强支部", "household")
    village.assign({"第一支部": 2})
    assert [one["helped_id"] for one in village.mentorings("secretary")] == [str(village.branches["第一支部"])]
    seen: list[str] = []
    cursor: Json = {}
    while True:
        page = village.got("GET", "/mentorings", limit=2, grid=village.grids["household"], **cursor)
        seen += [one["id"] for one in page["mentorings"]]
        if page["following"] is None:
            break
        cursor = {"cursor": page["following"]}
    assert seen == [one["id"] for one in village.mentorings()]
    assert len(seen) == 3


def test_two_assignments_at_once_leave_one_proposal_each(village: Village) -> None:
    village.lead("强支部", "household")
    known = Supplied({village.branches["第一支部"]: 2})

    def assign(_: int) -> int:
        applied = village.desk.town.run(lambda connection, actor: pairing.apply(connection, actor, known))
        return len(applied.opened)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(assign, range(4))) == [0, 0, 0, 3]
    assert len(village.mentorings()) == 3
