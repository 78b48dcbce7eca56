"""A round from its opening to the named stars, over HTTP."""

from __future__ import annotations

from datetime import date

from app.kit.ids import new_id
from tests.ratings.conftest import Jury
from tests.town import Json

OFFICER = "committee_officer"
DISTRICT = "district_officer"


def causes(rating: Json) -> list[str]:
    return [one["cause"] for one in rating["reasons"]]


def to_notice(jury: Jury, round_id: str, five: str) -> None:
    jury.step(DISTRICT, f"rating-rounds/{round_id}/reckoning")
    jury.step(DISTRICT, f"ratings/{five}/decision", accept=True, basis="材料属实")
    committee = str(jury.desk.town.committee)
    jury.step(OFFICER, f"rating-rounds/{round_id}/filing", committee_id=committee)


def surveys(jury: Jury, rating: str) -> None:
    """The committee enters a survey on paper: enough answers for five stars."""
    body = {
        "indicators": [
            {"indicator": "S6.2", "part": 95, "whole": 100, "note": "纸质测评", "files": [jury.file(OFFICER)]}
        ]
    }
    jury.step(OFFICER, f"ratings/{rating}/corrections", **body)


def five_star_round(jury: Jury, many: list[str]) -> tuple[str, dict[str, str]]:
    """Own and neighbour branch reach five stars, own the better; the others three or less."""
    round_id = jury.open()
    town = jury.desk.town
    names = {"own": str(town.branch), "neighbour": str(town.neighbour)} | {f"b{at}": one for at, one in enumerate(many)}
    ratings = {name: jury.rating_of(round_id, branch)["id"] for name, branch in names.items()}
    jury.submitted(ratings["own"])
    jury.submitted(ratings["neighbour"], "neighbour_secretary", share=0.8)
    for name in ("own", "neighbour"):
        surveys(jury, ratings[name])
    for rating in ratings.values():
        jury.step(OFFICER, f"ratings/{rating}/signature")
    return round_id, ratings


def test_a_round_goes_from_self_rating_to_named_stars(jury: Jury, many: list[str]) -> None:
    round_id, ratings = five_star_round(jury, many)
    answer = jury.step(DISTRICT, f"rating-rounds/{round_id}/reckoning")
    places = {(pool["star"], pool["count"], pool["places"]) for pool in answer["pools"]}
    assert places == {(5, 10, 1), (4, 10, 3)}
    own, neighbour = jury.read(ratings["own"]), jury.read(ratings["neighbour"])
    assert (own["star"], causes(own)[-1]) == (5, "taken")
    assert (neighbour["star"], neighbour["scored_as"], causes(neighbour)[-2:]) == (4, 5, ["quota", "taken"])
    assert "受名额限制" in neighbour["reasons"][-2]["zh"]
    assert jury.read(ratings["b0"])["star"] == 2  # nothing by hand, and what was not supplied in full
    committee = str(jury.desk.town.committee)
    # The district comes first, and neither decides for the other.
    assert jury.refused(OFFICER, f"rating-rounds/{round_id}/filing", committee_id=committee) == "ratings_open"
    assert jury.refused(DISTRICT, f"ratings/{neighbour['id']}/decision", accept=True, basis="可") == "not_your_star"
    jury.step(DISTRICT, f"ratings/{own['id']}/decision", accept=True, basis="材料属实")
    found = jury.step(OFFICER, f"rating-rounds/{round_id}/filing", committee_id=committee)
    assert (found["state"], found["ratings"]) == ("notice", {"notice": 10})
    own = jury.read(ratings["own"])
    assert (own["notice_from"], own["notice_until"]) == ("2026-11-21", "2026-11-27")
    assert jury.refused(DISTRICT, f"rating-rounds/{round_id}/naming") == "notice_running"
    jury.desk.town.on(date(2026, 11, 28))
    jury.desk.forget()
    named = jury.step(DISTRICT, f"rating-rounds/{round_id}/naming")
    assert named["state"] == "named"
    own = jury.read(ratings["own"])
    assert (own["star"], own["valid_from"], own["valid_until"]) == (5, "2026-11-28", "2027-11-27")
    assert [one["action"] for one in own["steps"]] == [
        "filled", "submitted", "corrected", "signed", "reckoned", "accepted", "noticed", "named",
    ]  # fmt: skip
    assert all(one["by"] for one in own["steps"])


def test_a_refusal_gives_the_place_to_the_next(jury: Jury, many: list[str]) -> None:
    round_id, ratings = five_star_round(jury, many)
    jury.step(DISTRICT, f"rating-rounds/{round_id}/reckoning")
    found = jury.step(DISTRICT, f"ratings/{ratings['own']}/decision", accept=False, basis="创新项目不实")
    assert (found["star"], found["scored_as"], found["refusal"]) == (4, None, "创新项目不实")
    assert "refused" in causes(found)
    neighbour = jury.read(ratings["neighbour"])
    assert (neighbour["star"], neighbour["scored_as"], neighbour["state"]) == (5, None, "deciding")


