"""Assistance cases: opened by the line of 500, walked through step by step, and undone where the line was not met."""

from __future__ import annotations

from datetime import date

import pytest

from app.auth.core import Role
from app.kit.ids import new_id
from app.points import service as points
from app.points.views import Opening
from tests.cases.conftest import HELPER, LOW, Casebook


def test_who_meets_the_line_gets_one_case_however_often_the_job_runs(casebook: Casebook) -> None:
    assert casebook.seal() == {"opened": 1}
    assert casebook.seal(force=True) == {"opened": 0}
    (case,) = casebook.cases()
    assert (case["member"], case["state"], case["value"], case["bound"]) == (LOW, "opened", 500, 500)
    # Ten working days from 12 October 2026, a Monday: 26 October.
    assert case["due_on"] == "2026-10-26"
    (told,) = casebook.told(LOW, "case_opened")
    assert "10月26日" in told
    assert len(casebook.told("secretary", "case_asked")) == 1
    assert casebook.told("committee_officer", "case_asked") == []


def test_a_case_goes_from_talk_to_acceptance_and_every_step_says_who_when_and_why(casebook: Casebook) -> None:
    casebook.seal()
    talked = casebook.talk()
    assert (talked["state"], talked["talk_on"]) == ("talk_held", "2026-10-12")
    planned = casebook.plan()
    assert (planned["state"], planned["due_on"], planned["helper"]) == ("running", "2027-01-12", HELPER)
    accepted = casebook.acted("committee_officer", "acceptance", note="各项职责已履行")
    assert (accepted["state"], accepted["due_on"], accepted["version"]) == ("accepted", None, 4)
    steps = accepted["steps"]
    assert [one["action"] for one in steps] == ["opened", "talk_held", "planned", "accepted"]
    assert [one["number"] for one in steps] == [1, 2, 3, 4]
    accounts = casebook.town.accounts
    by = [one["by"] for one in steps]
    assert by == [None, *(str(accounts[one]) for one in ("secretary", "secretary", "committee_officer"))]
    assert steps[-1]["note"] == "各项职责已履行"
    assert len(casebook.told(LOW, "case_moved")) == 3


def test_without_a_helper_the_plan_waits_and_above_may_propose_one(casebook: Casebook) -> None:
    casebook.seal()
    casebook.talk()
    assert casebook.plan(None)["state"] == "planned"
    helper = str(casebook.town.members[HELPER])
    proposed = casebook.acted("committee_officer", "helper-proposal", helper_id=helper, note="同岗位")
    assert (proposed["state"], proposed["helper"], proposed["proposed_helper"]) == ("planned", None, HELPER)
    (told,) = casebook.told("secretary", "helper_proposed")
    assert HELPER in told
    casebook.on(date(2026, 10, 20))
    named = casebook.acted("secretary", "helper", helper_id=helper)
    assert (named["state"], named["due_on"]) == ("running", "2027-01-12")  # three months from the plan


@pytest.mark.parametrize("verb", ["acceptance", "extension", "failure", "closing"])
def test_a_step_that_does_not_follow_is_refused(casebook: Casebook, verb: str) -> None:
    casebook.seal()
    answer = casebook.act("committee_officer", verb, note="理由")
    assert (answer.status_code, answer.json()["code"]) == (409, "case_out_of_state")
    assert casebook.case_of()["version"] == 1


def test_more_time_is_given_once_and_what_fails_fails_on_its_day(casebook: Casebook) -> None:
    casebook.seal()
    casebook.run_plan()
    early = casebook.act("committee_officer", "failure", note="未改正")
    assert (early.status_code, early.json()["code"]) == (409, "case_not_due")
    extended = casebook.acted("committee_officer", "extension", note="尚需时日")
    assert (extended["state"], extended["due_on"], extended["extended_on"]) == ("extended", "2027-04-12", "2026-10-12")
    assert casebook.act("committee_officer", "extension", note="再延").status_code == 409
    casebook.on(date(2027, 4, 12))
    failed = casebook.acted("committee_officer", "failure", note="未改正")
    assert (failed["state"], failed["failed_on"]) == ("failed", "2027-04-12")
    closed = casebook.acted("committee_officer", "closing", note="继续谈心，另行研究")
    assert (closed["state"], closed["due_on"]) == ("closed", None)


def test_the_same_again_is_a_retry_and_other_content_a_conflict(casebook: Casebook) -> None:
    casebook.seal()
    sent = str(new_id())
    body = {"held_on": "2026-10-12", "note": "谈话"}
    assert casebook.act("secretary", "talk", id=sent, **body).status_code == 200
    again = casebook.act("secretary", "talk", id=sent, **body)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert casebook.act("secretary", "talk", id=sent, **{**body, "note": "别的"}).json()["code"] == "id_used"
    assert len(casebook.case_of()["steps"]) == 2


def test_who_saw_an_earlier_step_is_told_so(casebook: Casebook) -> None:
    casebook.seal()
    casebook.talk()
    answer = casebook.act("secretary", "plan", problems="缺席", measures="补课", seen=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "case_moved_on")


