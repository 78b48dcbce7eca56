"""What the service measures: of branches here, of secretaries a step further up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from app.ratings.scoring import Reading


@dataclass(frozen=True, slots=True)
class Measured:
    """What the service found for an indicator: the formula in words, and what went into it.

    ``reading`` None: it is not known to the service yet.
    """

    reading: Reading | None
    zh: str
    en: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    edition: str = ""
    at: datetime | None = None

    def kept(self) -> dict[str, Any]:
        """As it is kept in a row."""
        at = None if self.at is None else self.at.isoformat()
        return asdict(self) | {"inputs": dict(self.inputs), "at": at}

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> Measured:
        """What ``kept`` made a dictionary of."""
        reading = None if kept["reading"] is None else Reading(**kept["reading"])
        at = None if kept["at"] is None else datetime.fromisoformat(kept["at"])
        return cls(**{**kept, "reading": reading, "at": at})
