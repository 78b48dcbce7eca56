"""How an account comes by an identity at a provider, and loses it; and how the operator sets that up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.auth.core import Role
from app.auth.core_sign_on import SignOnSettingsWrong
from app.auth.tables import identity, invitation
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from tests.auth.people import PASSWORD, People
from tests.auth.signing_on import (
    CALLBACK,
    COMPLETION,
    CURRENT,
    IDENTITIES,
    SITE,
    Portal,
    clock,
    linked,
    oidc_server,
    opening,
    portal,
    provider,
    sign_on_file,
    told,
)
from tests.oidc import CLIENT_SECRET

__all__ = ["clock", "linked", "oidc_server", "opening", "portal", "provider"]  # fixtures


@pytest.fixture
def administrators(portal: Portal) -> dict[str, dict[str, str]]:
    """The three of them, logged in: their headers, by login."""
    root, client = portal.people.district.id.hex, portal.browser()
    for login, role in (
        ("system", Role.SYSTEM_ADMINISTRATOR),
        ("security", Role.SECURITY_ADMINISTRATOR),
        ("auditor", Role.AUDITOR),
    ):
        portal.people.open(login, role, root)
    return {login: portal.people.log_in(client, login) for login in ("system", "security", "auditor")}


def invite(portal: Portal, account_id: UUID, headers: dict[str, str]) -> Any:
    return portal.browser().post(f"/api/v1/accounts/{account_id}/invitation", headers=headers)


# Linking, when signed in by password.


def test_whoever_is_logged_in_by_password_links_and_it_is_written_down(portal: Portal, people: People) -> None:
    people.open("secretary", Role.SECRETARY)
    assert told(portal.app()) == (401, "sign_on_refused")
    answer = portal.link("secretary")
    assert (answer.status_code, answer.json()["issuer"]) == (201, portal.provider.issuer)
    assert portal.app().status_code == 201
    assert portal.logged() == ["identity:link"]


def test_a_page_links_by_its_cookie(portal: Portal, people: People) -> None:
    people.open("secretary", Role.SECRETARY)
    browser = portal.browser()
    body = {"login": f"{portal.district}/secretary", "password": PASSWORD}
    browser.post("/api/v1/sessions", params={"cookie": "true"}, json=body)
    proof = {"X-CSRF-Token": browser.cookies["__Host-longwen-csrf"]}
    begun = browser.post(IDENTITIES, json={"password": PASSWORD, "return_to": "/me"}, headers=proof)
    back = browser.get(CALLBACK, params=portal.provider.authorize(begun.json()["authorization_url"]))
    assert (back.status_code, back.headers["location"]) == (303, "/me")
    assert len(browser.get(IDENTITIES).json()["identities"]) == 1


def test_linking_asks_for_the_password_again_and_counts_guesses(portal: Portal, people: People) -> None:
    people.open("secretary", Role.SECRETARY)
    headers = people.log_in(portal.browser(), "secretary")
    for _ in range(5):
        wrong = portal.browser().post(IDENTITIES, json={"password": "wrong"}, headers=headers)
        assert told(wrong) == (403, "old_password_wrong")
    assert told(portal.browser().post(IDENTITIES, json={"password": PASSWORD}, headers=headers))[0] == 403


def test_a_link_is_completed_by_who_began_it(portal: Portal, people: People) -> None:
    """Else somebody could have another's identity linked to the own account, or the own to another's."""
    for login in ("secretary", "other"):
        people.open(login, Role.SECRETARY)
    client = portal.browser()
    mine, others = people.log_in(client, "secretary"), people.log_in(client, "other")
    begun = client.post(IDENTITIES, json={"password": PASSWORD}, headers=mine).json()
    body = {"flow_token": begun["flow_token"], **portal.provider.authorize(begun["authorization_url"])}
    assert told(client.post(f"{IDENTITIES}/completion", json=body, headers=others)) == (401, "sign_on_failed")
    assert told(client.post(COMPLETION, json=body)) == (401, "sign_on_failed")
    plain = portal.begin(client, cookie=False).json()
    body = {"flow_token": plain["flow_token"], **portal.provider.authorize(plain["authorization_url"])}
    assert told(client.post(f"{IDENTITIES}/completion", json=body, headers=mine)) == (401, "sign_on_failed")
    assert portal.logged() == []


def test_one_identity_is_one_accounts_and_one_account_has_one(linked: Portal, people: People) -> None:
    people.open("other", Role.SECRETARY)
    assert told(linked.link("other")) == (409, "identity_taken")
    assert told(linked.link("secretary", "bob")) == (409, "identity_taken")
    assert linked.link("secretary").status_code == 201, "the same once more"
    assert linked.logged() == ["identity:link"]


def test_the_subject_is_not_kept(linked: Portal, database: Database) -> None:
    """Nor is it shown: it may be somebody's number."""
    row = database.run(
        lambda c: c.execute(select(identity).where(identity.c.district_id == linked.people.district.id)).one(),
        linked.people.district.id,
    )
    assert len(row.subject_digest) == 32
    linked.provider.misbehave(sub="000101190001010016")
    assert told(linked.app()) == (401, "sign_on_refused")


