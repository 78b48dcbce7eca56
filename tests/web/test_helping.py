"""Assistance cases and commendations, handled on pages from the line to the last step."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.cases.conftest import HELPER, LOW, Casebook, casebook
from tests.cases.test_commending import Meetings, meetings
from tests.cases.test_reminding import SLOW, Talks, talks
from tests.web.conftest import SITE, Browser

__all__ = ["casebook", "meetings", "talks"]


@pytest.fixture
def clerk(meetings: Meetings) -> Browser:
    """A browser where the year's list is made."""
    client = TestClient(meetings.desk.client.app, base_url=SITE, raise_server_exceptions=False)
    return Browser(client, meetings.town)


def form(browser: Browser, path: str, action: str) -> dict[str, str]:
    """What a page's form carries hidden."""
    page = browser.open(path)
    assert page.status_code == 200, page.text
    found = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page.text, re.DOTALL)
    assert found is not None, f"no form for {action}"
    hidden = r'<input type="hidden" name="(\w+)" value="([^"]*)"'
    return {name: value for name, value in re.findall(hidden, found[0]) if name != "csrf"}


def sent(browser: Browser, page: str, action: str, **fields: Any) -> Any:
    return browser.send(action, {**form(browser, page, action), **fields}, page=page)


def test_a_case_goes_over_the_board_by_whose_turn_it_is(browser: Browser, casebook: Casebook) -> None:
    casebook.seal()
    browser.log_in("secretary")
    (here,) = set(re.findall(r'href="(/cases/[0-9a-f-]{36})"', browser.open("/cases").text))
    bare = sent(browser, here, f"{here}/talk", held_on="2026-10-12")
    assert bare.status_code == 422
    assert '<span class="fault">' in bare.text, "why, beside the field"
    talked = sent(browser, here, f"{here}/talk", held_on="2026-10-12", note="本人说明三季度轮班较多")
    assert "谈话已登记" in talked.text
    helper = str(casebook.town.members[HELPER])
    planned = sent(browser, here, f"{here}/plan", problems="三次缺席", measures="参加晚间场次", helper_id=helper)
    assert "帮扶中" in planned.text
    assert f"{here}/acceptance" not in planned.text, "the committee's turn, not the branch's"
    browser.log_in("committee_officer")
    done = sent(browser, here, f"{here}/acceptance", note="各项职责已履行")
    assert "已验收" in done.text
    assert LOW in browser.open("/cases", ended="true").text


def test_a_reminder_talk_is_written_down_beside_the_cases(browser: Browser, talks: Talks) -> None:
    action = f"/cases/reminder-talks/{talks.seen()[0]['id']}"
    browser.log_in("committee_officer")
    assert SLOW not in browser.open("/cases").text, "a warning is the secretary's to know"
    assert "待提醒谈话" not in browser.open("/").text
    browser.log_in("secretary")
    assert "1 人待提醒谈话" in browser.open("/").text
    bare = sent(browser, "/cases", action, held_on="2026-10-12")
    assert bare.status_code == 422
    assert '<span class="fault">' in bare.text
    done = sent(browser, "/cases", action, held_on="2026-10-12", note="本人说明轮班较多")
    assert "提醒谈话已登记" in done.text
    assert "本人说明轮班较多" in browser.open("/cases", ended="true").text


def test_the_overdue_are_marked_on_the_board(browser: Browser, casebook: Casebook) -> None:
    casebook.seal()
    browser.log_in("secretary")
    assert "逾期 2026" not in browser.open("/cases").text
    casebook.on(date(2026, 10, 27))
    browser.log_in("secretary")
    assert "逾期 2026年10月26日" in browser.open("/cases").text


def test_the_list_is_decided_put_on_notice_confirmed_and_handed_over(clerk: Browser, meetings: Meetings) -> None:
    clerk.log_in("secretary")
    page = clerk.open("/commendations").text
    assert "某一指标有失误扣分" in page, "who is kept off stands there with why"
    rows = meetings.listed()
    chosen = {f"choice.{rows[name]['id']}": "recommend" for name in ("良一", "良二")}
    chosen |= {f"votes.{rows[name]['id']}": "6" for name in ("良一", "良二")}
    there = "/commendations?quarter=2026Q4"
    meeting = {"held_on": "2027-01-12", "votes_cast": "7", **chosen}
    decided = sent(clerk, there, "/commendations/decisions", **meeting)
    assert "支部大会决定已登记" in decided.text
    branch = str(clerk.town.branch)
    assert "已公示" in sent(clerk, there, "/commendations/notices", branch_id=branch).text
    meetings.on(date(2027, 1, 20))
    clerk.log_in("committee_officer")
    committee = str(clerk.town.committee)
    sent(clerk, there, "/commendations/confirmations", organisation_id=committee)
    sent(clerk, there, "/commendations/hand-overs", organisation_id=committee, document="〔2027〕3号")
    assert meetings.states()["良一"] == "handed_over"


def test_who_objects_is_answered_on_the_page_of_the_name(clerk: Browser, meetings: Meetings) -> None:
    meetings.decide("良一", "良二")
    meetings.publish()
    one = meetings.listed()["良一"]["id"]
    clerk.log_in("良七")
    objected = sent(clerk, "/commendations", f"/commendations/{one}/objections", note="有不同看法")
    assert "异议已收到" in objected.text
    clerk.log_in("committee_officer")
    here = f"/commendations/{one}"
    assert "有不同看法" in clerk.open(here).text
    answered = sent(clerk, here, f"{here}/objection-answers", upheld="true", note="属实")
    assert "已划去" in answered.text
