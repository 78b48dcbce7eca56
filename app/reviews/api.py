"""Routes of the quarter's papers."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.reviews import service

router = APIRouter(prefix="/api/v1/quarters", tags=["reviews"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(
    "/{quarter}/sheet",
    summary="季度考评表 · The quarter's sheet",
    response_class=FileResponse,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def export_quarter(
    quarter: Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])],
    door: Annotated[Door, Depends(permit(Permission.QUARTER_EXPORT))],
    reason: Annotated[
        str | None, Query(max_length=200, pattern=r"^[^\x00]*$", description="用途 · what it is for")
    ] = None,
) -> FileResponse:
    """职权范围内各支部党员的季度考评表（Excel）；导出记入访问日志。

    The workbook of everyone in the caller's reach. The export is written to the access log.
    """
    language = door.language
    sheet = door.run(
        lambda connection, actor: service.export_quarter(
            connection, actor, quarter, language, reason=reason, request_id=door.request_id
        )
    )
    with tempfile.NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        target = FilePath(file.name)
    service.write_sheet(sheet, target, language)
    taken = door.state.clock.now().strftime("%Y%m%dT%H%M%SZ")  # in the name, since a copy's bytes do not tell
    return FileResponse(
        target, media_type=XLSX, filename=f"longwen-{quarter}-{taken}.xlsx", background=BackgroundTask(target.unlink)
    )
