"""Where a list that is ordered by day goes on: a day and an id, as one text."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.kit.errors import CursorRefused

DAY_CURSOR = r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$"


def written_cursor(place: tuple[date, UUID] | None) -> str | None:
    """The text that goes on after the place; nothing where nothing follows."""
    return None if place is None else f"{place[0].isoformat()}.{place[1].hex}"


def read_cursor(text: str | None) -> tuple[date, UUID] | None:
    """The reverse, of text in the form of ``DAY_CURSOR``. Raises CursorRefused for a day outside the calendar."""
    if text is None:
        return None
    day, last = text.split(".")
    try:
        return date.fromisoformat(day), UUID(hex=last)
    except ValueError as cause:
        raise CursorRefused(field="cursor", cursor=text) from cause
