"""Scheduled work of digests. Whatever was made before stays as it is."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.digests import making


def month(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a month that has ended (2026-10). 月调度."""
    return making.month(connection, actor, slot)


def quarter(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that is sealed. 季检查, with its sample."""
    return making.quarter(connection, actor, slot)


def half(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that is sealed. 半年分析, if a half-year ends with it."""
    return making.half(connection, actor, slot)


def year(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
    """Slot: a quarter that is sealed. 年底总评, if a year ends with it."""
    return making.year(connection, actor, slot)