def test_an_upheld_objection_restarts_the_notice_for_changed_stars_only(jury: Jury, many: list[str]) -> None:
    round_id, ratings = five_star_round(jury, many)
    to_notice(jury, round_id, ratings["own"])
    member = "林晓明"
    objected = jury.step(member, f"ratings/{ratings['own']}/objections", basis="示范岗有名无实")
    assert (objected["state"], objected["indicators"]) == ("disputed", [])  # a member sees the result, not the papers
    jury.desk.town.on(date(2026, 11, 30))
    jury.desk.forget()
    assert jury.refused(DISTRICT, f"rating-rounds/{round_id}/naming") == "ratings_open"
    objection = jury.read(ratings["own"])["steps"][-1]["id"]
    path = f"ratings/{ratings['own']}/objections/{objection}/answer"
    assert jury.refused(DISTRICT, path, upheld=True, basis="属实", corrections=[]) == "correction_missing"
    correction = {"indicator": "S4.1", "points": 0, "note": "现场核实", "files": [jury.file(DISTRICT)]}
    weak = {"indicator": "S4.3", "points": 0, "note": "现场核实", "files": [jury.file(DISTRICT)]}
    answered = jury.step(DISTRICT, path, upheld=True, basis="属实", corrections=[correction, weak])
    assert (answered["star"], answered["state"]) == (4, "deciding")
    neighbour, other = jury.read(ratings["neighbour"]), jury.read(ratings["b0"])
    assert (neighbour["star"], neighbour["state"]) == (5, "deciding")
    assert (other["state"], other["notice_until"]) == ("notice", "2026-11-27")
    jury.step(DISTRICT, f"ratings/{ratings['neighbour']}/decision", accept=True, basis="可")
    jury.step(OFFICER, f"rating-rounds/{round_id}/filing", committee_id=str(jury.desk.town.committee))
    assert jury.read(ratings["own"])["notice_until"] == "2026-12-07"
    assert jury.read(ratings["b0"])["notice_until"] == "2026-11-27"


def test_self_committee_and_final_stand_side_by_side(jury: Jury) -> None:
    rating = jury.rating_of(jury.open(), jury.desk.town.branch)["id"]
    jury.submitted(rating)
    proof = jury.file(OFFICER)
    correction = {"indicator": "S1.4", "points": 1.5, "note": "章程未写入", "files": [proof]}
    jury.step(OFFICER, f"ratings/{rating}/corrections", indicators=[correction])
    found = {one["indicator"]: one for one in jury.read(rating, "secretary")["indicators"]}["S1.4"]
    assert (found["own"]["points"], found["committee"]["points"], found["points"]) == (4, 1.5, 1.5)
    assert found["committee"]["note"] == "章程未写入"
    hashes = [one["hash"] for one in found["files"]]
    answer = jury.call("GET", "secretary", f"ratings/{rating}/indicators/S1.4/files/{hashes[0]}")
    assert answer.status_code == 200
    # What nobody supplied is stated, with full points.
    unknown = {one["indicator"]: one for one in jury.read(rating)["indicators"]}["S4.2"]
    assert (unknown["points"], unknown["remark"]) == (5, "not_supplied")


def test_nobody_signs_what_they_filled_in_and_everything_is_proved(jury: Jury) -> None:
    rating = jury.rating_of(jury.open(), jury.desk.town.branch)["id"]
    path = f"ratings/{rating}/indicators"
    bare = [{"indicator": "S1.4", "points": 4}]
    assert jury.refused("secretary", path, "PUT", indicators=bare) == "batch_refused"
    assert jury.refused("secretary", f"ratings/{rating}/submission") == "indicators_missing"
    assert jury.refused("secretary", f"ratings/{rating}/signature") == "forbidden"
    too_much = [{"indicator": "S1.4", "points": 4.5, "files": [jury.file("secretary")]}]
    answer = jury.call("PUT", "secretary", path, {"id": str(new_id()), "indicators": too_much})
    assert answer.json()["faults"][0]["code"] == "reading_out_of_range"


def test_a_step_sent_again_is_the_same_step_and_one_on_what_has_moved_is_refused(jury: Jury) -> None:
    rating = jury.rating_of(jury.open(), jury.desk.town.branch)["id"]
    body = {"id": str(new_id()), "indicators": jury.entries("secretary")}
    path = f"ratings/{rating}/indicators"
    jury.done("PUT", "secretary", path, body)
    again = jury.call("PUT", "secretary", path, body)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert again.json()["version"] == 2
    other = {**body, "indicators": body["indicators"][:1]}
    assert jury.call("PUT", "secretary", path, other).json()["code"] == "id_used"
    assert jury.refused("secretary", f"ratings/{rating}/submission", seen=1) == "rating_moved"
    jury.step("secretary", f"ratings/{rating}/submission", seen=2)
    jury.step("secretary", f"ratings/{rating}/withdrawal")
    jury.step("secretary", f"ratings/{rating}/submission")
    returned = jury.step(OFFICER, f"ratings/{rating}/return", basis="缺经费明细")
    assert (returned["state"], returned["steps"][-1]["basis"]) == ("returned", "缺经费明细")


def test_committees_wait_for_cut_off_and_seal(jury: Jury) -> None:
    jury.desk.town.on(date(2026, 12, 1))
    jury.desk.forget()
    rating = jury.rating_of(jury.open(2026), jury.desk.town.branch)["id"]
    assert jury.refused(OFFICER, f"ratings/{rating}/signature") == "before_cut_off"
    jury.desk.town.on(date(2027, 1, 20))
    jury.desk.forget()
    assert jury.refused(OFFICER, f"ratings/{rating}/signature") == "quarter_not_sealed"


def test_a_withdrawn_round_makes_room_for_another_of_its_year(jury: Jury) -> None:
    first = jury.open()
    assert jury.refused(DISTRICT, "rating-rounds", year=2025) == "round_exists"
    jury.step(DISTRICT, f"rating-rounds/{first}/withdrawal", basis="名额组有误")
    second = jury.open(together=[])
    assert second != first
