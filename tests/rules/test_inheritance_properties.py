"""Whatever a child book tightens, its bounds lie inside those of its parent, and so does what members come to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.calendar import WINDOW_LENGTH, Window
from app.points.core import Cell, CellKey, add_to, fold
from app.points.plan import compile_plan
from app.rules.checks_tree import node_names
from app.rules.compile import compile_edition
from app.rules.core import Bound, Edition, Kind, Regime
from app.rules.document import BookText, BoundText, EditionText
from app.rules.extension_document import ExtensionText, TightenedText, TightenText
from app.rules.faults import FaultList
from app.rules.inheritance import extended_edition, narrowed
from app.rules.parse import parse
from app.rules.source import read_text
from tests.rules.small_book import BOOK, ITEMS, edited

Text = TypeVar("Text", BookText, EditionText)
WINDOWS = (Window.MONTH, Window.QUARTER, Window.HALF, Window.YEAR)
QUARTERS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")

# With classes that have bounds and allotments of their own.
VARIED = edited(
    ITEMS,
    (
        "    duties: none\n",
        """    duties: none
    allotments: {ORG: {value: 30, source: M1}, SRV: {value: 70, source: M1}}
    items:
      ORG-F01:
        grounds: {source: M1}
        bounds: [{window: year, low: -30, source: M1}]
    nodes:
      innovation: {bounds: [{window: year, high: 12, source: M1}]}
""",
    ),
)


def document(model: type[Text], text: str) -> Text:
    faults = FaultList()
    source = read_text(text, "", faults)
    parsed = None if source is None else parse(model, source, faults)
    assert parsed is not None
    assert not faults.found
    return parsed.document


BOOK_TEXT = document(BookText, BOOK)
PARENT = document(EditionText, VARIED)
COMPILED = compile_edition(BOOK_TEXT, PARENT)


@st.composite
def bounds(draw: st.DrawFn) -> list[BoundText]:
    """Bounds that hold 0, each window once, as wide or narrow as may be."""
    found = []
    for window in draw(st.lists(st.sampled_from(WINDOWS), min_size=1, max_size=3, unique=True)):
        low = draw(st.none() | st.integers(-40, 0))
        high = draw(st.integers(0, 40) if low is None else st.none() | st.integers(0, 40))
        found.append(
            BoundText(
                window=window,
                low=None if low is None else Decimal(low),
                high=None if high is None else Decimal(high),
                source="M1",
            )
        )
    return sorted(found, key=lambda bound: WINDOW_LENGTH[bound.window])


@st.composite
def children(draw: st.DrawFn) -> Edition:
    """A child of the small book under any bounds, wider ones too: laid over the parent's they cannot loosen."""
    tightened = bounds().map(lambda found: TightenedText(bounds=found))
    scored = [code for code, item in PARENT.items.items() if item.kind is not Kind.VETO]
    own = ExtensionText.model_construct(
        format=1,
        edition="child",
        extends="2026",
        name=PARENT.name,
        starts=date(2026, 1, 1),
        until=None,
        items={},
        tighten=TightenText(
            items=draw(st.dictionaries(st.sampled_from(scored), tightened, max_size=4)),
            nodes=draw(st.dictionaries(st.sampled_from(node_names(PARENT)), tightened, max_size=4)),
        ),
    )
    return compile_edition(BOOK_TEXT, extended_edition(BOOK_TEXT, PARENT, own))


def intervals(regime: Regime) -> dict[tuple[str, Window], tuple[float, float]]:
    """Of every item and node the narrowest interval over each window that it is bounded over."""
    held: dict[str, tuple[Bound, ...]] = {code: item.bounds for code, item in regime.items.items()}
    held |= {node.name: node.bounds for node in regime.nodes}
    found: dict[tuple[str, Window], tuple[float, float]] = {}
    for place, of in held.items():
        for bound in of:
            low, high = found.get((place, bound.window), (float("-inf"), float("inf")))
            found[place, bound.window] = (
                low if bound.low is None else max(low, bound.low),
                high if bound.high is None else min(high, bound.high),
            )
    return found


@settings(deadline=None, max_examples=60)
@given(children())
def test_every_interval_of_a_child_lies_inside_its_parents_for_every_class(child: Edition) -> None:
    assert list(child.regimes) == list(COMPILED.regimes)
    for profile, regime in COMPILED.regimes.items():
        own = intervals(child.regimes[profile])
        for place, (low, high) in intervals(regime).items():
            narrow_low, narrow_high = own[place]
            assert low <= narrow_low <= 0 <= narrow_high <= high, (profile, place)


ITEM_POINTS = {"ORG-A01": 5, "ORG-A02": 9, "ORG-F01": -5, "ORG-D01": -15}
ENTRIES = st.lists(st.tuples(st.sampled_from(sorted(ITEM_POINTS)), st.sampled_from(QUARTERS)), max_size=12)


@settings(deadline=None, max_examples=60)
@given(children(), ENTRIES, st.sampled_from(sorted(COMPILED.regimes)))
def test_the_same_entries_come_to_what_the_parents_bounds_allow(
    child: Edition, entries: list[tuple[str, str]], profile: str
) -> None:
    cells: dict[CellKey, Cell] = {}
    for number, (item, quarter) in enumerate(entries):
        matter = f"m{number}" if item == "ORG-A02" else None
        add_to(cells, CellKey(item, quarter, "city" if matter else None, matter), 1, 0, ITEM_POINTS[item])
    regime, parent = child.regimes[profile], COMPILED.regimes[profile]
    score = fold(compile_plan(dict.fromkeys(QUARTERS, regime)), regime.opening, cells)
    whole = intervals(parent)
    for kind, value in (("innovation", score.innovation), ("fault", score.fault)):
        low, high = whole.get((kind, Window.YEAR), (float("-inf"), float("inf")))
        assert low <= value <= high
    assert regime.opening == parent.opening


@given(bounds(), bounds())
def test_laying_bounds_over_bounds_never_widens_and_settles_at_once(one: list[BoundText], by: list[BoundText]) -> None:
    once = narrowed(one, by)
    assert narrowed(once, by) == once
    assert narrowed(once, one) == once
    assert [bound.window for bound in once] == sorted({b.window for b in [*one, *by]}, key=WINDOW_LENGTH.__getitem__)


def test_bounds_that_change_nothing_keep_what_is_said_of_their_ground() -> None:
    known = BoundText(window=Window.YEAR, low=Decimal(-5), high=Decimal(5), source="C1")
    wider = BoundText(window=Window.YEAR, low=Decimal(-9), high=Decimal(9), source="M1")
    assert narrowed([known], [wider]) == [known]


@pytest.mark.parametrize(("source", "assumption"), [("M1", None), (None, True)])
def test_two_sides_of_different_ground_are_both_told(source: str | None, assumption: Literal[True] | None) -> None:
    known = BoundText(window=Window.YEAR, low=Decimal(-5), source="C1", clause="第二条")
    by = BoundText(window=Window.YEAR, high=Decimal(5), source=source, assumption=assumption)
    (found,) = narrowed([known], [by])
    assert (found.low, found.high) == (Decimal(-5), Decimal(5))
    assert found.note == f"high: {source or 'assumption'}; low: C1 第二条"
    assert found.keys == ([] if assumption else ["M1", "C1"])
