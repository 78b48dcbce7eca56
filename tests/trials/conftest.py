"""The town in which drafts are tried, and the way to it over HTTP."""

from tests.town import client, desk, town

__all__ = ["client", "desk", "town"]
