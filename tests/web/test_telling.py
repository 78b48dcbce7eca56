"""What a message asks for is a click away; and who has no account is told in person, on record."""

from __future__ import annotations

import re

from tests.town import Desk
from tests.web.conftest import Browser


def test_who_is_asked_to_tell_somebody_finds_the_page_and_writes_it_down_there(browser: Browser, desk: Desk) -> None:
    fact = desk.town.missed("陈建国", reason="未到会")
    desk.recorded("group_leader", fact, desk.town.missed("林晓明"))
    browser.log_in("secretary")
    home = browser.open("/").text
    assert '<a href="/tellings">1 条扣分待当面告知</a>' in home
    assert re.search(r'<li class="unread"><a href="/tellings">', home), "the message leads to where it is done"
    assert "陈建国" in browser.open("/tellings").text
    said = {"told_on": "2026-11-21", "told_in_person": "支部活动室，面谈", "said": "当天值班"}
    bare = browser.send("/tellings", said, page="/tellings")
    assert bare.status_code == 422
    assert 'id="fault-entry"' in bare.text, "nobody was ticked"
    done = browser.send("/tellings", {**said, "entry": fact["id"]}, page="/tellings")
    assert "已登记当面告知" in done.text
    assert "陈建国" not in done.text
    assert "当天值班" in browser.open("/tellings", told="true").text


def test_a_message_leads_its_reader_to_what_it_is_about(browser: Browser, desk: Desk) -> None:
    finding = desk.town.fact("林晓明", "EXC-F01", matter="任务7号", reason="无故未完成任务")
    desk.recorded("organisation_commissioner", finding)
    desk.recorded("group_leader", desk.town.missed("林晓明"))
    browser.log_in("林晓明")
    links = re.findall(r'<h2><a href="([^"]+)">', browser.open("/messages").text)
    assert {re.sub(r"/[0-9a-f-]{36}$", "", one) for one in links} == {"/my", "/submissions"}
    assert {browser.open(one).status_code for one in links} == {200}
