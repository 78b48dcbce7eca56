"""A session written down by mistake is taken back as one: what it booked, what it made up, what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.auth.core import Role
from tests.activities.meetings import Clerk, status_of
from tests.activities.test_absences import own_entries
from tests.activities.test_exceptions import not_held
from tests.town import Json


def undo(clerk: Clerk, login: str, activity: Json, reason: str = "记到了别的月份", **more: Any) -> Any:
    body = {"version": activity["version"], "reason": reason}
    return clerk.post(login, body, f"/{activity['id']}/undoing", **more)


def test_an_undone_session_counts_for_nobody_and_can_be_written_down_anew(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    tried = undo(clerk, "secretary", held, preview="true")
    assert (tried.status_code, clerk.duty("林晓明")) == (200, "kept"), "a preview saves nothing"
    done = undo(clerk, "secretary", held)
    assert (done.status_code, done.json()["state"], done.json()["reversed"]) == (200, "undone", 1), done.text
    assert {**tried.json(), "preview": False} == done.json()
    assert (clerk.duty("林晓明"), clerk.duty("陈建国")) == ("expected", "expected")
    assert own_entries(clerk, "林晓明") == [0, 0], "booked, and reversed"
    assert undo(clerk, "secretary", held).headers["Idempotent-Replay"] == "true"
    assert undo(clerk, "secretary", held, "另一个理由").json()["code"] == "activity_undone"
    assert clerk.correct("secretary", clerk.read(held), clerk.mark("陈建国", "absent")).json()["code"] == (
        "activity_undone"
    )
    again = clerk.recorded("secretary")
    assert (again["state"], clerk.duty("林晓明"), clerk.duty("陈建国")) == ("held", "kept", "kept")


def test_what_an_absence_had_cost_is_given_back_and_what_was_proposed_withdrawn(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    assert (clerk.desk.total("陈建国"), clerk.proposals("陈建国")) == (990, [("ORG-F01", "submitted")])
    assert undo(clerk, "secretary", clerk.read(held)).status_code == 200
    assert (clerk.desk.total("陈建国"), clerk.duty("陈建国")) == (1000, "expected")
    assert clerk.proposals("陈建国") == [("ORG-F01", "withdrawn")]
    assert "entry_reversed" in clerk.told("陈建国")


def test_an_absence_that_was_made_up_there_waits_again(clerk: Clerk) -> None:
    first = clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on="2026-11-16")
    second = clerk.recorded("secretary", title="主题党日（补课）", held_on="2026-11-20")
    assert clerk.duty("陈建国") == "kept"
    done = undo(clerk, "secretary", second)
    assert (done.status_code, done.json()["waiting"]) == (200, 1), done.text
    line = status_of(clerk.read(first), clerk, "陈建国")
    assert (line["status"], line["made_up_on"], line["make_up_by"]) == ("absent", None, "2026-11-23")
    assert (clerk.duty("陈建国"), clerk.duty("林晓明")) == ("expected", "kept")
    clerk.go_to(date(2026, 11, 24))
    clerk.run_job()
    assert clerk.duty("陈建国") == "missed"


def test_another_session_of_the_window_counts_instead(clerk: Clerk) -> None:
    first = clerk.recorded("secretary", clerk.mark("陈建国", "absent"), held_on="2026-11-18", title="上半场")
    second = clerk.recorded("secretary", clerk.mark("陈建国", "absent"), title="下半场")
    assert undo(clerk, "secretary", first).status_code == 200
    assert clerk.duty("林晓明") == "kept"
    assert own_entries(clerk, "林晓明") == [0, 0, 0], "booked for the first, reversed, booked for the second"
    assert status_of(clerk.read(second), clerk, "陈建国")["make_up_by"] == "2026-11-27", "it is asked there now"


def test_a_guest_has_been_nowhere(clerk: Clerk) -> None:
    clerk.town.appoint("邻支部书记", Role.SECRETARY, clerk.town.neighbour_path)
    own = clerk.recorded("secretary", clerk.mark("陈建国", "leave"))
    host = clerk.recorded("邻支部书记", at=clerk.town.neighbour, held_on="2026-11-21")
    assert clerk.make_up("邻支部书记", host, "陈建国").status_code == 200
    assert clerk.duty("陈建国") == "kept"
    assert undo(clerk, "邻支部书记", clerk.read(host, "邻支部书记")).status_code == 200
    assert clerk.duty("陈建国") == "expected"
    assert status_of(clerk.read(own), clerk, "陈建国")["make_up_by"] == "2026-11-27"


def test_who_was_elsewhere_only_as_a_guest_there_was_at_their_own_session(clerk: Clerk) -> None:
    """What the secretary said themselves stays as it was said."""
    clerk.town.appoint("邻支部书记", Role.SECRETARY, clerk.town.neighbour_path)
    host = clerk.recorded("邻支部书记", at=clerk.town.neighbour, held_on="2026-11-18")
    for name in ("陈建国", "林晓明"):
        assert clerk.make_up("邻支部书记", host, name).status_code == 200
    own = clerk.recorded("secretary", clerk.mark("林晓明", "elsewhere"))
    before = clerk.read(own)
    assert {status_of(before, clerk, one)["status"] for one in ("陈建国", "林晓明")} == {"elsewhere"}
    assert undo(clerk, "邻支部书记", clerk.read(host, "邻支部书记")).status_code == 200
    after = clerk.read(own)
    assert [status_of(after, clerk, one)["status"] for one in ("陈建国", "林晓明")] == ["present", "elsewhere"]
    assert (clerk.duty("陈建国"), after["version"] > before["version"]) == ("kept", True)


def test_a_window_that_was_not_held_is_not_held_again(clerk: Clerk) -> None:
    not_held(clerk)
    held = clerk.recorded("secretary", held_on="2026-11-21")
    assert clerk.duty("林晓明") == "kept"
    assert undo(clerk, "secretary", held).status_code == 200
    assert clerk.duty("林晓明") == "waived"
    headers = clerk.desk.headers("secretary")
    (waiver,) = clerk.desk.client.get("/api/v1/activities", headers=headers).json()["waivers"]
    assert waiver["lifted_by"] is None


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [("林晓明", 403, "forbidden"), ("group_leader", 404, "not_found"), ("secretary", 409, "attendance_closed")],
)
def test_it_is_taken_back_by_who_records_it_there_while_the_quarter_records(
    clerk: Clerk, login: str, status: int, code: str
) -> None:
    held = clerk.recorded("secretary")
    if login == "secretary":
        clerk.go_to(date(2027, 1, 11))
    refused = undo(clerk, login, held)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert clerk.duty("林晓明") == "kept"


def test_nobody_takes_the_own_attendance_back(clerk: Clerk) -> None:
    clerk.town.appoint("林晓明", Role.SECRETARY, clerk.town.branch_path)
    held = clerk.recorded("secretary")
    assert undo(clerk, "林晓明", held).json()["code"] == "own_row"
    late = {**held, "version": held["version"] + 1}
    assert undo(clerk, "secretary", late).json()["code"] == "attendance_changed"
