"""A person before a real Chromium and a real server, whose keys, clicks and requests are counted."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

from tests.auth.people import PASSWORD
from tests.town import Desk

_TABS_MAX = 60


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

    def tab_to(self, selector: str, *, key: str = "Tab") -> None:
        """By keyboard alone, as far as it is."""
        for _ in range(_TABS_MAX):
            self.press(key)
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached by {_TABS_MAX} × {key}")

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
