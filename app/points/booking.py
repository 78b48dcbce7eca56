"""A quarter as the books have it: what was booked up to it, whenever it happened (scoring, section 2, rule 10); and a
past day as the ledger had it: what was recorded by its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.points import booking_store as store
from app.points.core import Score
from app.points.gathering import Books
from app.points.ledger import Balance, Entry
from app.points.reading import score_at
from app.points.views import Adjustment, Booked
from app.rules.core import Kind


def booked(connection: Connection, actor: Actor, quarter: Quarter, members: Collection[UUID]) -> list[Booked]:
    """These members at the quarter's end, by member. Who had nothing booked by then, or was under no rules, is not.

    What is booked later in their standing is taken out again, so the answer is the same whenever it is asked once the
    quarter is sealed.
    """
    balances = store.list_balances(connection, actor.district_id, quarter.cycle, members)
    rows = store.list_booked_after(connection, actor.district_id, quarter.cycle, quarter.code, members)
    return _without(Books.opened(connection, actor), balances, rows, quarter)


def recalled(
    connection: Connection, actor: Actor, quarter: Quarter, moment: datetime, members: Collection[UUID]
) -> list[Booked]:
    """These members as the ledger had them at a past moment of the quarter, by member: what was recorded before it.

    Who had nothing recorded by then, or was under no rules, is not. The answer is the same whenever it is asked;
    ``ranked`` is that of today, and the caller's to tell.
    """
    balances = store.list_balances(connection, actor.district_id, quarter.cycle, members)
    rows = store.list_recorded_from(connection, actor.district_id, quarter.cycle, moment, members)
    return _without(Books.opened(connection, actor), balances, rows, quarter)


def _without(books: Books, balances: Iterable[Balance], rows: Iterable[Entry], quarter: Quarter) -> list[Booked]:
    """The balances without these entries, which come by member."""
    later = {member_id: list(own) for member_id, own in groupby(rows, key=lambda one: one.member_id)}
    found = []
    for balance in balances:
        # Read after the balance: what is not in it yet is not to be taken out.
        own = [one for one in later.get(balance.member_id, ()) if one.seq <= balance.seq]
        one = _booked(books, balance, own, quarter)
        if one is not None:
            found.append(one)
    return found


def _booked(books: Books, balance: Balance, later: list[Entry], quarter: Quarter) -> Booked | None:
    entered = [code for code in balance.regimes if code <= quarter.code]
    if not entered or not balance.seq or any(one.seq == 1 for one in later):
        return None
    regime = books.regime(*balance.regimes[max(entered)])
    then = balance.without(one for one in later if one.kind is not Kind.OPENING)
    then.opening -= sum(one.points for one in later if one.kind is Kind.OPENING)
    return Booked(
        member_id=balance.member_id,
        branch_id=balance.branch_id,
        seq=balance.seq,
        running_hash=balance.running_hash,
        edition=regime.digest,
        profile=regime.profile,
        opening=then.opening,
        vetoes=then.vetoes,
        ranked=regime.ranked,
        score=score_at(books, then, quarter.code),
    )


def corrected_by_quarter(connection: Connection, actor: Actor, member_id: UUID, cycle: str) -> dict[str, Score]:
    """One member's corrected score at the end of each quarter that they have entered; empty without a standing."""
    books = Books.opened(connection, actor)
    balances = store.list_balances(connection, actor.district_id, cycle, [member_id])
    return {code: score_at(books, one, code) for one in balances for code in sorted(one.regimes)}


def adjustments(connection: Connection, actor: Actor, quarter: Quarter) -> list[Adjustment]:
    """What was booked in the quarter about days before it: late entries, and corrections of sealed quarters."""
    books = Books.opened(connection, actor)
    known = {one.cycle for one in cycles.quarters(connection, actor) if one.code <= quarter.code}
    rows = store.list_adjustments(connection, actor.district_id, quarter.code, quarter.starts_on, sorted(known))
    return [Adjustment(one, reason, books.decimals(one)) for one, reason in rows]


def last_correction(connection: Connection, actor: Actor, quarter: Quarter) -> datetime | None:
    """When the corrected numbers of the quarter last moved by what was booked after it; None: by nothing."""
    return store.find_last_correction(connection, actor.district_id, quarter.code, quarter.ends_on)
