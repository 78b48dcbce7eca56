"""Two at once, on real connections: a transfer against a posting, another transfer, its own withdrawal, and a seal."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.auth.core import Role
from app.cycles.tables import quarter
from app.kit.ids import new_id
from app.points import service as points
from app.points import settling
from app.points.gathering import Background
from app.points.ledger import Posting, Source
from app.points.tables import entry
from tests.enrolment.office import LIN, Office
from tests.submissions.test_retries import at_once
from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]
CHEN = "陈建国"
ROUNDS = 3


@pytest.fixture
def office(desk: Desk) -> Office:
    desk.town.appoint("next_door", Role.SECRETARY, desk.town.neighbour_path)
    office = Office(desk)
    for login in ("secretary", "next_door", "committee_officer", "district_officer"):
        desk.headers(login)
    return office


def test_a_posting_that_read_the_roster_before_a_transfer_does_not_bring_the_member_back(office: Office) -> None:
    """Between reading the roster and holding the standing somebody else may move the member."""
    transfer = office.proposed()

    def work(connection: Any, actor: Any) -> None:
        background = Background.read(connection, actor, [office.town.members[LIN]])
        assert office.accept("next_door", transfer).status_code == 200
        posting = Posting(
            id=new_id(), member_id=office.town.members[LIN], item="SRV-D02", effective_on=date(2026, 11, 5), units=2,
            source=Source.RECORD, recorded_by=None,
        )  # fmt: skip
        points.post(connection, actor, [posting], background=background)

    office.town.run(work)
    assert office.desk.standing(LIN)["branch_id"] == str(office.town.neighbour)
    assert [one["branch_id"] for one in office.desk.entries(LIN)][-1] == str(office.town.branch)


def test_a_transfer_racing_postings_loses_none_and_numbers_them_without_gaps(office: Office) -> None:
    transfer = office.proposed()
    facts = [office.town.fact(LIN, "SRV-D02", units=1) for _ in range(ROUNDS)]
    calls = [partial(office.desk.record, "district_officer", fact) for fact in facts]
    answers = at_once(partial(office.accept, "next_door", transfer), *calls)
    assert sorted(one.status_code for one in answers) == [200, *[201] * ROUNDS]
    entries = office.desk.entries(LIN)
    assert [one["seq"] for one in entries] == list(range(1, 2 + ROUNDS))
    assert {one["branch_id"] for one in entries} == {str(office.town.branch)}
    assert office.desk.standing(LIN)["branch_id"] == str(office.town.neighbour)


def test_of_two_transfers_at_once_one_is_proposed(office: Office) -> None:
    for name in (LIN, CHEN):
        both = [
            partial(office.call, "POST", login, "transfers", office.wish(name)) for login in ("secretary", "next_door")
        ]
        answers = at_once(*both)
        assert sorted(one.status_code for one in answers) == [201, 409]
        assert {one.json().get("code") for one in answers} == {None, "transfer_open"}


def test_the_same_proposal_sent_twice_at_once_is_one(office: Office) -> None:
    wish = office.wish()
    answers = at_once(*[partial(office.call, "POST", "secretary", "transfers", wish)] * 3)
    assert sorted(one.status_code for one in answers) == [200, 200, 201]


def test_an_acceptance_racing_a_withdrawal_leaves_one_of_them(office: Office) -> None:
    for name in (LIN, CHEN):
        transfer = office.proposed(name=name)
        withdrawal = partial(office.call, "POST", "secretary", f"transfers/{transfer}/withdrawal", {})
        answers = at_once(partial(office.accept, "next_door", transfer), withdrawal)
        assert sorted(one.status_code for one in answers) == [200, 409]
        accepted = office.call("GET", "secretary", f"transfers/{transfer}").json()["state"] == "accepted"
        assert (office.now(name)["branch_id"] == str(office.town.neighbour)) == accepted


def test_a_transfer_racing_a_decision_books_once_and_neither_waits_for_ever(office: Office) -> None:
    for name in (LIN, CHEN):
        praise = office.town.praise(name)
        office.desk.recorded("group_leader", praise)
        transfer = office.proposed(name=name)
        answers = at_once(
            partial(office.accept, "next_door", transfer),
            partial(office.desk.decide, "committee_officer", praise["id"]),
        )
        assert [one.status_code for one in answers] == [200, 200]
        praised = [one for one in office.desk.entries(name) if one["item"] == "EXC-A01"]
        assert [one["branch_id"] for one in praised] == [str(office.town.branch)]
        assert office.desk.standing(name)["branch_id"] == str(office.town.neighbour)


def test_a_merger_racing_postings_and_a_decision_takes_everybody_over_and_loses_nothing(office: Office) -> None:
    town = office.town
    praise = town.praise(CHEN)
    office.desk.recorded("group_leader", praise)
    merger = {"id": str(new_id()), "reference": "党发〔2026〕5号", "into_id": str(town.neighbour)}
    answers = at_once(
        partial(office.call, "POST", "committee_officer", f"branches/{town.branch}/merger", merger),
        partial(office.desk.record, "district_officer", town.fact(LIN, "SRV-D02", units=1)),
        partial(office.desk.decide, "district_officer", praise["id"]),
    )
    assert sorted(one.status_code for one in answers) == [200, 201, 201], [one.text for one in answers]
    for name, item in ((LIN, "SRV-D02"), (CHEN, "EXC-A01")):
        entries = office.desk.entries(name)
        assert [(one["seq"], one["item"]) for one in entries] == [(1, "OPENING"), (2, item)]
        assert {one["branch_id"] for one in entries} == {str(town.branch)}, "of the day of the matter"
        assert office.desk.standing(name)["branch_id"] == office.now(name)["branch_id"] == str(town.neighbour)


def test_what_a_change_gives_back_is_booked_before_a_seal_or_in_the_next_quarter(office: Office) -> None:
    town = office.town
    town.run(lambda c, a: settling.settle(c, a, "2026Q3"))
    own = (entry.c.district_id == town.district.id, entry.c.member_id == town.members[LIN])

    def booked(connection: Any) -> int:
        statement = select(func.count()).select_from(entry).where(*own, entry.c.booked_in <= "2026Q3")
        found: int = connection.execute(statement).scalar_one()
        return found

    def seal() -> int:
        """As a seal does: the state first, and what is booked by then is what it freezes."""

        def work(connection: Any, _: Any) -> int:
            one = update(quarter).where(quarter.c.district_id == town.district.id, quarter.c.code <= "2026Q3")
            connection.execute(one.values(state="sealed"))
            return booked(connection)

        frozen: int = town.run(work)
        return frozen

    def exempting() -> Any:
        body = {"id": str(new_id()), "ground": "illness", "from_on": "2026-07-01"}
        return office.call("POST", "committee_officer", f"members/{office.member(LIN)}/exemptions", body)

    frozen, answer = sorted(at_once(seal, exempting), key=lambda one: not isinstance(one, int))
    assert answer.status_code == 201, answer.text
    assert answer.json()["result"]["reversed"] > 0
    assert town.database.run(booked, town.district.id) == frozen


def test_a_transfer_racing_a_seal_waits_for_it_or_goes_first_and_books_nothing_behind_it(office: Office) -> None:
    town = office.town
    transfer = office.proposed()

    def seal() -> Any:
        one = update(quarter).where(quarter.c.district_id == town.district.id, quarter.c.code <= "2026Q3")
        return town.run(lambda connection, _: connection.execute(one.values(state="sealed")).rowcount)

    before = office.desk.entries(LIN)
    answers = at_once(seal, partial(office.accept, "next_door", transfer))
    assert {one if isinstance(one, int) else one.status_code for one in answers} == {3, 200}
    assert office.desk.entries(LIN) == before
    assert office.desk.standing(LIN)["branch_id"] == str(town.neighbour)


def test_a_transfer_racing_the_end_of_the_membership_leaves_no_membership_open_by_mistake(office: Office) -> None:
    transfer = office.proposed()
    leaving = {"id": str(new_id()), "ground": "died", "left_on": "2026-11-20"}
    answers = at_once(
        partial(office.accept, "next_door", transfer),
        partial(office.call, "POST", "committee_officer", f"members/{office.member(LIN)}/leaving", leaving),
    )
    codes = sorted(one.status_code for one in answers)
    assert codes in ([200, 422], [201, 409])  # moved today, so gone yesterday is too early; or gone, so not moved
    past = office.call("GET", "district_officer", f"members/{office.member(LIN)}/memberships").json()
    assert [one["until_on"] for one in past["memberships"]] in (["2026-11-20", None], ["2026-11-20"])
