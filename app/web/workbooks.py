"""A workbook on its way through pages: sent once, looked at, and kept in the form until it is imported or given up."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

from fastapi import Response

from app.imports.core import shown_name
from app.kit.errors import LongwenError
from app.web.posted import Posted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A form's text field may be of 1 MiB; a larger workbook has to be chosen once more.
_KEPT_BYTES_MAX = 700 * 1024


class NoWorkbook(LongwenError):
    """No file was chosen."""

    code = "no_workbook"
    zh = "还没有选择工作簿。请先下载模板，填好后在这里选择文件。"
    en = "No workbook was chosen. Take the template, fill it in and choose the file here."


@dataclass(frozen=True, slots=True)
class SentWorkbook:
    """The file that a form has brought, or that an earlier one had."""

    name: str
    content: bytes

    @property
    def kept(self) -> str:
        """What the next form brings along, so that nobody chooses the file twice; empty for a large one."""
        return b64encode(self.content).decode() if len(self.content) <= _KEPT_BYTES_MAX else ""

    def open(self) -> BytesIO:
        return BytesIO(self.content)


def sent_workbook(posted: Posted) -> SentWorkbook:
    """Raises NoWorkbook."""
    file = posted.file("file")
    if file is not None:
        file.file.seek(0)
        return SentWorkbook(shown_name(file.filename), file.file.read())
    try:
        content = b64decode(posted.get("kept"), validate=True)
    except (Error, ValueError):
        content = b""
    if not content:
        raise NoWorkbook(field="file")
    return SentWorkbook(shown_name(posted.get("kept_name")), content)


def workbook_answer(target: BytesIO, name: str) -> Response:
    """To be saved under a name, which may be Chinese."""
    headers = {"Content-Disposition": f"attachment; filename=\"workbook.xlsx\"; filename*=UTF-8''{quote(name)}"}
    return Response(target.getvalue(), media_type=XLSX, headers=headers)


def with_faults_name(name: str) -> str:
    """名册.xlsx becomes 名册（问题）.xlsx."""
    return f"{name.removesuffix('.xlsx')}（问题）.xlsx"
