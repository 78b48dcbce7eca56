"""Scheduled work of the ledger."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.points import settling


def duties(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter. Opens standings and gives every member the duties that fall due in it."""
    return settling.enter_members(connection, actor, slot)


def settle(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that has ended. Decides the duties that nobody decided."""
    return settling.settle(connection, actor, slot)
