"""What a report says: the sums of an image by branch, its lists, and its summary in sentences. No number is its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from app.reviews.core import ADJUSTMENT_HEADINGS
from app.reviews.core_packs import Fact, Json, PackKind
from app.reviews.wording import day_text, period_text, star_text

MEMBERS_LISTED_MAX = 3000  # of a report's annex: a longer list is the workbook's
LISTED_MAX = 400  # lines of any other table
_TITLE = "党员积分考评材料"
_NAME_BESIDE_MAX = 10  # characters that stand on one line with the title
BOOKED = ("added", "fault", "lost")  # what is summed up over the quarters of a longer period
_LOST, _DAILY, _ADDED, _FAULT, _TOTAL = 2, 4, 6, 8, 10  # of the thirteen columns


@dataclass(slots=True)
class BranchSum:
    """A branch's members added up; averages are over who is ranked."""

    name: str
    committee: str
    star: int | None
    members: int = 0
    ranked: int = 0
    vetoed: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    dimensions: dict[str, Decimal] = field(default_factory=dict)
    bands: Counter[str] = field(default_factory=Counter)

    def add(self, fact: Json) -> None:
        if not fact["ranked"]:
            return
        self.ranked += 1
        self.vetoed += fact["vetoed"]
        for name, at in (("lost", _LOST), ("daily", _DAILY), ("added", _ADDED), ("fault", _FAULT), ("total", _TOTAL)):
            _add(self.sums, name, Decimal(fact["values"][at]))
        for code, points in fact["dimensions"].items():
            _add(self.dimensions, code, Decimal(points))
        if fact["band"]:
            self.bands[fact["band"]] += 1

    def take(self, other: BranchSum) -> None:
        """Add another branch to this sum."""
        self.members += other.members
        self.ranked += other.ranked
        self.vetoed += other.vetoed
        self.bands.update(other.bands)
        for own, added in ((self.sums, other.sums), (self.dimensions, other.dimensions)):
            for code, points in added.items():
                _add(own, code, points)

    def mean(self, name: str) -> str:
        return mean(self.sums.get(name, Decimal()), self.ranked)


def _add(sums: dict[str, Decimal], name: str, points: Decimal) -> None:
    sums[name] = sums.get(name, Decimal()) + points


def mean(total: Decimal, count: int) -> str:
    """With one place, rounded half up; a dash of nobody."""
    if not count:
        return "—"
    return f"{(total / count).quantize(Decimal('0.1'), ROUND_HALF_UP)}"


@dataclass(slots=True)
class Sums:
    """An image added up."""

    head: Json
    branches: list[BranchSum] = field(default_factory=list)
    whole: BranchSum = field(default_factory=lambda: BranchSum("", "", None))
    counts: Counter[str] = field(default_factory=Counter)
    lists: dict[str, list[list[str]]] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)

    def listed(self, kind: str, values: Iterable[str | int | None]) -> None:
        self.counts[kind] += 1
        kept = self.lists.setdefault(kind, [])
        if len(kept) < LISTED_MAX:
            kept.append(["" if value is None else str(value) for value in values])


def sums_of(facts: Iterable[Json]) -> Sums:
    """All that a report of one quarter needs, read once."""
    lines = iter(facts)
    found = Sums(next(lines))
    for fact in lines:
        kind = fact["is"]
        if kind == Fact.BRANCH:
            found.branches.append(BranchSum(fact["name"], fact["committee"], fact["star"], fact["members"]))
        elif kind == Fact.MEMBER:
            found.branches[-1].add(fact)
            found.counts["members"] += 1
            if len(found.rows) < MEMBERS_LISTED_MAX:
                found.rows.append(_row(fact))
        elif kind == Fact.ENTRY:
            found.counts["entries"] += 1
            found.counts[f"entry {fact['kind']}"] += 1
        else:
            _take(found, kind, fact)
    for one in found.branches:
        found.whole.take(one)
    return found


def _row(fact: Json) -> list[str]:
    values = fact["values"]
    return [values[0], values[1], *(values[at] for at in (_DAILY, _ADDED, _FAULT, _TOTAL)), fact["band"] or "—"]


