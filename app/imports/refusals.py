"""Why an import is refused: each fault names its place, says what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from app.imports.layout import ENTRIES
from app.kit.errors import BatchRefused, ErrorKind, Fault, LongwenError
from app.kit.sheets import SheetFault

# Fields of a request that refusals name as they are spelled.
_NAMED = frozenset({"outcome", "units", "tier", "points", "matter", "reason", "costs", "key_work"})


def in_columns(text: str, language: str) -> str:
    """A refusal with the headings of the sheet where it names fields of a request."""
    for column in ENTRIES.columns:
        if column.key not in _NAMED:
            continue
        heading = column.words.said(language)
        if language.startswith("zh"):
            text = re.sub(rf" ?\b{column.key}\b ?", f"“{heading}”", text, flags=re.ASCII)
        else:
            text = re.sub(rf"\b([Ii]n|Leave) {column.key}\b", rf"\1 “{heading}”", text)
    return text


class RowRefused(SheetFault):
    """What the way of every record refuses, at the place in the workbook where it stands."""

    def __init__(self, cause: LongwenError, *, sheet: str, row: int, column: str | None) -> None:
        self.cause = cause
        super().__init__(sheet=sheet, row=row, column=column)

    def text(self, language: str) -> str:
        return self._place(chinese=language.startswith("zh")) + in_columns(self.cause.text(language), language)


class MemberNotFound(SheetFault):
    """Number and name are those of nobody whom the caller records for; which of it is wrong is not told.

    Nor is the name repeated: no refusal tells one.
    """

    kind: ClassVar[ErrorKind] = ErrorKind.MISSING
    code = "import_member_not_found"
    zh = "没有找到编号为 {value} 且姓名与此行相符的党员，或其当天不在您可记录的支部。请对照名册核对编号、姓名和日期。"
    en = (
        "There is no member with the number {value} and the name of this row, or on that day they were in no branch"
        " that you record for. Compare number, name and day with the roster."
    )


class ItemAmbiguous(SheetFault):
    """Two items of the member's rule book have the name."""

    code = "import_item_ambiguous"
    zh = "名称“{value}”对应多个积分项：{known}。请填写代码。"
    en = "Several items are called “{value}”: {known}. Give the code."


class EntriesRefused(BatchRefused):
    """Rows are at fault, so nothing of the workbook was recorded."""

    code = "entries_refused"
    zh = "工作簿有 {count} 处问题，没有记录任何内容。请按清单改正后重新导入；也可以下载标出问题的工作簿。"
    en = (
        "The workbook has {count} faults; nothing was recorded. Correct them as listed and import it again; the"
        " workbook can be had back with the faults marked in it."
    )

    def __init__(self, faults: Sequence[SheetFault]) -> None:
        super().__init__([Fault(fault.row or 0, fault) for fault in faults])

    def listed(self, language: str) -> list[dict[str, Any]]:
        return [
            {
                "index": one.index,
                "field": one.field,
                "code": cause_of(one.error).code,
                "detail": one.error.text(language),
            }
            for one in self.faults
        ]

    @property
    def sole_kind(self) -> ErrorKind:
        """As a request for a single record is answered, where all rows are refused alike."""
        kinds = {cause_of(fault.error).kind for fault in self.faults}
        return kinds.pop() if len(kinds) == 1 else ErrorKind.INVALID


def words_of(fault: SheetFault, language: str) -> str:
    """What is wrong, without the place."""
    if isinstance(fault, RowRefused):
        return in_columns(fault.cause.text(language), language)
    return LongwenError.text(fault, language)


def cause_of(error: LongwenError) -> LongwenError:
    """The refusal itself, without its place."""
    return error.cause if isinstance(error, RowRefused) else error


class NothingToImport(LongwenError):
    """The workbook has no row of entries."""

    code = "nothing_to_import"
    zh = "工作簿的“{sheet}”表中没有记录。请使用系统提供的模板，从第二行起填写。"
    en = "The sheet {sheet} of the workbook holds no row. Use the template and fill it in from the second row on."


class ImportedBefore(LongwenError):
    """The same rows came in another batch, which stands."""

    kind = ErrorKind.CONFLICT
    code = "imported_before"
    zh = (
        "内容相同的工作簿已经导入过（文件“{file}”，批次 {batch}）。如确需再记一次，请以 again=true 重新提交；"
        "如要更正，请先冲正原批次。"
    )
    en = (
        "A workbook with the same content was imported before (file “{file}”, batch {batch}). To record it once more,"
        " send it with again=true; to correct it, reverse that batch first."
    )


class BatchReversed(LongwenError):
    """A batch is reversed once."""

    kind = ErrorKind.CONFLICT
    code = "import_reversed"
    zh = "批次 {id} 已整批冲正，不能再次冲正。需要重新记录的，请重新导入。"
    en = "The batch {id} has been reversed already. To record it anew, import it again."
