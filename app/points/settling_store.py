"""Queries of duties for the work that the calendar brings."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from app.points.ledger import DutyRow, Entry
from app.points.store import duty_of, find_entries
from app.points.tables import duty, standing


def list_members_with_standing(connection: Connection, district_id: UUID, cycle: str) -> list[UUID]:
    statement = (
        select(standing.c.member_id)
        .where(standing.c.district_id == district_id, standing.c.cycle == cycle)
        .order_by(standing.c.member_id)
    )
    return list(connection.execute(statement).scalars())


def list_duties_to_settle(
    connection: Connection, district_id: UUID, cycle: str, members: Sequence[UUID]
) -> list[DutyRow]:
    """Duties not yet decided, and those settled by amount, whose value may still change."""
    statement = (
        select(duty)
        .where(
            duty.c.district_id == district_id,
            duty.c.cycle == cycle,
            duty.c.member_id.in_(members),
            (duty.c.state == "expected") | duty.c.target.is_not(None),
        )
        .order_by(duty.c.member_id, duty.c.item, duty.c.window)
    )
    return [duty_of(row) for row in connection.execute(statement)]


def entries_of(connection: Connection, district_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Entry]:
    return find_entries(connection, district_id, ids) if ids else {}
