"""The life of a reminder talk (scoring, section 4): asked for by a line at a seal, and held, or not needed any more.

It is a warning and no case: the secretary alone knows of it until it is held, and nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.auth.core import Role
from app.cases.core_cases import OFFICES
from app.cases.refusals import TalkDay, TalkEnded
from app.kit.digests import canonical, digest

REMINDER_DAYS = 10  # working days to talk, once asked for: as many as for a case


class TalkState(StrEnum):
    """Where a reminder talk stands."""

    ASKED = "asked"
    HELD = "held"
    DROPPED = "dropped"


class DropGround(StrEnum):
    """Why a talk that was asked for is not held."""

    CORRECTED = "corrected"  # the points do not meet the line any more
    IN_ASSISTANCE = "in_assistance"  # the talk of a case takes its place
    LEFT = "left"  # or exempt since


@dataclass(frozen=True, slots=True)
class ReminderTalk:
    """One member to be talked with for one quarter; ``value`` and ``bound`` are points of ``edition``, or percent.

    ``record_id`` is the client's, of whoever wrote down that it was held.
    """

    id: UUID
    member_id: UUID
    branch_id: UUID
    path: str
    quarter: str
    line: str
    edition: str
    basis: str
    value: int
    bound: int
    asked_at: datetime
    asked_on: date
    due_on: date
    state: TalkState = TalkState.ASKED
    dropped_because: DropGround | None = None
    held_on: date | None = None
    note: str | None = None
    ended_at: datetime | None = None
    recorded_by: UUID | None = None
    record_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HeldTalk:
    """That it was held, as its keeper writes it down; the same again is a retry."""

    id: UUID
    held_on: date
    note: str

    def digest(self) -> bytes:
        return digest(canonical([self.held_on.isoformat(), self.note]))


@dataclass(frozen=True, slots=True)
class TalkView:
    """With the names that a reader needs; ``decimals`` are the places of its points."""

    talk: ReminderTalk
    member: str
    branch: str
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class TalkPage:
    """Talks by the time they were asked for, with the cursor to go on from (None: there was nothing more)."""

    talks: tuple[TalkView, ...]
    following: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class DoneTalk:
    """A talk once it is written down."""

    view: TalkView
    replayed: bool = False


def held(talk: ReminderTalk, deed: HeldTalk, by: UUID | None, at: datetime, today: date) -> ReminderTalk:
    """The talk once it was held. Raises TalkEnded and TalkDay."""
    if talk.state is not TalkState.ASKED:
        raise TalkEnded(state=talk.state.value, field="id")
    if not talk.asked_on <= deed.held_on <= today:
        raise TalkDay(first=talk.asked_on.isoformat(), last=today.isoformat(), field="held_on")
    return replace(
        talk,
        state=TalkState.HELD,
        held_on=deed.held_on,
        note=deed.note,
        ended_at=at,
        recorded_by=by,
        record_id=deed.id,
    )


def is_retry(talk: ReminderTalk, deed: HeldTalk) -> bool:
    """Whether just this was written down before, under the same id."""
    if talk.held_on is None or talk.note is None or talk.record_id != deed.id:
        return False
    return HeldTalk(deed.id, talk.held_on, talk.note).digest() == deed.digest()


def late_for(talk: ReminderTalk, delays: Mapping[Role, date], today: date) -> tuple[Role, ...]:
    """Which offices are told that it is late; ``delays`` has the first day on which each is."""
    if today <= talk.due_on:
        return ()
    return tuple(one for one in OFFICES if today >= delays[one])
