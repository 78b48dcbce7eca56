"""The life of a commendation (scoring, section 4): from the line's list to the day it is handed over.

The list has an order and a number of places in each pool, and nobody who is not on it enters; the branch meeting
decides, and no rank among all is ever made of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.auth.core import Role
from app.cases.core import Exclusion
from app.cases.core_cases import CaseStep
from app.cases.refusals import KeptOff, MovedOn, NoMajority, NoPlace, NotOnNotice, ObjectionOpen, OutOfState
from app.kit.digests import canonical, digest
from app.kit.words import all_of

OBJECTORS = frozenset({Role.MEMBER, Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER})
NOTICE_DAYS = 5  # working days on notice, at the least


class ListState(StrEnum):
    """Where a commendation stands."""

    LISTED = "listed"  # within the places
    WAITING = "waiting"  # an appeal is open: the place is kept
    RESERVE = "reserve"  # behind those that the places take
    EXCLUDED = "excluded"
    RECOMMENDED = "recommended"  # by the branch meeting
    STRUCK = "struck"
    NOTICED = "noticed"
    CONFIRMED = "confirmed"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


class ListAction(StrEnum):
    """What is done to a commendation."""

    LISTED = "listed"  # also anew, where the lines were applied again before anybody decided
    RECOMMENDED = "recommended"
    STRUCK = "struck"
    NOTICED = "noticed"
    OBJECTED = "objected"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"  # though a veto was entered after


UNDECIDED = frozenset({ListState.LISTED, ListState.WAITING, ListState.RESERVE, ListState.EXCLUDED})
STANDING = frozenset({ListState.RECOMMENDED, ListState.NOTICED, ListState.CONFIRMED, ListState.HANDED_OVER})
# What was handed over and withdrawn frees no place: the year's list is done.
TAKEN = STANDING | {ListState.WITHDRAWN}
GONE = frozenset({ListState.STRUCK, ListState.EXCLUDED})

ADMITTED: Mapping[ListAction, frozenset[ListState]] = {
    ListAction.LISTED: UNDECIDED,
    ListAction.RECOMMENDED: frozenset({ListState.LISTED, ListState.WAITING, ListState.RESERVE}),
    ListAction.STRUCK: (UNDECIDED - {ListState.EXCLUDED}) | (STANDING - {ListState.HANDED_OVER}),
    ListAction.NOTICED: frozenset({ListState.RECOMMENDED}),
    ListAction.OBJECTED: frozenset({ListState.NOTICED}),
    ListAction.ANSWERED: frozenset({ListState.NOTICED}),
    ListAction.CONFIRMED: frozenset({ListState.NOTICED}),
    ListAction.HANDED_OVER: frozenset({ListState.CONFIRMED}),
    ListAction.WITHDRAWN: STANDING,
    ListAction.KEPT: STANDING,
}


@dataclass(frozen=True, slots=True)
class Commendation:
    """One member on the list of a quarter; ``grounds`` are those that kept the name off when it was made.

    ``position`` is the order in the pool, ``places`` how many that pool has; ``objections`` wait for an answer.
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
    pool: str
    places: int
    position: int | None
    grounds: tuple[Exclusion, ...]
    listed_at: datetime
    state: ListState
    version: int = 1
    meeting_on: date | None = None
    votes_for: int | None = None
    votes_cast: int | None = None
    notice_from: date | None = None
    notice_until: date | None = None
    objections: int = 0
    document: str | None = None
    handed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the branch meeting decides of one on the list."""

    commendation_id: UUID
    recommend: bool
    votes_for: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A decision of the branch meeting: its day, how many voted, and what about whom. ``id`` makes a retry known."""

    id: UUID
    branch_id: UUID
    quarter: str
    held_on: date
    votes_cast: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ListDeed:
    """One thing done to one commendation."""

    id: UUID
    action: ListAction
    note: str | None = None
    day: date | None = None
    meeting: Meeting | None = None
    votes_for: int | None = None
    until: date | None = None
    upheld: bool = False
    document: str | None = None
    seen: int | None = None

    def digest(self) -> bytes:
        votes = None if self.meeting is None else [self.meeting.votes_cast, self.votes_for]
        days = [None if one is None else one.isoformat() for one in (self.day, self.until)]
        return digest(canonical([self.action.value, self.note, days, votes, self.upheld, self.document]))


def first_state(grounds: Collection[Exclusion], position: int | None) -> ListState:
    """Where somebody on the list begins: who only awaits an appeal has an order, and keeps the place."""
    if position is None:
        return ListState.EXCLUDED
    if Exclusion.OVER_QUOTA in grounds:
        return ListState.RESERVE
    return ListState.WAITING if grounds else ListState.LISTED


def check_place(one: Commendation, pool: Iterable[Commendation]) -> None:
    """NoPlace unless the order and the places of the pool admit one more.

    A place that somebody ahead may still take is not free, and one that was struck is: the next on the list moves up.
    """
    others = [other for other in pool if other.id != one.id]
    here = one.position or 0
    ahead = sum(other.state not in GONE and other.position is not None and other.position < here for other in others)
    taken = sum(other.state in TAKEN for other in others)
    if max(ahead, taken) >= one.places:
        raise NoPlace(places=one.places, ahead=ahead, field="choices")