# Unlinking.


def test_unlinking_ends_the_log_ins_made_by_it_and_no_others(linked: Portal, people: People) -> None:
    client = linked.browser()
    by_password = people.log_in(client, "secretary")
    by_sign_on = {"Authorization": f"Bearer {linked.app().json()['access_token']}"}
    (listed,) = client.get(IDENTITIES, headers=by_password).json()["identities"]
    assert client.delete(f"{IDENTITIES}/{listed['id']}", headers=by_sign_on).status_code == 204
    assert client.get(CURRENT, headers=by_sign_on).status_code == 401
    assert client.get(IDENTITIES, headers=by_password).json() == {"identities": []}
    assert told(linked.app()) == (401, "sign_on_refused")
    assert told(client.delete(f"{IDENTITIES}/{listed['id']}", headers=by_password)) == (404, "not_found")
    assert linked.logged() == ["identity:link", "identity:end"]


def test_the_security_administrator_unlinks_for_others_and_it_is_written_down(
    linked: Portal, administrators: dict[str, dict[str, str]]
) -> None:
    client = linked.browser()
    accounts = client.get("/api/v1/accounts", headers=administrators["auditor"]).json()["accounts"]
    account_id = next(row["id"] for row in accounts if row["login"] == "secretary")
    path = f"/api/v1/accounts/{account_id}/identities"
    (listed,) = client.get(path, headers=administrators["auditor"]).json()["identities"]
    assert client.delete(f"{path}/{listed['id']}", headers=administrators["auditor"]).status_code == 403
    assert client.delete(f"{path}/{listed['id']}", headers=administrators["security"]).status_code == 204
    assert told(linked.app()) == (401, "sign_on_refused")
    assert linked.logged() == ["identity:link", "identity:end"]


# Invitations.


def test_an_account_without_password_is_linked_by_an_invitation_once(
    portal: Portal, administrators: dict[str, dict[str, str]]
) -> None:
    account_id = portal.open_without_password("newcomer")
    made = invite(portal, account_id, administrators["system"])
    assert made.status_code == 201
    token = made.json()["invitation_token"]
    assert token.encode() not in _invitations(portal)
    browser, back = portal.page(invitation_token=token)
    assert back.status_code == 303
    assert browser.get(CURRENT).json()["login"] == f"{portal.district}/newcomer"
    assert portal.app().status_code == 201, "from now on without"
    assert told(portal.app("bob", invitation_token=token)) == (401, "invitation_refused")
    assert portal.logged()[-2:] == ["invitation:make", "identity:link"]
    (listed,) = browser.get(IDENTITIES).json()["identities"]
    proof = {"X-CSRF-Token": browser.cookies["__Host-longwen-csrf"]}
    assert told(browser.delete(f"{IDENTITIES}/{listed['id']}", headers=proof)) == (409, "only_way_in")


def _invitations(portal: Portal) -> bytes:
    mine = select(invitation.c.token_digest).where(invitation.c.district_id == portal.people.district.id)
    rows = portal.people.database.run(lambda c: c.execute(mine).scalars().all(), portal.people.district.id)
    assert rows
    return b"".join(bytes(row) for row in rows)


def test_of_two_who_come_by_one_invitation_at_once_one_is_let_in(
    portal: Portal, administrators: dict[str, dict[str, str]]
) -> None:
    account_id = portal.open_without_password("newcomer")
    token = invite(portal, account_id, administrators["system"]).json()["invitation_token"]
    ready = []
    for person in ("alice", "bob"):
        browser = portal.browser()
        ready.append((browser, portal.handed(browser, person, invitation_token=token)))
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda one: one[0].get(CALLBACK, params=one[1]), ready))
    assert sorted(answer.status_code for answer in answers) == [303, 401]


