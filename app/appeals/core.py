"""Appeals, complaints and suggestions: their values, and who decides an appeal until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.auth.core import Role
from app.files.core import Evidence
from app.kit.digests import canonical, digest
from app.points.ledger import Entry
from app.points.views import Effect
from app.rules.award import Outcome
from app.rules.core import Item
from app.rules.name import Name
from app.rules.points import json_number

ANSWER_DAYS = 5  # working days to answer, and as many once more
FILING_DAYS = 30  # working days to file, at the least
INSTANCES_MAX = 2  # the appeal, and one review further up
NEAR_DAYS = 1  # working days before a deadline at which it is called near
PAGE_MAX = 200

# Who decides, from the nearest up.
OFFICES = (Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)


class AppealState(StrEnum):
    """The life of an appeal."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class AppealOutcome(StrEnum):
    """What becomes of the entry: undone, replaced by a milder one, or left as it is."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Filing:
    """What a member sends: why the entry is wrong, and what shows it (files by digest)."""

    id: UUID
    entry_id: UUID
    text: str
    files: tuple[str, ...] = ()

    def digest(self) -> bytes:
        sent = {"entry": str(self.entry_id), "text": self.text, "files": sorted(self.files)}
        return digest(canonical(sent))


@dataclass(frozen=True, slots=True)
class Replacement:
    """What the entry should have said; the rest stays. ``chosen`` are points as the book prints them."""

    outcome: Outcome | None = None
    tier: str | None = None
    units: int | None = None
    chosen: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision with its reason; ``replacement`` is given where the entry is changed, and only then."""

    outcome: AppealOutcome
    answer: str
    replacement: Replacement | None = None

    def digest(self) -> bytes:
        to = self.replacement
        sent = {
            "outcome": self.outcome,
            "answer": self.answer,
            "replacement": None
            if to is None
            else [to.outcome, to.tier, to.units, None if to.chosen is None else json_number(to.chosen)],
        }
        return digest(canonical(sent))


@dataclass(frozen=True, slots=True)
class Appeal:
    """A member's objection to one entry. ``path`` is where the member belonged on the day of the matter.

    ``asked`` is the office whose turn it is; ``filed_by`` is another account than the member's where the appeal was
    brought on paper. ``extended_on`` is the day on which ``due_on`` was put off.
    """

    id: UUID
    entry_id: UUID
    cycle: str
    member_id: UUID
    path: str
    instance: int
    text: str
    filed_at: datetime
    filed_by: UUID | None
    asked: Role
    due_on: date
    input_digest: bytes
    state: AppealState = AppealState.OPEN
    extended_on: date | None = None
    extension_reason: str | None = None
    outcome: AppealOutcome | None = None
    answer: str | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reversal_id: UUID | None = None
    replacement_id: UUID | None = None
    decision_digest: bytes | None = None
    withdrawn_by: UUID | None = None
    withdrawal_wish: str | None = None  # how the member of an appeal on paper asked for it


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal with what a reader needs beside it; ``decimals`` are the places of the entry's points."""

    appeal: Appeal
    entry: Entry
    member: str
    item: Name
    decimals: int
    files: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class AppealPage:
    """Appeals by time of filing, with the cursor to go on from (None: there was nothing more)."""

    appeals: tuple[AppealView, ...]
    following: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class Answered:
    """An appeal after a verb, with what was booked by it and what that did to standings the caller may read."""

    view: AppealView
    entries: tuple[Entry, ...] = ()
    effects: tuple[Effect, ...] = ()
    replayed: bool = False


def least_office(item: Item | None, instance: int) -> Role:
    """The lowest office that decides: never below the item's last reviewer, and one further up for the second time."""
    reviewers = () if item is None else item.review
    level = max((at for at, role in enumerate(OFFICES) if role.value in reviewers), default=0)
    return OFFICES[min(level + instance - 1, len(OFFICES) - 1)]


def is_high_enough(roles: Collection[Role], least: Role) -> bool:
    return any(role in roles for role in OFFICES[OFFICES.index(least) :])


def above(office: Role) -> Role | None:
    """The next office up."""
    at = OFFICES.index(office) + 1
    return OFFICES[at] if at < len(OFFICES) else None


def asked_office(holders: Iterable[tuple[UUID, Role]], least: Role, concerned: Collection[UUID | None]) -> Role:
    """The nearest office, from ``least`` up, that somebody holds who is not concerned; else the district's."""
    free = {role for account_id, role in holders if account_id not in concerned}
    return next((role for role in OFFICES[OFFICES.index(least) :] if role in free), OFFICES[-1])


class ComplaintKind(StrEnum):
    """What is written to the district office."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"


class ComplaintState(StrEnum):
    """Whether it has been answered."""

    OPEN = "open"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Concern:
    """A complaint or suggestion as it is sent; ``page`` is where it was written."""

    id: UUID
    kind: ComplaintKind
    text: str
    page: str | None = None
    anonymous: bool = False

    def digest(self) -> bytes:
        sent = {"kind": self.kind, "text": self.text, "page": self.page, "anonymous": self.anonymous}
        return digest(canonical(sent))


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint or suggestion under its number. ``name`` is its author's; None where the reader may not know it."""

    id: UUID
    year: int
    number: int
    kind: ComplaintKind
    text: str
    page: str | None
    anonymous: bool
    filed_by: UUID
    filed_at: datetime
    due_on: date
    input_digest: bytes
    state: ComplaintState = ComplaintState.OPEN
    answer: str | None = None
    answered_by: UUID | None = None
    answered_at: datetime | None = None
    name: str | None = None

    @property
    def reference(self) -> str:
        """``2026-0042``."""
        return f"{self.year}-{self.number:04d}"


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """Complaints by number; ``following`` is the reference to go on after (None: there was nothing more)."""

    complaints: tuple[Complaint, ...]
    following: str | None
