"""The chapter on classes of members and properties of branches: what is otherwise than for an ordinary member."""

from __future__ import annotations

from collections.abc import Iterator

from app.handbook import phrases
from app.handbook.booklet_parts import Chapter, Section, Table, cited, lines
from app.handbook.glossary import Glossary
from app.rules.core import STANDARD, Item, Regime


def classes_chapter(words: Glossary, profile: str | None) -> Chapter:
    """Every class but the ordinary one, or the one that is asked for."""
    regimes = words.edition.regimes
    cites = dict(words.edition.citations)
    if profile is None:
        shown = [code for code in regimes if code != STANDARD and "+" not in code]
        shown.sort(key=lambda code: f"overlays.{code}" in cites)  # properties of branches come last
    else:
        shown = [profile] if profile != STANDARD else []
    return Chapter("党员类别和支部情形", tuple(_section(words, regimes[STANDARD], regimes[code]) for code in shown))


def _section(words: Glossary, standard: Regime, other: Regime) -> Section:
    code = other.profile
    name = words.class_of_members(code).zh
    cites = dict(words.edition.citations)
    parts = [place for part in code.split("+") for place in (f"profiles.{part}", f"overlays.{part}") if place in cites]
    source = cited("; ".join(cites[place] for place in parts)).replace("\n", "")
    paragraphs = [*([f"依据：{source}。"] if source else []), *_said(words, standard, other)]
    rows = tuple(_rows(words, standard, other))
    table = None
    if rows:
        table = Table(headings=("项目", "一般党员", "本类党员"), widths=(26, 37, 37), rows=rows)
    elif len(paragraphs) == bool(source):
        paragraphs.append("各项目与一般党员相同。")
    return Section(f"{name}（{code}）", paragraphs=tuple(paragraphs), table=table)


def _said(words: Glossary, standard: Regime, other: Regime) -> Iterator[str]:
    if other.opening != standard.opening:
        yield f"期初分为{words.points(other.opening).zh}（一般党员{words.points(standard.opening).zh}）。"
    allotted = {one.code: one.allotment for one in standard.dimensions}
    changed = [
        f"{one.name.zh}{words.points(one.allotment).zh}（一般党员{words.points(allotted[one.code]).zh}）"
        for one in other.dimensions
        if one.allotment != allotted.get(one.code, 0)
    ]
    if changed:
        yield f"各指标的分值：{'，'.join(changed)}。"
    without = [told for told, has in (("不参加排名", other.ranked), ("不评定等次", other.graded)) if not has]
    if without:
        yield f"计分，{'，'.join(without)}。"
    if _is_free(standard, other):
        yield "不要求履行日常职责，相应分值保留。"
    gone = [code for code in _gone(standard, other) if not (_is_free(standard, other) and standard.items[code].duty)]
    if gone:
        yield f"不适用的项目：{'、'.join(words.item(code).zh for code in gone)}。"
    added = [code for code, one in standard.items.items() if one.retired and not other.items[code].retired]
    if added:
        yield f"另外适用的项目：{'、'.join(words.item(code).zh for code in added)}。"


def _is_free(standard: Regime, other: Regime) -> bool:
    """Whether the class owes no duty at all where an ordinary member does."""
    owed = [code for code, one in standard.items.items() if one.duty is not None]
    return bool(owed) and all(other.items[code].duty is None for code in owed)


def _gone(standard: Regime, other: Regime) -> list[str]:
    return [code for code, one in standard.items.items() if other.items[code].retired and not one.retired]


def _rows(words: Glossary, standard: Regime, other: Regime) -> Iterator[tuple[str, str, str]]:
    for code, item in other.items.items():
        usual = standard.items[code]
        if item.retired:
            continue
        before, after = _worth(words, usual), _worth(words, item)
        if before != after:
            yield words.item(code).zh, before if not usual.retired else "不适用", after
    nodes = {one.name: one for one in standard.nodes}
    for node in other.nodes:
        known = nodes.get(node.name)
        if known is not None and known.bounds != node.bounds:
            kind = next(one.kind for one in standard.items.values() if one.kind.value == node.name.split("/")[0])
            told = [lines(phrases.bound(words, kind, one).zh for one in each.bounds) for each in (known, node)]
            yield f"{node.label.zh}的限额", told[0], told[1]


def _worth(words: Glossary, item: Item) -> str:
    bounds = item.bounds if item.duty is None else ()
    return lines([phrases.worth(words, item).zh, *(phrases.bound(words, item.kind, one).zh for one in bounds)])
