"""A preview of each thing that is done to a proposal: it answers as the commit does, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.submissions.flows import PATH, finding, inbox, praise, view
from tests.town import Desk, Json

TELLING: Json = {"told_on": "2026-11-21", "told_in_person": "支部活动室，面谈"}


def send(desk: Desk, login: str, method: str, path: str, body: Json, **query: str) -> Any:
    return desk.client.request(method, f"{PATH}{path}", json=body, params=query, headers=desk.headers(login))


def drafted(desk: Desk) -> str:
    fact = praise(desk)
    assert send(desk, "林晓明", "POST", "", fact).status_code == 201
    return str(fact["id"])


def accused(desk: Desk, name: str) -> str:
    fact = finding(desk, name)
    desk.recorded("organisation_commissioner", fact)
    return str(fact["id"])


@pytest.mark.parametrize("verb", ["edit", "submit", "withdrawal", "hearing", "answer"])
def test_a_preview_answers_as_the_commit_does_and_saves_nothing(desk: Desk, verb: str) -> None:
    login, method, name = "林晓明", "POST", "林晓明"
    body: Json = {}
    if verb == "hearing":
        submission, login, body, name = accused(desk, "陈建国"), "secretary", TELLING, "陈建国"
    elif verb == "answer":
        submission, body = accused(desk, "林晓明"), {"answer": "当日出差"}
    else:
        submission = drafted(desk)
    path = f"/{submission}/{verb}"
    if verb == "edit":
        method, path = "PUT", f"/{submission}"
        body = {"item": "EXC-A01", "effective_on": "2026-11-06", "tier": "adopted", "matter": "建议2号"}
    reader = "林晓明" if name == "林晓明" else "secretary"
    before = view(desk, reader, submission), inbox(desk, "secretary")
    tried = send(desk, login, method, path, body, preview="true")
    assert tried.status_code == 200, tried.text
    assert (view(desk, reader, submission), inbox(desk, "secretary")) == before
    done = send(desk, login, method, path, body)
    assert (done.status_code, done.json()) == (200, tried.json())
    assert view(desk, reader, submission) != before[0]


def test_a_draft_that_is_only_tried_is_not_kept(desk: Desk) -> None:
    fact = praise(desk)
    tried = send(desk, "林晓明", "POST", "", fact, preview="true")
    assert tried.status_code == 200
    assert desk.submissions("林晓明") == []
    kept = send(desk, "林晓明", "POST", "", fact)
    assert (kept.status_code, kept.json()) == (201, tried.json())


def test_a_preview_refuses_what_the_commit_refuses(desk: Desk) -> None:
    fact = desk.town.fact("林晓明", "EXC-A01")
    assert send(desk, "林晓明", "POST", "", fact).status_code == 201
    tried, done = (
        send(desk, "林晓明", "POST", f"/{fact['id']}/submit", {}, **query) for query in ({"preview": "true"}, {})
    )
    assert (tried.status_code, tried.json()["code"]) == (done.status_code, done.json()["code"]) == (422, "tier_missing")
