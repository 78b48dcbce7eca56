"""What was done in one round never counts in the next, and rights end with the office: retries that come late, answers
sent again, days dated back, and recorders who are none any more.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

from sqlalchemy import update

from app.auth.core import Role
from app.auth.tables import appointment
from tests.activities.meetings import Clerk
from tests.enrolment.office import Office
from tests.submissions.flows import PATH, actions, code, draft, finding, on, praise, state, upload, view
from tests.town import Desk, Json

MEMBER, RECORDER = "林晓明", "organisation_commissioner"
EXCUSE, GRAVER = "材料迟交有原因", "故意造假、拒不履行，造成重大损失"


def decide(desk: Desk, login: str, submission: str, decision: str = "approve", **more: Any) -> Any:
    note = {} if decision == "approve" else {"note": "材料不足"}
    return desk.at_submission(login, submission, "decision", {"decision": decision, **note, **more})


def version(desk: Desk, submission: str) -> int:
    found: int = view(desk, "district_officer", submission)["submission"]["version"]
    return found


def handed_in_anew(desk: Desk, submission: str, **content: Any) -> None:
    """Returned, edited, and handed in again."""
    seen = version(desk, submission)
    assert decide(desk, "secretary", submission, "return", seen=seen).status_code == 200
    body = {"item": "EXC-F01", "effective_on": "2026-11-06", "matter": "任务9号", "reason": GRAVER, **content}
    edited = desk.client.put(f"{PATH}/{submission}", json=body, headers=desk.headers(RECORDER))
    assert edited.status_code == 200, edited.text
    body = {"seen": version(desk, submission)}
    assert desk.at_submission(RECORDER, submission, "submit", body).status_code == 200


def answered(desk: Desk, submission: str, **more: Any) -> Any:
    return desk.at_submission(MEMBER, submission, "answer", {"answer": EXCUSE, **more})


def test_an_answer_sent_again_never_answers_the_next_round(desk: Desk) -> None:
    fact = finding(desk)
    desk.recorded(RECORDER, fact)
    errand = {"kind": "hearing_answer", "submission_id": fact["id"], "body": {"answer": EXCUSE}}

    def queue() -> Json:
        answer = desk.client.post("/api/v1/me/queue", json={"items": [errand]}, headers=desk.headers(MEMBER))
        (result,) = answer.json()["results"]
        assert result["status"] in {200, 201}, result
        found: Json = result
        return found

    queue()
    handed_in_anew(desk, fact["id"])
    assert queue()["status"] == 200, "a replay of the first round's"
    seen = version(desk, fact["id"])
    assert code(decide(desk, "secretary", fact["id"], seen=seen)) == (409, "hearing_open")
    assert [one["answer"] for one in view(desk, MEMBER, fact["id"])["hearings"]] == [EXCUSE, None]


def test_an_answer_may_name_its_round(desk: Desk) -> None:
    fact = finding(desk)
    desk.recorded(RECORDER, fact)
    handed_in_anew(desk, fact["id"])
    assert code(answered(desk, fact["id"], round=1)) == (409, "round_over"), "it never arrived in its round"
    assert answered(desk, fact["id"], round=2).status_code == 200
    handed_in_anew(desk, fact["id"], matter="任务10号")
    assert answered(desk, fact["id"]).headers["idempotent-replay"] == "true"
    assert answered(desk, fact["id"], round=3).json()["hearing"]["answer"] == EXCUSE, "the same words, meant anew"
    answers = [one["answer"] for one in view(desk, MEMBER, fact["id"])["hearings"]]
    assert answers == [None, EXCUSE, EXCUSE]


def test_a_decision_of_an_earlier_round_that_comes_late_decides_nothing(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("group_leader", fact)
    first = decide(desk, "secretary", fact["id"], "return").json()["submission"]["version"]
    body = {"seen": first}
    assert desk.at_submission("group_leader", fact["id"], "submit", body).status_code == 200
    for decision in ("return", "refuse", "approve"):
        assert code(decide(desk, "secretary", fact["id"], decision)) == (409, "seen_missing")
    assert state(desk, fact["id"]) == "submitted"
    again = decide(desk, "secretary", fact["id"], "return", seen=first - 1)
    assert again.headers["idempotent-replay"] == "true"
    assert decide(desk, "secretary", fact["id"], seen=first + 1).json()["submission"]["state"] == "posted"
    assert actions(desk, fact["id"]) == ["submitted", "returned", "submitted", "approved"]


def test_handing_in_that_comes_late_does_not_hand_in_what_was_returned(desk: Desk) -> None:
    fact = praise(desk)
    draft(desk, "group_leader", fact)
    assert desk.at_submission("group_leader", fact["id"], "submit").status_code == 200
    decide(desk, "secretary", fact["id"], "return")
    assert code(desk.at_submission("group_leader", fact["id"], "submit")) == (409, "seen_missing")
    assert state(desk, fact["id"]) == "returned"


def test_telling_cannot_be_dated_back_so_that_the_hearing_is_over_at_once(desk: Desk) -> None:
    fact = finding(desk, "陈建国")
    desk.recorded(RECORDER, fact)
    on(desk, "2026-12-05")
    telling = {"told_on": "2026-11-21", "told_in_person": "支部活动室"}
    told = desk.at_submission(RECORDER, fact["id"], "hearing", telling).json()["hearing"]
    assert (told["told_on"], told["due_on"]) == ("2026-11-21", "2026-12-11")
    assert code(decide(desk, "secretary", fact["id"])) == (409, "hearing_open")
    on(desk, "2026-12-12")
    assert decide(desk, "secretary", fact["id"]).status_code == 200


def end_office(desk: Desk, login: str, role: Role) -> None:
    columns = appointment.c
    ended = update(appointment).where(
        columns.district_id == desk.town.district.id,
        columns.account_id == desk.town.accounts[login],
        columns.role == role.value,
    )
    statement = ended.values(until_on=date(2026, 11, 1))
    desk.town.database.run(lambda connection: connection.execute(statement), desk.town.district.id)
    desk.forget()


def test_a_recorders_rights_end_with_the_office(desk: Desk) -> None:
    fact = finding(desk, "陈建国", reason="不宜外传的事由")
    desk.recorded(RECORDER, fact)
    desk.town.appoint(RECORDER, Role.MEMBER, desk.town.neighbour_path)

    def own_file() -> str:
        answer = desk.client.get("/api/v1/me/file", headers=desk.headers(RECORDER))
        assert answer.status_code == 200, answer.text
        return zipfile.ZipFile(io.BytesIO(answer.content)).read("submissions.json").decode()

    assert "不宜外传" in own_file(), "while the office is held"
    end_office(desk, RECORDER, Role.ORGANISATION_COMMISSIONER)
    path = f"{PATH}/{fact['id']}"
    assert code(desk.client.get(path, headers=desk.headers(RECORDER))) == (404, "not_found")
    assert code(desk.at_submission(RECORDER, fact["id"], "withdrawal")) == (404, "not_found")
    assert desk.submissions(RECORDER) == []
    assert "不宜外传" not in own_file()


def test_a_recorder_keeps_what_was_recorded_of_a_member_who_moved_on(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("group_leader", fact)
    desk.town.appoint("next_door", Role.SECRETARY, desk.town.neighbour_path)
    Office(desk).transferred()
    assert view(desk, "next_door", fact["id"])["submission"]["state"] == "submitted", "it waits where the member is"
    assert desk.at_submission("group_leader", fact["id"], "withdrawal").status_code == 200


def test_who_wrote_the_attendance_does_not_approve_what_the_service_finds_in_it(desk: Desk) -> None:
    clerk = Clerk(desk)
    for day in ("2026-08-10", "2026-09-10", "2026-10-10"):
        clerk.recorded("secretary", clerk.mark(MEMBER, "absent"), held_on=day, title=f"主题党日{day}")
    clerk.run_job()
    (found,) = desk.submissions("district_officer")
    on(desk, "2026-12-05")
    assert desk.submissions("secretary", waits_for_me="true") == []
    assert code(desk.decide("secretary", found["id"])) == (403, "own_recording")
    assert desk.decide("committee_officer", found["id"]).status_code == 200


def test_a_branch_that_was_left_reads_the_evidence_of_its_own_entries(desk: Desk) -> None:
    digest = upload(desk, "secretary")
    entry = desk.town.missed(MEMBER, evidence=[digest])
    desk.recorded("secretary", entry)
    desk.town.appoint("next_door", Role.SECRETARY, desk.town.neighbour_path)
    Office(desk).transferred()
    desk.forget()
    later = desk.town.missed(
        MEMBER, "ORG-D03", effective_on="2026-11-21", evidence=[upload(desk, "next_door", width=50)]
    )
    desk.recorded("next_door", later)

    def read(login: str, entry: Json) -> int:
        path = f"/api/v1/entries/{entry['id']}/evidence"
        found: int = desk.client.get(path, headers=desk.headers(login)).status_code
        return found

    assert (read("secretary", entry), read("secretary", later)) == (200, 404)
    assert (read("next_door", entry), read("next_door", later)) == (200, 200)
    file = f"/api/v1/entries/{entry['id']}/evidence/{digest}"
    assert desk.client.get(file, headers=desk.headers("secretary")).status_code == 200


def test_one_matter_counts_once_however_it_is_written(desk: Desk) -> None:
    for at, matter in enumerate(("QC成果 1号", "QC成果1号", "ｑｃ成果1号", "QC成果1号。")):
        fact = praise(desk, matter=matter)
        desk.recorded("group_leader", fact)
        answer = decide(desk, "secretary", fact["id"])
        assert answer.status_code == (409 if at else 200), matter
    (entry,) = [one for one in desk.entries(MEMBER) if one["item"] == "EXC-A01"]
    assert entry["matter"] == "QC成果 1号", "shown as it was written"
