"""The town's fixtures, and a village with grids."""

from __future__ import annotations

import pytest

from tests.grids.village import Village, settled
from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]


@pytest.fixture
def village(desk: Desk) -> Village:
    return settled(desk)
