"""What lower rooms know of secretaries: their appointments, and what accounts are called."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from app.appraisals.core import Spell
from app.auth.core import Role
from app.auth.tables import account, appointment


def list_spells(connection: Connection, district_id: UUID, until: date) -> list[Spell]:
    """Every appointment as secretary that began by the day.

    The branch is the last id of the path: it stays when a branch is put under another committee.
    """
    columns = appointment.c
    statement = select(columns.account_id, columns.path, columns.from_on, columns.until_on).where(
        columns.district_id == district_id, columns.role == Role.SECRETARY.value, columns.from_on <= until
    )
    return [
        Spell(row.account_id, UUID(row.path.rpartition(".")[2]), row.from_on, row.until_on)
        for row in connection.execute(statement.order_by(columns.from_on, columns.id))
    ]


def list_names(connection: Connection, district_id: UUID, accounts: Collection[UUID]) -> dict[UUID, str]:
    columns = account.c
    statement = select(columns.id, columns.name).where(
        columns.district_id == district_id, columns.id.in_(sorted(set(accounts)))
    )
    return {row.id: row.name for row in connection.execute(statement)}
