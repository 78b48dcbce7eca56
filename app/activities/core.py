"""Meetings and attendance: their values, and what a record of attendance comes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.auth.core import Role, within
from app.files.core import Evidence
from app.kit.digests import canonical, digest
from app.kit.matters import matter_key
from app.rules.core import Item
from app.submissions.core_reviewing import STANDING_IN, SYSTEM

MAKE_UP_DAYS = 7  # calendar days after the session (scoring, section 3)
MEMBERS_MAX = 200
PAGE_MAX = 200
EVIDENCE_MAX = 10


class ActivityState(StrEnum):
    """The life of a meeting."""

    PLANNED = "planned"
    HELD = "held"
    NOT_HELD = "not_held"
    UNDONE = "undone"  # written down by mistake, and taken back whole


class Status(StrEnum):
    """How a member stood to a session."""

    PRESENT = "present"
    LEAVE = "leave"
    ABSENT = "absent"
    ELSEWHERE = "elsewhere"  # at another branch's session
    LATER = "later"  # at a later one for those who could not come


ATTENDED = frozenset({Status.PRESENT, Status.ELSEWHERE, Status.LATER})


class Ground(StrEnum):
    """Why nobody is asked for a duty."""

    NOT_HELD = "not_held"  # the branch held no session, and answers for it
    EXCEPTION = "exception"  # the district asks it of nobody: the enterprise stands still, an epidemic


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of one member; ``made_up_on`` is the day of the other session, where there was one."""

    member_id: UUID
    status: Status
    made_up_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as it is sent: whoever owes the duty there was present unless a mark says otherwise."""

    id: UUID
    organisation_id: UUID
    item: str
    title: str
    held_on: date
    place: str | None = None
    state: ActivityState = ActivityState.HELD
    marks: tuple[Mark, ...] = ()
    evidence: tuple[str, ...] = ()  # digests of files

    def input_digest(self) -> bytes:
        """Of what the client sent: the same again is a retry, anything else under the same id a conflict."""
        marks = [
            [str(one.member_id), one.status.value, one.made_up_on and one.made_up_on.isoformat(), one.note]
            for one in sorted(self.marks, key=lambda one: one.member_id)
        ]
        sent = [str(self.organisation_id), self.item, self.title, self.held_on.isoformat(), self.place]
        return digest(canonical([*sent, self.state.value, marks, sorted(self.evidence)]))


@dataclass(frozen=True, slots=True)
class Activity:
    """A session as it is kept; ``window`` is that of the one duty it counts for."""

    id: UUID
    organisation_id: UUID
    path: str
    item: str
    window: str
    title: str
    held_on: date
    place: str | None
    state: ActivityState
    recorded_by: UUID | None
    recorded_at: datetime
    version: int
    input_digest: bytes
    undone_by: UUID | None = None
    undone_at: datetime | None = None
    undone_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """How one member stood to one session.

    ``waits``: an absence whose share is not decided yet. ``entry_id`` is what this attendance booked, ``finding_id``
    the submission that the service proposed because of it. ``recorded_by`` wrote down what it says: what a job books
    or proposes because of it is on that account's record. ``elsewhere_at``: nobody said that the member was elsewhere,
    the service concluded it from this session of another branch, of which they had been a guest.
    """

    activity_id: UUID
    member_id: UUID
    held_on: date
    status: Status
    made_up_on: date | None = None
    note: str | None = None
    waits: bool = False
    entry_id: UUID | None = None
    finding_id: UUID | None = None
    recorded_by: UUID | None = None
    elsewhere_at: UUID | None = None

    @property
    def attended(self) -> bool:
        """Whether the member was there, or made it up."""
        return self.status in ATTENDED or self.made_up_on is not None

    @property
    def deadline(self) -> date:
        return deadline(self.held_on)

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.activity_id, self.member_id


@dataclass(frozen=True, slots=True)
class Record:
    """An attendance with the session that it is of."""

    activity: Activity
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class Attendee:
    """An attendance with the person."""

    attendance: Attendance
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """A window in which nobody below ``path`` is asked for the item; ``lifted_by``: it was held after all."""

    id: UUID
    organisation_id: UUID
    path: str
    item: str
    window: str
    ground: Ground
    reason: str
    recorded_by: UUID | None
    recorded_at: datetime
    lifted_by: UUID | None = None

    def input_digest(self) -> bytes:
        sent = [str(self.organisation_id), self.item, self.window, self.ground.value, self.reason]
        return digest(canonical(sent))


@dataclass(frozen=True, slots=True)
class ActivityView:
    """A session with everybody's attendance.

    ``left_out`` owe the duty and have no attendance: nobody writes down their own, another recorder does. Of the
    ``waived`` the duty of the window is not asked, and no attendance is on record.
    """

    activity: Activity
    attendance: tuple[Attendee, ...] = ()
    left_out: tuple[UUID, ...] = ()
    waived: tuple[UUID, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """A session in a list, with how many there were of each status."""

    activity: Activity
    counts: dict[Status, int] = field(default_factory=dict)
    made_up: int = 0


Cursor = tuple[date, UUID]


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """Sessions from the latest on, with the windows that were waived there; ``following`` is the next cursor."""

    lines: tuple[ActivityLine, ...]
    waivers: tuple[Waiver, ...]
    following: Cursor | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One member's sessions, from the latest on."""

    records: tuple[Record, ...]
    following: Cursor | None


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver and for how many members it turned a duty; a job does the rest as members enter the window."""

    waiver: Waiver
    members: int
    replayed: bool


def host_of(path: str, others: Iterable[Record]) -> UUID | None:
    """The session of another place at which the member was, so that they are not expected at this one as well."""
    attended = (one.activity for one in others if one.attendance.attended)
    return next((one.id for one in attended if not within(one.path, path) and not within(path, one.path)), None)


def deadline(held_on: date) -> date:
    """The last day on which an absence can be made up."""
    return held_on + timedelta(days=MAKE_UP_DAYS)


def title_key(title: str) -> str:
    """A title as it is compared: as matters are."""
    return matter_key(title)


def may_hold(item: Item, roles: frozenset[Role], *, is_service: bool) -> bool:
    """Whether someone with these roles writes down who was there: who records the item, reviews it, or stands in."""
    named = {Role(code) for code in (*item.record, *item.review) if code != SYSTEM}
    return is_service or bool(roles & (named | STANDING_IN))


def runs_of(
    records: Sequence[Record], length: int, excused: Collection[tuple[str, str]] = ()
) -> list[tuple[Record, ...]]:
    """Every full run of so many unexcused absences; no session belongs to two of them.

    Attending, also making up, breaks a run; leave is passed over, and so is a duty that was waived (``excused``: item
    and window). What comes after an absence that still waits is not looked at yet: it may be made up.
    """
    found: list[tuple[Record, ...]] = []
    run: list[Record] = []
    for one in in_order(records):
        attendance = one.attendance
        if attendance.waits:
            break
        if attendance.attended:
            run = []
        elif attendance.status is Status.ABSENT and (one.activity.item, one.activity.window) not in excused:
            run.append(one)
            if len(run) == length:
                found.append(tuple(run))
                run = []
    return found


def in_order(records: Iterable[Record]) -> list[Record]:
    """By day; sessions of one day in the order of their ids."""
    return sorted(records, key=lambda one: (one.activity.held_on, one.activity.id))
