"""Duties that a session settles: looked at while they are held, waived where none is asked, and asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles.core import quarter_on
from app.kit.ids import new_id
from app.points import store, undoing_many, waiving_store
from app.points.gathering import Background, held_quarters
from app.points.ledger import DutyKey, DutyRow, DutyState, Entry, duty_window
from app.points.working import Work

_CHUNK = 1000


def duties_on(
    connection: Connection, actor: Actor, background: Background, item: str, days: Mapping[UUID, date]
) -> dict[UUID, DutyRow]:
    """The duty of the item in the window that holds each member's day; who owes none is left out.

    Members enter the quarter where they have not yet. Their standings stay locked until the transaction ends, so that
    nobody else decides these duties in between. Raises NoCycle and NoEditionInForce.
    """
    work = Work.begun(connection, actor, background, set(days.items()))
    work.finish()
    keys = {}
    for member_id, day in days.items():
        cycle = quarter_on(background.quarters, day).cycle
        regime = background.regime_of(member_id, day)
        owed = None if regime is None else regime.items.get(item)
        if owed is not None and owed.duty is not None and not owed.retired:
            keys[member_id] = DutyKey(cycle, member_id, item, duty_window(owed.duty, day, cycle))
    rows = store.find_duties(connection, actor.district_id, keys.values())
    return {member_id: rows[key] for member_id, key in keys.items() if key in rows}


def waive(connection: Connection, actor: Actor, keys: Collection[DutyKey], reason: str) -> list[DutyKey]:
    """Waive the duties that nothing has decided yet, for a reason that ``ask_again`` knows them by; those waived."""
    return _turn(connection, actor, keys, DutyState.EXPECTED, None, DutyState.WAIVED, reason)


def give_back(connection: Connection, actor: Actor, keys: Collection[DutyKey], reason: str) -> dict[DutyKey, Entry]:
    """Reverse what the missed ones of these duties cost, so that they can be waived; the entries that were undone.

    What a finding took stands: it is not for what was not asked. Raises the refusals of reversals.
    """
    found = _losses(connection, actor, keys)
    if not found:
        return {}
    held_quarters(connection, actor, [one.effective_on for one in found.values()])  # before the standings
    waiving_store.lock_standings(connection, actor.district_id, found)
    lost = {key: one for key, one in _losses(connection, actor, found).items() if found[key] == one}
    wanted = {one.id: new_id() for one in lost.values()}
    undoing_many.reverse_many(connection, actor, wanted, reason, batch=new_id(), replaced=True)
    return lost


def _losses(connection: Connection, actor: Actor, keys: Collection[DutyKey]) -> dict[DutyKey, Entry]:
    """What the missed ones lost, but for what a finding took."""
    rows = store.find_duties(connection, actor.district_id, keys).values()
    missed = {row.entry_id: row.key for row in rows if row.state is DutyState.MISSED and row.source != "finding"}
    entries = store.find_entries(connection, actor.district_id, [one for one in missed if one is not None])
    return {missed[one.id]: one for one in entries.values() if one.cause is None}


def ask_again(connection: Connection, actor: Actor, keys: Collection[DutyKey], reason: str) -> list[DutyKey]:
    """Undo a waiver: what was waived for this reason, and no other, is due again; those that are."""
    return _turn(connection, actor, keys, DutyState.WAIVED, reason, DutyState.EXPECTED, None)


def _turn(
    connection: Connection,
    actor: Actor,
    keys: Iterable[DutyKey],
    state: DutyState,
    source: str | None,
    wanted: DutyState,
    reason: str | None,
) -> list[DutyKey]:
    """Bring duties from one state and source to another, by standing in the order of cycle and member."""
    ordered = sorted(keys, key=lambda key: (key.cycle, key.member_id, key.item, key.window))
    turned: list[DutyKey] = []
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        waiving_store.lock_standings(connection, actor.district_id, chunk)
        rows = store.find_duties(connection, actor.district_id, chunk)
        found = [rows[key] for key in chunk if key in rows]
        due = [
            row
            for row in found
            if row.state is state and row.entry_id is None and (source is None or row.source == source)
        ]
        store.update_duties(
            connection, actor.district_id, [replace(row, state=wanted, source=reason, entry_id=None) for row in due]
        )
        turned += [row.key for row in due]
    return turned
