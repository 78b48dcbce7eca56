"""Logging in and out over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.auth import service
from app.auth.core import Role
from app.auth.tables import appointment, credential, session
from app.kit.clock import FixedClock
from app.kit.db import Database
from tests.auth.people import PASSWORD, People

SESSIONS = "/api/v1/sessions"
CURRENT = "/api/v1/sessions/current"
WRONG = "wrong password"


def attempt(client: TestClient, login: str, password: str = WRONG) -> tuple[int, dict[str, Any]]:
    """Status and what the answer says, without the request's own id."""
    answer = client.post(SESSIONS, json={"login": login, "password": password})
    told: dict[str, Any] = answer.json()
    told.pop("request_id", None)
    return answer.status_code, told


def test_a_login_gives_a_token_that_says_who_calls(client: TestClient, people: People) -> None:
    people.open("Secretary01", Role.SECRETARY, "1.2")
    login = f"{people.district.code}/SECRETARY01"
    made = client.post(SESSIONS, json={"login": login, "password": PASSWORD})
    assert made.status_code == 201
    told = made.json()
    assert told["token_type"] == "Bearer"
    assert told["access_token"].startswith(people.district.code + ".")
    assert told["roles"] == [{"role": "secretary", "path": "1.2"}]
    assert told["expires_at"] == "2026-11-21T03:00:00Z"
    assert made.headers["cache-control"] == "no-store"

    current = client.get(CURRENT, headers={"Authorization": f"Bearer {told['access_token']}"})
    assert current.status_code == 200
    assert current.json() == {
        "login": f"{people.district.code}/secretary01",
        "name": "某同志",
        "district": "测试区",
        "roles": [{"role": "secretary", "path": "1.2"}],
        "expires_at": "2026-11-21T03:00:00Z",
        "stage": "open",
    }


def test_only_digests_of_tokens_are_kept(client: TestClient, people: People) -> None:
    people.open("secretary")
    token = people.log_in(client, "secretary")["Authorization"].removeprefix("Bearer ")
    statement = select(session.c.token_digest).where(session.c.district_id == people.district.id)
    [kept] = people.database.run(lambda connection: connection.execute(statement).scalars().all(), people.district.id)
    assert len(kept) == 32
    assert token.encode() not in kept


