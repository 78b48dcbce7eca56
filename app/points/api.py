"""Routes that read standings and the ledger."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.points import reading
from app.points.schemas import EntryPageAnswer, StandingAnswer
from app.points.schemas_explaining import ExplanationAnswer
from app.points.views import PAGE_MAX

router = APIRouter(prefix="/api/v1", tags=["points"])

Cycle = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z-]{4,16}$", description="考评年度，默认本年度 · the cycle")]


@router.get("/members/{member_id}/standing", summary="积分状态 · Standing")
def read_standing(
    member_id: UUID,
    door: Annotated[Door, Depends(permit(Permission.STANDING_READ))],
    cycle: Cycle = None,
) -> StandingAnswer:
    """党员在一个考评年度的积分。· What a member's entries add up to in a cycle."""
    return door.run_named(
        lambda connection, actor: reading.standing(connection, actor, member_id, cycle), StandingAnswer.of_view
    )


@router.get("/members/{member_id}/entries", summary="积分记录 · Entries")
def list_entries(
    member_id: UUID,
    door: Annotated[Door, Depends(permit(Permission.STANDING_READ))],
    cycle: Cycle = None,
    after: Annotated[int, Query(ge=0, description="上次取到的序号 · the number to go on after")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> EntryPageAnswer:
    """按序号排列，不漏不重。· In the order of their numbers, none skipped and none twice."""
    return door.run_named(
        lambda connection, actor: reading.entries(connection, actor, member_id, cycle, after, limit), EntryPageAnswer.of
    )


@router.get("/members/{member_id}/explanation", summary="积分说明 · Explanation")
def explain_standing(
    member_id: UUID,
    door: Annotated[Door, Depends(permit(Permission.STANDING_READ))],
    cycle: Cycle = None,
) -> ExplanationAnswer:
    """每个数字都追到记录、条款和封顶。· Every number led down to entries, articles and ceilings."""
    return door.run_named(
        lambda connection, actor: reading.explanation(connection, actor, member_id, cycle), ExplanationAnswer.of_view
    )
