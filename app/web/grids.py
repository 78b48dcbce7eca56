"""Grids: a map of the trades with leads and pairings, the assignment tried out first, calendars, and mentorings."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.grids import mentoring, pairing, planning, service
from app.grids.assigning import Lack, NeedGround, Release
from app.grids.core import PAGE_MAX, TRADES, GridView, LeadState
from app.grids.core_mentoring import MentoringOutcome, MentoringState, Side, VisitKind
from app.grids.core_plans import PlanLevel
from app.grids.schemas import (
    AssignmentAnswer,
    CalendarAnswer,
    EndLeadRequest,
    GridAnswer,
    GridMembersAnswer,
    GridPlanRequest,
    GridsAnswer,
)
from app.grids.schemas_mentoring import (
    AgreementRequest,
    MentoringEndRequest,
    MentoringPageAnswer,
    MentoringViewAnswer,
    VisitRequest,
)
from app.kit.errors import LongwenError, NotFound
from app.kit.http import Model
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.GRID_READ))]
Setting = Annotated[Page, Depends(page_for(Permission.GRID_SET))]
Following = Annotated[Page, Depends(page_for(Permission.MENTORING_READ))]
Recording = Annotated[Page, Depends(page_for(Permission.MENTORING_RECORD))]


class _PlanId(Model):
    """What stands in the address of the API's twin."""

    id: UUID


LEAD_STATES = {
    LeadState.LEADING: Words("在任", "leading"),
    LeadState.LEAVING: Words("保留到季末", "to the quarter's end"),
    LeadState.ACTING: Words("暂代", "acting"),
    LeadState.ENDED: Words("已卸任", "ended"),
}
SIDES = {Side.LEAD: Words("龙头一方", "the lead"), Side.HELPED: Words("帮带对象一方", "the helped")}
STATES = {
    MentoringState.PROPOSED: Words("待双方同意", "waits for both sides"),
    MentoringState.AGREED: Words("已同意", "agreed"),
    MentoringState.ACTIVE: Words("帮带中", "active"),
    MentoringState.ENDED: Words("已结束", "ended"),
}
OUTCOMES = {
    MentoringOutcome.WITHDRAWN: Words("提议撤回", "proposal withdrawn"),
    MentoringOutcome.REFUSED: Words("未同意", "refused"),
    MentoringOutcome.RISEN: Words("已达标", "risen"),
    MentoringOutcome.STOPPED: Words("中止", "stopped"),
    MentoringOutcome.HANDED_OVER: Words("移交接任龙头", "handed over"),
    MentoringOutcome.RELEASED: Words("解除", "released"),
    MentoringOutcome.CHOSEN_OTHERWISE: Words("另行指定", "another was chosen"),
}
GROUNDS = {
    NeedGround.CASE: Words("党员在帮扶整改", "a member with an open case"),
    NeedGround.ONE_STAR: Words("一星", "one star"),
    NeedGround.TWO_STARS: Words("二星", "two stars"),
    NeedGround.NO_MEMBERS: Words("企业没有党员", "a firm without members"),
    NeedGround.UNDER_WAY: Words("帮带未结束", "under way"),
}
LACKS = {
    Lack.NO_GRID: Words("行业没有网格", "no grid"),
    Lack.NO_LEAD: Words("没有可及的龙头", "no lead within reach"),
    Lack.NO_CAPACITY: Words("名额不足", "no place left"),
}
RELEASES = {
    Release.LEAD_GONE: Words("龙头已卸任", "the lead is gone"),
    Release.OUT_OF_REACH: Words("已不在同一网格", "out of reach"),
    Release.OVER_CAPACITY: Words("超出名额", "over its capacity"),
    Release.NOT_NEEDED: Words("不再需要", "not needed any more"),
    Release.BETTER: Words("有更合适的", "gave way to a better one"),
}
LEVELS = {
    PlanLevel.YEAR: Words("年主线", "the year's main line"),
    PlanLevel.QUARTER: Words("季主题", "a quarter's theme"),
    PlanLevel.MONTH: Words("月亮点", "a month's highlight"),
    PlanLevel.WEEK: Words("周活动", "a week's activity"),
}
VISITS = {
    VisitKind.VISIT: Words("走访", "visit"),
    VisitKind.JOINT_MEETING: Words("季度联席会议", "joint meeting"),
}


