"""Single sign-on against a real OpenID Connect provider, and everything that it must not let in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from fastapi.testclient import TestClient

from app.auth.core import Role
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.auth.people import PASSWORD, People
from tests.auth.signing_on import (
    CALLBACK,
    COMPLETION,
    CURRENT,
    REDIRECT_URI,
    SIGN_ON,
    Opening,
    Portal,
    clock,
    linked,
    oidc_server,
    opening,
    portal,
    portal_of,
    provider,
    told,
)
from tests.oidc import CLIENT_ID, OidcServer

__all__ = ["clock", "linked", "oidc_server", "opening", "portal", "provider"]  # fixtures

FLOW = "__Host-longwen-sign-on"
REFRESH = "/api/v1/sessions/refresh"


# The good way.


def test_a_page_goes_to_the_provider_with_pkce_and_nothing_but_openid(portal: Portal) -> None:
    begun = portal.begin(portal.browser())
    asked = parse_qs(urlsplit(begun.json()["authorization_url"]).query)
    assert begun.json()["flow_token"] is None
    assert (asked["response_type"], asked["scope"], asked["client_id"]) == (["code"], ["openid"], [CLIENT_ID])
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == (["S256"], [REDIRECT_URI])
    assert len(asked["code_challenge"][0]) == 43
    assert len({asked[name][0] for name in ("state", "nonce")}) == 2
    cookie = begun.headers["set-cookie"]
    assert cookie.startswith(f"{FLOW}=")
    attributes = {part.strip() for part in cookie.split(";")[1:]}
    assert attributes == {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax", "Secure"}
    for secret in (asked["state"][0], asked["nonce"][0]):
        assert secret not in cookie


def test_a_page_that_comes_back_is_logged_in_by_cookie_like_any_other(linked: Portal) -> None:
    browser, back = linked.page(return_to="/me?tab=points", device="办公室")
    assert (back.status_code, back.headers["location"]) == (303, "/me?tab=points")
    assert FLOW not in browser.cookies
    found = browser.get(CURRENT).json()
    assert (found["login"], found["stage"]) == (f"{linked.district}/secretary", "open")
    (row,) = [row for row in browser.get("/api/v1/sessions").json()["sessions"] if row["is_current"]]
    assert (row["kind"], row["device"]) == ("cookie", "办公室")
    assert told(browser.delete(CURRENT)) == (403, "csrf_refused")
    proof = {"X-CSRF-Token": browser.cookies["__Host-longwen-csrf"]}
    assert browser.delete(CURRENT, headers=proof).status_code == 204


def test_an_app_gets_tokens_that_rotate_like_any_other(linked: Portal) -> None:
    answer = linked.app(device="手机")
    assert answer.status_code == 201, answer.text
    client, tokens = linked.browser(), answer.json()
    assert client.get(CURRENT, headers={"Authorization": f"Bearer {tokens['access_token']}"}).status_code == 200
    renewed = client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
    assert renewed.status_code == 201
    assert told(client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})) == (401, "refresh_refused")


def test_a_log_in_page_finds_out_whether_there_is_a_provider(portal: Portal, application: Any) -> None:
    found = portal.browser().get(SIGN_ON, params={"district": portal.district})
    assert found.json() == {"name": "统一身份认证", "issuer": portal.provider.issuer}
    assert told(portal.browser().get(SIGN_ON, params={"district": "elsewhere"})) == (404, "sign_on_not_set")
    none = TestClient(application).post(SIGN_ON, json={"district": portal.district})
    assert told(none) == (404, "sign_on_not_set")


# What the browser brings back.


def test_another_state_is_refused_and_so_is_no_cookie_and_another_browser(linked: Portal) -> None:
    browser = linked.browser()
    handed = linked.handed(browser)
    assert told(browser.get(CALLBACK, params=handed | {"state": "another"})) == (401, "sign_on_failed")
    assert told(linked.browser().get(CALLBACK, params=handed)) == (401, "sign_on_failed")
    other = linked.browser()
    linked.begin(other)
    assert told(other.get(CALLBACK, params=handed)) == (401, "sign_on_failed"), "the code of one in another's browser"
    assert browser.get(CALLBACK, params=handed).status_code == 303, "and nothing of it used the code up"


def test_a_code_works_once(linked: Portal) -> None:
    browser = linked.browser()
    handed, flow = linked.handed(browser), browser.cookies[FLOW]
    assert browser.get(CALLBACK, params=handed).status_code == 303
    again = linked.browser().get(CALLBACK, params=handed, headers={"Cookie": f"{FLOW}={flow}"})
    assert told(again) == (401, "sign_on_failed")


def test_a_code_is_worth_nothing_without_the_verifier_of_its_flow(linked: Portal) -> None:
    """Whoever catches a code and puts it into a flow of their own, state and all."""
    thief = linked.browser()
    own = parse_qs(urlsplit(linked.begin(thief).json()["authorization_url"]).query)["state"][0]
    caught = linked.handed(linked.browser())
    assert told(thief.get(CALLBACK, params=caught | {"state": own})) == (401, "sign_on_failed")


def test_a_flow_ends_after_ten_minutes(linked: Portal, clock: FixedClock) -> None:
    browser = linked.browser()
    handed = linked.handed(browser)
    clock.moment += timedelta(minutes=10)
    assert told(browser.get(CALLBACK, params=handed)) == (401, "sign_on_failed")


@pytest.mark.parametrize("sealed", ["x", "AAAA", "A" * 200, "中文"])
def test_a_flow_that_is_not_ours_is_refused(linked: Portal, sealed: str) -> None:
    body = {"flow_token": sealed, "code": "c", "state": "s"}
    assert told(linked.browser().post(COMPLETION, json=body)) == (401, "sign_on_failed")


def test_a_flow_is_finished_the_way_it_was_begun(linked: Portal) -> None:
    """Else a page's flow, bound to one browser by its cookie, could be finished by whoever has the cookie's value."""
    browser = linked.browser()
    handed = linked.handed(browser)
    taken = browser.post(COMPLETION, json={"flow_token": browser.cookies[FLOW], **handed})
    assert told(taken) == (401, "sign_on_failed")
    app = linked.begin(linked.browser(), cookie=False).json()
    handed = linked.provider.authorize(app["authorization_url"])
    planted = linked.browser().get(CALLBACK, params=handed, headers={"Cookie": f"{FLOW}={app['flow_token']}"})
    assert told(planted) == (401, "sign_on_failed")


def test_whoever_cancels_is_told_in_words(linked: Portal) -> None:
    browser = linked.browser()
    state = parse_qs(urlsplit(linked.begin(browser).json()["authorization_url"]).query)["state"][0]
    answers = {"state": state, "error": "access_denied"}
    page = browser.get(CALLBACK, params=answers, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "没有同意登录" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    linked.begin(browser)
    english = browser.get(CALLBACK, params=answers, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert "Not logged in" in english.text
    assert "access_denied" not in page.text + english.text


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "", "/a\nb", "/%0d%0a/ü", "\\/evil"]
)
def test_nobody_is_led_elsewhere(portal: Portal, path: str) -> None:
    assert told(portal.begin(portal.browser(), return_to=path)) == (422, "not_an_own_path")


def test_the_way_back_does_not_follow_the_host_of_the_request(portal: Portal) -> None:
    answer = portal.browser().post(SIGN_ON, json={"district": portal.district}, headers={"Host": "evil.example"})
    asked = parse_qs(urlsplit(answer.json()["authorization_url"]).query)
    assert asked["redirect_uri"] == [REDIRECT_URI]


def test_a_foreign_page_begins_nothing(portal: Portal) -> None:
    browser = portal.browser()
    browser.headers["Origin"] = "https://evil.example"
    assert told(portal.begin(browser)) == (403, "origin_refused")


# What the provider signs.


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another flow"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT_ID, "another-client"]},  # and no azp
        {"aud": "another-client", "azp": CLIENT_ID},
        {"aud": CLIENT_ID, "azp": "another-client"},
        {"iss": "https://id.example"},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"exp": "soon"},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"at_hash": "of-another-token"},
        {"amr": "otp"},  # a list, by the standard
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_log_in_is_refused(linked: Portal, claims: dict[str, Any]) -> None:
    assert linked.app().status_code == 201
    linked.provider.misbehave(**claims)
    assert told(linked.app()) == (401, "sign_on_failed")


def test_an_expired_token_is_refused_but_for_a_minute(linked: Portal, clock: FixedClock) -> None:
    for past, status in ((30, 201), (90, 401)):
        linked.provider.misbehave(exp=int((clock.moment - timedelta(seconds=past)).timestamp()))
        assert linked.app().status_code == status


def test_a_rotated_key_is_known_at_its_first_token_but_keys_are_not_asked_for_all_the_time(
    linked: Portal, clock: FixedClock
) -> None:
    assert linked.app().status_code == 201
    linked.provider.misbehave(rotate=True)
    assert told(linked.app()) == (401, "sign_on_failed"), "they were fetched within the last minute"
    clock.moment += timedelta(minutes=1)
    assert linked.app().status_code == 201


def test_an_answer_that_names_another_issuer_is_refused(linked: Portal) -> None:
    """RFC 9207: this provider says so, and so it must."""
    for change in ({"iss": "https://id.example"}, {"iss": ""}):
        browser = linked.browser()
        handed = linked.handed(browser)
        assert handed["iss"] == linked.provider.issuer
        assert told(browser.get(CALLBACK, params=handed | change)) == (401, "sign_on_failed")
    browser = linked.browser()
    handed = linked.handed(browser)
    del handed["iss"]
    assert told(browser.get(CALLBACK, params=handed)) == (401, "sign_on_failed")


def test_a_wrong_client_secret_logs_nobody_in(opening: Opening) -> None:
    portal = opening(client_secret='"guessed"')
    assert told(portal.app()) == (401, "sign_on_failed")


def test_a_provider_that_does_not_answer_or_is_another_is_unavailable(opening: Opening, provider: OidcServer) -> None:
    for issuer in ("http://127.0.0.1:1/o", provider.origin, provider.issuer + "/"):
        portal = opening(issuer=issuer)
        answer = portal.begin(portal.browser())
        assert told(answer) == (503, "sign_on_unavailable")
        assert answer.headers["retry-after"]


# Who is let in.


def test_nobody_gets_an_account_by_it(linked: Portal) -> None:
    assert told(linked.app("bob")) == (401, "sign_on_refused")
    page = linked.page("bob")[1]
    assert told(page) == (401, "sign_on_refused")


def test_an_identity_opens_the_account_of_its_district_only(
    linked: Portal, opening: Opening, strangers: People, settings: Settings, database: Database, tmp_path: Path
) -> None:
    elsewhere = portal_of(settings, database, strangers, linked.provider, tmp_path)
    strangers.open("secretary", Role.SECRETARY)
    assert told(elsewhere.app()) == (401, "sign_on_refused")


def test_a_closed_account_and_one_without_office_are_refused_and_its_tokens_end(portal: Portal, people: People) -> None:
    account_id = people.open("secretary", Role.SECRETARY)
    portal.link("secretary")
    tokens = portal.app().json()
    portal.end_offices(account_id)
    assert told(portal.app()) == (401, "sign_on_refused")
    refreshed = portal.browser().post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
    assert told(refreshed) == (401, "refresh_refused")
    people.appoint(account_id, Role.SECRETARY, "2")
    assert portal.app().status_code == 201
    people.open("system", Role.SYSTEM_ADMINISTRATOR, people.district.id.hex)
    client = portal.browser()
    client.post(f"/api/v1/accounts/{account_id}/close", headers=people.log_in(client, "system"))
    assert told(portal.app()) == (401, "sign_on_refused")


def test_guesses_of_the_password_do_not_lock_it_out(linked: Portal) -> None:
    client = linked.browser()
    for _ in range(5):
        client.post("/api/v1/sessions", json={"login": f"{linked.district}/secretary", "password": "wrong"})
    assert linked.app().status_code == 201


def test_log_ins_are_counted_by_address(opening: Opening) -> None:
    portal = opening(changes={"login_address_rate": "2/minute"})
    codes = [portal.begin(portal.browser()).status_code for _ in range(3)]
    assert codes == [201, 201, 429]
    back = portal.browser().get(CALLBACK, params={"state": "s", "code": "c"})
    assert told(back) == (429, "too_many_requests")


# The second factor.


def with_authenticator(portal: Portal, login: str) -> pyotp.TOTP:
    client = portal.browser()
    headers = portal.people.log_in(client, login)
    begun = client.post("/api/v1/me/second-factor", json={"password": PASSWORD}, headers=headers).json()
    phone = pyotp.TOTP(begun["secret"])
    code = {"code": phone.at(portal.people.clock.now())}
    assert client.post("/api/v1/me/second-factor/confirmation", json=code, headers=headers).status_code == 201
    return phone


def test_a_code_is_asked_whatever_the_provider_says_of_a_factor(linked: Portal, clock: FixedClock) -> None:
    phone = with_authenticator(linked, "secretary")
    clock.moment += timedelta(seconds=30)
    linked.provider.misbehave(amr=["pwd", "otp", "mfa"], acr="2")
    waiting = linked.app()
    assert waiting.status_code == 202
    body = {"challenge_token": waiting.json()["challenge_token"], "code": phone.at(clock.moment)}
    assert linked.browser().post("/api/v1/sessions/code", json=body).status_code == 201


def test_a_page_is_asked_for_the_code_by_a_cookie(linked: Portal, clock: FixedClock) -> None:
    phone = with_authenticator(linked, "secretary")
    clock.moment += timedelta(seconds=30)
    browser, back = linked.page(return_to="/me")
    assert (back.status_code, back.headers["location"]) == (303, "/me?sign_on=code")
    assert browser.get(CURRENT).status_code == 401
    foreign = browser.post(
        "/api/v1/sessions/code", json={"code": phone.at(clock.moment)}, headers={"Origin": "https://evil.example"}
    )
    assert told(foreign) == (403, "origin_refused")
    assert told(browser.post("/api/v1/sessions/code", json={"code": "000000"})) == (401, "code_refused")
    assert browser.post("/api/v1/sessions/code", json={"code": phone.at(clock.moment)}).status_code == 201
    assert browser.get(CURRENT).status_code == 200
    assert "__Host-longwen-challenge" not in browser.cookies


@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({"amr": ["pwd", "otp"]}, True),
        ({"acr": "urn:level:2"}, True),
        ({"amr": ["pwd"]}, False),
        ({"acr": "urn:level:1"}, False),
        ({"acr": ["urn:level:2"]}, False),
        ({}, False),
    ],
)
def test_the_providers_factor_counts_where_the_operator_says_which(
    opening: Opening, people: People, claims: dict[str, Any], counts: bool
) -> None:
    portal = opening(
        second_factor_amr='["otp"]', second_factor_acr='["urn:level:2"]', changes={"second_factor": "required"}
    )
    officer = people.open("officer", Role.SECRETARY)
    portal.link("officer")
    people.appoint(officer, Role.DISTRICT_OFFICER)
    portal.provider.misbehave(**claims)
    answer = portal.app()
    assert answer.json()["stage"] == ("open" if counts else "enrolment")
    renewed = portal.browser().post(REFRESH, json={"refresh_token": answer.json()["refresh_token"]})
    assert renewed.json()["stage"] == ("open" if counts else "enrolment"), "as it was made"
