"""A session that was written down by mistake is taken back whole: what it booked, what it made up, what was proposed.

Nothing is deleted: the entries are reversed, the attendance stays under a session that is marked as undone and that
counts for nothing. What the members did otherwise then counts again: another session of the window, an absence that
waits to be made up, a window that was said not to be held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.activities import findings, refusals, store, store_waivers
from app.activities.booking import Booking
from app.activities.core import (
    ATTENDED,
    MAKE_UP_DAYS,
    Activity,
    ActivityState,
    ActivityView,
    Attendance,
    Ground,
    Record,
)
from app.activities.gathering import activity_for, check_recorder, owing, own_member, view_of
from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import ADMITTED, Act, quarter_on
from app.points import refusals as points_refusals
from app.points import waiving
from app.points.gathering import Background
from app.points.ledger import DutyRow


@dataclass(frozen=True, slots=True)
class Undone:
    """The session as it is now, and what taking it back came to: entries reversed, absences that wait again."""

    view: ActivityView
    reversed: int = 0
    waiting: int = 0


def undo(connection: Connection, actor: Actor, activity_id: UUID, seen: int, reason: str) -> Undone:
    """Take the whole session back while its quarter is open; a planned one is called off.

    ``seen`` is the version that the caller saw. The same again is a retry. Raises NotFound, NotYourItem,
    ActivityUndone, AttendanceChanged, AttendanceClosed, and OwnRow where the caller's own attendance is part of it.
    """
    activity = activity_for(connection, actor, activity_id, Permission.ACTIVITY_RECORD)
    others = _concerned(connection, actor, activity)
    ids = {activity.id, *(one.activity.id for one in others)}
    activity = store.lock_activities(connection, actor.district_id, ids)[activity.id]
    if activity.state is ActivityState.UNDONE:
        if (activity.undone_by, activity.undone_reason) != (actor.account_id, reason):
            raise refusals.ActivityUndone(title=activity.title, field="id")
        return Undone(view_of(connection, actor, activity, replayed=True))
    if activity.version != seen:
        raise refusals.AttendanceChanged(seen=seen, version=activity.version, field="version")
    quarter = quarter_on(cycles.quarters(connection, actor), activity.held_on)
    if Act.RECORD not in ADMITTED[quarter.state]:
        raise refusals.AttendanceClosed(quarter=quarter.code)
    due = owing(connection, actor, activity.path, activity.item, min(activity.held_on, actor.today))
    check_recorder(actor, due.item, activity.path)
    rows = store.find_attendance(connection, actor.district_id, [activity.id])
    own = own_member(connection, actor)
    if any(row.member_id == own for row in rows.values()):
        raise points_refusals.OwnRow(field="id")
    after = replace(
        activity, state=ActivityState.UNDONE, version=activity.version + 1, undone_by=actor.account_id,
        undone_at=actor.at, undone_reason=reason,
    )  # fmt: skip
    store.update_undone(connection, actor.district_id, after)
    desk = _Desk.opened(connection, actor, activity, reason, {row.member_id for row in rows.values()})
    desk.take_back()
    desk.reinstate()
    waiting = {row.key for row in desk.booking.rows.values() if row.waits}
    return Undone(view_of(connection, actor, after), desk.booking.taken_back, len(waiting))


def _concerned(connection: Connection, actor: Actor, activity: Activity) -> list[Record]:
    """The members' further sessions of the item that this one may have decided about, or been made up at."""
    rows = store.find_attendance(connection, actor.district_id, [activity.id])
    members = {row.member_id for row in rows.values()}
    of_window = store.list_records(
        connection, actor.district_id, members, item=activity.item, window=activity.window
    )  # fmt: skip
    made_up = store.list_records(
        connection, actor.district_id, members, item=activity.item,
        since=activity.held_on - timedelta(days=MAKE_UP_DAYS), until=activity.held_on,
    )  # fmt: skip
    found = {one.attendance.key: one for one in (*of_window, *made_up) if one.activity.id != activity.id}
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Desk:
    """Takes one session back, with the members' standings held."""

    activity: Activity
    reason: str
    booking: Booking
    rows: Mapping[tuple[UUID, UUID], Attendance]
    others: Mapping[UUID, Sequence[Record]]  # of each member, the latest first
    duties: Mapping[UUID, DutyRow]  # of the session's own window
    earlier: Mapping[UUID, DutyRow]  # of the window before, whose absence was made up here

    @classmethod
    def opened(
        cls, connection: Connection, actor: Actor, activity: Activity, reason: str, members: Iterable[UUID]
    ) -> _Desk:
        """First the duties are held, then what is there is read."""
        ids = sorted(set(members))
        background = Background.read(connection, actor, ids)
        duties = waiving.duties_on(
            connection, actor, background, activity.item, dict.fromkeys(ids, activity.held_on)
        )  # fmt: skip
        of_member: dict[UUID, list[Record]] = {}
        for one in _concerned(connection, actor, activity):
            of_member.setdefault(one.attendance.member_id, []).append(one)
        days = {
            key: one.activity.held_on
            for key, records in of_member.items()
            for one in records
            if one.activity.window != activity.window and _is_made_up_at(one, activity)
        }
        earlier = waiving.duties_on(connection, actor, background, activity.item, days) if days else {}
        rows = store.find_attendance(connection, actor.district_id, [activity.id])
        return cls(activity, reason, Booking(connection, actor, background), rows, of_member, duties, earlier)

    def take_back(self) -> None:
        """Member by member; then reversed and booked in two batches, and what was proposed is withdrawn."""
        for row in self.rows.values():
            self._take_back(row)
        booking = self.booking
        booking.finish()
        for finding_id in sorted({row.finding_id for row in self.rows.values() if row.finding_id is not None}):
            findings.withdraw(booking.connection, booking.actor, finding_id)
        touched = {row.activity_id for row in booking.rows.values()} - {self.activity.id}
        store.raise_versions(booking.connection, booking.actor.district_id, touched)
        findings.propose(booking.connection, booking.actor, {row.member_id for row in self.rows.values()})

    def _take_back(self, row: Attendance) -> None:
        booking, why = self.booking, f"{self.activity.title}：撤销活动（{self.reason}）"
        member_id = row.member_id
        others = sorted(self.others.get(member_id, ()), key=lambda one: one.activity.held_on)
        others = booking.no_longer_elsewhere(others, self.activity)
        record, duty = booking.undo(Record(self.activity, row), self.duties.get(member_id), why)
        booking.put(replace(record.attendance, waits=False, finding_id=None))
        again: list[Record] = []
        for one in others:
            if row.status not in ATTENDED or not _is_made_up_at(one, self.activity):
                again.append(one)
            elif one.activity.window == self.activity.window:
                missed, duty = self._unmade(one, duty, why)
                again.append(missed)
            else:
                missed, before = self._unmade(one, self.earlier.get(member_id), why)
                booking.wait(missed, before)
        self._count_again([one for one in again if one.activity.window == self.activity.window], duty)

    def _unmade(self, record: Record, duty: DutyRow | None, why: str) -> tuple[Record, DutyRow | None]:
        """An absence that this session had made up is one again."""
        record, duty = self.booking.undo(record, duty, why)
        return Record(record.activity, replace(record.attendance, made_up_on=None)), duty

    def _count_again(self, others: Sequence[Record], duty: DutyRow | None) -> None:
        """The first session of the window that the member attended keeps the duty; else the first absence waits."""
        attended = next((one for one in others if one.attendance.attended), None)
        for one in others:
            if one is attended:
                self.booking.keep(one, duty)
            elif not one.attendance.attended and one.attendance.entry_id is None:
                before = [each for each in others if each is not one and self._waits(each)]
                self.booking.wait(one, None if attended else duty, before)

    def _waits(self, record: Record) -> bool:
        return self.booking.rows.get(record.attendance.key, record.attendance).waits

    def reinstate(self) -> None:
        """A window that was said not to be held, and that this session had shown to be held after all, is so again."""
        connection, actor, activity = self.booking.connection, self.booking.actor, self.activity
        if store.find_held(connection, actor.district_id, activity.path, activity.item, activity.window) is not None:
            return
        if store_waivers.update_reinstated(connection, actor.district_id, activity.id):
            keys = [row.key for row in self.duties.values()]
            waiving.waive(connection, actor, keys, Ground.NOT_HELD.value)


def _is_made_up_at(record: Record, activity: Activity) -> bool:
    """An absence is made up on a day; that of this session is taken to be this session."""
    row = record.attendance
    return row.status not in ATTENDED and row.made_up_on == activity.held_on
