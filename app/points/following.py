"""The ledger follows the roster: branch, class and duties as changed facts have them, in the change's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState, quarter_on
from app.points import store, telling
from app.points.core_telling import Deduction
from app.points.duties import ROSTER, without_exempt_days
from app.points.gathering import Books, cycle_days, enter_quarter, held_quarters, histories_of, is_exempt
from app.points.ledger import Balance, DutyKey, DutyRow, DutyState, Entry
from app.points.owing import write_owed
from app.points.restoring import restored
from app.points.settling import settle_one
from app.points.views import Effect
from app.points.working import Work
from app.roster.history import MemberHistory
from app.rules import service as rules
from app.rules.core import Item


@dataclass(frozen=True, slots=True)
class Followed:
    """What a change of the roster did to the standings; duties waived and asked again are counted for all members."""

    effects: tuple[Effect, ...] = ()
    waived: int = 0
    asked_again: int = 0
    reversed: int = 0


def first_day(connection: Connection, actor: Actor) -> date | None:
    """From which day on facts can still be put right: the first of the earliest cycle that is not sealed to its end.

    None where the district keeps no books yet.
    """
    known = cycles.quarters(connection, actor)
    running = [one.cycle for one in known if one.state is not QuarterState.SEALED]
    return min((one.starts_on for one in known if one.cycle in running), default=None)


def follow(connection: Connection, actor: Actor, before: Mapping[UUID, MemberHistory], since: date) -> Followed:
    """Bring the ledger to the roster as it is now; ``before`` are the members as they were, ``since`` is the first day
    that changed.

    A quarter whose first day is another person's fact now gets its regime anew. What fell due since then and is not
    owed any more is waived, and what was taken for it is reversed; amounts are settled again. What is owed again after
    all costs again what it had cost. An entry stays with the branch of its day, and what a finding took stands.
    """
    known = cycles.quarters(connection, actor)
    begun = [one for one in known if one.starts_on <= actor.today]
    if not before or not begun or not rules.adopted(connection, actor.district_id).anything_on(actor.today):
        return Followed()
    histories = histories_of(connection, actor, before)
    books = Books.opened(connection, actor)
    concerned = [one for one in begun if cycle_days(known, one.cycle).ends_on >= since]
    quarters = held_quarters(connection, actor, [min((one.starts_on for one in concerned), default=actor.today)], known)
    ruled = {
        (one.cycle, member_id)
        for one in concerned
        for member_id, history in histories.items()
        if books.rules_in(history, one)
    }
    others = {(one.cycle, member_id) for one in concerned for member_id in histories} - ruled
    work = Work.locked(connection, actor, histories, quarters, ruled, others, books=books)
    counts: Counter[str] = Counter()
    lost: list[Deduction] = []
    for (_, member_id), balance in sorted(work.known.balances.items()):
        counts["reversed"] += _enter_anew(work, balance, before[member_id], concerned)
    present = quarter_on(quarters, actor.today)
    work.enter({(present, member_id) for cycle, member_id in ruled if cycle == present.cycle})
    for balance in work.known.balances.values():
        _relieve(work, actor, balance, since, counts, lost)
        work.follow(balance)
    effects = work.finish()
    telling.tell(connection, actor, lost)
    return Followed(tuple(effects.values()), counts["waived"], counts["asked_again"], counts["reversed"])


def _enter_anew(work: Work, balance: Balance, before: MemberHistory, quarters: Iterable[Quarter]) -> int:
    """Resolve again, in order, the quarters entered from the first one on whose own day the facts changed.

    Gives the number of provisional losses that the rules do not ask for any more.
    """
    history = work.histories[balance.member_id]
    own = [one for one in quarters if one.cycle == balance.cycle and one.code in balance.regimes]
    changed = [one.code for one in own if _facts(before, one) != _facts(history, one)]
    if not changed or not balance.seq:
        return 0
    was = {one.code: balance.regimes.pop(one.code) for one in own if one.code >= min(changed)}
    days = cycle_days(work.known.quarters, balance.cycle)
    entered = []
    for quarter in sorted(own, key=lambda one: one.code):
        if quarter.code not in was:
            continue
        now = enter_quarter(work.books, balance, history, quarter, days)
        if now is None:
            balance.regimes[quarter.code] = was[quarter.code]  # gone from then on: what was booked keeps its rules
        else:
            entered.append(now)
    if all(balance.regimes[code] == regime for code, regime in was.items()):
        return 0
    work.touched.add((balance.cycle, balance.member_id))
    lost = write_owed(work.connection, work.actor.district_id, entered)
    for entry in lost:
        work.undo_settled(entry)
    return len(lost)


def _facts(history: MemberHistory, quarter: Quarter) -> tuple[object, ...] | None:
    """What decides the rules of a member's quarter."""
    there = history.ruling(quarter.starts_on, quarter.ends_on)
    return None if there is None else (there.branch_id, there.profile, there.form)


