"""Sealing beside those who book, confirm and seal: real connections, one outcome, and nobody kept waiting for long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select, text

from app.auth.core import Actor
from app.cycles import service as cycles
from app.job_runs.service import Outcome
from app.kit.ids import new_id
from app.points import service as points
from app.points.ledger import Source
from app.points.tables import entry_check
from app.seals import sealing
from tests.seals.conftest import Q3, Office
from tests.seals.test_sealing import MEMBER, frozen
from tests.submissions.test_retries import at_once

WAIT_SECONDS = 10


@contextmanager
def held_open(office: Office, work: Callable[[Connection, Actor], Any]) -> Iterator[Event]:
    """``work`` done in a transaction that commits when the event is set, at the latest when the block ends."""
    done, go_on = Event(), Event()

    def run() -> None:
        def inside(connection: Connection, actor: Actor) -> None:
            work(connection, actor)
            done.set()
            go_on.wait(WAIT_SECONDS)

        office.desk.town.run(inside)

    thread = Thread(target=run)
    thread.start()
    assert done.wait(WAIT_SECONDS)
    try:
        yield go_on
    finally:
        go_on.set()
        thread.join()


def until_somebody_waits(office: Office) -> None:
    """Until a transaction of this database waits for another one's lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(5_000):
        if office.desk.town.owner_database.run(lambda c: c.execute(waiting).scalar_one(), None):
            return
    raise AssertionError("nobody waited")


@pytest.fixture
def due(office: Office) -> str:
    """The third quarter on the day of its seal; an entry of 15 points lost that can still be appealed against."""
    entry = office.recorded(MEMBER, "ORG-D01")
    office.confirmed("secretary")
    office.live(date(2026, 10, 16))
    office.on(date(2026, 10, 24))
    for login in ("secretary", "organisation_commissioner", "committee_officer", "group_leader"):
        office.desk.headers(login)
    return entry


def upholding(entry: str) -> Callable[[Connection, Actor], Any]:
    """What an appeal books while the quarter is on notice."""
    return lambda connection, actor: points.reverse(
        connection, actor, UUID(entry), new_id(), "申诉成立", source=Source.APPEAL
    )


@pytest.mark.usefixtures("unjudged")
def test_a_post_in_flight_is_waited_for_and_is_in_the_seal(office: Office, due: str) -> None:
    outcomes: list[Any] = []
    with held_open(office, upholding(due)) as go_on:
        sealing_thread = Thread(target=lambda: outcomes.append(office.run("seal")))
        sealing_thread.start()
        until_somebody_waits(office)
        assert not outcomes
        go_on.set()
        sealing_thread.join()
    assert outcomes[0].outcome is Outcome.DONE
    office.run("freeze")
    assert [quarter for _, quarter in office.booked(MEMBER)] == [Q3, Q3]
    assert frozen(office)[MEMBER].total == 1000


@pytest.mark.usefixtures("unjudged")
def test_a_post_that_comes_while_it_is_sealed_is_booked_in_the_open_quarter(office: Office, due: str) -> None:
    with held_open(office, lambda connection, actor: sealing.seal(connection, actor, Q3)) as go_on:
        posting = Thread(target=lambda: office.desk.town.run(upholding(due)))
        posting.start()
        until_somebody_waits(office)
        go_on.set()
        posting.join()
    office.run("seal")
    office.run("freeze")
    assert [quarter for _, quarter in office.booked(MEMBER)] == [Q3, "2026Q4"]
    assert frozen(office)[MEMBER].total == 985


@pytest.mark.usefixtures("due")
def test_sealing_stops_nobody_who_posts_into_the_open_quarter(office: Office) -> None:
    """While the seal is not committed a post about a day of the open quarter goes through: it takes another lock."""
    with held_open(office, lambda connection, actor: sealing.seal(connection, actor, Q3)) as go_on:
        office.recorded(MEMBER, "ORG-D04", effective_on="2026-10-20")
        assert not go_on.is_set()


@pytest.mark.usefixtures("due")
def test_freezing_stops_nobody_at_all(office: Office) -> None:
    """Not even who posts about a day of the quarter that is being frozen."""
    assert office.run("seal").outcome is Outcome.DONE
    with held_open(office, lambda connection, actor: sealing.freeze(connection, actor, Q3)) as go_on:
        office.recorded(MEMBER, "ORG-D04", effective_on="2026-10-20")
        office.recorded(MEMBER, "ORG-D04")
        assert not go_on.is_set()
    assert frozen(office)[MEMBER].total == 985


@pytest.mark.usefixtures("due")
def test_two_schedulers_at_once_seal_and_freeze_once(office: Office) -> None:
    for job, counts in (("seal", {"sealed": 1}), ("freeze", {"frozen": 3, "restarted": 0})):
        results = at_once(*[lambda job=job: office.run(job)] * 2)
        assert sorted(one.outcome.value for one in results) == ["already_done", "done"]
        assert [one.counts for one in results if one.outcome is Outcome.DONE] == [counts]


def test_two_who_confirm_at_once_confirm_each_entry_once(office: Office) -> None:
    entries = [office.recorded(MEMBER, item) for item in ("ORG-D01", "ORG-D04", "ORG-D07")]
    for login in ("secretary", "committee_officer"):
        office.desk.headers(login)
    answers = at_once(lambda: office.confirm("secretary"), lambda: office.confirm("committee_officer"))
    assert {one.status_code for one in answers} == {200}
    assert {one.json()["left"] for one in answers} == {0}
    counted = select(func.count()).where(entry_check.c.district_id == office.desk.town.district.id)
    checked = office.desk.town.run(lambda connection, _: connection.execute(counted).scalar_one())
    assert checked == len(entries)


def test_a_refusal_racing_a_confirmation_leaves_nothing_waiting(office: Office) -> None:
    for item in ("ORG-D01", "ORG-D04", "ORG-D07"):
        entry = office.recorded(MEMBER, item)
        for login in ("secretary", "committee_officer"):
            office.desk.headers(login)
        answers = at_once(lambda: office.confirm("secretary"), partial(office.refuse, "committee_officer", entry))
        assert {one.status_code for one in answers} <= {200, 201, 409}
        assert office.waiting("secretary") == {}


@pytest.mark.usefixtures("unjudged")
def test_a_confirmation_that_waited_for_the_seal_is_refused(office: Office, due: str) -> None:
    with held_open(office, lambda connection, actor: cycles.seal(connection, actor, Q3)) as go_on:
        answers: list[Any] = []
        confirming = Thread(target=lambda: answers.append(office.confirm("committee_officer", due)))
        confirming.start()
        until_somebody_waits(office)
        go_on.set()
        confirming.join()
    assert (answers[0].status_code, answers[0].json()["code"]) == (409, "quarter_sealed")
