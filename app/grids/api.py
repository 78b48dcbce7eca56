"""Routes of grids, leads, assignments, mentorings and plans."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.grids import handing, mentoring, pairing, planning, service
from app.grids.core import PAGE_MAX
from app.grids.core_mentoring import MentoringOutcome, MentoringState
from app.grids.schemas import (
    AssignmentAnswer,
    AssignmentRequest,
    CalendarAnswer,
    EndLeadRequest,
    GridAnswer,
    GridMemberAnswer,
    GridMembersAnswer,
    GridPlanAnswer,
    GridPlanRequest,
    GridRequest,
    GridsAnswer,
    LeadAnswer,
    LeadRequest,
    OverrideRequest,
    SuppliedAnswer,
    TerritoryRequest,
)
from app.grids.schemas_mentoring import (
    AgreementRequest,
    MentoringAnswer,
    MentoringEndRequest,
    MentoringPageAnswer,
    MentoringViewAnswer,
    VisitRequest,
)
from app.kit.http import tell_made

router = APIRouter(prefix="/api/v1", tags=["grids"])

Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Reader = Annotated[Door, Depends(permit(Permission.GRID_READ))]
Setter = Annotated[Door, Depends(permit(Permission.GRID_SET))]
Follower = Annotated[Door, Depends(permit(Permission.MENTORING_READ))]
Recorder = Annotated[Door, Depends(permit(Permission.MENTORING_RECORD))]


# Grids.


@router.get("/grids", summary="网格列表 · Grids")
def list_grids(door: Reader) -> GridsAnswer:
    """全区网格及其龙头。· The district's grids with their leads."""
    return door.run_named(service.grids, lambda found: GridsAnswer(grids=[GridAnswer.of_view(one) for one in found]))


@router.post("/grids/standard", summary="按六个行业建网格 · The six grids of Longwen")
def found_standard_grids(door: Setter, preview: Preview = False) -> GridsAnswer:
    """尚无网格的区，按六个行业各建一个；已有的不变。· One a trade, where the district has none yet."""
    return door.run_named(
        service.found_standard,
        lambda found: GridsAnswer(grids=[GridAnswer.of_view(one) for one in found]),
        commit=not preview,
    )


@router.put("/grids/{grid_id}", summary="新建或修改网格 · Found or change a grid")
def set_grid(grid_id: UUID, body: GridRequest, door: Setter, preview: Preview = False) -> GridAnswer:
    """行业变动的企业自下季度起调格。· Whom it moves, it moves from the next quarter on."""
    return door.run_named(
        lambda connection, actor: service.set_grid(connection, actor, body.grid(grid_id, actor.today)),
        GridAnswer.of_view,
        commit=not preview,
    )


@router.get("/grids/{grid_id}/enterprises", summary="网格内的两新组织 · Enterprises of a grid")
def list_grid_enterprises(
    grid_id: UUID, door: Reader, cursor: UUID | None = None, limit: Limit = 50
) -> GridMembersAnswer:
    """今天在格内或将入格的。· Those in it today or later on."""
    return door.run_named(
        lambda connection, actor: service.members_of(connection, actor, grid_id, cursor, limit + 1),
        lambda found: GridMembersAnswer.of_members(found, limit),
    )


@router.put("/enterprises/{enterprise_id}/territory", summary="确定属地 · Say whose territory an enterprise is in")
def set_territory(
    enterprise_id: UUID, body: TerritoryRequest, door: Setter, preview: Preview = False
) -> list[GridMemberAnswer]:
    """返回该企业的入格经过。· Its history in grids."""
    return door.run_named(
        lambda connection, actor: service.set_territory(connection, actor, enterprise_id, body.territory_id),
        lambda found: [GridMemberAnswer.model_validate(one) for one in found],
        commit=not preview,
    )


@router.put("/grids/leads/{lead_id}", summary="确定龙头 · Appoint or change a lead")
def set_lead(lead_id: UUID, body: LeadRequest, door: Setter, preview: Preview = False) -> LeadAnswer:
    """四星级、五星级党支部；之后只改副龙头和名额。· Later only deputy and capacity change."""
    wanted = body.wanted(lead_id)
    return door.run_named(
        lambda connection, actor: service.set_lead(connection, actor, wanted),
        LeadAnswer.model_validate,
        commit=not preview,
    )


@router.post("/grids/leads/{lead_id}/end", summary="龙头卸任 · End a lead")
def end_lead(lead_id: UUID, body: EndLeadRequest, door: Setter, preview: Preview = False) -> LeadAnswer:
    """保留到季末，由副龙头接任。· It keeps the grid to the quarter's end; then its deputy follows."""
    return door.run_named(
        lambda connection, actor: service.end_lead(connection, actor, lead_id, body.reason),
        LeadAnswer.model_validate,
        commit=not preview,
    )


# Assignments.


@router.post("/grids/assignment", summary="帮带分配 · Pair who needs help with leads")
def assign(body: AssignmentRequest, door: Setter, preview: Preview = False) -> AssignmentAnswer:
    """已同意的结对保持不变；其余提出最优提议，逐对说明；名额不足的指出缺口。先试算，后保存。

    What is agreed stays; for the rest the best proposals, each explained, and what is missing where there is none.
    """
    known = body.supplied()
    return door.run_named(
        lambda connection, actor: pairing.apply(connection, actor, known),
        AssignmentAnswer.of_applied,
        commit=not preview,
    )


