"""A look at a foreign workbook before any parser sees it: bounded in bytes, parts, rows, columns, cells and text.

Declared sizes lie, so every part is inflated as a stream and counted. What was counted, and nothing else, is copied
into a fresh container; the parser reads that copy, so it cannot see anything that was not inspected.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.parsers import expat

from app.kit.sheets import (
    NotAWorkbook,
    SheetFault,
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookWithMacros,
)
from app.kit.workbook_parts import BookPart, Counts, Limits, Part, RelationsPart, SheetPart, StringsPart

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 64 * 1024
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_NEEDED = ("[Content_Types].xml", "_rels/.rels", _WORKBOOK, _RELATIONS, _STYLES)


@dataclass(slots=True)
class Inspected:
    """A container that is safe to parse, its sheets by name (None: left unread), and faults at single cells."""

    container: BytesIO
    sheets: tuple[str, ...]
    faults: list[SheetFault]


def inspect(data: bytes, limits: Limits, ignored: frozenset[str]) -> Inspected:
    """Look through the bytes of a workbook. Faults of single cells are listed.

    Raises ``WorkbookRefused`` kinds or ``TooManyRows``. Sheets named in ``ignored`` are counted in bytes only.
    """
    if len(data) > limits.file_bytes:
        raise WorkbookTooLarge(what="文件", what_en="the file", limit=megabytes(limits.file_bytes))
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise WorkbookEncrypted
        raise NotAWorkbook(what="是旧版 .xls 或其他格式", what_en="an old .xls or another format")
    if not data.startswith(b"PK"):
        raise NotAWorkbook(what="内容无法识别", what_en="its content is of another kind")
    # Counted in the raw bytes, because the zip reader builds an object for each of them.
    if data.count(b"PK\x01\x02") > limits.parts:
        raise WorkbookTooLarge(what="文件内的部件数", what_en="the number of its parts", limit=limits.parts)
    try:
        with zipfile.ZipFile(BytesIO(data)) as source:
            return _Inspection(source, limits, ignored).run()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, OverflowError) as error:
        raise WorkbookDamaged(what=str(error) or type(error).__name__) from error


class _Inspection:
    """One pass over the parts of a workbook."""

    def __init__(self, source: zipfile.ZipFile, limits: Limits, ignored: frozenset[str]) -> None:
        self._source = source
        self._limits = limits
        self._ignored = ignored
        self._inflated = 0
        self._counts = Counts(limits)

    def run(self) -> Inspected:
        parts = self._parts()
        container = BytesIO()
        with zipfile.ZipFile(container, "w") as copy:
            for name in _NEEDED:
                if name not in parts:
                    if name == _STYLES:
                        continue
                    raise NotAWorkbook(what="缺少部件 " + name, what_en="it lacks the part " + name)
            book, relations = BookPart(), RelationsPart()
            for name in _NEEDED:
                if name in parts:
                    handler = {_WORKBOOK: book, _RELATIONS: relations}.get(name, Part())
                    self._copy(parts.pop(name), name, copy, handler)
            targets = self._sheet_parts(book, relations)
            if _STRINGS in parts:
                self._copy(parts.pop(_STRINGS), _STRINGS, copy, StringsPart(self._counts))
            for sheet, target in targets.items():
                if target not in parts:
                    raise WorkbookDamaged(what=f"工作表“{sheet}”缺失 / sheet {sheet} is missing")
                handler = Part() if sheet in self._ignored else SheetPart(sheet, self._counts)
                self._copy(parts.pop(target), target, copy, handler)
        for info in parts.values():  # pictures, printer settings …: counted, not taken
            for _ in self._inflate(info):
                pass
        read = tuple(sheet for sheet in targets if sheet not in self._ignored)
        container.seek(0)
        return Inspected(container, read, self._counts.faults)

    def _parts(self) -> dict[str, zipfile.ZipInfo]:
        parts: dict[str, zipfile.ZipInfo] = {}
        for info in self._source.infolist():
            if info.flag_bits & 0x1:
                raise WorkbookEncrypted
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise WorkbookDamaged(what=f"compression method {info.compress_type}")
            if info.is_dir():
                continue
            if "vbaproject" in info.filename.lower():
                raise WorkbookWithMacros
            if info.filename in parts:
                raise WorkbookDamaged(what=f"the part {info.filename} occurs twice")
            parts[info.filename] = info
        return parts

    def _sheet_parts(self, book: BookPart, relations: RelationsPart) -> dict[str, str]:
        """Which part holds which sheet, in the workbook's order."""
        if not book.sheets:
            raise NotAWorkbook(what="没有工作表", what_en="it has no sheet")
        if len(book.sheets) > self._limits.sheets:
            raise WorkbookTooLarge(what="工作表数", what_en="the number of sheets", limit=self._limits.sheets)
        targets: dict[str, str] = {}
        for sheet, relation in book.sheets:
            target = relations.targets.get(relation)
            path = target.lstrip("/") if target and target.startswith("/") else posixpath.join("xl", target or "")
            path = posixpath.normpath(path)
            if target is None or sheet in targets or path in targets.values():
                raise WorkbookDamaged(what=f"the sheet {sheet!r} is listed wrongly")
            targets[sheet] = path
        return targets

    def _inflate(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        size = 0
        with self._source.open(info) as part:
            while chunk := part.read(_CHUNK):
                size += len(chunk)
                self._inflated += len(chunk)
                if size > self._limits.part_bytes or self._inflated > self._limits.total_bytes:
                    limit = min(self._limits.part_bytes, self._limits.total_bytes)
                    raise WorkbookTooLarge(
                        what="解压后的内容", what_en="the content once inflated", limit=megabytes(limit)
                    )
                yield chunk

    def _copy(self, info: zipfile.ZipInfo, name: str, copy: zipfile.ZipFile, handler: Part) -> None:
        parser = handler.parser()
        try:
            with copy.open(name, "w") as target:
                first = True
                for chunk in self._inflate(info):
                    if first and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                        raise WorkbookDamaged(what=f"{name} is not in UTF-8")
                    first = False
                    parser.Parse(chunk, False)
                    target.write(chunk)
                parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise WorkbookDamaged(what=f"{name}: {error}") from error


def megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:g} MB"
