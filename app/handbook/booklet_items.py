"""The chapter of a dimension: its duties, additions, deductions and vetoes as tables, and the articles."""

from __future__ import annotations

from collections.abc import Iterator

from app.handbook import phrases
from app.handbook.booklet_parts import Article, Section, Table, grounds, lines
from app.handbook.glossary import Glossary, month_day, roles
from app.rules.core import Dimension, Duty, Item, Kind, Matter, MeasureForm, Regime
from app.rules.terms import term


def item_sections(words: Glossary, regime: Regime, dimension: Dimension, *, leave_out: bool) -> Iterator[Section]:
    """The sections of a dimension; ``leave_out`` what the class of members does not have."""
    found = [
        one for one in regime.items.values() if one.dimension == dimension.code and not (leave_out and one.retired)
    ]
    duties = [one for one in found if one.kind is Kind.ROUTINE and one.duty is not None]
    earned = [one for one in found if one.kind is Kind.ROUTINE and one.duty is None]
    parts = (
        ("日常职责", _duties(words, duties)),
        ("日常得分", _scored(words, regime, earned)),
        ("创新加分", _scored(words, regime, [one for one in found if one.kind is Kind.INNOVATION])),
        ("失误扣分", _scored(words, regime, [one for one in found if one.kind is Kind.FAULT])),
        ("一票否决", _vetoes(words, regime, [one for one in found if one.kind is Kind.VETO])),
    )
    for title, table in parts:
        if table.rows:
            yield Section(title, table=table)
    if found:
        articles = tuple(Article(one.code, _named(words, one), one.article) for one in found)
        yield Section("条文", articles=articles)


def _named(words: Glossary, item: Item) -> str:
    """The item's name; of one that the class of members does not have, who has it."""
    if not item.retired:
        return item.name.zh
    having = [
        words.class_of_members(code).zh
        for code, regime in words.edition.regimes.items()
        if "+" not in code and not regime.items[item.code].retired
    ]
    return f"{item.name.zh}（{'只适用于' + '、'.join(having) if having else '不再记录'}）"


def _duties(words: Glossary, items: list[Item]) -> Table:
    rows = []
    for item in items:
        duty = item.duty
        if duty is None:
            continue
        times = phrases.times_a_cycle(words, duty.window)
        rows.append(
            (
                item.code,
                _named(words, item),
                words.each(duty.window).zh,
                words.number(duty.share),
                words.number(duty.share * times),
                _settled(words, duty),
                _hands(item),
                "、".join(each.zh for each in item.evidence) or "—",
                grounds(item),
            )
        )
    return Table(
        headings=("代号", "项目", "频次", "每次分值", "全期分值", "怎样查明", "谁记录\n→谁审核", "证明材料", "依据"),
        widths=(11, 14, 8, 7, 7, 16, 13, 11, 13),
        rows=tuple(rows),
        centred=(0, 2, 3, 4),
    )


def _settled(words: Glossary, duty: Duty) -> str:
    targets = [phrases.target(words, duty.unit, one).zh for one in duty.targets]
    return lines(
        [
            term(duty.settlement).zh,
            "，".join(targets),
            "" if duty.due is None else f"{month_day(duty.due).zh}前完成",
            f"到期未记录的，{term(duty.unrecorded).zh}",
        ]
    )


def _scored(words: Glossary, regime: Regime, items: list[Item]) -> Table:
    return Table(
        headings=("代号", "项目", "分值", "限额和说明", "谁记录\n→谁审核", "证明材料", "依据"),
        widths=(11, 15, 18, 20, 12, 11, 13),
        rows=tuple(
            (
                item.code,
                _named(words, item),
                _points(words, item),
                _limits(words, regime, item),
                _hands(item),
                "、".join(each.zh for each in item.evidence) or "—",
                grounds(item),
            )
            for item in items
        ),
        centred=(0,),
    )


def _points(words: Glossary, item: Item) -> str:
    told: list[str] = []
    if item.points is not None:
        told.append(phrases.fixed(words, item).zh)
    told += [f"{one.name.zh}：{words.effect(item.kind, one.points).zh}" for one in item.tiers]
    if item.chosen is not None:
        told.append(phrases.chosen(words, item.kind, item.chosen).zh)
    if item.measure.form is MeasureForm.LADDER:
        told.append(f"{words.each(item.measure.window).zh}累计，只计达到的最高一级")
        told += [phrases.rung(words, item.kind, item.unit, one).zh for one in item.measure.rungs]
    elif item.measure.form is not MeasureForm.SUM:
        told.append(phrases.measure(words, item, item.measure).zh)
    return lines(told)


def _limits(words: Glossary, regime: Regime, item: Item) -> str:
    labels = {one.name: one.label.zh for one in regime.nodes}
    group = f"{item.kind.value}/{item.dimension}/{item.group}"
    return lines(
        [
            *(phrases.bound(words, item.kind, one).zh for one in item.bounds),
            f"与“{labels.get(group, item.group)}”各项合用限额" if item.group else "",
            *(f"不占“{labels.get(one, one)}”的限额" for one in sorted(item.outside)),
            "须写明事项，同一事项只计一次" if item.matter is Matter.REQUIRED else "",
            f"另扣{'、'.join(item.pairs)}当期份额" if item.pairs else "",
            f"另扣{'、'.join(item.pairs_one_of)}之一的份额" if item.pairs_one_of else "",
            f"系统依考勤提出：{phrases.finds(words, item.finds).zh}" if item.finds else "",
            "计入前听取本人意见" if item.heard else "",
        ]
    )


def _vetoes(words: Glossary, regime: Regime, items: list[Item]) -> Table:
    rows = []
    for item in items:
        veto = item.veto
        if veto is None:
            continue
        hears = roles(veto.hears).zh if veto.hears else "听取" if item.heard else "—"
        rows.append(
            (
                item.code,
                _named(words, item),
                phrases.veto(regime, veto).zh,
                term(veto.ground).zh,
                roles(item.record).zh,
                hears,
                "\n→".join(roles([one]).zh for one in item.review),
                "、".join(each.zh for each in item.evidence) or "—",
                grounds(item),
            )
        )
    return Table(
        headings=("代号", "情形", "后果", "须引用", "谁提出", "谁听取意见", "谁决定", "证明材料", "依据"),
        widths=(11, 19, 11, 10, 8, 8, 8, 12, 13),
        rows=tuple(rows),
        centred=(0,),
    )


def _hands(item: Item) -> str:
    return "或".join(roles([one]).zh for one in item.record) + "".join(f"\n→{roles([one]).zh}" for one in item.review)
