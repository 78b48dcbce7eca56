"""Writing what members owe once they have entered quarters: new duties, and those under way that the rules changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection

from app.points import store
from app.points.duties import Entered, owed_after
from app.points.ledger import DutyKey, DutyRow, Entry


def write_owed(connection: Connection, district_id: UUID, entered: Sequence[Entered]) -> list[Entry]:
    """Write the duties of quarters entered, in this order.

    Gives the entries that settled duties provisionally which changed rules do not settle so any more: they are to be
    undone.
    """
    held = _under_way(connection, district_id, [one for one in entered if one.anew])
    owed = owed_after(entered, held.values())
    store.insert_duties(connection, district_id, [row for key, row in owed.items() if key not in held])
    changed = [row for key, row in owed.items() if key in held and held[key] != row]
    store.update_duties(connection, district_id, changed)
    lost = [held[row.key].entry_id for row in changed if row.entry_id is None]
    return _entries(connection, district_id, [one for one in lost if one is not None])


def _under_way(connection: Connection, district_id: UUID, anew: Sequence[Entered]) -> dict[DutyKey, DutyRow]:
    """The duties that the members, for whom the rules change, have from the first of their quarters on."""
    rows: list[DutyRow] = []
    for cycle in {one.cycle for one in anew}:
        own = [one for one in anew if one.cycle == cycle]
        first, members = min(one.quarter.starts_on for one in own), {one.member_id for one in own}
        rows += store.list_running_duties(connection, district_id, cycle, members, first)
    return {row.key: row for row in rows}


def _entries(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> list[Entry]:
    found = store.find_entries(connection, district_id, ids) if ids else {}
    return [found[one] for one in ids]
