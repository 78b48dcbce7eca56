"""What follows from a star: plans, downgrades, leads, the list, and next year's step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.kit.ids import new_id
from app.ratings import store, treating
from app.ratings.core import RatingState
from tests.ratings.conftest import Jury
from tests.ratings.test_round import DISTRICT, OFFICER, five_star_round, to_notice
from tests.town import Json


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


def year_before(jury: Jury, rating: str, star: int | None) -> None:
    """The same branch in a round that was named a year earlier."""

    def work(connection: Any, actor: Any) -> None:
        now = store.find_rating(connection, actor.district_id, UUID(rating))
        assert now is not None
        held = store.get_round(connection, actor.district_id, now.round_id)
        before = replace(held, id=new_id(), code="2024", cut_off=date(2024, 12, 31), version=1)
        store.insert_round(connection, actor.district_id, before)
        made = replace(now, id=new_id(), round_id=before.id, star=star, named_star=star, reasons=())
        state = RatingState.UNRATED if star is None else RatingState.NAMED
        if star is not None:
            made = replace(made, valid_from=date(2025, 11, 28), valid_until=date(2026, 11, 27))
        store.insert_ratings(connection, actor.district_id, [replace(made, state=state)])

    jury.desk.town.run(work)


@pytest.mark.parametrize(("star", "is_listed"), [(2, True), (None, True), (3, False)])
def test_two_years_of_two_stars_or_none_are_on_the_districts_list(
    jury: Jury, named: dict[str, str], star: int | None, *, is_listed: bool
) -> None:
    year_before(jury, named["b0"], star)
    found = jury.done("GET", OFFICER, "rating-list")["branches"]
    assert [one["stars"] for one in found] == ([[2, star]] if is_listed else [])
    treated = jury.done("GET", DISTRICT, "rating-treatments")["branches"]
    assert [one["star"] for one in treated] == [2] * 8 + [4, 5]
    assert {one["branch_id"] for one in treated if one["listed"]} == {one["branch_id"] for one in found}
    assert {one["treatment"] for one in treated} == {"rectification", "model"}


def test_two_officers_who_agree_on_a_plan_or_close_it_at_once_do_it_once(jury: Jury, named: dict[str, str]) -> None:
    headers = [jury.desk.headers(one) for one in (OFFICER, "other_officer")] * 2
    problems = [{"text": "台账不全", "person": "书记", "due_on": "2027-01-15"}]

    def sent(at: int, path: str, body: Json) -> tuple[int, Json]:
        answer = jury.desk.client.post(f"/api/v1/{path}", json=body, headers=headers[at])
        return answer.status_code, answer.json()

    def at_once(path: str, bodies: list[Json]) -> list[tuple[int, Json]]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda at: sent(at, path, bodies[at]), range(4)))

    made = at_once(f"ratings/{named['b0']}/plans", [{"id": str(new_id()), "problems": problems} for _ in range(4)])
    assert sorted(status for status, _ in made) == [201, 409, 409, 409]
    key = next(answer["id"] for status, answer in made if status == 201)
    struck = at_once(f"rating-plans/{key}/struck", [{"number": 1, "note": f"第{at}人核实"} for at in range(4)])
    assert sorted(status for status, _ in struck) == [200, 409, 409, 409]
    closed = at_once(f"rating-plans/{key}/closing", [{"note": f"合格{at}", "accepted": True} for at in range(4)])
    assert sorted(status for status, _ in closed) == [200, 409, 409, 409]
