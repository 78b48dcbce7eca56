"""Scheduled work of a quarter's end."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.seals import keeping, sealing


def keep(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Asks for what is to be confirmed, begins notices, and restarts those of corrected rows."""
    del slot  # what is due is due on the day on which it is looked at
    return keeping.keep(connection, actor)


def seal(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that has ended. Seals it once the last branch's first notice is over."""
    return sealing.seal(connection, actor, slot)


def freeze(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that is sealed. Keeps every member's standing as it was booked then."""
    return sealing.freeze(connection, actor, slot)
