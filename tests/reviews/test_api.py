"""The quarter's sheet, opened as whoever downloads it would: with another program."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.auth.core import Role
from app.cycles import service as cycles
from app.kit.ids import new_id
from app.seals import sealing
from tests.town import Desk

COLUMNS_ZH = [
    "党支部",
    "姓名",
    "本季日常扣分",
    "日常扣分说明",
    "日常积分",
    "履职情况",
    "本季创新加分",
    "加分说明",
    "本季失误扣分",
    "扣分说明",
    "总积分",
    "日期",
    "季度",
]  # fmt: skip


def sheet(desk: Desk, login: str = "district_officer", quarter: str = "2026Q4", **headers: str) -> Any:
    path = f"/api/v1/quarters/{quarter}/sheet"
    return desk.client.get(path, headers={**desk.headers(login), **headers})


def opened(answer: Any) -> Workbook:
    assert answer.status_code == 200, answer.text
    return load_workbook(BytesIO(answer.content))


def rows(answer: Any) -> dict[str, list[Any]]:
    """The lines of the first page by name."""
    page = opened(answer).worksheets[0]
    return {str(row[1]): list(row) for row in page.iter_rows(min_row=2, values_only=True)}


def posted(desk: Desk, name: str, item: str, **facts: Any) -> None:
    fact = desk.town.fact(name, item, **{"reason": "查核属实", **facts})
    desk.posted("committee_officer", fact, "district_officer")


def test_the_sheet_has_thirteen_columns_and_a_line_for_each_member(desk: Desk) -> None:
    answer = sheet(desk)
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats-officedocument.spreadsheetml")
    assert 'filename="longwen-2026Q4-20261121T020000Z.xlsx"' in answer.headers["content-disposition"]
    page = opened(answer).worksheets[0]
    assert [cell.value for cell in page[1]] == COLUMNS_ZH
    assert (page.max_column, page.max_row) == (13, 4)
    assert [(row[0].value, row[1].value) for row in page.iter_rows(min_row=2)] == [
        ("第一支部", "林晓明"),
        ("第一支部", "陈建国"),
        ("第二支部", "周美玲"),
    ]
    line = rows(answer)["林晓明"]
    assert (line[11], line[12]) == (datetime(2026, 11, 21), "2026年第4季度")  # noqa: DTZ001 - a cell has no zone


def test_the_values_agree_with_the_standing(desk: Desk) -> None:
    desk.recorded(
        "committee_officer", desk.town.missed("林晓明"), desk.town.missed("林晓明", effective_on="2026-08-05")
    )
    posted(desk, "林晓明", "EXC-A01", tier="benefit", matter="建议1号")
    posted(desk, "林晓明", "EXC-A01", tier="adopted", matter="建议2号")
    posted(desk, "林晓明", "EXC-F01", matter="任务7号")
    standing = desk.standing("林晓明")
    line = rows(sheet(desk))["林晓明"]
    assert (line[4], line[10]) == (standing["daily"], standing["total"]) == (970, 990)
    assert (line[2], line[6], line[8]) == (20, standing["innovation"], -standing["fault"]) == (20, 30, 10)
    assert line[3] == "示范岗、责任区履职 -10；参加主题党日 -10"
    assert line[7] == "合理化建议被采纳 +40"
    assert line[9] == "未完成支部交办任务 -10"
    duties = standing["duties"]
    assert line[5].startswith("应尽")
    assert duties["missed"] == 1  # what was missed in November is due at its end
    assert f"缺失{duties['missed'] + 2}项" in line[5]
    assert rows(sheet(desk, quarter="2026Q3"))["林晓明"][2:11:2] == [10, 990, 0, 0, 990]


def test_numbers_are_numbers_and_text_is_text(desk: Desk) -> None:
    page = opened(sheet(desk)).worksheets[0]
    for row in page.iter_rows(min_row=2):
        assert "".join(str(cell.data_type) for cell in row) == "ssnsnsnsnsnds"
    assert page.freeze_panes == "C2"


HOSTILE = ['=HYPERLINK("http://example.invalid","奖")', "+1+1", "-2", "@SUM(A1)", "\t=1", "'=1", "{=1}", "<b>张</b>&"]


def test_what_looks_like_a_formula_stays_text(desk: Desk) -> None:
    for name in HOSTILE:
        desk.town.add_member(name)
    answer = sheet(desk)
    page = opened(answer).worksheets[0]
    assert not [cell.coordinate for row in page.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]
    names = [row[1].value for row in page.iter_rows(min_row=2)]
    for name in HOSTILE:
        assert any(str(found).lstrip("'").strip() == name.lstrip("'").strip() for found in names), names
    assert not [found for found in names if str(found).startswith(("=", "+", "-", "@", "\t"))]


def test_english_comes_for_the_asking(desk: Desk) -> None:
    posted(desk, "林晓明", "EXC-A01", tier="adopted", matter="建议2号")
    answer = sheet(desk, **{"Accept-Language": "en-GB,en;q=0.9"})
    book = opened(answer)
    assert book.sheetnames == ["Quarter", "Notes", "Adjustments"]
    headings = [str(cell.value) for cell in book.worksheets[0][1]]
    assert headings[:3] == ["Branch", "Name", "Lost on duties this quarter"]
    assert all(heading.isascii() for heading in headings)
    line = rows(answer)["林晓明"]
    assert (line[7], line[12]) == ("Suggestion adopted +10", "2026 Q4")
    assert line[5].endswith("too little is decided")


def test_the_notes_say_what_the_numbers_stand_on(desk: Desk) -> None:
    notes = {str(row[0]): str(row[1]) for row in opened(sheet(desk)).worksheets[1].iter_rows(values_only=True)}
    assert notes["区（县）"] == "测试区"
    assert notes["季度"] == "2026年第4季度"
    assert "longwen 2026 " in notes["细则版本"]
    assert notes["截至（UTC）"] == "2026-11-21T02:00:00+00:00"
    assert len(notes["快照编号"]) == 64
    again = {str(row[0]): str(row[1]) for row in opened(sheet(desk)).worksheets[1].iter_rows(values_only=True)}
    assert again == notes
    desk.recorded("committee_officer", desk.town.missed("林晓明"))
    changed = {str(row[0]): str(row[1]) for row in opened(sheet(desk)).worksheets[1].iter_rows(values_only=True)}
    assert changed["快照编号"] != notes["快照编号"]


def test_the_sheet_holds_only_who_is_in_reach(desk: Desk) -> None:
    desk.town.appoint("next-door", Role.SECRETARY, desk.town.neighbour_path)
    assert list(rows(sheet(desk, "secretary"))) == ["林晓明", "陈建国"]
    assert list(rows(sheet(desk, "next-door"))) == ["周美玲"]
    assert list(rows(sheet(desk, "committee_officer"))) == ["林晓明", "陈建国", "周美玲"]
    for login in ("林晓明", "group_leader", "hr", "auditor"):
        assert sheet(desk, login).status_code == 403


def test_a_secretary_of_two_branches_gets_both_and_no_third(desk: Desk) -> None:
    desk.town.appoint("secretary", Role.SECRETARY, desk.town.neighbour_path)
    assert len(rows(sheet(desk, "secretary"))) == 3


def test_a_correction_booked_later_stands_in_the_quarter_of_its_day(desk: Desk) -> None:
    desk.town.run(cycles.advance)
    wrong, late = (desk.town.missed(name, effective_on="2026-08-05") for name in ("林晓明", "陈建国"))
    results = desk.recorded("committee_officer", wrong, late)
    assert [one["entry"]["booked_in"] for one in results] == ["2026Q4", "2026Q4"]
    third = rows(sheet(desk, quarter="2026Q3"))
    assert (third["陈建国"][2], third["陈建国"][3], third["陈建国"][10]) == (10, "参加主题党日 -10", 990)
    body = {"id": str(new_id()), "reason": "登记错人"}
    path = f"/api/v1/entries/{wrong['id']}/reversal"
    assert desk.client.post(path, json=body, headers=desk.headers("secretary")).status_code == 201
    third, fourth = rows(sheet(desk, quarter="2026Q3")), rows(sheet(desk))
    assert (third["林晓明"][2], third["林晓明"][3] or "", third["林晓明"][10]) == (0, "", 1000)
    assert (fourth["陈建国"][2], fourth["陈建国"][4]) == (0, 990)


def test_who_left_before_the_quarters_end_has_no_line_in_it(desk: Desk) -> None:
    desk.town.leave("陈建国", date(2026, 8, 31))
    assert "陈建国" in rows(sheet(desk, quarter="2026Q2"))
    assert "陈建国" not in rows(sheet(desk, quarter="2026Q3"))


def test_who_moved_stands_where_they_were_at_the_quarters_end(desk: Desk) -> None:
    desk.town.move("陈建国", desk.town.neighbour, date(2026, 10, 5))
    assert rows(sheet(desk, quarter="2026Q3"))["陈建国"][0] == "第一支部"
    assert rows(sheet(desk))["陈建国"][0] == "第二支部"
    assert list(rows(sheet(desk, "secretary"))) == ["林晓明"]


def test_exempt_members_and_vetoes_are_said_to_be_so(desk: Desk) -> None:
    desk.town.add_member("冯老", profile="exempt")
    posted(desk, "林晓明", "LAW-V02")
    found = rows(sheet(desk))
    assert found["冯老"][5] == "免考核"
    assert (found["林晓明"][9], found["林晓明"][10]) == ("一票否决，有效分 0", 0)


def test_a_veto_stands_in_no_quarter_before_its_day(desk: Desk) -> None:
    posted(desk, "林晓明", "LAW-V02")
    assert rows(sheet(desk))["林晓明"][10] == 0
    earlier = rows(sheet(desk, quarter="2026Q3"))["林晓明"]
    assert (earlier[9] or "", earlier[10]) == ("", 1000)


@pytest.mark.parametrize(("quarter", "status"), [("2025Q4", 404), ("2026Q5", 422), ("2026", 422)])
def test_a_quarter_that_is_not_in_the_books_says_so(desk: Desk, quarter: str, status: int) -> None:
    answer = sheet(desk, quarter=quarter)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_sealed_quarter_gives_the_same_bytes_on_another_day(desk: Desk) -> None:
    """Its day is that of the freeze, until something is corrected in it; who took a copy is in the access log."""
    town, clock = desk.town, desk.town.clock
    town.run(cycles.advance)
    for quarter in ("2026Q1", "2026Q2", "2026Q3"):
        town.run(lambda connection, actor, quarter=quarter: cycles.seal(connection, actor, quarter))
    town.run(lambda connection, actor: sealing.freeze(connection, actor, "2026Q3"))
    frozen = clock.moment
    first = sheet(desk, quarter="2026Q3")
    clock.moment += timedelta(days=3)
    desk.forget()
    again = sheet(desk, quarter="2026Q3")
    assert again.content == first.content
    assert again.headers["content-disposition"] != first.headers["content-disposition"]
    assert rows(again)["林晓明"][11].date() == frozen.date()
    desk.recorded("committee_officer", town.missed("林晓明", effective_on="2026-08-05"))
    corrected = sheet(desk, quarter="2026Q3")
    assert (rows(corrected)["林晓明"][2], rows(corrected)["林晓明"][11].date()) == (10, clock.moment.date())
    clock.moment += timedelta(days=1)
    desk.forget()
    assert sheet(desk, quarter="2026Q3").content == corrected.content
    log = desk.client.get("/api/v1/access-log?action=quarter:export", headers=desk.headers("auditor")).json()["rows"]
    assert [(one["login"], one["object_id"]) for one in log] == [("district_officer", "2026Q3")] * 4
