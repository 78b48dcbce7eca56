"""The life of an assistance case (scoring, section 4): its states, its steps, and by when somebody has to act.

A case helps and never punishes: what it may lead to after two failures is a suggestion to the committee, and no state
of it is a disciplinary decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.auth.core import Role
from app.cases.refusals import HelperIsMember, MovedOn, NoHelper, NotDueYet, OutOfState, TooLong
from app.kit.digests import canonical, digest
from app.points.ledger import Entry
from app.rules.core import Kind

TALK_DAYS = 10  # working days to talk, once opened
STEP_DAYS = 10  # working days for the plan, for a helper, and for closing what failed
PLAN_MONTHS = 3  # from the plan to its end, and as many once more
MONTHS_MAX = 12  # of a whole case
CLIMB_DAYS = 5  # working days of delay after which the next office up is told as well
NEAR_DAYS = 1  # working days before a deadline at which it is called near
FAILURES_LISTED = 2  # failed cases of one member, for the committee to consider
PAGE_MAX = 200

OFFICES = (Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)  # from the nearest up


class CaseState(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    TALK_HELD = "talk_held"
    PLANNED = "planned"  # a plan without a helper yet
    RUNNING = "running"
    EXTENDED = "extended"  # running on, after the one extension
    ACCEPTED = "accepted"
    FAILED = "failed"
    CLOSED = "closed"  # after a failure, or because the member has left
    ANNULLED = "annulled"  # what opened it was undone


OPEN = frozenset(
    {
        CaseState.OPENED,
        CaseState.TALK_HELD,
        CaseState.PLANNED,
        CaseState.RUNNING,
        CaseState.EXTENDED,
        CaseState.FAILED,
    }
)
HELPED = frozenset({CaseState.RUNNING, CaseState.EXTENDED})


class CaseAction(StrEnum):
    """What is done to a case."""

    OPENED = "opened"
    TALK_HELD = "talk_held"
    PLANNED = "planned"
    HELPER_PROPOSED = "helper_proposed"
    HELPER_NAMED = "helper_named"
    EXTENDED = "extended"
    ACCEPTED = "accepted"
    FAILED = "failed"
    CLOSED = "closed"
    MOVED = "moved"  # with the member, to another branch
    LEFT = "left"
    ANNULLED = "annulled"


# From which states each action goes, for people and for the service alike.
ADMITTED: Mapping[CaseAction, frozenset[CaseState]] = {
    CaseAction.TALK_HELD: frozenset({CaseState.OPENED}),
    CaseAction.PLANNED: frozenset({CaseState.TALK_HELD}),
    CaseAction.HELPER_PROPOSED: OPEN - {CaseState.FAILED},
    CaseAction.HELPER_NAMED: frozenset({CaseState.PLANNED}) | HELPED,
    CaseAction.EXTENDED: frozenset({CaseState.RUNNING}),
    CaseAction.ACCEPTED: HELPED,
    CaseAction.FAILED: HELPED,
    CaseAction.CLOSED: frozenset({CaseState.FAILED}),
    CaseAction.MOVED: OPEN,
    CaseAction.LEFT: OPEN,
    CaseAction.ANNULLED: frozenset(CaseState) - {CaseState.ANNULLED},
}
# What the branch does; the rest is the committee's, or the service's own.
OF_THE_BRANCH = frozenset({CaseAction.TALK_HELD, CaseAction.PLANNED, CaseAction.HELPER_NAMED})
OF_THE_COMMITTEE = frozenset({CaseAction.EXTENDED, CaseAction.ACCEPTED, CaseAction.FAILED, CaseAction.CLOSED})

# Whose turn it is in a state, and what for, as messages call it.
TURN: Mapping[CaseState, tuple[Role, str]] = {
    CaseState.OPENED: (Role.SECRETARY, "case_talk"),
    CaseState.TALK_HELD: (Role.SECRETARY, "case_plan"),
    CaseState.PLANNED: (Role.SECRETARY, "case_helper"),
    CaseState.RUNNING: (Role.COMMITTEE_OFFICER, "case_verdict"),
    CaseState.EXTENDED: (Role.COMMITTEE_OFFICER, "case_verdict"),
    CaseState.FAILED: (Role.COMMITTEE_OFFICER, "case_closing"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One member's case. ``value`` and ``bound`` are points of ``edition``, as they were at the quarter's end.

    ``version`` is the number of its last step; ``due_on`` the day by which the next one is due (None: none is).
    """

    id: UUID
    member_id: UUID
    branch_id: UUID
    path: str
    quarter: str
    cycle: str
    line: str
    edition: str
    value: int
    bound: int
    opened_at: datetime
    opened_on: date
    due_on: date | None
    state: CaseState = CaseState.OPENED
    version: int = 1
    talk_on: date | None = None
    problems: str | None = None
    measures: str | None = None
    helper_id: UUID | None = None
    proposed_helper_id: UUID | None = None
    planned_on: date | None = None
    extended_on: date | None = None
    failed_on: date | None = None
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One thing that was done, 1, 2, 3 … in a case; ``day`` is when it happened, ``at`` when it was written down."""

    id: UUID
    number: int
    action: str
    at: datetime
    by: UUID | None
    note: str | None = None
    day: date | None = None
    sent_digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does to a case; ``id`` becomes the step's, so that a retry is known.

    ``seen`` is the last step that they saw, ``day`` that of the talk; ``problems`` and ``measures`` belong to a plan;
    ``helper_id`` is a member.
    """

    id: UUID
    action: CaseAction
    note: str | None = None
    day: date | None = None
    problems: str | None = None
    measures: str | None = None
    helper_id: UUID | None = None
    seen: int | None = None

    def digest(self) -> bytes:
        helper = None if self.helper_id is None else str(self.helper_id)
        day = None if self.day is None else self.day.isoformat()
        return digest(canonical([self.action.value, self.note, day, self.problems, self.measures, helper]))


