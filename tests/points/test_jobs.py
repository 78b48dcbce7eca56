"""The calendar's work on the ledger, run as the scheduler runs it: once a slot, and again without harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

import pytest
from fastapi.testclient import TestClient

from app import schedule
from app.cycles import service as cycles
from app.job_runs.service import Outcome, RunResult, run_once
from app.kit.ids import new_id
from app.points import service as points
from app.points import verifying
from app.points.ledger import Entry
from tests.town import Desk, Town

Run = Callable[..., RunResult]


@pytest.fixture
def run(town: Town) -> Run:
    """Does a job of the table for a slot, on the clock's day."""

    def run(job: str, slot: str, *, force: bool = False) -> RunResult:
        work = schedule.find_job(job).do
        return run_once(town.database, town.clock, job, slot, town.district, work, force=force)

    return run


@pytest.fixture
def january(town: Town, client: TestClient) -> Desk:
    """The town on 5 January 2026 with 林晓明 and 陈建国."""
    town.on(date(2026, 1, 5))
    town.add_member("林晓明")
    town.add_member("陈建国")
    town.appoint_cast()
    return Desk(town, client)


def duties_of(desk: Desk, name: str) -> dict[tuple[str, str], str]:
    """The state of each duty by item and window."""
    path = f"/api/v1/members/{desk.town.members[name]}/explanation"
    found = desk.client.get(path, headers=desk.town.log_in(desk.client, "auditor")).json()
    return {
        (item["item"], duty["window"]): duty["state"]
        for kind in found["kinds"]
        for dimension in kind["dimensions"]
        for item in dimension["items"]
        for duty in item["duties"]
    }


def ledger(town: Town) -> list[Entry]:
    """Every entry of the year, by member and number."""
    return [
        entry
        for member in town.members.values()
        for entry in town.run(lambda c, a, member=member: points.entries_of_member(c, a, member, "2026"))
    ]


def assert_sound(town: Town) -> None:
    found = town.database.run(lambda c: verifying.verify(c, town.actor()), town.district.id, snapshot=True)
    assert found.is_sound, found.findings


def test_a_quarters_duties_come_with_the_quarter(january: Desk, run: Run) -> None:
    before = duties_of(january, "林晓明")
    assert ("ORG-D02", "2026-03") in before
    assert ("ORG-D02", "2026-04") not in before
    january.town.on(date(2026, 4, 1))
    result = run("duties", "2026Q2")
    assert (result.outcome, result.counts) == (Outcome.DONE, {"entered": 2})
    after = duties_of(january, "林晓明")
    assert {window for item, window in after.keys() - before.keys() if item == "ORG-D02"} == {
        "2026-04",
        "2026-05",
        "2026-06",
    }
    assert before.items() <= after.items()
    assert run("duties", "2026Q2").outcome is Outcome.ALREADY_DONE
    assert run("duties", "2026Q2", force=True).counts == {"entered": 0}
    assert duties_of(january, "林晓明") == after


def test_silence_costs_at_the_quarters_close_and_once_only(january: Desk, run: Run) -> None:
    town = january.town
    january.record("committee_officer", town.fact("陈建国", "ORG-D07", outcome="kept", effective_on="2026-01-05"))
    town.on(date(2026, 4, 11))
    town.run(cycles.advance)
    result = run("settle", "2026Q1")
    assert (result.outcome, result.counts["missed"]) == (Outcome.DONE, 5)
    entries = ledger(town)
    assert {(one.source, one.recorded_by, one.booked_in) for one in entries if one.seq > 1 and one.points} == {
        ("job", None, "2026Q1")
    }
    states = duties_of(january, "林晓明")
    assert [states[item, "2026Q1"] for item in ("ORG-D07", "ORG-D01", "LAW-D01")] == ["missed", "expected", "kept"]
    assert run("settle", "2026Q1").outcome is Outcome.ALREADY_DONE
    assert set(run("settle", "2026Q1", force=True).counts.values()) == {0}
    assert ledger(town) == entries
    assert_sound(town)


