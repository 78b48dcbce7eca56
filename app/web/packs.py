"""Review packs: which there are, one asked for and watched, copies taken of it, and the notices for branches' walls."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Response
from pydantic import Field
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.kit.errors import LongwenError, NotFound
from app.kit.http import Model
from app.kit.words import Words
from app.reviews import copying, making, packing, papers, walls
from app.reviews.core_packs import Pack, PackKind, PackState
from app.reviews.periods import period_of
from app.reviews.schemas import NewCopy, PackAnswer, TakenCopiesAnswer, TakenCopyAnswer
from app.reviews.wording import PART_WORDS, period_text
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.roster.naming import filled
from app.seals import service as seals
from app.web.frame import Page, PageRoute, page_for
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Exporting = Annotated[Page, Depends(page_for(Permission.QUARTER_EXPORT))]
_QUARTER = r"^\d{4}Q[1-4]$"
Code = Annotated[str | None, Query(pattern=_QUARTER)]

KINDS = {
    PackKind.QUARTER: Words("季度", "quarter"),
    PackKind.HALF: Words("半年", "half-year"),
    PackKind.YEAR: Words("年度", "year"),
}
STATES = {
    PackState.WAITING: Words("等待生成", "waiting"),
    PackState.MAKING: Words("正在生成", "being made"),
    PackState.DONE: Words("已生成", "made"),
    PackState.FAILED: Words("生成失败", "failed"),
}
_SCOPES = {OrganisationKind.DISTRICT, OrganisationKind.COMMITTEE, OrganisationKind.BRANCH}


class _Order(Model):
    """What the form asks for."""

    quarter: str = Field(pattern=_QUARTER)
    kind: PackKind
    scope: UUID | None = None


@router.get("/packs")
def show_packs(page: Exporting, quarter: Code = None) -> Response:
    """Of one quarter, from the district down; the last that was sealed unless another is chosen."""
    return _packs(quarter).shown(page)


@router.post("/packs")
def ask(page: Exporting, background: BackgroundTasks) -> Response:
    """Made in the background; what is there already is shown."""
    quarter = page.posted.get("quarter")
    sheet = _packs(quarter)
    try:
        asked = page.posted.read(_Order)
        found = page.run(lambda c, actor: packing.ask(c, actor, asked.quarter, kind=asked.kind, scope_id=asked.scope))
    except NotFound:
        raise
    except LongwenError as error:
        return page.refused(sheet.template, error, **page.run(_packs(None).read))
    if found.state is PackState.DONE:
        return page.goto(f"/packs/{found.id}", Words("这套材料已经生成。", "This pack is there already."))
    background.add_task(making.make, making.Workshop(page.state.database, page.state.clock, page.district), found.id)
    told = Words("已提交生成，完成后会给您发消息。", "It is being made; you will get a message when it is done.")
    return page.goto(f"/packs/{found.id}", told)


@router.get("/packs/wall")
def print_wall_notice(page: Exporting, quarter: Annotated[str, Query(pattern=_QUARTER)], branch: UUID) -> Response:
    """A PDF, with names as the boards' policy for members has them."""
    asked = page.request_id
    notice, at = page.run(lambda c, actor: walls.wall_notice(c, actor, quarter, branch, request_id=asked))
    headers = {"Content-Disposition": f'attachment; filename="longwen-{quarter}-notice.pdf"'}
    return Response(papers.wall_sheet(notice, at), media_type="application/pdf", headers=headers)


@router.get("/packs/{pack_id}")
def show_pack(pack_id: UUID, page: Exporting) -> Response:
    """How far it is, its papers, and who took copies."""
    return _pack(pack_id).shown(page)


@router.get("/packs/{pack_id}/progress")
def show_progress(pack_id: UUID, page: Exporting) -> Response:
    """The part of the page that changes while the pack is made; the page asks for it itself."""
    return page.show("parts/pack.html", **page.run(_pack(pack_id).read))


@router.post("/packs/{pack_id}/cancel")
def cancel(pack_id: UUID, page: Exporting) -> Response:
    """Nothing of it stays."""
    sheet = _pack(pack_id)
    try:
        found = page.run(lambda connection, actor: packing.pack(connection, actor, pack_id))
        page.run(lambda connection, actor: packing.cancel(connection, actor, pack_id))
    except NotFound:
        raise
    except LongwenError as error:
        return page.refused(sheet.template, error, **page.run(sheet.read))
    return page.goto(f"/packs?quarter={found.quarter}", Words("已取消，不留任何内容。", "Taken back; nothing stays."))


@router.post("/packs/{pack_id}/copies")
def take_copy(pack_id: UUID, page: Exporting) -> Response:
    """Marked with who and when, written to the access log, and downloaded at once; resumed for a day."""
    sheet = _pack(pack_id)
    shop = making.Workshop(page.state.database, page.state.clock, page.district)
    try:
        asked = page.posted.read(NewCopy)
        what = page.run(lambda connection, actor: copying.wanted(connection, actor, pack_id, asked.part))
        with copying.marked(shop, what, asked.reason) as (copy, source):
            page.run(lambda connection, actor: copying.keep(connection, actor, copy, source, page.request_id))
    except NotFound:
        raise
    except LongwenError as error:
        return page.refused(sheet.template, error, **page.run(sheet.read))
    return page.goto(f"/api/v1/packs/copies/{copy.id}")


def period(one: PackAnswer) -> Words:
    """2026年第3季度; 2026Q3."""
    return Words(period_text(one.kind, one.period), one.period)


def _packs(quarter: str | None) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        known = cycles.quarters(connection, actor)
        begun = sorted((one for one in known if one.starts_on <= actor.today), key=lambda one: one.code, reverse=True)
        sealed = [one for one in begun if seals.frozen_at(connection, actor, one) is not None]
        code = quarter or (sealed or begun)[0].code if begun else None
        ending = next((one for one in begun if one.code == code), None)
        views = roster.organisations_for(connection, actor, Permission.QUARTER_EXPORT)
        there = [one for one in views if one.kind in _SCOPES and one.until_on is None]
        packs = [] if code is None else packing.packs(connection, actor, code)
        may_all = any(one.kind is OrganisationKind.DISTRICT for one in there)
        kinds = () if ending is None else [one for one in PackKind if period_of(one, ending, known) is not None]
        return {
            "code": code,
            "is_sealed": any(one.code == code for one in sealed),
            "quarters": begun,
            "packs": [filled(connection, actor, PackAnswer.of(one)) for one in packs],
            "kinds": [one for one in kinds if may_all or one is PackKind.QUARTER],
            "scopes": there,
            "branches": [one for one in there if one.kind is OrganisationKind.BRANCH],
            "kind_words": KINDS,
            "states": STATES,
            "period": period,
        }

    return Sheet("/packs", "packs.html", read)


def _pack(pack_id: UUID) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        pack: Pack = packing.pack(connection, actor, pack_id)
        copies = [TakenCopyAnswer.of(one) for one in copying.taken(connection, actor, pack_id)]
        return {
            "pack": filled(connection, actor, PackAnswer.of(pack)),
            "quarter": pack.quarter,
            "is_over": pack.state in (PackState.DONE, PackState.FAILED),
            "copies": filled(connection, actor, TakenCopiesAnswer(copies=copies)).copies,
            "own": actor.account_id,
            "now": actor.at,
            "kind_words": KINDS,
            "part_words": PART_WORDS,
            "period": period,
            "states": STATES,
        }

    return Sheet(f"/packs/{pack_id}", "pack.html", read)
