"""What was written offline is sent late and twice, and each thing of it is done once."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.kit.errors import Unavailable
from app.kit.ids import new_id
from app.me import service_queue
from app.me.core import QUEUE_BYTES_MAX
from tests.activities.meetings import Clerk
from tests.me.conftest import MEMBER, Phone
from tests.submissions.flows import finding, praise, told, upload
from tests.town import Json


def statuses(results: list[Json]) -> list[int]:
    return [one["status"] for one in results]


def meeting(phone: Phone, *marks: Json, **more: Any) -> Json:
    clerk, town = Clerk(phone.desk), phone.desk.town
    return {"kind": "activity", "body": clerk.meeting(*marks, at=town.group, **more)}


def mixed(phone: Phone) -> list[Json]:
    """One of each kind, as a member's phone may hold them."""
    desk = phone.desk
    missed, accusation = desk.town.missed(MEMBER), finding(desk)
    desk.recorded("group_leader", missed)
    desk.recorded("organisation_commissioner", accusation)
    return [
        phone.entry(praise(desk)),
        phone.hearing(accusation["id"]),
        phone.appeal(missed["id"]),
        phone.complaint(),
        phone.reading(up_to=1),
    ]


def test_a_queue_of_all_kinds_is_done_in_order(phone: Phone) -> None:
    items = mixed(phone)
    results = phone.sent(*items)
    assert statuses(results) == [201] * 5
    assert [one["state"] for one in results] == ["submitted", "submitted", "open", "open", "read"]
    assert results[3]["reference"] == "2026-0001"
    home = phone.read()
    assert home["own_appeals"]["listed"][0]["due_on"] == results[2]["due_on"]
    assert home["hearings"]["listed"] == []


def test_a_queue_sent_twice_is_done_once(phone: Phone) -> None:
    items = mixed(phone)
    phone.sent(*items)
    before = (phone.read("/entries"), phone.read("/submissions"), phone.read("/appeals"), phone.read("/messages"))
    again = phone.sent(*items)
    assert statuses(again) == [200] * 5
    assert all(one["replayed"] for one in again)
    after = (phone.read("/entries"), phone.read("/submissions"), phone.read("/appeals"), phone.read("/messages"))
    assert after == before


def test_the_same_thing_twice_in_one_queue_is_done_once(phone: Phone) -> None:
    proposal = phone.entry(praise(phone.desk))
    assert statuses(phone.sent(proposal, proposal)) == [201, 200]
    assert len(phone.read("/submissions")["submissions"]) == 1


def test_what_is_refused_stops_nothing_else(phone: Phone) -> None:
    """Of four: not for this caller, with other content under an id that is taken, unreadable, and in order."""
    desk = phone.desk
    foreign = phone.entry(desk.town.missed("陈建国"))
    taken = praise(desk)
    desk.recorded(MEMBER, taken)
    unreadable = phone.entry({**praise(desk), "effective_on": "gestern", "unknown": 1})
    results = phone.sent(foreign, phone.entry({**taken, "reason": "另一内容"}), unreadable, phone.complaint())
    assert statuses(results) == [404, 409, 422, 201]
    assert [one["problem"] and one["problem"]["code"] for one in results] == [
        "not_a_member_then", "id_used", "invalid_request", None,
    ]  # fmt: skip
    assert {one["field"] for one in results[2]["problem"]["faults"]} == {"effective_on", "unknown"}
    assert desk.total("陈建国") == 1000


@pytest.mark.parametrize(
    "unreadable", [None, 7, "entry", {}, {"kind": "entry"}, {"kind": "party"}, {"kind": "entry", "body": []}]
)
def test_an_element_that_is_nothing_at_all_is_refused_by_itself(phone: Phone, unreadable: object) -> None:
    answer = phone.desk.client.post(
        "/api/v1/me/queue", json={"items": [unreadable, phone.complaint()]}, headers=phone.desk.headers(MEMBER)
    )
    assert statuses(answer.json()["results"]) == [422, 201]


@pytest.mark.parametrize("element", [{}, {"kind": "party", "body": {}}])
def test_of_an_element_of_no_known_kind_the_kind_is_what_is_wrong(phone: Phone, element: Json) -> None:
    (result,) = phone.sent(element)
    assert [one["field"] for one in result["problem"]["faults"]] == ["kind"]


def test_a_refusal_is_in_the_callers_language(phone: Phone) -> None:
    headers = {**phone.desk.headers(MEMBER), "Accept-Language": "en"}
    body = {"items": [phone.appeal(str(new_id()))]}
    (result,) = phone.desk.client.post("/api/v1/me/queue", json=body, headers=headers).json()["results"]
    assert result["problem"]["detail"].startswith("There is no such entry")


