"""For a branch that is no more, the one that it went into acts: over what is dated in its days, and without a gap."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from app.auth.core import Role
from app.kit.ids import new_id
from app.roster.tables import organisation
from tests.enrolment.office import LIN, Office
from tests.town import FOUNDED, Desk, client, desk, town

__all__ = ["client", "desk", "town"]
CHEN = "陈建国"
ZHOU = "周美玲"


@pytest.fixture
def office(desk: Desk) -> Office:
    for login, role in (("next_door", Role.SECRETARY), ("next_organiser", Role.ORGANISATION_COMMISSIONER)):
        desk.town.appoint(login, role, desk.town.neighbour_path)
    desk.town.appoint("next_leader", Role.GROUP_LEADER, desk.town.neighbour_path)
    return Office(desk)


def reformed(office: Office, verb: str, branch: UUID, **more: Any) -> None:
    body = {"id": str(new_id()), "reference": "党发〔2026〕3号", **more}
    answer = office.call("POST", "committee_officer", f"branches/{branch}/{verb}", body)
    assert answer.status_code == 201, answer.text


def merged(office: Office) -> None:
    reformed(office, "merger", office.town.branch, into_id=str(office.town.neighbour))


def third_branch(office: Office) -> UUID:
    """Beside the two others, with a secretary and nobody in it."""
    town, branch = office.town, new_id()
    row = {
        "district_id": town.district.id, "id": branch, "path": town.path(town.committee, branch),
        "parent_id": town.committee, "kind": "branch", "code": "ZB03", "name": "第三支部", "from_on": FOUNDED,
    }  # fmt: skip
    town.database.run(lambda c: c.execute(insert(organisation), row), town.district.id)
    town.appoint("third", Role.SECRETARY, town.path(town.committee, branch))
    return branch


def may_record(office: Office, login: str, name: str = CHEN) -> bool:
    return bool(
        office.desk.record(login, office.town.missed(name, effective_on="2026-10-12"), preview="true").is_success
    )


def test_the_heir_records_reviews_checks_and_reads_what_lies_in_the_days_of_the_closed_branch(office: Office) -> None:
    town, desk = office.town, office.desk
    old = town.missed(LIN, "ORG-D01")
    desk.recorded("organisation_commissioner", old)
    assert not may_record(office, "next_door")
    merged(office)
    # Recorded: an entry stays with the branch of its day.
    desk.recorded("next_organiser", town.missed(CHEN, "ORG-D01"))
    assert {one["branch_id"] for one in desk.entries(CHEN)} == {str(town.branch)}
    # Reviewed: whom it waits for is the heir's secretary, and not the committee.
    praise = town.praise(LIN)
    desk.recorded(LIN, praise)
    assert [one["id"] for one in desk.submissions("next_door", waits_for_me="true")] == [praise["id"]]
    assert desk.submissions("committee_officer", waits_for_me="true") == []
    assert desk.decide("next_door", praise["id"]).json()["submission"]["state"] == "posted"
    # Heard: the entry of the old days is appealed against, and the heir is asked.
    filed = office.done(LIN, f"entries/{old['id']}/appeals", {"id": str(new_id()), "text": "我到会了"})
    assert filed["asked"] == "secretary"
    listed = office.call("GET", "next_door", "appeals", waits_for_me="true").json()["appeals"]
    assert [one["id"] for one in listed] == [filed["id"]]
    # Checked, in bulk, with what was written down before the merger.
    check = f"quarters/2026Q4/branches/{town.branch}/check"
    waiting = office.call("GET", "next_door", check)
    assert {one["is_yours"] for one in waiting.json()["rows"]} == {True}
    assert office.done("next_door", check, {})["left"] == 0
    # The office is one: nobody is appointed where there is no branch, nor shown so.
    home = office.call("GET", "next_door", "me").json()
    assert [one["organisation"]["name"] for one in home["offices"]] == ["第二支部"]


def test_an_heir_is_a_branch_and_not_everybody_in_it(office: Office) -> None:
    merged(office)
    assert may_record(office, "next_door")
    assert may_record(office, "committee_officer")
    assert not may_record(office, "next_leader")
    assert not may_record(office, "secretary")  # of the branch that is no more


def test_the_heir_of_an_heir_acts_for_both(office: Office) -> None:
    town, third = office.town, third_branch(office)
    merged(office)
    town.on(town.actor().today.replace(day=22))
    office.desk.forget()
    reformed(office, "merger", town.neighbour, into_id=str(third))
    assert may_record(office, "third")
    assert may_record(office, "third", ZHOU)
    assert not may_record(office, "next_door")


def test_for_a_branch_that_everybody_left_the_one_acts_that_most_went_to(office: Office) -> None:
    town = office.town
    third_branch(office)
    for name in (LIN, CHEN):
        office.transferred(name)
    reformed(office, "closing", town.branch)
    assert may_record(office, "next_door")
    assert not may_record(office, "third")


def test_without_an_heir_the_committee_acts(office: Office) -> None:
    town = office.town
    for name in (LIN, CHEN):
        assert office.left(name, "transferred_out", "2026-11-20").status_code in {200, 201}
    reformed(office, "closing", town.branch)
    assert may_record(office, "committee_officer")
    assert not may_record(office, "next_door")
