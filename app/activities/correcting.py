"""Attendance that was written down wrongly, and absences that were made up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.activities import findings, refusals, store
from app.activities.booking import Booking
from app.activities.core import (
    ATTENDED,
    Activity,
    ActivityState,
    ActivityView,
    Attendance,
    Mark,
    Record,
    Status,
    deadline,
)
from app.activities.gathering import Owing, activity_for, check_recorder, owing, own_member, session_of, view_of
from app.activities.service import attach, check_mark, refuse_absent
from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import ADMITTED, Act, quarter_on
from app.kit.errors import Faults, LongwenError, NotFound
from app.points import refusals as points_refusals
from app.points import waiving
from app.points.gathering import Background
from app.points.ledger import DutyRow, DutyState


@dataclass(frozen=True, slots=True)
class MakeUp:
    """A member was at another session, or is a guest at this one; ``made_up_on`` None: on the day of this one."""

    member_id: UUID
    made_up_on: date | None = None
    note: str | None = None


def correct(
    connection: Connection, actor: Actor, activity_id: UUID, seen: int, marks: Sequence[Mark], evidence: Sequence[str]
) -> ActivityView:
    """Change the attendance of a session while its quarter is open; what it booked is reversed and booked anew.

    ``seen`` is the version that the caller saw. What is as sent already is a retry. Raises NotFound, NotYourItem,
    NotHeldYet, AttendanceChanged, AttendanceClosed, and BatchRefused with every mark at fault.
    """
    activity, due = _held(connection, actor, activity_id)
    known = store.find_attendance(connection, actor.district_id, [activity.id])
    if not evidence and all(_is_as_said(known.get((activity.id, mark.member_id)), mark) for mark in marks):
        return view_of(connection, actor, activity, replayed=True)
    if activity.version != seen:
        raise refusals.AttendanceChanged(seen=seen, version=activity.version, field="version")
    quarter = quarter_on(cycles.quarters(connection, actor), activity.held_on)
    if Act.RECORD not in ADMITTED[quarter.state]:
        raise refusals.AttendanceClosed(quarter=quarter.code)
    members = frozenset(due.items) & {mark.member_id for mark in marks}
    days = dict.fromkeys(members, activity.held_on)
    duties = waiving.duties_on(connection, actor, due.background, activity.item, days)
    known = store.find_attendance(connection, actor.district_id, [activity.id])  # as it is while they are held
    own = own_member(connection, actor)
    asked = members & ({row.member_id for row in known.values()} | _asked(duties))
    _check(actor, activity, marks, own, asked, duties)
    booking = Booking(connection, actor, due.background)
    others = _others(connection, actor, activity, members)
    for mark in marks:
        row = known.get((activity.id, mark.member_id))
        if not _is_as_said(row, mark):
            _change(booking, activity, row, mark, duties.get(mark.member_id), others.get(mark.member_id, ()))
    booking.finish()
    attach(connection, actor, activity, evidence)
    return _changed(connection, actor, activity, booking)


def _held(connection: Connection, actor: Actor, activity_id: UUID) -> tuple[Activity, Owing]:
    """The session, locked, if the caller may write down its attendance."""
    activity = activity_for(connection, actor, activity_id, Permission.ACTIVITY_RECORD)
    activity = store.lock_activities(connection, actor.district_id, [activity.id])[activity.id]
    if activity.state is ActivityState.UNDONE:
        raise refusals.ActivityUndone(title=activity.title, field="id")
    if activity.state is not ActivityState.HELD:
        raise refusals.NotHeldYet(title=activity.title, field="id")
    due = owing(connection, actor, activity.path, activity.item, activity.held_on)
    check_recorder(actor, due.item, activity.path)
    return activity, due


def _others(
    connection: Connection, actor: Actor, activity: Activity, members: Collection[UUID]
) -> dict[UUID, list[Record]]:
    """The members' further sessions of the window."""
    found: dict[UUID, list[Record]] = {}
    for one in store.list_records(
        connection, actor.district_id, members, item=activity.item, window=activity.window
    ):  # fmt: skip
        if one.activity.id != activity.id:
            found.setdefault(one.attendance.member_id, []).append(one)
    return found


def _asked(duties: dict[UUID, DutyRow]) -> set[UUID]:
    return {member_id for member_id, row in duties.items() if row.state is not DutyState.WAIVED}


