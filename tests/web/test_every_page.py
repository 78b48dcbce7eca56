"""Every page as every office sees it, in both languages: found by following links, so that no list of pages is kept."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Route, ViewportSize, sync_playwright
from sqlalchemy import Connection, text

from app.kit.db import Database
from app.kit.settings import Settings
from tests.auth.people import PASSWORD
from tests.statements import DISTRICT_TABLES
from tests.web.crawling import CJK, SITE, Walk, shape_of
from tests.world import CALLERS, NAMES, World, found_world

ROLES = [caller for caller in CALLERS if caller not in ("outsider", "stranger")]
# What these tables hold is told in the reader's language: in Chinese it would be untranslated.
TOLD_IN_BOTH = {"edition", "message"}


@pytest.fixture(scope="module")
def world(settings: Settings, database: Database, owner_database: Database) -> World:
    """One of its own: in that of the table somebody gets a second factor."""
    return found_world(settings, database, owner_database)


@pytest.fixture(scope="module")
def written(world: World) -> set[str]:
    """The Chinese words that the town's people have written: names, subjects, reasons."""

    def work(connection: Connection) -> set[str]:
        found: set[str] = set(CJK.findall(world.town.district.name))
        for name in sorted(DISTRICT_TABLES - TOLD_IN_BOTH):
            query = f"SELECT one::text FROM {name} AS one WHERE district_id = :district"  # noqa: S608
            for row in connection.execute(text(query), {"district": world.town.district.id}):
                found.update(CJK.findall(row[0]))
        return found

    found: set[str] = world.town.owner_database.run(work, None)
    return found


def machine(world: World, caller: str, language: str) -> TestClient:
    """A browser of somebody who has logged in, switched to a language."""
    client = TestClient(world.client.app, base_url=SITE, raise_server_exceptions=False)
    login = NAMES["own"] if caller == "member" else caller
    origin = {"Origin": SITE}
    form = {"login": f"{world.town.district.code}/{login}", "password": PASSWORD}
    assert client.post("/login", data=form, headers=origin).url.path == "/"
    client.post("/display?next=/", data={"language": language}, headers=origin)
    return client


@dataclass
class Walks:
    """What everybody met: all that is wrong, and the fullest page of each kind by language."""

    wrong: list[str] = field(default_factory=list)
    pages: dict[str, dict[str, str]] = field(default_factory=lambda: {"zh": {}, "en": {}})


@pytest.fixture(scope="module")
def walks(world: World, written: set[str]) -> Walks:
    """Everybody walks in English; a page fuller than those before is opened in Chinese as well."""
    found = Walks()
    for caller in ROLES:
        walk = Walk(machine(world, caller, "en"), world.client.app, written.__contains__)
        walk.begin()
        chinese = machine(world, caller, "zh")
        found.wrong += [f"{caller}: {one}" for one in walk.wrong]
        for path, html in walk.seen.items():
            kind = shape_of(path).partition("?")[0]
            if len(html) > len(found.pages["en"].get(kind, "")):
                page = chinese.get(path)
                found.wrong += [] if page.status_code == 200 else [f"{caller}: {path} in Chinese: {page.status_code}"]
                found.pages["en"][kind], found.pages["zh"][kind] = html, page.text
    return found


def test_no_link_is_dead_no_text_untranslated_and_nothing_foreign_or_inline(walks: Walks) -> None:
    assert len(walks.pages["en"]) > 50
    assert not walks.wrong, "\n".join(walks.wrong)


SIZES: dict[str, ViewportSize] = {"zh": {"width": 1366, "height": 768}, "en": {"width": 390, "height": 844}}
GRAVE = {"serious", "critical"}


@pytest.mark.parametrize("language", SIZES)
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_its_window(
    world: World, walks: Walks, language: str
) -> None:
    """On one page of each kind: in Chinese on a desk, in English on a phone."""
    visitor = machine(world, "nobody", language)
    shown = {f"{SITE}/{number}": (shape, html) for number, (shape, html) in enumerate(walks.pages[language].items())}

    def answer(route: Route) -> None:
        if route.request.url in shown:
            route.fulfill(body=shown[route.request.url][1], content_type="text/html; charset=utf-8")
        else:
            file = visitor.get(route.request.url)
            route.fulfill(status=file.status_code, body=file.content, content_type=file.headers["content-type"])

    found: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZES[language])
        page.route("**/*", answer)
        for address, (shape, _) in shown.items():
            page.goto(address)
            for one in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
                if one["impact"] in GRAVE:
                    found += [f"{shape}: {one['id']}: {node['html'][:200]}" for node in one["nodes"][:3]]
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > SIZES[language]["width"]:
                found.append(f"{shape}: {width} pixels wide")
        browser.close()
    assert not found, "\n".join(found)