def test_every_failed_login_gets_the_same_answer(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("secretary")
    people.open("locked")
    closed = people.open("closed")
    people.database.run(
        lambda connection: service.close_account(connection, people.service_actor, closed), people.district.id
    )
    code = people.district.code
    for _ in range(5):
        attempt(client, f"{code}/locked")
    answers = [
        attempt(client, f"{code}/secretary"),
        attempt(client, f"{code}/nobody"),
        attempt(client, "no-such-district/secretary"),
        attempt(client, "secretary"),
        attempt(client, f"{code}/closed", PASSWORD),
        attempt(client, f"{code}/locked"),
        attempt(client, f"{code}/locked", PASSWORD),
    ]
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "login_refused"
    assert all(answer == answers[0] for answer in answers)


def test_five_failures_lock_an_account_for_fifteen_minutes(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("secretary")
    login = f"{people.district.code}/secretary"
    assert [attempt(client, login)[0] for _ in range(5)] == [401] * 5
    assert attempt(client, login, PASSWORD)[0] == 401
    clock.moment += timedelta(minutes=15)
    assert attempt(client, login, PASSWORD)[0] == 201


def test_guesses_made_at_once_are_counted_one_by_one(client: TestClient, people: People) -> None:
    people.open("secretary")
    login = f"{people.district.code}/secretary"
    with ThreadPoolExecutor(5) as threads:
        assert [status for status, _ in threads.map(lambda _: attempt(client, login), range(5))] == [401] * 5
    assert attempt(client, login, PASSWORD)[0] == 401


def test_a_good_login_forgets_the_failures_before_it(client: TestClient, people: People) -> None:
    people.open("secretary")
    login = f"{people.district.code}/secretary"
    for _ in range(2):
        assert [attempt(client, login)[0] for _ in range(4)] == [401] * 4
        assert attempt(client, login, PASSWORD)[0] == 201


def test_failures_are_counted_though_the_request_is_refused(client: TestClient, people: People) -> None:
    account_id = people.open("secretary")
    attempt(client, f"{people.district.code}/secretary")
    statement = select(credential.c.failures).where(
        credential.c.district_id == people.district.id, credential.c.account_id == account_id
    )
    assert people.database.run(lambda connection: connection.scalar(statement), people.district.id) == 1


def test_a_token_expires(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("secretary")
    headers = people.log_in(client, "secretary")
    clock.moment += timedelta(minutes=59, seconds=59)
    assert client.get(CURRENT, headers=headers).status_code == 200
    clock.moment += timedelta(seconds=1)
    refused = client.get(CURRENT, headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


def test_a_token_that_was_logged_out_is_dead(client: TestClient, people: People) -> None:
    people.open("secretary")
    headers, other = people.log_in(client, "secretary"), people.log_in(client, "secretary")
    assert client.delete(CURRENT, headers=headers).status_code == 204
    assert client.get(CURRENT, headers=headers).status_code == 401
    assert client.get(CURRENT, headers=other).status_code == 200


def test_expired_tokens_are_swept_at_the_next_login(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("secretary")
    people.log_in(client, "secretary")
    clock.moment += timedelta(days=30)
    people.log_in(client, "secretary")
    statement = select(session.c.expires_at).where(session.c.district_id == people.district.id)
    kept = people.database.run(lambda connection: connection.execute(statement).all(), people.district.id)
    assert len(kept) == 1


def test_a_token_is_worth_nothing_in_another_district(client: TestClient, people: People, strangers: People) -> None:
    people.open("secretary")
    strangers.open("secretary")
    strangers.log_in(client, "secretary")
    headers = people.log_in(client, "secretary")
    secret = headers["Authorization"].partition(".")[2]
    forged = {"Authorization": f"Bearer {strangers.district.code}.{secret}"}
    assert client.get(CURRENT, headers=forged).status_code == 401
    assert client.get(CURRENT, headers=headers).status_code == 200


def test_a_login_reaches_only_its_own_district(client: TestClient, people: People, strangers: People) -> None:
    people.open("secretary")
    assert attempt(client, f"{strangers.district.code}/secretary", PASSWORD)[0] == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer .",
        "Bearer a.b",
        "Bearer longwen.",
        "Basic bG9uZ3dlbjp4",
        "x" * 3000,
    ],
)
def test_a_malformed_token_is_refused(client: TestClient, authorization: str) -> None:
    answer = client.get(CURRENT, headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


def test_a_closed_account_is_out_at_the_next_request(client: TestClient, people: People) -> None:
    account_id = people.open("secretary", Role.SECRETARY)
    headers = people.log_in(client, "secretary")
    people.database.run(
        lambda connection: service.close_account(connection, people.service_actor, account_id), people.district.id
    )
    assert client.get(CURRENT, headers=headers).status_code == 401


def test_an_ended_appointment_is_gone_at_the_next_request(client: TestClient, people: People) -> None:
    account_id = people.open("secretary", Role.SECRETARY)
    headers = people.log_in(client, "secretary")
    assert client.get(CURRENT, headers=headers).json()["roles"] != []
    statement = select(appointment.c.id).where(
        appointment.c.district_id == people.district.id, appointment.c.account_id == account_id
    )
    appointment_id = people.database.run(
        lambda connection: connection.execute(statement).scalar_one(), people.district.id
    )

    def end(database: Database) -> bool:
        return database.run(
            lambda connection: service.end_appointment(connection, people.service_actor, appointment_id),
            people.district.id,
        )

    assert end(people.database)
    assert client.get(CURRENT, headers=headers).json()["roles"] == []
    assert not end(people.database)


def test_an_appointment_begins_on_its_day_where_the_district_is(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    account_id = people.open("secretary")
    tomorrow = people.service_actor.today + timedelta(days=1)
    people.database.run(
        lambda connection: service.appoint(connection, people.service_actor, account_id, Role.SECRETARY, "1", tomorrow),
        people.district.id,
    )
    clock.moment = clock.moment.replace(hour=15, minute=59)  # 23:59 in Shanghai
    assert client.get(CURRENT, headers=people.log_in(client, "secretary")).json()["roles"] == []
    clock.moment += timedelta(minutes=1)
    assert client.get(CURRENT, headers=people.log_in(client, "secretary")).json()["roles"] != []


def test_a_password_is_never_repeated_in_an_answer(client: TestClient) -> None:
    answer = client.post(SESSIONS, json={"login": "longwen/secretary", "password": "s" * 200})
    assert answer.status_code == 422
    assert "sss" not in answer.text
    assert answer.json()["faults"] == [
        {"index": None, "field": "password", "code": "string_too_long", "detail": "最多 128 个字符。"}
    ]


def test_a_nul_in_a_login_is_refused_like_any_other(client: TestClient, people: People) -> None:
    answer = client.post(SESSIONS, json={"login": f"{people.district.code}/a\x00b", "password": PASSWORD})
    assert answer.status_code in (401, 422)
    assert "code" in answer.json()
