"""Inspecting a sample (季检查抽查): who compared which record with its evidence, what was found, and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Permission, Role
from app.digests import inspection_store as store
from app.digests import service
from app.digests import store as snapshots
from app.digests.core import DigestKind, Snapshot, Task
from app.digests.core_inspecting import (
    Inspected,
    Inspection,
    InspectionPage,
    NotInSample,
    OwnRecord,
    sampled,
)
from app.kit.errors import Faults, LongwenError, NotFound
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind
from app.points import service as points
from app.points.ledger import Entry
from app.points.refusals import IdUsed
from app.roster import service as roster

# How long a sample that nobody has finished is still among what waits.
LOOK_BACK = timedelta(days=370)


def inspect(connection: Connection, actor: Actor, digest_id: UUID, asked: Sequence[Inspection]) -> Inspected:
    """Record what was found of sampled entries: all or nothing; the same again under its id is a retry.

    An entry may be looked at again: the last finding holds, and those before stay. Raises NotFound, and BatchRefused
    with NotInSample, OwnRecord and IdUsed.
    """
    snapshot = service.snapshot(connection, actor, digest_id)
    if not actor.may(Permission.DIGEST_INSPECT, snapshot.path):
        raise NotFound(what="digest", field="digest_id")
    known = store.find_inspections(connection, actor.district_id, [one.id for one in asked])
    entries = points.entries_by_id(connection, actor, [one.entry_id for one in asked])
    histories = roster.histories(connection, actor.district_id, {one.member_id for one in entries.values()})
    accounts = {member_id: one.account_id for member_id, one in histories.items()}
    faults = Faults()
    for index, one in enumerate(asked):
        fault = _fault(actor, snapshot, one, known, entries, accounts)
        if fault is not None:
            faults.add(index, fault)
    faults.raise_any()
    fresh = [one for one in asked if one.id not in known]
    store.insert_inspections(connection, actor.district_id, digest_id, fresh, actor.at, actor.account_id)
    messages.tell(connection, actor, _told(connection, actor, snapshot, fresh))
    return Inspected(page(connection, actor, digest_id), replayed=bool(asked) and not fresh)


def _fault(
    actor: Actor,
    snapshot: Snapshot,
    one: Inspection,
    known: Mapping[UUID, Inspection],
    entries: Mapping[UUID, Entry],
    accounts: Mapping[UUID, UUID | None],
) -> LongwenError | None:
    if one.id in known:
        return None if known[one.id] == one else IdUsed(id=str(one.id), field="id")
    entry = entries.get(one.entry_id)
    if entry is None or one.entry_id not in sampled(snapshot):
        return NotInSample(entry=str(one.entry_id), field="entry_id")
    concerned = (entry.recorded_by, entry.approved_by, accounts.get(entry.member_id))
    if actor.account_id is not None and actor.account_id in concerned:
        return OwnRecord(entry=str(one.entry_id), field="entry_id")
    return None


def _told(connection: Connection, actor: Actor, snapshot: Snapshot, fresh: Sequence[Inspection]) -> list[Message]:
    """To the secretaries of branches in whose records something was not in order."""
    wrong = {one.entry_id for one in fresh if not one.in_order}
    counts: Counter[tuple[str, str]] = Counter()
    for branch in snapshot.content["sample"]["branches"] if wrong else ():
        number = sum(UUID(row["entry_id"]) in wrong for row in branch["entries"])
        if number:
            counts[branch["branch_id"], branch["name"]] += number
    if not counts:
        return []
    paths = {str(one.id): one.path for one in roster.organisations(connection, actor.district_id)}
    holders = auth.holders_at(connection, actor, {Role.SECRETARY}, [paths[branch_id] for branch_id, _ in counts])
    about = Subject("digest", snapshot.id)
    return [
        Message(
            Recipient(account_id=account),
            Kind.SAMPLE_WRONG,
            about,
            {"branch": name, "window": snapshot.period, "count": number},
            occasion=str(fresh[0].id),
        )
        for (branch_id, name), number in counts.items()
        for account, _ in holders[paths[branch_id]]
    ]


def page(connection: Connection, actor: Actor, digest_id: UUID) -> InspectionPage:
    """The sample of a digest with the last finding of each entry, and by whom. Raises NotFound."""
    snapshot = service.snapshot(connection, actor, digest_id)
    done = store.list_last(connection, actor.district_id, [digest_id])
    return InspectionPage(snapshot, sampled(snapshot), {one.inspection.entry_id: one for one in done})


def waiting(connection: Connection, actor: Actor) -> list[Task]:
    """By scope, the entries drawn that nobody has looked at yet; due ten working days after the sample."""
    since = actor.at - LOOK_BACK
    drawn = [
        one for one in snapshots.list_since(connection, actor.district_id, DigestKind.QUARTER, since) if sampled(one)
    ]
    done = Counter(one.digest_id for one in store.list_last(connection, actor.district_id, [one.id for one in drawn]))
    found = []
    for one in drawn:
        left = len(sampled(one)) - done[one.id]
        if left <= 0:
            continue
        due_on = date.fromisoformat(one.content["sample"]["inspect_by"])
        late = due_on < actor.today
        found.append(
            Task(one.path, "sample", 0 if late else left, None if late else due_on, left if late else 0,
                 due_on if late else None)
        )  # fmt: skip
    return found
