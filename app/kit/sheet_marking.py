"""A workbook that was sent in, handed back as it was with what is wrong in it: for every room that reads one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from app.kit.sheet_columns import FAULTS, Column, SheetLayout
from app.kit.sheet_records import REASON, heading_of
from app.kit.sheet_writing import LINE_HEIGHT, Formats, Lists, fit_to_paper, lines_of, prepare_column, write_cell
from app.kit.sheets import Row, Sheet, SheetFault
from app.kit.workbook import plain

_FAULT_HEADS = (("工作表\nSheet", 16), ("位置\nPlace", 10), ("问题与改法\nWhat is wrong, and what to do", 100))
_REASON_WIDTH = 60
_COMMENT = {"author": "Longwen", "width": 320, "height": 110}
_COMMENT_MAX = 8_000  # characters; more than anybody reads in a comment
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")

Marks = Mapping[tuple[int, int], Sequence[SheetFault]]  # by row and column, from 0


@dataclass(frozen=True, slots=True)
class Marking:
    """What is written back: the layouts by which columns are known, their lists, and a fault in words."""

    layouts: Sequence[SheetLayout]
    formats: Formats
    lists: Lists
    words_of: Callable[[SheetFault], str]
    reserved: Collection[str]  # names of sheets that come after


def write_back(
    book: xlsxwriter.Workbook, sheets: Sequence[Sheet], faults: Sequence[SheetFault], marking: Marking
) -> None:
    """The sheets cell by cell as they were, every fault as a comment, in a red last column and in a list."""
    summary = book.add_worksheet(FAULTS)
    summary.activate()
    known = {layout.name: layout for layout in marking.layouts}
    names = {}
    for sheet in sheets:
        page = _added(book, sheet.name, marking.reserved)
        names[sheet.name] = page.get_name()
        columns = _columns_of(sheet, known.get(sheet.name.strip()))
        for position, column in columns.items():
            prepare_column(page, position, column, marking.lists, marking.formats)
        _write_rows(page, sheet.rows, columns, _marks(faults, sheet.name), marking)
        page.freeze_panes(1, 0)
        fit_to_paper(page)
    _write_faults(summary, faults, names, marking)


def _columns_of(sheet: Sheet, layout: SheetLayout | None) -> dict[int, Column]:
    """Which column of ours stands where in the user's sheet."""
    if layout is None:
        return {}
    head = sheet.rows[0] if sheet.rows and sheet.rows[0].number == 1 else Row(1, ())
    known = {column.heading: column for column in layout.columns}
    headings = {position: heading_of(cell) for position, cell in enumerate(head.cells) if cell is not None}
    return {position: known[heading] for position, heading in headings.items() if heading in known}


def _marks(faults: Sequence[SheetFault], sheet: str) -> dict[tuple[int, int], list[SheetFault]]:
    """Where to show each fault of the sheet; one of a whole row or of the sheet stands at its beginning."""
    found: dict[tuple[int, int], list[SheetFault]] = {}
    for one in faults:
        if one.sheet == sheet:
            found.setdefault(((one.row or 1) - 1, _position(one.column)), []).append(one)
    return found


def _position(letters: str | None) -> int:
    """The number, from 0, of a column by its letters; without any the first."""
    number = 0
    for letter in letters or "A":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _write_rows(page: Any, rows: Sequence[Row], columns: Mapping[int, Column], marks: Marks, marking: Marking) -> None:
    """The rows where they stood, in order and each with its comments, since the workbook is written as a stream."""
    formats = marking.formats
    cells = {row.number - 1: _kept(row.cells, rows) for row in rows}
    reasons_at = max([0, *(len(one) for one in cells.values()), *(position + 1 for _, position in marks)])
    if columns:
        page.set_row(0, 32)
    if marks:
        page.set_column(reasons_at, reasons_at, _REASON_WIDTH)
    for number in sorted({*cells, *(row for row, _ in marks), *([0] if marks else [])}):
        own = cells.get(number, ())
        wrong = {position: faults for (row, position), faults in marks.items() if row == number}
        for position in range(max([len(own), *(one + 1 for one in wrong)])):
            cell = own[position] if position < len(own) else None
            if isinstance(cell, float) and not math.isfinite(cell):
                cell = str(cell)
            if number == 0 and position in columns and position not in wrong:
                head = formats["required" if columns[position].required else "head"]
                page.write_string(0, position, plain(str(cell)), head)
            else:
                write_cell(page, number, position, cell, formats, is_wrong=position in wrong)
            if position in wrong:
                words = "\n".join(marking.words_of(one) for one in wrong[position])
                page.write_comment(number, position, words[:_COMMENT_MAX], _COMMENT)
        told = "\n".join(marking.words_of(one) for _, faults in sorted(wrong.items()) for one in faults)
        if number == 0 and marks:
            page.write_string(0, reasons_at, f"{REASON}\n{told}".strip(), formats["required"])
        elif told:
            page.write_string(number, reasons_at, plain(told[:_COMMENT_MAX]), formats["reason"])


def _kept(cells: Sequence[Any], rows: Sequence[Row]) -> tuple[Any, ...]:
    """The cells of a row without the reasons that an earlier hand-back has put behind them."""
    head = rows[0].cells if rows[0].number == 1 else ()
    told = {position for position, cell in enumerate(head) if cell is not None and heading_of(cell) == REASON}
    found = [None if position in told else cell for position, cell in enumerate(cells)]
    while found and found[-1] is None:
        found.pop()
    return tuple(found)


def _write_faults(sheet: Any, faults: Sequence[SheetFault], names: Mapping[str, str], marking: Marking) -> None:
    formats = marking.formats
    fit_to_paper(sheet)
    for position, (head, width) in enumerate(_FAULT_HEADS):
        sheet.set_column(position, position, width, formats["wrap"])
        sheet.write_string(0, position, head, formats["head"])
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)
    if not faults:
        sheet.write_string(1, 2, "没有发现问题，可以导入。 · Nothing is wrong; it can be imported.", formats["wrap"])
    for row, one in enumerate(faults, start=1):
        words, place = marking.words_of(one), f"{one.column or 'A'}{one.row or 1}"
        sheet.set_row(row, LINE_HEIGHT * lines_of(words, _FAULT_HEADS[2][1]))
        sheet.write_string(row, 0, plain(one.sheet), formats["wrap"])
        if one.sheet in names:
            sheet.write_url(row, 1, f"internal:'{names[one.sheet]}'!{place}", string=place)
        sheet.write_string(row, 2, plain(words), formats["wrap"])


def _added(book: xlsxwriter.Workbook, name: str, reserved: Collection[str]) -> Any:
    """A sheet under the user's name for it, as far as a spreadsheet program takes that name."""
    wanted = _NOT_IN_NAMES.sub("_", name)[:31] or "_"
    taken = {one.get_name().casefold() for one in book.worksheets()} | {*reserved, "history"}
    number = 1
    while wanted.casefold() in taken:
        number += 1
        wanted = f"{wanted[:26]} ({number})"
    return book.add_worksheet(wanted)