@router.get("/grids")
def show_grids(page: Reading) -> Response:
    """The map: each trade with its leads and whom they help."""
    return map_sheet().shown(page)


@router.post("/grids/standard")
def found_standard(page: Setting) -> Response:
    """One a trade, where the district has none yet."""
    return map_sheet().done(page, service.found_standard, Words("六个网格已建立。", "The six grids are founded."))


@router.post("/grids/assignment")
def assign(page: Setting) -> Response:
    """Tried out first; applied when it is said so."""
    is_applied = page.posted.get("act") == "apply"
    try:
        found = page.run(
            lambda c, actor: filled(c, actor, AssignmentAnswer.of_applied(pairing.apply(c, actor))), commit=is_applied
        )
    except LongwenError as error:
        return page.refused("grids.html", error, **page.run(map_sheet().read))
    if is_applied:
        told = Words(
            f"已提出 {found.proposed} 对结对，双方会收到通知。",
            f"{found.proposed} pairings are proposed; both sides are told.",
        )
        return page.goto("/grids", told)
    return page.show("assignment.html", found=found, grounds=GROUNDS, lacks=LACKS, releases=RELEASES,
                     names=page.run(_leads))  # fmt: skip


@router.post("/grids/leads/{lead_id}/end")
def end_lead(lead_id: UUID, page: Setting) -> Response:
    """It keeps the grid to the quarter's end."""

    def work(connection: Connection, actor: Actor) -> None:
        service.end_lead(connection, actor, lead_id, page.posted.read(EndLeadRequest).reason)

    told = Words("保留到季末，由副龙头接任。", "It stays to the quarter's end; its deputy follows.")
    return map_sheet().done(page, work, told)


@router.get("/grids/{grid_id}")
def show_grid(grid_id: UUID, page: Reading, year: Annotated[int | None, Query(ge=2000, le=2200)] = None) -> Response:
    """Its firms, its pairings, and its year."""
    return grid_sheet(grid_id, year).shown(page)


@router.post("/grids/{grid_id}/plans")
def plan(grid_id: UUID, page: Recording) -> Response:
    """By the district or the secretary of a lead."""

    def work(connection: Connection, actor: Actor) -> None:
        plan_id = page.posted.read(_PlanId).id  # sent twice it is one
        asked = page.posted.read(GridPlanRequest, dropped=False)
        planning.set_plan(connection, actor, asked.plan(plan_id, grid_id))

    return grid_sheet(grid_id).done(page, work, Words("已安排。", "It is planned."))


@router.get("/mentorings/{mentoring_id}")
def show_mentoring(mentoring_id: UUID, page: Following) -> Response:
    """Visits, meetings, and how the helped one fares."""
    return mentoring_sheet(mentoring_id).shown(page)


@router.post("/mentorings/{mentoring_id}/agreement")
def agree(mentoring_id: UUID, page: Recording) -> Response:
    """It is agreed when both sides have."""

    def work(connection: Connection, actor: Actor) -> None:
        mentoring.agree(connection, actor, mentoring_id, page.posted.read(AgreementRequest).side)

    return mentoring_sheet(mentoring_id).done(page, work, Words("已同意。", "Agreed."))


@router.post("/mentorings/{mentoring_id}/visits")
def visit(mentoring_id: UUID, page: Recording) -> Response:
    """The first one makes the help active."""

    def work(connection: Connection, actor: Actor) -> None:
        posted = page.posted
        counts = {key: _count(posted.get(key)) for key in ("problems_found", "problems_solved")}
        mentoring.record_visit(connection, actor, mentoring_id, posted.read(VisitRequest, **counts).wanted())

    return mentoring_sheet(mentoring_id).done(page, work, Words("已登记。", "It is written down."))


