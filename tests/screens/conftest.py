"""A real Chromium before a real server, which can be ended and begun again."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.boards.test_live import Serving
from tests.conftest import Addresses
from tests.screens.hall import Hall
from tests.town import client_of, found_town, staffed

NAMES = ("郑晚来", "方文静", "孙志远", "吴海燕", "何秋生")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's own, one for all tests."""
    found = shutil.which("chromium")
    assert found is not None, "apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--js-flags=--expose-gc"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def hall(
    addresses: Addresses,
    settings: Settings,
    database: Database,
    owner_database: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Hall]:
    """A town of eight members with a screen that plays every kind of board."""
    clock = FixedClock(datetime(2026, 11, 21, 2, tzinfo=UTC))
    town = found_town(database, owner_database, clock)
    desk = staffed(town, client_of(settings, database, clock))
    for name in NAMES:
        town.add_member(name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "LONGWEN_DATABASE_URL": addresses.application_url,
        "LONGWEN_SECRET_KEY": "a secret that only the tests know",
        "LONGWEN_DATA": str(tmp_path_factory.mktemp("hall")),
    }
    serving = Serving(environment, port, clock.now().isoformat())
    try:  # one that is too slow to begin is ended too
        serving.begin()
        yield Hall.hung(serving, desk)
    finally:
        if serving.process is not None and serving.process.poll() is None:
            serving.end()