def _take(found: Sums, kind: str, fact: Json) -> None:
    if kind == Fact.ADJUSTMENT:
        values = list(fact["values"])
        values[3] = day_text(values[3])
        found.listed(kind, values)
    elif kind == Fact.FINDING:
        found.counts[f"line {fact['line']}"] += 1
        found.counts[kind] += 1
    elif kind == Fact.STAR:
        found.listed(kind, (fact["branch"], fact["score"], star_text(fact["star"]).split(" ")[-1], fact["why"]))
    elif kind == Fact.COMMENDATION:
        found.counts["kept off"] += bool(fact["grounds"])
        found.listed(kind, (fact["branch"], fact["name"], fact["line"], fact["value"], fact["state"],
                            "、".join(fact["grounds"])))  # fmt: skip
    elif kind == Fact.CASE:
        found.listed(kind, (fact["branch"], fact["name"], fact["value"], day_text(fact["opened_on"]),
                            day_text(fact["due_on"]), fact["state"]))  # fmt: skip
    elif kind == Fact.MENTORING:
        found.listed(kind, (fact["grid"], fact["lead"], fact["helped"], fact["kind"], fact["state"],
                            day_text(fact["active_on"])))  # fmt: skip


# Sentences.


def sentences(found: Sums) -> list[str]:
    """The summary: what a reader must know who reads nothing else."""
    head, whole, counts = found.head, found.whole, found.counts
    period = period_text(PackKind(head["kind"]), head["period"])
    told = [
        (
            f"{period}，{head['scope']['name']}参加考评的党支部 {len(found.branches)} 个，党员 {whole.members} 名，"
            f"其中参加排名 {whole.ranked} 名。日常积分平均 {whole.mean('daily')} 分，"
            f"总积分平均 {whole.mean('total')} 分。"
        ),
    ]
    is_long = head["kind"] != PackKind.QUARTER
    season, persons = ("本期", "人次") if is_long else ("本季", "名")
    told += _booked_in_period(head) if is_long else _booked_in_quarter(whole, counts)
    if whole.bands:
        graded = "，".join(f"{name} {count} 名" for name, count in sorted(whole.bands.items(), key=lambda one: -one[1]))
        told.append(f"{'期末' if is_long else ''}按评分细则划分等次：{graded}。")
    met = [(name[5:], count) for name, count in sorted(counts.items()) if name.startswith("line ")]
    if met:
        told.append(f"{season}达到分数线的情况：" + "；".join(f"“{name}” {count} 人次" for name, count in met) + "。")
    listed, kept_off = counts[Fact.COMMENDATION], counts["kept off"]
    told.append(
        f"表彰推荐名单涉及 {listed} {persons}，其中因故不予列入或候补 {kept_off} {persons}；"
        f"帮扶整改在办及{season}办结 "
        f"{counts[Fact.CASE]} 件；结对帮带 {counts[Fact.MENTORING]} 对。"
    )
    if whole.vetoed:
        told.append(f"一票否决 {whole.vetoed} 名，有效分计 0 分。")
    if counts[Fact.ADJUSTMENT]:
        told.append(f"对以前季度的更正与补记 {counts[Fact.ADJUSTMENT]} 条，计入事项所属季度的应得积分。")
    rated = Counter(one.star for one in found.branches if one.star is not None)
    if rated:
        stars = "，".join(f"{star_text(star)[:2]} {rated[star]} 个" for star in sorted(rated, reverse=True))
        told.append(f"最近一次星级评定：{stars}。")
    return told


def _booked_in_quarter(whole: BranchSum, counts: Counter[str]) -> list[str]:
    told = (
        f"本季入账积分记录 {counts['entries']} 条；创新工作加分人均 {whole.mean('added')} 分，"
        f"工作失误扣分人均 {whole.mean('fault')} 分，未尽职责扣分人均 {whole.mean('lost')} 分。"
    )
    return [told]


def _booked_in_period(head: Json) -> list[str]:
    """Of all its quarters: who was ranked in each differs, so there are sums and no means."""
    means = "，".join(f"{line[0]} {line[4]} 分" for line in head["trend"])
    booked = head["booked"]
    told = (
        f"本期共入账积分记录 {booked['entries']} 条；参加排名党员创新工作加分合计 {booked['added']} 分，"
        f"工作失误扣分合计 {booked['fault']} 分，未尽职责扣分合计 {booked['lost']} 分。"
    )
    return [
        f"各季度末总积分平均：{means}。",
        told,
        "各支部、各党员积分为本期最后一个季度末的情况，其中加分、失误为该季度的数；表彰、帮扶、结对与更正为本期全部。",
    ]


# What is set.


