"""A cycle's rules for one member, made ready for folding.

A plan joins the regimes of the cycle's quarters (scoring, section 2, rule 2) into one tree whose bounds are known for
every quarter. It is compiled once for all members under the same regimes, and kept out of the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.kit.calendar import Window, quarter_days
from app.kit.errors import LongwenError
from app.rules.core import SCORED_KINDS, Across, Bound, Item, Kind, Measure, MeasureForm, Node, Regime, Starts, Veto
from app.rules.lines import Band


class RegimesDisagree(LongwenError):
    """Two regimes of one cycle differ in what may only change on its first day."""

    code = "regimes_disagree"
    zh = "同一考评年度内，{what}不能变更（{where}）。请从下一年度的第一天起变更。"
    en = "Within one cycle {what} may not change ({where}). Change it from the first day of the next cycle."


@dataclass(frozen=True, slots=True)
class Stage:
    """One clamp over time: bounds for each quarter, over a window of a quarter, a half-year or the cycle."""

    window: Window
    low: tuple[int | None, ...]
    high: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """An item with its bounds by quarter and the place where its value enters the tree."""

    code: str
    kind: Kind
    dimension: str | None
    measure: Measure
    monthly: Stage | None
    stages: tuple[Stage, ...]
    parent: int
    is_duty: bool

    @property
    def is_plain(self) -> bool:
        """Whether its entries simply add up."""
        return self.measure.form is MeasureForm.SUM and self.monthly is None


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A branching point with its bounds by quarter; ``parent`` is None for a kind."""

    name: str
    stages: tuple[Stage, ...]
    weight: tuple[int, int]
    parent: int | None


