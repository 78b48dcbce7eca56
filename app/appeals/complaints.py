"""Complaints and suggestions: taken from anybody signed in, under a number, and answered by the district office."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.appeals import complaint_store as store
from app.appeals.core import (
    ANSWER_DAYS,
    NEAR_DAYS,
    PAGE_MAX,
    Complaint,
    ComplaintPage,
    ComplaintState,
    Concern,
)
from app.appeals.refusals import ComplaintAnswered, OwnComplaint
from app.auth import service as auth
from app.auth.core import Actor, Permission, Role
from app.cycles import work_calendar
from app.kit.errors import NotFound
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.points.refusals import IdUsed
from app.roster import service as roster


def file(connection: Connection, actor: Actor, concern: Concern) -> tuple[Complaint, bool]:
    """Take it under the year's next number; the district office and its author are told by when it is answered.

    The same id and content again is a retry (True). Raises IdUsed.
    """
    if actor.account_id is None:
        raise ValueError("complaints are written by accounts")
    year = actor.today.year
    before = store.find_complaint(connection, actor.district_id, concern.id)
    if before is None:
        store.hold_numbers(connection, actor.district_id, year)
        before = store.find_complaint(connection, actor.district_id, concern.id)  # sent twice at once
    if before is not None:
        if (before.filed_by, before.input_digest) != (actor.account_id, concern.digest()):
            raise IdUsed(id=str(concern.id), field="id")
        return before, True
    due_on = work_calendar.add_working_days(connection, actor, actor.today, ANSWER_DAYS).day
    filed = Complaint(
        id=concern.id,
        year=year,
        number=store.next_number(connection, actor.district_id, year),
        kind=concern.kind,
        text=concern.text,
        page=concern.page,
        anonymous=concern.anonymous,
        filed_by=actor.account_id,
        filed_at=actor.at,
        due_on=due_on,
        input_digest=concern.digest(),
    )
    store.insert_complaint(connection, actor.district_id, filed)
    reference: dict[str, FactValue] = {"reference": filed.reference}
    told = [_message(filed, actor.account_id, Kind.COMPLAINT_RECEIVED, reference)]
    told += [_message(filed, one, Kind.COMPLAINT_ASKED, reference) for one in _answering(connection, actor, filed)]
    messages.tell(connection, actor, told)
    return store.find_complaint(connection, actor.district_id, filed.id) or filed, False


def answer(connection: Connection, actor: Actor, complaint_id: UUID, words: str) -> tuple[Complaint, bool]:
    """Answer it, once; the author is told. The same answer again is a retry (True).

    Raises NotFound, OwnComplaint and ComplaintAnswered.
    """
    found = store.lock_complaint(connection, actor.district_id, complaint_id)
    if found is None or not actor.may(Permission.COMPLAINT_ANSWER, roster.root_of(actor.district_id)):
        raise NotFound(what="complaint", field="id")
    if found.filed_by == actor.account_id:
        raise OwnComplaint(field="id")
    if found.state is ComplaintState.ANSWERED:
        if (found.answered_by, found.answer) != (actor.account_id, words):
            raise ComplaintAnswered(reference=found.reference, field="answer")
        return found, True
    store.update_answered(connection, actor.district_id, complaint_id, answer=words, by=actor.account_id, at=actor.at)
    told = _message(found, found.filed_by, Kind.COMPLAINT_ANSWERED, {"reference": found.reference, "answer": words})
    messages.tell(connection, actor, [told])
    answered = replace(
        found, state=ComplaintState.ANSWERED, answer=words, answered_by=actor.account_id, answered_at=actor.at
    )
    return answered, False


def own(connection: Connection, actor: Actor, after: tuple[int, int] | None, count_max: int) -> ComplaintPage:
    """The caller's own, with their answers."""
    if actor.account_id is None:
        return ComplaintPage((), None)
    return _page(connection, actor, actor.account_id, None, after, count_max)


def complaints(
    connection: Connection,
    actor: Actor,
    *,
    state: ComplaintState | None,
    after: tuple[int, int] | None,
    count_max: int,
) -> ComplaintPage:
    """The district's, by number. Who wrote anonymously is known to those who answer, and to nobody else.

    Raises NotFound for whoever does not read them for the whole district.
    """
    root = roster.root_of(actor.district_id)
    if not actor.may(Permission.COMPLAINT_READ, root):
        raise NotFound(what="district")
    page = _page(connection, actor, None, state, after, count_max)
    if actor.may(Permission.COMPLAINT_ANSWER, root):
        return page
    return replace(page, complaints=tuple(replace(one, name=None) if one.anonymous else one for one in page.complaints))


def remind(connection: Connection, actor: Actor) -> list[Message]:
    """What to tell the district office today of those whose answer is due soon or was due before."""
    near: date = work_calendar.add_working_days(connection, actor, actor.today, NEAR_DAYS).day
    told: list[Message] = []
    for one in store.list_open_due(connection, actor.district_id, near):
        kind = Kind.DEADLINE_NEAR if actor.today <= one.due_on else Kind.DEADLINE_PASSED
        facts: dict[str, FactValue] = {"task": "complaint", "title": one.reference}
        told += [_message(one, account_id, kind, facts) for account_id in _answering(connection, actor, one)]
    return told


def _page(
    connection: Connection,
    actor: Actor,
    filed_by: UUID | None,
    state: ComplaintState | None,
    after: tuple[int, int] | None,
    count_max: int,
) -> ComplaintPage:
    count = min(count_max, PAGE_MAX)
    found = store.list_complaints(
        connection, actor.district_id, filed_by=filed_by, state=state, after=after, count_max=count + 1
    )
    page = tuple(found[:count])
    return ComplaintPage(page, page[-1].reference if len(found) > count else None)


def _answering(connection: Connection, actor: Actor, complaint: Complaint) -> list[UUID]:
    """The officers of the district, without the author."""
    held = auth.holders(connection, actor, [Role.DISTRICT_OFFICER], roster.root_of(actor.district_id))
    return list(dict.fromkeys(account_id for account_id, _ in held if account_id != complaint.filed_by))


def _message(complaint: Complaint, to: UUID, kind: Kind, facts: dict[str, FactValue]) -> Message:
    return Message(Recipient(account_id=to), kind, Subject("complaint", complaint.id), facts, due_on=complaint.due_on)
