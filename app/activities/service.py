"""Recording a meeting in one go, and reading meetings and attendance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NoReturn
from uuid import UUID

from sqlalchemy import Connection

from app.activities import findings, refusals, store, store_waivers
from app.activities.booking import Booking
from app.activities.core import (
    MAKE_UP_DAYS,
    MEMBERS_MAX,
    PAGE_MAX,
    Activity,
    ActivityPage,
    ActivityState,
    ActivityView,
    Attendance,
    Cursor,
    Ground,
    Mark,
    Meeting,
    Record,
    RecordPage,
    Status,
    deadline,
    host_of,
)
from app.activities.gathering import Owing, activity_for, check_recorder, owing, own_member, view_of
from app.auth.core import Actor, Permission, within
from app.cycles.core import ADMITTED, Act, quarter_on
from app.files import service as files
from app.files.core import Evidence, Owner, OwnerKind
from app.kit.errors import Faults, LongwenError, NotFound
from app.points import refusals as points_refusals
from app.points import waiving
from app.points.ledger import DutyRow, DutyState, duty_window
from app.roster import service as roster


def record(connection: Connection, actor: Actor, meeting: Meeting) -> ActivityView:
    """Write down a session and who was there. Whoever owes the duty was present, unless a mark says otherwise.

    The same id and content again is a retry; what was planned is held under the same id. Raises NotFound outside the
    caller's reach, NotYourItem, NoSession, IdUsed, ActivityRecorded, SessionOfTheDay, DayToCome, TooManyMembers,
    NothingBooked, and BatchRefused with every mark at fault.
    """
    place = roster.get_organisation_for(connection, actor, meeting.organisation_id, Permission.ACTIVITY_RECORD)
    before = store.lock_activities(connection, actor.district_id, [meeting.id]).get(meeting.id)
    if before is not None and before.input_digest == meeting.input_digest():
        return view_of(connection, actor, before, replayed=True)
    if before is not None and not _was_planned(before, meeting):
        raise points_refusals.IdUsed(id=str(meeting.id), field="id")
    _check_once(connection, actor, meeting)
    is_held = meeting.state is ActivityState.HELD
    if is_held and meeting.held_on > actor.today:
        raise points_refusals.DayToCome(day=meeting.held_on.isoformat(), field="held_on")
    due = owing(connection, actor, place.path, meeting.item, min(meeting.held_on, actor.today))
    check_recorder(actor, due.item, place.path)
    activity = _activity_of(actor, meeting, place.path, due, version=1 if before is None else before.version + 1)
    if before is None:
        store.insert_activity(connection, actor.district_id, activity)
    else:
        store.update_activity(connection, actor.district_id, activity)
    if is_held:
        _Desk(connection, actor, activity, due).write(meeting.marks)
    attach(connection, actor, activity, meeting.evidence)
    return view_of(connection, actor, activity)


def _was_planned(before: Activity, meeting: Meeting) -> bool:
    same = (before.organisation_id, before.item) == (meeting.organisation_id, meeting.item)
    return same and before.state is ActivityState.PLANNED


def _check_once(connection: Connection, actor: Actor, meeting: Meeting) -> None:
    same = store.find_same(connection, actor.district_id, meeting.organisation_id, meeting.held_on, meeting.title)
    if same is not None and same.id != meeting.id:
        raise refusals.ActivityRecorded(
            day=same.held_on.isoformat(), title=same.title, id=str(same.id), item=same.item, field="title"
        )
    _check_day(connection, actor, meeting.id, meeting.organisation_id, meeting.held_on, meeting.item)


def _check_day(
    connection: Connection, actor: Actor, activity_id: UUID, organisation_id: UUID, held_on: date, item: str
) -> None:
    """One session of an item a day: the same one under another title would ask its absent members twice."""
    other = store.find_of_day(connection, actor.district_id, organisation_id, held_on, item, activity_id)
    if other is not None:
        raise refusals.SessionOfTheDay(
            day=held_on.isoformat(), title=other.title, id=str(other.id), item=item, field="held_on"
        )


def _activity_of(actor: Actor, meeting: Meeting, path: str, due: Owing, *, version: int) -> Activity:
    duty = due.item.duty
    if duty is None:
        raise AssertionError("what is settled by sessions is a duty")
    cycle = quarter_on(due.background.quarters, meeting.held_on).cycle
    return Activity(
        id=meeting.id,
        organisation_id=meeting.organisation_id,
        path=path,
        item=meeting.item,
        window=duty_window(duty, meeting.held_on, cycle),
        title=meeting.title,
        held_on=meeting.held_on,
        place=meeting.place,
        state=meeting.state,
        recorded_by=actor.account_id,
        recorded_at=actor.at,
        version=version,
        input_digest=meeting.input_digest(),
    )


def attach(connection: Connection, actor: Actor, activity: Activity, hashes: Collection[str]) -> None:
    """Make files evidence of the session. Raises NotFound for what the caller has not sent, nor may see here."""
    if hashes:
        owner = Owner(OwnerKind.ACTIVITY, activity.id)
        files.attach(connection, actor, hashes, owner, may_see=lambda one: one == owner)


@dataclass(slots=True)
class _Desk:
    """Writes down one session that was held."""

    connection: Connection
    actor: Actor
    activity: Activity
    due: Owing
    duties: dict[UUID, DutyRow] = field(default_factory=dict)
    earlier: dict[UUID, list[Record]] = field(default_factory=dict)  # the members' sessions of the same window

    def write(self, marks: Sequence[Mark]) -> None:
        activity = self.activity
        own = own_member(self.connection, self.actor)
        members = frozenset(self.due.items) - {own}
        if len(members) > MEMBERS_MAX:
            raise refusals.TooManyMembers(count=len(members), most=MEMBERS_MAX, field="organisation_id")
        self._hold(members)
        # Whoever wrote down the same session at the same moment has done so by now.
        _check_day(self.connection, self.actor, activity.id, activity.organisation_id, activity.held_on, activity.item)
        self._ask_again()
        asked = {one for one in members if self._is_asked(one)}
        said = self._checked(marks, own, asked)
        booking = Booking(self.connection, self.actor, self.due.background)
        for member_id in sorted(asked | set(said)):
            mark = said.get(member_id)
            row = self._usual(member_id)
            if mark is not None:
                row = Attendance(activity.id, member_id, activity.held_on, mark.status, mark.made_up_on, mark.note)
            self._write_one(booking, Record(activity, row))
        booking.finish()
        self._check_booked(booking)
        made_up = {row.activity_id for row in booking.rows.values()} - {activity.id}
        store.raise_versions(self.connection, self.actor.district_id, made_up)
        findings.review(self.connection, self.actor, asked | set(said))

    def _check_booked(self, booking: Booking) -> None:
        """In a quarter whose duties are settled a session would stand there and settle nothing."""
        quarter = quarter_on(self.due.background.quarters, self.activity.held_on)
        is_over = Act.RECORD not in ADMITTED[quarter.state]
        if is_over and not any(row.waits or row.entry_id is not None for row in booking.rows.values()):
            raise refusals.NothingBooked(quarter=quarter.code, item=self.activity.item, field="held_on")

    def _hold(self, members: Collection[UUID]) -> None:
        """First the sessions whose attendance this one may change, then the members' standings."""
        activity, days = self.activity, dict.fromkeys(members, self.activity.held_on)
        district_id = self.actor.district_id

        def known() -> list[Record]:
            found = store.list_records(
                self.connection, district_id, members, item=activity.item, window=activity.window
            )
            return [one for one in found if one.activity.id != activity.id]

        absences = [one for one in known() if not one.attendance.attended]
        store.lock_activities(self.connection, district_id, {one.activity.id for one in absences})
        self.duties = waiving.duties_on(self.connection, self.actor, self.due.background, activity.item, days)
        for one in known():
            self.earlier.setdefault(one.attendance.member_id, []).append(one)

    def _ask_again(self) -> None:
        """What was said not to be held was held after all."""
        activity, reason = self.activity, Ground.NOT_HELD.value
        waived = [row.key for row in self.duties.values() if row.state is DutyState.WAIVED and row.source == reason]
        if waived:
            again = waiving.ask_again(self.connection, self.actor, waived, reason)
            for key in again:
                row = self.duties[key.member_id]
                self.duties[key.member_id] = replace(row, state=DutyState.EXPECTED, source=None)
        store_waivers.update_lifted(
            self.connection, self.actor.district_id, activity.path, activity.item, activity.window, activity.id
        )

    def _is_asked(self, member_id: UUID) -> bool:
        row = self.duties.get(member_id)
        return row is not None and row.state is not DutyState.WAIVED

    def _checked(self, marks: Sequence[Mark], own: UUID | None, asked: Collection[UUID]) -> dict[UUID, Mark]:
        faults = Faults()
        said: dict[UUID, Mark] = {}
        for index, mark in enumerate(marks):
            try:
                if mark.member_id in said:
                    raise refusals.MarkedTwice(field="member_id")
                check_mark(self.activity, mark, self.actor.today)
                if mark.member_id == own:
                    raise points_refusals.OwnRow(field="member_id")
                is_there = mark.member_id in asked or (
                    mark.member_id in self.due.present and mark.status is Status.PRESENT
                )
                if not is_there:
                    refuse_absent(self.activity, self.duties.get(mark.member_id))
            except LongwenError as error:
                faults.add(index, error)
            said[mark.member_id] = mark
        faults.raise_any()
        return said

    def _usual(self, member_id: UUID) -> Attendance:
        """Where nothing is said the member was here; unless they had been elsewhere for it already."""
        activity = self.activity
        host = host_of(activity.path, self.earlier.get(member_id, ()))
        status = Status.PRESENT if host is None else Status.ELSEWHERE
        return Attendance(activity.id, member_id, activity.held_on, status, elsewhere_at=host)

    def _write_one(self, booking: Booking, record: Record) -> None:
        duty, activity = self.duties.get(record.attendance.member_id), self.activity
        if not record.attendance.attended:
            booking.wait(record, duty, self.earlier.get(record.attendance.member_id, ()))
            return
        missed = [one for one in self.earlier.get(record.attendance.member_id, ()) if not one.attendance.attended]
        too_late = [one for one in missed if one.attendance.deadline < activity.held_on]
        for one in missed:
            if one.activity.held_on <= activity.held_on <= one.attendance.deadline:
                _, duty = booking.make_up(one, activity.held_on, duty)
            elif activity.held_on < one.activity.held_on:
                before, duty = booking.undo(one, duty, f"{activity.title}：此前已参加")
                booking.put(replace(before.attendance, waits=False))
        # What was not made up in time is lost, whenever the job comes to it.
        booking.keep(record, None if any(one.attendance.waits for one in too_late) else duty)


