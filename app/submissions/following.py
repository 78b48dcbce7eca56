"""What is under review waits for somebody else: the member has moved, or who was asked has had a hand in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.errors import LongwenError
from app.messages.core import Message, Recipient
from app.messages.texts import Kind as Told
from app.points.gathering import Background
from app.submissions import store, store_steps
from app.submissions.core import Submission
from app.submissions.core_states import SubmissionState
from app.submissions.flowing import Flow


def follow(connection: Connection, actor: Actor, paths: Mapping[UUID, str]) -> list[Message]:
    """Hand what is under review about these members to the reviewers at their present paths; what to tell of it.

    Call it before the ledger is held: a decision holds its submission first. What was approved step by step stays so,
    and what is booked in the end stays with the branch of its day.
    """
    district_id = actor.district_id
    held = store.lock_submissions(connection, district_id, store.list_under_review_of(connection, district_id, paths))
    waiting = [one for one in held.values() if one.state is SubmissionState.SUBMITTED]
    if not waiting:
        return []
    members = {one.posting.member_id for one in waiting}
    flow = Flow(connection, actor, Background.read(connection, actor, members))
    steps = store_steps.list_steps(connection, district_id, held)
    hearings = store_steps.list_hearings(connection, district_id, held)
    for before in waiting:
        one = replace(before, path=paths[before.posting.member_id])
        try:
            item = flow.item_of(one.posting)
        except LongwenError:
            store.update_submission(connection, district_id, one)
            continue  # a change of the book: the daily look asks once that is put right
        hearing = hearings[one.id][-1] if hearings[one.id] else None
        if not item.heard or (hearing is not None and hearing.is_over(actor.today)):
            one = _asked_again(flow, one, flow.ask_reviewers(one, item, steps[one.id]))
        elif hearing is not None and hearing.due_on is None:
            facts = {**flow.proposal(one, item), "member": flow.name_of(one)}
            for account in flow.tellers(one, item):
                flow.tell(Recipient(account_id=account), Told.TELLING_ASKED, one, facts)
        store.update_submission(connection, district_id, one)
    return flow.messages  # told by the caller, once the ledger is done: inboxes are held last


def add_writers(
    connection: Connection, actor: Actor, background: Background, written: Mapping[UUID, Collection[UUID]]
) -> None:
    """Those on whose records a proposal rests by now, beside who was known: they neither decide it nor an appeal.

    By the proposal's id. One that waits for reviewers waits for those who are left.
    """
    district_id = actor.district_id
    known = store.find_submissions(connection, district_id, written)
    added = [one.id for one in known.values() if not {*written[one.id]} <= {one.posting.recorded_by, *_writers(one)}]
    if not added:
        return
    held = store.lock_submissions(connection, district_id, added)
    steps = store_steps.list_steps(connection, district_id, held)
    flow = Flow(connection, actor, background)
    for before in held.values():
        writers = {*_writers(before), *written[before.id]} - {before.posting.recorded_by}
        one = replace(before, papers=replace(before.papers, writers=tuple(sorted(writers))))
        if before.state is SubmissionState.SUBMITTED and set(before.asked) - {flow.about(before)}:
            one = _asked_again(flow, before, flow.ask_reviewers(one, flow.item_of(one.posting), steps[one.id]))
        store.update_submission(connection, district_id, one)
    flow.finish()


def _writers(submission: Submission) -> tuple[UUID, ...]:
    return submission.papers.writers


def _asked_again(flow: Flow, before: Submission, after: Submission) -> Submission:
    """With the day by which it is due, where reviewers were asked before."""
    waited_for_reviewers = set(before.asked) - {flow.about(before)}
    return replace(after, due_on=before.due_on) if waited_for_reviewers and before.due_on else after
