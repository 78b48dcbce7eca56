"""Review packs on pages: ordered and watched, told of, taken away marked, and seen by who may only."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.reviews import making, papers
from app.reviews.core_packs import PackState
from tests.reviews.conftest import MEMBER, Archive, archive, office
from tests.seals.conftest import Q3
from tests.web.conftest import Browser
from tests.web.test_helping import sent

__all__ = ["archive", "office"]


def order(browser: Browser, archive: Archive, **more: Any) -> Any:
    town = archive.office.desk.town
    form = {"quarter": Q3, "kind": "quarter", "scope": str(town.district.id), **more}
    return sent(browser, "/packs", "/packs", **form)


def test_a_pack_is_ordered_told_of_and_taken_away_marked(browser: Browser, archive: Archive) -> None:
    browser.log_in("district_officer")
    ordered = order(browser, archive)
    assert ordered.url.path == f"/packs/{archive.pack().id}", ordered.text
    assert "完成后会给您发消息" in ordered.text
    assert "考评材料已生成" in browser.open("/messages").text
    here = f"/packs/{archive.pack().id}"
    page = browser.open(here).text
    assert 'hx-trigger="every' not in page, "nothing more is to come"
    assert (archive.pack().digest or b"").hex() in page
    assert str(archive.pack().id) in browser.open("/packs").text

    refused = browser.send(f"{here}/copies", {"part": "report", "reason": ""}, page=here)
    assert (refused.status_code, "用途" in refused.text) == (422, True)
    taken = browser.send(f"{here}/copies", {"part": "table", "reason": "季度例会"}, page=here)
    assert taken.headers["content-disposition"].startswith('attachment; filename="longwen-2026Q3-')
    assert MEMBER in taken.content.decode("utf-8-sig")
    assert "用途：季度例会" in taken.content.decode("utf-8-sig")
    shown = browser.open(here).text
    assert re.search(r"季度例会</td>.*再次下载", shown, re.DOTALL)
    listed = archive.office.call("GET", "district_officer", f"packs/{archive.pack().id}/copies").json()["copies"]
    assert [(one["part"], one["reason"], one["taken_by_name"] is not None) for one in listed] == [
        ("table", "季度例会", True)
    ]


def test_a_page_watches_the_making_with_and_without_a_script_and_takes_it_back(
    browser: Browser, archive: Archive
) -> None:
    archive.office.run("pack")
    here = f"/packs/{archive.pack().id}"
    browser.log_in("district_officer")
    seen: list[str] = []

    def watch(percent: int) -> None:
        if percent == 50:
            seen.extend((browser.open(here).text, browser.open(f"{here}/progress").text))
            assert browser.send(f"{here}/cancel", page=here).url.path == "/packs"

    assert making.make(archive.shop, archive.pack().id, watch) is False
    whole, part = seen
    for text in seen:
        assert f'hx-get="{here}/progress" hx-trigger="every 1s"' in text
        assert '<progress max="100" value="50"' in text
    assert '<noscript><meta http-equiv="refresh"' in whole
    assert "<html" not in part
    assert browser.open(here).status_code == 404


def test_a_failure_is_told_with_the_way_out(
    browser: Browser, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    browser.log_in("district_officer")
    with monkeypatch.context() as patched:
        patched.setattr(papers, "contents", broken)
        order(browser, archive)
    assert archive.pack().state is PackState.FAILED
    assert "考评材料生成失败" in browser.open("/messages").text
    assert "重新生成" in browser.open(f"/packs/{archive.pack().id}").text
    order(browser, archive)
    told = browser.open("/messages").text
    assert "考评材料已生成" in told


def test_a_secretary_finds_the_own_branch_only(browser: Browser, archive: Archive) -> None:
    town = archive.office.desk.town
    archive.ask()
    browser.log_in("secretary")
    assert "等待生成" not in browser.open("/packs").text
    assert str(town.district.id) not in browser.open("/packs").text
    refused = order(browser, archive)
    assert refused.status_code == 404
    own = order(browser, archive, scope=str(town.branch))
    assert own.url.path == f"/packs/{archive.pack(town.branch).id}"
    listed = browser.open("/packs").text
    assert str(archive.pack().id) not in listed
    wall = browser.open("/packs/wall", quarter=Q3, branch=str(town.branch))
    assert wall.content.startswith(b"%PDF")
