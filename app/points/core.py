"""The fold: what a member's entries add up to (scoring, section 2).

A standing is a pure function of the cells, through one tree of clamps; so the order of entries, how they were batched,
retries and reversals cannot matter. This one function serves preview, posting, boards, lines, seals and trials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from app.kit.calendar import Window
from app.kit.matters import matter_key
from app.points.plan import ItemPlan, Plan, Stage
from app.rules.core import SCORED_KINDS, Across, Effect, Kind, MeasureForm, Veto, rounded
from app.rules.lines import band_of


class CellKey(NamedTuple):
    """Where an entry adds up: ``window`` is the month or quarter of the day of the matter."""

    item: str
    window: str
    tier: str | None
    matter: str | None

    @classmethod
    def of(cls, item: str, window: str, tier: str | None, matter: str | None) -> CellKey:
        """With the matter as it is compared, however it was written."""
        return cls(item, window, tier, None if matter is None else matter_key(matter))


class Cell(NamedTuple):
    """What a cell's live entries sum to."""

    entries: int
    units: int
    points: int


EMPTY = Cell(0, 0, 0)

Cells = Mapping[CellKey, Cell]
Growth = list[int]  # points by which a value grew in each quarter of the plan


class Cut(NamedTuple):
    """One row of what the tree changed: why, where, in which quarter (None: over all), by how many points."""

    reason: str
    where: str
    quarter: str | None
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """The numbers of a standing. ``matrix`` is uncut; ``opening`` + all cells + all cuts = ``total``, always.

    ``dimensions`` gives what is left, or earned, of each dimension after every bound on it; ``decimals`` are the places
    of the smallest unit, in which all of it is.
    """

    opening: int
    daily: int
    innovation: int
    fault: int
    total: int
    effective: int
    band: str
    matrix: Mapping[tuple[str, Kind], int]
    cuts: tuple[Cut, ...]
    vetoed: bool = False
    dimensions: Mapping[str, int] = field(default_factory=dict)
    decimals: int = 0


def add_to(cells: dict[CellKey, Cell], key: CellKey, entries: int, units: int, points: int) -> None:
    """Add an entry (``entries`` = 1) or its reversal (-1, with negated units and points); an empty cell vanishes."""
    old = cells.get(key, EMPTY)
    new = Cell(old.entries + entries, old.units + units, old.points + points)
    if new == EMPTY:
        cells.pop(key, None)
    else:
        cells[key] = new


def fold(plan: Plan, opening: int, cells: Cells) -> Score:
    """What the cells add up to under the plan; every cell's item and window must be the plan's.

    ``opening`` is in points. A veto's cell scores nothing; while one stands the effective total is 0, and no band is
    told beside it, or the band is fixed.
    """
    standing: list[Veto] = []
    cuts: list[Cut] = []
    matrix: dict[tuple[str, Kind], int] = {}
    elsewhere = counted_elsewhere(plan, cells)
    grouped: dict[str, list[tuple[CellKey, Cell]]] = {}
    for key, cell in cells.items():
        if key.item in plan.vetoes:
            if cell.entries > 0:
                standing.append(plan.vetoes[key.item])
            continue
        item = plan.items[key.item]
        if cell.points:
            place = (item.dimension or "", item.kind)
            matrix[place] = matrix.get(place, 0) + cell.points
            if key in elsewhere:
                cuts.append(Cut("matter", key.item, plan.quarters[plan.window_quarter[key.window]], -cell.points))
        if key not in elsewhere and (cell.points or not item.is_plain):
            grouped.setdefault(key.item, []).append((key, cell))
    leaves = {code: _leaf(plan, plan.items[code], found, cuts) for code, found in grouped.items()}
    nodes: dict[int, int] = {}
    values = {kind: _kind_value(plan, kind, leaves, cuts, nodes) for kind in SCORED_KINDS if kind in plan.kind_nodes}
    dimensions = {code: one.left(nodes.get(one.node, 0)) for code, one in plan.dimensions.items()}
    return _result(plan, opening, values, standing, matrix, dimensions, cuts)


def _result(
    plan: Plan,
    opening: int,
    values: Mapping[Kind, int],
    standing: Sequence[Veto],
    matrix: Mapping[tuple[str, Kind], int],
    dimensions: Mapping[str, int],
    cuts: list[Cut],
) -> Score:
    """Rule 8: the daily score has a floor at 0, the total stays between 0 and the book's top."""
    routine = opening + values.get(Kind.ROUTINE, 0)
    daily = max(0, routine)
    innovation, fault = values.get(Kind.INNOVATION, 0), values.get(Kind.FAULT, 0)
    uncut = daily + innovation + fault
    total = max(0, uncut) if plan.total_high is None else min(max(0, uncut), plan.total_high)
    if daily != routine:
        cuts.append(Cut("floor", "daily", None, daily - routine))
    if total != uncut:
        cuts.append(Cut("floor" if uncut < 0 else "ceiling", "total", None, total - uncut))
    zeroed = any(veto.effect is Effect.ZERO for veto in standing)
    effective = 0 if zeroed else total
    fixed = {veto.band for veto in standing if veto.effect is Effect.BAND}
    own = "" if zeroed else band_of(plan.bands, daily, total, dimensions)  # what is lost is not recommended
    band = next((one.code for one in plan.bands if one.code in fixed), own)
    vetoed = bool(standing)
    return Score(
        opening,
        daily,
        innovation,
        fault,
        total,
        effective,
        band,
        matrix,
        tuple(cuts),
        vetoed,
        dimensions,
        plan.decimals,
    )


