"""The town and the way to it over HTTP; and a town whose lines have found somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from app import schedule
from app.auth.core import Role
from app.cases import opening, stepping
from app.job_runs.service import Outcome, RunResult, run_once
from app.kit.ids import new_id
from app.points import service as points
from app.points.views import Opening
from tests.town import Desk, Json, Town, client, desk, town

__all__ = ["Casebook", "apply", "client", "desk", "town"]

LOW, HELPER = "低分", "帮扶人"


def apply(town: Town, job: str, slot: str, *, force: bool = False) -> RunResult:
    work = schedule.find_job(job).do
    result = run_once(town.database, town.clock, job, slot, town.district, work, force=force)
    assert result.outcome is Outcome.DONE, result.error
    return result


@dataclass
class Casebook:
    """Opens cases and handles them, under the log-in of whoever is named."""

    desk: Desk

    @property
    def town(self) -> Town:
        return self.desk.town

    def on(self, day: date) -> None:
        """Another day: everyone logs in anew."""
        self.town.on(day)
        self.desk.forget()

    def add_low(self, **openings: int) -> None:
        """Members since January who opened the year with so many points, each with an account."""
        today = self.town.actor().today
        self.town.on(date(2026, 1, 5))
        for name, number in openings.items():
            member = self.town.add_member(name, standing=False, account=True)
            one = Opening(member, number, "2025年台账")
            self.town.run(lambda connection, actor, one=one: points.open_standings(connection, actor, "2026", [one]))
        self.on(today)
        self.town.live_through("2026Q2", "2026Q3", "2026Q4")

    def seal(self, quarter: str = "2026Q3", *, force: bool = False) -> dict[str, int]:
        """What follows a quarter's end: its check, its lines, and what they open."""
        self.town.confirm(quarter)
        apply(self.town, "lines", quarter, force=force)
        return {"opened": apply(self.town, "cases", quarter, force=force).counts["opened"]}

    def open_again(self, quarter: str = "2026Q3") -> dict[str, int]:
        found: dict[str, int] = self.town.run(lambda connection, actor: opening.follow(connection, actor, quarter))
        return found

    def step(self) -> dict[str, int]:
        """The day's job."""
        found: dict[str, int] = self.town.run(stepping.step)
        return found

    def call(self, method: str, login: str, path: str, body: Json | None = None, **query: Any) -> Any:
        headers = self.desk.headers(login)
        return self.desk.client.request(method, f"/api/v1/{path}", json=body, params=query, headers=headers)

    def cases(self, login: str = "district_officer", **query: Any) -> list[Json]:
        answer = self.call("GET", login, "cases", **query)
        assert answer.status_code == 200, answer.text
        found: list[Json] = answer.json()["cases"]
        return found

    def case_of(self, name: str = LOW) -> Json:
        """The latest, with its steps."""
        found = [one for one in self.cases() if one["member"] == name]
        answer = self.call("GET", "district_officer", f"cases/{found[-1]['id']}")
        body: Json = answer.json()
        return body

    def act(self, login: str, verb: str, *, name: str = LOW, case: str = "", **body: Any) -> Any:
        sent = {"id": str(new_id()), **body}
        return self.call("POST", login, f"cases/{case or self.case_of(name)['id']}/{verb}", sent)

    def acted(self, login: str, verb: str, **body: Any) -> Json:
        answer = self.act(login, verb, **body)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def talk(self) -> Json:
        today = self.town.actor().today.isoformat()
        return self.acted("secretary", "talk", held_on=today, note="本人说明情况")

    def plan(self, helper: str | None = HELPER) -> Json:
        named = {} if helper is None else {"helper_id": str(self.town.members[helper])}
        return self.acted("secretary", "plan", problems="三次缺席", measures="参加晚间场次", **named)

    def run_plan(self) -> Json:
        self.talk()
        return self.plan()

    def lose(self, name: str = LOW, effective_on: str = "2026-11-05", item: str = "ORG-D02") -> str:
        fact = self.town.missed(name, item, effective_on=effective_on)
        self.desk.recorded("committee_officer", fact)
        entry: str = fact["id"]
        return entry

    def reverse(self, entry: str, login: str = "committee_officer") -> Any:
        return self.call("POST", login, f"entries/{entry}/reversal", {"id": str(new_id()), "reason": "登记错误"})

    def told(self, login: str, kind: str) -> list[str]:
        """The texts of one kind in an inbox, in order."""
        answer = self.call("GET", login, "me/messages", limit=200)
        assert answer.status_code == 200, answer.text
        return [one["text"] for one in answer.json()["messages"] if one["kind"] == kind]


@pytest.fixture
def casebook(desk: Desk) -> Casebook:
    """It is 12 October; one member of the branch opened the year with 500 points, another helps."""
    town = desk.town
    town.on(date(2026, 1, 5))
    town.add_member(HELPER, account=True)
    town.appoint("next-door", Role.SECRETARY, town.neighbour_path)
    book = Casebook(desk)
    book.on(date(2026, 10, 12))
    book.add_low(**{LOW: 500})
    return book
