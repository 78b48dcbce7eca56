"""A branch that adopts a book is scored by it from that day on and not before, and the others are not moved."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from app.auth.core import Actor
from app.kit.errors import BatchRefused
from app.kit.ids import new_id
from app.points import adopting, service, settling
from app.points.adopting import AdoptionTooLate
from app.points.ledger import Posting, Source
from app.points.reading import standing
from app.points.refusals import UnknownItem
from app.roster import service as roster
from app.roster.core import BranchForm
from app.roster.tables import organisation
from app.rules import service as rules
from app.rules.book import load_book
from tests.rules.extension_books import CHILD_BOOK, put_child
from tests.rules.small_book import edited
from tests.town import BOOK, Town

STREET_BOOK = edited(CHILD_BOOK, ("extends: small", "extends: longwen"))
STREET_ITEMS = """\
format: 1
edition: "2026s"
extends: "2026"
name: {zh: 街道细则（2026年版）, en: "Street rules, 2026"}
from: 2026-01-01
tighten:
  nodes:
    innovation/EXC:
      bounds: [{window: year, high: 15, source: J1}]
items:
  SRV-C01:
    name: {zh: 应急值守, en: Emergency watch}
    kind: innovation
    dimension: SRV
    article: 每次加3分。
    grounds: {source: J1}
    points: {value: 3, source: J1}
    record: [secretary]
    review: [committee_officer]
"""
AUTUMN = date(2026, 10, 1)


@pytest.fixture
def street(town: Town, tmp_path: Path) -> Town:
    """The town on the last day of September, with a book published that extends the district's."""
    (tmp_path / "longwen").symlink_to(BOOK.folder)
    book = load_book(put_child(tmp_path, book=STREET_BOOK, items=STREET_ITEMS))
    town.on(date(2026, 9, 30))
    town.run(lambda connection, actor: rules.publish(connection, actor.district_id, book, at=actor.at, by=None))
    for name, branch in (("甲", town.branch), ("乙", town.neighbour)):
        town.add_member(name, branch=branch)
    return town


def adopt(town: Town, path: str, from_on: date = AUTUMN, **more: Any) -> None:
    town.run(
        lambda connection, actor: adopting.adopt(connection, actor, book="street", path=path, from_on=from_on, **more)
    )


def add(town: Town, name: str, day: date, item: str = "SRV-C01", **facts: object) -> None:
    posting = Posting(new_id(), town.members[name], item, day, source=Source.SUBMISSION, matter=f"{new_id()}", **facts)  # type: ignore[arg-type]
    town.run(lambda connection, actor: service.post(connection, actor, [posting]))


def total(town: Town, name: str) -> int:
    return town.run(lambda c, a: standing(c, a, town.members[name], None)).score.total  # type: ignore[no-any-return]


def test_a_branch_is_scored_by_its_book_from_that_day_on_and_not_before(street: Town) -> None:
    adopt(street, street.branch_path)
    with pytest.raises(BatchRefused) as caught:
        add(street, "甲", date(2026, 9, 30))
    assert isinstance(caught.value.faults[0].error, UnknownItem)
    street.on(AUTUMN)
    add(street, "甲", AUTUMN)
    assert total(street, "甲") == 1003
    with pytest.raises(BatchRefused):
        add(street, "乙", AUTUMN)


def test_an_edition_for_a_quarter_that_is_scored_already_comes_too_late(town: Town, tmp_path: Path) -> None:
    items = (BOOK.folder / "2026" / "items.yaml").read_text(encoding="utf-8")
    (tmp_path / "longwen").mkdir()
    for name in ("book.yaml", "2026"):
        (tmp_path / "longwen" / name).symlink_to(BOOK.folder / name)

    def publish(starts: str) -> None:
        folder = tmp_path / "longwen" / "later"
        folder.mkdir(exist_ok=True)
        later = edited(items, ('edition: "2026"', 'edition: "later"'), ("from: 2026-01-01", f"from: {starts}"))
        (folder / "items.yaml").write_text(later, encoding="utf-8")
        town.run(lambda connection, actor: adopting.publish(connection, actor, load_book(tmp_path / "longwen")))

    town.on(AUTUMN)
    town.add_member("甲", branch=town.branch)
    town.run(lambda connection, actor: settling.enter_members(connection, actor, "2026Q4"))
    with pytest.raises(adopting.EditionTooLate):
        publish("2026-10-01")
    publish("2027-01-01")


def test_what_was_counted_before_stays_and_the_neighbours_are_not_moved(street: Town) -> None:
    for name in ("甲", "乙"):
        for day in (date(2026, 5, 5), date(2026, 8, 5)):
            add(street, name, day, item="EXC-A01", tier="adopted")
    before = total(street, "甲"), total(street, "乙")
    assert before == (1020, 1020)
    adopt(street, street.branch_path)
    street.on(date(2026, 11, 5))
    street.run(lambda connection, actor: settling.enter_members(connection, actor, "2026Q4"))
    assert (total(street, "甲"), total(street, "乙")) == before, "the tightened ceiling takes nothing back"
    for name in ("甲", "乙"):
        add(street, name, date(2026, 11, 5), item="EXC-A01", tier="adopted")
    assert (total(street, "甲"), total(street, "乙")) == (1020, 1030)


def test_only_branches_of_the_form_go_by_a_book_for_a_form(street: Town) -> None:
    def joint(connection: Connection, actor: Actor) -> None:
        columns = organisation.c
        own = (columns.district_id == actor.district_id) & (columns.id == street.neighbour)
        connection.execute(update(organisation).where(own).values(form="joint"))

    street.run(joint)
    adopt(street, street.root, form=BranchForm.JOINT)
    street.on(AUTUMN)
    add(street, "乙", AUTUMN)
    assert total(street, "乙") == 1003
    with pytest.raises(BatchRefused):
        add(street, "甲", AUTUMN)
    there = street.run(
        lambda c, a: {one.branch_id: one.form for one in roster.members_under(c, a.district_id, street.root, AUTUMN)}
    )
    assert there == {street.branch: None, street.neighbour: BranchForm.JOINT}


def test_a_quarter_that_has_come_keeps_its_book(street: Town) -> None:
    with pytest.raises(AdoptionTooLate) as caught:
        adopt(street, street.branch_path, from_on=date(2026, 7, 1))
    assert "longwen" in caught.value.text("zh")
    street.on(date(2026, 10, 2))
    adopt(street, street.branch_path)
    street.live_through("2026Q4")
    with pytest.raises(AdoptionTooLate):
        adopt(street, street.path(street.committee, street.neighbour))


def test_a_member_who_moves_between_the_books_keeps_what_was_counted(street: Town) -> None:
    adopt(street, street.branch_path)
    street.on(AUTUMN)
    add(street, "甲", AUTUMN)
    street.on(date(2026, 11, 5))
    street.move("甲", street.neighbour, date(2026, 11, 1))
    street.run(lambda connection, actor: settling.enter_members(connection, actor, "2026Q4"))
    assert total(street, "甲") == 1003
