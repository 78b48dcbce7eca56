"""Single values of a rule book in words: a bound, a tier, a measure, a line's test. Sentences are made of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.handbook.glossary import NOTHING, Glossary, listed, of_list, say
from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules import core
from app.rules.finds import Attended, Finds
from app.rules.lines import Band, Basis, Exclusion, Ground, Line, Relation
from app.rules.name import Name
from app.rules.terms import term

_NO_BOUND = Name("不限", "no bound")


def bound(words: Glossary, kind: core.Kind, value: core.Bound) -> Name:
    """每季度至多加10分; the sign of an addition is said by its verb."""
    each = words.each(value.window)
    # A floor under additions and a ceiling over faults at 0 say nothing that their signs do not say.
    low = None if value.low == 0 and value.high is not None else value.low
    high = None if value.high == 0 and value.low is not None else value.high
    if low is not None and high is not None:
        ends = {"low": words.effect(kind, low), "high": words.effect(kind, high)}
        return say("{each}在{low}与{high}之间", "between {low} and {high} {each}", each=each, **ends)
    if low is None and high is None:
        return _NO_BOUND
    most = words.effect(kind, high if high is not None else low or 0)
    return Name(f"{each.zh}至多{most.zh}", f"at most {most.en} {each.en}")


def bounds(words: Glossary, kind: core.Kind, values: tuple[core.Bound, ...]) -> Name:
    return listed([bound(words, kind, one) for one in values], "，", "; ") if values else _NO_BOUND


def tier(words: Glossary, kind: core.Kind, value: core.Tier) -> Name:
    return say(
        "{name}（{code}）{effect}",
        "{name} ({code}) {effect}",
        name=value.name,
        code=value.code,
        effect=words.effect(kind, value.points),
    )


def fixed(words: Glossary, item: core.Item) -> Name:
    """每次加5分, or 每1小时加2分 where the points are for each unit."""
    effect = words.effect(item.kind, item.points or 0)
    if item.unit is None:
        return say("每次{effect}", "each time {effect}", effect=effect)
    return say("每1{unit}{effect}", "each of the {unit} {effect}", unit=words.unit(item.unit), effect=effect)


def chosen(words: Glossary, kind: core.Kind, value: core.PointRange) -> Name:
    near, far = sorted((value.low, value.high), key=abs)
    return say(
        "由记录人在{low}与{high}之间选定，每{step}一级",
        "the recorder chooses between {low} and {high}, in steps of {step}",
        low=words.effect(kind, near),
        high=words.effect(kind, far),
        step=words.points(value.step),
    )


def rung(words: Glossary, kind: core.Kind, unit: str | None, value: core.Rung) -> Name:
    return say(
        "满{units}{unit}{effect}",
        "from {units} {unit} on {effect}",
        units=value.units,
        unit=words.unit(unit),
        effect=words.effect(kind, value.points),
    )


def rounding(words: Glossary, value: core.Rounding) -> Name:
    smallest = words.points(1)
    forms = {
        core.Rounding.DOWN: ("不足{unit}的零头舍去", "rounded down to {unit}"),
        core.Rounding.HALF_UP: ("四舍五入到{unit}", "rounded half up to {unit}"),
        core.Rounding.UP: ("不足{unit}的零头进为{unit}", "rounded up to {unit}"),
    }
    zh, en = forms[value]
    return say(zh, en, unit=smallest)


def measure(words: Glossary, item: core.Item, value: core.Measure) -> Name:
    """How entries become points, over which window."""
    return _MEASURES[value.form](words, item, value)


def _sum(words: Glossary, item: core.Item, value: core.Measure) -> Name:  # noqa: ARG001 - one shape for all forms
    return Name("各次相加", "entries are added up")


def _best(words: Glossary, item: core.Item, value: core.Measure) -> Name:  # noqa: ARG001 - one shape for all forms
    each = words.each(value.window)
    return say("{each}只计分值最高的{best}次", "only the best {best} {each} count", each=each, best=value.best)


def _ladder(words: Glossary, item: core.Item, value: core.Measure) -> Name:
    return say(
        "{each}累计，只计达到的最高一级：{rungs}",
        "of what adds up in {each}, only the highest rung reached counts: {rungs}",
        each=words.each(value.window),
        rungs=listed([rung(words, item.kind, item.unit, one) for one in value.rungs], "；", "; "),
    )


def _rate(words: Glossary, item: core.Item, value: core.Measure) -> Name:
    return say(
        "{each}累计，每{denominator}{unit}{effect}，{rounding}",
        "of what adds up in {each}, every {denominator} {unit} {effect}, {rounding}",
        each=words.each(value.window),
        denominator=value.denominator,
        unit=words.unit(item.unit),
        effect=words.effect(item.kind, value.numerator),
        rounding=rounding(words, value.rounding),
    )


def _worth(words: Glossary, item: core.Item, value: core.Measure) -> Name:
    return say(
        "{each}各次平均值除以{full}{unit}，再乘以{points}，{rounding}",
        "the mean of {each} divided by {full} {unit}, times {points}, {rounding}",
        each=words.each(value.window),
        full=value.denominator,
        unit=words.unit(item.unit),
        points=words.points(value.numerator),
        rounding=rounding(words, value.rounding),
    )


_MEASURES: Mapping[core.MeasureForm, Callable[[Glossary, core.Item, core.Measure], Name]] = {
    core.MeasureForm.SUM: _sum,
    core.MeasureForm.BEST: _best,
    core.MeasureForm.LADDER: _ladder,
    core.MeasureForm.RATE: _rate,
    core.MeasureForm.WORTH: _worth,
}


def units_of_day(words: Glossary, unit: str | None, most: int) -> Name:
    """一人一日至多计24小时。"""
    return say(
        "一人一日至多计{most}{unit}", "a member's day has at most {most} {unit}", most=most, unit=words.unit(unit)
    )


def target(words: Glossary, unit: str | None, value: core.Target) -> Name:
    by = {
        Window.MONTH: Name("每月底", "by each month's end"),
        Window.QUARTER: Name("每季度末", "by each quarter's end"),
        Window.HALF: Name("半年时", "by the half-year"),
        Window.YEAR: Name("年底", "by the year's end"),
    }
    return say(
        "{by}应达到{units}{unit}", "{units} {unit} {by}", by=by[value.window], units=value.units, unit=words.unit(unit)
    )


def duty(words: Glossary, value: core.Duty) -> Name:
    """A whole duty in one phrase: how often, for how much, and how it is settled."""
    return say(
        "{each}一次，份额{share}，{settled}",
        "once {each}, worth {share}, {settled}",
        each=words.each(value.window),
        share=words.points(value.share),
        settled=term(value.settlement),
    )


def times_a_cycle(words: Glossary, window: Window) -> int:
    return max(1, WINDOW_LENGTH[words.edition.frame.period] // WINDOW_LENGTH[window])


def veto(regime: core.Regime, value: core.Veto) -> Name:
    """A veto's effect; where only the band is fixed, which."""
    if value.band is None:
        return term(value.effect)
    name = next((one.name for one in regime.bands if one.code == value.band), Name(value.band, value.band))
    return say("{effect}：定为“{band}”", "{effect}: {band}", effect=term(value.effect), band=name)


