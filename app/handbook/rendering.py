"""From a rule book's folder to its printed booklet: one self-contained HTML file, or a PDF set by Typst.

Both are made of the same content (``booklet``). What comes from the book is data to the templates, never markup: Jinja
escapes it, and Typst is handed it as JSON. The same book gives the same bytes; nothing is fetched from anywhere.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from jinja2 import Environment, FunctionLoader, StrictUndefined

from app.handbook.booklet import Booklet, booklet_of
from app.kit.errors import ErrorKind, LongwenError
from app.rules import service as rules
from app.rules.core import STANDARD

FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC")
_TEMPLATES = files("app.handbook") / "templates"


class PapersMissing(LongwenError):
    """The typesetter is not installed."""

    kind = ErrorKind.UNAVAILABLE
    code = "papers_missing"
    zh = "缺少排版程序，不能生成 PDF。请运行 pip install 'longwen[papers]'，或者改为生成 HTML。"
    en = "The typesetter is missing, so no PDF can be made. Run pip install 'longwen[papers]', or make HTML instead."


class FontsMissing(LongwenError):
    """The system has not the fonts that the PDF is set in."""

    kind = ErrorKind.UNAVAILABLE
    code = "fonts_missing"
    zh = "缺少字体 {fonts}，不能生成 PDF。请运行 apt install fonts-noto-cjk，或者改为生成 HTML。"
    en = "The fonts {fonts} are missing, so no PDF can be made. Run apt install fonts-noto-cjk, or make HTML instead."


class EditionUnknown(LongwenError):
    """The book has no such edition."""

    kind = ErrorKind.MISSING
    code = "edition_unknown"
    zh = "细则 {book} 没有 {edition} 版。现有：{known}。"
    en = "The book {book} has no edition {edition}. There are: {known}."


class ClassUnknown(LongwenError):
    """The edition has no such class of members."""

    kind = ErrorKind.MISSING
    code = "profile_unknown"
    zh = "{edition} 版没有党员类别 {profile}。现有：{known}。"
    en = "The edition {edition} has no class of members {profile}. There are: {known}."


def read_booklet(folder: Path, edition: str | None = None, profile: str | None = None) -> Booklet:
    """The booklet of an edition of the book in a folder (the latest where none is named), for all or for one class.

    Raises ``RulesFaulty``, ``EditionUnknown`` and ``ClassUnknown``.
    """
    book = rules.read_whole(folder)
    found = next((one for one in reversed(book.editions) if edition in (None, one.code)), None)
    if found is None:
        known = ", ".join(one.code for one in book.editions)
        raise EditionUnknown(book=book.code, edition=edition, known=known)
    if profile is not None and profile not in found.regimes:
        known = ", ".join(found.regimes)
        raise ClassUnknown(edition=found.code, profile=profile, known=known)
    return booklet_of(book.front, found, None if profile == STANDARD else profile)


def html(booklet: Booklet) -> str:
    """The booklet as one HTML file with its style in it, ready to be printed on A4."""
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("booklet.html.j2").render(booklet.plain())


def pdf(booklet: Booklet) -> bytes:
    """The booklet as a PDF. Raises ``PapersMissing`` and ``FontsMissing`` where the machine cannot set it."""
    typst = _typst()
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    missing = [name for name in FONTS if name not in fonts.families()]
    if missing:
        raise FontsMissing(fonts=", ".join(missing))
    made: bytes = typst.compile(
        _template("booklet.typ").encode(),
        font_paths=fonts,
        format="pdf",
        sys_inputs={"booklet": json.dumps(booklet.plain(), ensure_ascii=False)},
        timestamp=datetime.fromisoformat(booklet.stamp).replace(tzinfo=UTC),
    )
    return made


def _typst() -> ModuleType:
    """The typesetter, which is an extra of the installation."""
    try:
        import typst  # noqa: PLC0415 - most installations have it not, and the others need it here only
    except ImportError as error:
        raise PapersMissing from error
    return typst


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
