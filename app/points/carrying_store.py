"""Queries of openings: those of a cycle's members, their mean by branch, and what the cycle before came to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.points.ledger import Balance, Entry
from app.points.store import BALANCE_COLUMNS, ENTRY_COLUMNS, balance_of, entry_of
from app.points.tables import entry, standing
from app.rules.core import Kind


def list_openings(
    connection: Connection, district_id: UUID, cycle: str, member_ids: Collection[UUID]
) -> dict[UUID, list[Entry]]:
    """The opening entries of members with their reversals, in the order of ``seq``."""
    statement = (
        select(*ENTRY_COLUMNS)
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle == cycle,
            entry.c.member_id.in_(member_ids),
            entry.c.kind == Kind.OPENING.value,
        )
        .order_by(entry.c.member_id, entry.c.seq)
    )
    found: dict[UUID, list[Entry]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.member_id, []).append(entry_of(row))
    return found


def find_balances(
    connection: Connection, district_id: UUID, cycle: str, member_ids: Collection[UUID]
) -> dict[UUID, Balance]:
    """The standings of members in a cycle, not locked."""
    statement = select(*BALANCE_COLUMNS).where(
        standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.member_id.in_(member_ids)
    )
    return {found.member_id: found for found in map(balance_of, connection.execute(statement))}


def branch_means(connection: Connection, district_id: UUID, cycle: str) -> dict[UUID, int]:
    """The mean opening of each branch's members who have one in the cycle, rounded down."""
    statement = (
        select(standing.c.branch_id, func.sum(standing.c.opening).label("points"), func.count().label("members"))
        .where(standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.seq > 0)
        .group_by(standing.c.branch_id)
    )
    return {row.branch_id: int(row.points) // row.members for row in connection.execute(statement)}
