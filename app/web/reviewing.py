"""Proposals: the queue of a reviewer, and one of them with what the member says and what was done so far."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import ROLE_WORDS
from app.handbook.glossary import Glossary
from app.handbook.schemas_items import ItemAnswer
from app.kit.errors import LongwenError, NotFound
from app.kit.http import blob
from app.kit.problems import Language
from app.kit.words import Words
from app.points.gathering import Background
from app.roster import service as roster
from app.roster.naming import filled
from app.rules.core import Item
from app.rules.terms import TERMS
from app.submissions import deciding, drafting, hearing, reading
from app.submissions.core import DECISIONS_MAX, Sought, Submission, Verdict
from app.submissions.core_states import OPEN_TO_EDIT, Decision, Moved, NotYours, SubmissionState
from app.submissions.schemas import EditRequest, SubmissionAnswer, after_cursor, cursor_of
from app.submissions.schemas_flow import (
    DecisionRequest,
    HearingAnswerRequest,
    SubmissionViewAnswer,
    TellingRequest,
    WithdrawalRequest,
)
from app.web.evidence import Attached
from app.web.exporting import ROWS_AT_ONCE, Cells, Column, Form, Listed, every, exported
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Unchosen
from app.web.rendering import said
from app.web.wording import SUBMISSION_ACTIONS, SUBMISSION_STATES

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.SUBMISSION_READ))]
Deciding = Annotated[Page, Depends(page_for(Permission.SUBMISSION_DECIDE))]
Recording = Annotated[Page, Depends(page_for(Permission.ENTRY_RECORD))]
Cursor = Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")]

_PER_PAGE = 50
_REFUSALS_TOLD = 3


@router.get("/reviews")
def show_queue(page: Deciding, cursor: Cursor = None) -> Response:
    """What waits for the caller, the oldest first."""
    sought = Sought(waiting=True)
    return page.show("reviews.html", **page.run(lambda c, actor: _listed(c, actor, sought, after_cursor(cursor))))


@router.post("/reviews")
def decide_many(page: Deciding) -> Response:
    """The ticked ones are approved; each by itself, and those that could not be are told."""
    ids = []
    for one in page.posted.all("id")[:DECISIONS_MAX]:
        try:
            ids.append(UUID(one))
        except ValueError:
            continue
    verdicts = [Verdict(one, Decision.APPROVE, None, None) for one in dict.fromkeys(ids)]

    def work(connection: Connection, actor: Actor) -> list[tuple[str, LongwenError]]:
        found = zip(verdicts, deciding.decide_each(connection, actor, verdicts), strict=True)
        refused = [(verdict.submission_id, one.fault) for verdict, one in found if one.fault is not None]
        return [(_whose(connection, actor, key), fault) for key, fault in refused]

    refused = page.run(work)
    done = len(verdicts) - len(refused)
    zh, en = f"已通过 {done} 项。", f"{done} approved."
    if refused:
        told = refused[:_REFUSALS_TOLD]
        zh += f"{len(refused)} 项没有通过：" + "；".join(f"{whose}：{fault.text('zh')}" for whose, fault in told)
        en += f" {len(refused)} not: " + " ".join(f"{whose}: {fault.text('en')}" for whose, fault in told)
    return page.goto("/reviews", Words(zh, en))


def _whose(connection: Connection, actor: Actor, submission_id: UUID) -> str:
    """The member and the item; of one that is not the caller's to see a dash."""
    try:
        posting = reading.view(connection, actor, submission_id).submission.posting
    except NotFound:
        return "—"
    who = roster.members_on(connection, actor.district_id, [posting.member_id], actor.today).get(posting.member_id)
    return posting.item if who is None else f"{who.name} {posting.item}"


@router.get("/submissions")
def list_submissions(
    page: Reading, state: Annotated[SubmissionState | None, Unchosen] = None, cursor: Cursor = None, form: Form = None
) -> Response:
    """All that the caller may see."""
    sought = Sought(state=state)
    if form == "workbook":
        name = Words("申报", "Proposals")
        gather = partial(_gathered, sought=sought, language=page.language)
        return exported(page, name, "submissions", Permission.SUBMISSION_READ, gather)
    found = page.run(lambda c, actor: _listed(c, actor, sought, after_cursor(cursor)))
    return page.show("submissions.html", **found, state=state)


@router.get("/submissions/{submission_id}")
def show_submission(submission_id: UUID, page: Reading) -> Response:
    """One, with what may be done to it."""
    return page.show("submission.html", **page.run(lambda c, actor: _one(c, actor, submission_id)))


