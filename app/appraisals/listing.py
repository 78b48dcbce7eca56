"""The verbs of duty lists: set by the committee, reported by the secretary, confirmed by the committee."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from operator import eq
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import refusals, store, store_responsibilities, telling
from app.appraisals.core import PAGE_MAX, Action
from app.appraisals.core_responsibilities import (
    STATE_AFTER,
    Responsibility,
    ResponsibilityState,
    ResponsibilityView,
    Verdict,
    WantedList,
)
from app.appraisals.gathering import done, is_secretary_of, was_made
from app.auth.core import Actor, Permission
from app.files import service as files
from app.files.core import Evidence, Owner, OwnerKind
from app.kit.digests import canonical, digest
from app.kit.errors import Faults, NotFound
from app.kit.ids import new_id
from app.kit.words import Words
from app.messages import service as messages
from app.points.refusals import IdUsed
from app.ratings.core import Step
from app.roster import service as roster
from app.roster.core import OrganisationKind


def set_items(connection: Connection, actor: Actor, wanted: WantedList) -> tuple[tuple[Responsibility, ...], bool]:
    """Put items on the lists of branches; the same id and content again is a retry (the second value).

    Raises NotFound, IdUsed, and BatchRefused with every list that is closed or one's own, and every day at fault.
    """
    before = store_responsibilities.list_batch(connection, actor.district_id, wanted.id)
    if before:
        if before[0].input_digest != wanted.digest():
            raise IdUsed(id=str(wanted.id), field="id")
        return tuple(before), True
    places = {one.id: one for one in roster.organisations(connection, actor.district_id)}
    faults = Faults()
    for index, branch_id in enumerate(wanted.branches):
        place = places.get(branch_id)
        is_branch = place is not None and place.kind is OrganisationKind.BRANCH and place.until_on is None
        if place is None or not is_branch or not actor.may(Permission.APPRAISAL_SIGN, place.path):
            raise NotFound(what="branch", field="branches")
        if is_secretary_of(actor, place.path):
            faults.add(index, refusals.OwnAppraisal(field="branches"))
        elif store.is_past(connection, actor.district_id, branch_id, str(wanted.year)):
            faults.add(index, refusals.ListClosed(year=wanted.year, field="branches"))
    for index, (_, due_on) in enumerate(wanted.items):
        if due_on.year != wanted.year:
            faults.add(index, refusals.DueOutsideYear(day=due_on.isoformat(), year=wanted.year, field="items"))
    faults.raise_any()
    made = [
        Responsibility(
            id=new_id(),
            batch_id=wanted.id,
            year=str(wanted.year),
            branch_id=branch_id,
            path=places[branch_id].path,
            text=text,
            due_on=due_on,
            state=ResponsibilityState.OPEN,
            set_by=actor.account_id,
            set_at=actor.at,
            input_digest=wanted.digest(),
        )
        for branch_id in sorted(wanted.branches)
        for text, due_on in wanted.items
    ]
    for branch_id in sorted(wanted.branches):
        store.lock_open(connection, actor.district_id, branch_id)
    store_responsibilities.insert_items(connection, actor.district_id, made)
    messages.tell(connection, actor, telling.listed(connection, actor, str(wanted.year), made))
    return tuple(made), False


def report(
    connection: Connection, actor: Actor, item_id: UUID, step: Step, hashes: Collection[str]
) -> ResponsibilityView:
    """The secretary says that an item is done, with evidence. Raises NotFound, IdUsed, AppraisalMoved, ListClosed,
    ItemIsElsewhere, ProofMissing.
    """
    found = _held(connection, actor, item_id, Permission.APPRAISAL_KEEP)
    sent = digest(canonical([str(item_id), Action.REPORTED.value, step.basis, sorted(hashes)]))
    if was_made(connection, actor, step.id, sent):
        return replace(_view(connection, actor, found), replayed=True)
    _check(connection, actor, found, step, ResponsibilityState.OPEN, ResponsibilityState.REPORTED)
    owner = Owner(OwnerKind.RESPONSIBILITY, item_id)
    if not hashes and not files.files_of(connection, actor, owner.kind, [item_id]):
        raise refusals.ProofMissing(
            name=found.text, wanted=Words("证明材料", "what shows that it was done"), field="files"
        )
    if hashes:
        files.attach(connection, actor, hashes, owner, may_see=partial(eq, owner))
    state = ResponsibilityState.REPORTED
    values = {"state": state, "report": step.basis, "reported_by": actor.account_id}
    store_responsibilities.update_item(connection, actor.district_id, found, **values)
    _note(connection, actor, found, Action.REPORTED, step, state.value, sent)
    return _view(connection, actor, found)


def judge(connection: Connection, actor: Actor, item_id: UUID, step: Step, verdict: Verdict) -> ResponsibilityView:
    """The committee confirms an item, finds it unmet, returns the report, or drops it; never by who reported it, nor by
    the branch's own secretary.

    Raises NotFound, IdUsed, AppraisalMoved, OwnAppraisal, ListClosed, ItemIsElsewhere, NotDueYet.
    """
    found = _held(connection, actor, item_id, Permission.APPRAISAL_SIGN)
    if is_secretary_of(actor, found.path) or actor.account_id in {found.reported_by} - {None}:
        raise refusals.OwnAppraisal(field="id")
    sent = digest(canonical([str(item_id), Action.JUDGED.value, step.basis, verdict.value]))
    if was_made(connection, actor, step.id, sent):
        return replace(_view(connection, actor, found), replayed=True)
    states = set(ResponsibilityState) - {ResponsibilityState.DROPPED}
    if verdict is Verdict.RETURNED:
        states = {ResponsibilityState.REPORTED}
    _check(connection, actor, found, step, *states)
    if verdict is Verdict.UNMET and actor.today <= found.due_on:
        raise refusals.NotDueYet(due_on=found.due_on.isoformat(), field="verdict")
    state = STATE_AFTER[verdict]
    values = {"state": state, "verdict": step.basis, "judged_by": actor.account_id}
    store_responsibilities.update_item(connection, actor.district_id, found, **values)
    _note(connection, actor, found, Action.JUDGED, step, verdict.value, sent)
    return _view(connection, actor, found)


def page(
    connection: Connection,
    actor: Actor,
    *,
    year: int | None = None,
    branch_id: UUID | None = None,
    state: ResponsibilityState | None = None,
    after: UUID | None = None,
    count_max: int = 50,
) -> tuple[tuple[Responsibility, ...], UUID | None]:
    """Those in reach by id, with the cursor to go on from: of the own branch, or below one's office."""
    paths = None if actor.is_service else _reach(actor)
    if paths == ():
        return (), None
    count = min(count_max, PAGE_MAX)
    found = store_responsibilities.page_items(
        connection,
        actor.district_id,
        paths=paths,
        year=None if year is None else str(year),
        branch_id=branch_id,
        state=state,
        after=after,
        count_max=count + 1,
    )
    return tuple(found[:count]), found[count - 1].id if len(found) > count else None