def test_an_invitation_ends_after_a_week_and_with_the_next(
    portal: Portal, administrators: dict[str, dict[str, str]], clock: FixedClock
) -> None:
    account_id = portal.open_without_password("newcomer")
    first, second = (invite(portal, account_id, administrators["system"]).json()["invitation_token"] for _ in "12")
    assert told(portal.app(invitation_token=first)) == (401, "invitation_refused")
    assert told(portal.app(invitation_token="x.y")) == (401, "invitation_refused")
    clock.moment += timedelta(days=7)
    portal.provider.misbehave(exp=int((clock.moment + timedelta(hours=1)).timestamp()))
    assert told(portal.app(invitation_token=second)) == (401, "invitation_refused")


def test_without_an_office_an_invitation_links_nothing(
    portal: Portal, administrators: dict[str, dict[str, str]], people: People
) -> None:
    account_id = portal.open_without_password("newcomer", role=None)
    token = invite(portal, account_id, administrators["system"]).json()["invitation_token"]
    assert told(portal.app(invitation_token=token)) == (401, "sign_on_refused")
    people.appoint(account_id, Role.SECRETARY)
    assert portal.app(invitation_token=token).status_code == 201


def test_the_system_administrator_gets_into_no_other_administrators_account(
    portal: Portal, administrators: dict[str, dict[str, str]], people: People
) -> None:
    appointed = portal.open_without_password("appointed")
    token = invite(portal, appointed, administrators["system"]).json()["invitation_token"]
    people.appoint(appointed, Role.AUDITOR, people.district.id.hex)
    assert told(invite(portal, appointed, administrators["system"])) == (403, "another_administrator")
    assert told(portal.app(invitation_token=token)) == (401, "invitation_refused"), "nor by one that was made before"


def test_whoever_has_a_password_or_is_closed_is_not_invited(
    portal: Portal, administrators: dict[str, dict[str, str]], people: People
) -> None:
    with_password, closed = people.open("secretary", Role.SECRETARY), portal.open_without_password("leaver")
    portal.browser().post(f"/api/v1/accounts/{closed}/close", headers=administrators["system"])
    for account_id in (with_password, closed):
        assert told(invite(portal, account_id, administrators["system"])) == (409, "invitation_not_needed")
    assert told(invite(portal, people.district.id, administrators["system"])) == (404, "not_found")


# The operator's file.


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ({"issuer": '"http://id.example"'}, "issuer"),
        ({"issuer": '"https://id.example?x=1"'}, "issuer"),
        ({"issuer": '"https://somebody@id.example"'}, "issuer"),
        ({"client_secrets": '"x"'}, "client_secrets"),
        ({"client_secret_file": '"/nowhere/at/all"'}, "client_secret"),
        ({"issuer": "unquoted"}, ""),
    ],
)
def test_a_file_that_cannot_be_used_is_told_of_without_its_secrets(
    settings: Settings, database: Database, tmp_path: Path, lines: dict[str, str], fault: str
) -> None:
    issuer = lines.pop("issuer", '"https://id.example"')
    file = sign_on_file(tmp_path / "sign-on.toml", "longwen", "x", **lines)
    file.write_text(file.read_text().replace('issuer = "x"', f"issuer = {issuer}"))
    changed = settings.model_copy(update={"sign_on_file": file, "public_origin": SITE})
    with pytest.raises(SignOnSettingsWrong) as caught:
        create_app(changed, database=database)
    for language in ("zh", "en"):
        assert fault in caught.value.text(language)
        assert CLIENT_SECRET not in caught.value.text(language)


def test_the_way_back_has_to_be_told(settings: Settings, database: Database, tmp_path: Path) -> None:
    file = sign_on_file(tmp_path / "sign-on.toml", "longwen", "https://id.example")
    with pytest.raises(SignOnSettingsWrong, match="LONGWEN_PUBLIC_ORIGIN"):
        create_app(settings.model_copy(update={"sign_on_file": file}), database=database)


def test_a_secret_in_a_file_of_its_own_is_read(opening: Any, tmp_path: Path, people: People) -> None:
    secret = tmp_path / "secret"
    secret.write_text(CLIENT_SECRET + "\n")
    portal: Portal = opening(client_secret_file=f'"{secret}"', client_secret=None)
    people.open("secretary", Role.SECRETARY)
    assert portal.link("secretary").status_code == 201


def test_nothing_of_single_sign_on_is_there_where_it_is_not_set_up(client: TestClient, people: People) -> None:
    people.open("secretary", Role.SECRETARY)
    answer = client.post(IDENTITIES, json={"password": PASSWORD}, headers=people.log_in(client, "secretary"))
    assert told(answer) == (404, "sign_on_not_set")
