"""Recording over HTTP: what is booked at once, what waits, and what is refused, with the field that is at fault."""

from __future__ import annotations

from typing import Any

import pytest

from app.auth.core import Role
from app.cycles import service as cycles
from app.kit.ids import new_id
from tests.town import Desk, Json

# What one request makes may differ from another's in these only.
IDS_AND_TIMES = {"id", "recorded_at", "cause", "entry_id"}


def without_ids(value: Any) -> Any:
    """The answer without what no two requests share."""
    if isinstance(value, dict):
        return {name: without_ids(part) for name, part in value.items() if name not in IDS_AND_TIMES}
    return [without_ids(part) for part in value] if isinstance(value, list) else value


def test_a_routine_matter_is_booked_at_once_and_says_what_it_did(desk: Desk) -> None:
    fact = desk.town.missed("林晓明", reason="没有参加，也没有补课")
    answer = desk.record("group_leader", fact)
    assert answer.status_code == 201, answer.text
    (result,) = answer.json()["results"]
    assert (result["status"], result["replayed"], result["submission"]) == ("posted", False, None)
    entry = result["entry"]
    assert (entry["id"], entry["points"], entry["window"], entry["booked_in"]) == (fact["id"], -10, "2026-11", "2026Q4")
    assert entry["recorded_by"] == str(desk.town.accounts["group_leader"])
    effect = result["effect"]
    assert (effect["before"]["total"], effect["after"]["total"], effect["seq"]) == (1000, 990, 2)
    assert desk.total("林晓明") == 990


@pytest.mark.parametrize(
    ("login", "item", "facts", "kind"),
    [
        ("secretary", "EXC-A05", {"tier": "outstanding", "matter": "防汛"}, "innovation"),
        ("organisation_commissioner", "EXC-F01", {"matter": "任务7号", "reason": "未完成"}, "fault"),
        ("discipline_commissioner", "LAW-V01", {"reason": "处分决定〔2026〕1号"}, "veto"),
        ("hr", "LAW-F05", {"tier": "slight", "matter": "处理1号", "reason": "迟报"}, "fault"),
    ],
)
def test_additions_faults_and_vetoes_wait_for_a_reviewer(
    desk: Desk, login: str, item: str, facts: Json, kind: str
) -> None:
    fact = desk.town.fact("林晓明", item, **facts)
    (result,) = desk.recorded(login, fact)
    assert (result["status"], result["entry"], result["effect"]) == ("submitted", None, None)
    submission = result["submission"]
    assert (submission["id"], submission["kind"], submission["state"]) == (fact["id"], kind, "submitted")
    assert desk.total("林晓明") == 1000
    assert [one["id"] for one in desk.submissions("committee_officer", state="submitted")] == [fact["id"]]


def test_a_batch_goes_both_ways_in_the_order_sent(desk: Desk) -> None:
    facts = [
        desk.town.missed("林晓明"),
        desk.town.fact("林晓明", "EXC-A05", tier="outstanding", matter="防汛"),
        desk.town.missed("陈建国"),
    ]
    results = desk.recorded("secretary", *facts)
    assert [one["status"] for one in results] == ["posted", "submitted", "posted"]
    assert [(one["entry"] or one["submission"])["id"] for one in results] == [fact["id"] for fact in facts]


def test_a_secretary_records_for_the_own_branch_only(desk: Desk) -> None:
    assert desk.recorded("secretary", desk.town.missed("陈建国"))[0]["status"] == "posted"
    assert desk.codes("secretary", desk.town.missed("周美玲")) == [(0, "member_id", "not_a_member_then")]
    assert desk.record("secretary", desk.town.missed("周美玲")).status_code == 404
    assert desk.recorded("committee_officer", desk.town.missed("周美玲"))[0]["status"] == "posted"


