"""What begins, changes or is moved in mid-cycle stops nobody, and nobody is scored by rules that cannot be joined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from app.auth.core import Actor
from app.cycles import service as cycles
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.errors import BatchRefused
from app.kit.ids import new_id
from app.points import adopting, service, settling, verifying
from app.points.adopting import AdoptionDisagrees, AdoptionTooLate
from app.points.gathering import Background
from app.points.ledger import Posting
from app.points.refusals import UnknownItem
from app.points.tables import duty, entry, standing
from app.points.views import Opening
from app.points.working import Work
from app.roster.core import BranchForm
from app.roster.tables import membership, organisation
from app.rules import service as rules
from app.rules.adoption import NoEditionInForce
from app.rules.award import Outcome
from app.rules.book import Book, load_book
from app.submissions import service as submissions
from tests.rules.extension_books import CHILD_BOOK, CHILD_ITEMS, put_child
from tests.rules.small_book import BOOK as SMALL
from tests.rules.small_book import ITEMS, edited, put_book
from tests.town import BOOK, Town, found_town

YEAR, AUTUMN = date(2026, 1, 1), date(2026, 10, 1)


@pytest.fixture
def bare(database: Database, owner_database: Database, clock: FixedClock) -> Town:
    """The town on the fifth of January, without any rule book."""
    found = found_town(database, owner_database, clock, with_rules=False)
    found.on(date(2026, 1, 5))
    return found


@pytest.fixture
def small(tmp_path: Path) -> Book:
    return load_book(put_book(tmp_path / "whole"))


@pytest.fixture
def mixed(bare: Town, small: Book) -> Town:
    """The district goes by the small book, the neighbour branch by that of Longwen; 甲 and 乙 are in the other."""
    adopt(bare, small)
    adopt(bare, BOOK, path=bare.neighbour_path)
    for name in ("甲", "乙"):
        bare.add_member(name)
    return bare


def adopt(town: Town, book: Book, from_on: date = YEAR, *, path: str | None = None, **more: Any) -> None:
    def work(connection: Connection, actor: Actor) -> None:
        adopting.publish(connection, actor, book)
        adopting.adopt(connection, actor, book=book.code, path=path or town.root, from_on=from_on, **more)
        cycles.open_cycle(connection, actor, actor.today)

    town.run(work)


def from_autumn(tmp_path: Path, *edits: tuple[str, str]) -> Book:
    items = edited(ITEMS, ("from: 2026-01-01", "from: 2026-10-01"), *edits)
    return load_book(put_book(tmp_path / "autumn", items=items))


def post(town: Town, name: str, item: str, day: date, **facts: Any) -> None:
    posting = Posting(new_id(), town.members[name], item, day, **facts)
    town.run(lambda connection, actor: service.post(connection, actor, [posting]))


def rows(town: Town, table: Any, name: str) -> Any:
    mine = (table.c.district_id == town.district.id) & (table.c.member_id == town.members[name])
    return town.run(lambda connection, actor: list(connection.execute(select(table).where(mine))))


def regimes(town: Town, name: str) -> dict[str, str]:
    """By quarter: the book that judges the member."""
    books = {one.digest: one.book for one in town.run(lambda c, a: rules.adopted(c, a.district_id)).published}
    (row,) = rows(town, standing, name)
    return {quarter: books[digest] for quarter, (digest, _) in sorted(row.regimes.items())}


def assert_sound(town: Town) -> None:
    found = town.database.run(lambda c: verifying.verify(c, town.actor()), town.district.id, snapshot=True)
    assert found.is_sound, found.findings


def test_a_district_whose_first_rules_begin_in_mid_cycle_is_scored_from_then_on(bare: Town, tmp_path: Path) -> None:
    bare.on(date(2026, 9, 20))
    adopt(bare, from_autumn(tmp_path), AUTUMN)
    bare.on(date(2026, 10, 2))
    bare.add_member("甲", standing=False)
    bare.live_through("2026Q4")
    (row,) = rows(bare, standing, "甲")
    assert list(row.regimes) == ["2026Q4"]
    (opening,) = rows(bare, entry, "甲")
    assert (opening.effective_on, opening.window, opening.points) == (AUTUMN, "2026Q4", 100)
    assert {one.window for one in rows(bare, duty, "甲")} == {"2026Q4", "2026"}
    assert [one.target for one in rows(bare, duty, "甲") if one.window == "2026"] == [5], "of 20 hours a year"
    post(bare, "甲", "ORG-F01", date(2026, 10, 2))
    with pytest.raises(BatchRefused) as caught:
        post(bare, "甲", "ORG-F01", date(2026, 9, 30))
    assert isinstance(caught.value.faults[0].error, NoEditionInForce)
    bare.on(date(2027, 1, 11))
    bare.run(lambda c, a: settling.settle(c, a, "2026Q4"))
    assert_sound(bare)


def test_nobody_without_rules_has_a_standing(bare: Town, small: Book) -> None:
    adopt(bare, small, path=bare.branch_path)
    bare.add_member("甲")
    bare.add_member("乙", branch=bare.neighbour, standing=False)
    bare.live_through("2026Q1")
    assert rows(bare, standing, "乙") == []
    with pytest.raises(BatchRefused) as caught:
        post(bare, "乙", "ORG-F01", date(2026, 1, 3))
    assert isinstance(caught.value.faults[0].error, NoEditionInForce)
    paper = [Opening(bare.members["乙"], 90, "账页")]
    with pytest.raises(NoEditionInForce):
        bare.run(lambda c, a: service.open_standings(c, a, "2026", paper))


def test_who_was_there_when_the_first_rules_came_has_not_joined_late(bare: Town, tmp_path: Path) -> None:
    opening = "opening: {value: full, source: M1}"
    mean = (opening, f"{opening}\nnewcomers: {{value: branch_mean, source: M1}}")
    bare.on(date(2026, 9, 20))
    adopt(bare, from_autumn(tmp_path, mean), AUTUMN)
    bare.on(date(2026, 10, 2))
    for name in ("甲", "乙", "丙"):
        bare.add_member(name, standing=False, since=date(2026, 10, 2) if name == "丙" else date(2026, 8, 1))
    paper = [Opening(bare.members["甲"], 60, "账页")]
    bare.run(lambda c, a: service.open_standings(c, a, "2026", paper))
    bare.live_through("2026Q4")
    assert [rows(bare, entry, name)[0].points for name in ("甲", "乙", "丙")] == [60, 100, 60]


def test_another_book_is_adopted_in_mid_cycle_only_where_both_can_be_scored_together(
    bare: Town, small: Book, tmp_path: Path
) -> None:
    adopt(bare, small)
    bare.add_member("甲")
    with pytest.raises(AdoptionDisagrees) as caught:
        adopt(bare, BOOK, date(2026, 7, 1))
    assert "2027-01-01" in caught.value.text("zh")
    assert "small" in caught.value.text("en")
    with pytest.raises(AdoptionDisagrees):
        adopt(bare, BOOK, date(2027, 1, 1), path=bare.branch_path, until_on=date(2027, 6, 30))
    (tmp_path / "small").symlink_to(small.folder)
    street = load_book(put_child(tmp_path, book=CHILD_BOOK, items=CHILD_ITEMS))
    adopt(bare, street, date(2026, 4, 1), path=bare.branch_path)
    adopt(bare, BOOK, date(2027, 1, 1))


def test_a_branch_whose_own_book_ends_is_looked_at_too(bare: Town, small: Book) -> None:
    """What the district adopts is felt by a branch from the day on which its own book ends."""
    adopt(bare, BOOK, path=bare.branch_path, until_on=date(2026, 12, 31))
    adopt(bare, small)
    with pytest.raises(AdoptionDisagrees):
        adopt(bare, BOOK, date(2027, 1, 1), path=bare.neighbour_path, until_on=date(2027, 6, 30))


def test_every_quarter_that_has_come_is_asked_whether_it_is_too_late(bare: Town, small: Book) -> None:
    adopt(bare, small)
    adopt(bare, BOOK, date(2027, 1, 1))
    bare.on(date(2026, 12, 1))
    bare.add_member("甲")
    bare.on(date(2027, 1, 20))
    bare.live_through("2027Q1")
    with pytest.raises(AdoptionTooLate) as caught:
        adopt(bare, small, AUTUMN, path=bare.branch_path)
    assert "2027-01-01" in caught.value.text("en")


def test_one_who_moves_to_a_book_that_cannot_be_joined_stays_under_the_one_before(mixed: Town) -> None:
    mixed.on(date(2026, 6, 1))
    mixed.live_through("2026Q2")
    mixed.move("甲", mixed.neighbour, date(2026, 6, 15))
    mixed.on(date(2026, 7, 3))
    mixed.live_through("2026Q3")
    assert "failed" not in mixed.run(lambda c, a: settling.settle(c, a, "2026Q2"))
    assert set(regimes(mixed, "甲").values()) == {"small"}
    post(mixed, "甲", "ORG-F01", date(2026, 7, 2))
    with pytest.raises(BatchRefused) as caught:
        post(mixed, "甲", "EXC-A01", date(2026, 7, 2), tier="adopted", matter="x")
    assert isinstance(caught.value.faults[0].error, UnknownItem)
    mixed.on(date(2027, 1, 11))
    mixed.run(lambda c, a: cycles.open_cycle(c, a, a.today))
    mixed.live_through("2027Q1")
    (row,) = [one for one in rows(mixed, standing, "甲") if one.cycle == "2027"]
    assert {digest for digest, _ in row.regimes.values()} == {BOOK.editions[0].digest}, (
        "the next cycle is the new book's"
    )
    assert_sound(mixed)


def test_one_whose_branch_takes_another_form_stays_under_the_book_before(bare: Town, small: Book) -> None:
    adopt(bare, small)
    adopt(bare, BOOK, form=BranchForm.JOINT)
    bare.add_member("甲", branch=bare.neighbour)
    columns = organisation.c
    own = (columns.district_id == bare.district.id) & (columns.id == bare.neighbour)
    bare.run(lambda c, a: c.execute(update(organisation).where(own).values(form="joint")))
    bare.on(date(2026, 4, 3))
    bare.live_through("2026Q2")
    assert regimes(bare, "甲") == {"2026Q1": "small", "2026Q2": "small"}


def test_what_is_recorded_is_judged_by_the_rules_that_the_standing_has(mixed: Town) -> None:
    """The routine finding is known to the book that the quarter was entered under, whatever the roster says by now."""
    mixed.on(date(2026, 7, 3))
    mixed.live_through("2026Q3")
    mixed.move("甲", mixed.neighbour, date(2026, 7, 1))
    mixed.move("乙", mixed.neighbour, date(2026, 6, 20))
    mixed.on(date(2026, 10, 2))
    for name, day in (("甲", date(2026, 7, 3)), ("甲", date(2026, 10, 2)), ("乙", date(2026, 10, 2))):
        member_id = mixed.members[name]
        found = mixed.run(lambda c, a, one=member_id, on=day: Background.read(c, a, [one]).regime_of(one, on))
        assert found.book == "small"
        fact = Posting(new_id(), member_id, "ORG-D01", day, outcome=Outcome.KEPT)
        (recorded,) = mixed.run(lambda c, a, one=fact: submissions.record(c, a, [one]))
        assert recorded.posted.entries[0].edition == found.digest


def test_one_who_cannot_be_entered_or_settled_stops_nobody(mixed: Town) -> None:
    mixed.live_through("2026Q1")
    mixed.add_member("丙", standing=False)
    mine = (membership.c.district_id == mixed.district.id) & (membership.c.member_id == mixed.members["丙"])
    mixed.run(lambda c, a: c.execute(update(membership).where(mine).values(profile="nobody")))
    mixed.on(date(2026, 4, 3))
    assert mixed.run(lambda c, a: settling.enter_members(c, a, "2026Q2")) == {"entered": 2, "failed": 1}
    assert rows(mixed, standing, "丙") == []
    empty = {"cycle": "2026", "branch_id": mixed.branch, "regimes": {"2026Q1": ["no such edition", "standard"]}}
    mixed.run(lambda c, a: broken(c, a, mixed.members["丙"], empty))
    counts = mixed.run(lambda c, a: settling.settle(c, a, "2026Q1"))
    assert counts["failed"] == 1
    assert {one.state for name in ("甲", "乙") for one in rows(mixed, duty, name)} >= {"expected"}


def broken(connection: Connection, actor: Actor, member_id: Any, facts: dict[str, Any]) -> None:
    row = {
        "district_id": actor.district_id, "member_id": member_id, "seq": 0, "version": 0, "opening": 0, "cells": [],
        "daily": 0, "innovation": 0, "fault": 0, "total": 0, "effective": 0, "decimals": 0, "matrix": {},
        "vetoes": 0, "band": None, "ranked": True, "running_hash": b"", "updated_at": actor.at, **facts,
    }  # fmt: skip
    connection.execute(insert(standing), row)


def test_where_nobody_can_be_entered_the_job_fails(mixed: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: Callable[..., Any] = lambda *_, **__: (_ for _ in ()).throw(NoEditionInForce(day="2026-04-01"))  # noqa: E731
    mixed.on(date(2026, 4, 3))
    monkeypatch.setattr(Work, "enter", refused)
    with pytest.raises(NoEditionInForce):
        mixed.live_through("2026Q2")


def test_the_book_of_before_is_followed_in_its_edition_of_the_quarter(bare: Town, small: Book, tmp_path: Path) -> None:
    later = edited(
        ITEMS,
        ('edition: "2026"', 'edition: "2026-07"'),
        ("from: 2026-01-01", "from: 2026-07-01"),
        ("points: {value: -5, source: M1}", "points: {value: -7, source: M1}"),
    )
    adopt(bare, small)
    adopt(bare, BOOK, path=bare.neighbour_path)
    made = load_book(put_book(tmp_path / "later", book=SMALL, items=later, edition="2026-07"))
    bare.run(lambda c, a: adopting.publish(c, a, made))
    bare.add_member("甲")
    bare.move("甲", bare.neighbour, date(2026, 6, 15))
    bare.on(date(2026, 7, 3))
    bare.live_through("2026Q3")
    post(bare, "甲", "ORG-F01", date(2026, 7, 2))
    assert [one.points for one in rows(bare, entry, "甲") if one.item == "ORG-F01"] == [-7]
