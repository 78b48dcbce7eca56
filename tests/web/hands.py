"""A person before a real Chromium and a real server, whose keys, clicks and requests are counted."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import uvicorn
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

from tests.auth.people import PASSWORD
from tests.town import Desk

_TABS_MAX = 60
_HAS_CURSOR = "found => found === document.activeElement"
_IS_BEHIND = "found => document.activeElement.compareDocumentPosition(found) === Node.DOCUMENT_POSITION_PRECEDING"


class Hand(StrEnum):
    """What somebody works with."""

    MOUSE = "mouse"
    KEYBOARD = "keyboard"


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The desk's application over HTTP, under the desk's own clock; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(desk.client.app, port=port, log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended"
        time.sleep(0.01)  # a socket opens, the machine's time and not the town's
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Person:
    """One at a machine of their own; what they do is counted from ``begin`` on."""

    page: Page
    site: str
    code: str
    hand: Hand = Hand.MOUSE
    clicks: int = 0
    keys: int = 0
    requests: int = 0
    began: float = 0.0
    faults: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, site: str, desk: Desk, *, width: int = 1366, height: int = 768) -> Person:
        page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
        page.set_default_timeout(20_000)
        person = cls(page, site, desk.town.district.code)
        page.on("request", person._ask)
        page.on("pageerror", lambda error: person.faults.append(str(error)))
        page.on("console", lambda said: person.faults.append(said.text) if said.type == "error" else None)
        return person

    def _ask(self, request: Request) -> None:
        self.requests += "/static/" not in request.url and not request.url.startswith("data:")

    def log_in(self, login: str) -> None:
        if self.page.url == "about:blank":
            self.page.goto(f"{self.site}/login")
        self.page.fill("[name=login]", f"{self.code}/{login}")
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def begin(self, path: str = "/") -> None:
        self.page.goto(self.site + path)
        self.clicks = self.keys = self.requests = 0
        self.began = time.monotonic()

    def click(self, found: Locator | str) -> None:
        """With the mouse, on what is seen: a name of a link or button, or a place."""
        place = self.page.get_by_role("link", name=found, exact=True) if isinstance(found, str) else found
        place.first.click()
        self.clicks += 1

    def type(self, text: str) -> None:
        """Where the cursor is."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def use(self, found: Locator) -> None:
        """A link, a button, a box or what opens: clicked, or gone to and pressed."""
        if self.hand is Hand.MOUSE:
            self.click(found)
        else:
            self.go_to(found)
            self.press("Space" if found.first.get_attribute("type") == "checkbox" else "Enter")

    def follow(self, name: str) -> None:
        """A line of the menu."""
        self.use(self.page.locator(".menu").get_by_role("link", name=name, exact=True))
        self.page.wait_for_load_state()

    def write(self, found: Locator, text: str) -> None:
        """Into a field, which has the cursor or is given it."""
        if self.hand is Hand.KEYBOARD:
            self.go_to(found)
        elif not found.evaluate(_HAS_CURSOR):
            self.click(found)
        self.type(text)

    def choose(self, found: Locator, value: str) -> None:
        """One of a list: two clicks, or by the arrow keys."""
        if self.hand is Hand.MOUSE:
            found.select_option(value)
            self.clicks += 2
            return
        self.go_to(found)
        self.press("Home")
        for _ in range(found.locator("option").count()):
            if found.input_value() == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{value} is not among the options of {found}")

    def go_to(self, found: Locator) -> None:
        """By Tab from where the cursor is, or back; what surrounds the content is skipped, as the first link offers."""
        found.first.wait_for()
        if (
            self.page.evaluate("document.activeElement === document.body")
            and self.page.locator("main").filter(has=found).count()
        ):
            self.press("Tab", "Enter")
        key = "Shift+Tab" if found.first.evaluate(_IS_BEHIND) else "Tab"
        for _ in range(_TABS_MAX):
            if found.first.evaluate(_HAS_CURSOR):
                return
            self.press(key)
        raise AssertionError(f"{found} is not reached by {_TABS_MAX} × Tab")

    def told(self, text: str) -> None:
        """What the page says of what was done."""
        self.page.locator("main > .told", has_text=text).wait_for()

    def count(self, task: str) -> str:
        """A line of the table of tasks."""
        seconds = time.monotonic() - self.began
        line = f"{task}: {self.clicks} clicks, {self.keys} keys, {self.requests} requests, {seconds:.1f} s"
        print(line)  # noqa: T201 - the table of tasks, for who asks pytest for it (-s)
        assert not self.faults, self.faults
        return line
