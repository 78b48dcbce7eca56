"""The town, and a booth: surveys called by the committee, answered by whoever holds a slip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from app.kit.ids import new_id
from app.surveys import jobs
from tests.town import Desk, Json, Town, client, desk, town

__all__ = ["client", "desk", "town"]

TODAY, LAST, AFTER = date(2026, 11, 21), date(2026, 11, 25), date(2026, 11, 26)
_CODE = re.compile(r'class="code">([^<]+)<')


@dataclass
class Booth:
    """Sends under the log-in of an office, and without any for the slips."""

    desk: Desk

    @property
    def town(self) -> Town:
        return self.desk.town

    def send(
        self, method: str, path: str, body: Json | None = None, login: str = "committee_officer", **query: str
    ) -> Any:
        headers = self.desk.headers(login)
        return self.desk.client.request(method, f"/api/v1/{path}", json=body, params=query, headers=headers)

    def body(self, **more: Any) -> Json:
        made = {"id": str(new_id()), "title": "2026年度职工满意度测评", "kind": "staff", "voters": 8}
        made |= {"about": [str(self.town.branch)], "opens_on": TODAY.isoformat(), "closes_on": LAST.isoformat()}
        return made | more

    def called(self, **more: Any) -> Json:
        answer = self.send("POST", "surveys", self.body(**more))
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    def drawn(self, survey: Json) -> list[str]:
        answer = self.send("POST", f"surveys/{survey['id']}/codes")
        assert answer.status_code == 201, answer.text
        return _CODE.findall(answer.text)

    def open(self, **more: Any) -> tuple[Json, list[str]]:
        """A survey that takes answers today, with its codes."""
        survey = self.called(**more)
        return survey, self.drawn(survey)

    def address(self, survey: Json, part: str = "/answers") -> str:
        return f"/api/v1/survey-forms/{self.town.district.code}/{survey['number']}{part}"

    def answer(self, survey: Json, code: str, choice: str = "satisfied", **more: Any) -> Any:
        sheet = {"code": code, "answers": [{"about": 1, "question": "overall", "choice": choice}], **more}
        return self.desk.client.post(self.address(survey), json=sheet)

    def answered(self, survey: Json, codes: list[str], *choices: str) -> None:
        for code, choice in zip(codes, choices, strict=False):
            answer = self.answer(survey, code, choice)
            assert answer.status_code == 200, answer.text

    def read(self, survey: Json, login: str = "committee_officer") -> Json:
        answer = self.send("GET", f"surveys/{survey['id']}", login=login)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def live_until(self, day: date) -> None:
        self.town.on(day)
        self.desk.forget()

    def keep(self) -> int:
        """What the scheduler does; how many were closed."""
        state = self.desk.client.app.state.service  # type: ignore[attr-defined]  # an application has one
        town = self.town
        found = jobs.close(town.database, town.clock, town.district, state.settings, lambda: state.cipher)
        return found["closed"]

    def closed(self, survey: Json) -> Json:
        """As it is read when its days are over."""
        self.live_until(AFTER)
        assert self.keep() == 1
        return self.read(survey)


@pytest.fixture
def booth(desk: Desk) -> Booth:
    return Booth(desk)
