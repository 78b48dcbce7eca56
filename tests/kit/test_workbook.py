"""A foreign workbook is read only when it is safe: a hostile one is refused by a clear word."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from app.kit.errors import BatchRefused, ErrorKind, LongwenError
from app.kit.sheets import (
    NotAWorkbook,
    Row,
    TooManyRows,
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookTooLarge,
    WorkbookWithMacros,
    column_letters,
)
from app.kit.workbook import open_workbook, plain, read_workbook
from app.kit.workbook_parts import Limits

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = f'<Relationship Id="r" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'


def written(fill: Callable[[Any, Any], None]) -> BytesIO:
    """A workbook with one sheet 甲 as an ordinary program writes it."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    fill(book, book.add_worksheet("甲"))
    book.close()
    target.seek(0)
    return target


def built(
    sheet: bytes, *, strings: bytes | None = None, sheets: int = 1, more: dict[str, bytes] | None = None
) -> BytesIO:
    """A workbook from raw parts, as nobody's program would write it."""
    target = BytesIO()
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, sheets + 1))
    links = "".join(
        f'<Relationship Id="r{n}" Type="{RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, sheets + 1)
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("_rels/.rels", f"<Relationships>{OFFICE}</Relationships>")
        parts.writestr("xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{RELATION}"><sheets>{names}</sheets></workbook>')
        parts.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{links}</Relationships>")
        for n in range(1, sheets + 1):
            parts.writestr(f"xl/worksheets/sheet{n}.xml", sheet)
        if strings is not None:
            parts.writestr("xl/sharedStrings.xml", strings)
        for name, content in (more or {}).items():
            parts.writestr(name, content)
    target.seek(0)
    return target


def sheet_of(rows: str, before: str = "") -> bytes:
    return f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData></worksheet>".encode()


def test_values_come_with_their_types_and_row_numbers() -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(2, 1, "  王䶮  ")
        sheet.write(2, 2, 5)
        sheet.write(2, 3, 5.5)
        sheet.write_boolean(2, 4, True)
        sheet.write_datetime(4, 0, date(2020, 2, 29), day)
        sheet.write_blank(900_000, 3, None, day)

    (sheet,) = read_workbook(written(fill))
    assert sheet.name == "甲"
    assert sheet.rows == (Row(3, (None, "王䶮", 5, 5.5, True)), Row(5, (date(2020, 2, 29),)))
    assert sheet.rows[0].cell(99) is None


def test_an_ignored_sheet_is_left_unread_whatever_it_holds() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "x")
        book.add_worksheet("说明").write_formula(0, 0, "=1+1")

    assert [sheet.name for sheet in read_workbook(written(fill), ignored=frozenset({"说明"}))] == ["甲"]


def test_formulas_merges_and_error_values_are_all_named() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 2, "=A1*2", None, 4)
        sheet.merge_range(3, 0, 4, 1, "x")
        sheet.write_formula(6, 0, "=1/0", None, "#DIV/0!")

    with pytest.raises(BatchRefused) as refused:
        read_workbook(written(fill))
    said = [fault.error.text("zh") for fault in refused.value.faults]
    assert any("第 2 行 C 列" in text and "公式" in text for text in said)
    assert any("A4:B5" in text for text in said)
    assert any("第 7 行 A 列" in text and "错误值" in text for text in said)
    assert all("甲" in fault.error.text("en") for fault in refused.value.faults)


def test_a_cached_formula_value_is_never_taken_even_without_a_reference() -> None:
    with pytest.raises(BatchRefused):
        read_workbook(built(sheet_of("<row><c><f>1+1</f><v>2</v></c></row>")))


def a_bomb_in_a_sheet() -> BytesIO:
    return built(sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "a" * 100_000_000 + "</t></is></c></row>"))


def a_bomb_in_a_picture() -> BytesIO:
    return built(sheet_of(""), more={"xl/media/image1.png": bytes(100_000_000)})


def a_million_rows() -> BytesIO:
    return built(sheet_of("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_000_001))))


def a_far_corner() -> BytesIO:
    return built(
        sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    )


def a_declared_million() -> BytesIO:
    return built(sheet_of("", before='<dimension ref="A1:XFD1048576"/>'))


def a_long_text_in_every_cell() -> BytesIO:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 15_001))
    return built(sheet_of(cells), strings=f"<sst {MAIN}><si><t>{'长' * 30_000}</t></si></sst>".encode())


def ten_thousand_sheets() -> BytesIO:
    return built(sheet_of(""), sheets=10_000)


def sixty_sheets() -> BytesIO:
    return built(sheet_of(""), sheets=60)


def entities() -> BytesIO:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    document = f'<!DOCTYPE worksheet [<!ENTITY e0 "ha">{lines}]>'.encode()
    return built(document + sheet_of('<row r="1"><c r="A1" t="str"><v>&e9;</v></c></row>'))


def an_outside_entity() -> BytesIO:
    return built(b'<!DOCTYPE w SYSTEM "file:///etc/passwd">' + sheet_of(""))


def a_sheet_in_utf_16() -> BytesIO:
    return built(sheet_of("").decode().encode("utf-16"))


def a_lower_case_reference() -> BytesIO:
    return built(sheet_of('<row r="1"><c r="xfd1048576"><v>1</v></c></row>'))


