"""Appeals: filed against an entry, answered within five working days, withdrawn; with the entry beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from app.appeals import deciding, service
from app.appeals.core import AppealOutcome, AppealState
from app.appeals.schemas import (
    AppealAnswer,
    AppealPageAnswer,
    AppealRequest,
    AppealWithdrawalRequest,
    ExtensionRequest,
    VerdictAnswer,
    VerdictRequest,
    after_cursor,
)
from app.auth.core import Actor, Permission
from app.auth.wording import ROLE_WORDS
from app.kit.errors import LongwenError
from app.kit.http import blob
from app.kit.ids import new_id
from app.kit.problems import Language
from app.kit.words import Words
from app.points import service as points
from app.points.gathering import Books
from app.points.ledger import Entry
from app.points.schemas import EntryAnswer
from app.roster import service as roster
from app.roster.naming import filled
from app.rules.core import Item
from app.submissions import reading
from app.web.evidence import HASH, Attached
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Unchosen
from app.web.wording import APPEAL_OUTCOMES, APPEAL_STATES

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Filing = Annotated[Page, Depends(page_for(Permission.APPEAL_FILE))]
Reading = Annotated[Page, Depends(page_for(Permission.APPEAL_READ))]
Deciding = Annotated[Page, Depends(page_for(Permission.APPEAL_DECIDE))]

_PER_PAGE = 50


class WithdrawalForm(AppealWithdrawalRequest):
    """What the page showed when the form was made."""

    state: Literal["open"]


@router.get("/appeals")
def list_appeals(
    page: Reading,
    state: Annotated[AppealState | None, Unchosen] = None,
    mine: Annotated[bool, Query()] = False,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")] = None,
) -> Response:
    """Those in reach and the own, by time of filing."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = service.appeals(
            connection, actor, state=state, waits_for_me=mine, after=after_cursor(cursor), count_max=_PER_PAGE
        )
        may_decide = bool(actor.reach(Permission.APPEAL_DECIDE))
        return {"found": AppealPageAnswer.of(found, page.language), "may_decide": may_decide}

    return page.show("appeals.html", **page.run(work), state=state, mine=mine, states=APPEAL_STATES)


@router.get("/entries/{entry_id}/appeal")
def show_new_appeal(entry_id: UUID, page: Filing) -> Response:
    """The entry, and why it is wrong."""
    return page.show("appeal_new.html", **page.run(lambda c, actor: entry_facts(c, actor, entry_id)), attached={})


@router.post("/entries/{entry_id}/appeal")
def file_appeal(entry_id: UUID, page: Filing) -> Response:
    """By the member, or written down from paper."""
    attached = Attached.before(page)

    def work(connection: Connection, actor: Actor) -> UUID:
        asked = page.posted.read(AppealRequest, files=list(attached))
        return service.file(connection, actor, asked.filing(entry_id)).view.appeal.id

    try:
        attached.take(page)
        appeal_id = page.run(work)
    except LongwenError as error:
        shown = page.run(lambda c, actor: entry_facts(c, actor, entry_id))
        return page.refused("appeal_new.html", error, **shown, attached=attached)
    told = Words("申诉已提交，五个工作日内答复。", "The appeal is handed in; it is answered within five working days.")
    return page.goto(f"/appeals/{appeal_id}", told)


@router.get("/appeals/{appeal_id}")
def show_appeal(appeal_id: UUID, page: Reading) -> Response:
    """One, with what may be done to it."""
    return page.show("appeal.html", **page.run(_reader(page, appeal_id)), tried=None)


@router.get("/appeals/{appeal_id}/files/{content_hash}")
def read_file(
    appeal_id: UUID, content_hash: Annotated[str, Path(pattern=HASH)], request: Request, page: Reading
) -> Response:
    """A file of it, as an attachment."""
    found = page.run(lambda c, actor: service.evidence(c, actor, appeal_id, content_hash, request_id=page.request_id))
    return blob(request, found.key, found.content.size, found.headers)


