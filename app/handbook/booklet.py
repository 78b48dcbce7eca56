"""A rule book as a booklet for officers and members: what it says, gathered once for every form of paper.

In Chinese, as papers of this kind are. Layout is the templates' affair: a booklet is a cover and chapters of plain
text, tables and articles. A line break in a cell separates what stands there together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.handbook import phrases
from app.handbook.booklet_appraisals import appraisals_chapter
from app.handbook.booklet_classes import classes_chapter
from app.handbook.booklet_items import item_sections
from app.handbook.booklet_lines import lines_chapter
from app.handbook.booklet_parts import Chapter, Cover, Section, Table, cited, day_zh, lines, numeral
from app.handbook.booklet_stars import stars_chapter
from app.handbook.glossary import Glossary
from app.kit.calendar import Window
from app.rules.core import STANDARD, Edition, Kind, Newcomers, Node, Regime, Starts, YearForm
from app.rules.front import Front
from app.rules.terms import TERMS, term

_YEARS = {YearForm.SUM: "为各期之和", YearForm.MEAN: "为各期平均", YearForm.LAST: "以末期为准"}


@dataclass(frozen=True)
class Booklet:
    """A whole booklet; ``stamp`` is the edition's first day (ISO), by which the same book makes the same paper."""

    cover: Cover
    chapters: tuple[Chapter, ...]
    stamp: str

    def plain(self) -> dict[str, Any]:
        """As the templates read it."""
        return asdict(self)


def booklet_of(front: Front, edition: Edition, profile: str | None = None) -> Booklet:
    """The booklet of an edition, for everybody or for one class of members (the code of a regime).

    Raises KeyError where the edition has no such class.
    """
    words = Glossary(edition)
    regime = edition.regimes[STANDARD if profile is None else profile]
    chapters = [_how(front, words, regime)]
    for dimension in regime.dimensions:
        allotted = f"，{words.points(dimension.allotment).zh}" if dimension.allotment else ""
        title = f"{dimension.name.zh}（{dimension.code}{allotted}）"
        chapters.append(Chapter(title, tuple(item_sections(words, regime, dimension, leave_out=profile is not None))))
    chapters.append(classes_chapter(words, profile))
    chapters.append(lines_chapter(words, regime))
    if edition.stars is not None:
        chapters.append(stars_chapter(edition.stars))
        if edition.stars.appraisal is not None:
            chapters.append(appraisals_chapter(edition.stars, edition.stars.appraisal))
    chapters.append(_sources(front, edition))
    kept = [one for one in chapters if one.sections]
    return Booklet(
        cover=Cover(
            name=front.name,
            edition=edition.name.zh,
            issuer=front.issuer,
            applies_to=front.applies_to,
            class_of_members="" if profile is None else words.class_of_members(profile).zh,
            in_force=_in_force(edition),
            digest=edition.digest,
        ),
        chapters=tuple(
            replace(one, title=f"第{numeral(number)}章　{one.title}") for number, one in enumerate(kept, start=1)
        ),
        stamp=edition.starts_on.isoformat(),
    )


def _in_force(edition: Edition) -> str:
    until = "" if edition.ends_on is None else f"，至{day_zh(edition.ends_on)}止"
    return f"自{day_zh(edition.starts_on)}起施行{until}"


def _how(front: Front, words: Glossary, regime: Regime) -> Chapter:
    edition = words.edition
    cites = dict(edition.citations)
    above = f"本细则在《{front.extends}》的基础上增加项目、收紧限额，以下为合并后的全部内容。"
    intro = (
        *([above] if front.extends else []),
        f"制定单位：{front.issuer}。适用对象：{front.applies_to}。{_in_force(edition)}。",
        _cycle(edition),
        "文中注明“（自定）”的，是没有公开依据、由制定单位自行确定的内容；其余各项的出处见文末清单。",
    )
    opening = [f"{_opening(words, regime)}{cited(cites.get('opening', ''), brackets=True)}。"]
    if regime.carried:
        opening.append(
            f"上期总积分的{regime.carried}%结转，计入期初分{cited(cites.get('carried', ''), brackets=True)}。"
        )
    if regime.newcomers is not Newcomers.STANDARD:
        told = term(regime.newcomers).zh
        opening.append(f"中途加入的党员，期初分{told}{cited(cites.get('newcomers', ''), brackets=True)}。")
    return Chapter(
        "计分办法",
        (
            Section("总的规定", paragraphs=intro),
            Section("起算和指标", paragraphs=tuple(opening), table=_dimensions(words, regime)),
            Section("积分怎样得出", paragraphs=tuple(_sums(words, regime, cites))),
            *_ceilings(words, regime),
        ),
    )


def _cycle(edition: Edition) -> str:
    frame = edition.frame
    last = (frame.first_month + 10) % 12 + 1
    year = f"每年{frame.first_month}月至{'次年' if last < frame.first_month else ''}{last}月为一个考评年度"
    if frame.period is Window.YEAR:
        return f"{year}。"
    period = {Window.QUARTER: "每季度", Window.HALF: "每半年"}.get(frame.period, "每月")
    return f"{year}，{period}为一个考评期，积分逐期起算；全年成绩{_YEARS[frame.year]}。"


