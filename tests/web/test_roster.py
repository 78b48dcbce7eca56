"""Members enrolled, transferred and exempted on pages; the roster and entries imported from workbooks."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl

from app.auth.core import Role
from app.enrolment.template import write_roster
from app.imports import service as imports
from app.imports.template import write_template
from app.kit.sheet_records import REASON
from tests.town import Desk
from tests.web.conftest import Browser


def hidden(browser: Browser, path: str) -> dict[str, str]:
    """What the first form of a page brings along, but for its token."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', browser.open(path).text))
    return {key: value for key, value in found.items() if key != "csrf"}


def test_a_member_is_enrolled_and_what_is_wrong_is_told_beside_its_field(browser: Browser) -> None:
    browser.log_in("secretary")
    path = "/members/new"
    form = {
        **hidden(browser, path), "number": "X900", "name": "高远", "joined_on": "2015-07-01",
        "entered_on": "2026-11-20", "profile": "普通党员",
    }  # fmt: skip
    refused = browser.send(path, {**form, "id_number": "110101199001011111"}, page=path)
    assert refused.status_code == 422
    assert re.search(r'id="fault-id_number">[^<]*校验不通过', refused.text)
    assert 'value="高远"' in refused.text
    done = browser.send(path, form, page=path)
    assert done.url.path.endswith("/membership"), done.text
    assert "已登记高远" in done.text
    assert browser.send(path, form, page=path).url == done.url, "sent twice it is one"
    assert "高远" in browser.open("/members").text


def test_a_transfer_is_proposed_by_one_branch_and_answered_by_the_other(browser: Browser) -> None:
    town = browser.town
    town.appoint("next_door", Role.SECRETARY, town.path(town.committee, town.neighbour))
    browser.log_in("secretary")
    member = town.members["陈建国"]
    path = f"/transfers/new?member={member}"
    form = {**hidden(browser, path), "to_branch_id": str(town.neighbour), "reason": "工作调动"}
    there = browser.send("/transfers/new", form, page=path)
    assert "等待答复" in there.text
    assert "/acceptance" not in there.text, "who asks does not answer"
    here = there.url.path
    line = '组织关系转接待答复</a> <b class="badge">1</b>'
    assert line not in browser.open("/").text
    browser.log_in("next_door")
    assert line in browser.open("/").text, "it is the other side's turn"
    assert here in browser.open("/transfers", state="proposed").text
    done = browser.send(f"{here}/acceptance", hidden(browser, here), page=here)
    assert "已接收" in done.text, done.text
    assert "陈建国" in browser.open("/members").text


def test_an_exemption_is_tried_out_before_it_is_written_down(browser: Browser, desk: Desk) -> None:
    desk.recorded("group_leader", desk.town.missed("陈建国", reason="未到会"))
    browser.log_in("committee_officer")
    here = f"/members/{browser.town.members['陈建国']}/membership"
    form = {**hidden(browser, here), "ground": "illness", "from_on": "2026-11-01"}
    path = here.replace("membership", "exemptions")
    tried = browser.send(path, {**form, "act": "preview"}, page=here)
    assert "试算（未保存）" in tried.text, tried.text
    assert "重病</th>" not in tried.text
    saved = browser.send(path, {**form, "act": "save"}, page=here)
    assert saved.url.path == here
    assert "重病</th>" in saved.text


def test_a_roster_is_looked_at_given_back_with_its_faults_and_imported(browser: Browser) -> None:
    browser.log_in("district_officer")
    path = "/roster/import"
    row = {
        "number": "X901", "name": "高远", "joined_on": "2015-07-01", "branch": "ZB77", "profile": "普通党员",
        "entered_on": "2026-11-20",
    }  # fmt: skip
    refused = send(browser, path, roster(row), act="preview")
    assert refused.status_code == 422
    assert "ZB77" in refused.text
    kept = {key: value for key, value in _hidden_of(refused.text).items() if key in ("kept", "kept_name")}
    back = browser.send(path, {**kept, "act": "faults"}, page=path)
    book = openpyxl.load_workbook(BytesIO(back.content))
    sheet = book["党员"]
    assert sheet.cell(1, sheet.max_column).value == REASON
    assert "ZB77" in str(sheet.cell(2, sheet.max_column).value)
    cells = [cell for cell in sheet[2] if cell.value == "ZB77"]
    cells[0].value = "ZB01"
    target = BytesIO()
    book.save(target)
    looked = send(browser, path, target.getvalue(), act="preview")
    assert "高远" in looked.text, looked.text
    assert "高远" not in browser.open("/members").text, "a preview saves nothing"
    kept = _hidden_of(looked.text)
    done = browser.send(path, {"kept": kept["kept"], "kept_name": kept["kept_name"], "act": "import"}, page=path)
    assert done.url.path == "/roster"
    assert "高远" in browser.open("/members").text


def test_entries_are_imported_once_and_taken_back_as_one(browser: Browser, desk: Desk) -> None:
    before = desk.total("陈建国")
    browser.log_in("secretary")
    path = "/imports/new"
    number = f"N{list(desk.town.members).index('陈建国'):04d}"
    row = {"number": number, "name": "陈建国", "item": "ORG-D02", "day": "2026-11-05", "outcome": "未履行"}
    target = BytesIO()
    write_template(target, desk.town.run(imports.items_offered), [row])
    first = hidden(browser, path)
    looked = send(browser, path, target.getvalue(), act="preview", **first)
    assert "预览（未保存）" in looked.text, looked.text
    assert desk.total("陈建国") == before
    done = browser.send(path, {**first, **_hidden_of(looked.text), "act": "import"}, page=path)
    assert desk.total("陈建国") == before - 10
    here = done.url.path
    again = send(browser, path, target.getvalue(), act="import", **hidden(browser, path))
    assert again.status_code == 409
    assert 'name="again"' in again.text
    back = browser.send(f"{here}/reversal", {**hidden(browser, here), "reason": "导错文件"}, page=here)
    assert "已冲正 1 行" in back.text, back.text
    assert desk.total("陈建国") == before


def roster(*members: Any) -> bytes:
    target = BytesIO()
    write_roster(target, {"member": members})
    return target.getvalue()


def send(browser: Browser, path: str, book: bytes, **form: str) -> Any:
    return browser.send(path, form, page=path, files={"file": ("名册.xlsx", book)})


def _hidden_of(html: str) -> dict[str, str]:
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    return {key: value for key, value in found.items() if key != "csrf"}
