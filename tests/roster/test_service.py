"""A caller sees the members in reach, and nobody else exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.roster import enrolling
from app.roster import service as roster
from app.roster.core import MemberView, RosterChanges
from tests.enrolment.conftest import small_roster
from tests.roster.conftest import CIPHER, Place, settle


def get(place: Place, actor: Actor, number: str, permission: Permission = Permission.ROSTER_READ) -> MemberView:
    return place.people.database.run(
        lambda connection: roster.get_member_for(connection, actor, place.members[number].id, permission),
        place.district_id,
    )


def page(place: Place, actor: Actor, **asked: object) -> list[str]:
    found = place.people.database.run(
        lambda connection: roster.page_members(connection, actor, **asked),  # type: ignore[arg-type]
        place.district_id,
    )
    return [one.number for one in found.members]


def test_a_secretary_sees_the_own_branch_only(place: Place) -> None:
    secretary = place.holding(Role.SECRETARY, "B1")
    assert page(place, secretary) == ["M1", "M3"]
    assert get(place, secretary, "M1").name == "单䶮"
    with pytest.raises(NotFound):
        get(place, secretary, "M2")


def test_a_group_leader_sees_the_own_group_only(place: Place) -> None:
    assert page(place, place.holding(Role.GROUP_LEADER, "B1-G1")) == ["M1"]


def test_a_committee_and_a_district_reach_below_themselves(place: Place) -> None:
    assert page(place, place.holding(Role.COMMITTEE_OFFICER, "C1")) == ["M1", "M2", "M3"]
    assert page(place, place.holding(Role.DISTRICT_OFFICER)) == ["M1", "M2", "M3"]
    assert page(place, place.service) == ["M1", "M2", "M3"]


def test_a_stranger_sees_no_member(place: Place, elsewhere: Place) -> None:
    stranger = replace(elsewhere.holding(Role.DISTRICT_OFFICER), district_id=elsewhere.district_id)
    with pytest.raises(NotFound):
        elsewhere.people.database.run(
            lambda connection: roster.get_member_for(
                connection, stranger, place.members["M1"].id, Permission.ROSTER_READ
            ),
            elsewhere.district_id,
        )
    assert page(place, place.holding(Role.HR, "B1")) == []


def test_a_member_reads_the_own_record_where_that_is_granted(place: Place) -> None:
    own = place.members["M1"]
    actor = replace(place.service, account_id=own.account_id)
    assert get(place, actor, "M1", Permission.STANDING_READ).id == own.id
    with pytest.raises(NotFound):
        get(place, actor, "M1", Permission.ROSTER_READ)
    with pytest.raises(NotFound):
        get(place, actor, "M2", Permission.STANDING_READ)
    found = place.people.database.run(lambda connection: roster.own_member(connection, actor), place.district_id)
    assert found is not None
    assert found.number == "M1"


def test_an_account_that_is_no_members_has_no_own_record(place: Place) -> None:
    for actor in (place.service, replace(place.service, account_id=new_id())):
        found = place.people.database.run(
            lambda connection, who=actor: roster.own_member(connection, who),  # type: ignore[misc]
            place.district_id,
        )
        assert found is None


@pytest.mark.parametrize(
    ("sought", "found"),
    [("芳", ["M2"]), ("wangf", ["M2"]), ("WF", ["M2"]), ("shan yan", ["M1"]), ("dan", ["M1"]), ("M3", ["M3"]),
     ("%", []), ("fang", []), ("李娜", ["M3"]), ("'", [])],
)  # fmt: skip
def test_members_are_found_by_name_reading_and_number(place: Place, sought: str, found: list[str]) -> None:
    assert page(place, place.service, sought=sought) == found


def test_pages_follow_one_another_without_gap_or_repetition(place: Place) -> None:
    first = place.people.database.run(
        lambda connection: roster.page_members(connection, place.service, count_max=2), place.district_id
    )
    assert [one.number for one in first.members] == ["M1", "M2"]
    assert page(place, place.service, count_max=2, after=first.following) == ["M3"]
    assert page(place, place.service, branch_id=place.organisations["B2"].id) == ["M2"]


def test_a_move_is_seen_from_both_sides_on_its_day(place: Place) -> None:
    moved = small_roster()
    moved["member"][0].update(branch="B2", group=None, entered_on=date(2026, 11, 2))
    after = settle(place.people, moved)
    old, new = after.holding(Role.SECRETARY, "B1"), after.holding(Role.SECRETARY, "B2")
    assert get(after, new, "M1").from_on == date(2026, 11, 2)
    with pytest.raises(NotFound):
        get(after, old, "M1")
    the_day_before = replace(old, today=date(2026, 11, 1))
    assert get(after, the_day_before, "M1").until_on == date(2026, 11, 1)


def test_who_left_is_still_read_where_they_were_last(place: Place) -> None:
    def leave(connection: Connection) -> None:
        known = enrolling.hold_roster(connection, place.service).members[0]
        last = known.last_membership
        assert last is not None
        changes = RosterChanges(memberships_closed=((last.id, date(2026, 10, 31)),))
        enrolling.write_changes(connection, place.service, CIPHER, changes)

    place.people.database.run(leave, place.district_id)
    secretary = place.holding(Role.SECRETARY, "B1")
    assert get(place, secretary, "M1").until_on == date(2026, 10, 31)
    assert page(place, secretary) == ["M3"]


def test_where_members_belonged_is_asked_for_a_day(place: Place) -> None:
    ids = [one.id for one in place.members.values()]
    entered = place.members["M1"].from_on

    def on(day: date) -> dict[str, str]:
        found = place.people.database.run(
            lambda connection: roster.members_on(connection, place.district_id, [*ids, new_id()], day),
            place.district_id,
        )
        return {one.number: one.profile for one in found.values()}

    assert on(entered - timedelta(days=1)) == {}
    assert on(entered) == {"M1": "standard", "M2": "no-groups", "M3": "floating"}
    assert on(date(2026, 7, 1))["M3"] == "exempt"


def test_members_under_a_path_are_those_of_that_day(place: Place) -> None:
    def under(code: str) -> list[str]:
        path = place.organisations[code].path
        found = place.people.database.run(
            lambda connection: roster.members_under(connection, place.district_id, path, place.service.today),
            place.district_id,
        )
        return [one.number for one in found]

    assert under("B1") == ["M1", "M3"]
    assert under("B1-G2") == ["M3"]
    assert under("C1") == ["M1", "M2", "M3"]


def test_an_organisation_out_of_reach_does_not_exist(place: Place) -> None:
    secretary = place.holding(Role.SECRETARY, "B1")

    def get_organisation(code: str) -> str:
        return place.people.database.run(
            lambda connection: roster.get_organisation_for(
                connection, secretary, place.organisations[code].id, Permission.ROSTER_READ
            ),
            place.district_id,
        ).code

    assert get_organisation("B1") == "B1"
    assert get_organisation("B1-G1") == "B1-G1"
    for code in ("B2", "C1"):
        with pytest.raises(NotFound):
            get_organisation(code)
    reached = place.people.database.run(
        lambda connection: roster.organisations_for(connection, secretary, Permission.ROSTER_READ), place.district_id
    )
    assert [one.code for one in reached] == ["B1", "B1-G1", "B1-G2"]
