"""What HTTP sees of the items of a rule book: points as the book prints them, and sentences."""

from __future__ import annotations

from pydantic import Field

from app.handbook import phrases
from app.handbook.glossary import Glossary
from app.handbook.sentences import Sentence
from app.kit.http import Answer
from app.rules.core import Bound, Duty, Edition, Item, PointRange, Regime, Tier
from app.rules.name import Name
from app.rules.points import printed_number
from app.rules.schemas_points import Points


def in_language(name: Name, language: str) -> str:
    return name.said(language)


def in_language_or_none(name: Name | None, language: str) -> str | None:
    return None if name is None else in_language(name, language)


def in_points(points: int | None, decimals: int) -> int | float | None:
    return None if points is None else printed_number(points, decimals)


class BoundAnswer(Answer):
    """A floor and a ceiling over one window."""

    window: str
    low: Points | None
    high: Points | None

    @classmethod
    def of(cls, one: Bound, decimals: int) -> BoundAnswer:
        return cls(window=one.window.value, low=in_points(one.low, decimals), high=in_points(one.high, decimals))


class TierAnswer(Answer):
    """A named level."""

    code: str
    name: str
    points: Points

    @classmethod
    def of(cls, one: Tier, decimals: int, language: str) -> TierAnswer:
        points = printed_number(one.points, decimals)
        return cls(code=one.code, name=in_language(one.name, language), points=points)


class RangeAnswer(Answer):
    """Points that the recorder chooses."""

    low: Points
    high: Points
    step: Points

    @classmethod
    def of(cls, one: PointRange, decimals: int) -> RangeAnswer:
        low, high, step = (printed_number(points, decimals) for points in (one.low, one.high, one.step))
        return cls(low=low, high=high, step=step)


class TargetAnswer(Answer):
    """An amount due by the end of a window."""

    window: str
    units: int


class DutyRuleAnswer(Answer):
    """What is due once per window, and what is lost when it is not done."""

    window: str
    share: Points
    settled: str
    unrecorded: str
    targets: list[TargetAnswer]

    @classmethod
    def of(cls, one: Duty, decimals: int) -> DutyRuleAnswer:
        return cls(
            window=one.window.value,
            share=printed_number(one.share, decimals),
            settled=one.settlement.value,
            unrecorded=one.unrecorded.value,
            targets=[TargetAnswer(window=each.window.value, units=each.units) for each in one.targets],
        )


class ItemAnswer(Answer):
    """One item as a class of members has it. ``worth`` says in one phrase what it comes to."""

    code: str = Field(examples=["ORG-D02"])
    name: str
    kind: str
    dimension: str | None
    article: str
    worth: str
    points: Points | None
    unit: str | None
    tiers: list[TierAnswer]
    chosen: RangeAnswer | None
    duty: DutyRuleAnswer | None
    measure: str = Field(examples=["sum"])
    bounds: list[BoundAnswer]
    matter: str
    record: list[str]
    review: list[str]
    evidence: list[str]
    heard: bool
    retired: bool

    @classmethod
    def of(cls, one: Item, words: Glossary, language: str) -> ItemAnswer:
        chosen, decimals = one.chosen, words.decimals
        return cls(
            code=one.code,
            name=in_language(one.name, language),
            kind=one.kind.value,
            dimension=one.dimension,
            article=one.article,
            worth=in_language(phrases.worth(words, one), language),
            points=in_points(one.points, decimals),
            unit=one.unit,
            tiers=[TierAnswer.of(each, decimals, language) for each in one.tiers],
            chosen=None if chosen is None else RangeAnswer.of(chosen, decimals),
            duty=None if one.duty is None else DutyRuleAnswer.of(one.duty, decimals),
            measure=one.measure.form.value,
            bounds=[BoundAnswer.of(each, decimals) for each in one.bounds],
            matter=one.matter.value,
            record=list(one.record),
            review=list(one.review),
            evidence=[in_language(each, language) for each in one.evidence],
            heard=one.heard,
            retired=one.retired,
        )


class ItemBookAnswer(Answer):
    """All items of an edition for one class of members, in the order of the book."""

    book: str
    edition: str
    profile: str
    decimals: int
    items: list[ItemAnswer]

    @classmethod
    def of(cls, edition: Edition, regime: Regime, language: str) -> ItemBookAnswer:
        words = Glossary(edition)
        return cls(
            book=edition.book,
            edition=edition.code,
            profile=regime.profile,
            decimals=regime.decimals,
            items=[ItemAnswer.of(one, words, language) for one in regime.items.values()],
        )


class SentenceAnswer(Answer):
    """One thing that the rules say; ``key`` is its place, ``basis`` where it comes from."""

    topic: str = Field(examples=["bounds"])
    key: str = Field(examples=["bounds.year"])
    text: str
    basis: str | None

    @classmethod
    def of(cls, one: Sentence, language: str) -> SentenceAnswer:
        return cls(
            topic=one.topic.value,
            key=one.key,
            text=in_language(one.text, language),
            basis=in_language_or_none(one.basis, language),
        )


class ItemTextsAnswer(Answer):
    """Everything the rules say of one item to one class of members."""

    book: str
    edition: str
    profile: str
    decimals: int
    item: ItemAnswer
    sentences: list[SentenceAnswer]