@router.get("/submissions/{submission_id}/evidence/{content_hash}")
def read_evidence(
    submission_id: UUID,
    content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    page: Reading,
) -> Response:
    """A file of it, as an attachment."""
    found = page.run(lambda c, a: reading.evidence(c, a, submission_id, content_hash, request_id=page.request_id))
    return blob(request, found.key, found.content.size, found.headers)


@router.post("/submissions/{submission_id}/decision")
def decide(submission_id: UUID, page: Deciding) -> Response:
    """Approved, returned with a reason, or refused with one."""

    def work(connection: Connection, actor: Actor) -> Submission | None:
        asked = page.posted.read(DecisionRequest)
        return deciding.decide(connection, actor, asked.verdict(submission_id)).submission

    try:
        decided = page.run(work)
    except LongwenError as error:
        return _again(page, error, submission_id)
    state = SubmissionState.SUBMITTED if decided is None else decided.state
    told = _DECIDED.get(state, Words("已通过这一步，转下一审核人。", "Approved; it goes on to the next reviewer."))
    return page.goto(f"/submissions/{submission_id}", told)


@router.post("/submissions/{submission_id}/answer")
def answer(submission_id: UUID, page: Recording) -> Response:
    """What the member says to it."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(HearingAnswerRequest)
        hearing.answer(connection, actor, submission_id, asked.answer, number=asked.round)

    return _done(page, submission_id, work, Words("陈述已提交。", "Your answer is handed in."))


@router.post("/submissions/{submission_id}/telling")
def tell(submission_id: UUID, page: Recording) -> Response:
    """That a member without an account was told in person."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(TellingRequest)
        hearing.tell_in_person(
            connection, actor, submission_id, told_on=asked.told_on, note=asked.told_in_person, said=asked.said
        )

    return _done(page, submission_id, work, Words("已登记当面告知。", "It is written down that the member was told."))


@router.post("/submissions/{submission_id}/again")
def hand_in_again(submission_id: UUID, page: Recording) -> Response:
    """What was returned, put right by who handed it in."""
    attached = Attached.before(page)

    def work(connection: Connection, actor: Actor) -> None:
        before = reading.view(connection, actor, submission_id).submission
        if before.posting.recorded_by != actor.account_id:
            raise NotYours(field="id")
        asked = page.posted.read(EditRequest, item=before.posting.item, evidence=list(attached))
        if asked.seen != before.version:
            raise Moved(seen=asked.seen or 0, now=before.version, field="seen")
        edited = drafting.edit(connection, actor, submission_id, asked.content(), seen=asked.seen)
        drafting.submit(connection, actor, submission_id, seen=edited.version)

    try:
        attached.take(page)
        page.run(work)
    except LongwenError as error:
        shown = page.run(lambda c, actor: _one(c, actor, submission_id))
        return page.refused("submission.html", error, **{**shown, "attached": attached})
    told = Words("已重新提交，等待审核。", "Handed in again; it waits for a reviewer.")
    return page.goto(f"/submissions/{submission_id}", told)


