"""Quarters, rule books, digests, reforms, keys, key work and what goes wrong, on pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection

from app.auth.core import GRANTS, Actor, Role
from app.auth.core_access import Action, ObjectKind
from app.digests import making
from app.seals import service as seals
from app.web.access_words import ACTIONS, OBJECTS
from app.web.wording import KEY_PERMISSIONS
from tests.web.conftest import Browser
from tests.web.test_helping import form, sent
from tests.web.test_meetings import NEW, sheet

BOOK = "/rule-books/longwen/2026"
FILES = Path("scoring_rules/longwen")


def test_a_quarter_says_what_it_waits_for_and_the_calendar_what_it_does_not_know(browser: Browser) -> None:
    browser.log_in("committee_officer")
    assert 'href="/quarters/2026Q4"' in browser.open("/quarters").text
    quarter = browser.open("/quarters/2026Q4").text
    assert "记录到 2027年1月10日" in quarter
    assert "第一支部" in quarter
    assert browser.open("/quarters/2026Q4/certificate").status_code == 409, "nothing is sealed yet"
    known = browser.open("/calendar/2026").text
    assert "尚未公布" not in known
    assert "国庆节" in known
    assert "尚未公布" in browser.open("/calendar/2040").text


def test_an_item_is_found_from_anywhere_with_its_article_and_where_it_comes_from(browser: Browser) -> None:
    browser.log_in("林晓明")
    assert f'href="{BOOK}"' in browser.open("/rule-books").text
    edition = browser.open(BOOK).text
    assert f"{BOOK}/items/ORG-D02" in edition
    item = browser.open("/rules/ORG-D02")
    assert item.url.path == f"{BOOK}/items/ORG-D02"
    assert "主题党日" in item.text
    assert browser.open("/rules/NO-SUCH").status_code == 404
    assert "没有可对照的" in browser.open(f"{BOOK}/changes").text
    assert browser.open("/rule-books/simulation").status_code == 403, "a draft is the district's to try"


def test_a_draft_is_tried_on_a_quarter_and_its_faults_are_told_by_line(browser: Browser) -> None:
    browser.log_in("district_officer")
    page = "/rule-books/simulation"
    book, items = (FILES / "book.yaml").read_text(), (FILES / "2026" / "items.yaml").read_text()
    tried = browser.send(page, {"quarter": "2026Q3", "book": book, "items": items}, page=page)
    assert tried.status_code == 200, tried.text
    assert "没有人的等次或分数线会变" in tried.text
    broken = browser.send(page, {"quarter": "2026Q3", "book": book, "items": items + "\nnonsense: 1\n"}, page=page)
    assert broken.status_code == 422
    assert "nonsense" in broken.text
    assert re.search(r'<td class="number">\d+</td><td><code>nonsense', broken.text), "file, line and key"


def test_a_digest_is_read_and_printed_by_who_leads_a_committee(browser: Browser) -> None:
    def make(connection: Connection, actor: Actor) -> None:
        making.month(connection, actor, "2026-10")

    browser.town.run(make)
    browser.log_in("committee_officer")
    (found,) = re.findall(r'<th scope="row"><a href="(/digests/[0-9a-f-]{36})"', browser.open("/digests").text)
    page = browser.open(found).text
    assert "月调度" in page
    assert "与生成时相同" in page
    assert "<h2>数据</h2>" in browser.open(f"{found}/paper").text
    browser.log_in("secretary")
    assert browser.open(found).status_code == 403


def test_a_meeting_is_taken_back_from_the_page_that_saved_it(browser: Browser) -> None:
    browser.log_in("secretary")
    saved = browser.send(NEW, sheet(browser), page=NEW)
    undo = re.search(r'<form method="post" action="(/meetings/[^"]+/undoing\?version=1)"', saved.text)
    assert undo is not None
    assert "已整场撤销" in browser.send(undo[1]).text
    assert "保存后随即撤销" in browser.open(saved.url.path).text
    again = browser.send(NEW, sheet(browser), page=NEW)
    assert "到会 2 人" in again.text, "the same meeting can be written down anew"
    path = f"{again.url.path}/undoing"
    tried = browser.send(path, {"version": "1", "reason": "日期记错", "act": "preview"}, page=again.url.path)
    assert "试算（未保存）" in tried.text
    assert "已撤销" not in browser.open(again.url.path).text
    refused = browser.send(path, {"version": "1", "reason": " "}, page=again.url.path)
    assert (refused.status_code, 'class="refusal"' in refused.text) == (422, True)
    browser.log_in("group_leader")
    assert browser.send(path, {"version": "1", "reason": "日期记错"}).status_code == 404
    browser.log_in("secretary")
    assert "已整场撤销" in browser.send(path, {"version": "1", "reason": "日期记错"}, page=again.url.path).text


def test_a_branch_is_split_after_it_was_tried(browser: Browser) -> None:
    town = browser.town
    browser.log_in("committee_officer")
    here = f"/branches/{town.branch}/reform"
    assert f'href="{here}"' in browser.open("/roster").text
    action = f"/branches/{town.branch}/division"
    fields = {"code": "ZB77", "name": "第七支部", "members": str(town.members["陈建国"])}
    hidden = form(browser, here, action)
    tried = browser.send(action, {**hidden, **fields, "act": "preview"}, page=here)
    assert tried.status_code == 200, tried.text
    assert "第七支部</td>" in tried.text, "where each would go"
    assert "ZB77" not in browser.open("/roster").text
    done = browser.send(action, {**hidden, **fields, "act": "save"}, page=here)
    assert "已分设新支部" in done.text
    assert "ZB77" in done.text
    everybody = browser.send(f"/branches/{town.neighbour}/closing", {"id": hidden["id"], "act": "save"}, page=here)
    assert everybody.status_code == 409, "one with members is not closed"
    browser.log_in("secretary")
    assert browser.open(here).status_code == 403


def test_personal_data_is_shown_for_a_reason_that_the_log_keeps(browser: Browser) -> None:
    member = browser.town.members["陈建国"]
    here = f"/members/{member}/membership"
    browser.log_in("secretary")
    assert browser.send(f"/members/{member}/personal-data", {"reason": ""}, page=here).status_code == 422
    shown = browser.send(f"/members/{member}/personal-data", {"reason": "核对信息采集表"}, page=here)
    assert "已记入访问日志" in shown.text
    assert "已记入访问日志" not in browser.open(here).text, "it is shown once"
    browser.log_in("group_leader")
    assert f"/members/{member}/personal-data" not in browser.open(here).text
    browser.log_in("auditor")
    log = browser.open("/access-log").text
    assert "核对信息采集表" in log
    assert "查看个人信息" in log
    assert "personal_data:read</td>" not in log, "in words, not codes"


def test_a_key_is_made_and_its_token_told_once(browser: Browser) -> None:
    browser.log_in("system_administrator")
    fields = {"name": "企业人事系统", "path": browser.town.root, "expires_on": "2027-06-30"}
    none = browser.send("/api-keys/new", fields, page="/api-keys")
    assert none.status_code == 422, "a key that may nothing"
    made = browser.send("/api-keys/new", {**fields, "permissions": "roster:read"}, page="/api-keys")
    found = re.search(r'<code class="token">([^<]+)</code>', made.text)
    assert (made.status_code, found is not None) == (201, True), made.text
    assert found is not None
    listed = browser.open("/api-keys").text
    assert "企业人事系统" in listed
    assert found[1] not in listed
    bearer = {"Authorization": f"Bearer {found[1]}"}
    browser.client.cookies.clear()
    assert browser.client.get("/api/v1/members", headers=bearer).status_code == 200
    browser.log_in("auditor")
    assert 'action="/api-keys/new"' not in browser.open("/api-keys").text


def test_grids_are_changed_by_the_district_and_a_lead_without_stars_is_refused_on_the_page(browser: Browser) -> None:
    browser.log_in("district_officer")
    browser.send("/grids/standard", page="/grids")
    (here, *_) = re.findall(r'<h2><a href="(/grids/[^"]+)"', browser.open("/grids").text)
    name = "改名后的网格"
    changed = sent(browser, here, f"{here}/change", code="WG01", name=name, trades=[])
    assert name in changed.text, changed.text
    lead = {"id": str(browser.town.committee), "branch_id": str(browser.town.branch), "capacity": "3"}
    refused = browser.send(f"{here}/leads", lead, page=here)
    assert refused.status_code in (409, 422), "no star is on record"
    assert 'class="refusal"' in refused.text


def test_the_list_of_key_work_is_issued_by_the_district_and_read_by_all(browser: Browser) -> None:
    rows = {"number": ["1", "2", ""], "text": ["园区建设", "环境整治", ""], "responsible": ["园区党委", "街道", ""]}
    head = {"year": "2026", "from_on": "2026-11-21", "document": "龙两新〔2026〕2号"}
    browser.log_in("district_officer")
    longer = sent(browser, "/key-work", "/key-work", **head, **rows, act="more").text
    assert longer.count('name="number"') == len(rows["number"]) + 8
    assert 'value="环境整治"' in longer
    assert "试算（未保存）" in sent(browser, "/key-work", "/key-work", **head, **rows, act="preview").text
    assert "还没有发布清单" in browser.open("/key-work").text
    assert "已发布第 1 版" in sent(browser, "/key-work", "/key-work", **head, **rows, act="issue").text
    browser.log_in("林晓明")
    page = browser.open("/key-work").text
    assert "环境整治" in page
    assert 'action="/key-work"' not in page
    assert browser.send("/key-work", head).status_code == 403


def test_what_goes_wrong_is_a_page_in_the_readers_language_and_a_document_for_programs(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.log_in("secretary")
    browser.client.post("/display", data={"language": "en"}, headers=browser.origin)
    nowhere = browser.open("/no-such-page")
    assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in nowhere.text
    assert browser.open(f"/meetings/{browser.town.branch}/undoing").status_code == 405
    assert "takes a form" in browser.open("/logout").text
    wrong = browser.open("/calendar/12")
    assert (wrong.status_code, "text/html" in wrong.headers["content-type"]) == (422, True)

    def broken(*_: object) -> None:
        raise RuntimeError("the inside of it")

    monkeypatch.setattr(seals, "quarters", broken)
    failed = browser.open("/quarters")
    assert (failed.status_code, failed.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "internal error" in failed.text
    assert failed.headers["x-request-id"] in failed.text
    assert "the inside of it" not in failed.text
    for path in ("/no-such-page", "/api/v1/no-such-route"):
        program = browser.client.get(path)
        assert (program.status_code, program.headers["content-type"]) == (404, "application/problem+json")
    looked_at = browser.client.get("/api/v1/no-such-route", headers={"Accept": "text/html"})
    assert looked_at.headers["content-type"] == "application/problem+json", "the API is the API for browsers too"


def test_whatever_the_log_and_keys_hold_has_words() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(OBJECTS) == set(ObjectKind)
    assert set(KEY_PERMISSIONS) == GRANTS[Role.INTEGRATION]
