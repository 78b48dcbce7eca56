"""Routes of the quarter's papers."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Path
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
) -> FileResponse:
    """职权范围内各支部党员的季度考评表（Excel）。· The workbook of everyone in the caller's reach."""
    language = door.language
    sheet = door.run(lambda connection, actor: service.quarter_sheet(connection, actor, quarter, language))
    with tempfile.NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        target = FilePath(file.name)
    service.write_sheet(sheet, target, language)
    return FileResponse(
        target, media_type=XLSX, filename=f"longwen-{quarter}.xlsx", background=BackgroundTask(target.unlink)
    )
