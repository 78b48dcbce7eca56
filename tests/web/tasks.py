"""The three commonest tasks of each office, from its first page on, for either hand.

Each is written once in what a person looks for on the page; ``Person.hand`` says whether it is clicked or gone to by
keyboard. What a task finds there was put there for the hand that does it, so that both do it in one town.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.kit.ids import new_id
from tests.town import Desk, Json
from tests.web.hands import Hand, Person

SESSION = re.compile(r"/meetings/[0-9a-f-]{36}$")
Done = Callable[[Person, Desk], None]
_OF: dict[Hand, dict[str, Any]] = {
    Hand.MOUSE: {
        "praised": "王建国", "answered": "李建国", "proposed": "张建国", "absent": "刘建国", "honoured": "杨建国",
        "appealed": ("group_leader", "ORG-D02", "2026-10-15"), "session": "ORG-D01",
    },
    Hand.KEYBOARD: {
        "praised": "王秀英", "answered": "李秀英", "proposed": "张秀英", "absent": "刘秀英", "honoured": "杨秀英",
        "appealed": ("organisation_commissioner", "ORG-D04", "2026-11-12"), "session": "ORG-D05",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Task:
    """Who does what; ``login`` is the office's name, or the member's own."""

    login: str
    name: str
    do: Done


def _own(person: Person, key: str) -> Any:
    return _OF[person.hand][key]


def _call(desk: Desk, login: str, path: str, body: Json) -> Any:
    answer = desk.client.post(f"/api/v1/{path}", json=body, headers=desk.headers(login))
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def _main(person: Person) -> Any:
    return person.page.locator("main")


def _button(person: Person, name: str) -> Any:
    return _main(person).get_by_role("button", name=name)


def _save(person: Person) -> None:
    person.use(_main(person).locator("button[value=save]"))


# A member.


def sees_what_a_number_is_made_of(person: Person, desk: Desk) -> None:
    person.follow("我的积分")
    person.use(_main(person).locator("tfoot a"))
    assert person.page.url.endswith("#routine")
    _main(person).get_by_text("党员大会").first.wait_for()


def appeals(person: Person, desk: Desk) -> None:
    recorder, duty, day = _own(person, "appealed")
    desk.recorded(recorder, desk.town.missed("林晓明", duty, effective_on=day))
    person.follow("我的积分")
    item = _main(person).locator(f"#item-{duty}")
    link = item.get_by_role("link", name="申诉")
    if not link.is_visible():
        person.use(item.locator("> summary"))
    person.use(link)
    person.write(person.page.get_by_label("为什么不对"), "当天在场")
    person.use(_button(person, "提交申诉"))
    person.page.wait_for_url("**/appeals/*")


def sees_the_own_place(person: Person, desk: Desk) -> None:
    person.follow("榜单")
    _main(person).get_by_text("支部内").wait_for()


# A group leader.


def _finds_item(person: Person, member: str, item: str) -> None:
    person.follow("加分扣分")
    person.write(person.page.locator("#q"), member)
    person.use(_button(person, "查找"))
    person.use(_main(person).get_by_role("link", name=member))
    person.write(person.page.locator("#narrow"), item.lower())
    person.use(_main(person).get_by_role("link", name=item))
    person.page.wait_for_url(f"**item={item}")


def proposes(person: Person, desk: Desk) -> None:
    _finds_item(person, _own(person, "proposed"), "EXC-A01")
    person.write(person.page.locator("#matter"), f"建议 {person.hand}")
    _save(person)
    person.page.wait_for_url("**/submissions/*")


def writes_down_a_duty_missed(person: Person, desk: Desk) -> None:
    member = _own(person, "absent")
    _finds_item(person, member, "ORG-D03")
    person.choose(person.page.locator("#outcome"), "missed")
    _save(person)
    _main(person).locator(".told").wait_for()
    assert desk.total(member) < 1000


def records_a_group_meeting(person: Person, desk: Desk) -> None:
    person.follow("会议活动")
    person.use(_main(person).get_by_role("link", name="记录一次会议活动"))
    if person.hand is Hand.KEYBOARD:  # that of the month before: year, month, one less
        person.go_to(person.page.locator("#kind"))
        person.press("Tab", "ArrowRight", "ArrowDown")
        person.use(_button(person, "换名单"))
    _away(person, "陈建国")
    person.use(_button(person, "保存"))
    person.page.wait_for_url(SESSION)


def _away(person: Person, name: str) -> None:
    """On leave: ticked in the own row, or found by typing."""
    page = person.page
    if person.hand is Hand.MOUSE:
        person.click(page.locator(f"tr[data-name={name}]").get_by_label("请假"))
    else:
        person.write(page.locator("#search"), name)
        person.press("Enter")


# A secretary.


def records_a_theme_day(person: Person, desk: Desk) -> None:
    person.use(_main(person).get_by_role("link", name="记录一次会议活动"))
    person.choose(person.page.locator("#kind"), _own(person, "session"))
    person.use(_button(person, "换名单"))
    for name in ("张志强", "李志强"):
        _away(person, name)
    person.use(_button(person, "保存"))
    person.page.wait_for_url(SESSION)


def approves(person: Person, desk: Desk) -> None:
    member = _own(person, "praised")
    before = desk.total(member)
    desk.recorded("group_leader", desk.town.praise(member))
    person.follow("待审申报")
    person.use(person.page.get_by_label(f"通过 {member}"))
    person.use(_button(person, "通过所选"))
    person.told("已通过 1 项")
    assert desk.total(member) == before + 10


def answers_an_appeal(person: Person, desk: Desk) -> None:
    member = _own(person, "answered")
    missed = desk.town.missed(member, effective_on="2026-10-15")
    desk.recorded("group_leader", missed)
    on_paper = {"id": str(new_id()), "text": "当天在外地参加"}
    _call(desk, "committee_officer", f"entries/{missed['id']}/appeals", on_paper)
    person.begin()
    person.use(_main(person).get_by_role("link", name=member))
    person.choose(person.page.get_by_label("结论"), "upheld")
    person.write(person.page.locator("[name=answer]"), "属实")
    _save(person)
    person.told("已答复")
    assert desk.total(member) == 1000


# A committee.


def sees_a_members_points(person: Person, desk: Desk) -> None:
    person.follow("党员")
    person.write(person.page.locator("#q"), "陈建国")
    person.use(_button(person, "查询"))
    person.page.wait_for_url("**q=*")
    person.use(_main(person).get_by_role("link", name="陈建国"))
    _main(person).get_by_text("总积分的构成").wait_for()


def sees_how_far_a_check_is(person: Person, desk: Desk) -> None:
    person.follow("季度复核")
    person.use(_main(person).get_by_role("link", name="第一支部"))
    _main(person).get_by_role("heading", name="第一支部").wait_for()


def decides_after_reading(person: Person, desk: Desk) -> None:
    member = _own(person, "honoured")
    before = desk.total(member)
    honour = desk.town.fact(member, "EXC-A03", tier="firm", matter=f"先进工作者 {person.hand}")
    desk.recorded("secretary", honour)
    person.follow("待审申报")
    person.use(_main(person).get_by_role("link", name=member))
    person.use(_button(person, "通过"))
    person.told("已通过")
    assert desk.total(member) > before


# The district office.


def answers_a_complaint(person: Person, desk: Desk) -> None:
    text = f"希望可以打印（{person.hand}）"
    _call(desk, "secretary", "complaints", {"id": str(new_id()), "kind": "suggestion", "text": text})
    person.follow("意见建议")
    card = _main(person).locator("section.card", has_text=text)
    person.write(card.locator("textarea"), "页面可以直接打印。")
    person.use(card.get_by_role("button", name="答复"))
    person.told("已答复")


def sets_what_boards_show(person: Person, desk: Desk) -> None:
    person.follow("榜单设置")
    person.use(_main(person).get_by_role("link", name="大屏"))
    person.choose(person.page.locator("[name=names]"), {Hand.MOUSE: "initials", Hand.KEYBOARD: "masked"}[person.hand])
    person.use(_button(person, "保存"))
    person.told("已保存")


def sees_where_the_quarter_stands(person: Person, desk: Desk) -> None:
    person.follow("季度进度")
    person.use(_main(person).get_by_role("link", name="2026Q4"))
    _main(person).get_by_role("heading", name="2026Q4").wait_for()
    person.page.get_by_role("row", name="第二支部").wait_for()


# The auditor.


def sees_who_looked_at_what(person: Person, desk: Desk) -> None:
    person.follow("访问日志")
    person.choose(person.page.locator("[name=action]"), "access_log:read")
    person.use(_button(person, "查询"))
    person.page.wait_for_url("**action=*")
    _main(person).get_by_role("row", name="auditor").first.wait_for()


def sees_who_holds_which_office(person: Person, desk: Desk) -> None:
    person.follow("任职")
    _main(person).get_by_role("row", name="支部书记").first.wait_for()


def checks_a_number(person: Person, desk: Desk) -> None:
    sees_a_members_points(person, desk)
    person.use(_main(person).locator("tfoot a"))
    assert person.page.url.endswith("#routine")


TASKS = [
    Task("林晓明", "a number down to its entries", sees_what_a_number_is_made_of),
    Task("林晓明", "an appeal", appeals),
    Task("林晓明", "the own place", sees_the_own_place),
    Task("group_leader", "an addition proposed", proposes),
    Task("group_leader", "a duty missed", writes_down_a_duty_missed),
    Task("group_leader", "a group's meeting", records_a_group_meeting),
    Task("secretary", "a meeting with two away", records_a_theme_day),
    Task("secretary", "a proposal approved", approves),
    Task("secretary", "an appeal answered", answers_an_appeal),
    Task("committee_officer", "a member's points", sees_a_members_points),
    Task("committee_officer", "how far a check is", sees_how_far_a_check_is),
    Task("committee_officer", "a proposal read and approved", decides_after_reading),
    Task("district_officer", "a complaint answered", answers_a_complaint),
    Task("district_officer", "what screens show", sets_what_boards_show),
    Task("district_officer", "where the quarter stands", sees_where_the_quarter_stands),
    Task("auditor", "who looked at what", sees_who_looked_at_what),
    Task("auditor", "who holds which office", sees_who_holds_which_office),
    Task("auditor", "a number checked", checks_a_number),
]
