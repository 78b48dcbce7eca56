"""The roster workbook for people to fill in: the empty template, or one with rows in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from app.enrolment.classes import SERVICE_CLASSES
from app.enrolment.layout import sheets_with
from app.enrolment.service import ExaminedRoster
from app.kit.errors import LongwenError
from app.kit.sheet_columns import INSTRUCTIONS
from app.kit.sheet_marking import Marking, write_back
from app.kit.sheet_writing import formats_of, write_instructions, write_sheet
from app.kit.sheets import Cell
from app.kit.workbook import open_workbook

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
        formats = formats_of(book)
        lists = write_instructions(book.add_worksheet(INSTRUCTIONS), "名册导入说明", _GUIDE, layouts, formats)
        for layout in layouts:
            write_sheet(book.add_worksheet(layout.name), layout, rows.get(layout.key, ()), lists, formats)


def write_marked_roster(target: Path | BinaryIO, found: ExaminedRoster, language: str) -> None:
    """A workbook that was sent in, cell by cell as it was, with every fault as a comment, in a column and in a list."""
    layouts = sheets_with(found.classes)
    with open_workbook(target) as book:
        formats = formats_of(book)
        lists = write_instructions(book.add_worksheet(INSTRUCTIONS), "名册导入说明", _GUIDE, layouts, formats)
        words = partial(LongwenError.text, language=language)
        write_back(book, found.sheets, found.faults, Marking(layouts, formats, lists, words, {INSTRUCTIONS}))
