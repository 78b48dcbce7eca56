"""A person with a browser or an app, who signs on by a real provider: for the tests of single sign-on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.auth import service, service_accounts
from app.auth.core import Role
from app.auth.tables import access_log
from app.kit.clock import FixedClock, SystemClock
from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from tests.auth.people import CHEAP, PASSWORD, People
from tests.oidc import CLIENT_ID, CLIENT_SECRET, OidcServer, serving

SITE = "https://points.example"
SIGN_ON = "/api/v1/sign-on"
CALLBACK = f"{SIGN_ON}/callback"
COMPLETION = f"{SIGN_ON}/completion"
CURRENT = "/api/v1/sessions/current"
IDENTITIES = "/api/v1/me/identities"
REDIRECT_URI = SITE + CALLBACK
Handed = dict[str, str]


def sign_on_file(path: Path, district: str, issuer: str, **more: str | None) -> Path:
    """An operator's file for one district; ``more`` are lines of it, written as TOML; None leaves one out."""
    lines = {"issuer": f'"{issuer}"', "client_id": f'"{CLIENT_ID}"', "client_secret": f'"{CLIENT_SECRET}"', **more}
    path.write_text(
        f"[{district}]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items() if value is not None)
    )
    return path


@dataclass(frozen=True)
class Portal:
    """The service with its provider, and people on either side."""

    application: FastAPI
    people: People
    provider: OidcServer

    @property
    def district(self) -> str:
        return self.people.district.code

    def browser(self) -> TestClient:
        return TestClient(self.application, base_url=SITE, headers={"Origin": SITE}, follow_redirects=False)

    def begin(self, browser: TestClient, *, cookie: bool = True, **body: Any) -> Any:
        params = {"cookie": "true"} if cookie else {}
        return browser.post(SIGN_ON, params=params, json={"district": self.district, **body})

    def handed(self, browser: TestClient, person: str = "alice", **body: Any) -> Handed:
        """What the provider hands a page's browser."""
        begun = self.begin(browser, **body)
        assert begun.status_code == 201, begun.text
        return self.provider.authorize(begun.json()["authorization_url"], person)

    def page(self, person: str = "alice", **body: Any) -> tuple[TestClient, Any]:
        """A browser that has been there and back, and what it was told."""
        browser = self.browser()
        handed = self.handed(browser, person, **body)
        return browser, browser.get(CALLBACK, params=handed)

    def app(self, person: str = "alice", **body: Any) -> Any:
        """The answer to an app that has been there and back."""
        client = self.browser()
        begun = self.begin(client, cookie=False, **body).json()
        handed = self.provider.authorize(begun["authorization_url"], person)
        return client.post(COMPLETION, json={"flow_token": begun["flow_token"], **handed})

    def link(self, login: str, person: str = "alice", password: str = PASSWORD) -> Any:
        """The answer to an account's person, logged in by password, who links by an app."""
        client = self.browser()
        headers = self.people.log_in(client, login)
        begun = client.post(IDENTITIES, json={"password": password}, headers=headers)
        if begun.status_code != 201:
            return begun
        told = begun.json()
        handed = self.provider.authorize(told["authorization_url"], person)
        return client.post(
            f"{IDENTITIES}/completion", json={"flow_token": told["flow_token"], **handed}, headers=headers
        )

    def open_without_password(self, login: str, role: Role | None = Role.SECRETARY) -> UUID:
        people = self.people
        account: UUID = people.database.run(
            lambda c: (
                service_accounts.open_account(
                    c,
                    people.service_actor,
                    login=login,
                    name="某同志",
                    password=None,
                    passwords=CHEAP,
                    request_id="test-0001",
                ).id
            ),
            people.district.id,
        )
        if role is not None:
            people.appoint(account, role)
        return account

    def end_offices(self, account_id: UUID) -> None:
        people = self.people

        def work(connection: Any) -> None:
            for one in service_accounts.page_appointments(
                connection, people.service_actor, account_id=account_id, role=None, on=None, after=None, count_max=9
            ).appointments:
                service.end_appointment(connection, people.service_actor, one.id, people.service_actor.today)

        people.database.run(work, people.district.id)

    def logged(self) -> list[str]:
        """What the access log has of the district, the oldest first."""
        rows = select(access_log.c.action).where(access_log.c.district_id == self.people.district.id)
        return list(
            self.people.database.run(
                lambda c: c.execute(rows.order_by(access_log.c.at, access_log.c.id)).scalars().all(),
                self.people.district.id,
            )
        )


Opening = Callable[..., Portal]


def portal_of(
    settings: Settings, database: Database, people: People, provider: OidcServer, folder: Path, **more: Any
) -> Portal:
    """``more``: lines of the operator's file as TOML, or ``changes`` of the service's settings."""
    changed = more.pop("changes", {})
    file = sign_on_file(folder / "sign-on.toml", people.district.code, more.pop("issuer", provider.issuer), **more)
    set_up = settings.model_copy(update={"sign_on_file": file, "public_origin": SITE, **changed})
    return Portal(create_app(set_up, database=database, clock=people.clock, passwords=CHEAP), people, provider)


@pytest.fixture(scope="session")
def oidc_server() -> Iterator[OidcServer]:
    with serving(REDIRECT_URI) as server:
        yield server


@pytest.fixture
def provider(oidc_server: OidcServer) -> OidcServer:
    """Whatever the test before had it sign, it behaves."""
    oidc_server.misbehave()
    return oidc_server


@pytest.fixture
def clock() -> FixedClock:
    """The provider lives in the machine's time, so the service does."""
    return FixedClock(SystemClock().now())


@pytest.fixture
def opening(settings: Settings, database: Database, people: People, provider: OidcServer, tmp_path: Path) -> Opening:
    """Makes a service with single sign-on, set up in one way or another."""
    return lambda **more: portal_of(settings, database, people, provider, tmp_path, **more)


@pytest.fixture
def portal(opening: Opening) -> Portal:
    return opening()


@pytest.fixture
def linked(portal: Portal) -> Portal:
    """A secretary whose account is linked to alice."""
    portal.people.open("secretary", Role.SECRETARY)
    assert portal.link("secretary").status_code == 201
    return portal


def told(answer: Any) -> tuple[int, str]:
    """The refusal: its status and its code."""
    return answer.status_code, answer.json()["code"]
