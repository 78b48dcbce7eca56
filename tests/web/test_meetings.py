"""A meeting of a branch, recorded, looked at and corrected on pages."""

from __future__ import annotations

import re
from typing import Any

from tests.files.samples import photograph
from tests.web.conftest import Browser

NEW = "/meetings/new"


def sheet(browser: Browser, item: str = "ORG-D01", **fields: Any) -> dict[str, Any]:
    """The form as the page gives it, with what a person fills in."""
    page = browser.open(NEW, item=item).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return {**hidden, "title": "11月支部党员大会", **fields}


def test_whoever_is_not_marked_was_there(browser: Browser) -> None:
    browser.log_in("secretary")
    member = browser.town.members["陈建国"]
    page = browser.send(NEW, sheet(browser, **{f"status.{member}": "leave"}), page=NEW)
    assert page.status_code == 200, page.text
    assert "应到 2 人，到会 1 人" in page.text
    assert re.search(rf'name="status.{member}".*?value="leave" selected', page.text, re.DOTALL)


def test_a_form_sent_twice_is_one_meeting(browser: Browser) -> None:
    browser.log_in("secretary")
    form = sheet(browser)
    first, second = (browser.send(NEW, form, page=NEW) for _ in range(2))
    assert first.url == second.url
    assert len(re.findall(r'href="/meetings/[0-9a-f-]{36}"', browser.open("/meetings").text)) == 1


def test_names_can_be_pasted_and_a_strange_one_is_told(browser: Browser) -> None:
    browser.log_in("secretary")
    refused = browser.send(NEW, sheet(browser, **{"names.absent": "陈建国、王无此"}), page=NEW)
    assert refused.status_code == 422
    assert "王无此" in refused.text
    assert "陈建国、王无此" in refused.text, "what was typed is kept"
    taken = browser.send(NEW, sheet(browser, **{"names.absent": "陈建国"}), page=NEW)
    assert "到会 1 人" in taken.text


def test_a_missing_subject_is_told_beside_its_field(browser: Browser) -> None:
    browser.log_in("secretary")
    refused = browser.send(NEW, sheet(browser, title=" "), page=NEW)
    assert refused.status_code == 422
    assert re.search(r'id="fault-title">[^<]+', refused.text)


def test_attendance_is_corrected_where_it_was_recorded(browser: Browser) -> None:
    browser.log_in("secretary")
    there = browser.send(NEW, sheet(browser), page=NEW)
    member = browser.town.members["陈建国"]
    path = there.url.path
    corrected = browser.send(f"{path}/attendance", {"version": "1", f"status.{member}": "absent"}, page=path)
    assert "考勤已更正" in corrected.text
    late = browser.send(f"{path}/attendance", {"version": "1", f"status.{member}": "leave"}, page=path)
    assert late.status_code == 409, "somebody else was faster"
    assert f'name="status.{member}"' in late.text


def test_who_is_left_out_is_written_down_by_somebody_else_on_the_same_page(browser: Browser) -> None:
    browser.log_in("secretary")
    path = browser.send(NEW, sheet(browser), page=NEW).url.path
    browser.town.add_member("周三")
    browser.town.live_through("2026Q4")
    member = browser.town.members["周三"]
    field = f'name="status.{member}"'
    assert field in browser.open(path).text, "a row without attendance"
    untouched = browser.send(f"{path}/attendance", {"version": "1", f"status.{member}": ""}, page=path)
    assert (untouched.status_code, "尚未登记" in untouched.text) == (200, True)
    written = browser.send(f"{path}/attendance", {"version": "1", f"status.{member}": "present"}, page=path)
    assert "考勤已更正" in written.text
    assert "尚未登记" not in written.text


def test_who_was_slower_sees_what_the_other_wrote_and_keeps_only_what_they_changed(browser: Browser) -> None:
    browser.town.add_member("周三")
    browser.log_in("secretary")
    path = browser.send(NEW, sheet(browser), page=NEW).url.path
    one, other = (browser.town.members[name] for name in ("陈建国", "周三"))
    seen = {"version": "1", f"was.{one}": "present", f"was.{other}": "present", f"status.{other}": "present"}
    assert "考勤已更正" in browser.send(f"{path}/attendance", {**seen, f"status.{one}": "absent"}, page=path).text
    late = browser.send(
        f"{path}/attendance", {**seen, f"status.{one}": "present", f"status.{other}": "leave"}, page=path
    )  # fmt: skip
    assert late.status_code == 409
    for member, status in ((one, "absent"), (other, "leave")):
        assert re.search(rf'name="status.{member}"(?:(?!</select>).)*value="{status}" selected', late.text, re.DOTALL)


