"""A routine deduction is told to the member, once, with its reason; to who has no account in person, on record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.points import settling
from tests.statements import count_statements
from tests.submissions.flows import code, inbox, on, told
from tests.town import Desk, Json

TOLD: Json = {"told_on": "2026-11-21", "told_in_person": "支部活动室，面谈", "said": "当天值班"}


def tellings(desk: Desk, login: str, **query: str) -> list[Json]:
    answer = desk.client.get("/api/v1/tellings", params=query, headers=desk.headers(login))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["tellings"]
    return found


def tell(desk: Desk, login: str, entry: str, body: Json = TOLD, **query: str) -> Any:
    path = f"/api/v1/entries/{entry}/telling"
    return desk.client.post(path, json=body, params=query, headers=desk.headers(login))


def test_the_member_is_told_once_with_the_reason_and_of_the_entry_to_appeal_against(desk: Desk) -> None:
    fact = desk.town.missed("林晓明", reason="未请假，未到会")
    desk.recorded("group_leader", fact)
    desk.recorded("group_leader", fact)
    (message,) = inbox(desk, "林晓明")
    assert (message["kind"], message["subject"]) == (
        "deduction_told",
        {"kind": "entry", "id": fact["id"], "name": None},
    )
    assert "-10" in message["text"]
    assert "未请假，未到会" in message["text"]
    assert told(desk, "secretary") == []
    assert tellings(desk, "secretary") == []


def test_what_costs_nothing_and_what_is_only_tried_is_not_told(desk: Desk) -> None:
    desk.recorded("group_leader", desk.town.fact("林晓明", outcome="kept"))
    desk.recorded("group_leader", desk.town.missed("林晓明", "ORG-D03"), preview="true")
    assert inbox(desk, "林晓明") == []


def test_in_a_batch_each_is_told_of_the_own_and_a_refused_one_of_nothing(desk: Desk) -> None:
    facts = [desk.town.missed("林晓明"), desk.town.missed("陈建国"), desk.town.missed("林晓明", "XXX")]
    results = desk.recorded("group_leader", *facts, mode="each")
    assert [one["status"] for one in results] == ["posted", "posted", "refused"]
    assert told(desk, "林晓明") == ["deduction_told"]
    assert [one["name"] for one in tellings(desk, "secretary")] == ["陈建国"]


def test_who_has_no_account_is_told_by_a_named_person_on_record(desk: Desk) -> None:
    fact = desk.town.missed("陈建国", reason="未到会")
    desk.recorded("group_leader", fact, desk.town.missed("陈建国", "ORG-D03"))
    (asked,) = inbox(desk, "secretary")
    assert (asked["kind"], asked["text"][:3]) == ("tellings_asked", "有 1")
    waiting = next(one for one in tellings(desk, "secretary") if one["entry_id"] == fact["id"])
    assert (waiting["points"], waiting["reason"], waiting["told_on"]) == (-10, "未到会", None)
    assert tell(desk, "secretary", fact["id"], preview="true").status_code == 200
    assert len(tellings(desk, "secretary")) == 2
    done = tell(desk, "secretary", fact["id"])
    assert (done.status_code, done.json()["told_by"]) == (200, str(desk.town.accounts["secretary"]))
    again = tell(desk, "secretary", fact["id"])
    assert (again.json(), again.headers["idempotent-replay"]) == (done.json(), "true")
    assert code(tell(desk, "secretary", fact["id"], {**TOLD, "said": "无"})) == (409, "telling_recorded")
    assert len(tellings(desk, "secretary")) == 1
    (record,) = tellings(desk, "auditor", told="true")
    assert (record["told_in_person"], record["said"]) == ("支部活动室，面谈", "当天值班")


def test_a_telling_lies_between_the_entry_and_today(desk: Desk) -> None:
    fact = desk.town.missed("陈建国")
    desk.recorded("group_leader", fact)
    for day in ("2026-11-20", "2026-11-22"):
        assert code(tell(desk, "secretary", fact["id"], {**TOLD, "told_on": day})) == (422, "telling_day")


def test_what_was_reversed_needs_no_telling(desk: Desk) -> None:
    fact = desk.town.missed("陈建国")
    desk.recorded("group_leader", fact)
    body = {"id": desk.town.missed("陈建国")["id"], "reason": "记错"}
    reversal = f"/api/v1/entries/{fact['id']}/reversal"
    assert desk.client.post(reversal, json=body, headers=desk.headers("secretary")).status_code == 201
    assert tellings(desk, "secretary") == []


def test_tellings_page_and_stay_in_reach(desk: Desk) -> None:
    for item in ("ORG-D02", "ORG-D03"):
        desk.recorded("group_leader", desk.town.missed("陈建国", item))
    desk.recorded("committee_officer", desk.town.missed("周美玲"))
    found: list[str] = []
    query: Json = {"limit": 1}
    while True:
        page = desk.client.get("/api/v1/tellings", params=query, headers=desk.headers("secretary")).json()
        found += [one["name"] for one in page["tellings"]]
        if page["following"] is None:
            break
        query["cursor"] = page["following"]
    assert found == ["陈建国", "陈建国"]
    assert len(tellings(desk, "district_officer")) == 3
    assert tellings(desk, "林晓明") == []


def lost_in_2026(desk: Desk, name: str) -> set[str]:
    path = f"/api/v1/members/{desk.town.members[name]}/entries"
    query = {"cycle": "2026", "limit": "500"}
    found = desk.client.get(path, params=query, headers=desk.headers("district_officer")).json()["entries"]
    return {one["id"] for one in found if one["points"] < 0}


def settled(connection: Connection, actor: Actor) -> dict[str, int]:
    cycles.advance(connection, actor)
    return settling.settle(connection, actor, "2026Q4")


def test_what_the_settling_job_takes_is_told_with_its_ground_and_a_re_run_tells_nothing(desk: Desk) -> None:
    on(desk, "2027-01-11")
    counts = desk.town.run(settled)
    assert counts["missed"] > 0
    messages = inbox(desk, "林晓明")
    assert {one["kind"] for one in messages} == {"duty_short"}
    assert {one["subject"]["id"] for one in messages} == lost_in_2026(desk, "林晓明")
    assert any("到期没有履行记录" in one["text"] for one in messages)
    assert any("未达到应完成的数量" in one["text"] for one in messages)
    assert told(desk, "secretary") == ["tellings_asked"], "once for all that the job took"
    assert {one["entry_id"] for one in tellings(desk, "secretary", limit="200")} == lost_in_2026(desk, "陈建国")
    desk.town.run(settled)
    assert (len(inbox(desk, "林晓明")), told(desk, "secretary")) == (len(messages), ["tellings_asked"])


@pytest.mark.parametrize("account", [True, False])
def test_the_statements_of_the_job_do_not_grow_with_the_members(desk: Desk, account: bool) -> None:
    def cost() -> int:
        with count_statements(desk.town.database) as statements:
            desk.town.run(settled, commit=False)
        return len(statements)

    desk.town.on(date(2027, 1, 11))
    desk.town.run(cycles.advance)
    few = cost()
    desk.town.on(date(2026, 11, 21))
    for number in range(20):
        desk.town.add_member(f"党员{number:02d}", since=date(2026, 1, 1), account=account)
    desk.town.on(date(2027, 1, 11))
    assert cost() <= few + 4
