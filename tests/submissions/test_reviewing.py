"""Review step by step: whose turn it is, who stands in, who is asked, and who never decides."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from app.auth.core import Role
from tests.submissions.flows import actions, code, finding, inbox, praise, state, told, view, waiting_for
from tests.submissions.test_retries import at_once
from tests.town import Desk, Json

HONOUR: Json = {"tier": "district", "matter": "表彰决定〔2026〕7号"}  # the committee's, then the district's


def honour(desk: Desk, login: str = "林晓明") -> str:
    fact = desk.town.fact("林晓明", "EXC-A04", **HONOUR)
    desk.recorded(login, fact)
    submission: str = fact["id"]
    return submission


def test_each_step_approves_on_and_the_last_posts(desk: Desk) -> None:
    submission = honour(desk)
    assert waiting_for(desk, "committee_officer") == [submission]
    assert (waiting_for(desk, "secretary"), waiting_for(desk, "district_officer")) == ([], [])
    first = desk.decide("committee_officer", submission)
    assert (first.json()["submission"]["state"], first.json()["submission"]["stage"]) == ("submitted", 1)
    assert (first.json()["entries"], desk.total("林晓明")) == ([], 1000)
    assert (waiting_for(desk, "committee_officer"), waiting_for(desk, "district_officer")) == ([], [submission])
    again = desk.decide("committee_officer", submission)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert code(desk.decide("secretary", submission)) == (403, "not_your_review")
    last = desk.decide("district_officer", submission)
    (entry,) = last.json()["entries"]
    assert (entry["points"], entry["approved_by"]) == (10, str(desk.town.accounts["district_officer"]))
    assert [one["stage"] for one in last.json()["steps"]] == [None, 1, 2]
    seen = view(desk, "secretary", submission)
    assert seen["review"] == ["committee_officer", "district_officer"]
    accounts = {str(account): login for login, account in desk.town.accounts.items()}
    assert seen["submission"]["recorded_by_name"] == "林晓明", "a secretary cannot look accounts up"
    assert [one["by_name"] for one in seen["steps"]] == [accounts[one["by"]] for one in seen["steps"]]
    for login in ("committee_officer", "district_officer"):
        assert told(desk, login, submission) == ["review_asked"]
    assert told(desk, "林晓明", submission) == ["submission_posted"]


def test_an_office_with_a_step_of_its_own_keeps_to_it_while_the_first_can_act(desk: Desk) -> None:
    submission = honour(desk)
    assert code(desk.decide("district_officer", submission)) == (403, "not_your_review")


def test_a_step_without_anybody_else_becomes_one_with_that_of_who_stands_in(desk: Desk) -> None:
    submission = honour(desk, "committee_officer")  # who recorded it does not review it, and there is no other
    assert waiting_for(desk, "district_officer") == [submission]
    assert desk.decide("district_officer", submission).json()["submission"]["state"] == "posted"


def test_nobody_decides_a_step_after_another(desk: Desk) -> None:
    both = desk.town.accounts["committee_officer"]
    desk.town.appoint("committee_officer", Role.DISTRICT_OFFICER, desk.town.root)
    desk.forget()
    submission = honour(desk)
    assert desk.decide("committee_officer", submission).json()["submission"]["stage"] == 1
    last = desk.decide("committee_officer", submission)
    assert (last.headers["idempotent-replay"], last.json()["submission"]["state"]) == ("true", "submitted")
    refused = desk.decide("committee_officer", submission, "refuse")
    assert code(refused) == (403, "own_recording")
    assert waiting_for(desk, "district_officer") == [submission]
    assert str(both) not in str(inbox(desk, "district_officer"))


def test_a_vacant_office_falls_to_the_secretary_and_then_to_the_committee(desk: Desk) -> None:
    town = desk.town
    town.appoint("second", Role.COMMITTEE_OFFICER, town.path(town.committee))
    fact = town.fact("周美玲", "EXC-A06", tier="completed", matter="结对")  # next door has no office at all
    desk.recorded("committee_officer", fact)
    assert (waiting_for(desk, "second"), waiting_for(desk, "district_officer")) == ([fact["id"]], [])
    town.appoint("neighbour", Role.SECRETARY, town.neighbour_path)
    other = town.fact("周美玲", "EXC-A06", tier="excelled", matter="结对")
    desk.recorded("committee_officer", other)
    assert waiting_for(desk, "neighbour") == [other["id"]]
    assert waiting_for(desk, "second") == [fact["id"]]


def test_in_a_branch_of_three_the_committee_steps_in(desk: Desk) -> None:
    """The secretary records about the organisation commissioner; the third holds no office."""
    town = desk.town
    for name, role in (("甲书记", Role.SECRETARY), ("乙组委", Role.ORGANISATION_COMMISSIONER), ("丙党员", None)):
        town.add_member(name, branch=town.neighbour, account=True)
        if role is not None:
            town.appoint(name, role, town.neighbour_path)
    about = town.fact("乙组委", "EXC-A06", tier="completed", matter="结对")
    desk.recorded("甲书记", about)
    assert (
        code(desk.decide("乙组委", about["id"])) == code(desk.decide("甲书记", about["id"])) == (403, "own_recording")
    )
    assert waiting_for(desk, "committee_officer") == [about["id"]]
    own = town.fact("甲书记", "EXC-A06", tier="completed", matter="结对")
    desk.recorded("甲书记", own)
    assert waiting_for(desk, "乙组委") == [own["id"]]
    assert desk.decide("乙组委", own["id"]).status_code == 200
    by_third = town.fact("丙党员", "EXC-A01", tier="adopted", matter="建议1号")
    desk.recorded("丙党员", by_third)
    assert waiting_for(desk, "甲书记") == [by_third["id"]]
    assert desk.decide("committee_officer", about["id"]).json()["submission"]["state"] == "posted"
    assert told(desk, "committee_officer") == ["review_asked"]


def test_reviewers_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    desk.town.appoint("second", Role.SECRETARY, desk.town.branch_path)
    for login in ("secretary", "second", "district_officer"):
        desk.headers(login)
    for _ in range(3):
        fact = praise(desk, "陈建国")
        desk.recorded("committee_officer", fact)
        before = len(desk.entries("陈建国"))
        answers = at_once(*(partial(desk.decide, login, fact["id"]) for login in ("secretary", "second")))
        assert sorted(one.status_code for one in answers) == [200, 409]
        assert [one.json()["code"] for one in answers if one.status_code == 409] == ["already_decided"]
        assert len(desk.entries("陈建国")) - before == 1


def test_many_are_decided_each_by_itself(desk: Desk) -> None:
    facts = [praise(desk, name) for name in ("林晓明", "陈建国", "林晓明")]
    desk.recorded("committee_officer", *facts)
    own = praise(desk, "陈建国")
    desk.recorded("secretary", own)
    twice = {**praise(desk, "林晓明"), "matter": facts[0]["matter"]}
    desk.recorded("committee_officer", twice)
    waits = finding(desk)
    desk.recorded("organisation_commissioner", waits)
    decisions: list[Json] = [{"id": one["id"], "decision": "approve"} for one in facts[:2]]
    decisions += [
        {"id": facts[2]["id"], "decision": "return", "note": "补充通知单"},
        {"id": own["id"], "decision": "approve"},
        {"id": twice["id"], "decision": "approve"},
        {"id": waits["id"], "decision": "approve"},
        {"id": "01937f3e-7d2a-7c3b-9f00-000000000001", "decision": "approve"},
    ]
    path = "/api/v1/submissions/decisions"

    def send(**query: str) -> Any:
        body = {"decisions": decisions}
        return desk.client.post(path, json=body, params=query, headers=desk.headers("secretary"))

    preview = send(preview="true")
    assert (preview.status_code, desk.total("林晓明")) == (200, 1000)
    answer = send().json()["results"]
    faults = [None if one["fault"] is None else one["fault"]["code"] for one in answer]
    wanted = [None, None, None, "own_recording", "matter_counted", "hearing_open", "not_found"]
    assert faults == wanted == [(one["fault"] or {}).get("code") for one in preview.json()["results"]]
    assert [one["id"] for one in answer] == [one["id"] for one in decisions]
    assert (desk.total("林晓明"), desk.total("陈建国")) == (1010, 1010)
    assert state(desk, facts[2]["id"]) == "returned"
    again = send()
    assert [one["replayed"] for one in again.json()["results"]] == [True] * 3 + [False] * 4
    assert (desk.total("林晓明"), desk.total("陈建国")) == (1010, 1010)
    for wrong in ([], [decisions[0]] * 2, [decisions[0]] * 201):
        body = {"decisions": wrong}
        assert desk.client.post(path, json=body, headers=desk.headers("secretary")).status_code == 422


def test_bulk_decisions_in_opposite_order_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.town.appoint("second", Role.SECRETARY, desk.town.branch_path)
    names = [f"成员{number}" for number in range(5)]
    for name in names:
        desk.town.add_member(name)
    facts = [praise(desk, name) for name in names]
    desk.recorded("committee_officer", *facts)
    decisions = [{"id": one["id"], "decision": "approve"} for one in facts]

    def send(login: str, order: list[Json]) -> Any:
        body = {"decisions": order}
        return desk.client.post("/api/v1/submissions/decisions", json=body, headers=desk.headers(login))

    for login in ("secretary", "second"):
        desk.headers(login)
    answers = at_once(partial(send, "secretary", decisions), partial(send, "second", decisions[::-1]))
    assert [one.status_code for one in answers] == [200, 200]
    decided = [result["status"] for one in answers for result in one.json()["results"]]
    assert sorted(decided) == ["decided"] * 5 + ["refused"] * 5
    assert {len(desk.entries(name)) for name in names} == {2}


def test_the_queue_is_narrowed_by_kind_branch_member_and_day(desk: Desk) -> None:
    mine, fault, other = praise(desk), finding(desk, "陈建国"), desk.town.praise("周美玲")
    desk.recorded("committee_officer", mine, fault, other)

    def ids(**query: Any) -> set[str]:
        return {one["id"] for one in desk.submissions("district_officer", **query)}

    assert ids(kind="fault") == {fault["id"]}
    assert ids(branch_id=desk.town.neighbour) == {other["id"]}
    assert ids(member_id=desk.town.members["林晓明"]) == {mine["id"]}
    assert ids(due_by="2026-11-26") == set()
    assert ids(due_by="2026-11-27") == {mine["id"], other["id"]}, "five working days after Saturday the 21st"
    assert ids(state="draft") == set()
    refused = desk.client.get(
        "/api/v1/submissions", params={"kind": "opening"}, headers=desk.headers("district_officer")
    )
    assert refused.status_code == 422


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_cursor_is_exact_to_the_microsecond(desk: Desk, limit: int) -> None:
    made = []
    for microsecond in (1, 2, 3, 999_997, 999_998, 999_999):
        desk.town.clock.moment = datetime.fromisoformat(f"2026-11-21T02:00:00.{microsecond:06d}+00:00")
        fact = praise(desk)
        desk.recorded("林晓明", fact)
        made.append(fact["id"])
    assert [one["id"] for one in desk.submissions("secretary", limit=limit)] == made


def test_history_says_who_did_what_and_when(desk: Desk) -> None:
    submission = honour(desk)
    desk.at_submission("committee_officer", submission, "decision", {"decision": "approve", "note": "属实"})
    steps = view(desk, "林晓明", submission)["steps"]
    accounts = desk.town.accounts
    assert [(one["number"], one["action"], one["by"], one["note"]) for one in steps] == [
        (1, "submitted", str(accounts["林晓明"]), None),
        (2, "approved", str(accounts["committee_officer"]), "属实"),
    ]
    assert actions(desk, submission) == ["submitted", "approved"]
