"""The workbook that people fill in, and the one that they get back with what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from app.imports.layout import ENTRIES, ITEMS
from app.kit.errors import ErrorKind, LongwenError
from app.kit.problems import MEANINGS
from app.kit.sheet_columns import FAULTS, INSTRUCTIONS
from app.kit.sheet_records import REASON
from tests.imports.conftest import PATH, Counter, Row
from tests.imports.test_importing import NEIGHBOUR, OTHER, OWN
from tests.kit.test_workbook import HOSTILE


def template(counter: Counter) -> Any:
    answer = counter.get("hr", "/template")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="entries-template.xlsx"'
    return openpyxl.load_workbook(BytesIO(answer.content))


def test_the_template_has_notes_headings_in_two_languages_and_lists(counter: Counter) -> None:
    book = template(counter)
    assert book.sheetnames == [INSTRUCTIONS, ENTRIES.name, ITEMS]
    sheet = book[ENTRIES.name]
    headings = [str(cell.value) for cell in sheet[1]]
    assert headings[0] == "党员编号*\nNumber"
    assert [one.partition("\n")[0].rstrip("*") for one in headings] == [one.heading for one in ENTRIES.columns]
    assert all(one.partition("\n")[2] for one in headings)
    lists = {str(one.sqref): str(one.formula1) for one in sheet.data_validations.dataValidation if one.type == "list"}
    items = book[ITEMS].max_row - 1
    assert lists == {"C2:C5001": f"'{ITEMS}'!$A$2:$A${items + 1}", "E2:E5001": '"已履行 kept,未履行 missed"'}
    widths = {letter: one.width for letter, one in sheet.column_dimensions.items()}
    assert min(widths.values()) >= 9


def test_the_template_lists_the_items_in_force_with_what_each_needs(counter: Counter) -> None:
    rows = {str(row[0].value).split(" ")[0]: [cell.value for cell in row] for row in template(counter)[ITEMS]}
    assert rows["ORG-D02"][3] == "履行情况\noutcome"
    assert rows["SRV-D02"][3] == "数量（小时）\nunits (hours)"
    assert rows["EXC-A01"][3].startswith("档次")
    assert "adopted" in rows["EXC-A01"][4]
    assert rows["LAW-F01"][5].startswith("纪检委员")
    assert "LAW-D01" not in rows  # nobody records what the service counts by itself
    assert not any(code.startswith("OPENING") for code in rows)


def test_an_empty_template_holds_nothing_to_import(counter: Counter) -> None:
    book = counter.get("secretary", "/template").content
    assert counter.send("secretary", book).json()["code"] == "nothing_to_import"


def faulty(counter: Counter) -> list[Row]:
    return [
        counter.row(OWN),
        {**counter.row(OTHER), "name": "=HYPERLINK(1)"},
        counter.row(NEIGHBOUR),
        counter.row(OTHER, "SRV-D02", reason="+861 公里"),
    ]


def marked(counter: Counter, book: bytes, language: str = "zh") -> Any:
    answer = counter.send("secretary", book, verb="/faults", language=language)
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(BytesIO(answer.content))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_faults_come_back_in_the_users_own_workbook(counter: Counter, language: str) -> None:
    book = marked(counter, counter.workbook(*faulty(counter)), language)
    assert book.sheetnames == [FAULTS, ENTRIES.name, INSTRUCTIONS, ITEMS]
    sheet = book[ENTRIES.name]
    comments = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert set(comments) == {"A3", "A4", "F5"}
    assert ("没有找到" if language == "zh" else "There is no member") in comments["A3"]
    coloured = {
        cell.coordinate for row in sheet.iter_rows(min_row=2) for cell in row if cell.fill.fgColor.rgb[2:] == "F9DEDC"
    }
    assert coloured == set(comments)
    told = {str(sheet.cell(row, sheet.max_column).value) for row in (3, 4, 5)}
    assert sheet.cell(1, sheet.max_column).value == REASON
    assert told == set(comments.values())
    assert {sheet.cell(row, sheet.max_column).font.color.rgb[2:] for row in (3, 4, 5)} == {"B3261E"}
    listed = [[cell.value for cell in row] for row in book[FAULTS].iter_rows(min_row=2)]
    assert [one[:2] for one in listed] == [[ENTRIES.name, "A3"], [ENTRIES.name, "A4"], [ENTRIES.name, "F5"]]
    # Nothing that somebody typed is a formula, here or once the cell is edited.
    assert (sheet["B3"].value, sheet["J5"].value) == ("'=HYPERLINK(1)", "'+861 公里")
    assert all(cell.data_type != "f" for page in book for row in page for cell in row)
    assert counter.get("secretary").json()["batches"] == []
    assert counter.desk.total(OWN) == 1000


def test_a_marked_workbook_that_was_corrected_is_imported_as_it_is(counter: Counter) -> None:
    book = marked(counter, counter.workbook(*faulty(counter)))
    sheet = book[ENTRIES.name]
    sheet.delete_rows(4)
    sheet["B3"], sheet["F4"] = OTHER, 3
    target = BytesIO()
    book.save(target)
    answer = counter.send("secretary", target.getvalue())
    assert answer.status_code == 201, answer.text
    (hours,) = [one for one in counter.desk.entries(OTHER) if one["item"] == "SRV-D02"]
    assert (hours["units"], hours["reason"]) == (3, "+861 公里")


def test_a_workbook_without_faults_comes_back_saying_so(counter: Counter) -> None:
    book = marked(counter, counter.workbook(counter.row(OWN)))
    assert "没有发现问题" in str(book[FAULTS]["C2"].value)


def odd_workbook(counter: Counter) -> bytes:
    """A formula, a merge, an unknown column and a sheet of another name, beside a row that is right."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet(ENTRIES.name)
    for at, head in enumerate(("积分项", "姓名", "党员编号", "日期", "履行情况", "备注")):
        sheet.write(0, at, head)
    for at, row in enumerate((counter.row(OWN), counter.row(OTHER)), start=1):
        for position, key in enumerate(("item", "name", "number")):
            sheet.write(at, position, row[key])
        sheet.write(at, 3, "2026年11月5日")
        sheet.write(at, 4, "未履行")
    sheet.write_formula(2, 4, '="已履行"', None, "已履行")
    sheet.merge_range(5, 0, 6, 0, "合并")
    book.add_worksheet("草稿").write(0, 0, "=1+1")
    book.close()
    return target.getvalue()


