"""Workbooks in and out: a foreign .xlsx read only after inspection, and our own written as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

import python_calamine
import xlsxwriter

from app.kit.errors import BatchRefused, Fault
from app.kit.sheets import FORMULA_STARTS, Cell, Row, Sheet, SheetFault, WorkbookDamaged, WorkbookTooLarge
from app.kit.workbook_inspection import inspect, megabytes
from app.kit.workbook_parts import Limits

# The creation of a workbook that is not of a day; earlier than 1980 no archive can say.
_NO_DAY = datetime(1980, 1, 1, tzinfo=UTC)


def read_workbook(
    source: Path | BinaryIO, *, limits: Limits | None = None, ignored: frozenset[str] = frozenset()
) -> tuple[Sheet, ...]:
    """The sheets of an .xlsx workbook in order, without those named in ``ignored``.

    Text is stripped, empty cells are None, whole numbers are int; a time of day or a duration comes as text. Raises
    ``WorkbookRefused`` kinds or ``TooManyRows`` for the file as a whole, and ``BatchRefused`` with every formula, merge
    and error value found in it.
    """
    sheets, faults = look_through(source, limits=limits, ignored=ignored)
    if faults:
        raise BatchRefused([Fault(fault.row or 0, fault) for fault in faults])
    return sheets


def look_through(
    source: Path | BinaryIO, *, limits: Limits | None = None, ignored: frozenset[str] = frozenset()
) -> tuple[tuple[Sheet, ...], tuple[SheetFault, ...]]:
    """The same for who tells all that is wrong at once: the sheets, and every formula, merge and error value.

    What such a cell shows is in the sheets, and must not be taken. Raises for the file as a whole.
    """
    limits = limits or Limits()
    inspected = inspect(_read(source, limits), limits, ignored)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(inspected.container) as book:
            sheets = tuple(Sheet(name, tuple(_rows(book.get_sheet_by_name(name)))) for name in inspected.sheets)
            return sheets, tuple(inspected.faults)
    except python_calamine.CalamineError as error:
        raise WorkbookDamaged(what=str(error)) from error
    except BaseException as error:
        # The parser's panics are no Exception, and a panic over a foreign file is that file's fault.
        if type(error).__name__ == "PanicException":
            raise WorkbookDamaged(what="the parser gave up") from error
        raise


def _read(source: Path | BinaryIO, limits: Limits) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _read(file, limits)
    data = source.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise WorkbookTooLarge(what="文件", what_en="the file", limit=megabytes(limits.file_bytes))
    return data


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[Row]:
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [_cell(value) for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield Row(number, tuple(cells))


def _cell(value: str | float | bool | date | datetime | time | timedelta) -> Cell:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def open_workbook(target: Path | BinaryIO, as_of: datetime = _NO_DAY) -> xlsxwriter.Workbook:
    """A workbook that is written row by row in constant memory; the caller closes it.

    The same rows written twice are the same bytes: ``as_of`` (UTC) is the day that it calls its creation, and not that
    of the clock; a form to be filled in is of no day. Text stays text: nothing that is written as a string becomes a
    formula or a link.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    workbook = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    workbook.set_properties({"created": as_of})
    return workbook


def plain(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet program could take it for a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text
