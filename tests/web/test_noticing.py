"""The sheet of a branch for the wall, and the boards, on pages."""

from __future__ import annotations

from datetime import date

from tests.seals.conftest import Office, office
from tests.web.conftest import Browser

__all__ = ["office"]


def test_a_notice_that_has_not_begun_says_what_comes_first_and_one_that_has_is_a_sheet(
    browser: Browser, office: Office
) -> None:
    browser.log_in("林晓明")
    before = browser.open("/notices")
    assert before.url.path == f"/notices/2026Q3/{browser.town.branch}"
    assert "还没有公示" in before.text
    office.live(date(2026, 10, 11))
    for branch in ("branch", "neighbour"):
        office.confirmed("committee_officer", branch=branch)
    office.live(date(2026, 10, 16))
    browser.client.cookies.clear()
    browser.log_in("林晓明")
    sheet = browser.open(f"/notices/2026Q3/{browser.town.branch}").text
    assert "2026年第3季度党员积分公示" in sheet
    assert "<b>1000</b>" in sheet
    assert "陈建国" not in sheet, "names as the district's policy has them"
    assert 'class="number no-print">失误扣分' in sheet, "what hangs on a wall lists no faults"
    assert browser.open(f"/notices/2026Q3/{browser.town.neighbour}").status_code == 404


def test_a_board_shows_the_own_position_and_what_the_district_lets_be_seen(browser: Browser) -> None:
    browser.log_in("林晓明")
    board = browser.open("/board").text
    assert "我目前的名次" in board
    assert "林**" in board
    assert "陈建国" not in board
    assert browser.open("/board", place=str(browser.town.branch), measure="ORG").status_code == 200
    assert browser.open("/board", place=str(browser.town.neighbour)).status_code == 404
    past = browser.open("/board", on="2026-11-20", quarter="").text
    assert "2026-11-20 终了时" in past
    for of, told in (("branches", "参加排名不足 3 人的支部不列入"), ("stars", "按现有星级")):
        assert told in browser.open("/board", of=of).text
    refused = browser.open("/board", on="2026-11-20", quarter="2026Q3")
    assert (refused.status_code, "只能填写其中一项" in refused.text) == (422, True)
