"""Two secretaries who press at the same moment count nothing twice (domain, rules 12, 14 and 57)."""

from __future__ import annotations

from functools import partial

from app.kit.ids import new_id
from tests.submissions.test_retries import at_once
from tests.town import Desk

MEMBER = "陈建国"
REVIEWERS = ("secretary", "committee_officer")
ROUNDS = 4


def two_proposals(desk: Desk, **more: str) -> list[str]:
    """Recorded by the group leader, so that either reviewer may decide."""
    facts = [desk.town.praise(MEMBER, **more) for _ in REVIEWERS]
    desk.recorded("group_leader", *facts)
    return [fact["id"] for fact in facts]


def test_one_matter_approved_by_two_at_once_is_posted_once(desk: Desk) -> None:
    for login in (*REVIEWERS, "group_leader"):
        desk.headers(login)
    for number in range(ROUNDS):
        first, second = two_proposals(desk, matter=f"合理化建议 {number} 号")
        before = desk.total(MEMBER)
        calls = [partial(desk.decide, login, one) for login, one in zip(REVIEWERS, (first, second), strict=True)]
        answers = at_once(*calls)
        assert sorted(one.status_code for one in answers) == [200, 409], [one.text for one in answers]
        refused = next(one for one in answers if one.status_code == 409).json()
        assert refused["code"] == "matter_counted"
        assert len(desk.entries(MEMBER)) == 2 + number
        assert desk.total(MEMBER) >= before


def test_a_ceiling_holds_when_two_fill_it_at_once(desk: Desk) -> None:
    """Each effect tells what its own request added: together they are what the total grew by."""
    for login in (*REVIEWERS, "group_leader"):
        desk.headers(login)
    before, effects = desk.total(MEMBER), 0
    for _ in range(ROUNDS):
        first, second = two_proposals(desk)
        calls = [partial(desk.decide, login, one) for login, one in zip(REVIEWERS, (first, second), strict=True)]
        answers = at_once(*calls)
        assert [one.status_code for one in answers] == [200, 200], [one.text for one in answers]
        told = [one.json()["effects"][0] for one in answers]
        effects += sum(one["after"]["total"] - one["before"]["total"] for one in told)
    assert len(desk.entries(MEMBER)) == 1 + 2 * ROUNDS
    assert desk.total(MEMBER) - before == effects < 10 * 2 * ROUNDS


def test_of_two_reversals_at_once_one_undoes_the_entry(desk: Desk) -> None:
    for login in (*REVIEWERS, "group_leader"):
        desk.headers(login)
    for month in ("09", "10", "11"):
        fact = desk.town.missed(MEMBER, effective_on=f"2026-{month}-05")
        desk.recorded("group_leader", fact)
        before = desk.total(MEMBER)

        def undo(login: str, entry: str = fact["id"]) -> object:
            body = {"id": str(new_id()), "reason": "登记错人"}
            path = f"/api/v1/entries/{entry}/reversal"
            return desk.client.post(path, json=body, headers=desk.headers(login))

        answers = at_once(*[partial(undo, login) for login in REVIEWERS])
        assert sorted(one.status_code for one in answers) == [201, 409]
        assert desk.total(MEMBER) > before
    assert desk.total(MEMBER) == 1000


def test_the_two_halves_of_a_finding_are_posted_together_beside_another_writer(desk: Desk) -> None:
    """A missed duty and a finding that costs the same duty, at once: one share is lost, whoever comes first."""
    for number, month in enumerate(("10", "11")):
        finding = desk.town.fact(
            MEMBER, "EXC-F01", matter=f"任务 {number}", reason="未完成", effective_on=f"2026-{month}-03"
        )
        desk.recorded("committee_officer", finding)
        desk.hear(finding["id"])
        for login in ("secretary", "group_leader", "district_officer"):
            desk.headers(login)
        missed = desk.town.missed(MEMBER, "EXC-D02", effective_on=f"2026-{month}-03", reason="未完成")
        answers = at_once(
            partial(desk.decide, "secretary", finding["id"]),
            partial(desk.record, "group_leader", missed),
        )
        codes = {one.status_code for one in answers}
        assert codes in ({200, 201}, {200, 409}), [one.text for one in answers]
        entries = desk.entries(MEMBER)
        reversed_ones = {one["reverses"] for one in entries if one["reverses"]}
        lost = [one for one in entries if one["item"] == "EXC-D02" and one["reverses"] is None]
        windows = [one["window"] for one in lost if one["id"] not in reversed_ones and one["points"] < 0]
        assert 0 < len(windows) == len(set(windows)), windows
