"""What a booklet is made of, and the small words that its chapters share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.handbook import glossary
from app.rules.core import Item

ASSUMED = "（自定）"
_DIGITS = "零一二三四五六七八九"
_NOTE = re.compile(r" \([^()]*(?:\([^()]*\)[^()]*)*\)")

# What an item's cited values are called, by the first parts of their keys.
_VALUES: tuple[tuple[str, str], ...] = (
    ("grounds", "设项"),
    ("points", "分值"),
    ("range", "分值幅度"),
    ("heard", "听取意见"),
    ("tiers", "档次"),
    ("duty.every", "频次"),
    ("duty.share", "份额"),
    ("duty.unrecorded", "未记录"),
    ("duty.due", "期限"),
    ("duty.rounding", "取整"),
    ("duty.targets", "目标"),
    ("measure", "计分方式"),
    ("bounds", "限额"),
    ("veto.effect", "后果"),
    ("veto.ground", "依据要求"),
    ("profile", "类别规定"),
)


@dataclass(frozen=True)
class Cover:
    """The first page; ``class_of_members`` is empty where the booklet is for everybody."""

    name: str
    edition: str
    issuer: str
    applies_to: str
    class_of_members: str
    in_force: str
    digest: str


@dataclass(frozen=True)
class Table:
    """Rows under headings; ``widths`` are shares of the page's, ``centred`` the columns of short values."""

    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    centred: tuple[int, ...] = ()


@dataclass(frozen=True)
class Article:
    """An article's full text under its code and name."""

    code: str
    name: str
    text: str


@dataclass(frozen=True)
class Section:
    """A part of a chapter; the title may be empty."""

    title: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A chapter; one without sections is left out."""

    title: str
    sections: tuple[Section, ...]


def numeral(number: int) -> str:
    """A number from 1 to 99 as chapters are counted: 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def day_zh(day: date) -> str:
    return glossary.day(day).zh


def cited(citation: str, *, brackets: bool = False) -> str:
    """A citation as papers have it: keys and clauses without the notes, our own marked as such."""
    without = _NOTE.sub("", citation)
    parts = list(dict.fromkeys(part.strip() for part in without.split(";") if part.strip()))
    keys = [part for part in parts if part != "assumption"]
    own = ASSUMED if len(keys) < len(parts) else ""
    if not keys:
        return own
    told = "；".join(keys)
    return f"（{told}）{own}" if brackets else "\n".join(part for part in (told, own) if part)


def cited_by_value(values: Iterable[tuple[str, str]]) -> str:
    """The citations of several named values in one cell, and which of the values are our own."""
    known = [(name, cited(citation)) for name, citation in values if citation]
    keys = list(dict.fromkeys(key for _, told in known for key in told.split("\n")[0].split("；") if key != ASSUMED))
    own = [name for name, told in known if ASSUMED in told]
    if not keys:
        return ASSUMED if own else "—"
    return "；".join(keys) + (f"\n（自定：{'、'.join(own)}）" if own else "")


def grounds(item: Item) -> str:
    """Where an item comes from, and which of its values are our own."""
    own = list(dict.fromkeys(name for key in item.assumptions for prefix, name in _VALUES if _is(key, prefix)))
    keys = cited(item.citation)
    if keys == ASSUMED or not own:
        return keys or ASSUMED
    return f"{keys}\n（自定：{'、'.join(own)}）"


def _is(key: str, prefix: str) -> bool:
    return key == prefix or key.startswith(prefix + ".")


def lines(parts: Iterable[str]) -> str:
    """What stands in one cell, each part on its line."""
    return "\n".join(part for part in parts if part) or "—"
