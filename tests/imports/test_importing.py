"""Rows of a workbook go the way of single records: all of them or none, once, and as the preview said."""

from __future__ import annotations

import pytest

from app.auth.core import Role
from app.kit.ids import new_id
from tests.imports.conftest import Counter, Row, item_of
from tests.statements import count_statements
from tests.submissions.test_retries import at_once

OWN, OTHER, NEIGHBOUR = "林晓明", "陈建国", "周美玲"


def mixed(counter: Counter) -> list[Row]:
    """A duty missed, hours of service, an addition and a deduction."""
    return [
        counter.row(OWN, outcome="未履行"),
        counter.row(OTHER, "SRV-D02", units=4, reason="社区服务"),
        counter.row(OWN, "EXC-A01", tier="adopted", matter="建议9号"),
        counter.row(OTHER, "LAW-F01", tier="reminder", matter="谈话3号", reason="谈话提醒"),
    ]


def test_routine_rows_are_booked_and_the_rest_waits_for_a_reviewer(counter: Counter) -> None:
    answer = counter.sent("secretary", *mixed(counter))
    assert answer["counts"] == {"posted": 2, "submitted": 2}
    assert [(one["row"], one["name"], one["item"], one["state"], one["points"]) for one in answer["rows"]] == [
        (2, OWN, "ORG-D02", "posted", -10),
        (3, OTHER, "SRV-D02", "posted", 0),
        (4, OWN, "EXC-A01", "submitted", None),
        (5, OTHER, "LAW-F01", "submitted", None),
    ]
    assert counter.desk.total(OWN) == 990
    entry = counter.desk.entries(OWN)[-1]
    assert (entry["id"], entry["source"]) == (answer["rows"][0]["id"], "import")
    waiting = {one["id"] for one in counter.desk.submissions("secretary", state="submitted")}
    assert waiting == {one["id"] for one in answer["rows"][2:]}


def test_the_preview_equals_the_import_but_for_saying_so(counter: Counter) -> None:
    book, batch = counter.workbook(*mixed(counter)), new_id()
    previewed = counter.send("secretary", book, id=batch, preview="true")
    assert previewed.status_code == 200
    assert counter.desk.total(OWN) == 1000
    assert counter.get("secretary").json()["batches"] == []
    done = counter.send("secretary", book, id=batch)
    assert done.status_code == 201
    assert {**done.json(), "preview": True} == previewed.json()
    assert [one["after"]["total"] for one in done.json()["effects"] if one["after"] != one["before"]] == [990]


def test_an_imported_row_books_what_a_single_record_books(counter: Counter) -> None:
    desk = counter.desk
    fact = desk.town.missed(OWN, "ORG-D03", reason="缺席")
    (single,) = desk.recorded("secretary", fact, preview="true")
    row = counter.row(OWN, "ORG-D03", outcome="未履行", reason="缺席")
    answer = counter.sent("secretary", row)
    booked = desk.entries(OWN)[-1]
    # Whoever records is told no names beside ids (decision 42).
    own = {"id", "source", "recorded_at", "member_name", "branch_name", "recorded_by_name"}
    assert {key: booked[key] for key in booked if key not in own | {"reason"}} == {
        key: single["entry"][key] for key in single["entry"] if key not in own | {"reason"}
    }
    assert [{**one, "member_name": None} for one in answer["effects"]] == [single["effect"]]


def test_items_are_named_by_code_by_name_or_as_listed(counter: Counter) -> None:
    item = item_of(counter, "ORG-D02")
    for at, said in enumerate((item.code, item.name.zh, item.name.en, f"{item.code} {item.name.zh}")):
        answer = counter.sent("secretary", counter.row(OWN, said), preview="true", id=new_id())
        assert (at, answer["rows"][0]["item"]) == (at, "ORG-D02")


def test_a_tier_is_named_by_its_name_too(counter: Counter) -> None:
    item = item_of(counter, "EXC-A01")
    name = next(tier.name.zh for tier in item.tiers if tier.code == "adopted")
    answer = counter.sent("secretary", counter.row(OWN, "EXC-A01", tier=name, matter="建议9号"))
    (kept,) = counter.desk.submissions("secretary")
    assert (kept["id"], kept["tier"]) == (answer["rows"][0]["id"], "adopted")


