"""How long cycles last; a quarter's life and what may be booked in each of its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.kit.calendar import Window, period_code, period_days
from app.kit.errors import ErrorKind, LongwenError


class QuarterState(StrEnum):
    """The states in their order; none is ever left backwards."""

    OPEN = "open"
    CHECK = "check"
    NOTICE = "notice"
    SEALED = "sealed"


class Act(StrEnum):
    """On what ground something is booked."""

    RECORD = "record"  # a fact that someone records
    DECISION = "decision"  # a reviewer's decision, the settling of duties
    CHECK = "check"  # a refusal in the quarter's check, which may come late for a branch, but before its notice
    OBJECTION = "objection"  # what follows from an objection or an appeal


ADMITTED: dict[QuarterState, frozenset[Act]] = {
    QuarterState.OPEN: frozenset(Act),
    QuarterState.CHECK: frozenset({Act.DECISION, Act.CHECK, Act.OBJECTION}),
    QuarterState.NOTICE: frozenset({Act.CHECK, Act.OBJECTION}),
    QuarterState.SEALED: frozenset(),
}

CHECK_DAY = 11  # of the month after the quarter: recording ends on the 10th
NOTICE_DAY = 16


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the district's books."""

    code: str
    cycle: str
    starts_on: date
    ends_on: date
    state: QuarterState


@dataclass(frozen=True, slots=True)
class Place:
    """A quarter's place in its cycle: the ``number``-th, from 1 on, of ``count``."""

    number: int
    count: int

    @property
    def is_last(self) -> bool:
        return self.number == self.count

    @property
    def is_middle(self) -> bool:
        """Whether half of a year-long cycle ends with the quarter; a shorter cycle has no half-year in it."""
        return (self.number, self.count) == (2, 4)


def place_of(quarters: Sequence[Quarter], quarter: Quarter) -> Place:
    """The place of one of the quarters; they hold its whole cycle."""
    own = sorted(one.code for one in quarters if one.cycle == quarter.cycle)
    return Place(own.index(quarter.code) + 1, len(own))


class NoOpenQuarter(LongwenError):
    """No quarter of the books admits an entry of this day."""

    kind = ErrorKind.CONFLICT
    code = "no_open_quarter"
    zh = "{day} 所属季度及其后均没有可记账的季度。请联系区两新工委开启考评年度。"
    en = "No quarter from that of {day} on can be booked in. Ask the district office to open the cycle."


class NoCycle(LongwenError):
    """No cycle of the district covers this day."""

    kind = ErrorKind.CONFLICT
    code = "no_cycle"
    zh = "{day} 不在任何考评年度内。请核对日期，或联系区两新工委开启该年度。"
    en = "{day} lies in no cycle of the district. Check the date, or ask the district office to open that cycle."


class FrameHeld(LongwenError):
    """Cycles of another frame are under way, or agreed on, when those of the new one would begin."""

    kind = ErrorKind.CONFLICT
    code = "frame_held"
    zh = (
        "按新细则计分的第一个考评年度自 {day} 起，而本区现有的考评年度 {cycle} 到 {until} 才结束，两者不能交叉。"
        "请从现有考评年度结束的次日起采用新细则；起始月份不同的，先采用一部按半年或季度计分的细则作过渡。"
    )
    en = (
        "The first cycle of the new rules would begin on {day}, but the district's cycle {cycle} runs until {until}. "
        "Adopt the new rules from the day after a cycle's end; to move the month in which years begin, score by the "
        "half-year or quarter in between."
    )


