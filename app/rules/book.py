"""Loads a rule book from its folder: every file strictly, every fault at once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.rules.checks import (
    Draft,
    check_across,
    check_allotments,
    check_bands,
    check_citations,
    check_dates,
    check_lines,
    check_profiles,
    starts_cycle,
)
from app.rules.checks_items import check_items
from app.rules.checks_tree import check_tree
from app.rules.compile import compile_edition
from app.rules.content import content_of
from app.rules.core import Edition, Name
from app.rules.document import BookText, Cited, EditionText, ItemText
from app.rules.faults import FaultList
from app.rules.parse import parse
from app.rules.source import FILES_MAX, read_source

BOOK_FILE = "book.yaml"
ITEMS_FILE = "items.yaml"


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
    """A rule book and its editions from the earliest to the latest; its cycles begin in ``first_month``."""

    code: str
    name: Name
    issuer: Name
    first_month: int
    folder: Path
    editions: tuple[LoadedEdition, ...]

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
    before = len(faults.found)
    path = folder / BOOK_FILE
    if not path.is_file():
        faults.add("no_book", folder, 1)
        return None
    source = read_source(path, str(path), faults)
    parsed = None if source is None else parse(BookText, source, faults)
    if source is None or parsed is None:
        return None
    book = parsed.document
    if book.book != folder.resolve().name:
        faults.add("folder_name", path, source.line(("book",)), ("book",), folder=folder.resolve().name, name=book.book)
    drafts = [draft for at in _edition_folders(folder) if (draft := _draft(book, at, faults)) is not None]
    if not drafts and len(faults.found) == before:
        faults.add("no_editions", folder, 1)
    for draft in drafts:
        _check(draft)
    _check_sequence(sorted(drafts, key=lambda draft: draft.edition.starts))
    if len(faults.found) > before:
        return None
    return Book(
        code=book.book,
        name=Name(book.name.zh, book.name.en),
        issuer=Name(book.issuer.zh, book.issuer.en),
        first_month=book.cycle.first_month.value,
        folder=folder,
        editions=tuple(_loaded(book, draft) for draft in sorted(drafts, key=lambda draft: draft.edition.starts)),
    )


def _edition_folders(folder: Path) -> list[Path]:
    return sorted(inside for inside in folder.iterdir() if (inside / ITEMS_FILE).is_file())[:FILES_MAX]


def _loaded(book: BookText, draft: Draft) -> LoadedEdition:
    edition = compile_edition(book, draft.edition)
    return LoadedEdition(edition, content_of(edition), Path(draft.source.file).parent)


def _draft(book: BookText, folder: Path, faults: FaultList) -> Draft | None:
    path = folder / ITEMS_FILE
    source = read_source(path, str(path), faults)
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


def _check_sequence(drafts: list[Draft]) -> None:
    """Editions follow one another without gap or overlap; codes keep their meaning; a cycle keeps its frame."""
    for before, draft in itertools.pairwise(drafts):
        until, start = before.edition.until, draft.edition.starts
        facts: dict[str, Any] = {"before": before.edition.edition, "until": until, "start": start}
        if start == before.edition.starts:
            draft.fault("edition_overlap", "from", **{**facts, "until": until or "…"})
        elif until is not None and start <= until:
            draft.fault("edition_overlap", "from", **facts)
        elif until is not None and start > until + timedelta(days=1):
            draft.fault("edition_gap", "from", **facts)
        if not starts_cycle(draft):
            _check_frame(before, draft)
    for number, draft in enumerate(drafts):
        for code, item in draft.edition.items.items():
            _check_meaning(drafts[:number], draft, code, item)


def _check_meaning(earlier: list[Draft], draft: Draft, code: str, item: ItemText) -> None:
    """A code once given keeps its kind, dimension and Chinese name."""
    for before in reversed(earlier):
        old = before.edition.items.get(code)
        if old is None:
            continue
        if (old.kind, old.dimension, old.name.zh) != (item.kind, item.dimension, item.name.zh):
            draft.fault(
                "code_meaning",
                "items",
                code,
                name=code,
                before=before.edition.edition,
                old=old.name.zh,
                was=f"{old.kind.value}, {old.dimension}",
                new=item.name.zh,
                now=f"{item.kind.value}, {item.dimension}",
            )
        return


def _check_frame(before: Draft, draft: Draft) -> None:
    """In mid-cycle base, opening, dimensions, bands, lines and across stay (scoring, section 2)."""
    for key in ("base", "opening", "dimensions", "bands", "lines", "across", "total"):
        if _uncited(getattr(before.edition, key)) != _uncited(getattr(draft.edition, key)):
            draft.fault("changed_in_cycle", key, name=key, start=draft.edition.starts, before=before.edition.edition)


def _uncited(value: Any) -> Any:
    """A value without where it comes from, which may be corrected at any time."""
    if isinstance(value, BaseModel):
        kept = {
            name: _uncited(getattr(value, name)) for name in type(value).model_fields if name not in Cited.model_fields
        }
        return (type(value).__name__, kept)
    if isinstance(value, dict):
        return {key: _uncited(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_uncited(part) for part in value]
    return value
