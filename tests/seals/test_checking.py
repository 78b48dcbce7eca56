"""The quarter's check: who confirms what, in bulk; what is refused is reversed; and what is left climbs."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.auth.core import Role
from app.kit.ids import new_id
from app.points.tables import duty
from tests.seals.conftest import Q3, Office

MEMBER, COLLEAGUE = "林晓明", "陈建国"


def code(answer: object) -> tuple[int, str]:
    found = answer.json()  # type: ignore[attr-defined]
    return answer.status_code, found["faults"][0]["code"] if found.get("faults") else found["code"]  # type: ignore[attr-defined]


def duty_states(office: Office, item: str) -> list[str]:
    """Of the member's duty of the third quarter."""
    town = office.desk.town
    mine = (duty.c.district_id == town.district.id, duty.c.member_id == town.members[MEMBER])
    statement = select(duty.c.state).where(*mine, duty.c.item == item, duty.c.window == Q3)
    found: list[str] = town.run(lambda connection, _: list(connection.execute(statement).scalars()))
    return found


def test_one_request_confirms_all_of_a_branch_and_again_changes_nothing(office: Office) -> None:
    office.recorded(MEMBER, "ORG-D01")
    office.recorded(COLLEAGUE, "ORG-D01", outcome="kept")
    assert set(office.waiting("secretary").values()) == {True}
    done = office.confirmed("secretary")
    assert (done["confirmed"], done["left"], done["stage"], done["asked"]) == (2, 0, "recording", [])
    assert office.confirmed("secretary")["confirmed"] == 0
    assert office.waiting("secretary") == {}


def test_named_ones_alone_are_confirmed(office: Office) -> None:
    first, second = (office.recorded(MEMBER, item) for item in ("ORG-D01", "ORG-D04"))
    done = office.confirmed("secretary", first)
    assert (done["confirmed"], done["left"], done["stage"]) == (1, 1, "recording")
    assert list(office.waiting("secretary")) == [second]
    # Sent again it is no fault; what is unknown is, and then nothing of the request is done.
    assert office.confirmed("secretary", first)["confirmed"] == 0
    assert code(office.confirm("secretary", second, str(new_id()))) == (404, "not_in_check")
    assert list(office.waiting("secretary")) == [second]


def test_nobody_confirms_what_they_recorded(office: Office) -> None:
    own = office.recorded(MEMBER, "ORG-D01", "secretary")
    assert office.waiting("secretary") == {own: False}
    done = office.confirmed("secretary")
    assert (done["confirmed"], done["left"], done["stage"]) == (0, 1, "recording")
    assert (done["recorded_by_you"], done["about_you"], done["for_other_reviewers"]) == (1, 0, 0)
    assert len(done["asked"]) == 1, "who confirms it instead"
    assert code(office.confirm("secretary", own)) == (403, "not_your_check")
    assert office.confirmed("committee_officer")["left"] == 0


def test_nobody_confirms_or_refuses_what_is_about_themselves(office: Office) -> None:
    town = office.desk.town
    town.appoint(MEMBER, Role.SECRETARY, town.branch_path)
    entry = office.recorded(MEMBER, "ORG-D01")
    office.desk.forget()
    assert office.waiting(MEMBER) == {entry: False}
    done = office.confirmed(MEMBER)
    assert (done["confirmed"], done["about_you"]) == (0, 1)
    assert code(office.refuse(MEMBER, entry)) == (403, "own_row")


def test_an_item_is_confirmed_by_its_reviewer_or_who_stands_in_from_above(office: Office) -> None:
    own = office.recorded(MEMBER, "ORG-D03", "group_leader")  # reviewed by the organisation commissioner
    above = office.recorded(MEMBER, "ORG-D01", "committee_officer")
    assert office.waiting("organisation_commissioner") == {own: True, above: False}
    assert office.waiting("discipline_commissioner") == {own: False, above: False}
    done = office.confirmed("discipline_commissioner")
    assert (done["confirmed"], done["for_other_reviewers"]) == (0, 2)
    assert done["asked"]
    assert office.confirmed("organisation_commissioner")["left"] == 1
    assert office.confirmed("secretary")["left"] == 0


def test_a_stranger_to_the_branch_finds_nothing(office: Office) -> None:
    entry = office.recorded("周美玲", "ORG-D01", "committee_officer")
    assert office.confirm("secretary", branch="neighbour").status_code == 404
    assert office.refuse("secretary", entry).status_code == 404
    assert office.confirm("group_leader").status_code == 403
    assert office.call("GET", "group_leader", office.check_path()).status_code == 403


