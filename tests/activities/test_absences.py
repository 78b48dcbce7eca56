"""The life of an absence: noted, made up or not, corrected; with what each step books, proposes and tells."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.tables import attendance
from app.auth.core import Role
from app.cycles import service as cycles
from app.kit.ids import new_id
from app.submissions import deadlines
from tests.activities.meetings import Clerk, status_of

HELD = date(2026, 11, 20)


def own_entries(clerk: Clerk, name: str, item: str = "ORG-D02") -> list[int]:
    """The points of the member's entries of the item in November, reversals among them."""
    found = clerk.desk.entries(name)
    return [one["points"] for one in found if one["item"] == item and one["effective_on"] >= "2026-11"]


def test_leave_not_made_up_costs_the_share_and_is_proposed_for_a_deduction(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    clerk.go_to(date(2026, 11, 27))
    assert clerk.run_job()["decided"] == 0, "the seventh day is still time"
    clerk.go_to(date(2026, 11, 28))
    assert clerk.run_job() == {
        "waived": 0, "decided": 1, "missed": 1, "refused": 0, "proposed": 1, "withdrawn": 0,
    }  # fmt: skip
    assert clerk.duty("陈建国") == "missed"
    assert clerk.desk.total("陈建国") == 990, "the deduction waits for its review"
    assert clerk.proposals("陈建国") == [("ORG-F01", "submitted")]
    assert clerk.told("陈建国")[:2] == ["absence_noted", "duty_missed"]
    clerk.go_to(date(2026, 11, 29))
    assert clerk.run_job() == dict.fromkeys(("waived", "decided", "missed", "refused", "proposed", "withdrawn"), 0), (
        "a re-run adds nothing"
    )


def test_absence_without_leave_costs_the_share_alone(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "absent"))
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    assert clerk.desk.total("陈建国") == 990
    assert clerk.proposals("陈建国") == []


def test_the_deduction_is_for_member_meetings_and_theme_days_only(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "leave"), item="ORG-D04", title="党课")
    clerk.recorded("secretary", clerk.mark("陈建国", "leave"), item="ORG-D01", title="党员大会")
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    assert clerk.proposals("陈建国") == [("ORG-F01", "submitted")]
    assert clerk.desk.total("陈建国") == 980


@pytest.mark.parametrize("status", ["leave", "absent"])
def test_a_make_up_within_seven_days_keeps_the_duty(clerk: Clerk, status: str) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", status))
    clerk.go_to(date(2026, 11, 26))
    answer = clerk.make_up("secretary", held, "陈建国")
    assert answer.status_code == 200, answer.text
    line = status_of(answer.json(), clerk, "陈建国")
    assert (line["status"], line["made_up_on"], line["make_up_by"]) == (status, "2026-11-26", None)
    assert answer.json()["version"] == 2
    clerk.go_to(date(2026, 11, 28))
    for day in (None, "2026-11-26"):
        assert clerk.make_up("secretary", held, "陈建国", day).headers["Idempotent-Replay"] == "true"
    assert clerk.make_up("secretary", held, "陈建国", "2026-11-25").status_code == 409
    assert clerk.run_job()["decided"] == 0
    assert clerk.desk.total("陈建国") == 1000
    assert own_entries(clerk, "陈建国") == [0]


