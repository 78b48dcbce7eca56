"""Which parts of an edition its examples reach, and what is said of the others.

Reached is: an item that an example records, or settles by silence, for a class that has it; a tier that counts; a rung
on which a ladder comes to rest; an end of a range that is chosen; a clamp that changes a number; a line that holds for
a member whom it may name; a band that is given; a class of members that an example is about. All but the class only
where the example expects a number that the part feeds: what nobody looks at is not tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.handbook.glossary import say
from app.kit.calendar import Window, quarter_of
from app.points.core import Cell, CellKey, Score, counted_elsewhere, measure_points
from app.points.plan import ItemPlan, Plan
from app.rules.core import SCORED_KINDS, STANDARD, Bound, Item, Kind, MeasureForm, Regime
from app.rules.lines import Basis
from app.rules.name import Name
from app.trials.capacity import Side
from app.trials.core import Verdict
from app.trials.parts import Key, Part, PartKind, bound_key, classes_in
from app.trials.replaying import is_met

_CEILING = "ceiling_"  # how the fold begins the reason of a cut by a bound over a window

# What is said of a part that no example reaches.
_MISSED: Mapping[PartKind, Name] = {
    PartKind.ITEM: Name("没有例子记录它", "no example records it"),
    PartKind.VETO: Name("没有例子记录它", "no example records it"),
    PartKind.TIER: Name("没有例子按此档计分", "no example is scored by it"),
    PartKind.RUNG: Name("没有例子停在这一级", "no example comes to rest on it"),
    PartKind.RANGE: Name("没有例子取到这一端", "no example chooses this end"),
    PartKind.CLAMP: Name("没有例子使它起作用", "no example makes it cut"),
    PartKind.LINE: Name("没有例子达到它", "no example meets it"),
    PartKind.BAND: Name("没有例子归入它", "no example ends in it"),
    PartKind.CLASS: Name("没有例子涉及它", "no example is about it"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The parts of an edition by what its examples make of them; ``idle`` and ``apart`` ones do not count."""

    reached: tuple[Part, ...]
    missed: tuple[Part, ...]
    idle: tuple[Part, ...]
    apart: tuple[Part, ...]

    def counts(self) -> dict[PartKind, tuple[int, int]]:
        """Of every kind that the edition has how many parts are reached, and how many there are."""
        found: dict[PartKind, tuple[int, int]] = {}
        for kind in PartKind:
            done = sum(part.kind is kind for part in self.reached)
            whole = done + sum(part.kind is kind for part in self.missed)
            if whole:
                found[kind] = (done, whole)
        return found


def coverage_of(parts: Iterable[Part], verdicts: Iterable[Verdict]) -> Coverage:
    """What the examples reach of the parts."""
    seen: set[Key] = set()
    for verdict in verdicts:
        seen.update(_seen(verdict))
    every = tuple(parts)
    left = [part for part in every if part.key not in seen]
    return Coverage(
        reached=tuple(part for part in every if part.key in seen),
        missed=tuple(part for part in left if not part.apart and not part.idle),
        idle=tuple(part for part in left if part.idle),
        apart=tuple(part for part in left if part.apart),
    )


def told(part: Part, amount: Name) -> Name:
    """What is said of a part that is not reached; ``amount`` is what comes to an idle one."""
    if part.apart:
        return say(
            "{name}：按进度检验，例子达不到，不计入。",
            "{name}: tested by pace, which examples do not have; not counted.",
            name=part.name,
        )
    if part.idle:
        return say(
            "{name}：其下合计至多{amount}，任何记录都不能使它起作用，不计入。",
            "{name}: what lies below comes to {amount} at most, so no entries make it cut; not counted.",
            name=part.name,
            amount=amount,
        )
    return say("{name}：{missed}。", "{name}: {missed}.", name=part.name, missed=_MISSED[part.kind])


def _seen(verdict: Verdict) -> Iterator[Key]:
    """The keys of all that one example reaches; nothing where a line of it is refused."""
    plan, score = verdict.plan, verdict.score
    if plan is None or score is None:
        return
    for regime in verdict.regimes.values():
        yield from (("class", code) for code in classes_in(regime.profile))
    looked_at = _Expectation.of(verdict, plan)
    for code, keys in _recorded(verdict, plan):
        if looked_at.item(code):
            yield from keys
    for code, found in _by_item(verdict, plan).items():
        if looked_at.item(code):
            yield from _measured(verdict, plan, plan.items[code], found)
    for where, key in _cuts(verdict, score):
        if looked_at.place(where):
            yield key
    yield from _outcome(verdict, score)


