"""Grids arranged by the district: the grid itself, its leads and deputies, whose territory a firm is in, and the lead
that is chosen by hand.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.grids import pairing, service
from app.grids.schemas import GridRequest, LeadRequest, OverrideRequest, TerritoryRequest
from app.kit.errors import LongwenError, NotFound
from app.kit.http import Model
from app.kit.words import Words
from app.web.frame import Page, PageRoute, page_for
from app.web.grids import grid_sheet, map_sheet, mentoring_sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Setting = Annotated[Page, Depends(page_for(Permission.GRID_SET))]


class _Named(Model):
    """What stands in the address of the API's twin."""

    id: UUID


class _Firm(Model):
    """The same of a firm."""

    enterprise_id: UUID


@router.post("/grids/new")
def found_grid(page: Setting) -> Response:
    """A further one."""

    def work(connection: Connection, actor: Actor) -> None:
        grid_id = page.posted.read(_Named).id
        service.set_grid(connection, actor, _grid_request(page).grid(grid_id, actor.today))

    return map_sheet().done(page, work, Words("网格已建立。", "The grid is founded."))


@router.post("/grids/{grid_id}/change")
def change_grid(grid_id: UUID, page: Setting) -> Response:
    """Whom it moves, it moves from the next quarter on."""

    def work(connection: Connection, actor: Actor) -> None:
        if grid_id not in {one.grid.id for one in service.grids(connection, actor)}:
            raise NotFound(what="grid", field="grid_id")  # under another's id nothing is founded here
        service.set_grid(connection, actor, _grid_request(page).grid(grid_id, actor.today))

    told = Words("已修改；调格的企业自下季度起。", "Changed; firms that move do so from the next quarter on.")
    return grid_sheet(grid_id).done(page, work, told)


@router.post("/grids/{grid_id}/leads")
def set_lead(grid_id: UUID, page: Setting) -> Response:
    """Appointed, or later another deputy and another number of places."""

    def work(connection: Connection, actor: Actor) -> None:
        lead_id = page.posted.read(_Named).id
        service.set_lead(connection, actor, page.posted.read(LeadRequest, grid_id=grid_id).wanted(lead_id))

    return grid_sheet(grid_id).done(page, work, Words("龙头已确定。", "The lead is set."))


@router.post("/grids/{grid_id}/territories")
def set_territory(grid_id: UUID, page: Setting) -> Response:
    """Whose a firm is."""

    def work(connection: Connection, actor: Actor) -> None:
        enterprise_id = page.posted.read(_Firm).enterprise_id
        asked = page.posted.read(TerritoryRequest)
        service.set_territory(connection, actor, enterprise_id, asked.territory_id)

    return grid_sheet(grid_id).done(page, work, Words("属地已确定。", "The territory is set."))


@router.post("/mentorings/overrides")
def choose_lead(page: Setting) -> Response:
    """By hand, for a reason; assignments keep the choice."""
    before = page.posted.get("mentoring_id")

    def work(connection: Connection, actor: Actor) -> UUID:
        asked = page.posted.read(OverrideRequest)
        chosen = pairing.override(connection, actor, asked.kind, asked.helped_id, asked.lead_id, asked.reason)
        return chosen.id

    try:
        mentoring_id = page.run(work)
    except LongwenError as error:
        sheet = map_sheet()
        try:
            sheet = mentoring_sheet(UUID(before))
            facts: dict[str, Any] = page.run(sheet.read)
        except (ValueError, NotFound):
            sheet = map_sheet()
            facts = page.run(sheet.read)
        return page.refused(sheet.template, error, **facts)
    told = Words(
        "已指定龙头，双方会收到通知；以后的分配保持该指定。", "Chosen; both sides are told, assignments keep it."
    )
    return page.goto(f"/mentorings/{mentoring_id}", told)


def _grid_request(page: Page) -> GridRequest:
    """Trades are ticked, or written in one line apart by commas."""
    more = [one.strip() for one in page.posted.get("more_trades").replace("，", "、").replace(",", "、").split("、")]
    return page.posted.read(GridRequest, trades=[*page.posted.all("trades"), *filter(None, more)])
