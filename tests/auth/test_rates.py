"""Rates over HTTP: log-ins by address and login, writes by account, reads never."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.cli.serving import server_options
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.applications import Applications
from tests.auth.people import PASSWORD, People
from tests.town import Desk, Town

SESSIONS = "/api/v1/sessions"


@pytest.fixture
def application(applications: Applications, settings: Settings, database: Database, clock: FixedClock) -> FastAPI:
    rates = {"login_rate": "3/minute", "login_address_rate": "6/minute", "write_rate": "2/minute"}
    return applications.lend(settings.model_copy(update=rates), database, clock)


def log_in(client: Any, login: str, password: str = PASSWORD, **headers: str) -> Any:
    return client.post(SESSIONS, json={"login": login, "password": password}, headers=headers)


def test_log_ins_of_one_login_are_limited_before_the_password_is_looked_at(client: TestClient, people: People) -> None:
    people.open("secretary")
    login = f"{people.district.code}/secretary"
    assert [log_in(client, login, "wrong password").status_code for _ in range(3)] == [401] * 3
    refused = log_in(client, f"{people.district.code.upper()}/SECRETARY")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    told = refused.json()
    assert told["code"] == "too_many_requests"
    assert refused.headers["retry-after"] in told["detail"]
    assert "seconds" in log_in(client, login, **{"Accept-Language": "en"}).json()["detail"]


def test_log_ins_from_one_address_are_limited_whatever_the_login(application: FastAPI) -> None:
    client = TestClient(application, client=("192.0.2.1", 1))
    found = [log_in(client, f"nowhere/n{number}").status_code for number in range(7)]
    assert found == [401] * 6 + [429]
    assert log_in(TestClient(application, client=("192.0.2.2", 1)), "nowhere/n0").status_code == 401


def test_a_caller_cannot_say_where_it_comes_from(application: FastAPI) -> None:
    client = TestClient(application, client=("192.0.2.1", 1))
    found = [log_in(client, f"nowhere/n{n}", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(7)]
    assert found[-1] == 429


def test_a_trusted_proxy_says_where_the_caller_comes_from(application: FastAPI, settings: Settings) -> None:
    trusting = server_options(settings.model_copy(update={"trusted_proxies": "192.0.2.1"}))
    assert trusting["proxy_headers"]
    proxied: Any = ProxyHeadersMiddleware(application, trusted_hosts=trusting["forwarded_allow_ips"])  # type: ignore[arg-type]
    client = TestClient(proxied, client=("192.0.2.1", 1))
    found = [log_in(client, f"nowhere/n{n}", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(7)]
    assert found == [401] * 7


def test_nobody_is_trusted_unless_named(settings: Settings) -> None:
    assert server_options(settings)["proxy_headers"] is False


@pytest.fixture
def busy(desk: Desk, town: Town) -> Desk:
    """The secretary has written twice, with a batch and a preview."""
    batch = [town.missed("林晓明"), town.missed("陈建国")]
    assert desk.record("secretary", *batch).status_code == 201
    assert desk.record("secretary", town.missed("林晓明", "ORG-D03"), preview="true").status_code == 200
    return desk


def test_writes_of_one_account_are_limited_and_a_batch_counts_once(busy: Desk, town: Town) -> None:
    fact = town.missed("林晓明", "ORG-D03")
    refused = busy.record("secretary", fact)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert busy.record("committee_officer", fact).status_code == 201


def test_reading_is_never_limited(busy: Desk) -> None:
    for _ in range(10):
        answer = busy.client.get("/api/v1/members", headers=busy.headers("secretary"))
        assert answer.status_code == 200
