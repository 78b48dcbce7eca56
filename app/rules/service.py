"""Publishing and adopting rule books, and finding the rules in force.

A published edition never changes: it stands under the digest of its content, and what is read from the database is
checked against that digest once per process.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from uuid import UUID

from sqlalchemy import Connection

from app.kit.calendar import quarter_days, quarter_of
from app.kit.errors import ErrorKind, LongwenError, NotFound
from app.kit.ids import new_id
from app.rules import store
from app.rules.book import Book, LoadedEdition, book_folders, read_book
from app.rules.content import ContentUnreadable, digest_of, edition_from_content
from app.rules.core import Adopted, Adoption, Edition, Regime
from app.rules.example import EditionExamples
from app.rules.example_document import read_examples
from app.rules.faults import FaultList

EDITIONS_MAX = 64  # kept in memory, each a few hundred kilobytes

_editions: OrderedDict[str, Edition] = OrderedDict()
_editions_lock = Lock()


class EditionPublished(LongwenError):
    """Another edition stands under this code or first day; what was published never changes."""

    kind = ErrorKind.CONFLICT
    code = "edition_published"
    zh = (
        "细则 {book} 的版本 {code}（自 {starts_on} 起施行）已经发布，内容不同，不能替换。"
        "请以新的版本代码、从以后的季度起发布修改。"
    )
    en = (
        "The edition {code} of {book} (from {starts_on}) is published with other content and cannot be replaced. "
        "Publish the change as a new edition from a later quarter on."
    )


class BookNotPublished(LongwenError):
    """A book is published before it is adopted."""

    kind = ErrorKind.MISSING
    code = "book_not_published"
    zh = "评分细则 {book} 尚未发布，不能采用。请先发布。"
    en = "The rule book {book} has no published edition, so it cannot be adopted. Publish it first."


class AdoptionOffQuarter(LongwenError):
    """Rules change with the quarter."""

    code = "adoption_off_quarter"
    zh = "采用评分细则应从季度第一天起、到季度最后一天止，{day} 不是。请改正日期。"
    en = "A rule book is adopted from a quarter's first day to a quarter's last; {day} is neither. Correct the day."


class AdoptionOverlaps(LongwenError):
    """One organisation goes by one book at a time."""

    kind = ErrorKind.CONFLICT
    code = "adoption_overlaps"
    zh = "该组织自 {from_on} 起已采用评分细则 {book}，时段重叠。请改用更晚的日期。"
    en = "From {from_on} on this organisation has adopted {book} already; the times overlap. Take a later day."


class UnknownProfile(LongwenError):
    """The edition has no such class of members."""

    code = "unknown_profile"
    zh = "评分细则 {book} {edition} 没有党员类型 {profile}。现有类型：{known}。请核对名册中的类型。"
    en = "The rule book {book} {edition} has no profile {profile}. It has {known}. Check the profile in the roster."


def read_folder(folder: Path) -> tuple[tuple[Book, ...], tuple[EditionExamples, ...]]:
    """Every rule book in a folder (or the one that it is), with the examples beside its editions.

    Raises ``RulesFaulty`` with every fault of all files.
    """
    faults = FaultList()
    found = book_folders(folder) or [folder]  # the folder itself then says that it holds no book
    books = [book for one in found if (book := read_book(one, faults)) is not None]
    examples = [one for book in books for one in read_examples(book, faults)]
    faults.raise_any()
    return tuple(books), tuple(examples)


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing made of one edition: ``is_new`` is false where it stood there already."""

    code: str
    digest: str
    starts_on: date
    is_new: bool


def publish(
    connection: Connection, district_id: UUID, book: Book, *, at: datetime, by: UUID | None
) -> tuple[Publication, ...]:
    """Publish every edition of the book; the same content again changes nothing.

    Raises ``EditionPublished`` where the book's code or first day of an edition is taken by other content.
    """
    return tuple(_publish(connection, district_id, loaded, at, by) for loaded in book.editions)


