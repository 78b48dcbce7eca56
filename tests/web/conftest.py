"""A browser in the town: it keeps cookies, sends forms with the token of the page, and follows where it is led."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.auth.people import PASSWORD
from tests.town import Desk, Town, client, desk, town

__all__ = ["client", "desk", "town"]

SITE = "https://points.example"  # cookies are kept over TLS only

_FIELD = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@dataclass
class Browser:
    """One person at one machine."""

    client: TestClient
    town: Town

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": SITE}

    def open(self, path: str, **query: str) -> Any:
        return self.client.get(path, params=query or None, headers={"Accept": "text/html"})

    def send(self, path: str, form: dict[str, Any] | None = None, *, page: str = "/", **more: Any) -> Any:
        """A form of a page, as a person would send it."""
        found = _FIELD.search(self.open(page).text)
        sent = {"csrf": found[1] if found else "", **(form or {})}
        return self.client.post(path, data=sent, headers=self.origin, **more)

    def log_in(self, login: str, password: str = PASSWORD) -> Any:
        form = {"login": f"{self.town.district.code}/{login}", "password": password}
        return self.client.post("/login", data=form, headers=self.origin)


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """Of the desk's town; nobody has logged in."""
    return Browser(TestClient(desk.client.app, base_url=SITE, raise_server_exceptions=False), desk.town)
