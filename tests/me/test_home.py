"""One request opens the app: all of it is there, it stays small, and no record makes it slower."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from app.kit.db import Database
from app.kit.ids import new_id
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind
from app.roster.tables import member
from tests.activities.meetings import Clerk
from tests.me.conftest import MEMBER, Phone
from tests.statements import count_statements
from tests.submissions.flows import finding, on, praise

BYTES_MAX = 50_000
STATEMENTS_MAX = 60


def test_a_member_sees_who_they_are_and_where_they_stand(phone: Phone) -> None:
    home = phone.read()
    assert home["account"]["name"] == MEMBER
    assert [place["name"] for place in home["member"]["places"]] == ["城东街道党工委", "第一支部", "第一党小组"]
    assert [office["role"] for office in home["offices"]] == ["member"]
    assert home["quarter"]["code"] == "2026Q4"
    standing = home["standing"]
    assert (standing["total"], standing["opening"], standing["cycle"]) == (1000, 1000, "2026")
    assert {one["code"]: one["allotment"] for one in standing["dimensions"]} == {
        "ORG": 350, "EXC": 150, "SRV": 200, "LAW": 150, "PUB": 150,
    }  # fmt: skip
    assert sum(one["held"] for one in standing["dimensions"]) == standing["daily"]


def test_the_duties_of_the_quarter_are_there_with_their_state(phone: Phone) -> None:
    phone.desk.recorded("group_leader", phone.desk.town.missed(MEMBER))
    duties = {(one["item"], one["window"]): one for one in phone.read()["duties"]}
    theme_day = duties["ORG-D02", "2026-11"]
    assert (theme_day["state"], theme_day["name"], theme_day["due_on"]) == ("missed", "参加主题党日", "2026-11-30")
    assert duties["ORG-D02", "2026-12"]["state"] == "expected"
    assert all(one["due_on"] <= "2026-12-31" for one in duties.values())
    hours = duties["SRV-D02", "2026"]
    assert (hours["target"], hours["done"]) == (20, 0)


def test_what_waits_for_whom_is_on_the_first_screen(phone: Phone) -> None:
    desk = phone.desk
    proposal, accusation = praise(desk), finding(desk)
    desk.recorded(MEMBER, proposal)
    desk.recorded("organisation_commissioner", accusation)
    home = phone.read()
    (hearing,) = home["hearings"]["listed"]
    assert (hearing["id"], hearing["due_on"]) == (accusation["id"], "2026-11-27")
    assert hearing["name"] == "未完成支部交办任务"
    assert {one["id"] for one in home["own_submissions"]["listed"]} == {proposal["id"], accusation["id"]}
    assert home["reviews"]["listed"] == []
    (review,) = phone.of("secretary").read()["reviews"]["listed"]
    assert (review["id"], review["member"], review["kind"]) == (proposal["id"], MEMBER, "innovation")
    assert home["messages"]["unread"] == len(home["messages"]["latest"]) == home["messages"]["last"] > 0


def test_an_appeal_is_on_the_screens_of_both_sides(phone: Phone) -> None:
    desk = phone.desk
    missed = desk.town.missed(MEMBER)
    desk.recorded("group_leader", missed)
    (filed,) = phone.sent(phone.appeal(missed["id"]))
    assert filed["status"] == 201
    home = phone.read()
    assert [one["item"] for one in home["own_appeals"]["listed"]] == ["ORG-D02"]
    assert home["standing"]["under_appeal"] == 1
    (asked,) = phone.of("secretary").read()["appeals_to_answer"]["listed"]
    assert (asked["member"], asked["name"], asked["due_on"]) == (MEMBER, "参加主题党日", filed["due_on"])


def test_an_absence_is_shown_until_it_is_made_up(phone: Phone) -> None:
    clerk = Clerk(phone.desk)
    activity = clerk.recorded("secretary", clerk.mark(MEMBER, "leave"))
    (absence,) = phone.read()["absences"]
    assert (absence["activity_id"], absence["make_up_by"]) == (activity["id"], "2026-11-27")
    assert clerk.make_up("secretary", activity, MEMBER, "2026-11-21").status_code in {200, 201}
    assert phone.read()["absences"] == []


@pytest.mark.parametrize(
    ("reach", "branch", "district"),
    [
        ("district", {"rank": 1, "of": 2}, {"rank": 1, "of": 3}),
        ("branch", {"rank": 1, "of": 2}, None),
        ("off", {"rank": 1, "of": 2}, None),
    ],
)
def test_the_own_place_is_shown_whatever_the_boards_show_to_others(
    phone: Phone, reach: str, branch: object, district: object
) -> None:
    desk = phone.desk
    desk.recorded("group_leader", desk.town.missed("陈建国"))
    body = {"reach": reach, "top": 1, "names": "masked"}
    answer = desk.client.put("/api/v1/boards/policies/members", json=body, headers=desk.headers("district_officer"))
    assert answer.status_code == 200
    assert phone.read()["places"] == {"reach": reach, "branch": branch, "district": district}
    assert phone.read("/standing")["places"] == phone.read()["places"]


def test_an_office_without_a_member_opens_the_app_and_has_no_record(phone: Phone) -> None:
    officer = phone.of("district_officer")
    home = officer.read()
    assert (home["member"], home["standing"], home["places"], home["duties"]) == (None, None, None, [])
    assert home["offices"][0]["organisation"]["name"] == "测试区"
    for path in ("/standing", "/entries", "/items", "/duties", "/appeals", "/evidence"):
        answer = officer.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_a_member")
        assert "名册" in answer.json()["detail"]
        assert "roster" in officer.get(path, language="en").json()["detail"]
    assert officer.read("/submissions")["submissions"] == []


def test_before_the_cycle_is_open_the_app_opens_all_the_same(phone: Phone) -> None:
    on(phone.desk, "2027-02-01")
    home = phone.read()
    assert (home["quarter"], home["standing"]) == (None, None)
    assert home["member"]["name"] == MEMBER


def test_who_has_it_already_is_told_so_and_who_has_not_gets_it(phone: Phone) -> None:
    desk, headers = phone.desk, phone.desk.headers(MEMBER)
    for path in ("", "/standing", "/entries", "/items", "/duties", "/submissions", "/appeals", "/evidence"):
        first = phone.get(path)
        assert first.headers["cache-control"] == "private, no-cache"
        known = {**headers, "If-None-Match": first.headers["etag"], "Accept-Language": "zh"}
        again = desk.client.get(f"/api/v1/me{path}", headers=known)
        assert (path, again.status_code, again.content) == (path, 304, b"")
    tag = phone.get().headers["etag"]
    desk.recorded("group_leader", desk.town.missed(MEMBER))
    assert phone.get().headers["etag"] != tag


def test_it_is_small_for_the_busiest_of_all(phone: Phone) -> None:
    """A secretary who is a member too: long messages, many reviews, offices and appeals, every duty open."""
    desk, town = phone.desk, phone.desk.town
    busy = phone.of("secretary")
    _make_a_member_of(busy)
    words = "长" * 1000
    told = [
        Message(
            Recipient(account_id=town.accounts["secretary"]),
            Kind.COMPLAINT_ANSWERED,
            Subject("complaint", new_id()),
            {"reference": f"2026-{number:04d}", "answer": words},
            due_on=date(2026, 11, 30),
        )
        for number in range(60)
    ]
    town.run(lambda connection, actor: messages.tell(connection, actor, told))
    for _ in range(25):
        desk.recorded("district_officer", praise(desk, reason="由" * 500), praise(desk, "陈建国", reason="由" * 500))
    for number in range(1, 13):
        missed = town.missed(MEMBER, "ORG-D03", effective_on=f"2026-{number if number < 12 else 11:02d}-05")
        if number < 12:
            desk.recorded("group_leader", missed)
            assert phone.sent(phone.appeal(missed["id"], text="辩" * 2000))[0]["status"] == 201
    answer = busy.get()
    home = answer.json()
    assert len(home["reviews"]["listed"]) == 10
    assert home["reviews"]["more"]
    assert home["appeals_to_answer"]["more"]
    assert len(home["duties"]) > 20
    assert home["messages"]["unread"] > 60
    assert len(answer.content) < BYTES_MAX, len(answer.content)


def _make_a_member_of(phone: Phone) -> None:
    """The account's own membership of the branch."""
    town = phone.desk.town
    name = f"{phone.login}本人"
    today = town.actor().today
    town.on(date(2026, 1, 5))
    town.add_member(name)
    town.on(today)
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    statement = (
        update(member)
        .where(member.c.district_id == town.district.id, member.c.id == town.members[name])
        .values(account_id=town.accounts[phone.login])
    )
    town.database.run(lambda connection: connection.execute(statement), town.district.id)


def test_its_queries_do_not_grow_with_the_record(phone: Phone, database: Database) -> None:
    desk, town = phone.desk, phone.desk.town

    def statements() -> int:
        with count_statements(database) as sent:
            phone.read()
        return len(sent)

    desk.recorded("group_leader", town.missed(MEMBER, effective_on="2026-02-05"))
    desk.recorded("organisation_commissioner", finding(desk))
    desk.recorded("district_officer", praise(desk))
    (filed,) = phone.sent(phone.appeal(desk.entries(MEMBER)[-1]["id"]))
    assert filed["status"] == 201
    phone.read()  # rule books are read once a process
    few = statements()
    for month in range(3, 12):
        desk.recorded("group_leader", town.missed(MEMBER, effective_on=f"2026-{month:02d}-05"))
        desk.recorded("district_officer", praise(desk))
        phone.sent(phone.appeal(desk.entries(MEMBER)[-1]["id"]))
    assert statements() == few <= STATEMENTS_MAX
