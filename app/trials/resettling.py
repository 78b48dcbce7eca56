"""What a draft makes of duties that the close of a quarter settles: those by amount, and those that nobody recorded.

What cannot be settled anew is counted as an obstacle, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from app.cycles.core import Quarter
from app.kit.calendar import Window, half_days, half_of, quarter_of, quarter_of_window
from app.points.core import CellKey, add_to
from app.points.duties import CycleDays, due_value, duties_due, full_target
from app.points.ledger import DutyRow, DutyState, cell_window
from app.rules.core import Duty, Item, Regime, Settlement, Unrecorded
from app.trials.rejudging import KEPT_OR_MISSED, Cells, Obstacle, Unjudged

_NOBODY = UUID(int=0)
Versions = Mapping[str, tuple[Item, Item]]  # by quarter that the draft rules: the item as it stands and as drafted


def settled_otherwise(old: Item, new: Item | None) -> bool:
    """Whether the close of a quarter makes something else of the duty, and the books tell what."""
    if new is None or new.retired or old.retired or old.duty is None or new.duty is None:
        return False
    mine, theirs = old.duty, new.duty
    if mine.window is not theirs.window or _form(mine) != _form(theirs):
        return False
    if mine.settlement is Settlement.AMOUNT:
        told = [(one.share, one.targets, one.rounding, one.unrecorded) for one in (mine, theirs)]
        return told[0] != told[1]
    return mine.unrecorded is not theirs.unrecorded


def _form(duty: Duty) -> object:
    return KEPT_OR_MISSED if duty.settlement in KEPT_OR_MISSED else duty.settlement


def resettled(cells: Cells, row: DutyRow, quarters: Sequence[Quarter], versions: Versions, unjudged: Unjudged) -> Cells:
    """The cells with what the close of a quarter makes of the duty under the draft.

    ``row`` has its target without exempt days; ``quarters`` are those of the cycle up to the one asked for. What was
    settled in a quarter that the draft does not rule stays; what the rules in force do not account for (a share taken
    by a finding, not settled yet) stays as well and is counted.
    """
    item = next(iter(versions.values()))[0]
    if item.duty is not None and item.duty.settlement is Settlement.AMOUNT:
        return _amount(cells, row, quarters, versions, unjudged)
    return _silence(cells, row, versions, unjudged)


def _silence(cells: Cells, row: DutyRow, versions: Versions, unjudged: Unjudged) -> Cells:
    """A duty that nobody recorded, by what the draft says of it; what somebody decided stays."""
    day = row.due_on
    old, new = versions.get(quarter_of(day), (None, None))
    if old is None or new is None or old.duty is None or new.duty is None:
        return cells
    is_open = row.state is DutyState.EXPECTED
    if not is_open and row.source != "job":
        return cells
    was_lost, is_lost = (one.duty.unrecorded is Unrecorded.MISSED for one in (old, new) if one.duty is not None)
    if was_lost is is_lost:
        return cells
    if is_open is not (old.duty.unrecorded is Unrecorded.UNDECIDED) or was_lost is not (row.state is DutyState.MISSED):
        _count(unjudged, old.code)
        return cells
    changed, share = dict(cells), new.duty.share
    key = CellKey(old.code, cell_window(new, day), None, None)
    add_to(changed, key, *((1, 0, -share) if is_lost else (-1, 0, share)))
    return changed


def _amount(cells: Cells, row: DutyRow, quarters: Sequence[Quarter], versions: Versions, unjudged: Unjudged) -> Cells:
    """The shortfall of a duty settled by amount as the draft's targets and share make it."""
    if row.state is DutyState.WAIVED:
        return cells
    if row.source == "finding":
        shares = {one.duty.share for pair in versions.values() for one in pair if one.duty is not None}
        taken = (key for key, cell in cells.items() if key.item == row.key.item and cell.points)
        if len(shares) > 1 and any(quarter_of_window(key.window) in versions for key in taken):
            _count(unjudged, row.key.item)
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
        if quarter_of(day) not in versions or owed == lost:
            return cells
        if sum(cell.points for key, cell in cells.items() if key.item == old.code) != lost:
            _count(unjudged, old.code)
            return cells
        changed = dict(cells)
        if lost:
            add_to(changed, CellKey(old.code, cell_window(old, day), None, None), -1, 0, -lost)
        if owed:
            add_to(changed, CellKey(new.code, cell_window(new, day), None, None), 1, 0, owed)
        return changed
    return cells


def _count(unjudged: Unjudged, code: str) -> None:
    place = (Obstacle.UNSETTLED, code, None)
    unjudged[place] = unjudged.get(place, 0) + 1


def _target(old: Duty, new: Duty, row: DutyRow) -> int | None:
    """The member's own target, scaled by the days left or not exempt as it is in the books."""
    before, after = full_target(old), full_target(new)
    if row.target is None or before is None or after is None or row.target >= before:
        return after
    return row.target * after // before


def never_replayed(
    old: Mapping[str, Regime], new: Mapping[str, Regime], quarters: Sequence[Quarter], cycle: CycleDays
) -> Iterator[tuple[Obstacle, str]]:
    """What the draft changes for every member of the class and the books cannot tell, whoever has entries of it.

    Duties that the draft asks for anew, or at other times or in another way, if any fell due; and with what a cycle
    opens beside the book's own opening.
    """
    laid = [one for one in quarters if new.get(one.code) is not old.get(one.code)]
    for quarter in laid:
        mine, theirs = old[quarter.code], new[quarter.code]
        fallen = _fallen_due(mine, quarters, quarter, cycle) | _fallen_due(theirs, quarters, quarter, cycle)
        for code in sorted(fallen):
            before, after = (_duty(one, code) for one in (mine, theirs))
            if after is None:
                continue
            if before is None:
                yield Obstacle.NEW_DUTY, code
            elif (before.window, before.due) != (after.window, after.due):
                yield Obstacle.FREQUENCY, code
            elif _form(before) != _form(after):
                yield Obstacle.NATURE, code
    if laid and laid[0] is quarters[0]:
        first = quarters[0].code
        if old[first].carried != new[first].carried:
            yield Obstacle.CARRIED, "carried"
        if old[first].newcomers is not new[first].newcomers:
            yield Obstacle.NEWCOMERS, "newcomers"


def _duty(regime: Regime, code: str) -> Duty | None:
    item = regime.items.get(code)
    return None if item is None or item.retired else item.duty


def _fallen_due(regime: Regime, quarters: Sequence[Quarter], quarter: Quarter, cycle: CycleDays) -> set[str]:
    """The duties of which something fell due in the quarter, for one who belonged all the while."""
    found = set()
    rows = [
        row
        for begun in quarters
        if begun.code <= quarter.code
        for row in duties_due(regime, cycle, begun, _NOBODY, cycle.starts_on, first=begun is quarters[0])
    ]
    for row in rows:
        if quarter.starts_on <= row.due_on <= quarter.ends_on:
            found.add(row.key.item)
        duty = _duty(regime, row.key.item)
        half_ends = half_days(half_of(quarter.starts_on))[1] == quarter.ends_on
        if half_ends and duty is not None and any(target.window is Window.HALF for target in duty.targets):
            found.add(row.key.item)
    return found
