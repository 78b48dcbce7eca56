"""A proposal in the hands of who makes it: kept, edited, handed in, returned, completed, withdrawn."""

from __future__ import annotations

from functools import partial

from app.kit.ids import new_id
from tests.submissions.flows import actions, code, draft, edit, finding, inbox, praise, state, told, view, waiting_for
from tests.submissions.test_retries import at_once
from tests.town import Desk


def test_a_draft_is_nobodys_but_its_recorders(desk: Desk) -> None:
    fact = finding(desk)
    saved = draft(desk, "organisation_commissioner", fact)
    assert (saved.status_code, saved.json()["state"], saved.json()["version"]) == (201, "draft", 1)
    assert [one["id"] for one in desk.submissions("organisation_commissioner")] == [fact["id"]]
    for login in ("林晓明", "secretary", "district_officer", "auditor"):
        assert desk.submissions(login) == []
        answer = desk.client.get(f"/api/v1/submissions/{fact['id']}", headers=desk.headers(login))
        assert code(answer) == (404, "not_found")
    assert code(desk.decide("secretary", fact["id"])) == (404, "not_found")
    assert inbox(desk, "secretary") == inbox(desk, "林晓明") == []


def test_a_draft_may_be_incomplete_and_is_tested_when_it_is_handed_in(desk: Desk) -> None:
    fact = desk.town.fact("林晓明", "EXC-A01")
    assert draft(desk, "林晓明", fact).status_code == 201
    answer = desk.at_submission("林晓明", fact["id"], "submit")
    assert code(answer) == (422, "tier_missing")
    assert edit(desk, "林晓明", fact["id"], tier="adopted").status_code == 200
    assert code(desk.at_submission("林晓明", fact["id"], "submit")) == (422, "matter_missing")
    edited = edit(desk, "林晓明", fact["id"], tier="adopted", matter="建议1号")
    assert (edited.json()["state"], edited.json()["matter"], edited.json()["version"]) == ("draft", "建议1号", 3)
    handed = desk.at_submission("林晓明", fact["id"], "submit")
    assert (handed.status_code, handed.json()["state"]) == (200, "submitted")
    again = desk.at_submission("林晓明", fact["id"], "submit")
    assert (again.json(), again.headers["idempotent-replay"]) == (handed.json(), "true")
    assert actions(desk, fact["id"]) == ["saved", "edited", "edited", "submitted"]
    assert waiting_for(desk, "secretary") == [fact["id"]]


def test_a_draft_needs_the_rights_of_a_record_and_is_no_routine_matter(desk: Desk) -> None:
    assert code(draft(desk, "林晓明", finding(desk))) == (403, "own_row")
    assert code(draft(desk, "林晓明", praise(desk, "陈建国"))) == (404, "not_a_member_then")
    routine = desk.town.fact("林晓明", "ORG-D02")
    assert code(draft(desk, "group_leader", routine)) == (422, "not_a_proposal")
    unknown = desk.town.fact("林晓明", "EXC-A99")
    assert code(draft(desk, "secretary", unknown)) == (422, "unknown_item")


def test_a_draft_sent_again_is_the_same_and_other_content_a_conflict(desk: Desk) -> None:
    fact = praise(desk)
    first, again = (draft(desk, "林晓明", fact) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["idempotent-replay"]) == (201, 200, "true")
    assert code(draft(desk, "林晓明", {**fact, "matter": "另一事"})) == (409, "id_used")
    assert code(draft(desk, "secretary", fact)) == (409, "id_used")
    edit(desk, "林晓明", fact["id"], tier="benefit", matter="建议1号")
    late = draft(desk, "林晓明", fact)  # a queue that was sent late
    assert (late.status_code, late.json()["tier"]) == (200, "benefit")
    entry = desk.town.missed("陈建国")
    desk.recorded("group_leader", entry)
    assert code(draft(desk, "林晓明", {**fact, "id": entry["id"]})) == (409, "id_used")


