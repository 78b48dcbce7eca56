"""Complaints and suggestions: from anybody signed in, under a number, answered once, unnamed where that was asked."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from app.appeals import reminding
from app.auth.core import Role
from app.kit.ids import new_id
from tests.appeals.conftest import Counter
from tests.appeals.test_filing import MEMBER, refused
from tests.submissions.test_retries import at_once
from tests.town import Json


def send(counter: Counter, login: str, **more: Any) -> Any:
    body = {"id": str(new_id()), "kind": "suggestion", "text": "活动通知发得太晚", "page": "/boards", **more}
    return counter.call("POST", login, "complaints", body)


def sent(counter: Counter, login: str, **more: Any) -> Json:
    answer = send(counter, login, **more)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def reply(counter: Counter, login: str, complaint: str, words: str = "下次提前一周") -> Any:
    return counter.call("POST", login, f"complaints/{complaint}/answer", {"answer": words})


def test_each_gets_the_years_next_number_and_a_day(counter: Counter) -> None:
    first, second = sent(counter, MEMBER), sent(counter, "hr", kind="complaint")
    assert (first["reference"], second["reference"]) == ("2026-0001", "2026-0002")
    assert (first["due_on"], first["state"], first["name"]) == ("2026-11-27", "open", MEMBER)
    ((kind, text),) = counter.messages(MEMBER)
    assert kind == "complaint_received"
    assert "2026-0001" in text
    assert counter.kinds("district_officer") == ["complaint_asked"] * 2
    counter.desk.town.on(date(2027, 1, 4))
    counter.desk.forget()
    assert sent(counter, MEMBER)["reference"] == "2027-0001"


def test_the_same_again_keeps_its_number(counter: Counter) -> None:
    sent_id = str(new_id())
    first, again = send(counter, MEMBER, id=sent_id), send(counter, MEMBER, id=sent_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert refused(send(counter, MEMBER, id=sent_id, text="别的内容")) == (409, "id_used")
    assert refused(send(counter, "secretary", id=sent_id)) == (409, "id_used")


def test_at_once_no_number_is_given_twice_or_left_out(counter: Counter) -> None:
    counter.desk.headers(MEMBER)
    answers = at_once(*[partial(send, counter, MEMBER)] * 6)
    assert sorted(one.json()["reference"] for one in answers) == [f"2026-000{number}" for number in range(1, 7)]


def test_the_same_sent_thrice_at_once_is_one_under_one_number(counter: Counter) -> None:
    counter.desk.headers(MEMBER)
    for number in range(1, 5):
        body = {"id": str(new_id())}
        answers = at_once(*[partial(send, counter, MEMBER, **body)] * 3)
        assert sorted(one.status_code for one in answers) == [200, 200, 201], [one.text for one in answers]
        assert {one.json()["reference"] for one in answers} == {f"2026-{number:04d}"}


def test_the_answer_is_told_and_stays(counter: Counter) -> None:
    complaint = sent(counter, MEMBER)["id"]
    answered = reply(counter, "district_officer", complaint)
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    assert reply(counter, "district_officer", complaint).headers["idempotent-replay"] == "true"
    assert refused(reply(counter, "district_officer", complaint, "另一个答复")) == (409, "complaint_answered")
    assert counter.kinds(MEMBER) == ["complaint_received", "complaint_answered"]
    (own,) = counter.call("GET", MEMBER, "me/complaints").json()["complaints"]
    assert own["answer"] == "下次提前一周"
    assert counter.call("GET", "secretary", "me/complaints").json()["complaints"] == []
    assert counter.call("GET", "district_officer", "complaints", state="open").json()["complaints"] == []


def test_who_wrote_anonymously_is_known_to_those_who_answer_alone(counter: Counter) -> None:
    sent(counter, MEMBER, anonymous=True)
    sent(counter, MEMBER)
    names = {}
    for login in ("district_officer", "auditor"):
        found = counter.call("GET", login, "complaints").json()["complaints"]
        names[login] = [one["name"] for one in found]
    assert names == {"district_officer": [MEMBER, MEMBER], "auditor": [None, MEMBER]}
    assert counter.call("GET", "committee_officer", "complaints").status_code == 403


def test_nobody_answers_their_own_and_nobody_reads_others(counter: Counter) -> None:
    complaint = sent(counter, "district_officer")["id"]
    assert refused(reply(counter, "district_officer", complaint)) == (403, "own_complaint")
    assert refused(reply(counter, "district_officer", str(new_id()))) == (404, "not_found")
    assert reply(counter, "auditor", complaint).status_code == 403
    counter.desk.town.appoint("colleague", Role.DISTRICT_OFFICER, counter.desk.town.root)
    assert reply(counter, "colleague", complaint).status_code == 200
    assert counter.desk.client.post("/api/v1/complaints", json={}).status_code in {401, 422}


def test_the_list_goes_on_after_a_number(counter: Counter) -> None:
    for _ in range(3):
        sent(counter, MEMBER)
    page = counter.call("GET", "district_officer", "complaints", limit=2).json()
    assert page["following"] == "2026-0002"
    rest = counter.call("GET", "district_officer", "complaints", after=page["following"]).json()
    assert [one["reference"] for one in rest["complaints"]] == ["2026-0003"]
    assert rest["following"] is None


def test_a_deadline_near_and_passed_is_told_to_the_district_once(counter: Counter) -> None:
    sent(counter, MEMBER)
    told = []
    for day in (date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29)):
        counter.desk.town.on(day)
        told.append(counter.desk.town.run(reminding.remind)["told"])
    assert told == [1, 0, 1, 0]
