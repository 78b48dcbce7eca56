"""The queries by which an enrolment reads and makes accounts and appointments, many in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from app.auth.core import Role
from app.auth.enrolled import Account, Held
from app.auth.tables import account, appointment


def list_accounts(connection: Connection, district_id: UUID) -> tuple[Account, ...]:
    """Every account, closed ones too, by login."""
    statement = (
        select(account.c.id, account.c.login, account.c.name, account.c.closed_at)
        .where(account.c.district_id == district_id)
        .order_by(account.c.login)
    )
    return tuple(
        Account(row.id, row.login, row.name, row.closed_at is not None) for row in connection.execute(statement)
    )


def list_held(connection: Connection, district_id: UUID) -> tuple[Held, ...]:
    """Every appointment that ever was, by its first day."""
    columns = appointment.c
    statement = (
        select(columns.id, columns.account_id, columns.role, columns.path, columns.from_on, columns.until_on)
        .where(columns.district_id == district_id)
        .order_by(columns.from_on, columns.id)
    )
    return tuple(
        Held(row.id, row.account_id, Role(row.role), row.path, row.from_on, row.until_on)
        for row in connection.execute(statement)
    )


def list_held_from(
    connection: Connection, district_id: UUID, accounts: Collection[UUID], day: date
) -> tuple[Held, ...]:
    """What the accounts hold on the day or later."""
    columns = appointment.c
    statement = (
        select(columns.id, columns.account_id, columns.role, columns.path, columns.from_on, columns.until_on)
        .where(
            columns.district_id == district_id,
            columns.account_id.in_(sorted(accounts)),
            or_(columns.until_on.is_(None), columns.until_on > day),
        )
        .order_by(columns.from_on, columns.id)
    )
    return tuple(
        Held(row.id, row.account_id, Role(row.role), row.path, row.from_on, row.until_on)
        for row in connection.execute(statement)
    )


def insert_accounts(connection: Connection, district_id: UUID, rows: Sequence[Account], at: datetime) -> None:
    if rows:
        connection.execute(
            insert(account),
            [
                {"district_id": district_id, "id": row.id, "login": row.login, "name": row.name, "created_at": at}
                for row in rows
            ],
        )


def insert_held(connection: Connection, district_id: UUID, rows: Sequence[Held]) -> None:
    if rows:
        connection.execute(
            insert(appointment),
            [
                {
                    "district_id": district_id, "id": row.id, "account_id": row.account_id, "role": row.role.value,
                    "path": row.path, "from_on": row.from_on, "until_on": row.until_on,
                }
                for row in rows
            ],
        )  # fmt: skip


def close_held(connection: Connection, district_id: UUID, closed: Sequence[tuple[UUID, date]]) -> None:
    """From its day on, each is no longer held."""
    if closed:
        connection.execute(
            update(appointment)
            .where(appointment.c.district_id == district_id, appointment.c.id == bindparam("key"))
            .values(until_on=bindparam("day")),
            [{"key": key, "day": day} for key, day in closed],
        )