def test_the_sessions_of_a_place_and_of_some_days_are_found(browser: Browser) -> None:
    browser.log_in("secretary")
    assert browser.send(NEW, sheet(browser), page=NEW).status_code == 200
    browser.log_in("committee_officer")
    held = '<td><a href="/meetings/'
    here, there = ({"place": str(one)} for one in (browser.town.branch, browser.town.neighbour))
    assert held in browser.open("/meetings", **here, first="2026-11-01", last="").text
    assert "第一支部" in browser.open("/meetings").text, "whose it is"
    for nothing in (there, {"last": "2026-10-31"}):
        assert "没有符合条件" in browser.open("/meetings", **nothing).text


def test_who_comes_to_a_later_session_has_its_day(browser: Browser) -> None:
    browser.log_in("secretary")
    form = sheet(browser, **{f"status.{browser.town.members['陈建国']}": "later"})
    assert browser.send(NEW, form, page=NEW).status_code == 422
    taken = browser.send(NEW, {**form, "later_on": form["held_on"]}, page=NEW)
    assert "补课场次" in taken.text
    assert "已记录" in taken.text
    strange = {"version": "1", "status.nobody": "absent", f"status.{browser.town.members['陈建国']}": "asleep"}
    assert browser.send(f"{taken.url.path}/attendance", strange, page=taken.url.path).status_code == 422


def test_a_sheet_of_signatures_goes_with_a_meeting(browser: Browser) -> None:
    browser.log_in("secretary")
    files = {"files": ("签到表.jpg", photograph())}
    refused = browser.send(NEW, sheet(browser, title=" "), page=NEW, files=files)
    (kept,) = re.findall(r'name="evidence" value="([0-9a-f]{64})" checked', refused.text)
    there = browser.send(NEW, sheet(browser, evidence=kept), page=NEW)
    (file,) = re.findall(r'href="(/meetings/[^"]+/files/[0-9a-f]{64})"', there.text)
    assert file.endswith(kept)
    assert browser.open(file).status_code == 200


def test_a_group_leader_is_offered_the_own_group_only(browser: Browser) -> None:
    browser.log_in("group_leader")
    places = re.search(r'<select id="where".*?</select>', browser.open(NEW).text, re.DOTALL)
    assert places is not None
    assert re.findall(r">　?([^<]+)</option>", places[0]) == ["第一党小组"]


def test_an_absence_is_made_up_and_a_guest_entered_by_number_and_name(browser: Browser) -> None:
    browser.log_in("secretary")
    town = browser.town
    member = town.members["陈建国"]
    path = browser.send(NEW, sheet(browser, **{f"status.{member}": "absent"}), page=NEW).url.path
    guest = f"N{list(town.members).index('周美玲'):04d}"
    wrong = browser.send(f"{path}/make-ups", {"guests": f"{guest} 王无此"}, page=path)
    assert wrong.status_code == 422
    assert "周美玲" not in wrong.text, "a number alone tells no name"
    form = {"made_up": str(member), "made_up_on": town.actor().today.isoformat(), "guests": f"{guest} 周美玲"}
    done = browser.send(f"{path}/make-ups", form, page=path)
    assert "已登记补课 2 人" in done.text, done.text
    assert "周美玲" in done.text
    assert f'name="made_up" value="{member}"' not in done.text


def test_a_meeting_not_held_costs_no_member(browser: Browser) -> None:
    browser.log_in("secretary")
    path = "/meetings/not-held"
    page = browser.open(path, item="ORG-D02").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert hidden["item"] == "ORG-D02"
    bare = browser.send(path, {**hidden, "window": "2026-10"}, page=path)
    assert re.search(r'id="fault-reason">[^<]+', bare.text)
    done = browser.send(path, {**hidden, "window": "2026-10", "reason": "书记住院"}, page=path)
    assert "2 人免责" in done.text, done.text
    assert "书记住院" in done.text


def test_who_came_in_the_middle_of_a_window_is_not_on_its_sheet_and_nothing_is_refused(browser: Browser) -> None:
    browser.log_in("secretary")
    browser.town.add_member("高远", since=browser.town.actor().today)
    page = browser.open(NEW, item="ORG-D02").text
    assert "陈建国" in page
    assert "高远" not in page, "nobody asks it of them this month"
    members = dict(re.findall(r'name="(status\.[0-9a-f-]{36})" value="(present)" checked', page))
    leave = dict.fromkeys(members, "leave")
    assert "到会 0 人" in browser.send(NEW, sheet(browser, "ORG-D02", **leave), page=NEW).text
