"""Districts, accounts and appointments."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import Connection

from app.auth import store, store_accounts, store_offices, store_sessions
from app.auth.core import Actor, Appointment, Permission, Role, ancestors
from app.auth.core_accounts import AlreadyAppointed, OwnOffice, check_apart, check_office
from app.auth.core_districts import (
    BadDistrictCode,
    District,
    DistrictExists,
    LoginTaken,
    UnknownTimeZone,
    check_login,
    is_district_code,
)
from app.auth.core_permitted import NotGranted
from app.auth.password_policy import check_password
from app.kit.clock import business_day
from app.kit.db import Database
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.kit.passwords import Passwords

_DISTRICTS_KEPT_MAX = 1_000


# Districts.

_time_zones = cache(available_timezones)  # which walks through the folder of all zones


def create_district(connection: Connection, code: str, name: str, time_zone: str = "Asia/Shanghai") -> UUID:
    """Run without a district and as the owner. Raises BadDistrictCode, UnknownTimeZone, DistrictExists."""
    if not is_district_code(code):
        raise BadDistrictCode(value=code, field="code")
    if time_zone not in _time_zones():
        raise UnknownTimeZone(value=time_zone, field="time_zone")
    row = District(new_id(), code, name, time_zone)
    if not store.insert_district(connection, row):
        raise DistrictExists(value=code, field="code")
    return row.id


def find_district(connection: Connection, code: str) -> District | None:
    return store.find_district(connection, code)


def day_of(connection: Connection, district_id: UUID, moment: datetime) -> date:
    """The district's business day of a moment."""
    return business_day(moment, time_zone_of(connection, district_id))


def time_zone_of(connection: Connection, district_id: UUID) -> str:
    (zone,) = (one.time_zone for one in store.list_districts(connection) if one.id == district_id)
    return zone


def list_districts(connection: Connection) -> tuple[District, ...]:
    return store.list_districts(connection)


class Districts:
    """Districts by code, remembered by the process: their ids never change. What was not found is asked again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, District] = {}
        self._lock = threading.Lock()

    def kept(self, code: str) -> District | None:
        """Without asking the database."""
        return self._kept.get(code)

    def find(self, code: str) -> District | None:
        kept = self.kept(code)
        if kept is not None:
            return kept
        found = self._database.run(lambda connection: store.find_district(connection, code), None)
        if found is not None:
            with self._lock:
                if len(self._kept) >= _DISTRICTS_KEPT_MAX:
                    self._kept.clear()
                self._kept[code] = found
        return found


# Accounts and appointments.


def open_account(
    connection: Connection,
    actor: Actor,
    login: str,
    name: str,
    password: str,
    *,
    passwords: Passwords | None = None,
    temporary: bool = False,
) -> UUID:
    """``temporary``: whoever opens it knows the password, so its person has to change it at the first log-in.

    Raises Forbidden, BadLogin, LoginTaken, WeakPassword.
    """
    _require(actor, Permission.ACCOUNT_OPEN)
    key = check_login(login)
    check_password(password, key, name)
    account_id = new_id()
    if not store.insert_account(connection, actor.district_id, account_id, login=key, name=name, at=actor.at):
        raise LoginTaken(value=key, field="login")
    hashed = (passwords or Passwords()).hash(password)
    store.insert_credential(connection, actor.district_id, account_id, hashed, actor.at, must_change=temporary)
    return account_id


def set_password(
    connection: Connection,
    actor: Actor,
    login: str,
    password: str,
    *,
    passwords: Passwords | None = None,
    temporary: bool = False,
) -> UUID:
    """Give an account a password, its first or a new one; its log-ins end and a lock is lifted. Tells the account.

    ``temporary``: whoever sets it knows it, so its person has to change it at the next log-in.
    Raises Forbidden, NotFound, WeakPassword.
    """
    _require(actor, Permission.ACCOUNT_OPEN)
    key = check_login(login)
    account_id = store.find_account(connection, actor.district_id, key)
    if account_id is None:
        raise NotFound(what="account", field="login")
    check_password(password, key, store.get_account_name(connection, actor.district_id, account_id))
    hashed = (passwords or Passwords()).hash(password)
    store.upsert_credential(connection, actor.district_id, account_id, hashed, actor.at, must_change=temporary)
    store_sessions.delete_sessions(connection, actor.district_id, account_id)
    return account_id


def close_account(connection: Connection, actor: Actor, account_id: UUID) -> None:
    """Its tokens open nothing from the next request on. Raises Forbidden, NotFound."""
    _require(actor, Permission.ACCOUNT_OPEN)
    store.close_account(connection, actor.district_id, account_id, actor.at)


def appoint(connection: Connection, actor: Actor, account_id: UUID, role: Role, path: str, from_on: date) -> UUID:
    """Give the role at the path from a day on.

    Raises Forbidden, NotFound, NotAnOffice, OwnOffice, OfficesApart, AlreadyAppointed.
    """
    _require(actor, Permission.APPOINTMENT_SET, path)
    check_office(role)
    if actor.account_id == account_id:
        raise OwnOffice(field="account_id")
    held = Appointment(role, path)
    store.lock_account(connection, actor.district_id, account_id)
    check_apart(role, store_accounts.list_roles_from(connection, actor.district_id, account_id, from_on))
    if store.find_appointment(connection, actor.district_id, account_id, held, from_on):
        raise AlreadyAppointed(role=role.value, field="role")
    appointment_id = new_id()
    store.insert_appointment(connection, actor.district_id, appointment_id, account_id, held, from_on)
    return appointment_id


def end_appointment(connection: Connection, actor: Actor, appointment_id: UUID, until_on: date | None = None) -> bool:
    """End it; ``until_on`` is the first day on which the role is no longer held (today, if not given).

    False if it has ended by then already. Raises Forbidden, NotFound.
    """
    path = store.get_appointment_path(connection, actor.district_id, appointment_id)
    _require(actor, Permission.APPOINTMENT_SET, path)
    return store.close_appointment(connection, actor.district_id, appointment_id, until_on or actor.today)


def holders(connection: Connection, actor: Actor, roles: Collection[Role], path: str) -> tuple[tuple[UUID, Role], ...]:
    """Who holds one of the roles today, there or above, nearest first: for telling them what waits for them."""
    return tuple(store_offices.list_holders(connection, actor.district_id, roles, path, actor.today))


def holders_at(
    connection: Connection, actor: Actor, roles: Collection[Role], paths: Collection[str]
) -> dict[str, tuple[tuple[UUID, Role], ...]]:
    """The same for many places, in one look."""
    places: dict[str, list[tuple[UUID, Role]]] = {}
    held = store_offices.list_holders_at(connection, actor.district_id, roles, paths, actor.today)
    for account_id, role, place in held:
        places.setdefault(place, []).append((account_id, role))
    return {path: tuple(one for place in reversed(ancestors(path)) for one in places.get(place, ())) for path in paths}


def _require(actor: Actor, permission: Permission, path: str | None = None) -> None:
    allowed = actor.may_somewhere(permission) if path is None else actor.may(permission, path)
    if not allowed:
        raise NotGranted(permission)
