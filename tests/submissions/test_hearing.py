"""Hearing the member: told with the reason, one answer in five working days, and nothing is posted before that."""

from __future__ import annotations

from functools import partial

import pytest

from app.auth.core import Role
from app.submissions import deadlines
from tests.submissions.flows import actions, code, edit, finding, inbox, on, state, told, view, waiting_for
from tests.submissions.test_retries import at_once
from tests.town import Desk, Json

TELLING: Json = {"told_on": "2026-11-21", "told_in_person": "支部活动室，面谈"}


def accuse(desk: Desk, name: str = "林晓明", **facts: str) -> str:
    fact = finding(desk, name, **facts)
    desk.recorded("organisation_commissioner", fact)
    submission: str = fact["id"]
    return submission


def test_the_member_is_told_with_the_reason_and_the_day_and_may_answer(desk: Desk) -> None:
    submission = accuse(desk)
    (message,) = inbox(desk, "林晓明")
    assert (message["kind"], message["due_on"], message["subject"]["id"]) == (
        "hearing_asked",
        "2026-11-27",
        submission,
    )
    assert "无故未完成任务" in message["text"]
    assert code(desk.decide("secretary", submission)) == (409, "hearing_open")
    assert (waiting_for(desk, "secretary"), waiting_for(desk, "林晓明")) == ([], [submission])
    answer = {"answer": "当日在外出差，已向组长请假。"}
    heard = desk.at_submission("林晓明", submission, "answer", answer)
    assert (heard.status_code, heard.json()["hearing"]["answer"]) == (200, answer["answer"])
    assert (waiting_for(desk, "secretary"), waiting_for(desk, "林晓明")) == ([submission], [])
    assert told(desk, "secretary", submission) == ["review_asked"]
    seen = view(desk, "secretary", submission)
    assert seen["submission"]["reason"] == "无故未完成任务"
    assert [one["answer"] for one in seen["hearings"]] == [answer["answer"]], "both side by side"
    posted = desk.decide("secretary", submission)
    assert [one["points"] for one in posted.json()["entries"]] == [-10, -10]
    assert told(desk, "林晓明", submission) == ["hearing_asked", "deduction_told"]
    assert "-20" in inbox(desk, "林晓明")[-1]["text"]
    assert told(desk, "organisation_commissioner", submission) == ["submission_posted"]
    assert actions(desk, submission) == ["submitted", "answered", "approved"]


def test_a_deduction_names_its_reason(desk: Desk) -> None:
    fact = finding(desk, reason=None)
    assert desk.codes("organisation_commissioner", fact) == [(0, "reason", "reason_missing")]


def test_after_the_deadline_the_member_is_deemed_heard(desk: Desk) -> None:
    submission = accuse(desk)
    on(desk, "2026-11-27")
    assert code(desk.decide("secretary", submission)) == (409, "hearing_open"), "the last day is the member's"
    on(desk, "2026-11-28")
    late = desk.at_submission("林晓明", submission, "answer", {"answer": "没有"})
    assert code(late) == (409, "hearing_over")
    assert desk.decide("secretary", submission).status_code == 200


def test_the_deadline_counts_working_days_over_the_national_holiday(desk: Desk) -> None:
    """From Monday 28 September: 29, 30, then the 8th, the 9th, and Saturday the 10th, which is worked."""
    on(desk, "2026-09-28")
    submission = accuse(desk, effective_on="2026-09-05")
    (hearing,) = view(desk, "secretary", submission)["hearings"]
    assert (hearing["due_on"], hearing["assumed"]) == ("2026-10-10", False)
    on(desk, "2026-10-10")
    assert code(desk.decide("secretary", submission)) == (409, "hearing_open")
    on(desk, "2026-10-11")
    assert desk.decide("secretary", submission).status_code == 200


def test_a_deadline_counted_through_a_year_not_announced_says_so(desk: Desk) -> None:
    on(desk, "2026-12-30")
    submission = accuse(desk)
    (hearing,) = view(desk, "secretary", submission)["hearings"]
    assert (hearing["due_on"], hearing["assumed"]) == ("2027-01-06", True)


def test_the_member_answers_once_and_nobody_for_them(desk: Desk) -> None:
    submission = accuse(desk)
    for login in ("secretary", "organisation_commissioner", "district_officer"):
        answer = desk.at_submission(login, submission, "answer", {"answer": "代答"})
        assert code(answer) == (403, "only_the_member")
    first = desk.at_submission("林晓明", submission, "answer", {"answer": "已请假"})
    again = desk.at_submission("林晓明", submission, "answer", {"answer": "已请假"})
    assert (again.json(), again.headers["idempotent-replay"]) == (first.json(), "true")
    assert code(desk.at_submission("林晓明", submission, "answer", {"answer": "不对"})) == (409, "answered_already")


def test_an_answer_at_once_with_another_is_taken_once(desk: Desk) -> None:
    desk.headers("林晓明")
    submission = accuse(desk)
    answers = at_once(
        *(partial(desk.at_submission, "林晓明", submission, "answer", {"answer": f"说法{number}"}) for number in (1, 2))
    )
    assert sorted(one.status_code for one in answers) == [200, 409]


