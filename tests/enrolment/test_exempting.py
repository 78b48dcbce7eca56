"""Exemptions and classes: what is due follows the dated facts, also those that were told late."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.auth.core import Role
from app.cases import service as cases
from app.kit.ids import new_id
from app.points import ranking, settling
from app.points.tables import standing as standing_table
from tests.activities.meetings import Clerk
from tests.enrolment.office import LIN, Office
from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]
CHEN = "陈建国"


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def settle(office: Office, *quarters: str) -> None:
    for quarter in quarters:
        office.town.run(lambda c, a, quarter=quarter: settling.settle(c, a, quarter))


def profile(office: Office, name: str, quarter: str = "2026Q4") -> str:
    """The class by whose rules a member's quarter is judged."""
    columns = standing_table.c
    chosen = select(columns.regimes).where(
        columns.district_id == office.town.district.id, columns.member_id == office.town.members[name]
    )
    regimes = office.town.run(lambda connection, _: connection.execute(chosen).scalar_one())
    found: str = regimes[quarter][1]
    return found


def test_a_back_dated_exemption_gives_back_what_the_job_had_taken_since_its_first_day(office: Office) -> None:
    settle(office, "2026Q1", "2026Q2", "2026Q3")
    taken = [one for one in office.desk.entries(LIN) if one["points"] < 0]
    since = [one for one in taken if one["effective_on"] >= "2026-07-01"]
    assert since
    assert len(taken) > len(since)
    before = office.desk.total(LIN)
    done = office.exempted()
    undone = [one for one in taken if one["id"] in {entry["reverses"] for entry in office.desk.entries(LIN)}]
    assert len(undone) == done["result"]["reversed"]
    # Of before only what the half-year took provisionally for the year, which is not asked for any more.
    provisional = [one for one in undone if one not in since]
    assert {one["effective_on"] for one in provisional} == {"2026-06-30"}
    assert {one["item"] for one in provisional} <= {"ORG-D08", "SRV-D02"}
    assert [one for one in since if one not in undone] == []
    assert office.desk.total(LIN) == before - sum(one["points"] for one in undone)
    assert done["result"]["effects"][0]["total"] == office.desk.total(LIN)
    late = {key: state for key, state in office.duties(LIN).items() if state[0] != "waived"}
    assert not [key for key in late if key.endswith(("07", "08", "09", "10", "11", "12", "Q3", "Q4"))]
    # The job finds nothing left to take.
    before = office.desk.total(LIN)
    settle(office, "2026Q3")
    assert office.desk.total(LIN) == before


def test_what_is_taken_and_given_back_is_what_would_have_been_had_it_been_known(office: Office) -> None:
    office.exempted(CHEN)
    settle(office, "2026Q1", "2026Q2", "2026Q3")
    settle_later = office.desk.total(CHEN)
    office.exempted(LIN)
    assert office.desk.total(LIN) == settle_later
    known = {key: state for key, (state, _) in office.duties(CHEN).items()}
    assert {key: state for key, (state, _) in office.duties(LIN).items()} == known


def test_an_exemption_within_a_quarter_spares_what_falls_due_after_its_first_day(office: Office) -> None:
    office.exempted(since="2026-11-10")
    duties = office.duties(LIN)
    assert duties["ORG-D02 2026-10"][0] == "expected"
    assert duties["ORG-D02 2026-11"] == duties["ORG-D02 2026-12"] == ("waived", "roster")
    assert office.desk.standing(LIN)["ranked"] is False, "exempt today"
    assert profile(office, LIN) == "standard", "the quarter is not exempt for a part of it"


def test_a_day_does_not_free_a_quarter_and_all_of_its_days_do(office: Office) -> None:
    office.exempted(since="2026-10-01", until_on="2026-10-01")
    office.exempted(CHEN, since="2026-10-01", until_on="2026-12-31")
    assert profile(office, LIN) == "standard"
    assert profile(office, CHEN) == "exempt"
    assert office.duties(LIN)["ORG-D02 2026-10"][0] == "expected"
    assert "expected" not in {state for key, (state, _) in office.duties(CHEN).items() if "2026-1" in key}


def test_an_exemption_that_ends_within_its_quarter_gives_the_quarter_its_duties(office: Office) -> None:
    """Those that fell due on its days are waived, and come back with a day taken away; rankings go by the day."""
    made = office.exempted(since="2026-10-01")
    assert profile(office, LIN) == "exempt"
    end = {"id": str(new_id()), "until_on": "2026-11-10"}
    office.done("committee_officer", f"exemptions/{made['id']}/end", end)
    assert profile(office, LIN) == "standard"
    duties = office.duties(LIN)
    assert duties["ORG-D02 2026-10"] == ("waived", "roster")
    assert duties["ORG-D02 2026-11"][0] == duties["ORG-D01 2026Q4"][0] == "expected"
    assert office.desk.standing(LIN)["ranked"] is True


