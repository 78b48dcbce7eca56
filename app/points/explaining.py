"""The way from a standing's numbers down to entries, articles and cuts; every level adds up to the one above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.points.core import Cell, CellKey, Cut, Score, add_to, counted_elsewhere
from app.points.ledger import DutyRow, Entry
from app.points.openings import opening_citation, opening_name
from app.points.plan import Plan
from app.rules.core import SCORED_KINDS, Edition, Item, Kind, MeasureForm, Regime
from app.rules.name import Name


@dataclass(frozen=True, slots=True)
class ExplainedEntry:
    """An entry with what it counts for; ``counted`` None: only the item's measure as a whole says."""

    entry: Entry
    counted: int | None
    reversed_by: UUID | None


@dataclass(frozen=True, slots=True)
class ExplainedOpening(ExplainedEntry):
    """An entry that opened the standing, in words, and where the rules have it from (empty: a paper's balance)."""

    name: Name
    citation: str


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """An item's entries, duties and cuts; ``points`` = its entries + its cuts."""

    item: Item
    points: int
    entries: tuple[ExplainedEntry, ...]
    duties: tuple[DutyRow, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class ExplainedDimension:
    """A dimension within a kind; ``points`` = its items + its own cuts."""

    code: str
    name: Name
    points: int
    items: tuple[ExplainedItem, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class ExplainedKind:
    """A kind; ``points`` = its dimensions + its own cuts."""

    kind: Kind
    points: int
    dimensions: tuple[ExplainedDimension, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """opening + routine = daily (with the floor's cut); daily + innovation + fault = total (with its cut)."""

    score: Score
    regime: Regime
    opening: tuple[ExplainedOpening, ...]
    vetoes: tuple[ExplainedEntry, ...]
    kinds: tuple[ExplainedKind, ...]
    cuts: tuple[Cut, ...]

    @property
    def adds_up(self) -> bool:
        """Whether opening, entries and cuts come to the total; anything else is a defect of this service."""
        kinds = sum(kind.points for kind in self.kinds)
        opening = sum(one.entry.points for one in self.opening)
        return opening + kinds + sum(cut.points for cut in self.cuts) == self.score.total


def explain(
    plan: Plan,
    regime: Regime,
    score: Score,
    entries: Sequence[Entry],
    duties: Sequence[DutyRow],
    opened_by: Edition | None = None,
) -> Explanation:
    """Lead a score down to the entries it was folded from; ``regime`` names and orders items and dimensions.

    ``opened_by`` is the edition of the standing's first quarter, whose words on openings are cited.
    """
    undone = {entry.reverses: entry.id for entry in entries if entry.reverses is not None}
    cells: dict[CellKey, Cell] = {}
    for entry in entries:
        if entry.kind in SCORED_KINDS:
            add_to(cells, entry.key, entry.sign, entry.units, entry.points)
    elsewhere = counted_elsewhere(plan, cells)
    shown = [_shown(plan, entry, undone, elsewhere) for entry in entries]
    kinds = tuple(
        _kind(kind, regime, [one for one in shown if one.entry.kind is kind], score.cuts, duties)
        for kind in SCORED_KINDS
    )
    return Explanation(
        score=score,
        regime=regime,
        opening=tuple(_opening(entry, regime, opened_by, undone) for entry in entries if entry.kind is Kind.OPENING),
        vetoes=tuple(one for one in shown if one.entry.kind is Kind.VETO),
        kinds=kinds,
        cuts=tuple(cut for cut in score.cuts if cut.where in ("daily", "total")),
    )


def _opening(entry: Entry, regime: Regime, edition: Edition | None, undone: Mapping[UUID, UUID]) -> ExplainedOpening:
    first = None if edition is None else edition.regime(entry.profile)
    name = opening_name(entry, (first or regime).carried)
    citations = {} if edition is None else dict(edition.citations)
    return ExplainedOpening(entry, entry.points, undone.get(entry.id), name, opening_citation(entry, citations))


def _shown(plan: Plan, entry: Entry, undone: Mapping[UUID, UUID], elsewhere: frozenset[CellKey]) -> ExplainedEntry:
    counted: int | None = entry.points
    if entry.kind in SCORED_KINDS:
        if entry.key in elsewhere and entry.reverses is None and entry.id not in undone:
            counted = 0
        elif plan.items[entry.item].measure.form is not MeasureForm.SUM:
            counted = None
    return ExplainedEntry(entry, counted, undone.get(entry.id))


def _kind(
    kind: Kind,
    regime: Regime,
    shown: Sequence[ExplainedEntry],
    cuts: Sequence[Cut],
    duties: Sequence[DutyRow],
) -> ExplainedKind:
    dimensions = []
    for dimension in regime.dimensions:
        items = [_item(item, shown, cuts, duties) for item in _items_of(regime, kind, dimension.code, shown)]
        inside = f"{kind.value}/{dimension.code}"
        own = tuple(cut for cut in cuts if cut.where == inside or cut.where.startswith(inside + "/"))
        points = sum(item.points for item in items) + sum(cut.points for cut in own)
        if items:
            dimensions.append(ExplainedDimension(dimension.code, dimension.name, points, tuple(items), own))
    across = {one.name for one in regime.across if one.kind is kind}
    own = tuple(cut for cut in cuts if cut.where == kind.value or cut.where in across)
    points = sum(one.points for one in dimensions) + sum(cut.points for cut in own)
    return ExplainedKind(kind, points, tuple(dimensions), own)


def _items_of(regime: Regime, kind: Kind, dimension: str, shown: Sequence[ExplainedEntry]) -> list[Item]:
    """Items with a duty, and items with entries, in the order of the book."""
    used = {one.entry.item for one in shown}
    return [
        item
        for item in regime.items.values()
        if item.kind is kind and item.dimension == dimension and (item.code in used or item.duty is not None)
    ]


def _item(item: Item, shown: Sequence[ExplainedEntry], cuts: Sequence[Cut], duties: Sequence[DutyRow]) -> ExplainedItem:
    entries = tuple(one for one in shown if one.entry.item == item.code)
    own = tuple(cut for cut in cuts if cut.where == item.code)
    points = sum(one.entry.points for one in entries) + sum(cut.points for cut in own)
    rows = tuple(row for row in duties if row.key.item == item.code)
    return ExplainedItem(item, points, entries, rows, own)
