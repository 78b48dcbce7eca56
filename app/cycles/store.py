"""Queries of cycles and quarters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from app.cycles.core import CycleFrame, Quarter, QuarterState
from app.cycles.tables import cycle, cycle_frame, quarter
from app.kit.calendar import Window
from app.kit.db import AnyRow

_COLUMNS = (quarter.c.code, quarter.c.cycle, quarter.c.starts_on, quarter.c.ends_on, quarter.c.state)


def list_frames(connection: Connection, district_id: UUID) -> tuple[CycleFrame, ...]:
    """From the earliest on."""
    columns = (cycle_frame.c.first_month, cycle_frame.c.period, cycle_frame.c.from_on)
    statement = select(*columns).where(cycle_frame.c.district_id == district_id).order_by(cycle_frame.c.from_on)
    return tuple(CycleFrame(row.first_month, Window(row.period), row.from_on) for row in connection.execute(statement))


def insert_frame(connection: Connection, district_id: UUID, frame: CycleFrame) -> None:
    connection.execute(
        insert(cycle_frame).values(
            district_id=district_id, from_on=frame.from_on, first_month=frame.first_month, period=frame.period.value
        )
    )


def insert_cycle(
    connection: Connection, district_id: UUID, code: str, starts_on: date, ends_on: date, opened_on: date
) -> bool:
    """False if it was there already."""
    statement = insert(cycle).values(
        district_id=district_id, code=code, starts_on=starts_on, ends_on=ends_on, opened_on=opened_on
    )
    made = connection.execute(statement.on_conflict_do_nothing().returning(cycle.c.code))
    return made.one_or_none() is not None


def get_opened_on(connection: Connection, district_id: UUID, code: str) -> date:
    statement = select(cycle.c.opened_on).where(cycle.c.district_id == district_id, cycle.c.code == code)
    found: date = connection.execute(statement).scalar_one()
    return found


def insert_quarters(connection: Connection, district_id: UUID, quarters: Sequence[Quarter], at: datetime) -> None:
    rows = [
        {
            "district_id": district_id,
            "code": one.code,
            "cycle": one.cycle,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
            "state": one.state.value,
            "state_since": at,
        }
        for one in quarters
    ]
    connection.execute(insert(quarter).on_conflict_do_nothing(), rows)


# Made once: every request asks these two.
_QUARTERS = select(*_COLUMNS).where(quarter.c.district_id == bindparam("in_district")).order_by(quarter.c.code)
_HELD_QUARTERS = _QUARTERS.where(quarter.c.ends_on >= bindparam("first")).with_for_update(read=True)


def list_quarters(connection: Connection, district_id: UUID) -> tuple[Quarter, ...]:
    return tuple(_quarter(row) for row in connection.execute(_QUARTERS, {"in_district": district_id}))


def lock_quarters(connection: Connection, district_id: UUID, first: date) -> tuple[Quarter, ...]:
    """The quarters from the one that holds ``first`` on, held against a change of state until the transaction ends."""
    values = {"in_district": district_id, "first": first}
    return tuple(_quarter(row) for row in connection.execute(_HELD_QUARTERS, values))


def lock_quarter(connection: Connection, district_id: UUID, code: str) -> Quarter:
    """The quarter, once nobody holds it any more who books; from then on nobody takes it until the transaction ends.

    What only refers to the quarter (a foreign key) does not wait.
    """
    statement = (
        select(*_COLUMNS)
        .where(quarter.c.district_id == district_id, quarter.c.code == code)
        .with_for_update(key_share=True)
    )
    return _quarter(connection.execute(statement).one())


def update_state(connection: Connection, district_id: UUID, code: str, state: QuarterState, at: datetime) -> None:
    """A sealed quarter stays sealed."""
    statement = (
        update(quarter)
        .where(
            quarter.c.district_id == district_id,
            quarter.c.code == code,
            quarter.c.state != QuarterState.SEALED.value,
        )
        .values(state=state.value, state_since=at)
    )
    connection.execute(statement)


def list_states_since(connection: Connection, district_id: UUID) -> dict[str, datetime]:
    """Since when each quarter has been in its state."""
    statement = select(quarter.c.code, quarter.c.state_since).where(quarter.c.district_id == district_id)
    return {row.code: row.state_since for row in connection.execute(statement)}


def _quarter(row: AnyRow) -> Quarter:
    return Quarter(row.code, row.cycle, row.starts_on, row.ends_on, QuarterState(row.state))