def test_nobody_handles_the_own_case_nor_accepts_where_they_help(casebook: Casebook) -> None:
    town = casebook.town
    town.appoint(LOW, Role.SECRETARY, town.branch_path)
    town.appoint(HELPER, Role.COMMITTEE_OFFICER, town.path(town.committee))
    casebook.seal()
    own = casebook.act(LOW, "talk", held_on="2026-10-12", note="谈话")
    assert (own.status_code, own.json()["code"]) == (403, "own_case")
    casebook.run_plan()
    helping = casebook.act(HELPER, "acceptance", note="同意")
    assert (helping.status_code, helping.json()["code"]) == (403, "own_case")
    own_helper = casebook.act("secretary", "helper", helper_id=str(town.members[LOW]))
    assert own_helper.json()["code"] == "no_helper"


def test_a_member_sees_the_own_case_and_nobody_elses(casebook: Casebook) -> None:
    casebook.seal()
    (own,) = casebook.cases(LOW)
    assert own["member"] == LOW
    assert casebook.call("GET", LOW, f"cases/{own['id']}").status_code == 200
    assert casebook.cases("林晓明") == casebook.cases("next-door") == []
    assert casebook.call("GET", "林晓明", f"cases/{own['id']}").status_code == 404


def test_who_is_exempt_new_or_gone_gets_no_case(casebook: Casebook) -> None:
    town = casebook.town
    casebook.add_low(免的=400, 走的=400)
    town.exempt("免的", date(2026, 10, 5))  # after the quarter's end, before the job
    town.leave("走的", date(2026, 10, 5))
    town.on(date(2026, 8, 1))
    new = Opening(town.add_member("新的", since=date(2026, 8, 1), standing=False), 400, "转入")
    town.run(lambda connection, actor: points.open_standings(connection, actor, "2026", [new]))
    casebook.on(date(2026, 10, 12))
    casebook.seal()
    assert [one["member"] for one in casebook.cases()] == [LOW]


def test_getting_above_the_line_closes_nothing_and_the_new_year_is_no_recovery(casebook: Casebook) -> None:
    casebook.seal()
    casebook.run_plan()
    fact = casebook.town.praise(LOW, effective_on="2026-10-08", tier="benefit")
    casebook.desk.recorded("committee_officer", fact)
    casebook.desk.decide("district_officer", fact["id"])
    assert casebook.desk.total(LOW) > 500
    casebook.step()
    assert casebook.case_of()["state"] == "running"
    casebook.on(date(2027, 1, 11))
    casebook.step()
    assert casebook.case_of()["state"] == "running"


def test_progress_is_the_duties_kept_since_the_opening(casebook: Casebook) -> None:
    casebook.seal()
    casebook.run_plan()
    assert casebook.case_of()["progress"]["decided"] == 0
    casebook.on(date(2026, 11, 2))
    kept = casebook.town.fact(LOW, "ORG-D03", outcome="kept", effective_on="2026-10-15")
    missed = casebook.town.missed(LOW, "ORG-D02", effective_on="2026-10-16")
    casebook.desk.recorded("committee_officer", kept, missed)
    progress = casebook.case_of()["progress"]
    assert (progress["kept"] + progress["missed"]) == progress["decided"]


def test_a_reversal_that_undoes_the_crossing_annuls_the_case_and_keeps_its_history(casebook: Casebook) -> None:
    casebook.add_low(将低=510)
    casebook.on(date(2026, 9, 20))
    entry = casebook.lose("将低", "2026-09-05")
    assert casebook.desk.total("将低") <= 500
    casebook.on(date(2026, 10, 12))
    casebook.seal()
    casebook.step()
    assert casebook.case_of("将低")["state"] == "opened"
    assert casebook.reverse(entry).status_code == 201
    assert casebook.step()["annulled"] == 1
    case = casebook.case_of("将低")
    assert (case["state"], [one["action"] for one in case["steps"]]) == ("annulled", ["opened", "annulled"])
    assert casebook.step()["annulled"] == 0
    assert len(casebook.told("将低", "case_annulled")) == len(casebook.told("secretary", "case_annulled")) == 1
    assert casebook.case_of(LOW)["state"] == "opened"


def test_an_accepted_case_is_annulled_too_where_the_line_was_never_met(casebook: Casebook) -> None:
    town = casebook.town
    casebook.add_low(将低=510)
    casebook.on(date(2026, 9, 20))
    entry = casebook.lose("将低", "2026-09-05")
    casebook.on(date(2026, 10, 12))
    casebook.seal()
    case = casebook.case_of("将低")["id"]
    casebook.acted("secretary", "talk", case=case, held_on="2026-10-12", note="谈话")
    helper = str(town.members[HELPER])
    casebook.acted("secretary", "plan", case=case, problems="缺席", measures="补课", helper_id=helper)
    casebook.acted("committee_officer", "acceptance", case=case, note="同意")
    casebook.reverse(entry)
    casebook.step()
    assert casebook.case_of("将低")["state"] == "annulled"


