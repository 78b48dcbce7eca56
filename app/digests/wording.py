"""What a digest says in words: the names of its numbers, and the sentences of its analysis, frozen with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.digests.core import DigestKind, average
from app.kit.calendar import half_days, month_days
from app.rules.name import Name

TITLES = {
    DigestKind.MONTH: Name("月调度", "Monthly digest"),
    DigestKind.QUARTER: Name("季检查", "Quarterly check"),
    DigestKind.HALF: Name("半年分析", "Half-year analysis"),
    DigestKind.YEAR: Name("年底总评", "Year result"),
}
# In the order in which they are shown. What is not among them is a line of the rule book.
NUMBERS = {
    "members": Name("党员", "Members"),
    "ranked": Name("参加排名", "Ranked"),
    "daily": Name("日常积分平均", "Average daily score"),
    "total": Name("总积分平均", "Average total"),
    "vetoed": Name("一票否决", "Under a veto"),
    "insufficient": Name("依据不足", "Too little decided"),
    "entries_routine": Name("日常记录", "Routine entries"),
    "entries_innovation": Name("创新加分", "Additions"),
    "entries_fault": Name("失误扣分", "Faults"),
    "entries_veto": Name("否决记录", "Vetoes entered"),
    "reversals": Name("冲正", "Reversals"),
    "duties_due": Name("应尽职责", "Duties due"),
    "duties_decided": Name("已定职责", "Duties decided"),
    "duties_kept": Name("职责已履行", "Duties kept"),
    "duties_missed": Name("职责未履行", "Duties missed"),
    "duties_waived": Name("职责免除", "Duties waived"),
    "duties_expected": Name("职责未定", "Duties undecided"),
    "activities": Name("活动场次", "Meetings held"),
    "submissions_in": Name("收到申报", "Proposals received"),
    "submissions_decided": Name("办结申报", "Proposals decided"),
    "appeals_in": Name("收到申诉", "Appeals received"),
    "appeals_decided": Name("办结申诉", "Appeals decided"),
}
TASKS = {
    "review": Name("申报待审核或待听取意见", "Proposals to be reviewed or heard about"),
    "check": Name("日常记录待季度复核", "Routine entries to be confirmed"),
    "appeal": Name("申诉待答复", "Appeals to be answered"),
    "complaint": Name("意见建议待答复", "Complaints and suggestions to be answered"),
    "transfer": Name("组织关系转接待答复", "Transfers to be answered"),
    "telling": Name("扣分待当面告知", "Deductions to be told in person"),
    "activity": Name("计划活动待登记结果", "Planned meetings to be written up"),
    "sample": Name("季检查抽样待抽查", "Sampled entries to be inspected"),
    "case": Name("帮扶整改待办步骤", "Steps of assistance cases"),
    "talk": Name("提醒谈话待谈", "Reminder talks to be held"),
    "commendation": Name("表彰推荐待决定或待答复异议", "Commendations to be decided, or objected to"),
    "rating": Name("星级评定待自评、签署或决定", "Ratings to be filed, signed or decided"),
    "rectification": Name("星级整改或培育计划待验收", "Plans after a rating to be accepted"),
    "mentoring": Name("结对帮带提议待同意", "Proposed pairings to be agreed on"),
}
_AVERAGES = frozenset({"daily", "total"})
_ASPECTS = {"met": Name("达到", "met"), "named": Name("列名", "named")}
_COMPARED = ("ranked", "daily", "total", "entries_innovation", "entries_fault", "insufficient", "vetoed")


def number_name(code: str, lines: Mapping[str, Mapping[str, str]]) -> Name:
    """``line:<code>:met`` is how many met a line of the rule book, ``:named`` how many of them are named.

    ``lines`` are the names that were frozen with the numbers; a line without one is told by its code.
    """
    if code in NUMBERS:
        return NUMBERS[code]
    _, line, aspect = code.split(":")
    name = lines.get(line, {"zh": line, "en": line})
    return Name(f"分数线“{name['zh']}”：{_ASPECTS[aspect].zh}", f"Line “{name['en']}”: {_ASPECTS[aspect].en}")


def shown_numbers(numbers: Mapping[str, int], decimals: int) -> list[tuple[str, str]]:
    """Code and value as it is printed; the sums of points as averages over who is ranked."""
    order = list(NUMBERS)
    codes = sorted(numbers, key=lambda one: (order.index(one) if one in order else len(order), one))
    return [(code, _value(code, numbers, decimals)) for code in codes]


def _value(code: str, numbers: Mapping[str, int], decimals: int) -> str:
    if code in _AVERAGES:
        return average(numbers[code], numbers.get("ranked", 0), decimals) or "–"
    return str(numbers.get(code, 0))


def sentences_of(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a digest says beside its tables, in both languages."""
    told = [_whole(content), _waiting(content)]
    if "sample" in content:
        told.append(_sample(content["sample"]))
    for other in content.get("compared", ()):
        told += _comparison(content, other)
    if content["kind"] in (DigestKind.HALF, DigestKind.YEAR) and not content.get("compared"):
        told.append(
            Name("此前没有已封账的同类时段可比。", "No earlier period was sealed that it could be compared with.")
        )
    told += _trend(content.get("trend", ()))
    told += _behind(content)
    return {"zh": [one.zh for one in told], "en": [one.en for one in told]}


