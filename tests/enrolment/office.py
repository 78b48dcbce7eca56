"""Changes of enrolment over HTTP, under the log-in of whoever is named; and what they leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.kit.ids import new_id
from app.points.tables import duty
from tests.town import Desk, Json, Town

LIN = "林晓明"


@dataclass
class Office:
    """In a town of two branches."""

    desk: Desk

    @property
    def town(self) -> Town:
        return self.desk.town

    def member(self, name: str) -> str:
        return str(self.town.members[name])

    def call(self, method: str, login: str, path: str, body: Json | None = None, **query: Any) -> Any:
        headers = self.desk.headers(login)
        return self.desk.client.request(method, f"/api/v1/{path}", json=body, params=query, headers=headers)

    def done(self, login: str, path: str, body: Json, **query: Any) -> Json:
        answer = self.call("POST", login, path, body, **query)
        assert answer.status_code in {200, 201}, answer.text
        found: Json = answer.json()
        return found

    def wish(self, name: str = LIN, to: UUID | None = None, **more: Any) -> Json:
        target = {"to_branch_id": str(to or self.town.neighbour)} if "destination" not in more else {}
        return {"id": str(new_id()), "member_id": self.member(name), "reason": "工作调动", **target, **more}

    def proposed(self, login: str = "secretary", name: str = LIN, **more: Any) -> str:
        found: str = self.done(login, "transfers", self.wish(name, **more))["id"]
        return found

    def accept(self, login: str, transfer: str, *, preview: bool = False, **body: Any) -> Any:
        query = {"preview": "true"} if preview else {}
        return self.call("POST", login, f"transfers/{transfer}/acceptance", body, **query)

    def transferred(self, name: str = LIN, **body: Any) -> Json:
        """From the branch to its neighbour."""
        answer = self.accept("next_door", self.proposed(name=name), **body)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def exempted(
        self, name: str = LIN, since: str = "2026-07-01", login: str = "committee_officer", **more: Any
    ) -> Json:
        body = {"id": str(new_id()), "ground": "illness", "from_on": since, **more}
        return self.done(login, f"members/{self.member(name)}/exemptions", body)

    def left(self, name: str = LIN, ground: str = "expelled", day: str = "2026-11-21", **query: Any) -> Any:
        body = {"id": str(new_id()), "ground": ground, "left_on": day, "reference": "〔2026〕7号"}
        return self.call("POST", "committee_officer", f"members/{self.member(name)}/leaving", body, **query)

    def duties(self, name: str) -> dict[str, tuple[str, str | None]]:
        """State and source of each duty, by item and window."""
        columns = duty.c
        statement = select(columns.item, columns.window, columns.state, columns.source).where(
            columns.district_id == self.town.district.id, columns.member_id == self.town.members[name]
        )
        rows = self.town.database.run(lambda c: c.execute(statement).all(), self.town.district.id)
        return {f"{item} {window}": (state, source) for item, window, state, source in rows}

    def now(self, name: str, login: str = "district_officer") -> Json:
        answer = self.call("GET", login, f"members/{self.member(name)}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def told(self, login: str) -> list[Json]:
        answer = self.call("GET", login, "me/messages", limit=200)
        found: list[Json] = answer.json()["messages"]
        return found

    def kinds(self, login: str) -> list[str]:
        return [one["kind"] for one in self.told(login)]
