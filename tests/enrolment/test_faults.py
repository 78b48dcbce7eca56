"""Every fault of a workbook is told at once, with its sheet, row and column; one fault, and nothing is imported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from app.enrolment.faults import RosterRefused
from app.kit.errors import BatchRefused, LongwenError
from app.kit.sheets import SheetFault
from tests.enrolment.conftest import CREDIT_CODE, Import, Rows, member, small_roster
from tests.kit.test_workbook import HOSTILE

Contents = Callable[[], dict[str, set[tuple[object, ...]]]]
Change = Callable[[Rows], None]


def faults_of(hand_in: Import, what: Rows | BytesIO) -> list[SheetFault]:
    with pytest.raises(RosterRefused) as refused:
        hand_in(what)
    found = [fault.error for fault in refused.value.faults]
    assert all(isinstance(one, SheetFault) and one.text("zh") and one.text("en") for one in found)
    return found  # type: ignore[return-value]  # just asserted


# The fault's code, where it stands, and what makes it. Rows begin at 2, below the headings.
FAULTY: list[tuple[str, str, Change]] = [
    ("missing_value", "党员!B3", lambda rows: rows["member"][1].update(name=None)),
    ("wrong_type", "党员!E3", lambda rows: rows["member"][1].update(joined_on="去年")),
    ("wrong_type", "党员!D2", lambda rows: rows["member"][0].update(phone=12.5)),
    ("wrong_type", "党员!C2", lambda rows: rows["member"][0].update(id_number=350603198001011234)),
    ("wrong_type", "党员!N2", lambda rows: rows["member"][0].update(points=-1)),
    ("not_a_choice", "两新组织!C2", lambda rows: rows["enterprise"][0].update(trade="房地产")),
    ("not_a_choice", "党员!I2", lambda rows: rows["member"][0].update(profile="外星人")),
    ("text_unusable", "党员!B2", lambda rows: rows["member"][0].update(name="王" * 41)),
    ("text_unusable", "党员!B2", lambda rows: rows["member"][0].update(name="王\u202e芳")),
    ("day_out_of_range", "党员!J2", lambda rows: rows["member"][0].update(entered_on=date(2027, 1, 1))),
    ("day_out_of_range", "党员!E2", lambda rows: rows["member"][0].update(joined_on=date(1900, 1, 1))),
    ("days_reversed", "党员!J2", lambda rows: rows["member"][0].update(entered_on=date(2004, 1, 1))),
    ("days_reversed", "党员!M4", lambda rows: rows["member"][2].update(exempt_until=date(2026, 6, 1))),
    ("repeated_in_workbook", "党员!A3", lambda rows: rows["member"][1].update(number="M1")),
    ("repeated_in_workbook", "党员!C3", lambda rows: rows["member"][1].update(id_number="000000198001010013")),
    ("repeated_in_workbook", "党小组!A2", lambda rows: rows["group"][0].update(code="B2")),
    ("repeated_in_workbook", "两新组织!A3", lambda rows: rows["enterprise"][1].update(credit_code=CREDIT_CODE)),
    ("unknown_reference", "党员!F3", lambda rows: rows["member"][1].update(branch="B9")),
    ("unknown_reference", "党支部!C2", lambda rows: rows["branch"][0].update(parent="C9")),
    ("unknown_reference", "党员!H2", lambda rows: rows["member"][0].update(enterprise="X")),
    ("unknown_reference", "任职!A2", lambda rows: rows["appointment"][0].update(number="M9")),
    ("group_elsewhere", "党员!G3", lambda rows: rows["member"][1].update(group="B1-G1")),
    ("credit_code_invalid", "两新组织!A2", lambda rows: rows["enterprise"][0].update(credit_code="91000000MA0001ABCX")),
    ("id_number_invalid", "党员!C2", lambda rows: rows["member"][0].update(id_number="000000198001010014")),
    ("id_number_invalid", "党员!C2", lambda rows: rows["member"][0].update(id_number="000000198013010013")),
    ("phone_invalid", "党员!D2", lambda rows: rows["member"][0].update(phone="打电话")),
    ("exemption_incomplete", "党员!L4", lambda rows: rows["member"][2].update(exempt_from=None)),
    ("exemption_incomplete", "党员!K4", lambda rows: rows["member"][2].update(ground=None)),
    ("reference_missing", "党员!O2", lambda rows: rows["member"][0].update(points=980)),
    ("person_missing", "任职!A4", lambda rows: rows["appointment"][2].update(login=None)),
    ("login_missing", "任职!C2", lambda rows: rows["appointment"][0].update(number="M2", login=None)),
    ("login_unusable", "任职!C4", lambda rows: rows["appointment"][2].update(login="a b c!")),
    ("role_elsewhere", "任职!E2", lambda rows: rows["appointment"][0].update(organisation="C1")),
]


@pytest.mark.parametrize(("code", "place", "change"), FAULTY, ids=[f"{code}-{place}" for code, place, _ in FAULTY])
def test_a_fault_is_named_by_its_place(
    code: str, place: str, change: Change, hand_in: Import, contents: Contents
) -> None:
    before = contents()
    rows = small_roster()
    change(rows)
    assert (code, place) in [(one.code, one.field) for one in faults_of(hand_in, rows)]
    assert contents() == before


def test_all_faults_are_told_at_once_in_the_order_of_the_workbook(hand_in: Import) -> None:
    rows = small_roster()
    rows["branch"][0]["form"] = "分散"
    rows["enterprise"][0]["credit_code"] = "1"
    rows["member"][0]["branch"] = "B9"
    rows["member"][2]["name"] = None
    rows["appointment"][2]["role"] = "主席"
    places = [one.field for one in faults_of(hand_in, rows)]
    assert places == ["党支部!D2", "两新组织!A2", "党员!F2", "党员!B4", "任职!D4"]


def test_a_row_at_fault_does_not_make_others_faulty(hand_in: Import) -> None:
    rows = small_roster()
    rows["branch"][0]["name"] = None  # its groups, members, firms and officers refer to it by its code
    assert [one.field for one in faults_of(hand_in, rows)] == ["党支部!B2"]


def test_a_repetition_names_both_rows(hand_in: Import) -> None:
    rows = small_roster()
    rows["member"].append(member("M1"))
    (fault,) = faults_of(hand_in, rows)
    assert "第 5 行 A 列" in fault.text("zh")
    assert "“党员”第 2 行" in fault.text("zh")


def test_personal_fields_are_not_repeated_in_a_fault(hand_in: Import) -> None:
    rows = small_roster()
    rows["member"][1]["id_number"] = "000000198001010013"
    rows["member"][2].update(id_number="00000019800101001X", phone=12.5)
    told = " ".join(one.text("zh") + one.text("en") for one in faults_of(hand_in, rows))
    assert "1980" not in told
    assert "12.5" not in told


def test_an_id_number_of_another_member_is_refused(hand_in: Import) -> None:
    hand_in(small_roster())
    (fault,) = faults_of(hand_in, {"member": [member("M9", id_number="000000198001010013")]})
    assert fault.code == "id_number_taken"
    assert "M1" in fault.text("zh")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("parent_changed", lambda rows: rows["group"][0].update(parent="B2")),
        ("entered_otherwise", lambda rows: rows["member"][1].update(entered_on=date(2020, 3, 2))),
        ("moved_too_early", lambda rows: rows["member"][1].update(branch="B1", entered_on=date(2020, 3, 1))),
        ("exemption_overlaps", lambda rows: rows["member"][2].update(exempt_from=date(2026, 8, 1))),
        ("login_of_another", lambda rows: rows["appointment"][2].update(name="钱某")),
        ("login_of_another", lambda rows: rows["appointment"][0].update(login="other")),
        ("appointed_otherwise", lambda rows: rows["appointment"][2].update(from_on=date(2024, 2, 1))),
    ],
)
def test_what_is_recorded_is_not_rewritten(code: str, change: Change, hand_in: Import, contents: Contents) -> None:
    hand_in(small_roster())
    before = contents()
    rows = small_roster()
    change(rows)
    assert code in {one.code for one in faults_of(hand_in, rows)}
    assert contents() == before


def test_a_code_keeps_its_kind(hand_in: Import) -> None:
    hand_in(small_roster())
    (fault,) = faults_of(hand_in, {"committee": [{"code": "B1", "name": "另一党委"}]})
    assert fault.code == "other_kind"


def test_a_second_change_on_one_day_waits_for_tomorrow(hand_in: Import) -> None:
    hand_in(small_roster())
    rows = small_roster()
    rows["member"][0]["group"] = "B1-G2"
    hand_in(rows)
    rows["member"][0]["group"] = "B1-G1"
    assert [one.code for one in faults_of(hand_in, rows)] == ["changed_today"]


def sheet_with(name: str, *rows: tuple[str, ...]) -> BytesIO:
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    target.seek(0)
    return target


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("unknown_sheet", sheet_with("党员名册", ("党员编号",))),
        ("missing_heading", sheet_with("基层党委", ("代码*",), ("C1",))),
        ("unknown_heading", sheet_with("基层党委", ("代码", "名称", "备注"))),
        ("repeated_heading", sheet_with("基层党委", ("代码", "名称", "名称"))),
        ("unknown_heading", sheet_with("基层党委", ("代码", "名称"), ("C1", "甲", "多出来的"))),
        ("missing_heading", sheet_with("基层党委", ("",), ("C1", "甲"))),
    ],
)
def test_sheets_and_headings_that_are_not_the_rosters_are_refused(code: str, made: BytesIO, hand_in: Import) -> None:
    assert code in {one.code for one in faults_of(hand_in, made)}


def test_columns_may_stand_in_any_order(hand_in: Import) -> None:
    report = hand_in(sheet_with("基层党委", ("名称*", "代码"), ("样例党委", " Ｃ１ ")))
    assert [change.key for change in report.changes] == ["C1"]


def test_formulas_are_refused_by_their_place(hand_in: Import, contents: Contents) -> None:
    before = contents()
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("基层党委")
        sheet.write_row(0, 0, ("代码", "名称"))
        sheet.write_formula(1, 0, '="C"&1', None, "C1")
        sheet.write(1, 1, "样例党委")
    target.seek(0)
    with pytest.raises(BatchRefused) as refused:
        hand_in(target)
    assert [fault.field for fault in refused.value.faults] == ["基层党委!A2"]
    assert contents() == before


@pytest.mark.parametrize(("make", "error"), HOSTILE, ids=[make.__name__ for make, _ in HOSTILE])
def test_a_hostile_workbook_changes_nothing(
    make: Callable[[], BytesIO], error: type[LongwenError], hand_in: Import, contents: Contents
) -> None:
    hand_in(small_roster())
    before = contents()
    with pytest.raises(error):
        hand_in(make())
    assert contents() == before
