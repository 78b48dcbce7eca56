"""An edition read but not yet compiled, and what all of its values must meet: citations, decimals, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.kit.calendar import period_days, quarter_days, quarter_of
from app.rules.cited import Cited
from app.rules.core import Starts
from app.rules.document import BookText, EditionText
from app.rules.faults import FaultList, KeyPath
from app.rules.profiles import cycle_window, starts_of
from app.rules.source import Source


@dataclass(frozen=True)
class Draft:
    """An edition read but not yet compiled. ``partial``: parts at fault were left out, so sums cannot be judged."""

    book: BookText
    edition: EditionText
    source: Source
    faults: FaultList
    partial: bool

    def fault(self, code: str, *path: str | int, **facts: Any) -> None:
        self.faults.add(code, self.source.file, self.source.line(path), path, **facts)

    def loses(self, dimension: str) -> bool:
        """Whether members open with the dimension's full allotment and lose what they do not do."""
        return dimension not in self.edition.dimensions or starts_of(self.edition, dimension) is Starts.FULL

    @property
    def earns(self) -> bool:
        """Whether any of the score has to be earned first, so that it is low before the cycle's end."""
        return any(starts_of(self.edition, code) is Starts.ZERO for code in self.edition.dimensions)


def walk(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every part of a document with its place in the file."""
    yield path, value
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from walk(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from walk(part, (*path, str(key)))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from walk(part, (*path, number))


def check_citations(draft: Draft) -> None:
    """Every cited source is listed, and no value is finer than the book's smallest unit."""
    places = draft.book.decimals
    for path, value in walk(draft.edition):
        if isinstance(value, Cited):
            for key in value.keys:
                if key not in draft.book.sources:
                    draft.fault("unknown_citation", *path, "source", name=key)
        elif isinstance(value, Decimal) and value.scaleb(places) % 1:
            draft.fault("decimals_exceeded", *path, value=value, decimals=places)


def check_dates(draft: Draft) -> None:
    """An edition lives from the first day of a quarter to the last day of one (scoring, section 2, rule 2)."""
    starts, until = draft.edition.starts, draft.edition.until
    if quarter_days(quarter_of(starts))[0] != starts:
        draft.fault("quarter_start", "from", day=starts)
    if until is None:
        return
    if until < starts:
        draft.fault("until_before_from", "until", until=until, start=starts)
    elif quarter_days(quarter_of(until))[1] != until:
        draft.fault("quarter_end", "until", day=until)


def starts_cycle(draft: Draft) -> bool:
    """Whether the edition starts on a cycle's first day."""
    starts: date = draft.edition.starts
    return period_days(starts, draft.book.cycle.first_month.value, cycle_window(draft.book))[0] == starts
