"""What the parts of a compiled rule book are called when a change of one is told, and its value in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.handbook import phrases
from app.handbook.differing import ABSENT, ORDER, Place, stands_at
from app.handbook.glossary import NOTHING, Glossary, day, listed, month_day, of_list, roles, say
from app.rules import core
from app.rules.finds import Finds
from app.rules.lines import Band, Basis, Exclusion, Line
from app.rules.name import Name
from app.rules.points import printed_text
from app.rules.stars import Stars
from app.rules.terms import TERMS

# By the field's name; what is missing is shown by that name.
WHAT: Mapping[str, Name] = {
    "name": Name("名称", "the name"),
    "label": Name("名称", "the name"),
    "starts_on": Name("施行日期", "the first day in force"),
    "ends_on": Name("终止日期", "the last day in force"),
    "article": Name("条文", "the article"),
    "kind": Name("类别", "the kind"),
    "dimension": Name("所属指标", "the dimension"),
    "points": Name("分值", "the points"),
    "tiers": Name("档次", "a tier"),
    "unit": Name("计量单位", "the unit"),
    "duty": Name("应尽职责", "the duty"),
    "window": Name("频次", "how often"),
    "share": Name("每次份额", "the share of one time"),
    "settlement": Name("认定方式", "how it is settled"),
    "unrecorded": Name("到期无人记录时", "what silence means"),
    "targets": Name("应达到的数量", "a target"),
    "due": Name("完成期限", "the day by which it is due"),
    "rounding": Name("零头的处理", "the rounding"),
    "measure": Name("计分方式", "how entries become points"),
    "bounds": Name("限额", "a bound"),
    "units_max": Name("一日至多计的数量", "the most units of a day"),
    "group": Name("分组", "the group"),
    "outside": Name("不占哪些上级限额", "the ceilings it stands outside of"),
    "matter": Name("是否写明事项", "whether a matter is named"),
    "pairs": Name("连带扣减的职责份额", "the duties whose share it costs too"),
    "pairs_one_of": Name("连带扣减其一的职责份额", "the duties of which it costs one share too"),
    "record": Name("记录人", "who records"),
    "review": Name("审核人", "who reviews"),
    "evidence": Name("凭证", "the evidence"),
    "retired": Name("是否停用", "whether it is retired"),
    "chosen": Name("分值幅度", "the range of points"),
    "heard": Name("计入前是否听取本人意见", "whether the member is heard first"),
    "veto": Name("否决的后果和程序", "the veto"),
    "finds": Name("系统依考勤提出的情形", "what the service proposes from attendance"),
    "effect": Name("否决的后果", "what the veto does"),
    "ground": Name("否决的依据要求", "what the veto must cite"),
    "band": Name("确定的等次", "the band it fixes"),
    "hears": Name("听取申辩的机关", "who hears the member"),
    "assumptions": Name("自定的内容", "what is our own assumption"),
    "weight": Name("权重", "the weight"),
    "items": Name("所含项目", "the items it holds"),
    "per_quarter": Name("每季度限额", "the ceiling of a quarter"),
    "allotment": Name("分配分值", "the allotment"),
    "starts": Name("起算方式", "with what it starts"),
    "opening": Name("期初积分", "the opening"),
    "decimals": Name("小数位数", "the decimals"),
    "total_high": Name("总积分最高分", "the top of the total"),
    "dimensions": Name("指标", "a dimension"),
    "bands": Name("等次", "a band"),
    "lines": Name("分数线", "a line"),
    "nodes": Name("上级限额", "a ceiling above items"),
    "across": Name("跨组限额", "a ceiling across groups"),
    "ranked": Name("是否参加排名", "whether they are ranked"),
    "graded": Name("是否评定等次", "whether they are graded"),
    "carried": Name("结转上期总积分的百分比", "the percentage of the last total carried over"),
    "newcomers": Name("新到党员的期初积分", "the opening of newcomers"),
    "basis": Name("所看的分数", "the number it tests"),
    "relation": Name("比较方式", "how it compares"),
    "bound": Name("界限", "the bound"),
    "when": Name("何时点名", "when it names persons"),
    "consequence": Name("后果", "the consequence"),
    "due_min": Name("至少已到期的应得分", "what must have fallen due"),
    "quota": Name("名额", "the quota"),
    "pool_below": Name("合并计算名额的人数界限", "below how many members branches are pooled"),
    "excludes": Name("排除情形", "an exclusion"),
    "first_month": Name("年度的起始月份", "the month in which years begin"),
    "period": Name("计分周期", "how long a cycle lasts"),
    "year": Name("全年成绩", "what a year comes to"),
    "book": Name("细则代码", "the book's code"),
    "units": Name("自定计量单位", "a unit of its own"),
    "sources": Name("引用文件", "a source"),
    "class_names": Name("类型名称", "what a class of members is called"),
    "profiles": Name("党员类型", "a class of members"),
    "stars": Name("星级标准", "the star sheet"),
    "citation": Name("依据", "the citation"),
    "citations": Name("依据", "the citation"),
    "modules": Name("模块", "a module"),
    "indicators": Name("星级指标", "an indicator"),
    "scale": Name("得分办法", "the scale"),
    "limits": Name("限值", "a limit"),
    "bonus": Name("附加分", "the bonus"),
    "levels": Name("星级", "a star"),
    "gates": Name("限制条件", "a gate"),
    "quotas": Name("星级名额", "a quota of stars"),
    "step": Name("升星限制", "the step between stars"),
    "round": Name("批次规定", "the numbers of a round"),
    "vetoes": Name("否决情形", "a ground of veto"),
    "downgrades": Name("降星情形", "a ground for a star less"),
    "rectification": Name("整改规定", "rectification"),
    "order": Name("并列时的先后", "what breaks ties"),
    ORDER: Name("先后顺序", "the order"),
    # Keys of citations that are not called like the field.
    "base": Name("基本分", "the base"),
    "total": Name("总积分的上下限", "the bounds of the total"),
    "overlays": Name("支部情形", "a property of a branch"),
    "every": Name("频次", "how often"),
    "grounds": Name("条文", "the article"),
    "range": Name("分值幅度", "the range of points"),
    "profile": Name("对该类党员的特殊规定", "what the class has otherwise"),
    "best": Name("计分方式", "how entries become points"),
    "ladder": Name("阶梯", "the ladder"),
    "rate": Name("折算比率", "the rate"),
    "worth": Name("折算分值", "what full units are worth"),
}

# What comes after one of these is what its element is called.
_LISTS = frozenset(
    {
        *("items", "nodes", "dimensions", "across", "bands", "lines", "profiles", "overlays", "units", "sources"),
        *("class_names", "bounds", "tiers", "targets", "excludes", "ladder", "citations"),
        *("limits", "modules", "indicators", "levels", "gates", "quotas", "vetoes", "downgrades"),
    }
)
_POINTS = frozenset(
    {"points", "share", "allotment", "opening", "total_high", "per_quarter", "due_min", "bound", "amount"}
)
_STAR_POINTS = frozenset({"points", "per_unit", "cap", "full", "low"})
_MONTH_DAYS = frozenset({"due", "cut_off"})
_ROLES = frozenset({"record", "review", "hears"})
_ITEM_LISTS = frozenset({"pairs", "pairs_one_of", "items"})
_YES, _NO = Name("是", "yes"), Name("否", "no")


def what(place: Place) -> Name:
    """What is talked of at a place: its last part that has a name of its own."""
    if place[-1] == ORDER:
        of = what(place[:-1])
        return say("{of}的先后顺序", "the order of {of}", of=of)
    for at in range(len(place) - 1, -1, -1):
        is_key = at > 0 and place[at - 1] in _LISTS
        if place[at] in WHAT and not is_key:
            return WHAT[place[at]]
    return Name(place[-1], place[-1])


def value_words(words: Glossary, regime: core.Regime | None, place: Place, value: Any) -> Name:
    """The value that stands at a place, in words."""
    if value is None or value is ABSENT or value in ((), frozenset()):
        return NOTHING
    at = Spot(words, regime, place)
    for known, tell in _TELLERS:
        if isinstance(value, known):
            return tell(at, value)
    return raw(value)


@dataclass(frozen=True)
class Spot:
    """Where a value stands: the edition's words, the regime around it, and its place in that."""

    words: Glossary
    regime: core.Regime | None
    place: Place

    @property
    def item(self) -> core.Item | None:
        is_item = self.regime is not None and self.place[0] == "items" and len(self.place) > 1
        return self.regime.items.get(self.place[1]) if self.regime is not None and is_item else None

    @property
    def kind(self) -> core.Kind:
        """The kind of what stands around a bound, tier or range."""
        if self.place[0] == "nodes":
            return core.Kind(self.place[1].split("/")[0])
        return core.Kind.INNOVATION if self.item is None else self.item.kind


