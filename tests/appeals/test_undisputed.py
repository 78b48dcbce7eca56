"""While an appeal is open the entry counts and sets nothing off; upheld, it gives the points back where they belong."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection

from app import schedule
from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import QuarterState
from app.points import reading
from app.points import service as points
from app.points.views import Opening
from tests.appeals.conftest import Counter
from tests.appeals.test_filing import MEMBER, seal
from tests.town import Town

LOW = "低分"


def corrected(town: Town, name: str, code: str) -> int:
    """The member's corrected total at a quarter's end."""

    def work(connection: Connection, actor: Actor) -> int:
        found = reading.corrected(connection, actor, cycles.quarter(connection, actor, code))
        return next(one.score.total for one in found if one.balance.member_id == town.members[name])

    total: int = town.run(work)
    return total


def assisted(counter: Counter, code: str = "2026Q3") -> set[str]:
    """Whom the line of 500 finds at a quarter's end."""
    counter.desk.town.run(lambda connection, actor: schedule.find_job("lines").do(connection, actor, code))
    found = counter.call("GET", "district_officer", f"lines/quarters/{code}").json()["findings"]
    return {one["name"] for one in found if one["line"] == "assist" and not one["exclusions"]}


def fault(counter: Counter, name: str, matter: str, day: str = "2026-08-05") -> str:
    desk = counter.desk
    fact = desk.town.fact(name, "PUB-F01", tier="slight", matter=matter, effective_on=day, reason="查核结论属实")
    desk.posted("discipline_commissioner", fact, "committee_officer")
    entry: str = fact["id"]
    return entry


def on(counter: Counter, day: date) -> None:
    counter.desk.town.on(day)
    counter.desk.forget()


@pytest.fixture
def low(counter: Counter) -> str:
    """Somebody who opened with 505 points."""
    town = counter.desk.town
    today = town.actor().today
    town.on(date(2026, 1, 5))
    town.add_member(LOW, account=True, standing=False)
    one = Opening(town.members[LOW], 505, "2025年台账")
    town.run(lambda connection, actor: points.open_standings(connection, actor, "2026", [one]))
    town.on(today)
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    return LOW


def test_a_disputed_entry_counts_and_the_standing_says_what_it_would_be_without(counter: Counter) -> None:
    entry, other = counter.missed(), counter.missed(item="ORG-D03")
    assert counter.desk.standing(MEMBER)["disputed"] is None
    first = counter.filed(MEMBER, entry)["id"]
    counter.filed(MEMBER, other)
    found = counter.desk.standing(MEMBER)
    lost = 1000 - found["total"]
    assert lost > 10
    assert found["disputed"] == {"entries": [entry, other], "total_without": 1000}
    counter.withdraw(MEMBER, first)
    assert counter.desk.standing(MEMBER)["disputed"] == {"entries": [other], "total_without": 990}


@pytest.mark.parametrize(("outcome", "found"), [("upheld", set()), ("refused", {LOW})])
def test_five_hundred_waits_for_the_answer(counter: Counter, low: str, outcome: str, found: set[str]) -> None:
    entry = fault(counter, low, "投诉1号")
    assert counter.desk.total(low) == 495
    assert assisted(counter) == {low}
    appeal = counter.filed(low, entry)["id"]
    assert assisted(counter) == set()
    counter.decided("district_officer", appeal, outcome)
    assert assisted(counter) == found


def test_five_hundred_holds_where_it_holds_without_the_disputed_entry_too(counter: Counter, low: str) -> None:
    entry = fault(counter, low, "投诉1号")
    fault(counter, low, "投诉2号")
    counter.filed(low, entry)
    assert assisted(counter) == {low}


def test_an_appeal_about_a_later_quarter_leaves_the_earlier_line_alone(counter: Counter, low: str) -> None:
    fault(counter, low, "投诉1号")
    counter.filed(low, fault(counter, low, "投诉2号", "2026-11-05"))
    assert assisted(counter) == {low}


def test_after_the_seal_the_points_come_back_in_the_open_quarter_and_count_where_they_belong(counter: Counter) -> None:
    town = counter.desk.town
    on(counter, date(2026, 9, 20))
    entry = fault(counter, MEMBER, "投诉1号")
    on(counter, date(2026, 11, 2))
    assert {one["booked_in"] for one in counter.desk.entries(MEMBER) if one["id"] == entry} == {"2026Q3"}
    seal(town, "2026Q1", "2026Q2", "2026Q3")
    assert corrected(town, MEMBER, "2026Q3") == 990
    appeal = counter.filed(MEMBER, entry)["id"]
    (reversal,) = counter.decided("district_officer", appeal)["entries"]
    assert (reversal["booked_in"], reversal["window"], reversal["effective_on"]) == ("2026Q4", "2026Q3", "2026-08-05")
    assert corrected(town, MEMBER, "2026Q3") == corrected(town, MEMBER, "2026Q4") == 1000


def test_in_the_notice_only_an_objection_is_booked(counter: Counter) -> None:
    town = counter.desk.town
    on(counter, date(2026, 9, 20))
    appealed, other = fault(counter, MEMBER, "投诉1号"), fault(counter, MEMBER, "投诉2号")
    on(counter, date(2026, 10, 20))
    assert town.run(lambda c, actor: cycles.quarter(c, actor, "2026Q3")).state is QuarterState.NOTICE
    appeal = counter.filed(MEMBER, appealed)["id"]
    booked = counter.decided("district_officer", appeal)["entries"]
    assert [one["booked_in"] for one in booked] == ["2026Q3"]
    undone = counter.reverse("district_officer", other).json()["entries"]
    assert [one["booked_in"] for one in undone] == ["2026Q4"]


def test_an_upheld_appeal_is_not_taken_back_by_the_settling_of_duties(counter: Counter) -> None:
    """What was missed by somebody's word is waived, so that the quarter's close does not find it open again."""
    entry = counter.missed(login="secretary", item="EXC-D02")
    counter.decided("committee_officer", counter.filed(MEMBER, entry)["id"])
    desk = counter.desk
    path = f"/api/v1/members/{desk.town.members[MEMBER]}/explanation"
    found = desk.client.get(path, headers=desk.headers("district_officer")).json()
    duties = [
        duty
        for kind in found["kinds"]
        for dimension in kind["dimensions"]
        for item in dimension["items"]
        for duty in item["duties"]
        if item["item"] == "EXC-D02" and duty["window"] == "2026Q4"
    ]
    assert [one["state"] for one in duties] == ["waived"]
