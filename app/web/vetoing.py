"""Vetoes that were decided: filed by the district, and lifted where their ground stands no longer."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.naming import filled
from app.rules.terms import TERMS
from app.submissions import vetoes
from app.submissions.core_vetoes import LiftedWhy, SoughtVetoes, VetoState
from app.submissions.schemas import after_cursor
from app.submissions.schemas_vetoes import FilingRequest, LiftingRequest, VetoPageAnswer
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Unchosen
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.SUBMISSION_READ))]
Filing = Annotated[Page, Depends(page_for(Permission.VETO_FILE))]
Lifting = Annotated[Page, Depends(page_for(Permission.ENTRY_REVERSE))]

_PER_PAGE = 50
STATES = {
    VetoState.STANDING: Words("有效", "stands"),
    VetoState.LIFTED: Words("已解除", "lifted"),
    VetoState.ENDED: Words("随考评年度终止", "ended with its cycle"),
}
WHY = {
    LiftedWhy.ANNULLED: Words("依据已被撤销", "its ground is annulled"),
    LiftedWhy.APPEAL: Words("申诉成立", "an appeal was upheld"),
}


class FilingForm(FilingRequest):
    """As the office files it: under a number."""

    under: str = Field(min_length=1, max_length=100)


@router.get("/vetoes")
def show_vetoes(
    page: Reading,
    state: Annotated[VetoState | None, Unchosen] = None,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")] = None,
) -> Response:
    """Those in reach and the own ones; proposals of vetoes stand among the proposals."""
    return _vetoes(state, cursor).shown(page)


@router.post("/vetoes/{veto_id}/filing")
def file_veto(veto_id: UUID, page: Filing) -> Response:
    """The district acknowledges it, under its file number."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(FilingForm)
        vetoes.file(connection, actor, veto_id, under=asked.under, note=asked.note)

    return _vetoes(None, None).done(page, work, Words("已备案。", "It is filed."))


@router.post("/vetoes/{veto_id}/lifting")
def lift_veto(veto_id: UUID, page: Lifting) -> Response:
    """By reversing its entry."""

    def work(connection: Connection, actor: Actor) -> None:
        vetoes.lift(connection, actor, veto_id, page.posted.read(LiftingRequest).lifting())

    return _vetoes(None, None).done(page, work, Words("已解除，并告知本人。", "It is lifted, and the member is told."))


def _vetoes(state: VetoState | None, cursor: str | None) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = vetoes.page(connection, actor, SoughtVetoes(state), after=after_cursor(cursor), count_max=_PER_PAGE)
        root = roster.root_of(actor.district_id)
        return {
            "found": filled(connection, actor, VetoPageAnswer.of(found, actor.today)),
            "state": state,
            "states": STATES,
            "why": WHY,
            "grounds": TERMS["VetoGround"],
            "effects": TERMS["Effect"],
            "may_file": actor.may(Permission.VETO_FILE, root),
            "may_lift": bool(actor.reach(Permission.ENTRY_REVERSE)),
            "new_id": new_id,
        }

    return Sheet("/vetoes", "vetoes.html", read)
