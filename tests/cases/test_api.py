"""A year of a town, its lines applied by the job, and what each office sees of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app import schedule
from app.auth.core import Role
from app.cycles import service as cycles
from app.job_runs.service import Outcome, RunResult, run_once
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.points import service as points
from app.points.views import Opening
from tests.town import Desk, Json, Town, client_of, found_town

QUARTERS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")
# Each does all that is due; they differ in what their names say.
GOOD = ("良一", "良二", "良三", "良四", "良五")
KEEPING = (*GOOD, "受否决", "违纪", "重失误", "新加入", "预备党员", "邻甲", "邻乙")
SESSIONS = ("ORG-D01", "ORG-D02", "ORG-D03", "ORG-D04", "ORG-D05", "ORG-D06")


def due(desk: Desk, name: str) -> list[tuple[str, Json]]:
    """Every duty of the year that waits for somebody's word, with its item."""
    path = f"/api/v1/members/{desk.town.members[name]}/explanation"
    found = desk.client.get(path, params={"cycle": "2026"}, headers=desk.headers("district_officer")).json()
    return [
        (item["item"], duty)
        for kind in found["kinds"]
        for dimension in kind["dimensions"]
        for item in dimension["items"]
        for duty in item["duties"]
        if duty["state"] == "expected" and item["item"][:3] not in {"LAW", "PUB"} and item["item"] != "EXC-D03"
    ]