def test_boards_follow_exemptions_by_the_day(office: Office) -> None:
    office.exempted(since="2026-11-25", until_on="2026-12-05")
    for day, ranked in ((date(2026, 11, 24), True), (date(2026, 11, 25), False), (date(2026, 12, 6), True)):
        office.town.on(day)
        office.town.run(ranking.rank_exempt)
        office.desk.forget()
        assert office.desk.standing(LIN)["ranked"] is ranked, day


def test_an_exempt_member_takes_additions_and_is_neither_ranked_nor_warned(office: Office) -> None:
    for name in (LIN, CHEN):
        for month in range(1, 7):
            for item in ("ORG-D01", "ORG-D02", "ORG-D03", "ORG-D04", "EXC-D01", "SRV-D01"):
                office.desk.record(
                    "district_officer", office.town.missed(name, item, effective_on=f"2026-{month:02}-20")
                )
    settle(office, "2026Q1", "2026Q2", "2026Q3")
    office.exempted()
    office.desk.posted("secretary", office.town.praise(LIN, effective_on="2026-09-01"), "committee_officer")
    standing = office.desk.standing(LIN)
    assert standing["ranked"] is False
    assert [one["points"] for one in office.desk.entries(LIN) if one["item"] == "EXC-A01"] == [10]
    board = office.call("GET", "secretary", f"boards/branches/{office.town.branch}").json()
    assert office.member(LIN) not in str(board)
    assert board["members"] == 1
    office.town.confirm("2026Q1", "2026Q2", "2026Q3", "2026Q4")
    office.town.run(lambda c, a: cases.apply(c, a, "2026Q3"))
    lines = office.call("GET", "secretary", "lines/quarters/2026Q3").text
    assert CHEN in lines  # who did nothing all year is warned
    assert LIN not in lines


def test_a_recorded_absence_of_the_exempt_days_is_given_back_and_a_finding_is_not(office: Office) -> None:
    absence = office.town.missed(LIN)
    finding = office.town.fact(LIN, "LAW-F01", tier="reminder", matter="记录1号", reason="谈话提醒")
    office.desk.recorded("secretary", absence)
    office.desk.posted("discipline_commissioner", finding, "secretary")
    before = office.desk.total(LIN)
    assert office.exempted(since="2026-11-01")["result"]["reversed"] == 1
    assert office.desk.total(LIN) == before + 10
    assert {one["reverses"] for one in office.desk.entries(LIN)} == {None, absence["id"]}


def test_an_ended_exemption_asks_again_for_what_falls_due_after_it(office: Office) -> None:
    made = office.exempted(since="2026-11-10")
    ended = office.done(
        "committee_officer", f"exemptions/{made['id']}/end", {"id": str(new_id()), "until_on": "2026-11-20"}
    )
    assert ended["result"]["asked_again"] > 0
    duties = office.duties(LIN)
    assert duties["ORG-D02 2026-11"] == ("expected", None)
    assert duties["ORG-D02 2026-12"] == ("expected", None)
    again = office.call(
        "POST", "committee_officer", f"exemptions/{made['id']}/end", {"id": str(new_id()), "until_on": "2026-11-20"}
    )
    assert again.json()["code"] == "nothing_changes"
    past = office.call("GET", "secretary", f"members/{office.member(LIN)}/memberships").json()
    assert [(one["from_on"], one["until_on"]) for one in past["exemptions"]] == [("2026-11-10", "2026-11-20")]
    assert [one["verb"] for one in past["changes"]] == ["exempted", "exemption_ended"]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"from_on": "2025-12-31"}, "day_out_of_reach"),
        ({"from_on": "2026-07-01", "until_on": "2026-06-30"}, "days_reversed"),
        ({"from_on": "2026-10-01", "until_on": "2026-10-31"}, "exemption_overlaps"),
    ],
)
def test_days_that_cannot_be_are_refused(office: Office, days: dict[str, str], code: str) -> None:
    office.exempted(since="2026-10-15")
    body = {"id": str(new_id()), "ground": "age", **days}
    answer = office.call("POST", "committee_officer", f"members/{office.member(LIN)}/exemptions", body)
    assert answer.json()["code"] == code


def test_a_preview_equals_the_commit_and_a_retry_adds_nothing(office: Office) -> None:
    settle(office, "2026Q1", "2026Q2", "2026Q3")
    body = {"id": str(new_id()), "ground": "illness", "from_on": "2026-07-01"}
    path = f"members/{office.member(LIN)}/exemptions"
    before = office.desk.total(LIN)
    preview = office.call("POST", "committee_officer", path, body, preview="true")
    assert office.desk.total(LIN) == before
    done = office.call("POST", "committee_officer", path, body)
    assert {**preview.json(), "preview": False} == done.json()
    entries = office.desk.entries(LIN)
    again = office.call("POST", "committee_officer", path, body)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert again.json() == done.json()
    assert office.desk.entries(LIN) == entries
    assert office.kinds(LIN).count("membership_changed") == 1