def node_name(regime: core.Regime, name: str) -> Name:
    label = next((one.label for one in regime.nodes if one.name == name), Name(name, name))
    return say("“{label}”", "'{label}'", label=label)


def raw(value: Any) -> Name:
    """Every field of a value, for where its phrase does not tell it from another."""
    if isinstance(value, Name):
        return Name(f"{value.zh}（{value.en}）", f"{value.en} ({value.zh})")
    if isinstance(value, StrEnum):
        return _member(value)
    if isinstance(value, tuple):
        return listed([raw(one) for one in value])
    if not is_dataclass(value) or isinstance(value, type):
        return _text(str(value))
    parts = [(WHAT.get(one.name, _text(one.name)), getattr(value, one.name)) for one in fields(value)]
    shown = [(label, raw(one)) for label, one in parts if one not in (None, (), frozenset())]
    return Name(
        "，".join(f"{label.zh}：{one.zh}" for label, one in shown),
        ", ".join(f"{label.en}: {one.en}" for label, one in shown),
    )


def _text(text: str) -> Name:
    return Name(text, text)


def _member(value: StrEnum) -> Name:
    """The words of a closed list, or the code where the list has none."""
    return of_list(type(value).__name__, value.value) if type(value).__name__ in TERMS else _text(value.value)