def _relieve(
    work: Work, actor: Actor, balance: Balance, since: date, counts: Counter[str], lost: list[Deduction]
) -> None:
    """Waive what fell due since the day and is not owed now, giving back what was taken; ask again what is owed."""
    rows = store.list_running_duties(work.connection, actor.district_id, balance.cycle, [balance.member_id], since)
    named = [row.entry_id for row in rows if row.entry_id is not None]
    entries = store.find_entries(work.connection, actor.district_id, named) if named else {}
    for row in sorted(rows, key=lambda one: (one.key.item, one.key.window)):
        item = _owed(work, balance, row)
        entry = None if row.entry_id is None else entries.get(row.entry_id)
        if item is not None:
            if row.state is DutyState.WAIVED and row.source == ROSTER:
                _set(work, _asked_again(work, item, row, lost))
                counts["asked_again"] += 1
            elif entry is not None and row.source == "job" and row.target is not None:
                _settle_again(work, actor, balance, row, entry, counts, lost)
        elif _is_open_to_relief(row, entry, since):
            if entry is not None:
                work.undo_settled(entry)
                counts["reversed"] += 1
            _set(work, replace(row, state=DutyState.WAIVED, source=ROSTER, entry_id=None))
            counts["waived"] += 1


def _asked_again(work: Work, item: Item, row: DutyRow, lost: list[Deduction]) -> DutyRow:
    """The duty as it was before the roster took it out: what it had cost costs again, since nobody else undid it."""
    found = None if row.target is not None else restored(work, item, row)
    if found is None:
        return replace(row, state=DutyState.EXPECTED, source=None)
    entry, told = found
    lost.append(told)
    return replace(row, state=DutyState.MISSED, source=entry.source.value, entry_id=entry.id)


def _owed(work: Work, balance: Balance, row: DutyRow) -> Item | None:
    """The item, where the duty is the member's to do on the day on which it falls due."""
    history = work.histories[balance.member_id]
    there = history.on(row.due_on)
    quarter = quarter_on(work.known.quarters, row.due_on).code
    code = max((one for one in balance.regimes if one <= quarter), default=None)
    item = None if code is None else work.books.regime(*balance.regimes[code]).items.get(row.key.item)
    if there is None or item is None or item.duty is None or item.retired:
        return None
    if row.target is None:
        return None if is_exempt(history, row.due_on) else item
    # Amounts are asked for by the days that are left of their window.
    scaled = without_exempt_days(row, history.exemptions, _first_day_of(work, balance, row.due_on))
    return item if scaled.target else None


def _first_day_of(work: Work, balance: Balance, day: date) -> date:
    starts_on = cycle_days(work.known.quarters, balance.cycle).starts_on
    return max(starts_on, work.histories[balance.member_id].since(day))


def _is_open_to_relief(row: DutyRow, entry: Entry | None, since: date) -> bool:
    """What was recorded as kept stays so; what a finding took stands with it, and an earlier loss stays lost."""
    if row.state is DutyState.EXPECTED:
        return True
    if row.state is DutyState.KEPT:
        return row.source == "job" and entry is None  # nobody said so: silence was taken for it
    if row.state is not DutyState.MISSED or row.source == "finding":
        return False
    return entry is None or (entry.effective_on >= since and entry.cause is None)


def _settle_again(
    work: Work,
    actor: Actor,
    balance: Balance,
    row: DutyRow,
    entry: Entry,
    counts: Counter[str],
    lost: list[Deduction],
) -> None:
    """What the job took by an amount, as the days that count now have it."""
    history = work.histories[balance.member_id]
    scaled = without_exempt_days(row, history.exemptions, _first_day_of(work, balance, row.due_on))
    if row.state is DutyState.EXPECTED and scaled != row:
        # Provisional, and the half-year's target is nobody's who was not there for all of it: the year's decides.
        work.undo_settled(entry)
        counts["reversed"] += 1
        _set(work, replace(row, source=None, entry_id=None))
        return
    quarter = quarter_on(work.known.quarters, entry.effective_on)
    settle_one(work, actor, quarter, work.duties.get(row.key, row), {entry.id: entry}, counts, lost)


def _set(work: Work, row: DutyRow) -> None:
    key: DutyKey = row.key
    work.duties[key] = row
