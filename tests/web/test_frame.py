"""What holds for every page: the log-in, forms that only our pages send, two languages, nothing from another host."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from pyotp import TOTP

from app.auth import service_accounts
from app.web import screens
from app.web.entering import own_path
from app.web.posted import masked, unmasked
from app.web.rendering import STATIC
from tests.auth.people import CHEAP, PASSWORD
from tests.web.conftest import Browser

NAMES = re.compile("中文|测试区|城东街道党工委|第[一二]支部|第一党小组|林晓明|陈建国|[林陈周](?=[*]{2})")
CJK = re.compile(r"[一-鿿]")


PAGES = (
    *("/", "/messages", "/meetings", "/meetings/not-held", "/members", "/record", "/reviews", "/submissions"),
    *("/checks", "/roster", "/members/new", "/transfers", "/transfers/new", "/imports", "/imports/new", "/appeals"),
    *("/complaints/new", "/notices", "/board"),
)


class _Texts(HTMLParser):
    """What a reader of the page sees, with what is written in its language apart."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._kept: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "input", "br", "img", "hr"):
            self._kept.append(dict(attrs).get("lang"))

    def handle_endtag(self, tag: str) -> None:
        self._kept.pop()

    def handle_data(self, data: str) -> None:
        if "zh-CN" not in self._kept:
            self.found.append(data)


def texts(html: str) -> str:
    parser = _Texts()
    parser.feed(html)
    return "".join(parser.found)


def test_who_is_not_logged_in_is_led_to_the_log_in_and_back(browser: Browser) -> None:
    there = browser.client.get("/meetings", follow_redirects=False)
    assert there.status_code == 303
    assert there.headers["location"] == "/login?next=%2Fmeetings"
    form = {"login": f"{browser.town.district.code}/secretary", "password": "long enough to be wrong"}
    refused = browser.client.post(there.headers["location"], data=form, headers=browser.origin)
    assert refused.status_code == 401
    assert f'value="{form["login"]}"' in refused.text, "what was typed is kept"
    assert form["password"] not in refused.text
    browser.log_in("secretary")
    assert browser.open("/meetings").url.path == "/meetings"


@pytest.mark.parametrize(
    "back", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "", "x\n"]
)
def test_a_log_in_leads_to_no_other_host(back: str) -> None:
    assert own_path(back) == "/"


def test_a_form_from_elsewhere_does_nothing(browser: Browser) -> None:
    browser.log_in("secretary")
    foreign = browser.client.post("/messages/read", data={"csrf": ""}, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    guessed = browser.client.post("/messages/read", data={"csrf": "00" * 64}, headers=browser.origin)
    assert guessed.status_code == 403
    assert browser.send("/messages/read").status_code == 200


def test_the_token_of_a_form_is_another_each_time_and_the_same_underneath() -> None:
    token = "ab" * 32
    assert masked(token) != masked(token)
    assert unmasked(masked(token)) == token
    for broken in ("", "x", "abc", "00"):
        assert unmasked(broken) != token


def test_pages_speak_english_completely_once_switched(browser: Browser) -> None:
    browser.log_in("secretary")
    assert 'lang="zh-CN"' in browser.open("/").text
    browser.client.post("/display?next=/", data={"language": "en"}, headers=browser.origin)
    for path in PAGES:
        page = browser.open(path)
        assert page.status_code == 200, path
        told = NAMES.sub("", texts(page.text))
        assert CJK.findall(told) == [], path


def test_a_page_loads_nothing_from_another_host_and_no_script_without_its_nonce(browser: Browser) -> None:
    browser.log_in("secretary")
    for path in ("/", "/login", "/meetings/new"):
        page = browser.open(path)
        policy = page.headers["content-security-policy"]
        nonce = re.search(r"'nonce-([^']+)'", policy)
        assert nonce is not None
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        scripts = re.findall(r"<script[^>]*>", page.text)
        assert scripts
        assert all(f'nonce="{nonce[1]}"' in script and "src=" in script for script in scripts)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.text)
        assert not re.search(r'\son\w+="', page.text)
        for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
            kept = browser.client.get(address)
            assert kept.status_code == 200
            assert "immutable" in kept.headers["cache-control"]


