"""Tables as they stand in a workbook, and faults that name the place: plain values, no reading and no writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from app.kit.errors import ErrorKind, LongwenError

Cell = str | int | float | bool | date | datetime | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet program could take text for a formula by


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something; ``number`` is the one that the spreadsheet program shows (from 1)."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, position: int) -> Cell:
        """The cell at ``position`` (from 0); None past the row's end."""
        return self.cells[position] if position < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its rows in order; rows without any value are left out."""

    name: str
    rows: tuple[Row, ...]


def column_letters(number: int) -> str:
    """The letters of the column with this number (from 1): 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class SheetFault(LongwenError):
    """Something is wrong at one place of a workbook: the sheet, and the row and column letters where they are known."""

    def __init__(self, *, sheet: str, row: int | None = None, column: str | None = None, **facts: Any) -> None:
        self.sheet, self.row, self.column = sheet, row, column
        super().__init__(field=f"{sheet}!{column or ''}{row or ''}".rstrip("!"), **facts)

    def text(self, language: str) -> str:
        return self._place(chinese=language.startswith("zh")) + super().text(language)

    def _place(self, *, chinese: bool) -> str:
        row, column = self.row, self.column
        if chinese:
            spot = (f"第 {row} 行" if row else "") + (f" {column} 列" if column else "")
            return f"工作表“{self.sheet}”{spot}："
        spot = (f", row {row}" if row else "") + (f", column {column}" if column else "")
        return f"Sheet {self.sheet}{spot}: "


class FormulaRefused(SheetFault):
    """The cell holds a formula."""

    code = "workbook_formula"
    zh = "单元格是公式，系统不采用公式的计算结果。请复制后用“选择性粘贴—数值”改为数值。"
    en = "The cell holds a formula; computed values are not taken. Paste it back as a value."


class MergedCellsRefused(SheetFault):
    """Cells are merged."""

    code = "workbook_merged"
    zh = "单元格 {cells} 已合并，无法确定每一行的内容。请取消合并，并在每一行填写。"
    en = "The cells {cells} are merged, so it is not certain what each row says. Unmerge them and fill in every row."


class ErrorCellRefused(SheetFault):
    """The cell holds an error value."""

    code = "workbook_error_value"
    zh = "单元格是错误值（如 #N/A、#REF!）。请改为正确的内容或清空。"
    en = "The cell holds an error value such as #N/A or #REF!. Correct or clear it."


class TooManyRows(SheetFault):
    """The sheet reaches beyond the rows or columns allowed."""

    kind: ClassVar[ErrorKind] = ErrorKind.TOO_LARGE
    code = "workbook_too_many_rows"
    zh = "工作表超出允许的范围（最多 {rows_max} 行、{columns_max} 列）。请删除多余的行列后重新保存，或分批导入。"
    en = (
        "The sheet reaches beyond {rows_max} rows or {columns_max} columns. Delete what is not needed and save it"
        " again, or import in parts."
    )


class WorkbookRefused(LongwenError):
    """The file as a whole cannot be taken; nothing was read from it."""

    code = "workbook_refused"


class WorkbookTooLarge(WorkbookRefused):
    """The file, or what it unfolds to, is too large."""

    kind = ErrorKind.TOO_LARGE
    code = "workbook_too_large"
    zh = "文件过大：{what}超过上限 {limit}。请只保留需要导入的工作表，或分批导入。"
    en = "The file is too large: {what_en} exceeds {limit}. Keep only the sheets to import, or import in parts."


class NotAWorkbook(WorkbookRefused):
    """The file is not an .xlsx workbook."""

    code = "workbook_not_xlsx"
    zh = "文件不是 .xlsx 工作簿（{what}）。请用 WPS 或 Excel 另存为“Excel 工作簿（*.xlsx）”。"
    en = "The file is not an .xlsx workbook ({what_en}). Save it as an Excel workbook (*.xlsx)."


class WorkbookEncrypted(WorkbookRefused):
    """The workbook is protected by a password."""

    code = "workbook_encrypted"
    zh = "工作簿设有打开密码，系统无法读取。请取消密码后重新上传。"
    en = "The workbook is protected by a password. Remove the password and send it again."


class WorkbookWithMacros(WorkbookRefused):
    """The workbook carries a program."""

    code = "workbook_macros"
    zh = "工作簿带有宏，系统不接受。请另存为不带宏的“Excel 工作簿（*.xlsx）”。"
    en = "The workbook carries macros. Save it as an Excel workbook without macros (*.xlsx)."


class WorkbookDamaged(WorkbookRefused):
    """The file is broken or was made to mislead."""

    code = "workbook_damaged"
    zh = "工作簿已损坏或内容异常（{what}）。请用 WPS 或 Excel 打开、另存后重试。"
    en = "The workbook is damaged or malformed ({what}). Open it in a spreadsheet program, save it again and retry."
