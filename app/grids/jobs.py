"""Scheduled work of grids."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.grids import pairing


def keep(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:  # noqa: ARG001 - what is due is asked
    """Slot: a day. Moves enterprises, lets deputies follow, and proposes who helps whom."""
    return pairing.keep(connection, actor)
