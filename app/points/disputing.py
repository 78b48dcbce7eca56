"""Entries under appeal: they count in the balance and set nothing off (scoring, section 2, rule 10).

The room of appeals says which they are and why; the ledger keeps only that they are disputed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.points import disputing_store, reading_store, store
from app.points.ledger import Entry
from app.points.service import find_entry


@dataclass(frozen=True, slots=True)
class Held:
    """An entry whose member's ledger is held until the transaction ends; ``reversal`` has undone it, if any."""

    entry: Entry
    reversal: Entry | None


@dataclass(frozen=True, slots=True)
class UnderAppeal:
    """A member's disputed entries of a cycle, and what of them and of what was booked along counts now."""

    entries: tuple[UUID, ...]
    live: tuple[Entry, ...]


def hold(connection: Connection, actor: Actor, entry_id: UUID) -> Held:
    """The entry as it stands; nobody adds to the member's cycle, or reverses in it, before the transaction ends.

    Raises NotFound.
    """
    entry = find_entry(connection, actor, entry_id)
    store.lock_balances(connection, actor.district_id, {entry.cycle: [entry.member_id]})
    return Held(entry, store.find_reversal(connection, actor.district_id, entry_id))


def reversal_of(connection: Connection, actor: Actor, entry_id: UUID) -> Entry | None:
    """The entry that undid this one."""
    return store.find_reversal(connection, actor.district_id, entry_id)


def dispute(connection: Connection, actor: Actor, held: Held) -> None:
    """From now on the entry sets nothing off; once more is no more."""
    disputing_store.insert_dispute(connection, actor.district_id, held.entry)


def end_dispute(connection: Connection, actor: Actor, entry_id: UUID) -> None:
    """The entry counts as any other, if it still does."""
    disputing_store.delete_dispute(connection, actor.district_id, entry_id)


def in_dispute(
    connection: Connection, actor: Actor, cycle: str, *, member_id: UUID | None = None, dated_by: date | None = None
) -> dict[UUID, UnderAppeal]:
    """By member, what is under appeal of a cycle; ``dated_by`` looks only at entries dated up to a day."""
    district_id = actor.district_id
    disputed = reading_store.list_disputed(connection, district_id, cycle, member_id=member_id, dated_by=dated_by)
    if not disputed:
        return {}
    causes = {one.cause for one in disputed if one.cause is not None}
    along = reading_store.list_along(connection, district_id, causes) if causes else []
    families = {one.id: one for one in (*disputed, *along)}
    undone = store.find_reversed(connection, district_id, families)
    ended = {one.cause for one in families.values() if one.id in undone}
    live = [
        one for one in families.values() if one.id not in undone and (one.reverses is None or one.cause not in ended)
    ]
    found: dict[UUID, list[Entry]] = {}
    for one in disputed:
        found.setdefault(one.member_id, []).append(one)
    return {
        member: UnderAppeal(tuple(one.id for one in own), tuple(one for one in live if one.member_id == member))
        for member, own in found.items()
    }
