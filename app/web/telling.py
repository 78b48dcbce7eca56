"""Deductions that members without an account are told of in person, and writing down that it was done."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.http import Model
from app.kit.words import Words
from app.points import telling
from app.points.schemas_telling import EntryTellingPageAnswer, EntryTellingRequest
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.STANDING_READ))]
Recording = Annotated[Page, Depends(page_for(Permission.ENTRY_RECORD))]

_PER_PAGE = 50


class Ticked(Model):
    """The deductions of a list that were ticked."""

    entry: list[UUID] = Field(min_length=1, max_length=_PER_PAGE)


@router.get("/tellings")
def show_tellings(
    page: Reading, told: bool = False, cursor: Annotated[str | None, Query(pattern=DAY_CURSOR)] = None
) -> Response:
    """Those that wait, or those that were told; the longest waiting first."""
    return _tellings(cursor, told=told).shown(page)


@router.post("/tellings")
def record(page: Recording) -> Response:
    """Who told the members of the ticked ones, when, where and how, and what was said; all or nothing."""

    def work(connection: Connection, actor: Actor) -> None:
        ids = page.posted.read(Ticked).entry
        asked = page.posted.read(EntryTellingRequest)
        for entry_id in sorted(set(ids)):
            telling.record(
                connection, actor, entry_id, told_on=asked.told_on, note=asked.told_in_person, said=asked.said
            )  # fmt: skip

    return _tellings(None, told=False).done(page, work, Words("已登记当面告知。", "It is written down."))


def _tellings(cursor: str | None, *, told: bool) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = telling.page(connection, actor, told=told, after=read_cursor(cursor), count_max=_PER_PAGE)
        return {
            "found": filled(connection, actor, EntryTellingPageAnswer.of(found)),
            "told_only": told,
            "may_record": bool(actor.reach(Permission.ENTRY_RECORD)),
        }

    return Sheet("/tellings", "tellings.html", read)