def test_a_make_up_that_is_written_down_late_gives_the_share_back(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    clerk.go_to(date(2026, 11, 29))
    clerk.run_job()
    assert clerk.desk.total("陈建国") == 990
    too_late = clerk.make_up("secretary", held, "陈建国", "2026-11-28")
    assert [one["code"] for one in too_late.json()["faults"]] == ["make_up_day"]
    in_time = clerk.make_up("secretary", held, "陈建国", "2026-11-27")
    assert in_time.status_code == 200, in_time.text
    assert clerk.desk.total("陈建国") == 1000
    assert own_entries(clerk, "陈建国") == [-10, 10, 0]
    assert clerk.duty("陈建国") == "kept"
    assert clerk.proposals("陈建国") == [("ORG-F01", "withdrawn")]
    assert "duty_made_up" in clerk.told("陈建国")


def test_a_guest_is_entered_by_the_host_and_counts_for_the_own_branch(clerk: Clerk) -> None:
    clerk.town.appoint("邻支部书记", Role.SECRETARY, clerk.town.neighbour_path)
    clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    host = clerk.recorded("邻支部书记", at=clerk.town.neighbour, held_on="2026-11-21")
    answer = clerk.make_up("邻支部书记", host, "陈建国")
    assert answer.status_code == 200, answer.text
    assert status_of(answer.json(), clerk, "陈建国")["status"] == "present"
    assert clerk.duty("陈建国") == "kept"
    entry = next(one for one in clerk.desk.entries("陈建国") if one["item"] == "ORG-D02")
    assert entry["branch_id"] == str(clerk.town.branch)
    clerk.go_to(date(2026, 11, 28))
    assert clerk.run_job()["missed"] == 0


def test_a_guest_who_came_before_the_own_session_is_found_elsewhere(clerk: Clerk) -> None:
    clerk.town.appoint("邻支部书记", Role.SECRETARY, clerk.town.neighbour_path)
    host = clerk.recorded("邻支部书记", at=clerk.town.neighbour, held_on="2026-11-12")
    assert clerk.make_up("邻支部书记", host, "陈建国").status_code == 200
    assert clerk.duty("陈建国") == "kept"
    held = clerk.recorded("secretary")
    assert status_of(held, clerk, "陈建国")["status"] == "elsewhere"
    assert own_entries(clerk, "陈建国") == [0]


def test_another_session_of_the_branch_within_seven_days_is_a_make_up(clerk: Clerk) -> None:
    first = clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on="2026-11-12")
    clerk.recorded("secretary", title="主题党日（补课）", held_on="2026-11-19")
    assert status_of(clerk.read(first), clerk, "陈建国")["made_up_on"] == "2026-11-19"
    assert clerk.duty("陈建国") == "kept"


def test_a_session_after_the_seven_days_makes_nothing_up(clerk: Clerk) -> None:
    """Whether or not the job has been by."""
    clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on="2026-11-05")
    clerk.recorded("secretary", title="主题党日（二）", held_on="2026-11-19")
    assert clerk.duty("陈建国") == "expected"
    clerk.run_job()
    assert clerk.duty("陈建国") == "missed"


def test_corrected_attendance_is_booked_anew(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "absent"))
    marks = clerk.mark("陈建国", "present"), clerk.mark("林晓明", "absent")
    changed = clerk.correct("secretary", held, *marks)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (clerk.duty("陈建国"), clerk.duty("林晓明")) == ("kept", "expected")
    assert own_entries(clerk, "林晓明") == [0, 0], "the first and its reversal"
    assert clerk.told("林晓明") == ["absence_noted"]
    again = clerk.correct("secretary", held, *marks)
    assert again.headers["Idempotent-Replay"] == "true"
    behind = clerk.correct("secretary", held, clerk.mark("陈建国", "leave"))
    assert (behind.status_code, behind.json()["code"]) == (409, "attendance_changed")
    assert "第 1 版" in behind.json()["detail"]
    assert "第 2 版" in behind.json()["detail"]


def test_a_correction_after_the_job_gives_back_what_was_lost(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    changed = clerk.correct("secretary", clerk.read(held), clerk.mark("陈建国", "present"))
    assert changed.status_code == 200, changed.text
    assert own_entries(clerk, "陈建国") == [-10, 10, 0]
    assert clerk.desk.total("陈建国") == 1000
    assert clerk.proposals("陈建国") == [("ORG-F01", "withdrawn")]
    assert "entry_reversed" in clerk.told("陈建国")


def test_leave_corrected_to_absence_takes_the_deduction_back_and_keeps_the_loss(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    clerk.correct("secretary", clerk.read(held), clerk.mark("陈建国", "absent"))
    assert clerk.proposals("陈建国") == [("ORG-F01", "withdrawn")]
    clerk.run_job()
    assert clerk.proposals("陈建国") == [("ORG-F01", "withdrawn")]
    assert own_entries(clerk, "陈建国") == [-10]


def test_attendance_is_corrected_only_while_the_quarter_records(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "leave"), held_on="2026-09-25")
    clerk.town.run(cycles.advance)  # the third quarter's check began in October
    answer = clerk.correct("secretary", held, clerk.mark("陈建国", "present"))
    assert (answer.status_code, answer.json()["code"]) == (409, "attendance_closed")


def test_a_member_who_moved_is_decided_where_they_were_on_the_day(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on="2026-11-18")
    clerk.town.move("陈建国", clerk.town.neighbour, date(2026, 11, 20))
    next_door = clerk.recorded("committee_officer", at=clerk.town.neighbour, held_on="2026-11-21")
    assert status_of(next_door, clerk, "陈建国")["status"] == "present"
    assert clerk.duty("陈建国") == "kept", "the new branch's session makes it up"
    clerk.go_to(date(2026, 11, 28))
    assert clerk.run_job()["missed"] == 0


def test_a_loss_is_booked_at_the_branch_of_the_day(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on="2026-11-18")
    clerk.town.move("陈建国", clerk.town.neighbour, date(2026, 11, 20))
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    entry = next(one for one in clerk.desk.entries("陈建国") if one["item"] == "ORG-D02" and one["points"])
    assert (entry["points"], entry["branch_id"]) == (-10, str(clerk.town.branch))


def test_who_left_before_the_time_was_over_loses_nothing(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "absent"))
    clerk.town.leave("陈建国", date(2026, 11, 24))
    clerk.go_to(date(2026, 11, 28))
    assert clerk.run_job()["missed"] == 0
    assert clerk.duty("陈建国") == "expected"


