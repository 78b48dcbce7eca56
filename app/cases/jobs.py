"""Scheduled work of the lines."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import service


def lines(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that has ended. Applies 900, 500 and the warnings to the corrected scores at its end."""
    return service.apply(connection, actor, slot)