def finds(words: Glossary, value: Finds) -> Name:
    """What of attendance the service proposes a finding for, and at which sessions."""
    told = term(value.after)
    if value.after is Attended.ABSENCES:
        told = say("连续无故缺席每满{n}次", "every {n} unexcused absences in a row", n=str(value.in_a_row))
    if not value.sessions:
        return told
    sessions = listed([words.item(code) for code in value.sessions])
    return say("{told}（{sessions}）", "{told} ({sessions})", told=told, sessions=sessions)


def worth(words: Glossary, item: core.Item) -> Name:
    """In one phrase what an item comes to: its points, tiers, range, measure, duty or veto."""
    parts: list[Name] = []
    if item.duty is not None:
        parts.append(duty(words, item.duty))
    if item.points is not None:
        parts.append(fixed(words, item))
    if item.tiers:
        parts.append(listed([tier(words, item.kind, one) for one in item.tiers], "；", "; "))
    if item.chosen is not None:
        parts.append(chosen(words, item.kind, item.chosen))
    if item.measure.form is not core.MeasureForm.SUM:
        parts.append(measure(words, item, item.measure))
    if item.veto is not None:
        parts.append(term(item.veto.effect))
    return listed(parts, "；", "; ") if parts else NOTHING


def basis(words: Glossary, value: Basis, dimension: str | None) -> Name:
    if value is Basis.DIMENSION:
        return say("“{name}”得分", "the points of '{name}'", name=words.dimension(dimension))
    return term(value)


