"""Answering: by whoever is not concerned and stands high enough, in time, with what the answer books."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.appeals import reminding
from app.auth.core import Role
from tests.appeals.conftest import Counter
from tests.appeals.test_filing import MEMBER, refused


def fault(counter: Counter, tier: str = "serious", **more: Any) -> str:
    """A proven complaint, recorded by one committee officer and posted by another office."""
    desk = counter.desk
    fact = desk.town.fact(
        MEMBER, "PUB-F01", tier=tier, matter="投诉1号", effective_on="2026-11-05", reason="查核结论属实", **more
    )
    desk.posted("discipline_commissioner", fact, "committee_officer")
    entry: str = fact["id"]
    return entry


def test_upheld_gives_the_points_back_and_is_told_once(counter: Counter) -> None:
    entry = counter.missed()
    appeal = counter.filed(MEMBER, entry)["id"]
    decided = counter.decided("secretary", appeal)
    (reversal,) = decided["entries"]
    assert (reversal["reverses"], reversal["points"], reversal["source"]) == (entry, 10, "appeal")
    assert decided["appeal"]["reversal_id"] == reversal["id"]
    assert decided["appeal"]["decided_by"] == str(counter.desk.town.accounts["secretary"])
    (effect,) = decided["effects"]
    assert (effect["before"]["total"], effect["after"]["total"]) == (990, 1000)
    again = counter.decide("secretary", appeal)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert [one["id"] for one in again.json()["entries"]] == [reversal["id"]]
    ((kind, text),) = [one for one in counter.messages(MEMBER) if one[0].startswith("appeal")]
    assert kind == "appeal_answered"
    assert "申诉成立" in text
    assert refused(counter.file(MEMBER, entry)) == (409, "entry_undone")


def test_refused_leaves_the_entry_and_says_why(counter: Counter) -> None:
    appeal = counter.filed(MEMBER, counter.missed())["id"]
    decided = counter.decided("secretary", appeal, "refused")
    assert (decided["entries"], decided["appeal"]["outcome"]) == ([], "refused")
    assert counter.desk.total(MEMBER) == 990
    assert refused(counter.decide("secretary", appeal, "upheld")) == (409, "appeal_closed")
    gone = counter.withdraw(MEMBER, appeal)
    assert refused(gone) == (409, "appeal_closed")
    assert "decided" not in gone.json()["detail"], "in the language of who asks"


def test_changed_books_a_milder_entry_in_its_place(counter: Counter) -> None:
    entry = fault(counter)
    assert counter.desk.total(MEMBER) == 950
    appeal = counter.filed(MEMBER, entry)
    assert appeal["asked"] == "district_officer"  # the committee's only officer reviewed it
    assert refused(counter.decide("district_officer", appeal["id"], "changed", tier="serious")) == (409, "not_milder")
    assert refused(counter.decide("district_officer", appeal["id"], "changed", tier="moon")) == (422, "tier_unknown")
    decided = counter.decided("district_officer", appeal["id"], "changed", tier="slight")
    reversal, replacement = decided["entries"]
    assert (reversal["reverses"], reversal["points"]) == (entry, 50)
    assert (replacement["points"], replacement["matter"], replacement["tier"]) == (-10, "投诉1号", "slight")
    town = counter.desk.town
    assert replacement["recorded_by"] == str(town.accounts["discipline_commissioner"])
    assert replacement["approved_by"] == str(town.accounts["district_officer"])
    (effect,) = decided["effects"]
    assert (effect["before"]["total"], effect["after"]["total"]) == (950, 990)
    assert counter.desk.total(MEMBER) == 990
    ids = (decided["appeal"]["reversal_id"], decided["appeal"]["replacement_id"])
    assert ids == (reversal["id"], replacement["id"])


def test_a_change_names_what_it_is_changed_to(counter: Counter) -> None:
    appeal = counter.filed(MEMBER, counter.missed())["id"]
    for body in ({"outcome": "changed", "answer": "可"}, {"outcome": "upheld", "answer": "可", "replacement": {}}):
        assert counter.call("POST", "secretary", f"appeals/{appeal}/decision", body).status_code == 422


def test_nobody_decides_on_what_they_recorded_or_reviewed(counter: Counter, second: str) -> None:
    appeal = counter.filed(MEMBER, counter.missed(login="secretary"))
    assert appeal["asked"] == "committee_officer"
    assert counter.kinds("secretary") == []
    assert set(counter.kinds("committee_officer")) == set(counter.kinds(second)) == {"appeal_asked"}
    assert refused(counter.decide("secretary", appeal["id"])) == (403, "concerned")
    assert refused(counter.extend("secretary", appeal["id"])) == (403, "concerned")
    assert (counter.waiting("secretary"), counter.waiting(second)) == ([], [appeal["id"]])
    counter.decided(second, appeal["id"])
    reviewed = counter.filed(MEMBER, fault(counter))
    assert reviewed["asked"] == "committee_officer"
    assert refused(counter.decide("committee_officer", reviewed["id"])) == (403, "concerned")
    assert (counter.waiting("committee_officer"), counter.waiting(second)) == ([], [reviewed["id"]])


def test_what_the_committee_reviewed_is_not_decided_in_the_branch(counter: Counter, second: str) -> None:
    appeal = counter.filed(MEMBER, fault(counter))["id"]
    assert refused(counter.decide("secretary", appeal)) == (403, "higher_office")
    assert counter.decide(second, appeal).status_code == 200


def test_the_secretarys_own_entry_goes_to_the_committee(counter: Counter) -> None:
    counter.desk.town.appoint(MEMBER, Role.SECRETARY, counter.desk.town.branch_path)
    appeal = counter.filed(MEMBER, counter.missed())
    assert appeal["asked"] == "secretary"  # there is another one
    assert counter.waiting(MEMBER) == []
    assert refused(counter.decide(MEMBER, appeal["id"])) == (403, "concerned")
    assert "appeal_asked" not in counter.kinds(MEMBER)


def test_a_branch_whose_only_secretary_is_concerned_goes_to_the_committee(counter: Counter) -> None:
    town = counter.desk.town
    town.add_member("书记本人", branch=town.neighbour, account=True)
    town.appoint("书记本人", Role.SECRETARY, town.neighbour_path)
    entry = counter.missed("书记本人", "district_officer", "ORG-D01")
    appeal = counter.filed("书记本人", entry)
    assert appeal["asked"] == "committee_officer"
    assert counter.waiting("committee_officer") == [appeal["id"]]
    counter.decided("committee_officer", appeal["id"])
    assert counter.desk.total("书记本人") == 1000


def test_one_review_further_up_and_no_more(counter: Counter) -> None:
    entry = counter.missed()
    counter.decided("secretary", counter.filed(MEMBER, entry)["id"], "refused")
    again = counter.filed(MEMBER, entry)
    assert (again["instance"], again["asked"]) == (2, "committee_officer")
    assert refused(counter.decide("secretary", again["id"])) == (403, "concerned")
    counter.decided("committee_officer", again["id"], "refused")
    assert refused(counter.file(MEMBER, entry)) == (409, "appeals_exhausted")


def test_more_time_is_taken_once_and_before_the_day(counter: Counter) -> None:
    appeal = counter.filed(MEMBER, counter.missed())["id"]
    extended = counter.extend("secretary", appeal)
    assert (extended.json()["due_on"], extended.json()["extended_on"]) == ("2026-12-04", "2026-11-21")
    assert counter.extend("secretary", appeal).headers["idempotent-replay"] == "true"
    assert refused(counter.extend("secretary", appeal, "又需要时间")) == (409, "already_extended")
    assert [one for one in counter.kinds(MEMBER) if one.startswith("appeal")] == ["appeal_extended"]
    late = counter.filed(MEMBER, counter.missed(item="ORG-D03"))["id"]
    counter.desk.town.on(date(2026, 11, 30))
    counter.desk.forget()
    assert refused(counter.extend("secretary", late)) == (409, "extension_late")


def test_an_entry_reversed_meanwhile_is_not_reversed_again(counter: Counter) -> None:
    entry = fault(counter)
    appeal = counter.filed(MEMBER, entry)["id"]
    reversal = counter.reverse("district_officer", entry).json()["entries"][0]["id"]
    assert refused(counter.decide("district_officer", appeal, "changed", tier="slight")) == (409, "entry_undone")
    decided = counter.decided("district_officer", appeal)
    assert (decided["entries"], decided["appeal"]["reversal_id"]) == ([], reversal)
    assert counter.desk.total(MEMBER) == 1000


def test_the_whole_family_of_a_finding_goes_with_it(counter: Counter, second: str) -> None:
    desk = counter.desk
    fact = desk.town.fact(MEMBER, "SRV-F02", matter="失约1号", reason="查核结论属实")
    posted = desk.posted("discipline_commissioner", fact, "committee_officer")
    finding, share = posted.json()["entries"]
    appeal = counter.filed(MEMBER, share["id"])  # against the half that follows
    without = desk.standing(MEMBER)["disputed"]
    assert without == {"entries": [share["id"]], "total_without": 1000}
    decided = counter.decided(second, appeal["id"])
    assert {one["reverses"] for one in decided["entries"]} == {finding["id"], share["id"]}
    assert desk.total(MEMBER) == 1000
    assert desk.standing(MEMBER)["disputed"] is None


def test_who_has_an_answer_to_give_is_reminded_and_then_who_stands_above(counter: Counter) -> None:
    town = counter.desk.town
    counter.filed(MEMBER, counter.missed())

    def reminded(day: date) -> int:
        town.on(day)
        counter.desk.forget()
        told: int = town.run(reminding.remind)["told"]
        return told

    assert [reminded(date(2026, 11, day)) for day in (24, 26, 27)] == [0, 1, 0]
    assert counter.kinds("secretary") == ["appeal_asked", "deadline_near"]
    assert counter.waiting("committee_officer") == []
    assert [reminded(date(2026, 11, 28)), reminded(date(2026, 11, 29))] == [2, 0]
    assert counter.kinds("secretary")[-1] == counter.kinds("committee_officer")[-1] == "deadline_passed"
    assert len(counter.waiting("committee_officer")) == 1
    assert "deadline_passed" not in counter.kinds("district_officer")


@pytest.mark.parametrize("outcome", ["upheld", "refused"])
def test_a_preview_decides_nothing(counter: Counter, outcome: str) -> None:
    appeal = counter.filed(MEMBER, counter.missed())["id"]
    body = {"outcome": outcome, "answer": "可"}
    answer = counter.call("POST", "secretary", f"appeals/{appeal}/decision", body, preview="true")
    assert answer.json()["appeal"]["state"] == "decided"
    assert counter.call("GET", MEMBER, f"appeals/{appeal}").json()["state"] == "open"
    assert counter.desk.total(MEMBER) == 990


def test_an_upheld_appeal_lifts_the_veto(counter: Counter) -> None:
    desk = counter.desk
    desk.town.appoint("other-district", Role.DISTRICT_OFFICER, desk.town.root)
    fact = desk.town.fact(MEMBER, "LAW-V01", reason="处分决定")
    desk.posted("discipline_commissioner", fact, "committee_officer", "district_officer")
    assert desk.standing(MEMBER)["effective"] == 0
    appeal = counter.filed(MEMBER, fact["id"])
    assert appeal["asked"] == "district_officer"
    assert refused(counter.decide("secretary", appeal["id"])) == (403, "higher_office")
    counter.decided("other-district", appeal["id"])
    assert desk.standing(MEMBER)["effective"] == 1000
    (veto,) = counter.call("GET", "district_officer", "vetoes").json()["vetoes"]
    assert (veto["state"], veto["lifted_why"]) == ("lifted", "appeal")
    assert counter.kinds(MEMBER)[-2:] == ["appeal_answered", "veto_lifted"]


def test_whoever_approved_an_earlier_step_is_concerned(counter: Counter) -> None:
    desk = counter.desk
    fact = desk.town.fact(MEMBER, "LAW-V01", reason="处分决定")
    desk.posted("discipline_commissioner", fact, "committee_officer", "district_officer")
    desk.town.appoint("committee_officer", Role.DISTRICT_OFFICER, desk.town.root)
    desk.forget()
    appeal = counter.filed(MEMBER, fact["id"])["id"]
    assert refused(counter.decide("committee_officer", appeal)) == (403, "concerned")
    assert counter.waiting("committee_officer") == []
