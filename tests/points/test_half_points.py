"""A branch that goes by half points beside one that does not: every number that leaves the service is as printed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import service as cases
from app.points import service as points
from app.points import verifying
from app.points.refusals import OpeningTooFine
from app.points.views import Opening
from app.rules import service as rules
from app.rules.book import load_book
from app.rules.points import json_number, printed, printed_number, printed_text, signed_text, smallest_unit
from tests.points.test_api import assert_adds_up, read
from tests.town import BOOK, Desk, Json, Town

HONGDONG = load_book(Path(__file__).resolve().parents[2] / "scoring_rules" / "hongdong")


@pytest.fixture
def desk(town: Town, client: TestClient) -> Desk:
    """林晓明 goes by whole points (Longwen); 周美玲, next door, by tenths (the Hongdong example)."""

    def adopt(connection: Connection, actor: Actor) -> None:
        rules.publish(connection, town.district.id, HONGDONG, at=actor.at, by=None)
        rules.adopt(connection, town.district.id, book="hongdong", path=town.neighbour_path, from_on=date(2026, 1, 1))

    town.run(adopt)
    today = town.actor().today
    town.on(date(2026, 1, 5))
    town.add_member("林晓明", account=True)
    town.add_member("周美玲", branch=town.neighbour, account=True)
    town.appoint_cast()
    town.on(today)
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    return Desk(town, client)


def task(desk: Desk, chosen: Any = 7.5, name: str = "周美玲", **more: Any) -> Json:
    """A role in a key campaign: 5 to 10 points in steps of half a point."""
    return desk.town.fact(name, "DUT-A01", matter="防汛", points=chosen, **more)


def settled(desk: Desk) -> None:
    """2.5 points lost on the post of the third quarter, 7.5 added for a campaign."""
    fact = task(desk)
    lost = desk.town.missed("周美玲", "DUT-D01", effective_on="2026-08-05")
    desk.recorded("committee_officer", lost, fact)
    assert desk.decide("district_officer", fact["id"]).status_code == 200


# Recording.


def test_a_recorder_chooses_half_points_and_reads_them_back(desk: Desk) -> None:
    fact = task(desk)
    (sent,) = desk.recorded("committee_officer", fact)
    assert sent["submission"]["points"] == 7.5
    (again,) = desk.recorded("committee_officer", fact)
    assert (again["replayed"], again["submission"]) == (True, sent["submission"])
    assert desk.submissions("committee_officer")[0]["points"] == 7.5
    decided = desk.decide("district_officer", fact["id"]).json()
    assert [one["points"] for one in decided["entries"]] == [7.5]
    (effect,) = decided["effects"]
    assert (effect["before"]["total"], effect["after"]["total"], effect["after"]["innovation"]) == (100, 107.5, 7.5)
    assert (desk.total("周美玲"), desk.entries("周美玲")[-1]["points"]) == (107.5, 7.5)
    other = desk.codes("committee_officer", {**fact, "points": 8})
    assert other == [(0, "id", "id_used")], "the points are part of what was sent"


@pytest.mark.parametrize(
    ("chosen", "code", "zh", "en"),
    [
        (7.25, "points_too_fine", "最小到 0.1 分，不能记 7.25 分", "count in steps of 0.1, so there is no 7.25"),
        (7.3, "points_out_of_range", "应在 5 至 10 之间、从 5 起每 0.5 一档，现为 7.3", "steps of 0.5, not 7.3"),
        (75, "points_out_of_range", "现为 75。", "from 5 to 10 in steps of 0.5, not 75"),
        (None, "points_missing", "在 5 至 10 分之间定分", "a number from 5 to 10 in points"),
    ],
)
def test_a_refusal_speaks_of_points_as_the_book_prints_them(
    desk: Desk, chosen: float | None, code: str, zh: str, en: str
) -> None:
    for language, words in (("zh", zh), ("en", en)):
        (fault,) = desk.faults("committee_officer", task(desk, chosen), language=language)
        assert (fault["field"], fault["code"]) == ("points", code)
        assert words in fault["detail"]


@pytest.mark.parametrize("wrong", ["7.5", True, [7.5], 1e9, -1e300])
def test_points_are_a_number_of_some_size(desk: Desk, wrong: object) -> None:
    ((_, field, _),) = desk.codes("committee_officer", task(desk, wrong))
    assert field == "points"


def test_a_book_of_whole_points_takes_no_half(desk: Desk) -> None:
    ((_, field, code),) = desk.codes("committee_officer", desk.town.praise("林晓明", points=2.5))
    assert (field, code) == ("points", "points_too_fine")


def test_a_paper_carries_half_points_over(desk: Desk) -> None:
    desk.town.add_member("孙少华", branch=desk.town.neighbour, standing=False)

    def opened(carried: str) -> int:
        opening = Opening(desk.town.members["孙少华"], Decimal(carried), "2025年台账")
        found: int = desk.town.run(lambda c, a: points.open_standings(c, a, "2026", [opening]))
        return found

    with pytest.raises(OpeningTooFine) as caught:
        opened("95.55")
    assert "95.55" in caught.value.text("zh")
    assert opened("95.5") == 1
    assert (desk.standing("孙少华")["opening"], desk.total("孙少华")) == (95.5, 95.5)


# Reading.


def test_a_standing_is_in_printed_points(desk: Desk) -> None:
    settled(desk)
    found = desk.standing("周美玲")
    numbers = ("opening", "daily", "innovation", "fault", "total", "effective")
    assert [found[one] for one in numbers] == [100, 97.5, 7.5, 0, 105, 105]
    assert found["matrix"] == {"DUT": {"innovation": 7.5, "routine": -2.5}}
    assert [one["points"] for one in desk.entries("周美玲")] == [100, -2.5, 7.5]


def test_an_explanation_adds_up_in_printed_points(desk: Desk) -> None:
    settled(desk)
    found = read(desk, "周美玲", "explanation").json()
    assert_adds_up(found)
    assert found["score"]["total"] == 105
    duties = [
        duty["share"]
        for kind in found["kinds"]
        for dimension in kind["dimensions"]
        for item in dimension["items"]
        for duty in item["duties"]
        if item["item"] == "DUT-D01"
    ]
    assert duties == [2.5] * 4


def test_a_bound_of_a_month_is_called_so(desk: Desk) -> None:
    studied = [desk.town.fact("周美玲", "EDU-A01", units=1, reason="名册存支部") for _ in range(3)]
    desk.recorded("committee_officer", *studied)
    for fact in studied:
        assert desk.decide("district_officer", fact["id"]).status_code == 200
    found = desk.standing("周美玲")
    assert [(one["reason"], one["where"], one["points"]) for one in found["cuts"]] == [("ceiling_month", "EDU-A01", -1)]
    assert found["innovation"] == 2
    explained = read(desk, "周美玲", "explanation").json()
    assert_adds_up(explained)
    (item,) = [item for item in explained["kinds"][1]["dimensions"][0]["items"] if item["entries"]]
    assert [one["counted"] for one in item["entries"]] == [1, 1, 1]
    assert item["cuts"][0]["text"]["zh"] == "超过每月上限或下限"


def test_a_book_of_whole_points_answers_as_ever(desk: Desk) -> None:
    desk.recorded("committee_officer", desk.town.missed("林晓明"))
    text = read(desk, "林晓明", "standing").text + read(desk, "林晓明", "explanation").text
    assert '"daily":990,' in text
    assert '"opening":1000,' in text
    assert ".0," not in text


def test_members_of_both_books_stand_on_one_board_by_what_is_printed(desk: Desk) -> None:
    settled(desk)
    desk.recorded(
        "committee_officer",
        *(desk.town.missed("林晓明", effective_on=f"2026-{month:02d}-05") for month in range(2, 12)),
    )
    board = desk.client.get("/api/v1/boards/district", headers=desk.headers("district_officer")).json()
    assert [(one["rank"], one["points"]) for one in board["rows"]] == [(1, 900), (2, 105)], "1050 tenths are no 1050"
    own = desk.client.get("/api/v1/me/position", headers=desk.headers("周美玲")).json()
    assert (own["district"]["rank"], own["points"], own["district"]["ahead"]["points"]) == (2, 105, 900)
    desk.recorded("committee_officer", desk.town.missed("周美玲", "DUT-D01"))
    own = desk.client.get("/api/v1/me/position", headers=desk.headers("周美玲")).json()
    assert (own["district"]["rank"], own["points"]) == (2, 102.5)


def test_what_the_lines_found_is_in_printed_points(desk: Desk) -> None:
    months = [f"2026-{month:02d}-05" for month in range(1, 10)]
    lost = [desk.town.missed("周美玲", "ORG-D02", effective_on=day) for day in months]
    lost += [desk.town.missed("周美玲", "ORG-D01", effective_on=day) for day in months[1::3]]
    lost.append(desk.town.missed("周美玲", "DUT-D01", effective_on="2026-08-05"))
    desk.recorded("committee_officer", *lost)
    desk.town.confirm("2026Q3", "2026Q4")
    desk.town.run(lambda connection, actor: cases.apply(connection, actor, "2026Q3"))
    found = desk.client.get("/api/v1/lines/quarters/2026Q3", headers=desk.headers("district_officer")).json()
    (assisted,) = [one for one in found["findings"] if one["line"] == "assist"]
    assert (assisted["name"], assisted["value"], assisted["bound"]) == ("周美玲", 55.5, 60)


def test_the_sheet_prints_numbers_with_the_places_of_the_book(desk: Desk) -> None:
    settled(desk)
    desk.recorded("committee_officer", desk.town.missed("周美玲", "DUT-D01"), desk.town.missed("林晓明"))
    answer = desk.client.get("/api/v1/quarters/2026Q4/sheet", headers=desk.headers("district_officer"))
    page = load_workbook(BytesIO(answer.content)).worksheets[0]
    rows = {str(row[1].value): row for row in page.iter_rows(min_row=2)}
    half, whole = rows["周美玲"], rows["林晓明"]
    assert [half[at].value for at in (2, 4, 6, 8, 10)] == [2.5, 95, 7.5, 0, 102.5]
    assert {half[at].number_format for at in (2, 4, 6, 8, 10)} == {"0.0"}
    assert (half[3].value, half[7].value) == ("认领岗位履职 -2.5", "在中心工作中承担任务 +7.5")
    assert [whole[at].value for at in (2, 4, 6, 8, 10)] == [10, 990, 0, 0, 990]
    assert {whole[at].number_format for at in (2, 4, 6, 8, 10)} == {"0"}


def test_the_rule_book_is_read_in_the_points_that_are_sent(desk: Desk) -> None:
    path = "/api/v1/rule-books/hongdong/editions/2026/items"
    book = desk.client.get(path, headers=desk.headers("周美玲")).json()
    items = {one["code"]: one for one in book["items"]}
    assert items["DUT-A01"]["chosen"] == {"low": 5, "high": 10, "step": 0.5}
    assert items["DUT-D01"]["duty"]["share"] == 2.5
    assert [one["points"] for one in items["DUT-A05"]["tiers"]] == [3, 1, 0.5]


def test_half_points_are_proved_with_the_rest(desk: Desk) -> None:
    settled(desk)
    work = desk.town.run(verifying.verify, snapshot=True)
    assert work.is_sound, work.findings


# The one place where points are scaled.


@given(st.integers(-(10**9), 10**9), st.integers(0, 2))
def test_what_is_printed_is_read_back_as_it_was(value: int, decimals: int) -> None:
    number = printed_number(value, decimals)
    assert smallest_unit(printed(value, decimals), decimals) == value
    assert smallest_unit(Decimal(str(number)), decimals) == value
    assert smallest_unit(Decimal(printed_text(value, decimals)), decimals) == value
    assert smallest_unit(Decimal(signed_text(value, decimals)), decimals) == value
    assert json_number(printed(value, decimals)) == number
    assert isinstance(number, int) is (value % 10**decimals == 0)


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [(15, 0, "15"), (15, 1, "1.5"), (20, 1, "2"), (-5, 1, "-0.5"), (100, 0, "100"), (100, 1, "10"), (0, 2, "0")],
)
def test_numbers_in_sentences_have_no_idle_zeros(units: int, decimals: int, text: str) -> None:
    assert printed_text(units, decimals) == text


def test_numbers_on_paper_have_the_places_of_the_book() -> None:
    assert [str(printed(980, decimals)) for decimals in (0, 1, 2)] == ["980", "98.0", "9.80"]
    assert BOOK.editions[0].edition.regimes["standard"].decimals == 0
