"""The life of a mentoring: proposed, agreed by both sides, active from the first visit on, ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.grids.assigning import HelpedKind, NeedGround
from app.kit.calendar import next_quarter, quarter_days, quarter_of
from app.kit.digests import canonical, digest


class MentoringState(StrEnum):
    """The life of a mentoring."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    ACTIVE = "active"
    ENDED = "ended"


class MentoringOutcome(StrEnum):
    """How a mentoring ended."""

    WITHDRAWN = "withdrawn"  # a proposal that gave way, or that nobody needs any more
    REFUSED = "refused"
    RISEN = "risen"  # the helped one needs it no longer
    STOPPED = "stopped"
    HANDED_OVER = "handed_over"  # to the lead that followed
    RELEASED = "released"  # the lead is gone, out of reach or over its capacity
    CHOSEN_OTHERWISE = "chosen_otherwise"  # another lead was chosen by hand


class Side(StrEnum):
    """Who agrees."""

    LEAD = "lead"
    HELPED = "helped"


@dataclass(frozen=True, slots=True)
class Mentoring:
    """One lead helps one branch, enterprise or member; ``path`` is where the helped one belongs."""

    id: UUID
    lead_id: UUID
    lead_path: str
    kind: HelpedKind
    helped_id: UUID
    path: str
    state: MentoringState
    grounds: tuple[NeedGround, ...]
    costs: Mapping[str, int]
    by_hand: str | None
    star: int | None
    proposed_on: date
    lead_agreed_on: date | None = None
    helped_agreed_on: date | None = None
    active_on: date | None = None
    ended_on: date | None = None
    outcome: MentoringOutcome | None = None
    reason: str | None = None
    before_id: UUID | None = None

    @property
    def is_firm(self) -> bool:
        """Whether an assignment keeps it: agreed, under way, or chosen by hand."""
        return self.state in (MentoringState.AGREED, MentoringState.ACTIVE) or self.by_hand is not None

    def agreed(self, side: Side, day: date) -> Mentoring:
        """With one side's consent; both make it agreed."""
        if side is Side.LEAD:
            consented = replace(self, lead_agreed_on=self.lead_agreed_on or day)
        else:
            consented = replace(self, helped_agreed_on=self.helped_agreed_on or day)
        both = consented.lead_agreed_on is not None and consented.helped_agreed_on is not None
        is_first = self.state is MentoringState.PROPOSED
        return replace(consented, state=MentoringState.AGREED) if both and is_first else consented

    def ended(self, outcome: MentoringOutcome, day: date, reason: str | None = None) -> Mentoring:
        return replace(self, state=MentoringState.ENDED, ended_on=day, outcome=outcome, reason=reason)

    def handed_to(self, new_id: UUID, lead_id: UUID, lead_path: str, day: date) -> Mentoring:
        """The same help by another lead: what was agreed stays agreed."""
        return replace(self, id=new_id, lead_id=lead_id, lead_path=lead_path, proposed_on=day, before_id=self.id)


class VisitKind(StrEnum):
    """What was held."""

    VISIT = "visit"
    JOINT_MEETING = "joint_meeting"  # of lead and helped, once a quarter


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit or joint meeting, and where the helped branch stood on that day as far as it is known."""

    id: UUID
    mentoring_id: UUID
    kind: VisitKind
    held_on: date
    quarter: str
    text: str
    problems_found: int
    problems_solved: int
    star: int | None
    average: int | None
    recorded_by: UUID | None
    input_digest: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the helped branch stood at a quarter's end; ``average`` in hundredths of a point. None: not known."""

    mentoring_id: UUID
    quarter: str
    noted_on: date
    star: int | None
    average: int | None


@dataclass(frozen=True, slots=True)
class MentoringView:
    """A mentoring with its visits and the quarters' progress, the earliest first."""

    mentoring: Mentoring
    visits: tuple[Visit, ...]
    missing_meetings: tuple[str, ...]  # quarters that have ended without a joint meeting
    progress: tuple[Progress, ...] = ()
    replayed: bool = False


def quarters_due(mentoring: Mentoring, first: date, last: date) -> tuple[str, ...]:
    """The quarters that end from the first day to the last, in which the help was under way to their end.

    What was handed over counts by each lead for its own time.
    """
    if mentoring.active_on is None:
        return ()
    due: list[str] = []
    code = quarter_of(max(mentoring.active_on, mentoring.proposed_on, first))
    while (ends_on := quarter_days(code)[1]) <= last:
        if mentoring.ended_on is None or mentoring.ended_on >= ends_on:
            due.append(code)
        code = next_quarter(code)
    return tuple(due)


def missing_meetings(mentoring: Mentoring, visits: Iterable[Visit], today: date) -> tuple[str, ...]:
    """The whole quarters under way, ended before today or with the mentoring, in which no joint meeting was held."""
    held = {one.quarter for one in visits if one.kind is VisitKind.JOINT_MEETING}
    return tuple(code for code in due_meetings(mentoring, today) if code not in held)


def due_meetings(mentoring: Mentoring, today: date) -> tuple[str, ...]:
    """The quarters under way, ended before today or with the mentoring: each was due a joint meeting."""
    if mentoring.active_on is None:
        return ()
    due: list[str] = []
    code = quarter_of(mentoring.active_on)
    until = min(today, mentoring.ended_on or today)
    while quarter_days(code)[1] < until:
        due.append(code)
        code = next_quarter(code)
    return tuple(due)


@dataclass(frozen=True, slots=True)
class MeetingDue:
    """A joint meeting that was due of a mentoring in a quarter, and whether it was held."""

    mentoring_id: UUID
    quarter: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class WantedVisit:
    """What was held, as it is reported."""

    id: UUID
    kind: VisitKind
    held_on: date
    text: str
    problems_found: int
    problems_solved: int

    def input_digest(self, mentoring_id: UUID) -> bytes:
        said = {
            "mentoring": str(mentoring_id),
            "kind": self.kind.value,
            "held_on": self.held_on.isoformat(),
            "text": self.text,
            "problems": [self.problems_found, self.problems_solved],
        }
        return digest(canonical(said))
