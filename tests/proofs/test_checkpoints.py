"""Every hour what moved comes under a root behind the root before; a seal brings what it froze."""

from __future__ import annotations

import threading
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app import schedule
from app.job_runs.service import Outcome
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.points.tables import duty
from app.proofs import service, store
from app.proofs.tables import checkpoint_leaf
from app.tables import metadata
from tests.proofs.conftest import ABOVE, COLLEAGUE, MEMBER, NEIGHBOUR, Registry, named
from tests.seals.conftest import Q3, Office
from tests.statements import count_statements
from tests.test_schedule import NOTHING, shanghai
from tests.town import Town, found_town


def leaves(registry: Registry, number: int, about: str = "standing") -> dict[str, int]:
    """The numbers of the entries that a checkpoint took in, by name."""
    names = {member_id: name for name, member_id in registry.town.members.items()}
    statement = select(checkpoint_leaf.c.member_id, checkpoint_leaf.c.seq).where(
        checkpoint_leaf.c.district_id == registry.town.district.id,
        checkpoint_leaf.c.checkpoint == number,
        checkpoint_leaf.c.about == about,
    )
    found = registry.town.run(lambda connection, _: connection.execute(statement).all())
    return {names[row.member_id]: row.seq for row in found}


def test_a_checkpoint_lists_what_moved_since_the_last_one(registry: Registry) -> None:
    assert registry.checkpoint().counts == {"number": 1, "leaves": 3}
    assert leaves(registry, 1) == {MEMBER: 2, COLLEAGUE: 2, NEIGHBOUR: 2}
    registry.office.recorded(MEMBER, "ORG-D04", ABOVE)
    assert registry.checkpoint().counts == {"number": 2, "leaves": 1}
    assert leaves(registry, 2) == {MEMBER: 3}
    assert registry.verify(()).is_sound


def test_where_nothing_moved_nothing_is_written(registry: Registry) -> None:
    registry.checkpoint()
    assert registry.checkpoint().counts == {"number": 0, "leaves": 0}
    assert len(registry.town.run(service.roots)) == 1


def test_each_root_stands_behind_the_one_before(sealed: Registry) -> None:
    found = sealed.town.run(lambda c, actor: list(store.stream_checkpoints(c, actor.district_id)))
    assert [one.number for one, _ in found] == [1, 2, 3, 4, 5, 6]
    assert found[0][0].previous == b""
    assert all(later.previous == root for (_, root), (later, _) in pairwise(found))
    assert all(one.root == root for one, root in found)


def test_the_statements_of_a_checkpoint_do_not_grow_with_the_members(registry: Registry) -> None:
    town = registry.town
    counts: list[int] = []
    for size in (1, 30):
        for number in range(size):
            town.add_member(f"成员{len(counts)}-{number:03d}")
        with count_statements(town.database) as statements:
            made = town.run(service.checkpoint)
        assert made.leaves >= size
        counts.append(len(statements))
    assert counts[1] <= counts[0]


def test_a_seal_is_proved_with_its_rows_and_the_editions_in_force(registry: Registry) -> None:
    registry.seal()
    registry.prove("2026Q2")
    assert registry.prove().counts == {"proven": 1, "rows": 3}
    assert registry.prove().counts == {"proven": 0, "rows": 0}
    *before, (found, _) = registry.town.run(lambda c, actor: list(store.stream_checkpoints(c, actor.district_id)))
    assert [one.seal.quarter for one, _ in before] == ["2026Q1", "2026Q2"]
    seal = found.seal
    assert (seal.quarter, seal.rows) == (Q3, 3)
    assert [one.book for one in seal.editions] == ["longwen"]
    assert set(leaves(registry, 3, "frozen")) == {MEMBER, COLLEAGUE, NEIGHBOUR}
    assert before[0][0].leaves == 3  # and what had moved since the last hour


def test_before_the_seal_nothing_is_proved(registry: Registry) -> None:
    assert registry.prove().outcome is Outcome.NOT_DUE


def test_a_quarter_frozen_and_not_proved_yet_is_no_alarm_but_said(registry: Registry) -> None:
    registry.seal()
    found = registry.verify(())
    assert (found.is_sound, found.unproven) == (True, ["2026Q1", "2026Q2", Q3])
    registry.prove()
    assert registry.verify(()).unproven == []


