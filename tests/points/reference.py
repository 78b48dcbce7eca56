"""The fold written a second time, slowly, from the words of the scoring page (section 2), to hold the first against.

Nothing here comes from ``app.points``: values are worked out anew for the end of every quarter, windows are sets of
quarters, and a bound that changed is the page's own formula, called again for the quarter before the change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import chain, combinations

from app.kit.calendar import Window, quarter_of_window
from app.rules.core import Across, Bound, Item, Kind, Measure, MeasureForm, Regime, Rounding, Starts

Row = tuple[str, str, str | None, str | None, int, int]  # item, window, tier, matter, units, points
Rises = list[int]  # what a value grew by in each quarter


class Reference:
    """A member's year: the regimes by quarter, and live entries."""

    def __init__(self, regimes: Mapping[str, Regime], rows: Sequence[Row]) -> None:
        self.quarters = sorted(regimes)
        self.regimes = [regimes[quarter] for quarter in self.quarters]
        self.rows = self._counting(rows)

    def _item(self, code: str) -> Item:
        return next(regime.items[code] for regime in self.regimes if code in regime.items)

    def _counting(self, rows: Sequence[Row]) -> list[Row]:
        """Rule 3: of one kind's rows under one matter only the best (or heaviest) counts."""
        kept = []
        for row in rows:
            code, window, tier, matter = row[:4]
            item = self._item(code)
            if matter is None or item.duty is not None:
                kept.append(row)
                continue
            rivals = [
                other for other in rows if other[3] == matter and self._item(other[0]).kind is item.kind
                and self._item(other[0]).duty is None
            ]  # fmt: skip
            first = min(rivals, key=lambda other: (-abs(other[5]), other[0], other[1], other[2] or ""))
            if (code, window, tier) == first[:3]:
                kept.append(row)
        return kept

    # ------------------------------------------------------------------------------------------------- windows

    def same_window(self, window: Window, one: int, other: int) -> bool:
        """Whether two quarters lie in one window of this length."""
        if window is Window.YEAR:
            return True
        if window is Window.HALF:
            halves = [(self.quarters[at][:4], int(self.quarters[at][5]) > 2) for at in (one, other)]
            return halves[0] == halves[1]
        return one == other

    def bounded(self, rises: Rises, window: Window, bounds: Sequence[Bound | None]) -> Rises:
        """Rule 5: V(q) = clamp(sum up to q); after a change at p: V(p) and what came since meets the new bounds."""

        @cache
        def value(at: int) -> int:
            inside = [one for one in range(at + 1) if self.same_window(window, one, at)]
            changed = [one for one in inside[:-1] if sides(bounds[one]) != sides(bounds[one + 1])]
            low, high = sides(bounds[at])
            if not changed:
                return clamped(sum(rises[one] for one in inside), low, high)
            before = changed[-1]
            held = value(before)
            since = sum(rises[one] for one in inside if one > before)
            return clamped(
                held + since,
                None if low is None else min(low, held),
                None if high is None else max(high, held),
            )

        def start(at: int) -> int:
            return value(at - 1) if at and self.same_window(window, at - 1, at) else 0

        return [value(at) - start(at) for at in range(len(rises))]

    def through(self, rises: Rises, bounds_by_quarter: Sequence[tuple[Bound, ...]]) -> Rises:
        """Past all bounds of an item or node, the shortest window first."""
        for window in (Window.QUARTER, Window.HALF, Window.YEAR):
            bounds = [next((one for one in found if one.window is window), None) for found in bounds_by_quarter]
            if any(bounds):
                rises = self.bounded(rises, window, bounds)
        return rises

    # -------------------------------------------------------------------------------------------------- leaves

    def leaf(self, code: str) -> Rises:
        """Rule 4: what the item's measure grew by in each quarter, months clamped first."""
        item = self._item(code)
        rows = [row for row in self.rows if row[0] == code]
        if item.measure.form is MeasureForm.SUM:
            return [self._quarter_sum(code, at, rows) for at in range(len(self.quarters))]
        rises: Rises = []
        for at in range(len(self.quarters)):
            inside = [one for one in range(at + 1) if self.same_window(item.measure.window, one, at)]
            now = measured(item.measure, [row for row in rows if self._place(row) in inside])
            before = measured(item.measure, [row for row in rows if self._place(row) in inside[:-1]])
            rises.append(now - before)
        return rises

    def _place(self, row: Row) -> int:
        return self.quarters.index(quarter_of_window(row[1]))

    def _quarter_sum(self, code: str, at: int, rows: Sequence[Row]) -> int:
        bounds = next((item.bounds for item in self._versions(code, at)), ())
        month = next((one for one in bounds if one.window is Window.MONTH), None)
        total = 0
        for window in {row[1] for row in rows if self._place(row) == at}:
            points = sum(row[5] for row in rows if row[1] == window)
            total += clamped(points, *sides(month))
        return total

    def _versions(self, code: str, at: int) -> list[Item]:
        """The item as of the quarter first: where its edition lacks it, as the nearest before, else after, has it."""
        before = [self.regimes[one].items[code] for one in range(at, -1, -1) if code in self.regimes[one].items]
        after = [regime.items[code] for regime in self.regimes[at:] if code in regime.items]
        return before or after

    # ---------------------------------------------------------------------------------------------------- tree

    def kind_value(self, kind: Kind, leaves: Mapping[str, Rises]) -> Rises:
        """Rules 5 and 6: the tree, from the kind down."""
        return self._node(kind.value, {code: rises for code, rises in leaves.items() if self._item(code).kind is kind})

    def _node(self, name: str, leaves: Mapping[str, Rises]) -> Rises:
        first = self.regimes[0]
        node = next(one for one in first.nodes if one.name == name)
        parts = [self._node(one.name, leaves) for one in first.nodes if one.parent == name]
        for code, rises in leaves.items():
            if self._holder(self._item(code)) == name:
                versions = [self._versions(code, at)[0].bounds for at in range(len(self.quarters))]
                parts.append(self.through(rises, versions))
        rises = [sum(part[at] for part in parts) for at in range(len(self.quarters))]
        versions = [next(one.bounds for one in regime.nodes if one.name == name) for regime in self.regimes]
        rises = self.through(rises, versions)
        up, down = node.weight
        sums = [sum(rises[: at + 1]) * up // down for at in range(len(rises))]
        return [now - before for now, before in zip(sums, [0, *sums], strict=False)]

    @staticmethod
    def _holder(item: Item) -> str:
        path = [f"{item.kind.value}/{item.dimension}/{item.group}"] if item.group else []
        path += [f"{item.kind.value}/{item.dimension}", item.kind.value]
        return next(one for one in path if one not in item.outside)

    def across_value(self, across: Across, leaves: Mapping[str, Rises]) -> int:
        """Rule 7: the least, over all sets of quarters, of their ceilings and the tree of what is not under them."""
        sign = 1 if across.per_quarter > 0 else -1
        places = range(len(self.quarters))
        found = []
        for chosen in chain.from_iterable(combinations(places, size) for size in range(len(places) + 1)):
            rest = {
                code: [0 if code in across.items and at in chosen else rise for at, rise in enumerate(rises)]
                for code, rises in leaves.items()
            }
            found.append(len(chosen) * abs(across.per_quarter) + sign * sum(self.kind_value(across.kind, rest)))
        return sign * min(found)

    def left(self) -> dict[str, int]:
        """What is left of each dimension that loses, or earned of one that earns."""
        leaves = {code: self.leaf(code) for code in {row[0] for row in self.rows}}
        own = {code: rises for code, rises in leaves.items() if self._item(code).kind is Kind.ROUTINE}
        found = {}
        for one in self.regimes[0].dimensions:
            routine = sum(self._node(f"routine/{one.code}", own))
            found[one.code] = max(0, one.allotment + routine) if one.starts is Starts.FULL else routine
        return found

    def numbers(self, opening: int) -> tuple[int, int, int, int]:
        """Rule 8: daily, innovation, fault and total."""
        leaves = {code: self.leaf(code) for code in {row[0] for row in self.rows}}
        values: dict[Kind, int] = {}
        for kind in (Kind.ROUTINE, Kind.INNOVATION, Kind.FAULT):
            across = next((one for one in self.regimes[0].across if one.kind is kind), None)
            own = {code: rises for code, rises in leaves.items() if self._item(code).kind is kind}
            values[kind] = sum(self.kind_value(kind, own)) if across is None else self.across_value(across, own)
        daily = max(0, opening + values[Kind.ROUTINE])
        total = clamped(daily + values[Kind.INNOVATION] + values[Kind.FAULT], 0, self.regimes[0].total_high)
        return daily, values[Kind.INNOVATION], values[Kind.FAULT], total


def sides(bound: Bound | None) -> tuple[int | None, int | None]:
    return (None, None) if bound is None else (bound.low, bound.high)


def clamped(value: int, low: int | None, high: int | None) -> int:
    if low is not None:
        value = max(value, low)
    return value if high is None else min(value, high)


def whole(value: Fraction, rounding: Rounding) -> int:
    """A fraction as the book rounds it."""
    if rounding is Rounding.HALF_UP:
        return math.floor(value + Fraction(1, 2))
    return math.floor(value) if rounding is Rounding.DOWN else math.ceil(value)


def measured(measure: Measure, rows: Sequence[Row]) -> int:
    """What the entries of one window are worth."""
    units = sum(row[4] for row in rows)
    by_form: dict[MeasureForm, Callable[[], int]] = {
        MeasureForm.BEST: lambda: sum(sorted((row[5] for row in rows), reverse=True)[: measure.best]),
        MeasureForm.LADDER: lambda: max([rung.points for rung in measure.rungs if rung.units <= units], default=0),
        MeasureForm.RATE: lambda: whole(Fraction(units * measure.numerator, measure.denominator), measure.rounding),
        MeasureForm.WORTH: lambda: whole(
            Fraction(units * measure.numerator, measure.denominator * max(1, len(rows))), measure.rounding
        ),
        MeasureForm.SUM: lambda: sum(row[5] for row in rows),
    }
    return by_form[measure.form]()
