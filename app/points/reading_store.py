"""Queries of the ledger for those who read it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from app.points.ledger import Balance, DutyRow, Entry
from app.points.store import BALANCE_COLUMNS, ENTRY_COLUMNS, balance_of, duty_of, entry_of
from app.points.tables import dispute, duty, entry, entry_text, standing
from app.roster.history import Spell

_CHUNK = 500


def find_balance(
    connection: Connection, district_id: UUID, cycle: str, member_id: UUID
) -> tuple[Balance, datetime] | None:
    """The standing with the moment of its last change."""
    statement = select(*BALANCE_COLUMNS, standing.c.updated_at).where(
        standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.member_id == member_id
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (balance_of(row), row.updated_at)


def list_balances(
    connection: Connection, district_id: UUID, member_id: UUID, cycles: Collection[str]
) -> dict[str, Balance]:
    """The member's standings in some cycles, by cycle."""
    statement = select(*BALANCE_COLUMNS).where(
        standing.c.district_id == district_id, standing.c.member_id == member_id, standing.c.cycle.in_(cycles)
    )
    return {found.cycle: found for found in map(balance_of, connection.execute(statement))}


def list_balances_of(connection: Connection, district_id: UUID, cycle: str, members: Collection[UUID]) -> list[Balance]:
    """The standings of some members in a cycle."""
    statement = select(*BALANCE_COLUMNS).where(
        standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.member_id.in_(members)
    )
    return [balance_of(row) for row in connection.execute(statement)]


def list_cycles_of(connection: Connection, district_id: UUID, member_id: UUID) -> list[str]:
    """The cycles in which the member has a standing, the latest first."""
    statement = (
        select(standing.c.cycle)
        .where(standing.c.district_id == district_id, standing.c.member_id == member_id)
        .order_by(standing.c.cycle.desc())
    )
    return list(connection.execute(statement).scalars())


def list_entries(
    connection: Connection,
    district_id: UUID,
    cycle: str,
    member_id: UUID,
    *,
    after: int = 0,
    count_max: int | None = None,
    spells: Sequence[Spell] | None = None,
) -> list[tuple[Entry, str | None]]:
    """Entries with their reasons in the order of ``seq``; a reader that goes on after the last misses nothing.

    With ``spells`` only entries of these memberships: of their branch, about their days.
    """
    words = and_(entry_text.c.district_id == entry.c.district_id, entry_text.c.entry_id == entry.c.id)
    statement = (
        select(*ENTRY_COLUMNS, entry_text.c.reason)
        .select_from(entry.outerjoin(entry_text, words))
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle == cycle,
            entry.c.member_id == member_id,
            entry.c.seq > after,
        )
        .order_by(entry.c.seq)
        .limit(count_max)
    )
    if spells is not None:
        statement = statement.where(or_(*map(_within, spells)))
    return [(entry_of(row), row.reason) for row in connection.execute(statement)]


def _within(spell: Spell) -> ColumnElement[bool]:
    days = entry.c.effective_on >= spell.from_on
    if spell.until_on is not None:
        days = and_(days, entry.c.effective_on <= spell.until_on)
    return and_(entry.c.branch_id == spell.branch_id, days)


def list_disputed(
    connection: Connection,
    district_id: UUID,
    cycle: str,
    *,
    member_id: UUID | None = None,
    dated_by: date | None = None,
) -> list[Entry]:
    """The entries of a cycle that are under appeal, of one member or all, by member and number."""
    same = and_(dispute.c.district_id == entry.c.district_id, dispute.c.entry_id == entry.c.id)
    statement = (
        select(*ENTRY_COLUMNS)
        .select_from(dispute.join(entry, same))
        .where(dispute.c.district_id == district_id, dispute.c.cycle == cycle)
        .order_by(entry.c.member_id, entry.c.seq)
    )
    if member_id is not None:
        statement = statement.where(dispute.c.member_id == member_id)
    if dated_by is not None:
        statement = statement.where(entry.c.effective_on <= dated_by)
    return [entry_of(row) for row in connection.execute(statement)]


def list_along(connection: Connection, district_id: UUID, causes: Collection[UUID]) -> list[Entry]:
    """Everything booked under the causes."""
    statement = select(*ENTRY_COLUMNS).where(entry.c.district_id == district_id, entry.c.cause.in_(list(causes)))
    return [entry_of(row) for row in connection.execute(statement)]


def list_duties(connection: Connection, district_id: UUID, cycle: str, member_id: UUID) -> list[DutyRow]:
    statement = (
        select(duty)
        .where(duty.c.district_id == district_id, duty.c.cycle == cycle, duty.c.member_id == member_id)
        .order_by(duty.c.item, duty.c.window)
    )
    return [duty_of(row) for row in connection.execute(statement)]


def stream_balances(
    connection: Connection,
    district_id: UUID,
    cycle: str,
    due_by: date | None,
    *,
    members: Collection[UUID] | None = None,
) -> Iterator[tuple[Balance, list[DutyRow]]]:
    """Every standing of a cycle with its duties due by a day (None: without them), by member, a few hundred at a time.

    ``members`` looks at those only.
    """
    for balances in _chunks(connection, district_id, cycle, members):
        if due_by is None:
            yield from ((one, []) for one in balances)
            continue
        first, last = balances[0].member_id, balances[-1].member_id
        due = (
            select(duty)
            .where(
                duty.c.district_id == district_id,
                duty.c.cycle == cycle,
                duty.c.member_id >= first,
                duty.c.member_id <= last,
                duty.c.due_on <= due_by,
            )
            .order_by(duty.c.member_id, duty.c.item, duty.c.window)
        )
        if members is not None:
            due = due.where(duty.c.member_id.in_([one.member_id for one in balances]))
        found = connection.execute(due)
        duties = {
            member_id: list(rows) for member_id, rows in groupby(map(duty_of, found), lambda row: row.key.member_id)
        }
        for balance in balances:
            yield balance, duties.get(balance.member_id, [])


def _chunks(
    connection: Connection, district_id: UUID, cycle: str, members: Collection[UUID] | None
) -> Iterator[list[Balance]]:
    """Standings by member, a few hundred at a time and never none."""
    statement = (
        select(*BALANCE_COLUMNS)
        .where(standing.c.district_id == district_id, standing.c.cycle == cycle)
        .order_by(standing.c.member_id)
    )
    if members is not None:
        ordered = sorted(members)
        for start in range(0, len(ordered), _CHUNK):
            chosen = statement.where(standing.c.member_id.in_(ordered[start : start + _CHUNK]))
            if found := [balance_of(row) for row in connection.execute(chosen).all()]:
                yield found
        return
    last: UUID | None = None
    while found := [balance_of(row) for row in connection.execute(_behind(statement, last)).all()]:
        last = found[-1].member_id
        yield found


def _behind(statement: Select[Any], last: UUID | None) -> Select[Any]:
    return (statement if last is None else statement.where(standing.c.member_id > last)).limit(_CHUNK)