def decided(desk: Desk, name: str, outcome: str, *, without: tuple[str, ...] = ()) -> list[Json]:
    """What to record so that each duty is kept (hours in its first days) or missed."""
    facts = []
    for item, duty in due(desk, name):
        if item in without:
            continue
        if duty["target"] is not None:
            first = date(2026, 6, 1) if name != "新加入" else date(2026, 10, 1)
            for past in range(0, duty["target"] if outcome == "kept" else 0, 24):  # a day has no more
                day = first + timedelta(days=past // 24)
                units = min(24, duty["target"] - past)
                facts.append(desk.town.fact(name, item, units=units, effective_on=day.isoformat()))
        else:
            facts.append(desk.town.fact(name, item, outcome=outcome, effective_on=duty["due_on"]))
    return facts


def post(desk: Desk, facts: list[Json]) -> None:
    for start in range(0, len(facts), 1000):
        desk.recorded("committee_officer", *facts[start : start + 1000])


def posted(desk: Desk, name: str, item: str, **facts: Any) -> None:
    fact = desk.town.fact(name, item, **{"reason": "查核属实", **facts})
    desk.posted("committee_officer", fact, "district_officer")


def apply(town: Town, job: str, quarter: str, *, force: bool = False) -> RunResult:
    work = schedule.find_job(job).do
    return run_once(town.database, town.clock, job, quarter, town.district, work, force=force)


def fill(town: Town) -> None:
    """Members from January on, one from September on, some with another opening; and a cast."""
    town.on(date(2026, 1, 5))
    for number, name in enumerate(KEEPING):
        if name == "新加入":
            continue
        branch = town.neighbour if name.startswith("邻") else town.branch
        profile = "probationary" if name == "预备党员" else "standard"
        town.add_member(name, branch=branch, profile=profile, joined=date(2000 + number, 7, 1))
    for name in ("全缺", "无会议", "免考核的"):
        town.add_member(name, profile="exempt" if name == "免考核的" else "standard")
    for name, opening in (("低分", 500), ("将低", 599), ("够线", 600)):
        town.add_member(name, standing=False)
        one = Opening(town.members[name], opening, "2025年台账")
        town.run(lambda connection, actor, one=one: points.open_standings(connection, actor, "2026", [one]))
    town.appoint_cast()
    town.appoint("next-door", Role.SECRETARY, town.neighbour_path)
    town.on(date(2026, 9, 1))
    town.add_member("新加入", since=date(2026, 9, 1))
    town.on(date(2026, 12, 31))
    town.live_through(*QUARTERS[1:])


@pytest.fixture(scope="module")
def year(settings: Settings, database: Database, owner_database: Database) -> Desk:
    """The year 2026 of a town, settled and with its lines applied in January 2027."""
    clock = FixedClock(datetime(2026, 12, 31, 2, tzinfo=UTC))
    town = found_town(database, owner_database, clock)
    fill(town)
    desk = Desk(town, client_of(settings, database, clock))
    post(desk, [fact for name in KEEPING for fact in decided(desk, name, "kept")])
    post(desk, decided(desk, "全缺", "missed"))
    post(desk, decided(desk, "无会议", "kept", without=SESSIONS))
    for name in ("低分", "将低", "够线"):
        post(desk, decided(desk, name, "kept"))
    posted(desk, "良五", "EXC-A01", tier="adopted", matter="建议1号")
    posted(desk, "良三", "EXC-A01", tier="benefit", matter="建议2号")
    posted(desk, "良三", "PUB-F01", tier="slight", matter="投诉1号")
    posted(desk, "良三", "PUB-F01", tier="slight", matter="投诉2号")
    posted(desk, "受否决", "LAW-V02", effective_on="2026-12-01")
    posted(desk, "违纪", "LAW-F01", tier="reminder", matter="记录1号")
    posted(desk, "重失误", "PUB-F01", tier="serious", matter="投诉3号")
    town.on(date(2027, 1, 11))
    town.run(cycles.advance)
    desk.forget()
    for job in ("settle", "lines"):
        for quarter in QUARTERS:
            result = apply(town, job, quarter)
            assert result.outcome is Outcome.DONE, result.error
        town.confirm(*QUARTERS)
    return desk


def lines(desk: Desk, quarter: str, login: str = "district_officer") -> Json:
    answer = desk.client.get(f"/api/v1/lines/quarters/{quarter}", headers=desk.headers(login))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def named(found: Json, line: str) -> dict[str, list[str]]:
    """Whom a line found, each with the grounds that keep the name off."""
    return {one["name"]: one["exclusions"] for one in found["findings"] if one["line"] == line}


def counts(found: Json) -> dict[str, Json]:
    return {one["line"]: one for one in found["counts"]}


def test_five_hundred_is_named_at_every_quarters_end(year: Desk) -> None:
    for quarter in QUARTERS[:3]:
        assert named(lines(year, quarter), "assist") == {"低分": []}
    found = named(lines(year, "2026Q4"), "assist")
    assert found == {"低分": [], "全缺": []}
    (low,) = [one for one in lines(year, "2026Q1")["findings"] if one["name"] == "低分" and one["line"] == "assist"]
    assert (low["value"], low["bound"], low["basis"], low["position"]) == (500, 500, "total", None)


def test_under_six_hundred_is_warned(year: Desk) -> None:
    assert set(named(lines(year, "2026Q1", "secretary"), "warn-total")) == {"低分", "将低"}
    assert set(named(lines(year, "2026Q4", "secretary"), "warn-total")) == {"低分", "将低", "全缺"}


def test_warnings_are_the_branch_secretarys_to_know_and_nobodys_above(year: Desk) -> None:
    for login in ("committee_officer", "district_officer", "auditor", "next-door"):
        found = lines(year, "2026Q4", login)
        assert [one for one in found["findings"] if one["line"] in {"warn-total", "warn-pace", "talk-pace"}] == []
    assert counts(lines(year, "2026Q4"))["warn-total"]["named"] == 3


def test_whoever_loses_most_of_what_was_due_is_warned_by_pace(year: Desk) -> None:
    for quarter in QUARTERS:
        found = lines(year, quarter, "secretary")
        assert set(named(found, "warn-pace")) == set(named(found, "talk-pace")) == {"全缺"}
        (pace,) = [one for one in found["findings"] if one["line"] == "talk-pace"]
        assert 50 <= pace["value"] <= 100
        assert pace["basis"] == "pace"


def test_nine_hundred_only_counts_before_the_years_end(year: Desk) -> None:
    for quarter in QUARTERS[:3]:
        found = lines(year, quarter)
        assert named(found, "commend") == {}
        count = counts(found)["commend"]
        assert (count["named"], count["tested"] - count["met"]) == (0, count["out_of_reach"])
    # Graded in the first quarter: all but the exempt, the probationary, and who joined in September.
    first = counts(lines(year, "2026Q1"))["commend"]
    assert (first["tested"], first["met"], first["out_of_reach"]) == (15, 11, 4)


def test_the_years_end_names_in_order_within_the_quota_and_says_who_is_left_out(year: Desk) -> None:
    found = lines(year, "2026Q4")
    assert named(found, "commend") == {
        "良三": [],
        "良五": [],
        "良一": [],
        "良二": [],
        "良四": ["over_quota"],
        "受否决": ["veto"],
        "违纪": ["dimension_fault"],
        "重失误": ["heavy_fault"],
        "新加入": ["short_time"],
        "无会议": ["insufficient"],
        "邻甲": ["over_quota"],
        "邻乙": ["over_quota"],
    }
    own = [one for one in found["findings"] if one["line"] == "commend" and one["branch"] == "第一支部"]
    ordered = sorted((one for one in own if one["position"]), key=lambda one: one["position"])
    assert [(one["position"], one["name"]) for one in ordered] == [
        (1, "良五"),
        (2, "良三"),
        (3, "良一"),
        (4, "良二"),
        (5, "良四"),
    ]
    count = counts(found)["commend"]
    assert (count["named"], count["quota"]) == (4, 4)
    assert {one["value"] >= 900 for one in own} == {True}


def test_nobody_exempt_or_on_probation_is_named_for_commendation(year: Desk) -> None:
    for quarter in QUARTERS:
        assert "免考核的" not in {one["name"] for one in lines(year, quarter)["findings"]}
        assert "预备党员" not in named(lines(year, quarter), "commend")


def test_the_same_state_finds_the_same_again(year: Desk) -> None:
    before = {quarter: lines(year, quarter) for quarter in QUARTERS}
    for quarter in QUARTERS:
        assert apply(year.town, "lines", quarter).outcome is Outcome.ALREADY_DONE
        assert apply(year.town, "lines", quarter, force=True).outcome is Outcome.DONE
    assert {quarter: lines(year, quarter) for quarter in QUARTERS} == before


def test_the_half_year_names_where_the_district_says_so(year: Desk) -> None:
    path, headers = "/api/v1/lines/setting", year.headers("district_officer")
    assert year.client.get(path, headers=year.headers("secretary")).json() == {"half_year_decides": False}
    before = lines(year, "2026Q2")
    try:
        answer = year.client.put(path, json={"half_year_decides": True}, headers=headers)
        assert answer.json() == year.client.get(path, headers=headers).json() == {"half_year_decides": True}
        for quarter in QUARTERS[:3]:
            apply(year.town, "lines", quarter, force=True)
        found = named(lines(year, "2026Q2"), "commend")
        assert {name for name, grounds in found.items() if not grounds} <= set(KEEPING)
        assert found["无会议"] == ["insufficient"]
        assert "veto" not in found["受否决"]  # that of December
        assert "新加入" not in found
        assert counts(lines(year, "2026Q2"))["commend"]["named"] == 4
        assert named(lines(year, "2026Q1"), "commend") == named(lines(year, "2026Q3"), "commend") == {}
    finally:
        year.client.put(path, json={"half_year_decides": False}, headers=headers)
        apply(year.town, "lines", "2026Q2", force=True)
    assert lines(year, "2026Q2") == before


def test_a_secretary_sees_the_own_branch_and_no_counts(year: Desk) -> None:
    whole = lines(year, "2026Q4")["findings"]
    for login, branch in (("secretary", "第一支部"), ("next-door", "第二支部")):
        found = lines(year, "2026Q4", login)
        assert found["counts"] == []
        seen = [one for one in found["findings"] if not one["line"].startswith(("warn", "talk"))]
        assert seen == [one for one in whole if one["branch"] == branch]
        assert {one["branch"] for one in found["findings"]} == {branch}
    assert lines(year, "2026Q4", "committee_officer")["findings"] == whole
    assert lines(year, "2026Q4", "committee_officer")["counts"] == []
    assert lines(year, "2026Q4", "auditor") == lines(year, "2026Q4")
    assert lines(year, "2026Q4", "committee_officer")["was_tested"] is True


def test_nothing_is_found_before_the_job_and_nothing_in_an_unknown_quarter(year: Desk) -> None:
    path, headers = "/api/v1/lines/quarters/", year.headers("district_officer")
    assert year.client.get(f"{path}2031Q1", headers=headers).status_code == 404
    result = apply(year.town, "lines", "2031Q1")
    assert (result.outcome, "2031Q1" in (result.error or "")) == (Outcome.FAILED, True)


def test_the_lines_look_at_what_was_corrected_later(year: Desk) -> None:
    """The entry of the first quarter is booked in the year after, and counts where it belongs."""
    before = named(lines(year, "2026Q1"), "assist")
    fact = year.town.fact(
        "将低", "PUB-F01", tier="serious", matter="投诉9号", effective_on="2026-02-05", reason="查核属实"
    )
    year.posted("committee_officer", fact, "district_officer")
    try:
        apply(year.town, "lines", "2026Q1", force=True)
        assert named(lines(year, "2026Q1", "secretary"), "warn-total") == {"低分": [], "将低": []}
        (low,) = [
            one
            for one in lines(year, "2026Q1", "secretary")["findings"]
            if (one["line"], one["name"]) == ("warn-total", "将低")
        ]
        assert low["value"] == 549
    finally:
        body = {"id": str(new_id()), "reason": "查无实据"}
        path = f"/api/v1/entries/{fact['id']}/reversal"
        assert year.client.post(path, json=body, headers=year.headers("district_officer")).status_code == 201
        apply(year.town, "lines", "2026Q1", force=True)
    assert named(lines(year, "2026Q1"), "assist") == before
