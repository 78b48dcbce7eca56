"""Short ways to what the tests of submissions do over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.files.samples import photograph
from tests.town import Desk, Json

PATH = "/api/v1/submissions"


def praise(desk: Desk, name: str = "林晓明", **facts: Any) -> Json:
    return desk.town.praise(name, **facts)


def finding(desk: Desk, name: str = "林晓明", **facts: Any) -> Json:
    """A task not done: the organisation commissioner's to record, the secretary's to decide."""
    return desk.town.fact(name, "EXC-F01", **{"matter": "任务7号", "reason": "无故未完成任务", **facts})


def draft(desk: Desk, login: str, fact: Json) -> Any:
    return desk.client.post(PATH, json=fact, headers=desk.headers(login))


def edit(desk: Desk, login: str, submission: str, **content: Any) -> Any:
    body = {"item": "EXC-A01", "effective_on": "2026-11-05", **content}
    return desk.client.put(f"{PATH}/{submission}", json=body, headers=desk.headers(login))


def view(desk: Desk, login: str, submission: str) -> Json:
    answer = desk.client.get(f"{PATH}/{submission}", headers=desk.headers(login))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def state(desk: Desk, submission: str, login: str = "district_officer") -> str:
    found: str = view(desk, login, submission)["submission"]["state"]
    return found


def actions(desk: Desk, submission: str, login: str = "district_officer") -> list[str]:
    return [one["action"] for one in view(desk, login, submission)["steps"]]


def inbox(desk: Desk, login: str) -> list[Json]:
    answer = desk.client.get("/api/v1/me/messages", params={"limit": 200}, headers=desk.headers(login))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["messages"]
    return found


def told(desk: Desk, login: str, submission: str | None = None) -> list[str]:
    """The kinds of what somebody was told of a submission, in order."""
    return [one["kind"] for one in inbox(desk, login) if submission in (None, one["subject"]["id"])]


def waiting_for(desk: Desk, login: str) -> list[str]:
    return [one["id"] for one in desk.submissions(login, waits_for_me="true")]


def on(desk: Desk, day: str) -> None:
    """The clock at ten in the morning of a day; everyone logs in anew."""
    desk.town.on(date.fromisoformat(day))
    desk.forget()


def upload(desk: Desk, login: str, name: str = "签到表.jpg", width: int = 40) -> str:
    """The digest of a picture; others of another width."""
    answer = desk.client.post(
        "/api/v1/files", files={"file": (name, photograph(width=width))}, headers=desk.headers(login)
    )
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["hash"]
    return found


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
