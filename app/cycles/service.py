"""Opening cycles and moving quarters through their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import store, work_calendar
from app.cycles.core import CycleFrame, Quarter, QuarterState, cycle_on, frame_from, state_on
from app.kit.calendar import Window, is_quarter, quarter_days, quarter_of, quarters_between
from app.kit.errors import ErrorKind, LongwenError


class UnknownQuarter(LongwenError):
    """The district's books have no such quarter."""

    kind = ErrorKind.MISSING
    code = "unknown_quarter"
    zh = "账册中没有 {quarter} 季度。季度写作 2026Q3；该年度可能尚未开启。"
    en = "The books have no quarter {quarter}. A quarter is written 2026Q3; its cycle may not be open yet."


def set_frame(connection: Connection, actor: Actor, first_month: int, period: Window, from_on: date) -> bool:
    """Let years begin in ``first_month`` and a cycle last one ``period``, from the cycle that holds ``from_on`` on.

    False if it is so already. Raises FrameHeld where cycles of another frame would still be under way then.
    """
    known = store.list_frames(connection, actor.district_id)
    opened = quarters(connection, actor)
    frame = frame_from(known, opened, CycleFrame(first_month, period, from_on))
    if frame is not None:
        store.insert_frame(connection, actor.district_id, frame)
    return frame is not None


def open_cycle(connection: Connection, actor: Actor, day: date) -> bool:
    """Open the cycle that holds the day with its quarters, each in the state that the calendar has brought it to.

    False if it is open already. Raises NoCycle for a day between the cycles of two frames.
    """
    if any(one.starts_on <= day <= one.ends_on for one in quarters(connection, actor)):
        return False
    found = cycle_on(store.list_frames(connection, actor.district_id), day)
    first, last = found.starts_on, found.ends_on
    created = store.insert_cycle(connection, actor.district_id, found.code, first, last, actor.today)
    if created:
        fresh = [
            Quarter(one, found.code, *quarter_days(one), QuarterState.OPEN) for one in quarters_between(first, last)
        ]
        begun = [replace(one, state=state_on(one, actor.today)) for one in fresh]
        store.insert_quarters(connection, actor.district_id, begun, actor.at)
        work_calendar.seed(connection, actor, {first.year, last.year})
    return created


def quarters(connection: Connection, actor: Actor) -> tuple[Quarter, ...]:
    """Every quarter of the books, each in the state that the calendar has brought it to by the actor's day.

    A scheduler that stands still so keeps no quarter open; only the seal must have been given.
    """
    return _as_of(actor, store.list_quarters(connection, actor.district_id))


def _as_of(actor: Actor, known: Sequence[Quarter]) -> tuple[Quarter, ...]:
    return tuple(replace(one, state=state_on(one, actor.today)) for one in known)


def quarter(connection: Connection, actor: Actor, code: str) -> Quarter:
    """Raises UnknownQuarter."""
    found = next((one for one in quarters(connection, actor) if one.code == code), None)
    if found is None:
        raise UnknownQuarter(quarter=code, field="quarter")
    return found


def asked_from(connection: Connection, actor: Actor, cycle: str) -> date:
    """The first day of the quarter in which the district opened the cycle: what fell due before is not asked."""
    return quarter_days(quarter_of(store.get_opened_on(connection, actor.district_id, cycle)))[0]


def is_before_books(connection: Connection, actor: Actor, quarter: Quarter) -> bool:
    """Whether the quarter had ended before the district opened its cycle: nothing was ever booked in it."""
    return quarter.ends_on < asked_from(connection, actor, quarter.cycle)


class QuarterRunning(LongwenError):
    """What a quarter's end brings waits for that end."""

    kind = ErrorKind.CONFLICT
    code = "quarter_running"
    zh = "{quarter} 季度到 {day} 才结束，现在不能结算。请在该季度结束之后运行。"
    en = "The quarter {quarter} ends on {day}; what its end brings cannot be done before. Run it afterwards."


class QuarterToCome(LongwenError):
    """What a quarter's beginning brings waits for that beginning."""

    kind = ErrorKind.CONFLICT
    code = "quarter_to_come"
    zh = "{quarter} 季度从 {day} 才开始。请在该季度开始之后运行。"
    en = "The quarter {quarter} begins on {day}. Run it from then on."


def begun_quarter(connection: Connection, actor: Actor, code: str) -> Quarter:
    """A quarter that has begun; the present cycle is opened for it if it is not open yet.

    Raises UnknownQuarter and QuarterToCome.
    """
    if code == quarter_of(actor.today):
        open_cycle(connection, actor, actor.today)
    found = quarter(connection, actor, code)
    if found.starts_on > actor.today:
        raise QuarterToCome(quarter=code, day=found.starts_on.isoformat(), field="quarter")
    return found


def ended_quarter(connection: Connection, actor: Actor, code: str) -> Quarter | None:
    """A quarter that has ended; None for one before the district's books began, for which there is nothing to do.

    Raises UnknownQuarter and QuarterRunning.
    """
    known = quarters(connection, actor)
    if is_quarter(code) and code < min((one.code for one in known), default=quarter_of(actor.today)):
        return None
    found = quarter(connection, actor, code)
    if found.ends_on >= actor.today:
        raise QuarterRunning(quarter=code, day=found.ends_on.isoformat(), field="quarter")
    return found


def held_quarters(connection: Connection, actor: Actor, first: date) -> tuple[Quarter, ...]:
    """The quarters from ``first`` on, none of which is sealed before the transaction ends."""
    return _as_of(actor, store.lock_quarters(connection, actor.district_id, first))


def seal(connection: Connection, actor: Actor, code: str) -> bool:
    """Close the quarter for good, after whoever books in it now has finished; False if it was closed before.

    From the commit on nothing more is booked in it, so what it holds can be read at leisure: the lock is held for this
    one row's change and no longer.
    """
    if store.lock_quarter(connection, actor.district_id, code).state is QuarterState.SEALED:
        return False
    store.update_state(connection, actor.district_id, code, QuarterState.SEALED, actor.at)
    return True


def states_since(connection: Connection, actor: Actor) -> dict[str, datetime]:
    """Since when each quarter has been in the state that is stored."""
    return store.list_states_since(connection, actor.district_id)


def advance(connection: Connection, actor: Actor) -> dict[str, int]:
    """Bring every quarter to the state that the calendar says; open the next cycle in the last month of the present."""
    moved = 0
    known = store.list_quarters(connection, actor.district_id)
    for one in known:
        state = state_on(one, actor.today)
        if state is not one.state:
            store.update_state(connection, actor.district_id, one.code, state, actor.at)
            moved += 1
    opened = _open_present(connection, actor, known) if known else 0
    if known:
        work_calendar.seed(connection, actor, {actor.today.year, actor.today.year + 1})
    return {"moved": moved, "opened": opened}


def _open_present(connection: Connection, actor: Actor, known: Sequence[Quarter]) -> int:
    """Open the cycle of today and, in its last month, the one after it.

    None on a day before the books began: a clock that was put back makes no year.
    """
    if actor.today < min(one.starts_on for one in known):
        return 0
    ends_on = cycle_on(store.list_frames(connection, actor.district_id), actor.today).ends_on
    days = [actor.today]
    if (ends_on.year, ends_on.month) == (actor.today.year, actor.today.month):
        days.append(ends_on + timedelta(days=1))
    return sum(open_cycle(connection, actor, day) for day in days)
