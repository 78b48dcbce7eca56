"""Routes of members' boards, of notices, and of the policy over them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.boards import service
from app.boards.api_asking import (
    EVENT_STREAM,
    Cycle,
    InQuarter,
    LastEventId,
    Measure,
    On,
    Seconds,
    answer_board,
    follow_board,
)
from app.boards.core import TOTAL, Asked, Audience, Scope
from app.boards.schemas import (
    BoardAnswer,
    BoardPolicyAnswer,
    BoardPolicyModel,
    NoticeAnswer,
    PolicyVersionAnswer,
    PolicyVersionsAnswer,
)
from app.kit.sending import JSON, conditional

router = APIRouter(prefix="/api/v1/boards", tags=["boards"])

Reader = Annotated[Door, Depends(permit(Permission.BOARD_READ))]


@router.get("/district", summary="全区榜单 · District board", response_model=BoardAnswer)
def read_district_board(
    request: Request, door: Reader, measure: Measure = TOTAL, cycle: Cycle = None, quarter: InQuarter = None,
    on: On = None,
) -> Response:  # fmt: skip
    """按总积分或所选积分排名，显示范围由本区榜单设置决定。cycle、quarter、on 只填一项。

    By total points or another measure, as far as the district's policy shows. One of cycle, quarter and on.
    """
    return answer_board(request, door, Asked(Scope.DISTRICT, door.district.id, measure, cycle, quarter, on))


@router.get("/committees/{committee_id}", summary="党委榜单 · Committee board", response_model=BoardAnswer)
def read_committee_board(
    committee_id: UUID, request: Request, door: Reader, measure: Measure = TOTAL, cycle: Cycle = None,
    quarter: InQuarter = None, on: On = None,
) -> Response:  # fmt: skip
    """基层党委所属党员的榜单。· Of the members below a committee."""
    return answer_board(request, door, Asked(Scope.COMMITTEE, committee_id, measure, cycle, quarter, on))


@router.get("/branches/{branch_id}", summary="支部榜单 · Branch board", response_model=BoardAnswer)
def read_branch_board(
    branch_id: UUID, request: Request, door: Reader, measure: Measure = TOTAL, cycle: Cycle = None,
    quarter: InQuarter = None, on: On = None,
) -> Response:  # fmt: skip
    """支部内的榜单，只有可查看该支部榜单的人可见。· Inside a branch, for who may read boards there."""
    return answer_board(request, door, Asked(Scope.BRANCH, branch_id, measure, cycle, quarter, on))


@router.get("/grids/{grid_id}", summary="网格榜单 · Grid board", response_model=BoardAnswer)
def read_grid_board(
    grid_id: UUID, request: Request, door: Reader, measure: Measure = TOTAL, cycle: Cycle = None,
    quarter: InQuarter = None, on: On = None,
) -> Response:  # fmt: skip
    """支部归入其所覆盖两新组织最多的网格。· A branch is of the grid in which most of its enterprises are."""
    return answer_board(request, door, Asked(Scope.GRID, grid_id, measure, cycle, quarter, on))


# As streams.


@router.get(
    "/district/events", summary="全区榜单实时推送 · District board, live", response_class=Response,
    responses=EVENT_STREAM,
)  # fmt: skip
async def follow_district_board(
    request: Request, door: Reader, measure: Measure = TOTAL, quarter: InQuarter = None, seconds: Seconds = None,
    last_event_id: LastEventId = None,
) -> Response:  # fmt: skip
    """只推送变化（JSON Patch），断线后按 Last-Event-ID 续传；令牌失效即结束。

    Server-Sent Events: differences only, resumed by Last-Event-ID, ended with the token.
    """
    asked = Asked(Scope.DISTRICT, door.district.id, measure, None, quarter)
    return await follow_board(request, door, asked, last_event_id, seconds)


@router.get(
    "/committees/{committee_id}/events", summary="党委榜单实时推送 · Committee board, live", response_class=Response,
    responses=EVENT_STREAM,
)  # fmt: skip
async def follow_committee_board(
    committee_id: UUID, request: Request, door: Reader, measure: Measure = TOTAL, quarter: InQuarter = None,
    seconds: Seconds = None, last_event_id: LastEventId = None,
) -> Response:  # fmt: skip
    """同全区榜单推送。· As the district's."""
    asked = Asked(Scope.COMMITTEE, committee_id, measure, None, quarter)
    return await follow_board(request, door, asked, last_event_id, seconds)


