"""Changing one's own password, and passwords that somebody else has set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.auth import service
from app.auth.core import Role
from app.kit.clock import FixedClock
from tests.auth.people import CHEAP, PASSWORD, People

SESSIONS = "/api/v1/sessions"
CURRENT = f"{SESSIONS}/current"
OWN = "/api/v1/me/password"
NEW = "seven geese over water"


def change(client: TestClient, headers: dict[str, str], old: str = PASSWORD, new: str = NEW) -> Any:
    return client.put(OWN, json={"old_password": old, "password": new}, headers=headers)


def test_a_changed_password_ends_the_other_log_ins_and_keeps_this_one(client: TestClient, people: People) -> None:
    people.open("secretary")
    here, there = people.log_in(client, "secretary"), people.log_in(client, "secretary")
    assert change(client, here).status_code == 204
    assert client.get(CURRENT, headers=here).status_code == 200
    assert client.get(CURRENT, headers=there).status_code == 401
    refused = client.post(SESSIONS, json={"login": f"{people.district.code}/secretary", "password": PASSWORD})
    assert refused.status_code == 401
    people.log_in(client, "secretary", NEW)


def test_the_old_password_is_asked_and_its_guesses_lock_the_account(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("secretary")
    headers = people.log_in(client, "secretary")
    for _ in range(5):
        refused = change(client, headers, old="not the old one")
        assert (refused.status_code, refused.json()["code"]) == (403, "old_password_wrong")
    assert change(client, headers).status_code == 403, "locked, even with the right one"
    clock.moment += timedelta(minutes=15)
    assert change(client, headers).status_code == 204


def test_a_right_old_password_does_not_buy_more_guesses(client: TestClient, people: People) -> None:
    """Whoever holds a stolen token and one guess less than the lock gets nowhere by asking for something harmless."""
    people.open("secretary")
    headers = people.log_in(client, "secretary")
    login = {"login": f"{people.district.code}/secretary", "password": "a wrong one"}
    for _ in range(4):
        assert client.post(SESSIONS, json=login).status_code == 401
    assert change(client, headers, new=PASSWORD).json()["code"] == "same_password"
    assert client.post(SESSIONS, json=login).status_code == 401
    assert client.post(SESSIONS, json={**login, "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "weak_password"),
        ("1234567890", "known_password"),
        ("my-secretary-1", "personal_password"),
        (PASSWORD, "same_password"),
    ],
)
def test_a_new_password_keeps_to_the_policy(client: TestClient, people: People, new: str, code: str) -> None:
    people.open("secretary")
    refused = change(client, people.log_in(client, "secretary"), new=new)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    people.log_in(client, "secretary")


def test_a_password_set_by_somebody_else_opens_only_its_change(client: TestClient, people: People) -> None:
    people.open("auditor", Role.AUDITOR)
    people.database.run(
        lambda connection: service.set_password(
            connection, people.service_actor, "auditor", "handed over on paper", passwords=CHEAP, temporary=True
        ),
        people.district.id,
    )
    headers = people.log_in(client, "auditor", "handed over on paper")
    assert client.get(CURRENT, headers=headers).json()["stage"] == "password"
    for method, path in (("GET", "/api/v1/members"), ("GET", SESSIONS), ("GET", "/api/v1/boards/district")):
        refused = client.request(method, path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
    assert change(client, headers, old="handed over on paper").status_code == 204
    assert client.get(CURRENT, headers=headers).json()["stage"] == "open"
    assert client.get(SESSIONS, headers=headers).status_code == 200
    assert client.get(CURRENT, headers=people.log_in(client, "auditor", NEW)).json()["stage"] == "open"


def test_an_account_opened_with_a_temporary_password_cannot_wait_it_out(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.database.run(
        lambda connection: service.open_account(
            connection, people.service_actor, "new", "某同志", PASSWORD, passwords=CHEAP, temporary=True
        ),
        people.district.id,
    )
    body = {"login": f"{people.district.code}/new", "password": PASSWORD}
    told = client.post(SESSIONS, json=body).json()
    assert told["stage"] == "password"
    clock.moment += timedelta(days=1)
    again = client.post(f"{SESSIONS}/refresh", json={"refresh_token": told["refresh_token"]}).json()
    assert again["stage"] == "password"


def test_a_log_in_that_has_to_change_its_password_can_still_end(client: TestClient, people: People) -> None:
    people.open("secretary")
    people.database.run(
        lambda connection: service.set_password(
            connection, people.service_actor, "secretary", PASSWORD, passwords=CHEAP, temporary=True
        ),
        people.district.id,
    )
    headers = people.log_in(client, "secretary")
    assert client.delete(CURRENT, headers=headers).status_code == 204
    assert client.get(CURRENT, headers=headers).status_code == 401
