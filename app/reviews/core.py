"""The rows of a quarter's sheet: the thirteen published columns, worked out from corrected scores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.points.core import Cell, CellKey, Score
from app.points.duties import DutyCount
from app.rules.core import Item, Kind
from app.rules.name import Name
from app.rules.points import printed, printed_text, signed_text

HEADINGS: tuple[Name, ...] = (
    Name("党支部", "Branch"),
    Name("姓名", "Name"),
    Name("本季日常扣分", "Lost on duties this quarter"),
    Name("日常扣分说明", "Which duties"),
    Name("日常积分", "Daily score"),
    Name("履职情况", "Duties so far"),
    Name("本季创新加分", "Additions this quarter"),
    Name("加分说明", "Which additions"),
    Name("本季失误扣分", "Faults this quarter"),
    Name("扣分说明", "Which faults"),
    Name("总积分", "Total"),
    Name("日期", "Date"),
    Name("季度", "Quarter"),
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One member's line; points are as the book prints them, those of the quarter are what it added to the one before.

    ``lost`` is what duties cost; what is earned day by day stands in ``daily``, and in words with the duties.
    """

    branch: str
    name: str
    lost: Decimal
    lost_on: str
    daily: Decimal
    duties: str
    added: Decimal
    added_for: str
    fault: Decimal
    fault_for: str
    total: Decimal
    day: date
    quarter: str

    def values(self) -> tuple[str | Decimal | date, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


_COLUMNS = SheetRow.__slots__


@dataclass(frozen=True, slots=True)
class Standing:
    """What a row is worked out from. ``earning`` are the dimensions that open with nothing and are earned.

    ``exempt`` are those whose class is spared the duties of the others; whoever is not ``ranked`` may still owe some.
    """

    branch: str
    name: str
    score: Score
    previous: Score
    cells: Mapping[CellKey, Cell]
    duties: DutyCount
    items: Mapping[str, Item]
    earning: frozenset[str]
    exempt: bool
    ranked: bool
    vetoed: bool


def owes_duties(items: Mapping[str, Item]) -> bool:
    """Whether a class of members with these items has any duties."""
    return any(item.duty is not None for item in items.values())


@dataclass(frozen=True, slots=True)
class _Words:
    """How the remarks of one row are told."""

    language: str
    decimals: int

    def either(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def listed(self, items: Mapping[str, Item], sums: Mapping[str, int]) -> str:
        names = ((self.either(items[code].name.zh, items[code].name.en), sums[code]) for code in sorted(sums))
        told = (f"{name} {signed_text(points, self.decimals)}" if points else name for name, points in names)
        return self.either("；", "; ").join(told)


def sheet_row(standing: Standing, windows: frozenset[str], day: date, quarter: str, language: str) -> SheetRow:
    """The member's line; ``windows`` are the months and the quarter that the sheet is about."""
    score, previous = standing.score, standing.previous
    words = _Words(language, score.decimals)
    inside = {key: cell for key, cell in standing.cells.items() if key.window in windows}
    routine = _sums(inside, standing.items, Kind.ROUTINE)
    earned = {
        code: points
        for code, points in routine.items()
        if points >= 0 and standing.items[code].dimension in standing.earning
    }
    costs = {code: points for code, points in routine.items() if code not in earned}
    lost = _lost(standing, costs)
    faults = words.listed(standing.items, _sums(inside, standing.items, Kind.FAULT))
    if standing.vetoed:
        veto = words.either("一票否决，有效分 0", "veto: effective score 0")
        faults = f"{veto}；{faults}" if faults else veto
    return SheetRow(
        branch=standing.branch,
        name=standing.name,
        lost=printed(lost, score.decimals),
        lost_on=words.listed(standing.items, costs),
        daily=printed(score.daily, score.decimals),
        duties=_duties(standing, earned, score.daily - previous.daily + lost, words),
        added=printed(score.innovation - previous.innovation, score.decimals),
        added_for=words.listed(standing.items, _sums(inside, standing.items, Kind.INNOVATION)),
        fault=printed(previous.fault - score.fault, score.decimals),
        fault_for=faults,
        total=printed(score.effective, score.decimals),
        day=day,
        quarter=quarter_name(quarter, language),
    )


def quarter_name(quarter: str, language: str) -> str:
    """2026年第3季度."""
    return f"{quarter[:4]}年第{quarter[-1]}季度" if language == "zh" else f"{quarter[:4]} Q{quarter[-1]}"


def _lost(standing: Standing, costs: Mapping[str, int]) -> int:
    """What the quarter's duties cost. Where all of the base is there from the first day, what the daily score lost.

    Where some dimensions are earned, what the others lost, and what was taken from those that are earned.
    """
    score, previous = standing.score, standing.previous
    if not standing.earning:
        return previous.daily - score.daily
    losing = [code for code in score.dimensions if code not in standing.earning]
    fallen = sum(previous.dimensions[code] - score.dimensions[code] for code in losing)
    return fallen - sum(points for code, points in costs.items() if standing.items[code].dimension in standing.earning)


def _sums(cells: Mapping[CellKey, Cell], items: Mapping[str, Item], kind: Kind) -> dict[str, int]:
    """The points recorded under each item of the kind in the quarter, before any ceiling."""
    sums: dict[str, int] = {}
    for key, cell in cells.items():
        item = items.get(key.item)
        if item is not None and item.kind is kind and (cell.points or item.measure.rungs):
            sums[key.item] = sums.get(key.item, 0) + cell.points
    return sums


def _duties(standing: Standing, earned: Mapping[str, int], points: int, words: _Words) -> str:
    """How the duties stand, and the ``points`` that the quarter earned, with what they are for."""
    if standing.exempt:
        return words.either("免考核", "exempt")
    parts = []
    if owes_duties(standing.items) or not standing.earning:
        parts.append(_counted(standing.duties, words))
    if not standing.ranked:
        parts.append(words.either("不参加排名", "not ranked"))
    if standing.earning:
        number = printed_text(points, words.decimals)
        told = words.listed(standing.items, earned)
        parts.append(
            words.either(f"本季得{number}分", f"{number} earned this quarter")
            + (words.either(f"（{told}）", f" ({told})") if told else "")
        )
    return words.either("；", "; ").join(parts)


def _counted(count: DutyCount, words: _Words) -> str:
    text = words.either(
        f"应尽{count.due}项，已定{count.decided}项，履行{count.kept}项，缺失{count.missed}项",
        f"{count.due} due, {count.decided} decided, {count.kept} kept, {count.missed} missed",
    )
    return text + (words.either("，依据不足", ", too little is decided") if count.is_insufficient else "")


def widths(rows: Iterable[SheetRow]) -> list[float]:
    """Column widths: what is short is shown whole, remarks are wrapped; a Chinese character takes two places."""
    found = [float(len(heading.zh) + 4) for heading in HEADINGS]  # headings stand on two lines
    for row in rows:
        for at, value in enumerate(row.values()):
            found[at] = max(found[at], min(_WIDTH_MAX, _places(str(value)) + 2))
    return [max(width, _DAY_WIDTH) if name == "day" else width for name, width in zip(_COLUMNS, found, strict=True)]


_WIDTH_MAX = 24.0
_DAY_WIDTH = 17.0  # 2026年11月22日, as the cell's format shows it


def lines_of(row: SheetRow, column_widths: Sequence[float]) -> int:
    """How many lines the row's wrapped texts take; not every program finds that out by itself."""
    texts = zip(row.values(), column_widths, strict=True)
    return max(math.ceil(_places(str(value)) / (width - 1)) for value, width in texts if isinstance(value, str))


def _places(text: str) -> float:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


ADJUSTMENT_HEADINGS: tuple[Name, ...] = (
    Name("党支部", "Branch"),
    Name("姓名", "Name"),
    Name("事项", "Matter"),
    Name("事项日期", "Day of the matter"),
    Name("所属季度", "Belongs to"),
    Name("分值", "Points"),
    Name("类型", "Kind"),
    Name("说明", "Remark"),
)


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """What was booked in the quarter about a day before it: a late entry, or the correction of one."""

    branch: str
    name: str
    title: str
    day: date
    quarter: str
    points: Decimal
    kind: str
    remark: str

    def values(self) -> tuple[str | Decimal | date, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


def adjustment_kind(language: str, *, is_reversal: bool) -> str:
    """A correction takes an entry back; anything else came late."""
    zh, en = ("冲正", "reversal") if is_reversal else ("补记", "late entry")
    return zh if language == "zh" else en
