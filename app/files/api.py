"""Sending evidence in. It is handed out by the rooms whose evidence it is, and nowhere else."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.files import service
from app.files.core import FileTooLarge, NoFile
from app.files.schemas import FileAnswer
from app.kit.http import limited

router = APIRouter(prefix="/api/v1/files", tags=["files"])

_FORM_BYTES = 16 * 1024  # what a form with one file needs beside it
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("", summary="上传凭证 · Send a file in", status_code=201, openapi_extra=_FORM)
async def upload_file(request: Request, door: Annotated[Door, Depends(permit(Permission.ENTRY_RECORD))]) -> FileAnswer:
    """上传一张图片（JPEG、PNG、WebP、HEIC）或一个 PDF；去除拍摄地点等信息后按内容保存，七天内未附为凭证的自动清除。

    A picture or a PDF, kept by its content once the place it was taken at and the like are removed; what is not
    attached within seven days goes.
    """
    # Nothing is read of who may not send anything.
    await run_in_threadpool(door.run, lambda _connection, _actor: None)
    bytes_max = door.state.settings.file_bytes_max
    too_large = FileTooLarge(megabytes=bytes_max / 1024**2, field="file")
    async with limited(request, bytes_max + _FORM_BYTES, too_large).form(max_files=1, max_fields=10) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            raise NoFile(field="file")
        if (sent.size or 0) > bytes_max:
            raise too_large
        return await run_in_threadpool(_keep, door, sent)


def _keep(door: Door, sent: UploadFile) -> FileAnswer:
    with TemporaryDirectory(prefix="longwen-") as name:
        folder = Path(name)
        source = folder / "sent"
        with source.open("wb") as output:
            sent.file.seek(0)
            shutil.copyfileobj(sent.file, output)
        state = door.state
        uploaded = service.upload(
            door.run,
            state.blobs,
            door.district.id,
            source,
            sent.filename,
            folder=folder,
            pixels_max=state.settings.file_pixels_max,
        )
    return FileAnswer.of(uploaded)
