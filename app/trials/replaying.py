"""What a draft makes of members who stand under the same regimes: their score before and after, and by which article.

A ``Replay`` is made once for all of them; for a member it looks at what differs, and folds only where something does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.kit.calendar import quarter_of, quarter_of_window
from app.points.core import Cell, CellKey, Score, add_to, fold
from app.points.ledger import cell_window
from app.points.plan import Plan, compile_plan
from app.rules.core import Edition, Item, Regime
from app.rules.lines import Basis, Line, band_of, holds, tested
from app.rules.name import Name
from app.trials.rejudging import (
    Cells,
    Fact,
    Judge,
    Obstacle,
    Unjudged,
    judge_of,
    kept_costs_nothing,
    reads_entries,
    untold,
)
from app.trials.resettling import settled_otherwise

# Places that are no item, node or ceiling of a book.
OPENING, DAILY, TOTAL, BANDS, LINES = "opening", "daily", "total", "bands", "lines"
NAMES = {
    OPENING: Name("年初积分", "Opening"),
    DAILY: Name("日常积分最低为零", "Floor of the daily score"),
    TOTAL: Name("总分上下限", "Bounds of the total"),
    BANDS: Name("等次标准", "What the bands ask for"),
}
UNGRADED = "–"  # a class of members that takes no grade


@dataclass(frozen=True, slots=True)
class Article:
    """What an item, node or ceiling adds to the difference of the totals, in the smallest unit.

    0 where the draft moved a band or line itself.
    """

    where: str
    name: Name
    points: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is looked at on one side."""

    daily: int
    total: int
    band: str
    lines: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One member before and after, with the cells that each score was folded from."""

    old: Numbers
    new: Numbers
    before: Score
    after: Score
    cells: Cells
    drafted: Cells

    @property
    def gained(self) -> tuple[str, ...]:
        return tuple(sorted(self.new.lines - self.old.lines))

    @property
    def lost(self) -> tuple[str, ...]:
        return tuple(sorted(self.old.lines - self.new.lines))

    @property
    def differs(self) -> bool:
        return self.old != self.new

    @property
    def crosses(self) -> bool:
        """Whether the member changes band or line."""
        return self.old.band != self.new.band or self.old.lines != self.new.lines


@dataclass(frozen=True, slots=True)
class Side:
    """The rules of the quarters, and those of the last one, by which bands and lines are told."""

    regimes: Mapping[str, Regime]
    plan: Plan
    last: Regime

    @classmethod
    def of(cls, regimes: Mapping[str, Regime]) -> Side:
        """Raises RegimesDisagree."""
        return cls(regimes, compile_plan(regimes), regimes[max(regimes)])

    def numbers(self, score: Score) -> Numbers:
        band = score.band if self.last.graded else UNGRADED
        met = frozenset(line.code for line in self.last.lines if self.meets(line, score))
        return Numbers(score.daily, score.total, band, met)

    def meets(self, line: Line, score: Score) -> bool:
        return is_met(line, self.last, score)


def is_met(line: Line, regime: Regime, score: Score) -> bool:
    """Whether the number meets the line; by pace nothing is tested, and exempt members meet no line."""
    if line.basis is Basis.PACE or not regime.ranked or (line.quota is not None and not regime.graded):
        return False
    number = tested(line.basis, line.dimension, score.daily, score.total, score.dimensions)
    return holds(line.relation, number, line.bound)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The entries are to be judged one by one; None: each as it is."""

    judge: Judge | None


def laid_over(regimes: Mapping[str, Regime], draft: Edition, laid: Collection[str]) -> dict[str, Regime | None]:
    """The draft in the quarters that it would rule, for those who go by its book; None: it lacks the profile."""
    found: dict[str, Regime | None] = dict(regimes)
    for quarter, regime in regimes.items():
        if quarter in laid and regime.book == draft.book:
            found[quarter] = draft.regime(regime.profile)
    return found


