"""How much can arrive at a clamp at most: a bound that nothing can reach is a finding about the book, not about its
examples.

The answer is an upper limit from what the rules say (bounds below, ladders, shares of duties), so where it is not above
the bound, no entries whatever are cut by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.kit.calendar import WINDOW_LENGTH, Window
from app.points.plan import Plan, Stage
from app.rules.core import Across, Item, Kind, MeasureForm, Regime


class Side(StrEnum):
    """The side of a bound: a floor or a ceiling."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Capacity:
    """What can arrive at most under one regime, whose plan spans a whole cycle of the length ``period``.

    Amounts are positive on both sides, in the book's smallest unit; None is no limit.
    """

    regime: Regime
    plan: Plan
    period: Window

    def below_item(self, code: str, side: Side, window: Window) -> int | None:
        """What arrives at the item's bound over the window: its measure, under its shorter bounds."""
        return self._item(code, side, window, _shorter(self._stages(code), window))

    def below_node(self, name: str, side: Side, window: Window) -> int | None:
        """What arrives at the node's bound over the window, under its shorter bounds."""
        at = next(at for at, node in enumerate(self.plan.nodes) if node.name == name)
        return _limited(self._children(at, side, window), side, window, _shorter(self.plan.nodes[at].stages, window))

    def below_across(self, across: Across) -> int | None:
        """What the items of the ceiling come to in one quarter."""
        side = Side.HIGH if across.per_quarter >= 0 else Side.LOW
        return _sum(self._item(code, side, Window.QUARTER, self._stages(code)) for code in across.items)

    def below_daily_floor(self) -> int | None:
        """How far the daily score can fall below 0."""
        lost = self._kind(Kind.ROUTINE, Side.LOW)
        return None if lost is None else max(0, lost - self.plan.opening)

    def below_total_floor(self) -> int | None:
        """How far the total can fall below 0: the daily score has a floor of its own."""
        routine, fault = self._kind(Kind.ROUTINE, Side.LOW), self._kind(Kind.FAULT, Side.LOW)
        if fault is None:
            return None
        daily = 0 if routine is None else max(0, self.plan.opening - routine)
        return max(0, fault - daily)

    def below_top(self) -> int | None:
        """What the total comes to at most."""
        added = _sum(self._kind(kind, Side.HIGH) for kind in (Kind.ROUTINE, Kind.INNOVATION))
        return None if added is None else max(0, self.plan.opening + added)

    def _kind(self, kind: Kind, side: Side) -> int | None:
        at = self.plan.kind_nodes.get(kind)
        return 0 if at is None else self._node(at, side, self.period)

    def _stages(self, code: str) -> tuple[Stage, ...]:
        plan = self.plan.items[code]
        return plan.stages if plan.monthly is None else (plan.monthly, *plan.stages)

    def _item(self, code: str, side: Side, window: Window, stages: Iterable[Stage]) -> int | None:
        return _limited(_measured(self.regime.items[code], side, window), side, window, stages)

    def _children(self, at: int, side: Side, window: Window) -> int | None:
        items = [
            self._item(code, side, window, self._stages(code))
            for code, item in self.plan.items.items()
            if item.parent == at
        ]
        nodes = [self._node(below, side, window) for below, node in enumerate(self.plan.nodes) if node.parent == at]
        return _sum([*items, *nodes])

    def _node(self, at: int, side: Side, window: Window) -> int | None:
        node = self.plan.nodes[at]
        found = _limited(self._children(at, side, window), side, window, node.stages)
        return None if found is None else -(-found * node.weight[0] // node.weight[1])


def _measured(item: Item, side: Side, window: Window) -> int | None:
    """What an item's entries of one window come to at most, before any bound."""
    if item.retired or (side is Side.LOW) != (item.kind is Kind.FAULT or item.duty is not None):
        return 0
    if item.duty is not None:
        return item.duty.share * _times(window, item.duty.window)
    measure = item.measure
    times = _times(window, measure.window)
    if measure.form is MeasureForm.LADDER:
        return max(rung.points for rung in measure.rungs) * times
    if measure.form is MeasureForm.BEST:
        chosen = 0 if item.chosen is None else item.chosen.high
        each = [tier.points for tier in item.tiers]
        return max([*each, item.points or 0, chosen]) * measure.best * times
    return None


def _times(window: Window, shorter: Window) -> int:
    return max(1, WINDOW_LENGTH[window] // WINDOW_LENGTH[shorter])


def _shorter(stages: Sequence[Stage], window: Window) -> list[Stage]:
    return [stage for stage in stages if WINDOW_LENGTH[stage.window] < WINDOW_LENGTH[window]]


def _limited(limit: int | None, side: Side, window: Window, stages: Iterable[Stage]) -> int | None:
    for stage in stages:
        bound = stage.high[0] if side is Side.HIGH else stage.low[0]
        if bound is not None:
            held = abs(bound) * _times(window, stage.window)
            limit = held if limit is None else min(limit, held)
    return limit


def _sum(amounts: Iterable[int | None]) -> int | None:
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
