"""The town, and the way to its appeals over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from app.auth.core import Role
from app.kit.ids import new_id
from tests.town import Desk, Json, client, desk, town

__all__ = ["client", "desk", "town"]

ANSWER = "已核实"


@dataclass
class Counter:
    """Appeals and answers them, under the log-in of whoever is named."""

    desk: Desk

    def call(self, method: str, login: str, path: str, body: Json | None = None, **query: Any) -> Any:
        headers = self.desk.headers(login)
        return self.desk.client.request(method, f"/api/v1/{path}", json=body, params=query, headers=headers)

    def file(self, login: str, entry: str, **more: Any) -> Any:
        body = {"id": str(new_id()), "text": "当天在场", **more}
        return self.call("POST", login, f"entries/{entry}/appeals", body)

    def filed(self, login: str, entry: str, **more: Any) -> Json:
        answer = self.file(login, entry, **more)
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    def decide(self, login: str, appeal: str, outcome: str = "upheld", *, words: str = ANSWER, **to: Any) -> Any:
        body = {"outcome": outcome, "answer": words}
        return self.call("POST", login, f"appeals/{appeal}/decision", {**body, "replacement": to} if to else body)

    def decided(self, login: str, appeal: str, outcome: str = "upheld", **to: Any) -> Json:
        answer = self.decide(login, appeal, outcome, **to)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def withdraw(self, login: str, appeal: str) -> Any:
        return self.call("POST", login, f"appeals/{appeal}/withdrawal")

    def extend(self, login: str, appeal: str, reason: str = "需向主办方核实") -> Any:
        return self.call("POST", login, f"appeals/{appeal}/extension", {"reason": reason})

    def reverse(self, login: str, entry: str) -> Any:
        return self.call("POST", login, f"entries/{entry}/reversal", {"id": str(new_id()), "reason": "登记错误"})

    def waiting(self, login: str) -> list[str]:
        """The ids of the appeals that are this person's turn."""
        answer = self.call("GET", login, "appeals", waits_for_me="true")
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["appeals"]]

    def missed(self, name: str = "林晓明", login: str = "group_leader", item: str = "ORG-D02") -> str:
        """The id of an entry of a duty not done."""
        fact = self.desk.town.missed(name, item)
        self.desk.recorded(login, fact)
        entry: str = fact["id"]
        return entry

    def messages(self, login: str) -> list[tuple[str, str]]:
        """Kind and text of each, in order."""
        answer = self.call("GET", login, "me/messages", limit=200)
        return [(one["kind"], one["text"]) for one in answer.json()["messages"]]

    def kinds(self, login: str) -> list[str]:
        return [kind for kind, _ in self.messages(login)]


@pytest.fixture
def counter(desk: Desk) -> Counter:
    return Counter(desk)


@pytest.fixture
def second(desk: Desk) -> str:
    """Another committee officer."""
    desk.town.appoint("second", Role.COMMITTEE_OFFICER, desk.town.path(desk.town.committee))
    return "second"