def test_what_is_under_review_is_not_edited(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("林晓明", fact)
    assert code(edit(desk, "林晓明", fact["id"], tier="benefit", matter="建议1号")) == (409, "state_forbids")
    same = edit(desk, "林晓明", fact["id"], tier="adopted", matter=fact["matter"])
    assert same.status_code == 200, "the same content changes nothing"


def test_a_returned_proposal_is_completed_and_reviewed_anew(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("林晓明", fact)
    assert code(desk.at_submission("secretary", fact["id"], "decision", {"decision": "return"})) == (
        422,
        "note_missing",
    )
    returned = desk.decide("secretary", fact["id"], "return")
    assert returned.json()["submission"]["state"] == "returned"
    assert told(desk, "林晓明", fact["id"]) == ["submission_returned"]
    assert "材料不足" in inbox(desk, "林晓明")[-1]["text"]
    assert waiting_for(desk, "secretary") == []
    assert code(desk.decide("secretary", fact["id"])) == (409, "already_decided")
    assert edit(desk, "林晓明", fact["id"], tier="benefit", matter="建议1号", reason="见采纳通知单").status_code == 200
    handed = desk.at_submission("林晓明", fact["id"], "submit", {"seen": 3}).json()
    assert (handed["state"], handed["decision_note"]) == ("submitted", None)
    decision = {"decision": "approve", "seen": 4}
    posted = desk.at_submission("secretary", fact["id"], "decision", decision).json()
    assert [one["points"] for one in posted["entries"]] == [30]
    assert [one["action"] for one in posted["steps"]] == ["submitted", "returned", "edited", "submitted", "approved"]
    assert told(desk, "secretary", fact["id"]) == ["review_asked", "review_asked"]
    assert told(desk, "林晓明", fact["id"]) == ["submission_returned", "submission_posted"]


def test_a_return_sent_late_does_not_return_what_was_completed_meanwhile(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("林晓明", fact)
    body = {"decision": "return", "note": "缺采纳通知单", "seen": 1}
    assert desk.at_submission("secretary", fact["id"], "decision", body).status_code == 200
    assert desk.at_submission("secretary", fact["id"], "decision", body).headers["idempotent-replay"] == "true"
    desk.at_submission("林晓明", fact["id"], "submit", {"seen": 2})
    late = desk.at_submission("secretary", fact["id"], "decision", body)
    assert (late.status_code, late.headers["idempotent-replay"], late.json()["submission"]["state"]) == (
        200,
        "true",
        "submitted",
    )
    other = {"decision": "refuse", "note": "不属实", "seen": 2}
    assert code(desk.at_submission("secretary", fact["id"], "decision", other)) == (409, "submission_moved")


def test_two_devices_that_edit_one_draft_do_not_overwrite_each_other(desk: Desk) -> None:
    fact = praise(desk)
    draft(desk, "林晓明", fact)
    assert edit(desk, "林晓明", fact["id"], tier="benefit", matter="甲", seen=1).status_code == 200
    assert code(edit(desk, "林晓明", fact["id"], tier="adopted", matter="乙", seen=1)) == (409, "submission_moved")
    assert edit(desk, "林晓明", fact["id"], tier="benefit", matter="甲", seen=1).status_code == 200, "a retry"
    assert view(desk, "林晓明", fact["id"])["submission"]["matter"] == "甲"


def test_only_who_recorded_it_edits_hands_in_and_withdraws(desk: Desk) -> None:
    fact = praise(desk, "陈建国")
    desk.recorded("group_leader", fact)
    for verb in ("submit", "withdrawal"):
        assert code(desk.at_submission("secretary", fact["id"], verb)) == (403, "not_yours")
    assert code(edit(desk, "secretary", fact["id"])) == (403, "not_yours")
    assert code(desk.at_submission("林晓明", fact["id"], "withdrawal")) == (404, "not_found")


def test_a_withdrawn_proposal_is_over(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("林晓明", fact)
    gone = desk.at_submission("林晓明", fact["id"], "withdrawal", {"note": "重复申报"})
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert desk.at_submission("林晓明", fact["id"], "withdrawal").headers["idempotent-replay"] == "true"
    assert code(desk.decide("secretary", fact["id"])) == (409, "already_decided")
    assert code(desk.at_submission("林晓明", fact["id"], "submit")) == (409, "state_forbids")
    assert waiting_for(desk, "secretary") == []
    assert view(desk, "secretary", fact["id"])["steps"][-1]["note"] == "重复申报"


def test_a_withdrawal_and_a_decision_at_once_leave_one_of_them(desk: Desk) -> None:
    for login in ("林晓明", "secretary", "district_officer"):
        desk.headers(login)
    for _ in range(4):
        fact = praise(desk)
        desk.recorded("林晓明", fact)
        before = len(desk.entries("林晓明"))
        answers = at_once(
            partial(desk.at_submission, "林晓明", fact["id"], "withdrawal"),
            partial(desk.decide, "secretary", fact["id"]),
        )
        assert sorted(one.status_code for one in answers) == [200, 409]
        posted = len(desk.entries("林晓明")) - before
        assert state(desk, fact["id"]) == ("posted" if posted else "withdrawn")


def test_an_edit_and_a_submission_at_once_are_done_one_after_the_other(desk: Desk) -> None:
    desk.headers("林晓明")
    for _ in range(3):
        fact = praise(desk)
        draft(desk, "林晓明", fact)
        answers = at_once(
            partial(edit, desk, "林晓明", fact["id"], tier="benefit", matter=f"建议 {new_id()}"),
            partial(desk.at_submission, "林晓明", fact["id"], "submit"),
        )
        assert {one.status_code for one in answers} <= {200, 409}
        assert state(desk, fact["id"]) == "submitted"
        steps = view(desk, "林晓明", fact["id"])["steps"]
        assert [one["number"] for one in steps] == list(range(1, len(steps) + 1))
