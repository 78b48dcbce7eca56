"""The district's yearly list of key work (重点工作清单), which a veto cites: read by all, issued by the district."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles import key_work
from app.cycles.core_key_work import KeyWorkList
from app.cycles.schemas_key_work import KeyWorkListAnswer, KeyWorkRequest
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Posted

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.RULES_READ))]
Setting = Annotated[Page, Depends(page_for(Permission.KEY_WORK_SET))]
_ROWS_MORE = 8  # empty rows below those that the list has


@router.get("/key-work")
def show_lists(page: Reading, year: Annotated[int | None, Query(ge=2020, le=2100)] = None) -> Response:
    """The year's versions, the present one first."""
    return page.show("key_work.html", **page.run(lambda c, actor: _lists(c, actor, year)), tried=None)


@router.post("/key-work")
def issue(page: Setting) -> Response:
    """The whole list, tried out (``act=preview``) or issued; ``act=more`` gives the form more rows only."""
    posted, is_preview = page.posted, page.posted.get("act") == "preview"
    year = int(posted.get("year")) if posted.get("year").isdecimal() and len(posted.get("year")) == 4 else None

    if posted.get("act") == "more":
        return page.show("key_work.html", **page.run(lambda c, a: _lists(c, a, year)), tried=None, more=_ROWS_MORE)

    def work(connection: Connection, actor: Actor) -> tuple[KeyWorkList, dict[str, Any]]:
        asked = posted.read(KeyWorkRequest, entries=_entries(posted))
        shown = _lists(connection, actor, year) if is_preview else {}
        return key_work.issue(connection, actor, asked.issue())[0], shown

    try:
        made, shown = page.run(work, commit=not is_preview)
    except LongwenError as error:
        return page.refused("key_work.html", error, **page.run(lambda c, a: _lists(c, a, year)), tried=None)
    if is_preview:
        return page.show("key_work.html", **shown, tried=made)
    told = Words(f"已发布第 {made.version} 版。", f"Version {made.version} is issued.")
    return page.goto(f"/key-work?year={made.year}", told)


def _entries(posted: Posted) -> list[dict[str, str]]:
    """The rows of the form; those without anything are left out."""
    numbers, texts, responsible = (posted.all(name) for name in ("number", "text", "responsible"))
    rows = zip(numbers, texts, responsible, strict=False)
    return [
        {"number": number, "text": text, "responsible": who}
        for number, text, who in rows
        if number.strip() or text.strip() or who.strip()
    ]


def _lists(connection: Connection, actor: Actor, year: int | None) -> dict[str, Any]:
    chosen = year or actor.today.year
    found = [filled(connection, actor, KeyWorkListAnswer.of(one)) for one in key_work.lists(connection, actor, chosen)]
    last = found[-1].entries if found else []
    return {
        "lists": found[::-1],
        "year": chosen,
        "may_issue": actor.may(Permission.KEY_WORK_SET, roster.root_of(actor.district_id)),
        "rows": [(one.number, one.text, one.responsible) for one in last] + [("", "", "")] * _ROWS_MORE,
        "new_id": new_id(),
    }
