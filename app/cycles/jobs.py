"""Scheduled work of the calendar."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service


def quarters(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Moves quarters to the state that the day has brought them to."""
    del slot  # the actor's day is the one that counts; a slot made good later acts on today's calendar
    return service.advance(connection, actor)
