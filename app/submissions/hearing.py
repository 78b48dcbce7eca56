"""Hearing a member: that they were told in person, where they have no account, and what they answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.errors import Forbidden, NotFound
from app.messages.core import Recipient
from app.messages.texts import Kind as Told
from app.points import refusals
from app.points.gathering import Background
from app.submissions import store, store_steps
from app.submissions.core import Submission, is_visible
from app.submissions.core_hearing import (
    HEARING_DAYS,
    AnsweredAlready,
    Hearing,
    HearingOver,
    NoHearing,
    OnlyTheMember,
    RoundOver,
    ToldAlready,
    ToldHow,
    ToldTooEarly,
)
from app.submissions.core_states import Action, StateForbids, SubmissionState
from app.submissions.flowing import Flow, facts_of


def tell_in_person(
    connection: Connection, actor: Actor, submission_id: UUID, *, told_on: date, note: str, said: str | None
) -> tuple[Submission, Hearing, bool]:
    """Record that the caller told a member without an account of what is proposed.

    The deadline runs from the day on which this is written down, so that nobody dates it back to have the hearing over
    at once. ``note`` says where and how, ``said`` what the member said to it, then or on a later day: the same again
    with more words adds them, until it is decided, and shortens nothing. The same again changes nothing (the last of
    the answer). Raises NotFound, Forbidden, OwnRow, StateForbids, NoHearing, ToldAlready and ToldTooEarly.
    """
    found, hearings, flow = _held(connection, actor, submission_id)
    hearing = hearings[-1]
    may = all(actor.may(one, found.path) for one in (Permission.SUBMISSION_READ, Permission.ENTRY_RECORD))
    if not may:
        raise Forbidden(permission=Permission.ENTRY_RECORD.value)
    about = flow.about(found)
    if about is not None and about == actor.account_id:
        raise refusals.OwnRow(field="id")
    if hearing.told_on is not None and hearing.due_on is not None:
        told = (hearing.told_how, hearing.told_by, hearing.told_on, hearing.told_note, hearing.said)
        if told == (ToldHow.IN_PERSON, actor.account_id, told_on, note, said):
            return found, hearing, True
        if hearing.says_more(told_on, note, said):
            _check_state(found)
            more = replace(hearing, said=said)
            written = flow.step(found, Action.TOLD, note)
            _write(flow, written, more)
            return written, more, False
        raise ToldAlready(told_on=hearing.told_on.isoformat(), due_on=hearing.due_on.isoformat(), field="id")
    _check_state(found)
    if not hearing.opened_on <= told_on <= actor.today:
        raise ToldTooEarly(first=hearing.opened_on.isoformat(), last=actor.today.isoformat(), field="told_on")
    due = flow.working_days(HEARING_DAYS)
    hearing = replace(
        hearing,
        told_at=actor.at,
        told_how=ToldHow.IN_PERSON,
        told_by=actor.account_id,
        told_on=told_on,
        told_note=note,
        said=said,
        due_on=due.day,
        assumed=due.assumed,
    )
    told_of = replace(flow.step(found, Action.TOLD, note), due_on=due.day)
    facts = flow.proposal(found, flow.item_of(found.posting))
    flow.tell(flow.member(found), Told.HEARING_ASKED, found, facts, due_on=due.day)
    _write(flow, told_of, hearing)
    return told_of, hearing, False


def answer(
    connection: Connection, actor: Actor, submission_id: UUID, text: str, *, number: int | None = None
) -> tuple[Submission, Hearing, bool]:
    """What the member says to what is proposed, once in each round; then it may be decided.

    ``number`` names the round that is answered. Without it, the words of an earlier answer are that answer sent again,
    and never answer what was proposed since. The same again changes nothing. Raises NotFound, OnlyTheMember,
    StateForbids, NoHearing, HearingOver, AnsweredAlready and RoundOver.
    """
    found, hearings, flow = _held(connection, actor, submission_id)
    if flow.about(found) is None or flow.about(found) != actor.account_id:
        raise OnlyTheMember(field="id")
    asked = [one for one in hearings if number in (None, one.round)]
    for one in asked:
        if (one.answer, one.answered_by) == (text, actor.account_id):
            return found, one, True
    hearing = hearings[-1]
    if hearing not in asked:
        raise RoundOver(number=str(number), now=str(hearing.round), field="round")
    if hearing.answered_at is not None:
        raise AnsweredAlready(field="answer")
    _check_state(found)
    if hearing.due_on is not None and actor.today > hearing.due_on:
        raise HearingOver(due_on=hearing.due_on.isoformat(), field="answer")
    hearing = replace(hearing, answer=text, answered_at=actor.at, answered_by=actor.account_id)
    item = flow.item_of(found.posting)
    heard = flow.ask_reviewers(flow.step(found, Action.ANSWERED), item)
    facts = {**facts_of(found, item), "member": flow.name_of(found)}
    if item.veto is not None:
        for account in flow.tellers(found, item):
            flow.tell(Recipient(account_id=account), Told.HEARING_ANSWERED, found, facts)
    _write(flow, heard, hearing)
    return heard, hearing, False


def _held(connection: Connection, actor: Actor, submission_id: UUID) -> tuple[Submission, list[Hearing], Flow]:
    """The submission, locked, with its hearings by round, the present one last. Raises NotFound and NoHearing."""
    found = store.lock_submissions(connection, actor.district_id, [submission_id]).get(submission_id)
    if found is None or found.submitted_at is None:
        raise NotFound(what="submission", field="id")
    flow = Flow(connection, actor, Background.read(connection, actor, [found.posting.member_id]))
    if not is_visible(actor, found, flow.background.histories[found.posting.member_id]):
        raise NotFound(what="submission", field="id")
    hearings = store_steps.list_hearings(connection, actor.district_id, [submission_id])[submission_id]
    if not hearings:
        raise NoHearing(field="id")
    return found, hearings, flow


def _check_state(found: Submission) -> None:
    if found.state is not SubmissionState.SUBMITTED:
        raise StateForbids(found.state, field="id")


def _write(flow: Flow, changed: Submission, hearing: Hearing) -> None:
    store_steps.update_hearing(flow.connection, flow.actor.district_id, hearing)
    store.update_submission(flow.connection, flow.actor.district_id, changed)
    flow.finish()
