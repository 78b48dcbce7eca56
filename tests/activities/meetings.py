"""Meetings of the town, sent over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.activities import settling
from app.kit.ids import new_id
from app.messages.tables import inbox, message
from app.points.tables import duty
from app.submissions.tables import submission
from tests.town import Desk, Json, Town

ACTIVITIES = "/api/v1/activities"


@dataclass
class Clerk:
    """Whoever writes down meetings, under the log-in named."""

    desk: Desk

    @property
    def town(self) -> Town:
        return self.desk.town

    def mark(self, name: str, status: str, **more: Any) -> Json:
        return {"member_id": str(self.town.members[name]), "status": status, **more}

    def meeting(self, *marks: Json, item: str = "ORG-D02", at: UUID | None = None, **more: Any) -> Json:
        """A theme day of the branch on the twentieth of November, unless more is said."""
        made = {"id": str(new_id()), "organisation_id": str(at or self.town.branch), "item": item}
        return {**made, "title": "主题党日", "held_on": "2026-11-20", "attendance": list(marks), **more}

    def post(self, login: str, body: Json, path: str = "", *, language: str = "zh", **query: str) -> Any:
        headers = {**self.desk.headers(login), "Accept-Language": language}
        return self.desk.client.post(f"{ACTIVITIES}{path}", json=body, params=query, headers=headers)

    def recorded(self, login: str, *marks: Json, **more: Any) -> Json:
        answer = self.post(login, self.meeting(*marks, **more))
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    def correct(self, login: str, activity: Json, *marks: Json, **more: Any) -> Any:
        body = {"version": activity["version"], "attendance": list(marks), **more}
        path = f"{ACTIVITIES}/{activity['id']}/attendance"
        return self.desk.client.put(path, json=body, headers=self.desk.headers(login))

    def make_up(self, login: str, activity: Json, name: str, day: str | None = None) -> Any:
        member = {"member_id": str(self.town.members[name])} | ({} if day is None else {"made_up_on": day})
        return self.post(login, {"members": [member]}, f"/{activity['id']}/make-ups")

    def read(self, activity: Json, login: str = "secretary") -> Json:
        answer = self.desk.client.get(f"{ACTIVITIES}/{activity['id']}", headers=self.desk.headers(login))
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def go_to(self, day: date) -> None:
        """Let the days pass, and everyone log in anew."""
        self.town.on(day)
        self.desk.forget()

    def run_job(self) -> dict[str, int]:
        counts: dict[str, int] = self.town.run(settling.settle)
        return counts

    def duty(self, name: str, item: str = "ORG-D02", window: str = "2026-11") -> str:
        state: str = self.duty_row(name, item, window).state
        return state

    def duty_row(self, name: str, item: str = "ORG-D02", window: str = "2026-11") -> Any:
        statement = select(duty).where(
            duty.c.district_id == self.town.district.id,
            duty.c.member_id == self.town.members[name],
            duty.c.item == item,
            duty.c.window == window,
        )
        return self.town.run(lambda connection, _: connection.execute(statement).one())

    def told(self, name: str) -> list[str]:
        """The kinds of what the member was told, in order."""
        statement = (
            select(message.c.kind)
            .select_from(
                message.join(inbox, (inbox.c.district_id == message.c.district_id) & (inbox.c.id == message.c.inbox_id))
            )
            .where(
                message.c.district_id == self.town.district.id,
                inbox.c.member_id == self.town.members[name],
            )
            .order_by(message.c.number)
        )
        kinds: list[str] = self.town.run(lambda connection, _: list(connection.execute(statement).scalars()))
        return kinds

    def proposals(self, name: str) -> list[tuple[str, str]]:
        """Item and state of what was proposed about the member."""
        statement = (
            select(submission.c.item, submission.c.state)
            .where(
                submission.c.district_id == self.town.district.id,
                submission.c.member_id == self.town.members[name],
            )
            .order_by(submission.c.recorded_at, submission.c.id)
        )
        found: list[tuple[str, str]] = self.town.run(
            lambda connection, _: [tuple(row) for row in connection.execute(statement)]
        )
        return found


def status_of(activity: Json, clerk: Clerk, name: str) -> Json:
    """The member's line in a session."""
    member_id = str(clerk.town.members[name])
    found: Json = next(one for one in activity["attendance"] if one["member_id"] == member_id)
    return found


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)
