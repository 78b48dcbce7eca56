"""The town at the end of a quarter, and the way to its check, notices and seals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from app import schedule
from app.job_runs.service import RunResult, run_once
from app.kit.ids import new_id
from tests.town import Desk, Json, client, desk, town

__all__ = ["client", "desk", "town"]

Q3 = "2026Q3"
DAY = "2026-09-05"  # of the third quarter


@dataclass
class Office:
    """Confirms, refuses and runs the calendar's work, under the log-in of whoever is named."""

    desk: Desk

    def on(self, day: date) -> None:
        self.desk.town.on(day)
        self.desk.forget()

    def call(self, method: str, login: str, path: str, body: Json | None = None, **query: Any) -> Any:
        headers = self.desk.headers(login)
        return self.desk.client.request(method, f"/api/v1/{path}", json=body, params=query, headers=headers)

    def check_path(self, branch: str = "branch", quarter: str = Q3) -> str:
        return f"quarters/{quarter}/branches/{getattr(self.desk.town, branch)}/check"

    def confirm(self, login: str, *entries: str, branch: str = "branch", **query: Any) -> Any:
        body = {"entries": list(entries)} if entries else {}
        return self.call("POST", login, self.check_path(branch), body, **query)

    def confirmed(self, login: str, *entries: str, branch: str = "branch") -> Json:
        answer = self.confirm(login, *entries, branch=branch)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def waiting(self, login: str, branch: str = "branch") -> dict[str, bool]:
        """The entries that wait, and whether they are this person's to confirm."""
        answer = self.call("GET", login, self.check_path(branch), limit=500)
        assert answer.status_code == 200, answer.text
        return {one["entry"]["id"]: one["is_yours"] for one in answer.json()["rows"]}

    def refuse(self, login: str, entry: str, *, sent: str | None = None) -> Any:
        body = {"id": sent or str(new_id()), "reason": "没有签到记录"}
        return self.call("POST", login, f"entries/{entry}/refusal", body)

    def quarter(self, login: str = "district_officer", quarter: str = Q3) -> Json:
        answer = self.call("GET", login, f"quarters/{quarter}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def branch(self, branch: str = "branch", login: str = "district_officer") -> Json:
        """How far a branch is."""
        wanted = str(getattr(self.desk.town, branch))
        return next(one for one in self.quarter(login)["branches"] if one["branch_id"] == wanted)

    def recorded(self, name: str, item: str, login: str = "organisation_commissioner", **more: Any) -> str:
        """A routine entry about a day of the third quarter; its id."""
        fact = self.desk.town.fact(name, item, **{"effective_on": DAY, "outcome": "missed", **more})
        self.desk.recorded(login, fact)
        entry: str = fact["id"]
        return entry

    def run(self, job: str, slot: str = Q3, *, force: bool = False) -> RunResult:
        """A job of the table, as the scheduler runs it on the clock's day."""
        town, work = self.desk.town, schedule.find_job(job).do
        return run_once(town.database, town.clock, job, slot, town.district, work, force=force)

    def live(self, day: date, quarter: str = Q3) -> dict[str, RunResult]:
        """A day's work of the calendar on a quarter's end."""
        self.on(day)
        slots = {"quarters": day.isoformat(), "check": day.isoformat(), "seal": quarter, "freeze": quarter}
        return {job: self.run(job, slot) for job, slot in slots.items()}

    def messages(self, login: str) -> list[tuple[str, str]]:
        answer = self.call("GET", login, "me/messages", limit=200)
        return [(one["kind"], one["text"]) for one in answer.json()["messages"]]

    def kinds(self, login: str) -> list[str]:
        return [kind for kind, _ in self.messages(login)]

    def booked(self, name: str) -> list[tuple[str, str]]:
        """Item and quarter of each entry but the opening."""
        return [(one["item"], one["booked_in"]) for one in self.desk.entries(name) if one["item"] != "OPENING"]

    def quarters_of(self, name: str, login: str = "district_officer") -> dict[str, Json]:
        answer = self.call("GET", login, f"members/{self.desk.town.members[name]}/quarters", cycle="2026")
        assert answer.status_code == 200, answer.text
        return {one["quarter"]["quarter"]: one for one in answer.json()["quarters"]}


@pytest.fixture
def office(desk: Desk) -> Office:
    """On 8 October 2026: the third quarter is over, and still records; the two before it are sealed."""
    found = Office(desk)
    for quarter, month in (("2026Q1", 4), ("2026Q2", 7)):
        for day in (16, 26):
            found.live(date(2026, month, day), quarter)
    found.on(date(2026, 10, 8))
    found.run("quarters", "2026-10-08")
    return found
