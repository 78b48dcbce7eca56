"""Districts, accounts, appointments, and who is calling.

Unlike other rooms', ``authenticate`` and ``log_in`` take no actor: they are what makes one.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import Connection

from app.auth import store
from app.auth.core import (
    Actor,
    AlreadyAppointed,
    Appointment,
    BadDistrictCode,
    District,
    DistrictExists,
    LoginRefused,
    LoginTaken,
    Permission,
    Role,
    UnknownTimeZone,
    check_login,
    check_password,
    is_district_code,
)
from app.kit.clock import business_day
from app.kit.db import Database
from app.kit.digests import digest
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import new_id
from app.kit.passwords import Passwords

_DISTRICTS_KEPT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Login:
    """A fresh access token (told once, stored only as its digest) and what it opens."""

    token: str
    expires_at: datetime
    login: str
    name: str
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom an access token stands for, and until when."""

    actor: Actor
    login: str
    name: str
    expires_at: datetime


# Districts.


def create_district(connection: Connection, code: str, name: str, time_zone: str = "Asia/Shanghai") -> UUID:
    """Run without a district and as the owner. Raises BadDistrictCode, UnknownTimeZone, DistrictExists."""
    if not is_district_code(code):
        raise BadDistrictCode(value=code, field="code")
    if time_zone not in available_timezones():
        raise UnknownTimeZone(value=time_zone, field="time_zone")
    row = District(new_id(), code, name, time_zone)
    if not store.insert_district(connection, row):
        raise DistrictExists(value=code, field="code")
    return row.id


def find_district(connection: Connection, code: str) -> District | None:
    return store.find_district(connection, code)


def list_districts(connection: Connection) -> tuple[District, ...]:
    return store.list_districts(connection)


class Districts:
    """Districts by code, remembered by the process: their ids never change. What was not found is asked again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, District] = {}
        self._lock = threading.Lock()

    def find(self, code: str) -> District | None:
        kept = self._kept.get(code)
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
    connection: Connection, actor: Actor, login: str, name: str, password: str, *, passwords: Passwords | None = None
) -> UUID:
    """Raises Forbidden, BadLogin, LoginTaken, WeakPassword."""
    _require(actor, Permission.ACCOUNT_OPEN)
    key = check_login(login)
    check_password(password, key)
    account_id = new_id()
    if not store.insert_account(connection, actor.district_id, account_id, login=key, name=name, at=actor.at):
        raise LoginTaken(value=key, field="login")
    hashed = (passwords or Passwords()).hash(password)
    store.insert_credential(connection, actor.district_id, account_id, hashed, actor.at)
    return account_id


def set_password(
    connection: Connection, actor: Actor, login: str, password: str, *, passwords: Passwords | None = None
) -> None:
    """Give an account a password, its first or a new one; its tokens end and a lock is lifted.

    Raises Forbidden, NotFound, WeakPassword.
    """
    _require(actor, Permission.ACCOUNT_OPEN)
    key = check_login(login)
    check_password(password, key)
    account_id = store.find_account(connection, actor.district_id, key)
    if account_id is None:
        raise NotFound(what="account", field="login")
    hashed = (passwords or Passwords()).hash(password)
    store.upsert_credential(connection, actor.district_id, account_id, hashed, actor.at)
    store.delete_sessions(connection, actor.district_id, account_id)


def close_account(connection: Connection, actor: Actor, account_id: UUID) -> None:
    """Its tokens open nothing from the next request on. Raises Forbidden, NotFound."""
    _require(actor, Permission.ACCOUNT_OPEN)
    store.close_account(connection, actor.district_id, account_id, actor.at)


def appoint(connection: Connection, actor: Actor, account_id: UUID, role: Role, path: str, from_on: date) -> UUID:
    """Give the role at the path from a day on. Raises Forbidden, NotFound, AlreadyAppointed."""
    _require(actor, Permission.APPOINTMENT_SET, path)
    held = Appointment(role, path)
    store.lock_account(connection, actor.district_id, account_id)
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


def _require(actor: Actor, permission: Permission, path: str | None = None) -> None:
    allowed = actor.may_somewhere(permission) if path is None else actor.may(permission, path)
    if not allowed:
        raise Forbidden(permission=permission.value)


# Log-ins.


def log_in(
    connection: Connection,
    district: District,
    login: str,
    password: str,
    at: datetime,
    *,
    lifetime: timedelta,
    passwords: Passwords,
) -> Login | LoginRefused:
    """A new access token, or the one refusal for every reason.

    The refusal is returned, so that the count of failures is committed. Unknown, closed and locked accounts take as
    long as a wrong password, since the hash is always computed.
    """
    found = store.lock_credential(connection, district.id, login)
    if found is None or found.closed_at is not None:
        passwords.check(password, None)
        return LoginRefused()
    right, rehashed = passwords.check(password, found.password_hash)
    admitted, attempts = found.attempts.after(right, at)
    if attempts != found.attempts:
        store.update_attempts(connection, district.id, found.account_id, attempts)
    if not admitted:
        return LoginRefused()
    if rehashed is not None:
        store.update_password_hash(connection, district.id, found.account_id, rehashed)
    store.delete_expired_sessions(connection, district.id, found.account_id, at)
    token = f"{district.code}.{secrets.token_urlsafe(32)}"
    expires_at = at + lifetime
    store.insert_session(connection, district.id, _token_digest(token), found.account_id, at=at, until=expires_at)
    today = business_day(at, district.time_zone)
    held = store.list_appointments(connection, district.id, found.account_id, today)
    return Login(token, expires_at, login, found.name, held)


def authenticate(connection: Connection, district: District, token: str, at: datetime) -> Caller | None:
    """Who holds the token, with the roles of this day; None if it has expired, was ended, or its account is closed."""
    today = business_day(at, district.time_zone)
    found = store.find_session(connection, district.id, _token_digest(token), at, today)
    if found is None:
        return None
    actor = Actor(district.id, found.account_id, at, today, found.appointments)
    return Caller(actor, found.login, found.name, found.expires_at)


def log_out(connection: Connection, actor: Actor, token: str) -> None:
    """End the token."""
    store.delete_session(connection, actor.district_id, _token_digest(token))


def _token_digest(token: str) -> bytes:
    return digest(token.encode())
