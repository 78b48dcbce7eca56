"""Members declare duties that they have done, where the book names them; a reviewer confirms, and it is booked."""

from __future__ import annotations

from datetime import date

from app.auth.core import Role
from tests.submissions.flows import PATH, actions, code, draft, inbox, told, view, waiting_for
from tests.town import Desk, Json

MEMBER = "林晓明"
TALK = "SRV-D01"  # a talk with colleagues, each quarter: members declare it, the group leader confirms


def talk(desk: Desk, name: str = MEMBER, **facts: str) -> Json:
    return desk.town.fact(name, TALK, **{"outcome": "kept", "reason": "与两名职工谈心，记录存支部", **facts})


def booked(desk: Desk) -> list[Json]:
    return [one for one in desk.entries(MEMBER) if one["item"] == TALK]


def test_what_a_member_declares_waits_for_the_reviewer_and_is_then_the_routine_entry(desk: Desk) -> None:
    fact = talk(desk)
    (result,) = desk.recorded(MEMBER, fact)
    assert result["status"] == "submitted"
    assert (result["submission"]["kind"], result["submission"]["outcome"]) == ("routine", "kept")
    assert booked(desk) == []
    assert waiting_for(desk, "group_leader") == [fact["id"]]
    assert [one["kind"] for one in inbox(desk, "group_leader")] == ["review_asked"]
    decided = desk.decide("group_leader", fact["id"])
    assert (decided.status_code, decided.json()["submission"]["state"]) == (200, "posted")
    (entry,) = booked(desk)
    assert (entry["id"], entry["points"]) == (fact["id"], 0)
    assert entry["recorded_by"] == str(desk.town.accounts[MEMBER])
    assert told(desk, MEMBER) == ["submission_posted"]
    assert actions(desk, fact["id"]) == ["submitted", "approved"]
    again = desk.decide("group_leader", fact["id"])
    assert again.headers["idempotent-replay"] == "true"
    (retried,) = desk.recorded(MEMBER, fact)
    assert retried["submission"]["state"] == "posted"
    assert len(booked(desk)) == 1


def test_the_duty_is_kept_by_it_and_settling_takes_nothing(desk: Desk) -> None:
    fact = talk(desk)
    desk.recorded(MEMBER, fact)
    desk.decide("group_leader", fact["id"])
    second = talk(desk, effective_on="2026-11-06")
    desk.recorded(MEMBER, second)
    refused = desk.decide("group_leader", second["id"])
    assert refused.status_code in {409, 422}, "the quarter's duty is decided once"
    assert desk.total(MEMBER) == 1000


def test_a_duty_that_is_declared_twice_at_the_same_id_is_a_retry(desk: Desk) -> None:
    fact = talk(desk)
    (first,) = desk.recorded(MEMBER, fact)
    answer = desk.record(MEMBER, fact)
    assert (answer.status_code, answer.headers["idempotent-replay"]) == (200, "true")
    assert answer.json()["results"][0]["submission"] == first["submission"]
    assert desk.codes(MEMBER, {**fact, "reason": "另一次"}) == [(0, "id", "id_used")]


def test_members_declare_only_their_own_only_what_the_book_lets_them_and_only_what_was_done(desk: Desk) -> None:
    assert [one[2] for one in desk.codes(MEMBER, talk(desk, "陈建国"))] == ["not_a_member_then"]
    assert desk.codes(MEMBER, desk.town.fact(MEMBER, "ORG-D02", outcome="kept")) == [(0, "member_id", "own_row")]
    assert desk.codes(MEMBER, talk(desk, outcome="missed")) == [(0, "outcome", "own_row")]
    assert [one[2] for one in desk.codes(MEMBER, desk.town.fact(MEMBER, TALK, reason="谈心"))] == ["outcome_missing"]


def test_a_secretary_declares_as_a_member_and_somebody_else_confirms(desk: Desk) -> None:
    desk.town.appoint(MEMBER, Role.SECRETARY, desk.town.branch_path)
    desk.forget()
    fact = talk(desk)
    (result,) = desk.recorded(MEMBER, fact)
    assert result["status"] == "submitted"
    assert code(desk.decide(MEMBER, fact["id"])) == (403, "own_recording")
    assert desk.decide("group_leader", fact["id"]).status_code == 200


def test_what_others_record_of_the_item_is_booked_at_once(desk: Desk) -> None:
    (result,) = desk.recorded("secretary", talk(desk))
    assert result["status"] == "posted"


def test_a_declaration_may_be_drafted_returned_and_completed(desk: Desk) -> None:
    fact = desk.town.fact(MEMBER, TALK)
    assert draft(desk, MEMBER, fact).status_code == 201
    assert code(desk.at_submission(MEMBER, fact["id"], "submit"))[1] == "outcome_missing"
    body = {"item": TALK, "effective_on": "2026-11-05", "outcome": "kept", "reason": "谈心两次"}
    edited = desk.client.put(f"{PATH}/{fact['id']}", json=body, headers=desk.headers(MEMBER))
    assert (edited.status_code, edited.json()["outcome"]) == (200, "kept")
    assert desk.at_submission(MEMBER, fact["id"], "submit").status_code == 200
    assert desk.decide("group_leader", fact["id"], "return").status_code == 200
    missed = desk.client.put(f"{PATH}/{fact['id']}", json={**body, "outcome": "missed"}, headers=desk.headers(MEMBER))
    assert code(missed) == (403, "own_row")
    assert desk.at_submission(MEMBER, fact["id"], "submit", {"seen": 4}).status_code == 200
    decision = {"decision": "approve", "seen": 5}
    assert desk.at_submission("group_leader", fact["id"], "decision", decision).status_code == 200
    assert view(desk, MEMBER, fact["id"])["submission"]["state"] == "posted"
    assert len(booked(desk)) == 1


def test_a_list_by_kind_finds_declarations(desk: Desk) -> None:
    fact = talk(desk)
    desk.recorded(MEMBER, fact)
    assert [one["id"] for one in desk.submissions("secretary", kind="routine")] == [fact["id"]]
    assert desk.submissions("secretary", kind="innovation") == []
    assert date.fromisoformat(view(desk, MEMBER, fact["id"])["submission"]["due_on"]) > date(2026, 11, 21)
