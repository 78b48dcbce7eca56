"""Publishing and adopting rule books, and finding the rules in force.

A published edition never changes: it stands under the digest of its content, and what is read from the database is
checked against that digest once per process.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from uuid import UUID

from sqlalchemy import Connection

from app.kit.calendar import quarter_days, quarter_of
from app.kit.errors import ErrorKind, LongwenError, NotFound
from app.kit.ids import new_id
from app.kit.words import all_of
from app.roster.core import BranchForm
from app.rules import store
from app.rules.adoption import Adopted, Adoption, FrameDiffers, Published
from app.rules.book import Book as Book  # noqa: PLC0414 - what publishing takes, told to upper rooms
from app.rules.book import LoadedEdition, book_folders, load_book, read_books, read_front
from app.rules.content import ContentUnreadable, digest_of, edition_from_content
from app.rules.core import Edition, Regime
from app.rules.example import EditionExamples
from app.rules.example_document import read_examples
from app.rules.faults import FaultList, KeyPath
from app.rules.front import WholeBook
from app.rules.source import read_source
from app.rules.succession import EditionDisagrees, disagreements

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


class AdoptionBeforeEdition(LongwenError):
    """A book is adopted from a day on which it is in force."""

    code = "adoption_before_edition"
    zh = "评分细则 {book} 最早的版本自 {first} 起施行，不能自 {day} 起采用。请改用 {first} 或以后的季度。"
    en = "The first edition of {book} is in force from {first}, so it cannot be adopted from {day}. Take a later day."


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
    books = read_books(found, faults)
    examples = [one for book in books for one in read_examples(book, faults)]
    faults.raise_any()
    return tuple(books), tuple(examples)


def read_whole(folder: Path) -> WholeBook:
    """The book in a folder as it is printed. Raises ``RulesFaulty``."""
    book = load_book(folder)
    return WholeBook(book.code, read_front(folder), tuple(one.edition for one in book.editions))


def lines_of(file: str) -> Mapping[KeyPath, int]:
    """The line of every key in a rule file that ``read_folder`` has read without fault; empty where it is gone.

    A bound that tightens another book's stands under its window and side as well, whatever its place in the list.
    """
    source = read_source(Path(file), file, FaultList())
    if source is None:
        return {}
    lines = dict(source.lines)
    for section, tightened in source.data.get("tighten", {}).items():
        for code, one in tightened.items():
            place = ("tighten", section, code, "bounds")
            for number, bound in enumerate(one["bounds"]):
                lines |= {(*place, bound["window"], key): source.line((*place, number, key)) for key in bound}
    return lines


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

    Raises ``EditionPublished`` where the book's code or first day of an edition is taken by other content,
    ``FrameDiffers`` where the book's cycles were others before, and ``EditionDisagrees`` where an edition cannot follow
    what is published of the book, whether the folder holds that or not.
    """
    return tuple(_publish(connection, district_id, loaded, at, by) for loaded in book.editions)


def _publish(
    connection: Connection, district_id: UUID, loaded: LoadedEdition, at: datetime, by: UUID | None
) -> Publication:
    edition = loaded.edition
    published = []
    for known in store.list_published(connection, district_id, edition.book):
        if known.digest == edition.digest:
            return Publication(edition.code, edition.digest, edition.starts_on, is_new=False)
        if edition.code == known.code or edition.starts_on == known.starts_on:
            raise EditionPublished(book=known.book, code=known.code, starts_on=known.starts_on.isoformat())
        published.append(_remembered(connection, district_id, known.digest))
        _require_one_frame(edition, published[-1])
    if found := disagreements(edition, published):
        raise EditionDisagrees(edition, found)
    made = store.insert_edition(connection, district_id, edition, loaded.content, at=at, by=by)
    if not made and store.find_content(connection, district_id, edition.digest) is None:
        # Another publisher was faster, with other content under the same code.
        raise EditionPublished(book=edition.book, code=edition.code, starts_on=edition.starts_on.isoformat())
    return Publication(edition.code, edition.digest, edition.starts_on, is_new=made)


def adopt(
    connection: Connection,
    district_id: UUID,
    *,
    book: str,
    path: str,
    from_on: date,
    until_on: date | None = None,
    form: BranchForm | None = None,
) -> UUID:
    """Let the organisation at ``path`` and all below it go by the book; the id of the adoption.

    With a ``form`` only branches of that form do. What they went by until then ends the day before. Adopting again
    what is adopted changes nothing. Raises ``BookNotPublished``, ``AdoptionOffQuarter``, ``AdoptionBeforeEdition``,
    ``AdoptionOverlaps``, and ``FrameDiffers`` where another book in force in the district then has other cycles.
    """
    if quarter_days(quarter_of(from_on))[0] != from_on:
        raise AdoptionOffQuarter(day=from_on.isoformat(), field="from_on")
    if until_on is not None and (until_on < from_on or quarter_days(quarter_of(until_on))[1] != until_on):
        raise AdoptionOffQuarter(day=until_on.isoformat(), field="until_on")
    published = store.list_published(connection, district_id, book)
    if not published:
        raise BookNotPublished(book=book, field="book")
    if from_on < published[0].starts_on:
        first = published[0].starts_on.isoformat()
        raise AdoptionBeforeEdition(book=book, first=first, day=from_on.isoformat(), field="from_on")
    made = Adoption(new_id(), book, path, from_on, until_on, form)
    known = _make_room(connection, district_id, made)
    if known is not None:
        return known
    edition = latest_edition(connection, district_id, book)
    for other in store.list_adoptions(connection, district_id):
        if made.overlaps(other):
            _require_one_frame(edition, latest_edition(connection, district_id, other.book))
    if not store.insert_adoption(connection, district_id, made):
        raise AdoptionOverlaps(book=book, from_on=from_on.isoformat(), field="from_on")  # another was faster
    return made.id


