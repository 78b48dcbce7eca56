"""What each office does most, done as people do it: by mouse and by keyboard, and how much of it that takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from playwright.sync_api import Browser

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.town import Desk, client_of, found_town, staffed
from tests.web.hands import Hand, Person, chromium, served
from tests.web.tasks import SESSION, TASKS, Task

SURNAMES, GIVEN = "王李张刘杨赵黄周吴徐", ("建国", "秀英", "志强")
KEYS_MAX = 40
STEPS_MAX = 120  # clicks and keys, with what is typed


@pytest.fixture(scope="module")
def desk(settings: Settings, database: Database, owner_database: Database) -> Desk:
    """A branch of thirty-two."""
    clock = FixedClock(datetime(2026, 11, 21, 2, tzinfo=UTC))
    town = found_town(database, owner_database, clock)
    desk = staffed(town, client_of(settings, database, clock))
    for given in GIVEN:
        for surname in SURNAMES:
            town.add_member(surname + given)
    town.live_through("2026Q4")
    desk.recorded("group_leader", town.missed("林晓明", "ORG-D03", reason="未到会"))
    return desk


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[str]:
    with served(desk) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def person(browser: Browser, site: str, desk: Desk) -> Iterator[Person]:
    found = Person.at(browser, site, desk)
    yield found
    found.page.context.close()


@pytest.fixture(scope="module")
def colleague(browser: Browser, site: str, desk: Desk) -> Iterator[Callable[[str], Person]]:
    """Whoever has the log-in, who stays logged in from one task to the next."""
    known: dict[str, Person] = {}

    def of(login: str) -> Person:
        if login not in known:
            known[login] = Person.at(browser, site, desk)
            known[login].log_in(login)
        return known[login]

    yield of
    for one in known.values():
        one.page.context.close()


def test_a_theme_day_of_thirty_takes_fewer_than_forty_keys(person: Person) -> None:
    person.log_in("secretary")
    person.begin("/meetings/new?item=ORG-D02")
    page = person.page
    page.locator("#search:focus").wait_for()
    person.type("zjg")  # 张建国
    person.press("Enter")
    person.type("lxy")  # 李秀英, before 刘秀英
    person.press("Enter")
    person.type("wzq")  # 王志强, before 吴志强
    person.press("Enter", "Enter")
    assert "请假 2，缺席 1" in page.inner_text("#counts")
    person.press("Control+Enter")
    page.wait_for_url(SESSION)
    person.count("secretary, keyboard, a theme day of thirty with three away")
    assert person.keys < KEYS_MAX
    away = {"张建国": "leave", "李秀英": "leave", "王志强": "absent", "刘秀英": "present"}
    for name, status in away.items():
        assert page.get_by_label(f"考勤 {name}").input_value() == status


@pytest.mark.parametrize("hand", Hand)
@pytest.mark.parametrize("task", TASKS, ids=lambda one: f"{one.login}: {one.name}")
def test_what_an_office_does_most_is_done_by_either_hand(
    task: Task, hand: Hand, colleague: Callable[[str], Person], desk: Desk
) -> None:
    person = colleague(task.login)
    person.hand = hand
    person.begin()
    task.do(person, desk)
    person.count(f"{task.login}, {hand}, {task.name}")
    assert person.clicks + person.keys <= STEPS_MAX


def test_the_first_steps_are_put_away_for_good_by_keyboard(person: Person, browser: Browser, desk: Desk) -> None:
    person.log_in("organisation_commissioner")
    person.begin()
    assert person.page.locator("#first-steps").is_visible()
    person.hand = Hand.KEYBOARD
    person.use(person.page.locator(".first-steps button"))
    person.told("已收起")
    assert person.page.locator("#first-steps").count() == 0
    elsewhere = Person.at(browser, person.site, desk)
    elsewhere.log_in("organisation_commissioner")
    assert elsewhere.page.locator("#first-steps").count() == 0, "the account's, not the machine's"
    elsewhere.page.goto(f"{person.site}/account")
    elsewhere.page.get_by_role("button", name="再看一遍").click()
    assert elsewhere.page.locator("#first-steps").is_visible()
    elsewhere.page.context.close()


def test_whoever_is_idle_is_asked_first_and_loses_nothing_that_was_typed(person: Person, desk: Desk) -> None:
    page = person.page
    page.clock.install()
    person.log_in("secretary")
    path = f"/record?member={desk.town.members['陈建国']}&item=EXC-A01"
    person.begin(path)
    page.fill("#matter", "建议 9 号")
    page.clock.fast_forward("27:59")
    assert not page.locator("#idle").is_visible()
    page.clock.fast_forward("00:02")
    assert page.locator("#idle").is_visible()
    with page.expect_response("**/still-here"):
        page.keyboard.press("Enter")
    page.locator("#idle").wait_for(state="hidden")
    moment = desk.town.clock.moment
    desk.town.clock.moment += timedelta(minutes=31)
    page.clock.fast_forward("30:10")
    page.wait_for_url("**/login?next=*")
    person.log_in("secretary")
    page.wait_for_url(f"**{path}")
    assert page.input_value("#matter") == "建议 9 号"
    desk.town.clock.moment += timedelta(minutes=31)
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/login?next=*")
    person.log_in("secretary")
    page.wait_for_url(f"**{path}")
    page.goto(f"{person.site}/record?member={desk.town.members['周美玲']}&item=EXC-A01")
    page.goto(person.site + path)
    assert page.input_value("#matter") == "建议 9 号", "sent when the log-in had ended, it was not taken"
    desk.town.clock.moment = moment
    desk.forget()


def test_what_was_changed_on_any_form_is_there_again_for_who_typed_it_and_nobody_else(
    person: Person, desk: Desk
) -> None:
    person.log_in("committee_officer")
    page = person.page
    path = f"{person.site}/members/{desk.town.members['陈建国']}/membership"
    page.goto(path)
    page.fill("#exempt-reference", "龙两新〔2026〕9号")
    assert page.evaluate("Object.values(sessionStorage)") == ['[["reference","龙两新〔2026〕9号",null]]'], "no more"
    page.goto(f"{person.site}/")
    page.goto(path)
    assert page.input_value("#exempt-reference") == "龙两新〔2026〕9号"
    assert page.input_value("#leaving-reference") == "", "of one form"
    page.context.clear_cookies()
    page.goto(path)
    person.log_in("district_officer")
    page.goto(path)
    assert page.input_value("#exempt-reference") == ""
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login")
    assert page.evaluate("sessionStorage.length") == 0


def test_the_head_of_a_long_list_stays_in_sight(person: Person) -> None:
    person.log_in("secretary")
    page = person.page
    page.goto(f"{person.site}/members")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    top = "document.querySelector('thead th').getBoundingClientRect().top"
    assert page.evaluate("document.querySelector('tbody tr').getBoundingClientRect().top") < 0
    assert page.evaluate(top) >= 0
    page.set_viewport_size({"width": 390, "height": 768})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_large_type_scales_all_and_a_sheet_is_printed_without_what_surrounds_it(person: Person) -> None:
    person.log_in("林晓明")
    page = person.page
    size = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="关怀版").click()
    page.wait_for_load_state()
    assert page.evaluate(size) >= before * 1.3
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{person.site}/my")
    paper = pypdfium2.PdfDocument(page.pdf(format="A4"))
    text = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert "林晓明" in text
    assert "未到会" in text, "what is folded up is printed as well"
    for kept_off in ("会议活动", "跳到正文", "意见建议", "退出"):
        assert kept_off not in text