@pytest.mark.parametrize("days", [("2026-09-10", "2026-10-10", "2026-11-10")])
def test_three_unexcused_absences_in_a_row_are_proposed_once(clerk: Clerk, days: tuple[str, ...]) -> None:
    for number, day in enumerate(days):
        clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on=day, title=f"主题党日{number}")
    clerk.recorded("secretary", clerk.mark("陈建国", "leave"), item="ORG-D04", title="党课", held_on="2026-10-20")
    assert clerk.run_job()["proposed"] == 1
    assert clerk.proposals("陈建国") == [("ORG-F02", "submitted")]
    assert clerk.run_job()["proposed"] == 0


def test_whoever_wrote_down_one_session_of_a_run_neither_reviews_what_comes_of_it_nor_answers_for_it(
    clerk: Clerk,
) -> None:
    desk = clerk.desk
    for login, day in (("secretary", "2026-09-10"), ("group_leader", "2026-10-10"), ("group_leader", "2026-11-10")):
        at = clerk.town.branch if login == "secretary" else clerk.town.group
        clerk.recorded(login, clerk.mark("陈建国", "absent"), held_on=day, title=f"主题党日 {day}", at=at)
    assert clerk.run_job()["proposed"] == 1
    (proposal,) = (one["id"] for one in desk.submissions("committee_officer") if one["item"] == "ORG-F02")
    desk.hear(proposal)
    refused = desk.decide("secretary", proposal)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_recording")
    decided = desk.decide("committee_officer", proposal)
    assert decided.json()["submission"]["state"] == "posted", decided.text
    # On paper for a member without an account; neither of the two who had a hand in it answers.
    body = {"id": str(new_id()), "text": "有一次已请假"}
    headers = desk.headers("district_officer")
    appeal = desk.client.post(f"/api/v1/entries/{proposal}/appeals", json=body, headers=headers)
    assert appeal.status_code == 201, appeal.text
    for login in ("secretary", "committee_officer"):
        verdict = {"outcome": "refused", "answer": "属实"}
        path = f"/api/v1/appeals/{appeal.json()['id']}/decision"
        answer = desk.client.post(path, json=verdict, headers=desk.headers(login))
        assert answer.json()["code"] == "concerned", login
        waiting = desk.client.get("/api/v1/appeals", params={"waits_for_me": True}, headers=desk.headers(login))
        assert waiting.json()["appeals"] == [], login


def test_whoever_corrects_a_session_of_a_run_has_a_hand_in_what_was_proposed_before(clerk: Clerk) -> None:
    desk = clerk.desk
    held = [
        clerk.recorded(
            "group_leader", clerk.mark("陈建国", "absent"), held_on=day, title=f"主题党日 {day}", at=clerk.town.group
        )
        for day in ("2026-09-10", "2026-10-10", "2026-11-10")
    ]
    clerk.run_job()
    (proposal,) = (one["id"] for one in desk.submissions("secretary") if one["item"] == "ORG-F02")
    desk.hear(proposal)
    clerk.town.run(deadlines.keep)

    def asked(login: str) -> list[str]:
        path, params = "/api/v1/submissions", {"waits_for_me": "true"}
        found = desk.client.get(path, params=params, headers=desk.headers(login)).json()["submissions"]
        return [one["id"] for one in found if one["id"] == proposal]

    assert (asked("secretary"), asked("committee_officer")) == ([proposal], [])
    changed = clerk.correct("secretary", clerk.read(held[1]), clerk.mark("陈建国", "absent", note="电话未接"))
    assert changed.status_code == 200, changed.text
    assert clerk.proposals("陈建国") == [("ORG-F02", "submitted")], "it holds all the same"
    assert (asked("secretary"), asked("committee_officer")) == ([], [proposal])
    refused = desk.decide("secretary", proposal)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_recording")
    assert desk.decide("committee_officer", proposal).json()["submission"]["state"] == "posted"