def test_one_fault_and_nothing_is_recorded_and_all_faults_are_told(counter: Counter) -> None:
    rows = [
        counter.row(OWN),
        {**counter.row(OWN, "ORG-D01"), "name": OTHER},
        counter.row(NEIGHBOUR),
        {**counter.row(OTHER), "number": "N9999"},
        counter.row(OTHER, "ORG-D99", outcome="未履行"),
        counter.row(OTHER, "SRV-D02", units="许多"),
        counter.row(OTHER, "EXC-A01", tier="最好", matter="建议9号"),
        {**counter.row(OTHER), "day": "2027-01-05"},
        {**counter.row(OTHER), "day": None},
        counter.row(OWN, outcome="未履行"),  # the duty of the first row once more
        counter.row(OTHER, outcome="大概"),
    ]
    assert counter.faults("secretary", *rows) == [
        ("积分记录!A3", "import_member_not_found"),
        ("积分记录!A4", "import_member_not_found"),
        ("积分记录!A5", "import_member_not_found"),
        ("积分记录!C6", "unknown_item"),
        ("积分记录!F7", "wrong_type"),
        ("积分记录!G8", "tier_unknown"),
        ("积分记录!D9", "no_cycle"),
        ("积分记录!D10", "missing_value"),
        ("积分记录!C11", "duty_decided"),
        ("积分记录!E12", "not_a_choice"),
    ]
    assert (counter.desk.total(OWN), counter.desk.submissions("district_officer")) == (1000, [])
    assert counter.get("secretary").json()["batches"] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_faults_are_told_in_the_callers_language(counter: Counter, language: str) -> None:
    rows = [counter.row(OWN), {**counter.row(OTHER), "name": "张三"}]
    answer = counter.send("secretary", counter.workbook(*rows), language=language)
    assert (answer.status_code, answer.json()["code"]) == (404, "entries_refused")
    (fault,) = answer.json()["faults"]
    assert fault["index"] == 3
    assert ("第 3 行 A 列" if language == "zh" else "row 3, column A") in fault["detail"]
    assert "N0001" in fault["detail"]
    assert not any(name in fault["detail"] for name in ("张三", OTHER))


def test_who_is_out_of_reach_is_told_apart_from_nobody_by_nothing(counter: Counter) -> None:
    """The right name of a member next door, a wrong one, and a number that nobody has read alike."""
    for amiss in ({}, {"day": None}, {"units": "许多"}):
        right = {**counter.row(NEIGHBOUR), **amiss}
        told = []
        for row in (right, {**right, "name": "张三"}, {**right, "number": "N9999"}):
            answer = counter.send("secretary", counter.workbook(row)).json()
            details = [one["detail"].replace("N9999", str(right["number"])) for one in answer["faults"]]
            told.append((answer["status"], [one["code"] for one in answer["faults"]], details))
        assert told[0] == told[1] == told[2], amiss


def test_the_same_batch_again_is_the_same_batch(counter: Counter) -> None:
    batch = new_id()
    first = counter.sent("secretary", *mixed(counter), id=batch)
    again = counter.send("secretary", counter.workbook(*mixed(counter)), id=batch)  # saved anew: other bytes
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert (again.json()["replayed"], again.json()["rows"]) == (True, first["rows"])
    assert counter.desk.total(OWN) == 990
    other = counter.send("secretary", counter.workbook(counter.row(OWN, "ORG-D01")), id=batch)
    assert (other.status_code, other.json()["code"]) == (409, "id_used")
    stolen = counter.send("committee_officer", counter.workbook(*mixed(counter)), id=batch)
    assert (stolen.status_code, stolen.json()["code"]) == (409, "id_used")


