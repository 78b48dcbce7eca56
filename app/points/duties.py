"""Which duties fall due, and what becomes of those that nobody recorded (scoring, section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from app.cycles.core import Place, Quarter
from app.kit.calendar import Window, half_days, half_of, month_days, months_of, quarter_of
from app.points.core import Cell, CellKey
from app.points.ledger import DutyKey, DutyRow, DutyState
from app.rules.award import shortfall
from app.rules.core import Duty, Item, Regime, Settlement, Unrecorded

ROSTER = "roster"  # source of a duty that the roster waived: it falls due where the member is exempt, or no more
NOT_OWED = "rules"  # source of a duty that the rules of a later quarter waived


@dataclass(frozen=True, slots=True)
class CycleDays:
    """A cycle's code with its first and last day."""

    code: str
    starts_on: date
    ends_on: date


def duties_due(
    regime: Regime, cycle: CycleDays, quarter: Quarter, member_id: UUID, since: date, *, first: bool
) -> list[DutyRow]:
    """The duties whose window begins in the quarter, for one who has belonged since a day.

    Months and quarters that began before the day are waived (there is no row for them). Half-years and years under way
    are due: with ``first`` (the member's first quarter in the cycle under this regime) those that began earlier are
    given too, their targets scaled by the days since the member belongs. What fell due before the quarter is not: it
    was for the regime of that time to ask for it.
    """
    rows = []
    for item in regime.items.values():
        duty = item.duty
        if duty is None or item.retired:
            continue
        for window, starts_on, ends_on in _windows(duty, cycle, quarter):
            due_on = due_day(duty, starts_on, ends_on)
            if duty.window in (Window.MONTH, Window.QUARTER):
                if since > starts_on:
                    continue
            elif max(since, quarter.starts_on) > due_on or (starts_on < quarter.starts_on and not first):
                continue
            target = _target(duty, starts_on, ends_on, since)
            if target == 0:
                continue  # too few days are left for a single unit
            rows.append(
                DutyRow(
                    key=DutyKey(cycle.code, member_id, item.code, window),
                    due_on=due_on,
                    share=duty.share,
                    target=target,
                    state=DutyState.EXPECTED,
                )
            )
    return rows


@dataclass(frozen=True, slots=True)
class Entered:
    """A quarter that a member has entered, with the duties that its regime gives.

    Where the regime is another than before (``anew``), ``duties`` holds those of longer windows under way that it asks
    for otherwise, too, and ``dropped`` names those that it does not ask for any more.
    """

    cycle: str
    member_id: UUID
    quarter: Quarter
    duties: Sequence[DutyRow]
    dropped: frozenset[DutyKey] = frozenset()
    anew: bool = False


def brought(row: DutyRow, now: DutyRow | None) -> DutyRow:
    """A duty under way as changed rules ask for it (None: not at all); what is decided stays.

    It is waived, and comes back where a later regime asks again. Where it loses its entry, that was one of a
    provisional settlement, to be undone.
    """
    is_waived = row.state is DutyState.WAIVED and row.source == NOT_OWED
    if not is_waived and row.state is not DutyState.EXPECTED:
        return row
    if now is None:
        return replace(row, state=DutyState.WAIVED, source=NOT_OWED, entry_id=None)
    if is_waived or now.target is None:
        return replace(now, entry_id=None)
    return replace(now, source=row.source, entry_id=row.entry_id)


def owed_after(entered: Iterable[Entered], held: Iterable[DutyRow]) -> dict[DutyKey, DutyRow]:
    """The duties held before and given since, once the quarters were entered in this order."""
    found = {row.key: row for row in held}
    for one in entered:
        for row in one.duties:
            found[row.key] = brought(found[row.key], row) if row.key in found else row
        for key in one.dropped & found.keys():
            found[key] = brought(found[key], None)
    return found


def due_day(duty: Duty, starts_on: date, ends_on: date) -> date:
    """The window's last day, or the day within it that the book names (yearly appraisals: 31 March)."""
    if duty.due is None:
        return ends_on
    month, day = duty.due
    named = date(starts_on.year, month, day)
    return named if named >= starts_on else named.replace(year=starts_on.year + 1)


def half_year_share(regime: Regime, place: Place) -> int:
    """What the half-year's provisional settlement of amounts may cost, while that of the year-long cycle is to come.

    It belongs to what fell due by then, so that a pace compares like with like.
    """
    if place.count != 4 or place.number not in (2, 3):
        return 0
    duties = [item.duty for item in regime.items.values() if item.duty is not None and not item.retired]
    halves = [duty for duty in duties if any(target.window is Window.HALF for target in duty.targets)]
    return -sum(shortfall(duty, 0, Window.HALF) for duty in halves)


def _windows(duty: Duty, cycle: CycleDays, quarter: Quarter) -> list[tuple[str, date, date]]:
    if duty.window is Window.MONTH:
        return [(month, *month_days(month)) for month in months_of(quarter.code)]
    if duty.window is Window.QUARTER:
        return [(quarter.code, quarter.starts_on, quarter.ends_on)]
    if duty.window is Window.HALF:
        half = half_of(quarter.starts_on)
        return [(half, *half_days(half))]
    return [(cycle.code, cycle.starts_on, cycle.ends_on)]


def full_target(duty: Duty) -> int | None:
    """The units due by the end of the duty's own window; None where it is not settled by amount."""
    return next((target.units for target in duty.targets if target.window is duty.window), None)


def _target(duty: Duty, starts_on: date, ends_on: date, since: date) -> int | None:
    full = full_target(duty)
    if full is None or since <= starts_on:
        return full
    days, left = (ends_on - starts_on).days + 1, max(0, (ends_on - since).days + 1)
    return full * left // days


