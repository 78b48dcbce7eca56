"""What a rule book says of itself beside its editions: whose it is, and the documents that its values cite."""

from __future__ import annotations

from dataclasses import dataclass

from app.rules.core import Edition


@dataclass(frozen=True)
class SourceRow:
    """A document that values cite; ``grade`` is its code or empty."""

    key: str
    title: str
    date: str = ""
    grade: str = ""
    note: str = ""


@dataclass(frozen=True)
class Front:
    """What the book's own file says beside the edition; ``extends`` is the name of the book it extends, or empty."""

    name: str
    issuer: str
    applies_to: str
    sources: tuple[SourceRow, ...]
    extends: str = ""


@dataclass(frozen=True)
class WholeBook:
    """A book as it is printed: its front and its editions, from the earliest on."""

    code: str
    front: Front
    editions: tuple[Edition, ...]
