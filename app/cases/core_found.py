"""What the lines have found, as it is read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A stored finding with the names that a reader needs.

    ``decimals`` are the places of ``value`` and ``bound`` where they are points, and not percent of a pace.
    """

    line: str
    member_id: UUID
    name: str
    branch_id: UUID
    branch: str
    basis: str
    value: int
    bound: int
    exclusions: tuple[str, ...]
    position: int | None
    edition: str
    consequence: str
    path: str
    decimals: int = 0
    pool: str | None = None
    places: int | None = None


@dataclass(frozen=True, slots=True)
class CountRow:
    """A stored count."""

    line: str
    tested: int
    met: int
    out_of_reach: int
    named: int
    quota: int | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What the lines found at the end of a quarter, as far as the caller may see."""

    quarter: str
    findings: Sequence[FoundRow]
    counts: Sequence[CountRow]
    was_tested: bool  # otherwise nothing was found because nobody has looked yet
