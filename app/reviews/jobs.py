"""Scheduled work of review packs: asking for them at a seal, and making what was asked for."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from app.auth.core import Actor
from app.auth.core_districts import District
from app.kit.ciphers import FieldCipher
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.settings import Settings
from app.reviews import making, packing


def pack(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that is sealed. Its pack is asked for, and those of a half-year or year that end with it.

    The next round makes them.
    """
    return packing.ask_at_seal(connection, actor, slot)


def make(
    database: Database,
    clock: Clock,
    district: District,
    settings: Settings,  # noqa: ARG001 - what every round is handed
    cipher: Callable[[], FieldCipher],  # noqa: ARG001 - the same; nothing in a pack is under the key
) -> dict[str, int]:
    """Make what waits in one district, or has lost its maker, and let go the bytes of copies that have expired."""
    return making.make_all(making.Workshop(database, clock, district))
