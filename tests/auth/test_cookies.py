"""Log-ins by cookie, and the forged requests that get nowhere with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.auth.cookies import CsrfRefused, OriginRefused, Site, check_page
from app.auth.core import Role
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from tests.auth.people import CHEAP, PASSWORD, People

SESSIONS = "/api/v1/sessions"
CURRENT = f"{SESSIONS}/current"
SITE = "https://points.example"
OWN = "/api/v1/me/password"
CHANGE = {"old_password": PASSWORD, "password": "seven geese over water"}


@pytest.fixture
def page(application: FastAPI, people: People) -> TestClient:
    """A browser on a page of ours."""
    people.open("secretary", Role.SECRETARY)
    return TestClient(application, base_url=SITE)


def log_in(page: TestClient, people: People, **headers: str) -> Any:
    body = {"login": f"{people.district.code}/secretary", "password": PASSWORD}
    return page.post(SESSIONS, params={"cookie": "true"}, json=body, headers={"Origin": SITE, **headers})


def proofs(page: TestClient, **changed: str | None) -> dict[str, str]:
    """What a page of ours sends with what it writes."""
    sent = {"Origin": SITE, "X-CSRF-Token": page.cookies["__Host-longwen-csrf"], **changed}
    return {name: value for name, value in sent.items() if value is not None}


def test_a_page_logs_in_by_a_cookie_that_no_script_and_no_other_site_sees(page: TestClient, people: People) -> None:
    answer = log_in(page, people)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["access_token"], told["refresh_token"]) == (None, None)
    assert told["csrf_token"] == page.cookies["__Host-longwen-csrf"]
    login, csrf = answer.headers.get_list("set-cookie")
    assert login.startswith("__Host-longwen=")
    assert {part.strip() for part in login.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}
    assert csrf.startswith("__Host-longwen-csrf=")
    assert {part.strip() for part in csrf.split(";")[1:]} == {"Path=/", "SameSite=lax", "Secure"}
    assert page.get(CURRENT).json()["login"] == f"{people.district.code}/secretary"


def test_on_plain_http_a_cookie_is_kept_by_the_own_machine_only(
    application: FastAPI, people: People, page: TestClient
) -> None:
    for host, name in (("http://localhost:8000", "longwen"), ("http://points.example", "__Host-longwen")):
        browser = TestClient(application, base_url=host)
        answer = log_in(browser, people, Origin=host)
        cookie = answer.headers.get_list("set-cookie")[0]
        assert cookie.startswith(f"{name}=")
        assert ("Secure" in cookie) is (name != "longwen")
        assert browser.get(CURRENT).status_code == (200 if name == "longwen" else 401)


def test_a_cookie_of_the_local_name_is_worth_nothing_on_a_real_host(page: TestClient, people: People) -> None:
    """A neighbouring host could plant it: only the prefixed name cannot be."""
    log_in(page, people)
    token = page.cookies["__Host-longwen"]
    page.cookies.clear()
    assert page.get(CURRENT, headers={"Cookie": f"longwen={token}"}).status_code == 401
    assert page.get(CURRENT, headers={"Cookie": f"__Host-longwen={token}"}).status_code == 200


def test_a_page_of_ours_writes_with_origin_and_token(page: TestClient, people: People) -> None:
    log_in(page, people)
    assert page.put(OWN, json=CHANGE, headers=proofs(page)).status_code == 204


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Origin": None}, "origin_refused"),
        ({"Origin": "null"}, "origin_refused"),
        ({"Origin": "https://evil.example"}, "origin_refused"),
        ({"Origin": "https://points.example.evil.example"}, "origin_refused"),
        ({"Origin": "http://points.example"}, "origin_refused"),
        ({"Origin": "https://points.example:8443"}, "origin_refused"),
        ({"X-CSRF-Token": None}, "csrf_refused"),
        ({"X-CSRF-Token": ""}, "csrf_refused"),
        ({"X-CSRF-Token": "0" * 64}, "csrf_refused"),
    ],
)
def test_a_forged_request_writes_nothing(
    page: TestClient, people: People, changed: dict[str, str | None], code: str
) -> None:
    log_in(page, people)
    headers = proofs(page, **changed)
    for method, path, body in (("PUT", OWN, CHANGE), ("DELETE", CURRENT, None)):
        refused = page.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert page.get(CURRENT).status_code == 200, "what only reads needs no proof"


def test_the_token_of_another_log_in_proves_nothing(page: TestClient, people: People) -> None:
    """Nor does planting both the header and the cookie: the token is made from the log-in's own."""
    other = log_in(page, people).json()["csrf_token"]
    page.cookies.clear()
    log_in(page, people)
    page.cookies.set("__Host-longwen-csrf", other, domain="points.example", path="/")
    refused = page.put(OWN, json=CHANGE, headers={"Origin": SITE, "X-CSRF-Token": other})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")


