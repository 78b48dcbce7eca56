"""Routes of the own position, and of the wish not to stand on boards."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.auth.api import Door, permit, signed_in
from app.auth.core import Permission
from app.boards import service
from app.boards.api_asking import Cycle, Measure, boards_of
from app.boards.core import TOTAL
from app.boards.schemas import OwnPositionAnswer, ShownModel, as_json
from app.kit.sending import JSON, conditional

router = APIRouter(prefix="/api/v1/me", tags=["me"])


@router.get("/position", summary="我的名次 · My position", response_model=OwnPositionAnswer)
def read_own_position(
    request: Request,
    door: Annotated[Door, Depends(permit(Permission.BOARD_READ))],
    measure: Measure = TOTAL,
    cycle: Cycle = None,
) -> Response:
    """本人在支部内的名次总是可见，全区名次以榜单设置为准；前后只有分数和人数，没有姓名。

    The own rank in the branch always, in the district where boards reach it; above and below only points.
    """
    boards = boards_of(request)
    own = door.run(lambda connection, actor: boards.own(connection, actor, measure, cycle))
    return conditional(request, as_json(OwnPositionAnswer.of(own)), media_type=JSON)


@router.put("/board-name", summary="姓名是否上榜 · Whether my name stands on boards")
def set_own_board_name(body: ShownModel, door: Annotated[Door, Depends(signed_in)]) -> ShownModel:
    """不上榜者名次照计，姓名不在任何榜单和大屏上显示。· Ranked all the same, but named on no board and no screen."""
    shown = door.run(lambda connection, actor: service.set_shown(connection, actor, is_shown=body.shown))
    return ShownModel(shown=shown)
