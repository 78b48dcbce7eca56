"""The town at the end of a quarter, as the tests of its seal have it."""

from __future__ import annotations

from tests.seals.conftest import client, desk, office, town

__all__ = ["client", "desk", "office", "town"]