def _opening(words: Glossary, regime: Regime) -> str:
    whole = words.points(sum(one.allotment for one in regime.dimensions)).zh
    opening = words.points(regime.opening).zh
    forms = {one.starts for one in regime.dimensions}
    if forms == {Starts.FULL}:
        return f"期初给满分{opening}，未尽职责的扣减相应份额"
    if forms == {Starts.ZERO}:
        return f"从零起算，逐项得分；各指标共{whole}"
    if forms == {Starts.BASE}:
        return f"期初给基础分{opening}，另行加分、扣分"
    return f"期初给{opening}；各指标按下表分别从满分扣减或者从零得分，共{whole}"


def _dimensions(words: Glossary, regime: Regime) -> Table:
    rows = []
    for one in regime.dimensions:
        allotted = words.points(one.allotment).zh if one.allotment else "—"
        starts = {Starts.FULL: "从满分扣减", Starts.ZERO: "从零得分", Starts.BASE: "在基础分上加减"}[one.starts]
        weight = _weight(regime, f"{Kind.ROUTINE.value}/{one.code}")
        source = cited(one.citation) or "—"
        rows.append((one.code, one.name.zh, allotted + weight, starts if one.allotment else "—", source))
    return Table(
        headings=("代号", "指标", "分值", "起算", "依据"),
        widths=(10, 24, 16, 18, 32),
        rows=tuple(rows),
        centred=(0, 2, 3),
    )


def _weight(regime: Regime, node: str) -> str:
    weights = [one.weight for one in regime.nodes if one.name == node]
    if not weights or weights[0] == (1, 1):
        return ""
    return f"\n（已乘以权重{weights[0][0]}/{weights[0][1]}）"


def _sums(words: Glossary, regime: Regime, cites: Mapping[str, str]) -> Iterable[str]:
    top = "" if regime.total_high is None else f"，不高于{words.points(regime.total_high).zh}"
    yield "日常积分＝期初分＋日常工作得失分，不低于0分。"
    yield (
        f"总积分＝日常积分＋创新工作加分＋工作失误扣分，不低于0分{top}{cited(cites.get('total', ''), brackets=True)}。"
    )
    yield "创新工作加分、工作失误扣分写明同一事项的，只计一次：加分取最高的，扣分取最重的。"
    if any(one.duty is not None for one in regime.items.values()):
        yield "职责每次有一个份额，未尽一次扣一份，扣完为止；怎样查明、到期没有记录怎样处理，见各章表中所列。"
    if any(one.kind is Kind.VETO for one in regime.items.values()):
        yield "一票否决成立期间，按各章所列后果处理；后果为积分计零的，有效积分为0分，否决撤销后恢复。"
    if not regime.ranked or not regime.graded:
        without = "、".join(told for told, has in (("参加排名", regime.ranked), ("评定等次", regime.graded)) if not has)
        yield f"本类党员计分，但不{without}。"


def _ceilings(words: Glossary, regime: Regime) -> Iterable[Section]:
    """Bounds above the items. Those of a duty's dimension follow from its allotment and are not repeated."""
    rows = [
        (_node_name(words, one), _node_limit(words, one), cited(one.citation)) for one in regime.nodes if one.citation
    ]
    for across in regime.across:
        items = "、".join(sorted(across.items))
        most = words.effect(across.kind, across.per_quarter).zh
        rows.append((f"跨组合计：{items}", f"每季度至多{most}", cited(across.citation)))
    if rows:
        table = Table(headings=("范围", "限额", "依据"), widths=(36, 36, 28), rows=tuple(rows))
        paragraph = "各项目自身的限额见各章；下列限额对所列范围内的项目合计适用。"
        yield Section("合计限额", paragraphs=(paragraph,), table=table)


def _node_name(words: Glossary, node: Node) -> str:
    kind, *rest = node.name.split("/")
    if not rest:
        return f"全部{node.label.zh}"
    label = node.label.zh if len(rest) == 1 else f"{words.dimension(rest[0]).zh}·{node.label.zh}"
    return label if len(rest) == 1 else f"{label}（{TERMS['Kind'][kind].zh}）"


def _node_limit(words: Glossary, node: Node) -> str:
    kind = Kind(node.name.split("/")[0])
    told = [phrases.bound(words, kind, one).zh for one in node.bounds]
    if node.weight != (1, 1):
        told.append(phrases.weight(node.weight).zh)
    return lines(told)


def _sources(front: Front, edition: Edition) -> Chapter:
    used = set(edition.sources) | set(edition.stars.sources if edition.stars else ())
    rows: Sequence[tuple[str, ...]] = [
        (
            one.key,
            one.title + (f"\n{one.note}" if one.note else ""),
            one.date or "—",
            f"{one.grade}　{TERMS['Grade'][one.grade].zh}" if one.grade else "—",
        )
        for one in front.sources
        if one.key in used
    ]
    if not rows:
        return Chapter("出处", ())
    table = Table(
        headings=("代号", "文件", "日期", "来源等级"), widths=(11, 47, 14, 28), rows=tuple(rows), centred=(0, 2)
    )
    paragraph = "各表“依据”一栏的代号即下列文件；没有代号而注明“（自定）”的，没有公开依据。"
    return Chapter("出处清单", (Section("", paragraphs=(paragraph,), table=table),))
