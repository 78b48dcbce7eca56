"""What the office lets boards and screens show: policies tried out and set, playlists put in order, screens let in."""

from __future__ import annotations

import html
import re

from app.boards.core import Audience
from app.boards.service import policy, versions
from tests.town import Desk
from tests.web.conftest import Browser

MEMBER = "林晓明"


def test_a_policy_is_tried_out_before_it_is_set_and_kept_in_versions(browser: Browser, desk: Desk) -> None:
    town = desk.town
    browser.log_in("district_officer")
    here = "/board-policies/members"
    assert MEMBER not in browser.open(here).text
    wanted = {"reach": "district", "top": "1", "names": "full"}
    tried = browser.send(here, {**wanted, "act": "preview"}, page=here)
    assert (tried.status_code, "预览：保存后会这样显示" in tried.text) == (200, True)
    assert any(name in tried.text for name in town.members), "as it would be: whole names"
    assert town.run(lambda c, a: policy(c, a, Audience.MEMBERS)).version == 0
    refused = browser.send(here, {**wanted, "top": "0", "act": "set"}, page=here)
    assert (refused.status_code, 'class="fault"' in refused.text) == (422, True)
    assert "已保存" in browser.send(here, {**wanted, "act": "set"}, page=here).text
    browser.send(here, {**wanted, "reach": "off", "act": "set"}, page=here)
    assert "不显示任何榜单" in browser.open(here).text
    held = town.run(lambda c, a: versions(c, a, Audience.MEMBERS))
    assert [(one.policy.version, one.policy.reach.value) for one in held] == [(2, "off"), (1, "district")]
    assert browser.open(here).text.count("<tr><td") == 2


def test_who_wishes_to_stand_on_no_board_says_so_alone(browser: Browser, desk: Desk) -> None:
    browser.log_in(MEMBER)
    assert "不显示我的姓名" in browser.open("/board").text
    told = browser.send("/board/own", {"shown": "0"}, page="/board")
    assert "您的姓名不再上榜" in told.text
    assert "允许显示我的姓名" in told.text
    browser.log_in("district_officer")
    assert "党员 1 名" in browser.open("/board-policies").text


def rows(*given: tuple[str, str, str, str]) -> dict[str, str]:
    """Position, kind, seconds and place of each row of the form."""
    found: dict[str, str] = {}
    for number, (position, kind, seconds, place) in enumerate(given, start=1):
        found |= {f"position.{number}": position, f"kind.{number}": kind, f"seconds.{number}": seconds}
        found |= {f"place.{number}": place, f"measure.{number}": "total", f"title.{number}": ""}
    return found


def test_a_playlist_is_put_in_order_and_a_screen_let_in_plays_it(browser: Browser, desk: Desk) -> None:
    town = desk.town
    browser.log_in("district_officer")
    empty = browser.open("/playlists/new").text
    (here,) = set(re.findall(r'action="(/playlists/[0-9a-f-]{36})"', empty))
    branch = f"branch:{town.branch}"
    form = {"name": "一楼大厅", "version": "0"}
    wrong = browser.send(here, form | rows(("1", "radar", "20", ""), ("2", "ranking", "1", "")), page="/playlists/new")
    assert wrong.status_code == 422
    assert "第 2 项" in wrong.text
    assert 'value="一楼大厅"' in wrong.text, "what was typed is kept"
    sent = rows(("2", "radar", "20", ""), ("1", "ranking", "30", branch), ("3", "", "20", ""))
    made = browser.send(here, form | sent, page="/playlists/new")
    assert (made.url.path, "已保存" in made.text) == (here, True)
    stored = desk.client.get("/api/v1/playlists", headers=desk.headers("district_officer")).json()["playlists"]
    steps = [(one["kind"], one["seconds"], one["place_id"]) for one in stored[0]["steps"]]
    assert steps == [("ranking", 30, str(town.branch)), ("radar", 20, None)]
    late = browser.send(here, form | {"name": "二楼"} | sent, page=here)
    assert (late.status_code, "第 1 版" in late.text) == (409, True)

    told = browser.send("/screens", {"name": "大厅", "path": town.root}, page="/screens")
    assert told.status_code == 201
    address = re.search(r'class="once">([^<]+)<', told.text)
    assert address is not None
    page, _, token = html.unescape(address[1]).partition("#")
    assert page.endswith("/screen")
    assert token not in browser.open("/screens").text, "told once"
    (chosen,) = re.findall(r'action="(/screens/[0-9a-f-]{36}/playlist)"', browser.open("/screens").text)
    browser.send(chosen, {"playlist_id": here.rpartition("/")[2]}, page="/screens")
    bearer = {"Authorization": f"Bearer {token}"}
    played = desk.client.get("/api/v1/screens/playlist", headers=bearer)
    assert [one["kind"] for one in played.json()["steps"]] == ["ranking", "radar"]
    browser.send(chosen.replace("/playlist", "/end"), page="/screens")
    assert desk.client.get("/api/v1/screens/playlist", headers=bearer).status_code == 401


def test_a_preview_is_the_screen_itself_for_who_may_look(browser: Browser, desk: Desk) -> None:
    page = browser.open("/screen", playlist="00000000-0000-4000-8000-000000000001")
    assert 'data-playlist="00000000-0000-4000-8000-000000000001"' in page.text
    assert "data-playlist" not in browser.open("/screen").text
    assert browser.open("/screen", playlist="x").status_code == 422