def _is_as_said(row: Attendance | None, mark: Mark) -> bool:
    if row is None:
        return False
    if row.made_up_on is not None and row.status not in ATTENDED:
        return False  # an absence made up is not the absence that is said
    return (row.status, row.made_up_on, row.note) == (mark.status, mark.made_up_on, mark.note)


def _check(
    actor: Actor,
    activity: Activity,
    marks: Sequence[Mark],
    own: UUID | None,
    asked: Collection[UUID],
    duties: Mapping[UUID, DutyRow],
) -> None:
    faults = Faults()
    seen: set[UUID] = set()
    for index, mark in enumerate(marks):
        try:
            if mark.member_id in seen:
                raise refusals.MarkedTwice(field="member_id")
            seen.add(mark.member_id)
            check_mark(activity, mark, actor.today)
            if mark.member_id == own:
                raise points_refusals.OwnRow(field="member_id")
            if mark.member_id not in asked:
                refuse_absent(activity, duties.get(mark.member_id))
        except LongwenError as error:
            faults.add(index, error)
    faults.raise_any()


def _change(
    booking: Booking,
    activity: Activity,
    row: Attendance | None,
    mark: Mark,
    duty: DutyRow | None,
    others: Sequence[Record],
) -> None:
    before = row or Attendance(activity.id, mark.member_id, activity.held_on, mark.status)
    was_attended = row is not None and row.attended
    will_attend = mark.status in ATTENDED
    record = Record(activity, before)
    if row is None or was_attended != will_attend:
        record, duty = booking.undo(record, duty, f"{activity.title}：更正考勤")
    after = replace(record.attendance, status=mark.status, made_up_on=mark.made_up_on, note=mark.note)
    after = replace(after, recorded_by=booking.actor.account_id, elsewhere_at=None)
    record = Record(activity, after)
    if was_attended and not will_attend:
        others = booking.no_longer_elsewhere(others, activity)
    instead = next(
        (one for one in others if one.attendance.attended and one.activity.held_on <= after.deadline), None
    )  # fmt: skip
    if will_attend:
        booking.keep(record, duty)
    elif instead is not None:
        booking.put(replace(after, waits=False))
        booking.keep(instead, duty)  # there the member was at another session of the window, which now counts
    else:
        booking.wait(record, duty, others)  # the job decides what becomes of it, also where leave becomes absence


def _changed(connection: Connection, actor: Actor, activity: Activity, booking: Booking) -> ActivityView:
    touched = {row.activity_id for row in booking.rows.values()} | {activity.id}
    store.raise_versions(connection, actor.district_id, touched)
    findings.propose(connection, actor, {row.member_id for row in booking.rows.values()})
    fresh = store.lock_activities(connection, actor.district_id, [activity.id])[activity.id]
    return view_of(connection, actor, fresh)


def make_up(connection: Connection, actor: Actor, activity_id: UUID, made_up: Sequence[MakeUp]) -> ActivityView:
    """Enter who made up an absence within seven days of the session.

    The session is the one that was missed, or one at which members of other branches were guests: then their absence
    from a session of the same item is made up, or, where they have none, their own duty of the time is kept. Raises
    NotFound, NotYourItem, NotHeldYet, and BatchRefused with every element at fault.
    """
    activity, due = _held(connection, actor, activity_id)
    own = own_member(connection, actor)
    guests = [one.member_id for one in made_up if one.member_id not in due.present]
    background = due.background if not guests else Background.read(connection, actor, due.present.union(guests))
    desk = _MakeUps.opened(connection, actor, activity, background, due, {one.member_id for one in made_up})
    faults = Faults()
    for index, one in enumerate(made_up):
        try:
            if one.member_id == own:
                raise points_refusals.OwnRow(field="member_id")
            if one.member_id in due.present:
                desk.own(one)
            else:
                desk.guest(one)
        except LongwenError as error:
            faults.add(index, error)
    faults.raise_any()
    if not desk.booking.rows:
        return view_of(connection, actor, activity, replayed=True)
    desk.booking.finish()
    return _changed(connection, actor, activity, desk.booking)