@dataclass(frozen=True, slots=True)
class CycleFrame:
    """From a day on: the month in which years begin, and how long a cycle lasts (a year, a half-year, a quarter)."""

    first_month: int = 1
    period: Window = Window.YEAR
    from_on: date = date.min

    def agrees_with(self, other: CycleFrame) -> bool:
        """Whether both make the same cycles, whenever they were agreed on."""
        return (self.first_month, self.period) == (other.first_month, other.period)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A span that a score runs over, under its code: ``2026``, ``2026-2027``, ``2026H1``, ``2026Q3``."""

    code: str
    starts_on: date
    ends_on: date


def frame_on(frames: Sequence[CycleFrame], day: date) -> CycleFrame:
    """The frame of a day; before the first one agreed on it is the calendar year."""
    return max((one for one in (CycleFrame(), *frames) if one.from_on <= day), key=lambda one: one.from_on)


def cycle_on(frames: Sequence[CycleFrame], day: date) -> Cycle:
    """The cycle that holds the day. Raises NoCycle where it would run over into the next frame."""
    frame = frame_on(frames, day)
    first, last = period_days(day, frame.first_month, frame.period)
    following = min((one.from_on for one in frames if one.from_on > day), default=date.max)
    if first < frame.from_on or last >= following:
        raise NoCycle(day=day.isoformat())
    return Cycle(period_code(first, frame.period), first, last)


def frame_from(frames: Sequence[CycleFrame], quarters: Sequence[Quarter], wanted: CycleFrame) -> CycleFrame | None:
    """The frame as it begins: with its own cycle that holds ``wanted.from_on``. None: it is the district's already.

    ``quarters`` are those opened so far. Raises FrameHeld where that cycle would begin before another one ends.
    """
    if frame_on(frames, wanted.from_on).agrees_with(wanted):
        return None
    first, _ = period_days(wanted.from_on, wanted.first_month, wanted.period)
    held = _held_on(frames, quarters, first)
    if held is not None:
        raise FrameHeld(day=first.isoformat(), cycle=held.code, until=held.ends_on.isoformat(), field="from_on")
    return CycleFrame(wanted.first_month, wanted.period, first)


def _held_on(frames: Sequence[CycleFrame], quarters: Sequence[Quarter], first: date) -> Cycle | None:
    """The cycle that stands in the way of another frame from ``first`` on."""
    last = max(quarters, key=lambda one: one.ends_on, default=None)
    if last is not None and last.ends_on >= first:
        return cycle_on(frames, last.ends_on)
    later = max((one for one in frames if one.from_on >= first), key=lambda one: one.from_on, default=None)
    if later is not None:
        return cycle_on(frames, later.from_on)
    if last is None and not frames:
        return None  # nothing is opened nor agreed on: the new frame is the first
    before = cycle_on(frames, first - timedelta(days=1))
    return before if before.ends_on >= first else None


def quarter_on(quarters: Sequence[Quarter], day: date) -> Quarter:
    """The quarter that holds the day; raises NoCycle."""
    for quarter in quarters:
        if quarter.starts_on <= day <= quarter.ends_on:
            return quarter
    raise NoCycle(day=day.isoformat(), field="effective_on")


def booking_quarter(quarters: Sequence[Quarter], day: date, act: Act, *, not_before: str = "") -> Quarter:
    """The earliest quarter, not before the day's own nor ``not_before``, that admits the act.

    Raises NoCycle and NoOpenQuarter.
    """
    own = quarter_on(quarters, day)
    for quarter in sorted(quarters, key=lambda one: one.code):
        if quarter.code >= max(own.code, not_before) and act in ADMITTED[quarter.state]:
            return quarter
    raise NoOpenQuarter(day=day.isoformat(), field="effective_on")


def recorded_on(quarters: Sequence[Quarter], day: date, handed_in: date) -> str:
    """The earliest quarter, not before the day's own, that by the calendar still recorded when it was handed in.

    What comes after the tenth is not decided in the quarter's check. Raises NoCycle and NoOpenQuarter.
    """
    own = quarter_on(quarters, day)
    for quarter in sorted(quarters, key=lambda one: one.code):
        if quarter.code >= own.code and handed_in < (quarter.ends_on + timedelta(days=1)).replace(day=CHECK_DAY):
            return quarter.code
    raise NoOpenQuarter(day=day.isoformat(), field="effective_on")


def state_on(quarter: Quarter, today: date) -> QuarterState:
    """The state that the calendar has brought the quarter to; the seal itself is not the calendar's to give."""
    following = quarter.ends_on + timedelta(days=1)
    if quarter.state is QuarterState.SEALED:
        return QuarterState.SEALED
    if today >= following.replace(day=NOTICE_DAY):
        return QuarterState.NOTICE
    if today >= following.replace(day=CHECK_DAY):
        return max(quarter.state, QuarterState.CHECK, key=list(QuarterState).index)
    return quarter.state