@router.post("/submissions/{submission_id}/withdrawal")
def withdraw(submission_id: UUID, page: Recording) -> Response:
    """By who handed it in."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(WithdrawalRequest)
        drafting.withdraw(connection, actor, submission_id, asked.note, seen=asked.seen)

    return _done(page, submission_id, work, Words("已撤回。", "Withdrawn."))


_DECIDED = {
    SubmissionState.POSTED: Words("已通过并入账。", "Approved and booked."),
    SubmissionState.RETURNED: Words("已退回，申报人会收到原因。", "Returned; who handed it in is told why."),
    SubmissionState.REFUSED: Words("已不予采纳，申报人会收到原因。", "Refused; who handed it in is told why."),
}


def _done(page: Page, submission_id: UUID, work: Any, told: Words) -> Response:
    try:
        page.run(work)
    except LongwenError as error:
        return _again(page, error, submission_id)
    return page.goto(f"/submissions/{submission_id}", told)


def _again(page: Page, error: LongwenError, submission_id: UUID) -> Response:
    return page.refused("submission.html", error, **page.run(lambda c, actor: _one(c, actor, submission_id)))


def _listed(
    connection: Connection, actor: Actor, sought: Sought, after: tuple[datetime, UUID] | None
) -> dict[str, Any]:
    found = reading.page(connection, actor, sought, after=after, count_max=_PER_PAGE)
    ids = [one.posting.member_id for one in found.submissions]
    background = Background.read(connection, actor, ids)
    own = roster.own_member(connection, actor)
    return {
        "submissions": [SubmissionAnswer.of(one) for one in found.submissions],
        "items": {one.id: _item_of(background, one) for one in found.submissions},
        "names": {one.id: one.name for one in background.histories.values()},
        "own": None if own is None else own.id,
        "following": None if found.following is None else cursor_of(*found.following),
        "kind_words": TERMS["Kind"],
        "states": SUBMISSION_STATES,
    }


def _gathered(connection: Connection, actor: Actor, *, sought: Sought, language: Language) -> Listed:
    def part(
        after: tuple[datetime, UUID] | None,
    ) -> tuple[list[Cells], tuple[datetime, UUID] | None]:
        found = reading.page(connection, actor, sought, after=after, count_max=ROWS_AT_ONCE)
        background = Background.read(connection, actor, {one.posting.member_id for one in found.submissions})
        return [_row(background, one, language) for one in found.submissions], found.following

    return Listed(_COLUMNS, every(part))


def _row(background: Background, one: Submission, language: Language) -> Cells:
    told, item = SubmissionAnswer.of(one), _item_of(background, one)
    member = background.histories[told.member_id]
    kind = TERMS["Kind"][told.kind]
    name = told.item if item is None else said(item.name, language=language)
    return [
        member.number, member.name, told.item, name, said(kind, language=language), told.points, told.effective_on,
        said(SUBMISSION_STATES[told.state], language=language), told.reason or told.matter or "", told.due_on,
    ]  # fmt: skip


_COLUMNS = (
    Column(Words("编号", "Number"), 14),
    Column(Words("党员", "Member"), 12),
    Column(Words("积分项", "Item"), 10),
    Column(Words("名称", "Name"), 28),
    Column(Words("类别", "Kind"), 10),
    Column(Words("分值", "Points"), 8),
    Column(Words("日期", "Day"), 12),
    Column(Words("状态", "State"), 12),
    Column(Words("说明", "In words"), 40),
    Column(Words("期限", "Due"), 12),
)


def _item_of(background: Background, one: Submission) -> Item | None:
    regime = background.regime_of(one.posting.member_id, one.posting.effective_on)
    return None if regime is None else regime.items.get(one.posting.item)


def _one(connection: Connection, actor: Actor, submission_id: UUID) -> dict[str, Any]:
    view = reading.view(connection, actor, submission_id)
    posting = view.submission.posting
    background = Background.read(connection, actor, [posting.member_id])
    own = roster.own_member(connection, actor)
    is_own = own is not None and own.id == posting.member_id
    there = roster.members_on(connection, actor.district_id, [posting.member_id], actor.today)
    answer, item = filled(connection, actor, SubmissionViewAnswer.of(view)), _item_of(background, view.submission)
    is_mine = posting.recorded_by == actor.account_id
    is_open = is_mine and view.submission.state in OPEN_TO_EDIT
    return {
        "view": answer,
        "item": item,
        "who": there.get(posting.member_id),
        "is_own": is_own,
        "may_decide": actor.may(Permission.SUBMISSION_DECIDE, view.submission.path) and not is_own,
        "is_mine": is_mine,
        "to_correct": None if item is None or not is_open else _asked(background, view.submission, item),
        "given": given_of(answer),
        "attached": {one.hash: one.name for one in answer.evidence},
        "kind_words": TERMS["Kind"],
        "roles": ROLE_WORDS,
        "actions": SUBMISSION_ACTIONS,
        "states": SUBMISSION_STATES,
    }


def _asked(background: Background, one: Submission, item: Item) -> dict[str, ItemAnswer]:
    """The item as the form asks for it, in both languages."""
    regime = background.regime_of(one.posting.member_id, one.posting.effective_on)
    if regime is None:
        return {}
    words = Glossary(background.books.edition(regime.digest))
    return {language: ItemAnswer.of(item, words, language) for language in ("zh", "en")}


def given_of(view: SubmissionViewAnswer) -> dict[str, str]:
    """What stands in the proposal, as a form's fields have it."""
    one = view.submission
    values = {
        "effective_on": one.effective_on, "outcome": one.outcome, "tier": one.tier, "units": one.units,
        "points": one.points, "matter": one.matter, "reason": one.reason, "costs": one.costs, "key_work": one.key_work,
    }  # fmt: skip
    return {name: str(value) for name, value in values.items() if value is not None}