@dataclass(frozen=True, slots=True)
class Moment:
    """The day on which something is done, and the working day by which the next step would be due."""

    at: datetime
    today: date
    step_due: date


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def after(case: Case, deed: Deed, moment: Moment) -> Case:
    """The case once the deed is done. Raises MovedOn, OutOfState, NoHelper, NotDueYet and TooLong."""
    if deed.seen is not None and deed.seen != case.version:
        raise MovedOn(seen=deed.seen, now=case.version, field="seen")
    if case.state not in ADMITTED[deed.action]:
        raise OutOfState(state=case.state.value, field="id")
    if deed.helper_id == case.member_id:
        raise HelperIsMember(field="helper_id")
    made: Case = _DONE[deed.action](case, deed, moment)
    return replace(made, version=case.version + 1)


def _talk(case: Case, deed: Deed, moment: Moment) -> Case:
    return replace(case, state=CaseState.TALK_HELD, talk_on=deed.day or moment.today, due_on=moment.step_due)


def _plan(case: Case, deed: Deed, moment: Moment) -> Case:
    helper = deed.helper_id
    planned = replace(case, problems=deed.problems, measures=deed.measures, planned_on=moment.today, helper_id=helper)
    if helper is None:
        return replace(planned, state=CaseState.PLANNED, due_on=moment.step_due)
    return _run(planned)


def _run(case: Case) -> Case:
    """The three months count from the plan, whenever the helper is found."""
    if case.planned_on is None:
        raise AssertionError("what runs has a plan")
    return replace(case, state=CaseState.RUNNING, due_on=_within(case, months_after(case.planned_on, PLAN_MONTHS)))


def _within(case: Case, day: date) -> date:
    return min(day, months_after(case.opened_on, MONTHS_MAX))


def _propose(case: Case, deed: Deed, _: Moment) -> Case:
    if deed.helper_id is None:
        raise NoHelper(field="helper_id")
    return replace(case, proposed_helper_id=deed.helper_id)


def _name(case: Case, deed: Deed, _: Moment) -> Case:
    if deed.helper_id is None:
        raise NoHelper(field="helper_id")
    named = replace(case, helper_id=deed.helper_id)
    return _run(named) if case.state is CaseState.PLANNED else named


def _extend(case: Case, _: Deed, moment: Moment) -> Case:
    until = _due(case)
    later = _within(case, months_after(until, PLAN_MONTHS))
    if later <= until:
        raise TooLong(months=MONTHS_MAX, day=until.isoformat(), field="id")
    return replace(case, state=CaseState.EXTENDED, extended_on=moment.today, due_on=later)


def _accept(case: Case, _: Deed, moment: Moment) -> Case:
    return replace(case, state=CaseState.ACCEPTED, ended_at=moment.at, due_on=None)