def counted_elsewhere(plan: Plan, cells: Cells) -> frozenset[CellKey]:
    """Rule 3: of the cells of one kind and matter only the highest addition or heaviest fault counts."""
    by_matter: dict[tuple[Kind, str], list[tuple[tuple[int, str, str, str], CellKey]]] = {}
    for key, cell in cells.items():
        if key.matter is None or key.item in plan.vetoes:
            continue
        item = plan.items[key.item]
        if item.is_duty:
            continue
        weight = cell.points if item.kind is Kind.FAULT else -cell.points
        rank = (weight, key.item, key.window, key.tier or "")
        by_matter.setdefault((item.kind, key.matter), []).append((rank, key))
    return frozenset(key for found in by_matter.values() if len(found) > 1 for _, key in sorted(found)[1:])


def _leaf(plan: Plan, item: ItemPlan, found: list[tuple[CellKey, Cell]], cuts: list[Cut]) -> Growth:
    """Rule 4: what the item's measure grew by in each quarter."""
    quarters = len(plan.quarters)
    plain = [0] * quarters
    for key, cell in found:
        plain[plan.window_quarter[key.window]] += cell.points
    if item.is_plain:
        return plain
    monthly = item.monthly is not None or item.measure.window is Window.MONTH
    if monthly:
        measured, bounded = _by_month(plan, item, found)
    else:
        measured = bounded = _measured(plan, item, found)
    for reason, before, after in (("measure", plain, measured), ("ceiling_month", measured, bounded)):
        for at, quarter in enumerate(plan.quarters):
            if after[at] != before[at]:
                cuts.append(Cut(reason, item.code, quarter, after[at] - before[at]))
    return bounded


def _by_month(plan: Plan, item: ItemPlan, found: list[tuple[CellKey, Cell]]) -> tuple[Growth, Growth]:
    """A ceiling per month clamps that month's measure before anything longer sees it: both, without it and with it."""
    measured, bounded = [0] * len(plan.quarters), [0] * len(plan.quarters)
    months: dict[str, list[Cell]] = {}
    for key, cell in found:
        months.setdefault(key.window, []).append(cell)
    stage = item.monthly
    for month, month_cells in months.items():
        at = plan.window_quarter[month]
        value = measure_points(item, month_cells)
        measured[at] += value
        bounded[at] += value if stage is None else _clamp(value, stage.low[at], stage.high[at])
    return measured, bounded


def _measured(plan: Plan, item: ItemPlan, found: list[tuple[CellKey, Cell]]) -> Growth:
    """The measure over its window at each quarter's end, as growth since the quarter before."""
    growth: Growth = []
    gathered: list[Cell] = []
    value = 0
    for at in range(len(plan.quarters)):
        if at and _starts_anew(plan, item.measure.window, at):
            gathered, value = [], 0
        gathered += [cell for key, cell in found if plan.window_quarter[key.window] == at]
        now = measure_points(item, gathered)
        growth.append(now - value)
        value = now
    return growth


