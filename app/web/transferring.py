"""Transfers between branches: proposed by one side, answered by the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.enrolment import transferring
from app.enrolment.core_changes import Side, TransferState, TransferView
from app.enrolment.schemas_changes import (
    CURSOR,
    AcceptanceRequest,
    DeclineRequest,
    TransferAnswer,
    TransferPageAnswer,
    TransferRequest,
    TransferWithdrawalRequest,
    cursor_of,
)
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Unchosen
from app.web.wording import TRANSFER_STATES

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.TRANSFER_READ))]
Setting = Annotated[Page, Depends(page_for(Permission.TRANSFER_SET))]

_PER_PAGE = 50


@router.get("/transfers")
def list_transfers(
    page: Reading,
    state: Annotated[TransferState | None, Unchosen] = None,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """The latest first."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        before = cursor_of(cursor)
        found = transferring.transfers(connection, actor, state=state, before=before, count_max=_PER_PAGE)
        may_propose = bool(actor.reach(Permission.TRANSFER_SET))
        return {"found": filled(connection, actor, TransferPageAnswer.of(found)), "may_propose": may_propose}

    return page.show("transfers.html", **page.run(work), state=state, states=TRANSFER_STATES)


@router.get("/transfers/new")
def show_new_transfer(page: Setting, member: UUID | None = None) -> Response:
    """Of a member of one's own branch, or of who brings a letter of another."""
    return page.show("transfer_new.html", **page.run(lambda c, actor: _proposing(c, actor, member)))


@router.post("/transfers/new")
def propose(page: Setting) -> Response:
    """The other side is told, and answers."""
    try:
        member: UUID | None = UUID(page.posted.get("member_id"))
    except ValueError:
        member = None

    def work(connection: Connection, actor: Actor) -> TransferView:
        return transferring.propose(connection, actor, page.posted.read(TransferRequest).wish())

    try:
        view = page.run(work)
    except LongwenError as error:
        return page.refused("transfer_new.html", error, **page.run(lambda c, actor: _proposing(c, actor, member)))
    told = Words("已提出，等待对方答复；此前仍由原支部负责。", "Proposed; until it is answered the old branch answers.")
    return page.goto(f"/transfers/{view.transfer.id}", told)


@router.get("/transfers/{transfer_id}")
def show_transfer(transfer_id: UUID, page: Reading) -> Response:
    """One, with what may be done to it."""
    return page.show("transfer.html", **page.run(lambda c, actor: _one(c, actor, transfer_id)))


@router.post("/transfers/{transfer_id}/acceptance")
def accept(transfer_id: UUID, page: Setting) -> Response:
    """From today on the member belongs to the new branch."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(AcceptanceRequest, seen=_seen(page))
        transferring.accept(connection, actor, transfer_id, asked.acceptance())

    return _answered(page, transfer_id, work, Words("已接收，自今天起属于新支部。", "Accepted, from today on."))


@router.post("/transfers/{transfer_id}/refusal")
def decline(transfer_id: UUID, page: Setting) -> Response:
    """The member stays."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(DeclineRequest, seen=_seen(page))
        transferring.decline(connection, actor, transfer_id, asked.reason, asked.seen)

    return _answered(page, transfer_id, work, Words("不予接收，党员留在原支部。", "Declined; the member stays."))


@router.post("/transfers/{transfer_id}/withdrawal")
def withdraw(transfer_id: UUID, page: Setting) -> Response:
    """By the side that asked."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(TransferWithdrawalRequest, seen=_seen(page))
        transferring.withdraw(connection, actor, transfer_id, asked.note, asked.seen)

    return _answered(page, transfer_id, work, Words("已撤回。", "Withdrawn."))


def _answered(page: Page, transfer_id: UUID, work: Callable[[Connection, Actor], None], told: Words) -> Response:
    try:
        page.run(work)
    except LongwenError as error:
        return page.refused("transfer.html", error, **page.run(lambda c, actor: _one(c, actor, transfer_id)))
    return page.goto(f"/transfers/{transfer_id}", told)


def _seen(page: Page) -> int:
    """The version that the form was made of; 0, which no transfer has, where it says none."""
    seen = page.posted.get("seen")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


def _one(connection: Connection, actor: Actor, transfer_id: UUID) -> dict[str, Any]:
    view = transferring.get(connection, actor, transfer_id)
    one = view.transfer
    places = roster.organisations(connection, actor.district_id)
    groups = [
        place
        for place in places
        if place.kind is OrganisationKind.GROUP and place.parent_id == one.to_branch_id and place.until_on is None
    ]
    asking = one.from_path if one.asked_by is Side.OLD else one.to_path
    answering = one.to_path if one.asked_by is Side.OLD else one.from_path
    if one.to_path is None:
        answering = one.from_path.rpartition(".")[0]
    is_open = one.state is TransferState.PROPOSED
    may = Permission.TRANSFER_SET
    return {
        "view": filled(connection, actor, TransferAnswer.of(view)),
        "groups": groups if one.to_branch_id is not None else [],
        "may_answer": is_open and one.recorded_by != actor.account_id and actor.may(may, answering or asking or ""),
        "may_withdraw": is_open and asking is not None and actor.may(may, asking),
        "states": TRANSFER_STATES,
    }


def _proposing(connection: Connection, actor: Actor, member: UUID | None) -> dict[str, Any]:
    """Raises NotFound for a member out of reach."""
    person = None if member is None else roster.get_member_for(connection, actor, member, Permission.ROSTER_READ)
    branches = [
        one
        for one in roster.organisations(connection, actor.district_id)
        if one.kind is OrganisationKind.BRANCH and one.until_on is None
    ]
    mine = {one.id for one in branches if actor.may(Permission.TRANSFER_SET, one.path)}
    return {"person": person, "branches": branches, "mine": mine, "new_id": new_id()}
