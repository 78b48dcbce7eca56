"""The town, and a phone in somebody's hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from app.kit.ids import new_id
from tests.town import Desk, Json, client, desk, town

__all__ = ["client", "desk", "town"]

MEMBER = "林晓明"


@dataclass
class Phone:
    """Sends what the app sends, under the log-in of whoever holds it."""

    desk: Desk
    login: str = MEMBER

    def of(self, login: str) -> Phone:
        return Phone(self.desk, login)

    def get(self, path: str = "", *, language: str = "zh", **query: Any) -> Any:
        headers = {**self.desk.headers(self.login), "Accept-Language": language}
        return self.desk.client.get(f"/api/v1/me{path}", params=query, headers=headers)

    def read(self, path: str = "", **query: Any) -> Json:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def send(self, *items: Json) -> Any:
        headers = self.desk.headers(self.login)
        return self.desk.client.post("/api/v1/me/queue", json={"items": list(items)}, headers=headers)

    def sent(self, *items: Json) -> list[Json]:
        answer = self.send(*items)
        assert answer.status_code == 200, answer.text
        found: list[Json] = answer.json()["results"]
        return found

    def entry(self, fact: Json) -> Json:
        return {"kind": "entry", "body": fact}

    def appeal(self, entry: str, **more: Any) -> Json:
        return {"kind": "appeal", "entry_id": entry, "body": {"id": str(new_id()), "text": "当天在场", **more}}

    def complaint(self, text: str = "通知太晚") -> Json:
        return {"kind": "complaint", "body": {"id": str(new_id()), "text": text}}

    def reading(self, up_to: int) -> Json:
        return {"kind": "messages_read", "body": {"up_to": up_to}}

    def hearing(self, submission: str, answer: str = "当日出差，已请假") -> Json:
        return {"kind": "hearing_answer", "submission_id": submission, "body": {"answer": answer}}


@pytest.fixture
def phone(desk: Desk) -> Phone:
    """The member's."""
    return Phone(desk)
