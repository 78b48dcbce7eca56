"""What each office does most, done as people do it: by mouse and by keyboard, and how much of it that takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from playwright.sync_api import Browser

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.town import Desk, client_of, found_town, staffed
from tests.web.hands import Person, chromium, served

SURNAMES, GIVEN = "王李张刘杨赵黄周吴徐", ("建国", "秀英", "志强")
KEYS_MAX = 40


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
    page.wait_for_url("**/meetings/*-*")
    person.count("secretary, keyboard, a theme day of thirty with three away")
    assert person.keys < KEYS_MAX
    away = {"张建国": "leave", "李秀英": "leave", "王志强": "absent", "刘秀英": "present"}
    for name, status in away.items():
        assert page.get_by_label(f"考勤 {name}").input_value() == status


def test_a_leader_proposes_and_the_secretary_approves_and_answers_an_appeal(
    person: Person, browser: Browser, site: str, desk: Desk
) -> None:
    page = person.page
    person.log_in("group_leader")
    person.begin("/record")
    person.type("陈建国")
    person.press("Enter")
    page.wait_for_url("**q=*")
    person.tab_to(".choose a")
    person.press("Enter")
    page.wait_for_url("**member=*")
    person.type("exc-a01")
    person.press("Enter")
    page.wait_for_url("**item=EXC-A01")
    person.tab_to("#matter")
    person.type("建议 7 号")
    person.press("Control+Enter")
    page.wait_for_url("**/submissions/*")
    person.count("group leader, keyboard, an addition proposed")
    member = Person.at(browser, site, desk)
    member.log_in("林晓明")
    member.begin()
    member.click(member.page.locator(".menu").get_by_role("link", name="我的积分"))
    member.click(member.page.locator("tfoot a").first)
    if not member.page.get_by_role("link", name="申诉", exact=True).nth(1).is_visible():
        member.click(member.page.locator("#item-ORG-D03 > summary"))
    member.click(member.page.locator("#item-ORG-D03").get_by_role("link", name="申诉"))
    member.click(member.page.get_by_label("为什么不对"))
    member.type("当天在第二支部参加")
    member.click(member.page.get_by_role("button", name="提交申诉"))
    member.page.wait_for_url("**/appeals/*")
    member.count("member, mouse, from the total to an appeal")
    member.page.context.close()
    secretary = Person.at(browser, site, desk)
    secretary.log_in("secretary")
    secretary.begin()
    secretary.click("待审申报")
    secretary.click(secretary.page.get_by_label("通过 陈建国"))
    secretary.click(secretary.page.get_by_role("button", name="通过所选"))
    secretary.told("已通过 1 项")
    secretary.count("secretary, mouse, a proposal approved")
    secretary.begin()
    secretary.click(secretary.page.locator("main").get_by_role("link", name="林晓明"))
    secretary.page.get_by_label("结论").select_option("upheld")
    secretary.click(secretary.page.locator("[name=answer]"))
    secretary.type("经核实，属实。")
    secretary.click(secretary.page.locator("button[value=save]"))
    secretary.told("已答复")
    secretary.count("secretary, mouse, an appeal answered")
    secretary.page.context.close()
    assert desk.total("林晓明") == 1000


def test_those_above_and_the_auditor_find_theirs(browser: Browser, site: str, desk: Desk) -> None:
    committee = Person.at(browser, site, desk)
    committee.log_in("committee_officer")
    committee.begin("/members")
    committee.type("陈建国")
    committee.press("Enter")
    committee.page.wait_for_url("**q=*")
    committee.tab_to("tbody th a")
    committee.press("Enter")
    committee.page.wait_for_url("**/members/*-*")
    committee.count("committee, keyboard, a member's points")
    committee.begin()
    committee.click(committee.page.locator(".menu").get_by_role("link", name="季度复核"))
    committee.click(committee.page.get_by_role("link", name="第一支部"))
    committee.count("committee, mouse, how far a branch's check is")
    committee.page.context.close()
    district = Person.at(browser, site, desk)
    district.log_in("district_officer")
    district.begin()
    district.click(district.page.locator(".menu").get_by_role("link", name="网格"))
    district.click(district.page.get_by_role("button", name="按六个行业建网格"))
    district.told("六个网格已建立")
    district.count("district, mouse, the grids founded")
    district.page.context.close()
    auditor = Person.at(browser, site, desk, width=390, height=844)
    auditor.log_in("auditor")
    auditor.begin()
    auditor.click(auditor.page.locator(".menu summary"))
    auditor.click(auditor.page.locator(".menu").get_by_role("link", name="访问日志"))
    auditor.page.get_by_role("heading", name="访问日志").wait_for()
    auditor.count("auditor, phone, the access log")
    auditor.page.context.close()


def test_the_first_steps_are_put_away_for_good_by_keyboard(person: Person, browser: Browser, desk: Desk) -> None:
    person.log_in("organisation_commissioner")
    person.begin()
    assert person.page.locator("#first-steps").is_visible()
    person.tab_to(".first-steps button")
    person.press("Enter")
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
    page.wait_for_url("**/login")
    person.log_in("secretary")
    page.goto(f"{person.site}/record?member={desk.town.members['周美玲']}&item=EXC-A01")
    page.goto(person.site + path)
    assert page.input_value("#matter") == "建议 9 号", "sent when the log-in had ended, it was not taken"
    desk.town.clock.moment = moment
    desk.forget()


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
