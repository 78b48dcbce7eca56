"""Scheduled work on submissions."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.submissions import deadlines


def keep(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Ends hearings, asks and reminds reviewers, and lets lapse what was never handed in."""
    del slot  # what is due is due on the day on which it is looked at
    return {**deadlines.keep(connection, actor), **deadlines.lapse(connection, actor)}
