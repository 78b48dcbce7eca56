"""Loads a rule book from its folder: every file strictly, every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.rules.checks import Draft, check_citations, check_dates
from app.rules.checks_frame import check_cycle, check_windows
from app.rules.checks_inheritance import check_book, check_days, check_siblings, extended
from app.rules.checks_items import check_items
from app.rules.checks_lines import check_across, check_bands, check_lines
from app.rules.checks_profiles import check_allotments, check_profiles, check_size
from app.rules.checks_sequence import check_sequence
from app.rules.checks_tree import check_tree
from app.rules.compile import compile_edition
from app.rules.content import content_of
from app.rules.core import Edition
from app.rules.document import BookText, EditionText
from app.rules.extension_document import EXTENDS, BookExtensionText, ExtensionText
from app.rules.faults import FaultList
from app.rules.front import Front, SourceRow
from app.rules.inheritance import extended_book
from app.rules.name import Name
from app.rules.parse import Parsed, parse
from app.rules.source import FILES_MAX, Source, read_source
from app.rules.stars_checks import StarsDraft, check_meaning, check_stars
from app.rules.stars_compile import compile_stars
from app.rules.stars_document import StarsText

BOOK_FILE = "book.yaml"
ITEMS_FILE = "items.yaml"
STARS_FILE = "stars.yaml"
Read = Callable[[Path, str, FaultList], Source | None]  # a file, and what faults call it
AnyDraft = TypeVar("AnyDraft", bound=Draft)


@dataclass(frozen=True)
class LoadedEdition:
    """An edition with what is stored of it: its canonical content, under the SHA-256 (hex) of it."""

    edition: Edition
    content: bytes = field(repr=False)
    folder: Path

    @property
    def digest(self) -> str:
        return self.edition.digest


@dataclass(frozen=True)
class Book:
    """A rule book and its editions from the earliest to the latest; its cycles begin in ``first_month``.

    ``extends`` is the code of the book that it adds to, if any; its editions are complete all the same.
    """

    code: str
    name: Name
    issuer: Name
    first_month: int
    folder: Path
    editions: tuple[LoadedEdition, ...]
    extends: str | None = None

    def edition(self, code: str) -> LoadedEdition | None:
        return next((loaded for loaded in self.editions if loaded.edition.code == code), None)

    def on(self, day: date) -> Edition | None:
        """The edition in force on a day; None before the first and after the last."""
        held = [one.edition for one in self.editions if one.edition.starts_on <= day]
        latest = held[-1] if held else None
        return None if latest is None or (latest.ends_on or day) < day else latest


def book_folders(folder: Path) -> list[Path]:
    """The rule books in a folder, or the folder itself if it is one."""
    if (folder / BOOK_FILE).is_file():
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(inside for inside in folder.iterdir() if (inside / BOOK_FILE).is_file())


def load_book(folder: Path) -> Book:
    """The book in the folder. Raises ``RulesFaulty`` with every fault of all its files."""
    faults = FaultList()
    book = read_book(folder, faults)
    faults.raise_any()
    if book is None:
        raise AssertionError("a book that cannot be read has a fault")
    return book


def read_book(folder: Path, faults: FaultList) -> Book | None:
    """As ``load_book``, leaving the faults with the caller; None if there are any."""
    return next(iter(read_books([folder], faults)), None)


def read_books(folders: Sequence[Path], faults: FaultList, read: Read = read_source) -> list[Book]:
    """The sound ones of several books, each after the one that it extends.

    ``read`` gives what is in a file, for those whose texts were read already.
    """
    shelf = _Shelf(folders, read)
    found = [draft for folder in folders if (draft := shelf.draft(folder)) is not None]
    check_siblings([(one.root, one.text.book, one.drafts) for one in found])
    sound = sorted((one for one in found if not one.faults.found), key=lambda one: one.depth)
    for each in shelf.faults:
        faults.take(each)
    return [_compiled(one) for one in sound]


@dataclass(frozen=True)
class _BookDraft:
    """A book read and checked, not yet compiled. ``root`` is the book at the head of those that it extends."""

    text: BookText
    folder: Path
    drafts: Sequence[Draft]
    sheets: Mapping[str, StarsDraft]
    faults: FaultList
    root: str
    depth: int = 0
    extends: str | None = None


class _Shelf:
    """Books as they are read: each once, with its own faults, and the one that it extends before it."""

    def __init__(self, folders: Sequence[Path], read: Read) -> None:
        self._source = read
        self._shown = {folder.resolve(): folder for folder in folders}
        self._read: dict[Path, _BookDraft | None] = {}
        self._open: set[Path] = set()
        self.faults: list[FaultList] = []

    def draft(self, folder: Path) -> _BookDraft | None:
        """The book in the folder; None where it is at fault."""
        at = folder.resolve()
        if at not in self._read:
            faults = FaultList()
            self.faults.append(faults)
            self._open.add(at)
            found = self._checked(self._shown.get(at, folder), faults)
            self._open.discard(at)
            self._read[at] = None if faults.found else found
        return self._read[at]

    def _checked(self, folder: Path, faults: FaultList) -> _BookDraft | None:
        path = folder / BOOK_FILE
        if not path.is_file():
            faults.add("no_book", folder, 1)
            return None
        source = self._source(path, str(path), faults)
        if source is None:
            return None
        code, at = source.data.get("book"), folder.resolve().name
        if isinstance(code, str) and code != at:
            faults.add("folder_name", path, source.line(("book",)), ("book",), folder=at, name=code)
        found = (
            self._extension(folder, source, faults)
            if EXTENDS in source.data
            else _whole(folder, source, faults, self._source)
        )
        if found is None:
            return None
        if not found.drafts and not faults.found:
            faults.add("no_editions", folder, 1)
        if all(check_size(draft) for draft in found.drafts):
            for draft in found.drafts:
                _check(draft)
            check_sequence(list(found.drafts))
        return found

    def _extension(self, folder: Path, source: Source, faults: FaultList) -> _BookDraft | None:
        """What a book adds to the one that it extends, laid over it."""
        parsed = parse(BookExtensionText, source, faults)
        texts = [
            text for at in _edition_folders(folder) if (text := _extension_text(at, faults, self._source)) is not None
        ]
        for at in sorted(inside for inside in folder.iterdir() if (inside / STARS_FILE).is_file())[:FILES_MAX]:
            faults.add("extension_stars", at / STARS_FILE, 1)
        parent = None if parsed is None else self._parent(folder, parsed.document, source, faults)
        if parsed is None or parent is None:
            return None
        own = parsed.document
        check_book(parent.text, own, source, faults)
        book, parents = extended_book(parent.text, own), [one.edition for one in parent.drafts]
        found = [extended(book, parents, text.document, at, faults, text.partial) for text, at in texts]
        drafts = _in_order([draft for draft in found if draft is not None])
        check_days(parents, drafts)
        held = {draft.edition.edition: parent.sheets.get(draft.extension.extends) for draft in drafts}
        sheets = {code: sheet for code, sheet in held.items() if sheet is not None}
        return _BookDraft(book, folder, drafts, sheets, faults, parent.root, parent.depth + 1, own.extends)

    def _parent(self, folder: Path, own: BookExtensionText, source: Source, faults: FaultList) -> _BookDraft | None:
        """The book that this one extends, whose folder lies beside its own."""
        at = folder.resolve().parent / own.extends
        found = None
        if at.resolve() in self._open:
            code = "extends_cycle"
        elif not (at / BOOK_FILE).is_file():
            code = "parent_missing"
        else:
            found, code = self.draft(at), "parent_faulty"
        if found is None:
            faults.add(code, source.file, source.line((EXTENDS,)), (EXTENDS,), name=own.extends)
        return found


def _whole(folder: Path, source: Source, faults: FaultList, read: Read) -> _BookDraft | None:
    """A book that extends no other."""
    parsed = parse(BookText, source, faults)
    if parsed is None:
        return None
    book = parsed.document
    check_cycle(book, source, faults)
    drafts = [draft for at in _edition_folders(folder) if (draft := _draft(book, at, faults, read)) is not None]
    items = {draft.edition.edition: frozenset(draft.source.data["items"]) for draft in drafts}
    return _BookDraft(book, folder, _in_order(drafts), _read_sheets(book, folder, items, faults), faults, book.book)


def _extension_text(folder: Path, faults: FaultList, read: Read) -> tuple[Parsed[ExtensionText], Source] | None:
    path = folder / ITEMS_FILE
    source = read(path, str(path), faults)
    parsed = None if source is None else parse(ExtensionText, source, faults)
    if source is None or parsed is None:
        return None
    code = parsed.document.edition
    if code != folder.name:
        faults.add("folder_name", path, source.line(("edition",)), ("edition",), folder=folder.name, name=code)
    return parsed, source


def _in_order(drafts: Sequence[AnyDraft]) -> list[AnyDraft]:
    return sorted(drafts, key=lambda draft: draft.edition.starts)


def _compiled(found: _BookDraft) -> Book:
    book = found.text
    return Book(
        code=book.book,
        name=Name(book.name.zh, book.name.en),
        issuer=Name(book.issuer.zh, book.issuer.en),
        first_month=book.cycle.first_month.value,
        folder=found.folder,
        editions=tuple(_loaded(book, draft, found.sheets) for draft in found.drafts),
        extends=found.extends,
    )


def _edition_folders(folder: Path) -> list[Path]:
    return sorted(inside for inside in folder.iterdir() if (inside / ITEMS_FILE).is_file())[:FILES_MAX]


def _loaded(book: BookText, draft: Draft, sheets: Mapping[str, StarsDraft]) -> LoadedEdition:
    sheet = sheets.get(draft.edition.edition)
    edition = compile_edition(book, draft.edition, None if sheet is None else compile_stars(book, sheet.sheet))
    return LoadedEdition(edition, content_of(edition), Path(draft.source.file).parent)


def _read_sheets(
    book: BookText, folder: Path, items: Mapping[str, frozenset[str]], faults: FaultList
) -> dict[str, StarsDraft]:
    """The star sheets beside the items, by the code of their edition, checked."""
    sheets: dict[str, StarsDraft] = {}
    for at in sorted(inside for inside in folder.iterdir() if (inside / STARS_FILE).is_file())[:FILES_MAX]:
        path = at / STARS_FILE
        if not (at / ITEMS_FILE).is_file():
            faults.add("star_no_items", path, 1)
        source = read_source(path, str(path), faults)
        parsed = None if source is None else parse(StarsText, source, faults)
        if source is None or parsed is None:
            continue
        draft = StarsDraft(book, parsed.document, source, faults, items.get(at.name))
        if draft.sheet.edition != at.name:
            draft.fault("folder_name", "edition", folder=at.name, name=draft.sheet.edition)
        check_stars(draft)
        check_meaning(list(sheets.values()), draft)
        sheets[at.name] = draft
    return sheets


def _draft(book: BookText, folder: Path, faults: FaultList, read: Read) -> Draft | None:
    path = folder / ITEMS_FILE
    source = read(path, str(path), faults)
    parsed = None if source is None else parse(EditionText, source, faults)
    if source is None or parsed is None:
        return None
    draft = Draft(book, parsed.document, source, faults, parsed.partial)
    if draft.edition.edition != folder.name:
        draft.fault("folder_name", "edition", folder=folder.name, name=draft.edition.edition)
    return draft


def _check(draft: Draft) -> None:
    check_citations(draft)
    check_dates(draft)
    check_items(draft)
    check_tree(draft)
    check_allotments(draft)
    check_profiles(draft)
    check_lines(draft)
    check_bands(draft)
    check_across(draft)
    check_windows(draft)


def read_front(folder: Path) -> Front:
    """What a sound book's own file says, with the sources of the books that it extends. Raises ``RulesFaulty``."""
    faults = FaultList()
    path = folder / BOOK_FILE
    source = read_source(path, str(path), faults)
    extends = None if source is None else source.data.get(EXTENDS)
    text = None if source is None else _book_text(source, faults)
    faults.raise_any()
    if text is None:
        raise AssertionError("a book that cannot be read has a fault")
    parent = None if extends is None else read_front(folder.parent / str(extends))
    own = tuple(
        SourceRow(key, one.title, one.date or "", one.grade or "", one.note or "") for key, one in text.sources.items()
    )
    inherited = () if parent is None else parent.sources
    above = "" if parent is None else parent.name
    return Front(text.name.zh, text.issuer.zh, text.applies_to.zh, inherited + own, above)


def _book_text(source: Source, faults: FaultList) -> BookText | BookExtensionText | None:
    if EXTENDS in source.data:
        extension = parse(BookExtensionText, source, faults)
        return None if extension is None else extension.document
    own = parse(BookText, source, faults)
    return None if own is None else own.document