@router.post("/mentorings/overrides", summary="人工指定龙头 · Choose the lead by hand")
def override(body: OverrideRequest, door: Setter, preview: Preview = False) -> MentoringAnswer:
    """说明理由；以后的分配保持该指定。· With a reason; assignments keep the choice."""
    return door.run_named(
        lambda connection, actor: pairing.override(
            connection, actor, body.kind, body.helped_id, body.lead_id, body.reason
        ),
        MentoringAnswer.model_validate,
        commit=not preview,
    )


@router.post("/grids/indicators", summary="网格任务取数 · Hand grid work down to open rounds")
def supply_indicators(door: Setter, preview: Preview = False) -> SuppliedAnswer:
    """评定批次开启期间可随时重取；已签字的不变。· As often as wanted; what is signed stays as it was."""
    return SuppliedAnswer(written=door.run(handing.supply_for, commit=not preview))


# Mentorings.


@router.get("/mentorings", summary="结对帮带列表 · Mentorings")
def list_mentorings(
    door: Follower,
    grid: UUID | None = None,
    state: MentoringState | None = None,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> MentoringPageAnswer:
    """龙头或帮带对象在可查看范围内的。· Those whose lead or helped one is in reach."""
    return door.run_named(
        lambda connection, actor: mentoring.page(
            connection, actor, grid_id=grid, state=state, after=cursor, count_max=limit
        ),
        MentoringPageAnswer.of_page,
    )


@router.get("/mentorings/{mentoring_id}", summary="结对帮带 · A mentoring")
def read_mentoring(mentoring_id: UUID, door: Follower) -> MentoringViewAnswer:
    """走访、联席会议、解决的问题和帮带对象的变化。· Visits, meetings, problems solved, and how the helped one fares."""
    return door.run_named(
        lambda connection, actor: mentoring.read(connection, actor, mentoring_id), MentoringViewAnswer.of_view
    )


@router.post("/mentorings/{mentoring_id}/agreement", summary="同意结对 · Agree to a mentoring")
def agree(mentoring_id: UUID, body: AgreementRequest, door: Recorder, preview: Preview = False) -> MentoringViewAnswer:
    """双方都同意后生效。· It is agreed when both sides have."""
    return door.run_named(
        lambda connection, actor: mentoring.agree(connection, actor, mentoring_id, body.side),
        MentoringViewAnswer.of_view,
        commit=not preview,
    )


@router.post("/mentorings/{mentoring_id}/visits", summary="登记走访或联席会议 · Record a visit", status_code=201)
def record_visit(
    mentoring_id: UUID,
    body: VisitRequest,
    request: Request,
    response: Response,
    door: Recorder,
    preview: Preview = False,
) -> MentoringViewAnswer:
    """首次登记即转为帮带中。· The first one makes the help active."""
    wanted = body.wanted()
    view, answer = door.run_and_name(
        lambda connection, actor: mentoring.record_visit(connection, actor, mentoring_id, wanted),
        MentoringViewAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=view.replayed, preview=preview)
    return answer


@router.post("/mentorings/{mentoring_id}/end", summary="结束结对 · End a mentoring")
def end_mentoring(
    mentoring_id: UUID, body: MentoringEndRequest, door: Recorder, preview: Preview = False
) -> MentoringViewAnswer:
    """达标或中止，说明理由；未同意的提议记为拒绝。· Risen or stopped, with a reason; a proposal is refused."""
    outcome = MentoringOutcome(body.outcome)
    return door.run_named(
        lambda connection, actor: mentoring.end(connection, actor, mentoring_id, outcome, body.reason),
        MentoringViewAnswer.of_view,
        commit=not preview,
    )


# Plans.


@router.get("/grids/{grid_id}/calendar/{year}", summary="网格年度安排 · The calendar of a grid")
def read_grid_calendar(grid_id: UUID, year: Annotated[int, Path(ge=2000, le=2200)], door: Reader) -> CalendarAnswer:
    """年主线、季主题、月亮点、周活动，及尚缺的时段。· What is planned, and the windows without anything."""
    return door.run_named(
        lambda connection, actor: planning.calendar(connection, actor, grid_id, year), CalendarAnswer.of_calendar
    )


@router.put("/grids/{grid_id}/plans/{plan_id}", summary="安排网格活动 · Plan something")
def set_plan(
    grid_id: UUID, plan_id: UUID, body: GridPlanRequest, door: Recorder, preview: Preview = False
) -> GridPlanAnswer:
    """区里或本网格龙头的书记；开展后关联活动，考勤和积分由活动记录。

    By the district or the secretary of a lead; linked to the session that it became, whose attendance counts.
    """
    wanted = body.plan(plan_id, grid_id)
    return door.run_named(
        lambda connection, actor: planning.set_plan(connection, actor, wanted),
        GridPlanAnswer.model_validate,
        commit=not preview,
    )
