"""The town's fixtures, and a clerk who writes down its meetings."""

from __future__ import annotations

import pytest

from tests.activities.meetings import Clerk
from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]


@pytest.fixture
def clerk(desk: Desk) -> Clerk:
    return Clerk(desk)
