"""The first page: what waits for whoever is there, and the inbox."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import ROLE_WORDS
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState
from app.kit.words import Words
from app.me import service as me
from app.me.schemas_home import ShortStandingAnswer
from app.messages import service as messages
from app.seals import service as seals
from app.seals.core import UncheckedBranch
from app.web.frame import Page, PageRoute, any_page
from app.web.glancing import glances
from app.web.subjects import page_of
from app.web.touring import steps_of
from app.web.waiting import waiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)

AnyPage = Annotated[Page, Depends(any_page)]
_MESSAGES_SHOWN = 100
_CHECKED = (QuarterState.CHECK, QuarterState.NOTICE)


@router.get("/")
def show_home(page: AnyPage) -> Response:
    """What waits, what is late, the own branch at a glance, the latest messages."""

    boards: me.Places = page.request.app.state.boards

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = me.home(connection, actor, boards)
        checks = _checks(connection, actor) if actor.reach(Permission.CHECK_DECIDE) else []
        return {
            "home": found, "checks": checks, "may": _abilities(actor), "steps": steps_of(connection, actor),
            "waiting": waiting(connection, actor),
            "glances": glances(connection, actor, found),
            "pages": {one.number: page_of(actor, one) for one in found.inbox.messages},
        }  # fmt: skip

    found = page.run(work)
    record = found["home"].record
    standing = None if record is None else ShortStandingAnswer.of_record(record, page.language)
    return page.show("home.html", roles=ROLE_WORDS, standing=standing, **found)


@router.get("/still-here")
def stay(page: AnyPage) -> Response:
    """Whoever is asked whether they are still there says so."""
    page.run(lambda _connection, _actor: None)
    return Response(status_code=204)


def _checks(connection: Connection, actor: Actor) -> list[tuple[Quarter, list[UncheckedBranch]]]:
    """The quarters that are being checked, each with the branches in reach that still have rows to confirm."""
    checked = [one for one in cycles.quarters(connection, actor) if one.state in _CHECKED]
    return [(one, seals.unchecked(connection, actor, one)) for one in checked]


def _abilities(actor: Actor) -> set[str]:
    """The commonest acts of the caller, one click away."""
    wanted = (Permission.ACTIVITY_RECORD, Permission.ENTRY_RECORD, Permission.SUBMISSION_DECIDE)
    return {one.value for one in wanted if actor.reach(one)}


@router.get("/messages")
def show_messages(page: AnyPage) -> Response:
    """The inbox, the newest first."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        last = messages.inbox(connection, actor, limit=1).last
        inbox = messages.inbox(connection, actor, after=max(0, last - _MESSAGES_SHOWN), limit=_MESSAGES_SHOWN)
        return {"inbox": inbox, "pages": {one.number: page_of(actor, one) for one in inbox.messages}}

    return page.show("messages.html", **page.run(work))


@router.post("/messages/read")
def mark_messages_read(page: AnyPage) -> Response:
    """All that was shown is read."""
    up_to = page.posted.get("up_to")
    last = int(up_to) if up_to.isdecimal() and len(up_to) < 10 else 0
    page.run(lambda connection, actor: messages.mark_read(connection, actor, up_to=last))
    return page.goto("/messages", Words("已全部标为已读。", "All are marked as read."))