def test_after_an_acceptance_a_new_case_needs_new_losses(casebook: Casebook) -> None:
    casebook.seal("2026Q2")
    casebook.run_plan()
    casebook.acted("committee_officer", "acceptance", note="同意")
    assert casebook.seal("2026Q3") == {"opened": 0}  # still 500, and nothing lost since
    casebook.on(date(2026, 10, 20))
    casebook.lose(LOW, "2026-09-05")
    assert casebook.seal("2026Q3", force=True) == {"opened": 1}
    assert [one["state"] for one in casebook.cases()] == ["accepted", "opened"]


def test_what_is_under_appeal_opens_nothing_and_presses_nobody(casebook: Casebook) -> None:
    casebook.add_low(将低=510)
    casebook.on(date(2026, 9, 20))
    entry = casebook.lose("将低", "2026-09-05")
    appeal = {"id": str(new_id()), "text": "当天在场"}
    assert casebook.call("POST", "将低", f"entries/{entry}/appeals", appeal).status_code == 201
    casebook.on(date(2026, 10, 12))
    casebook.seal()
    assert [one["member"] for one in casebook.cases()] == [LOW]
    casebook.call("POST", "将低", f"appeals/{appeal['id']}/withdrawal")
    assert casebook.seal(force=True) == {"opened": 1}
    again = {"id": str(new_id()), "text": "当天在场，有照片"}
    assert casebook.call("POST", "将低", f"entries/{entry}/appeals", again).status_code == 201
    casebook.on(date(2026, 11, 30))
    casebook.step()
    late = casebook.told("secretary", "deadline_passed")
    assert (sum(LOW in one for one in late), sum("将低" in one and "谈话" in one for one in late)) == (1, 0)
    assert casebook.case_of("将低")["state"] == "opened"


def test_what_is_late_climbs_from_the_secretary_to_the_district_and_is_told_once_to_each(casebook: Casebook) -> None:
    casebook.seal()
    offices = ("secretary", "committee_officer", "district_officer")

    def late_on(day: date) -> list[int]:
        casebook.on(day)
        casebook.step()
        casebook.step()
        return [len(casebook.told(one, "deadline_passed")) for one in offices]

    casebook.on(date(2026, 10, 23))
    casebook.step()
    assert len(casebook.told("secretary", "deadline_near")) == 1  # a Friday; due on Monday
    assert late_on(date(2026, 10, 26)) == [0, 0, 0]
    assert late_on(date(2026, 10, 27)) == [1, 0, 0]
    assert late_on(date(2026, 11, 1)) == [1, 0, 0]
    assert late_on(date(2026, 11, 2)) == [1, 1, 0]
    assert late_on(date(2026, 11, 9)) == [1, 1, 1]
    assert late_on(date(2026, 11, 20)) == [1, 1, 1]
    (one,) = casebook.cases("district_officer", late="true")
    assert one["member"] == LOW


def test_a_case_goes_with_its_member_and_ends_with_the_membership(casebook: Casebook) -> None:
    casebook.seal()
    town = casebook.town
    town.move(LOW, town.neighbour, date(2026, 10, 20))
    casebook.on(date(2026, 10, 21))
    assert casebook.step()["moved"] == 1
    assert casebook.cases("secretary") == []
    (there,) = casebook.cases("next-door")
    assert there["branch"] == "第二支部"
    assert len(casebook.told("next-door", "case_asked")) == 1
    town.leave(LOW, date(2026, 10, 25))
    casebook.on(date(2026, 10, 27))
    assert casebook.step()["left"] == 1
    assert casebook.case_of()["state"] == "closed"


def test_two_failed_cases_are_listed_for_the_committee_and_nothing_else_follows(casebook: Casebook) -> None:
    for quarter, day in (("2026Q2", date(2026, 10, 12)), ("2026Q3", date(2027, 1, 15))):
        casebook.on(day)
        casebook.seal(quarter)
        assert casebook.call("GET", "committee_officer", "cases/failures").json() == {"members": []}
        casebook.run_plan()
        due = casebook.case_of()["due_on"]
        casebook.on(date.fromisoformat(due))
        casebook.acted("committee_officer", "failure", note="未改正")
        casebook.acted("committee_officer", "closing", note="另行研究")
    (found,) = casebook.call("GET", "committee_officer", "cases/failures").json()["members"]
    assert (found["member"], found["count"]) == (LOW, 2)
    assert casebook.call("GET", "secretary", "cases/failures").status_code == 403


def test_warnings_reach_the_secretary_alone_and_name_nobody_in_the_message(casebook: Casebook) -> None:
    casebook.seal()
    casebook.seal(force=True)
    (told,) = casebook.told("secretary", "warnings_found")
    assert LOW not in told
    for login in ("committee_officer", "district_officer", "next-door"):
        assert casebook.told(login, "warnings_found") == []
    for login, seen in (("secretary", True), ("committee_officer", False), ("district_officer", False)):
        found = casebook.call("GET", login, "lines/quarters/2026Q3").json()["findings"]
        assert any(one["line"] == "warn-total" for one in found) is seen, login
        assert any(one["line"] == "assist" for one in found)