def test_a_refusal_is_a_page_that_says_what_to_do(browser: Browser) -> None:
    browser.log_in("hr")
    page = browser.open("/meetings")
    assert page.status_code == 403
    assert page.headers["content-type"].startswith("text/html")
    assert "没有权限" in page.text
    assert browser.open("/meetings/not-an-id").status_code == 422


def test_files_beside_the_static_ones_are_not_served(browser: Browser) -> None:
    for name in ("VENDORED.json", "..%2Frendering.py", "nothing.js"):
        assert browser.client.get(f"/static/{name}").status_code == 404


def test_what_pages_load_from_others_is_what_was_published() -> None:
    recorded = [
        one for package in json.loads((STATIC / "VENDORED.json").read_text()) for one in package["sha256"].items()
    ]
    ours = {"console.css", "console.js", "screen.css", "VENDORED.json"} | set(screens.SCRIPTS[1:])
    found = [
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in STATIC.iterdir() if path.name not in ours
    ]
    assert sorted(found) == sorted(recorded)


def test_logging_out_ends_the_log_in(browser: Browser) -> None:
    browser.log_in("secretary")
    kept = dict(browser.client.cookies)
    browser.send("/logout")
    browser.client.cookies.update(kept)
    assert browser.client.get("/", follow_redirects=False).headers["location"] == "/login"


def test_who_has_to_change_a_password_is_led_there_first(browser: Browser) -> None:
    account = browser.town.accounts["secretary"]
    browser.town.run(
        lambda connection, actor: service_accounts.set_password(
            connection, actor, account, "twelve herons at dusk", passwords=CHEAP, request_id="test"
        )
    )
    there = browser.log_in("secretary", "twelve herons at dusk")
    assert there.url.path == "/account/password"
    form = {"old_password": "twelve herons at dusk", "password": "thirteen herons at dawn"}
    weak = browser.send("/account/password", {**form, "password": "short"}, page="/account/password")
    assert weak.status_code == 422
    assert "short" not in weak.text.split("<main", 1)[1].replace("shorter", "")
    done = browser.send("/account/password", form, page="/account/password")
    assert done.url.path == "/", done.text


def test_a_second_factor_is_set_up_and_asked_for(browser: Browser) -> None:
    browser.log_in("secretary")
    path = "/account/second-factor"
    begun = browser.send(path, {"password": PASSWORD}, page=path)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", begun.text)
    assert secret is not None, begun.text
    code = TOTP(secret[1]).at(browser.town.clock.now())
    done = browser.send(f"{path}/confirmation", {"code": code, "secret": secret[1], "address": "x"}, page=path)
    assert "恢复码" in done.text
    recovery = re.search(r"<code>([^<]+)</code>", done.text)
    assert recovery is not None
    browser.client.cookies.clear()
    asked = browser.log_in("secretary")
    assert asked.url.path == "/login/code"
    wrong = browser.client.post("/login/code", data={"code": "000000"}, headers=browser.origin)
    assert wrong.status_code == 401
    entered = browser.client.post("/login/code", data={"code": recovery[1]}, headers=browser.origin)
    assert entered.url.path == "/"


def test_a_log_in_elsewhere_is_ended_here(browser: Browser) -> None:
    browser.log_in("secretary")
    token = browser.town.log_in(browser.client, "secretary")
    page = browser.open("/account").text
    (other,) = re.findall(r"/account/sessions/([0-9a-f-]{36})/end", page)
    browser.send(f"/account/sessions/{other}/end", page="/account")
    assert browser.client.get("/api/v1/sessions/current", headers=token).status_code == 401


def test_an_address_that_leads_nowhere_is_a_page_to_people_and_a_problem_to_programs(browser: Browser) -> None:
    page = browser.open("/no-such-page")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "没有这个页面" in page.text
    for path, accepted in (("/no-such-page", "application/json"), ("/api/v1/no-such", "text/html")):
        told = browser.client.get(path, headers={"Accept": accepted})
        assert (told.status_code, told.json()["code"]) == (404, "no_such_route")