@router.post("/mentorings/{mentoring_id}/end")
def end(mentoring_id: UUID, page: Recording) -> Response:
    """Risen or stopped; a proposal is refused."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(MentoringEndRequest)
        mentoring.end(connection, actor, mentoring_id, MentoringOutcome(asked.outcome), asked.reason)

    return mentoring_sheet(mentoring_id).done(page, work, Words("已结束。", "It is ended."))


def _count(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 6 else text or 0


def _leads(connection: Connection, actor: Actor) -> dict[UUID, str]:
    """What the branch of each lead is called."""
    views = service.grids(connection, actor)
    found = filled(connection, actor, GridsAnswer(grids=[GridAnswer.of_view(one) for one in views]))
    return {lead.id: lead.branch_name or "" for grid in found.grids for lead in grid.leads}


def _free_trades(views: list[GridView]) -> list[str]:
    """What no grid has yet."""
    taken = {trade for one in views for trade in one.grid.trades}
    return [trade for trade in TRADES if trade not in taken]


def _pairings(connection: Connection, actor: Actor, grid_id: UUID | None = None) -> list[Any]:
    found = mentoring.page(connection, actor, grid_id=grid_id, count_max=PAGE_MAX)
    return [
        one for one in filled(connection, actor, MentoringPageAnswer.of_page(found)).mentorings
        if one.state is not MentoringState.ENDED
    ]  # fmt: skip


def map_sheet() -> Sheet:
    """Each trade with its leads and whom they help."""

    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        views = service.grids(connection, actor)
        paired: dict[UUID, list[Any]] = {}
        for one in _pairings(connection, actor):
            paired.setdefault(one.lead_id, []).append(one)
        return {
            "grids": filled(connection, actor, GridsAnswer(grids=[GridAnswer.of_view(v) for v in views])).grids,
            "paired": paired,
            "sets": actor.may(Permission.GRID_SET, roster.root_of(actor.district_id)),
            "follows": bool(actor.reach(Permission.MENTORING_READ)),
            "states": STATES,
            "lead_states": LEAD_STATES,
            "free": _free_trades(views),
            "new_id": new_id,
        }

    return Sheet("/grids", "grids.html", read)


def grid_sheet(grid_id: UUID, year: int | None = None) -> Sheet:
    """A grid with its firms, leads, pairings and calendar."""

    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        chosen = year or actor.today.year
        views = service.grids(connection, actor)
        view = next((one for one in views if one.grid.id == grid_id), None)
        if view is None:
            raise NotFound(what="grid", field="grid_id")
        members = service.members_of(connection, actor, grid_id, None, PAGE_MAX + 1)
        places = [one for one in roster.organisations(connection, actor.district_id) if one.until_on is None]
        branches = [(one.id, one.name) for one in places if one.kind is OrganisationKind.BRANCH]
        above = (OrganisationKind.COMMITTEE, OrganisationKind.DISTRICT)
        calendar = planning.calendar(connection, actor, grid_id, chosen)
        hosts = roster.organisations_for(connection, actor, Permission.ACTIVITY_READ)
        return {
            "readable": {one.id for one in hosts},
            "grid": filled(connection, actor, GridAnswer.of_view(view)),
            "calendar": filled(connection, actor, CalendarAnswer.of_calendar(calendar)),
            "members": filled(connection, actor, GridMembersAnswer.of_members(members, PAGE_MAX)).members,
            "pairings": _pairings(connection, actor, grid_id),
            "branches": branches,
            "territories": [(one.id, one.name) for one in places if one.kind in above],
            "others": [(one.grid.id, one.grid.name) for one in views if one.grid.id != grid_id],
            "free": _free_trades(views),
            "sets": actor.may(Permission.GRID_SET, roster.root_of(actor.district_id)),
            "records": bool(actor.reach(Permission.MENTORING_RECORD)),
            "follows": bool(actor.reach(Permission.MENTORING_READ)),
            "year": chosen,
            "levels": LEVELS,
            "new_id": new_id,
            "states": STATES,
            "lead_states": LEAD_STATES,
        }

    return Sheet(f"/grids/{grid_id}", "grid.html", read)


def mentoring_sheet(mentoring_id: UUID) -> Sheet:
    """A pairing with its visits, and what may be done to it."""

    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        view = mentoring.read(connection, actor, mentoring_id)
        return {
            "view": filled(connection, actor, MentoringViewAnswer.of_view(view)),
            "names": _leads(connection, actor),
            "sets": actor.may(Permission.GRID_SET, roster.root_of(actor.district_id)),
            "records": bool(actor.reach(Permission.MENTORING_RECORD)),
            "sides": [(side.value, words) for side, words in SIDES.items()],
            "states": STATES,
            "outcomes": OUTCOMES,
            "grounds": GROUNDS,
            "visits": VISITS,
            "new_id": new_id,
        }

    return Sheet(f"/mentorings/{mentoring_id}", "mentoring.html", read)
