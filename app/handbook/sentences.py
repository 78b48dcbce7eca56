"""What an explanation of the rules is made of: sentences by topic, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.handbook.glossary import Glossary, say
from app.rules.core import Item, Regime
from app.rules.name import Name


class Topic(StrEnum):
    """What a sentence is about; the order is that of an explanation."""

    BASE = "base"
    DIMENSIONS = "dimensions"
    ARTICLE = "article"
    POINTS = "points"
    DUTY = "duty"
    BOUNDS = "bounds"
    MATTER = "matter"
    PAIRS = "pairs"
    VETO = "veto"
    PEOPLE = "people"
    BANDS = "bands"
    LINES = "lines"
    CLASSES = "classes"
    ITEMS = "items"


TOPICS = {
    Topic.BASE: Name("总则", "The book"),
    Topic.DIMENSIONS: Name("指标", "Dimensions"),
    Topic.ARTICLE: Name("条文", "Article"),
    Topic.POINTS: Name("分值", "Points"),
    Topic.DUTY: Name("应尽职责", "Duty"),
    Topic.BOUNDS: Name("限额", "Bounds"),
    Topic.MATTER: Name("同一事项", "One matter"),
    Topic.PAIRS: Name("连带扣减", "Shares it costs too"),
    Topic.VETO: Name("一票否决", "Veto"),
    Topic.PEOPLE: Name("记录与审核", "Who records, who reviews"),
    Topic.BANDS: Name("等次", "Bands"),
    Topic.LINES: Name("分数线", "Lines"),
    Topic.CLASSES: Name("不同类型的党员", "Classes of members"),
    Topic.ITEMS: Name("项目", "Items"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that the rules say; ``key`` is its place in the item or edition, ``basis`` where it comes from."""

    topic: Topic
    key: str
    text: Name
    basis: Name | None = None


def total_sentence(words: Glossary, regime: Regime, topic: Topic) -> Sentence:
    """The floor and the top of the total."""
    zh, en = "总积分最低为0分，不设最高分。", "The total never goes below 0 and has no top."
    if regime.total_high is None:
        text = Name(zh, en)
    else:
        top = words.points(regime.total_high)
        text = say("总积分最低为0分，最高为{top}。", "The total lies between 0 and {top}.", top=top)
    return Sentence(topic, "total", text, words.edition_citation("total"))


def chain(item: Item) -> list[str]:
    """The nodes above an item, from the lowest up, those that it stands outside of included."""
    path = [f"{item.kind.value}/{item.dimension}", item.kind.value]
    return [f"{path[0]}/{item.group}", *path] if item.group else path


def full(phrase: Name) -> Name:
    """A phrase as a sentence."""
    return Name(f"{phrase.zh}。", f"{phrase.en[:1].upper()}{phrase.en[1:]}.")
