"""Scheduled work of the lines."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import opening, service, stepping


def lines(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that has ended. Applies 900, 500 and the warnings to the corrected scores at its end."""
    return service.apply(connection, actor, slot)


def cases(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter whose lines were applied. Opens assistance cases, asks for reminder talks, tells secretaries of
    warnings, lists who is to be commended.
    """
    return opening.follow(connection, actor, slot)


def steps(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Compares cases with ledger and roster, and tells who has something to do that is due or late."""
    del slot  # the actor's day is the one that counts
    return stepping.step(connection, actor)
