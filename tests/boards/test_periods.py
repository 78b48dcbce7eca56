"""Boards of other times: quarters as they were sealed, a quarter under review, and past days out of the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.kit.ids import new_id
from tests.boards.test_api import board, lose, rows, set_policy
from tests.seals.conftest import Office, office
from tests.seals.test_sealing import through
from tests.town import Desk, Json

__all__ = ["office"]

DISTRICT = "/api/v1/boards/district"


def asked(desk: Desk, login: str = "district_officer", **query: str) -> Any:
    return desk.client.get(DISTRICT, params=query, headers=desk.headers(login))


def test_a_quarter_under_review_shows_the_last_seal_and_says_so(office: Office) -> None:
    desk = office.desk
    set_policy(desk, names="full")
    office.recorded("林晓明", "ORG-D01")  # 15 points in the third quarter, which is still being checked
    second = asked(desk, quarter="2026Q2")
    assert rows(second) == [(1, "林晓明", 1000), (1, "陈建国", 1000), (1, "周美玲", 1000)]
    for query in ({"quarter": "2026Q3"}, {"on": "2026-09-20"}):
        third = asked(desk, **query)
        assert rows(third) == rows(second)
        period = third.json()["period"]
        assert (period["kind"], period["quarter"], period["under_review"]) == ("sealed", "2026Q2", "2026Q3")
        assert "2026Q3 季度正在复核和公示" in period["note"]["zh"]
    assert rows(asked(desk))[-1] == (3, "林晓明", 985)
    through(office)
    third = asked(desk, quarter="2026Q3")
    assert rows(third)[-1] == (3, "林晓明", 985)
    assert (third.json()["period"]["under_review"], third.json()["period"]["note"]) == (None, None)


def test_movement_is_told_since_the_last_seal(office: Office) -> None:
    desk = office.desk
    set_policy(desk, names="full")
    office.recorded("林晓明", "ORG-D01")
    through(office)
    office.on(date(2026, 11, 6))
    desk.recorded("committee_officer", desk.town.missed("陈建国", "ORG-D01"), desk.town.missed("陈建国"))
    found = asked(desk).json()
    assert [(one["name"], one["rank"], one["movement"]) for one in found["rows"]] == [
        ("周美玲", 1, 0),
        ("林晓明", 2, 1),
        ("陈建国", 3, -2),
    ]
    assert found["period"]["compared_with"] == "2026Q3"
    third = asked(desk, quarter="2026Q3").json()
    assert [(one["name"], one["movement"]) for one in third["rows"]] == [("陈建国", 0), ("周美玲", 0), ("林晓明", -2)]
    own = desk.client.get("/api/v1/me/position", headers=desk.headers("林晓明")).json()
    assert (own["branch"]["rank"], own["branch"]["movement"], own["district"]["movement"]) == (1, 1, 1)


def test_a_past_day_is_as_the_ledger_had_it_at_its_end(desk: Desk) -> None:
    set_policy(desk, names="full")
    town = desk.town
    town.clock.moment = datetime(2026, 11, 10, 15, 59, tzinfo=UTC)  # a minute before midnight in Shanghai
    desk.forget()
    lose(desk, "林晓明", 1)
    town.clock.moment += timedelta(minutes=2)
    entry = town.missed("陈建国", effective_on="2026-11-02")
    desk.recorded("committee_officer", entry)
    town.on(date(2026, 11, 21))
    desk.forget()
    body = {"id": str(new_id()), "reason": "有签到"}
    path = f"/api/v1/entries/{entry['id']}/reversal"
    assert desk.client.post(path, json=body, headers=desk.headers("secretary")).status_code in (200, 201)
    assert rows(asked(desk, on="2026-11-09"))[0] == (1, "林晓明", 1000)
    tenth, eleventh = asked(desk, on="2026-11-10"), asked(desk, on="2026-11-11")
    assert rows(tenth) == [(1, "陈建国", 1000), (1, "周美玲", 1000), (3, "林晓明", 990)]
    assert rows(eleventh) == [(1, "周美玲", 1000), (2, "林晓明", 990), (2, "陈建国", 990)]
    assert tenth.json()["period"] | {"note": None} == {
        "kind": "day", "quarter": None, "day": "2026-11-10", "under_review": None, "note": None, "compared_with": None,
    }  # fmt: skip
    assert rows(asked(desk)) == rows(tenth)
    assert rows(asked(desk, on="2026-11-10", measure="ORG"))[-1] == (3, "林晓明", 340)


def test_who_moved_or_left_stands_where_they_were_and_is_named_only_while_a_member(desk: Desk) -> None:
    set_policy(desk, names="full")
    town = desk.town
    town.move("陈建国", town.neighbour, date(2026, 11, 15))
    town.leave("周美玲", date(2026, 11, 18))
    town.exempt("林晓明", date(2026, 11, 16))
    town.live_through("2026Q4")
    path = f"/api/v1/boards/branches/{town.branch}?on=2026-11-14"
    assert [name for _, name, _ in rows(board(desk, path=path))] == ["林晓明", "陈建国"]
    found = asked(desk, on="2026-11-17").json()
    assert ([one["name"] for one in found["rows"]], found["members"]) == (["陈建国"], 2)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"on": "2026-11-21"}, 422, "day_not_over"),
        ({"on": "2026-11-20", "quarter": "2026Q2"}, 422, "one_period"),
        ({"on": "2019-11-20"}, 409, "no_cycle"),
        ({"quarter": "2029Q1"}, 404, "unknown_quarter"),
        ({"measure": "XYZ"}, 404, "not_found"),
        ({"measure": "1"}, 422, "invalid_request"),
        ({"ends": "1"}, 422, "invalid_request"),
    ],
)
def test_a_time_or_measure_that_there_is_not_is_refused(desk: Desk, query: Json, status: int, code: str) -> None:
    answer = asked(desk, **query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_each_measure_ranks_by_what_it_says(desk: Desk) -> None:
    set_policy(desk, names="full")
    lose(desk, "林晓明", 2)
    desk.recorded("committee_officer", desk.town.missed("陈建国", "SRV-D01", effective_on="2026-11-05"))
    desk.posted("secretary", desk.town.praise("林晓明"), "committee_officer")
    found = {measure: rows(asked(desk, measure=measure)) for measure in ("total", "daily", "innovation", "ORG", "SRV")}
    lost = 1000 - desk.standing("陈建国")["daily"]
    assert lost > 0
    assert found["innovation"] == [(1, "林晓明", 10)]
    assert found["daily"][-1] == min((3, "林晓明", 980), (3, "陈建国", 1000 - lost), key=lambda row: row[2])
    assert found["ORG"] == [(1, "陈建国", 350), (1, "周美玲", 350), (3, "林晓明", 330)]
    assert found["SRV"][-1] == (3, "陈建国", 200 - lost)


def test_committees_and_grids_rank_their_own_and_only_where_boards_reach_the_district(desk: Desk) -> None:
    set_policy(desk, names="full")
    path = f"/api/v1/boards/committees/{desk.town.committee}"
    assert len(rows(board(desk, path=path))) == 3
    assert board(desk, path=f"/api/v1/boards/committees/{desk.town.branch}").status_code == 404
    grids = desk.client.post("/api/v1/grids/standard", headers=desk.headers("district_officer")).json()["grids"]
    found = board(desk, path=f"/api/v1/boards/grids/{grids[0]['id']}")
    assert (found.json()["scope"], rows(found)) == ("grid", [])
    assert board(desk, path=f"/api/v1/boards/grids/{new_id()}").status_code == 404
    set_policy(desk, reach="branch")
    for one in (path, f"/api/v1/boards/grids/{grids[0]['id']}", "/api/v1/boards/branches"):
        assert board(desk, path=one).json()["code"] == "board_off"