def _whole(content: Mapping[str, Any]) -> Name:
    numbers, decimals = content["numbers"], content["decimals"]
    name, ranked = content["scope"]["name"], numbers.get("ranked", 0)
    daily, total = (_value(one, numbers | {one: numbers.get(one, 0)}, decimals) for one in ("daily", "total"))
    members = numbers.get("members", 0)
    return Name(
        f"{name}有党员 {members} 名，参加排名 {ranked} 名，日常积分平均 {daily} 分，总积分平均 {total} 分。",
        f"{name} has {members} members; {ranked} are ranked, with {daily} points of daily score and {total} in all on"
        " average.",
    )


def _waiting(content: Mapping[str, Any]) -> Name:
    due, late = content["due"], content["late"]
    behind = sum(1 for one in content["lines"] if one["late"])
    return Name(
        f"生成时待办 {due} 项，逾期 {late} 项，有逾期事项的下级组织 {behind} 个。",
        f"When it was made, {due} matters were due and {late} were late, in {behind} organisations right below.",
    )


def _sample(sample: Mapping[str, Any]) -> Name:
    own = sum(len(one["entries"]) for one in sample["branches"])
    return Name(
        f"全区从 {sample['population']} 条记录中按支部随机抽取 {sample['drawn']} 条，其中列于本表 {own} 条；"
        "种子由本季度封账结果得出，任何人可据以重抽核对。",
        f"Of the district's {sample['population']} entries {sample['drawn']} were drawn at random, branch by branch;"
        f" {own} are listed here. The seed follows from the sealed quarter, so that anybody can draw them again.",
    )


def _comparison(content: Mapping[str, Any], other: Mapping[str, Any]) -> list[Name]:
    """What rose and what fell against another period; averages to the hundredth of what is shown."""
    told = []
    for code in _COMPARED:
        now = _value(code, {code: 0} | content["numbers"], content["decimals"])
        then = _value(code, {code: 0} | other["numbers"], other["decimals"])
        if now == then or "–" in (now, then):
            continue
        rose = float(now) > float(then)
        name = NUMBERS[code]
        told.append(
            Name(
                f"与{other['period']}相比，{name.zh}由 {then} {'升至' if rose else '降至'} {now}。",
                f"Against {other['period']}: {name.en.lower()} {'rose' if rose else 'fell'} from {then} to {now}.",
            )
        )
    return told or [Name(f"与{other['period']}相比没有变化。", f"Nothing changed against {other['period']}.")]


def _trend(trend: Any) -> list[Name]:
    """The average total quarter by quarter."""
    values = [(one["period"], _value("total", {"total": 0} | one["numbers"], one["decimals"])) for one in trend]
    if len(values) < 2:
        return []
    listed_zh = "，".join(f"{period} {value}" for period, value in values)
    listed_en = ", ".join(f"{period} {value}" for period, value in values)
    return [Name(f"各季度末总积分平均：{listed_zh}。", f"The average total at the end of each quarter: {listed_en}.")]


_BEHIND_MAX = 5


def _behind(content: Mapping[str, Any]) -> list[Name]:
    """The organisations right below with most that is late, by name; organisations, never persons."""
    late = sorted((one for one in content["lines"] if one["late"]), key=lambda one: (-one["late"], one["name"]))
    if not late:
        return []
    named = late[:_BEHIND_MAX]
    return [
        Name(
            "逾期较多的是：" + "，".join(f"{one['name']}（{one['late']} 项）" for one in named) + "。",
            "Most is late in " + ", ".join(f"{one['name']} ({one['late']})" for one in named) + ".",
        )
    ]


def period_name(kind: DigestKind, period: str) -> Name:
    """2026年10月, 2026年第三季度, 2026年上半年, 2026年."""
    if kind is DigestKind.MONTH:
        first, _ = month_days(period)
        return Name(f"{first.year}年{first.month}月", period)
    if kind is DigestKind.QUARTER:
        return Name(f"{period[:4]}年第{'一二三四'[int(period[-1]) - 1]}季度", period)
    if kind is DigestKind.HALF:
        first, _ = half_days(period)
        return Name(f"{first.year}年{'上' if first.month == 1 else '下'}半年", period)
    return Name(f"{period}年", period)
