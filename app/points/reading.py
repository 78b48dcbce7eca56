"""Standings, entry feeds and explanations for those who may see the member."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import NoCycle, Quarter, quarter_on
from app.kit.calendar import Window, period_days, quarter_of
from app.kit.errors import ErrorKind, LongwenError
from app.points import booking_store, checking, disputing
from app.points import reading_store as store
from app.points.core import Score, fold
from app.points.duties import count_duties, units_done
from app.points.explaining import explain
from app.points.gathering import Books, cycle_days
from app.points.ledger import Balance, DutyRow
from app.points.views import (
    PAGE_MAX,
    Corrected,
    Disputed,
    DutiesView,
    DutyLine,
    EntryPage,
    ExplanationView,
    StandingView,
    YearView,
)
from app.roster import service as roster
from app.rules import service as rules
from app.rules.core import Regime, year_total
from app.rules.points import decimals_of


class NoStanding(LongwenError):
    """The member has no standing in that cycle."""

    kind = ErrorKind.MISSING
    code = "no_standing"
    zh = "该党员在 {cycle} 年度没有积分记录（该年度未入会，或尚未开启）。"
    en = "The member has no standing in the cycle {cycle} (not a member then, or the cycle is not open)."


def standing(connection: Connection, actor: Actor, member_id: UUID, cycle: str | None) -> StandingView:
    """The standing, of the present cycle unless one is named. Raises NotFound and NoStanding."""
    member = roster.get_member_for(connection, actor, member_id, Permission.STANDING_READ)
    cycle = cycle or present_cycle(connection, actor)
    balance, updated_at = _balance(connection, actor, member_id, cycle)
    books = Books.opened(connection, actor)
    duties = count_duties(store.list_duties(connection, actor.district_id, cycle, member_id), actor.today)
    year = _year(connection, actor, books, balance)
    under_appeal = disputing.in_dispute(connection, actor, cycle, member_id=member_id).get(member_id)
    disputed = None
    if under_appeal is not None:
        without = balance.without(under_appeal.live)
        disputed = Disputed(under_appeal.entries, without, books.score(without))
    return StandingView(member, balance, books.score(balance), duties, updated_at, year, disputed)


def cycles_of(connection: Connection, actor: Actor, member_id: UUID) -> list[str]:
    """The cycles in which the member has a standing, the latest first. Raises NotFound."""
    roster.get_member_for(connection, actor, member_id, Permission.STANDING_READ)
    return store.list_cycles_of(connection, actor.district_id, member_id)


def balances(connection: Connection, actor: Actor, member_ids: Collection[UUID]) -> dict[UUID, tuple[Balance, Score]]:
    """The present standings of those members whom the caller may see, in one query; empty without a cycle."""
    try:
        cycle = present_cycle(connection, actor)
    except NoCycle:
        return {}
    there = roster.members_on(connection, actor.district_id, member_ids, actor.today)
    seen = [one.id for one in there.values() if actor.may(Permission.STANDING_READ, one.path)]
    books = Books.opened(connection, actor)
    found = store.list_balances_of(connection, actor.district_id, cycle, seen)
    return {one.member_id: (one, books.score(one)) for one in found if one.regimes}


def _year(connection: Connection, actor: Actor, books: Books, balance: Balance) -> YearView | None:
    """What the year of the balance's cycle comes to so far; None where the cycle is a year of its own."""
    digest, _ = balance.regimes[max(balance.regimes)]
    frame = rules.edition_by_digest(connection, actor.district_id, digest, books.adopted).frame
    if frame.period is Window.YEAR:
        return None
    quarters = cycles.quarters(connection, actor)
    first, last = period_days(cycle_days(quarters, balance.cycle).starts_on, frame.first_month, Window.YEAR)
    begun = dict.fromkeys(one.cycle for one in quarters if first <= one.starts_on <= last)  # in the order of time
    ended = [code for code in begun if cycle_days(quarters, code).ends_on < actor.today]
    known = store.list_balances(connection, actor.district_id, balance.member_id, ended)
    scores = {code: books.score(known[code]) for code in ended if code in known}
    decimals = max((one.decimals for one in scores.values()), default=0)  # a later edition may count in finer points
    # Of what counted: a veto makes its cycle 0, and the year is no way around it.
    totals = {code: one.effective * 10 ** (decimals - one.decimals) for code, one in scores.items()}
    result = year_total(frame.year, list(totals.values())) if totals else None
    return YearView(frame.year, totals, result, decimals)


def entries(
    connection: Connection, actor: Actor, member_id: UUID, cycle: str | None, after: int, count_max: int
) -> EntryPage:
    """The member's entries in the order of their numbers, each with its reason, after the number ``after``.

    A branch that the member has left sees those of its own days. Raises NotFound.
    """
    _, there = roster.find_member_for(connection, actor, member_id, Permission.STANDING_READ)
    cycle = cycle or present_cycle(connection, actor)
    count = min(count_max, PAGE_MAX)
    found = store.list_entries(
        connection, actor.district_id, cycle, member_id, after=after, count_max=count + 1, spells=there
    )
    page = found[:count]
    if not page:
        return EntryPage((), None, 0)
    edition = rules.edition_by_digest(connection, actor.district_id, page[0][0].edition)
    return EntryPage(tuple(page), page[-1][0].seq if len(found) > count else None, decimals_of(edition))


