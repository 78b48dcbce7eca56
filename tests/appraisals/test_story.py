"""A year's appraisal from its opening to the file, as committees, the district and secretaries live through it."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread
from typing import Any

from app.auth.core import Role
from app.kit.ids import new_id
from tests.appraisals.conftest import DISTRICT, OFFICER, Panel

YEAR = 2025
NAMES = ("secretary", "second", "third", "fourth", "fifth")


def listed(panel: Panel, *items: tuple[str, str], login: str = OFFICER, branch: str = "secretary") -> list[Any]:
    """Items on the list of a branch."""
    body = {
        "year": YEAR,
        "branches": [str(panel.branches[branch])],
        "items": [{"text": text, "due_on": due_on} for text, due_on in items],
    }
    found: list[Any] = panel.step(login, "responsibilities", **body)["responsibilities"]
    return found


def met(panel: Panel, item: Any) -> None:
    panel.step("secretary", f"responsibilities/{item['id']}/report", basis="已完成", files=[panel.file("secretary")])
    panel.step(OFFICER, f"responsibilities/{item['id']}/verdict", verdict="met", basis="核实")


def everybody_signed(panel: Panel, **points: float) -> tuple[str, dict[str, str]]:
    """A round in which all five who are graded are signed, with 20 points of the committee unless said otherwise."""
    round_id = panel.open_appraisal(YEAR)
    ids = {name: one["id"] for name, one in panel.appraisals(round_id).items()}
    for name in NAMES:
        panel.signed(ids[name], points.get(name, 20))
    return round_id, ids


def to_notice(panel: Panel, round_id: str, best: str) -> None:
    panel.step(DISTRICT, f"appraisal-rounds/{round_id}/reckoning")
    panel.step(DISTRICT, f"appraisals/{best}/decision", accept=True, basis="实绩突出")
    panel.step(OFFICER, f"appraisal-rounds/{round_id}/decisions", committee_id=str(panel.desk.town.committee))


def causes(found: Any) -> list[str]:
    return [one["cause"] for one in found["reasons"]]


def kinds(panel: Panel, login: str) -> list[str]:
    return [one["kind"] for one in panel.done("GET", login, "me/messages")["messages"]]


def test_an_appraisal_goes_from_its_opening_to_the_file(panel: Panel) -> None:
    first, second = listed(panel, ("上专题党课", "2025-06-30"), ("向党委述职", "2025-12-20"))
    met(panel, first)
    round_id = panel.open_appraisal(YEAR)
    found = panel.appraisals(round_id)
    # In post for half a year: on record, and not graded.
    assert (found["newcomer"]["months"], found["newcomer"]["state"]) == (6, "ungraded")
    assert (found["second"]["post_from"], found["second"]["months"]) == ("2023-05-01", 32)
    own = found["secretary"]["id"]
    parts = {one["part"]: one for one in panel.read_appraisal(own)["parts"]}
    assert {code: one["points"] for code, one in parts.items()} == {
        "star": 30, "list": 10, "members": 10, "grid": 10, "organisation": None, "masses": None,
    }  # fmt: skip
    assert parts["star"]["measured"]["inputs"] == {"rating": str(panel.ratings["secretary"]), "star": 5}
    assert parts["list"]["measured"]["inputs"] == {"due": [first["id"], second["id"]], "met": [first["id"]]}
    assert parts["members"]["measured"]["inputs"]["rating"] == str(panel.ratings["secretary"])
    assert (parts["grid"]["remark"], parts["grid"]["points"]) == ("nothing_due", 10)
    assert all(one["measured"]["edition"] for one in parts.values() if one["measured"] and one["part"] != "masses")
    # Nothing is signed half, nor on numbers that have moved since.
    assert panel.refused(OFFICER, f"appraisals/{own}/signature") == "parts_missing"
    assert panel.refused(DISTRICT, f"appraisal-rounds/{round_id}/reckoning") == "appraisals_open"
    met(panel, second)
    panel.give(own, "organisation", points=19.5)
    panel.vote(own, excellent=8, competent=1, unfit=1)
    assert panel.refused(OFFICER, f"appraisals/{own}/signature") == "measures_moved"
    panel.step(OFFICER, f"appraisals/{own}/measurement")
    panel.step(OFFICER, f"appraisals/{own}/signature")
    for name in NAMES[1:]:
        panel.signed(found[name]["id"], 15)
    panel.step(DISTRICT, f"appraisal-rounds/{round_id}/reckoning")
    now = panel.read_appraisal(own)
    assert (now["score"], now["grade"], now["coefficient"]) == (98.5, "excellent", 1.2)
    assert now["score"] == sum(one["points"] for one in now["parts"])
    assert causes(now) == ["level", "nothing_due", "taken"]
    second_best = panel.read_appraisal(found["second"]["id"])
    assert (second_best["grade"], second_best["scored_as"], causes(second_best)[-1]) == (
        "competent",
        "excellent",
        "quota",
    )
    assert "受名额限制" in second_best["reasons"][-1]["zh"]
    committee = {"committee_id": str(panel.desk.town.committee)}
    assert panel.refused(OFFICER, f"appraisal-rounds/{round_id}/decisions", **committee) == "appraisals_open"
    decision = f"appraisals/{found['second']['id']}/decision"
    assert panel.refused(DISTRICT, decision, accept=True, basis="可") == "not_your_grade"
    panel.step(DISTRICT, f"appraisals/{own}/decision", accept=True, basis="实绩突出")
    done = panel.step(OFFICER, f"appraisal-rounds/{round_id}/decisions", **committee)
    assert (done["state"], done["appraisals"], done["places"]) == (
        "notice",
        {"notice": 5, "ungraded": 1},
        [{"committee_id": None, "committee_name": None, "places": 1}],
    )
    now = panel.read_appraisal(own)
    assert (now["notice_from"], now["notice_until"]) == ("2026-11-21", "2026-11-27")
    assert "appraisal_asked" in kinds(panel, OFFICER)
    assert {"responsibility_set", "appraisal_decided"} <= set(kinds(panel, "secretary"))
    assert panel.refused(DISTRICT, f"appraisal-rounds/{round_id}/filing") == "appraisal_notice_running"
    panel.on(date(2026, 11, 28))
    filed = panel.step(DISTRICT, f"appraisal-rounds/{round_id}/filing")
    assert (filed["state"], filed["filed_on"]) == ("filed", "2026-11-28")
    assert panel.read_appraisal(own)["steps"][-1]["action"] == "filed"
    late = listed_code(panel)
    assert late == "batch_refused"


def listed_code(panel: Panel) -> str:
    """What setting one more item for the year is answered."""
    items = [{"text": "补一项", "due_on": "2025-12-31"}]
    return panel.refused(
        OFFICER, "responsibilities", year=YEAR, branches=[str(panel.branches["secretary"])], items=items
    )


def test_a_refusal_gives_the_place_to_the_next_and_a_ground_leads_to_the_last_grade(panel: Panel) -> None:
    round_id, ids = everybody_signed(panel, second=19, fourth=18, fifth=18)
    panel.step(DISTRICT, f"appraisal-rounds/{round_id}/reckoning")
    refused = panel.step(DISTRICT, f"appraisals/{ids['secretary']}/decision", accept=False, basis="材料不实")
    assert (refused["grade"], refused["refusal"], causes(refused)[-1]) == ("competent", "材料不实", "refused")
    assert panel.read_appraisal(ids["second"])["grade"] == "excellent"
    ground = {"ground": "discipline", "basis": "区纪委处分决定"}
    # After the reckoning it is the district's to find, and the place goes on.
    assert panel.refused(OFFICER, f"appraisals/{ids['second']}/veto", **ground) == "appraisal_state"
    found = panel.step(DISTRICT, f"appraisals/{ids['second']}/veto", **ground)
    assert (found["grade"], found["coefficient"], found["score"]) == ("unfit", 0, 99)
    # Two equals come next, and there is one place: nobody slips in.
    assert panel.read_appraisal(ids["fourth"])["scored_as"] == "excellent"


def test_an_upheld_objection_corrects_and_restarts_the_notice_for_changed_grades_only(panel: Panel) -> None:
    round_id, ids = everybody_signed(panel, second=12, third=2, fourth=12, fifth=12)
    to_notice(panel, round_id, ids["secretary"])
    assert panel.read_appraisal(ids["third"])["grade"] == "basic"
    assert panel.refused("second", f"appraisals/{ids['third']}/objections", basis="不服") == "not_found"
    objected = panel.step("third", f"appraisals/{ids['third']}/objections", basis="组织评价偏低")
    assert objected["state"] == "disputed"
    objection = panel.read_appraisal(ids["third"])["steps"][-1]["id"]
    panel.on(date(2026, 11, 30))
    assert panel.refused(DISTRICT, f"appraisal-rounds/{round_id}/filing") == "appraisals_open"
    path = f"appraisals/{ids['third']}/objections/{objection}/answer"
    assert panel.refused(DISTRICT, path, upheld=True, basis="属实") == "remedy_missing"
    corrections = [{"part_code": "organisation", "points": 8, "note": "复核后改评"}]
    answered = panel.step(DISTRICT, path, upheld=True, basis="属实", corrections=corrections)
    assert (answered["score"], answered["grade"], answered["state"]) == (78, "competent", "deciding")
    assert "appraisal_answered" in kinds(panel, "third")
    panel.step(OFFICER, f"appraisal-rounds/{round_id}/decisions", committee_id=str(panel.desk.town.committee))
    assert panel.read_appraisal(ids["third"])["notice_until"] == "2026-12-07"
    assert panel.read_appraisal(ids["second"])["notice_until"] == "2026-11-27"
    # What was answered once is not answered again.
    assert panel.refused(DISTRICT, path, upheld=False, basis="维持") == "not_found"


def test_nobody_has_a_hand_in_the_own_appraisal(panel: Panel) -> None:
    town = panel.desk.town
    town.appoint("second", Role.COMMITTEE_OFFICER, town.path(town.committee))
    town.appoint("fifth", Role.DISTRICT_OFFICER, town.root)
    item = listed(panel, ("述职", "2025-12-20"), branch="second")[0]
    panel.step("second", f"responsibilities/{item['id']}/report", basis="完成", files=[panel.file("second")])
    verdict = f"responsibilities/{item['id']}/verdict"
    assert panel.refused("second", verdict, verdict="met", basis="核实") == "own_appraisal"
    round_id = panel.open_appraisal(YEAR)
    ids = {name: one["id"] for name, one in panel.appraisals(round_id).items()}
    own = ids["second"]
    assert (
        panel.refused("second", f"appraisals/{own}/parts/organisation", "PUT", points=20, note="好") == "own_appraisal"
    )
    assert panel.refused("second", f"appraisals/{own}/signature") == "own_appraisal"
    for name in NAMES:
        panel.signed(ids[name], 20 if name == "fifth" else 10)
    panel.step(DISTRICT, f"appraisal-rounds/{round_id}/reckoning")
    assert panel.refused("fifth", f"appraisals/{ids['fifth']}/decision", accept=True, basis="可") == "own_appraisal"
    panel.step(DISTRICT, f"appraisals/{ids['fifth']}/decision", accept=True, basis="可")
    committee = {"committee_id": str(town.committee)}
    panel.step("second", f"appraisal-rounds/{round_id}/decisions", **committee)
    assert panel.read_appraisal(own)["state"] == "deciding"
    assert panel.refused("second", f"appraisal-rounds/{round_id}/decisions", **committee) == "only_own_waits"
    panel.step(OFFICER, f"appraisal-rounds/{round_id}/decisions", **committee)
    # Whoever gave or signed what is objected to does not answer.
    assert panel.read_appraisal(own)["state"] == "notice"


def test_a_secretary_sees_the_own_and_only_what_is_measured_until_the_notice(panel: Panel) -> None:
    round_id, ids = everybody_signed(panel, second=15, fourth=15, fifth=15)
    draft = panel.read_appraisal(ids["second"], "second")
    given = {one["part"]: one["points"] for one in draft["parts"] if one["measure"] in ("by_hand", "votes")}
    assert (draft["score"], draft["steps"], given) == (None, [], {"organisation": None, "masses": None})
    assert panel.call("GET", "second", f"appraisals/{ids['secretary']}").status_code == 404
    assert set(panel.appraisals(round_id, "second")) == {"second"}
    assert panel.appraisals(round_id, "林晓明") == {}
    assert set(panel.appraisals(round_id, "auditor")) == set(ids)
    to_notice(panel, round_id, ids["secretary"])
    assert panel.read_appraisal(ids["second"], "second")["score"] == 95
    # On notice everybody sees who has the best grade, and no points of anybody.
    best = panel.read_appraisal(ids["secretary"], "林晓明")
    assert (best["grade"], best["score"], best["coefficient"], best["parts"], best["steps"]) == (
        "excellent", None, None, [], [],
    )  # fmt: skip
    assert set(panel.appraisals(round_id, "林晓明")) == {"secretary"}
    assert panel.call("GET", "林晓明", f"appraisals/{ids['second']}").status_code == 404


def test_votes_against_decide_above_a_third_and_few_votes_decide_nothing(panel: Panel) -> None:
    round_id = panel.open_appraisal(YEAR)
    ids = {name: one["id"] for name, one in panel.appraisals(round_id).items()}
    panel.signed(ids["secretary"], 20, competent=4, unfit=3)
    panel.signed(ids["second"], 20, competent=4, unfit=2)
    panel.signed(ids["third"], 20, unfit=4)
    for name in ("fourth", "fifth"):
        panel.signed(ids[name], 5)
    panel.step(DISTRICT, f"appraisal-rounds/{round_id}/reckoning")
    found = {name: panel.read_appraisal(ids[name]) for name in ("secretary", "second", "third")}
    assert (found["secretary"]["grade"], causes(found["secretary"])[-1]) == ("unfit", "votes")
    assert (found["second"]["grade"], found["second"]["score"]) == ("excellent", 96.67)
    assert "no_valid_vote" in causes(found["third"])
    too_many = {"votes": {"superb": 1}, "note": "票", "files": [panel.file(OFFICER)]}
    assert panel.refused(OFFICER, f"appraisals/{ids['third']}/parts/masses", "PUT", **too_many) == "appraisal_state"


def test_what_is_given_fits_its_part_and_is_proved(panel: Panel) -> None:
    round_id = panel.open_appraisal(YEAR)
    path = f"appraisals/{panel.appraisals(round_id)['secretary']['id']}/parts"
    proof = [panel.file(OFFICER)]
    assert panel.refused(OFFICER, f"{path}/organisation", "PUT", points=20.5, note="好") == "part_amiss"
    assert panel.refused(OFFICER, f"{path}/masses", "PUT", votes={"superb": 9}, note="票", files=proof) == "part_amiss"
    assert panel.refused(OFFICER, f"{path}/masses", "PUT", votes={"excellent": 9}, note="票") == "proof_missing"
    assert panel.refused(OFFICER, f"{path}/list", "PUT", part=3, whole=2, note="漏计", files=proof) == "part_amiss"
    assert panel.refused(OFFICER, f"{path}/list", "PUT", part=1, whole=2, note="漏计") == "proof_missing"
    assert panel.refused(OFFICER, f"{path}/nothing", "PUT", points=1, note="无") == "unknown_part"
    sent = {"id": str(new_id()), "part": 1, "whole": 2, "note": "一项未实际完成", "files": proof}
    found = panel.done("PUT", OFFICER, f"{path}/list", sent)
    part = next(one for one in found["parts"] if one["part"] == "list")
    assert (part["measured"]["points"], part["given"]["points"], part["points"]) == (20, 10, 10)
    again = panel.call("PUT", OFFICER, f"{path}/list", sent)
    assert (again.status_code, again.headers["Idempotent-Replay"], again.json()["version"]) == (200, "true", 2)
    assert panel.refused(OFFICER, f"{path}/organisation", "PUT", points=9, note="好", seen=1) == "appraisal_moved"
    hashes = [one["hash"] for one in part["files"]]
    assert panel.call("GET", OFFICER, f"{path}/list/files/{hashes[0]}").status_code == 200
    assert panel.call("GET", "secretary", f"{path}/list/files/{hashes[0]}").status_code == 404


def test_a_duty_list_is_reported_returned_confirmed_and_closed_by_the_signature(panel: Panel) -> None:
    item, other = listed(panel, ("上党课", "2025-06-30"), ("述职", "2025-12-20"))
    path = f"responsibilities/{item['id']}"
    assert panel.refused("secretary", f"{path}/report", basis="完成") == "proof_missing"
    panel.step("secretary", f"{path}/report", basis="完成", files=[panel.file("secretary")])
    returned = panel.step(OFFICER, f"{path}/verdict", verdict="returned", basis="缺讲稿")
    assert (returned["state"], returned["verdict"]) == ("open", "缺讲稿")
    panel.step("secretary", f"{path}/report", basis="补讲稿")
    assert panel.step(OFFICER, f"{path}/verdict", verdict="met", basis="核实")["state"] == "met"
    panel.step(OFFICER, f"responsibilities/{other['id']}/verdict", verdict="dropped", basis="统一取消")
    round_id = panel.open_appraisal(YEAR)
    own = panel.appraisals(round_id)["secretary"]["id"]
    part = next(one for one in panel.read_appraisal(own)["parts"] if one["part"] == "list")
    assert part["measured"]["inputs"] == {"due": [item["id"]], "met": [item["id"]]}
    panel.signed(own)
    assert panel.refused(OFFICER, f"{path}/verdict", verdict="unmet", basis="复查") == "list_closed"
    panel.step(OFFICER, f"appraisals/{own}/reopening", basis="复查责任清单")
    assert panel.step(OFFICER, f"{path}/verdict", verdict="unmet", basis="复查")["state"] == "unmet"
    seen = panel.done("GET", "secretary", "responsibilities", year=YEAR)["responsibilities"]
    assert {one["id"] for one in seen} == {item["id"], other["id"]}
    assert panel.done("GET", "second", "responsibilities")["responsibilities"] == []
    assert len(panel.done("GET", "secretary", path)["steps"]) == 5


def test_the_appraisal_waits_for_the_stars_and_is_opened_once(panel: Panel) -> None:
    assert panel.refused(DISTRICT, "appraisal-rounds", year=2024) == "stars_not_named"
    body = {"id": str(new_id()), "year": YEAR}
    panel.done("POST", DISTRICT, "appraisal-rounds", body)
    again = panel.call("POST", DISTRICT, "appraisal-rounds", body)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert panel.refused(DISTRICT, "appraisal-rounds", year=YEAR) == "appraisal_round_exists"
    panel.step(DISTRICT, f"appraisal-rounds/{body['id']}/withdrawal", basis="名单有误")
    assert panel.open_appraisal(YEAR) != body["id"]


def test_of_two_officers_who_decide_at_once_one_decides(panel: Panel) -> None:
    round_id, ids = everybody_signed(panel, second=19, fourth=15, fifth=15)
    panel.step(DISTRICT, f"appraisal-rounds/{round_id}/reckoning")
    best = ids["secretary"]
    answers: list[int] = []
    start = Barrier(2)
    logins = (DISTRICT, "other_district")
    for login in logins:
        panel.desk.headers(login)

    def decide(login: str, accept: bool) -> None:
        start.wait()
        body = {"id": str(new_id()), "accept": accept, "basis": "研究决定"}
        answers.append(panel.call("POST", login, f"appraisals/{best}/decision", body).status_code)

    threads = [Thread(target=decide, args=(login, login == DISTRICT)) for login in logins]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    # After a refusal the grade is another one, and the committee's to decide.
    assert sorted(answers) in ([200, 409], [200, 403])
    found = panel.read_appraisal(best)
    decided = [one["action"] for one in found["steps"] if one["action"] in ("accepted", "refused")]
    assert len(decided) == 1
    graded = panel.appraisals(round_id).values()
    assert sum(one["grade"] == "excellent" for one in graded) == 1
