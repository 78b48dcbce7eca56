"""Stars, grids and what the three administrators look after, on pages."""

from __future__ import annotations

import re

import pytest

from tests.ratings.conftest import Jury, jury
from tests.web.conftest import Browser
from tests.web.test_helping import sent

__all__ = ["jury"]


def test_a_branch_rates_itself_and_the_committee_signs_what_stands_side_by_side(browser: Browser, jury: Jury) -> None:
    round_id = jury.open()
    jury.done("POST", "district_officer", f"rating-rounds/{round_id}/measurement")
    rating = jury.rating_of(round_id, jury.desk.town.branch)["id"]
    here = f"/ratings/{rating}"
    browser.log_in("secretary")
    filled = sent(browser, here, f"{here}/indicators", **{"points.bonus": "0", "note.bonus": "无"})
    assert "已保存" in filled.text, filled.text
    early = sent(browser, here, f"{here}/submission")
    assert early.status_code in (409, 422)
    jury.submitted(rating)
    browser.log_in("committee_officer")
    page = browser.open(here).text
    assert "依据" in page, "what each measured value was made from"
    signed = sent(browser, here, f"{here}/signature")
    assert "已签字" in signed.text
    assert f"{here}/corrections" not in signed.text, "it is nobody's turn but the district's"


@pytest.mark.parametrize(
    ("login", "there", "not_there"),
    [
        ("system_administrator", ("/accounts", "/jobs", "/api-keys"), ("/appointments", "/access-log")),
        ("security_administrator", ("/accounts", "/appointments"), ("/jobs", "/access-log", "/api-keys")),
        ("auditor", ("/access-log", "/accounts", "/appointments", "/jobs"), ()),
    ],
)
def test_three_administrators_find_theirs_in_the_menu(
    browser: Browser, login: str, there: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    browser.log_in(login)
    found = set(re.findall(r'<li><a href="([^"]+)"', browser.open("/").text))
    assert set(there) <= found
    assert not found & set(not_there)


def test_an_account_is_opened_by_one_and_given_an_office_by_another(browser: Browser) -> None:
    browser.log_in("system_administrator")
    form = {"login": "newcomer", "name": "新任同志", "password": "a first one of 2026"}
    assert "已开户" in sent(browser, "/accounts", "/accounts", **form).text
    assert form["password"] not in sent(browser, "/accounts", "/accounts", **form).text, "refused, it is not shown"
    browser.log_in("security_administrator")
    found = re.search(r'href="/appointments\?account=([0-9a-f-]{36})">newcomer<', browser.open("/accounts").text)
    assert found is not None
    where = f"/appointments?account={found[1]}"
    office = {"role": "secretary", "path": browser.town.neighbour_path, "from_on": "2026-12-01"}
    assert "已任职" in sent(browser, where, "/appointments", **office).text
    assert "第二支部" in browser.open(where).text
    browser.log_in("auditor")
    assert "security_administrator" in browser.open("/access-log").text


def test_grids_are_founded_and_an_assignment_without_stars_says_what_is_missing(browser: Browser) -> None:
    browser.log_in("district_officer")
    assert "六个网格已建立" in browser.send("/grids/standard", page="/grids").text
    refused = browser.send("/grids/assignment", page="/grids")
    assert refused.status_code == 409, "without stars nobody is weighed"
    assert 'class="refusal"' in refused.text
