"""Ends of membership: dated, with a ground; out of the rankings at once, and nothing deleted."""

from __future__ import annotations

import pytest

from app.auth.core import Role
from app.kit.ids import new_id
from tests.enrolment.office import LIN, Office
from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


@pytest.mark.parametrize("ground", ["transferred_out", "died", "expelled", "removed", "lost_contact"])
def test_who_leaves_is_out_of_the_rankings_at_once_and_owes_nothing_later(office: Office, ground: str) -> None:
    office.desk.headers(LIN)
    board = f"boards/branches/{office.town.branch}"
    assert office.call("GET", "secretary", board).json()["members"] == 2
    before = office.desk.total(LIN)
    result = office.left(ground=ground).json()["result"]
    assert result["waived"] > 0
    assert office.call("GET", "secretary", board).json()["members"] == 1
    assert office.desk.standing(LIN)["ranked"] is False
    assert office.desk.total(LIN) == before
    duties = office.duties(LIN)
    assert duties["ORG-D02 2026-10"][0] == "expected"
    assert duties["ORG-D02 2026-11"] == duties["ORG-D02 2026-12"] == ("waived", "roster")
    # What was booked is read on by the branch; and a later record of the same day does not bring them back.
    office.desk.recorded("secretary", office.town.missed(LIN, effective_on="2026-10-08"))
    assert office.desk.standing(LIN)["ranked"] is False


def test_offices_end_and_the_log_ins_of_whom_is_expelled_are_over(office: Office) -> None:
    town = office.town
    town.appoint(LIN, Role.GROUP_LEADER, town.path(town.committee, town.branch, town.group))
    assert office.call("GET", LIN, "me/messages").status_code == 200
    assert office.left(ground="expelled").json()["result"]["offices_ended"] == 2
    assert office.call("GET", LIN, "me/messages").status_code == 401
    office.desk.forget()
    assert office.call("GET", LIN, "members").status_code == 403


def test_the_account_of_the_dead_opens_nothing_and_nobody_writes_to_them(office: Office) -> None:
    office.desk.headers(LIN)
    assert office.left(ground="died", day="2026-11-19").status_code == 201
    body = {"login": f"{office.town.district.code}/{LIN}", "password": "x"}
    assert office.desk.client.post("/api/v1/sessions", json=body).status_code == 401
    assert "membership_changed" in office.kinds("secretary")


def test_a_back_dated_end_gives_back_what_fell_due_after_it(office: Office) -> None:
    office.desk.recorded("secretary", office.town.missed(LIN, effective_on="2026-11-20"))
    result = office.left(ground="died", day="2026-11-10").json()["result"]
    assert result["reversed"] == 1
    assert office.desk.total(LIN) == 1000


def test_an_open_transfer_of_who_leaves_is_withdrawn(office: Office) -> None:
    transfer = office.proposed()
    office.left()
    assert office.call("GET", "secretary", f"transfers/{transfer}").json()["state"] == "withdrawn"


@pytest.mark.parametrize("day", ["2026-11-22", "2025-06-30"])
def test_a_day_to_come_or_of_sealed_books_is_refused(office: Office, day: str) -> None:
    assert office.left(day=day).json()["code"] == "day_out_of_reach"


def test_a_preview_equals_the_commit_and_the_second_end_is_refused(office: Office) -> None:
    body = {"id": str(new_id()), "ground": "removed", "left_on": "2026-11-20", "reference": "〔2026〕8号"}
    path = f"members/{office.member(LIN)}/leaving"
    preview = office.call("POST", "committee_officer", path, body, preview="true").json()
    assert office.now(LIN)["until_on"] is None
    done = office.done("committee_officer", path, body)
    assert {**preview, "preview": False} == done
    assert office.call("POST", "committee_officer", path, body).json() == done
    assert office.left().json()["code"] == "not_belonging"
