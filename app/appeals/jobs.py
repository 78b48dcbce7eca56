"""Scheduled work of appeals and complaints."""

from __future__ import annotations

from sqlalchemy import Connection

from app.appeals import reminding
from app.auth.core import Actor


def deadlines(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Tells who has an answer to give by tomorrow, and once it is late also who stands above."""
    del slot  # the actor's day is the one that counts
    return reminding.remind(connection, actor)
