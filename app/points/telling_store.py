"""Queries of who was told in person of which entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, func, or_, select, update

from app.kit.db import AnyRow, at_or_below, insert_rows
from app.points.core_telling import Telling, TellingView
from app.points.tables import entry, entry_text, standing, telling
from app.roster.tables import member

_COLUMNS = tuple(telling.c[one.name] for one in fields(Telling))


def insert_tellings(connection: Connection, district_id: UUID, rows: Sequence[Telling]) -> None:
    insert_rows(connection, district_id, telling, [asdict(row) for row in rows])


def lock_telling(connection: Connection, district_id: UUID, entry_id: UUID) -> Telling | None:
    statement = select(*_COLUMNS).where(telling.c.district_id == district_id, telling.c.entry_id == entry_id)
    row = connection.execute(statement.with_for_update()).one_or_none()
    return None if row is None else _telling(row)


def update_telling(connection: Connection, district_id: UUID, told: Telling) -> None:
    statement = update(telling).where(telling.c.district_id == district_id, telling.c.entry_id == told.entry_id)
    connection.execute(statement.values({name: value for name, value in asdict(told).items() if name != "entry_id"}))


def view(connection: Connection, district_id: UUID, entry_id: UUID) -> TellingView:
    statement = _views(district_id).where(telling.c.entry_id == entry_id)
    return _view(connection.execute(statement).one())


def list_tellings(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    told: bool,
    after: tuple[date, UUID] | None,
    count_max: int,
) -> list[TellingView]:
    """By the day since which they wait; ``paths`` None reaches everywhere."""
    columns = telling.c
    statement = _views(district_id).order_by(columns.asked_on, columns.entry_id).limit(count_max)
    if told:
        statement = statement.where(columns.told_on.is_not(None))
    else:
        undone = entry.alias("undone")
        reversal = and_(undone.c.district_id == columns.district_id, undone.c.reverses == columns.entry_id)
        statement = statement.outerjoin(undone, reversal).where(columns.told_on.is_(None), undone.c.id.is_(None))
    if paths is not None:
        reached = [at_or_below(columns.path, path) for path in paths]
        statement = statement.where(or_(False, *reached))
    if after is not None:
        day, last = after
        later = and_(columns.asked_on == day, columns.entry_id > last)
        statement = statement.where(or_(columns.asked_on > day, later))
    return [_view(row) for row in connection.execute(statement)]


def count_waiting(connection: Connection, district_id: UUID, path: str) -> int:
    """Those at the path or below it that nobody was told of; what was reversed since needs no telling."""
    columns, undone = telling.c, entry.alias("undone")
    reversal = and_(undone.c.district_id == columns.district_id, undone.c.reverses == columns.entry_id)
    statement = (
        select(func.count())
        .select_from(telling.outerjoin(undone, reversal))
        .where(columns.district_id == district_id, at_or_below(columns.path, path))
        .where(columns.told_on.is_(None), undone.c.id.is_(None))
    )
    return connection.execute(statement).scalar_one()


def _views(district_id: UUID) -> Select[Any]:
    columns = telling.c
    about = and_(entry.c.district_id == columns.district_id, entry.c.id == columns.entry_id)
    words = and_(entry_text.c.district_id == columns.district_id, entry_text.c.entry_id == columns.entry_id)
    whose = and_(member.c.district_id == columns.district_id, member.c.id == columns.member_id)
    balance = and_(
        standing.c.district_id == entry.c.district_id,
        standing.c.cycle == entry.c.cycle,
        standing.c.member_id == entry.c.member_id,
    )
    return (
        select(
            *_COLUMNS,
            member.c.number,
            member.c.name,
            entry.c.item,
            entry.c.effective_on,
            entry.c.points,
            standing.c.decimals,
            entry_text.c.reason,
        )
        .select_from(
            telling.join(entry, about).join(member, whose).join(standing, balance).outerjoin(entry_text, words)
        )
        .where(columns.district_id == district_id)
    )


def _telling(row: AnyRow) -> Telling:
    return Telling(**{one.name: getattr(row, one.name) for one in fields(Telling)})


def _view(row: AnyRow) -> TellingView:
    return TellingView(
        _telling(row), row.number, row.name, row.item, row.effective_on, row.points, row.decimals, row.reason
    )
