"""Scheduled work of proof."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.proofs import service


def checkpoint(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: an hour. Puts a root over what moved behind the root before."""
    del slot  # whatever has moved by now is taken in
    made = service.checkpoint(connection, actor)
    return {"number": 0, "leaves": 0} if made is None else {"number": made.number, "leaves": made.leaves}


def prove(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that is sealed. Puts its frozen standings and its editions under a root."""
    made = service.prove_seals(connection, actor, slot)
    return {"proven": len(made), "rows": sum(one.seal.rows for one in made if one.seal is not None)}
