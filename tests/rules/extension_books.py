"""A committee's book that extends the small one: an item of its own, and ceilings that are tightened."""

from __future__ import annotations

from pathlib import Path

from tests.rules.small_book import ITEMS, put_book, put_edition

CHILD_BOOK = """\
format: 1
book: street
extends: small
name: {zh: 街道细则, en: Street rules}
issuer: {zh: 街道党工委, en: Street committee}
applies_to: {zh: 街道各支部的党员, en: Members of the street's branches}
sources:
  J1: {title: 街道办法, date: 2026-03-01}
"""

CHILD_ITEMS = """\
format: 1
edition: "2026s"
extends: "2026"
name: {zh: 街道细则（2026年版）, en: "Street rules, 2026"}
from: 2026-04-01
tighten:
  items:
    ORG-A01:
      bounds: [{window: year, high: 5, source: J1}]
    ORG-F01:
      bounds: [{window: quarter, low: -10, source: J1}]
  nodes:
    innovation:
      bounds: [{window: year, high: 15, source: J1, clause: 第三条}]
items:
  SRV-C01:
    name: {zh: 应急值守, en: Emergency watch}
    kind: innovation
    dimension: SRV
    article: 每次加3分，每季度不超过6分。
    grounds: {source: J1}
    points: {value: 3, source: J1}
    bounds: [{window: quarter, high: 6, source: J1}]
    record: [secretary]
    review: [committee_officer]
"""

CHILD_EXAMPLES = """\
format: 1
examples:
  watch:
    title: {zh: 应急值守两次加6分, en: Two watches add 6}
    given:
      - {item: SRV-C01, days: [2026-05-02, 2026-05-09]}
    expect: {innovation: 6}
"""

# Adds and tightens nothing.
BARE_ITEMS = CHILD_ITEMS[: CHILD_ITEMS.index("tighten:")]


def put_child(
    folder: Path,
    *,
    book: str = CHILD_BOOK,
    items: str = CHILD_ITEMS,
    edition: str = "2026s",
    code: str = "street",
) -> Path:
    """Write the child book beside whatever lies in the folder; gives the child's own folder."""
    at = folder / code
    put_edition(at, items, edition)
    (at / "book.yaml").write_text(book, encoding="utf-8")
    return at


def put_family(folder: Path, *, parent: str = ITEMS, book: str = CHILD_BOOK, items: str = CHILD_ITEMS) -> Path:
    """The small book with its child; gives the child's folder."""
    put_book(folder, items=parent)
    return put_child(folder, book=book, items=items)