_RELATIONS: Mapping[Relation, tuple[str, str]] = {
    Relation.AT_LEAST: ("{what}在{bound}以上（含本数）", "{what} is {bound} or more"),
    Relation.AT_MOST: ("{what}在{bound}以下（含本数）", "{what} is {bound} or less"),
    Relation.ABOVE: ("{what}高于{bound}（不含本数）", "{what} is more than {bound}"),
    Relation.BELOW: ("{what}低于{bound}（不含本数）", "{what} is less than {bound}"),
}


def tested(words: Glossary, on: Basis, dimension: str | None, relation: Relation, value: int) -> Name:
    """总积分在500分以下（含本数）."""
    amount = Name(f"{value}%", f"{value} %") if on is Basis.PACE else words.points(value)
    zh, en = _RELATIONS[relation]
    return say(zh, en, what=basis(words, on, dimension), bound=amount)


def band(words: Glossary, value: Band) -> Name:
    return say("“{name}”：{test}", "'{name}': {test}", name=value.name, test=band_test(words, value))


def band_test(words: Glossary, value: Band) -> Name:
    """What the band asks for, without its name."""
    if value.basis is None:
        return Name("其余的", "everybody else")
    return tested(words, value.basis, value.dimension, value.relation, value.bound)


def line(words: Glossary, value: Line) -> Name:
    """What a line tests, when, and what follows."""
    test = tested(words, value.basis, value.dimension, value.relation, value.bound)
    if value.due_min:
        due = words.points(value.due_min)
        test = say("{test}，且已到期应得分不少于{due}", "{test}, once {due} have fallen due", test=test, due=due)
    return say(
        "{when}{test}的，{consequence}",
        "{when}, where {test}: {consequence}",
        when=term(value.when),
        test=test,
        consequence=of_list("Consequence", value.consequence),
    )


def quota(words: Glossary, value: Line) -> Name:  # noqa: ARG001 - one shape for all phrases
    if value.quota is None:
        return NOTHING
    share = f"{value.quota[0]}/{value.quota[1]}"
    told = say(
        "名额不超过支部参加评定党员的{share}", "at most {share} of a branch's graded members are named", share=share
    )
    if not value.pool_below:
        return told
    return say(
        "{told}；参加评定党员不足{few}人的支部，在同一党委内合并计算",
        "{told}; branches with fewer than {few} of them are pooled within their committee",
        told=told,
        few=value.pool_below,
    )


def exclusion(words: Glossary, value: Exclusion) -> Name:
    if value.ground is Ground.DIMENSION_FAULT:
        return say(
            "本期在“{name}”有失误扣分的",
            "a fault in '{name}' in the cycle",
            name=words.dimension(value.dimension),
        )
    if value.ground is Ground.HEAVY_FAULT:
        return say(
            "本期有单次扣{points}以上失误的", "a single fault of {points} or more", points=words.points(value.amount)
        )
    if value.ground is Ground.SHORT_TIME:
        return say("本期在册不满{months}个月的", "less than {months} months in the cycle", months=value.amount)
    return term(value.ground)


def across(words: Glossary, value: core.Across) -> Name:
    return say(
        "{items}合计每季度至多{effect}",
        "{items} together: at most {effect} a quarter",
        items=listed([words.item(code) for code in sorted(value.items)], "；", "; "),
        effect=words.effect(value.kind, value.per_quarter),
    )


def weight(value: tuple[int, int]) -> Name:
    return Name(f"乘以{value[0]}/{value[1]}", f"times {value[0]}/{value[1]}")