@dataclass(slots=True, repr=False)
class Replay:
    """The rules in force beside those with the draft.

    ``laid`` are the quarters that the draft rules. ``affected`` are items that the tree treats otherwise; with
    ``everybody`` something of everyone differs. ``settled`` are duties that the close of a quarter settles otherwise.
    """

    old: Side
    new: Side
    laid: frozenset[str]
    affected: frozenset[str]
    everybody: bool
    settled: Mapping[str, Mapping[str, tuple[Item, Item]]]
    _judges: dict[tuple[str, str, str | None], Judge | Obstacle | _Reading | None] = field(default_factory=dict)
    _idle: dict[tuple[str, str], bool] = field(default_factory=dict)
    _untold: dict[tuple[str, str, bool], tuple[Obstacle, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, old: Mapping[str, Regime], new: Mapping[str, Regime]) -> Replay:
        """Raises RegimesDisagree where the draft may not change in mid-cycle what it changes."""
        sides = Side.of(old), Side.of(new)
        laid = frozenset(quarter for quarter, regime in new.items() if regime is not old[quarter])
        affected = _affected(sides[0].plan, sides[1].plan)
        everybody = _frame(sides[0]) != _frame(sides[1])
        return cls(*sides, laid, affected, everybody, _settled(old, new, laid))

    def opening(self, points: int, *, from_elsewhere: bool = False) -> int:
        """The draft's own opening for who has that of the book; what came from a paper or was carried over stays."""
        first = min(self.old.regimes)
        own = first in self.laid and points == self.old.plan.opening and not from_elsewhere
        return self.new.plan.opening if own else points

    def cells_of(self, stored: Iterable[Sequence[Any]], windows: Collection[str]) -> Cells:
        """The cells of some windows, without duties that were kept: they cost nothing, whatever their share."""
        found: Cells = {}
        idle = self._idle
        for item, window, tier, matter, entries, units, points in stored:
            if window not in windows:
                continue
            if points == 0 and entries == units:
                place = (item, window)
                if place not in idle:
                    idle[place] = self._is_idle(*place)
                if idle[place]:
                    continue
            found[CellKey(item, window, tier, matter)] = Cell(entries, units, points)
        return found

    def _is_idle(self, code: str, window: str) -> bool:
        quarter = quarter_of_window(window)
        sides = [side.regimes[quarter].items.get(code) for side in (self.old, self.new)]
        plain = all(code in side.plan.items and side.plan.items[code].is_plain for side in (self.old, self.new))
        known = [item for item in sides if item is not None and not item.retired and kept_costs_nothing(item)]
        return plain and len(known) == len(sides)

    def rejudged(self, cells: Cells, facts: Iterable[Fact], unjudged: Unjudged) -> Cells:
        """The same cells, as they are where nothing differs; ``unjudged`` counts entries that cannot be judged."""
        found: Cells | None = None
        reading = False
        for key, cell in cells.items():
            for obstacle in self._untold_of(key):
                count = unjudged.get((obstacle, key.item, None), 0)
                unjudged[obstacle, key.item, None] = count + cell.entries
            place = (key.item, key.window, key.tier)
            if place in self._judges:
                judge = self._judges[place]
            else:
                judge = self._judges[place] = self._judge(*place)
            if judge is None:
                continue
            found = dict(cells) if found is None else found
            if isinstance(judge, Obstacle):
                what = (judge, key.item, key.tier if judge is Obstacle.TIER_DROPPED else None)
                unjudged[what] = unjudged.get(what, 0) + cell.entries
                if not judge.keeps_points:
                    del found[key]
            elif isinstance(judge, _Reading):
                reading = True
                del found[key]
            else:
                found[key] = judge(cell)
        if found is not None and reading:
            self._read(found, facts)
        return cells if found is None else found

    def _judge(self, code: str, window: str, tier: str | None) -> Judge | Obstacle | _Reading | None:
        quarter = quarter_of_window(window)
        if quarter not in self.laid:
            return None
        old, new = self.old.regimes[quarter].items[code], self.new.regimes[quarter].items.get(code)
        judge = judge_of(old, new, tier)
        if not isinstance(judge, Obstacle) and reads_entries(old, new):
            return _Reading(judge)
        return judge

    def _untold_of(self, key: CellKey) -> tuple[Obstacle, ...]:
        place = (key.item, key.window, key.matter is None)
        if place not in self._untold:
            quarter = quarter_of_window(key.window)
            sides = self.old.regimes[quarter], self.new.regimes[quarter]
            found = tuple(untold(key.item, key.matter, *sides)) if quarter in self.laid else ()
            self._untold[place] = found
        return self._untold[place]

    def _read(self, cells: Cells, facts: Iterable[Fact]) -> None:
        """Put the entries of cells that do not tell enough into cells of the draft's windows, each judged by itself."""
        for fact in facts:
            quarter = quarter_of(fact.day)
            if quarter not in self.laid:
                continue
            old = self.old.regimes[quarter].items[fact.item]
            judge = self._judges.get((fact.item, cell_window(old, fact.day), fact.tier))
            if not isinstance(judge, _Reading):
                continue
            one = Cell(1, fact.units, fact.points)
            judged = one if judge.judge is None else judge.judge(one)
            window = cell_window(self.new.regimes[quarter].items[fact.item], fact.day)
            add_to(cells, CellKey.of(fact.item, window, fact.tier, fact.matter), *judged)

    def outcome(self, opening: int, cells: Cells, drafted: Cells, *, from_elsewhere: bool = False) -> Outcome | None:
        """Before and after; None, without a fold, where nothing that the member has differs."""
        if drafted is cells and not self.everybody and self.affected.isdisjoint(key.item for key in cells):
            return None
        before = fold(self.old.plan, opening, cells)
        after = fold(self.new.plan, self.opening(opening, from_elsewhere=from_elsewhere), drafted)
        old, new = self.old.numbers(before), self.new.numbers(after)
        return Outcome(old, new, before, after, cells, drafted)

    def articles(self, outcome: Outcome) -> tuple[Article, ...]:
        """By what the two differ: they add up to the difference of the totals, the largest first."""
        old, new = _places(outcome.before, outcome.cells), _places(outcome.after, outcome.drafted)
        differing = {where: new.get(where, 0) - old.get(where, 0) for where in {**old, **new}}
        ordered = sorted(((where, by) for where, by in differing.items() if by), key=lambda one: (-abs(one[1]), one[0]))
        found = [Article(where, self.name_of(where), by) for where, by in ordered]
        return (*found, *self._moved(outcome))

    def _moved(self, outcome: Outcome) -> Iterator[Article]:
        """Bands and lines that the draft itself has moved away from the member, or towards."""
        after = outcome.after
        own = band_of(self.old.plan.bands, after.daily, after.total, after.dimensions)
        if outcome.old.band not in (outcome.new.band, UNGRADED) and own == outcome.old.band and not after.vetoed:
            yield Article(BANDS, NAMES[BANDS], 0)
        lines = {line.code: line for line in self.old.last.lines}
        for code in (*outcome.gained, *outcome.lost):
            line = lines.get(code)
            if line is None or self.old.meets(line, after) == (code in outcome.old.lines):
                yield Article(f"{LINES}.{code}", self.line_names[code], 0)

    @property
    def line_names(self) -> dict[str, Name]:
        return {line.code: line.name for side in (self.old, self.new) for line in side.last.lines}

    @property
    def band_names(self) -> dict[str, Name]:
        return {band.code: band.name for side in (self.old, self.new) for band in side.last.bands}

    def name_of(self, where: str) -> Name:
        """What an item, node or other place is called, by the draft first."""
        if where in NAMES:
            return NAMES[where]
        for side in (self.new, self.old):
            for regime in reversed(list(side.regimes.values())):
                if where in regime.items:
                    return regime.items[where].name
                label = next((node.label for node in regime.nodes if node.name == where), None)
                if label is not None:
                    return label
        return Name(where, where)


def _places(score: Score, cells: Cells) -> dict[str, int]:
    """Where the total comes from: the opening, each item's entries, and what every place cuts; they add up to it."""
    found = {OPENING: score.opening}
    for key, cell in cells.items():
        if cell.points:
            found[key.item] = found.get(key.item, 0) + cell.points
    for cut in score.cuts:
        found[cut.where] = found.get(cut.where, 0) + cut.points
    return found


def _frame(side: Side) -> tuple[object, ...]:
    """What everyone under the rules meets, whatever they did."""
    plan, last = side.plan, side.last
    dimensions = {code: (one.start, plan.nodes[one.node].name) for code, one in plan.dimensions.items()}
    return (
        *(plan.opening, plan.total_high, plan.across, plan.bands, dimensions, plan.vetoes),
        *(last.lines, last.ranked, last.graded),
    )


def _affected(old: Plan, new: Plan) -> frozenset[str]:
    """Items whose measure, bounds or way up the tree differ."""
    codes = {*old.items, *new.items}
    return frozenset(code for code in codes if _way(old, code) != _way(new, code))


def _way(plan: Plan, code: str) -> list[object]:
    item = plan.items.get(code)
    if item is None:
        return []
    way: list[object] = [replace(item, parent=0)]
    at: int | None = item.parent
    while at is not None:
        way.append(replace(plan.nodes[at], parent=None))
        at = plan.nodes[at].parent
    return way


def _settled(
    old: Mapping[str, Regime], new: Mapping[str, Regime], laid: Collection[str]
) -> dict[str, dict[str, tuple[Item, Item]]]:
    """By item and quarter that the draft rules: duties that the close of a quarter settles otherwise."""
    found: dict[str, dict[str, tuple[Item, Item]]] = {}
    for quarter in laid:
        for code, item in old[quarter].items.items():
            drafted = new[quarter].items.get(code)
            if drafted is not None and settled_otherwise(item, drafted):
                found.setdefault(code, {})[quarter] = (item, drafted)
    return found
