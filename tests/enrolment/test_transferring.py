"""Transfers: who asks, who answers, what moves along and what stays with the branch of its day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.auth.core import Role
from app.kit.ids import new_id
from app.roster.tables import membership
from tests.enrolment.office import LIN, Office
from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]


@pytest.fixture
def office(desk: Desk) -> Office:
    """With a secretary next door."""
    desk.town.appoint("next_door", Role.SECRETARY, desk.town.neighbour_path)
    return Office(desk)


def spells(office: Office, name: str = LIN) -> list[tuple[object, ...]]:
    columns = membership.c
    statement = (
        select(columns.branch_id, columns.from_on, columns.until_on, columns.profile)
        .where(columns.district_id == office.town.district.id, columns.member_id == office.town.members[name])
        .order_by(columns.from_on)
    )
    rows = office.town.database.run(lambda c: c.execute(statement).all(), office.town.district.id)
    return [tuple(row) for row in rows]


def test_until_it_is_accepted_the_old_branch_answers_for_the_member(office: Office) -> None:
    before = spells(office)
    office.proposed()
    assert spells(office) == before
    assert office.now(LIN, "secretary")["branch_id"] == str(office.town.branch)
    assert office.call("GET", "next_door", f"members/{office.member(LIN)}").status_code == 404
    assert office.desk.recorded("secretary", office.town.missed(LIN))[0]["status"] == "posted"


def test_an_accepted_one_closes_the_membership_and_opens_another(office: Office) -> None:
    today = office.town.actor().today
    moved = office.transferred()
    assert moved["state"] == "accepted"
    assert moved["moved_on"] == today.isoformat()
    (old, new) = spells(office)
    assert old[:3] == (office.town.branch, old[1], today - timedelta(days=1))
    # Next door has no groups, so that the class is the branch's without groups.
    assert new == (office.town.neighbour, today, None, "no-groups")
    assert office.desk.standing(LIN)["branch_id"] == str(office.town.neighbour)


def test_an_entry_stays_with_the_branch_of_its_day_and_the_old_one_reads_its_own(office: Office) -> None:
    office.desk.recorded("secretary", office.town.missed(LIN))
    office.transferred()
    office.desk.recorded("next_door", office.town.fact(LIN, "SRV-D02", units=2, effective_on="2026-11-21"))
    path = f"members/{office.member(LIN)}"

    def seen(login: str) -> list[str]:
        return [one["item"] for one in office.call("GET", login, f"{path}/entries").json()["entries"]]

    assert seen("next_door") == seen("district_officer") == ["OPENING", "ORG-D02", "SRV-D02"]
    assert seen("secretary") == ["OPENING", "ORG-D02"]
    assert {one["branch_id"] for one in office.call("GET", "secretary", f"{path}/entries").json()["entries"]} == {
        str(office.town.branch)
    }
    for part in ("standing", "explanation"):
        assert office.call("GET", "secretary", f"{path}/{part}").status_code == 404
        assert office.call("GET", "next_door", f"{path}/{part}").status_code == 200


def test_what_is_open_goes_to_the_reviewers_of_the_new_branch(office: Office) -> None:
    praise = office.town.praise(LIN)
    office.desk.recorded("group_leader", praise)
    entry = office.town.missed(LIN)
    office.desk.recorded("committee_officer", entry)
    appeal = {"id": str(new_id()), "text": "当天在场"}
    office.done(LIN, f"entries/{entry['id']}/appeals", appeal)
    result = office.transferred()["result"]
    assert result["handed_on"] == 2
    assert "review_asked" in office.kinds("next_door")
    assert "appeal_asked" in office.kinds("next_door")
    assert office.desk.decide("secretary", praise["id"]).status_code == 404
    assert office.desk.decide("next_door", praise["id"]).status_code == 200
    body = {"outcome": "upheld", "answer": "属实"}
    assert office.call("POST", "secretary", f"appeals/{appeal['id']}/decision", body).status_code == 404
    assert office.call("POST", "next_door", f"appeals/{appeal['id']}/decision", body).status_code == 200
    branches = {one["item"]: one["branch_id"] for one in office.desk.entries(LIN)}
    assert branches["EXC-A01"] == str(office.town.branch)


def test_the_member_and_both_secretaries_are_told_each_step_once(office: Office) -> None:
    office.transferred()
    assert office.kinds(LIN) == ["transfer_asked", "transfer_answered"]
    assert office.kinds("secretary") == ["transfer_answered"]  # who asked knows
    assert office.kinds("next_door") == ["transfer_asked"]
    assert "已接收" in office.told(LIN)[1]["text"]


def test_offices_of_the_old_branch_end_and_the_member_goes_along(office: Office) -> None:
    town = office.town
    town.appoint(LIN, Role.GROUP_LEADER, town.path(town.committee, town.branch, town.group))
    assert office.transferred()["result"]["offices_ended"] == 1
    assert office.desk.faults(LIN, town.missed("陈建国"))[0]["code"] == "not_a_member_then"  # out of reach
    assert office.call("GET", LIN, f"members/{office.member(LIN)}/standing").status_code == 200
    board = f"boards/branches/{town.neighbour}"
    assert office.call("GET", LIN, board).status_code == 200


def test_the_other_side_answers_and_never_who_asked(office: Office) -> None:
    first = office.proposed()
    assert office.accept("secretary", first).json()["code"] == "not_your_answer"
    assert office.call("POST", "next_door", f"transfers/{first}/withdrawal", {}).json()["code"] == "not_your_proposal"
    refused = office.done("next_door", f"transfers/{first}/refusal", {"reason": "住址不在本辖区"})
    assert (refused["state"], refused["result"]) == ("declined", None)
    by_number = {**office.wish(), "member_id": None, "number": "N0000"}
    assert office.call("POST", "next_door", "transfers", by_number).status_code == 404  # numbers can be guessed
    second = office.done("next_door", "transfers", {**by_number, "name": LIN})
    assert second["asked_by"] == "new"
    assert office.accept("next_door", second["id"]).json()["code"] == "not_your_answer"
    assert office.accept("secretary", second["id"]).json()["state"] == "accepted"


def test_who_stands_above_both_answers_what_another_asked(office: Office) -> None:
    own = office.proposed("committee_officer")
    assert office.accept("committee_officer", own).json()["code"] == "not_your_answer"
    assert office.accept("district_officer", own).status_code == 200


def test_nobody_answers_for_themselves(office: Office) -> None:
    town = office.town
    town.appoint(LIN, Role.SECRETARY, town.neighbour_path)
    transfer = office.proposed()
    assert office.accept(LIN, transfer).json()["code"] == "own_membership"
    assert office.call("POST", LIN, "transfers", office.wish()).json()["code"] == "own_membership"


def test_a_retry_is_known_and_other_content_is_refused(office: Office) -> None:
    wish = office.wish()
    first = office.call("POST", "secretary", "transfers", wish)
    again = office.call("POST", "secretary", "transfers", wish)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == first.json()
    assert office.call("POST", "secretary", "transfers", {**wish, "reason": "其他"}).json()["code"] == "id_used"
    accepted = office.accept("next_door", wish["id"], seen=1)
    repeated = office.accept("next_door", wish["id"], seen=1)
    assert repeated.json() == accepted.json()
    assert repeated.headers["Idempotent-Replay"] == "true"
    assert office.kinds(LIN).count("transfer_answered") == 1
    late = office.call("POST", "secretary", f"transfers/{wish['id']}/withdrawal", {})
    assert late.json()["code"] == "transfer_answered"


def test_a_version_that_was_not_seen_is_not_answered(office: Office) -> None:
    assert office.accept("next_door", office.proposed(), seen=2).json()["code"] == "transfer_moved"


def test_a_preview_equals_the_commit_and_leaves_nothing(office: Office) -> None:
    transfer = office.proposed()
    before = spells(office)
    preview = office.accept("next_door", transfer, preview=True).json()
    assert spells(office) == before
    done = office.accept("next_door", transfer).json()
    assert {**preview, "preview": False} == done


def test_one_transfer_at_a_time_and_not_where_the_member_is(office: Office) -> None:
    open_one = office.proposed()
    again = office.call("POST", "secretary", "transfers", office.wish())
    assert again.json()["code"] == "transfer_open"
    office.done("secretary", f"transfers/{open_one}/withdrawal", {})
    same = office.call("POST", "secretary", "transfers", office.wish(to=office.town.branch))
    assert same.json()["code"] == "same_branch"
    office.transferred()
    back = office.proposed("next_door", to=office.town.branch)
    assert office.accept("secretary", back).json()["code"] == "changed_same_day"


def test_out_of_the_district_the_committee_confirms_the_receipt_and_the_books_are_closed(office: Office) -> None:
    transfer = office.proposed(destination="某市某区某街道党工委")
    assert office.accept("next_door", transfer).status_code == 404
    assert office.accept("secretary", transfer).json()["code"] == "not_your_answer"
    gone = office.accept("committee_officer", transfer).json()
    assert gone["state"] == "accepted"
    standing = office.desk.standing(LIN)
    assert standing["ranked"] is False
    assert standing["total"] == 1000
    assert office.now(LIN, "secretary")["until_on"] == office.town.actor().today.isoformat()


def test_a_class_that_the_new_branch_does_not_have_is_named(office: Office) -> None:
    answer = office.accept("next_door", office.proposed(), profile="长老")
    assert answer.json()["code"] == "unknown_class"
    transfer = office.proposed(name="陈建国")
    group = office.accept("next_door", transfer, group_id=str(office.town.group))
    assert group.json()["code"] == "group_elsewhere"
    moved = office.accept("next_door", transfer, profile="预备党员")
    assert moved.status_code == 200
    assert office.now("陈建国")["profile"] == "probationary+no-groups"


def test_the_list_shows_what_comes_and_goes_page_by_page(office: Office) -> None:
    made = []
    for name in (LIN, "陈建国"):
        made.append(office.proposed(name=name))
        office.town.clock.moment += timedelta(seconds=1)
    for login in ("secretary", "next_door", "committee_officer", "auditor"):
        page = office.call("GET", login, "transfers", limit=1).json()
        rest = office.call("GET", login, "transfers", limit=1, cursor=page["next"]).json()
        assert [one["id"] for one in (*page["transfers"], *rest["transfers"])] == made[::-1]
        assert rest["next"] is None
    own = office.call("GET", LIN, "transfers").json()["transfers"]
    assert [one["id"] for one in own] == made[:1]
