"""A meeting recorded in one go: who was there, what it settles, and who may say so."""

from __future__ import annotations

from datetime import date

import pytest

from app.auth.core import Role
from app.kit.ids import new_id
from app.points import settling
from tests.activities.meetings import Clerk, status_of
from tests.files.samples import photograph


def test_whoever_is_not_listed_was_present_and_has_kept_the_duty(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "leave", note="出差"))
    assert status_of(held, clerk, "林晓明")["status"] == "present"
    assert status_of(held, clerk, "林晓明")["entry_id"] is not None
    assert clerk.duty("林晓明") == "kept"
    absent = status_of(held, clerk, "陈建国")
    assert (absent["status"], absent["make_up_by"], absent["entry_id"]) == ("leave", "2026-11-27", None)
    assert clerk.duty("陈建国") == "expected"
    assert clerk.told("陈建国") == ["absence_noted"]
    assert clerk.told("林晓明") == []


def test_an_entry_of_a_session_says_which_and_by_whom(clerk: Clerk) -> None:
    clerk.recorded("secretary")
    entry = next(one for one in clerk.desk.entries("林晓明") if one["item"] == "ORG-D02")
    assert (entry["effective_on"], entry["points"], entry["reason"]) == ("2026-11-20", 0, "主题党日")
    assert entry["recorded_by"] == str(clerk.town.accounts["secretary"])


@pytest.mark.parametrize("status", ["elsewhere", "later"])
def test_a_shift_worker_at_another_session_has_kept_the_duty(clerk: Clerk, status: str) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", status, made_up_on="2026-11-21"))
    assert clerk.duty("陈建国") == "kept"


