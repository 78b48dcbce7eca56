"""The second factor: set up, asked for, lost, required."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.auth.core import TOKEN_ROLES, Role
from app.auth.logins import FACTOR_ROLES, SESSIONS_MAX
from app.auth.tables import access_log, recovery_code, second_factor
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.applications import Applications
from tests.auth.people import PASSWORD, People

SESSIONS = "/api/v1/sessions"
CURRENT = f"{SESSIONS}/current"
CODE = f"{SESSIONS}/code"
FACTOR = "/api/v1/me/second-factor"
STEP = timedelta(seconds=30)
WRONG = "000000"
Json = dict[str, Any]


class Authenticator:
    """A person's telephone, whose clock is the test's."""

    def __init__(self, secret: str, clock: FixedClock) -> None:
        self._codes = pyotp.TOTP(secret)
        self._clock = clock

    def code(self, aside: timedelta = timedelta()) -> str:
        return self._codes.at(self._clock.moment + aside)


def set_up(
    client: TestClient, people: People, clock: FixedClock, login: str = "officer"
) -> tuple[Authenticator, list[str]]:
    """The authenticator of an account, and its recovery codes. The code that confirmed is used up."""
    headers = people.log_in(client, login)
    begun = client.post(FACTOR, json={"password": PASSWORD}, headers=headers)
    assert begun.status_code == 201, begun.text
    phone = Authenticator(begun.json()["secret"], clock)
    confirmed = client.post(f"{FACTOR}/confirmation", json={"code": phone.code()}, headers=headers)
    assert confirmed.status_code == 201, confirmed.text
    clock.moment += STEP
    return phone, confirmed.json()["recovery_codes"]


def challenge(client: TestClient, people: People, login: str = "officer") -> str:
    answer = client.post(SESSIONS, json={"login": f"{people.district.code}/{login}", "password": PASSWORD})
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"stage", "challenge_token", "expires_at"}
    return str(answer.json()["challenge_token"])


def give(client: TestClient, token: str, code: str) -> Any:
    return client.post(CODE, json={"challenge_token": token, "code": code})


def test_a_factor_is_asked_for_once_it_is_confirmed(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("officer", Role.COMMITTEE_OFFICER)
    headers, elsewhere = people.log_in(client, "officer"), people.log_in(client, "officer")
    begun = client.post(FACTOR, json={"password": PASSWORD}, headers=headers).json()
    address = urlsplit(begun["address"])
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == f"/龙文积分:{people.district.code}/officer"
    assert parse_qs(address.query)["secret"] == [begun["secret"]]
    people.log_in(client, "officer")  # not confirmed yet: not asked for

    phone = Authenticator(begun["secret"], clock)
    wrong = client.post(f"{FACTOR}/confirmation", json={"code": WRONG}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_code")
    confirmed = client.post(f"{FACTOR}/confirmation", json={"code": phone.code()}, headers=headers)
    assert len(set(confirmed.json()["recovery_codes"])) == 10
    assert client.get(FACTOR, headers=headers).json() == {"is_on": True, "recovery_codes": 10}
    assert client.get(CURRENT, headers=elsewhere).status_code == 401, "made without the factor"

    clock.moment += STEP
    opened = give(client, challenge(client, people), phone.code())
    assert opened.status_code == 201
    assert opened.json()["stage"] == "open"
    assert opened.json()["refresh_token"]
    own = {"Authorization": f"Bearer {opened.json()['access_token']}"}
    assert client.get(CURRENT, headers=own).status_code == 200


def test_a_challenge_opens_nothing_but_its_second_step(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("officer")
    phone, _ = set_up(client, people, clock)
    token = challenge(client, people)
    headers = {"Authorization": f"Bearer {token}"}
    for method, path in (("GET", CURRENT), ("GET", SESSIONS), ("GET", FACTOR), ("GET", "/api/v1/members")):
        assert client.request(method, path, headers=headers).status_code == 401
    assert client.post(f"{SESSIONS}/refresh", json={"refresh_token": token}).status_code == 401
    assert give(client, token, phone.code()).status_code == 201
    clock.moment += STEP
    assert give(client, token, phone.code()).status_code == 401, "a challenge is met once"


def test_a_challenge_lasts_five_minutes(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("officer")
    phone, _ = set_up(client, people, clock)
    token = challenge(client, people)
    clock.moment += timedelta(minutes=5)
    refused = give(client, token, phone.code())
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


def test_a_code_works_once(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("officer")
    phone, _ = set_up(client, people, clock)
    code = phone.code()
    assert give(client, challenge(client, people), code).status_code == 201
    replayed = give(client, challenge(client, people), code)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "code_refused")
    earlier = give(client, challenge(client, people), phone.code(-STEP))
    assert earlier.status_code == 401, "nor does one from before it"


def test_of_two_with_the_same_code_at_once_one_is_let_in(client: TestClient, people: People, clock: FixedClock) -> None:
    people.open("officer")
    phone, recovery = set_up(client, people, clock)
    for code in (phone.code(), recovery[0]):
        tokens = [challenge(client, people) for _ in range(2)]
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda token, code=code: give(client, token, code).status_code, tokens))
        assert sorted(answers) == [201, 401]


@pytest.mark.parametrize(("aside", "status"), [(-2 * STEP, 401), (-STEP, 201), (STEP, 201), (2 * STEP, 401)])
def test_a_clock_may_be_half_a_minute_off(
    client: TestClient, people: People, clock: FixedClock, aside: timedelta, status: int
) -> None:
    people.open("officer")
    phone, _ = set_up(client, people, clock)
    clock.moment += timedelta(minutes=10)
    assert give(client, challenge(client, people), phone.code(aside)).status_code == status


def test_wrong_codes_lock_the_account_and_the_right_password_does_not_forgive_them(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("officer")
    phone, recovery = set_up(client, people, clock)
    for _ in range(4):
        assert give(client, challenge(client, people), WRONG).status_code == 401
    token = challenge(client, people)
    assert give(client, token, WRONG).status_code == 401
    assert give(client, token, phone.code()).status_code == 401, "locked, even for the right code"
    assert give(client, token, recovery[0]).status_code == 401, "nor is a recovery code used up"
    body = {"login": f"{people.district.code}/officer", "password": PASSWORD}
    assert client.post(SESSIONS, json=body).status_code == 401
    clock.moment += timedelta(minutes=15)
    assert give(client, challenge(client, people), recovery[0]).status_code == 201
    assert give(client, challenge(client, people), phone.code()).status_code == 201


def test_a_recovery_code_works_once_in_any_case_and_spacing(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("officer")
    phone, recovery = set_up(client, people, clock)
    assert give(client, challenge(client, people), recovery[0].upper().replace("-", " ")).status_code == 201
    assert give(client, challenge(client, people), recovery[0]).status_code == 401
    opened = give(client, challenge(client, people), phone.code()).json()
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    assert client.get(FACTOR, headers=headers).json() == {"is_on": True, "recovery_codes": 9}


def test_neither_the_secret_nor_the_recovery_codes_can_be_read_in_the_database(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("officer")
    headers = people.log_in(client, "officer")
    secret = client.post(FACTOR, json={"password": PASSWORD}, headers=headers).json()["secret"]
    code = pyotp.TOTP(secret).at(clock.moment)
    codes = client.post(f"{FACTOR}/confirmation", json={"code": code}, headers=headers).json()["recovery_codes"]
    stored = people.database.run(
        lambda connection: [
            bytes(value)
            for column in (second_factor.c.secret, recovery_code.c.digest)
            for value in connection.execute(
                select(column).where(column.table.c.district_id == people.district.id)
            ).scalars()
        ],
        people.district.id,
    )
    assert len(stored) == 11
    assert not any(told.replace("-", "").encode() in value for told in (secret, *codes) for value in stored)


def test_setting_up_asks_for_the_password_and_its_guesses_count(client: TestClient, people: People) -> None:
    people.open("officer")
    headers = people.log_in(client, "officer")
    for _ in range(5):
        refused = client.post(FACTOR, json={"password": "not that one"}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "old_password_wrong")
    assert client.post(FACTOR, json={"password": PASSWORD}, headers=headers).status_code == 403


def test_a_factor_in_use_is_not_replaced_by_whoever_holds_a_log_in(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    people.open("officer")
    phone, _ = set_up(client, people, clock)
    opened = give(client, challenge(client, people), phone.code()).json()
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    for path, body in ((FACTOR, {"password": PASSWORD}), (f"{FACTOR}/confirmation", {"code": WRONG})):
        refused = client.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "second_factor_exists")


def test_there_is_nothing_to_confirm_before_a_secret_was_given(client: TestClient, people: People) -> None:
    people.open("officer")
    refused = client.post(f"{FACTOR}/confirmation", json={"code": WRONG}, headers=people.log_in(client, "officer"))
    assert (refused.status_code, refused.json()["code"]) == (409, "second_factor_not_begun")


def test_the_security_administrator_resets_a_lost_factor_and_never_the_own(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    root = people.district.id.hex
    account_id: UUID = people.open("officer")
    security_id = people.open("security", Role.SECURITY_ADMINISTRATOR, root)
    people.open("system", Role.SYSTEM_ADMINISTRATOR, root)
    phone, _ = set_up(client, people, clock)
    opened = give(client, challenge(client, people), phone.code()).json()
    path = f"/api/v1/accounts/{account_id}/second-factor"
    assert client.delete(path, headers=people.log_in(client, "system")).status_code == 403
    security = people.log_in(client, "security")
    assert client.delete(f"/api/v1/accounts/{security_id}/second-factor", headers=security).status_code == 403
    assert client.delete(path, headers=security).status_code == 204
    assert client.delete(path, headers=security).status_code == 404
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    assert client.get(CURRENT, headers=headers).status_code == 401, "its log-ins end with it"
    people.log_in(client, "officer")
    logged = people.database.run(
        lambda connection: connection.execute(
            select(access_log.c.action, access_log.c.object_id).where(access_log.c.district_id == people.district.id)
        ).all(),
        people.district.id,
    )
    assert [tuple(row) for row in logged] == [("second_factor:reset", str(account_id))]


@pytest.fixture
def strict(applications: Applications, settings: Settings, database: Database, clock: FixedClock) -> TestClient:
    """A service whose operator requires second factors."""
    required = settings.model_copy(update={"second_factor": "required"})
    return TestClient(applications.lend(required, database, clock))


@pytest.mark.parametrize("role", sorted(set(Role) - TOKEN_ROLES))
def test_where_it_is_required_the_offices_set_one_up_before_anything_else(
    strict: TestClient, people: People, clock: FixedClock, role: Role
) -> None:
    people.open("officer", role, people.district.id.hex)
    headers = people.log_in(strict, "officer")
    needs = role in FACTOR_ROLES
    assert strict.get(CURRENT, headers=headers).json()["stage"] == ("enrolment" if needs else "open")
    answer = strict.get(SESSIONS, headers=headers)
    assert answer.status_code == (403 if needs else 200)
    if not needs:
        return
    assert answer.json()["code"] == "second_factor_required"
    secret = strict.post(FACTOR, json={"password": PASSWORD}, headers=headers).json()["secret"]
    code = Authenticator(secret, clock).code()
    assert strict.post(f"{FACTOR}/confirmation", json={"code": code}, headers=headers).status_code == 201
    assert strict.get(SESSIONS, headers=headers).status_code == 200


def test_a_new_office_needs_a_factor_from_the_next_refresh_on(
    strict: TestClient, people: People, clock: FixedClock
) -> None:
    account_id = people.open("officer", Role.SECRETARY)
    body = {"login": f"{people.district.code}/officer", "password": PASSWORD}
    told = strict.post(SESSIONS, json=body).json()
    assert told["stage"] == "open"
    people.appoint(account_id, Role.COMMITTEE_OFFICER)
    again = strict.post(f"{SESSIONS}/refresh", json={"refresh_token": told["refresh_token"]}).json()
    assert again["stage"] == "enrolment"


def test_log_ins_that_only_wait_for_a_code_drive_nobody_out(
    client: TestClient, people: People, clock: FixedClock
) -> None:
    """Whoever has only the password must not be able to end the person's own log-ins."""
    people.open("officer")
    phone, _ = set_up(client, people, clock)
    opened = give(client, challenge(client, people), phone.code()).json()
    for _ in range(SESSIONS_MAX + 1):
        challenge(client, people)
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    listed = client.get(SESSIONS, headers=headers).json()["sessions"]
    assert [row["is_current"] for row in listed] == [True, False], "this one, and the one that set it up"


@pytest.mark.parametrize("code", ["\ud800" * 6, "١٢٣٤٥٦", "1" * 40, "      ", "12345", "-" * 16])
def test_a_malformed_code_is_refused(client: TestClient, people: People, clock: FixedClock, code: str) -> None:
    people.open("officer")
    set_up(client, people, clock)
    for token in (challenge(client, people), f"{people.district.code}.\ud800"):
        body = json.dumps({"challenge_token": token, "code": code})
        answer = client.post(CODE, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (401, 422)
