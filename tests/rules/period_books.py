"""The small book for years that run from July to June, and for a score that starts anew each quarter."""

from __future__ import annotations

from tests.rules.small_book import BOOK, ITEMS, edited

FROM_JULY = edited(BOOK, ("first_month: {value: 1,", "first_month: {value: 7,"))
JULY_ITEMS = edited(ITEMS, ("from: 2026-01-01", "from: 2026-07-01"))

_MONTH = "  first_month: {value: 1, source: M1}\n"
BY_QUARTER = edited(
    BOOK, (_MONTH, _MONTH + "  period: {value: quarter, source: M1}\n  year: {value: mean, source: M1}\n")
)
QUARTER_ITEMS = edited(
    ITEMS,
    ("bounds: [{window: year, high: 20, assumption: true}]", "bounds: [{window: quarter, high: 20, assumption: true}]"),
    ("bounds: [{window: year, high: 10, assumption: true}]", "bounds: [{window: quarter, high: 10, assumption: true}]"),
    ("bounds: [{window: year, high: 8, assumption: true}]", "bounds: [{window: quarter, high: 8, assumption: true}]"),
    ("      - {window: year, high: 8, assumption: true}\n", ""),
    (
        "bounds: [{window: year, low: -20, assumption: true}]",
        "bounds: [{window: quarter, low: -20, assumption: true}]",
    ),
    ("every: {value: quarter, source: C1}", "every: {value: month, source: C1}"),
    ("share: {value: 15, assumption: true}", "share: {value: 20, assumption: true}"),
    ("every: {value: year, assumption: true}", "every: {value: quarter, assumption: true}"),
    ("        - {window: half, units: 10, assumption: true}\n", ""),
    (
        "        - {window: year, units: 20, assumption: true}",
        "        - {window: quarter, units: 6, assumption: true}",
    ),
)
