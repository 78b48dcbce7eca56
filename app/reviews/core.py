"""The rows of a quarter's sheet: the thirteen published columns, worked out from corrected scores."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.points.core import Cell, CellKey, Score
from app.points.duties import DutyCount
from app.rules.core import Item, Kind, Name

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
    """One member's line; points are whole numbers, amounts of the quarter are what it added to the quarter before."""

    branch: str
    name: str
    lost: int
    lost_on: str
    daily: int
    duties: str
    added: int
    added_for: str
    fault: int
    fault_for: str
    total: int
    day: date
    quarter: str

    def values(self) -> tuple[str | int | date, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


_COLUMNS = SheetRow.__slots__


@dataclass(frozen=True, slots=True)
class Standing:
    """What a row is worked out from."""

    branch: str
    name: str
    score: Score
    previous: Score
    cells: Mapping[CellKey, Cell]
    duties: DutyCount
    items: Mapping[str, Item]
    exempt: bool
    vetoed: bool


def sheet_row(standing: Standing, windows: frozenset[str], day: date, quarter: str, language: str) -> SheetRow:
    """The member's line; ``windows`` are the months and the quarter that the sheet is about."""
    score, previous = standing.score, standing.previous
    inside = {key: cell for key, cell in standing.cells.items() if key.window in windows}
    faults = _named(inside, standing.items, Kind.FAULT, language)
    if standing.vetoed:
        veto = "一票否决，有效分 0" if language == "zh" else "veto: effective score 0"
        faults = f"{veto}；{faults}" if faults else veto
    return SheetRow(
        branch=standing.branch,
        name=standing.name,
        lost=previous.daily - score.daily,
        lost_on=_named(inside, standing.items, Kind.ROUTINE, language),
        daily=score.daily,
        duties=_duties(standing, language),
        added=score.innovation - previous.innovation,
        added_for=_named(inside, standing.items, Kind.INNOVATION, language),
        fault=previous.fault - score.fault,
        fault_for=faults,
        total=score.effective,
        day=day,
        quarter=quarter_name(quarter, language),
    )


def quarter_name(quarter: str, language: str) -> str:
    """2026年第3季度."""
    return f"{quarter[:4]}年第{quarter[-1]}季度" if language == "zh" else f"{quarter[:4]} Q{quarter[-1]}"


def _named(cells: Mapping[CellKey, Cell], items: Mapping[str, Item], kind: Kind, language: str) -> str:
    """Items with the points recorded under them in the quarter, before any ceiling."""
    sums: dict[str, int] = {}
    for key, cell in cells.items():
        item = items.get(key.item)
        if item is not None and item.kind is kind and (cell.points or item.measure.rungs):
            sums[key.item] = sums.get(key.item, 0) + cell.points
    names = ((items[code].name.zh if language == "zh" else items[code].name.en, sums[code]) for code in sorted(sums))
    return ("；" if language == "zh" else "; ").join(
        f"{name} {points:+d}" if points else name for name, points in names
    )


def _duties(standing: Standing, language: str) -> str:
    count = standing.duties
    if standing.exempt:
        return "免考核" if language == "zh" else "exempt"
    if language == "zh":
        text = f"应尽{count.due}项，已定{count.decided}项，履行{count.kept}项，缺失{count.missed}项"
        return text + ("，依据不足" if count.is_insufficient else "")
    text = f"{count.due} due, {count.decided} decided, {count.kept} kept, {count.missed} missed"
    return text + (", too little is decided" if count.is_insufficient else "")


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
