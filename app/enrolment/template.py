"""The roster workbook for people to fill in: the empty template, or one with rows in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from app.enrolment.classes import SERVICE_CLASSES
from app.enrolment.layout import INSTRUCTIONS, Column, Form, SheetLayout, sheets_with
from app.enrolment.reading import WHOLE_MAX
from app.kit.sheets import Cell
from app.kit.workbook import open_workbook, plain

ROWS_PREPARED = 5_000  # so many rows have their lists and formats
LIST_MAX = 255  # characters, commas included: what a spreadsheet keeps in a cell's own list
_GUIDE = (
    "一、每张表第一行是表头，请勿改动；带 * 的列必填，列的先后可以调整。从第二行起每行填一条。",
    "二、代码和编号由本区自编，登记后不再改变；号码类单元格请保持文本格式。",
    "三、日期写作 2024-07-01 或 2024年7月1日。不要使用公式、合并单元格或宏。",
    "四、导入前先预览；有任何一处错误，整本不导入，并逐条列出所在工作表、行、列和改法。",
    "五、重复导入同一工作簿不会产生变化。表中没有列出的党员不受影响；空白单元格不改变已登记的内容。",
    "六、党员换支部：改“所在支部代码”和“进入支部日期”；原登记截至前一天，不会被改写。",
    "七、同一支部内换党小组或类型：从导入当天起生效。",
    "八、身份证号码和手机号选填，加密保存；免考核只填类别，不填病情。",
    "九、任职表新开的账号没有密码，由操作员另行设置后才能登录。",
    "In English: one row per line below the headings; * means required. Preview before you import.",
    "One fault, and nothing is imported. Members who are not listed and cells left empty change nothing.",
)


def write_template(target: Path | BinaryIO, classes: Sequence[str] = SERVICE_CLASSES.choices) -> None:
    """The empty workbook, importing which does nothing; ``classes`` are those that a member may be of."""
    write_roster(target, {}, classes)


def write_roster(
    target: Path | BinaryIO,
    rows: Mapping[str, Sequence[Mapping[str, Cell]]],
    classes: Sequence[str] = SERVICE_CLASSES.choices,
) -> None:
    """The workbook with rows by the key of their sheet; each gives cells by the key of their column, as shown."""
    layouts = sheets_with(classes)
    with open_workbook(target) as book:
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#F3E3D3", "bottom": 1, "text_wrap": True}),
            "required": book.add_format(
                {"bold": True, "bg_color": "#F3E3D3", "bottom": 1, "text_wrap": True, "font_color": "#B3261E"}
            ),
            Form.TEXT: book.add_format({"num_format": "@"}),
            Form.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        lists = _write_instructions(book.add_worksheet(INSTRUCTIONS), layouts, formats)
        for layout in layouts:
            _write_sheet(book.add_worksheet(layout.name), layout, rows.get(layout.key, ()), lists, formats)


def _write_instructions(
    sheet: Any, layouts: Sequence[SheetLayout], formats: Mapping[str, Any]
) -> dict[tuple[str, ...], str]:
    """The notes; and where the choices stand that a cell's own list cannot hold."""
    lists: dict[tuple[str, ...], str] = {}
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 90, formats["wrap"])
    sheet.write_string(0, 0, "名册导入说明", formats["title"])
    row = 1
    for line in _GUIDE:
        sheet.write_string(row, 2, line, formats["wrap"])
        row += 1
    for layout in layouts:
        row += 1
        sheet.write_string(row, 0, layout.name, formats["head"])
        sheet.write_string(row, 2, layout.note, formats["wrap"])
        for column in layout.columns:
            row += 1
            sheet.write_string(row, 1, column.heading + ("*" if column.required else ""))
            sheet.write_string(row, 2, _described(column), formats["wrap"])
            if not _fits(column):
                lists[tuple(column.choices)] = f"='{INSTRUCTIONS}'!$C${row + 2}:$C${row + 1 + len(column.choices)}"
                for choice in column.choices:
                    row += 1
                    sheet.write_string(row, 2, choice, formats["wrap"])
        row += 1
    return lists


def _fits(column: Column) -> bool:
    """Whether a cell's own list can hold the choices; a longer one stands on the sheet of notes."""
    return len(",".join(column.choices)) <= LIST_MAX and not any("," in choice for choice in column.choices)


def _described(column: Column) -> str:
    if not column.choices:
        return column.note
    return f"{column.note}。可选：{'、'.join(column.choices) if _fits(column) else '见“说明”表'}"


def _write_sheet(
    sheet: Any,
    layout: SheetLayout,
    rows: Sequence[Mapping[str, Cell]],
    lists: Mapping[tuple[str, ...], str],
    formats: Mapping[str, Any],
) -> None:
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(layout.columns):
        shape = formats[Form.DAY] if column.form is Form.DAY else formats[Form.TEXT]
        sheet.set_column(position, position, column.width, None if column.form is Form.WHOLE else shape)
        head = formats["required" if column.required else "head"]
        sheet.write_string(0, position, column.heading + ("*" if column.required else ""), head)
        sheet.data_validation(1, position, ROWS_PREPARED, position, _validation(column, lists))
    for number, row in enumerate(rows, start=1):
        for position, column in enumerate(layout.columns):
            _write_cell(sheet, number, position, row.get(column.key), formats)


def _validation(column: Column, lists: Mapping[tuple[str, ...], str]) -> dict[str, Any]:
    """A list where there are choices, else only the note that is shown beside the cell."""
    shown = {"input_title": column.heading[:32], "input_message": _described(column)[:255]}
    if column.choices:
        return {
            "validate": "list", "source": lists.get(tuple(column.choices), list(column.choices)), **shown,
            "error_title": "请从列表中选择", "error_message": "只能填写列表中的一项。",
        }  # fmt: skip
    if column.form is Form.WHOLE:
        return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": WHOLE_MAX, **shown}
    return {"validate": "any", **shown}


def _write_cell(sheet: Any, row: int, position: int, cell: Cell, formats: Mapping[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, position, plain(cell), formats[Form.TEXT])
    elif isinstance(cell, date):
        sheet.write_datetime(row, position, cell, formats[Form.DAY])
    else:
        sheet.write_number(row, position, cell)
