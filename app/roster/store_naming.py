"""The query of names by id."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ARRAY, Connection, Select, Table, Uuid, any_, literal, select, union_all

from app.auth.tables import account
from app.kit.naming import Names, Wanted, Whose
from app.roster.tables import enterprise, member, organisation

_TABLES: dict[Whose, Table] = {
    Whose.ACCOUNT: account,
    Whose.MEMBER: member,
    Whose.ORGANISATION: organisation,
    Whose.ENTERPRISE: enterprise,
}


def list_names(connection: Connection, district_id: UUID, wanted: Wanted) -> Names:
    """By id; what is not there is left out."""
    parts = [_named(table, district_id, wanted[whose]) for whose, table in _TABLES.items() if wanted.get(whose)]
    return {row.id: row.name for row in connection.execute(union_all(*parts))}


def _named(table: Table, district_id: UUID, ids: set[UUID]) -> Select[tuple[UUID, str]]:
    return select(table.c.id, table.c.name).where(
        table.c.district_id == district_id, table.c.id == any_(literal(sorted(ids), ARRAY(Uuid)))
    )
