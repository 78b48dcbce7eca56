"""From the cells of a workbook to records: every cell checked for its form, every fault kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.kit import sheet_faults as wrong
from app.kit.sheet_columns import INSTRUCTIONS, Column, Form, SheetLayout
from app.kit.sheets import FORMULA_STARTS, Cell, Row, Sheet, SheetFault, column_letters
from app.kit.words import any_of

Value = str | int | Decimal | date | None
_DECIMAL_MAX = 1_000_000
_DAY_TEXT = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_NUMBER_TEXT = re.compile(r"^[+-]?\d{1,7}(\.\d{1,2})?$", re.ASCII)
REASON = "错误原因"  # the column of a workbook handed back that says what was wrong; never read
_WANTED = {
    Form.TEXT: ("文字", "text"),
    Form.CODE: ("文本格式的代码", "a code, as text"),
    Form.DAY: ("日期，如 2024-07-01", "a day such as 2024-07-01"),
    Form.WHOLE: ("0 至 {most} 的整数", "a whole number from 0 to {most}"),
    Form.DECIMAL: ("最多两位小数的数字", "a number of at most two places"),
    Form.CHOICE: ("列表中的一项", "one of the list"),
    Form.OFFERED: ("文字，如列表中的一项", "text, such as one of the list"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a sheet by the keys of its columns; what is empty or was at fault is None."""

    layout: SheetLayout
    row: int
    values: Mapping[str, Value]
    letters: Mapping[str, str]

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def day(self, key: str) -> date | None:
        value = self.values.get(key)
        return value if isinstance(value, date) else None

    def whole(self, key: str) -> int | None:
        value = self.values.get(key)
        return value if isinstance(value, int) else None

    def decimal(self, key: str) -> Decimal | None:
        value = self.values.get(key)
        return value if isinstance(value, Decimal) else None

    def fault(self, kind: type[SheetFault], key: str, /, **facts: Any) -> SheetFault:
        """A fault of the cell in the column ``key`` of this row."""
        column = next(column for column in self.layout.columns if column.key == key)
        return kind(sheet=self.layout.name, row=self.row, column=self.letters.get(key), heading=column.words, **facts)


@dataclass(frozen=True, slots=True)
class Records:
    """What a workbook says, sheet by sheet, and what is wrong with its cells."""

    of: Mapping[str, tuple[Record, ...]]
    faults: tuple[SheetFault, ...]


def read_records(sheets: Sequence[Sheet], expected: Sequence[SheetLayout], unread: Sequence[str] = ()) -> Records:
    """Sheets that are not there count as empty; every other sheet than those expected is a fault.

    ``unread`` are those that may be there besides, for people; the caller has taken them out.
    """
    layouts = {layout.name: layout for layout in expected}
    found: dict[str, tuple[Record, ...]] = {layout.key: () for layout in expected}
    faults: list[SheetFault] = []
    for sheet in sheets:
        layout = layouts.get(sheet.name.strip())
        if layout is None:
            known = any_of([*layouts, INSTRUCTIONS, *unread])
            faults.append(wrong.UnknownSheet(sheet=sheet.name[:40], known=known))
        elif sheet.rows:
            found[layout.key] = tuple(_SheetReading(layout, faults).read(sheet.rows))
    return Records(found, tuple(faults))


