"""Importing a roster over HTTP: the same way as at the command line."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, UploadFile
from sqlalchemy import Connection

from app.auth.api import Door, permit
from app.auth.core import Actor, Permission
from app.enrolment import service
from app.enrolment.core import ImportReport
from app.enrolment.schemas import ImportAnswer
from app.enrolment.template import write_template

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter(prefix="/api/v1/roster-imports", tags=["enrolment"])
Importing = Annotated[Door, Depends(permit(Permission.ROSTER_IMPORT))]


@router.post("", summary="导入名册 · Import a roster")
def import_roster(
    door: Importing,
    file: UploadFile,
    preview: Annotated[bool, Query(description="只预览，不保存 · say what would be done, and do nothing")] = False,
) -> ImportAnswer:
    """整本导入或整本不导入；错误按工作表、行、列逐条列出。· All or nothing; every fault is named by its place."""

    def work(connection: Connection, actor: Actor) -> ImportReport:
        # Inside, so that nobody's file is read before it is known that they may import.
        file.file.seek(0)
        service.note_import(connection, actor, file.filename, request_id=door.request_id)
        return service.import_roster(connection, actor, door.state.cipher, service.read_roster(file.file))

    report = door.run(work, commit=not preview)
    return ImportAnswer.of(report, preview=preview, language=door.language)


@router.get("/template", summary="下载导入模板 · The empty workbook", response_class=Response)
def read_template(door: Importing) -> Response:
    """空白的名册工作簿，带说明和下拉列表；党员类型按现行评分细则。· The empty roster workbook, with notes and lists."""
    target = BytesIO()
    write_template(target, door.run(service.classes_offered))
    headers = {"Content-Disposition": 'attachment; filename="roster-template.xlsx"'}
    return Response(target.getvalue(), media_type=_XLSX, headers=headers)
