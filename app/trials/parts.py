"""What an edition consists of that an example can reach: items, tiers, rungs, ends of ranges, clamps, lines, bands and
classes of members.

Left out is what follows from something else and so is no statement of its own: the floor under a duty (its shares of
the cycle) and the bound of a dimension that is its allotment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.handbook import phrases
from app.handbook.glossary import Glossary, say
from app.kit.calendar import Window, period_days, quarters_between
from app.points.plan import compile_plan
from app.rules.core import STANDARD, Bound, Edition, Item, Kind, MeasureForm, Node, Regime
from app.rules.lines import Basis
from app.rules.name import Name
from app.trials.capacity import Capacity, Side

Key = tuple[str | int, ...]  # what a part is known by: its sort, then codes, windows, sides and points
KeyPath = tuple[str | int, ...]  # its place in the edition's file


class PartKind(StrEnum):
    """The sorts of parts."""

    ITEM = "item"
    VETO = "veto"
    TIER = "tier"
    RUNG = "rung"
    RANGE = "range"
    CLAMP = "clamp"
    LINE = "line"
    BAND = "band"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its place in the edition's file and what it is called. ``comes_to`` is set for a clamp at which no more
    than so much can arrive; one that this is not enough for is ``idle``. ``apart``: no example can reach it.
    """

    key: Key
    kind: PartKind
    path: KeyPath
    name: Name
    bound: int | None = None
    comes_to: int | None = None
    apart: bool = False

    @property
    def idle(self) -> bool:
        """Whether no entries whatever can be cut by the clamp."""
        return self.bound is not None and self.comes_to is not None and self.comes_to <= self.bound


def parts_of(edition: Edition) -> tuple[Part, ...]:
    """Every part of the edition, each once, in the order of its file."""
    found: dict[Key, Part] = {}
    for part in _Parts(edition).all():
        found.setdefault(part.key, part)
    return tuple(found.values())


def classes_in(profile: str) -> tuple[str, ...]:
    """The profile and the overlay that the code of a regime names."""
    return tuple(profile.split("+"))


def bound_key(where: str, window: Window, side: Side, value: int, of: str = STANDARD) -> Key:
    """The key of one side of a bound, as the class ``of`` members has it."""
    return "bound", of, where, window.value, side.value, value


def is_implied(node: Node, regime: Regime) -> bool:
    """Whether the node's bound is the allotment of its dimension."""
    kind, _, code = node.name.partition("/")
    dimension = next((one for one in regime.dimensions if one.code == code), None)
    if kind != Kind.ROUTINE.value or dimension is None or len(node.bounds) != 1:
        return False
    allotment = dimension.allotment * node.weight[1] // node.weight[0]
    return (node.bounds[0].low, node.bounds[0].high) in ((-allotment, None), (0, allotment))


def stated_bounds(item: Item) -> tuple[Bound, ...]:
    """The item's bounds without the floor that its duty implies, which is the last."""
    return item.bounds if item.duty is None else item.bounds[:-1]