@dataclass(frozen=True, slots=True)
class _Expectation:
    """What an example looks at: which kinds and dimensions feed a number that it expects, and which cuts it names."""

    kinds: frozenset[Kind]
    dimensions: frozenset[str]
    cuts: frozenset[str]
    plan: Plan
    items: Mapping[str, Item]

    @classmethod
    def of(cls, verdict: Verdict, plan: Plan) -> _Expectation:
        expected, last = verdict.example.expected, verdict.regimes[quarter_of(verdict.example.as_of)]
        kinds: set[Kind] = set()
        if expected.daily is not None:
            kinds.add(Kind.ROUTINE)
        if expected.innovation is not None:
            kinds.add(Kind.INNOVATION)
        if expected.fault is not None:
            kinds.add(Kind.FAULT)
        if expected.total is not None:
            kinds.update(SCORED_KINDS)
        if expected.effective is not None:
            kinds.update((*SCORED_KINDS, Kind.VETO))
        if expected.band is not None and last.graded:
            by_total = any(band.basis is Basis.TOTAL for band in last.bands)
            kinds.update((Kind.VETO, *(SCORED_KINDS if by_total else (Kind.ROUTINE,))))
        items = {code: item for regime in verdict.regimes.values() for code, item in regime.items.items()}
        return cls(frozenset(kinds), frozenset(expected.dimensions), frozenset(expected.cuts), plan, items)

    def item(self, code: str) -> bool:
        """Whether the item feeds what is expected: a number of its kind, its dimension, or a cut on its way up."""
        item = self.items.get(code)
        if item is None:
            return False
        if item.kind in self.kinds or (item.kind is Kind.ROUTINE and item.dimension in self.dimensions):
            return True
        return not self.cuts.isdisjoint(self._way(code))

    def place(self, where: str) -> bool:
        """Whether a cut at an item, node or other place is looked at."""
        if where in self.cuts or where in self.items:
            return where in self.cuts or self.item(where)
        if where == "daily":
            return Kind.ROUTINE in self.kinds
        if where == "total":
            return self.kinds.issuperset(SCORED_KINDS)
        across = next((one for one in self.plan.across if one.name == where), None)
        if across is not None:
            return across.kind in self.kinds
        kind, _, code = where.partition("/")
        is_dimension = kind == Kind.ROUTINE.value and code.partition("/")[0] in self.dimensions
        return is_dimension or Kind(kind) in self.kinds

    def _way(self, code: str) -> set[str]:
        found = {code, *(one.name for one in self.plan.across if code in one.items)}
        plan = self.plan.items.get(code)
        at = None if plan is None else plan.parent
        while at is not None:
            node = self.plan.nodes[at]
            found.add(node.name)
            at = node.parent
        return found


def _recorded(verdict: Verdict, plan: Plan) -> Iterator[tuple[str, list[Key]]]:
    """Items with an entry, or settled by silence, each with the classes that the member belonged to."""
    places = {(key.item, plan.quarters[plan.window_quarter[key.window]]) for key in verdict.cells}
    for code, quarter in places | verdict.settled:
        yield code, [("item", code), *(("change", one, code) for one in classes_in(verdict.regimes[quarter].profile))]
    for given in verdict.example.given:
        for regime in verdict.regimes.values():
            item = regime.items.get(given.item)
            if item is not None and item.chosen is not None:
                ends = ((Side.LOW, item.chosen.low), (Side.HIGH, item.chosen.high))
                yield item.code, [("range", item.code, side.value) for side, end in ends if given.chosen == end]


def _by_item(verdict: Verdict, plan: Plan) -> dict[str, list[tuple[CellKey, Cell]]]:
    """The cells that count, by item."""
    elsewhere = counted_elsewhere(plan, verdict.cells)
    found: dict[str, list[tuple[CellKey, Cell]]] = {}
    for key, cell in verdict.cells.items():
        if key.item in plan.items and key not in elsewhere:
            found.setdefault(key.item, []).append((key, cell))
    return found


