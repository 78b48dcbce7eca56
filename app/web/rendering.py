"""Pages from templates: the environment, and how days, points and words are written in either language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.kit.digests import digest
from app.kit.problems import Language

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
# Once: from its name a locale is looked for among a thousand, each time.
_LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}
_DAYS_KEPT = 1_000  # a table's days are few, and stand in every row
_MINUS = "−"
# A text behind any tag but those that hold no other tag, and those that say their language themselves.
_TEXT = re.compile(r"(<(?!title|option|textarea|script|style|[^<>]* lang=)[^<>]*>)([^<>]*[㐀-䶿一-鿿][^<>]*)")
_CHINESE = re.compile(r"[㐀-䶿一-鿿](?:[\w·*、，。：；（）《》]*[㐀-䶿一-鿿*）》。])?")


@cache
def environment() -> Environment:
    """The templates, whose every value is escaped, and in which a name that nobody gave is an error."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["signed"] = signed
    made.filters["stars"] = stars
    made.globals["asset"] = asset
    return made


def render(template: str, language: Language, time_zone: str, facts: Mapping[str, Any]) -> str:
    """The page of a template in a language. In it ``t(zh, en)`` chooses, ``said`` reads a value that has both."""

    def choose(zh: str, en: str, **values: Any) -> str:
        return (zh if language == "zh" else en).format(**values) if values else (zh if language == "zh" else en)

    written: dict[str, Callable[..., str]] = {
        "t": choose,
        "said": partial(said, language=language),
        "day": partial(written_day, language=language),
        "moment": partial(written_moment, language=language, time_zone=time_zone),
    }
    html = environment().get_template(template).render(**facts, **written, language=language)
    return html if language == "zh" else marked(html)


def marked(html: str) -> str:
    """An English page whose Chinese words (names, reasons: what people wrote) say that they are: a reader that speaks
    could not pronounce them otherwise.
    """
    return _TEXT.sub(lambda found: found[1] + _CHINESE.sub(r'<span lang="zh">\g<0></span>', found[2]), html)


def said(value: Any, *, language: Language) -> str:
    """What a value with both languages (a name, words) is called; of None nothing."""
    return "" if value is None else str(getattr(value, language))


@lru_cache(_DAYS_KEPT)
def written_day(value: date | None, *, language: Language) -> str:
    """2026年7月1日; 1 July 2026."""
    return "" if value is None else format_date(value, "long", locale=_LOCALES[language])


def written_moment(value: datetime | None, *, language: Language, time_zone: str) -> str:
    """The district's time of day, to the minute."""
    if value is None:
        return ""
    pattern = "y年M月d日 HH:mm" if language == "zh" else "d MMM y HH:mm"
    return format_datetime(value, pattern, tzinfo=ZoneInfo(time_zone), locale=_LOCALES[language])


def signed(points: int | float | Decimal) -> str:
    """Points that are added or taken, with their sign."""
    if points == 0:
        return "0"
    return f"+{points}" if points > 0 else f"{_MINUS}{-points}"


def stars(count: int | None) -> Markup:
    """★★★★☆; of a branch without a star a dash."""
    if count is None:
        return Markup("—")
    return Markup('<span class="stars" aria-hidden="true">{}</span>').format("★" * count + "☆" * (5 - count))


@cache
def asset(name: str) -> str:
    """The address of a file that pages load: it names the content, so that a browser may keep it for good."""
    return f"/static/{name}?v={version_of(name)}"


@cache
def version_of(name: str) -> str:
    return digest((STATIC / name).read_bytes()).hex()[:12]
