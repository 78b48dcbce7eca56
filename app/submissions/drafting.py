"""What who records a proposal does with it: keep it as a draft, edit it, hand it in, withdraw it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.files.core import OwnerKind
from app.kit.errors import NotFound
from app.points import refusals
from app.points.gathering import Background
from app.points.ledger import Posting
from app.points.refusals import NotAMemberThen, UnknownItem
from app.rules.core import Kind
from app.submissions import store
from app.submissions.clerk import Clerk
from app.submissions.core import Content, Papers, Submission, is_recorders, is_visible
from app.submissions.core_content import check_content, worth_of
from app.submissions.core_states import (
    OPEN_TO_EDIT,
    OPEN_TO_WITHDRAW,
    Action,
    Moved,
    NotAProposal,
    NotYours,
    SeenMissing,
    StateForbids,
    SubmissionState,
)
from app.submissions.flowing import Flow


def save(connection: Connection, actor: Actor, request: Posting, papers: Papers) -> tuple[Submission, bool]:
    """Keep a draft, and whether it was there already. It may be incomplete: that is tested when it is handed in.

    Raises NotAMemberThen, UnknownItem, OwnRow, NotYourItem, NotAProposal, IdUsed, and NotFound for a file.
    """
    clerk = Clerk(connection, actor, [request], {request.id: papers})
    there, item, decimals = clerk.found(0)
    clerk.check_rights(there, item)
    if item.kind is Kind.ROUTINE and not clerk.is_own(there):
        raise NotAProposal(item=item.code, field="item")
    clerk.check_declared(request, there, item)
    fresh = clerk.proposal(request, there, item, decimals)
    before = clerk.known.get(request.id)
    if (
        before is not None
        and before.sent_digest == fresh.sent_digest
        and before.posting.recorded_by == actor.account_id
    ):
        return before, True
    if before is not None or clerk.is_used(request.id):
        raise refusals.IdUsed(id=str(request.id), field="id")
    flow = Flow(connection, actor, clerk.background)
    saved = flow.step(fresh, Action.SAVED)
    store.insert_submissions(connection, actor.district_id, [saved])
    clerk.attach(request.id, OwnerKind.SUBMISSION)
    flow.finish()
    return saved, False


def edit(
    connection: Connection, actor: Actor, submission_id: UUID, content: Content, *, seen: int | None = None
) -> Submission:
    """Put other content in the place of a draft's, or of one that was returned. The same again changes nothing.

    Raises NotFound, NotYours, StateForbids, Moved and the refusals of ``save``.
    """
    before, _ = _held(connection, actor, submission_id)
    posting = replace(
        before.posting,
        item=content.item,
        effective_on=content.effective_on,
        outcome=content.outcome,
        tier=content.tier,
        units=content.units,
        chosen=content.chosen,
        matter=content.matter,
        reason=content.reason,
        costs=content.costs,
    )
    evidence = before.papers.evidence if content.evidence is None else content.evidence
    papers = replace(before.papers, evidence=evidence, key_work=content.key_work)
    if (posting, papers) == (before.posting, before.papers):
        return before
    _check(before, OPEN_TO_EDIT, seen)
    clerk = Clerk(connection, actor, [posting], {submission_id: papers})
    there, item, decimals = clerk.found(0)
    clerk.check_rights(there, item)
    if item.kind is Kind.ROUTINE and not clerk.is_own(there):
        raise NotAProposal(item=item.code, field="item")
    clerk.check_declared(posting, there, item)
    fresh = clerk.proposal(posting, there, item, decimals)
    flow = Flow(connection, actor, clerk.background)
    edited = replace(
        before,
        posting=posting,
        papers=papers,
        branch_id=fresh.branch_id,
        path=fresh.path,
        kind=fresh.kind,
        worth=fresh.worth,
    )
    edited = flow.step(edited, Action.EDITED)
    store.update_submission(connection, actor.district_id, edited)
    clerk.attach(submission_id, OwnerKind.SUBMISSION)
    flow.finish()
    return edited


def submit(
    connection: Connection, actor: Actor, submission_id: UUID, *, seen: int | None = None
) -> tuple[Submission, bool]:
    """Hand in a draft, or again what was returned, and whether that was done already.

    Raises NotFound, NotYours, StateForbids, Moved, SeenMissing for what was returned, and whatever is missing or
    no longer fits.
    """
    before, _ = _held(connection, actor, submission_id)
    if before.state is SubmissionState.SUBMITTED:
        return before, True
    _check(before, OPEN_TO_EDIT, seen)
    if seen is None and before.state is SubmissionState.RETURNED and not actor.is_service:
        raise SeenMissing(now=before.version, field="seen")
    clerk = Clerk(connection, actor, [before.posting], {submission_id: before.papers})
    there, item, decimals = clerk.found(0)
    clerk.check_rights(there, item)
    check_content(item, before.posting, before.papers, decimals, actor.today)
    clerk.check_cited(before.posting, before.papers)
    flow = Flow(connection, actor, clerk.background)
    handed = flow.hand_in(replace(before, worth=worth_of(item, before.posting, decimals)), item)
    store.update_submission(connection, actor.district_id, handed)
    flow.finish()
    return handed, False


def withdraw(
    connection: Connection, actor: Actor, submission_id: UUID, note: str | None, *, seen: int | None = None
) -> tuple[Submission, bool]:
    """Take a proposal back before it is decided, and whether that was done already.

    Raises NotFound, NotYours, StateForbids and Moved.
    """
    before, background = _held(connection, actor, submission_id)
    if before.state is SubmissionState.WITHDRAWN:
        return before, True
    _check(before, OPEN_TO_WITHDRAW, seen)
    flow = Flow(connection, actor, background)
    gone = replace(before, state=SubmissionState.WITHDRAWN, asked=(), due_on=None)
    gone = flow.step(gone, Action.WITHDRAWN, note)
    with suppress(NotAMemberThen, UnknownItem):  # whatever the roster or the book says now, it is taken back
        flow.drop_hearing(gone, flow.item_of(gone.posting))
    store.update_submission(connection, actor.district_id, gone)
    flow.finish()
    return gone, False


def _check(found: Submission, open_states: Collection[SubmissionState], seen: int | None) -> None:
    if found.state not in open_states:
        raise StateForbids(found.state)
    if seen is not None and seen != found.version:
        raise Moved(seen=seen, now=found.version, field="seen")


def _held(connection: Connection, actor: Actor, submission_id: UUID) -> tuple[Submission, Background]:
    """The submission, locked, for its recorder. Raises NotFound and NotYours."""
    found = store.lock_submissions(connection, actor.district_id, [submission_id]).get(submission_id)
    if found is None:
        raise NotFound(what="submission", field="id")
    background = Background.read(connection, actor, [found.posting.member_id])
    history = background.histories[found.posting.member_id]
    if not is_visible(actor, found, history):
        raise NotFound(what="submission", field="id")
    if not is_recorders(actor, found, history):
        raise NotYours(field="id")
    return found, background