def get(connection: Connection, actor: Actor, item_id: UUID) -> ResponsibilityView:
    """An item with its steps and evidence. Raises NotFound."""
    found = store_responsibilities.find_item(connection, actor.district_id, item_id)
    if found is None or not _may_see(actor, found):
        raise NotFound(what="responsibility", field="responsibility")
    return _view(connection, actor, found)


def evidence(connection: Connection, actor: Actor, item_id: UUID, content_hash: str, *, request_id: str) -> Evidence:
    """One file of an item, for who sees the item. Raises NotFound."""
    found = get(connection, actor, item_id).responsibility
    owner = Owner(OwnerKind.RESPONSIBILITY, found.id)
    return files.evidence_of(connection, actor, owner, content_hash, request_id=request_id)


def _reach(actor: Actor) -> tuple[str, ...]:
    return (*actor.reach(Permission.APPRAISAL_REVIEW), *actor.reach(Permission.APPRAISAL_KEEP))


def _may_see(actor: Actor, found: Responsibility) -> bool:
    either = (Permission.APPRAISAL_REVIEW, Permission.APPRAISAL_KEEP)
    return any(actor.may(one, found.path) for one in either)


def _held(connection: Connection, actor: Actor, item_id: UUID, permission: Permission) -> Responsibility:
    """The item, held with the branch's open appraisals: first those, as whoever signs does. Raises NotFound."""
    found = store_responsibilities.find_item(connection, actor.district_id, item_id)
    if found is None or not actor.may(permission, found.path):
        raise NotFound(what="responsibility", field="responsibility")
    store.lock_open(connection, actor.district_id, found.branch_id)
    held = store_responsibilities.find_item(connection, actor.district_id, item_id, lock=True)
    if held is None:
        raise AssertionError("items are never removed")
    return held


def _check(
    connection: Connection, actor: Actor, found: Responsibility, step: Step, *states: ResponsibilityState
) -> None:
    if step.seen is not None and step.seen != found.version:
        raise refusals.AppraisalMoved(seen=step.seen, now=found.version, field="seen")
    if found.state not in states:
        raise refusals.ItemIsElsewhere(state=_STATES[found.state], field="id")
    if store.is_past(connection, actor.district_id, found.branch_id, found.year):
        raise refusals.ListClosed(year=found.year, field="id")


def _note(
    connection: Connection, actor: Actor, found: Responsibility, action: Action, step: Step, about: str, sent: bytes
) -> None:
    made = done(actor, action, responsibility_id=found.id, basis=step.basis, about=about, input_digest=sent)
    store.insert_steps(connection, actor.district_id, [replace(made, id=step.id)])


def _view(connection: Connection, actor: Actor, of: Responsibility) -> ResponsibilityView:
    found = store_responsibilities.find_item(connection, actor.district_id, of.id)
    steps = store.list_steps(connection, actor.district_id, responsibilities=[of.id])
    kept = files.files_of(connection, actor, OwnerKind.RESPONSIBILITY, [of.id])
    return ResponsibilityView(found or of, tuple(steps), kept.get(of.id, ()))


_STATES = {
    **{one: refusals.STATES[one.value] for one in ResponsibilityState},
    ResponsibilityState.OPEN: refusals.NOT_REPORTED,
}
