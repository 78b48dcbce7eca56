"""Duties from the calendar: members enter a quarter, and at its close the ledger is brought to what is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Act, Quarter, booking_quarter, place_of
from app.kit.ids import new_id
from app.points import settling_store as store
from app.points.duties import Due, due_value, without_exempt_days
from app.points.gathering import Books, cycle_days, held_quarters, histories_of, quarter_day
from app.points.judging import Judge
from app.points.ledger import DutyRow, DutyState, Entry, Hand, MemberFacts, Posting, Source
from app.points.openings import cycle_before, cycles_in_order
from app.points.working import Work, openings_before
from app.roster import service as roster
from app.rules import service as rules

_CHUNK = 500
One = TypeVar("One")


def enter_members(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Open the standings of all present members and give them the duties that fall due in the quarter.

    Without a rule book in force nobody owes anything, and no cycle is opened that the first book could not follow.
    Raises UnknownQuarter and QuarterToCome.
    """
    if not rules.adopted(connection, actor.district_id).anything_on(actor.today):
        return {"entered": 0}
    quarter = cycles.begun_quarter(connection, actor, code)
    quarters = held_quarters(connection, actor, [quarter.starts_on])
    present = roster.present_ids(connection, actor.district_id, min(actor.today, quarter.ends_on))
    entered = 0
    means = openings_before(connection, actor, quarter.cycle)
    for members in _chunks(present):
        histories = histories_of(connection, actor, members)
        belonging = {one for one in members if quarter_day(histories[one], quarter) is not None}
        wanted = {(quarter.cycle, one) for one in belonging}
        work = Work.locked(connection, actor, histories, quarters, wanted, alone=True)
        work.means |= means
        before = {key: dict(balance.regimes) for key, balance in work.known.balances.items()}
        work.enter({(quarter, one) for one in belonging})
        for key, balance in work.known.balances.items():
            work.follow(balance)
            entered += before[key] != balance.regimes
        work.finish()
    return {"entered": entered}


def settle(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Decide the duties whose time has passed; what is decided already stays, so a re-run adds nothing.

    Then what is carried out of the cycle, at its end, or was carried into it follows the result.
    Raises UnknownQuarter and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None:
        return {}
    quarters = held_quarters(connection, actor, [quarter.starts_on])
    members = store.list_members_with_standing(connection, actor.district_id, quarter.cycle)
    counts = {"kept": 0, "missed": 0, "waived": 0, "reversed": 0}
    for chunk in _chunks(members):
        histories = histories_of(connection, actor, chunk)
        work = Work.locked(connection, actor, histories, quarters, {(quarter.cycle, one) for one in chunk}, alone=True)
        begun = [one for one in quarters if one.cycle == quarter.cycle and one.code <= quarter.code]
        work.enter({(part, one) for part in begun for one in chunk if quarter_day(histories[one], part) is not None})
        for balance in work.known.balances.values():
            work.follow(balance)
        rows = store.list_duties_to_settle(connection, actor.district_id, quarter.cycle, chunk)
        entries = store.entries_of(connection, actor.district_id, [row.entry_id for row in rows if row.entry_id])
        for row in rows:
            _settle_one(work, actor, quarter, row, entries, counts)
        work.finish()
    carried = _carry(connection, actor, quarters, quarter)
    return counts if carried is None else {**counts, "carried": carried}


def _carry(connection: Connection, actor: Actor, quarters: Sequence[Quarter], settled: Quarter) -> int | None:
    """Bring what is carried into the settled quarter's cycle, and into those begun since, to its due value.

    The number of entries; None where no book carries anything. It comes after all settling: standings of an earlier
    cycle are locked before those of a later one.
    """
    books = Books.opened(connection, actor)
    if not books.has(lambda regime: regime.carried > 0):
        return None
    begun = cycles_in_order([one for one in quarters if one.starts_on <= actor.today])
    carried = 0
    for cycle in begun[begun.index(settled.cycle) :]:
        is_due = cycle_before(quarters, cycle) == settled.cycle and place_of(quarters, settled).is_last
        for chunk in _chunks(store.list_members_with_standing(connection, actor.district_id, cycle)):
            work = Work.locked(
                connection, actor, {}, quarters, {(cycle, one) for one in chunk}, books=books, alone=True
            )
            carried += work.carry(cycle, chunk, is_due=is_due)
            work.finish()
    return carried


def _settle_one(
    work: Work, actor: Actor, quarter: Quarter, row: DutyRow, entries: dict[UUID, Entry], counts: dict[str, int]
) -> None:
    balance = work.known.balances[row.key.cycle, row.key.member_id]
    present = max((code for code in balance.regimes if code <= quarter.code), default=None)
    item = None if present is None else work.books.regime(*balance.regimes[present]).items.get(row.key.item)
    history = work.histories[row.key.member_id]
    starts_on = max(cycle_days(work.known.quarters, row.key.cycle).starts_on, history.since(row.due_on))
    scaled = without_exempt_days(row, history.exemptions, starts_on)
    due = None if item is None else due_value(item, scaled, balance.cells, quarter)
    if due is None:
        return
    before = entries.get(row.entry_id) if row.entry_id is not None else None
    owed = due.points or 0
    if (before.points if before is not None else 0) == owed and row.state is due.state:
        return
    posted = None
    if owed:
        posted = _shortfall(work, actor, row, due)
        if posted is None:
            return  # no longer a member on the day it fell due: nothing was owed
    if before is not None:
        booked = booking_quarter(work.known.quarters, before.effective_on, Act.DECISION, not_before=before.booked_in)
        hand = Hand(
            booked.code, actor.at, actor.account_id, None, Source.JOB, None, None, input_digest=before.input_digest
        )
        work.undo(before, new_id(), hand)
        counts["reversed"] += 1
    if posted is not None:
        posted = replace(posted, seq=balance.seq + 1)
        balance.take(posted)
        work.take((posted,), ())
    settled = replace(row, state=due.state, source="job", entry_id=None if posted is None else posted.id)
    work.duties[row.key] = settled
    if due.state is not DutyState.EXPECTED:
        counts[due.state.value] += 1


def _shortfall(work: Work, actor: Actor, row: DutyRow, due: Due) -> Entry | None:
    """The entry of what is lost; None if the member belonged nowhere on the day it fell due."""
    day = due.effective_on or row.due_on
    there = work.histories[row.key.member_id].on(day)
    if there is None:
        return None
    work.known.members[there.id, day] = MemberFacts(there.id, there.account_id, there.branch_id, there.path)
    posting = Posting(
        id=new_id(),
        member_id=row.key.member_id,
        item=row.key.item,
        effective_on=day,
        units=due.units,
        points=due.points,
        source=Source.JOB,
        recorded_by=actor.account_id,
    )
    return Judge(work.known, at=actor.at, today=actor.today).entry(posting)


def _chunks(found: Sequence[One]) -> Iterator[Sequence[One]]:
    """A few hundred members at a time: what is in memory stays small, whatever the district's size."""
    for start in range(0, len(found), _CHUNK):
        yield found[start : start + _CHUNK]
