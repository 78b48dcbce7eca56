"""Judges what is booked under another edition: a cell by its counts, and entries one by one where counts do not tell.

A cell that both editions judge alike is never computed anew, so a draft equal to the book in force changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.points.core import Cell, CellKey
from app.points.ledger import cell_window
from app.rules.award import PERCENT_MAX
from app.rules.core import Duty, Item, Kind, Matter, MeasureForm, PointRange, Regime, Settlement, rounded

Cells = dict[CellKey, Cell]
Judge = Callable[[Cell], Cell]

KEPT_OR_MISSED = frozenset({Settlement.SESSIONS, Settlement.CONFIRMATION, Settlement.DEFAULT})
_BY_UNITS = frozenset({MeasureForm.LADDER, MeasureForm.RATE, MeasureForm.WORTH})


class Obstacle(StrEnum):
    """Why what is booked cannot be judged by the draft, or what the books do not tell of it."""

    ITEM_DROPPED = "item_dropped"
    TIER_DROPPED = "tier_dropped"
    TIER_ASKED = "tier_asked"
    RETIRED = "retired"
    FREQUENCY = "frequency"
    NATURE = "nature"
    COSTS = "costs"
    MATTER = "matter"
    UNSETTLED = "unsettled"
    NEW_DUTY = "new_duty"
    CARRIED = "carried"
    NEWCOMERS = "newcomers"

    @property
    def keeps_points(self) -> bool:
        """Whether the entries stay as they are; the others have no place in the draft and fall out."""
        return self not in _FALLS_OUT


_FALLS_OUT = frozenset({Obstacle.ITEM_DROPPED, Obstacle.TIER_DROPPED, Obstacle.TIER_ASKED, Obstacle.RETIRED})
Unjudged = dict[tuple[Obstacle, str, str | None], int]  # how many entries, by obstacle, item and tier


@dataclass(frozen=True, slots=True)
class Fact:
    """A live entry of an item whose cells do not tell enough."""

    item: str
    day: date
    tier: str | None
    matter: str | None
    units: int
    points: int


def worth(item: Item, tier: str | None) -> tuple[object, ...]:
    """All that decides what an entry of the tier adds; two items that agree in it judge alike."""
    if item.duty is not None:
        duty = item.duty
        rate = duty.rounding if duty.settlement is Settlement.RATE else None
        by = "counted" if duty.settlement in KEPT_OR_MISSED else duty.settlement.value
        share = None if duty.settlement is Settlement.AMOUNT else duty.share  # amounts are settled apart
        return ("duty", by, share, rate, duty.window)
    if item.kind is Kind.VETO:
        return ("veto",)
    if item.chosen is not None:
        return ("range", item.chosen.low, item.chosen.high)
    if item.measure.form in _BY_UNITS:
        return ("units",)
    fixed = item.points
    if item.tiers:
        found = None if tier is None else item.tier(tier)
        fixed = None if found is None else found.points
    return ("fixed", fixed, item.unit is not None)


def judge_of(old: Item, new: Item | None, tier: str | None) -> Judge | Obstacle | None:
    """What makes of a cell of ``old`` the cell of ``new``; None where both judge alike.

    What ``new`` takes no more, retired or not for this class, would have been refused.
    """
    if new is None or (new.kind is Kind.VETO) is not (old.kind is Kind.VETO):
        return Obstacle.ITEM_DROPPED
    if new.retired and not old.retired:
        return Obstacle.RETIRED
    if new.retired or worth(old, tier) == worth(new, tier):
        return None
    if (old.duty is None) is not (new.duty is None):
        return Obstacle.NATURE
    if old.duty is not None and new.duty is not None:
        return _duty_judge(old.duty, new.duty)
    return _own_judge(new, tier)


def _own_judge(new: Item, tier: str | None) -> Judge | Obstacle:
    """Of an item that is no duty."""
    level = None if tier is None else new.tier(tier)
    if new.tiers and tier is None:
        return Obstacle.TIER_ASKED
    if level is None and tier is not None:
        return Obstacle.TIER_DROPPED
    if new.chosen is not None:
        return _range_judge(new.chosen)
    if new.measure.form in _BY_UNITS:
        return lambda cell: Cell(cell.entries, cell.units, 0)
    points = new.points if level is None else level.points
    return Obstacle.NATURE if points is None else _fixed_judge(new, points)


def untold(code: str, matter: str | None, old: Regime, new: Regime) -> Iterator[Obstacle]:
    """What the draft changes about entries of the item that no judging of their own cell shows."""
    before, after = old.items[code], new.items.get(code)
    if _costs(before, old, new) != _costs(after, old, new):
        yield Obstacle.COSTS
    if after is None or after.retired or after.matter is before.matter:
        return
    if (after.matter is Matter.REQUIRED and matter is None) or (after.matter is Matter.NONE and matter is not None):
        yield Obstacle.MATTER


def _costs(item: Item | None, *regimes: Regime) -> tuple[frozenset[str], frozenset[str]]:
    """The duties whose share a finding costs, among those that either side asks of the class."""
    if item is None or item.retired:
        return frozenset(), frozenset()
    owed = {code for one in regimes for code, duty in one.items.items() if duty.duty is not None and not duty.retired}
    return frozenset(owed.intersection(item.pairs)), frozenset(owed.intersection(item.pairs_one_of))


def _fixed_judge(item: Item, points: int) -> Judge:
    if item.unit is not None:
        return lambda cell: Cell(cell.entries, cell.units, cell.units * points)
    return lambda cell: Cell(cell.entries, cell.entries, cell.entries * points)


def _range_judge(allowed: PointRange) -> Judge:
    """Exact for one entry; ``reads_entries`` tells when the entries themselves are to be read."""
    low, high = allowed.low, allowed.high
    return lambda cell: Cell(cell.entries, cell.entries, min(max(cell.points, cell.entries * low), cell.entries * high))


def _duty_judge(old: Duty, new: Duty) -> Judge | Obstacle:
    """By what was kept and missed: a missed duty has no units, one that was kept has one (or its percentage)."""
    if old.window is not new.window:
        return Obstacle.FREQUENCY
    share = new.share
    if old.settlement in KEPT_OR_MISSED:
        full = PERCENT_MAX if new.settlement is Settlement.RATE else 1
        if new.settlement is Settlement.AMOUNT:
            return Obstacle.NATURE
        return lambda cell: Cell(cell.entries, cell.units * full, -share * (cell.entries - cell.units))
    if old.settlement is Settlement.RATE and new.settlement is Settlement.RATE:
        rounding = new.rounding
        # A duty is decided once in its window, so a cell holds one percentage.
        return lambda cell: Cell(
            cell.entries, cell.units, rounded(share * cell.units, PERCENT_MAX, rounding) - share * cell.entries
        )
    return Obstacle.NATURE


def reads_entries(old: Item, new: Item | None) -> bool:
    """Whether cells do not tell enough: points that each entry chose, or a month where only the quarter is kept."""
    if new is None or new.retired or new.duty is not None or old.duty is not None:
        return False
    chosen = new.chosen is not None and worth(old, None) != worth(new, None)
    return chosen or (_by_month(new) and not _by_month(old))


def _by_month(item: Item) -> bool:
    return "-" in cell_window(item, date(2000, 1, 1))


def kept_costs_nothing(item: Item) -> bool:
    """Whether a cell with as many units as entries, and no points, is one of duties kept."""
    return item.duty is not None and item.duty.settlement in KEPT_OR_MISSED