@router.get(
    "/branches/{branch_id}/events", summary="支部榜单实时推送 · Branch board, live", response_class=Response,
    responses=EVENT_STREAM,
)  # fmt: skip
async def follow_branch_board(
    branch_id: UUID, request: Request, door: Reader, measure: Measure = TOTAL, quarter: InQuarter = None,
    seconds: Seconds = None, last_event_id: LastEventId = None,
) -> Response:  # fmt: skip
    """同全区榜单推送。· As the district's."""
    asked = Asked(Scope.BRANCH, branch_id, measure, None, quarter)
    return await follow_board(request, door, asked, last_event_id, seconds)


@router.get(
    "/grids/{grid_id}/events", summary="网格榜单实时推送 · Grid board, live", response_class=Response,
    responses=EVENT_STREAM,
)  # fmt: skip
async def follow_grid_board(
    grid_id: UUID, request: Request, door: Reader, measure: Measure = TOTAL, quarter: InQuarter = None,
    seconds: Seconds = None, last_event_id: LastEventId = None,
) -> Response:  # fmt: skip
    """同全区榜单推送。· As the district's."""
    asked = Asked(Scope.GRID, grid_id, measure, None, quarter)
    return await follow_board(request, door, asked, last_event_id, seconds)


# Notices, and the policy.


@router.get("/notices/{quarter}/branches/{branch_id}", summary="公示 · Results on notice", response_model=NoticeAnswer)
def read_notice(
    quarter: Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])],
    branch_id: UUID,
    request: Request,
    door: Reader,
) -> Response:
    """支部本季度公示的结果，姓名按本区榜单设置显示；没有名次。

    A branch's results on notice, with names as the district's policy has them, and without ranks.
    """
    notice = door.run(lambda connection, actor: service.notice(connection, actor, quarter, branch_id))
    return conditional(request, NoticeAnswer.of(notice).model_dump_json().encode(), media_type=JSON)


@router.get("/policies/{audience}", summary="榜单设置 · Board policy")
def read_board_policy(audience: Audience, door: Reader) -> BoardPolicyAnswer:
    """本区对该类观众的榜单设置。· What the district shows to an audience."""
    held = door.run(lambda connection, actor: service.policy(connection, actor, audience))
    return BoardPolicyAnswer.model_validate(held)


@router.get("/policies/{audience}/versions", summary="榜单设置的历次版本 · Versions of the board policy")
def list_board_policies(audience: Audience, door: Reader) -> PolicyVersionsAnswer:
    """历次设置，最新的在前。· Every setting there was, the latest first."""
    return door.run_named(
        lambda connection, actor: service.versions(connection, actor, audience),
        lambda found: PolicyVersionsAnswer(versions=[PolicyVersionAnswer.of(one) for one in found]),
    )


@router.put("/policies/{audience}", summary="修改榜单设置 · Set the board policy")
def set_board_policy(
    audience: Audience,
    body: BoardPolicyModel,
    door: Annotated[Door, Depends(permit(Permission.BOARD_SET))],
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> BoardPolicyAnswer:
    """由区两新工委设置，即刻生效并留存版本；没有“末位名单”这一选项。

    The district office sets it; it holds at once, and the versions before it are kept. A list of the last is no option.
    """
    held = door.run(
        lambda connection, actor: service.set_policy(
            connection, actor, audience, body.policy(), request_id=door.request_id
        ),
        commit=not preview,
    )
    return BoardPolicyAnswer.model_validate(held)
