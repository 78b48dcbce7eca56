"""Two editions compared in words: nothing that differs is left unsaid, and nothing is said that does not differ."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.handbook.comparing import compare
from app.handbook.telling import Change, Verb
from app.rules.book import load_book
from app.rules.content import content_of
from app.rules.core import Edition
from tests.rules.small_book import BOOK, ITEMS, edited, next_edition, put_book

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"


@cache
def longwen() -> Edition:
    return load_book(LONGWEN).editions[0].edition


@cache
def longwen_content() -> bytes:
    return nameless(longwen())


def nameless(edition: Edition) -> bytes:
    """The canonical content without the edition's code."""
    return content_of(replace(edition, code=""))


# Mutations: one field somewhere in the compiled edition.


def mutated(value: Any, luck: random.Random) -> Any:
    """The value with one random place of it changed."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [one.name for one in fields(value) if one.name != "digest"]
        name = luck.choice(names)
        return replace(value, **{name: mutated(getattr(value, name), luck)})
    if isinstance(value, Mapping):
        return _mapping(dict(value), luck)
    if isinstance(value, tuple):
        return _tuple(value, luck)
    if isinstance(value, frozenset):
        return value - {luck.choice(sorted(value))} if value else frozenset({"innovation/ORG"})
    return _scalar(value, luck)


def _scalar(value: Any, luck: random.Random) -> Any:
    if isinstance(value, Enum):
        members = list(type(value))
        return members[(members.index(value) + 1) % len(members)]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + luck.choice([1, -1, 10])
    if isinstance(value, date):
        return value + timedelta(days=1)
    return f"{value}改" if isinstance(value, str) else value


def _mapping(value: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    if not value:
        return value
    key = luck.choice(sorted(value))
    if luck.random() < 0.1:
        del value[key]
        return value
    value[key] = mutated(value[key], luck)
    return value


def _tuple(value: tuple[Any, ...], luck: random.Random) -> tuple[Any, ...]:
    if not value:
        return value
    at = luck.randrange(len(value))
    is_pair = len(value) == 2 and all(isinstance(one, str) for one in value)  # a citation with its key
    way = 1.0 if is_pair else luck.random()
    if way < 0.15:
        return value[:at] + value[at + 1 :]
    if way < 0.3:
        return value[at:] + value[:at]
    return (*value[:at], mutated(value[at], luck), *value[at + 1 :])


@pytest.mark.parametrize("seed", range(80))
def test_nothing_that_differs_is_left_unsaid(seed: int) -> None:
    """Whether anything is said agrees with whether the canonical contents differ, whatever field was changed."""
    other = mutated(longwen(), random.Random(seed))
    assert bool(compare(longwen(), other)) == (longwen_content() != nameless(other))
    assert bool(compare(other, longwen())) == (longwen_content() != nameless(other))


def test_every_field_of_an_item_is_said() -> None:
    for seed in range(120):
        luck = random.Random(seed)
        code = luck.choice(sorted(longwen().regimes["standard"].items))
        regimes = dict(longwen().regimes)
        changed = mutated(regimes["standard"].items[code], luck)
        regimes["standard"] = replace(regimes["standard"], items={**regimes["standard"].items, code: changed})
        other = replace(longwen(), regimes=regimes)
        found = compare(longwen(), other)
        assert bool(found) == (longwen_content() != nameless(other))
        assert all(one.text.zh and one.text.en for one in found)
        assert all("None" not in one.text.zh and "<" not in one.text.zh for one in found)


def test_an_edition_does_not_differ_from_itself_under_another_code() -> None:
    assert compare(longwen(), replace(longwen(), code="2027", digest="x")) == ()


def test_name_and_days_of_an_edition_are_told() -> None:
    named = replace(longwen().name, zh="新名")
    later = replace(longwen(), name=named, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    changes = compare(longwen(), later)
    assert [change.place for change in changes] == ["name", "starts_on", "ends_on"]
    assert zh(list(changes))[1:] == [
        "细则总则：施行日期由“2026年1月1日”改为“2027年1月1日”。",
        "细则总则：新增终止日期：2027年12月31日。",
    ]
    assert changes[2].text.en == "The book: the last day in force, new: 2027-12-31."


# What is said, in the words of an officer.


def said(tmp_path: Path, *edits: tuple[str, str]) -> list[Change]:
    """The changes from the small book's first edition to a second one with these edits, each loaded by itself."""
    first = load_book(put_book(tmp_path / "old")).editions[0]
    second = load_book(put_book(tmp_path / "new", items=next_edition(*edits), edition="2027")).editions[0]
    found = list(compare(first.edition, second.edition))
    assert found[0].place == "starts_on"
    return found[1:]


def zh(changes: list[Change]) -> list[str]:
    return [one.text.zh for one in changes]


def test_points_that_change_are_told_with_both_citations(tmp_path: Path) -> None:
    found = said(tmp_path, ("points: {value: 5, source: M1}", "points: {value: 6, assumption: true, note: 试行}"))
    (one,) = [change for change in found if change.place == "items.ORG-A01.points"]
    assert one.text.zh == "ORG-A01 主讲党课：分值由“每次加5分”改为“每次加6分”。"
    assert one.text.en == "ORG-A01 Party class given: the points: 'each time +5 points' becomes 'each time +6 points'."
    assert one.old_basis is not None
    assert one.old_basis.zh == "《报道》（2024-06-10）〔M1〕"
    assert one.new_basis is not None
    assert one.new_basis.zh == "自定（试行）"
    assert len(found) == 1, "the citation is told with the value"


