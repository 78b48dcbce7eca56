"""The format of a book that extends another: what it adds and what it tightens, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.rules.cited import Code, Day, NameText, NodeName, Strict
from app.rules.document import BoundText, CycleText, ItemText, SourceText

EXTENDS = "extends"  # the key by which a file tells that it adds to another one


class BookExtensionText(Strict):
    """A whole ``book.yaml`` of a book that extends another, whose folder lies beside its own.

    ``decimals`` and ``cycle`` are the other book's and need not be repeated; units and sources are added to its own.
    """

    format: Literal[1]
    book: Code
    extends: Code
    name: NameText
    issuer: NameText
    applies_to: NameText
    decimals: Annotated[int, Field(ge=0, le=2)] | None = None
    cycle: CycleText | None = None
    units: dict[Code, NameText] = {}
    sources: dict[Code, SourceText] = {}


class TightenedText(Strict):
    """Bounds that lie inside those of the book extended; a side or window that is not named stays as it is."""

    bounds: Annotated[list[BoundText], Field(min_length=1)]


class TightenText(Strict):
    """The items and nodes of the book extended that are bounded more narrowly."""

    items: dict[Code, TightenedText] = {}
    nodes: dict[NodeName, TightenedText] = {}


class ExtensionText(Strict):
    """A whole ``items.yaml`` of a book that extends another; ``extends`` is the code of an edition of that book."""

    format: Literal[1]
    edition: Code
    extends: Code
    name: NameText
    starts: Day = Field(alias="from")
    until: Day | None = None
    items: dict[Code, ItemText] = {}
    tighten: TightenText = TightenText()