@dataclass(frozen=True, slots=True)
class DimensionPlan:
    """What a dimension opens with, and the place of its routine node."""

    start: int
    node: int
    is_full: bool

    def left(self, routine: int) -> int:
        """What is left of it, or earned in it.

        A class with a larger allotment can lose more in mid-cycle than what the dimension opened with: then nothing of
        it is left.
        """
        return max(0, self.start + routine) if self.is_full else self.start + routine


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``fold`` needs. ``nodes`` lists children before parents; ``window_quarter`` gives a window's quarter.

    ``vetoes`` are the items that score nothing; while one stands it zeroes the effective total or fixes the band.
    ``dimensions`` gives for each one what it opens with and the place of its routine node.
    """

    quarters: tuple[str, ...]
    window_quarter: Mapping[str, int]
    same_half: tuple[bool, ...]
    items: Mapping[str, ItemPlan]
    nodes: tuple[NodePlan, ...]
    kind_nodes: Mapping[Kind, int]
    vetoes: Mapping[str, Veto]
    dimensions: Mapping[str, DimensionPlan]
    across: tuple[Across, ...]
    total_high: int | None
    bands: tuple[Band, ...]
    opening: int
    decimals: int


def compile_plan(regimes: Mapping[str, Regime]) -> Plan:
    """The plan for the quarters given, in their order.

    Raises ``RegimesDisagree`` where the regimes differ in base, decimals, dimensions, bands, ``across``, the form of
    an item or the shape of the tree; KeyError or ValueError never reach a loaded book.
    """
    quarters = tuple(sorted(regimes))
    ordered = [regimes[quarter] for quarter in quarters]
    first = ordered[0]
    for other in ordered[1:]:
        _require_same(first, other)
    nodes, index = _nodes(ordered)
    by_name = {node.name: node for node in first.nodes}
    kinds = {code: item.kind for regime in ordered for code, item in regime.items.items()}
    scored = sorted(code for code, kind in kinds.items() if kind in SCORED_KINDS)
    items = {code: _item(code, ordered, index, by_name) for code in scored}
    return Plan(
        quarters=quarters,
        window_quarter=_windows(quarters),
        same_half=tuple(_half(code) == _half(quarters[max(0, at - 1)]) for at, code in enumerate(quarters)),
        items=items,
        nodes=nodes,
        kind_nodes={kind: index[kind.value] for kind in SCORED_KINDS if kind.value in index},
        vetoes={
            code: item.veto or Veto() for one in ordered for code, item in one.items.items() if item.kind is Kind.VETO
        },
        dimensions=_dimensions(first, index),
        across=first.across,
        total_high=first.total_high,
        bands=first.bands,
        opening=first.opening,
        decimals=first.decimals,
    )


def _dimensions(regime: Regime, index: Mapping[str, int]) -> dict[str, DimensionPlan]:
    found = {}
    for one in regime.dimensions:
        at = index.get(f"{Kind.ROUTINE.value}/{one.code}")
        if at is not None:
            is_full = one.starts is Starts.FULL
            found[one.code] = DimensionPlan(one.allotment if is_full else 0, at, is_full)
    return found


def _require_same(first: Regime, other: Regime) -> None:
    for what, mine, theirs in (
        ("decimals", first.decimals, other.decimals),
        ("dimensions", [one.code for one in first.dimensions], [one.code for one in other.dimensions]),
        ("bands", first.bands, other.bands),
        ("across", {one.name: one for one in first.across}, {one.name: one for one in other.across}),
        ("total", first.total_high, other.total_high),
        ("nodes", {_shape(one) for one in first.nodes}, {_shape(one) for one in other.nodes}),
    ):
        if mine != theirs:
            raise RegimesDisagree(what=what, where=f"{first.book} {first.edition}/{other.edition}")


def _shape(node: Node) -> tuple[object, ...]:
    return node.name, node.parent, node.weight


def _windows(quarters: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, code in enumerate(quarters):
        found[code] = at
        start = quarter_days(code)[0]
        for offset in range(3):
            found[f"{start.year:04d}-{start.month + offset:02d}"] = at
    return found


def _half(quarter: str) -> str:
    return quarter[:4] + ("H1" if quarter[-1] in "12" else "H2")


def _nodes(ordered: Sequence[Regime]) -> tuple[tuple[NodePlan, ...], dict[str, int]]:
    first = ordered[0]
    depth: dict[str, int] = {}
    parents = {node.name: node.parent for node in first.nodes}
    for name, parent_name in parents.items():
        above, steps = parent_name, 0
        while above is not None:
            above, steps = parents[above], steps + 1
        depth[name] = steps
    names = sorted(parents, key=lambda name: (-depth[name], name))
    index = {name: at for at, name in enumerate(names)}
    plans = []
    for name in names:
        versions = [_node_of(regime, name) for regime in ordered]
        parent = parents[name]
        plans.append(
            NodePlan(
                name=name,
                stages=_stages([version.bounds for version in versions]),
                weight=versions[0].weight,
                parent=None if parent is None else index[parent],
            )
        )
    return tuple(plans), index


def _node_of(regime: Regime, name: str) -> Node:
    return next(node for node in regime.nodes if node.name == name)


def _described(code: str, ordered: Sequence[Regime]) -> list[Item]:
    """The item in every quarter; where an edition does not have it, as the nearest one that does."""
    known = [regime.items.get(code) for regime in ordered]
    following: Item | None = next(item for item in known if item is not None)
    found: list[Item] = []
    for item in known:
        following = item or following
        if following is not None:
            found.append(following)
    return found


def _item(code: str, ordered: Sequence[Regime], index: Mapping[str, int], nodes: Mapping[str, Node]) -> ItemPlan:
    versions = _described(code, ordered)
    first = versions[0]
    for version in versions[1:]:
        if _frame(version) != _frame(first):
            raise RegimesDisagree(what=f"item {code}", where=first.name.en)
    stages = _stages([version.bounds for version in versions])
    return ItemPlan(
        code=code,
        kind=first.kind,
        dimension=first.dimension,
        measure=first.measure,
        monthly=next((stage for stage in stages if stage.window is Window.MONTH), None),
        stages=tuple(stage for stage in stages if stage.window is not Window.MONTH),
        parent=index[_parent_of(first, nodes)],
        is_duty=first.duty is not None,
    )


def _frame(item: Item) -> tuple[object, ...]:
    """What of an item stays through a cycle; its points and bounds may change."""
    return item.kind, item.dimension, item.measure, item.group, item.outside


def _parent_of(item: Item, nodes: Mapping[str, Node]) -> str:
    """The lowest node that holds the item: its group, dimension or kind, passing by those it stands outside of."""
    path = f"{item.kind.value}/{item.dimension}"
    name = f"{path}/{item.group}" if item.group else path
    if name not in nodes:
        name = path if path in nodes else item.kind.value
    while name in item.outside:
        parent = nodes[name].parent
        if parent is None:
            break
        name = parent
    return name


_ORDER = (Window.MONTH, Window.QUARTER, Window.HALF, Window.YEAR)


def _stages(versions: Sequence[tuple[Bound, ...]]) -> tuple[Stage, ...]:
    """One stage for each window that any version bounds, from the shortest on."""
    stages = []
    for window in _ORDER:
        found = [next((bound for bound in bounds if bound.window is window), None) for bounds in versions]
        if any(found):
            low = tuple(None if bound is None else bound.low for bound in found)
            high = tuple(None if bound is None else bound.high for bound in found)
            stages.append(Stage(window, low, high))
    return tuple(stages)