def test_whoever_has_no_account_is_told_by_a_named_person(desk: Desk) -> None:
    submission = accuse(desk, "陈建国")
    assert told(desk, "secretary", submission) == ["telling_asked"]
    on(desk, "2026-12-20")
    assert code(desk.decide("secretary", submission)) == (409, "not_told_yet")
    body = {**TELLING, "told_on": "2026-12-18", "said": "没有意见"}
    answer = desk.at_submission("group_leader", submission, "hearing", body)
    assert answer.status_code == 200, answer.text
    hearing = answer.json()["hearing"]
    leader = str(desk.town.accounts["group_leader"])
    assert [hearing[one] for one in ("told_by", "told_how", "told_note", "said", "due_on")] == [
        leader,
        "in_person",
        "支部活动室，面谈",
        "没有意见",
        "2026-12-25",
    ]
    again = desk.at_submission("group_leader", submission, "hearing", body)
    assert again.headers["idempotent-replay"] == "true"
    assert code(desk.at_submission("secretary", submission, "hearing", body)) == (409, "told_already")
    assert code(desk.decide("secretary", submission)) == (409, "hearing_open"), (
        "what others wrote down shortens nothing"
    )
    on(desk, "2026-12-26")
    assert desk.decide("secretary", submission).status_code == 200
    assert actions(desk, submission) == ["submitted", "told", "approved"]


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-22"])
def test_nobody_is_told_before_the_proposal_or_after_today(desk: Desk, day: str) -> None:
    submission = accuse(desk, "陈建国")
    answer = desk.at_submission("secretary", submission, "hearing", {**TELLING, "told_on": day})
    assert code(answer) == (422, "told_too_early")


def test_who_was_told_by_message_is_not_told_again_and_an_addition_needs_no_hearing(desk: Desk) -> None:
    assert code(desk.at_submission("secretary", accuse(desk), "hearing", TELLING)) == (409, "told_already")
    fact = desk.town.praise("陈建国")
    desk.recorded("secretary", fact)
    assert code(desk.at_submission("secretary", fact["id"], "hearing", TELLING)) == (409, "no_hearing")
    assert code(desk.at_submission("hr", fact["id"], "hearing", TELLING)) == (404, "not_found")


def test_a_proposal_that_is_dropped_is_told_to_the_member(desk: Desk) -> None:
    first, second, third = accuse(desk), accuse(desk, matter="任务8号"), accuse(desk, matter="任务9号")
    assert desk.decide("secretary", first, "refuse").status_code == 200, "also before the member has answered"
    desk.at_submission("organisation_commissioner", second, "withdrawal")
    assert told(desk, "林晓明", first) == told(desk, "林晓明", second) == ["hearing_asked", "hearing_ended"]
    assert told(desk, "organisation_commissioner", first) == ["submission_refused"]
    assert code(desk.at_submission("林晓明", second, "answer", {"answer": "无"})) == (409, "state_forbids")
    assert state(desk, third) == "submitted"


def test_what_was_returned_and_completed_is_heard_anew(desk: Desk) -> None:
    submission = accuse(desk)
    desk.at_submission("林晓明", submission, "answer", {"answer": "没有这项任务"})
    desk.decide("secretary", submission, "return")
    changed = {"item": "EXC-F01", "matter": "任务8号", "reason": "任务8号未完成"}
    assert edit(desk, "organisation_commissioner", submission, **changed).status_code == 200
    on(desk, "2026-11-25")
    seen = {"seen": view(desk, "secretary", submission)["submission"]["version"]}
    desk.at_submission("organisation_commissioner", submission, "submit", seen)
    approve = {"decision": "approve", "seen": seen["seen"] + 1}
    assert code(desk.at_submission("secretary", submission, "decision", approve)) == (409, "hearing_open")
    assert [one["due_on"] for one in view(desk, "secretary", submission)["hearings"]] == ["2026-11-27", "2026-12-02"]
    desk.at_submission("林晓明", submission, "answer", {"answer": "属实"})
    approve["seen"] += 1
    assert desk.at_submission("secretary", submission, "decision", approve).status_code == 200
    hearings = view(desk, "林晓明", submission)["hearings"]
    assert [one["answer"] for one in hearings] == ["没有这项任务", "属实"]
    assert told(desk, "林晓明", submission) == ["hearing_asked", "hearing_asked", "deduction_told"]


def test_the_day_after_the_deadline_the_reviewer_is_asked_and_each_is_told_once(desk: Desk) -> None:
    submission = accuse(desk)
    for day, kinds in (("2026-11-25", []), ("2026-11-26", ["deadline_near"]), ("2026-11-27", ["deadline_near"])):
        on(desk, day)
        for _ in range(2):
            desk.town.run(deadlines.keep)
        assert told(desk, "林晓明", submission) == ["hearing_asked", *kinds]
        assert told(desk, "secretary", submission) == []
    on(desk, "2026-11-28")
    for _ in range(2):
        desk.town.run(deadlines.keep)
    assert told(desk, "secretary", submission) == ["review_asked"]
    assert waiting_for(desk, "secretary") == [submission]
    on(desk, "2026-12-03")
    for _ in range(2):
        desk.town.run(deadlines.keep)
    assert told(desk, "secretary", submission) == ["review_asked", "deadline_near"]
    assert told(desk, "林晓明", submission) == ["hearing_asked", "deadline_near"]


def test_a_new_office_holder_is_asked_in_the_place_of_the_old(desk: Desk) -> None:
    fact = desk.town.praise("林晓明")
    desk.recorded("林晓明", fact)
    assert desk.town.run(deadlines.keep)["asked"] == 0
    desk.town.appoint("second", Role.SECRETARY, desk.town.branch_path)
    assert desk.town.run(deadlines.keep) == {"asked": 1, "reminded": 0, "nobody": 0}
    assert told(desk, "second", fact["id"]) == ["review_asked"]
    assert told(desk, "secretary", fact["id"]) == ["review_asked"]
    assert waiting_for(desk, "second") == waiting_for(desk, "secretary") == [fact["id"]]