def _string(at: Spot, value: str) -> Name:
    if at.place[-1] == "dimension":
        return at.words.dimension(value)
    if at.place[-1] == "unit":
        return at.words.unit(value)
    if at.place[-1] == "consequence":
        return of_list("Consequence", value)
    return _text(value)


def _number(at: Spot, value: int) -> Name:
    """A number with what it is a number of."""
    field = at.place[-1]
    if at.place[0] == "stars":
        stars = at.words.edition.stars
        is_points = field in _STAR_POINTS and at.place[-2:] != ("scale", "low")
        return _text(printed_text(value, stars.decimals) if stars is not None and is_points else str(value))
    line = None if at.regime is None else stands_at(at.regime, at.place[:-1])
    if field == "bound" and isinstance(line, Line) and line.basis is Basis.PACE:
        return Name(f"{value}%", f"{value} %")
    if field == "points" and len(at.place) == 3 and at.item is not None:
        return phrases.fixed(at.words, at.item)
    return at.words.points(value) if field in _POINTS else _text(str(value))


def _several(at: Spot, value: tuple[Any, ...] | frozenset[Any]) -> Name:
    field = at.place[-1]
    ordered = tuple(sorted(value)) if isinstance(value, frozenset) else value
    if field in _ROLES:
        return roles(ordered)
    if field == "outside" and at.regime is not None:
        regime = at.regime
        return listed([node_name(regime, one) for one in ordered])
    if field in _ITEM_LISTS or at.place[-2:] == ("items", ORDER):
        return listed([at.words.item(one) for one in ordered], "；", "; ")
    if all(isinstance(one, int) for one in ordered):
        return month_day((ordered[0], ordered[1])) if field in _MONTH_DAYS else _text("/".join(map(str, ordered)))
    return listed([value_words(at.words, at.regime, (*at.place, "each"), one) for one in ordered])


def _item(at: Spot, value: core.Item) -> Name:
    worth = phrases.worth(at.words, value)
    if not value.bounds:
        return worth
    return listed([worth, phrases.bounds(at.words, value.kind, value.bounds)], "；", "; ")


def _node(at: Spot, value: core.Node) -> Name:
    bounds = phrases.bounds(at.words, core.Kind(value.name.split("/")[0]), value.bounds)
    return bounds if value.weight == (1, 1) else listed([bounds, phrases.weight(value.weight)], "，", "; ")


def _measure(at: Spot, value: core.Measure) -> Name:
    return raw(value) if at.item is None else phrases.measure(at.words, at.item, value)


def _veto(at: Spot, value: core.Veto) -> Name:
    return raw(value) if at.regime is None else phrases.veto(at.regime, value)


def _dimension(at: Spot, value: core.Dimension) -> Name:
    return say("“{name}”{points}", "'{name}' {points}", name=value.name, points=at.words.points(value.allotment))


def _regime(at: Spot, value: core.Regime) -> Name:
    parts = [say("期初积分{points}", "opening {points}", points=at.words.points(value.opening))]
    parts += [] if value.ranked else [Name("不参加排名", "not ranked")]
    parts += [] if value.graded else [Name("不评定等次", "not graded")]
    return listed(parts, "，", ", ")


# A type comes before those that it is one of.
_TELLERS: tuple[tuple[Any, Callable[[Spot, Any], Name]], ...] = (
    (Name, lambda _, value: value),
    (bool, lambda _, value: _YES if value else _NO),
    (StrEnum, lambda _, value: _member(value)),
    (date, lambda _, value: day(value)),
    (int, _number),
    (str, _string),
    ((tuple, frozenset), _several),
    (Mapping, lambda _, value: listed([_text(f"{key}={part}") for key, part in value.items()])),
    (core.Item, _item),
    (core.Duty, lambda at, value: phrases.duty(at.words, value)),
    (core.Bound, lambda at, value: phrases.bound(at.words, at.kind, value)),
    (core.Tier, lambda at, value: phrases.tier(at.words, at.kind, value)),
    (core.PointRange, lambda at, value: phrases.chosen(at.words, at.kind, value)),
    (core.Target, lambda at, value: phrases.target(at.words, at.item.unit if at.item else None, value)),
    (core.Measure, _measure),
    (core.Veto, _veto),
    (Finds, lambda at, value: phrases.finds(at.words, value)),
    (core.Node, _node),
    (core.Across, lambda at, value: phrases.across(at.words, value)),
    (core.Dimension, _dimension),
    (core.Regime, _regime),
    (Line, lambda at, value: phrases.line(at.words, value)),
    (Band, lambda at, value: phrases.band(at.words, value)),
    (Exclusion, lambda at, value: phrases.exclusion(at.words, value)),
    (Stars, lambda _, value: value.name),
)
