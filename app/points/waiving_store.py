"""The lock under which duties change without an entry."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, select

from app.points.ledger import DutyKey
from app.points.tables import standing


def lock_standings(connection: Connection, district_id: UUID, keys: Iterable[DutyKey]) -> None:
    """Hold the standings of the keys, in the order in which postings lock them, without reading what is in them."""
    members: dict[str, set[UUID]] = {}
    for key in keys:
        members.setdefault(key.cycle, set()).add(key.member_id)
    for cycle in sorted(members):
        statement = (
            select(standing.c.member_id)
            .where(
                standing.c.district_id == district_id,
                standing.c.cycle == cycle,
                standing.c.member_id.in_(sorted(members[cycle])),
            )
            .order_by(standing.c.member_id)
            .with_for_update()
        )
        connection.execute(statement).all()