def test_a_change_of_the_citation_alone_is_told_as_such(tmp_path: Path) -> None:
    (one,) = said(tmp_path, ("share: {value: 15, assumption: true}", "share: {value: 15, source: C1}"))
    assert one.verb is Verb.CITED
    assert one.text.zh == "ORG-D01 党员大会：每次份额“15分”的依据改变。"
    assert (one.old_basis and one.old_basis.zh, one.new_basis and one.new_basis.zh) == ("自定", "《条例》〔C1〕")


TALK = """\
  ORG-A03:
    name: {zh: 宣讲, en: Talk}
    kind: innovation
    dimension: ORG
    article: 每次加2分。
    grounds: {source: M1}
    points: {value: 2, assumption: true}
    bounds: [{window: quarter, high: 4, assumption: true}]
    record: [member]
    review: [secretary]
  ORG-F01:
"""


def test_a_new_item_a_retired_one_and_a_new_ceiling_are_told(tmp_path: Path) -> None:
    found = said(
        tmp_path,
        ("  ORG-F01:\n", TALK),
        ("    measure:\n      ladder:\n", "    retired: true\n    measure:\n      ladder:\n"),
        (
            "  innovation:\n    bounds: [{window: year, high: 20,",
            "  innovation:\n    bounds: [{window: year, high: 25,",
        ),
    )
    assert zh(found) == [
        "SRV-A01 超额服务：停用，已有积分保留，不再记录。",
        "新增ORG-A03 宣讲：每次加2分；每季度至多加4分。",
        "上级限额“创新工作加分”：限额由“全年至多加20分”改为“全年至多加25分”。",
    ]


def test_what_changes_for_one_class_only_names_it(tmp_path: Path) -> None:
    own = "grounds: {source: M1}\n    items:\n      ORG-A01: {points: {value: 4, assumption: true}}\n  exempt:"
    found = said(tmp_path, ("grounds: {source: M1}\n  exempt:", own))
    assert zh(found) == ["ORG-A01 主讲党课：分值由“每次加5分”改为“每次加4分”（只对一般党员）。"]


def test_a_new_class_of_members_is_told_with_what_it_has_otherwise(tmp_path: Path) -> None:
    shift = (
        "  shift:\n    name: {zh: 倒班党员, en: Shift worker}\n    grounds: {assumption: true, note: 倒班}\n"
        "    items:\n      ORG-D01: {settled: confirmation, grounds: {assumption: true}}\n"
    )
    found = said(tmp_path, ("  exempt:\n", shift + "  exempt:\n"))
    assert zh(found) == [
        "新增党员类型“倒班党员”：期初积分100分。",
        "ORG-D01 党员大会：对倒班党员，认定方式为“支部名单确认”，对其他党员为“按场次考勤”。",
        "ORG-D01 党员大会：对倒班党员，到期无人记录时为“视为未履行”，对其他党员为“待定”。",
    ]
    assert found[0].new_basis is not None
    assert found[0].new_basis.zh == "自定（倒班）"


def test_what_came_and_went_is_told_in_english_with_its_kind_before_its_name(tmp_path: Path) -> None:
    first = load_book(put_book(tmp_path / "a")).editions[0].edition
    sources = {**first.sources, "M2": "公报"}
    (added,) = compare(first, replace(first, sources=sources))
    (removed,) = compare(replace(first, sources=sources), first)
    assert (added.text.en, removed.text.en) == ("Source M2 added: 公报.", "Source M2 removed (it was: 公报).")
    band = replace(first.regimes["standard"].bands[0], bound=55)
    regimes = {code: replace(regime, bands=(band, *regime.bands[1:])) for code, regime in first.regimes.items()}
    (moved,) = compare(first, replace(first, regimes=regimes))
    assert moved.text.en == "Band 'Assisted': 'total is 50 points or less' becomes 'total is 55 points or less'."


def test_lines_bands_and_the_order_of_things_are_told(tmp_path: Path) -> None:
    found = said(
        tmp_path,
        ("bound: {value: 90, source: M1}", "bound: {value: 85, source: M1}"),
        ("bound: 50, source: M1}", "bound: 55, source: M1}"),
        (
            "record: [system]\n    review: [secretary]\n  ORG-A01",
            "record: [secretary]\n    review: [secretary]\n  ORG-A01",
        ),
    )
    assert zh(found) == [
        "SRV-D01 志愿服务：记录人由“系统”改为“支部书记”。",
        "等次“帮扶”由“总积分在50分以下（含本数）”改为“总积分在55分以下（含本数）”。",
        "分数线“推荐线”：界限由“90分”改为“85分”。",
    ]


def test_a_source_that_is_called_otherwise_is_told(tmp_path: Path) -> None:
    first = load_book(put_book(tmp_path / "a")).editions[0].edition
    renamed = edited(BOOK, ("title: 报道", "title: 新报道"))
    second = load_book(put_book(tmp_path / "b", book=renamed, items=ITEMS)).editions[0].edition
    assert zh(list(compare(first, second))) == ["引用文件M1由“报道 (2024-06-10)”改为“新报道 (2024-06-10)”。"]


def test_the_star_sheet_is_compared_too() -> None:
    stars = longwen().stars
    assert stars is not None
    (gone,) = compare(longwen(), replace(longwen(), stars=None))
    assert gone.verb is Verb.REMOVED
    first = replace(stars.indicators[0], points=stars.indicators[0].points + 100)
    changed = replace(longwen(), stars=replace(stars, indicators=(first, *stars.indicators[1:])))
    (one,) = compare(longwen(), changed)
    assert one.text.zh.startswith(f"星级标准·{first.code}{first.name.zh}：分值由“")
