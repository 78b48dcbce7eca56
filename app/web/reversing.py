"""One entry that was wrong: tried out, and undone by the opposite entry; the original stays as it is."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.errors import LongwenError, NotFound
from app.kit.ids import new_id
from app.kit.words import Words
from app.points import service as points
from app.points.gathering import Background
from app.submissions import reversing
from app.submissions.schemas import PostedAnswer, ReversalRequest
from app.web.appealing import entry_facts
from app.web.frame import Page, PageRoute, page_for

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reversing = Annotated[Page, Depends(page_for(Permission.ENTRY_REVERSE))]
JUST_SAVED = "保存后随即撤销"


@router.get("/entries/{entry_id}/reversal")
def show_reversal(entry_id: UUID, page: Reversing) -> Response:
    """The entry; and who else is to undo it, where it is not the caller's to undo."""
    return page.show("reversal.html", **page.run(lambda c, actor: _facts(page, c, actor, entry_id)))


@router.post("/entries/{entry_id}/reversal")
def reverse(entry_id: UUID, page: Reversing, just_saved: bool = False) -> Response:
    """Tried out (``act=preview``) or done; right after it was saved without being asked why."""
    is_preview = page.posted.get("act") == "preview"

    def work(connection: Connection, actor: Actor) -> tuple[PostedAnswer, UUID, dict[str, Any]]:
        said: dict[str, Any] = {"id": page.posted.get("id") or new_id(), "reason": JUST_SAVED} if just_saved else {}
        asked = page.posted.read(ReversalRequest, **said)
        shown = _facts(page, connection, actor, entry_id) if is_preview else {}
        done = reversing.reverse(connection, actor, entry_id, asked.id, asked.reason)
        return PostedAnswer.of(done), points.find_entry(connection, actor, entry_id).member_id, shown

    try:
        done, member_id, shown = page.run(work, commit=not is_preview)
    except NotFound:
        raise
    except LongwenError as error:
        return page.refused("reversal.html", error, **page.run(lambda c, actor: _facts(page, c, actor, entry_id)))
    if is_preview:
        return page.show("reversal.html", **{**shown, "tried": done})
    return page.goto(f"/members/{member_id}", Words("已冲正，并告知本人。", "It is reversed, and the member is told."))


def _facts(page: Page, connection: Connection, actor: Actor, entry_id: UUID) -> dict[str, Any]:
    """Raises NotFound."""
    shown = entry_facts(connection, actor, entry_id)
    entry = points.find_entry(connection, actor, entry_id)
    why = None
    try:
        reversing.require_right(connection, actor, entry, Background.read(connection, actor, [entry.member_id]))
    except NotFound:
        raise
    except LongwenError as error:
        why = error.text(page.language)
    return {**shown, "why_not": why, "tried": None}
