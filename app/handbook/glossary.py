"""An edition's own words and numbers as sentences use them, in two languages; the closed lists stand in ``terms``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.core import Edition, Kind, Regime
from app.rules.name import Name
from app.rules.points import decimals_of, printed_text
from app.rules.terms import TERMS

ASSUMED = Name("自定", "our own assumption")
NOTHING = Name("无", "none")

_EACH: Mapping[Window, Name] = {
    Window.MONTH: Name("每月", "a month"),
    Window.QUARTER: Name("每季度", "a quarter"),
    Window.HALF: Name("每半年", "a half-year"),
    Window.YEAR: Name("全年", "a year"),
}
_CYCLE = Name("每个计分周期", "a cycle")


def say(zh: str, en: str, **facts: Name | str | int) -> Name:
    """A sentence in both languages; ``{…}`` in it is filled from the facts, each in its language."""
    return Name(
        zh.format(**{key: one.zh if isinstance(one, Name) else one for key, one in facts.items()}),
        en.format(**{key: one.en if isinstance(one, Name) else one for key, one in facts.items()}),
    )


def listed(names: Iterable[Name], zh: str = "、", en: str = ", ") -> Name:
    """Several names as one."""
    found = list(names)
    return Name(zh.join(one.zh for one in found), en.join(one.en for one in found))


def of_list(name: str, code: str) -> Name:
    """The words for a value of a closed list, by the list's name; its code where there are none."""
    return TERMS[name].get(code, Name(code, code))


def roles(codes: Iterable[str]) -> Name:
    return listed([of_list("Role", code) for code in codes])


def day(value: date) -> Name:
    return Name(f"{value.year}年{value.month}月{value.day}日", value.isoformat())


def month_day(value: tuple[int, int]) -> Name:
    month, number = value
    return Name(f"{month}月{number}日", f"{month:02d}-{number:02d}")


@dataclass(frozen=True)
class Glossary:
    """What an edition calls its items, dimensions, units and classes of members, and how it prints points."""

    edition: Edition

    @cached_property
    def _any(self) -> Regime | None:
        return next(iter(self.edition.regimes.values()), None)

    @cached_property
    def decimals(self) -> int:
        return decimals_of(self.edition)

    @cached_property
    def _items(self) -> dict[str, Name]:
        return {code: one.name for regime in self.edition.regimes.values() for code, one in regime.items.items()}

    @cached_property
    def _dimensions(self) -> dict[str, Name]:
        return {one.code: one.name for regime in self.edition.regimes.values() for one in regime.dimensions}

    def number(self, points: int) -> str:
        return printed_text(points, self.decimals)

    def points(self, value: int) -> Name:
        """So many points, without saying what becomes of them."""
        number = self.number(value)
        return Name(f"{number}分", f"{number} point{'' if number in ('1', '-1') else 's'}")

    def effect(self, kind: Kind, value: int) -> Name:
        """What comes of an entry of the kind: so many points are added, lost or earned."""
        amount = self.points(abs(value))
        if value < 0 or kind is Kind.FAULT:
            return Name(f"扣{amount.zh}", f"-{amount.en}")
        return Name(f"{'加' if kind is Kind.INNOVATION else '得'}{amount.zh}", f"+{amount.en}")

    def each(self, window: Window) -> Name:
        """每季度, a quarter; a window as long as a cycle that is no year is called by the cycle."""
        period = self.edition.frame.period
        if period is not Window.YEAR and WINDOW_LENGTH[window] >= WINDOW_LENGTH[period]:
            return _CYCLE
        return _EACH[window]

    def unit(self, code: str | None) -> Name:
        if code is None:
            return Name("", "")
        return self.edition.units.get(code) or of_list("Unit", code)

    def item(self, code: str) -> Name:
        """The code and the name together: ORG-D02 参加主题党日."""
        name = self._items.get(code)
        return Name(code, code) if name is None else Name(f"{code} {name.zh}", f"{code} {name.en}")

    def dimension(self, code: str | None) -> Name:
        return self._dimensions.get(code or "", Name(code or "", code or ""))

    def class_of_members(self, regime: str) -> Name:
        """The name of a profile, alone or under an overlay, or of the overlay for everyone."""
        parts = [self.edition.class_names.get(code, Name(code, code)) for code in regime.split("+")]
        if len(parts) == 1:
            return parts[0]
        return Name(f"{parts[0].zh}（{parts[1].zh}）", f"{parts[0].en} ({parts[1].en})")

    def citation(self, text: str) -> Name | None:
        """A citation with the titles of its sources; None where a value has none."""
        return cited_in_full(text, self.edition.sources) if text else None

    def edition_citation(self, key: str) -> Name | None:
        return self.citation(dict(self.edition.citations).get(key, ""))


def cited_in_full(text: str, sources: Mapping[str, str]) -> Name:
    """``M1; C1 第16条 (note)``: keys become titles, ``assumption`` becomes words; notes stay as they are."""
    zh: list[str] = []
    en: list[str] = []
    for segment, note in _segments(text):
        key, _, clause = segment.partition(" ")
        if key == "assumption":
            shown, told = ASSUMED.zh, ASSUMED.en
        elif key in sources:
            shown = f"{_titled(sources[key])}{clause}〔{key}〕"
            told = f"{sources[key]}{clause and ' ' + clause} [{key}]"
        else:
            shown = told = segment
        zh.append(f"{shown}（{note}）" if note else shown)
        en.append(f"{told} ({note})" if note else told)
    return Name("；".join(zh), "; ".join(en))


def without_shared_parts(old: str, new: str) -> tuple[str, str]:
    """Two citations of many values each, without the parts that both have, if something is left of both."""
    mine, other = _parts(old), _parts(new)
    own, others = [one for one in mine if one not in other], [one for one in other if one not in mine]
    return ("; ".join(own), "; ".join(others)) if own and others else (old, new)


def _titled(source: str) -> str:
    """《title》 with the date behind it, if it has one."""
    title, bracket, dated = source.rpartition(" (")
    if bracket and dated.endswith(")"):
        return f"《{title}》（{dated[:-1]}）"
    return f"《{source}》"


def _segments(text: str) -> list[tuple[str, str]]:
    """The parts of a citation, each with its note."""
    found = []
    for part in _parts(text):
        segment, bracket, note = part.partition(" (")
        found.append((segment, note[:-1] if bracket and note.endswith(")") else ""))
    return found


def _parts(text: str) -> list[str]:
    """What stands between a citation's semicolons; those within a note do not count."""
    parts: list[str] = [""]
    depth = 0
    for at, character in enumerate(text):
        if character == "(" and (depth or text[at - 1 : at] == " "):
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        if character == ";" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
