"""Judges what is booked under another edition: a cell by its counts, and entries one by one where counts do not tell.

A cell that both editions judge alike is never computed anew, so a draft equal to the book in force changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.cycles.core import Quarter
from app.kit.calendar import quarter_of
from app.points.core import Cell, CellKey, add_to
from app.points.duties import due_value, full_target
from app.points.ledger import DutyRow, DutyState, cell_window
from app.rules.award import PERCENT_MAX
from app.rules.core import Duty, Item, Kind, MeasureForm, PointRange, Settlement, rounded

Cells = dict[CellKey, Cell]
Judge = Callable[[Cell], Cell]

_KEPT_OR_MISSED = frozenset({Settlement.SESSIONS, Settlement.CONFIRMATION, Settlement.DEFAULT})
_BY_UNITS = frozenset({MeasureForm.LADDER, MeasureForm.RATE, MeasureForm.WORTH})


class Obstacle(StrEnum):
    """Why what is booked cannot be judged by the draft."""

    ITEM_DROPPED = "item_dropped"
    TIER_DROPPED = "tier_dropped"
    TIER_ASKED = "tier_asked"
    FREQUENCY = "frequency"
    NATURE = "nature"

    @property
    def keeps_points(self) -> bool:
        """Whether the entries stay as they are; the others have no place in the draft and fall out."""
        return self in (Obstacle.FREQUENCY, Obstacle.NATURE)


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
        by = "counted" if duty.settlement in _KEPT_OR_MISSED else duty.settlement.value
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
    """What makes of a cell of ``old`` the cell of ``new``; None where both judge alike, or ``new`` is retired."""
    if new is None or (new.kind is Kind.VETO) is not (old.kind is Kind.VETO):
        return Obstacle.ITEM_DROPPED
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


def not_owed(cell: Cell) -> Cell:
    """What becomes of a cell that the draft asks of others, but no longer of this class of members."""
    return Cell(cell.entries, cell.units, 0)


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
    if old.settlement in _KEPT_OR_MISSED:
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
    return item.duty is not None and item.duty.settlement in _KEPT_OR_MISSED


def settled_otherwise(old: Item, new: Item | None) -> bool:
    """Whether both settle the duty by amount, but by other targets or for another share."""
    if new is None or new.retired or old.duty is None or new.duty is None or old.duty.window is not new.duty.window:
        return False
    mine, theirs = old.duty, new.duty
    if mine.settlement is not Settlement.AMOUNT or theirs.settlement is not Settlement.AMOUNT:
        return False
    return (mine.share, mine.targets, mine.rounding) != (theirs.share, theirs.targets, theirs.rounding)


def resettled(
    cells: Cells, row: DutyRow, quarters: Sequence[Quarter], versions: Mapping[str, tuple[Item, Item]]
) -> Cells:
    """The cells with the shortfall of a duty settled by amount as the draft's targets and share make it.

    ``row`` has its target without exempt days; ``quarters`` are those of the cycle up to the one asked for, of which
    ``versions`` gives the item as it stands and as the draft has it, for those that the draft rules. What the rules in
    force do not account for (waived, decided by a finding, not settled yet) stays, and so does what was settled in a
    quarter that the draft does not rule.
    """
    if row.state is DutyState.WAIVED or row.source == "finding":
        return cells
    for quarter in reversed(quarters):
        if quarter.code not in versions:
            continue
        old, new = versions[quarter.code]
        if old.duty is None or new.duty is None:
            continue
        drafted = replace(row, share=new.duty.share, target=_target(old.duty, new.duty, row))
        before, after = due_value(old, row, cells, quarter), due_value(new, drafted, cells, quarter)
        day = next((due.effective_on for due in (before, after) if due is not None), None)
        if day is None:
            continue
        lost, owed = ((0 if due is None else due.points or 0) for due in (before, after))
        booked = sum(cell.points for key, cell in cells.items() if key.item == old.code)
        if quarter_of(day) not in versions or booked != lost or owed == lost:
            return cells
        changed = dict(cells)
        if lost:
            add_to(changed, CellKey(old.code, cell_window(old, day), None, None), -1, 0, -lost)
        if owed:
            add_to(changed, CellKey(new.code, cell_window(new, day), None, None), 1, 0, owed)
        return changed
    return cells


def _target(old: Duty, new: Duty, row: DutyRow) -> int | None:
    """The member's own target, scaled by the days left or not exempt as it is in the books."""
    before, after = full_target(old), full_target(new)
    if row.target is None or before is None or after is None or row.target >= before:
        return after
    return row.target * after // before
