"""Lists that are taken away as workbooks: what the page shows, marked and written down."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.web import exporting
from tests.town import Desk
from tests.web.conftest import Browser


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def test_a_list_is_exported_as_far_as_its_reader_sees_it_and_as_it_was_asked_for(browser: Browser, desk: Desk) -> None:
    desk.town.add_member("=1+1")
    desk.recorded("group_leader", desk.town.missed("陈建国"), desk.town.praise("林晓明", reason="@建议"))
    browser.log_in("secretary")
    title, heads, *rows = rows_of(browser.open("/members", **{"as": "workbook"}))
    assert "导出人 secretary" in title[0]
    assert heads[:4] == ("编号", "姓名", "党支部", "日常积分")
    names = {row[1]: row for row in rows}
    assert set(names) == {"林晓明", "陈建国", "'=1+1"}, "of the own branch, and as text"
    assert names["陈建国"][6] == desk.total("陈建国") < 1000
    only = rows_of(browser.open("/members", q="陈建国", **{"as": "workbook"}))[2:]
    assert [row[1] for row in only] == ["陈建国"]
    waiting = rows_of(browser.open("/submissions", state="submitted", **{"as": "workbook"}))[2:]
    assert [(row[1], row[2], row[5], row[8]) for row in waiting] == [("林晓明", "EXC-A01", 10, "'@建议")]
    assert rows_of(browser.open("/meetings", **{"as": "workbook"}))[1][:2] == ("日期", "主题")
    browser.client.cookies.clear()
    browser.log_in("auditor")
    log = browser.open("/access-log", action="list:export").text
    assert log.count("导出列表</td>") == 4
    assert "q=陈建国&amp;as=workbook" in log


def test_more_rows_than_a_workbook_takes_are_refused_with_what_to_do(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_MAX", 1)
    browser.log_in("secretary")
    refused = browser.open("/members", **{"as": "workbook"})
    assert refused.status_code == 422
    assert "缩小范围" in refused.text
