"""The same again is recognised, other content under the same id is a conflict, and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.auth.core import Role
from app.kit.ids import new_id
from tests.town import Desk

NAMES = ("林晓明", "陈建国")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The answers of calls that begin at the same moment."""
    barrier, answers = Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        barrier.wait()
        answers.append(call())

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_an_entry_sent_again_is_the_same_with_its_present_standing(desk: Desk) -> None:
    fact = desk.town.missed("林晓明", reason="缺席")
    first = desk.record("group_leader", fact)
    desk.recorded("organisation_commissioner", desk.town.missed("林晓明", "ORG-D01"))
    again = desk.record("group_leader", fact)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    result = again.json()["results"][0]
    assert result["replayed"]
    assert result["entry"] == first.json()["results"][0]["entry"]
    assert (result["effect"]["before"]["total"], result["effect"]["after"]["total"]) == (975, 975)
    assert desk.total("林晓明") == 975


def test_replays_are_counted(desk: Desk) -> None:
    fact = desk.town.missed("林晓明")
    for _ in range(3):
        desk.record("group_leader", fact)
    page = desk.client.get("/metrics").text
    counted = {
        sample.name: sample.value for family in text_string_to_metric_families(page) for sample in family.samples
    }
    assert [value for name, value in counted.items() if "replay" in name and name.endswith("_total")] == [2.0]


def test_a_proposal_sent_again_is_the_same(desk: Desk) -> None:
    fact = desk.town.praise("林晓明")
    first = desk.record("林晓明", fact)
    again = desk.record("林晓明", fact)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert again.json()["results"][0]["submission"] == first.json()["results"][0]["submission"]
    assert len(desk.submissions("secretary")) == 1


def test_a_proposal_sent_again_after_its_decision_shows_the_decision(desk: Desk) -> None:
    fact = desk.town.praise("林晓明")
    desk.recorded("林晓明", fact)
    desk.decide("secretary", fact["id"])
    (result,) = desk.recorded("林晓明", fact)
    assert (result["replayed"], result["submission"]["state"]) == (True, "posted")
    assert desk.total("林晓明") == 1010


def test_a_batch_that_is_partly_new_adds_only_what_is_new(desk: Desk) -> None:
    old, new = desk.town.missed("林晓明"), desk.town.missed("陈建国")
    desk.recorded("group_leader", old)
    answer = desk.record("group_leader", old, new)
    assert (answer.status_code, answer.headers["idempotent-replay"]) == (201, "true")
    assert [one["replayed"] for one in answer.json()["results"]] == [True, False]
    assert [len(desk.entries(name)) for name in ("林晓明", "陈建国")] == [2, 2]


def test_other_content_under_the_same_id_is_a_conflict(desk: Desk) -> None:
    fact, proposal = desk.town.missed("林晓明"), desk.town.praise("林晓明")
    desk.recorded("group_leader", fact)
    desk.recorded("林晓明", proposal)
    for login, changed in (
        ("group_leader", {**fact, "reason": "又一个理由"}),
        ("group_leader", {**fact, "effective_on": "2026-11-06"}),
        ("group_leader", {**fact, "member_id": str(desk.town.members["陈建国"])}),
        ("林晓明", {**proposal, "tier": "benefit"}),
        ("secretary", {**proposal, "member_id": str(desk.town.members["陈建国"])}),
    ):
        assert desk.record(login, changed).status_code == 409
        assert desk.codes(login, changed) == [(0, "id", "id_used")]
    assert desk.total("林晓明") == 990


def test_an_entrys_id_does_not_serve_for_a_proposal(desk: Desk) -> None:
    fact = desk.town.missed("林晓明")
    desk.recorded("secretary", fact)
    proposal = desk.town.fact("林晓明", "EXC-A05", tier="outstanding", matter="防汛")
    assert desk.codes("secretary", {**proposal, "id": fact["id"]}) == [(0, "id", "id_used")]


def test_a_replay_out_of_reach_is_not_found(desk: Desk) -> None:
    fact = desk.town.missed("周美玲")
    desk.recorded("committee_officer", fact)
    assert desk.codes("secretary", fact) == [(0, "member_id", "not_a_member_then")]


def test_the_same_request_at_once_gives_one_entry(desk: Desk) -> None:
    fact = desk.town.missed("林晓明")
    desk.headers("group_leader")
    answers = at_once(*[lambda: desk.record("group_leader", fact)] * 6)
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert [one["seq"] for one in desk.entries("林晓明")] == [1, 2]
    assert desk.total("林晓明") == 990


def test_different_requests_at_once_about_one_member_lose_nothing(desk: Desk) -> None:
    desk.headers("secretary")
    facts = [desk.town.fact("林晓明", "SRV-D02", units=number) for number in range(1, 7)]  # 21 hours of a day
    answers = at_once(*[partial(desk.record, "secretary", fact) for fact in facts])
    assert {one.status_code for one in answers} == {201}
    found = desk.entries("林晓明")
    assert [one["seq"] for one in found] == list(range(1, 8))
    assert sorted(one["units"] for one in found) == [0, *range(1, 7)]