def test_columns_in_any_order_and_every_fault_of_form_are_told_at_once(counter: Counter) -> None:
    answer = counter.send("secretary", odd_workbook(counter))
    found = {(one["field"], one["code"]) for one in answer.json()["faults"]}
    assert found >= {
        ("积分记录!E3", "workbook_formula"),
        ("积分记录", "workbook_merged"),
        ("积分记录!F1", "unknown_heading"),
        ("草稿", "unknown_sheet"),
        ("积分记录!B6", "missing_value"),
    }
    comments = {
        cell.coordinate for row in marked(counter, odd_workbook(counter))[ENTRIES.name] for cell in row if cell.comment
    }
    assert comments >= {"E3", "F1", "A1", "B6"}


@pytest.mark.parametrize(("make", "error"), HOSTILE, ids=[make.__name__ for make, _ in HOSTILE])
def test_a_hostile_file_is_refused_in_both_places(
    make: Callable[[], BytesIO], error: type[LongwenError], counter: Counter
) -> None:
    for verb in ("", "/faults"):
        answer = counter.send("secretary", make().getvalue(), verb=verb)
        assert answer.status_code == MEANINGS[error.kind].status, answer.text
        assert answer.json()["code"] == error.code


def test_more_rows_than_a_batch_holds_are_too_many(counter: Counter) -> None:
    book = counter.workbook(*[counter.row(OWN, "SRV-D02", units=1)] * 2001)
    answer = counter.send("secretary", book)
    assert (answer.status_code, answer.json()["code"]) == (
        MEANINGS[ErrorKind.TOO_LARGE].status,
        "workbook_too_many_rows",
    )


def test_a_file_is_read_of_nobody_who_may_not_import(counter: Counter) -> None:
    """Whoever may not is told so, whatever the file is."""
    for login in ("auditor", OWN):
        assert counter.send(login, b"x").status_code == 403
    assert counter.desk.client.post(PATH, files={"file": ("x", b"x")}, data={"id": "x"}).status_code in {401, 422}


def test_an_english_reader_is_told_headings_in_both_lines_and_what_sheets_there_are(counter: Counter) -> None:
    faults = counter.send("secretary", odd_workbook(counter), language="en").json()["faults"]
    told = {(one["field"], one["code"]): one["detail"] for one in faults}
    assert "党员编号 / Number" in told["积分记录!F1", "unknown_heading"]
    assert "、" not in told["积分记录!F1", "unknown_heading"]
    assert "“姓名 / Name” must be filled in" in told["积分记录!B6", "missing_value"]
    assert "积分项" in told["草稿", "unknown_sheet"], "the template's own sheet"


def test_a_refusal_of_the_record_names_the_column_and_not_the_field(counter: Counter) -> None:
    row = counter.row(OTHER, "EXC-A01", tier="adopted")
    (fault,) = counter.send("secretary", counter.workbook({**row, "tier": None, "matter": "建议1号"})).json()["faults"]
    assert "tier" not in fault["detail"]
    assert "“档次”" in fault["detail"]
