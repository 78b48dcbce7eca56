"""Identifiers: UUIDs that sort by the time of their making (RFC 9562, version 7)."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
