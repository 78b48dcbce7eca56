"""A real OpenID Connect provider for tests, in a process of its own, and a person's browser there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

CLIENT_ID, CLIENT_SECRET = "longwen", "known to two"
PEOPLE = ("alice", "bob")
PERSON_PASSWORD = "of the provider"


@dataclass(frozen=True)
class OidcServer:
    """Where it is; what it signs, as tests would have it."""

    issuer: str

    @property
    def origin(self) -> str:
        return self.issuer.removesuffix("/o")

    def misbehave(self, *, rotate: bool = False, **claims: Any) -> None:
        """Sign these claims from now on, whatever is true; without any, behave."""
        httpx2.post(f"{self.origin}/faults", json={"claims": claims, "rotate": rotate}).raise_for_status()

    def authorize(self, address: str, person: str = "alice") -> dict[str, str]:
        """The person follows the address and logs in: what the provider hands the browser to bring back."""
        with httpx2.Client(trust_env=False) as browser:
            asked = browser.get(address)
            assert asked.status_code == 302, asked.text
            entered = {"name": person, "password": PERSON_PASSWORD}
            logged_in = browser.post(self.origin + asked.headers["location"], data=entered)
            assert logged_in.status_code == 302, logged_in.text
            handed = browser.get(self.origin + logged_in.headers["location"])
            assert handed.status_code == 302, handed.text
        return dict(parse_qsl(urlsplit(handed.headers["location"]).query))


@contextmanager
def serving(redirect_uri: str) -> Iterator[OidcServer]:
    """A provider with two people, where this service is a client at the one address."""
    with tempfile.TemporaryDirectory(prefix="lw-oidc-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.oidc_provider", folder, redirect_uri],
            cwd=Path(__file__).resolve().parent.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield OidcServer(process.stdout.readline().strip())
        finally:
            process.terminate()
            process.stdout.close()
            process.wait()
