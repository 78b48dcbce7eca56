"""Queries of the entries under appeal."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, delete

from app.kit.db import insert_rows
from app.points.ledger import Entry
from app.points.tables import dispute


def insert_dispute(connection: Connection, district_id: UUID, entry: Entry) -> None:
    row = {"entry_id": entry.id, "cycle": entry.cycle, "member_id": entry.member_id}
    insert_rows(connection, district_id, dispute, [row], unless_there=True)


def delete_dispute(connection: Connection, district_id: UUID, entry_id: UUID) -> None:
    connection.execute(delete(dispute).where(dispute.c.district_id == district_id, dispute.c.entry_id == entry_id))
