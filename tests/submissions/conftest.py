"""The town and the way to it over HTTP, alone and in a crowd."""

from tests.submissions.crowd import elsewhere, groups, together
from tests.town import client, desk, town

__all__ = ["client", "desk", "elsewhere", "groups", "together", "town"]