def test_a_group_leader_records_a_meeting_offline_and_sends_it_twice(phone: Phone) -> None:
    leader, clerk = phone.of("group_leader"), Clerk(phone.desk)
    item = meeting(phone, clerk.mark(MEMBER, "leave"))
    assert statuses(leader.sent(item)) == [201]
    assert statuses(leader.sent(item)) == [200]
    assert [one["make_up_by"] for one in phone.read()["absences"]] == ["2026-11-27"]
    assert statuses(phone.sent(meeting(phone, title="会员不得代记"))) == [403]


def test_each_kind_asks_for_the_permission_of_its_own_route(phone: Phone) -> None:
    """An account without any office may complain and read its messages, and nothing else."""
    desk = phone.desk
    items = [*mixed(phone), meeting(phone)]
    by_route = {
        "entry": ("/entries", {"entries": [items[0]["body"]]}),
        "hearing_answer": (f"/submissions/{items[1]['submission_id']}/answer", items[1]["body"]),
        "appeal": (f"/entries/{items[2]['entry_id']}/appeals", items[2]["body"]),
        "complaint": ("/complaints", items[3]["body"]),
        "messages_read": ("/me/messages/read", items[4]["body"]),
        "activity": ("/activities", items[5]["body"]),
    }
    for login in ("security_administrator", "hr", "auditor"):
        queued = phone.of(login).sent(*items)
        for item, result in zip(items, queued, strict=True):
            path, body = by_route[item["kind"]]
            alone = desk.client.post(f"/api/v1{path}", json=body, headers=desk.headers(login))
            refused = alone.status_code >= 400
            assert (login, item["kind"], refused) == (login, item["kind"], result["status"] >= 400)
            if refused:
                assert (login, item["kind"], alone.status_code) == (login, item["kind"], result["status"])


def test_files_that_were_sent_in_before_go_with_what_is_queued(phone: Phone) -> None:
    proof = upload(phone.desk, MEMBER)
    proposal = praise(phone.desk, evidence=[proof])
    assert statuses(phone.sent(phone.entry(proposal))) == [201]
    (kept,) = phone.read("/evidence")["evidence"]
    assert (kept["hash"], kept["owner_id"]) == (proof, proposal["id"])


def test_a_whole_queue_is_bounded_in_number_and_size(phone: Phone) -> None:
    assert phone.send().status_code == 422
    assert phone.send(*(phone.reading(1) for _ in range(101))).status_code == 422
    assert statuses(phone.sent(*(phone.reading(1) for _ in range(100)))) == [200] * 100
    huge = phone.send(phone.complaint("长" * (QUEUE_BYTES_MAX // 3 + 1)))
    assert (huge.status_code, huge.json()["code"]) == (413, "queue_too_large")
    streamed = phone.desk.client.post(
        "/api/v1/me/queue",
        content=(b" " * 65536 for _ in range(QUEUE_BYTES_MAX // 65536 + 1)),  # without a length to look at
        headers={**phone.desk.headers(MEMBER), "Content-Type": "application/json"},
    )
    assert (streamed.status_code, streamed.json()["code"]) == (413, "queue_too_large")


def test_a_defect_of_ours_in_one_thing_leaves_the_others_their_answers(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = service_queue.carry_out
    calls: list[object] = []

    def fails_at_the_second(connection: Any, actor: Any, errand: Any) -> Any:
        calls.append(errand)
        if len(calls) == 2:
            raise ZeroDivisionError("a secret of the inside")
        return carry_out(connection, actor, errand)

    monkeypatch.setattr(service_queue, "carry_out", fails_at_the_second)
    results = phone.sent(phone.complaint(), phone.complaint(), phone.complaint())
    assert statuses(results) == [201, 500, 201]
    assert "secret" not in str(results)
    assert results[1]["problem"]["code"] == "internal"


def test_where_the_database_does_not_serve_the_rest_is_not_tried(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def down(_connection: Any, _actor: Any, errand: Any) -> Any:
        calls.append(errand)
        raise Unavailable

    items = [phone.complaint() for _ in range(5)]
    with monkeypatch.context() as broken:
        broken.setattr(service_queue, "carry_out", down)
        assert statuses(phone.sent(*items)) == [503] * 5
    assert len(calls) == 1
    assert statuses(phone.sent(*items)) == [201] * 5


def test_what_is_refused_tells_nobody_anything(phone: Phone) -> None:
    accusation = finding(phone.desk, "陈建国")
    phone.desk.recorded("organisation_commissioner", accusation)
    before = told(phone.desk, "secretary")
    results = phone.sent(phone.hearing(accusation["id"]), phone.appeal(str(new_id())))
    assert statuses(results) == [404, 404]
    assert told(phone.desk, "secretary") == before


def test_a_stranger_has_no_queue(client: TestClient) -> None:
    body = {"items": [{"kind": "messages_read", "body": {"up_to": 1}}]}
    assert client.post("/api/v1/me/queue", json=body).status_code == 401