def test_a_secretary_does_not_record_the_own_row_and_the_committee_does(desk: Desk) -> None:
    desk.town.add_member("郑书记", account=True)
    desk.town.appoint("郑书记", Role.SECRETARY, desk.town.branch_path)
    own = desk.town.missed("郑书记")
    answer = desk.record("郑书记", own)
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (403, "own_row")
    assert desk.recorded("committee_officer", own)[0]["status"] == "posted"


def test_a_member_proposes_the_own_addition_and_nothing_else(desk: Desk) -> None:
    own = desk.town.praise("林晓明")
    (result,) = desk.recorded("林晓明", own)
    assert result["status"] == "submitted"
    assert [one["id"] for one in desk.submissions("林晓明")] == [own["id"]]
    for fact in (
        desk.town.missed("林晓明"),
        desk.town.fact("林晓明", "ORG-D02", outcome="kept"),
        desk.town.fact("林晓明", "EXC-F01", matter="任务7号"),
        desk.town.fact("林晓明", "EXC-A05", tier="outstanding", matter="防汛"),
    ):
        assert desk.codes("林晓明", fact) == [(0, "member_id", "own_row")]
    assert desk.codes("林晓明", desk.town.praise("陈建国")) == [(0, "member_id", "not_a_member_then")]


def test_an_item_is_recorded_by_whom_it_names(desk: Desk) -> None:
    meeting = desk.town.missed("林晓明", "ORG-D01")
    (fault,) = desk.faults("group_leader", meeting)
    assert (fault["field"], fault["code"]) == ("item", "not_your_item")
    assert "组织委员" in fault["detail"]
    assert desk.recorded("organisation_commissioner", meeting)[0]["status"] == "posted"
    assert desk.codes("district_officer", desk.town.missed("林晓明", "LAW-D01")) == [(0, "item", "not_your_item")]
    rated = desk.town.fact("林晓明", "PUB-D03", units=80)
    assert desk.recorded("hr", rated)[0]["entry"]["points"] == -4


REFUSED: list[tuple[str, Json, int, tuple[str, str]]] = [
    ("ORG-D02", {"outcome": "missed", "effective_on": "2026-11-22"}, 422, ("effective_on", "day_to_come")),
    ("ORG-D02", {"outcome": "missed", "effective_on": "2025-11-22"}, 409, ("effective_on", "no_cycle")),
    ("ORG-D02", {"outcome": "missed", "effective_on": "2019-12-31"}, 404, ("member_id", "not_a_member_then")),
    ("ORG-D02", {"outcome": "missed", "member_id": str(new_id())}, 404, ("member_id", "not_a_member_then")),
    ("ORG-D99", {"outcome": "missed"}, 422, ("item", "unknown_item")),
    ("OPENING", {}, 422, ("item", "unknown_item")),
    ("ORG-D02", {}, 422, ("outcome", "outcome_missing")),
    ("ORG-D02", {"outcome": "missed", "units": 3}, 422, ("units", "units_not_asked")),
    ("ORG-D02", {"outcome": "missed", "tier": "a"}, 422, ("tier", "tier_not_asked")),
    ("SRV-D02", {}, 422, ("units", "units_missing")),
    ("SRV-D02", {"units": -1}, 422, ("units", "greater_than_equal")),
    ("SRV-D02", {"units": 10**9}, 422, ("units", "less_than_equal")),
    ("SRV-D02", {"units": 3, "outcome": "kept"}, 422, ("outcome", "outcome_not_asked")),
    ("PUB-D02", {"units": 101}, 422, ("units", "units_out_of_range")),
    ("EXC-A05", {"matter": "防汛"}, 422, ("tier", "tier_missing")),
    ("EXC-A05", {"matter": "防汛", "tier": "best"}, 422, ("tier", "tier_unknown")),
    ("EXC-A05", {"tier": "outstanding"}, 422, ("matter", "matter_missing")),
    ("SRV-A01", {"units": 3, "matter": "证1号"}, 422, ("matter", "matter_not_asked")),
    ("EXC-A05", {"tier": "outstanding", "matter": "防汛", "units": 2}, 422, ("units", "units_not_asked")),
    (
        "EXC-A05",
        {"tier": "outstanding", "matter": "防汛", "effective_on": "2026-11-22"},
        422,
        ("effective_on", "day_to_come"),
    ),
]


