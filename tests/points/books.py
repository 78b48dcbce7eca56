"""Invented rule books and deeds for the tests of the pure core.

A book here is what the loader would accept: kinds of one sign, bounds that hold 0, no ceiling over a shorter window
than one below it, and editions that change nothing in mid-cycle but bounds. Everything is drawn by Hypothesis.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from app.kit.calendar import Window, quarter_days, quarter_of
from app.points.core import Cell, CellKey, Cells, Score, add_to, fold
from app.points.ledger import cell_window
from app.points.plan import compile_plan
from app.rules.award import Outcome, points_of
from app.rules.core import (
    Across,
    Bound,
    Dimension,
    Duty,
    Effect,
    Item,
    Kind,
    Measure,
    MeasureForm,
    Node,
    PointRange,
    Regime,
    Rounding,
    Rung,
    Settlement,
    Tier,
    Unrecorded,
    Veto,
)
from app.rules.lines import Band, Basis, Relation
from app.rules.name import Name

QUARTERS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")
WINDOWS = (Window.MONTH, Window.QUARTER, Window.HALF, Window.YEAR)
One = TypeVar("One", bound=Hashable)
LENGTH = {window: place for place, window in enumerate(WINDOWS)}
KINDS = (Kind.ROUTINE, Kind.INNOVATION, Kind.FAULT)
DIMENSIONS = ("ORG", "SRV")
GROUP = "talks"
TRIED = settings(deadline=None, max_examples=100)  # Hypothesis's own profile for CI repeats the same examples


def name(text: str) -> Name:
    return Name(text, text)


BANDS = (
    Band("low", name("low"), Basis.TOTAL, Relation.AT_MOST, 40),
    Band("high", name("high"), Basis.DAILY, Relation.AT_LEAST, 90),
    Band("rest", name("rest")),
)


@dataclass(frozen=True, repr=False)
class RuleBook:
    """The regimes of a member's quarters, in one year."""

    regimes: Mapping[str, Regime]

    def __repr__(self) -> str:
        """What a failing example needs, on a few lines."""
        first = self.regimes[self.quarters[0]]
        facts = ("measure", "group", "outside", "points", "tiers", "unit")
        lines = [f"{first.opening=} {first.total_high=}", *(str(one) for one in first.across)]
        lines += [f"{code}: {[getattr(item, fact) for fact in facts]}" for code, item in first.items.items()]
        lines += [f"{node.name}: weight {node.weight}" for node in first.nodes if node.weight != (1, 1)]
        places = [*first.items, *(node.name for node in first.nodes)]
        lines += [f"{quarter} {place}: {bounds_of(self.regimes[quarter], place)}" for quarter in self.quarters
                  for place in places if bounds_of(self.regimes[quarter], place)]  # fmt: skip
        return "\n".join(["RuleBook", *lines])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    @property
    def quarters(self) -> tuple[str, ...]:
        return tuple(sorted(self.regimes))

    @property
    def opening(self) -> int:
        return self.regimes[self.quarters[0]].opening

    def until(self, quarter: str) -> RuleBook:
        return RuleBook({code: regime for code, regime in self.regimes.items() if code <= quarter})

    def bounds(self, place: str) -> list[tuple[Bound, ...]]:
        """The bounds of an item or node, quarter by quarter."""
        return [bounds_of(self.regimes[quarter], place) for quarter in self.quarters]

    def changes(self, place: str) -> bool:
        """Whether an item's or node's bounds change in mid-cycle."""
        return len(set(self.bounds(place))) > 1

    def above(self, code: str) -> tuple[str, ...]:
        """The item and every node that may hold it."""
        item = self.regimes[self.quarters[0]].items[code]
        return (code, *nodes_above(item))

    def score(self, deeds: Iterable[Deed]) -> Score:
        return self.fold(cells_of(deeds))

    def fold(self, cells: Cells) -> Score:
        return fold(compile_plan(self.regimes), self.opening, cells)


class Deed(NamedTuple):
    """An entry as the fold sees it: what it adds to which cell."""

    key: CellKey
    units: int
    points: int


def cells_of(deeds: Iterable[Deed]) -> dict[CellKey, Cell]:
    cells: dict[CellKey, Cell] = {}
    for deed in deeds:
        add_to(cells, deed.key, 1, deed.units, deed.points)
    return cells


def nodes_above(item: Item) -> tuple[str, ...]:
    """From the lowest up, without those that the item stands outside of."""
    path = [f"{item.kind.value}/{item.dimension}", item.kind.value]
    if item.group:
        path.insert(0, f"{path[0]}/{item.group}")
    return tuple(one for one in path if one not in item.outside)


def bounds_of(regime: Regime, place: str) -> tuple[Bound, ...]:
    if place in regime.items:
        return regime.items[place].bounds
    return next(node.bounds for node in regime.nodes if node.name == place)