def _publish(
    connection: Connection, district_id: UUID, loaded: LoadedEdition, at: datetime, by: UUID | None
) -> Publication:
    edition = loaded.edition
    for known in store.list_published(connection, district_id, edition.book):
        if known.digest == edition.digest:
            return Publication(edition.code, edition.digest, edition.starts_on, is_new=False)
        if edition.code == known.code or edition.starts_on == known.starts_on:
            raise EditionPublished(book=known.book, code=known.code, starts_on=known.starts_on.isoformat())
    made = store.insert_edition(connection, district_id, edition, loaded.content, at=at, by=by)
    if not made and store.find_content(connection, district_id, edition.digest) is None:
        # Another publisher was faster, with other content under the same code.
        raise EditionPublished(book=edition.book, code=edition.code, starts_on=edition.starts_on.isoformat())
    return Publication(edition.code, edition.digest, edition.starts_on, is_new=made)


def adopt(
    connection: Connection, district_id: UUID, *, book: str, path: str, from_on: date, until_on: date | None = None
) -> UUID:
    """Let the organisation at ``path`` and all below it go by the book; the id of the adoption.

    What the organisation went by until then ends the day before. Adopting again what is adopted changes nothing.
    Raises ``BookNotPublished``, ``AdoptionOffQuarter`` or ``AdoptionOverlaps``.
    """
    if quarter_days(quarter_of(from_on))[0] != from_on:
        raise AdoptionOffQuarter(day=from_on.isoformat(), field="from_on")
    if until_on is not None and (until_on < from_on or quarter_days(quarter_of(until_on))[1] != until_on):
        raise AdoptionOffQuarter(day=until_on.isoformat(), field="until_on")
    if not store.list_published(connection, district_id, book):
        raise BookNotPublished(book=book, field="book")
    for known in store.lock_adoptions(connection, district_id, path):
        if known.book == book and known.from_on <= from_on and known.until_on == until_on:
            return known.id
        if known.until_on is not None and known.until_on < from_on:
            continue
        if known.until_on is not None or known.from_on >= from_on:
            raise AdoptionOverlaps(book=known.book, from_on=known.from_on.isoformat(), field="from_on")
        store.update_adoption_end(connection, district_id, known.id, from_on - timedelta(days=1))
    made = Adoption(new_id(), book, path, from_on, until_on)
    store.insert_adoption(connection, district_id, made)
    return made.id


def adopted(connection: Connection, district_id: UUID) -> Adopted:
    """Which edition is in force where and when: all that a district has published and adopted."""
    return Adopted(
        published=store.list_published(connection, district_id),
        adoptions=store.list_adoptions(connection, district_id),
    )


def edition_on(connection: Connection, district_id: UUID, path: str, day: date) -> Edition:
    """The edition in force for the organisation at ``path``. Raises ``NoEditionInForce``; there is no default."""
    digest = adopted(connection, district_id).digest_on(path, day)
    return edition_by_digest(connection, district_id, digest)


def editions_of(connection: Connection, district_id: UUID, book: str) -> tuple[Edition, ...]:
    """Every published edition of a book, from the earliest on."""
    published = store.list_published(connection, district_id, book)
    return tuple(edition_by_digest(connection, district_id, known.digest) for known in published)


def edition_by_digest(connection: Connection, district_id: UUID, digest: str) -> Edition:
    """The edition that an entry refers to, remembered by the process.

    The content follows from the digest, so what one district has read serves another. Raises ``NotFound``, and
    ``ContentUnreadable`` where the stored bytes do not have the digest under which they stand.
    """
    with _editions_lock:
        found = _editions.get(digest)
        if found is not None:
            _editions.move_to_end(digest)
            return found
    content = store.find_content(connection, district_id, digest)
    if content is None:
        raise NotFound(what="edition", field="edition")
    if digest_of(content) != digest:
        raise ContentUnreadable(digest=digest)
    found = edition_from_content(content)
    with _editions_lock:
        _editions[digest] = found
        while len(_editions) > EDITIONS_MAX:
            _editions.popitem(last=False)
    return found


def regime(connection: Connection, district_id: UUID, digest: str, profile: str) -> Regime:
    """The rules of an edition for one class of members. Raises ``UnknownProfile`` where it has no such class."""
    edition = edition_by_digest(connection, district_id, digest)
    found = edition.regime(profile)
    if found is None:
        known = ", ".join(edition.regimes)
        raise UnknownProfile(book=edition.book, edition=edition.code, profile=profile, known=known, field="profile")
    return found
