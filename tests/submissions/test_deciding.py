"""Deciding over HTTP: by a reviewer of the item, never by who recorded it or whom it is about."""

from __future__ import annotations

from typing import Any

import pytest

from app.auth.core import Role
from tests.submissions.test_recording import without_ids
from tests.town import Desk


def waiting(desk: Desk, item: str = "EXC-A05", login: str = "secretary", **facts: Any) -> str:
    """The id of a proposal about 林晓明, recorded by somebody else."""
    facts = facts or {"tier": "outstanding", "matter": "防汛"}
    fact = desk.town.fact("林晓明", item, **facts)
    assert desk.recorded(login, fact)[0]["status"] == "submitted"
    submission: str = fact["id"]
    return submission


def test_a_posted_submission_becomes_the_entry_of_the_same_id(desk: Desk) -> None:
    submission = waiting(desk)
    answer = desk.decide("committee_officer", submission)
    assert answer.status_code == 200, answer.text
    (entry,) = answer.json()["entries"]
    assert (entry["id"], entry["points"], entry["source"]) == (submission, 5, "submission")
    recorder, reviewer = (str(desk.town.accounts[login]) for login in ("secretary", "committee_officer"))
    assert (entry["recorded_by"], entry["approved_by"]) == (recorder, reviewer)
    decided = answer.json()["submission"]
    assert (decided["state"], decided["decided_by"]) == ("posted", reviewer)
    (effect,) = answer.json()["effects"]
    assert (effect["before"]["total"], effect["after"]["total"]) == (1000, 1005)
    assert desk.submissions("secretary") == [decided]


def test_a_refused_submission_posts_nothing_and_keeps_the_note(desk: Desk) -> None:
    submission = waiting(desk)
    path = f"/api/v1/submissions/{submission}/decision"
    body = {"decision": "refuse", "note": "没有任务名单"}
    answer = desk.client.post(path, json=body, headers=desk.headers("committee_officer"))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["entries"], answer.json()["effects"]) == ([], [])
    assert answer.json()["submission"]["decision_note"] == "没有任务名单"
    assert desk.total("林晓明") == 1000


@pytest.mark.parametrize(("first", "then"), [("approve", "refuse"), ("refuse", "approve")])
def test_a_decision_is_not_turned_round(desk: Desk, first: str, then: str) -> None:
    submission = waiting(desk)
    desk.decide("committee_officer", submission, first)
    answer = desk.decide("committee_officer", submission, then)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")
    again = desk.decide("committee_officer", submission, first)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert desk.total("林晓明") == (1005 if first == "approve" else 1000)


def test_nobody_decides_what_they_recorded(desk: Desk) -> None:
    submission = waiting(desk, login="committee_officer")
    answer = desk.decide("committee_officer", submission)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_recording")
    assert desk.decide("district_officer", submission).status_code == 200


def test_nobody_decides_about_themselves(desk: Desk) -> None:
    desk.town.appoint("林晓明", Role.SECRETARY, desk.town.branch_path)
    by_another = desk.town.praise("林晓明")
    desk.recorded("committee_officer", by_another)
    for proposal in (by_another, desk.town.praise("林晓明")):
        desk.record("林晓明", proposal)
        answer = desk.decide("林晓明", proposal["id"])
        assert (answer.status_code, answer.json()["code"]) == (403, "own_recording")
        refused = desk.decide("林晓明", proposal["id"], "refuse")
        assert refused.status_code == 403


@pytest.mark.parametrize(
    ("item", "facts", "below", "right"),
    [
        ("EXC-A06", {"tier": "completed", "matter": "结对"}, (), "organisation_commissioner"),
        ("EXC-A01", {"tier": "adopted", "matter": "建议"}, ("organisation_commissioner",), "secretary"),
        ("EXC-A02", {"tier": "utility", "matter": "专利"}, ("secretary",), "committee_officer"),
    ],
)
def test_an_item_is_decided_by_its_reviewer_or_from_above(
    desk: Desk, item: str, facts: dict[str, str], below: tuple[str, ...], right: str
) -> None:
    desk.town.appoint("recorder", Role.SECRETARY, desk.town.branch_path)
    submission = waiting(desk, item, "recorder", **facts)
    for login in below:
        answer = desk.decide(login, submission)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_review")
    for login in ("group_leader", "hr", "林晓明", "auditor", "system_administrator"):
        assert desk.decide(login, submission).status_code == 403
    assert desk.decide(right, submission).status_code == 200


def test_who_stands_above_decides_in_the_place_of_who_is_missing(desk: Desk) -> None:
    submission = waiting(desk, "EXC-A06", "secretary", tier="completed", matter="结对")
    assert desk.decide("district_officer", submission).status_code == 200


def test_a_submission_out_of_reach_is_not_found(desk: Desk) -> None:
    fact = desk.town.fact("周美玲", "EXC-A05", tier="outstanding", matter="防汛")
    desk.recorded("committee_officer", fact)
    for submission in (fact["id"], "01937f3e-7d2a-7c3b-9f00-000000000001"):
        answer = desk.decide("secretary", submission)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert desk.submissions("secretary") == []


def test_a_preview_of_a_decision_equals_it_and_saves_nothing(desk: Desk) -> None:
    submission = waiting(desk, "EXC-F02", "secretary", matter="任务7号", reason="拒不到岗")
    desk.hear(submission)
    previewed = desk.decide("committee_officer", submission, preview="true")
    assert previewed.status_code == 200, previewed.text
    assert desk.total("林晓明") == 1000
    assert desk.submissions("secretary")[0]["state"] == "submitted"
    done = desk.decide("committee_officer", submission)
    assert without_ids(previewed.json()) == without_ids(done.json())
    assert desk.total("林晓明") == 960


def test_what_no_longer_fits_is_not_posted(desk: Desk) -> None:
    first, second = (waiting(desk, tier="outstanding", matter="防汛") for _ in range(2))
    assert desk.decide("committee_officer", first).status_code == 200
    answer = desk.decide("committee_officer", second)
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (409, "matter_counted", "matter")
    assert "faults" not in told, "it is one, and no batch"
    assert desk.decide("committee_officer", second, "refuse").status_code == 200


def test_submissions_are_listed_by_page_state_and_reach(desk: Desk) -> None:
    made = [waiting(desk, tier="outstanding", matter=f"任务{number}") for number in range(5)]
    other = desk.town.fact("周美玲", "EXC-A05", tier="outstanding", matter="防汛")
    desk.recorded("committee_officer", other)
    desk.decide("committee_officer", made[1], "refuse")
    for limit in (1, 2, 5, 200):
        assert [one["id"] for one in desk.submissions("secretary", limit=limit)] == made
    assert [one["id"] for one in desk.submissions("secretary", state="refused")] == [made[1]]
    assert [one["id"] for one in desk.submissions("secretary", state="submitted", limit=2)] == [made[0], *made[2:]]
    assert {one["id"] for one in desk.submissions("auditor")} == {*made, other["id"]}
    assert [one["id"] for one in desk.submissions("林晓明")] == made
    for cursor in ("x", "1", "1.2", "1.00000000000000000000000000000000 OR 1=1"):
        query = {"cursor": cursor}
        answer = desk.client.get("/api/v1/submissions", params=query, headers=desk.headers("secretary"))
        assert answer.status_code == 422
