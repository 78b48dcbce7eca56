"""The workbook of entries for people to fill in, and the one that comes back with its faults marked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from app.imports.layout import ENTRIES, FAULTS, ITEMS, SYSTEM, Examined, OfferedItem, asked_for, layout_with
from app.imports.refusals import words_of
from app.kit.sheet_columns import INSTRUCTIONS, Column
from app.kit.sheet_records import heading_of
from app.kit.sheet_writing import (
    LINE_HEIGHT,
    Formats,
    fit_to_paper,
    formats_of,
    lines_of,
    prepare_column,
    write_cell,
    write_instructions,
    write_sheet,
)
from app.kit.sheets import Cell, Row, Sheet, SheetFault
from app.kit.workbook import open_workbook, plain
from app.rules.terms import TERMS, term

_GUIDE = (
    "一、请在“积分记录”表中从第二行起每行填一条，第一行表头请勿改动；带 * 的列必填，列的先后可以调整。",
    "二、党员编号和姓名须与名册一致，两者对不上的不予导入。",
    "三、积分项从下拉列表选择，也可以只填代码或全称；每个积分项要填哪些列，见“积分项”表。",
    "四、日期写作 2026-11-20 或 2026年11月20日，填事项发生之日。不要使用公式、合并单元格或宏。",
    "五、日常项直接入账；加分、扣分和一票否决成为申报，由审核人决定。谁能记录哪一项，与逐条记录时相同。",
    "六、导入前先预览；有任何一处错误，整本不导入，并逐条列出所在行、列和改法，也可以下载标出问题的工作簿。",
    "七、同一批次重复提交不会重复计分；内容相同的工作簿换一个批次提交，系统会提示原批次。整批可以一次冲正。",
    "In English: one record per row below the headings; * means required. Number and name must be the roster's.",
    "Choose the item from the list, or give its code or exact name; the sheet 积分项 says what each item needs.",
    "Preview before you import: one fault, and nothing is recorded. Routine matters are booked at once.",
    "Additions, deductions and vetoes wait for a reviewer. A whole batch can be reversed as one.",
)
_ITEM_HEADS = (
    ("积分项\nItem", 34),
    ("英文名\nIn English", 40),
    ("类别\nKind", 20),
    ("须填\nTo be filled in", 34),
    ("档次\nTiers", 50),
    ("记录人\nRecorded by", 34),
    ("审核人\nReviewed by", 34),
)
_FAULT_HEADS = (("工作表\nSheet", 16), ("位置\nPlace", 10), ("问题与改法\nWhat is wrong, and what to do", 100))
_COMMENT = {"author": "Longwen", "width": 320, "height": 110}
_COMMENT_MAX = 8_000  # characters; more than anybody reads in a comment
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")

Marks = Mapping[tuple[int, int], Sequence[SheetFault]]  # by row and column, from 0


def write_template(
    target: Path | BinaryIO,
    items: Sequence[OfferedItem],
    rows: Sequence[Mapping[str, Cell | Decimal]] = (),
) -> None:
    """The workbook, empty or with rows by the keys of their columns."""
    with open_workbook(target) as book:
        formats = formats_of(book)
        layout = layout_with(items)
        notes, entries = book.add_worksheet(INSTRUCTIONS), book.add_worksheet(ENTRIES.name)
        lists = write_instructions(notes, "积分记录导入说明", _GUIDE, (layout,), formats, _item_lists(items))
        write_sheet(entries, layout, rows, lists, formats)
        _write_items(book.add_worksheet(ITEMS), items, formats)
        entries.activate()


def write_marked(target: Path | BinaryIO, found: Examined, language: str) -> None:
    """A workbook that was sent in, cell by cell as it was, with every fault as a comment and in a list before all."""
    sheets, faults, items = found.sheets, found.faults, found.items
    with open_workbook(target) as book:
        formats = formats_of(book)
        lists = _item_lists(items)
        summary = book.add_worksheet(FAULTS)
        names = {}
        for sheet in sheets:
            page = _added(book, sheet.name)
            names[sheet.name] = page.get_name()
            marks = _marks(faults, sheet.name)
            columns = _columns_of(sheet, items) if sheet.name.strip() == ENTRIES.name else {}
            for position, column in columns.items():
                prepare_column(page, position, column, lists, formats)
            _write_rows(page, sheet.rows, columns, marks, formats, language)
            page.freeze_panes(1, 0)
            fit_to_paper(page)
        _write_faults(summary, faults, names, language, formats)
        layout = layout_with(items)
        write_instructions(book.add_worksheet(INSTRUCTIONS), "积分记录导入说明", _GUIDE, (layout,), formats, lists)
        _write_items(book.add_worksheet(ITEMS), items, formats)


def _item_lists(items: Sequence[OfferedItem]) -> dict[tuple[str, ...], str]:
    """Where the list of items stands: too long for a cell's own."""
    return {tuple(one.label for one in items): f"='{ITEMS}'!$A$2:$A${len(items) + 1}"} if items else {}


