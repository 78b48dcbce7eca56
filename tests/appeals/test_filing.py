"""Filing, withdrawing and reading: a member for the own record, against what counts, once at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from app.cycles.tables import quarter
from app.kit.ids import new_id
from app.points import settling
from tests.appeals.conftest import Counter
from tests.files.samples import photograph
from tests.town import Desk, Town

MEMBER = "林晓明"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def seal(town: Town, *codes: str) -> None:
    columns = quarter.c
    statement = update(quarter).where(columns.district_id == town.district.id, columns.code.in_(codes))
    town.database.run(lambda connection: connection.execute(statement.values(state="sealed")), town.district.id)


def test_a_member_appeals_and_the_secretary_is_asked(counter: Counter) -> None:
    entry = counter.missed()
    appeal = counter.filed(MEMBER, entry)
    assert (appeal["state"], appeal["asked"], appeal["instance"]) == ("open", "secretary", 1)
    assert appeal["due_on"] == "2026-11-27"  # five working days after Saturday the 21st
    assert (appeal["entry"]["id"], appeal["member"], appeal["filed_by"]) == (entry, MEMBER, None)
    ((kind, text),) = counter.messages("secretary")
    assert kind == "appeal_asked"
    assert MEMBER in text
    assert "2026年11月27日" in text
    assert counter.waiting("secretary") == [appeal["id"]]
    assert counter.waiting("committee_officer") == counter.waiting("district_officer") == []


def test_the_same_again_is_a_retry_and_other_content_a_conflict(counter: Counter) -> None:
    entry, sent = counter.missed(), {"id": str(new_id())}
    first = counter.file(MEMBER, entry, **sent)
    again = counter.file(MEMBER, entry, **sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["idempotent-replay"] == "true"
    assert again.json() == first.json()
    assert refused(counter.file(MEMBER, entry, text="另一个理由", **sent)) == (409, "id_used")
    assert len(counter.kinds("secretary")) == 1


def test_a_second_appeal_against_the_entry_waits_for_the_first(counter: Counter) -> None:
    entry = counter.missed()
    first = counter.filed(MEMBER, entry)
    answer = counter.file(MEMBER, entry)
    assert refused(answer) == (409, "appeal_open")
    assert first["id"] in answer.json()["detail"]
    counter.filed(MEMBER, counter.missed(item="ORG-D03"))


def test_others_do_not_appeal_for_a_member_and_strangers_find_nothing(counter: Counter) -> None:
    entry = counter.missed()
    assert refused(counter.file("secretary", entry)) == (403, "not_own_entry")
    foreign = counter.missed("周美玲", "committee_officer")
    assert refused(counter.file(MEMBER, foreign)) == (404, "not_found")
    assert refused(counter.file("secretary", foreign)) == (404, "not_found")
    assert refused(counter.file(MEMBER, str(new_id()))) == (404, "not_found")
    appeal = counter.filed(MEMBER, entry)["id"]
    counter.desk.town.add_member("某党员", account=True)
    for method, part in (("GET", ""), ("POST", "/withdrawal"), ("GET", f"/files/{'0' * 64}")):
        assert refused(counter.call(method, "某党员", f"appeals/{appeal}{part}")) == (404, "not_found")


def test_an_appeal_on_paper_is_written_down_for_whom_has_no_account(counter: Counter) -> None:
    entry = counter.missed("陈建国")
    appeal = counter.filed("secretary", entry)
    assert appeal["filed_by"] == str(counter.desk.town.accounts["secretary"])
    assert counter.waiting("secretary") == []
    answered = counter.decide("secretary", appeal["id"])
    assert refused(answered) == (403, "concerned"), "who wrote it down never answers it"
    assert counter.waiting("committee_officer") == [appeal["id"]]
    counter.decided("committee_officer", appeal["id"])
    assert counter.kinds("secretary") == ["tellings_asked", "telling_asked"], "not asked to answer it"


def test_openings_and_reversals_and_what_was_reversed_are_not_appealed_against(counter: Counter) -> None:
    opening = counter.desk.entries(MEMBER)[0]["id"]
    assert refused(counter.file(MEMBER, opening)) == (409, "opening_not_appealed")
    entry = counter.missed()
    reversal = counter.reverse("organisation_commissioner", entry).json()["entries"][0]["id"]
    assert refused(counter.file(MEMBER, reversal)) == (409, "reversal_not_appealed")
    answer = counter.file(MEMBER, entry)
    assert refused(answer) == (409, "entry_undone")
    assert reversal in answer.json()["detail"]


def test_a_shortfall_that_the_service_settled_is_appealed_like_any_other(counter: Counter) -> None:
    desk = counter.desk
    desk.town.on(date(2027, 1, 12))
    desk.forget()
    desk.town.run(lambda connection, actor: settling.settle(connection, actor, "2026Q4"))
    path = f"/api/v1/members/{desk.town.members[MEMBER]}/entries"
    found = desk.client.get(path, params={"cycle": "2026", "limit": 500}, headers=desk.headers(MEMBER)).json()
    shortfall = next(one for one in found["entries"] if one["source"] == "job" and one["item"] == "SRV-D02")
    appeal = counter.filed(MEMBER, shortfall["id"])
    assert refused(counter.decide("secretary", appeal["id"], "changed", units=20)) == (409, "not_changeable")
    decided = counter.decided("secretary", appeal["id"])
    assert decided["entries"][0]["points"] == -shortfall["points"]
    again = desk.town.run(lambda connection, actor: settling.settle(connection, actor, "2026Q4"))
    assert (again["missed"], again["reversed"]) == (0, 0)


def test_the_window_closes_after_thirty_working_days_and_the_last_seal(counter: Counter) -> None:
    entry = counter.missed()
    desk = counter.desk
    desk.town.on(date(2027, 2, 20))
    desk.forget()
    counter.withdraw(MEMBER, counter.filed(MEMBER, entry)["id"])  # long after, but the cycle is not sealed
    seal(desk.town, "2026Q1", "2026Q2", "2026Q3", "2026Q4")
    answer = counter.file(MEMBER, entry)
    assert refused(answer) == (409, "window_closed")
    desk.town.on(date(2026, 12, 31))
    desk.forget()
    assert counter.file(MEMBER, entry).status_code == 201


def test_a_withdrawn_appeal_may_be_filed_anew(counter: Counter) -> None:
    entry = counter.missed()
    first = counter.filed(MEMBER, entry)["id"]
    assert counter.withdraw(MEMBER, first).json()["state"] == "withdrawn"
    again = counter.withdraw(MEMBER, first)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert counter.waiting("secretary") == []
    assert refused(counter.decide("secretary", first)) == (409, "appeal_closed")
    appeal = counter.filed(MEMBER, entry)
    assert appeal["instance"] == 1
    assert refused(counter.withdraw("secretary", appeal["id"])) == (403, "not_own_entry")


def test_evidence_is_shown_to_whoever_may_read_the_appeal(counter: Counter, desk: Desk) -> None:
    sent = desk.client.post(
        "/api/v1/files", files={"file": ("签到.jpg", photograph())}, headers=desk.headers(MEMBER)
    ).json()["hash"]
    entry = counter.missed()
    assert refused(counter.file(MEMBER, entry, files=["0" * 64])) == (404, "not_found")
    appeal = counter.filed(MEMBER, entry, files=[sent])
    assert [one["hash"] for one in appeal["files"]] == [sent]
    readers = [MEMBER, "secretary", "committee_officer", "auditor"]
    for login in readers:
        assert counter.call("GET", login, f"appeals/{appeal['id']}/files/{sent}").status_code == 200
    assert counter.call("GET", "group_leader", f"appeals/{appeal['id']}/files/{sent}").status_code == 403
    taken = [(login, f"appeal {appeal['id']} {sent}") for login in reversed(readers)]
    assert counter.desk.downloads() == taken


def test_the_list_pages_by_time_of_filing(counter: Counter) -> None:
    filed = [counter.filed(MEMBER, counter.missed(item=item))["id"] for item in ("ORG-D02", "ORG-D03")]
    counter.desk.town.clock.moment = datetime(2026, 11, 21, 2, 10, tzinfo=UTC)
    filed.append(counter.filed(MEMBER, counter.missed(login="secretary", item="ORG-D01"))["id"])
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = counter.call("GET", MEMBER, "appeals", **query).json()
        found += [one["id"] for one in page["appeals"]]
        if page["following"] is None:
            break
        query["cursor"] = page["following"]
    assert found == sorted(filed[:2]) + filed[2:]
    assert counter.call("GET", MEMBER, "appeals", state="decided").json()["appeals"] == []


@pytest.mark.parametrize("login", ["secretary", "committee_officer", "auditor"])
def test_whoever_stands_above_reads_and_the_group_leader_does_not(counter: Counter, login: str) -> None:
    appeal = counter.filed(MEMBER, counter.missed())["id"]
    assert counter.call("GET", login, f"appeals/{appeal}").json()["id"] == appeal
    assert counter.call("GET", "group_leader", f"appeals/{appeal}").status_code == 403