def after(one: Commendation, deed: ListDeed, today: date) -> Commendation:
    """The commendation once the deed is done.

    Raises MovedOn, OutOfState, NoMajority, NotOnNotice and ObjectionOpen.
    """
    if deed.seen is not None and deed.seen != one.version:
        raise MovedOn(seen=deed.seen, now=one.version, field="seen")
    if one.state not in ADMITTED[deed.action]:
        raise OutOfState(state=one.state.value, field="id")
    return replace(_DONE[deed.action](one, deed, today), version=one.version + 1)


def _recommended(one: Commendation, deed: ListDeed, _: date) -> Commendation:
    meeting, votes = deed.meeting, deed.votes_for or 0
    if meeting is None or votes * 2 <= meeting.votes_cast:
        cast = 0 if meeting is None else meeting.votes_cast
        raise NoMajority(votes=votes, cast=cast, field="choices")
    return replace(
        one,
        state=ListState.RECOMMENDED,
        meeting_on=meeting.held_on,
        votes_for=votes,
        votes_cast=meeting.votes_cast,
    )


def _struck(one: Commendation, deed: ListDeed, _: date) -> Commendation:
    struck = replace(one, state=ListState.STRUCK, objections=0)
    if deed.meeting is None:
        return struck
    cast = deed.meeting.votes_cast
    return replace(struck, meeting_on=deed.meeting.held_on, votes_for=deed.votes_for, votes_cast=cast)


def _noticed(one: Commendation, deed: ListDeed, today: date) -> Commendation:
    return replace(one, state=ListState.NOTICED, notice_from=today, notice_until=deed.until)


def _objected(one: Commendation, _: ListDeed, today: date) -> Commendation:
    if one.notice_until is None or today > one.notice_until:
        raise NotOnNotice(field="id")
    return replace(one, objections=one.objections + 1)


def _answered(one: Commendation, deed: ListDeed, _: date) -> Commendation:
    if not one.objections:
        raise OutOfState(state=one.state.value, field="id")
    if deed.upheld:
        return replace(one, state=ListState.STRUCK, objections=0)
    return replace(one, objections=one.objections - 1)


def _confirmed(one: Commendation, _: ListDeed, today: date) -> Commendation:
    if one.notice_until is None or today <= one.notice_until:
        raise NotOnNotice(field="id")
    if one.objections:
        raise ObjectionOpen(count=one.objections, field="id")
    return replace(one, state=ListState.CONFIRMED)


def _handed_over(one: Commendation, deed: ListDeed, today: date) -> Commendation:
    return replace(one, state=ListState.HANDED_OVER, document=deed.document, handed_on=today)


def _as_it_is(one: Commendation, _deed: ListDeed, _today: date) -> Commendation:
    return one


def _withdrawn(one: Commendation, _deed: ListDeed, _today: date) -> Commendation:
    return replace(one, state=ListState.WITHDRAWN)


_DONE = {
    ListAction.LISTED: _as_it_is,
    ListAction.RECOMMENDED: _recommended,
    ListAction.STRUCK: _struck,
    ListAction.NOTICED: _noticed,
    ListAction.OBJECTED: _objected,
    ListAction.ANSWERED: _answered,
    ListAction.CONFIRMED: _confirmed,
    ListAction.HANDED_OVER: _handed_over,
    ListAction.WITHDRAWN: _withdrawn,
    ListAction.KEPT: _as_it_is,
}


def check_grounds(grounds: Sequence[Exclusion]) -> None:
    """KeptOff where something keeps the name off now."""
    if grounds:
        raise KeptOff(grounds=all_of(one.value for one in grounds), field="choices")


@dataclass(frozen=True, slots=True)
class CommendationView:
    """A commendation with the names that a reader needs; ``now`` are the grounds against it on the day of reading."""

    commendation: Commendation
    member: str
    branch: str
    decimals: int = 0
    steps: tuple[CaseStep, ...] = ()
    now: tuple[Exclusion, ...] | None = None


@dataclass(frozen=True, slots=True)
class CommendationPage:
    """Commendations by pool and order, with what to go on after (None: there was nothing more)."""

    commendations: tuple[CommendationView, ...]
    following: tuple[str, int, UUID] | None


@dataclass(frozen=True, slots=True)
class Moved:
    """Commendations after a verb about many; ``held_back`` wait for an appeal and were left as they are."""

    views: tuple[CommendationView, ...]
    held_back: tuple[CommendationView, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class OnNotice:
    """What everybody of the branch is shown: a name, and until when objections are taken."""

    id: UUID
    member: str
    branch_id: UUID
    branch: str
    quarter: str
    notice_from: date
    notice_until: date


@dataclass(frozen=True, slots=True)
class ToWithdraw:
    """A commendation after which a veto was entered: somebody decides whether it is withdrawn."""

    view: CommendationView
    veto_id: UUID
    veto_decided_at: datetime
