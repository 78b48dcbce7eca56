"""Scheduled work of meetings."""

from __future__ import annotations

from sqlalchemy import Connection

from app.activities import settling
from app.auth.core import Actor


def absences(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:  # noqa: ARG001 - what is due is asked
    """Slot: a day. Books absences that were not made up in seven days, and proposes what follows from them."""
    return settling.settle(connection, actor)
