"""Windows in which nobody is asked: not held, held after all, and what the district asks of nobody."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.kit.ids import new_id
from tests.activities.meetings import Clerk


def not_held(clerk: Clerk, login: str = "secretary", at: UUID | None = None, **more: Any) -> Any:
    body = {"id": str(new_id()), "organisation_id": str(at or clerk.town.branch), "item": "ORG-D02"}
    return clerk.post(login, {**body, "window": "2026-11", "reason": "书记出差", **more}, "/not-held")


def excuse(clerk: Clerk, login: str = "district_officer", at: UUID | None = None, **more: Any) -> Any:
    body = {"id": str(new_id()), "organisation_id": str(at or clerk.town.branch), "item": "ORG-D02"}
    return clerk.post(login, {**body, "window": "2026-11", "reason": "企业停产", **more}, "/exceptions")


def test_nobody_loses_what_the_branch_did_not_hold_and_the_branch_is_marked(clerk: Clerk) -> None:
    answer = not_held(clerk)
    assert (answer.status_code, answer.json()["members"]) == (201, 2)
    assert (clerk.duty("林晓明"), clerk.duty("周美玲")) == ("waived", "expected")
    headers = clerk.desk.headers("secretary")
    page = clerk.desk.client.get("/api/v1/activities", params={"branch": str(clerk.town.branch)}, headers=headers)
    marked = [(one["item"], one["window"], one["ground"], one["reason"]) for one in page.json()["waivers"]]
    assert marked == [("ORG-D02", "2026-11", "not_held", "书记出差")]


def test_a_session_held_later_in_the_window_asks_again(clerk: Clerk) -> None:
    made = not_held(clerk).json()
    held = clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on="2026-11-21")
    assert (clerk.duty("林晓明"), clerk.duty("陈建国")) == ("kept", "expected")
    headers = clerk.desk.headers("secretary")
    (waiver,) = clerk.desk.client.get("/api/v1/activities", headers=headers).json()["waivers"]
    assert (waiver["id"], waiver["lifted_by"]) == (made["id"], held["id"])
    clerk.go_to(date(2026, 11, 29))
    clerk.run_job()
    assert clerk.duty("陈建国") == "missed"


def test_what_was_held_cannot_be_said_not_to_have_been(clerk: Clerk) -> None:
    clerk.recorded("secretary")
    answer = not_held(clerk)
    assert (answer.status_code, answer.json()["code"]) == (409, "session_held")
    of_the_group = not_held(clerk, "group_leader", clerk.town.group)
    assert of_the_group.json()["code"] == "session_held"


def test_what_was_planned_is_marked_as_not_held(clerk: Clerk) -> None:
    plan = clerk.meeting(state="planned", held_on="2026-11-25")
    clerk.post("secretary", plan)
    not_held(clerk)
    assert clerk.read(plan)["state"] == "not_held"


def test_the_same_waiver_again_is_a_retry(clerk: Clerk) -> None:
    name = str(new_id())
    assert not_held(clerk, id=name).status_code == 201
    again = not_held(clerk, id=name)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    other = not_held(clerk, id=name, reason="改了理由")
    assert (other.status_code, other.json()["code"]) == (409, "id_used")


@pytest.mark.parametrize("window", ["2026Q4", "2026-12", "2031-01", "november", "2026-13", "2026"])
def test_a_window_that_is_none_of_the_items_or_has_not_begun_is_refused(clerk: Clerk, window: str) -> None:
    answer = not_held(clerk, window=window)
    assert (answer.status_code, answer.json()["code"]) == (422, "window_unknown")


@pytest.mark.parametrize("window", ["9999H2", "2200Q1", "1899-12", "2027-+9", "２０２７H1"])
def test_the_district_excepts_no_window_beyond_the_calendar(clerk: Clerk, window: str) -> None:
    answer = excuse(clerk, window=window)
    assert (answer.status_code, answer.json()["code"]) == (422, "window_unknown")


def test_a_branch_says_so_for_itself_only(clerk: Clerk) -> None:
    assert not_held(clerk, at=clerk.town.neighbour).status_code == 404
    assert not_held(clerk, "group_leader", clerk.town.group, item="ORG-D01", window="2026Q4").status_code == 403


def test_an_exception_reaches_everyone_below_and_what_is_still_to_come(clerk: Clerk) -> None:
    assert excuse(clerk, "secretary").status_code == 403
    everyone = excuse(clerk, at=clerk.town.district.id, window="2026-12")
    assert (everyone.status_code, everyone.json()["members"]) == (201, 0), "december is still to come"
    clerk.go_to(date(2026, 12, 1))
    clerk.town.live_through("2026Q4")
    assert clerk.run_job()["waived"] == 3
    assert {clerk.duty(name, window="2026-12") for name in ("林晓明", "陈建国", "周美玲")} == {"waived"}
    assert clerk.run_job()["waived"] == 0


def test_a_session_under_an_exception_settles_nothing(clerk: Clerk) -> None:
    excuse(clerk, at=clerk.town.committee)
    held = clerk.recorded("secretary", clerk.mark("陈建国", "present"))
    assert [one["name"] for one in held["attendance"]] == ["陈建国"]
    assert clerk.duty("陈建国") == "waived"


def test_an_exception_said_afterwards_gives_back_what_was_lost(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    assert clerk.desk.total("陈建国") == 990
    answer = excuse(clerk)
    assert answer.status_code == 201, answer.text
    assert clerk.desk.total("陈建国") == 1000
    assert clerk.duty("陈建国") == "waived"
    assert clerk.proposals("陈建国") == [("ORG-F01", "withdrawn")]
    assert clerk.duty("林晓明") == "kept"


def test_absences_under_an_exception_are_no_run(clerk: Clerk) -> None:
    for day in ("2026-09-10", "2026-10-10", "2026-11-10"):
        clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on=day, title=f"主题党日 {day}")
    excuse(clerk, window="2026-10")
    assert clerk.run_job()["proposed"] == 0


@pytest.mark.parametrize("say", [not_held, excuse])
def test_a_share_recorded_as_lost_before_is_given_back_and_the_member_told(clerk: Clerk, say: Any) -> None:
    """Nobody loses what was not held, or not asked of anybody, also where it was written down as missed first."""
    desk = clerk.desk
    for name in ("林晓明", "周美玲"):
        desk.record("district_officer", clerk.town.missed(name, effective_on="2026-10-10"))
    clerk.town.live_through("2026Q4")
    assert (desk.total("林晓明"), desk.total("周美玲")) == (990, 990)
    body = say(clerk, window="2026-10")
    assert (body.status_code, body.json()["members"]) == (201, 2), body.text
    assert (desk.total("林晓明"), clerk.duty("林晓明", window="2026-10")) == (1000, "waived")
    assert clerk.told("林晓明").count("entry_reversed") == 1
    assert (desk.total("周美玲"), clerk.duty("周美玲", window="2026-10")) == (990, "missed"), "of another branch"
    entries = desk.entries("林晓明")
    assert say(clerk, id=body.json()["id"], window="2026-10").status_code == 200
    clerk.run_job()
    assert desk.entries("林晓明") == entries


@pytest.mark.parametrize("say", [not_held, excuse])
def test_what_a_finding_took_stands_whether_the_session_was_held_or_not(clerk: Clerk, say: Any) -> None:
    finding = clerk.town.fact(
        "林晓明", "ORG-F03", effective_on="2026-10-10", costs="ORG-D02", matter="签到表1号", reason="代签"
    )
    clerk.desk.posted("discipline_commissioner", finding, "committee_officer")
    assert clerk.duty("林晓明", window="2026-10") == "missed"
    before = clerk.desk.total("林晓明")
    assert say(clerk, window="2026-10").status_code == 201
    assert (clerk.desk.total("林晓明"), clerk.duty("林晓明", window="2026-10")) == (before, "missed")


def test_a_session_held_after_all_asks_again_for_what_was_given_back(clerk: Clerk) -> None:
    clerk.desk.record("district_officer", clerk.town.missed("林晓明"))
    not_held(clerk)
    clerk.recorded("secretary", held_on="2026-11-21")
    assert (clerk.desk.total("林晓明"), clerk.duty("林晓明")) == (1000, "kept")
