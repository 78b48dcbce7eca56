"""Workbooks for people to fill in: headings, notes, formats and drop-down lists, for every room that reads one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter

from app.kit.sheet_columns import INSTRUCTIONS, Column, Form, SheetLayout
from app.kit.sheets import Cell
from app.kit.workbook import plain

ROWS_PREPARED = 5_000  # so many rows have their lists and formats
LIST_MAX = 255  # characters, commas included: what a spreadsheet keeps in a cell's own list
LINE_HEIGHT = 16.5  # points, of one line of a cell that wraps
_NOTE_WIDTH = 90
_HEAD = {"bold": True, "bg_color": "#F3E3D3", "bottom": 1, "text_wrap": True, "valign": "top"}

Formats = Mapping[str, Any]
Lists = Mapping[tuple[str, ...], str]  # where the choices stand that a cell's own list cannot hold


def formats_of(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """The formats of headings, notes and cells."""
    return {
        "head": book.add_format(_HEAD),
        "required": book.add_format({**_HEAD, "font_color": "#B3261E"}),
        Form.TEXT: book.add_format({"num_format": "@"}),
        Form.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "reason": book.add_format({"font_color": "#B3261E", "text_wrap": True, "valign": "top"}),
        "wrong": book.add_format({"bg_color": "#F9DEDC", "border": 1, "border_color": "#B3261E", "num_format": "@"}),
        "wrong day": book.add_format(
            {"bg_color": "#F9DEDC", "border": 1, "border_color": "#B3261E", "num_format": "yyyy-mm-dd"}
        ),
    }


def write_instructions(
    sheet: Any,
    title: str,
    guide: Sequence[str],
    layouts: Sequence[SheetLayout],
    formats: Formats,
    known: Lists | None = None,
) -> dict[tuple[str, ...], str]:
    """The notes; and where the choices stand that a cell's own list cannot hold: those ``known``, or on this sheet."""
    lists: dict[tuple[str, ...], str] = dict(known or {})
    fit_to_paper(sheet)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, _NOTE_WIDTH, formats["wrap"])
    sheet.write_string(0, 0, title, formats["title"])
    row = 1
    for line in guide:
        sheet.write_string(row, 2, line, formats["wrap"])
        row += 1
    for layout in layouts:
        row += 1
        sheet.write_string(row, 0, layout.name, formats["head"])
        sheet.set_row(row, LINE_HEIGHT * lines_of(layout.note, _NOTE_WIDTH))
        sheet.write_string(row, 2, layout.note, formats["wrap"])
        for column in layout.columns:
            row += 1
            sheet.write_string(row, 1, column.heading + ("*" if column.required else ""))
            sheet.write_string(row, 2, _described(column), formats["wrap"])
            choices = tuple(column.choices)
            if choices not in lists and not _fits(column):
                lists[choices] = f"='{INSTRUCTIONS}'!$C${row + 2}:$C${row + 1 + len(choices)}"
                for choice in choices:
                    row += 1
                    sheet.write_string(row, 2, plain(choice), formats["wrap"])
        row += 1
    return lists


def write_sheet(
    sheet: Any,
    layout: SheetLayout,
    rows: Sequence[Mapping[str, Cell | Decimal]],
    lists: Lists,
    formats: Formats,
) -> None:
    """A sheet with its headings, lists and rows; each row gives cells by the key of their column, as shown."""
    fit_to_paper(sheet)
    sheet.freeze_panes(1, 0)
    if any(column.heading_en for column in layout.columns):
        sheet.set_row(0, 32)
    for position, column in enumerate(layout.columns):
        prepare_column(sheet, position, column, lists, formats)
        head = formats["required" if column.required else "head"]
        sheet.write_string(0, position, _headed(column), head)
    for number, row in enumerate(rows, start=1):
        for position, column in enumerate(layout.columns):
            write_cell(sheet, number, position, row.get(column.key), formats)


def fit_to_paper(sheet: Any) -> None:
    """Printed on A4 across, all columns on one page, the first row on every page."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of this width, in characters; those of Chinese are twice as wide."""
    lengths = (sum(2 if east_asian_width(one) in "WF" else 1 for one in line) for line in text.split("\n"))
    return sum(max(1, -(-length // width)) for length in lengths)


def prepare_column(sheet: Any, position: int, column: Column, lists: Lists, formats: Formats) -> None:
    """The width, form, note and list of a column's cells."""
    is_number = column.form in (Form.WHOLE, Form.DECIMAL)
    shape = None if is_number else formats[Form.DAY if column.form is Form.DAY else Form.TEXT]
    sheet.set_column(position, position, column.width, shape)
    sheet.data_validation(1, position, ROWS_PREPARED, position, _validation(column, lists))


def write_cell(
    sheet: Any, row: int, position: int, cell: Cell | Decimal, formats: Formats, *, is_wrong: bool = False
) -> None:
    """Text is always written as text: nothing becomes a formula, be it edited later."""
    mark = formats["wrong"] if is_wrong else None
    if cell is None:
        if is_wrong:
            sheet.write_blank(row, position, None, mark)
    elif isinstance(cell, str):
        sheet.write_string(row, position, plain(cell), mark or formats[Form.TEXT])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, position, cell, mark)
    elif isinstance(cell, date):
        sheet.write_datetime(row, position, cell, formats["wrong day" if is_wrong else Form.DAY])
    else:
        sheet.write_number(row, position, cell, mark)


def _headed(column: Column) -> str:
    heading = column.heading + ("*" if column.required else "")
    return f"{heading}\n{column.heading_en}" if column.heading_en else heading


def _fits(column: Column) -> bool:
    """Whether a cell's own list can hold the choices; a longer one stands on a sheet of its own."""
    return len(",".join(column.choices)) <= LIST_MAX and not any("," in choice for choice in column.choices)


def _described(column: Column) -> str:
    if not column.choices:
        return column.note
    return f"{column.note}。可选：{'、'.join(column.choices) if _fits(column) else '见下拉列表'}"


def _validation(column: Column, lists: Lists) -> dict[str, Any]:
    """A list where there are choices, else only the note that is shown beside the cell.

    A list that is merely offered warns of another text and takes it.
    """
    shown = {"input_title": column.heading[:32], "input_message": _described(column)[:255]}
    if column.choices:
        return {
            "validate": "list", "source": lists.get(tuple(column.choices), list(column.choices)), **shown,
            "error_type": "warning" if column.form is Form.OFFERED else "stop",
            "error_title": "请从列表中选择", "error_message": "只能填写列表中的一项。",
        }  # fmt: skip
    if column.form is Form.WHOLE:
        return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": column.whole_max, **shown}
    return {"validate": "any", **shown}
