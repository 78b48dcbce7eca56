"""Walks through all pages as one person: every link that a page shows, from the first page on.

What there is to see is found by following, so that a new page is tested from the day on which something leads to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from fastapi.testclient import TestClient
from starlette.routing import Match

SITE = "https://points.example"  # cookies are kept over TLS only
# Pages that differ by an id, or by the values of a query, are of one shape; so many of a shape tell of the others.
OF_A_SHAPE_MAX = 2
CJK = re.compile(r"[㐀-䶿一-鿿]+")
_MASKED = re.compile(r"[㐀-䶿一-鿿]\*+")
_POINTS = re.compile("[，。；：（）、！？]")
_EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SAID = ("alt", "aria-label", "placeholder", "title", "content")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|\d{4}Q\d|\d+")


class Reading(HTMLParser):
    """What a page shows and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.loads: list[str] = []  # scripts, styles, pictures
        self.forms: list[tuple[str, str]] = []  # method and action
        self.scripts: list[dict[str, str]] = []
        self.inline: list[str] = []  # what the policy would stop
        self.said: list[tuple[str, str | None]] = []  # each text with the language it is marked with, if with any
        self._open: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in _EMPTY:
            self._open.append((tag, found.get("lang")))
        if "id" in found:
            self.ids[found["id"]] += 1
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "form":
            self.forms.append((found.get("method", "get").lower(), found.get("action", "")))
        elif tag == "script":
            self.scripts.append(found)
        self.loads += [found[name] for name in ("src", "href") if name in found and tag not in ("a", "form")]
        self.inline += [f"{tag} {name}" for name in found if name.startswith("on") or name == "style"]
        self.inline += [tag] if tag == "style" else []
        self.said += [(found[name], self._language) for name in _SAID if name in found and found.get("name") != "q"]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1][0] not in ("script", "style"):
            self.said.append((data, self._language))

    @property
    def _language(self) -> str | None:
        """What the outermost element says of it, but for the page itself."""
        return next((language for _, language in self._open[1:] if language), None)


def words_of(reading: Reading) -> Iterator[str]:
    """Each Chinese word and point of a page, but for masked names and what is marked as a text in Chinese alone."""
    for text, language in reading.said:
        if language != "zh-CN":
            found = CJK.findall(_MASKED.sub("", text))
            yield from found
            if not found and language is None:
                yield from _POINTS.findall(text)


@dataclass
class Walk:
    """One person's way through all pages; what is wrong is written down, beside the page that led there."""

    client: TestClient
    app: Any
    knows: Callable[[str], bool]  # whether a Chinese word was written by the people of the town
    seen: dict[str, str] = field(default_factory=dict)  # the pages by their address
    wrong: list[str] = field(default_factory=list)
    _shapes: Counter[str] = field(default_factory=Counter)
    _found: dict[str, Reading | None] = field(default_factory=dict)

    def begin(self, path: str = "/") -> None:
        waiting = [(path, "")]
        while waiting:
            address, referrer = waiting.pop(0)
            waiting += self._visit(address, referrer)

    def _visit(self, address: str, referrer: str) -> list[tuple[str, str]]:
        path, fragment = urldefrag(address)
        if path not in self._found:
            shape = shape_of(path)
            if self._shapes[shape] >= OF_A_SHAPE_MAX:
                return []
            self._shapes[shape] += 1
            self._found[path] = self._read(path, referrer)
            reading = self._found[path]
            if reading is not None:
                return [(urljoin(path, link), path) for link in reading.links if self._is_ours(link, path)]
        reading = self._found[path]
        if fragment and reading is not None and fragment not in reading.ids:
            self._say(referrer, f"leads to {address}, where nothing has that id")
        return []

    def _read(self, path: str, referrer: str) -> Reading | None:
        answer = self.client.get(path, headers={"Accept": "text/html"})
        if answer.status_code != 200:
            self._say(referrer, f"leads to {path}: {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return None
        if urlsplit(str(answer.url)).path == "/login":
            self._say(referrer, f"leads to {path}, which asks for the log-in")
        reading = Reading(answer.text)
        if "content-security-policy" not in answer.headers or urlsplit(path).path == "/screen":
            return None  # a document that is not one of our pages; what hangs on a wall speaks Chinese alone
        self.seen[path] = answer.text
        self._judge(path, reading, answer.headers["content-security-policy"])
        return reading

    def _judge(self, path: str, reading: Reading, policy: str) -> None:
        nonce = re.search(r"'nonce-([^']+)'", policy)
        known = [one for one in reading.scripts if nonce and one.get("nonce") == nonce[1] and one.get("src")]
        if "unsafe" in policy or known != reading.scripts:
            self._say(path, "has a script without its nonce, or one that stands in the page")
        twice = [one for one, number in reading.ids.items() if number > 1]
        for one in [f"an inline {one}" for one in reading.inline] + [f"the id {one} twice" for one in twice]:
            self._say(path, f"has {one}")
        self._judge_loads(path, reading)
        for method, action in reading.forms:
            if not self._is_taken(method, urljoin(path, action)):
                self._say(path, f"has a form for {action}, which takes no {method}")
        for word in words_of(reading):
            if not self.knows(word):
                self._say(path, f"says {word}")

    def _judge_loads(self, path: str, reading: Reading) -> None:
        for address in reading.loads:
            if not address.startswith(("data:", "/")) or address.startswith("//"):
                self._say(path, f"loads {address}")
            elif address.startswith("/") and address not in self._found:
                self._found[address] = None
                if self.client.get(address).status_code != 200:
                    self._say(path, f"loads {address}, which is not there")

    def _is_ours(self, link: str, path: str) -> bool:
        if urlsplit(link).scheme in ("mailto", "tel"):
            return False
        if urlsplit(link).netloc:
            self._say(path, f"leads to another host: {link}")
            return False
        return True

    def _is_taken(self, method: str, address: str) -> bool:
        scope = {"type": "http", "method": method.upper(), "path": urlsplit(address).path, "headers": []}
        return any(route.matches(scope)[0] == Match.FULL for route in self.app.routes)

    def _say(self, path: str, what: str) -> None:
        self.wrong.append(f"{path or 'the beginning'} {what}")


def shape_of(address: str) -> str:
    """The address without what differs from thing to thing."""
    parts = urlsplit(address)
    names = sorted({name for name, value in parse_qsl(parts.query) if value})
    return "?".join([_ID.sub("*", parts.path), *names])
