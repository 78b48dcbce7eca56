"""What the rules make of attendance by themselves: proposed by the service, reviewed like any other finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Connection

from app.activities import store, store_waivers
from app.activities.core import Attendance, Record, Status, deadline, in_order, runs_of
from app.auth.core import Actor
from app.cycles.core import quarter_on
from app.kit.ids import new_id
from app.points import refusals
from app.points import service as points
from app.points.gathering import Background
from app.points.ledger import Posting
from app.rules.core import Item, Matter
from app.rules.finds import Attended
from app.submissions import drafting, following
from app.submissions import service as submissions
from app.submissions.core import Papers
from app.submissions.core_states import StateForbids

_log = structlog.get_logger(__name__)

_Excused = Collection[tuple[str, str]]  # duties that were waived, by item and window
_LOOK_BACK = timedelta(days=100)  # a quarter's attendance may be corrected for so long


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that attendance calls for: which item, of which member, and in which words."""

    records: tuple[Record, ...]  # the sessions that it rests on: one, or a run
    item: Item
    reason: str

    @property
    def record(self) -> Record:
        """The last of them, by which it is known."""
        return self.records[-1]

    @property
    def writers(self) -> frozenset[UUID]:
        """Whoever wrote down one of the sessions does not review what comes of them all."""
        found = (one.attendance.recorded_by for one in self.records)
        return frozenset(one for one in found if one is not None)

    @property
    def papers(self) -> Papers:
        return Papers(writers=tuple(sorted(self.writers - {self.record.attendance.recorded_by})))


def review(connection: Connection, actor: Actor, member_ids: Collection[UUID]) -> dict[str, int]:
    """Look again at the findings that were proposed about these members: what no longer holds is taken back."""
    about = store.list_found(connection, actor.district_id, member_ids)
    return propose(connection, actor, about) if about else {"proposed": 0, "withdrawn": 0}


def withdraw(connection: Connection, actor: Actor, finding_id: UUID) -> None:
    """What was proposed because of an attendance that does not hold any more, or was posted of it since."""
    _take_back(connection, replace(actor, account_id=None, appointments=()), finding_id)


def propose(connection: Connection, actor: Actor, member_ids: Collection[UUID]) -> dict[str, int]:
    """Bring what is proposed about these members to what their attendance calls for; a re-run changes nothing.

    The caller holds the members' standings.
    """
    if not member_ids:
        return {"proposed": 0, "withdrawn": 0}
    # The service proposes, on the record of who wrote the attendance: they do not review it.
    clerk = replace(actor, account_id=None, appointments=())
    background = Background.read(connection, actor, member_ids)
    since = _since(background, actor.today)
    records = store.list_records(connection, actor.district_id, member_ids, since=since)
    excused = store_waivers.list_excused(connection, actor.district_id, member_ids)
    wanted: dict[tuple[UUID, UUID], Found] = {}
    for member_id in sorted(member_ids):
        own = [one for one in records if one.attendance.member_id == member_id]
        found = _called_for(background, member_id, own, excused.get(member_id, frozenset()))
        wanted |= {one.record.attendance.key: one for one in found}
    rows: list[Attendance] = []
    withdrawn = 0
    for one in in_order(records):
        row = one.attendance
        if row.finding_id is not None and row.key not in wanted:
            _take_back(connection, clerk, row.finding_id)
            rows.append(replace(row, finding_id=None))
            withdrawn += 1
    # Attendance may have been corrected since, and what was proposed holds all the same.
    proposed = {one.record.attendance.finding_id: one.writers for one in wanted.values()}
    following.add_writers(
        connection, clerk, background, {found: names for found, names in proposed.items() if found is not None}
    )
    fresh = [one for key, one in sorted(wanted.items()) if one.record.attendance.finding_id is None]
    rows += _record(connection, clerk, fresh)
    store.upsert_attendance(connection, actor.district_id, rows)
    return {"proposed": len(rows) - withdrawn, "withdrawn": withdrawn}


