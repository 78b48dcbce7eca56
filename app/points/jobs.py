"""Scheduled work of the ledger."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.points import ranking, settling


def duties(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter. Opens standings and gives every member the duties that fall due in it."""
    return settling.enter_members(connection, actor, slot)


def rank(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Boards follow exemptions that begin and end within a quarter."""
    del slot  # whatever day is missed, it is today's facts that boards show
    return ranking.rank_exempt(connection, actor)


def settle(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that has ended. Decides the duties that nobody decided."""
    return settling.settle(connection, actor, slot)