def _write_items(sheet: Any, items: Sequence[OfferedItem], formats: Formats) -> None:
    fit_to_paper(sheet)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for position, (head, width) in enumerate(_ITEM_HEADS):
        sheet.set_column(position, position, width, formats["wrap"])
        sheet.write_string(0, position, head, formats["head"])
    for row, one in enumerate(items, start=1):
        item, asked, kind = one.item, asked_for(one), term(one.item.kind)
        tiers = "\n".join(f"{tier.code} {tier.name.zh} · {tier.name.en}" for tier in item.tiers)
        texts = (
            one.label, item.name.en, f"{kind.zh} · {kind.en}", f"{asked.zh}\n{asked.en}".strip(), tiers,
            _roles(item.record), _roles(item.review),
        )  # fmt: skip
        widths = (width for _, width in _ITEM_HEADS)
        sheet.set_row(row, LINE_HEIGHT * max(lines_of(text, width) for text, width in zip(texts, widths, strict=True)))
        for position, text in enumerate(texts):
            sheet.write_string(row, position, plain(text), formats["wrap"])


def _roles(codes: Sequence[str]) -> str:
    names = [TERMS["Role"][code] for code in codes if code != SYSTEM]
    return f"{'、'.join(one.zh for one in names)}\n{', '.join(one.en for one in names)}".strip()


def _columns_of(sheet: Sheet, items: Sequence[OfferedItem]) -> dict[int, Column]:
    """Which column of ours stands where in the user's sheet."""
    head = sheet.rows[0] if sheet.rows and sheet.rows[0].number == 1 else Row(1, ())
    known = {column.heading: column for column in layout_with(items).columns}
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


def _write_rows(
    page: Any, rows: Sequence[Row], columns: Mapping[int, Column], marks: Marks, formats: Formats, language: str
) -> None:
    """The rows where they stood, in order and each with its comments, since the workbook is written as a stream."""
    cells = {row.number - 1: row.cells for row in rows}
    if columns:
        page.set_row(0, 32)
    for number in sorted({*cells, *(row for row, _ in marks)}):
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
                words = "\n".join(words_of(one, language) for one in wrong[position])
                page.write_comment(number, position, words[:_COMMENT_MAX], _COMMENT)


def _write_faults(
    sheet: Any, faults: Sequence[SheetFault], names: Mapping[str, str], language: str, formats: Formats
) -> None:
    fit_to_paper(sheet)
    for position, (head, width) in enumerate(_FAULT_HEADS):
        sheet.set_column(position, position, width, formats["wrap"])
        sheet.write_string(0, position, head, formats["head"])
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)
    if not faults:
        sheet.write_string(1, 2, "没有发现问题，可以导入。 · Nothing is wrong; it can be imported.", formats["wrap"])
    for row, one in enumerate(faults, start=1):
        words, place = words_of(one, language), f"{one.column or 'A'}{one.row or 1}"
        sheet.set_row(row, LINE_HEIGHT * lines_of(words, _FAULT_HEADS[2][1]))
        sheet.write_string(row, 0, plain(one.sheet), formats["wrap"])
        if one.sheet in names:
            sheet.write_url(row, 1, f"internal:'{names[one.sheet]}'!{place}", string=place)
        sheet.write_string(row, 2, plain(words), formats["wrap"])


def _added(book: xlsxwriter.Workbook, name: str) -> Any:
    """A sheet under the user's name for it, as far as a spreadsheet program takes that name."""
    wanted = _NOT_IN_NAMES.sub("_", name)[:31] or "_"
    taken = {one.get_name().casefold() for one in book.worksheets()} | {INSTRUCTIONS, ITEMS, "history"}
    number = 1
    while wanted.casefold() in taken:
        number += 1
        wanted = f"{wanted[:26]} ({number})"
    return book.add_worksheet(wanted)