def test_the_same_content_under_another_id_names_the_batch_that_stands(counter: Counter) -> None:
    hours = [counter.row(OTHER, "SRV-D02", units=4), counter.row(OWN, "SRV-D02", units=3)]
    first = counter.sent("secretary", *hours)["batch"]["id"]
    answer = counter.send("committee_officer", counter.workbook(*reversed(hours)))
    assert (answer.status_code, answer.json()["code"]) == (409, "imported_before")
    assert first in answer.json()["detail"]
    again = counter.sent("secretary", *hours, again="true")
    assert (again["batch"]["again"], again["counts"]) == (True, {"posted": 2})
    # Whoever does not see the batch is not told of it.
    desk = counter.desk
    desk.town.appoint("elder", Role.GROUP_LEADER, desk.town.path(desk.town.committee, desk.town.neighbour))
    assert counter.send("elder", counter.workbook(*hours)).json()["code"] == "entries_refused"


def test_a_workbook_without_rows_is_refused(counter: Counter) -> None:
    answer = counter.send("secretary", counter.workbook())
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_to_import")


def test_a_batch_is_seen_by_who_sent_it_and_by_who_reads_submissions_there(counter: Counter) -> None:
    batch = counter.sent("hr", counter.row(OWN, "PUB-D03", units=80))["batch"]["id"]
    for login in ("hr", "secretary", "committee_officer", "district_officer", "auditor"):
        assert [one["id"] for one in counter.get(login).json()["batches"]] == [batch], login
        assert counter.get(login, f"/{batch}").status_code == 200
    both = counter.sent("committee_officer", counter.row(OWN), counter.row(NEIGHBOUR))["batch"]["id"]
    assert counter.get("secretary", f"/{both}").status_code == 404
    assert [one["id"] for one in counter.get("hr").json()["batches"]] == [batch]


def test_pages_of_batches_go_backwards_without_gap_or_repeat(counter: Counter) -> None:
    sent = [counter.sent("secretary", counter.row(OWN, "SRV-D02", units=at + 1))["batch"]["id"] for at in range(5)]
    seen, cursor = [], None
    while True:
        page = counter.get("secretary", limit=2, **({} if cursor is None else {"cursor": cursor})).json()
        seen += [one["id"] for one in page["batches"]]
        cursor = page["following"]
        if cursor is None:
            break
    assert seen == sorted(sent, reverse=True)


def test_two_uploads_of_one_batch_at_once_are_one(counter: Counter) -> None:
    for at in range(4):
        book, batch = counter.workbook(counter.row(OWN, "SRV-D02", units=at + 1)), new_id()
        answers = at_once(*[lambda book=book, batch=batch: counter.send("secretary", book, id=batch)] * 2)
        assert sorted(one.status_code for one in answers) == [200, 201], [one.text for one in answers]
        assert answers[0].json()["rows"] == answers[1].json()["rows"]
    assert len([one for one in counter.desk.entries(OWN) if one["item"] == "SRV-D02"]) == 4


def test_of_two_uploads_of_one_content_at_once_one_is_refused(counter: Counter) -> None:
    for at in range(4):
        book = counter.workbook(counter.row(OWN, "SRV-D02", units=at + 1))
        answers = at_once(*[lambda book=book: counter.send("secretary", book)] * 2)
        assert sorted(one.status_code for one in answers) == [201, 409], [one.text for one in answers]
        assert {one.json().get("code") for one in answers} == {None, "imported_before"}


def test_statements_do_not_grow_with_the_rows(counter: Counter) -> None:
    town = counter.desk.town
    names = [f"党员{at}" for at in range(40)]
    for name in names:
        town.add_member(name)
    town.live_through("2026Q2", "2026Q3", "2026Q4")

    def rows(some: list[str]) -> list[Row]:
        found = [counter.row(name, "SRV-D02", units=2) for name in some]
        return found + [counter.row(name, "EXC-A01", tier="adopted", matter=f"建议 {name}") for name in some]

    # Whatever is remembered from the first request on, and the inbox of who is asked to review.
    counter.sent("secretary", counter.row(OWN), counter.row(OWN, "EXC-A01", tier="adopted", matter="建议9号"))
    counts = []
    for some in (names[:2], names[2:]):
        book = counter.workbook(*rows(some))
        with count_statements(town.database) as statements:
            assert counter.send("secretary", book).status_code == 201
        counts.append(len(statements))
    assert counts[0] == counts[1]
