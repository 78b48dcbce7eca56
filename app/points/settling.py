"""Duties from the calendar: members enter a quarter, and at its close the ledger is brought to what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, place_of
from app.kit.calendar import quarter_of
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.messages.core import Message, Recipient
from app.messages.texts import Kind
from app.points import settling_store as store
from app.points import telling
from app.points.core_telling import Deduction, about, titled
from app.points.duties import Due, as_judged, due_value, without_exempt_days
from app.points.gathering import Books, cycle_days, held_quarters, histories_of, is_exempt, quarter_day
from app.points.judging import Judge
from app.points.ledger import DutyRow, DutyState, Entry, MemberFacts, Posting, Source
from app.points.openings import cycle_before, cycles_in_order
from app.points.working import Work, openings_before
from app.roster import service as roster
from app.rules import service as rules
from app.rules.core import Item
from app.rules.points import printed_text

_CHUNK = 500
_log = structlog.get_logger(__name__)
One = TypeVar("One")


def enter_members(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Open the standings of all present members and give them the duties that fall due in the quarter.

    Without a rule book in force nobody owes anything, and no cycle is opened that the first book could not follow.
    Whoever cannot be entered is counted as ``failed``, and the others are entered all the same. Raises UnknownQuarter
    and QuarterToCome.
    """
    if not rules.adopted(connection, actor.district_id).anything_on(actor.today):
        return {"entered": 0}
    quarter = cycles.begun_quarter(connection, actor, code)
    quarters = held_quarters(connection, actor, [quarter.starts_on])
    present = roster.present_ids(connection, actor.district_id, min(actor.today, quarter.ends_on))
    means = openings_before(connection, actor, quarter.cycle)
    books = Books.opened(connection, actor)

    def enter(members: Sequence[UUID]) -> Counter[str]:
        histories = histories_of(connection, actor, members)
        ruled = {one for one in members if books.rules_in(histories[one], quarter)}
        wanted, others = ({(quarter.cycle, one) for one in some} for some in (ruled, set(members) - ruled))
        work = Work.locked(connection, actor, histories, quarters, wanted, others, books=books, alone=True)
        work.means |= means
        before = {key: dict(balance.regimes) for key, balance in work.known.balances.items()}
        work.enter({(quarter, one) for one in ruled})
        for balance in work.known.balances.values():
            work.follow(balance)
        work.finish()
        return Counter(entered=sum(before[key] != one.regimes for key, one in work.known.balances.items()))

    return {"entered": 0, **_for_each(connection, present, enter)}


