"""Queries of the calendar of working days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from app.cycles.tables import work_calendar
from app.cycles.working_days import CalendarDay, Source
from app.kit.db import insert_rows


def list_days(connection: Connection, district_id: UUID, since: date) -> list[CalendarDay]:
    """In order."""
    columns = work_calendar.c
    statement = (
        select(columns.day, columns.is_working, columns.source, columns.note)
        .where(columns.district_id == district_id, columns.day >= since)
        .order_by(columns.day)
    )
    return [CalendarDay(row.day, row.is_working, Source(row.source), row.note) for row in connection.execute(statement)]


def insert_days(connection: Connection, district_id: UUID, days: Sequence[CalendarDay], at: datetime) -> None:
    """Those that are there stay as they are."""
    rows = [
        {"day": one.day, "is_working": one.is_working, "note": one.note, "source": one.source.value, "set_at": at}
        for one in days
    ]
    insert_rows(connection, district_id, work_calendar, rows, unless_there=True)


def upsert_day(connection: Connection, district_id: UUID, day: CalendarDay, at: datetime, by: UUID | None) -> None:
    said = {"is_working": day.is_working, "note": day.note, "source": day.source.value, "set_at": at, "set_by": by}
    statement = insert(work_calendar).values(district_id=district_id, day=day.day, **said)
    connection.execute(statement.on_conflict_do_update(index_elements=["district_id", "day"], set_=said))