def test_another_class_holds_from_today_and_counts_from_the_next_quarter(office: Office) -> None:
    town = office.town
    path = f"members/{office.member(LIN)}/class"
    done = office.done("secretary", path, {"id": str(new_id()), "profile": "流动党员"})
    assert done["ground"] == "floating"
    assert office.now(LIN)["profile"] == "floating"
    standing = office.desk.standing(LIN)
    same = office.call("POST", "secretary", path, {"id": str(new_id()), "profile": "floating"})
    assert same.json()["code"] == "nothing_changes"
    town.on(date(2027, 1, 4))
    office.desk.forget()
    town.live_through("2027Q1")
    assert office.desk.standing(LIN)["cycle"] == "2027"
    assert standing["cycle"] == "2026"


def test_nobody_files_their_own(office: Office) -> None:
    office.town.appoint(LIN, Role.COMMITTEE_OFFICER, office.town.path(office.town.committee))
    body = {"id": str(new_id()), "ground": "age", "from_on": "2026-11-01"}
    answer = office.call("POST", LIN, f"members/{office.member(LIN)}/exemptions", body)
    assert answer.json()["code"] == "own_membership"


def end(office: Office, exemption: str, until_on: str) -> None:
    office.done("committee_officer", f"exemptions/{exemption}/end", {"id": str(new_id()), "until_on": until_on})


def test_a_recorded_loss_is_lost_again_once_the_exemption_that_gave_it_back_is_corrected(office: Office) -> None:
    """As often as the exemption is put right, what stands is what would stand had it been known."""
    absence = office.town.missed(LIN, effective_on="2026-10-10")
    office.desk.recorded("group_leader", absence)
    made = office.exempted(since="2026-10-02")
    for until_on in ("2026-10-03", "2026-10-02"):
        assert (office.desk.total(LIN), office.duties(LIN)["ORG-D02 2026-10"]) == (1000, ("waived", "roster"))
        told = office.kinds(LIN).count("deduction_told")
        end(office, made["id"], until_on)
        assert (office.desk.total(LIN), office.duties(LIN)["ORG-D02 2026-10"]) == (990, ("missed", "record"))
        assert office.kinds(LIN).count("deduction_told") == told + 1
        end(office, made["id"], "2026-12-31")
    assert office.desk.total(LIN) == 1000
    headers = {**office.desk.headers(LIN), "Accept-Language": "en"}
    told_in_english = office.desk.client.get("/api/v1/me/messages", headers=headers).json()["messages"]
    texts = [one["text"] for one in told_in_english if "the roster was put right" in one["text"]]
    assert len(texts) == 2
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in texts[0])


def test_what_a_reviewer_undid_is_not_lost_again_with_the_exemption(office: Office) -> None:
    absence = office.town.missed(LIN, effective_on="2026-10-10")
    office.desk.recorded("group_leader", absence)
    office.done("secretary", f"entries/{absence['id']}/reversal", {"id": str(new_id()), "reason": "记错了人"})
    made = office.exempted(since="2026-10-02")
    end(office, made["id"], "2026-10-03")
    assert (office.desk.total(LIN), office.duties(LIN)["ORG-D02 2026-10"]) == (1000, ("expected", None))


def test_an_absence_lost_again_can_still_be_corrected(office: Office) -> None:
    clerk = Clerk(office.desk)
    held = clerk.recorded("secretary", clerk.mark(LIN, "absent"), held_on="2026-11-10")
    clerk.run_job()
    assert office.desk.total(LIN) == 990
    made = office.exempted(since="2026-11-02")
    assert office.desk.total(LIN) == 1000
    end(office, made["id"], "2026-11-03")
    clerk.run_job()
    assert (office.desk.total(LIN), clerk.duty(LIN)) == (990, "missed")
    answer = clerk.correct("secretary", clerk.read(held), clerk.mark(LIN, "present"))
    assert answer.status_code == 200, answer.text
    assert (office.desk.total(LIN), clerk.duty(LIN)) == (1000, "kept")


def test_an_exemption_after_a_transfer_is_dated_back_into_the_former_branch(office: Office) -> None:
    office.town.appoint("next_door", Role.SECRETARY, office.town.neighbour_path)
    office.transferred()
    office.exempted(since="2026-10-02")
    assert office.now(LIN, "district_officer")["branch_id"] == str(office.town.neighbour)


@pytest.mark.parametrize("until_on", ["9999-12-31", "0001-01-01", "2200-01-01"])
def test_a_day_at_the_calendars_end_is_refused_in_words(office: Office, until_on: str) -> None:
    exemption = office.exempted()["id"]
    body = {"id": str(new_id()), "until_on": until_on}
    answer = office.call("POST", "committee_officer", f"exemptions/{exemption}/end", body)
    assert answer.status_code == 422, answer.text