def _since(background: Background, today: date) -> date | None:
    """The first day of the cycle that may still be corrected."""
    day = today - _LOOK_BACK
    earliest = min((one.starts_on for one in background.quarters), default=today)
    cycle = quarter_on(background.quarters, max(day, earliest)).cycle
    return min(one.starts_on for one in background.quarters if one.cycle == cycle)


def _called_for(
    background: Background, member_id: UUID, records: Collection[Record], excused: _Excused
) -> Iterator[Found]:
    """Runs end with the cycle: a new one begins with a clean sheet."""
    by_cycle: dict[str, list[Record]] = {}
    for one in in_order(records):
        by_cycle.setdefault(quarter_on(background.quarters, one.activity.held_on).cycle, []).append(one)
    for own in by_cycle.values():
        for item in _finders(background, member_id, own):
            finds = item.finds
            if finds is None:
                continue
            concerned = [one for one in own if not finds.sessions or one.activity.item in finds.sessions]
            if finds.after is Attended.NO_MAKE_UP:
                yield from (_no_make_up(one, item) for one in concerned if _was_lost_on_leave(one, excused))
            else:
                yield from (_in_a_row(run, item) for run in runs_of(concerned, finds.in_a_row, excused))


def _finders(background: Background, member_id: UUID, records: Collection[Record]) -> list[Item]:
    """The items that the service proposes by itself, as the member's latest book of the cycle has them."""
    found: Mapping[str, Item] = {}
    for one in records:
        regime = background.regime_of(member_id, one.activity.held_on)
        found = found if regime is None else regime.items
    return [item for item in found.values() if item.finds is not None and not item.retired]


def _was_lost_on_leave(record: Record, excused: _Excused) -> bool:
    """Leave was given, it was not made up, and it cost the share that still is lost."""
    row = record.attendance
    is_lost = row.entry_id is not None and not row.waits and not row.attended
    return is_lost and row.status is Status.LEAVE and (record.activity.item, record.activity.window) not in excused


def _no_make_up(record: Record, item: Item) -> Found:
    day = deadline(record.activity.held_on)
    return Found((record,), item, f"{_named(record)}请假，至{day.isoformat()}未补课")


def _in_a_row(run: tuple[Record, ...], item: Item) -> Found:
    named = "、".join(_named(one) for one in run)
    return Found(run, item, f"连续{len(run)}次无故缺席：{named}")


def _named(record: Record) -> str:
    return f"“{record.activity.title}”（{record.activity.held_on.isoformat()}）"


def _record(connection: Connection, clerk: Actor, fresh: Collection[Found]) -> list[Attendance]:
    """Each as a submission; those that the room of submissions refuses are told to the log, and tried again."""
    postings = [
        Posting(
            id=new_id(),
            member_id=one.record.attendance.member_id,
            item=one.item.code,
            effective_on=one.record.activity.held_on,
            matter=_named(one.record) if one.item.matter is Matter.REQUIRED else None,
            reason=one.reason,
            recorded_by=one.record.attendance.recorded_by,
        )
        for one in fresh
    ]
    rows = []
    if postings:
        papers = {posting.id: one.papers for one, posting in zip(fresh, postings, strict=True)}
        recorded = submissions.record(connection, clerk, postings, each=True, papers=papers)
        for one, posting, answer in zip(fresh, postings, recorded, strict=True):
            if answer.fault is not None:
                _log.warning("finding not proposed", item=posting.item, code=answer.fault.code)
                continue
            rows.append(replace(one.record.attendance, finding_id=posting.id))
    return rows


def _take_back(connection: Connection, clerk: Actor, finding_id: UUID) -> None:
    """Withdraw the proposal; what was posted of it meanwhile is reversed."""
    why = "考勤已更正，不再符合"
    try:
        drafting.withdraw(connection, clerk, finding_id, why)
    except StateForbids:
        if points.entries_by_id(connection, clerk, [finding_id]):
            try:
                points.reverse(connection, clerk, finding_id, new_id(), why)
            except refusals.ReversedAlready:
                _log.info("finding was reversed already", finding=str(finding_id))
