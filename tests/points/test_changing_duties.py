"""Editions and classes that change in mid-cycle: a duty is judged by the rules of its own window, and costs the same
however it was missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from app.auth.core import Actor
from app.cycles import service as cycles
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.points import adopting, reading, service, settling, verifying
from app.points.ledger import Posting
from app.points.tables import duty, entry
from app.roster.tables import membership
from app.rules import service as rules
from app.rules.award import Outcome
from app.rules.book import load_book
from tests.rules.small_book import ITEMS, edited, put_book, put_edition
from tests.town import Town, found_town

YEARLY = """\
  ORG-D05:
    name: {zh: 年度学习, en: Yearly study}
    kind: routine
    dimension: ORG
    article: 每年一次。
    grounds: {source: C1}
    duty:
      every: {value: year, source: C1}
      share: {value: 20, assumption: true}
      settled: confirmation
    record: [secretary]
    review: [committee_officer]
"""
FREE = """\
  free:
    name: {zh: 免服务, en: Free}
    grounds: {source: C1}
    base: {value: 60, source: C1}
    allotments: {SRV: {value: 0, source: C1}}
    without: [SRV-D01]
"""
BASE = edited(
    ITEMS,
    ("  SRV-D01:\n", YEARLY + "  SRV-D01:\n"),
    ("share: {value: 15, assumption: true}", "share: {value: 10, assumption: true}"),
    ("overlays:\n", FREE + "overlays:\n"),
)
LATER = {2: date(2026, 4, 2), 3: date(2026, 7, 2), 4: date(2026, 10, 2), 5: date(2027, 1, 11)}
Edit = tuple[str, str]


@pytest.fixture
def founded(database: Database, owner_database: Database, clock: FixedClock, tmp_path: Path) -> Callable[..., Town]:
    """A town of 甲 and 乙 under a small book, whose second edition begins in July with these edits, if any."""

    def found(*edits: Edit, items: str = BASE, alone: bool = False) -> Town:
        town = found_town(database, owner_database, clock, with_rules=False)
        town.on(date(2026, 1, 5))
        folder = put_book(tmp_path / new_id().hex, items=items)
        if not alone:
            july = (('edition: "2026"', 'edition: "2026-07"'), ("from: 2026-01-01", "from: 2026-07-01"))
            put_edition(folder, edited(items, *july, *edits), "2026-07")
        book = load_book(folder)

        def work(connection: Connection, actor: Actor) -> None:
            adopting.publish(connection, actor, book)
            adopting.adopt(connection, actor, book="small", path=town.root, from_on=date(2026, 1, 1))
            cycles.open_cycle(connection, actor, actor.today)

        town.run(work)
        for name in ("甲", "乙"):
            town.add_member(name)
        town.live_through("2026Q1")
        return town

    return found


def live(town: Town, first: int, last: int) -> None:
    """Begin quarters in turn, each after the one before was settled; the fifth is the year after."""
    for number in range(first, last + 1):
        town.on(LATER[number])
        if number < 5:
            town.live_through(f"2026Q{number}")
        settled = f"2026Q{number - 1}"
        town.run(lambda connection, actor, settled=settled: settling.settle(connection, actor, settled))


def post(town: Town, name: str, item: str, day: date, **facts: Any) -> Any:
    posting = Posting(new_id(), town.members[name], item, day, **facts)
    return town.run(lambda connection, actor: service.post(connection, actor, [posting]))


def rows(town: Town, table: Any, name: str, item: str) -> Any:
    mine = (table.c.district_id == town.district.id) & (table.c.member_id == town.members[name])
    return town.run(lambda c, actor: list(c.execute(select(table).where(mine & (table.c.item == item)))))


def state(town: Town, item: str, name: str = "甲") -> list[tuple[str, str, int, int | None]]:
    return [(row.window, row.state, row.share, row.target) for row in rows(town, duty, name, item)]


def lost(town: Town, item: str, name: str = "甲") -> list[int]:
    """The points of the entries that stand and cost any."""
    found = rows(town, entry, name, item)
    gone = {row.reverses for row in found}
    return [row.points for row in found if row.reverses is None and row.id not in gone and row.points]


def total(town: Town, quarter: str, name: str = "甲") -> int:
    def read(connection: Connection, actor: Actor) -> int:
        found = reading.corrected(connection, actor, cycles.quarter(connection, actor, quarter))
        return next(one.score.total for one in found if one.balance.member_id == town.members[name])

    return int(town.run(read))


def assert_sound(town: Town) -> None:
    found = town.database.run(lambda c: verifying.verify(c, town.actor()), town.district.id, snapshot=True)
    assert found.is_sound, found.findings


def become(town: Town, name: str, profile: str, since: date, last: date) -> None:
    """Another class of member from a day on."""
    town.leave(name, last)
    row = {
        "district_id": town.district.id, "id": new_id(), "member_id": town.members[name], "branch_id": town.branch,
        "path": town.branch_path, "profile": profile, "from_on": since,
    }  # fmt: skip
    town.database.run(lambda connection: connection.execute(insert(membership), row), town.district.id)


SILENCE: Edit = (
    "sessions: {value: undecided, assumption: true}",
    "sessions: {value: missed, assumption: true, note: 七月起}",
)


def test_a_later_edition_moves_no_earlier_quarter(founded: Callable[..., Town]) -> None:
    town = founded(SILENCE)
    live(town, 2, 3)
    before = [total(town, quarter) for quarter in ("2026Q1", "2026Q2")]
    assert before == [100, 80], "half of the hours' share is lost by the half-year"
    live(town, 4, 4)
    assert [total(town, quarter) for quarter in ("2026Q1", "2026Q2", "2026Q3")] == [*before, 70]
    (entered,) = rows(town, entry, "甲", "ORG-D01")
    july = town.run(lambda c, a: rules.adopted(c, a.district_id)).find_digest(town.root, date(2026, 7, 1), None)
    assert (entered.window, entered.points, entered.edition) == ("2026Q3", -10, july)
    assert [row.state for row in rows(town, duty, "甲", "ORG-D01")].count("expected") == 3
    assert_sound(town)


def test_settling_an_earlier_quarter_again_goes_by_its_own_rules(founded: Callable[..., Town]) -> None:
    town = founded(SILENCE)
    live(town, 2, 4)
    again = [town.run(lambda c, a, q=q: settling.settle(c, a, q)) for q in ("2026Q1", "2026Q2", "2026Q3")]
    assert [sum(counts.values()) for counts in again] == [0, 0, 0]


SHARES: tuple[Edit, Edit] = (
    ("share: {value: 10, assumption: true}", "share: {value: 5, assumption: true, note: 七月起}"),
    ("share: {value: 20, assumption: true}", "share: {value: 40, assumption: true, note: 七月起}"),
)


def test_missed_by_silence_and_missed_as_recorded_cost_the_same(founded: Callable[..., Town]) -> None:
    town = founded(*SHARES)
    live(town, 2, 4)
    assert state(town, "ORG-D05") == [("2026", "expected", 40, None)]
    town.on(date(2026, 12, 30))
    post(town, "甲", "ORG-D05", date(2026, 12, 30), outcome=Outcome.MISSED)
    live(town, 5, 5)
    assert (lost(town, "ORG-D05", "甲"), lost(town, "ORG-D05", "乙")) == ([-40], [-40])
    assert_sound(town)


def test_what_is_recorded_of_an_earlier_day_costs_what_the_rules_of_that_day_say(founded: Callable[..., Town]) -> None:
    town = founded(*SHARES)
    live(town, 2, 4)
    post(town, "甲", "ORG-D05", date(2026, 5, 6), outcome=Outcome.MISSED)
    assert lost(town, "ORG-D05") == [-20]


def test_a_retired_yearly_duty_costs_nothing_any_more(founded: Callable[..., Town]) -> None:
    town = founded(
        ("share: {value: 10, assumption: true}", "share: {value: 15, assumption: true, note: 七月起}"),
        (YEARLY, YEARLY.replace("    record", "    retired: true\n    record")),
    )
    live(town, 2, 3)
    assert state(town, "ORG-D05") == [("2026", "waived", 20, None)]
    live(town, 4, 5)
    assert lost(town, "ORG-D05") == []
    assert_sound(town)


def test_what_was_decided_before_stays_and_what_is_taken_back_follows_the_new_rules(
    founded: Callable[..., Town],
) -> None:
    town = founded(*SHARES)
    live(town, 2, 2)
    (posted,) = post(town, "甲", "ORG-D05", date(2026, 4, 2), outcome=Outcome.MISSED).items
    live(town, 3, 3)
    assert state(town, "ORG-D05") == [("2026", "missed", 20, None)]
    undone = posted.entries[0].id
    town.run(lambda connection, actor: service.reverse(connection, actor, undone, new_id(), "记错"))
    assert state(town, "ORG-D05") == [("2026", "expected", 40, None)]


def test_a_yearly_duty_that_comes_in_july_is_everybodys(founded: Callable[..., Town]) -> None:
    plain = edited(BASE, (YEARLY, ""), ("share: {value: 10, assumption: true}", "share: {value: 15, assumption: true}"))
    town = founded(
        ("share: {value: 15, assumption: true}", "share: {value: 10, assumption: true, note: 七月起}"),
        ("  SRV-D01:\n", YEARLY.replace("C1", "M1").replace("true}", "true, note: 七月起}") + "  SRV-D01:\n"),
        items=plain,
    )
    live(town, 2, 3)
    town.add_member("新", since=date(2026, 7, 1))
    for name in ("甲", "新"):
        assert state(town, "ORG-D05", name) == [("2026", "expected", 20, None)]
    post(town, "甲", "ORG-D05", date(2026, 7, 2), outcome=Outcome.MISSED)
    live(town, 4, 5)
    assert [lost(town, "ORG-D05", name) for name in ("甲", "乙", "新")] == [[-20], [-20], [-20]]
    assert_sound(town)


def test_a_new_target_scales_for_late_joiners_as_the_old_one_did(founded: Callable[..., Town]) -> None:
    town = founded(
        ("{window: year, units: 20, assumption: true}", "{window: year, units: 40, assumption: true, note: 七月起}")
    )
    live(town, 2, 2)
    town.add_member("新", since=date(2026, 4, 2))
    assert state(town, "SRV-D01", "新") == [("2026", "expected", 40, 15)]
    live(town, 3, 3)
    assert state(town, "SRV-D01", "甲") == [("2026", "expected", 40, 40)]
    assert state(town, "SRV-D01", "新") == [("2026", "expected", 40, 30)]
    town.on(date(2026, 9, 2))
    for name, units in (("甲", 20), ("新", 15)):
        post(town, name, "SRV-D01", date(2026, 9, 2), units=units)
    live(town, 4, 5)
    assert [sum(lost(town, "SRV-D01", name)) for name in ("甲", "新")] == [-20, -20]
    assert_sound(town)


def test_the_half_year_is_settled_by_its_own_targets_though_the_next_quarter_has_begun(
    founded: Callable[..., Town],
) -> None:
    lower = "{window: year, units: 15, assumption: true, note: 七月起}"
    town = founded(("{window: year, units: 20, assumption: true}", lower))
    town.add_member("新", since=date(2026, 1, 21))
    live(town, 2, 2)
    post(town, "乙", "SRV-D01", date(2026, 4, 2), units=5)
    live(town, 3, 3)
    assert state(town, "SRV-D01") == [("2026", "expected", 40, 15)]
    assert [lost(town, "SRV-D01", name) for name in ("甲", "乙", "新")] == [[-20], [-10], []]
    live(town, 4, 5)
    assert [lost(town, "SRV-D01", name) for name in ("甲", "乙", "新")] == [[-40], [-27], [-40]]
    assert_sound(town)


def test_whoever_no_longer_owes_the_hours_gets_the_half_years_loss_back(founded: Callable[..., Town]) -> None:
    town = founded(alone=True)
    live(town, 2, 2)
    town.on(LATER[3])
    town.run(lambda c, a: settling.settle(c, a, "2026Q2"))
    assert lost(town, "SRV-D01") == [-20]
    become(town, "甲", "free", date(2026, 7, 1), date(2026, 6, 30))
    town.live_through("2026Q3")
    assert (state(town, "SRV-D01"), lost(town, "SRV-D01")) == ([("2026", "waived", 40, 20)], [])
    assert lost(town, "SRV-D01", "乙") == [-20]
    live(town, 4, 4)
    become(town, "甲", "standard", date(2026, 10, 1), date(2026, 9, 30))
    assert_sound(town)


def test_whoever_comes_back_to_a_class_owes_what_it_owes(founded: Callable[..., Town]) -> None:
    town = founded(alone=True)
    become(town, "甲", "free", date(2026, 4, 1), date(2026, 3, 31))
    live(town, 2, 2)
    assert state(town, "SRV-D01") == [("2026", "waived", 40, 20)]
    become(town, "甲", "standard", date(2026, 7, 1), date(2026, 6, 30))
    live(town, 3, 3)
    assert state(town, "SRV-D01") == [("2026", "expected", 40, 20)]
    assert lost(town, "SRV-D01") == [], "in the second quarter, when the half-year ended, it was not owed"
    live(town, 4, 5)
    assert lost(town, "SRV-D01") == [-40]


def test_an_edition_that_changes_nothing_changes_no_duty(founded: Callable[..., Town]) -> None:
    town = founded()
    town.add_member("新", since=date(2026, 2, 2))
    live(town, 2, 2)
    before = {name: [state(town, item, name) for item in ("ORG-D05", "SRV-D01")] for name in ("甲", "新")}
    live(town, 3, 3)
    assert {name: [state(town, item, name) for item in ("ORG-D05", "SRV-D01")] for name in ("甲", "新")} == before


@pytest.mark.parametrize(
    ("said", "decided", "points"), [("kept", "kept", []), ("waived", "waived", []), ("undecided", "expected", [])]
)
def test_hours_of_which_nothing_was_recorded_are_what_the_book_says(
    founded: Callable[..., Town], said: str, decided: str, points: list[int]
) -> None:
    amount = "  amount: {value: missed, assumption: true}"
    town = founded(items=edited(BASE, (amount, amount.replace("missed", said))), alone=True)
    live(town, 2, 2)
    post(town, "乙", "SRV-D01", date(2026, 4, 2), units=5)
    live(town, 3, 3)
    assert (lost(town, "SRV-D01", "甲"), lost(town, "SRV-D01", "乙")) == ([], [-10])
    live(town, 4, 5)
    assert (state(town, "SRV-D01"), lost(town, "SRV-D01")) == ([("2026", decided, 40, 20)], points)
    assert lost(town, "SRV-D01", "乙") == [-30], "where anything was recorded, by the amount"
    town.run(cycles.advance)
    post(town, "甲", "SRV-D01", date(2026, 12, 30), units=5)
    town.run(lambda c, a: settling.settle(c, a, "2026Q4"))
    assert lost(town, "SRV-D01", "甲")[-1] == -30, "a late record counts as any other"