def refuse_absent(activity: Activity, duty: DutyRow | None) -> NoReturn:
    """Of whom nobody asks the session. Raises WaivedHere where the duty was waived, else NotThere."""
    if duty is not None and duty.state is DutyState.WAIVED:
        raise refusals.WaivedHere(item=activity.item, window=activity.window, field="member_id")
    raise refusals.NotThere(field="member_id")


def check_mark(activity: Activity, mark: Mark, today: date) -> None:
    """Raises MakeUpDay and MakeUpDayNotAsked."""
    day, last = mark.made_up_on, deadline(activity.held_on)
    if mark.status not in (Status.ELSEWHERE, Status.LATER):
        if day is not None:
            raise refusals.MakeUpDayNotAsked(field="made_up_on")
        return
    first = activity.held_on  # but who was at another branch's session may have been there before
    if mark.status is Status.ELSEWHERE:
        first -= timedelta(days=MAKE_UP_DAYS)
    if day is None and mark.status is Status.ELSEWHERE:
        return
    if day is None or not first <= day <= min(last, today):
        raise refusals.MakeUpDay(first=first.isoformat(), last=last.isoformat(), field="made_up_on")


# Reading.


def read(connection: Connection, actor: Actor, activity_id: UUID) -> ActivityView:
    """Raises NotFound."""
    return view_of(connection, actor, activity_for(connection, actor, activity_id, Permission.ACTIVITY_READ))