def _make_room(connection: Connection, district_id: UUID, made: Adoption) -> UUID | None:
    """End what the organisation goes by until then; the id of an adoption that says the same already."""
    for known in store.lock_adoptions(connection, district_id, made.path):
        if known.form is not made.form or (made.until_on is not None and made.until_on < known.from_on):
            continue
        if known.book == made.book and known.from_on <= made.from_on and known.until_on == made.until_on:
            return known.id
        if known.until_on is not None and known.until_on < made.from_on:
            continue
        if known.until_on is not None or known.from_on >= made.from_on:
            raise AdoptionOverlaps(book=known.book, from_on=known.from_on.isoformat(), field="from_on")
        store.update_adoption_end(connection, district_id, known.id, made.from_on - timedelta(days=1))
    return None


def _require_one_frame(edition: Edition, other: Edition) -> None:
    if not edition.frame.agrees_with(other.frame):
        raise FrameDiffers(
            book=edition.book,
            month=edition.frame.first_month,
            period=edition.frame.period.value,
            other=other.book,
            other_month=other.frame.first_month,
            other_period=other.frame.period.value,
            field="book",
        )


def adopted(connection: Connection, district_id: UUID) -> Adopted:
    """Which edition is in force where and when: all that a district has published and adopted."""
    return Adopted(*store.list_in_force(connection, district_id))


def edition_on(
    connection: Connection, district_id: UUID, path: str, day: date, form: BranchForm | None = None
) -> Edition:
    """The edition in force for the organisation at ``path``; for a branch tell its form.

    Raises ``NoEditionInForce``; there is no default.
    """
    digest = adopted(connection, district_id).digest_on(path, day, form)
    return _remembered(connection, district_id, digest)


def editions_of(connection: Connection, district_id: UUID, book: str) -> tuple[Edition, ...]:
    """Every published edition of a book, from the earliest on."""
    published = store.list_published(connection, district_id, book)
    return tuple(_remembered(connection, district_id, known.digest) for known in published)


def latest_edition(connection: Connection, district_id: UUID, book: str) -> Edition:
    """The book's last published edition; all of them have one frame. Raises ``BookNotPublished``."""
    published = store.list_published(connection, district_id, book)
    if not published:
        raise BookNotPublished(book=book, field="book")
    return _remembered(connection, district_id, published[-1].digest)


def edition_by_digest(connection: Connection, district_id: UUID, digest: str, known: Adopted | None = None) -> Edition:
    """The edition that an entry refers to, if it is the district's own; ``known`` spares asking the database that.

    Raises ``NotFound``, and ``ContentUnreadable`` where the stored bytes do not have the digest under which they stand.
    """
    # What was published after ``known`` was read is asked for all the same.
    held = known is not None and known.holds(digest)
    if not held and not store.is_published(connection, district_id, digest):
        raise NotFound(what="edition", field="edition")
    return _remembered(connection, district_id, digest)


def altered_editions(connection: Connection, district_id: UUID) -> Iterator[tuple[str, str, str, str]]:
    """Published editions that are not what they were: digest, what differs, how it stands, how it ought to."""
    for found, content in store.stream_editions(connection, district_id):
        if (name := digest_of(content)) != found.digest:
            yield found.digest, "digest of the content", name, found.digest
            continue
        with _editions_lock:
            known = _editions.get(name)  # read before: the content is the same
        try:
            edition = known or edition_from_content(content)
        except ContentUnreadable as error:
            yield found.digest, "content", str(error), "an edition"
            continue
        said = Published(edition.book, edition.code, found.digest, edition.starts_on, edition.ends_on)
        if found != said:
            yield found.digest, "book, code, first and last day", str(found), str(said)


def _remembered(connection: Connection, district_id: UUID, digest: str) -> Edition:
    """An edition of the district, remembered by the process: what one district has read serves another that has it."""
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


def regime(
    connection: Connection, district_id: UUID, digest: str, profile: str, known: Adopted | None = None
) -> Regime:
    """The rules of an edition for one class of members; ``known`` as of ``edition_by_digest``.

    Raises ``NotFound``, and ``UnknownProfile`` where the edition has no such class.
    """
    edition = edition_by_digest(connection, district_id, digest, known)
    found = edition.regime(profile)
    if found is None:
        known_here = all_of(edition.regimes)
        raise UnknownProfile(
            book=edition.book, edition=edition.code, profile=profile, known=known_here, field="profile"
        )
    return found
