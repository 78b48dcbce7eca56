"""Routes of boards and of the policy over them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.boards import service
from app.boards.core import Audience
from app.boards.schemas import BoardAnswer, BoardPolicyModel, NoticeAnswer

router = APIRouter(prefix="/api/v1/boards", tags=["boards"])

Cycle = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z-]{4,16}$", description="考评年度，默认本年度 · the cycle")]


@router.get("/district", summary="全区榜单 · District board")
def read_district_board(
    door: Annotated[Door, Depends(permit(Permission.BOARD_READ))], cycle: Cycle = None
) -> BoardAnswer:
    """按总积分排名，显示范围由本区榜单设置决定。· By total points, as far as the district's policy shows."""
    board = door.run(lambda connection, actor: service.district_board(connection, actor, cycle))
    return BoardAnswer.of(board)


@router.get("/branches/{branch_id}", summary="支部榜单 · Branch board")
def read_branch_board(
    branch_id: UUID,
    door: Annotated[Door, Depends(permit(Permission.BOARD_READ))],
    cycle: Cycle = None,
) -> BoardAnswer:
    """支部内按总积分排名。· By total points inside a branch."""
    board = door.run(lambda connection, actor: service.branch_board(connection, actor, branch_id, cycle))
    return BoardAnswer.of(board)


@router.get("/notices/{quarter}/branches/{branch_id}", summary="公示 · Results on notice")
def read_notice(
    quarter: Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])],
    branch_id: UUID,
    door: Annotated[Door, Depends(permit(Permission.BOARD_READ))],
) -> NoticeAnswer:
    """支部本季度公示的结果，姓名按本区榜单设置显示；没有名次。

    A branch's results on notice, with names as the district's policy has them, and without ranks.
    """
    notice = door.run(lambda connection, actor: service.notice(connection, actor, quarter, branch_id))
    return NoticeAnswer.of(notice)


@router.get("/policies/{audience}", summary="榜单设置 · Board policy")
def read_board_policy(
    audience: Audience, door: Annotated[Door, Depends(permit(Permission.BOARD_READ))]
) -> BoardPolicyModel:
    """本区对该类观众的榜单设置。· What the district shows to an audience."""
    return BoardPolicyModel.of(door.run(lambda connection, actor: service.policy(connection, actor, audience)))


@router.put("/policies/{audience}", summary="修改榜单设置 · Set the board policy")
def set_board_policy(
    audience: Audience,
    body: BoardPolicyModel,
    door: Annotated[Door, Depends(permit(Permission.BOARD_SET))],
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> BoardPolicyModel:
    """由区两新工委设置；没有“末位名单”这一选项。· The district office sets it; a list of the last is no option."""
    held = door.run(
        lambda connection, actor: service.set_policy(connection, actor, audience, body.policy()), commit=not preview
    )
    return BoardPolicyModel.of(held)
