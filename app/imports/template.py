"""The workbook of entries for people to fill in, and the one that comes back with its faults marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from app.imports.layout import ENTRIES, ITEMS, SYSTEM, Examined, OfferedItem, asked_for, layout_with
from app.imports.refusals import words_of
from app.kit.sheet_columns import INSTRUCTIONS
from app.kit.sheet_marking import Marking, write_back
from app.kit.sheet_writing import (
    LINE_HEIGHT,
    Formats,
    fit_to_paper,
    formats_of,
    lines_of,
    write_instructions,
    write_sheet,
)
from app.kit.sheets import Cell
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
    """A workbook that was sent in, cell by cell as it was, with every fault as a comment, in a column and in a list."""
    items = found.items
    with open_workbook(target) as book:
        formats, lists, layout = formats_of(book), _item_lists(items), layout_with(items)
        marking = Marking((layout,), formats, lists, lambda one: words_of(one, language), {INSTRUCTIONS, ITEMS})
        write_back(book, found.sheets, found.faults, marking)
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
