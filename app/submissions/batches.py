"""What was recorded in one batch is taken back as one: entries reversed, proposals that still wait withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.errors import Faults, LongwenError, NotFound
from app.points import refusals, undoing_many
from app.points import service as points
from app.points.gathering import Background
from app.points.refusals import NotAMemberThen, UnknownItem
from app.points.views import Effect
from app.rules.core import Kind
from app.submissions import reversing, store, store_vetoes, vetoes
from app.submissions.core import Submission, may_see
from app.submissions.core_states import OPEN_TO_WITHDRAW, Action, SubmissionState
from app.submissions.core_vetoes import LiftedWhy
from app.submissions.flowing import Flow


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Which of the records were reversed and which withdrawn now; ``effects`` on standings that the caller reads."""

    reversed: frozenset[UUID]
    withdrawn: frozenset[UUID]
    effects: tuple[Effect, ...]


def submissions_by_id(connection: Connection, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Submission]:
    """Those of the ids that name a proposal, for rooms that have tested who may see them."""
    return store.find_submissions(connection, actor.district_id, ids)


def take_back(
    connection: Connection, actor: Actor, wanted: Mapping[UUID, UUID], reason: str, *, batch: UUID
) -> TakenBack:
    """Undo all records, each entry under the id given for it; what is undone, refused or withdrawn already stays so.

    Raises BatchRefused with every record that the caller could not take back alone: an entry is reversed by whoever
    could reverse it, a proposal withdrawn by its recorder or by whoever reverses entries where it was made. The
    index is that of the record in ``wanted``.
    """
    submissions = store.lock_submissions(connection, actor.district_id, wanted)
    entries = points.entries_by_id(connection, actor, wanted)
    gone = undoing_many.reversed_among(connection, actor, entries)
    waiting = [one for one in submissions.values() if one.state in OPEN_TO_WITHDRAW]
    members = {one.member_id for one in entries.values()} | {one.posting.member_id for one in waiting}
    flow = Flow(connection, actor, Background.read(connection, actor, members))
    faults = Faults()
    for index, record_id in enumerate(wanted):
        try:
            if record_id in entries and record_id not in gone:
                reversing.require_right(connection, actor, entries[record_id], flow.background)
            elif record_id in submissions and submissions[record_id].state in OPEN_TO_WITHDRAW:
                _require_withdrawal(flow, submissions[record_id])
        except LongwenError as error:
            faults.add(index, error)
    faults.raise_any()
    undone = undoing_many.reverse_many(connection, actor, {one: wanted[one] for one in entries}, reason, batch=batch)
    _withdraw(flow, waiting, reason)
    reversed_now = [one for one in undone.entries if one.id in wanted]
    held = store_vetoes.lock_vetoes(
        connection, actor.district_id, [one.id for one in reversed_now if one.kind is Kind.VETO]
    )
    vetoes.lifted_by_reversal(flow, [one for one in held if one.lifted_at is None], LiftedWhy.ANNULLED, reason)
    told = [reversing.message_of(flow.background, one, reason) for one in reversed_now if one.kind is not Kind.VETO]
    flow.finish(told)
    effects = tuple(
        one for (_, member_id), one in undone.effects.items() if may_see(actor, flow.background.histories[member_id])
    )
    return TakenBack(frozenset(entries) - undone.gone, frozenset(one.id for one in waiting), effects)


def _require_withdrawal(flow: Flow, submission: Submission) -> None:
    actor = flow.actor
    if actor.is_service or submission.posting.recorded_by == actor.account_id:
        return
    if not actor.may(Permission.ENTRY_REVERSE, submission.path):
        raise NotFound(what="submission", field="id")
    if flow.about(submission) == actor.account_id:
        raise refusals.OwnRow(field="id")


def _withdraw(flow: Flow, waiting: Collection[Submission], note: str) -> None:
    for one in waiting:
        gone = flow.step(replace(one, state=SubmissionState.WITHDRAWN), Action.WITHDRAWN, note)
        with suppress(NotAMemberThen, UnknownItem):  # whatever the roster or the book says now, it is taken back
            flow.drop_hearing(gone, flow.item_of(gone.posting))
    store.update_withdrawn(flow.connection, flow.actor.district_id, [one.id for one in waiting])
