"""The template guides whoever fills it in, and what is written can be read back."""

from __future__ import annotations

from io import BytesIO

import openpyxl

from app.enrolment.layout import SHEETS
from app.enrolment.template import write_template
from app.kit.sheet_columns import INSTRUCTIONS
from app.kit.workbook import read_workbook
from tests.enrolment.conftest import small_roster, workbook_of


def test_the_template_has_instructions_headings_and_lists() -> None:
    target = BytesIO()
    write_template(target)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == [INSTRUCTIONS, *(layout.name for layout in SHEETS)]
    for layout in SHEETS:
        sheet = book[layout.name]
        headings = [str(cell.value).rstrip("*") for cell in sheet[1]]
        assert headings == [column.heading for column in layout.columns]
        assert sheet.freeze_panes == "A2"
        lists = {str(one.formula1).strip('"') for one in sheet.data_validations.dataValidation if one.type == "list"}
        assert lists == {",".join(column.choices) for column in layout.columns if column.choices}
        assert all(one.prompt for one in sheet.data_validations.dataValidation)
    said = " ".join(str(cell.value) for row in book[INSTRUCTIONS].iter_rows() for cell in row if cell.value)
    assert all(column.heading in said for layout in SHEETS for column in layout.columns)


def test_names_that_look_like_formulas_are_written_as_text() -> None:
    rows = small_roster()
    rows["committee"][0]["name"] = "=HYPERLINK(1)"
    sheets = read_workbook(workbook_of(rows), ignored=frozenset({INSTRUCTIONS}))
    assert sheets[0].rows[1].cells == ("C1", "'=HYPERLINK(1)")
