"""Routes of the lines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.cases import service
from app.cases.schemas import LinesAnswer, LineSettingModel

router = APIRouter(prefix="/api/v1/lines", tags=["cases"])

Quarter = Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])]


@router.get("/quarters/{quarter}", summary="分数线结果 · What the lines found")
def read_lines(quarter: Quarter, door: Annotated[Door, Depends(permit(Permission.LINE_READ))]) -> LinesAnswer:
    """900 分、500 分和预警线在季末的结果。· What 900, 500 and the warnings found at a quarter's end."""
    return LinesAnswer.of(door.run(lambda connection, actor: service.found(connection, actor, quarter)))


@router.get("/setting", summary="分数线设置 · Line setting")
def read_line_setting(door: Annotated[Door, Depends(permit(Permission.LINE_READ))]) -> LineSettingModel:
    """年中是否推荐。· Whether the half-year names persons too."""
    return LineSettingModel(half_year_decides=door.run(service.half_year_decides))


@router.put("/setting", summary="修改分数线设置 · Set the lines")
def set_lines(
    body: LineSettingModel,
    door: Annotated[Door, Depends(permit(Permission.LINE_SET))],
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> LineSettingModel:
    """由区两新工委设置。· The district office sets it."""
    held = door.run(
        lambda connection, actor: service.set_half_year_decides(connection, actor, wanted=body.half_year_decides),
        commit=not preview,
    )
    return LineSettingModel(half_year_decides=held)