class _SheetReading:
    """One sheet on its way from cells to records; what is wrong goes to ``faults``."""

    def __init__(self, layout: SheetLayout, faults: list[SheetFault]) -> None:
        self._layout = layout
        self._faults = faults
        self._columns: dict[int, Column] = {}
        self._told: set[int] = set()

    def read(self, rows: Sequence[Row]) -> list[Record]:
        head = rows[0] if rows[0].number == 1 else Row(1, ())
        self._read_head(head)
        present = self._columns.values()
        if any(column.required and column not in present for column in self._layout.columns):
            return []  # the head is told as wrong; every row under it would be so too
        return [self._read_row(row) for row in rows if row.number > 1]

    def _read_head(self, head: Row) -> None:
        known = {column.heading: column for column in self._layout.columns}
        for position, cell in enumerate(head.cells):
            if cell is None:
                continue
            heading = heading_of(cell)
            if heading == REASON:
                self._told.add(position)
                continue
            letters = column_letters(position + 1)
            if heading not in known:
                choices = any_of(one.words for one in known.values())
                self._fault(wrong.UnknownHeading, 1, letters, heading=heading[:40], known=choices)
            elif known[heading] in self._columns.values():
                self._fault(wrong.RepeatedHeading, 1, letters, heading=known[heading].words)
            else:
                self._columns[position] = known[heading]
        for column in self._layout.columns:
            if column.required and column not in self._columns.values():
                self._fault(wrong.MissingHeading, 1, None, heading=column.words)

    def _read_row(self, row: Row) -> Record:
        values: dict[str, Value] = {}
        letters = {column.key: column_letters(position + 1) for position, column in self._columns.items()}
        for position, cell in enumerate(row.cells):
            if cell is not None and position not in self._columns and position not in self._told:
                known = any_of(column.words for column in self._layout.columns)
                self._fault(wrong.UnknownHeading, row.number, column_letters(position + 1), heading="", known=known)
        for position, column in self._columns.items():
            cell = row.cell(position)
            if cell is None:
                values[column.key] = None
                if column.required:
                    self._fault(wrong.MissingValue, row.number, letters[column.key], heading=column.words)
                continue
            values[column.key] = self._read_cell(cell, column, row.number, letters[column.key])
        return Record(self._layout, row.number, values, letters)

    def _read_cell(self, cell: Cell, column: Column, row: int, letters: str) -> Value:
        value: Value
        if column.form is Form.DAY:
            value = _as_day(cell)
        elif column.form is Form.WHOLE:
            value = _as_whole(cell, column.whole_max)
        elif column.form is Form.DECIMAL:
            value = _as_decimal(cell)
        else:
            value = _as_text(cell, column.form)
        if value is None:
            wanted, wanted_en = (one.format(most=column.whole_max) for one in _WANTED[column.form])
            self._fault(
                wrong.WrongType, row, letters,
                heading=column.words, value=_shown(cell, column), wanted=wanted, wanted_en=wanted_en,
            )  # fmt: skip
            return None
        if isinstance(value, str):
            if len(value) > column.length_max or any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in value):
                self._fault(
                    wrong.TextUnusable, row, letters, heading=column.words, length_max=column.length_max
                )  # fmt: skip
                return None
            return self._choice(value, column, row, letters) if column.form is Form.CHOICE else value
        return value

    def _choice(self, value: str, column: Column, row: int, letters: str) -> str | None:
        meant = column.choices.get(value, column.also.get(value))
        if meant is None:
            known = any_of(column.choices)
            self._fault(wrong.NotAChoice, row, letters, heading=column.words, value=value, known=known)
        return meant

    def _fault(self, kind: type[SheetFault], row: int, column: str | None, **facts: Any) -> None:
        self._faults.append(kind(sheet=self._layout.name, row=row, column=column, **facts))


def heading_of(cell: Cell) -> str:
    """What a cell of the first row names: its first line without the mark of what is required."""
    first, _, _ = unicodedata.normalize("NFC", str(cell)).strip().partition("\n")
    return first.strip().rstrip("*＊").strip()


def _as_text(cell: Cell, form: Form) -> str | None:
    if isinstance(cell, str) and cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS):
        cell = cell[1:]  # what we put before it when we wrote it, as ``kit.workbook.plain`` does
    if form is Form.CODE:
        # Beyond 15 digits a spreadsheet has lost some of a number.
        if isinstance(cell, int) and not isinstance(cell, bool) and 0 <= cell < 10**15:
            return str(cell)
        return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)) if isinstance(cell, str) else None
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", cell)).strip() if isinstance(cell, str) else None


def _as_day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date() if cell == datetime.combine(cell.date(), datetime.min.time()) else None
    if isinstance(cell, date):
        return cell
    match = _DAY_TEXT.match(unicodedata.normalize("NFKC", cell)) if isinstance(cell, str) else None
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _as_whole(cell: Cell, most: int) -> int | None:
    if isinstance(cell, str) and cell.isascii() and cell.isdigit() and len(cell) <= 9:
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int) or not 0 <= cell <= most:
        return None
    return cell


def _as_decimal(cell: Cell) -> Decimal | None:
    """What the digits say, not what binary fractions make of them."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    if _NUMBER_TEXT.match(text) is None:
        return None
    number = Decimal(text)
    return number if abs(number) <= _DECIMAL_MAX else None


def _shown(cell: Cell, column: Column) -> str:
    """The cell's content for the message, unless it is personal."""
    return "***" if column.personal else str(cell)[:40]
