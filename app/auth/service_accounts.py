"""Accounts and offices as administrators see and change them, each change written down for the auditor.

The system administrator opens and closes accounts, the security administrator gives offices, the auditor reads; neither
of them does what is another's.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service, service_access, store, store_accounts, store_sessions
from app.auth.core import SEPARATE_ROLES, Actor, Permission, Role, within
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.core_accounts import (
    PAGE_MAX,
    AccountPage,
    AccountView,
    AnotherAdministrator,
    AppointmentOver,
    AppointmentPage,
    AppointmentView,
    OwnAccount,
    check_place,
)
from app.auth.core_districts import LoginTaken, check_login
from app.auth.core_permitted import NotGranted
from app.auth.core_tokens import PathElsewhere
from app.auth.wording import role_names
from app.kit.ids import new_id
from app.kit.passwords import Passwords

# Accounts.


def page_accounts(
    connection: Connection, actor: Actor, *, sought: str | None, closed: bool | None, after: str | None, count_max: int
) -> AccountPage:
    """Raises Forbidden."""
    _require(actor, Permission.ACCOUNT_READ)
    count = min(count_max, PAGE_MAX)
    found = store_accounts.list_accounts(
        connection, actor.district_id, sought=sought, closed=closed, after=after, count_max=count + 1
    )
    page = tuple(found[:count])
    return AccountPage(page, page[-1].login if len(found) > count else None)


def open_account(
    connection: Connection,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str | None,
    passwords: Passwords,
    request_id: str,
) -> AccountView:
    """With a first password that has to be changed, or without one (for single sign-on, or for later).

    Raises Forbidden, BadLogin, LoginTaken, WeakPassword.
    """
    _require(actor, Permission.ACCOUNT_OPEN)
    if password is not None:
        account_id = service.open_account(connection, actor, login, name, password, passwords=passwords, temporary=True)
    else:
        key, account_id = check_login(login), new_id()
        if not store.insert_account(connection, actor.district_id, account_id, login=key, name=name, at=actor.at):
            raise LoginTaken(value=key, field="login")
    _note(connection, actor, Action.ACCOUNT_OPEN, account_id, request_id)
    return store_accounts.get_account(connection, actor.district_id, account_id)


def close_account(connection: Connection, actor: Actor, account_id: UUID, *, request_id: str) -> AccountView:
    """Its log-ins are over at once; a closed one stays closed. Raises Forbidden, NotFound, OwnAccount."""
    _require(actor, Permission.ACCOUNT_OPEN)
    _not_own(actor, account_id)
    store_accounts.get_account(connection, actor.district_id, account_id)
    if store_accounts.update_closed(connection, actor.district_id, account_id, actor.at):
        store_sessions.delete_sessions(connection, actor.district_id, account_id)
        _note(connection, actor, Action.ACCOUNT_CLOSE, account_id, request_id)
    return store_accounts.get_account(connection, actor.district_id, account_id)


def reopen_account(connection: Connection, actor: Actor, account_id: UUID, *, request_id: str) -> AccountView:
    """With its password and the offices that have not ended; an open one stays open.

    Raises Forbidden, NotFound.
    """
    _require(actor, Permission.ACCOUNT_OPEN)
    store_accounts.get_account(connection, actor.district_id, account_id)
    if store_accounts.update_reopened(connection, actor.district_id, account_id):
        _note(connection, actor, Action.ACCOUNT_REOPEN, account_id, request_id)
    return store_accounts.get_account(connection, actor.district_id, account_id)


def set_password(
    connection: Connection, actor: Actor, account_id: UUID, password: str, *, passwords: Passwords, request_id: str
) -> None:
    """A first password, or another for who forgot it; it has to be changed at the next log-in.

    Raises Forbidden, NotFound, OwnAccount, AnotherAdministrator, WeakPassword.
    """
    _require(actor, Permission.ACCOUNT_OPEN)
    _not_own(actor, account_id)
    found = store_accounts.get_account(connection, actor.district_id, account_id)
    _not_another_administrator(connection, actor, account_id)
    service.set_password(connection, actor, found.login, password, passwords=passwords, temporary=True)
    _note(connection, actor, Action.PASSWORD_SET, account_id, request_id)


def _not_own(actor: Actor, account_id: UUID) -> None:
    if actor.account_id == account_id:
        raise OwnAccount


def _not_another_administrator(connection: Connection, actor: Actor, account_id: UUID) -> None:
    # Else whoever opens accounts could log in as who gives offices, or as who audits.
    roles = store_accounts.list_roles_from(connection, actor.district_id, account_id, actor.today)
    if others := (roles & SEPARATE_ROLES) - {Role.SYSTEM_ADMINISTRATOR}:
        raise AnotherAdministrator(held=role_names(others))


def _note(connection: Connection, actor: Actor, action: Action, account_id: UUID, request_id: str) -> None:
    access = Access(action, ObjectKind.ACCOUNT, str(account_id), actor.district_id.hex, request_id)
    service_access.write_down(connection, actor, access)


# Offices.


def page_appointments(
    connection: Connection,
    actor: Actor,
    *,
    account_id: UUID | None,
    role: Role | None,
    on: date | None,
    after: UUID | None,
    count_max: int,
) -> AppointmentPage:
    """Raises Forbidden."""
    _require(actor, Permission.APPOINTMENT_READ)
    count = min(count_max, PAGE_MAX)
    found = store_accounts.list_appointments(
        connection, actor.district_id, account_id=account_id, role=role, on=on, after=after, count_max=count + 1
    )
    page = tuple(found[:count])
    return AppointmentPage(page, page[-1].id if len(found) > count else None)


def give_office(
    connection: Connection, actor: Actor, *, account_id: UUID, role: Role, path: str, from_on: date, request_id: str
) -> AppointmentView:
    """Raises PathElsewhere, RoleElsewhere, NotAnOffice, OwnOffice, OfficesApart, NotFound, AlreadyAppointed."""
    root = actor.district_id.hex
    if not (within(path, root) and actor.may(Permission.APPOINTMENT_SET, path)):
        raise PathElsewhere(field="path")
    check_place(role, path, root)
    appointment_id = service.appoint(connection, actor, account_id, role, path, from_on)
    access = Access(Action.APPOINTMENT_SET, ObjectKind.APPOINTMENT, str(appointment_id), path, request_id)
    service_access.write_down(connection, actor, access)
    return store_accounts.get_appointment(connection, actor.district_id, appointment_id)


def end_office(
    connection: Connection, actor: Actor, appointment_id: UUID, until_on: date | None, *, request_id: str
) -> AppointmentView:
    """``until_on``: the first day without it; where none is given, today, or the first day of one that is to come.

    Raises NotFound, Forbidden, AppointmentOver.
    """
    held = store_accounts.get_appointment(connection, actor.district_id, appointment_id)
    day = until_on or max(actor.today, held.from_on)
    if not service.end_appointment(connection, actor, appointment_id, day):
        raise AppointmentOver(day=day.isoformat(), field="until_on")
    access = Access(Action.APPOINTMENT_END, ObjectKind.APPOINTMENT, str(appointment_id), held.path, request_id)
    service_access.write_down(connection, actor, access)
    return store_accounts.get_appointment(connection, actor.district_id, appointment_id)


def _require(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission, actor.district_id.hex):
        raise NotGranted(permission)