def with_bounds(regime: Regime, bounds: Mapping[str, tuple[Bound, ...]]) -> Regime:
    """The regime with other bounds at the places named."""
    return replace(
        regime,
        items={code: replace(item, bounds=bounds.get(code, item.bounds)) for code, item in regime.items.items()},
        nodes=tuple(replace(node, bounds=bounds.get(node.name, node.bounds)) for node in regime.nodes),
    )


def make_item(code: str, kind: Kind = Kind.INNOVATION, dimension: str | None = "ORG", **facts: object) -> Item:
    """An item worth 5 points (or minus 5), unless the facts say otherwise."""
    facts = {"points": -5 if kind is Kind.FAULT else 5, **facts}
    return Item(code, kind, dimension, name(code), article="", citation="test", **facts)  # type: ignore[arg-type]


def make_duty(code: str, share: int = 10, window: Window = Window.QUARTER, **facts: object) -> Item:
    """A routine item that costs its share when it is not done."""
    settlement = facts.pop("settlement", Settlement.CONFIRMATION)
    unrecorded = facts.pop("unrecorded", Unrecorded.MISSED)
    details: dict[str, object] = {key: facts.pop(key) for key in ("targets", "due") if key in facts}
    details["unit"] = facts.get("unit")
    duty = Duty(window, share, settlement, unrecorded, **details)  # type: ignore[arg-type]
    return make_item(code, Kind.ROUTINE, **{"points": None, "duty": duty, **facts})  # type: ignore[arg-type]


def make_regime(
    items: Iterable[Item], *, bounds: Mapping[str, tuple[Bound, ...]] | None = None, **facts: object
) -> Regime:
    """A regime over these items, with a node for every kind, dimension and group, bounded as told."""
    items = tuple(items)
    bounds = bounds or {}
    names = [kind.value for kind in KINDS]
    names += [f"{kind.value}/{dimension}" for kind in KINDS for dimension in DIMENSIONS]
    names += sorted({f"{one.kind.value}/{one.dimension}/{one.group}" for one in items if one.group})
    plain: dict[str, object] = {
        "book": "test", "edition": "1", "digest": "d1", "profile": "standard", "opening": 100, "decimals": 0,
        "dimensions": tuple(Dimension(code, name(code), 50) for code in DIMENSIONS), "across": (), "total_high": None,
        "bands": BANDS, "lines": (),
    }  # fmt: skip
    nodes = tuple(Node(one, one.rpartition("/")[0] or None, name(one), bounds.get(one, ())) for one in names)
    listed = {one.code: replace(one, bounds=bounds.get(one.code, one.bounds)) for one in items}
    return Regime(items=listed, nodes=nodes, **{**plain, **facts})  # type: ignore[arg-type]


def year_of(regime: Regime, **later: Regime) -> RuleBook:
    """A book with one regime from the first quarter on, and others from the quarters named (``Q3=…``)."""
    regimes: dict[str, Regime] = {}
    for quarter in QUARTERS:
        regime = later.get(quarter[4:], regime)
        regimes[quarter] = regime
    return RuleBook(regimes)


# ---------------------------------------------------------------------------------------------- drawing rule books
#
# Plain functions of one ``draw``: a strategy inside a strategy for every part costs three times as long.


class Taste(NamedTuple):
    """What drawn books contain; ``sizes`` is the largest number of points in a bound or deed."""

    changing: bool = True
    weights: bool = True
    across: bool = True
    forms: tuple[MeasureForm, ...] = tuple(MeasureForm)
    sizes: int = 12
    items_max: int = 2
    quarters_max: int = 4


ANY = Taste()