def test_a_refusal_is_a_reversal_with_its_reason_and_the_member_is_told(office: Office) -> None:
    entry, sent = office.recorded(MEMBER, "ORG-D01"), str(new_id())
    before = office.desk.total(MEMBER)
    answer = office.refuse("secretary", entry, sent=sent)
    assert answer.status_code == 201, answer.text
    (reversal,) = answer.json()["entries"]
    assert (reversal["reverses"], reversal["source"], reversal["booked_in"]) == (entry, "check", Q3)
    assert office.desk.total(MEMBER) > before
    assert office.waiting("secretary") == {}
    assert "没有签到记录" in dict(office.messages(MEMBER))["entry_reversed"]
    again = office.refuse("secretary", entry, sent=sent)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert code(office.refuse("secretary", entry)) == (409, "reversed_already")


def test_a_loss_that_is_refused_is_not_taken_again_at_once(office: Office) -> None:
    """Dues of which nobody says anything are lost; but somebody has, and was refused: nobody is asked for them again,
    neither at once nor when a later quarter is settled.
    """
    entry = office.recorded(MEMBER, "ORG-D07")
    office.live(date(2026, 10, 11))
    assert office.refuse("secretary", entry).status_code == 201

    def of_the_quarter() -> list[int]:
        found = [one for one in office.desk.entries(MEMBER) if (one["item"], one["window"]) == ("ORG-D07", Q3)]
        return [one["points"] for one in found]

    assert of_the_quarter() == [-5, 5]
    assert duty_states(office, "ORG-D07") == ["waived"]
    office.run("settle", "2026Q3")
    assert of_the_quarter() == [-5, 5]


def test_a_loss_that_is_refused_while_its_quarter_records_is_asked_again(office: Office) -> None:
    entry = office.recorded(MEMBER, "ORG-D07")
    assert office.refuse("secretary", entry).status_code == 201
    assert duty_states(office, "ORG-D07") == ["expected"]


def test_what_is_confirmed_is_not_refused_and_what_is_no_routine_is_not_checked(office: Office) -> None:
    entry = office.recorded(MEMBER, "ORG-D01")
    office.confirmed("secretary")
    assert code(office.refuse("secretary", entry)) == (409, "checked_already")
    fact = office.desk.town.praise(COLLEAGUE, effective_on="2026-09-05")
    office.desk.posted("secretary", fact, "committee_officer")
    assert office.waiting("secretary") == {}
    assert code(office.refuse("committee_officer", fact["id"])) == (409, "not_for_check")


def test_after_the_fifteenth_it_is_the_committees_and_a_refusal_still_counts_in_its_quarter(office: Office) -> None:
    entry, other = office.recorded(MEMBER, "ORG-D01"), office.recorded(COLLEAGUE, "ORG-D01")
    office.live(date(2026, 10, 11))
    assert office.branch()["stage"] == "checking"
    assert office.branch()["asked"] == ["secretary"]
    office.live(date(2026, 10, 16))
    assert (office.branch()["stage"], office.branch()["left"]) == ("late", 2)
    assert office.branch()["asked"] == ["committee_officer"]
    assert code(office.confirm("secretary")) == (403, "check_passed_up")
    assert code(office.refuse("secretary", entry)) == (403, "check_passed_up")
    refused = office.refuse("committee_officer", entry)
    assert refused.status_code == 201, refused.text
    assert refused.json()["entries"][0]["booked_in"] == Q3
    assert office.confirmed("committee_officer", other)["stage"] == "ready"


def test_who_must_confirm_is_told_and_what_is_late_climbs(office: Office) -> None:
    office.recorded(MEMBER, "ORG-D01")
    office.live(date(2026, 10, 11))
    office.live(date(2026, 10, 12))
    assert office.kinds("secretary") == ["check_asked"]
    assert "check_asked" not in office.kinds("committee_officer")
    office.live(date(2026, 10, 14))
    assert office.kinds("secretary") == ["check_asked", "deadline_near"]
    office.live(date(2026, 10, 16))
    assert office.kinds("secretary")[-1] == "deadline_passed"
    assert office.kinds("committee_officer").count("check_asked") == 1
    office.live(date(2026, 10, 20))
    assert "deadline_passed" not in office.kinds("district_officer")
    office.live(date(2026, 10, 26))
    assert office.kinds("district_officer").count("deadline_passed") == 1
    assert office.kinds("committee_officer").count("deadline_passed") == 1


def test_the_list_pages_and_says_of_whom_too_little_is_decided(office: Office) -> None:
    entries = [office.recorded(MEMBER, item) for item in ("ORG-D01", "ORG-D04", "ORG-D07")]
    first = office.call("GET", "secretary", office.check_path(), limit=2).json()
    assert len(first["rows"]) == 2
    rest = office.call("GET", "secretary", office.check_path(), limit=2, cursor=first["following"]).json()
    assert {one["entry"]["id"] for one in first["rows"] + rest["rows"]} == set(entries)
    assert rest["following"] is None
    assert {one["name"] for one in first["insufficient"]} == {MEMBER, COLLEAGUE}


@pytest.mark.parametrize("body", [{"entries": []}, {"all": True}])
def test_a_request_that_says_nothing_clear_is_refused(office: Office, body: dict[str, object]) -> None:
    assert office.call("POST", "secretary", office.check_path(), body).status_code == 422
