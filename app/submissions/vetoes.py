"""Vetoes after their decision: filed with the district, listed, lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role
from app.auth.wording import any_role
from app.cycles import key_work
from app.cycles import service as cycles
from app.kit.errors import NotFound
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind as Told
from app.points import refusals
from app.points import service as points
from app.points.core_telling import titled
from app.points.gathering import Background
from app.points.ledger import Entry
from app.rules.core import Item
from app.rules.core import Veto as VetoRule
from app.submissions import store, store_vetoes
from app.submissions.core import PAGE_MAX, NotYourReview, OwnRecording, Reversed, Submission, may_see
from app.submissions.core_reviewing import may_review, steps_of
from app.submissions.core_states import Action
from app.submissions.core_vetoes import FiledAlready, LiftedAlready, LiftedWhy, Lifting, SoughtVetoes, Veto, VetoPage
from app.submissions.flowing import Flow, facts_of


def enter(flow: Flow, submission: Submission, item: Item, entry: Entry) -> None:
    """Write down a veto that was posted just now, and ask the district to file it."""
    rule = item.veto or VetoRule()
    ends_on = max(one.ends_on for one in cycles.quarters(flow.connection, flow.actor) if one.cycle == entry.cycle)
    number, found, cited = submission.papers.key_work, None, None
    if number is not None:
        found, entry_cited = key_work.cited(flow.connection, flow.actor, entry.effective_on, number)
        cited = f"{entry_cited.number} {entry_cited.text}"
    made = Veto(
        id=entry.id,
        member_id=entry.member_id,
        branch_id=entry.branch_id,
        path=submission.path,
        item=entry.item,
        cycle=entry.cycle,
        cycle_ends_on=ends_on,
        effective_on=entry.effective_on,
        effect=rule.effect,
        ground=rule.ground,
        key_work=cited,
        key_work_year=None if found is None else found.year,
        key_work_version=None if found is None else found.version,
        reason=submission.posting.reason,
        decided_at=flow.actor.at,
        decided_by=flow.actor.account_id,
    )
    store_vetoes.insert_veto(flow.connection, flow.actor.district_id, made)
    facts = {**facts_of(submission, item), "member": flow.name_of(submission)}
    for account, role in flow.holders(submission.path):
        if role is Role.DISTRICT_OFFICER:
            flow.tell(Recipient(account_id=account), Told.VETO_FILING_ASKED, submission, facts)


def file(
    connection: Connection, actor: Actor, veto_id: UUID, *, under: str | None, note: str | None
) -> tuple[Veto, bool]:
    """Acknowledge a veto for the district, under its file number; the same again changes nothing (True).

    Raises NotFound and FiledAlready.
    """
    found = _held(connection, actor, veto_id, Permission.VETO_FILE)
    if found.filed_at is not None:
        if found.filed_under == under:
            return found, True
        raise FiledAlready(day=found.filed_at.date().isoformat(), field="under")
    filed = replace(found, filed_at=actor.at, filed_by=actor.account_id, filed_under=under)
    store_vetoes.update_veto(connection, actor.district_id, filed)
    flow = Flow(connection, actor, Background.read(connection, actor, [found.member_id]))
    _step(flow, veto_id, Action.FILED, note)
    flow.finish()
    return filed, False


def lift(connection: Connection, actor: Actor, veto_id: UUID, lifting: Lifting) -> tuple[Veto, Reversed]:
    """Let a veto stand no longer, by reversing its entry; what followed from it meanwhile does not come back.

    By whoever may decide one, and neither by who proposed it nor about themselves. The same again changes nothing.
    Raises NotFound, OwnRow, OwnRecording, NotYourReview, LiftedAlready and the refusals of reversals.
    """
    found = _held(connection, actor, veto_id, Permission.ENTRY_REVERSE)
    flow = Flow(connection, actor, Background.read(connection, actor, [found.member_id]))
    history = flow.background.histories[found.member_id]
    submission = store.find_submissions(connection, actor.district_id, [veto_id])[veto_id]
    if actor.account_id is not None and history.account_id == actor.account_id:
        raise refusals.OwnRow(field="id")
    if actor.account_id is not None and submission.posting.recorded_by == actor.account_id:
        raise OwnRecording(field="id")
    item = flow.item_of(submission.posting)
    if not may_review(item, actor.roles_at(found.path), is_service=actor.is_service):
        raise NotYourReview(item=item.code, roles=any_role(one.value for one in steps_of(item)), field="id")
    if found.lifted_at is not None and (found.lifted_why, found.lifted_reason) != (lifting.why, lifting.reason):
        raise LiftedAlready(day=found.lifted_at.date().isoformat(), field="id")
    if store.find_submissions(connection, actor.district_id, [lifting.id]):
        raise refusals.IdUsed(id=str(lifting.id), field="id")
    posted = points.reverse(connection, actor, veto_id, lifting.id, lifting.reason)
    effects = tuple(posted.effects.values()) if may_see(actor, history) else ()
    lifted = found
    if found.lifted_at is None:
        (lifted,) = lifted_by_reversal(flow, [found], lifting.why, lifting.reason)
        flow.finish()
    return lifted, Reversed(posted.items[0], effects)


def lifted_by_reversal(flow: Flow, vetoes: Sequence[Veto], why: LiftedWhy, reason: str) -> list[Veto]:
    """Write down that vetoes, held, stand no longer since their entries were reversed; the caller finishes the flow."""
    actor, changed = flow.actor, []
    for found in vetoes:
        lifted = replace(found, lifted_at=actor.at, lifted_by=actor.account_id, lifted_why=why, lifted_reason=reason)
        store_vetoes.update_veto(flow.connection, actor.district_id, lifted)
        changed.append(lifted)
        submission = _step(flow, found.id, Action.LIFTED, reason)
        item = flow.item_of(submission.posting)
        facts = {
            **titled(item.name),
            "item": item.code,
            "lifted_on": actor.today.isoformat(),
            "reason": reason,
        }
        flow.messages.append(Message(flow.member(submission), Told.VETO_LIFTED, Subject("submission", found.id), facts))
    return changed


def lift_reversed(
    connection: Connection, actor: Actor, entry_ids: Sequence[UUID], why: LiftedWhy, reason: str
) -> list[Veto]:
    """For whoever has reversed entries: those that were vetoes stand no longer, and the members are told so.

    Call it last in the transaction, since it tells.
    """
    held = [one for one in store_vetoes.lock_vetoes(connection, actor.district_id, entry_ids) if one.lifted_at is None]
    if not held:
        return []
    flow = Flow(connection, actor, Background.read(connection, actor, {one.member_id for one in held}))
    lifted = lifted_by_reversal(flow, held, why, reason)
    flow.finish()
    return lifted


def page(
    connection: Connection, actor: Actor, sought: SoughtVetoes, *, after: tuple[datetime, UUID] | None, count_max: int
) -> VetoPage:
    """Those in the caller's reach, and the own ones."""
    count = min(count_max, PAGE_MAX)
    found = store_vetoes.list_vetoes(
        connection,
        actor.district_id,
        paths=None if actor.is_service else actor.reach(Permission.SUBMISSION_READ),
        own_account=actor.account_id,
        sought=sought,
        today=actor.today,
        after=after,
        count_max=count + 1,
    )
    vetoes = tuple(found[:count])
    return VetoPage(vetoes, (vetoes[-1].decided_at, vetoes[-1].id) if len(found) > count else None)


def _held(connection: Connection, actor: Actor, veto_id: UUID, permission: Permission) -> Veto:
    """The veto, locked after its submission, if the permission reaches it. Raises NotFound."""
    store.lock_submissions(connection, actor.district_id, [veto_id])
    found = store_vetoes.lock_vetoes(connection, actor.district_id, [veto_id])
    if not found or not actor.may(permission, found[0].path):
        raise NotFound(what="veto", field="id")
    return found[0]


def _step(flow: Flow, veto_id: UUID, action: Action, note: str | None) -> Submission:
    """One more thing done to the veto's submission."""
    found = store.lock_submissions(flow.connection, flow.actor.district_id, [veto_id])[veto_id]
    after = flow.step(found, action, note)
    store.update_submission(flow.connection, flow.actor.district_id, after)
    return after
