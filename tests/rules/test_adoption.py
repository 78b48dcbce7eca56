"""Which book an organisation goes by: the nearest one, for its form before for all, from a day to a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.kit.db import Database
from app.kit.ids import new_id
from app.roster.core import BranchForm, path_under, root_path
from app.rules import service as rules
from app.rules import store
from app.rules.adoption import Adopted, Adoption, NoEditionInForce, Published
from app.rules.book import load_book
from app.rules.core import Edition
from tests.rules.extension_books import put_family
from tests.rules.test_service import AT, FIRST

SPRING = date(2026, 4, 1)
JOINT, SINGLE = BranchForm.JOINT, BranchForm.SINGLE


def adoption(book: str, path: str, form: BranchForm | None = None, until: date | None = None) -> Adoption:
    return Adoption(new_id(), book, path, FIRST, until, form)


def adopted(*adoptions: Adoption) -> Adopted:
    books = sorted({one.book for one in adoptions})
    return Adopted(tuple(Published(book, "2026", f"{book}-digest", FIRST, None) for book in books), adoptions)


def test_at_one_organisation_the_book_for_a_form_comes_before_that_for_all() -> None:
    found = adopted(adoption("district", "root"), adoption("joints", "root", JOINT))
    assert found.book_on("root.ab", FIRST, JOINT) == "joints"
    assert found.book_on("root.ab", FIRST, SINGLE) == "district"
    assert found.book_on("root.ab", FIRST) == "district"
    assert found.digest_on("root.ab", FIRST, JOINT) == "joints-digest"


def test_the_nearest_organisation_comes_before_the_form() -> None:
    found = adopted(adoption("joints", "root", JOINT), adoption("street", "root.ab"))
    assert found.book_on("root.ab.cd", FIRST, JOINT) == "street"
    assert found.book_on("root.ef", FIRST, JOINT) == "joints"


def test_a_book_for_one_form_is_none_for_the_others() -> None:
    found = adopted(adoption("joints", "root", JOINT))
    assert found.book_on("root", FIRST, SINGLE) is None
    with pytest.raises(NoEditionInForce):
        found.digest_on("root", FIRST, SINGLE)


def test_when_a_forms_adoption_ends_the_one_for_all_holds_again() -> None:
    found = adopted(adoption("district", "root"), adoption("joints", "root", JOINT, date(2026, 3, 31)))
    assert found.book_on("root", date(2026, 3, 31), JOINT) == "joints"
    assert found.book_on("root", SPRING, JOINT) == "district"


@pytest.fixture
def do(database: Database, district: UUID, tmp_path: Path) -> Callable[..., Any]:
    """Call a verb of rules inside the test's district, where the small book and its child are published."""

    def call(work: Callable[..., Any], **given: Any) -> Any:
        return database.run(lambda connection: work(connection, district, **given), district)

    child = put_family(tmp_path)
    for folder in (tmp_path / "small", child):
        call(rules.publish, book=load_book(folder), at=AT, by=None)
    return call


def test_adoptions_of_different_forms_stand_side_by_side(do: Callable[..., Any], district: UUID) -> None:
    root = root_path(district)
    do(rules.adopt, book="small", path=root, from_on=FIRST)
    do(rules.adopt, book="street", path=root, from_on=SPRING, form=JOINT)
    found = do(rules.adopted)
    assert [(one.book, one.form, one.until_on) for one in found.adoptions] == [
        ("small", None, None),
        ("street", JOINT, None),
    ]
    branch = path_under(root, new_id())
    assert do(rules.edition_on, path=branch, day=SPRING, form=JOINT).book == "street"
    assert do(rules.edition_on, path=branch, day=date(2026, 3, 31), form=JOINT).book == "small"
    assert do(rules.edition_on, path=branch, day=SPRING, form=SINGLE).book == "small"


def test_a_forms_adoption_ends_what_that_form_went_by(do: Callable[..., Any], district: UUID) -> None:
    root = root_path(district)
    first = do(rules.adopt, book="street", path=root, from_on=SPRING, form=JOINT)
    assert do(rules.adopt, book="street", path=root, from_on=date(2026, 7, 1), form=JOINT) == first
    do(rules.adopt, book="small", path=root, from_on=date(2026, 10, 1), form=JOINT)
    held = {one.book: (one.from_on, one.until_on) for one in do(rules.adopted).adoptions}
    assert held == {"street": (SPRING, date(2026, 9, 30)), "small": (date(2026, 10, 1), None)}
    with pytest.raises(rules.AdoptionOverlaps):
        do(rules.adopt, book="street", path=root, from_on=SPRING, form=JOINT)


def test_a_time_before_a_later_adoption_is_free(do: Callable[..., Any], district: UUID) -> None:
    root = root_path(district)
    do(rules.adopt, book="small", path=root, from_on=date(2027, 1, 1))
    do(rules.adopt, book="street", path=root, from_on=SPRING, until_on=date(2026, 12, 31))
    assert [(one.book, one.from_on) for one in do(rules.adopted).adoptions] == [
        ("street", SPRING),
        ("small", date(2027, 1, 1)),
    ]


def test_a_book_is_not_adopted_before_its_first_edition(do: Callable[..., Any], district: UUID) -> None:
    with pytest.raises(rules.AdoptionBeforeEdition) as caught:
        do(rules.adopt, book="street", path=root_path(district), from_on=FIRST)
    assert "2026-04-01" in caught.value.text("zh")


@pytest.mark.parametrize("form", [None, JOINT])
def test_the_database_holds_one_adoption_for_a_form_a_place_and_a_day(
    database: Database, district: UUID, form: BranchForm | None
) -> None:
    def twice(connection: Connection) -> list[bool]:
        both = (Adoption(new_id(), book, "root", FIRST, None, form) for book in ("small", "street"))
        return [store.insert_adoption(connection, district, one) for one in both]

    assert database.run(twice, district) == [True, False]


def test_a_published_child_stands_on_its_own(database: Database, district: UUID, tmp_path: Path) -> None:
    book = load_book(put_family(tmp_path))

    def work(connection: Connection) -> Edition:
        (made,) = rules.publish(connection, district, book, at=AT, by=None)
        rules._editions.clear()
        return rules.edition_by_digest(connection, district, made.digest)

    assert database.run(work, district) == book.editions[0].edition