def test_what_does_not_fit_is_refused_by_index_and_field_in_both_languages(
    desk: Desk, subtests: pytest.Subtests
) -> None:
    for item, facts, status, fault in REFUSED:
        with subtests.test(item, facts=facts):
            sound, wrong = desk.town.missed("陈建国"), desk.town.fact("林晓明", item, **facts)
            texts = {}
            for language in ("zh-CN", "en"):
                answer = desk.record("committee_officer", sound, wrong, language=language)
                assert answer.status_code == status, answer.text
                assert answer.headers["content-language"] == language
                (found,) = answer.json()["faults"]
                assert (found["index"], found["field"], found["code"]) == (1, *fault)
                texts[language] = found["detail"]
            assert any("\u4e00" <= letter <= "\u9fff" for letter in texts["zh-CN"])
            assert texts["en"][:12].isascii()
            assert "{" not in texts["en"] + texts["zh-CN"]
    assert desk.total("陈建国") == 1000


def test_every_fault_of_a_batch_is_named_at_once(desk: Desk) -> None:
    found = desk.codes(
        "secretary",
        desk.town.missed("林晓明", "ORG-D99"),
        desk.town.missed("陈建国"),
        desk.town.missed("周美玲"),
        desk.town.fact("林晓明", "EXC-A05", tier="outstanding"),
    )
    assert found == [
        (0, "item", "unknown_item"),
        (2, "member_id", "not_a_member_then"),
        (3, "matter", "matter_missing"),
    ]
    assert desk.total("陈建国") == 1000


def test_faults_of_different_kinds_are_told_as_an_invalid_request(desk: Desk) -> None:
    answer = desk.record("secretary", desk.town.missed("林晓明", "ORG-D99"), desk.town.missed("周美玲"))
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_refused")


def test_each_by_itself_keeps_what_is_sound(desk: Desk) -> None:
    facts = [
        desk.town.missed("陈建国"),
        desk.town.missed("周美玲"),
        desk.town.fact("林晓明", "EXC-A05", tier="outstanding", matter="防汛"),
        desk.town.fact("林晓明", "EXC-A05", tier="outstanding"),
    ]
    answer = desk.record("secretary", *facts, mode="each", language="en")
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [one["status"] for one in results] == ["posted", "refused", "submitted", "refused"]
    assert [(one["fault"] or {}).get("field") for one in results] == [None, "member_id", None, "matter"]
    assert "needs its matter" in results[3]["fault"]["detail"]
    assert desk.total("陈建国") == 990
    assert [one["id"] for one in desk.submissions("secretary")] == [facts[2]["id"]]


def test_a_batch_holds_a_thousand_and_no_more(desk: Desk) -> None:
    facts = [desk.town.fact("陈建国", "SRV-D02", units=0) for _ in range(1001)]
    refused = desk.record("secretary", *facts)
    assert refused.status_code == 422
    (fault,) = refused.json()["faults"]
    assert (fault["field"], fault["code"]) == ("entries", "too_long")
    assert desk.record("secretary").status_code == 422
    results = desk.recorded("secretary", *facts[:1000])
    assert [one["entry"]["seq"] for one in results] == list(range(2, 1002))


