"""What people are told of a proposal names what it costs, what counts of it and who decided, in their language."""

from __future__ import annotations

from tests.submissions.flows import code, edit, inbox, on, praise, view
from tests.submissions.test_hearing import TELLING, accuse
from tests.town import Desk, Json


def texts(desk: Desk, login: str, kind: str, language: str = "zh") -> list[str]:
    headers = {**desk.headers(login), "Accept-Language": language}
    found = desk.client.get("/api/v1/me/messages", params={"limit": 200}, headers=headers).json()["messages"]
    return [one["text"] for one in found if one["kind"] == kind]


def test_who_is_heard_knows_what_it_would_cost_and_who_lost_it_knows_each_part(desk: Desk) -> None:
    submission = accuse(desk)
    (asked,) = texts(desk, "林晓明", "hearing_asked")
    assert "拟记 -10 分" in asked
    assert "（EXC-D02）的份额 -10 分" in asked
    assert view(desk, "secretary", submission)["submission"]["points"] == -10
    desk.at_submission("林晓明", submission, "answer", {"answer": "已请假"})
    entries = desk.decide("secretary", submission).json()["entries"]
    assert {one["reason"] for one in entries} == {"无故未完成任务"}
    (told,) = texts(desk, "林晓明", "deduction_told")
    assert "记 -20 分" in told
    assert "（EXC-F01）-10 分、" in told
    assert "（EXC-D02）-10 分）" in told


def test_a_tier_is_named_and_its_points_are_the_submissions(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("林晓明", fact)
    assert view(desk, "secretary", fact["id"])["submission"]["points"] == 10
    assert desk.decide("secretary", fact["id"], "return").status_code == 200
    changed = edit(desk, "林晓明", fact["id"], tier="benefit", matter="建议1号", reason="年节约五万元")
    assert changed.status_code == 200, changed.text
    assert view(desk, "secretary", fact["id"])["submission"]["points"] == 30


def test_what_a_ceiling_takes_is_not_told_as_points(desk: Desk) -> None:
    for number, expected in ((1, "计入总积分"), (2, "一部分"), (3, "总积分未变")):
        tier = "adopted" if number == 1 else "benefit"
        fact = praise(desk, matter=f"建议{number}号", tier=tier)
        desk.recorded("林晓明", fact)
        assert desk.decide("secretary", fact["id"]).status_code == 200
        assert expected in texts(desk, "林晓明", "submission_posted")[-1]


def test_an_english_reader_is_told_the_items_english_name(desk: Desk) -> None:
    accuse(desk)
    (asked,) = texts(desk, "林晓明", "hearing_asked", "en")
    assert "“Assignment not done” (EXC-F01, 2026-11-05)" in asked
    assert ": -10 points" in asked


def test_words_said_on_a_later_day_are_written_down_and_shorten_nothing(desk: Desk) -> None:
    submission = accuse(desk, "陈建国")
    first = desk.at_submission("secretary", submission, "hearing", TELLING)
    assert first.status_code == 200, first.text
    due_on = first.json()["hearing"]["due_on"]
    on(desk, "2026-11-24")
    said: Json = {**TELLING, "said": "当天在医院"}
    later = desk.at_submission("secretary", submission, "hearing", said)
    assert (later.status_code, later.json()["hearing"]["said"]) == (200, "当天在医院")
    assert later.json()["hearing"]["due_on"] == due_on
    assert code(desk.decide("secretary", submission)) == (409, "hearing_open")
    again = desk.at_submission("secretary", submission, "hearing", said)
    assert (again.status_code, view(desk, "secretary", submission)["submission"]["version"]) == (200, 3)
    other = desk.at_submission("secretary", submission, "hearing", {**TELLING, "said": "没有意见"})
    assert code(other) == (409, "told_already"), "what was said stays"
    assert code(desk.at_submission("secretary", submission, "hearing", {**said, "told_on": "2026-11-22"}))[0] == 409


def test_a_veto_says_who_decided_it_and_neither_recommends_nor_ranks(desk: Desk) -> None:
    fact = desk.town.fact("林晓明", "LAW-V02", reason="判决生效")
    desk.posted("committee_officer", fact, "district_officer")
    (told,) = texts(desk, "林晓明", "veto_decided")
    assert told.startswith("经区两新工委决定")
    assert "基层党委" not in told
    standing = desk.standing("林晓明")
    assert (standing["total"], standing["effective"], standing["band"], standing["vetoes"]) == (1000, 0, None, 1)
    home = desk.client.get("/api/v1/me", headers=desk.headers("林晓明")).json()
    assert (home["standing"]["band"], home["places"]["branch"], home["places"]["district"]) == (None, None, None)
    own = desk.client.get("/api/v1/me/position", headers=desk.headers("林晓明")).json()
    assert (own["points"], own["branch"], own["district"]) == (None, None, None)


def test_the_first_screen_adds_up(desk: Desk) -> None:
    for number in (1, 2):
        fact = praise(desk, matter=f"建议{number}号", tier="benefit" if number == 2 else "adopted")
        desk.recorded("林晓明", fact)
        assert desk.decide("secretary", fact["id"]).status_code == 200
    found = desk.client.get("/api/v1/me", headers=desk.headers("林晓明")).json()["standing"]
    uncut = sum(one["routine"] + one["innovation"] + one["fault"] for one in found["dimensions"])
    assert found["opening"] + uncut + sum(one["points"] for one in found["cuts"]) == found["total"]
    assert found["cuts"], "the ceiling bites"


def test_refusals_name_roles_in_words(desk: Desk) -> None:
    fact = desk.town.missed("林晓明", "ORG-D01")
    for language, words in (("zh", "组织委员"), ("en", "organisation commissioner")):
        (fault,) = desk.faults("group_leader", fact, language=language)
        assert (fault["code"], words in fault["detail"]) == ("not_your_item", True), fault["detail"]
        assert "_" not in fault["detail"]
    assert inbox(desk, "林晓明") == []
