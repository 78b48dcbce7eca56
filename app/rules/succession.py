"""Whether an edition may stand beside those that are published of its book: one after another, with one meaning.

What the loader checks among the editions of a folder holds here between compiled editions, since a folder need not
hold what was published before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.kit.calendar import period_days
from app.kit.errors import ErrorKind, LongwenError
from app.rules.core import Edition, Frame, Item, Regime
from app.rules.lines import Line
from app.rules.name import Name


class EditionDisagrees(LongwenError):
    """The edition does not go with what is published of its book; ``disagreements`` says in what."""

    kind = ErrorKind.CONFLICT
    code = "edition_disagrees"
    zh = "细则 {book} 的版本 {edition} 与已发布的版本有 {count} 处不一致，没有发布：{listed}请改正后再发布。"
    en = (
        "The edition {edition} of {book} disagrees with what is published in {count} points and was not published: "
        "{listed} Correct it and publish it again."
    )

    def __init__(self, edition: Edition, disagreements: Sequence[Name]) -> None:
        self.disagreements = tuple(disagreements)
        super().__init__(book=edition.book, edition=edition.code, count=len(disagreements), field="edition")

    def text(self, language: str) -> str:
        zh = language.startswith("zh")
        told = "".join(one.zh for one in self.disagreements) if zh else " ".join(one.en for one in self.disagreements)
        return (self.zh if zh else self.en).format(**self.facts, listed=told)

    def listed(self, language: str) -> list[dict[str, Any]]:
        zh = language.startswith("zh")
        return [
            {"index": None, "field": self.field, "code": self.code, "detail": one.zh if zh else one.en}
            for one in self.disagreements
        ]


def disagreements(new: Edition, published: Sequence[Edition]) -> tuple[Name, ...]:
    """In what the new edition disagrees with the published ones of its book, in words; empty where it may follow.

    Days have no gap and no overlap with the edition before and the one after; a code keeps its kind, dimension and
    Chinese name in all of them; within a cycle nothing is dropped and what a cycle stands on stays. Editions starting
    on one day are not compared: that day is taken.
    """
    others = [one for one in published if one.starts_on != new.starts_on]
    before = max((one for one in others if one.starts_on < new.starts_on), key=lambda one: one.starts_on, default=None)
    after = min((one for one in others if one.starts_on > new.starts_on), key=lambda one: one.starts_on, default=None)
    found: list[Name] = []
    for first, second in ((before, new), (new, after)):
        if first is not None and second is not None:
            found += _days(first, second)
            if not _begins_cycle(second):
                found += _in_cycle(first, second)
    for other in others:
        found += _meanings(new, other)
    return tuple(dict.fromkeys(found))


def _begins_cycle(edition: Edition) -> bool:
    frame: Frame = edition.frame
    return period_days(edition.starts_on, frame.first_month, frame.period)[0] == edition.starts_on


def _days(first: Edition, second: Edition) -> Iterator[Name]:
    until, start = first.ends_on, second.starts_on
    if until is not None and start <= until:
        yield Name(
            f"版本 {first.code} 施行到 {until}，版本 {second.code} 自 {start} 起施行，日期重叠。",
            f"{first.code} is in force until {until} and {second.code} from {start}: the days overlap.",
        )
    elif until is not None and start > until + timedelta(days=1):
        yield Name(
            f"版本 {first.code} 施行到 {until}，版本 {second.code} 自 {start} 起施行，中间有空档。",
            f"{first.code} is in force until {until} and {second.code} from {start}: between them nothing is.",
        )


def _meanings(new: Edition, other: Edition) -> Iterator[Name]:
    known = _items(other)
    for code, item in _items(new).items():
        old = known.get(code)
        if old is not None and _meaning(old) != _meaning(item):
            yield Name(
                f"代码 {code} 在已发布的版本 {other.code} 中是“{old.name.zh}”（{_place(old)}），"
                f"不能改作“{item.name.zh}”（{_place(item)}），请另用新代码。",
                f"The code {code} stands for {old.name.zh} ({_place(old)}) in the published edition {other.code} and "
                f"cannot become {item.name.zh} ({_place(item)}); take a new code.",
            )


def _items(edition: Edition) -> Mapping[str, Item]:
    return {code: item for regime in edition.regimes.values() for code, item in regime.items.items()}


def _meaning(item: Item) -> tuple[object, ...]:
    return item.kind, item.dimension, item.name.zh


def _place(item: Item) -> str:
    return f"{item.kind.value}, {item.dimension}"


def _in_cycle(first: Edition, second: Edition) -> Iterator[Name]:
    """What the second may not do because it starts within a cycle (scoring, section 2, rule 2)."""
    start = second.starts_on
    for code in sorted(_items(first).keys() - _items(second).keys()):
        yield Name(
            f"版本 {second.code} 自考评年度中的 {start} 起施行，不能去掉版本 {first.code} 的 {code}；可标为 retired。",
            f"{second.code} starts on {start}, within a cycle, and cannot drop {code} of {first.code}; retire it.",
        )
    for code in first.profiles:
        if code not in second.regimes:
            yield Name(
                f"版本 {second.code} 自考评年度中的 {start} 起施行，不能去掉版本 {first.code} 的党员类型 {code}。",
                f"{second.code} starts on {start}, within a cycle, and cannot drop the class {code} of {first.code}.",
            )
    shared = [code for code in first.regimes if code in second.regimes]
    changed: dict[str, list[str]] = {}
    for code in shared:
        for what in _changed(first.regimes[code], second.regimes[code]):
            changed.setdefault(what, []).append(code)
    for what, codes in changed.items():
        everywhere = len(codes) == len(shared)
        zh, en = ("", "") if everywhere else (f"（{'、'.join(codes)}）", f" ({', '.join(codes)})")
        yield Name(
            f"{what}{zh} 与版本 {first.code} 不同，而版本 {second.code} 自考评年度中的 {start} 起施行，不能变更。",
            f"{what}{en} is not as in {first.code}, and {second.code} starts on {start}, within a cycle.",
        )


def _changed(first: Regime, second: Regime) -> list[str]:
    mine, theirs = _held(first), _held(second)
    # An item may be new within a cycle; of one that is gone it is told that it is.
    items = {f"items.{code}" for code in first.items.keys() ^ second.items.keys()}
    return [
        what
        for what in {**mine, **theirs}
        if mine.get(what) != theirs.get(what) and what.rpartition(".")[0] not in items
    ]


def _held(regime: Regime) -> dict[str, object]:
    """What of a regime stays through a cycle, by the key of the files; where it comes from may be corrected."""
    found: dict[str, object] = {
        "base": regime.opening,
        "decimals": regime.decimals,
        "carried": regime.carried,
        "newcomers": regime.newcomers,
        "total": regime.total_high,
        "dimensions": regime.dimensions,
        "bands": regime.bands,
        "lines": {one.code: _uncited(one) for one in regime.lines},
        "across": {one.name: one for one in regime.across},
    }
    found |= {f"nodes.{one.name}": (one.parent, one.weight) for one in regime.nodes}
    for code, item in regime.items.items():
        for key in ("measure", "group", "outside", "matter"):
            found[f"items.{code}.{key}"] = getattr(item, key)
    return found


def _uncited(line: Line) -> Line:
    return replace(line, citation="", excludes=tuple(replace(one, citation="") for one in line.excludes))
