"""A quarter's life and what may be booked in each of its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

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
    DECISION = "decision"  # a reviewer's decision, the check's refusal, the settling of duties
    OBJECTION = "objection"  # what follows from an objection or an appeal


ADMITTED: dict[QuarterState, frozenset[Act]] = {
    QuarterState.OPEN: frozenset(Act),
    QuarterState.CHECK: frozenset({Act.DECISION, Act.OBJECTION}),
    QuarterState.NOTICE: frozenset({Act.OBJECTION}),
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
