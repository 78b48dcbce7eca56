"""From an image to the editable document: the report's contents in a template of WPS and Word.

A document is an archive, and archives tell the clock's time of every file in them: ours tell none, so that the same
image gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from app.handbook.rendering import PapersMissing
from app.reviews import papers
from app.reviews.core_packs import Json, Mark

_NO_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say
_BAR = 24  # letters
_ROWS_MAX = 1000  # of the annex: a document that is edited by hand; the workbook has all


def write_document(image: Path, target: Path, mark: Mark | None = None) -> None:
    """The report's contents as a DOCX. Raises PapersMissing where the machine has not what fills templates."""
    docxtpl = _docxtpl()
    template = docxtpl.DocxTemplate(io.BytesIO((files("app.reviews") / "templates" / "report.docx").read_bytes()))
    template.render(_contents(papers.contents(image), mark), autoescape=True)
    filled = io.BytesIO()
    template.save(filled)
    _undated(filled, target)


def _contents(given: Json, mark: Mark | None) -> Json:
    proven = bool(given["root"])
    most = max((one["count"] for one in given["bands"]), default=1)
    return {
        **given,
        "mark": "" if mark is None else mark.line,
        "editions": "；".join(given["editions"]),
        "number": f"第 {given['number']} 号" if proven else "（尚未生成）",
        "root": given["root"] or "—",
        "branches": [*given["branches"], ["合计", *given["total"][1:]]],
        "rows": given["rows"][:_ROWS_MAX],
        "lists": {one["kind"]: one for one in given["lists"]},
        "dimensions": [{**one, "bar": _bar(one["share"])} for one in given["dimensions"]],
        "bands": [{**one, "bar": "█" * max(1, round(_BAR * one["count"] / most))} for one in given["bands"]],
    }


def _bar(share: float) -> str:
    """The report's bar in letters: whoever edits the document can edit it."""
    full = round(_BAR * share)
    return "█" * full + "░" * (_BAR - full)


def _undated(source: io.BytesIO, target: Path) -> None:
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            made.writestr(zipfile.ZipInfo(name, _NO_DAY), given.read(name), zipfile.ZIP_DEFLATED)


def _docxtpl() -> ModuleType:
    """What fills templates, which is an extra of the installation."""
    try:
        import docxtpl  # noqa: PLC0415 - most installations have it not, and the others need it here only
    except ImportError as error:
        raise PapersMissing from error
    found: ModuleType = docxtpl
    return found