def test_two_schedulers_at_once_settle_once(january: Desk, run: Run) -> None:
    town = january.town
    town.on(date(2026, 4, 11))
    town.run(cycles.advance)
    barrier, results = Barrier(3), []

    def settle() -> None:
        barrier.wait()
        results.append(run("settle", "2026Q1"))

    threads = [Thread(target=settle) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.outcome for one in results) == [Outcome.ALREADY_DONE, Outcome.ALREADY_DONE, Outcome.DONE]
    assert len(ledger(town)) == 2 + 6
    assert_sound(town)


def test_recording_while_the_job_settles_loses_nothing(january: Desk, run: Run) -> None:
    town = january.town
    town.on(date(2026, 4, 11))
    town.run(cycles.advance)
    headers = town.log_in(january.client, "secretary")
    facts = [town.fact(name, "SRV-D02", units=1, effective_on="2026-04-05") for name in ("林晓明", "陈建国") * 10]
    answers: list[int] = []

    def write() -> None:
        for fact in facts:
            answer = january.client.post("/api/v1/entries", json={"entries": [fact]}, headers=headers)
            answers.append(answer.status_code)

    writer = Thread(target=write)
    writer.start()
    assert run("settle", "2026Q1").outcome is Outcome.DONE
    writer.join()
    assert set(answers) == {201}
    assert len(ledger(town)) == 2 + 6 + 20
    assert_sound(town)


def test_a_reviewer_takes_back_what_silence_cost_and_it_does_not_return(january: Desk, run: Run) -> None:
    town = january.town
    town.on(date(2026, 4, 11))
    run("settle", "2026Q1")
    headers = town.log_in(january.client, "organisation_commissioner")
    lost = next(one for one in ledger(town) if one.item == "ORG-D07" and one.member_id == town.members["林晓明"])
    kept = town.fact("林晓明", "ORG-D07", outcome="kept", effective_on="2026-03-31")
    assert january.client.post("/api/v1/entries", json={"entries": [kept]}, headers=headers).status_code == 409
    path, body = f"/api/v1/entries/{lost.id}/reversal", {"id": str(new_id()), "reason": "收据补交"}
    assert january.client.post(path, json=body, headers=headers).status_code == 403  # who records does not review it
    secretary = town.log_in(january.client, "secretary")
    assert january.client.post(path, json=body, headers=secretary).status_code == 201
    assert duties_of(january, "林晓明")["ORG-D07", "2026Q1"] == "waived"
    assert set(run("settle", "2026Q1", force=True).counts.values()) == {0}
    town.on(date(2026, 7, 11))
    town.live_through("2026Q2")
    assert run("settle", "2026Q2").outcome is Outcome.DONE
    assert duties_of(january, "林晓明")["ORG-D07", "2026Q1"] == "waived"
    assert_sound(town)


def test_an_exempt_member_owes_nothing(january: Desk, run: Run) -> None:
    town = january.town
    town.add_member("冯老", profile="exempt")
    assert duties_of(january, "冯老") == {}
    town.on(date(2026, 4, 11))
    run("settle", "2026Q1")
    assert [one.item for one in ledger(town) if one.member_id == town.members["冯老"]] == ["OPENING"]


def test_who_joins_in_mid_year_owes_what_comes_after(january: Desk, run: Run) -> None:
    town = january.town
    town.on(date(2026, 8, 20))
    town.live_through("2026Q2", "2026Q3")
    town.add_member("新来的", since=date(2026, 8, 15))
    states = duties_of(january, "新来的")
    assert {window for item, window in states if item == "ORG-D02"} == {"2026-09"}
    assert not any(window == "2026Q3" for _, window in states)
    assert ("ORG-D08", "2026") in states
    town.on(date(2026, 10, 11))
    assert run("settle", "2026Q3").outcome is Outcome.DONE
    own = [one for one in ledger(town) if one.member_id == town.members["新来的"]]
    assert [one.item for one in own] == ["OPENING"]


def test_an_unknown_quarter_is_a_failed_run_that_can_be_tried_again(town: Town, run: Run) -> None:
    result = run("settle", "2031Q1")
    assert result.outcome is Outcome.FAILED
    assert "2031Q1" in (result.error or "")
    assert run("settle", "2031Q1").outcome is Outcome.FAILED
