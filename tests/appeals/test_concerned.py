"""Whoever had a hand in an entry neither answers, files nor withdraws an appeal against it."""

from __future__ import annotations

from typing import Any

from tests.activities.meetings import Clerk
from tests.appeals.conftest import Counter
from tests.enrolment.office import Office
from tests.submissions.flows import code, finding, on, view
from tests.town import Desk

MEMBER, ABSENT = "林晓明", "陈建国"  # the second has no account


def confirmed(desk: Desk, login: str, *entries: str) -> None:
    path = f"/api/v1/quarters/2026Q4/branches/{desk.town.branch}/check"
    answer = desk.client.post(path, json={"entries": list(entries)}, headers=desk.headers(login))
    assert answer.status_code == 200, answer.text


def withdraw(counter: Counter, login: str, appeal: str, wish: str | None = "本人当面提出") -> Any:
    return counter.call("POST", login, f"appeals/{appeal}/withdrawal", None if wish is None else {"wish": wish})


def test_whoever_confirmed_the_row_in_the_check_does_not_answer_the_appeal(counter: Counter, desk: Desk) -> None:
    entry = counter.missed()
    confirmed(desk, "secretary", entry)
    appeal = counter.filed(MEMBER, entry)
    assert appeal["asked"] == "committee_officer"
    assert counter.waiting("secretary") == []
    assert counter.waiting("committee_officer") == [appeal["id"]]
    assert code(counter.decide("secretary", appeal["id"], "refused")) == (403, "concerned")


def test_whoever_confirmed_it_after_it_was_appealed_against_has_no_turn(counter: Counter, desk: Desk) -> None:
    entry = counter.missed()
    appeal = counter.filed(MEMBER, entry)
    assert counter.waiting("secretary") == [appeal["id"]]
    confirmed(desk, "secretary", entry)
    assert counter.waiting("secretary") == []
    assert code(counter.decide("secretary", appeal["id"], "refused")) == (403, "concerned")


def test_what_a_job_books_is_on_the_record_of_who_wrote_the_attendance(counter: Counter, desk: Desk) -> None:
    clerk = Clerk(desk)
    clerk.recorded("secretary", clerk.mark(MEMBER, "absent"), item="ORG-D01", held_on="2026-11-10")
    clerk.run_job()
    (entry,) = [one for one in desk.entries(MEMBER) if one["item"] == "ORG-D01"]
    assert (entry["source"], entry["recorded_by"]) == ("job", str(desk.town.accounts["secretary"]))
    appeal = counter.filed(MEMBER, entry["id"])
    assert appeal["asked"] == "committee_officer"
    assert counter.waiting("secretary") == []
    assert code(counter.decide("secretary", appeal["id"], "refused")) == (403, "concerned")


def test_attendance_is_on_the_record_of_who_corrected_it(counter: Counter, desk: Desk) -> None:
    clerk = Clerk(desk)
    session = clerk.recorded("secretary", item="ORG-D01", held_on="2026-11-10")
    assert clerk.correct("committee_officer", session, clerk.mark(MEMBER, "absent")).status_code == 200
    clerk.run_job()
    (entry,) = [one for one in desk.entries(MEMBER) if one["item"] == "ORG-D01" and one["source"] == "job"]
    assert entry["recorded_by"] == str(desk.town.accounts["committee_officer"])
    assert counter.filed(MEMBER, entry["id"])["asked"] == "secretary"


def test_whoever_recorded_an_entry_neither_files_nor_withdraws_an_appeal_on_paper(counter: Counter, desk: Desk) -> None:
    entry = counter.missed(ABSENT, "secretary")
    assert code(counter.file("secretary", entry)) == (403, "concerned_filer")
    appeal = counter.filed("committee_officer", entry)["id"]
    assert code(withdraw(counter, "secretary", appeal)) == (403, "concerned")
    assert code(withdraw(counter, "committee_officer", appeal, None)) == (422, "wish_missing")
    gone = withdraw(counter, "committee_officer", appeal)
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert gone.json()["withdrawal_wish"] == "本人当面提出"
    assert gone.json()["withdrawn_by"] == str(desk.town.accounts["committee_officer"])
    assert withdraw(counter, "committee_officer", appeal).headers["idempotent-replay"] == "true"


def test_an_unconcerned_office_withdraws_what_another_wrote_down(counter: Counter) -> None:
    appeal = counter.filed("committee_officer", counter.missed(ABSENT, "secretary"))["id"]
    assert withdraw(counter, "district_officer", appeal).status_code == 200


def test_nobody_answers_an_appeal_that_they_wrote_down(counter: Counter) -> None:
    appeal = counter.filed("secretary", counter.missed(ABSENT))
    assert appeal["asked"] == "committee_officer"
    assert counter.waiting("secretary") == []
    assert code(counter.decide("secretary", appeal["id"])) == (403, "concerned")
    assert counter.decide("committee_officer", appeal["id"]).status_code == 200


def test_a_member_who_left_appeals_reads_and_is_heard(counter: Counter, desk: Desk) -> None:
    entry, proposal = counter.missed(), finding(desk)
    desk.recorded("organisation_commissioner", proposal)
    assert Office(desk).left(MEMBER, "transferred_out", day="2026-11-20").status_code == 201
    desk.forget()
    answer = desk.at_submission(MEMBER, proposal["id"], "answer", {"answer": "不实"})
    assert answer.status_code == 200, answer.text
    assert view(desk, MEMBER, proposal["id"])["hearings"][0]["answer"] == "不实"
    assert counter.file(MEMBER, entry).status_code == 201
    assert code(counter.file(MEMBER, counter.missed("周美玲", "district_officer"))) == (404, "not_found")


def test_whose_account_is_closed_is_told_in_person_and_appeals_on_paper(counter: Counter, desk: Desk) -> None:
    closing = f"/api/v1/accounts/{desk.town.accounts[MEMBER]}/close"
    assert desk.client.post(closing, json={}, headers=desk.headers("system_administrator")).status_code < 300
    proposal = finding(desk)
    desk.recorded("organisation_commissioner", proposal)
    assert view(desk, "secretary", proposal["id"])["hearings"][0]["told_at"] is None
    on(desk, "2026-12-05")
    assert code(desk.decide("secretary", proposal["id"])) == (409, "not_told_yet")
    assert counter.filed("secretary", counter.missed())["filed_by"] == str(desk.town.accounts["secretary"])
