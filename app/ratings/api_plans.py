"""Routes of plans, and of the district's list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.http import tell_made
from app.ratings import treating, treatments
from app.ratings.core_treatments import Treatment
from app.ratings.schemas_plans import (
    ListAnswer,
    PlanCloseRequest,
    PlansAnswer,
    PlanStepRequest,
    RatingPlanAnswer,
    RatingPlanRequest,
    StrikeRequest,
    TreatmentsAnswer,
)

router = APIRouter(prefix="/api/v1", tags=["ratings"])

Reading = Annotated[Door, Depends(permit(Permission.RATING_READ))]
Signing = Annotated[Door, Depends(permit(Permission.RATING_SIGN))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


@router.get("/rating-plans", summary="整改和培育计划 · Plans")
def list_plans(door: Reading, open_only: bool = False) -> PlansAnswer:
    """权限范围内的，按期限排列。· Those in reach, by the day on which they are due."""
    return door.run_named(
        lambda connection, actor: (
            treating.plans(connection, actor, open_only=open_only),
            treating.without_plan(connection, actor),
        ),
        lambda done: PlansAnswer(
            plans=[RatingPlanAnswer.of(one) for one in done[0]], without=[one.id for one in done[1]]
        ),
    )


@router.get("/rating-treatments", summary="按星级分类管理名单 · What follows from stars")
def list_treatments(door: Signing, treatment: Treatment | None = None) -> TreatmentsAnswer:
    """二星及以下整改、三星培育、四星以上示范；计划、期限、帮带龙头一并列出。

    Rectification, cultivation and models in reach, with plan, deadline and the branch that helps.
    """
    return door.run_named(
        lambda connection, actor: treatments.treatments(connection, actor, treatment), TreatmentsAnswer.of
    )


@router.get("/rating-list", summary="区整改名单 · The district's list")
def read_list(door: Signing) -> ListAnswer:
    """连续两年二星及以下的支部。· Branches that stayed at two stars or fewer for two years."""
    return ListAnswer.of(door.run(treating.listed))


@router.post("/ratings/{rating_id}/plans", summary="立计划 · Agree on a plan", status_code=201)
def agree_plan(
    rating_id: UUID,
    body: RatingPlanRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> RatingPlanAnswer:
    """二星及以下立整改计划，三星立培育计划。· Rectification up to two stars, cultivation at three."""
    done, answer = door.run_and_name(
        lambda connection, actor: treating.agree(connection, actor, rating_id, body.id, body.listed()),
        lambda done: RatingPlanAnswer.of(done.plan),
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/rating-plans/{plan_id}/struck", summary="销号 · Strike a problem off")
def strike_problem(
    plan_id: UUID, body: StrikeRequest, request: Request, response: Response, door: Signing, preview: Preview = False
) -> RatingPlanAnswer:
    """逐项销号。· One by one."""
    done, answer = door.run_and_name(
        lambda connection, actor: treating.strike(connection, actor, plan_id, body.number, body.note, body.seen),
        lambda done: RatingPlanAnswer.of(done.plan),
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/rating-plans/{plan_id}/extension", summary="延期 · Extend a plan")
def extend_plan(
    plan_id: UUID, body: PlanStepRequest, request: Request, response: Response, door: Signing, preview: Preview = False
) -> RatingPlanAnswer:
    """只延一次；逾期后延期的计一次逾期。· Once; after the deadline it counts as missed."""
    done, answer = door.run_and_name(
        lambda connection, actor: treating.extend(connection, actor, plan_id, body.note, body.seen),
        lambda done: RatingPlanAnswer.of(done.plan),
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/rating-plans/{plan_id}/closing", summary="验收或认定逾期 · Accept a plan, or find it missed")
def close_plan(
    plan_id: UUID, body: PlanCloseRequest, request: Request, response: Response, door: Signing, preview: Preview = False
) -> RatingPlanAnswer:
    """全部销号后验收。· Accepted when all is struck off."""
    done, answer = door.run_and_name(
        lambda connection, actor: treating.close(
            connection, actor, plan_id, body.note, body.seen, accepted=body.accepted
        ),
        lambda done: RatingPlanAnswer.of(done.plan),
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer
