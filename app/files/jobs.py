"""Scheduled work on evidence."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.files import service
from app.kit.blobs import open_blobs
from app.kit.settings import Settings


def sweep(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a day. Removes what nobody has attached for days, and counts files whose bytes are missing."""
    del slot  # what is old is old on the day on which it is done
    return service.sweep(connection, actor, open_blobs(Settings())).counts