@dataclass(frozen=True, slots=True)
class _MakeUps:
    """Enters make-ups at one session, member by member; what that needs is read for all of them beforehand."""

    actor: Actor
    activity: Activity
    background: Background
    booking: Booking
    rows: Mapping[UUID, Attendance]  # at this session
    missed: Mapping[UUID, Record]  # the guests' absences that are made up here
    duties: Mapping[UUID, DutyRow]  # of the window that each makes up for

    @classmethod
    def opened(
        cls, connection: Connection, actor: Actor, activity: Activity, background: Background, due: Owing,
        members: Collection[UUID],
    ) -> _MakeUps:  # fmt: skip
        """Hold the standings of the members (``due``: whom of the branch the session asks) and read."""
        day = activity.held_on
        guests = {one for one in members if one not in due.present and _was_somewhere(background, one, day)}
        missed = _missed(connection, actor, activity, guests)
        days = {one: day for one in members if one in due.items}
        days |= {one: missed[one].activity.held_on if one in missed else day for one in guests}
        duties = _duties(connection, actor, background, activity.item, days)
        sessions = {activity.id, *(one.activity.id for one in missed.values())}
        rows = store.find_attendance(connection, actor.district_id, sessions, members)  # as it is while they are held
        now = {
            key: replace(one, attendance=rows[one.attendance.key])
            for key, one in missed.items()
            if one.attendance.key in rows and not rows[one.attendance.key].attended
        }
        made_up_meanwhile = missed.keys() - now.keys()
        if made_up_meanwhile:
            again = dict.fromkeys(made_up_meanwhile, day)
            own = _duties(connection, actor, background, activity.item, again)
            duties = {key: row for key, row in duties.items() if key not in again} | own
        here = {member_id: row for (at, member_id), row in rows.items() if at == activity.id}
        booking = Booking(connection, actor, background)
        return cls(actor, activity, background, booking, here, now, duties)

    def own(self, one: MakeUp) -> None:
        """A member of the branch, who missed this session."""
        row = self.rows.get(one.member_id)
        if row is None or row.status in ATTENDED:
            raise refusals.NothingToMakeUp(item=self.activity.item, field="member_id")
        day = one.made_up_on or self.actor.today
        if row.made_up_on is not None and one.made_up_on in (None, row.made_up_on):
            return  # a retry, which without a day may come on a later one
        if row.made_up_on is not None:
            raise refusals.NothingToMakeUp(item=self.activity.item, field="member_id")
        self._make_up(Record(self.activity, replace(row, note=one.note or row.note)), day)

    def guest(self, one: MakeUp) -> None:
        """A member of another branch, who was here."""
        day = self.activity.held_on
        if not _was_somewhere(self.background, one.member_id, day):
            raise NotFound(what="member", field="member_id")
        if one.made_up_on not in (None, day):
            raise refusals.MakeUpDay(first=day.isoformat(), last=day.isoformat(), field="made_up_on")
        if one.member_id in self.rows:
            return
        here = Attendance(self.activity.id, one.member_id, day, Status.PRESENT, note=one.note)
        missed = self.missed.get(one.member_id)
        if missed is not None:
            self.booking.put(here)
            self._make_up(missed, day)
            return
        duty = self.duties.get(one.member_id)
        if duty is not None and duty.state is DutyState.MISSED:
            raise refusals.NothingToMakeUp(item=self.activity.item, field="member_id")
        self.booking.keep(Record(self.activity, here), duty)

    def _make_up(self, record: Record, day: date) -> None:
        first, last = record.activity.held_on, deadline(record.activity.held_on)
        if not first <= day <= min(last, self.actor.today):
            raise refusals.MakeUpDay(first=first.isoformat(), last=last.isoformat(), field="made_up_on")
        record, duty = self.booking.make_up(record, day, self.duties.get(record.attendance.member_id))
        self.booking.keep(record, duty)


def _was_somewhere(background: Background, member_id: UUID, day: date) -> bool:
    """Whether a member of the district belonged to a branch on the day."""
    history = background.histories.get(member_id)
    return history is not None and history.on(day) is not None


def _missed(connection: Connection, actor: Actor, activity: Activity, guests: Collection[UUID]) -> dict[UUID, Record]:
    """Of each guest the earliest session of the item that they missed, and can make up here."""
    found: dict[UUID, Record] = {}
    for one in store.list_records(connection, actor.district_id, guests, until=activity.held_on, item=activity.item):
        row = one.attendance
        if not row.attended and row.deadline >= activity.held_on:
            found[row.member_id] = one  # from the latest on
    return found


def _duties(
    connection: Connection, actor: Actor, background: Background, item: str, days: Mapping[UUID, date]
) -> dict[UUID, DutyRow]:
    """Of those whom a session of the item asks on their day."""
    asked = {one: day for one, day in days.items() if session_of(background, one, item, day) is not None}
    return waiving.duties_on(connection, actor, background, item, asked)