def test_a_run_that_a_correction_breaks_is_taken_back(clerk: Clerk) -> None:
    held = [
        clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on=day, item=item, title=item)
        for day, item in (("2026-10-10", "ORG-D02"), ("2026-10-12", "ORG-D01"), ("2026-11-10", "ORG-D02"))
    ]
    clerk.run_job()
    assert clerk.proposals("陈建国") == [("ORG-F02", "submitted")]
    changed = clerk.correct("secretary", held[1], clerk.mark("陈建国", "present"))
    assert changed.status_code == 200, changed.text
    assert clerk.proposals("陈建国") == [("ORG-F02", "withdrawn")]


def test_a_session_written_down_late_breaks_a_run_too(clerk: Clerk) -> None:
    for day in ("2026-09-10", "2026-10-10", "2026-11-10"):
        clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on=day, title=f"主题党日 {day}")
    clerk.run_job()
    clerk.recorded("secretary", item="ORG-D04", title="党课", held_on="2026-10-20")
    assert clerk.proposals("陈建国") == [("ORG-F02", "withdrawn")]


def test_a_duty_decided_by_hand_is_left_alone(clerk: Clerk) -> None:
    clerk.desk.recorded("group_leader", clerk.town.missed("陈建国"))
    clerk.recorded("secretary")
    assert clerk.duty("陈建国") == "missed"
    assert own_entries(clerk, "陈建国") == [-10]


def test_a_row_that_waits_is_found_by_the_job_even_days_later(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "absent"))
    clerk.go_to(date(2026, 12, 20))
    assert clerk.run_job()["missed"] == 1
    waiting = select(attendance.c.member_id).where(
        attendance.c.district_id == clerk.town.district.id, attendance.c.waits.is_(True)
    )

    def left(connection: Any, _: Any) -> list[Any]:
        return list(connection.execute(waiting).scalars())

    assert clerk.town.run(left) == []


def waiting(clerk: Clerk, name: str) -> list[str]:
    """The sessions that the member is asked to make up, as the phone shows them."""
    home = clerk.desk.client.get("/api/v1/me", headers=clerk.desk.headers(name)).json()
    return [one["title"] for one in home["absences"]]


def test_a_window_is_made_up_once(clerk: Clerk) -> None:
    first = clerk.recorded("secretary", clerk.mark("林晓明", "absent"), held_on="2026-11-19", title="上半场")
    second = clerk.recorded("secretary", clerk.mark("林晓明", "absent"), title="下半场")
    assert clerk.told("林晓明") == ["absence_noted"]
    assert status_of(second, clerk, "林晓明")["make_up_by"] is None
    assert waiting(clerk, "林晓明") == ["上半场"]
    assert clerk.make_up("secretary", second, "林晓明").status_code == 200
    assert waiting(clerk, "林晓明") == []
    assert status_of(clerk.read(first), clerk, "林晓明")["make_up_by"] is None
    assert clerk.duty("林晓明") == "kept"


@pytest.mark.parametrize(("attended", "missed"), [("2026-11-18", "2026-11-20"), ("2026-11-20", "2026-11-18")])
@pytest.mark.parametrize("attended_is_first", [True, False])
def test_who_was_at_another_session_of_the_window_has_nothing_to_make_up(
    clerk: Clerk, attended: str, missed: str, attended_is_first: bool
) -> None:
    def write(day: str) -> None:
        marks = [clerk.mark("林晓明", "absent")] if day == missed else []
        clerk.recorded("secretary", *marks, held_on=day, title=f"主题党日 {day}")

    for day in (attended, missed) if attended_is_first else (missed, attended):
        write(day)
    assert waiting(clerk, "林晓明") == []
    assert clerk.duty("林晓明") == "kept"


def test_who_was_wrongly_present_is_asked_nothing_where_another_session_counts(clerk: Clerk) -> None:
    first = clerk.recorded("secretary", held_on="2026-11-18", title="上半场")
    clerk.recorded("secretary", title="下半场")
    assert clerk.correct("secretary", first, clerk.mark("林晓明", "absent")).status_code == 200
    assert (clerk.duty("林晓明"), waiting(clerk, "林晓明")) == ("kept", [])
