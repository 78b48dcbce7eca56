"""A single enrolment: by the checks of a roster import, and no second way around them."""

from __future__ import annotations

from typing import Any

import pytest

from app.auth.core import Role
from app.kit.ids import new_id
from tests.enrolment.office import LIN, Office
from tests.town import Desk, Json, client, desk, town

__all__ = ["client", "desk", "town"]


AS_KNOWN = {"number": "N0000", "name": LIN, "joined_on": "2010-07-01"}


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def row(**cells: Any) -> Json:
    return {
        "id": str(new_id()), "number": "X1", "name": "王䶮", "joined_on": "2015-07-01", "branch": "ZB01",
        "group": "XZ01", "profile": "普通党员", "entered_on": "2026-11-20", **cells,
    }  # fmt: skip


def test_a_newcomer_belongs_with_the_full_opening_and_owes_nothing_of_before(office: Office) -> None:
    asked = row()
    done = office.done("secretary", "members", asked)
    office.town.members["王䶮"] = done["member_id"]
    assert done["member_id"] == asked["id"]
    assert office.now("王䶮", "secretary")["profile"] == "standard"
    assert office.desk.total("王䶮") == 1000
    windows = {key.split()[1] for key in office.duties("王䶮")}
    assert not windows & {"2026-01", "2026-09", "2026-10", "2026-11", "2026Q3", "2026Q4"}
    assert "2026-12" in windows


def test_a_retry_is_known_and_a_preview_leaves_nothing(office: Office) -> None:
    asked = row(id_number="11010519491231002X")
    preview = office.done("secretary", "members", asked, preview="true")
    assert office.call("GET", "secretary", f"members/{asked['id']}").status_code == 404
    done = office.done("secretary", "members", asked)
    assert {**preview, "preview": False} == done
    assert done["member_name"] == asked["name"]
    again = office.call("POST", "secretary", "members", asked)
    assert (again.status_code, again.json()) == (200, done)
    other = office.call("POST", "secretary", "members", {**asked, "name": "王五"})
    assert other.json()["code"] == "id_used"


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"id_number": "110105194912310021"}, ["id_number_invalid"]),
        ({"profile": "长老"}, ["not_a_choice"]),
        ({"group": "XZ99", "phone": "12"}, ["unknown_reference", "phone_invalid"]),
        ({"entered_on": "2026-11-22"}, ["day_out_of_range"]),
        ({"entered_on": "2015-06-30"}, ["days_reversed"]),
    ],
)
def test_every_fault_is_told_as_the_import_tells_it(office: Office, cells: Json, codes: list[str]) -> None:
    answer = office.call("POST", "secretary", "members", row(**cells))
    assert answer.status_code == 422, answer.text
    assert {one["code"] for one in answer.json()["faults"]} == set(codes)


def test_a_branch_out_of_reach_is_not_there(office: Office) -> None:
    assert office.call("POST", "secretary", "members", row(branch="ZB02", group=None)).status_code == 404
    assert office.call("POST", "secretary", "members", row(branch="DW01", group=None)).status_code == 404


def test_who_belongs_is_transferred_and_who_left_may_come_back(office: Office) -> None:
    cells = AS_KNOWN
    assert office.call("POST", "secretary", "members", row(**cells)).json()["code"] == "belongs_already"
    assert office.left(ground="lost_contact", day="2026-11-10").status_code == 201
    done = office.done("secretary", "members", row(**cells))
    assert done["member_id"] == office.member(LIN)
    standing = office.desk.standing(LIN)
    assert standing["ranked"] is True
    past = office.call("GET", "secretary", f"members/{office.member(LIN)}/memberships").json()
    assert [one["until_on"] for one in past["memberships"]] == ["2026-11-10", None]
    assert office.duties(LIN)["ORG-D02 2026-12"] == ("expected", None)


@pytest.mark.parametrize("wrong", [{"name": "张三丰"}, {"joined_on": "2015-07-01"}])
@pytest.mark.parametrize("gone", [True, False])
def test_a_number_alone_takes_nobody_over_and_tells_nothing_of_them(office: Office, wrong: Json, gone: bool) -> None:
    if gone:
        assert office.left(ground="transferred_out", day="2026-11-10").status_code == 201
    office.town.appoint("next_door", Role.SECRETARY, office.town.neighbour_path)
    asked = row(**{**AS_KNOWN, "branch": "ZB02", "group": None, **wrong})
    for query in ({"preview": "true"}, {}):
        answer = office.call("POST", "next_door", "members", asked, **query)
        assert (answer.status_code, answer.json()["code"]) == (409, "number_held")
    path = f"members/{office.member(LIN)}/entries"
    assert office.call("GET", "next_door", path).status_code == 404
    assert office.now(LIN, "district_officer")["name"] == LIN


def test_the_dead_do_not_come_back_and_the_expelled_only_by_the_committee(office: Office) -> None:
    assert office.left(ground="expelled", day="2026-11-10").status_code == 201
    answer = office.call("POST", "secretary", "members", row(**AS_KNOWN))
    assert (answer.status_code, answer.json()["code"]) == (403, "return_decided_above")
    assert office.call("POST", "committee_officer", "members", row(**AS_KNOWN)).status_code == 201
    assert office.left(ground="died", day="2026-11-21").status_code == 201
    answer = office.call("POST", "district_officer", "members", row(**AS_KNOWN))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_return")