def a_text_that_is_not_there() -> BytesIO:
    return built(sheet_of('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'))


def truncated() -> BytesIO:
    return BytesIO(built(sheet_of("")).getvalue()[:-60])


def cut_in_the_middle_of_a_part() -> BytesIO:
    whole = built(sheet_of("")).getvalue()
    return BytesIO(whole[:200] + b"\0" * 20 + whole[220:])


def not_a_zip() -> BytesIO:
    return BytesIO(b"number,name\n1,x\n")


def another_zip() -> BytesIO:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as parts:
        parts.writestr("readme.txt", "x")
    target.seek(0)
    return target


def locked() -> BytesIO:
    return BytesIO(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )


def an_old_xls() -> BytesIO:
    return BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def with_a_program() -> BytesIO:
    return built(sheet_of(""), more={"xl/vbaProject.bin": b"x"})


def eleven_megabytes() -> BytesIO:
    return BytesIO(b"PK" + bytes(11 * 1024 * 1024))


def many_parts() -> BytesIO:
    return built(sheet_of(""), more={f"xl/media/{n}": b"" for n in range(2_000)})


HOSTILE: list[tuple[Callable[[], BytesIO], type[LongwenError]]] = [
    (a_bomb_in_a_sheet, WorkbookTooLarge),
    (a_bomb_in_a_picture, WorkbookTooLarge),
    (a_million_rows, TooManyRows),
    (a_far_corner, TooManyRows),
    (a_long_text_in_every_cell, WorkbookTooLarge),
    (ten_thousand_sheets, WorkbookTooLarge),
    (sixty_sheets, WorkbookTooLarge),
    (many_parts, WorkbookTooLarge),
    (entities, WorkbookDamaged),
    (an_outside_entity, WorkbookDamaged),
    (a_sheet_in_utf_16, WorkbookDamaged),
    (a_lower_case_reference, WorkbookDamaged),
    (a_text_that_is_not_there, WorkbookDamaged),
    (truncated, WorkbookDamaged),
    (cut_in_the_middle_of_a_part, WorkbookDamaged),
    (not_a_zip, NotAWorkbook),
    (another_zip, NotAWorkbook),
    (an_old_xls, NotAWorkbook),
    (locked, WorkbookEncrypted),
    (with_a_program, WorkbookWithMacros),
    (eleven_megabytes, WorkbookTooLarge),
]


@pytest.mark.parametrize(("make", "error"), HOSTILE, ids=[make.__name__ for make, _ in HOSTILE])
def test_a_hostile_file_is_refused_by_a_clear_word(make: Callable[[], BytesIO], error: type[LongwenError]) -> None:
    with pytest.raises(error) as refused:
        read_workbook(make())
    assert refused.value.text("zh")
    assert refused.value.text("en")


def test_declared_rows_without_values_do_no_harm() -> None:
    assert [sheet.rows for sheet in read_workbook(a_declared_million())] == [()]


def test_too_large_is_told_apart_from_wrong() -> None:
    with pytest.raises(WorkbookTooLarge) as refused:
        read_workbook(sixty_sheets())
    assert refused.value.kind is ErrorKind.TOO_LARGE


# Not getrusage: its peak is inherited from the process that started this one.
MEASURE = """
import re, sys
from pathlib import Path
from app.kit.errors import LongwenError
from app.kit.workbook import read_workbook
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
try:
    read_workbook(Path(sys.argv[1]))
except LongwenError as error:
    print(error.code)
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak memory of a process is asked of Linux")
@pytest.mark.parametrize(
    "make",
    [a_bomb_in_a_sheet, a_bomb_in_a_picture, a_million_rows, a_far_corner, a_long_text_in_every_cell, entities,
     ten_thousand_sheets, many_parts, a_declared_million],
    ids=lambda make: str(make.__name__),
)  # fmt: skip
def test_a_hostile_file_takes_little_memory(make: Callable[[], BytesIO], tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(make().getvalue())
    run = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    kibibytes = int(run.stdout.split()[-1])
    assert 0 < kibibytes < 120_000


def test_the_largest_workbook_allowed_is_read() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        for row in range(200):
            sheet.write_row(row, 0, [f"{row}"] * 10)

    limits = Limits(rows=200, columns=10, cells=2_000, area=2_000)
    (sheet,) = read_workbook(written(fill), limits=limits)
    assert len(sheet.rows) == 200
    with pytest.raises(WorkbookTooLarge):
        read_workbook(written(fill), limits=Limits(rows=200, columns=10, cells=1_999, area=2_000))


def test_column_letters_are_those_of_a_spreadsheet() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 52, 703, 16_384)] == ["A", "Z", "AA", "AZ", "AAA", "XFD"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_looks_like_a_formula_stays_text(text: str, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with open_workbook(path) as book:
        sheet = book.add_worksheet("甲")
        sheet.write(0, 0, plain(text))
        sheet.write(1, 0, text)
        sheet.write(2, 0, "http://example.org")
    read = openpyxl.load_workbook(path)["甲"]
    assert read["A1"].data_type == "s"
    assert str(read["A1"].value).startswith("'")
    assert read["A2"].data_type == "s" or not text.strip().startswith("=")
    assert read["A3"].hyperlink is None
    assert plain("王芳") == "王芳"