class _Parts:
    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._words = Glossary(edition)
        self._standard = edition.regimes[STANDARD]
        overlays = {key.partition(".")[2] for key, _ in edition.citations if key.startswith("overlays.")}
        self._classes = {code: "overlays" if code in overlays else "profiles" for code in edition.regimes}
        frame = edition.frame
        days = period_days(edition.starts_on, frame.first_month, frame.period)
        self._quarters = quarters_between(*days)

    def all(self) -> Iterator[Part]:
        capacity = self._capacity(self._standard)
        yield from self._whole(capacity)
        yield from self._nodes(capacity)
        yield from self._lines()
        yield from self._bands()
        for code, section in self._classes.items():
            if "+" not in code:
                yield from self._class(code, section)
        for item in self._standard.items.values():
            yield from self._item(item, capacity)

    def _capacity(self, regime: Regime) -> Capacity:
        plan = compile_plan(dict.fromkeys(self._quarters, regime))
        return Capacity(regime, plan, self._edition.frame.period)

    def _whole(self, capacity: Capacity) -> Iterator[Part]:
        """The clamps of the result, and those across groups."""
        if capacity.below_daily_floor() != 0:  # implied by the rules of every book, so told only where it can cut
            yield Part(("floor", "daily"), PartKind.CLAMP, ("base",), Name("日常积分不低于0分", "the daily floor of 0"))
        floor = Name("总分不低于0分", "the total's floor of 0")
        lowest = capacity.below_total_floor()
        yield Part(("floor", "total"), PartKind.CLAMP, ("total", "low"), floor, 0, lowest)
        top = self._standard.total_high
        if top is not None:
            name = say("总分至多{points}", "the total's top of {points}", points=self._words.points(top))
            yield Part(("ceiling", "total"), PartKind.CLAMP, ("total", "high"), name, top, capacity.below_top())
        for across in self._standard.across:
            points = self._words.points(across.per_quarter)
            name = say(
                "跨组限额 {code}：每季度{points}",
                "the ceiling {code}: {points} a quarter",
                code=across.name,
                points=points,
            )
            comes_to = capacity.below_across(across)
            path = ("across", across.name, "per_quarter")
            yield Part(("across", across.name), PartKind.CLAMP, path, name, abs(across.per_quarter), comes_to)

    def _nodes(self, capacity: Capacity) -> Iterator[Part]:
        for node in self._standard.nodes:
            named = Name(f"{node.name} {node.label.zh}", f"{node.name} {node.label.en}")
            kind = Kind(node.name.split("/")[0])
            if not is_implied(node, self._standard):
                yield from self._bounds(("nodes", node.name), node.name, named, kind, node.bounds, capacity)
            if node.weight != (1, 1):
                weight = f"{node.weight[0]}/{node.weight[1]}"
                name = say("{named} 的权重 {weight}", "the weight {weight} of {named}", named=named, weight=weight)
                yield Part(("weight", node.name), PartKind.CLAMP, ("nodes", node.name, "weight"), name)

    def _bounds(
        self,
        place: KeyPath,
        where: str,
        named: Name,
        kind: Kind,
        bounds: tuple[Bound, ...],
        capacity: Capacity,
        of: str = STANDARD,
    ) -> Iterator[Part]:
        """Each side of each bound of an item or node."""
        below = capacity.below_item if where in self._standard.items else capacity.below_node
        for number, bound in enumerate(bounds):
            for side, value in ((Side.LOW, bound.low), (Side.HIGH, bound.high)):
                if value is None:
                    continue
                alone = Bound(bound.window, **{side.value: value})
                name = say(
                    "{named}：{bound}", "{named}: {bound}", named=named, bound=phrases.bound(self._words, kind, alone)
                )
                key = bound_key(where, bound.window, side, value, of)
                comes_to = below(where, side, bound.window)
                path = (*place, "bounds", number, side.value)
                yield Part(key, PartKind.CLAMP, path, name, abs(value), comes_to)

    def _lines(self) -> Iterator[Part]:
        for line in self._standard.lines:
            name = Name(f"{line.code} {line.name.zh}", f"the line {line.code} {line.name.en}")
            yield Part(("line", line.code), PartKind.LINE, ("lines", line.code), name, apart=line.basis is Basis.PACE)

    def _bands(self) -> Iterator[Part]:
        for number, band in enumerate(self._standard.bands):
            name = Name(f"等次 {band.code} {band.name.zh}", f"the band {band.code} {band.name.en}")
            yield Part(("band", band.code), PartKind.BAND, ("bands", number), name)

    def _class(self, code: str, section: str) -> Iterator[Part]:
        """A class of members, and what it has otherwise than the standard one."""
        named = self._words.class_of_members(code)
        name = Name(f"类型 {code} {named.zh}", f"the class {code} {named.en}")
        yield Part(("class", code), PartKind.CLASS, (section, code), name)
        regime = self._edition.regimes[code]
        if code == STANDARD:
            return
        capacity = self._capacity(regime)
        for item in regime.items.values():
            usual = self._standard.items[item.code]
            place = (section, code, "items", item.code)
            both = say("{named}的 {item}", "{item} for {named}", named=named, item=self._words.item(item.code))
            if not item.retired and _differs(item, usual):
                yield Part(("change", code, item.code), PartKind.CLASS, place, both)
            if not item.retired and stated_bounds(item) != stated_bounds(usual):
                yield from self._bounds(place, item.code, both, item.kind, stated_bounds(item), capacity, code)
        usual_nodes: Mapping[str, Node] = {node.name: node for node in self._standard.nodes}
        for node in regime.nodes:
            if node.bounds != usual_nodes[node.name].bounds and not is_implied(node, regime):
                both = say("{named}的 {node}", "{node} for {named}", named=named, node=f"{node.name} {node.label.zh}")
                kind = Kind(node.name.split("/")[0])
                yield from self._bounds(
                    (section, code, "nodes", node.name), node.name, both, kind, node.bounds, capacity, code
                )

    def _item(self, item: Item, capacity: Capacity) -> Iterator[Part]:
        """The item, if any class of members has it, with its tiers, rungs, ends of range and bounds."""
        versions = [(regime, regime.items[item.code]) for regime in self._edition.regimes.values()]
        held = [(regime, one) for regime, one in versions if not one.retired]
        if not held:
            return
        if item.retired:  # for the standard class; whoever has it, has it as the first that does
            capacity, item = self._capacity(held[0][0]), held[0][1]
        place = ("items", item.code)
        named = self._words.item(item.code)
        kind = PartKind.VETO if item.kind is Kind.VETO else PartKind.ITEM
        yield Part(("item", item.code), kind, place, named)
        for number, tier in enumerate(item.tiers):
            told = phrases.tier(self._words, item.kind, tier)
            yield Part(("tier", item.code, tier.code), PartKind.TIER, (*place, "tiers", number), _of(named, told))
        for number, rung in enumerate(item.measure.rungs):
            told = phrases.rung(self._words, item.kind, item.unit, rung)
            path = (*place, "measure", "ladder", "rungs", number)
            yield Part(("rung", item.code, rung.units), PartKind.RUNG, path, _of(named, told))
        if item.chosen is not None:
            for side, value in ((Side.LOW, item.chosen.low), (Side.HIGH, item.chosen.high)):
                told = self._words.effect(item.kind, value)
                key = ("range", item.code, side.value)
                yield Part(key, PartKind.RANGE, (*place, "range", side.value), _of(named, told))
        if item.measure.form is MeasureForm.BEST:
            told = say("只计最好的{best}次", "only the best {best} count", best=item.measure.best)
            yield Part(("best", item.code), PartKind.CLAMP, (*place, "measure", "best"), _of(named, told))
        yield from self._bounds(place, item.code, named, item.kind, stated_bounds(item), capacity)


def _of(named: Name, told: Name) -> Name:
    return say("{named}：{told}", "{named}: {told}", named=named, told=told)


def _differs(item: Item, usual: Item) -> bool:
    """Whether a class records the item in another way or for other points."""
    if usual.retired:
        return False  # the item itself is a part, which only such a class can reach
    return (item.points, item.tiers, item.duty) != (usual.points, usual.tiers, usual.duty)
