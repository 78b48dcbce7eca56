"""What a change of attendance brings along: entries and their reversal, and what members are told of it.

A member's attendance is changed only while the member's standing is held (``points.waiving.duties_on``), so that two
who write at once do it one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.activities import store
from app.activities.core import Activity, Attendance, Record, Status, host_of
from app.auth.core import Actor
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind
from app.points import restoring, telling, undoing_many
from app.points import service as points
from app.points.core_telling import Deduction, about
from app.points.gathering import Background
from app.points.ledger import DutyKey, DutyRow, DutyState, Entry, Posting, Source
from app.points.views import PostedItem
from app.rules.award import Outcome
from app.rules.points import printed_text


@dataclass(frozen=True, slots=True)
class _Undoing:
    """An entry that is to be taken back; ``is_told``: the member learns of it by itself."""

    activity: Activity
    row: Attendance
    reason: str
    for_good: bool
    is_told: bool


@dataclass(slots=True)
class Booking:
    """Gathers what is to be booked and taken back; ``finish`` takes back in one batch and books in another, writes the
    attendance and tells the members.
    """

    connection: Connection
    actor: Actor
    background: Background
    rows: dict[tuple[UUID, UUID], Attendance] = field(default_factory=dict)
    refused: list[tuple[Record, LongwenError]] = field(default_factory=list)
    _postings: list[tuple[Record, Posting]] = field(default_factory=list)
    _messages: list[Message] = field(default_factory=list)
    _deductions: list[Deduction] = field(default_factory=list)
    _decided: set[DutyKey] = field(default_factory=set)  # by what is in this batch
    _undoing: dict[UUID, _Undoing] = field(default_factory=dict)  # by the entry that is taken back

    def put(self, row: Attendance) -> None:
        """Attendance that books nothing; it stays on the record of whoever wrote it down."""
        self.rows[row.key] = replace(row, recorded_by=row.recorded_by or self.actor.account_id)

    def keep(self, record: Record, duty: DutyRow | None) -> None:
        """The member was there, or made it up: the duty is kept, unless it is decided already."""
        row = replace(record.attendance, waits=False)
        self.put(row)
        self._post(Record(record.activity, row), duty, Outcome.KEPT, Source.RECORD)

    def miss(self, record: Record, duty: DutyRow | None) -> None:
        """The time for making up is over: the duty is missed, unless it is decided already."""
        row = replace(record.attendance, waits=False)
        self.put(row)
        self._post(Record(record.activity, row), duty, Outcome.MISSED, Source.JOB)

    def wait(self, record: Record, duty: DutyRow | None, others: Iterable[Record] = ()) -> None:
        """The member was not there, and has time to make up; ``others`` are their further sessions of the window.

        A window is made up once: where the duty is decided, or another absence waits already, this one asks nothing.
        """
        is_open = duty is not None and duty.state is DutyState.EXPECTED
        row = replace(record.attendance, waits=is_open and not any(one.attendance.waits for one in others))
        self.put(row)
        if row.waits:
            facts = {
                **_session(record.activity),
                "held_on": row.held_on.isoformat(),
                "absence": row.status.value,
            }
            self._tell(row, Kind.ABSENCE_NOTED, facts, due_on=row.deadline)

    def undo(
        self, record: Record, duty: DutyRow | None, reason: str, *, made_up: bool = False, for_good: bool = False
    ) -> tuple[Record, DutyRow | None]:
        """Take back, at the end, what this attendance booked, if the duty still rests on it.

        The duty is then open again; ``for_good``: where the service had settled it, it is waived.
        """
        activity, row = record.activity, record.attendance
        entry_id = row.entry_id
        record = Record(activity, replace(row, entry_id=None))
        if duty is None or entry_id is None or duty.entry_id is None:
            return record, duty
        if duty.entry_id != entry_id:
            entry_id = restoring.standing_for(self.connection, self.actor, entry_id)
        if duty.entry_id != entry_id:
            return record, duty
        is_told = duty.state is DutyState.MISSED and not made_up
        self._undoing[entry_id] = _Undoing(activity, row, reason, for_good, is_told)
        return record, replace(duty, state=DutyState.EXPECTED, source=None, entry_id=None)

    def make_up(self, record: Record, day: date, duty: DutyRow | None) -> tuple[Record, DutyRow | None]:
        """An absence that was made up on the day: what it had cost is taken back, which the member is told with it;
        nothing is booked yet.
        """
        title = record.activity.title
        record, duty = self.undo(record, duty, f"{title}：已于{day.isoformat()}补课", made_up=True)
        row = replace(record.attendance, made_up_on=day, waits=False)
        self.put(row)
        if duty is not None and duty.state is DutyState.EXPECTED:
            self._tell(row, Kind.DUTY_MADE_UP, {**_session(record.activity), "window": duty.key.window})
        return Record(record.activity, row), duty

    def no_longer_elsewhere(self, others: Iterable[Record], left: Activity) -> list[Record]:
        """The member's further sessions of the window, once they were not at ``left`` after all.

        Who was put down as elsewhere only because of it was, as everybody of whom nothing is said, at their own.
        """
        known = list(others)
        found: list[Record] = []
        for one in known:
            row = one.attendance
            if row.elsewhere_at == left.id:
                host = host_of(one.activity.path, (each for each in known if each is not one))
                row = replace(row, status=Status.PRESENT if host is None else row.status, elsewhere_at=host)
                self.put(row)
            found.append(Record(one.activity, row))
        return found

    @property
    def taken_back(self) -> int:
        """How many entries are reversed."""
        return len(self._undoing)

    def finish(self, *, each: bool = False) -> None:
        """Book, write, tell. Raises the first refusal of the ledger; with ``each`` keeps them in ``refused``."""
        self._take_back()
        batch = [posting for _, posting in self._postings]
        posted = points.post(self.connection, self.actor, batch, background=self.background, each=True)
        for (record, _), item in zip(self._postings, posted.items, strict=True):
            row = self.rows[record.attendance.key]
            if item.fault is not None:
                if not each:
                    raise item.fault
                self.refused.append((record, item.fault))
                self.put(replace(row, waits=True))
                continue
            self.put(replace(row, entry_id=item.entries[0].id))
            if record.attendance.attended is False:
                self._tell_missed(record, item)
        self._close()
        store.upsert_attendance(self.connection, self.actor.district_id, list(self.rows.values()))
        told = telling.messages_of(self.connection, self.actor, self._deductions)
        messages.tell(self.connection, self.actor, [*self._messages, *told])

    def _take_back(self) -> None:
        """Reverse what was booked, all of it at once; somebody else may have reversed some of it meanwhile."""
        for for_good in (False, True):
            found = {key: one for key, one in self._undoing.items() if one.for_good is for_good}
            if not found:
                continue
            undone = undoing_many.reverse_many(
                self.connection,
                self.actor,
                {key: new_id() for key in found},
                {key: one.reason for key, one in found.items()},
                replaced=not for_good,
            )
            for entry in undone.entries:
                if entry.id in found and found[entry.id].is_told:
                    self._tell_undone(found[entry.id], entry)

    def _close(self) -> None:
        """Once a duty is decided, no further absence of its window waits to be made up."""
        closed = {
            (record.attendance.member_id, record.activity.item, record.activity.window)
            for record, _ in self._postings
            if not self.rows[record.attendance.key].waits
        }
        if not closed:
            return
        members = {member_id for member_id, _, _ in closed}
        for one in store.list_records(self.connection, self.actor.district_id, members, waiting=True):
            row = one.attendance
            if row.key not in self.rows and (row.member_id, one.activity.item, one.activity.window) in closed:
                self.put(replace(row, waits=False))

    def _post(self, record: Record, duty: DutyRow | None, outcome: Outcome, source: Source) -> None:
        if duty is None or duty.state is not DutyState.EXPECTED or duty.key in self._decided:
            return
        self._decided.add(duty.key)
        activity, row = record.activity, record.attendance
        posting = Posting(
            id=new_id(),
            member_id=row.member_id,
            item=activity.item,
            effective_on=activity.held_on,
            outcome=outcome,
            reason=activity.title,
            source=source,
            recorded_by=self.actor.account_id or row.recorded_by,  # a job books it on the record of the attendance
        )
        self._postings.append((record, posting))

    def _tell_missed(self, record: Record, item: PostedItem) -> None:
        activity, row, entry = record.activity, record.attendance, item.entries[0]
        history = self.background.histories[row.member_id]
        there = history.on(entry.effective_on)
        facts = {
            **_session(activity),
            "held_on": row.held_on.isoformat(),
            "absence": row.status.value,
            "window": activity.window,
            "points": printed_text(entry.points, item.decimals),
        }
        message = Message(Recipient(member_id=row.member_id), Kind.DUTY_MISSED, about(entry), dict(facts))
        path = activity.path if there is None else there.path
        self._deductions.append(Deduction(entry.id, row.member_id, history.account_id, path, message))

    def _tell_undone(self, undone: _Undoing, entry: Entry) -> None:
        """The member is told what had been lost."""
        facts = {
            **_session(undone.activity),
            "effective_on": undone.activity.held_on.isoformat(),
            "points": printed_text(entry.points, self.background.books.decimals(entry)),
            "reason": undone.reason,
        }
        self._tell(undone.row, Kind.ENTRY_REVERSED, facts)

    def _tell(self, row: Attendance, kind: Kind, facts: dict[str, str], due_on: date | None = None) -> None:
        """Of one session each thing may be told again, after it was taken back in between."""
        occasion = self.actor.at.isoformat()
        to, subject = Recipient(member_id=row.member_id), Subject("activity", row.activity_id)
        self._messages.append(Message(to, kind, subject, dict(facts), due_on=due_on, occasion=occasion))


def _session(activity: Activity) -> dict[str, str]:
    return {"title": activity.title, "item": activity.item}
