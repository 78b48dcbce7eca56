"""A draft that is sent as texts instead of lying in a folder: loaded by the same strict loader."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.rules.book import BOOK_FILE, ITEMS_FILE, read_books
from app.rules.core import Edition
from app.rules.faults import FaultList, RulesFaulty
from app.rules.source import BYTES_MAX, Source, read_text

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_UNREADABLE = "draft"  # the folder of a file that does not tell its code; the loader says what is wrong with it
Files = tuple[str, str]  # the texts of a ``book.yaml`` and of one edition's ``items.yaml``


@dataclass(frozen=True)
class _Text:
    """A text as it was read, once, with what is wrong with it."""

    source: Source | None
    faults: FaultList

    @classmethod
    def of(cls, text: str) -> _Text:
        faults = FaultList()
        if len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
            faults.add("too_large", "", 1, kilobytes=BYTES_MAX // 1024)
            return cls(None, faults)
        return cls(read_text(text, "", faults), faults)

    def code(self, key: str) -> str:
        """The code that names the folder; nothing else of a text ever becomes a path."""
        code = None if self.source is None else self.source.data.get(key)
        return code if isinstance(code, str) and _CODE.fullmatch(code) else _UNREADABLE

    def shown(self, file: str, faults: FaultList) -> Source | None:
        """What the text says under the name by which faults call it, with its own faults noted."""
        own = FaultList([replace(one, file=file) for one in self.faults.found], self.faults.more)
        faults.take(own)
        return None if self.source is None else replace(self.source, file=file)


def read_draft(files: Sequence[Files]) -> Edition:
    """The edition of the first files; the others are those of the book that it extends, if it does, and so on.

    Raises ``RulesFaulty`` with the faults of all files, which it calls by the folder that they belong in. Reading takes
    seconds at the worst, so it is done outside of any transaction.
    """
    faults = FaultList()
    texts: dict[Path, _Text] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        at = [_put(folder, one, texts) for one in files]

        def read(path: Path, shown: str, noted: FaultList) -> Source | None:
            return texts[path.resolve()].shown(shown, noted)

        books = read_books(list(dict.fromkeys(at)), faults, read)
        found = next((book for book in books if book.folder == at[0]), None)
    if faults.found or found is None:
        shown = (replace(one, file=one.file.removeprefix(f"{folder}/")) for one in faults.found)
        raise RulesFaulty(sorted(shown), faults.more)
    return found.editions[-1].edition


def _put(folder: Path, files: Files, texts: dict[Path, _Text]) -> Path:
    """Where the loader looks for the files: in folders of their codes. The texts themselves are never written."""
    book, items = (_Text.of(text) for text in files)
    at = folder / book.code("book")
    edition = at / items.code("edition")
    edition.mkdir(parents=True, exist_ok=True)
    for path, text in ((at / BOOK_FILE, book), (edition / ITEMS_FILE, items)):
        path.touch()
        texts[path] = text
    return at
