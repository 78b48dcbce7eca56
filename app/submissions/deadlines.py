"""What the calendar brings: hearings end, reviewers are asked and reminded, and what was never handed in lapses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import QuarterState, place_of
from app.kit.errors import LongwenError
from app.messages.core import Recipient
from app.messages.texts import Kind as Told
from app.points.core_telling import titled
from app.points.gathering import Background, cycle_days
from app.rules.core import Item
from app.submissions import store, store_steps
from app.submissions.core import Submission
from app.submissions.core_hearing import Hearing
from app.submissions.core_states import OPEN_TO_EDIT, Action, Step, SubmissionState
from app.submissions.flowing import Flow


def keep(connection: Connection, actor: Actor) -> dict[str, int]:
    """Look after all that waits for somebody: who was asked, until when, and whether they still can.

    ``nobody`` counts what nobody may review, for want of a person who neither recorded it nor is concerned.
    """
    district_id = actor.district_id
    waiting = store.list_under_review(connection, district_id)
    held = store.lock_submissions(connection, district_id, waiting)
    steps = store_steps.list_steps(connection, district_id, held)
    hearings = store_steps.list_hearings(connection, district_id, held)
    members = {one.posting.member_id for one in held.values()}
    flow = Flow(connection, actor, Background.read(connection, actor, members))
    counts = {"asked": 0, "reminded": 0, "nobody": 0}
    for one in held.values():
        if one.state is not SubmissionState.SUBMITTED:
            continue  # decided while we waited for the lock
        try:
            item = flow.item_of(one.posting)
        except LongwenError:
            continue  # a change of the roster or the book: it waits until that is put right
        hearing = hearings[one.id][-1] if hearings[one.id] else None
        if item.heard and (hearing is None or not hearing.is_over(actor.today)):
            counts["reminded"] += _remind_member(flow, one, item, hearing)
            continue
        _keep_review(flow, one, item, steps[one.id], counts)
    flow.finish()
    return counts


def _remind_member(flow: Flow, one: Submission, item: Item, hearing: Hearing | None) -> bool:
    """On the last working day before the deadline."""
    if hearing is None or hearing.due_on is None or flow.working_days(1).day < hearing.due_on:
        return False
    facts: dict[str, str | int | None] = {"task": "hearing", **titled(item.name)}
    flow.tell(flow.member(one), Told.DEADLINE_NEAR, one, facts, due_on=hearing.due_on)
    return True


def _keep_review(flow: Flow, one: Submission, item: Item, steps: Sequence[Step], counts: dict[str, int]) -> None:
    """Ask whose turn it is now; an office may have changed hands since."""
    asked = flow.reviewers(one, item, steps)
    if not asked:
        counts["nobody"] += 1
    if set(asked) != set(one.asked):
        after = flow.ask_reviewers(one, item, steps)
        if set(one.asked) - {flow.about(one)}:  # reviewers, and not the member who was heard
            after = replace(after, due_on=one.due_on)
        store.update_submission(flow.connection, flow.actor.district_id, after)
        counts["asked"] += 1
    elif one.due_on is not None and flow.working_days(1).day >= one.due_on:
        facts: dict[str, str | int | None] = {"task": "review", **titled(item.name)}
        for account in one.asked:
            to = Recipient(account_id=account)
            flow.tell(to, Told.DEADLINE_NEAR, one, facts, due_on=one.due_on, at_stage=True)
        counts["reminded"] += 1


def lapse(connection: Connection, actor: Actor) -> dict[str, int]:
    """Drafts and returned proposals about a cycle whose last quarter is sealed have lapsed.

    What was handed in and not decided has not: it is not its recorder's fault, and is booked in the quarter that is
    open when it is decided.
    """
    quarters = cycles.quarters(connection, actor)
    over = [
        cycle_days(quarters, one.cycle)
        for one in quarters
        if one.state is QuarterState.SEALED and place_of(quarters, one).is_last
    ]
    if not over:
        return {"lapsed": 0}
    district_id = actor.district_id
    ids = store.list_unfinished(connection, district_id, [(one.starts_on, one.ends_on) for one in over])
    held = store.lock_submissions(connection, district_id, ids)
    members = {one.posting.member_id for one in held.values()}
    flow = Flow(connection, actor, Background.read(connection, actor, members))
    lapsed = 0
    for one in held.values():
        if one.state not in OPEN_TO_EDIT:
            continue  # handed in or withdrawn while we waited for the lock
        gone = replace(flow.step(one, Action.LAPSED), state=SubmissionState.LAPSED, asked=(), due_on=None)
        store.update_submission(connection, district_id, gone)
        lapsed += 1
        try:
            item = flow.item_of(one.posting)
        except LongwenError:
            continue
        flow.tell_recorder(Told.SUBMISSION_LAPSED, gone, item)
        flow.drop_hearing(gone, item)
    flow.finish()
    return {"lapsed": lapsed}