@router.post("/appeals/{appeal_id}/decision")
def decide(appeal_id: UUID, page: Deciding) -> Response:
    """Tried out (``act=preview``) or answered."""
    is_preview = page.posted.get("act") == "preview"

    def work(connection: Connection, actor: Actor) -> tuple[VerdictAnswer, dict[str, Any]]:
        shown = _reader(page, appeal_id)(connection, actor) if is_preview else {}
        replacement = None
        if page.posted.get("outcome") == AppealOutcome.CHANGED.value:
            replacement = {key: _whole(key, value) for key, value in page.posted.under("replacement.")}
        asked = page.posted.read(VerdictRequest, replacement=replacement)
        decided = deciding.decide(connection, actor, appeal_id, asked.verdict())
        return VerdictAnswer.of(decided, page.language), shown

    try:
        answer, shown = page.run(work, commit=not is_preview)
    except LongwenError as error:
        return page.refused("appeal.html", error, **page.run(_reader(page, appeal_id)), tried=None)
    if is_preview:
        return page.show("appeal.html", **shown, tried=answer)
    return page.goto(f"/appeals/{appeal_id}", Words("已答复，并告知本人。", "Answered; the member is told."))


@router.post("/appeals/{appeal_id}/extension")
def extend(appeal_id: UUID, page: Deciding) -> Response:
    """Five working days more, once."""

    def work(connection: Connection, actor: Actor) -> None:
        deciding.extend(connection, actor, appeal_id, page.posted.read(ExtensionRequest).reason)

    return _done(page, appeal_id, work, Words("已延期，并告知本人。", "There is more time; the member is told."))


@router.post("/appeals/{appeal_id}/withdrawal")
def withdraw(appeal_id: UUID, page: Filing) -> Response:
    """Before it is answered."""

    def work(connection: Connection, actor: Actor) -> None:
        service.withdraw(connection, actor, appeal_id, page.posted.read(WithdrawalForm).wish)

    return _done(page, appeal_id, work, Words("申诉已撤回。", "The appeal is withdrawn."))


def _done(page: Page, appeal_id: UUID, work: Callable[[Connection, Actor], None], told: Words) -> Response:
    try:
        page.run(work)
    except LongwenError as error:
        return page.refused("appeal.html", error, **page.run(_reader(page, appeal_id)), tried=None)
    return page.goto(f"/appeals/{appeal_id}", told)


def _whole(key: str, value: str) -> str | int | float:
    """Amounts and points are numbers; what is no number is left to the schema to refuse."""
    if key == "units" and value.isdecimal():
        return int(value)
    try:
        return float(value) if key == "points" else value
    except ValueError:
        return value


def _reader(page: Page, appeal_id: UUID) -> Callable[[Connection, Actor], dict[str, Any]]:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        return _one(connection, actor, appeal_id, page.language)

    return read


def _one(connection: Connection, actor: Actor, appeal_id: UUID, language: Language) -> dict[str, Any]:
    view = service.get(connection, actor, appeal_id).view
    appeal = view.appeal
    own = roster.own_member(connection, actor)
    is_own = own is not None and own.id == appeal.member_id
    is_open = appeal.state is AppealState.OPEN
    hands = (view.entry.recorded_by, view.entry.approved_by, appeal.filed_by)
    is_free = not is_own and actor.account_id not in hands
    item = _item_of(connection, actor, view.entry)
    return {
        "view": filled(connection, actor, AppealAnswer.of(view, language)),
        "item": item,
        "evidence": reading.evidence_of_entries(connection, actor, [view.entry.id]).get(view.entry.id, ()),
        "is_own": is_own,
        "may_decide": is_open and is_free and actor.may(Permission.APPEAL_DECIDE, appeal.path),
        "may_withdraw": is_open and (is_own or (appeal.filed_by is not None and appeal.filed_by == actor.account_id)),
        "states": APPEAL_STATES,
        "outcomes": APPEAL_OUTCOMES,
        "roles": ROLE_WORDS,
    }


def _item_of(connection: Connection, actor: Actor, entry: Entry) -> Item | None:
    return Books.opened(connection, actor).regime(entry.edition, entry.profile).items.get(entry.item)


def entry_facts(connection: Connection, actor: Actor, entry_id: UUID) -> dict[str, Any]:
    """An entry that is appealed against or undone, for who may read it. Raises NotFound."""
    evidence = reading.evidence_of_entry(connection, actor, entry_id)
    entry = points.find_entry(connection, actor, entry_id)
    books = Books.opened(connection, actor)
    there = roster.histories(connection, actor.district_id, [entry.member_id])[entry.member_id]
    own = roster.own_member(connection, actor)
    return {
        "entry": filled(connection, actor, EntryAnswer.of(entry, books.decimals(entry))),
        "item": _item_of(connection, actor, entry),
        "name": there.name,
        "is_own": own is not None and own.id == entry.member_id,
        "evidence": evidence,
        "new_id": new_id(),
    }