def test_the_keepers_are_told_the_root_of_a_seal_once(sealed: Registry) -> None:
    sealed.prove()
    root = next(one for one in sealed.kept if one.quarter == Q3)
    for login in ("district_officer", "auditor"):
        told = [words for kind, words in sealed.office.messages(login) if kind == "seal_proven"]
        assert len(told) == 3  # of three quarters
        assert sum(root.root.hex() in one for one in told) == 1
    assert "seal_proven" not in sealed.office.kinds("secretary")


def test_the_calendar_takes_a_checkpoint_every_hour_and_makes_no_missed_hour_good() -> None:
    job, always = schedule.find_job("checkpoint"), shanghai(2026, 1, 1)
    assert schedule.open_slots(job, shanghai(2026, 11, 21, 12, 49), NOTHING, always) == ["2026-11-21T11"]
    assert schedule.open_slots(job, shanghai(2026, 11, 21, 12, 51), NOTHING, always) == ["2026-11-21T12"]
    done = frozenset({"2026-11-21T12"})
    assert schedule.open_slots(job, shanghai(2026, 11, 21, 12, 51), done, always) == []


def test_two_at_once_stand_one_behind_the_other(registry: Registry) -> None:
    """The second finds the number taken, and is tried again behind the first."""
    together = threading.Barrier(2)
    failures: list[BaseException] = []

    def work() -> None:
        together.wait()
        try:
            registry.town.run(service.checkpoint)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert len(registry.town.run(service.roots)) == 1
    assert registry.verify(()).is_sound


@pytest.mark.parametrize("table", ["checkpoint", "checkpoint_leaf", "certificate"])
def test_the_service_itself_can_change_nothing_of_it(sealed: Registry, table: str, unjudged: None) -> None:
    rows = metadata.tables[table]
    for statement in (delete(rows), update(rows).values(district_id=rows.c.district_id)):
        with pytest.raises(DBAPIError, match="permission denied"):
            sealed.town.run(lambda connection, _, sent=statement: connection.execute(sent))
        with sealed.town.owner_database.engine.connect() as connection, pytest.raises(DBAPIError, match="only added"):
            connection.execute(statement)


def test_one_districts_chain_knows_nothing_of_anothers(
    sealed: Registry, database: Database, owner_database: Database, clock: FixedClock
) -> None:
    other: Town = found_town(database, owner_database, clock)
    other.on(date(2026, 2, 1))
    other.add_member("吴德胜")
    made = other.run(service.checkpoint)
    assert (made.number, made.previous) == (1, b"")
    assert sealed.verify().is_sound


def test_a_hundred_clean_runs_raise_no_alarm(sealed: Registry) -> None:
    """Entries, reversals, waivers, checkpoints and clean verifying in between."""
    items = ("ORG-D01", "ORG-D03", "ORG-D04", "ORG-D06")
    recorded: list[str] = []
    for run in range(100):
        if run % 4 == 0:
            act(sealed.office, run, recorded, items)
        if run % 10 == 5:
            sealed.checkpoint()
        if run % 30 == 7:
            sealed.keep()
        found = sealed.verify()
        assert found.is_sound, (run, named(found))


def test_what_the_half_year_takes_for_the_time_being_is_no_alarm(registry: Registry) -> None:
    """The year's duty is expected still, though an entry has taken a part of it."""
    fact = registry.town.fact(MEMBER, "SRV-D02", units=1, effective_on="2026-05-20")
    registry.office.desk.recorded(ABOVE, fact)
    assert registry.office.run("settle", "2026Q2").outcome is Outcome.DONE
    provisional = select(duty.c.item).where(
        duty.c.district_id == registry.town.district.id, duty.c.state == "expected", duty.c.entry_id.is_not(None)
    )
    assert "SRV-D02" in registry.town.run(lambda connection, _: connection.execute(provisional).scalars().all())
    found = registry.verify(())
    assert found.is_sound, named(found)


def act(office: Office, run: int, recorded: list[str], items: tuple[str, ...]) -> None:
    name = (MEMBER, COLLEAGUE, NEIGHBOUR)[run % 3]
    if run % 12 == 8 and recorded:
        body: dict[str, Any] = {"id": str(new_id()), "reason": "录入有误"}
        office.call("POST", "committee_officer", f"entries/{recorded.pop()}/reversal", body)
        return
    fact = office.desk.town.fact(name, "SRV-D02", units=1 + run % 5, effective_on=f"2026-09-{1 + run % 28:02d}")
    if run % 8 == 4:
        fact = office.desk.town.missed(name, items[run % len(items)], effective_on="2026-10-21")
    answer = office.desk.record("committee_officer", fact)
    if answer.status_code == 201:
        recorded.append(fact["id"])
