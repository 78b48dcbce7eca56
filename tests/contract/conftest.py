"""The invented town, as the fixtures of ``tests/town.py`` make it."""

from tests.town import town

__all__ = ["town"]
