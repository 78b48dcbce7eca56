"""The duty lists of secretaries (责任清单): what a branch's secretary is to have done in a year, item by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.appraisals.core import Done
from app.files.core import Evidence
from app.kit.digests import canonical, digest


class ResponsibilityState(StrEnum):
    """The life of one item of the duty list (责任清单)."""

    OPEN = "open"
    REPORTED = "reported"
    MET = "met"
    UNMET = "unmet"
    DROPPED = "dropped"


class Verdict(StrEnum):
    """What the committee makes of an item."""

    MET = "met"
    UNMET = "unmet"
    RETURNED = "returned"  # the report is not enough: the secretary's turn again
    DROPPED = "dropped"  # it is asked no more; neither due nor done


STATE_AFTER: Mapping[Verdict, ResponsibilityState] = {
    Verdict.MET: ResponsibilityState.MET,
    Verdict.UNMET: ResponsibilityState.UNMET,
    Verdict.RETURNED: ResponsibilityState.OPEN,
    Verdict.DROPPED: ResponsibilityState.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One item of a branch's duty list for a year, confirmed by the committee."""

    id: UUID
    batch_id: UUID
    year: str
    branch_id: UUID
    path: str
    text: str
    due_on: date
    state: ResponsibilityState
    set_by: UUID | None
    set_at: datetime
    input_digest: bytes
    report: str | None = None
    reported_by: UUID | None = None
    verdict: str | None = None
    judged_by: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ResponsibilityView:
    """An item with its steps and evidence."""

    responsibility: Responsibility
    steps: tuple[Done, ...] = ()
    files: tuple[Evidence, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class WantedList:
    """Items for the lists of several branches; the id is that of the request."""

    id: UUID
    year: int
    branches: tuple[UUID, ...]
    items: tuple[tuple[str, date], ...]

    def digest(self) -> bytes:
        items = [[text, due_on.isoformat()] for text, due_on in self.items]
        return digest(canonical([self.year, sorted(str(one) for one in self.branches), items]))
