"""What an edition says as a whole: base and opening, dimensions, ceilings, bands, lines, classes of members, items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.handbook import phrases
from app.handbook.comparing import changes_for_profile
from app.handbook.glossary import Glossary, day, listed, say
from app.handbook.sentences import Sentence, Topic, full, total_sentence
from app.kit.calendar import Window
from app.rules import core
from app.rules.core import SCORED_KINDS, STANDARD, Edition, Kind, Regime
from app.rules.lines import Exclusion, Line
from app.rules.name import Name
from app.rules.terms import term

_PERIODS = {
    Window.YEAR: Name("一年", "a year"),
    Window.HALF: Name("半年", "a half-year"),
    Window.QUARTER: Name("一个季度", "a quarter"),
    Window.MONTH: Name("一个月", "a month"),
}


def explain_edition(edition: Edition, regime: Regime) -> tuple[Sentence, ...]:
    """All that the edition says beside its items, to one class of members, and a line for each item."""
    return tuple(_Explainer(Glossary(edition), regime).sentences())


@dataclass(frozen=True)
class _Explainer:
    """The sentences of one edition under one regime."""

    words: Glossary
    regime: Regime

    @property
    def edition(self) -> Edition:
        return self.words.edition

    def sentences(self) -> Iterator[Sentence]:
        yield from self._opening()
        yield from self._dimensions()
        yield from self._nodes()
        yield from self._bands()
        for line in self.regime.lines:
            yield from self._line(line)
        yield from self._classes()
        for item in self.regime.items.values():
            if not item.retired:
                text = say("{item}：{worth}。", "{item}: {worth}.", item=self.words.item(item.code),
                           worth=phrases.worth(self.words, item))  # fmt: skip
                yield Sentence(Topic.ITEMS, f"items.{item.code}", text)

    def _opening(self) -> Iterator[Sentence]:
        edition, words, regime = self.edition, self.words, self.regime
        until = "" if edition.ends_on is None else day(edition.ends_on)
        zh = "{name}，自{start}起施行。" if edition.ends_on is None else "{name}，自{start}起施行，至{until}止。"
        en = "{name}, in force from {start}." if edition.ends_on is None else "{name}, in force {start} to {until}."
        yield Sentence(Topic.BASE, "name", say(zh, en, name=edition.name, start=day(edition.starts_on), until=until))
        yield Sentence(Topic.BASE, "frame", self._frame())
        own = words.edition_citation(f"profiles.{regime.profile}.base")
        base = words.edition_citation("base")
        opening = say("期初积分{points}。", "The opening is {points}.", points=words.points(regime.opening))
        yield Sentence(Topic.BASE, "opening", opening, own or base)
        starts = listed(dict.fromkeys(term(one.starts) for one in regime.dimensions), "；", "; ")
        yield Sentence(Topic.BASE, "starts", full(starts), words.edition_citation("opening"))
        if regime.carried:
            carried = say("上期总积分的{percent}%另计入期初积分。", "{percent} % of the last total come on top.",
                          percent=regime.carried)  # fmt: skip
            yield Sentence(Topic.BASE, "carried", carried, words.edition_citation("carried"))
        if regime.newcomers is not core.Newcomers.STANDARD:
            newcomers = say("年中新到的党员，期初积分{how}。", "Who joins in mid-cycle opens with {how}.",
                            how=term(regime.newcomers))  # fmt: skip
            yield Sentence(Topic.BASE, "newcomers", newcomers, words.edition_citation("newcomers"))
        if regime.decimals:
            decimals = say("分值最小到{unit}。", "The smallest part is {unit}.", unit=words.points(1))
            yield Sentence(Topic.BASE, "decimals", decimals)
        yield total_sentence(words, regime, Topic.BASE)

    def _frame(self) -> Name:
        frame = self.edition.frame
        told = say("考评周期为{period}，年度从{month}月开始", "A cycle lasts {period}; years begin in month {month}",
                   period=_PERIODS[frame.period], month=frame.first_month)  # fmt: skip
        if frame.period is not Window.YEAR:
            told = say("{told}；全年成绩{year}", "{told}; a year comes to {year}", told=told, year=term(frame.year))
        return full(told)

    def _dimensions(self) -> Iterator[Sentence]:
        words, regime = self.words, self.regime
        weights = {node.name: node for node in regime.nodes}
        for one in regime.dimensions:
            items = [item for item in regime.items.values() if item.dimension == one.code and not item.retired]
            counts = [(kind, sum(item.kind is kind for item in items)) for kind in (*SCORED_KINDS, Kind.VETO)]
            held = listed([say("{kind}{count}项", "{kind}: {count}", kind=term(kind), count=count)
                           for kind, count in counts if count])  # fmt: skip
            zh, en = ("{name}（{code}）：{points}；{items}", "{name} ({code}): {points}; {items}")
            if not one.allotment:
                zh, en = ("{name}（{code}）：不分配分值；{items}", "{name} ({code}): nothing allotted; {items}")
            told = say(zh, en, name=one.name, code=one.code, points=words.points(one.allotment), items=held)
            node = weights.get(f"{Kind.ROUTINE.value}/{one.code}")
            if node is not None and node.weight != (1, 1):
                told = say("{told}；已按权重{weight}", "{told}; after its weight, {weight}", told=told,
                           weight=phrases.weight(node.weight))  # fmt: skip
            if one.allotment and len({each.starts for each in regime.dimensions}) > 1:
                told = say("{told}；{starts}", "{told}; {starts}", told=told, starts=term(one.starts))
            yield Sentence(Topic.DIMENSIONS, f"dimensions.{one.code}", full(told), words.citation(one.citation))

    def _nodes(self) -> Iterator[Sentence]:
        """Ceilings above the items; that of a dimension's duties is its allotment, which is told there."""
        words, regime = self.words, self.regime
        for node in regime.nodes:
            is_allotment = node.name.startswith(f"{Kind.ROUTINE.value}/") and not node.citation
            if is_allotment or (not node.bounds and node.weight == (1, 1)):
                continue
            parts = [phrases.bounds(words, Kind(node.name.split("/")[0]), node.bounds)] if node.bounds else []
            parts += [] if node.weight == (1, 1) else [phrases.weight(node.weight)]
            text = say("“{label}”合计{bounds}。", "'{label}' as a whole: {bounds}.", label=node.label,
                       bounds=listed(parts, "，", "; "))  # fmt: skip
            yield Sentence(Topic.BOUNDS, f"nodes.{node.name}", text, words.citation(node.citation))
        for across in regime.across:
            text = full(phrases.across(words, across))
            yield Sentence(Topic.BOUNDS, f"across.{across.name}", text, words.citation(across.citation))

    def _bands(self) -> Iterator[Sentence]:
        for number, one in enumerate(self.regime.bands, start=1):
            text = say("{number}. {band}。", "{number}. {band}.", number=number, band=phrases.band(self.words, one))
            yield Sentence(Topic.BANDS, f"bands.{one.code}", text, self.words.citation(one.citation))

    def _line(self, line: Line) -> Iterator[Sentence]:
        words = self.words
        told = say("{name}：{line}", "{name}: {line}", name=line.name, line=phrases.line(words, line))
        if line.quota is not None:
            told = say("{told}；{quota}", "{told}; {quota}", told=told, quota=phrases.quota(words, line))
        yield Sentence(Topic.LINES, f"lines.{line.code}", full(told), words.citation(line.citation))
        grouped: dict[str, list[Exclusion]] = {}
        for one in line.excludes:
            grouped.setdefault(one.citation, []).append(one)
        for citation, same in grouped.items():
            text = say(
                "{name}不含：{grounds}。", "{name}, left out: {grounds}.", name=line.name,
                grounds=listed([phrases.exclusion(words, one) for one in same], "；", "; "),
            )  # fmt: skip
            yield Sentence(Topic.LINES, f"lines.{line.code}.excludes", text, words.citation(citation))

    def _classes(self) -> Iterator[Sentence]:
        """Every profile and overlay by itself; what a profile has under an overlay follows from both."""
        for code, regime in self.edition.regimes.items():
            if "+" in code:
                continue
            name = self.words.class_of_members(code)
            parts = [say("{name}（{code}）", "{name} ({code})", name=name, code=code)]
            if not regime.ranked:
                parts.append(Name("不参加排名", "not ranked"))
            if not regime.graded:
                parts.append(Name("不评定等次", "not graded"))
            if code != STANDARD and STANDARD in self.edition.regimes:
                parts += self._otherwise(code, regime)
            basis = self.words.edition_citation(f"profiles.{code}") or self.words.edition_citation(f"overlays.{code}")
            yield Sentence(Topic.CLASSES, f"profiles.{code}", full(listed(parts, "；", "; ")), basis)

    def _otherwise(self, code: str, regime: Regime) -> list[Name]:
        """What the class has otherwise than the usual one, shortly: its numbers, and the codes of its items."""
        usual = self.edition.regimes[STANDARD]
        without = [one for one, item in regime.items.items() if item.retired and not usual.items[one].retired]
        changes = changes_for_profile(self.edition, STANDARD, code)
        changed = dict.fromkeys(one.place.split(".")[1] for one in changes if one.place.startswith("items."))
        other = [one for one in changed if one not in without]
        parts: list[Name] = []
        if regime.opening != usual.opening:
            parts.append(say("期初积分{points}", "opens with {points}", points=self.words.points(regime.opening)))
        parts += [
            say("{subject}分配{new}", "{subject}: {new}", subject=one.subject, new=one.new)
            for one in changes
            if one.place.startswith("dimensions.") and one.new is not None and one.place.endswith("allotment")
        ]
        if without:
            parts.append(say("不适用：{items}", "without {items}", items=self._codes(without)))
        if other:
            parts.append(say("另有规定：{items}", "otherwise in {items}", items=self._codes(other)))
        return parts

    def _codes(self, codes: Sequence[str]) -> Name:
        duties = [code for code, item in self.edition.regimes[STANDARD].items.items() if item.duty is not None]
        if len(codes) > 1 and list(codes) == duties:
            return say("全部{count}项应尽职责", "all {count} duties", count=len(codes))
        text = ", ".join(codes)
        return Name(text.replace(", ", "、"), text)
