"""Refresh tokens, their families, and the list of one's own log-ins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from structlog.testing import capture_logs

from app.auth import service
from app.auth.core import Role
from app.auth.logins import SESSIONS_MAX
from app.auth.tables import access_log, session
from app.kit.clock import FixedClock
from app.kit.ids import new_id
from tests.auth.people import CHEAP, PASSWORD, People

SESSIONS = "/api/v1/sessions"
CURRENT = f"{SESSIONS}/current"
REFRESH = f"{SESSIONS}/refresh"
Json = dict[str, Any]


def log_in(client: TestClient, people: People, login: str = "secretary", **more: str) -> Json:
    body = {"login": f"{people.district.code}/{login}", "password": PASSWORD, **more}
    answer = client.post(SESSIONS, json=body)
    assert answer.status_code == 201, answer.text
    told: Json = answer.json()
    return told


def refresh(client: TestClient, token: str) -> Any:
    return client.post(REFRESH, json={"refresh_token": token})


def bearer(told: Json) -> dict[str, str]:
    return {"Authorization": f"Bearer {told['access_token']}"}


def status_of(client: TestClient, told: Json) -> int:
    return client.get(CURRENT, headers=bearer(told)).status_code


def test_a_refresh_gives_a_new_pair_and_ends_the_old_one(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("secretary", Role.SECRETARY)
    first = log_in(client, people)
    assert first["refresh_expires_at"] == "2026-12-21T02:00:00Z"
    clock.moment += timedelta(hours=2)
    assert status_of(client, first) == 401
    second = refresh(client, first["refresh_token"])
    assert second.status_code == 201
    told = second.json()
    assert told["roles"] == [{"role": "secretary", "path": "1"}]
    assert told["refresh_expires_at"] == "2026-12-21T04:00:00Z"
    assert {told["access_token"], told["refresh_token"]}.isdisjoint({first["access_token"], first["refresh_token"]})
    assert (status_of(client, first), status_of(client, told)) == (401, 200)


def test_an_old_refresh_token_ends_the_log_in_for_whoever_has_the_new_one(client: TestClient, people: People) -> None:
    people.open("secretary")
    first, other = log_in(client, people), log_in(client, people)
    second = refresh(client, first["refresh_token"]).json()
    third = refresh(client, second["refresh_token"]).json()
    with capture_logs() as logs:
        reused = refresh(client, first["refresh_token"])
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_refused")
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["refresh_token_reused"]
    assert status_of(client, third) == 401
    assert refresh(client, third["refresh_token"]).status_code == 401
    assert status_of(client, other) == 200, "another log-in is another family"


def test_an_old_refresh_token_in_a_retry_is_no_exception(client: TestClient, people: People) -> None:
    people.open("secretary")
    first = log_in(client, people)
    second = refresh(client, first["refresh_token"]).json()
    assert refresh(client, first["refresh_token"]).status_code == 401
    assert status_of(client, second) == 401


def test_of_two_refreshes_at_once_one_wins_and_then_nobody_is_logged_in(client: TestClient, people: People) -> None:
    people.open("secretary")
    token = log_in(client, people)["refresh_token"]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: refresh(client, token), range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 401]
    winner = next(answer.json() for answer in answers if answer.status_code == 201)
    assert status_of(client, winner) == 401
    assert refresh(client, winner["refresh_token"]).status_code == 401


def test_a_refresh_token_lasts_thirty_days_from_its_making(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("secretary")
    token = log_in(client, people)["refresh_token"]
    for _ in range(2):
        clock.moment += timedelta(days=29)
        token = refresh(client, token).json()["refresh_token"]
    clock.moment += timedelta(days=30)
    assert refresh(client, token).status_code == 401


def test_a_closed_account_is_not_refreshed(client: TestClient, people: People) -> None:
    account_id = people.open("secretary")
    token = log_in(client, people)["refresh_token"]
    people.database.run(
        lambda connection: service.close_account(connection, people.service_actor, account_id), people.district.id
    )
    assert refresh(client, token).status_code == 401


@pytest.mark.parametrize("token", ["x", ".", "a.b", "a.b.c", "longwen..", "龙文.x.y"])
def test_a_made_up_refresh_token_is_refused(client: TestClient, people: People, token: str) -> None:
    for sent in (token, f"{people.district.code}.{token}"):
        answer = refresh(client, sent)
        assert (answer.status_code, answer.json()["code"]) == (401, "refresh_refused")


def test_a_refresh_token_opens_nothing_and_an_access_token_refreshes_nothing(
    client: TestClient, people: People
) -> None:
    people.open("secretary")
    told = log_in(client, people)
    assert client.get(CURRENT, headers={"Authorization": f"Bearer {told['refresh_token']}"}).status_code == 401
    assert refresh(client, told["access_token"]).status_code == 401
    assert status_of(client, told) == 200


def test_a_refresh_token_is_worth_nothing_in_another_district(
    client: TestClient, people: People, strangers: People
) -> None:
    people.open("secretary")
    told = log_in(client, people)
    forged = strangers.district.code + told["refresh_token"].removeprefix(people.district.code)
    assert refresh(client, forged).status_code == 401
    assert refresh(client, told["refresh_token"]).status_code == 201


def test_no_token_is_stored(client: TestClient, people: People) -> None:
    people.open("secretary")
    told = log_in(client, people)
    [row] = people.database.run(
        lambda connection: connection.execute(select(session).where(session.c.district_id == people.district.id)).all(),
        people.district.id,
    )
    stored = repr(tuple(row))
    for token in (told["access_token"], told["refresh_token"]):
        assert not any(part in stored for part in token.split(".")[1:])


def test_a_log_out_ends_the_refresh_token_too(client: TestClient, people: People) -> None:
    people.open("secretary")
    told = log_in(client, people)
    assert client.delete(CURRENT, headers=bearer(told)).status_code == 204
    assert refresh(client, told["refresh_token"]).status_code == 401


def test_one_s_own_log_ins_are_listed_by_device_and_ended_one_by_one(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("secretary")
    people.open("colleague")
    phone = log_in(client, people, device="手机")
    clock.moment += timedelta(minutes=5)
    desk = log_in(client, people, device="办公室电脑")
    listed = client.get(SESSIONS, headers=bearer(desk)).json()["sessions"]
    assert [(row["device"], row["kind"], row["is_current"]) for row in listed] == [
        ("办公室电脑", "bearer", True),
        ("手机", "bearer", False),
    ]
    assert [row["used_at"] for row in listed] == ["2026-11-21T02:05:00Z", "2026-11-21T02:00:00Z"]

    lost = f"{SESSIONS}/{listed[1]['id']}"
    stranger = log_in(client, people, "colleague")
    assert client.delete(lost, headers=bearer(stranger)).status_code == 404
    assert status_of(client, phone) == 200
    assert client.delete(lost, headers=bearer(desk)).status_code == 204
    assert (status_of(client, phone), status_of(client, desk)) == (401, 200)
    assert refresh(client, phone["refresh_token"]).status_code == 401
    assert client.delete(f"{SESSIONS}/{new_id()}", headers=bearer(desk)).status_code == 404


def test_that_a_log_in_is_used_is_noted_by_the_minute_even_by_a_refused_request(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("secretary")
    told = log_in(client, people)
    seen = []
    for seconds in (59, 1, 30):
        clock.moment += timedelta(seconds=seconds)
        assert client.get("/api/v1/lines/setting", headers=bearer(told)).status_code == 403
        seen.append(client.get(SESSIONS, headers=bearer(told)).json()["sessions"][0]["used_at"])
    assert seen == ["2026-11-21T02:00:00Z", "2026-11-21T02:01:00Z", "2026-11-21T02:01:00Z"]


def test_an_account_keeps_a_bounded_number_of_log_ins(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("secretary")
    first = log_in(client, people)
    for _ in range(SESSIONS_MAX):
        clock.moment += timedelta(seconds=1)
        last = log_in(client, people)
    assert len(client.get(SESSIONS, headers=bearer(last)).json()["sessions"]) == SESSIONS_MAX
    assert status_of(client, first) == 401


def test_a_new_password_set_by_an_administrator_ends_every_log_in(client: TestClient, people: People) -> None:
    people.open("secretary")
    told = log_in(client, people)
    people.database.run(
        lambda connection: service.set_password(
            connection, people.service_actor, "secretary", "another horse battery", passwords=CHEAP
        ),
        people.district.id,
    )
    assert status_of(client, told) == 401
    assert refresh(client, told["refresh_token"]).status_code == 401


def test_the_security_administrator_ends_all_of_an_account_s_log_ins_and_it_is_written_down(
    application: FastAPI, client: TestClient, people: People, strangers: People
) -> None:
    root = people.district.id.hex
    people.open("security", Role.SECURITY_ADMINISTRATOR, root)
    people.open("system", Role.SYSTEM_ADMINISTRATOR, root)
    account_id = people.open("secretary")
    own, other = log_in(client, people), log_in(client, people)
    security = people.log_in(client, "security")
    path = f"/api/v1/accounts/{account_id}/sessions"
    assert client.delete(path, headers=people.log_in(client, "system")).status_code == 403
    ended = client.delete(path, headers=security)
    assert (ended.status_code, ended.json()) == (200, {"ended": 2})
    assert (status_of(client, own), status_of(client, other)) == (401, 401)
    assert refresh(client, own["refresh_token"]).status_code == 401
    elsewhere: UUID = strangers.open("secretary")
    assert client.delete(f"/api/v1/accounts/{elsewhere}/sessions", headers=security).status_code == 404
    logged = people.database.run(
        lambda connection: connection.execute(
            select(access_log.c.action, access_log.c.object_id).where(access_log.c.district_id == people.district.id)
        ).all(),
        people.district.id,
    )
    assert [tuple(row) for row in logged] == [("session:end", str(account_id))]
