"""The quarter's check: which branches wait, and all of a branch's routine entries on one page."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.kit.problems import Language
from app.kit.words import Words
from app.seals import checking
from app.seals import service as seals
from app.seals.core import PAGE_MAX, Confirmed
from app.seals.schemas import CheckAnswer, ConfirmRequest, QuarterLifeAnswer, RefusalRequest
from app.web.frame import Page, PageRoute, page_for
from app.web.wording import QUARTER_STATES, STAGES

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.CHECK_READ))]
Deciding = Annotated[Page, Depends(page_for(Permission.CHECK_DECIDE))]
Quarter = Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$")]


@router.get("/checks")
def show_checks(page: Reading, quarter: Annotated[str | None, Query(pattern=r"^\d{4}Q[1-4]$")] = None) -> Response:
    """A quarter's branches: what waits, whose turn it is, and since when something is on notice."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        known = [one.quarter for one in seals.quarters(connection, actor) if one.quarter.starts_on <= actor.today]
        chosen = quarter or next((one.code for one in known if one.state.value in ("check", "notice")), None)
        chosen = chosen or (known[0].code if known else None)
        found = None if chosen is None else QuarterLifeAnswer.of_view(seals.quarter(connection, actor, chosen))
        return {"quarters": known, "found": found}

    return page.show("checks.html", **page.run(work), states=QUARTER_STATES, stages=STAGES)


@router.get("/checks/{quarter}/{branch_id}")
def show_check(
    quarter: Quarter, branch_id: UUID, page: Reading, cursor: Annotated[str | None, Query(pattern=DAY_CURSOR)] = None
) -> Response:
    """A branch's routine entries that nobody has confirmed."""
    return page.show(
        "check.html", **page.run(lambda c, actor: _rows(c, actor, quarter, branch_id, cursor, page.language))
    )


@router.post("/checks/{quarter}/{branch_id}")
def confirm(quarter: Quarter, branch_id: UUID, page: Deciding) -> Response:
    """All that are the caller's to confirm, or the ticked ones."""

    def work(connection: Connection, actor: Actor) -> Confirmed:
        ticked = page.posted.all("entries")
        asked = page.posted.read(ConfirmRequest, entries=None if page.posted.get("act") == "all" else ticked)
        return checking.confirm(connection, actor, quarter, branch_id, asked.entries)

    try:
        done = page.run(work)
    except LongwenError as error:
        return page.refused(
            "check.html", error, **page.run(lambda c, actor: _rows(c, actor, quarter, branch_id, None, page.language))
        )
    zh, en = f"已确认 {done.confirmed} 条，", f"{done.confirmed} confirmed; "
    if done.left:
        waits = "、".join(done.asked)
        zh += f"还有 {done.left} 条由他人复核{f'（{waits}）' if waits else ''}。"
        en += f"{done.left} are for others to confirm{f' ({waits})' if waits else ''}."
    else:
        zh, en = f"{zh}本支部已全部确认。", f"{en}the branch is done."
    return page.goto(f"/checks/{quarter}/{branch_id}", Words(zh, en))


@router.post("/checks/{quarter}/{branch_id}/{entry_id}")
def refuse(quarter: Quarter, branch_id: UUID, entry_id: UUID, page: Deciding) -> Response:
    """One is not confirmed: it is reversed, with the reason, and the member is told."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(RefusalRequest)
        checking.refuse(connection, actor, entry_id, asked.id, asked.reason)

    try:
        page.run(work)
    except LongwenError as error:
        return page.refused(
            "check.html", error, **page.run(lambda c, actor: _rows(c, actor, quarter, branch_id, None, page.language))
        )
    told = Words("已冲正，并告知本人。", "It is reversed, and the member is told.")
    return page.goto(f"/checks/{quarter}/{branch_id}", told)


def _rows(
    connection: Connection, actor: Actor, quarter: str, branch_id: UUID, cursor: str | None, language: Language
) -> dict[str, Any]:
    found = checking.page(connection, actor, quarter, branch_id, after=read_cursor(cursor), count_max=PAGE_MAX)
    return {
        "check": CheckAnswer.of(found, language),
        "may_decide": bool(actor.reach(Permission.CHECK_DECIDE)),
        "new_id": new_id,
        "stages": STAGES,
    }