def _measured(verdict: Verdict, plan: Plan, item: ItemPlan, found: list[tuple[CellKey, Cell]]) -> Iterator[Key]:
    """Tiers that count, rungs on which a ladder comes to rest, a choice of the best, and bounds of a month."""
    for cells in _windows(plan, item.measure.window, found).values():
        value = measure_points(item, [cell for _, cell in cells])
        yield from (("tier", item.code, tier) for tier in _tiers_that_count(item, cells))
        if item.measure.form is MeasureForm.LADDER:
            yield from (("rung", item.code, rung.units) for rung in item.measure.rungs if rung.points == value)
        elif item.measure.form is MeasureForm.BEST and value != sum(cell.points for _, cell in cells):
            yield "best", item.code
    if item.monthly is None:
        return
    for month, cells in _windows(plan, Window.MONTH, found).items():
        at = plan.window_quarter[month]
        value = measure_points(item, [cell for _, cell in cells])
        low, high = item.monthly.low[at], item.monthly.high[at]
        if low is not None and value < low:
            yield from _bound(verdict, item.code, plan.quarters[at], Window.MONTH, Side.LOW)
        if high is not None and value > high:
            yield from _bound(verdict, item.code, plan.quarters[at], Window.MONTH, Side.HIGH)


def _tiers_that_count(item: ItemPlan, cells: list[tuple[CellKey, Cell]]) -> set[str]:
    """The tiers of one window's entries; where only the best count, those that are among them."""
    each = sorted((cell.points // cell.entries for _, cell in cells for _ in range(cell.entries)), reverse=True)
    best = each[: item.measure.best] if item.measure.form is MeasureForm.BEST else each
    return {key.tier for key, cell in cells if key.tier is not None and cell.points // cell.entries >= best[-1]}


def _windows(plan: Plan, window: Window, found: list[tuple[CellKey, Cell]]) -> dict[str, list[tuple[CellKey, Cell]]]:
    """The cells of an item by their month, or by the quarter with which their window begins."""
    grouped: dict[str, list[tuple[CellKey, Cell]]] = {}
    for key, cell in found:
        place = key.window
        if window is not Window.MONTH:
            place = plan.quarters[_window_of(plan, window, plan.window_quarter[place])]
        grouped.setdefault(place, []).append((key, cell))
    return grouped


def _window_of(plan: Plan, window: Window, at: int) -> int:
    """The place of the quarter with which the window begins that holds the quarter at this place."""
    if window is Window.QUARTER:
        return at
    if window is Window.HALF:
        while at and plan.same_half[at]:
            at -= 1
        return at
    return 0


def _cuts(verdict: Verdict, score: Score) -> Iterator[tuple[str, Key]]:
    """Clamps that changed a number, by place. What a bound took since its window began tells which side it is."""
    plan = verdict.plan
    if plan is None:
        return
    taken: dict[tuple[str, str, int], int] = {}
    for cut in score.cuts:
        if cut.reason == f"{_CEILING}{Window.MONTH.value}":
            continue  # told month by month where the item's cells are looked at
        if cut.reason.startswith(_CEILING) and cut.quarter is not None:
            window = Window(cut.reason.removeprefix(_CEILING))
            place = (cut.where, window.value, _window_of(plan, window, plan.quarters.index(cut.quarter)))
            taken[place] = taken.get(place, 0) + cut.points
            if taken[place]:
                side = Side.LOW if taken[place] > 0 else Side.HIGH
                yield from ((cut.where, key) for key in _bound(verdict, cut.where, cut.quarter, window, side))
        else:
            yield cut.where, (cut.reason, cut.where)


def _bound(verdict: Verdict, where: str, quarter: str, window: Window, side: Side) -> Iterator[Key]:
    """The bound that was in force, as everybody has it or as the member's class does."""
    regime = verdict.regimes[quarter]
    for bound in _bounds_of(regime, where):
        value = bound.low if side is Side.LOW else bound.high
        if bound.window is window and value is not None:
            for one in (STANDARD, *classes_in(regime.profile)):
                yield bound_key(where, window, side, value, one)


def _bounds_of(regime: Regime, where: str) -> tuple[Bound, ...]:
    item = regime.items.get(where)
    if item is not None:
        return item.bounds
    return next((node.bounds for node in regime.nodes if node.name == where), ())


def _outcome(verdict: Verdict, score: Score) -> Iterator[Key]:
    """The lines that the member meets by a number that is expected, and the band that is."""
    regime, expected = verdict.regimes[quarter_of(verdict.example.as_of)], verdict.example.expected
    if regime.graded and score.band and expected.band is not None:
        yield "band", score.band
    looked_at = {Basis.DAILY: expected.daily is not None, Basis.TOTAL: expected.total is not None}
    for line in regime.lines:
        is_expected = looked_at.get(line.basis, line.dimension in expected.dimensions)
        if is_expected and is_met(line, regime, score):
            yield "line", line.code
