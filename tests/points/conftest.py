"""The town in which the ledger is tested."""

from __future__ import annotations

import pytest

from app.kit.clock import FixedClock
from app.kit.db import Database
from tests.town import Town, found_town


@pytest.fixture
def town(database: Database, owner_database: Database, clock: FixedClock) -> Town:
    return found_town(database, owner_database, clock)