def measure_points(item: ItemPlan, cells: Iterable[Cell]) -> int:
    """The points that an item's cells of one window are worth; a fraction is rounded once."""
    measure, cells = item.measure, list(cells)
    count, units = sum(cell.entries for cell in cells), sum(cell.units for cell in cells)
    form = measure.form
    if form is MeasureForm.LADDER:
        return max((rung.points for rung in measure.rungs if units >= rung.units), default=0)
    if form is MeasureForm.RATE:
        return rounded(measure.numerator * units, measure.denominator, measure.rounding)
    if form is MeasureForm.WORTH:
        return rounded(measure.numerator * units, measure.denominator * count, measure.rounding) if count else 0
    if form is MeasureForm.BEST:
        each = sorted((cell.points // cell.entries for cell in cells for _ in range(cell.entries)), reverse=True)
        return sum(each[: measure.best])
    return sum(cell.points for cell in cells)


def _starts_anew(plan: Plan, window: Window, at: int) -> bool:
    """Whether a window begins with the quarter at this place (the first quarter always begins one)."""
    return window in (Window.MONTH, Window.QUARTER) or (window is Window.HALF and not plan.same_half[at])


def _kind_value(plan: Plan, kind: Kind, leaves: Mapping[str, Growth], cuts: list[Cut], nodes: dict[int, int]) -> int:
    """The value of a kind's tree at the end, with the ceilings across it; its nodes' own values go into ``nodes``."""
    own = {code: growth for code, growth in leaves.items() if plan.items[code].kind is kind}
    if not own:
        return 0
    value = sum(_tree(plan, kind, own, cuts.append, nodes))
    across = next((one for one in plan.across if one.kind is kind), None)
    if across is not None:
        counted = _across_value(plan, across, own, value)
        if counted != value:
            cuts.append(Cut("across", across.name, None, counted - value))
        return counted
    return value


def _across_value(plan: Plan, across: Across, own: Mapping[str, Growth], whole: int) -> int:
    """Rule 7: the most that all ceilings together allow, over every set of overfull quarters.

    Items measured over more than a quarter stay in the tree, since no single quarter holds them.
    """
    sign = 1 if across.per_quarter >= 0 else -1
    ceiling = abs(across.per_quarter)
    held = {code for code in own if code in across.items and _by_quarter(plan.items[code])}
    filled = [sign * sum(own[code][at] for code in held) for at in range(len(plan.quarters))]
    overfull = [at for at, points in enumerate(filled) if points > ceiling]
    best = sign * whole
    for size in range(1, len(overfull) + 1):
        for chosen in combinations(overfull, size):
            rest = {
                code: [0 if code in held and at in chosen else points for at, points in enumerate(growth)]
                for code, growth in own.items()
            }
            best = min(best, size * ceiling + sign * sum(_tree(plan, across.kind, rest)))
    return sign * best


def _by_quarter(item: ItemPlan) -> bool:
    return item.measure.form is MeasureForm.SUM or item.measure.window in (Window.MONTH, Window.QUARTER)


def _tree(
    plan: Plan,
    kind: Kind,
    leaves: Mapping[str, Growth],
    cut: Callable[[Cut], None] | None = None,
    values: dict[int, int] | None = None,
) -> Growth:
    """Rules 5 and 6: leaf, item, named groups, dimension within kind, kind; each grows by what its bounds let pass."""
    arriving: dict[int, Growth] = {}
    for code, growth in leaves.items():
        item = plan.items[code]
        passed = _pass(plan, item.stages, (1, 1), growth, code, cut)
        _add(arriving, item.parent, passed)
    for at, node in enumerate(plan.nodes):
        waiting = arriving.pop(at, None)
        if waiting is None:
            continue
        passed = _pass(plan, node.stages, node.weight, waiting, node.name, cut)
        if values is not None:
            values[at] = sum(passed)
        if node.parent is None:
            return passed
        _add(arriving, node.parent, passed)
    raise AssertionError(f"the tree has no root for {kind}")


def _add(arriving: dict[int, Growth], at: int, growth: Growth) -> None:
    old = arriving.get(at)
    arriving[at] = growth if old is None else [mine + more for mine, more in zip(old, growth, strict=True)]


def _pass(
    plan: Plan,
    stages: tuple[Stage, ...],
    weight: tuple[int, int],
    growth: Growth,
    where: str,
    cut: Callable[[Cut], None] | None,
) -> Growth:
    for stage in stages:
        passed = _clamped(plan, stage, growth)
        if cut is not None and passed != growth:
            for at, quarter in enumerate(plan.quarters):
                if passed[at] != growth[at]:
                    cut(Cut(f"ceiling_{stage.window.value}", where, quarter, passed[at] - growth[at]))
        growth = passed
    if weight != (1, 1):
        passed = _weighted(weight, growth)
        taken = sum(passed) - sum(growth)
        if cut is not None and taken:
            cut(Cut("weight", where, None, taken))
        growth = passed
    return growth


def _clamped(plan: Plan, stage: Stage, growth: Growth) -> Growth:
    """Rule 5: a node keeps what it counted when its bounds change; only what comes on top meets the new ones."""
    passed: Growth = []
    kept = kept_sum = value = total = 0
    for at, more in enumerate(growth):
        low, high = stage.low[at], stage.high[at]
        if at and _starts_anew(plan, stage.window, at):
            kept = kept_sum = value = total = 0
        elif at and (low, high) != (stage.low[at - 1], stage.high[at - 1]):
            kept, kept_sum = value, total
        if kept or kept_sum:
            low = None if low is None else min(low, kept)
            high = None if high is None else max(high, kept)
        total += more
        now = _clamp(kept + total - kept_sum, low, high)
        passed.append(now - value)
        value = now
    return passed


def _clamp(value: int, low: int | None, high: int | None) -> int:
    if low is not None and value < low:
        return low
    if high is not None and value > high:
        return high
    return value


def _weighted(weight: tuple[int, int], growth: Growth) -> Growth:
    """A part's weight applies to its value so far, rounded down once at that node."""
    passed: Growth = []
    total = value = 0
    for more in growth:
        total += more
        now = total * weight[0] // weight[1]
        passed.append(now - value)
        value = now
    return passed
