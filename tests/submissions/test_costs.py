"""Forgery costs the share of the session that it names: posted together, and reversed together."""

from __future__ import annotations

from typing import Any

from app.kit.ids import new_id
from tests.town import Desk, Json


def forgery(desk: Desk, costs: str | None = "ORG-D02", **facts: Any) -> Json:
    more = {"matter": f"查核 {new_id()}", "reason": "代签到", **facts}
    return desk.town.fact("林晓明", "ORG-F03", **more, **({} if costs is None else {"costs": costs}))


def posted(desk: Desk, fact: Json) -> list[tuple[str, int]]:
    """Items and points of what the finding booked."""
    answer = desk.posted("discipline_commissioner", fact, "committee_officer")
    return [(one["item"], one["points"]) for one in answer.json()["entries"]]


def reverse(desk: Desk, entry: str) -> Any:
    body = {"id": str(new_id()), "reason": "查核结论已更正"}
    return desk.client.post(f"/api/v1/entries/{entry}/reversal", json=body, headers=desk.headers("committee_officer"))


def test_a_forgery_names_the_duty_and_nothing_else_does(desk: Desk) -> None:
    (fault,) = desk.faults("discipline_commissioner", forgery(desk, None))
    assert (fault["field"], fault["code"]) == ("costs", "cost_unclear")
    assert "ORG-D02" in fault["detail"]
    assert desk.codes("discipline_commissioner", forgery(desk, "LAW-D01")) == [(0, "costs", "cost_unclear")]
    other = desk.town.fact("林晓明", "LAW-F03", matter="诫勉1号", reason="诫勉", costs="LAW-D01")
    assert desk.codes("discipline_commissioner", other) == [(0, "costs", "cost_not_asked")]


def test_the_forged_session_is_undone_and_its_share_lost(desk: Desk) -> None:
    desk.recorded("group_leader", desk.town.fact("林晓明", outcome="kept"))
    fact = forgery(desk)
    assert posted(desk, fact) == [("ORG-F03", -30), ("ORG-D02", 0), ("ORG-D02", -10)]
    assert desk.total("林晓明") == 960
    assert [(one["item"], one["costs"]) for one in desk.entries("林晓明")][-3:] == [
        ("ORG-F03", "ORG-D02"),
        ("ORG-D02", None),
        ("ORG-D02", None),
    ]
    undone = reverse(desk, fact["id"])
    assert undone.status_code == 201, undone.text
    assert [(one["item"], one["points"]) for one in undone.json()["entries"]] == [
        ("ORG-F03", 30),
        ("ORG-D02", 10),
        ("ORG-D02", 0),
    ]
    assert desk.total("林晓明") == 1000


def test_of_two_forgeries_of_one_session_the_second_keeps_the_share_lost(desk: Desk) -> None:
    first, second, elsewhere = forgery(desk), forgery(desk), forgery(desk, "ORG-D03")
    assert posted(desk, first) == [("ORG-F03", -30), ("ORG-D02", -10)]
    assert posted(desk, second) == [("ORG-F03", -30)], "the share is lost already"
    assert len(posted(desk, elsewhere)) == 2
    before = desk.total("林晓明")
    undone = reverse(desk, first["id"])
    assert [(one["item"], one["points"]) for one in undone.json()["entries"]] == [
        ("ORG-F03", 30),
        ("ORG-D02", 10),
        ("ORG-D02", -10),
    ]
    assert desk.total("林晓明") - before == 30
    assert [one["costs"] for one in desk.entries("林晓明") if one["item"] == "ORG-D02"] == [None] * 3
    assert [(one["item"], one["points"]) for one in reverse(desk, second["id"]).json()["entries"]] == [
        ("ORG-F03", 30),
        ("ORG-D02", 10),
    ]


def test_what_a_finding_costs_is_part_of_what_was_sent(desk: Desk) -> None:
    fact = forgery(desk)
    desk.recorded("discipline_commissioner", fact)
    assert desk.codes("discipline_commissioner", {**fact, "costs": "ORG-D01"}) == [(0, "id", "id_used")]
