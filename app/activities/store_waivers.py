"""Queries of windows in which nobody is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Select, and_, exists, insert, or_, select, tuple_, update

from app.activities.core import Ground, Waiver
from app.activities.tables import attendance, waiver
from app.kit.db import AnyRow, at_or_below
from app.points.ledger import DutyKey
from app.points.tables import duty
from app.roster.tables import membership

_WAIVER = tuple(waiver.c[one.name] for one in fields(Waiver))


def insert_waiver(connection: Connection, district_id: UUID, made: Waiver) -> None:
    values = {one.name: getattr(made, one.name) for one in fields(Waiver)} | {"ground": made.ground.value}
    connection.execute(insert(waiver).values(district_id=district_id, input_digest=made.input_digest(), **values))


def find_waiver(connection: Connection, district_id: UUID, waiver_id: UUID) -> Waiver | None:
    statement = select(*_WAIVER).where(waiver.c.district_id == district_id, waiver.c.id == waiver_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _waiver(row)


def list_waivers(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    under: str | None,
    windows: Collection[str] | None,
) -> list[Waiver]:
    """By window and organisation; those further up that reach ``under`` are among them.

    ``paths`` None reaches everywhere, ``windows`` None is any.
    """
    statement = (
        select(*_WAIVER)
        .where(waiver.c.district_id == district_id)
        .order_by(waiver.c.window, waiver.c.path, waiver.c.id)
    )
    for chosen in (paths, None if under is None else [under]):
        if chosen is not None:
            above = [".".join(one.split(".")[:n]) for one in chosen for n in range(1, one.count(".") + 2)]
            below = [at_or_below(waiver.c.path, one) for one in chosen]
            statement = statement.where(or_(waiver.c.path.in_(above), *below))
    if windows is not None:
        statement = statement.where(waiver.c.window.in_(sorted(windows)))
    return [_waiver(row) for row in connection.execute(statement)]


def list_exceptions(connection: Connection, district_id: UUID, windows: Collection[str]) -> list[Waiver]:
    """What the district asks of nobody in these windows."""
    statement = (
        select(*_WAIVER)
        .where(
            waiver.c.district_id == district_id,
            waiver.c.ground == Ground.EXCEPTION.value,
            waiver.c.window.in_(sorted(windows)),
        )
        .order_by(waiver.c.window, waiver.c.path, waiver.c.id)
    )
    return [_waiver(row) for row in connection.execute(statement)]


def update_lifted(
    connection: Connection, district_id: UUID, path: str, item: str, window: str, activity_id: UUID
) -> None:
    """Of the windows said not to be held at the path or below, those of the item were held after all."""
    statement = update(waiver).where(
        waiver.c.district_id == district_id,
        waiver.c.ground == Ground.NOT_HELD.value,
        waiver.c.item == item,
        waiver.c.window == window,
        waiver.c.lifted_by.is_(None),
        at_or_below(waiver.c.path, path),
    )
    connection.execute(statement.values(lifted_by=activity_id))


def update_reinstated(connection: Connection, district_id: UUID, activity_id: UUID) -> bool:
    """What the session had shown to be held after all was not; whether there was anything."""
    statement = update(waiver).where(waiver.c.district_id == district_id, waiver.c.lifted_by == activity_id)
    return connection.execute(statement.values(lifted_by=None)).rowcount > 0


def list_open_duties(
    connection: Connection, district_id: UUID, path: str, cycle: str, item: str, window: str, day: date
) -> list[DutyKey]:
    """The undecided duties of those who belong at the path or below it on the day."""
    statement = _duties_there(district_id, path, (cycle, item, window), day)
    undecided = and_(duty.c.state == "expected", duty.c.entry_id.is_(None))
    return [_key(row) for row in connection.execute(statement.where(undecided))]


def list_unasked(
    connection: Connection, district_id: UUID, path: str, cycle: str, item: str, window: str, day: date
) -> dict[UUID, bool]:
    """Of the same, whose duty no entry has decided, and whether it was waived; by member."""
    statement = _duties_there(district_id, path, (cycle, item, window), day)
    undecided = and_(duty.c.state.in_(["expected", "waived"]), duty.c.entry_id.is_(None))
    return {row.member_id: row.state == "waived" for row in connection.execute(statement.where(undecided))}


def list_lost_without_session(
    connection: Connection, district_id: UUID, path: str, cycle: str, item: str, window: str, day: date
) -> list[DutyKey]:
    """Their missed duties that no session cost them: they were recorded as missed, or nothing was recorded."""
    by_session = exists().where(
        attendance.c.district_id == duty.c.district_id,
        attendance.c.member_id == duty.c.member_id,
        attendance.c.entry_id == duty.c.entry_id,
    )
    lost = and_(duty.c.state == "missed", duty.c.source != "finding", duty.c.entry_id.is_not(None), ~by_session)
    statement = _duties_there(district_id, path, (cycle, item, window), day)
    return [_key(row) for row in connection.execute(statement.where(lost))]


def _key(row: AnyRow) -> DutyKey:
    return DutyKey(row.cycle, row.member_id, row.item, row.window)


def _duties_there(
    district_id: UUID, path: str, of: tuple[str, str, str], day: date
) -> Select[tuple[str, UUID, str, str, str]]:
    """``of`` is cycle, item and window."""
    belongs = and_(
        membership.c.district_id == duty.c.district_id,
        membership.c.member_id == duty.c.member_id,
        membership.c.from_on <= day,
        or_(membership.c.until_on.is_(None), membership.c.until_on >= day),
    )
    return (
        select(duty.c.cycle, duty.c.member_id, duty.c.item, duty.c.window, duty.c.state)
        .select_from(duty.join(membership, belongs))
        .where(
            duty.c.district_id == district_id,
            tuple_(duty.c.cycle, duty.c.item, duty.c.window) == of,
            at_or_below(membership.c.path, path),
        )
        .order_by(duty.c.member_id)
    )


def list_lost(
    connection: Connection, district_id: UUID, path: str, item: str, window: str, day: date
) -> list[tuple[UUID, UUID]]:
    """Activity and member of each share that a session cost those who belong at the path or below it on the day."""
    decided = and_(
        duty.c.district_id == attendance.c.district_id,
        duty.c.member_id == attendance.c.member_id,
        duty.c.entry_id == attendance.c.entry_id,
    )
    belongs = and_(
        membership.c.district_id == attendance.c.district_id,
        membership.c.member_id == attendance.c.member_id,
        membership.c.from_on <= day,
        or_(membership.c.until_on.is_(None), membership.c.until_on >= day),
    )
    statement = (
        select(attendance.c.activity_id, attendance.c.member_id)
        .select_from(attendance.join(duty, decided).join(membership, belongs))
        .where(
            attendance.c.district_id == district_id,
            duty.c.item == item,
            duty.c.window == window,
            duty.c.state == "missed",
            at_or_below(membership.c.path, path),
        )
        .order_by(attendance.c.member_id)
    )
    return [(row.activity_id, row.member_id) for row in connection.execute(statement)]


def list_excused(
    connection: Connection, district_id: UUID, member_ids: Collection[UUID]
) -> dict[UUID, set[tuple[str, str]]]:
    """The duties of each member that were waived, by item and window."""
    statement = select(duty.c.member_id, duty.c.item, duty.c.window).where(
        duty.c.district_id == district_id, duty.c.member_id.in_(sorted(member_ids)), duty.c.state == "waived"
    )
    found: dict[UUID, set[tuple[str, str]]] = {}
    for member_id, item, window in connection.execute(statement):
        found.setdefault(member_id, set()).add((item, window))
    return found


def _waiver(row: AnyRow) -> Waiver:
    found = {one.name: getattr(row, one.name) for one in fields(Waiver)}
    found["ground"] = Ground(found["ground"])
    return Waiver(**found)
