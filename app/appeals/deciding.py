"""What a decider does with an appeal: take more time, once, or answer it, with what the answer books."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection

from app.appeals import facts, refusals, store
from app.appeals.core import (
    ANSWER_DAYS,
    Answered,
    Appeal,
    AppealOutcome,
    AppealState,
    Replacement,
    Verdict,
    is_high_enough,
)
from app.appeals.facts import Case
from app.auth.core import Actor, Permission
from app.auth.wording import ROLE_WORDS
from app.cycles import work_calendar
from app.kit.errors import NotFound
from app.kit.words import STATES
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind
from app.points import disputing
from app.points import refusals as ledger
from app.points import service as points
from app.points.ledger import Entry, Posting, Source
from app.points.views import Effect, Posted
from app.rules.core import Kind as EntryKind
from app.rules.core import Settlement
from app.rules.points import printed_text
from app.submissions import vetoes
from app.submissions.core import may_see
from app.submissions.core_vetoes import LiftedWhy

BOOKED = UUID("6f1d7a52-6c1b-5f0e-9a53-0d2c3b9f7e26")  # ids of what an answer books

_Effects = dict[tuple[str, UUID], Effect]


def extend(connection: Connection, actor: Actor, appeal_id: UUID, reason: str) -> Answered:
    """Take five more working days, before the deadline and once; the member is told. The same again is a retry.

    Raises NotFound, Concerned, HigherOffice, AppealClosed, AlreadyExtended and ExtensionLate.
    """
    appeal, case = _to_decide(connection, actor, appeal_id)
    if appeal.extended_on is not None and appeal.extension_reason == reason:
        return Answered(facts.view(connection, actor, appeal), replayed=True)
    if appeal.state is not AppealState.OPEN:
        raise refusals.AppealClosed(state=STATES[appeal.state.value], field="id")
    if appeal.extended_on is not None:
        raise refusals.AlreadyExtended(due_on=appeal.due_on.isoformat(), field="id")
    if actor.today > appeal.due_on:
        raise refusals.ExtensionLate(due_on=appeal.due_on.isoformat(), field="id")
    due_on = work_calendar.add_working_days(connection, actor, appeal.due_on, ANSWER_DAYS).day
    changed = replace(appeal, due_on=due_on, extended_on=actor.today, extension_reason=reason)
    _save(connection, actor, changed, "due_on", "extended_on", "extension_reason")
    told = Message(
        Recipient(member_id=appeal.member_id),
        Kind.APPEAL_EXTENDED,
        Subject("appeal", appeal.id),
        case.told,
        due_on=due_on,
    )
    messages.tell(connection, actor, [told])
    return Answered(facts.view(connection, actor, changed))


def decide(connection: Connection, actor: Actor, appeal_id: UUID, verdict: Verdict) -> Answered:
    """Answer an appeal; the same answer by the same account again is a retry.

    Upheld takes the entry and all that was booked along out again, changed books a milder one in its place; either is
    booked during the notice too, and after a seal in the open quarter, and counts where it belongs. An entry that was
    reversed meanwhile is not reversed again. Raises NotFound, Concerned, HigherOffice, AppealClosed, EntryUndone,
    NotMilder, NotChangeable and the ledger's refusals.
    """
    appeal, case = _to_decide(connection, actor, appeal_id)
    if appeal.state is AppealState.DECIDED and (appeal.decided_by, appeal.decision_digest) == (
        actor.account_id,
        verdict.digest(),
    ):
        return _replayed(connection, actor, appeal)
    if appeal.state is not AppealState.OPEN:
        raise refusals.AppealClosed(state=STATES[appeal.state.value], field="decision")
    booked = Posted()
    reversal_id = replacement_id = None
    if verdict.outcome is not AppealOutcome.REFUSED:
        booked, reversal_id, replacement_id = _book(connection, actor, appeal, case, verdict)
    decided = replace(
        appeal,
        state=AppealState.DECIDED,
        outcome=verdict.outcome,
        answer=verdict.answer,
        decided_by=actor.account_id,
        decided_at=actor.at,
        reversal_id=reversal_id,
        replacement_id=replacement_id,
        decision_digest=verdict.digest(),
    )
    names = ("state", "outcome", "answer", "decided_by", "decided_at", "reversal_id", "replacement_id")
    _save(connection, actor, decided, *names, "decision_digest")
    disputing.end_dispute(connection, actor, appeal.entry_id)
    messages.tell(connection, actor, _answer_told(case, decided, verdict))
    if reversal_id is not None and case.entry.kind is EntryKind.VETO:
        vetoes.lift_reversed(connection, actor, [case.entry.id], LiftedWhy.APPEAL, verdict.answer)
    return Answered(
        facts.view(connection, actor, decided),
        entries=tuple(entry for item in booked.items for entry in item.entries),
        effects=tuple(booked.effects.values()) if may_see(actor, case.member) else (),
    )


def _to_decide(connection: Connection, actor: Actor, appeal_id: UUID) -> tuple[Appeal, Case]:
    """The appeal, held, for somebody who may decide it."""
    appeal = store.lock_appeal(connection, actor.district_id, appeal_id)
    if appeal is None or not actor.may(Permission.APPEAL_DECIDE, appeal.path):
        raise NotFound(what="appeal", field="id")
    case = facts.case_of_appeal(connection, actor, appeal)
    if actor.account_id is not None and actor.account_id in case.concerned:
        raise refusals.Concerned(field="id")
    least = case.least(appeal.instance)
    if not actor.is_service and not is_high_enough(actor.roles_at(appeal.path), least):
        raise refusals.HigherOffice(office=ROLE_WORDS[least.value], field="id")
    return appeal, case


def _book(
    connection: Connection, actor: Actor, appeal: Appeal, case: Case, verdict: Verdict
) -> tuple[Posted, UUID, UUID | None]:
    """The reversal, and what replaces the entry; with the ids of both."""
    entry, to = case.entry, verdict.replacement
    reversal_id = uuid5(BOOKED, f"{appeal.id} undoes {entry.id}")
    if to is not None:
        _check_changeable(case)
    try:
        undone = points.reverse(
            connection, actor, entry.id, reversal_id, verdict.answer, source=Source.APPEAL, replaced=to is not None
        )
    except ledger.ReversedAlready:
        known = disputing.reversal_of(connection, actor, entry.id)
        if known is None or to is not None:
            raise refusals.EntryUndone(id=str(entry.id), reversal="" if known is None else str(known.id)) from None
        return Posted(), known.id, None
    if to is None:
        return undone, reversal_id, None
    posting = _posting(actor, appeal, entry, to, verdict.answer)
    posted = points.post(connection, actor, [posting], each=True)
    (item,) = posted.items
    if item.fault is not None:
        raise item.fault
    _check_milder(case, item.entries[0])
    return Posted(undone.items + posted.items, _together(undone.effects, posted.effects)), reversal_id, posting.id


def _posting(actor: Actor, appeal: Appeal, entry: Entry, to: Replacement, answer: str) -> Posting:
    """The entry as it should have read: the same matter and day, recorded by who recorded it, and now decided."""
    return Posting(
        id=uuid5(BOOKED, f"{appeal.id} replaces {entry.id}"),
        member_id=entry.member_id,
        item=entry.item,
        effective_on=entry.effective_on,
        outcome=to.outcome,
        tier=to.tier,
        units=to.units,
        matter=entry.matter,
        reason=answer,
        source=Source.APPEAL,
        recorded_by=entry.recorded_by,
        approved_by=actor.account_id,
        chosen=to.chosen,
        costs=entry.costs,
    )


def _check_changeable(case: Case) -> None:
    duty = None if case.item is None else case.item.duty
    if case.entry.source is Source.JOB and duty is not None and duty.settlement is Settlement.AMOUNT:
        raise refusals.NotChangeable(field="replacement")


def _check_milder(case: Case, replacement: Entry) -> None:
    old = case.entry
    if (replacement.points, replacement.units) > (old.points, old.units):
        return
    raise refusals.NotMilder(
        before=printed_text(old.points, case.decimals),
        after=printed_text(replacement.points, case.decimals),
        field="replacement",
    )


def _together(first: _Effects, then: _Effects) -> _Effects:
    """The effect of two postings, one after the other."""
    return first | {key: replace(one, before=first[key].before) if key in first else one for key, one in then.items()}


def _replayed(connection: Connection, actor: Actor, appeal: Appeal) -> Answered:
    booked = points.entries_by_id(
        connection, actor, [one for one in (appeal.reversal_id, appeal.replacement_id) if one is not None]
    )
    return Answered(facts.view(connection, actor, appeal), entries=tuple(booked.values()), replayed=True)


def _answer_told(case: Case, appeal: Appeal, verdict: Verdict) -> list[Message]:
    """To the member; where there is no account, also to who wrote the appeal down, to be told in person."""
    subject = Subject("appeal", appeal.id)
    told = [
        Message(
            Recipient(member_id=appeal.member_id),
            Kind.APPEAL_ANSWERED,
            subject,
            {**case.told, "outcome": verdict.outcome.value, "reason": verdict.answer},
        )
    ]
    if case.member.account_id is None and appeal.filed_by is not None:
        by_hand = {**case.told, "member": case.member.name, "reason": verdict.answer}
        told.append(Message(Recipient(account_id=appeal.filed_by), Kind.TELLING_ASKED, subject, by_hand))
    return told


def _save(connection: Connection, actor: Actor, appeal: Appeal, *names: str) -> None:
    values: dict[str, Any] = {name: getattr(appeal, name) for name in names}
    store.update_appeal(connection, actor.district_id, appeal.id, values)
