"""A picture of every page of a running demo, to be looked at: ``python -m tests.web.every_page SITE FOLDER``.

By following links, as each office sees them, on a desk (1366 pixels wide) and on a phone (390); one of each shape.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page, sync_playwright

from tests.web.crawling import shape_of

PASSWORD = "a-sample-of-2026"  # of every account of the sample district
LOGINS: tuple[str, ...] = ("secretary-b001", "leader-b002-g1", "committee-c1", "district-1", "member-m0003")
LOGINS += ("system-admin", "security-admin", "auditor")
SIZES = {"desk": (1366, 768), "phone": (390, 844)}


def walk(page: Page, site: str, folder: Path, seen: set[str]) -> None:
    """From the first page on; what was seen by somebody before is left out."""
    waiting, visited = ["/"], set[str]()
    while waiting:
        path = waiting.pop(0)
        shape = shape_of(path).partition("?")[0]
        if shape in visited or any(
            part in shape for part in ("template", "certificate", "/files/", "/evidence/", "/docs")
        ):
            continue
        visited.add(shape)
        name = shape.strip("/").replace("/", "-").replace("*", "one") or "home"
        answer = page.goto(site + path)
        if answer is None or answer.status != 200:
            sys.stderr.write(f"{path}: {answer and answer.status}\n")
        for size, (width, height) in SIZES.items() if shape not in seen else ():
            page.set_viewport_size({"width": width, "height": height})
            page.reload()
            page.screenshot(path=folder / f"{name}.{size}.png")
        seen.add(shape)
        for link in page.eval_on_selector_all("a[href]", "found => found.map(one => one.getAttribute('href'))"):
            there = urlsplit(urljoin(site + path, link))
            if there.netloc == urlsplit(site).netloc:
                waiting.append(f"{there.path}?{there.query}".rstrip("?"))


def main() -> None:
    """As one office after another."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    site, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for login in LOGINS:
            page = browser.new_context(locale="zh-CN").new_page()
            page.goto(f"{site}/login")
            page.fill("[name=login]", f"longwen/{login}")
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(f"{site}/")
            walk(page, site, folder, seen)
            page.context.close()
        browser.close()
    sys.stderr.write(f"{len(seen)} kinds of pages\n")


if __name__ == "__main__":
    main()