@pytest.mark.parametrize("origin", [None, "https://evil.example"])
def test_a_foreign_page_logs_nobody_in(page: TestClient, people: People, origin: str | None) -> None:
    body = {"login": f"{people.district.code}/secretary", "password": PASSWORD}
    headers = {} if origin is None else {"Origin": origin}
    refused = page.post(SESSIONS, params={"cookie": "true"}, json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_refused")
    assert "set-cookie" not in refused.headers


def test_a_cookie_s_token_is_no_bearer_token_and_the_reverse(page: TestClient, people: People) -> None:
    """Else whoever reads the one could leave out the proofs that the other asks for."""
    log_in(page, people)
    stolen = {"Authorization": f"Bearer {page.cookies['__Host-longwen']}"}
    page.cookies.clear()
    assert page.get(CURRENT, headers=stolen).status_code == 401
    bearer = people.log_in(page, "secretary")["Authorization"].removeprefix("Bearer ")
    assert page.get(CURRENT, headers={"Cookie": f"__Host-longwen={bearer}"}).status_code == 401


def test_a_bearer_token_needs_no_proof_and_goes_before_a_cookie(page: TestClient, people: People) -> None:
    log_in(page, people)
    headers = people.log_in(page, "secretary")
    assert page.put(OWN, json=CHANGE, headers=headers).status_code == 204
    assert page.get(CURRENT, headers={"Authorization": "Bearer x.y"}).status_code == 401


def test_a_cookie_ends_after_thirty_minutes_without_use(page: TestClient, people: People, clock: FixedClock) -> None:
    log_in(page, people)
    for _ in range(3):
        clock.moment += timedelta(minutes=29, seconds=59)
        assert page.get(CURRENT).status_code == 200
    clock.moment += timedelta(minutes=30)
    assert page.get(CURRENT).status_code == 401


def test_a_cookie_ends_with_the_working_day_however_busy(page: TestClient, people: People, clock: FixedClock) -> None:
    log_in(page, people)
    statuses = []
    for _ in range(25):
        clock.moment += timedelta(minutes=29)
        statuses.append(page.get(CURRENT).status_code)
    assert statuses == [200] * 24 + [401]


def test_logging_out_takes_the_cookies_back(page: TestClient, people: People) -> None:
    log_in(page, people)
    token = page.cookies["__Host-longwen"]
    gone = page.delete(CURRENT, headers=proofs(page))
    assert gone.status_code == 204
    assert [cookie.split("=")[0] for cookie in gone.headers.get_list("set-cookie")] == [
        "__Host-longwen",
        "__Host-longwen-csrf",
    ]
    assert dict(page.cookies) == {}
    assert page.get(CURRENT, headers={"Cookie": f"__Host-longwen={token}"}).status_code == 401


def test_the_operator_tells_the_address_that_a_proxy_hides(
    settings: Settings, database: Database, clock: FixedClock, people: People
) -> None:
    people.open("secretary")
    told = settings.model_copy(update={"public_origin": SITE + "/"})
    application = create_app(told, database=database, clock=clock, passwords=CHEAP)
    behind = TestClient(application, base_url="https://10.0.0.7:8000")
    assert log_in(behind, people).status_code == 201
    assert log_in(behind, people, Origin="https://10.0.0.7:8000").status_code == 403


def test_behind_a_proxy_that_ends_tls_the_page_s_https_is_ours() -> None:
    site = Site("http", "points.example")
    check_page("POST", site, "https://points.example", "t", "t")
    with pytest.raises(OriginRefused):
        check_page("POST", Site("http", ""), "https://", "t", "t")
    with pytest.raises(CsrfRefused):
        check_page("POST", site, "https://points.example", "é", "t")
