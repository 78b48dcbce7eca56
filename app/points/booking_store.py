"""Queries of what was booked up to a quarter, and of what was booked in it about days before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, and_, func, select

from app.points.ledger import Balance, Entry
from app.points.store import BALANCE_COLUMNS, ENTRY_COLUMNS, balance_of, entry_of
from app.points.tables import entry, entry_text, standing
from app.rules.core import Kind


def list_balances(connection: Connection, district_id: UUID, cycle: str, members: Collection[UUID]) -> list[Balance]:
    """The members' standings in the cycle, by member."""
    statement = (
        select(*BALANCE_COLUMNS)
        .where(
            standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.member_id.in_(list(members))
        )
        .order_by(standing.c.member_id)
    )
    return [balance_of(row) for row in connection.execute(statement).all()]


def list_booked_after(
    connection: Connection, district_id: UUID, cycle: str, quarter: str, members: Collection[UUID]
) -> list[Entry]:
    """Those members' entries of the cycle that were booked later than in the quarter, by member and number."""
    statement = (
        select(*ENTRY_COLUMNS)
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle == cycle,
            entry.c.member_id.in_(list(members)),
            entry.c.booked_in > quarter,
        )
        .order_by(entry.c.member_id, entry.c.seq)
    )
    return [entry_of(row) for row in connection.execute(statement).all()]


def list_recorded_from(
    connection: Connection, district_id: UUID, cycle: str, moment: datetime, members: Collection[UUID]
) -> list[Entry]:
    """Those members' entries of the cycle that were recorded at the moment or later, by member and number."""
    statement = (
        select(*ENTRY_COLUMNS)
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle == cycle,
            entry.c.member_id.in_(list(members)),
            entry.c.recorded_at >= moment,
        )
        .order_by(entry.c.member_id, entry.c.seq)
    )
    return [entry_of(row) for row in connection.execute(statement).all()]


def list_adjustments(
    connection: Connection, district_id: UUID, quarter: str, before: date, cycles: Sequence[str]
) -> list[tuple[Entry, str | None]]:
    """What was booked in the quarter about days before it, with its reason; openings are none."""
    words = and_(entry_text.c.district_id == entry.c.district_id, entry_text.c.entry_id == entry.c.id)
    statement = (
        select(*ENTRY_COLUMNS, entry_text.c.reason)
        .select_from(entry.outerjoin(entry_text, words))
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle.in_(list(cycles)),
            entry.c.booked_in == quarter,
            entry.c.effective_on < before,
            entry.c.kind != Kind.OPENING.value,
        )
        .order_by(entry.c.effective_on, entry.c.member_id, entry.c.seq)
    )
    return [(entry_of(row), row.reason) for row in connection.execute(statement)]


def find_last_correction(connection: Connection, district_id: UUID, quarter: str, ends_on: date) -> datetime | None:
    """When something was last booked after the quarter about days up to its end; None: nothing was."""
    statement = select(func.max(entry.c.recorded_at)).where(
        entry.c.district_id == district_id, entry.c.booked_in > quarter, entry.c.effective_on <= ends_on
    )
    found: datetime | None = connection.execute(statement).scalar_one()
    return found
