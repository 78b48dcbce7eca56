"""Appeals, complaints and suggestions on pages: from the own record to the answer."""

from __future__ import annotations

import re

from tests.files.samples import photograph
from tests.town import Desk
from tests.web.conftest import Browser
from tests.web.test_roster import hidden


def appealed(browser: Browser, desk: Desk) -> str:
    """林晓明 appeals against a missed theme day, from the own page; the address of the appeal."""
    desk.recorded("group_leader", desk.town.missed("林晓明", reason="未到会"))
    browser.log_in("林晓明")
    (path,) = re.findall(r'href="(/entries/[^"]+/appeal)"', browser.open("/my").text)
    empty = browser.send(path, {**hidden(browser, path), "text": " "}, page=path)
    assert empty.status_code == 422
    assert re.search(r'id="fault-text">[^<]+', empty.text)
    form = {**hidden(browser, path), "text": "当天在第二支部参加了活动"}
    there = browser.send(path, form, page=path, files={"files": ("照片.jpg", photograph())})
    assert "五个工作日内答复" in there.text, there.text
    (file,) = re.findall(r'href="(/appeals/[^"]+/files/[0-9a-f]{64})"', there.text)
    assert browser.open(file).status_code == 200
    return str(there.url.path)


def test_an_appeal_leads_from_the_own_entry_to_an_answer_that_gives_the_points_back(
    browser: Browser, desk: Desk
) -> None:
    before = desk.total("林晓明")
    here = appealed(browser, desk)
    assert here in browser.open("/appeals").text
    own = browser.open("/my").text
    assert f'<a href="{here}">' in own, "it stands on the member's page"
    assert re.search(r'<rect [^>]+class="open"></rect>\s*<text [^>]+>990</text>', own), "the quarter as it stands now"
    browser.log_in("secretary")
    assert here in browser.open("/appeals", mine="true").text
    form = {"outcome": "upheld", "answer": "经核实，属实。"}
    tried = browser.send(f"{here}/decision", {**form, "act": "preview"}, page=here)
    assert re.search(rf"{before - 10} → <b>{before}</b>", tried.text), tried.text
    assert desk.total("林晓明") == before - 10
    done = browser.send(f"{here}/decision", {**form, "act": "save"}, page=here)
    assert "已答复，并告知本人" in done.text
    assert desk.total("林晓明") == before
    browser.log_in("林晓明")
    assert "经核实，属实。" in browser.open(here).text


def test_an_appeal_gets_more_time_once_and_is_withdrawn_by_its_member(browser: Browser, desk: Desk) -> None:
    here = appealed(browser, desk)
    browser.log_in("secretary")
    more = browser.send(f"{here}/extension", {"reason": "需向主办方核实"}, page=here)
    assert "需向主办方核实" in more.text
    assert f'action="{here}/extension"' not in more.text
    assert f'action="{here}/withdrawal"' not in more.text
    browser.log_in("林晓明")
    gone = browser.send(f"{here}/withdrawal", {"state": "open"}, page=here)
    assert "申诉已撤回" in gone.text, gone.text


def test_a_suggestion_from_the_foot_of_a_page_is_answered_by_the_district(browser: Browser) -> None:
    browser.log_in("林晓明")
    (path,) = re.findall(r'href="(/complaints/new[^"]*)"', browser.open("/my").text)
    form = {**hidden(browser, path), "text": "通知太晚", "anonymous": "1"}
    sent = browser.send("/complaints/new", form, page=path)
    assert "编号 2026-0001" in sent.text, sent.text
    browser.log_in("auditor")
    read = browser.open("/complaints").text
    assert "通知太晚" in read
    assert "林晓明" not in read.split("<main", 1)[1]
    browser.log_in("district_officer")
    assert '意见建议待答复</a> <b class="badge">1</b>' in browser.open("/").text
    (answer,) = re.findall(r'action="(/complaints/[^"]+/answer)"', browser.open("/complaints").text)
    assert "已答复" in browser.send(answer, {"answer": "下次提前三天通知"}, page="/complaints").text
    assert "意见建议待答复" not in browser.open("/").text
    browser.log_in("林晓明")
    assert "下次提前三天通知" in browser.open("/complaints/new").text
