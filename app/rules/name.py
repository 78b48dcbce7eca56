"""What things are called, in the two languages of the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the two languages of the service."""

    zh: str
    en: str
