"""Makes the pictures of the README from a running demo: ``python docs/pictures.py http://127.0.0.1:8000/screen#…``.

``make pictures`` calls it with the screen that ``make demo`` hung up; it needs Debian's chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
PASSWORD = "a-sample-of-2026"  # of every account of the sample district
WIDTH, BYTES_MAX = 1280, 300_000
BOARDS = {"党员积分榜": "screen-ranking", "各项指标平均": "screen-radar", "网格与结对帮带": "screen-grids"}
SECRETARY = "longwen/secretary-b001"
PAGES = {"/": "console-home", "/members": "console-members"}


def keep(page: Page, name: str) -> None:
    """As a small PNG: a README is read on phones too."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot = shot.resize((WIDTH, shot.height * WIDTH // shot.width), Image.Resampling.LANCZOS)
    file = FOLDER / f"{name}.png"
    shot.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.name}  {size // 1000} kB")
    if size > BYTES_MAX:
        raise SystemExit(f"{file.name}: {size} > {BYTES_MAX}")


def take_screen(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(address)
    page.wait_for_selector(".pane")
    for _ in page.query_selector_all("#turns i"):
        name = BOARDS.get(page.inner_text("h1"))
        if name is not None:
            page.wait_for_timeout(1500)  # until the chart stands
            keep(page, name)
        page.evaluate("longwen.turn()")
    page.close()


def take_console(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page.goto(f"{site}/login")
    page.fill("input[name=login]", SECRETARY)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/")
    for path, name in PAGES.items():
        page.goto(site + path)
        keep(page, name)
    page.close()


def main() -> None:
    """Take them all; the address is the screen's."""
    if len(sys.argv) != 2 or "#" not in sys.argv[1]:
        raise SystemExit("python docs/pictures.py http://127.0.0.1:8000/screen#TOKEN")
    address = sys.argv[1]
    site = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        take_screen(browser, address)
        take_console(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