def test_batches_in_opposite_order_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.town.appoint("second", Role.SECRETARY, desk.town.branch_path)
    names = [f"成员{number}" for number in range(6)]
    for name in names:
        desk.town.add_member(name)
    for login in ("secretary", "second"):
        desk.headers(login)

    def send(login: str, order: list[str]) -> Callable[[], Any]:
        facts = [desk.town.fact(name, "ORG-D08", units=1) for name in order]
        return partial(desk.record, login, *facts)

    calls = [send(login, order) for login, order in (("secretary", names), ("second", names[::-1])) * 3]
    assert {one.status_code for one in at_once(*calls)} == {201}
    assert {len(desk.entries(name)) for name in names} == {7}


def test_two_reviewers_at_once_decide_once(desk: Desk) -> None:
    desk.town.appoint("second", Role.SECRETARY, desk.town.branch_path)
    for login in ("secretary", "second", "district_officer"):
        desk.headers(login)
    for _ in range(3):
        fact = desk.town.praise("陈建国")
        desk.recorded("committee_officer", fact)
        before = len(desk.entries("陈建国"))
        answers = at_once(
            partial(desk.decide, "secretary", fact["id"], "approve"),
            partial(desk.decide, "second", fact["id"], "refuse"),
        )
        assert sorted(one.status_code for one in answers) == [200, 409]
        (submission,) = [one for one in desk.submissions("secretary") if one["id"] == fact["id"]]
        assert len(desk.entries("陈建国")) - before == (submission["state"] == "posted")


def test_the_same_decision_twice_posts_once(desk: Desk) -> None:
    fact = desk.town.praise("陈建国")
    desk.recorded("committee_officer", fact)
    desk.headers("secretary")
    answers = at_once(*[lambda: desk.decide("secretary", fact["id"])] * 4)
    assert [one.status_code for one in answers] == [200] * 4
    assert sorted(one.headers.get("idempotent-replay", "") for one in answers) == ["", "true", "true", "true"]
    assert desk.total("陈建国") == 1010


@pytest.mark.parametrize("mode", ["all", "each"])
def test_an_id_twice_in_one_batch_is_counted_once(desk: Desk, mode: str) -> None:
    fact = desk.town.fact("林晓明", "SRV-D02", units=4)
    first, again = desk.recorded("secretary", fact, fact, mode=mode)
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert [one["seq"] for one in desk.entries("林晓明")] == [1, 2]


@pytest.mark.parametrize("item", ["SRV-D02", "EXC-A05"])
def test_other_content_under_one_id_in_one_batch_is_a_conflict(desk: Desk, item: str) -> None:
    facts = {"units": 4} if item == "SRV-D02" else {"tier": "outstanding", "matter": "防汛"}
    one = desk.town.fact("林晓明", item, **facts)
    assert desk.codes("secretary", one, {**one, "reason": "又一个理由"}) == [(1, "id", "id_used")]
    results = desk.recorded("secretary", one, {**one, "reason": "又一个理由"}, mode="each")
    assert results[0]["status"] in {"posted", "submitted"}
    assert results[1]["fault"]["code"] == "id_used"


def test_the_id_of_a_waiting_proposal_does_not_serve_for_an_entry(desk: Desk) -> None:
    proposal = desk.town.fact("林晓明", "EXC-A05", tier="outstanding", matter="防汛")
    entry, other = {**desk.town.missed("林晓明"), "id": proposal["id"]}, desk.town.missed("林晓明")
    assert desk.codes("secretary", proposal, entry) == [(1, "id", "id_used")]
    desk.recorded("secretary", proposal)
    assert desk.codes("secretary", entry) == [(0, "id", "id_used")]
    desk.recorded("secretary", other)
    path, body = f"/api/v1/entries/{other['id']}/reversal", {"id": proposal["id"], "reason": "登记错人"}
    assert desk.client.post(path, json=body, headers=desk.headers("secretary")).status_code == 409
    assert desk.decide("committee_officer", proposal["id"]).status_code == 200


def test_one_id_at_once_about_two_members_is_a_conflict(desk: Desk) -> None:
    desk.headers("secretary")
    for item in ("ORG-D01", "ORG-D02", "ORG-D03"):
        shared = {"id": str(new_id())}
        calls = [partial(desk.record, "secretary", desk.town.missed(name, item, **shared)) for name in NAMES]
        assert sorted(one.status_code for one in at_once(*calls)) == [201, 409]


def test_the_same_proposal_at_once_is_stored_once(desk: Desk) -> None:
    desk.headers("secretary")
    for number in range(4):
        fact = desk.town.fact("林晓明", "EXC-A05", tier="outstanding", matter=f"任务{number}")
        answers = at_once(*[partial(desk.record, "secretary", fact)] * 5)
        assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
    assert len(desk.submissions("secretary")) == 4


def test_an_id_may_be_any_uuid(desk: Desk) -> None:
    nil = {**desk.town.missed("林晓明"), "id": "00000000-0000-0000-0000-000000000000"}
    assert desk.recorded("group_leader", nil)[0]["entry"]["id"] == nil["id"]
    shouted = {**desk.town.missed("陈建国"), "id": str(new_id()).upper()}
    assert desk.recorded("group_leader", shouted)[0]["entry"]["id"] == shouted["id"].lower()
    assert desk.recorded("group_leader", {**shouted, "id": shouted["id"].lower()})[0]["replayed"]
