"""What follows from a star: plans, downgrades, leads, the list, and next year's step."""

from __future__ import annotations

from datetime import date

import pytest

from app.ratings import treating
from tests.ratings.conftest import Jury
from tests.ratings.test_round import DISTRICT, OFFICER, five_star_round, to_notice


@pytest.fixture
def named(jury: Jury, many: list[str]) -> dict[str, str]:
    """A round that is named on 28 November: own five stars, the neighbour four, the others two."""
    round_id, ratings = five_star_round(jury, many)
    to_notice(jury, round_id, ratings["own"])
    on(jury, date(2026, 11, 28))
    jury.step(DISTRICT, f"rating-rounds/{round_id}/naming")
    return ratings


def on(jury: Jury, day: date) -> None:
    jury.desk.town.on(day)
    jury.desk.forget()


def leads(jury: Jury, day: date) -> list[int]:
    return [one.star for one in jury.desk.town.run(lambda c, a: treating.eligible_leads(c, a, day))]


def plan(jury: Jury, rating: str, due_on: str = "2027-01-15") -> str:
    problems = [{"text": text, "person": "书记", "due_on": due_on} for text in ("台账不全", "未按期换届")]
    found: str = jury.step(OFFICER, f"ratings/{rating}/plans", problems=problems)["id"]
    return found


def test_only_four_and_five_stars_lead_and_only_while_they_hold(jury: Jury, named: dict[str, str]) -> None:
    assert leads(jury, date(2026, 11, 28)) == [5, 4]
    assert leads(jury, date(2026, 11, 27)) == []
    assert leads(jury, date(2027, 11, 28)) == []
    on(jury, date(2027, 2, 1))
    path = f"ratings/{named['own']}/downgrade"
    assert jury.refused(OFFICER, path, ground="look-back", basis="记录不实") == "not_your_star"
    assert jury.refused(DISTRICT, path, ground="veto", basis="事故") == "ground_not_met"
    assert jury.refused(DISTRICT, path, ground="none-such", basis="事故") == "unknown_ground"
    lowered = jury.step(DISTRICT, path, ground="look-back", basis="回头看发现记录不实")
    assert (lowered["star"], lowered["steps"][-1]["ground"]) == (4, "look-back")
    jury.step(OFFICER, f"ratings/{named['neighbour']}/downgrade", ground="look-back", basis="回头看")
    assert leads(jury, date(2027, 1, 31)) == [5, 4]
    assert leads(jury, date(2027, 2, 1)) == [4]


def test_a_ground_of_veto_takes_the_star_and_bars_the_next_round(jury: Jury, named: dict[str, str]) -> None:
    on(jury, date(2026, 12, 15))
    branch = jury.desk.town.branch
    jury.step(DISTRICT, f"branches/{branch}/star-vetoes", ground="accident", decided_on="2026-12-10", basis="事故通报")
    found = jury.step(DISTRICT, f"ratings/{named['own']}/downgrade", ground="veto", basis="事故通报")
    assert found["star"] is None
    assert leads(jury, date(2026, 12, 15)) == [4]


def test_problems_are_struck_off_one_by_one_before_a_plan_is_accepted(jury: Jury, named: dict[str, str]) -> None:
    waiting = jury.done("GET", OFFICER, "rating-plans")["without"]
    assert len(waiting) == 8
    assert jury.refused(OFFICER, f"ratings/{named['own']}/plans", problems=[
        {"text": "无", "person": "书记", "due_on": "2027-01-01"}
    ]) == "no_plan_due"  # fmt: skip
    made = plan(jury, named["b0"])
    path = f"rating-plans/{made}"
    answer = jury.call("POST", OFFICER, f"{path}/closing", {"note": "合格", "accepted": True})
    assert answer.json()["code"] == "problems_open"
    for number in (1, 2):
        struck = jury.done("POST", OFFICER, f"{path}/struck", {"number": number, "note": "已补齐"})
    assert [one["struck_on"] for one in struck["problems"]] == ["2026-11-28"] * 2
    stale = jury.call("POST", OFFICER, f"{path}/closing", {"note": "合格", "accepted": True, "seen": 1})
    assert stale.json()["code"] == "rating_moved"
    closed = jury.done("POST", OFFICER, f"{path}/closing", {"note": "合格", "accepted": True})
    assert (closed["state"], closed["misses"], closed["due_on"]) == ("accepted", 0, "2027-02-28")


def test_two_missed_corrections_cost_a_star_by_decision(jury: Jury, named: dict[str, str]) -> None:
    made = plan(jury, named["b0"])
    path = f"rating-plans/{made}"
    on(jury, date(2027, 3, 1))
    extended = jury.done("POST", OFFICER, f"{path}/extension", {"note": "资金未到位"})
    assert (extended["misses"], extended["due_on"]) == (1, "2027-05-28")
    downgrade = f"ratings/{named['b0']}/downgrade"
    assert jury.refused(OFFICER, downgrade, ground="corrections", basis="逾期") == "ground_not_met"
    early = jury.call("POST", OFFICER, f"{path}/closing", {"note": "未改", "accepted": False})
    assert early.json()["code"] == "plan_still_due"
    on(jury, date(2027, 5, 29))
    failed = jury.done("POST", OFFICER, f"{path}/closing", {"note": "未改", "accepted": False})
    assert (failed["state"], failed["misses"]) == ("failed", 2)
    assert jury.step(OFFICER, downgrade, ground="corrections", basis="两次逾期")["star"] == 1


def test_the_next_round_steps_from_this_years_star(jury: Jury, named: dict[str, str]) -> None:
    """The mark counts as last year's star, a downgrade ends it; and two years of few stars are listed."""
    on(jury, date(2027, 1, 5))
    jury.step(OFFICER, f"ratings/{named['neighbour']}/downgrade", ground="look-back", basis="回头看")
    round_id = jury.open(2026)
    town = jury.desk.town
    last = {
        branch: jury.read(jury.rating_of(round_id, branch)["id"])["last"] for branch in (town.branch, town.neighbour)
    }
    assert last == {town.branch: 5, town.neighbour: 3}
    assert jury.done("GET", DISTRICT, "rating-list")["branches"] == []