def evidence(
    connection: Connection, actor: Actor, activity_id: UUID, content_hash: str, *, request_id: str
) -> Evidence:
    """One file of a session that the caller may read. Raises NotFound."""
    activity = activity_for(connection, actor, activity_id, Permission.ACTIVITY_READ)
    owner = Owner(OwnerKind.ACTIVITY, activity.id)
    return files.evidence_of(connection, actor, owner, content_hash, request_id=request_id)


def activities(
    connection: Connection,
    actor: Actor,
    *,
    organisation_id: UUID | None = None,
    first: date | None = None,
    last: date | None = None,
    before: Cursor | None = None,
    count_max: int = 50,
) -> ActivityPage:
    """Sessions in reach from the latest on, at an organisation or below it if one is named, with what was waived.

    Raises NotFound for an organisation that has nothing in reach.
    """
    paths = None if actor.is_service else actor.reach(Permission.ACTIVITY_READ)
    under = None
    if organisation_id is not None:
        every = roster.organisations(connection, actor.district_id)
        under = next((one.path for one in every if one.id == organisation_id), None)
        if under is None or not _meets(under, paths):
            raise NotFound(what="branch", field="branch")
    if paths == ():
        return ActivityPage((), (), None)
    count = min(count_max, PAGE_MAX)
    found = store.list_activities(
        connection,
        actor.district_id,
        paths=paths,
        under=under,
        first=first,
        last=last,
        before=before,
        count_max=count + 1,
    )
    page = found[:count]
    waivers = store_waivers.list_waivers(connection, actor.district_id, paths=paths, under=under, windows=None)
    following = (page[-1].activity.held_on, page[-1].activity.id) if len(found) > count else None
    return ActivityPage(tuple(page), tuple(waivers), following)


def _meets(path: str, reach: Collection[str] | None) -> bool:
    return reach is None or any(within(path, one) or within(one, path) for one in reach)


def attendance_of(
    connection: Connection, actor: Actor, member_id: UUID, *, before: Cursor | None = None, count_max: int = 50
) -> RecordPage:
    """A member's sessions from the latest on. Raises NotFound."""
    roster.get_member_for(connection, actor, member_id, Permission.ACTIVITY_READ)
    count = min(count_max, PAGE_MAX)
    found = store.list_records(connection, actor.district_id, [member_id], before=before, count_max=count + 1)
    page = found[:count]
    following = (page[-1].activity.held_on, page[-1].activity.id) if len(found) > count else None
    return RecordPage(tuple(page), following)