def report_of(found: Sums, image: str) -> Json:
    """The contents of the report, plain values that the typesetter is handed."""
    head, whole = found.head, found.whole
    proven = head["checkpoint"]
    dimensions = [
        {
            **one,
            "mean": mean(whole.dimensions.get(one["code"], Decimal()), whole.ranked),
            "share": _share(whole.dimensions.get(one["code"], Decimal()), whole.ranked, one["allotment"]),
        }
        for one in head["dimensions"]
    ]
    return {
        "district": head["district"],
        "scope": head["scope"]["name"],
        "period": period_text(PackKind(head["kind"]), head["period"]),
        "title": f"{head['scope']['name']}{_TITLE}",
        # A long name and the words stand on lines of their own, so that no word is torn apart.
        "lines": [head["scope"]["name"], _TITLE] if len(head["scope"]["name"]) > _NAME_BESIDE_MAX else [],
        "day": day_text(head["day"]),
        "root": "" if proven is None else proven["root"],
        "number": "" if proven is None else str(proven["number"]),
        "editions": [_short(one) for one in head["editions"]],
        "image": image,
        "source": head["source"] or "",
        "sentences": sentences(found),
        "dimensions": dimensions,
        "bands": [{"name": name, "count": count} for name, count in sorted(whole.bands.items(), key=_by_count)],
        "branches": [_branch(one) for one in found.branches],
        "total": _branch(whole),
        "charts": [_bar(one) for one in found.branches if one.ranked],
        "stars": _list(found, Fact.STAR, _title_of_stars(head), *STARS_SHOWN),
        "lists": [_list(found, *one) for one in LISTS],
        "rows": found.rows,
        "rows_left_out": found.counts["members"] - len(found.rows),
        "trend": head.get("trend", []),
        "season": "本季" if head["kind"] == PackKind.QUARTER else "末季",
        "parts": _parts(head),
    }


def _parts(head: Json) -> dict[str, str]:
    """The headings, numbered without a gap: not every paper has a trend, or stars to explain."""
    wanted = {"whole": "总体情况", "dimensions": "五项指标", "branches": "各支部情况"}
    if len(head.get("trend", [])) > 1:
        wanted["trend"] = "各季度走势"
    if head.get("stars"):
        wanted["stars"] = "星级和理由"
    wanted["lists"] = "表彰、帮扶、结对与更正"
    return {key: f"{number}、{title}" for number, (key, title) in zip("一二三四五六", wanted.items(), strict=False)}


def _by_count(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]


def _short(edition: str) -> str:
    book, code, digest = edition.split()
    return f"{book} {code}（{digest[:16]}…）"


def _share(total: Decimal, count: int, allotment: str) -> float:
    """How much of the allotment is there on average, from 0 to 1; for the length of a bar only."""
    whole = Decimal(allotment) * count
    return float(min(Decimal(1), max(Decimal(), total / whole)).quantize(Decimal("0.0001"))) if whole else 0.0


def _branch(one: BranchSum) -> list[str]:
    return [
        one.name, one.committee, str(one.members), str(one.ranked), one.mean("daily"), one.mean("total"),
        one.mean("added"), one.mean("fault"), star_text(one.star).split(" ")[-1] if one.star else "—",
    ]  # fmt: skip


def _bar(one: BranchSum) -> Json:
    """In the order of the tree, and not of the points: no list of the last is made of it."""
    told = {name: one.mean(name) for name in ("daily", "total")}
    return {"name": one.name, **{name: float(text) for name, text in told.items()}, "told": told}


STARS_SHOWN = (["党支部", "总分", "星级", "理由"], [3, 1.3, 1.8, 5.7])


def _title_of_stars(head: Json) -> str:
    """Of which year, and by which rules; empty where no stars are named yet."""
    told = head.get("stars")
    return "" if not told else f"{told['year']}年度星级评定，依据评分细则 {_short(told['edition'])}"


LISTS = (
    (
        Fact.COMMENDATION,
        "表彰推荐",
        ["党支部", "姓名", "分数线", "数值", "状态", "不列入原因"],
        [3, 1.4, 3, 1.2, 2, 3],
    ),
    (
        Fact.CASE,
        "帮扶整改",
        ["党支部", "姓名", "积分", "开案日期", "下一步期限", "状态"],
        [3, 1.4, 1.2, 2.4, 2.4, 2],
    ),
    (
        Fact.MENTORING,
        "结对帮带",
        ["网格", "龙头支部", "帮带对象", "类型", "状态", "开始日期"],
        [2, 3, 3, 1.4, 1.6, 2.4],
    ),
    (
        Fact.ADJUSTMENT,
        "对以前季度的更正与补记",
        [one.zh for one in ADJUSTMENT_HEADINGS],
        [2.6, 1.4, 3, 2.4, 2.2, 1, 1.2, 3.4],
    ),
)


def _list(found: Sums, kind: Fact, title: str, headings: list[str], widths: list[float]) -> Json:
    rows = found.lists.get(kind, [])
    return {
        "kind": kind.value,
        "title": title,
        "headings": headings,
        "widths": widths,
        "rows": rows,
        "left_out": found.counts[kind] - len(rows),
    }