def settle(connection: Connection, actor: Actor, code: str, *, members: Sequence[UUID] | None = None) -> dict[str, int]:
    """Decide the duties whose time has passed; what is decided already stays, so a re-run adds nothing.

    Of these members only, where they are given: what a refusal took from their amounts is asked of them.

    Then what is carried out of the cycle, at its end, or was carried into it follows the result.
    Whoever cannot be settled is counted as ``failed``, and the others are settled all the same. Raises UnknownQuarter
    and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None:
        return {}
    quarters = held_quarters(connection, actor, [quarter.starts_on])
    if members is None:
        members = store.list_members_with_standing(connection, actor.district_id, quarter.cycle)

    lost: list[Deduction] = []

    def settle_some(chunk: Sequence[UUID]) -> Counter[str]:
        counts: Counter[str] = Counter()
        fresh: list[Deduction] = []
        histories = histories_of(connection, actor, chunk)
        work = Work.locked(connection, actor, histories, quarters, {(quarter.cycle, one) for one in chunk}, alone=True)
        begun = [one for one in quarters if one.cycle == quarter.cycle and one.code <= quarter.code]
        work.enter({(part, one) for part in begun for one in chunk if quarter_day(histories[one], part) is not None})
        for balance in work.known.balances.values():
            work.follow(balance)
        rows = store.list_duties_to_settle(connection, actor.district_id, quarter.cycle, chunk)
        entries = store.entries_of(connection, actor.district_id, [row.entry_id for row in rows if row.entry_id])
        for row in rows:
            settle_one(work, actor, quarter, row, entries, counts, fresh)
        work.finish()
        lost.extend(fresh)  # what failed is undone, and not told
        return counts

    counts = {"kept": 0, "missed": 0, "waived": 0, "reversed": 0, **_for_each(connection, members, settle_some)}
    carried = _carry(connection, actor, quarters, quarter)
    telling.tell(connection, actor, lost)
    failed = counts.get("failed", 0) + carried.pop("failed", 0)
    return {**counts, **carried, **({"failed": failed} if failed else {})}


def _carry(connection: Connection, actor: Actor, quarters: Sequence[Quarter], settled: Quarter) -> dict[str, int]:
    """Bring what is carried into the settled quarter's cycle, and into those begun since, to its due value.

    The number of entries; nothing where no book carries anything. It comes after all settling: standings of an earlier
    cycle are locked before those of a later one.
    """
    books = Books.opened(connection, actor)
    if not books.has(lambda regime: regime.carried > 0):
        return {}
    begun = cycles_in_order([one for one in quarters if one.starts_on <= actor.today])
    counts: Counter[str] = Counter()
    for cycle in begun[begun.index(settled.cycle) :]:
        is_due = cycle_before(quarters, cycle) == settled.cycle and place_of(quarters, settled).is_last
        members = store.list_members_with_standing(connection, actor.district_id, cycle)
        counts += _for_each(
            connection, members, partial(_carry_into, connection, actor, quarters, books, cycle, is_due)
        )
    return {"carried": 0, **counts}


def _carry_into(
    connection: Connection,
    actor: Actor,
    quarters: Sequence[Quarter],
    books: Books,
    cycle: str,
    is_due: bool,
    members: Sequence[UUID],
) -> Counter[str]:
    work = Work.locked(connection, actor, {}, quarters, {(cycle, one) for one in members}, books=books, alone=True)
    carried = work.carry(cycle, members, is_due=is_due)
    work.finish()
    return Counter(carried=carried)


def settle_one(
    work: Work,
    actor: Actor,
    quarter: Quarter,
    row: DutyRow,
    entries: Mapping[UUID, Entry],
    counts: Counter[str],
    lost: list[Deduction],
) -> None:
    """Bring one duty to what the close of the quarter makes of it; its member's standing is held by ``work``."""
    balance = work.known.balances[row.key.cycle, row.key.member_id]
    judged_in = min(quarter.code, quarter_of(row.due_on))
    present = max((code for code in balance.regimes if code <= judged_in), default=None)
    item = None if present is None else work.books.regime(*balance.regimes[present]).items.get(row.key.item)
    history = work.histories[row.key.member_id]
    starts_on = max(cycle_days(work.known.quarters, row.key.cycle).starts_on, history.since(row.due_on))
    held_in = max((code for code in balance.regimes if code <= quarter_of(row.due_on)), default=None)
    held = None if held_in is None else work.books.regime(*balance.regimes[held_in]).items.get(row.key.item)
    scaled = without_exempt_days(as_judged(row, held, item), history.exemptions, starts_on)
    spared = row.target is None and is_exempt(history, row.due_on)
    if item is None or item.duty is None or item.retired or scaled.target == 0 or spared:
        due = Due(DutyState.WAIVED) if row.state is DutyState.EXPECTED and row.due_on <= quarter.ends_on else None
    else:
        due = due_value(item, scaled, balance.cells, quarter)
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
        work.undo_settled(before)
        counts["reversed"] += 1
    if posted is not None:
        posted = replace(posted, seq=balance.seq + 1)
        balance.take(posted)
        work.take((posted,), ())
        if item is not None:
            lost.append(_told_of(work, row, item, posted))
    settled = replace(row, state=due.state, source="job", entry_id=None if posted is None else posted.id)
    work.duties[row.key] = settled
    if due.state is not DutyState.EXPECTED:
        counts[due.state.value] += 1


def _told_of(work: Work, row: DutyRow, item: Item, posted: Entry) -> Deduction:
    """What the member is told of a shortfall: with the duty, its window, and why it is one."""
    history = work.histories[posted.member_id]
    facts = {
        **titled(item.name),
        "item": posted.item,
        "window": row.key.window,
        "points": printed_text(posted.points, work.books.decimals(posted)),
        "ground": "unrecorded" if row.target is None else "short",
    }
    message = Message(Recipient(member_id=posted.member_id), Kind.DUTY_SHORT, about(posted), facts)
    path = work.known.members[posted.member_id, posted.effective_on].path
    return Deduction(posted.id, posted.member_id, history.account_id, path, message)


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


def _for_each(
    connection: Connection, members: Sequence[UUID], work: Callable[[Sequence[UUID]], Counter[str]]
) -> Counter[str]:
    """What the work comes to for all members, chunk by chunk; ``failed`` counts those whom it could not be done for.

    Where it could be done for nobody, the fault is not one member's, and its error is raised.
    """
    errors: list[Exception] = []
    counts: Counter[str] = Counter()
    for chunk in _chunks(members):
        counts += _attempted(connection, chunk, work, errors)
    if errors and len(errors) == len(members):
        raise errors[0]
    if errors:
        counts["failed"] = len(errors)
    return counts


def _attempted(
    connection: Connection,
    members: Sequence[UUID],
    work: Callable[[Sequence[UUID]], Counter[str]],
    errors: list[Exception],
) -> Counter[str]:
    """Do it for all at once; where that fails, for either half, until those are alone who cannot be done.

    So a chunk in which nobody fails costs one savepoint. What the database refuses is nobody's fault and goes on.
    """
    try:
        with connection.begin_nested():
            return work(members)
    except (LongwenError, LookupError, ValueError) as error:
        if len(members) == 1:
            _log.warning("member left out", member=str(members[0]), error=f"{type(error).__name__}: {error}")
            errors.append(error)
            return Counter()
    half = len(members) // 2
    return _attempted(connection, members[:half], work, errors) + _attempted(connection, members[half:], work, errors)


def _chunks(found: Sequence[One]) -> Iterator[Sequence[One]]:
    """A few hundred members at a time: what is in memory stays small, whatever the district's size."""
    for start in range(0, len(found), _CHUNK):
        yield found[start : start + _CHUNK]