def test_the_same_again_is_a_retry_and_anything_else_under_the_id_a_conflict(clerk: Clerk) -> None:
    body = clerk.meeting(clerk.mark("陈建国", "absent"))
    first = clerk.post("secretary", body)
    again = clerk.post("secretary", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == first.json()
    other = clerk.post("secretary", {**body, "title": "另一次"})
    assert (other.status_code, other.json()["code"]) == (409, "id_used")
    assert len([one for one in clerk.desk.entries("林晓明") if one["item"] == "ORG-D02"]) == 1


def test_a_preview_equals_the_record_and_saves_nothing(clerk: Clerk) -> None:
    body = clerk.meeting(clerk.mark("陈建国", "absent"))
    tried = clerk.post("secretary", body, preview="true")
    assert (tried.status_code, tried.json()["preview"]) == (200, True)
    assert clerk.duty("林晓明") == "expected"
    assert clerk.told("陈建国") == []
    held = clerk.post("secretary", body).json()
    own = [(one["member_id"], one["status"], one["make_up_by"]) for one in held["attendance"]]
    assert own == [(one["member_id"], one["status"], one["make_up_by"]) for one in tried.json()["attendance"]]


def test_one_meeting_counts_for_one_duty(clerk: Clerk) -> None:
    clerk.recorded("secretary")
    used = clerk.post("secretary", clerk.meeting(item="ORG-D04", title="主 题 党日"))
    assert (used.status_code, used.json()["code"]) == (409, "activity_recorded")
    assert "ORG-D02" in used.json()["detail"]
    assert clerk.duty("林晓明", "ORG-D04", "2026Q4") == "expected"


def test_a_second_session_of_the_window_settles_nothing_twice(clerk: Clerk) -> None:
    clerk.recorded("secretary")
    second = clerk.recorded("secretary", title="主题党日（夜班）", held_on="2026-11-21")
    assert status_of(second, clerk, "林晓明")["entry_id"] is None
    assert len([one for one in clerk.desk.entries("林晓明") if one["item"] == "ORG-D02"]) == 1


def test_every_mark_at_fault_is_named_and_nothing_is_saved(clerk: Clerk) -> None:
    marks = [
        clerk.mark("陈建国", "leave"),
        clerk.mark("陈建国", "absent"),
        clerk.mark("周美玲", "absent"),
        clerk.mark("林晓明", "later", made_up_on="2026-11-28"),
    ]
    answer = clerk.post("secretary", clerk.meeting(*marks))
    faults = [(one["index"], one["field"], one["code"]) for one in answer.json()["faults"]]
    assert faults == [
        (1, "member_id", "marked_twice"),
        (2, "member_id", "not_of_the_meeting"),
        (3, "made_up_on", "make_up_day"),
    ]
    assert clerk.duty("林晓明") == "expected"


def test_nobody_writes_down_their_own_attendance(clerk: Clerk) -> None:
    clerk.town.appoint("林晓明", Role.SECRETARY, clerk.town.branch_path)
    refused = clerk.post("林晓明", clerk.meeting(clerk.mark("林晓明", "present")))
    assert [one["code"] for one in refused.json()["faults"]] == ["own_row"]
    held = clerk.recorded("林晓明")
    assert held["left_out"] == [str(clerk.town.members["林晓明"])]
    assert clerk.duty("林晓明") == "expected"
    by_another = clerk.correct("committee_officer", held, clerk.mark("林晓明", "present"))
    assert by_another.status_code == 200, by_another.text
    assert by_another.json()["left_out"] == []
    assert clerk.duty("林晓明") == "kept"


@pytest.mark.parametrize(
    ("login", "at", "item", "status"),
    [
        ("group_leader", "group", "ORG-D02", 201),
        ("group_leader", "group", "ORG-D01", 403),  # a member meeting is not a group leader's
        ("group_leader", "branch", "ORG-D02", 404),
        ("organisation_commissioner", "branch", "ORG-D02", 201),
        ("organisation_commissioner", "branch", "ORG-D01", 201),
        ("organisation_commissioner", "neighbour", "ORG-D01", 404),
        ("committee_officer", "neighbour", "ORG-D01", 201),
        ("discipline_commissioner", "branch", "ORG-D02", 403),
        ("hr", "branch", "ORG-D02", 403),
        ("auditor", "branch", "ORG-D02", 403),
    ],
)
def test_sessions_are_recorded_by_who_records_or_reviews_them_there(
    clerk: Clerk, login: str, at: str, item: str, status: int
) -> None:
    body = clerk.meeting(item=item, at=getattr(clerk.town, at))
    assert clerk.post(login, body).status_code == status


@pytest.mark.parametrize("item", ["ORG-D07", "ORG-D08", "ORG-A01", "LAW-D01", "XXX"])
def test_what_is_not_settled_by_sessions_is_no_session(clerk: Clerk, item: str) -> None:
    answer = clerk.post("secretary", clerk.meeting(item=item))
    assert (answer.status_code, answer.json()["code"]) == (422, "no_session")


def test_who_owes_no_session_is_not_asked_but_may_have_been_there(clerk: Clerk) -> None:
    clerk.town.add_member("何长青", profile="floating", standing=False)
    clerk.town.add_member("蔡福生", standing=False)
    clerk.town.exempt("蔡福生", date(2026, 1, 1))
    held = clerk.recorded("secretary", clerk.mark("蔡福生", "present"))
    names = {one["name"] for one in held["attendance"]}
    assert names == {"林晓明", "陈建国", "蔡福生"}
    assert status_of(held, clerk, "蔡福生")["entry_id"] is None
    absent = clerk.mark("何长青", "absent")
    missing = clerk.post("secretary", clerk.meeting(absent, title="又一次", held_on="2026-11-19"))
    assert [one["code"] for one in missing.json()["faults"]] == ["not_of_the_meeting"]


def test_a_branch_without_groups_has_the_share_of_the_group_meeting_in_its_theme_day(clerk: Clerk) -> None:
    clerk.town.add_member("吴志强", branch=clerk.town.neighbour, profile="no-groups")
    clerk.town.live_through("2026Q4")
    clerk.recorded("committee_officer", clerk.mark("吴志强", "absent"), at=clerk.town.neighbour)
    assert clerk.duty_row("吴志强").share == 15
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    assert clerk.desk.total("吴志强") == 985
    none = clerk.post("committee_officer", clerk.meeting(item="ORG-D03", at=clerk.town.neighbour, title="党小组会"))
    assert {one["name"] for one in none.json()["attendance"]} == {"周美玲"}


def test_a_planned_session_is_held_under_the_same_id(clerk: Clerk) -> None:
    plan = clerk.meeting(state="planned", held_on="2026-11-25", attendance=[])
    assert clerk.post("secretary", plan).json()["state"] == "planned"
    assert clerk.duty("林晓明") == "expected"
    too_early = clerk.post("secretary", {**plan, "state": "held"})
    assert too_early.json()["code"] == "day_to_come"
    held = clerk.post("secretary", {**plan, "state": "held", "held_on": "2026-11-21"})
    assert (held.status_code, held.json()["state"], held.json()["version"]) == (201, "held", 2)
    assert clerk.duty("林晓明") == "kept"


def test_files_become_evidence_of_the_session_and_are_shown_to_who_may_read_it(clerk: Clerk) -> None:
    headers = clerk.desk.headers("secretary")
    files = {"file": ("签到表.jpg", photograph())}
    sent = clerk.desk.client.post("/api/v1/files", files=files, headers=headers).json()["hash"]
    held = clerk.recorded("secretary", evidence=[sent])
    assert [one["name"] for one in held["evidence"]] == ["签到表.jpg"]
    path = f"/api/v1/activities/{held['id']}/files/{sent}"
    assert clerk.desk.client.get(path, headers=headers).status_code == 200
    clerk.town.appoint("邻支部书记", Role.SECRETARY, clerk.town.neighbour_path)
    assert clerk.desk.client.get(path, headers=clerk.desk.headers("邻支部书记")).status_code == 404
    assert clerk.desk.downloads() == [("secretary", f"activity {held['id']} {sent}")], (
        "who took it is written down, who found nothing is not"
    )
    unknown = clerk.post("secretary", clerk.meeting(title="另一次", held_on="2026-11-19", evidence=["0" * 64]))
    assert unknown.status_code == 404


def test_the_settling_job_finds_the_duties_of_sessions_decided(clerk: Clerk) -> None:
    clerk.recorded("secretary", clerk.mark("陈建国", "absent"))
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    before = [clerk.duty_row(name) for name in ("林晓明", "陈建国")]
    assert [row.state for row in before] == ["kept", "missed"]
    clerk.go_to(date(2027, 1, 11))
    clerk.town.run(lambda connection, actor: settling.settle(connection, actor, "2026Q4"))
    assert [clerk.duty_row(name) for name in ("林晓明", "陈建国")] == before


def test_a_list_shows_sessions_from_the_latest_on_page_by_page(clerk: Clerk) -> None:
    for day, status in (("2026-11-05", "absent"), ("2026-11-12", "absent"), ("2026-11-19", "present")):
        clerk.recorded("secretary", clerk.mark("陈建国", status), held_on=day)
    headers = clerk.desk.headers("secretary")
    seen: list[str] = []
    query = {"branch": str(clerk.town.branch), "limit": "2"}
    while True:
        page = clerk.desk.client.get("/api/v1/activities", params=query, headers=headers).json()
        seen += [one["held_on"] for one in page["activities"]]
        if page["following"] is None:
            break
        query["cursor"] = page["following"]
    assert seen == ["2026-11-19", "2026-11-12", "2026-11-05"]
    few = clerk.desk.client.get(
        "/api/v1/activities", params={"from": "2026-11-06", "to": "2026-11-12"}, headers=headers
    ).json()
    assert [(one["held_on"], one["counts"], one["made_up"]) for one in few["activities"]] == [
        ("2026-11-12", {"present": 1, "absent": 1}, 1)  # made up by the session a week later
    ]


def test_a_member_reads_the_own_attendance_and_no_colleague_does(clerk: Clerk) -> None:
    clerk.recorded("secretary")
    own, other = clerk.town.members["林晓明"], clerk.town.members["陈建国"]
    headers = clerk.desk.headers("林晓明")
    found = clerk.desk.client.get(f"/api/v1/members/{own}/attendance", headers=headers).json()["sessions"]
    assert [(one["title"], one["status"]) for one in found] == [("主题党日", "present")]
    assert clerk.desk.client.get(f"/api/v1/members/{other}/attendance", headers=headers).status_code == 404


def test_an_unknown_id_is_not_found(clerk: Clerk) -> None:
    assert clerk.post("secretary", clerk.meeting(at=new_id())).status_code == 404
    path = f"/api/v1/activities/{new_id()}"
    assert clerk.desk.client.get(path, headers=clerk.desk.headers("secretary")).status_code == 404


def test_whose_duty_was_waived_is_named_and_refused_with_the_reason(clerk: Clerk) -> None:
    desk, name = clerk.desk, "林晓明"
    fact, appeal = desk.town.missed(name), str(new_id())
    desk.recorded("group_leader", fact)
    for login, path, body in (
        (name, f"entries/{fact['id']}/appeals", {"id": appeal, "text": "当天在场"}),
        ("committee_officer", f"appeals/{appeal}/decision", {"outcome": "upheld", "answer": "已核实"}),
    ):
        answer = desk.client.post(f"/api/v1/{path}", json=body, headers=desk.headers(login))
        assert answer.status_code < 300, answer.text
    assert clerk.duty(name) == "waived"
    listed = clerk.post("secretary", clerk.meeting(clerk.mark(name, "absent")))
    assert (listed.status_code, [one["code"] for one in listed.json()["faults"]]) == (409, ["waived_here"])
    assert "免除" in listed.json()["faults"][0]["detail"]
    recorded = clerk.recorded("secretary")
    assert (recorded["waived"], recorded["left_out"]) == ([str(clerk.town.members[name])], [])


def test_one_session_of_an_item_is_recorded_a_day(clerk: Clerk) -> None:
    first = clerk.recorded("secretary", clerk.mark("林晓明", "absent"))
    again = clerk.post("secretary", clerk.meeting(clerk.mark("林晓明", "absent"), title="走访困难职工"))
    assert (again.status_code, again.json()["code"]) == (409, "session_of_the_day")
    assert first["id"] in again.json()["detail"]
    assert clerk.told("林晓明") == ["absence_noted"]


def test_a_session_that_would_count_for_nobody_is_refused(clerk: Clerk) -> None:
    clerk.recorded("secretary", held_on="2026-09-20")  # all its duties of the quarter's month are kept
    late = clerk.post("secretary", clerk.meeting(held_on="2026-09-21", title="补记"))
    assert (late.status_code, late.json()["code"]) == (409, "nothing_booked")
    assert "2026Q3" in late.json()["detail"]
