"""A survey called, its slips printed and answered on a phone's page that leaves no trace."""

from __future__ import annotations

import re

import pytest

from tests.surveys.conftest import AFTER, LAST, Booth, booth
from tests.surveys.test_anonymity import dumped
from tests.web.conftest import Browser
from tests.web.test_helping import sent

__all__ = ["booth"]


def test_a_survey_is_called_answered_and_read_after_its_close(browser: Browser, booth: Booth) -> None:
    browser.log_in("committee_officer")
    today = booth.town.actor().today.isoformat()
    form = {"title": "职工测评", "kind": "staff", "subject": "branch", "about": str(booth.town.branch), "voters": "8"}
    called = sent(browser, "/surveys", "/surveys", **form, opens_on=today, closes_on=LAST.isoformat())
    assert "测评已发起" in called.text, called.text
    (here,) = set(re.findall(r'href="(/surveys/[0-9a-f-]{36})"', called.text))
    slips = browser.send(f"{here}/slips", page=here)
    assert slips.status_code == 201
    codes = re.findall(r'class="code">([^<]+)<', slips.text)
    address = re.search(r"/answer/[^\s<\"&]+", slips.text)
    assert address is not None, "a slip leads to the page"
    for code in codes[:6]:
        counted = browser.client.post(address[0], data={"code": code, "choice.1.overall": "satisfied"})
        assert (counted.status_code, "已计入" in counted.text) == (200, True)
    assert "结束前不显示结果" in browser.open(here).text
    booth.live_until(AFTER)
    assert booth.keep() == 1
    browser.log_in("committee_officer")
    assert re.search(r"有效答卷 6 · 满意 <b>6</b>", browser.open(here).text)


def test_what_is_refused_comes_back_and_a_code_counts_once(browser: Browser, booth: Booth) -> None:
    survey, codes = booth.open()
    path = f"/answer/{booth.town.district.code}/{survey['number']}"
    assert "overall" in browser.open(path).text
    sheet = {"code": codes[0], "choice.1.overall": "satisfied"}
    assert browser.client.post(path, data={"choice.1.overall": "satisfied"}).status_code == 422
    assert browser.client.post(path, data=sheet).status_code == 200
    again = browser.client.post(path, data=sheet)
    unknown = browser.client.post(path, data={**sheet, "code": "0000-0000-0000"})
    assert again.status_code == unknown.status_code == 422
    told = [re.search(r'class="refusal".*?</div>', one.text, re.DOTALL) for one in (again, unknown)]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0][0] == told[1][0], "spent and unknown are told alike"
    assert 'value="satisfied" checked' in again.text, "what was chosen is kept"


def test_the_page_leaves_no_more_trace_than_the_api(
    browser: Browser, booth: Booth, capfd: pytest.CaptureFixture[str]
) -> None:
    survey, codes = booth.open()
    path = f"/answer/{booth.town.district.code}/{survey['number']}"
    browser.log_in("林晓明")
    before, measured = dumped(booth), browser.client.get("/metrics").text.count("/answer/")
    capfd.readouterr()
    assert browser.open(path).status_code == 200
    assert browser.client.post(path, data={"code": codes[0], "choice.1.overall": "satisfied"}).status_code == 200
    assert "/answer/" not in capfd.readouterr().err
    assert browser.client.get("/metrics").text.count("/answer/") == measured
    after = dumped(booth)
    changed = {name: len(after[name] - before[name]) for name in after if after[name] != before[name]}
    assert changed == {"answer_box": 1}
