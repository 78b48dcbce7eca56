"""From an image to its report, and from a notice to the sheet for the wall: set by Typst, the same bytes every time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from app.handbook.rendering import FONTS, FontsMissing, PapersMissing
from app.reviews.core_packs import Json, Mark
from app.reviews.image_files import digest_of, read_image
from app.reviews.summing import report_of, sums_of

_TEMPLATES = files("app.reviews") / "templates"
NO_MARK: Json = {"line": "", "short": ""}


def contents(image: Path) -> Json:
    """What the report of an image says, in plain values."""
    return report_of(sums_of(read_image(image)), digest_of(image).hex())


def write_report(image: Path, target: Path, mark: Mark | None = None) -> None:
    """The report as a PDF. Raises PapersMissing and FontsMissing where the machine cannot set it."""
    head = next(read_image(image))
    told = NO_MARK if mark is None else {"line": mark.line, "short": mark.short}
    made = _set("report.typ", {"report": contents(image), "mark": told}, datetime.fromisoformat(head["as_of"]))
    target.write_bytes(made)


def wall_sheet(notice: Json, at: datetime) -> bytes:
    """A branch's notice for its wall as a PDF. Raises PapersMissing and FontsMissing."""
    return _set("wall.typ", {"notice": notice}, at)


def _set(template: str, given: dict[str, Json], at: datetime) -> bytes:
    typst = _typst()
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    missing = [name for name in FONTS if name not in fonts.families()]
    if missing:
        raise FontsMissing(fonts=", ".join(missing))
    made: bytes = typst.compile(
        (_TEMPLATES / template).read_bytes(),
        font_paths=fonts,
        format="pdf",
        sys_inputs={name: json.dumps(value, ensure_ascii=False) for name, value in given.items()},
        timestamp=at.astimezone(UTC),
    )
    return made


def _typst() -> ModuleType:
    """The typesetter, which is an extra of the installation."""
    try:
        import typst  # noqa: PLC0415 - most installations have it not, and the others need it here only
    except ImportError as error:
        raise PapersMissing from error
    return typst
