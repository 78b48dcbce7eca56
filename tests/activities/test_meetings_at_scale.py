"""A branch of fifty in one request, two who write at once, and a signature that was somebody else's."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from app.kit.ids import new_id
from tests.activities.meetings import Clerk, status_of
from tests.statements import count_statements
from tests.submissions.test_retries import at_once
from tests.town import Json


def crowd(clerk: Clerk, count: int, branch: UUID | None = None) -> list[str]:
    names = [f"党员{number:03d}" for number in range(count)]
    for name in names:
        clerk.town.add_member(name, branch=branch)
    clerk.town.live_through("2026Q4")
    return names


def test_fifty_are_recorded_in_one_request_whose_statements_do_not_grow_with_them(clerk: Clerk) -> None:
    clerk.desk.headers("secretary")

    def record(title: str, day: str, *absent: str) -> tuple[Any, int]:
        body = clerk.meeting(*(clerk.mark(name, "absent") for name in absent), title=title, held_on=day)
        with count_statements(clerk.town.database) as statements:
            answer = clerk.post("secretary", body)
        assert answer.status_code == 201, answer.text
        return answer.json(), len(statements)

    _, few = record("主题党日：两人", "2026-11-19", "陈建国")
    names = crowd(clerk, 48)
    held, many = record("主题党日：五十人", "2026-11-20", *names[:5])
    assert len(held["attendance"]) == 50
    assert [clerk.duty(name) for name in (names[0], names[47])] == ["expected", "kept"]
    assert [clerk.told(name) for name in (names[0], names[47])] == [["absence_noted"], []]
    assert many <= few + 4, "a statement is for all of them"


def test_thirty_are_put_right_in_as_many_statements_as_three(clerk: Clerk) -> None:
    names = crowd(clerk, 33)
    held = clerk.recorded("secretary")

    def correct(held: Json, some: list[str]) -> tuple[Json, int]:
        with count_statements(clerk.town.database) as statements:
            answer = clerk.correct("secretary", held, *(clerk.mark(name, "absent") for name in some))
        assert answer.status_code == 200, answer.text
        return answer.json(), len(statements)

    held, few = correct(held, names[:3])
    _, many = correct(held, names[3:])
    assert [clerk.duty(name) for name in (names[0], names[32], "陈建国")] == ["expected", "expected", "kept"]
    assert clerk.told(names[32]) == ["absence_noted"]
    assert many <= few + 4, "a statement is for all of them"


def test_thirty_guests_make_up_in_as_many_statements_as_three(clerk: Clerk) -> None:
    town = clerk.town
    names = crowd(clerk, 33, town.neighbour)
    absent = (clerk.mark(name, "absent") for name in names)
    clerk.recorded("committee_officer", *absent, at=town.neighbour, held_on="2026-11-10")
    assert clerk.run_job()["missed"] == 33
    host = clerk.recorded("secretary", held_on="2026-11-13")

    def make_up(some: list[str]) -> int:
        body = {"members": [{"member_id": str(town.members[name])} for name in some]}
        with count_statements(town.database) as statements:
            answer = clerk.post("secretary", body, f"/{host['id']}/make-ups")
        assert answer.status_code == 200, answer.text
        return len(statements)

    few, many = make_up(names[:3]), make_up(names[3:])
    assert {(clerk.duty(name), clerk.desk.total(name)) for name in (names[0], names[32])} == {("kept", 1000)}
    assert many <= few + 4, "a statement is for all of them"


def test_the_same_meeting_sent_twice_at_once_is_recorded_once(clerk: Clerk) -> None:
    clerk.desk.headers("secretary")
    for day in ("2026-11-18", "2026-11-19"):
        body = clerk.meeting(clerk.mark("陈建国", "absent"), held_on=day)
        answers = at_once(*[partial(clerk.post, "secretary", body)] * 3)
        assert sorted(one.status_code for one in answers) == [200, 200, 201]
    entries = [one for one in clerk.desk.entries("林晓明") if one["item"] == "ORG-D02"]
    assert len(entries) == 1


def test_two_who_record_one_meeting_at_once_count_it_for_one_duty(clerk: Clerk) -> None:
    for login in ("secretary", "committee_officer"):
        clerk.desk.headers(login)
    for number in range(3):
        day = f"2026-11-{10 + number}"
        as_theme_day = clerk.meeting(held_on=day)
        as_class = clerk.meeting(item="ORG-D04", held_on=day)
        answers = at_once(
            partial(clerk.post, "secretary", as_theme_day), partial(clerk.post, "committee_officer", as_class)
        )
        assert sorted(one.status_code for one in answers) == [201, 409]
        assert {one.json().get("code") for one in answers} == {None, "activity_recorded"}


def test_a_make_up_racing_the_job_leaves_the_duty_kept_and_the_score_whole(clerk: Clerk) -> None:
    held = clerk.recorded("secretary", clerk.mark("陈建国", "absent"))
    clerk.go_to(date(2026, 11, 28))
    clerk.desk.headers("secretary")
    answers = at_once(partial(clerk.make_up, "secretary", held, "陈建国", "2026-11-27"), clerk.run_job)
    (answer,) = [one for one in answers if not isinstance(one, dict)]
    assert answer.status_code == 200, answer.text
    assert clerk.duty("陈建国") == "kept"
    assert clerk.desk.total("陈建国") == 1000


def test_a_proxy_signature_costs_the_session_once_whatever_becomes_of_the_attendance(clerk: Clerk) -> None:
    """The finding takes the share of the session that it names; the attendance may be corrected before or after."""
    held = clerk.recorded("secretary")
    fact = clerk.town.fact(
        "林晓明", "ORG-F03", effective_on="2026-11-20", costs="ORG-D02", matter=f"查核 {new_id()}", reason="他人代签"
    )
    clerk.desk.posted("discipline_commissioner", fact, "committee_officer")
    assert clerk.desk.total("林晓明") == 960
    corrected = clerk.correct("secretary", held, clerk.mark("林晓明", "absent", note="他人代签"))
    assert corrected.status_code == 200, corrected.text
    clerk.go_to(date(2026, 11, 28))
    clerk.run_job()
    assert (clerk.duty("林晓明"), clerk.desk.total("林晓明")) == ("missed", 960)
    assert status_of(clerk.read(held), clerk, "林晓明")["entry_id"] is None
    late = clerk.make_up("secretary", held, "林晓明", "2026-11-27")
    assert late.status_code == 200, late.text
    assert clerk.desk.total("林晓明") == 960, "what was forged is not made up for"