@cache
def _integers(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


def number(draw: st.DrawFn, low: int, high: int) -> int:
    return draw(_integers(low, high))


def one_of(draw: st.DrawFn, choices: Sequence[One]) -> One:
    return choices[0] if len(choices) == 1 else choices[number(draw, 0, len(choices) - 1)]


def chance(draw: st.DrawFn, one_in: int = 2) -> bool:
    return number(draw, 1, one_in) == one_in


def sign_of(kind: Kind, *, loses: bool) -> int:
    return -1 if kind is Kind.FAULT or (kind is Kind.ROUTINE and loses) else 1


def _measure(draw: st.DrawFn, taste: Taste) -> Measure:
    form = one_of(draw, taste.forms)
    if form is MeasureForm.SUM:
        return Measure()
    window = one_of(draw, WINDOWS[1:])
    if form is MeasureForm.BEST:
        return Measure(form, window, best=number(draw, 1, 3))
    if form is MeasureForm.LADDER:
        units, points = number(draw, 1, taste.sizes), number(draw, 1, taste.sizes)
        more = (number(draw, 1, taste.sizes), number(draw, 1, taste.sizes))
        return Measure(form, window, rungs=(Rung(units, points), Rung(units + more[0], points + more[1])))
    fraction = number(draw, 1, 5), number(draw, 1, 4)
    rounding = one_of(draw, tuple(Rounding))
    return Measure(form, window, numerator=fraction[0], denominator=fraction[1], rounding=rounding)


def _item(draw: st.DrawFn, code: str, kind: Kind, taste: Taste, *, loses: bool) -> Item:
    dimension = one_of(draw, DIMENSIONS)
    if kind is Kind.ROUTINE and loses:
        return make_duty(code, number(draw, 1, taste.sizes), one_of(draw, WINDOWS), dimension=dimension)
    group = GROUP if chance(draw, 3) else None
    above = [f"{kind.value}/{dimension}/{group}"] * (group is not None) + [f"{kind.value}/{dimension}"]
    outside = frozenset(above[: number(draw, 1, len(above))]) if chance(draw, 3) else frozenset()
    measure = Measure() if kind is Kind.FAULT else _measure(draw, taste)
    sign = -1 if kind is Kind.FAULT else 1
    facts: dict[str, object] = {"group": group, "outside": outside, "measure": measure, "points": None}
    if measure.form in (MeasureForm.LADDER, MeasureForm.RATE, MeasureForm.WORTH):
        facts["unit"] = "hours"
    elif measure.form is MeasureForm.SUM and chance(draw, 4):
        sides = sorted({number(draw, 1, taste.sizes), taste.sizes + 1}, key=lambda size: sign * size)
        facts["chosen"] = PointRange(sign * sides[0], sign * sides[-1], 1)
    elif chance(draw):
        facts["tiers"] = tuple(Tier(tier, name(tier), sign * number(draw, 1, taste.sizes)) for tier in ("a", "b"))
    else:
        facts["points"] = sign * number(draw, 1, taste.sizes)
        facts["unit"] = "times" if measure.form is MeasureForm.SUM and chance(draw) else None
    return make_item(code, kind, dimension, **facts)


def _places(draw: st.DrawFn, regime: Regime) -> dict[str, tuple[Window, ...]]:
    """The windows in which each item and node may be bounded, whatever the edition.

    None is shorter than the window of the measure, or than one that is bounded below.
    """

    def some(first: int) -> tuple[Window, ...]:
        mask = number(draw, 0, 2 ** (len(WINDOWS) - first) - 1)
        return tuple(window for at, window in enumerate(WINDOWS[first:]) if mask >> at & 1)

    chosen: dict[str, tuple[Window, ...]] = {}
    longest: dict[str, int] = {}
    for code, item in regime.items.items():
        if item.kind is Kind.VETO:
            continue  # it scores nothing
        first = 0 if item.measure.form is MeasureForm.SUM else LENGTH[item.measure.window]
        chosen[code] = some(first)
        reach = max([first, *(LENGTH[window] for window in chosen[code])])
        for above in nodes_above(item):
            longest[above] = max(longest.get(above, 1), reach)
    for node in sorted(regime.nodes, key=lambda node: -node.name.count("/")):
        if node.name not in longest:
            continue  # nothing stands below it
        first = longest[node.name]
        chosen[node.name] = some(first)
        reach = max([first, *(LENGTH[window] for window in chosen[node.name])])
        parent = node.parent
        while parent is not None:
            longest[parent] = max(longest.get(parent, 1), reach)
            parent = parent.rpartition("/")[0] or None
    return chosen


def _bound(draw: st.DrawFn, window: Window, sign: int, sizes: int) -> Bound:
    """A bound that holds 0; the side that can bite is there more often than the other."""
    biting = None if chance(draw, 6) else sign * number(draw, 0, 2 * sizes)
    other = -sign * number(draw, 0, sizes) if biting is None or chance(draw, 4) else None
    return Bound(window, other, biting) if sign > 0 else Bound(window, biting, other)


def _dressed(draw: st.DrawFn, regime: Regime, places: Mapping[str, tuple[Window, ...]], taste: Taste) -> Regime:
    """The regime with bounds drawn anew at some of its places."""
    kinds = {code: item.kind for code, item in regime.items.items()}
    kinds |= {node.name: Kind(node.name.partition("/")[0]) for node in regime.nodes}
    chosen: dict[str, tuple[Bound, ...]] = {}
    for place, windows in places.items():
        if not windows or chance(draw, 3):
            continue
        sign = sign_of(kinds[place], loses=regime.opening > 0)
        there = [window for window in windows if not chance(draw, 4)]
        chosen[place] = tuple(_bound(draw, window, sign, taste.sizes) for window in there)
    return with_bounds(regime, chosen)


def _across(draw: st.DrawFn, found: Sequence[Item], kind: Kind, taste: Taste) -> list[Across]:
    own = [
        item.code
        for item in found
        if item.kind is kind and (item.measure.form is MeasureForm.SUM or item.measure.window is Window.QUARTER)
    ]
    if not own or kind is Kind.ROUTINE or not chance(draw):
        return []
    mask = number(draw, 1, 2 ** len(own) - 1)
    held = frozenset(code for at, code in enumerate(own) if mask >> at & 1)
    ceiling = number(draw, 1, taste.sizes) * (-1 if kind is Kind.FAULT else 1)
    return [Across(f"across-{kind.value}", kind, held, ceiling)]


def draw_book(draw: st.DrawFn, taste: Taste) -> RuleBook:
    """A book for some last quarters of a year, under one edition or several."""
    loses = chance(draw)
    found = [
        _item(draw, f"{kind.value[:3].upper()}{at}", kind, taste, loses=loses)
        for kind in KINDS
        for at in range(number(draw, 0 if kind is Kind.ROUTINE else 1, taste.items_max))
    ]
    if chance(draw, 4):
        veto = Veto(Effect.BAND, band=one_of(draw, BANDS).code) if chance(draw) else Veto()
        found.append(make_item("VETO", Kind.VETO, points=None, veto=veto))
    across = [one for kind in KINDS for one in _across(draw, found, kind, taste)] if taste.across else []
    total_high = number(draw, 0, 130) if chance(draw, 4) else None
    plain = make_regime(found, opening=100 if loses else 0, across=tuple(across), total_high=total_high)
    if taste.weights and chance(draw, 3):
        held = {one.kind.value for one in across}  # a ceiling in points over weighted points has no meaning
        fractions = ((1, 1), (1, 2), (2, 3), (3, 2))
        nodes = [
            node if node.name.partition("/")[0] in held else replace(node, weight=one_of(draw, fractions))
            for node in plain.nodes
        ]
        plain = replace(plain, nodes=tuple(nodes))
    places = _places(draw, plain)
    regime = _dressed(draw, plain, places, taste)
    quarters = QUARTERS[number(draw, 0, 2) if chance(draw) else 0 :][: taste.quarters_max]
    regimes = {}
    for at, quarter in enumerate(quarters):
        if at and taste.changing and chance(draw, 3):
            regime = replace(_dressed(draw, regime, places, taste), edition=quarter, digest=quarter)
        regimes[quarter] = regime
    return RuleBook(regimes)


# ---------------------------------------------------------------------------------------------------- drawing deeds


def draw_day(draw: st.DrawFn, quarters: Sequence[str]) -> date:
    first, last = quarter_days(one_of(draw, quarters))
    return first + timedelta(days=number(draw, 0, (last - first).days))


def draw_deed(
    draw: st.DrawFn, book: RuleBook, *, code: str | None = None, matters: bool = True, sizes: int = 12
) -> Deed:
    """One entry of some item of the book, worth what its rules say."""
    day = draw_day(draw, book.quarters)
    items = book.regimes[quarter_of(day)].items
    item = items[code or one_of(draw, sorted(items))]
    tier = one_of(draw, item.tiers).code if item.tiers else None
    outcome = one_of(draw, tuple(Outcome)) if item.duty is not None else None
    units = number(draw, 1, sizes) if item.unit is not None else None
    matter = one_of(draw, (None, None, "m1", "m2")) if matters and item.duty is None else None
    chosen = None if item.chosen is None else number(draw, item.chosen.low, item.chosen.high)
    worth = points_of(item, tier=tier, units=units, outcome=outcome, chosen=chosen)
    return Deed(CellKey(item.code, cell_window(item, day), tier, matter), *worth)


def once_a_matter(found: Iterable[Deed]) -> list[Deed]:
    """Without a second entry of a matter in one cell, which posting refuses."""
    kept: list[Deed] = []
    seen: set[CellKey] = set()
    for deed in found:
        if deed.key.matter is None or deed.key not in seen:
            kept.append(deed)
        seen.add(deed.key)
    return kept


@st.composite
def filled(
    draw: st.DrawFn, taste: Taste = ANY, *, matters: bool = True, deeds_max: int = 12
) -> tuple[RuleBook, list[Deed]]:
    """A book with a year's deeds."""
    book = draw_book(draw, taste)
    found = [draw_deed(draw, book, matters=matters, sizes=taste.sizes) for _ in range(number(draw, 0, deeds_max))]
    return book, once_a_matter(found)


@st.composite
def deeds(draw: st.DrawFn, book: RuleBook, *, code: str | None = None) -> Deed:
    """One more entry, of no matter."""
    return draw_deed(draw, book, code=code, matters=False)
