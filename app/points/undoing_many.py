"""Undoing many entries as one: everything is locked in one order, and read and written once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.points import service, store
from app.points.gathering import held_quarters, histories_of
from app.points.ledger import Entry, Posting, Source
from app.points.undoing import Surroundings, restored_id, undo_family
from app.points.views import Effect
from app.points.working import Work


@dataclass(frozen=True, slots=True)
class Undone:
    """Which entries are undone now, and what that did to the standings; ``gone`` were undone before."""

    entries: tuple[Entry, ...]
    gone: frozenset[UUID]
    effects: Mapping[tuple[str, UUID], Effect]


def reversed_among(connection: Connection, actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Those of the entries that a reversal has undone."""
    return store.find_reversed(connection, actor.district_id, ids)


def reverse_many(
    connection: Connection,
    actor: Actor,
    wanted: Mapping[UUID, UUID],
    reason: str | Mapping[UUID, str],
    *,
    batch: UUID | None = None,
    replaced: bool = False,
) -> Undone:
    """Undo entries, each under the id given for it, with what was posted along; what is undone already stays so.

    Findings go first and one by one, since undoing one moves what it cost to another. What one of them had displaced,
    and is wanted gone too, goes with the rest. The number of statements grows with the findings only. ``replaced``: the
    caller decides the duties anew. ``reason`` is one for all, or each entry's own. Raises the refusals of reversals.
    """
    district_id = actor.district_id
    reasons = dict.fromkeys(wanted, reason) if isinstance(reason, str) else reason
    entries = store.find_entries(connection, district_id, wanted)
    if not entries:
        return Undone((), frozenset(), {})
    held = _locked(connection, actor, entries.values())  # before the findings take their members one after another
    gone = store.find_reversed(connection, district_id, entries)
    live = [one for one in entries.values() if one.id not in gone]
    findings = [one for one in live if one.cause is not None]
    restored: dict[UUID, UUID] = {}
    for one in findings:
        service.reverse(connection, actor, one.id, wanted[one.id], reasons[one.id], replaced=replaced)
        restored |= {restored_id(wanted[one.id], before): before for before in gone}
    again = store.find_entries(connection, district_id, restored) if restored else {}
    plain = [*(one for one in live if one.cause is None), *again.values()]
    work = _locked(connection, actor, entries.values())
    around = _surroundings(work, plain)
    for one in plain:
        of = restored.get(one.id, one.id)
        asked = _asked(actor, one, wanted[of], reasons[of], batch)
        undo_family(work, one, [one], asked, replaced=replaced, around=around)
    effects = work.finish()
    return Undone(
        entries=tuple(live) + tuple(again.values()),
        gone=frozenset(gone),
        effects={key: replace(one, before=held.before[key]) for key, one in effects.items() if key in held.before},
    )


def _locked(connection: Connection, actor: Actor, entries: Collection[Entry]) -> Work:
    histories = histories_of(connection, actor, {one.member_id for one in entries})
    quarters = held_quarters(connection, actor, [one.effective_on for one in entries])
    members = {(one.cycle, one.member_id) for one in entries}
    return Work.locked(connection, actor, histories, quarters, members)


def _surroundings(work: Work, plain: Sequence[Entry]) -> Surroundings:
    """Of entries that have no cause in common with any other."""
    connection, district_id = work.connection, work.actor.district_id
    by_cycle: dict[str, set[UUID]] = {}
    for one in plain:
        by_cycle.setdefault(one.cycle, set()).add(one.member_id)
    findings: dict[tuple[str, UUID], list[Entry]] = {}
    for cycle in sorted(by_cycle):
        findings |= store.list_live_faults_of(connection, district_id, cycle, by_cycle[cycle])
    duties = store.find_duties_of_entries(connection, district_id, [one.id for one in plain])
    return Surroundings(frozenset(), duties, (), findings)


def _asked(actor: Actor, entry: Entry, reversal_id: UUID, reason: str, batch: UUID | None) -> Posting:
    """A reversal as whoever asks for a single one sends it."""
    return Posting(
        id=reversal_id,
        member_id=entry.member_id,
        item=entry.item,
        effective_on=entry.effective_on,
        matter=str(entry.id),
        reason=reason,
        source=Source.RECORD,
        recorded_by=actor.account_id,
        batch=batch,
    )
