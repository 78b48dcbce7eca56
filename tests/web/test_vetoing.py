"""A veto that was decided is filed and lifted on a page, where the message about it leads."""

from __future__ import annotations

from app.kit.ids import new_id
from tests.submissions.test_vetoes import vetoed
from tests.town import Desk
from tests.web.conftest import Browser


def test_the_district_files_a_veto_and_lifts_it_when_its_ground_is_annulled(browser: Browser, desk: Desk) -> None:
    veto = vetoed(desk)
    browser.log_in("林晓明")
    assert "未备案" in browser.open("/vetoes").text
    assert f"/vetoes/{veto}/lifting" not in browser.open("/vetoes").text
    browser.log_in("district_officer")
    assert '<h2><a href="/vetoes">' in browser.open("/messages").text
    here = f"/vetoes/{veto}"
    assert browser.send(f"{here}/filing", {}, page="/vetoes").status_code == 422, "under a number"
    filed = browser.send(f"{here}/filing", {"under": "备〔2026〕1号"}, page="/vetoes")
    assert "备〔2026〕1号" in filed.text
    said = {"id": str(new_id()), "why": "annulled", "reason": "处分决定已撤销"}
    lifted = browser.send(f"{here}/lifting", said, page="/vetoes")
    assert "已解除，并告知本人" in lifted.text
    assert desk.standing("林晓明")["vetoes"] == 0