def duties(connection: Connection, actor: Actor, member_id: UUID, cycle: str | None) -> DutiesView:
    """What the member was and is due to do in the cycle, and what became of it. Raises NotFound and NoStanding."""
    roster.get_member_for(connection, actor, member_id, Permission.STANDING_READ)
    cycle = cycle or present_cycle(connection, actor)
    balance, _ = _balance(connection, actor, member_id, cycle)
    books = Books.opened(connection, actor)
    rows = store.list_duties(connection, actor.district_id, cycle, member_id)
    regimes = [books.regime(*balance.regimes[code]) for code in sorted(balance.regimes, reverse=True)]
    lines = (_duty_line(row, regimes, balance) for row in sorted(rows, key=lambda one: (one.due_on, one.key.item)))
    return DutiesView(cycle, tuple(lines), count_duties(rows, actor.today), regimes[0].decimals)


def _duty_line(row: DutyRow, regimes: Sequence[Regime], balance: Balance) -> DutyLine:
    """The item as the latest rules that know it have it."""
    item = next((one.items[row.key.item] for one in regimes if row.key.item in one.items), None)
    counts = item is not None and row.target is not None
    return DutyLine(row, item, units_done(item, balance.cells, quarter_of(row.due_on)) if item and counts else None)


def explanation(connection: Connection, actor: Actor, member_id: UUID, cycle: str | None) -> ExplanationView:
    """The way from the standing's numbers to entries, articles and cuts. Raises NotFound and NoStanding."""
    member = roster.get_member_for(connection, actor, member_id, Permission.STANDING_READ)
    cycle = cycle or present_cycle(connection, actor)
    balance, _ = _balance(connection, actor, member_id, cycle)
    books = Books.opened(connection, actor)
    found = store.list_entries(connection, actor.district_id, cycle, member_id)
    duties = store.list_duties(connection, actor.district_id, cycle, member_id)
    regime = books.regime(*balance.regimes[max(balance.regimes)])
    first = balance.regimes[min(balance.regimes)][0]
    edition = rules.edition_by_digest(connection, actor.district_id, first, books.adopted)
    listed = [entry for entry, _ in found]
    explained = explain(books.plan(balance), regime, books.score(balance), listed, duties, edition)
    reasons = {entry.id: reason for entry, reason in found if reason is not None}
    return ExplanationView(member, balance, explained, reasons, count_duties(duties, actor.today))


def present_cycle(connection: Connection, actor: Actor) -> str:
    """The cycle of the actor's day. Raises NoCycle."""
    return quarter_on(cycles.quarters(connection, actor), actor.today).cycle


def _balance(connection: Connection, actor: Actor, member_id: UUID, cycle: str) -> tuple[Balance, datetime]:
    found = store.find_balance(connection, actor.district_id, cycle, member_id)
    if found is None or not found[0].regimes:
        raise NoStanding(cycle=cycle)
    return found


def balances_in(connection: Connection, actor: Actor, cycle: str, members: Collection[UUID]) -> list[Balance]:
    """These members' standings in a cycle, with their cells, by member."""
    return booking_store.list_balances(connection, actor.district_id, cycle, members) if members else []


def corrected(
    connection: Connection,
    actor: Actor,
    quarter: Quarter,
    *,
    checked_only: bool = False,
    members: Collection[UUID] | None = None,
    briefly: bool = False,
) -> Iterator[Corrected]:
    """Every member's corrected score at the end of a quarter, with that of the quarter before; by member.

    Where an entry dated up to the quarter's end is under appeal, the score without it is given as well. With
    ``checked_only`` what still waits for the quarter's check is left out: it sets nothing off. ``members`` looks at
    those only; ``briefly`` leaves out the quarter before and the duties.

    Cells carry the month or quarter of the day of the matter, so the cells up to the quarter are exactly the entries
    dated up to its end.
    """
    books = Books.opened(connection, actor)
    earlier = [one.code for one in cycles.quarters(connection, actor) if one.cycle == quarter.cycle]
    before = max((code for code in earlier if code < quarter.code), default="")
    under_appeal = disputing.in_dispute(connection, actor, quarter.cycle, dated_by=quarter.ends_on)
    unchecked = checking.unchecked_by_member(connection, actor, quarter) if checked_only else {}
    district_id, ends_on = actor.district_id, quarter.ends_on
    for stored, duties in store.stream_balances(
        connection, district_id, quarter.cycle, None if briefly else ends_on, members=members
    ):
        if not stored.regimes or min(stored.regimes) > quarter.code:
            continue
        waiting = {one.id: one for one in unchecked.get(stored.member_id, ()) if one.seq <= stored.seq}
        balance = stored.without(waiting.values()) if waiting else stored
        disputed = None
        if found := under_appeal.get(balance.member_id):
            without = balance.without(one for one in found.live if one.id not in waiting)
            disputed = Disputed(found.entries, without, score_at(books, without, quarter.code))
        score = score_at(books, balance, quarter.code)
        previous = score if briefly else score_at(books, balance, before)
        yield Corrected(balance, score, previous, duties, disputed)


def score_at(books: Books, balance: Balance, quarter: str) -> Score:
    """What the cells up to a quarter add up to; before the first quarter only the opening stands."""
    plan = books.plan(balance)
    last = bisect_right(plan.quarters, quarter) - 1
    if last == len(plan.quarters) - 1:
        return fold(plan, balance.opening, balance.cells)
    place_of = plan.window_quarter
    cells = {key: cell for key, cell in balance.cells.items() if place_of[key.window] <= last}
    return fold(plan, balance.opening, cells)
