"""The town, its people at their telephones, and a store of files of each test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.kit.blobs import Blobs, open_blobs
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.applications import Applications
from tests.files import samples
from tests.town import Desk, Town, desk, town

__all__ = ["desk", "town"]

Json = dict[str, Any]


@pytest.fixture
def filing(settings: Settings, tmp_path: Path) -> Settings:
    """The settings, with a folder of the test's own."""
    return settings.model_copy(update={"files": f"file://{tmp_path}/files"})


@pytest.fixture
def blobs(filing: Settings) -> Blobs:
    return open_blobs(filing)


@pytest.fixture
def client(applications: Applications, filing: Settings, database: Database, clock: FixedClock) -> TestClient:
    return TestClient(applications.lend(filing, database, clock), raise_server_exceptions=False)


@dataclass
class Sender:
    """Sends files under anybody's log-in."""

    desk: Desk

    @property
    def town(self) -> Town:
        return self.desk.town

    def send(self, login: str, content: bytes, name: str = "签到表.jpg", kind: str = "image/jpeg") -> Any:
        return self.desk.client.post(
            "/api/v1/files", files={"file": (name, content, kind)}, headers=self.desk.headers(login)
        )

    def sent(self, login: str, content: bytes | None = None, name: str = "签到表.jpg") -> Json:
        """The answer to a file that is expected to be kept."""
        answer = self.send(login, content or samples.photograph(), name)
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    def refused(self, login: str, content: bytes, name: str = "签到表.jpg") -> tuple[int, str]:
        answer = self.send(login, content, name)
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]


@pytest.fixture
def sender(desk: Desk) -> Sender:
    return Sender(desk)


@pytest.fixture
def kept(blobs: Blobs, town: Town) -> Callable[[], set[str]]:
    """The digests of what stands in the town's part of the store."""

    def look() -> set[str]:
        return {one.key.rpartition("/")[2] for one in blobs.list_under(town.district.id.hex)}

    return look
