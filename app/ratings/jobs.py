"""Scheduled work of stars."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.ratings import following


def indicators(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter whose cases were opened. Measures open rounds anew; signed indicators stay as they were."""
    del slot  # a round goes by its own cut-off
    return following.measure_open(connection, actor)


def plans(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Tells of plans that are due or late."""
    del slot  # the actor's day is the one that counts
    return following.remind(connection, actor)