def test_a_preview_equals_the_commit_and_saves_nothing(desk: Desk) -> None:
    facts = [
        desk.town.missed("林晓明"),
        desk.town.fact("林晓明", "PUB-D02", units=70),
        desk.town.fact("陈建国", "SRV-D02", units=4),
        desk.town.fact("陈建国", "EXC-F01", matter="任务7号", reason="未完成"),
    ]
    previewed = desk.record("committee_officer", *facts, preview="true")
    assert (previewed.status_code, previewed.json()["preview"]) == (200, True)
    assert desk.total("林晓明") == 1000
    assert [len(desk.entries(name)) for name in ("林晓明", "陈建国")] == [1, 1]
    assert desk.submissions("committee_officer") == []
    done = desk.record("committee_officer", *facts)
    assert (done.status_code, done.json()["preview"]) == (201, False)
    assert without_ids(previewed.json()["results"]) == without_ids(done.json()["results"])
    assert {one["effect"]["after"]["total"] for one in done.json()["results"][:2]} == {desk.total("林晓明")}


def test_a_preview_tells_the_same_refusals(desk: Desk) -> None:
    wrong = desk.town.missed("林晓明", "ORG-D99")
    assert desk.codes("secretary", wrong, preview="true") == desk.codes("secretary", wrong)


def test_a_late_fact_is_booked_in_the_quarter_that_is_open(desk: Desk) -> None:
    desk.town.run(cycles.advance)
    (result,) = desk.recorded("group_leader", desk.town.missed("林晓明", effective_on="2026-08-05"))
    assert (result["entry"]["window"], result["entry"]["booked_in"]) == ("2026-08", "2026Q4")


def test_a_finding_answers_with_the_share_that_it_costs_along(desk: Desk) -> None:
    finding = desk.town.fact("林晓明", "EXC-F01", matter="任务7号", reason="未完成")
    decided = desk.posted("organisation_commissioner", finding, "secretary")
    assert [(one["item"], one["points"]) for one in decided.json()["entries"]] == [("EXC-F01", -10), ("EXC-D02", -10)]
    assert len({one["cause"] for one in decided.json()["entries"]}) == 1
    assert desk.total("林晓明") == 980
    # Both are read with the reason, and so is what takes both out again.
    body = {"id": str(new_id()), "reason": "查核有误"}
    path = f"/api/v1/entries/{finding['id']}/reversal"
    assert desk.client.post(path, json=body, headers=desk.headers("committee_officer")).status_code == 201
    told = [(one["item"], one["reason"]) for one in desk.entries("林晓明") if one["item"] in ("EXC-F01", "EXC-D02")]
    assert told == [("EXC-F01", "未完成"), ("EXC-D02", "未完成"), ("EXC-F01", "查核有误"), ("EXC-D02", "查核有误")]


def test_no_day_has_more_hours_than_it_has_however_they_are_sent(desk: Desk) -> None:
    town = desk.town

    def hours(count: int, **more: Any) -> Json:
        return town.fact("林晓明", "ORG-D08", units=count, **more)

    assert desk.codes("secretary", hours(900)) == [(0, "units", "units_of_day")]
    # In one batch, and beside what is booked; another day and another member have hours of their own.
    first, more = hours(20), hours(5)
    assert desk.codes("secretary", first, more) == [(1, "units", "units_of_day")]
    desk.recorded("secretary", first, hours(24, effective_on="2026-11-06"), town.fact("陈建国", "ORG-D08", units=24))
    assert desk.codes("secretary", more) == [(0, "units", "units_of_day")]
    assert desk.recorded("secretary", first)[0]["replayed"]
    (fault,) = desk.faults("secretary", more, language="en")
    assert "2026-11-05 has 20 already" in fault["detail"]
    # What was reversed leaves its hours free.
    body = {"id": str(new_id()), "reason": "记错了人"}
    path = f"/api/v1/entries/{first['id']}/reversal"
    assert desk.client.post(path, json=body, headers=desk.headers("secretary")).status_code == 201
    desk.recorded("secretary", more)
    # A proposal says so when it is handed in, and not first when it is approved.
    assert desk.codes("organisation_commissioner", town.fact("林晓明", "SRV-A01", units=25)) == [
        (0, "units", "units_of_day")
    ]
