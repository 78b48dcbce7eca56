"""Branches merged, split, moved and closed: one transaction, named beforehand, and the past stays where it was."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from app.auth.core import Role
from app.kit.ids import new_id
from app.roster.tables import enterprise, organisation
from tests.enrolment.office import LIN, Office
from tests.town import FOUNDED, Desk, Json, client, desk, town

__all__ = ["client", "desk", "town"]
CHEN = "陈建国"
ZHOU = "周美玲"


@pytest.fixture
def office(desk: Desk) -> Office:
    desk.town.appoint("next_door", Role.SECRETARY, desk.town.neighbour_path)
    return Office(desk)


def reform(office: Office, verb: str, login: str = "committee_officer", branch: UUID | None = None, **more: Any) -> Any:
    body = {"id": str(new_id()), "reference": "党发〔2026〕3号", **more}
    preview = office.call("POST", login, f"branches/{branch or office.town.branch}/{verb}", body, preview="true")
    answer = office.call("POST", login, f"branches/{branch or office.town.branch}/{verb}", body)
    if answer.status_code == 201:
        assert {**preview.json(), "preview": False} == answer.json()
        again = office.call("POST", login, f"branches/{branch or office.town.branch}/{verb}", body)
        assert (again.status_code, again.json()) == (200, answer.json())
    else:
        assert preview.status_code == answer.status_code
    return answer


def names(answer: Any) -> set[str]:
    return {one["name"] for one in answer.json()["result"]["moved"]}


def row_of(office: Office, organisation_id: UUID | str) -> Any:
    columns = organisation.c
    statement = select(organisation).where(
        columns.district_id == office.town.district.id, columns.id == UUID(str(organisation_id))
    )
    return office.town.database.run(lambda c: c.execute(statement).one(), office.town.district.id)


def covered(office: Office, branch: UUID) -> UUID:
    """A firm that the branch covers."""
    firm = new_id()
    row = {
        "district_id": office.town.district.id, "id": firm, "credit_code": "91000000MA0001ABC7", "name": "甲厂",
        "trade": "food", "branch_id": branch, "from_on": FOUNDED,
    }  # fmt: skip
    office.town.database.run(lambda c: c.execute(insert(enterprise), row), office.town.district.id)
    return firm


def coverer(office: Office, firm: UUID) -> UUID:
    statement = select(enterprise.c.branch_id).where(
        enterprise.c.district_id == office.town.district.id, enterprise.c.id == firm
    )
    found: UUID = office.town.database.run(lambda c: c.execute(statement).scalar_one(), office.town.district.id)
    return found


def board(office: Office, branch: UUID | str) -> Json:
    found: Json = office.call("GET", "district_officer", f"boards/branches/{branch}").json()
    return found


def test_a_merged_branch_is_closed_and_everybody_and_everything_goes_over(office: Office) -> None:
    town = office.town
    firm = covered(office, town.branch)
    office.desk.recorded("secretary", town.missed(LIN))
    answer = reform(office, "merger", into_id=str(town.neighbour))
    assert answer.status_code == 201, answer.text
    assert names(answer) == {LIN, CHEN}
    assert row_of(office, town.branch).until_on == row_of(office, town.group).until_on == date(2026, 11, 20)
    assert coverer(office, firm) == town.neighbour
    assert board(office, town.neighbour)["members"] == 3
    assert {one["branch_id"] for one in office.desk.entries(LIN)} == {str(town.branch)}
    # The offices of the closed branch are no more.
    assert office.call("GET", "secretary", "members").status_code == 403
    assert office.call("GET", "next_door", f"members/{office.member(CHEN)}").json()["profile"] == "no-groups"
    assert office.kinds(LIN) == ["deduction_told", "membership_changed"]
    assert office.kinds("next_door") == ["membership_changed"]


def test_a_split_founds_a_branch_of_those_who_are_named(office: Office) -> None:
    new = {"id": str(new_id()), "code": "ZB03", "name": "第三支部", "form": "joint"}
    body = {"id": str(new_id()), "branch": new, "members": [office.member(CHEN)]}
    answer = office.call("POST", "committee_officer", f"branches/{office.town.branch}/division", body)
    assert answer.status_code == 201, answer.text
    assert names(answer) == {CHEN}
    assert office.now(CHEN)["branch_id"] == new["id"]
    assert office.now(LIN)["branch_id"] == str(office.town.branch)
    assert row_of(office, new["id"]).parent_id == office.town.committee
    assert board(office, new["id"])["members"] == 1


@pytest.mark.parametrize("whom", [[LIN, CHEN], [ZHOU], [LIN, ZHOU]])
def test_a_split_names_some_of_the_branch(office: Office, whom: list[str]) -> None:
    new = {"id": str(new_id()), "code": "ZB03", "name": "第三支部"}
    body = {"id": str(new_id()), "branch": new, "members": [office.member(one) for one in whom]}
    answer = office.call("POST", "committee_officer", f"branches/{office.town.branch}/division", body)
    assert answer.json()["code"] == "not_a_member_there"


def test_a_branch_under_another_committee_keeps_code_groups_offices_and_firms(office: Office) -> None:
    town = office.town
    other = new_id()
    row = {
        "district_id": town.district.id, "id": other, "path": town.path(other), "parent_id": town.district.id,
        "kind": "committee", "code": "DW02", "name": "城西街道党工委", "from_on": FOUNDED,
    }  # fmt: skip
    town.database.run(lambda c: c.execute(insert(organisation), row), town.district.id)
    firm = covered(office, town.branch)
    office.desk.recorded("secretary", town.missed(LIN))
    successor = str(new_id())
    body: dict[str, Any] = {"committee_id": str(other), "successor_id": successor}
    assert reform(office, "move", **body).status_code == 404  # the other committee is out of reach
    answer = reform(office, "move", "district_officer", **body)
    assert answer.status_code == 201, answer.text
    assert names(answer) == {LIN, CHEN}
    assert answer.json()["result"]["offices_ended"] == 0
    found = row_of(office, successor)
    assert (found.code, found.path) == ("ZB01", f"{town.path(other)}.{UUID(successor).hex}")
    now = office.now(LIN, "secretary")
    assert (now["branch_id"], now["profile"]) == (successor, "standard")
    assert row_of(office, now["group_id"]).code == "XZ01"
    assert coverer(office, firm) == UUID(successor)
    assert office.desk.recorded("group_leader", town.missed(LIN, effective_on="2026-11-21", item="ORG-D03"))
    assert [one["branch_id"] for one in office.desk.entries(LIN)] == [str(town.branch)] * 2 + [successor]
    assert office.call("GET", "committee_officer", f"members/{office.member(LIN)}").status_code == 404
    # Who is imported by the code from now on is in the successor.
    cells = {
        "id": str(new_id()), "number": "X1", "name": "王䶮", "joined_on": "2015-07-01", "branch": "ZB01",
        "profile": "普通党员", "entered_on": "2026-11-21",
    }  # fmt: skip
    assert office.done("secretary", "members", cells)["organisation_id"] == successor


def test_only_an_empty_branch_is_closed(office: Office) -> None:
    assert reform(office, "closing", branch=office.town.neighbour).json()["code"] == "branch_not_empty"
    reform(office, "merger", branch=office.town.neighbour, into_id=str(office.town.branch))
    again = reform(office, "closing", branch=office.town.neighbour)
    assert again.json()["code"] == "not_a_branch"
    assert reform(office, "merger", into_id=str(office.town.branch)).json()["code"] == "same_branch"


def test_a_transfer_to_a_branch_that_is_no_more_is_withdrawn(office: Office) -> None:
    transfer = office.proposed()
    reform(office, "merger", branch=office.town.neighbour, into_id=str(office.town.branch))
    found = office.call("GET", "secretary", f"transfers/{transfer}").json()
    assert found["state"] == "withdrawn"
    assert office.kinds(LIN) == ["transfer_asked", "transfer_answered"]
