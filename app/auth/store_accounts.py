"""Queries of accounts and appointments as they are administered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, update

from app.auth.core import Role
from app.auth.core_accounts import AccountView, AppointmentView
from app.auth.tables import account, appointment, credential
from app.kit.errors import NotFound


def list_accounts(
    connection: Connection,
    district_id: UUID,
    *,
    sought: str | None,
    closed: bool | None,
    after: str | None,
    count_max: int,
) -> list[AccountView]:
    """Of persons, by login; ``sought`` is part of a login or name."""
    statement = _accounts(district_id).order_by(account.c.login).limit(count_max)
    if sought:
        statement = statement.where(
            or_(func.strpos(account.c.login, sought.lower()) > 0, func.strpos(account.c.name, sought) > 0)
        )
    if closed is not None:
        statement = statement.where(account.c.closed_at.is_not(None) if closed else account.c.closed_at.is_(None))
    if after is not None:
        statement = statement.where(account.c.login > after)
    return [AccountView(*row) for row in connection.execute(statement)]


def get_account(connection: Connection, district_id: UUID, account_id: UUID) -> AccountView:
    """A person's, closed ones too; NotFound."""
    row = connection.execute(_accounts(district_id).where(account.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(what="account")
    return AccountView(*row)


def _accounts(district_id: UUID) -> Select[Any]:
    secret = and_(credential.c.district_id == account.c.district_id, credential.c.account_id == account.c.id)
    return (
        select(
            account.c.id, account.c.login, account.c.name, account.c.created_at, account.c.closed_at,
            credential.c.account_id.is_not(None),
        )
        .select_from(account.outerjoin(credential, secret))
        .where(account.c.district_id == district_id, account.c.kind == "person")
    )  # fmt: skip


def update_reopened(connection: Connection, district_id: UUID, account_id: UUID) -> bool:
    """False if the account is open."""
    statement = (
        update(account)
        .where(account.c.district_id == district_id, account.c.id == account_id, account.c.closed_at.is_not(None))
        .values(closed_at=None)
    )
    return connection.execute(statement).rowcount == 1


def update_closed(connection: Connection, district_id: UUID, account_id: UUID, at: datetime) -> bool:
    """False if the account is closed."""
    statement = (
        update(account)
        .where(account.c.district_id == district_id, account.c.id == account_id, account.c.closed_at.is_(None))
        .values(closed_at=at)
    )
    return connection.execute(statement).rowcount == 1


def list_roles_from(connection: Connection, district_id: UUID, account_id: UUID, day: date) -> frozenset[Role]:
    """The roles that the account holds on the day or is to hold later."""
    columns = appointment.c
    statement = select(columns.role).where(
        columns.district_id == district_id, columns.account_id == account_id, _not_over(day)
    )
    return frozenset(Role(role) for role in connection.execute(statement).scalars())


def list_appointments(
    connection: Connection,
    district_id: UUID,
    *,
    account_id: UUID | None,
    role: Role | None,
    on: date | None,
    after: UUID | None,
    count_max: int,
) -> list[AppointmentView]:
    """By id; ``on`` names a day on which they were in force."""
    statement = _appointments(district_id).order_by(appointment.c.id).limit(count_max)
    if account_id is not None:
        statement = statement.where(appointment.c.account_id == account_id)
    if role is not None:
        statement = statement.where(appointment.c.role == role.value)
    if on is not None:
        statement = statement.where(appointment.c.from_on <= on, _not_over(on))
    if after is not None:
        statement = statement.where(appointment.c.id > after)
    return [_appointment(row) for row in connection.execute(statement)]


def get_appointment(connection: Connection, district_id: UUID, appointment_id: UUID) -> AppointmentView:
    """NotFound."""
    row = connection.execute(_appointments(district_id).where(appointment.c.id == appointment_id)).one_or_none()
    if row is None:
        raise NotFound(what="appointment")
    return _appointment(row)


def _not_over(day: date) -> ColumnElement[bool]:
    return or_(appointment.c.until_on.is_(None), appointment.c.until_on > day)


def _appointments(district_id: UUID) -> Select[Any]:
    columns = appointment.c
    who = and_(account.c.district_id == columns.district_id, account.c.id == columns.account_id)
    return (
        select(
            columns.id, columns.account_id, account.c.login, account.c.name, columns.role, columns.path,
            columns.from_on, columns.until_on,
        )
        .select_from(appointment.join(account, who))
        .where(columns.district_id == district_id)
    )  # fmt: skip


def _appointment(row: Any) -> AppointmentView:
    identifier, account_id, login, name, role, *rest = row
    return AppointmentView(identifier, account_id, login, name, Role(role), *rest)


def find_toured_at(connection: Connection, district_id: UUID, account_id: UUID) -> datetime | None:
    columns = account.c
    query = select(columns.toured_at).where(columns.district_id == district_id, columns.id == account_id)
    return connection.execute(query).scalar_one_or_none()


def update_toured_at(connection: Connection, district_id: UUID, account_id: UUID, at: datetime | None) -> None:
    statement = update(account).where(account.c.district_id == district_id, account.c.id == account_id)
    connection.execute(statement.values(toured_at=at))
