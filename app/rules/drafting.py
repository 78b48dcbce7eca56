"""A draft that is sent as texts instead of lying in a folder: loaded by the same strict loader."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.rules.book import BOOK_FILE, ITEMS_FILE, read_books
from app.rules.core import Edition
from app.rules.faults import FaultList, RulesFaulty
from app.rules.source import BYTES_MAX, read_text

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_UNREADABLE = "draft"  # the folder of a file that does not tell its code; the loader says what is wrong with it
Files = tuple[str, str]  # the texts of a ``book.yaml`` and of one edition's ``items.yaml``


def read_draft(files: Sequence[Files]) -> Edition:
    """The edition of the first files; the others are those of the book that it extends, if it does, and so on.

    Raises ``RulesFaulty`` with every fault of all files, which it calls by the folder that they belong in.
    """
    faults = FaultList()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        at = [_put(folder, one) for one in files]
        books = read_books(list(dict.fromkeys(at)), faults)
        found = next((book for book in books if book.folder == at[0]), None)
    if faults.found or found is None:
        raise RulesFaulty(sorted(replace(one, file=one.file.removeprefix(f"{folder}/")) for one in faults.found))
    return found.editions[-1].edition


def _put(folder: Path, files: Files) -> Path:
    """Where the loader looks for the files: in folders of their codes."""
    book, items = files
    at = folder / _code_of(book, "book")
    edition = at / _code_of(items, "edition")
    edition.mkdir(parents=True, exist_ok=True)
    (at / BOOK_FILE).write_text(book, encoding="utf-8")
    (edition / ITEMS_FILE).write_text(items, encoding="utf-8")
    return at


def _code_of(text: str, key: str) -> str:
    """The code that names the folder; nothing else of a text ever becomes a path."""
    if len(text) > BYTES_MAX:
        return _UNREADABLE  # too large to be read, as the loader says
    source = read_text(text, "", FaultList())
    code = None if source is None else source.data.get(key)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else _UNREADABLE