def as_judged(row: DutyRow, held: Item | None, judged: Item | None) -> DutyRow:
    """The duty with the target of the rules that judge it: those of a quarter before the one whose rules it has.

    ``held`` is the item whose target the row has. A target scaled by the days left stays scaled alike.
    """
    before, after = (None if one is None or one.duty is None else full_target(one.duty) for one in (held, judged))
    if row.target is None or before is None or after is None or before == after:
        return row
    return replace(row, target=after if row.target >= before else row.target * after // before)


def without_exempt_days(row: DutyRow, exemptions: Sequence[tuple[date, date | None]], starts_on: date) -> DutyRow:
    """The duty with its target scaled by the days on which the member was not exempt (scoring, section 3).

    ``starts_on`` is the first day on which the duty could be the member's: the cycle's, or that of joining. A target
    that comes to less than one unit is no duty: it is waived.
    """
    if row.target is None:
        return row
    days = (row.due_on - starts_on).days + 1
    every = [starts_on + timedelta(days=offset) for offset in range(days)]
    exempt = sum(any(start <= day <= (end or row.due_on) for start, end in exemptions) for day in every)
    if not exempt:
        return row
    target = row.target * (days - exempt) // days
    return replace(row, target=target) if target else replace(row, target=0, state=DutyState.WAIVED)


@dataclass(frozen=True, slots=True)
class Due:
    """What a duty should look like in the books: its state, and the points and units of its entry (None: no entry)."""

    state: DutyState
    points: int | None = None
    units: int = 0
    effective_on: date | None = None


def due_value(item: Item, row: DutyRow, cells: Mapping[CellKey, Cell], quarter: Quarter) -> Due | None:
    """What the close of a quarter makes of a duty; None: nothing to settle now.

    ``item`` is of the regime of the quarter in which the duty falls due, or of the one that closes if that is earlier.
    A duty decided by a record or a finding is left as it is. Amounts are settled at the half-year (provisionally: the
    year's value replaces it) and at the end of their own window; what settling itself made of them may still change.
    """
    duty = item.duty
    if duty is None or row.source == "finding":
        return None
    if duty.settlement is Settlement.AMOUNT:
        is_waived = row.state is DutyState.WAIVED and row.source != "job"
        return None if is_waived else _amount_due(item, duty, row, cells, quarter)
    if row.state is not DutyState.EXPECTED or row.due_on > quarter.ends_on:
        return None
    return {
        Unrecorded.KEPT: Due(DutyState.KEPT),
        Unrecorded.WAIVED: Due(DutyState.WAIVED),
        Unrecorded.MISSED: Due(DutyState.MISSED, -duty.share, 0, row.due_on),
        Unrecorded.UNDECIDED: None,
    }[duty.unrecorded]


_SILENT = {
    Unrecorded.KEPT: DutyState.KEPT,
    Unrecorded.WAIVED: DutyState.WAIVED,
    Unrecorded.UNDECIDED: DutyState.EXPECTED,
}


def _amount_due(item: Item, duty: Duty, row: DutyRow, cells: Mapping[CellKey, Cell], quarter: Quarter) -> Due | None:
    """Of a duty by amount; where nothing at all was recorded the rules may say that nothing is lost."""
    final = row.due_on <= quarter.ends_on
    half_ends = half_days(half_of(quarter.starts_on))[1] == quarter.ends_on
    window = duty.window if final else Window.HALF
    has_half = any(target.window is Window.HALF for target in duty.targets)
    if not final and not (half_ends and has_half and row.state is DutyState.EXPECTED):
        return None
    full = full_target(duty) or 0
    scaled = row.target if row.target is not None else full
    if not final and scaled < full:
        return None  # joined during the window: only the year's scaled target counts
    done = units_done(item, cells, min(quarter.code, quarter_of(row.due_on)))
    if not done and duty.unrecorded in _SILENT:
        state = _SILENT[duty.unrecorded] if final else DutyState.EXPECTED
        return Due(state, 0, 0, row.due_on if final else quarter.ends_on)
    if scaled < full:
        done = done * full // scaled
    lost = shortfall(duty, done, window)
    if not final:
        return Due(DutyState.EXPECTED, lost, 0, quarter.ends_on)
    state = DutyState.KEPT if lost == 0 else DutyState.MISSED
    return Due(state, lost, 0, row.due_on)


def units_done(item: Item, cells: Mapping[CellKey, Cell], quarter: str) -> int:
    """The units recorded up to the quarter's end; both kinds of window code sort by time within a year."""
    last_month = months_of(quarter)[2]
    return sum(
        cell.units
        for key, cell in cells.items()
        if key.item == item.code and (key.window <= quarter if "Q" in key.window else key.window <= last_month)
    )


@dataclass(frozen=True, slots=True)
class DutyCount:
    """How a member's duties stand on a day: due by then, decided of those, and the points they are worth."""

    due: int
    decided: int
    kept: int
    missed: int
    waived: int
    share_due: int

    @property
    def is_insufficient(self) -> bool:
        """依据不足: under 80 % of the duties due are decided (scoring, section 3)."""
        return self.decided * 100 < self.due * 80


def count_duties(rows: Iterable[DutyRow], day: date) -> DutyCount:
    """Waived duties were not due; a duty is due from the last day of its window on."""
    due = [row for row in rows if row.due_on <= day]
    states = Counter(row.state for row in due)
    kept, missed = states[DutyState.KEPT], states[DutyState.MISSED]
    waived = states[DutyState.WAIVED]
    share = sum(row.share for row in due if row.state is not DutyState.WAIVED)
    return DutyCount(len(due) - waived, kept + missed, kept, missed, waived, share)
