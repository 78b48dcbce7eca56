"""Routes of importing entries from a workbook."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from sqlalchemy import Connection

from app.auth.api import Door, permit
from app.auth.core import Actor, Permission
from app.imports import reversing, service
from app.imports.core import PAGE_MAX, BatchView, SentFile, shown_name
from app.imports.layout import Examined
from app.imports.schemas import (
    BatchPageAnswer,
    BatchReversalRequest,
    BatchReversedAnswer,
    BatchViewAnswer,
    EntriesImportedAnswer,
    before_cursor,
)
from app.imports.template import write_marked, write_template
from app.kit.http import tell_made
from app.kit.ids import new_id

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}}}

router = APIRouter(prefix="/api/v1/imports", tags=["imports"])

Importing = Annotated[Door, Depends(permit(Permission.ENTRY_IMPORT))]
Reading = Annotated[Door, Depends(permit(Permission.IMPORT_READ))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


@router.post("", summary="导入积分记录 · Import entries", status_code=201)
def import_entries(
    door: Importing,
    request: Request,
    response: Response,
    file: UploadFile,
    id: Annotated[  # noqa: A002 - as in every body, the id of what is made
        UUID, Form(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
    ],
    preview: Preview = False,
    again: Annotated[
        bool, Query(description="内容相同的工作簿再记一次 · record the same content once more, on purpose")
    ] = False,
) -> EntriesImportedAnswer:
    """每行与逐条记录同样办理，整本保存或整本不保存；错误按工作表、行、列全部列出。

    Each row goes the way of a single record, all or nothing; every fault is named by its place.
    """
    sent = SentFile(id, shown_name(file.filename))

    def work(connection: Connection, actor: Actor) -> BatchView:
        # Inside, so that nobody's file is read before it is known that they may import.
        file.file.seek(0)
        return service.import_entries(connection, actor, sent, service.read_entries(file.file), again=again)

    view, answer = door.run_and_name(
        work, lambda view: EntriesImportedAnswer.of_import(view, preview=preview), commit=not preview
    )
    tell_made(request, response, replayed=view.replayed, preview=preview)
    return answer


@router.get("", summary="导入批次 · Imports")
def list_imports(
    door: Reading,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> BatchPageAnswer:
    """本人导入的和我可以查看的批次，最近的在前。· The own ones and those in reach, the latest first."""
    before = before_cursor(cursor)
    return door.run_named(
        lambda connection, actor: service.page(connection, actor, before=before, count_max=limit), BatchPageAnswer.of
    )


@router.get("/template", summary="下载导入模板 · The empty workbook", response_class=Response, responses=_FILE)
def read_import_template(door: Importing) -> Response:
    """空白的积分记录工作簿，带说明、下拉列表和现行评分细则的积分项。

    The empty workbook, with notes, lists and the items of the rule books in force.
    """
    target = BytesIO()
    write_template(target, door.run(service.items_offered))
    return _workbook(target, "entries-template.xlsx")


@router.post(
    "/faults", summary="标出问题的工作簿 · The workbook with its faults", response_class=Response, responses=_FILE
)
def mark_import_faults(door: Importing, file: UploadFile) -> Response:
    """不保存任何内容；交回原工作簿，问题以批注和底色标出，并列成清单。

    Nothing is saved; the workbook comes back with every fault as a comment, coloured, and in a list.
    """
    sent = SentFile(new_id(), shown_name(file.filename))

    def work(connection: Connection, actor: Actor) -> Examined:
        file.file.seek(0)
        return service.examine(connection, actor, sent, service.read_entries(file.file))

    target = BytesIO()
    write_marked(target, door.run(work, commit=False), door.language)
    return _workbook(target, "entries-with-faults.xlsx")


@router.get("/{import_id}", summary="导入批次 · An import")
def read_import(import_id: UUID, door: Reading) -> BatchViewAnswer:
    """每行现在的状态。· With what has become of each row."""
    return door.run_named(lambda connection, actor: service.get(connection, actor, import_id), BatchViewAnswer.of)


@router.post("/{import_id}/reversal", summary="整批冲正 · Reverse an import", status_code=201)
def reverse_import(
    import_id: UUID,
    body: BatchReversalRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.ENTRY_REVERSE))],
    preview: Preview = False,
) -> BatchReversedAnswer:
    """已入账的全部冲正，尚在审核的全部撤回；此前已结束的行列出而不动。

    What was booked is reversed, what still waits is withdrawn; what ended before is listed and left.
    """
    done, answer = door.run_and_name(
        lambda connection, actor: reversing.reverse(connection, actor, import_id, body.id, body.reason),
        lambda done: BatchReversedAnswer.of_reversal(done, preview=preview),
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed, preview=preview)
    return answer


def _workbook(target: BytesIO, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(target.getvalue(), media_type=_XLSX, headers=headers)