def _fail(case: Case, _: Deed, moment: Moment) -> Case:
    """Not before its time: until the day there is time to do better."""
    if moment.today < _due(case):
        raise NotDueYet(day=_due(case).isoformat(), field="id")
    return replace(case, state=CaseState.FAILED, failed_on=moment.today, due_on=moment.step_due)


def _due(case: Case) -> date:
    if case.due_on is None:
        raise AssertionError("what runs has a day on which it is due")
    return case.due_on


def _close(case: Case, _: Deed, moment: Moment) -> Case:
    return replace(case, state=CaseState.CLOSED, ended_at=moment.at, due_on=None)


def _annul(case: Case, _: Deed, moment: Moment) -> Case:
    return replace(case, state=CaseState.ANNULLED, ended_at=case.ended_at or moment.at, due_on=None)


_DONE = {
    CaseAction.TALK_HELD: _talk,
    CaseAction.PLANNED: _plan,
    CaseAction.HELPER_PROPOSED: _propose,
    CaseAction.HELPER_NAMED: _name,
    CaseAction.EXTENDED: _extend,
    CaseAction.ACCEPTED: _accept,
    CaseAction.FAILED: _fail,
    CaseAction.CLOSED: _close,
    CaseAction.MOVED: lambda case, _deed, _moment: case,
    CaseAction.LEFT: _close,
    CaseAction.ANNULLED: _annul,
}


def opens(earlier: Iterable[Case], entries: Iterable[Entry], disputed: Collection[UUID], quarter: str) -> bool:
    """Whether meeting the line at the end of a quarter opens a case, given the member's earlier ones.

    Not while one is open, nor twice for one quarter; and after an acceptance only on new losses. ``entries`` are those
    dated up to the quarter's end and recorded since the last acceptance, ``disputed`` what is under appeal of them.
    """
    known = list(earlier)
    if any(one.is_open or (one.quarter >= quarter and one.state is not CaseState.ANNULLED) for one in known):
        return False
    return not any(one.state is CaseState.ACCEPTED for one in known) or has_new_losses(entries, disputed)


def last_acceptance(cases: Iterable[Case]) -> datetime | None:
    """When the last accepted case ended."""
    return max((one.ended_at for one in cases if one.state is CaseState.ACCEPTED and one.ended_at), default=None)


def has_new_losses(entries: Iterable[Entry], disputed: Collection[UUID]) -> bool:
    """Whether anything more was lost by these entries, of duties or by faults.

    Matter by matter: what only replaces an earlier settling of the same duty is a loss as far as it is more.
    """
    lost: dict[tuple[str, str, str | None], int] = {}
    for one in entries:
        if one.kind in (Kind.ROUTINE, Kind.FAULT) and one.id not in disputed:
            key = (one.item, one.window, one.matter)
            lost[key] = lost.get(key, 0) + one.points
    return any(points < 0 for points in lost.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of the duties that fell due since the case was opened, and what was lost since then.

    ``kept`` of ``decided``; ``open`` are due and not decided. The number of points says nothing of it: a year's reset
    is no recovery.
    """

    kept: int = 0
    missed: int = 0
    open: int = 0

    @property
    def decided(self) -> int:
        return self.kept + self.missed

    @property
    def percent(self) -> int | None:
        return self.kept * 100 // self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with the names that a reader needs; ``decimals`` are the places of its points."""

    case: Case
    member: str
    branch: str
    decimals: int = 0
    helper: str | None = None
    proposed_helper: str | None = None
    progress: Progress = Progress()
    steps: tuple[CaseStep, ...] = ()


@dataclass(frozen=True, slots=True)
class CasePage:
    """Cases by time of opening, with the cursor to go on from (None: there was nothing more)."""

    cases: tuple[CaseView, ...]
    following: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class DoneCase:
    """A case after a deed."""

    view: CaseView
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Failures:
    """A member whose cases failed twice or more: for the committee to consider, and nothing else follows from it."""

    member_id: UUID
    member: str
    branch_id: UUID
    branch: str
    count: int
    last_on: date


def late_offices(case: Case, delays: Mapping[Role, date], today: date) -> tuple[Role, ...]:
    """Which offices are told that the step is late: that whose turn it is at once, each above after some days more.

    ``delays`` has the first day on which each office is told.
    """
    if case.due_on is None or today <= case.due_on:
        return ()
    first = TURN[case.state][0]
    return tuple(one for one in OFFICES[OFFICES.index(first) :] if today >= delays[one])
