"""Publishing, adopting and finding rule books, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, update

from app.kit.db import Database
from app.kit.errors import NotFound
from app.roster.core import path_under, root_path
from app.rules import service as rules
from app.rules.adoption import Adopted, Adoption, NoEditionInForce, Published
from app.rules.book import Book, load_book
from app.rules.content import ContentUnreadable
from app.rules.succession import EditionDisagrees
from app.rules.tables import edition as edition_rows
from tests.rules.small_book import BOOK, ITEMS, edited, next_edition, put_book, put_edition

AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
FIRST = date(2026, 1, 1)


@pytest.fixture
def small(tmp_path: Path) -> Book:
    return load_book(put_book(tmp_path / "first"))


@pytest.fixture
def changed(tmp_path: Path) -> Book:
    """The same edition with one value changed."""
    items = edited(ITEMS, ("points: {value: -5, source: M1}", "points: {value: -6, source: M1}"))
    return load_book(put_book(tmp_path / "changed", items=items))


@pytest.fixture
def grown(tmp_path: Path) -> Book:
    """The book with an edition for 2027 behind the first."""
    at = put_book(tmp_path / "grown")
    put_edition(at, next_edition(), "2027")
    return load_book(at)


@pytest.fixture
def do(database: Database, district: UUID) -> Callable[..., Any]:
    """Calls a verb in a transaction of the district."""

    def call(verb: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return database.run(lambda connection: verb(connection, district, *arguments, **named), district)

    return call


@pytest.fixture
def publish(do: Callable[..., Any]) -> Callable[[Book], Any]:
    return partial(do, rules.publish, at=AT, by=None)


def test_a_published_edition_is_found_by_its_digest_as_it_was(
    publish: Callable[..., Any], do: Callable[..., Any], small: Book
) -> None:
    (made,) = publish(small)
    assert made.is_new
    rules._editions.clear()
    assert do(rules.edition_by_digest, made.digest) == small.editions[0].edition
    assert do(rules.editions_of, "small") == (small.editions[0].edition,)
    assert do(rules.regime, made.digest, "exempt").ranked


def test_publishing_the_same_again_changes_nothing(publish: Callable[..., Any], small: Book) -> None:
    publish(small)
    assert [one.is_new for one in publish(small)] == [False]


def test_a_published_edition_is_never_replaced(
    publish: Callable[..., Any], do: Callable[..., Any], small: Book, changed: Book
) -> None:
    publish(small)
    with pytest.raises(rules.EditionPublished):
        publish(changed)
    assert do(rules.editions_of, "small") == (small.editions[0].edition,)


def test_a_first_day_is_taken_once(publish: Callable[..., Any], small: Book, tmp_path: Path) -> None:
    publish(small)
    renamed = put_book(tmp_path / "x", items=edited(ITEMS, ('edition: "2026"', 'edition: "2026b"')), edition="2026b")
    with pytest.raises(rules.EditionPublished):
        publish(load_book(renamed))


def test_a_new_edition_stands_behind_the_published_one(
    publish: Callable[..., Any], do: Callable[..., Any], small: Book, grown: Book
) -> None:
    publish(small)
    assert [(one.code, one.is_new) for one in publish(grown)] == [("2026", False), ("2027", True)]
    assert [one.code for one in do(rules.editions_of, "small")] == ["2026", "2027"]


def test_the_edition_in_force_is_that_of_the_day(
    publish: Callable[..., Any], do: Callable[..., Any], district: UUID, grown: Book
) -> None:
    publish(grown)
    root = root_path(district)
    do(rules.adopt, book="small", path=root, from_on=FIRST)
    branch = path_under(root, district)
    for day, code in (
        (date(2026, 1, 1), "2026"),
        (date(2026, 12, 31), "2026"),
        (date(2027, 1, 1), "2027"),
        (date(2031, 5, 5), "2027"),
    ):
        assert do(rules.edition_on, branch, day).code == code
    with pytest.raises(NoEditionInForce):
        do(rules.edition_on, branch, date(2025, 12, 31))


def test_without_an_adoption_there_is_no_edition_in_force(
    publish: Callable[..., Any], do: Callable[..., Any], district: UUID, small: Book
) -> None:
    publish(small)
    with pytest.raises(NoEditionInForce):
        do(rules.edition_on, root_path(district), date(2026, 5, 1))


def test_one_district_does_not_see_what_another_published(
    publish: Callable[..., Any], database: Database, new_district: Callable[[], UUID], small: Book
) -> None:
    (made,) = publish(small)
    rules._editions.clear()
    other = new_district()
    with pytest.raises(NotFound):
        database.run(lambda connection: rules.edition_by_digest(connection, other, made.digest), other)


def test_what_another_district_published_is_not_found_though_the_process_remembers_it(
    publish: Callable[..., Any],
    do: Callable[..., Any],
    database: Database,
    new_district: Callable[[], UUID],
    small: Book,
) -> None:
    (made,) = publish(small)
    do(rules.edition_by_digest, made.digest)
    other = new_district()
    with pytest.raises(NotFound):
        database.run(lambda connection: rules.edition_by_digest(connection, other, made.digest), other)
    with pytest.raises(NotFound):
        database.run(lambda connection: rules.regime(connection, other, made.digest, "standard"), other)
    known = do(rules.adopted)
    assert known.holds(made.digest)
    assert do(rules.edition_by_digest, made.digest, known) is do(rules.edition_by_digest, made.digest)


def test_an_edition_follows_the_published_ones_though_its_folder_does_not_hold_them(
    publish: Callable[..., Any], do: Callable[..., Any], small: Book, tmp_path: Path
) -> None:
    publish(small)
    changed = next_edition(
        ("base: {value: 100, source: M1}", "base: {value: 120, source: M1}"),
        ("allotment: {value: 60, assumption: true}", "allotment: {value: 80, assumption: true}"),
        ("share: {value: 15, assumption: true}", "share: {value: 20, assumption: true}"),
        ("name: {zh: 不补课, en: No make-up}", "name: {zh: 另一回事, en: Something else}"),
        code="2026-07",
        starts="2026-07-01",
    )
    alone = load_book(put_book(tmp_path / "alone", items=changed, edition="2026-07"))
    with pytest.raises(EditionDisagrees) as caught:
        publish(alone)
    told = [one["detail"] for one in caught.value.listed("en")]
    assert [one.split()[0] for one in told] == ["base", "dimensions", "The"]
    assert "ORG-F01" in caught.value.text("zh")
    assert "不补课" in caught.value.text("zh")
    assert [one.code for one in do(rules.editions_of, "small")] == ["2026"]


def test_stored_bytes_that_do_not_have_their_digest_are_refused(
    publish: Callable[..., Any], database: Database, district: UUID, small: Book
) -> None:
    (made,) = publish(small)
    rules._editions.clear()

    def tamper(connection: Connection) -> None:
        mine = (edition_rows.c.district_id == district) & (edition_rows.c.digest == made.digest)
        connection.execute(update(edition_rows).where(mine).values(content=small.editions[0].content + b" "))
        rules.edition_by_digest(connection, district, made.digest)

    with pytest.raises(ContentUnreadable):
        database.run(tamper, district)


def test_an_unknown_profile_is_named(publish: Callable[..., Any], do: Callable[..., Any], small: Book) -> None:
    (made,) = publish(small)
    with pytest.raises(rules.UnknownProfile) as caught:
        do(rules.regime, made.digest, "owner")
    assert "owner" in caught.value.text("zh")


def test_the_cache_is_bounded(
    publish: Callable[..., Any], do: Callable[..., Any], grown: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(grown)
    monkeypatch.setattr(rules, "EDITIONS_MAX", 1)
    rules._editions.clear()
    do(rules.editions_of, "small")
    assert list(rules._editions) == [grown.editions[1].digest]


def test_a_book_is_adopted_after_it_is_published_and_on_a_quarters_first_day(
    publish: Callable[..., Any], do: Callable[..., Any], district: UUID, small: Book
) -> None:
    root = root_path(district)
    with pytest.raises(rules.BookNotPublished):
        do(rules.adopt, book="small", path=root, from_on=FIRST)
    publish(small)
    with pytest.raises(rules.AdoptionOffQuarter):
        do(rules.adopt, book="small", path=root, from_on=date(2026, 2, 1))
    with pytest.raises(rules.AdoptionOffQuarter):
        do(rules.adopt, book="small", path=root, from_on=FIRST, until_on=date(2026, 11, 30))


def test_adopting_again_changes_nothing_and_another_book_follows(
    publish: Callable[..., Any], do: Callable[..., Any], district: UUID, small: Book, tmp_path: Path
) -> None:
    publish(small)
    other_folder = put_book(tmp_path / "other").rename(tmp_path / "other" / "larger")
    (other_folder / "book.yaml").write_text(edited(BOOK, ("book: small", "book: larger")), encoding="utf-8")
    publish(load_book(other_folder))
    root = root_path(district)
    first = do(rules.adopt, book="small", path=root, from_on=FIRST)
    assert do(rules.adopt, book="small", path=root, from_on=date(2026, 4, 1)) == first
    with pytest.raises(rules.AdoptionOverlaps):
        do(rules.adopt, book="larger", path=root, from_on=FIRST)
    do(rules.adopt, book="larger", path=root, from_on=date(2026, 7, 1))
    assert do(rules.edition_on, root, date(2026, 6, 30)).book == "small"
    assert do(rules.edition_on, root, date(2026, 7, 1)).book == "larger"


def test_the_nearest_adoption_above_an_organisation_counts() -> None:
    published = (
        Published("district", "2026", "d1", date(2026, 1, 1), None),
        Published("own", "2026", "o1", date(2026, 4, 1), date(2026, 9, 30)),
    )
    adoptions = (
        Adoption(UUID(int=1), "district", "root", FIRST, None),
        Adoption(UUID(int=2), "own", "root.ab", date(2026, 4, 1), None),
    )
    adopted = Adopted(published, adoptions)
    assert adopted.digest_on("root.ab.cd", date(2026, 3, 31)) == "d1"
    assert adopted.digest_on("root.ab.cd", date(2026, 4, 1)) == "o1"
    assert adopted.digest_on("root.ab", date(2026, 9, 30)) == "o1"
    assert adopted.digest_on("root.abc", date(2026, 5, 1)) == "d1", "a path is a row of whole ids"
    with pytest.raises(NoEditionInForce):
        adopted.digest_on("root.ab", date(2026, 10, 1))  # ended, and the book above is no default
