"""Facts about one member, recorded, tried out and reviewed on pages."""

from __future__ import annotations

import re
from typing import Any

from app.kit.ids import new_id
from tests.files.samples import photograph
from tests.town import Desk
from tests.web.conftest import Browser


def form(browser: Browser, name: str, item: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    """The page of an item about a member, and its form with what a person fills in."""
    path = f"/record?member={browser.town.members[name]}&item={item}"
    page = browser.open(path)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return path, {**hidden, "effective_on": "2026-11-05", **fields}


def test_a_member_is_found_by_name_and_an_item_with_its_article(browser: Browser) -> None:
    browser.log_in("secretary")
    found = browser.open("/record", q="陈").text
    assert "陈建国" in found
    assert "林晓明" not in found
    items = browser.open("/record", member=str(browser.town.members["陈建国"])).text
    assert "EXC-A01" in items
    path, _ = form(browser, "陈建国", "EXC-A01")
    assert "党员提出的合理化建议" in browser.open(path).text


def test_what_is_tried_out_is_not_saved(browser: Browser, desk: Desk) -> None:
    browser.log_in("secretary")
    before = desk.total("陈建国")
    path, filled = form(browser, "陈建国", "ORG-D02", outcome="missed", reason="未到会")
    tried = browser.send("/record", {**filled, "act": "preview"}, page=path)
    assert tried.status_code == 200, tried.text
    assert re.search(rf"总积分\s*{before} → <b>{before - 10}</b>", tried.text)
    assert desk.total("陈建国") == before
    saved = browser.send("/record", {**filled, "act": "save"}, page=path)
    assert saved.url.path == f"/members/{browser.town.members['陈建国']}"
    assert desk.total("陈建国") == before - 10
    undo = re.search(r'action="(/entries/[^"]+/reversal)\?just_saved=true"', saved.text)
    assert undo is not None, "right after saving it is taken back without being asked why"
    there = undo[1]
    assert f'href="{there}"' in saved.text, "later from the member's page"
    assert browser.send(there, {"id": str(new_id()), "reason": " "}, page=there).status_code == 422
    said = {"id": str(new_id()), "reason": "记错了人"}
    tried = browser.send(there, {**said, "act": "preview"}, page=there)
    assert re.search(rf"{before - 10} → <b>{before}</b>", tried.text), tried.text
    assert "已冲正，并告知本人" in browser.send(there, {**said, "act": "save"}, page=there).text
    assert desk.total("陈建国") == before


def test_an_addition_is_handed_in_reviewed_and_counts(browser: Browser, desk: Desk) -> None:
    before = desk.total("陈建国")
    browser.log_in("group_leader")
    path, filled = form(browser, "陈建国", "EXC-A01", tier="adopted", matter="建议 7 号", act="save")
    there = browser.send("/record", filled, page=path)
    assert "等待审核" in there.text
    again = browser.send("/record", filled, page=path)
    assert again.url == there.url, "sent twice it is one"
    browser.log_in("secretary")
    queue = browser.open("/reviews").text
    assert "建议 7 号" in queue
    done = browser.send("/reviews", {"id": there.url.path.rsplit("/", 1)[1]}, page="/reviews")
    assert "已通过 1 项" in done.text
    assert desk.total("陈建国") == before + 10


def test_of_many_that_are_approved_at_once_those_that_are_not_are_told_by_name(browser: Browser, desk: Desk) -> None:
    kept, gone = desk.town.praise("陈建国"), desk.town.praise("林晓明")
    desk.recorded("group_leader", kept, gone)
    browser.log_in("secretary")
    assert desk.decide("secretary", gone["id"], "refuse").status_code == 200
    done = browser.send("/reviews", {"id": [kept["id"], gone["id"], str(new_id())]}, page="/reviews").text
    assert "已通过 1 项。2 项没有通过：林晓明 EXC-A01：" in done
    assert "；—：" in done, "of what is not theirs nothing is said"


def test_a_refused_form_says_why_beside_its_field(browser: Browser) -> None:
    browser.log_in("secretary")
    path, filled = form(browser, "陈建国", "EXC-A01", tier="adopted", act="save")
    refused = browser.send("/record", filled, page=path)
    assert refused.status_code == 422
    assert re.search(r'id="fault-matter">[^<]+', refused.text)
    future = browser.send("/record", {**filled, "matter": "x", "effective_on": "2027-01-01"}, page=path)
    assert future.status_code == 409
    assert re.search(r'id="fault-effective_on">[^<]+', future.text)


def test_an_amount_and_its_evidence_are_kept_from_the_trial_to_the_entry(browser: Browser) -> None:
    browser.log_in("secretary")
    path, filled = form(browser, "陈建国", "SRV-D02", units="3", reason="社区义诊")
    files = {"files": ("签到表.jpg", photograph())}
    tried = browser.send("/record", {**filled, "act": "preview"}, page=path, files=files)
    assert tried.status_code == 200, tried.text
    kept = re.findall(r'name="evidence" value="([0-9a-f]{64})" checked', tried.text)
    assert len(kept) == 1, "nobody chooses the file twice"
    saved = browser.send("/record", {**filled, "evidence": kept[0], "act": "save"}, page=path)
    (file,) = re.findall(r'href="(/entries/[^"]+/evidence/[0-9a-f]{64})"', saved.text)
    assert browser.open(file).headers["content-type"] == "image/jpeg"
    refused = browser.send("/record", {**filled, "act": "save"}, page=path, files={"files": ("x.txt", b"text")})
    assert refused.status_code == 422
    assert re.search(r'id="fault-file">[^<]+', refused.text)


def test_a_return_needs_a_reason_and_reaches_who_handed_it_in(browser: Browser) -> None:
    browser.log_in("group_leader")
    path, filled = form(browser, "陈建国", "EXC-A01", tier="adopted", matter="建议 8 号", act="save")
    there = browser.send("/record", filled, page=path).url.path
    browser.log_in("secretary")
    bare = browser.send(f"{there}/decision", {"decision": "return"}, page=there)
    assert bare.status_code == 422
    returned = browser.send(f"{there}/decision", {"decision": "return", "note": "缺采纳通知单"}, page=there)
    assert "已退回" in returned.text
    browser.log_in("group_leader")
    assert re.search(rf'<a href="{there}">[^<]*</a>\s*<b class="late">已退回', browser.open("/").text), (
        "on the first page"
    )
    page = browser.open(there).text
    assert "缺采纳通知单" in page
    assert 'value="建议 8 号"' in page, "what was sent stands in the form"
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    right = {
        "seen": seen[1],
        "effective_on": "2026-11-05",
        "tier": "adopted",
        "matter": "建议 8 号",
        "reason": "附通知单",
    }
    bare = browser.send(f"{there}/again", {**right, "matter": " "}, page=there)
    assert bare.status_code == 422
    assert re.search(r'id="fault-matter">[^<]+', bare.text)
    files = {"files": ("通知单.jpg", photograph())}
    again = browser.send(f"{there}/again", right, page=there, files=files)
    assert "已重新提交" in again.text
    late = browser.send(f"{there}/again", right, page=there)
    assert late.status_code == 409
    browser.log_in("secretary")
    assert "附通知单" in browser.open(there).text
    assert "通知单.jpg" in browser.open(there).text
    assert browser.send(f"{there}/again", right, page=there).status_code == 403, "not the reviewer's to change"


def test_the_member_answers_a_finding_where_the_reviewer_reads_it(browser: Browser) -> None:
    browser.log_in("secretary")
    path, filled = form(
        browser, "林晓明", "LAW-F01", tier="self-criticism", matter="书面检查 3 号", reason="违反厂规", act="save"
    )
    page = browser.send("/record", filled, page=path)
    there = page.url.path
    assert there.startswith("/submissions/"), page.text
    browser.log_in("林晓明")
    assert there in browser.open("/").text
    browser.send(f"{there}/answer", {"answer": "当日外出，已请假。", "round": "1"}, page=there)
    browser.log_in("discipline_commissioner")
    assert "当日外出，已请假。" in browser.open(there).text


def test_each_number_of_a_member_leads_to_its_entries(browser: Browser, desk: Desk) -> None:
    desk.recorded("group_leader", desk.town.missed("陈建国", reason="未到会"))
    browser.log_in("secretary")
    page = browser.open(f"/members/{browser.town.members['陈建国']}").text
    for target in set(re.findall(r'href="#([\w-]+)"', page)) - {"content"}:
        assert f'id="{target}"' in page, target
    assert "未到会" in page
    assert "−10" in page


def test_the_check_of_a_branch_is_confirmed_in_bulk_and_a_wrong_entry_reversed(browser: Browser, desk: Desk) -> None:
    wrong = desk.town.missed("陈建国", reason="记错人")
    desk.recorded("group_leader", wrong)
    browser.log_in("secretary")
    here = f"/checks/2026Q4/{browser.town.branch}"
    assert "记错人" in browser.open(here).text
    assert here in browser.open("/checks", quarter="2026Q4").text
    undone = browser.send(f"{here}/{wrong['id']}", {"id": _new_id(browser, here), "reason": "不是本人"}, page=here)
    assert "已冲正" in undone.text
    done = browser.send(here, {"act": "all"}, page=here)
    assert "已确认" in done.text


def _new_id(browser: Browser, path: str) -> str:
    found = re.search(r'name="id" value="([0-9a-f-]{36})"', browser.open(path).text)
    assert found is not None
    return found[1]
