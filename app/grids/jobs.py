"""Scheduled work of grids."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.grids import following, handing, pairing


def keep(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:  # noqa: ARG001 - what is due is asked
    """Slot: a day. Moves enterprises, lets deputies follow, and proposes who helps whom."""
    return pairing.keep(connection, actor)


def progress(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter whose star indicators are measured. Hands grid work down to open rounds, and keeps where each
    helped branch stands.
    """
    return {
        "supplied": handing.supply_indicators(connection, actor),
        **following.note_progress(connection, actor, slot),
    }
