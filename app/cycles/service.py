"""Opening years and moving quarters through their states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import store
from app.cycles.core import Quarter, QuarterState, state_on
from app.kit.calendar import quarter_days, quarters_between
from app.kit.errors import ErrorKind, LongwenError


class UnknownQuarter(LongwenError):
    """The district's books have no such quarter."""

    kind = ErrorKind.MISSING
    code = "unknown_quarter"
    zh = "账册中没有 {quarter} 季度。季度写作 2026Q3；该年度可能尚未开启。"
    en = "The books have no quarter {quarter}. A quarter is written 2026Q3; its cycle may not be open yet."


def open_cycle(connection: Connection, actor: Actor, year: int) -> bool:
    """Open the cycle of a calendar year with its four quarters, each in the state that the calendar has brought it to.

    False if it is open already.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    code = f"{year:04d}"
    created = store.insert_cycle(connection, actor.district_id, code, first, last)
    if created:
        fresh = [Quarter(one, code, *quarter_days(one), QuarterState.OPEN) for one in quarters_between(first, last)]
        begun = [replace(one, state=state_on(one, actor.today)) for one in fresh]
        store.insert_quarters(connection, actor.district_id, begun, actor.at)
    return created


def quarters(connection: Connection, actor: Actor) -> tuple[Quarter, ...]:
    return store.list_quarters(connection, actor.district_id)


def quarter(connection: Connection, actor: Actor, code: str) -> Quarter:
    """Raises UnknownQuarter."""
    found = next((one for one in quarters(connection, actor) if one.code == code), None)
    if found is None:
        raise UnknownQuarter(quarter=code, field="quarter")
    return found


def held_quarters(connection: Connection, actor: Actor, first: date) -> tuple[Quarter, ...]:
    """The quarters from ``first`` on, whose states cannot change before the transaction ends."""
    return store.lock_quarters(connection, actor.district_id, first)


def advance(connection: Connection, actor: Actor) -> dict[str, int]:
    """Bring every quarter to the state that the calendar says, and open next year's cycle from December on."""
    moved = 0
    known = quarters(connection, actor)
    for one in known:
        state = state_on(one, actor.today)
        if state is not one.state:
            store.update_state(connection, actor.district_id, one.code, state, actor.at)
            moved += 1
    year = actor.today.year + (1 if actor.today.month == 12 else 0)
    opened = int(bool(known) and open_cycle(connection, actor, year))
    return {"moved": moved, "opened": opened}
