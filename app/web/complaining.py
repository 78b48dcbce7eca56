"""Complaints and suggestions: written from any page by anybody who is logged in, answered by the district office."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.appeals import complaints
from app.appeals.core import PAGE_MAX, Complaint, ComplaintState
from app.appeals.schemas import ComplaintPageAnswer, ComplaintReplyRequest, ComplaintRequest, after_reference
from app.auth.core import Actor, Permission
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.web.frame import Page, PageRoute, any_page, page_for
from app.web.posted import Unchosen
from app.web.wording import COMPLAINT_KINDS, COMPLAINT_STATES

router = APIRouter(include_in_schema=False, route_class=PageRoute)

AnyPage = Annotated[Page, Depends(any_page)]
Reading = Annotated[Page, Depends(page_for(Permission.COMPLAINT_READ))]
Answering = Annotated[Page, Depends(page_for(Permission.COMPLAINT_ANSWER))]
After = Annotated[str | None, Query(pattern=r"^[0-9]{4}-[0-9]{4,9}$")]

_PER_PAGE = 50


@router.get("/complaints/new")
def show_new_complaint(page: AnyPage, place: Annotated[str, Query(alias="from", max_length=200)] = "") -> Response:
    """With the page on which it came to mind, and below it what was written before."""
    return page.show("complaint_new.html", **page.run(_own), place=place)


@router.post("/complaints/new")
def file_complaint(page: AnyPage) -> Response:
    """Under the year's next number."""
    posted = page.posted

    def work(connection: Connection, actor: Actor) -> Complaint:
        asked = posted.read(ComplaintRequest, anonymous=posted.get("anonymous") == "1")
        return complaints.file(connection, actor, asked.concern())[0]

    try:
        filed = page.run(work)
    except LongwenError as error:
        return page.refused("complaint_new.html", error, **page.run(_own), place=posted.get("page"))
    told = Words(
        f"已收到，编号 {filed.reference}，五个工作日内答复。",
        f"Received under {filed.reference}; it is answered within five working days.",
    )
    return page.goto("/complaints/new", told)


@router.get("/complaints")
def list_complaints(
    page: Reading, state: Annotated[ComplaintState | None, Unchosen] = None, after: After = None
) -> Response:
    """By number; who wrote anonymously only those who answer know."""
    return page.show("complaints.html", **page.run(lambda c, actor: _all(c, actor, state, after)))


@router.post("/complaints/{complaint_id}/answer")
def answer(complaint_id: UUID, page: Answering) -> Response:
    """Once; the author is told."""

    def work(connection: Connection, actor: Actor) -> None:
        complaints.answer(connection, actor, complaint_id, page.posted.read(ComplaintReplyRequest).answer)

    try:
        page.run(work)
    except LongwenError as error:
        return page.refused("complaints.html", error, **page.run(lambda c, actor: _all(c, actor, None, None)))
    return page.goto("/complaints", Words("已答复，并告知提交人。", "Answered; the author is told."))


def _own(connection: Connection, actor: Actor) -> dict[str, Any]:
    found = ComplaintPageAnswer.of(complaints.own(connection, actor, None, PAGE_MAX))
    own = sorted(found.complaints, key=lambda one: one.filed_at, reverse=True)
    return {"own": own, "new_id": new_id(), "kinds": COMPLAINT_KINDS, "states": COMPLAINT_STATES}


def _all(connection: Connection, actor: Actor, state: ComplaintState | None, after: str | None) -> dict[str, Any]:
    page = complaints.complaints(connection, actor, state=state, after=after_reference(after), count_max=_PER_PAGE)
    return {
        "found": ComplaintPageAnswer.of(page),
        "state": state,
        "may_answer": actor.may(Permission.COMPLAINT_ANSWER, roster.root_of(actor.district_id)),
        "kinds": COMPLAINT_KINDS,
        "states": COMPLAINT_STATES,
    }
