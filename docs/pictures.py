"""Makes the pictures of the README from a running demo: ``python docs/pictures.py http://127.0.0.1:8000/screen#…``.

``make pictures`` calls it with the screen that ``make demo`` hung up; it needs Debian's chromium. For the last picture
the sample lives on to the check of its quarter: begin with a fresh one.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx2
import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
PASSWORD = "a-sample-of-2026"  # of every account of the sample district
WIDTH, BYTES_MAX = 1280, 250_000
BOARDS = {"党员积分榜": "screen-ranking", "各项指标平均": "screen-radar", "网格与结对帮带": "screen-grids"}
SECRETARY = "longwen/secretary-b001"
PAGES = {"/": "console-home", "/members": "console-members"}
OFFICE = "longwen/district-1"
OFFICE_PAGES = {
    "/board-policies/screens": "console-policy",
    "/playlists/00000000-0000-4000-8000-00000000ba11": "console-playlist",
}
QUARTER = "2026Q3"  # the last that the sample has sealed
SHEETS = (0, 1, 5)  # of its report: the cover, the summary, a table with places on a scale


def keep(page: Page, name: str) -> None:
    """What the page shows, as a picture."""
    keep_picture(Image.open(io.BytesIO(page.screenshot())), name)


def keep_picture(picture: Image.Image, name: str) -> None:
    """As a small PNG: a README is read on phones too."""
    shot = picture.convert("RGB")
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


def logged_in(browser: Browser, site: str, login: str, *, width: int = 1366, height: int = 768) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
    page.goto(f"{site}/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/")
    return page


def take_console(browser: Browser, site: str, login: str, pages: Mapping[str, str]) -> None:
    page = logged_in(browser, site, login)
    for path, name in pages.items():
        page.goto(site + path)
        keep(page, name)
    page.close()


def take_papers(browser: Browser, site: str) -> None:
    """The page of the last sealed quarter's pack, and sheets of its report side by side."""
    page = logged_in(browser, site, OFFICE)
    page.goto(f"{site}/packs?quarter={QUARTER}")
    page.click("tbody th a")
    page.wait_for_selector("button[value=report]", timeout=120_000)  # a demo that has just begun still makes it
    page.fill("input[name=reason]", "季度例会")
    with page.expect_download() as taken:
        page.click("button[value=report]")
    report = pypdfium2.PdfDocument(taken.value.path())
    page.reload()
    keep(page, "console-pack")
    sheets = [report[number].render(scale=2).to_pil() for number in SHEETS]
    width, height, gap = sheets[0].width, sheets[0].height, 12
    beside = Image.new("RGB", (len(sheets) * (width + gap) + gap, height + 2 * gap), "#c9ccd3")
    for place, sheet in enumerate(sheets):
        beside.paste(sheet, (gap + place * (width + gap), gap))
    keep_picture(beside, "pack-report")
    page.close()


GUIDE = FOLDER / "secretary"
GUIDE_BYTES_MAX = 200_000
OF_THE_GUIDE = "longwen/secretary-b002"


def take_guide(browser: Browser, site: str) -> None:
    """Those of the secretary's guide: forms are filled in and tried out, and nothing is sent."""
    GUIDE.mkdir(exist_ok=True)
    page = logged_in(browser, site, OF_THE_GUIDE)
    keep_step(page, "1-home")
    page.goto(f"{site}/meetings/new?item=ORG-D02")
    page.locator("#search:focus").wait_for()
    rows = page.locator("table.roster tbody tr")
    for place, times in ((1, 1), (3, 2)):
        page.keyboard.type((rows.nth(place).get_attribute("data-readings") or "").split()[-1])
        for _ in range(times):
            page.keyboard.press("Enter")
    page.evaluate("scrollTo(0, 0)")
    keep_step(page, "2-meeting")
    member = page.locator("table.roster tbody th").first.inner_text()
    page.goto(f"{site}/record?q={quote(member)}")
    page.locator(".choose a").first.click()
    page.keyboard.type("exc-a")
    page.wait_for_timeout(200)
    keep_step(page, "3-items")
    page.keyboard.type("01")
    page.keyboard.press("Enter")
    page.wait_for_url("**item=EXC-A01")
    page.fill("[name=matter]", "合理化建议 12 号")
    page.click("button[value=preview]")
    page.locator(".told").wait_for()
    keep_step(page, "4-tried-out")
    page.goto(f"{site}/reviews")
    keep_step(page, "5-reviews")
    page.locator("tbody th a").first.click()
    page.wait_for_load_state()
    keep_step(page, "6-proposal")
    page.goto(f"{site}/notices")
    keep_step(page, "7-notice")
    page.goto(f"{site}/members?q={quote(member)}")
    page.locator("tbody th a").first.click()
    page.wait_for_load_state()
    keep_step(page, "8-member")
    page.goto(f"{site}/members/new")
    keep_step(page, "9-enrol")
    page.close()
    phone = logged_in(browser, site, "longwen/member-m0030", width=390, height=844)
    phone.click("[name=large]")
    phone.goto(f"{site}/my")
    keep_step(phone, "10-phone")
    phone.close()


CHECK_DAY = date(2027, 1, 12)


def take_check(browser: Browser, site: str) -> None:
    """The quarter's check, on a day of it."""
    while (left := (CHECK_DAY - day_of(site)).days) > 0:
        httpx2.post(f"{site}/sample/clock", json={"days": min(left, 30)}, timeout=300).raise_for_status()
    page = logged_in(browser, site, OF_THE_GUIDE)
    page.goto(f"{site}/checks")
    page.click("tbody th a")
    page.wait_for_load_state()
    page.locator("tbody summary").nth(2).click()
    keep_step(page, "11-check")
    page.close()


def day_of(site: str) -> date:
    """Where the sample's clock stands."""
    return datetime.fromisoformat(httpx2.get(f"{site}/sample/clock").json()["now"]).date()


def keep_step(page: Page, name: str) -> None:
    """In sixty-four colours, which is enough for pages."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file = GUIDE / f"{name}.png"
    shot.quantize(64, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"secretary/{file.name}  {size // 1000} kB")
    if size > GUIDE_BYTES_MAX:
        raise SystemExit(f"{file.name}: {size} > {GUIDE_BYTES_MAX}")


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
        take_console(browser, site, SECRETARY, PAGES)
        take_console(browser, site, OFFICE, OFFICE_PAGES)
        take_papers(browser, site)
        take_guide(browser, site)
        take_check(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
