"""Every query of auth, inside one district; the table of districts itself is read before a district is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.auth import tables
from app.auth.core import Appointment, Role
from app.auth.core_districts import District
from app.auth.logins import Attempts
from app.auth.store_offices import in_force
from app.auth.tables import access_log, account, appointment, credential, district
from app.kit.errors import NotFound
from app.kit.writes import Writes

# Whoever remembers what is read here looks whether any of these was written since; a new table of auth is among them.
# Not the access log, by which nobody is let in: each unmasking would drop what is remembered of the whole district.
WRITES = Writes(*(one for one in vars(tables).values() if isinstance(one, Table) and one not in (district, access_log)))


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """What a log-in is tested on; the row is locked."""

    account_id: UUID
    login: str
    name: str
    closed_at: datetime | None
    password_hash: str
    attempts: Attempts
    must_change: bool


# Districts. This table has no district_id: it is what leads from a code to one.

_DISTRICT = (district.c.id, district.c.code, district.c.name, district.c.time_zone)


def insert_district(connection: Connection, row: District) -> bool:
    """False if the code is taken."""
    statement = insert(district).values(id=row.id, code=row.code, name=row.name, time_zone=row.time_zone)
    made = connection.execute(statement.on_conflict_do_nothing(index_elements=["code"]).returning(district.c.id))
    return made.one_or_none() is not None


def find_district(connection: Connection, code: str) -> District | None:
    found = connection.execute(select(*_DISTRICT).where(district.c.code == code)).one_or_none()
    return None if found is None else District(*found)


def list_districts(connection: Connection) -> tuple[District, ...]:
    return tuple(District(*row) for row in connection.execute(select(*_DISTRICT).order_by(district.c.code)))


# Accounts and their passwords.


def insert_account(
    connection: Connection, district_id: UUID, account_id: UUID, *, login: str, name: str, at: datetime
) -> bool:
    """False if the login is taken."""
    statement = insert(account).values(district_id=district_id, id=account_id, login=login, name=name, created_at=at)
    made = connection.execute(
        statement.on_conflict_do_nothing(index_elements=["district_id", "login"]).returning(account.c.id)
    )
    return made.one_or_none() is not None


def lock_account(connection: Connection, district_id: UUID, account_id: UUID) -> None:
    """Hold the account's row, so that its appointments change one at a time; NotFound."""
    statement = (
        select(account.c.id)
        .where(account.c.district_id == district_id, account.c.id == account_id, account.c.kind == "person")
        .with_for_update()
    )
    if connection.execute(statement).one_or_none() is None:
        raise NotFound(what="account")


def close_account(connection: Connection, district_id: UUID, account_id: UUID, at: datetime) -> None:
    """NotFound if there is no such open account."""
    statement = (
        update(account)
        .where(account.c.district_id == district_id, account.c.id == account_id, account.c.closed_at.is_(None))
        .values(closed_at=at)
    )
    if connection.execute(statement).rowcount != 1:
        raise NotFound(what="account")


def insert_credential(
    connection: Connection, district_id: UUID, account_id: UUID, password: str, at: datetime, *, must_change: bool
) -> None:
    """``password`` is the hash."""
    connection.execute(
        insert(credential).values(
            district_id=district_id,
            account_id=account_id,
            password_hash=password,
            changed_at=at,
            failures=0,
            must_change=must_change,
        )
    )


def upsert_credential(
    connection: Connection, district_id: UUID, account_id: UUID, password: str, at: datetime, *, must_change: bool
) -> None:
    """``password`` is the hash of a new password; failures of the old one are forgotten."""
    values: dict[str, Any] = {
        "password_hash": password,
        "changed_at": at,
        "failures": 0,
        "locked_until": None,
        "must_change": must_change,
    }
    statement = insert(credential).values(district_id=district_id, account_id=account_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["district_id", "account_id"], set_=values))


def find_account(connection: Connection, district_id: UUID, login: str) -> UUID | None:
    """A person's account that is not closed."""
    return connection.execute(
        select(account.c.id).where(
            account.c.district_id == district_id,
            account.c.login == login,
            account.c.kind == "person",
            account.c.closed_at.is_(None),
        )
    ).scalar_one_or_none()


def get_account_name(connection: Connection, district_id: UUID, account_id: UUID) -> str:
    """NotFound."""
    statement = select(account.c.name).where(account.c.district_id == district_id, account.c.id == account_id)
    name = connection.execute(statement).scalar_one_or_none()
    if name is None:
        raise NotFound(what="account")
    return str(name)


def lock_credential(connection: Connection, district_id: UUID, login: str) -> StoredCredential | None:
    """By login, held to the transaction's end: guesses made at once are counted one after another."""
    return _lock_credential(connection, district_id, account.c.login == login)


def lock_credential_of(connection: Connection, district_id: UUID, account_id: UUID) -> StoredCredential | None:
    """The same by account."""
    return _lock_credential(connection, district_id, account.c.id == account_id)


def _lock_credential(connection: Connection, district_id: UUID, which: ColumnElement[bool]) -> StoredCredential | None:
    statement = (
        select(
            account.c.id,
            account.c.login,
            account.c.name,
            account.c.closed_at,
            credential.c.password_hash,
            credential.c.failures,
            credential.c.locked_until,
            credential.c.must_change,
        )
        .select_from(account)
        .join(
            credential,
            and_(credential.c.district_id == account.c.district_id, credential.c.account_id == account.c.id),
        )
        .where(account.c.district_id == district_id, credential.c.district_id == district_id, which)
        .with_for_update()
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    attempts = Attempts(row.failures, row.locked_until)
    return StoredCredential(row.id, row.login, row.name, row.closed_at, row.password_hash, attempts, row.must_change)


def has_to_change_password(connection: Connection, district_id: UUID, account_id: UUID) -> bool:
    """False too for who has no password."""
    statement = select(credential.c.must_change).where(
        credential.c.district_id == district_id, credential.c.account_id == account_id
    )
    return bool(connection.execute(statement).scalar_one_or_none())


def update_attempts(connection: Connection, district_id: UUID, account_id: UUID, attempts: Attempts) -> None:
    _update_credential(
        connection, district_id, account_id, failures=attempts.failures, locked_until=attempts.locked_until
    )


def update_password_hash(connection: Connection, district_id: UUID, account_id: UUID, password: str) -> None:
    """The same password at another cost: not a change of password."""
    _update_credential(connection, district_id, account_id, password_hash=password)


def _update_credential(connection: Connection, district_id: UUID, account_id: UUID, **values: Any) -> None:
    connection.execute(
        update(credential)
        .where(credential.c.district_id == district_id, credential.c.account_id == account_id)
        .values(**values)
    )


# Appointments.


def insert_appointment(
    connection: Connection, district_id: UUID, appointment_id: UUID, account_id: UUID, held: Appointment, from_on: date
) -> None:
    connection.execute(
        insert(appointment).values(
            district_id=district_id,
            id=appointment_id,
            account_id=account_id,
            role=held.role.value,
            path=held.path,
            from_on=from_on,
        )
    )


def find_appointment(connection: Connection, district_id: UUID, account_id: UUID, held: Appointment, day: date) -> bool:
    """Whether the account holds the role there on the day or is to hold it later."""
    statement = select(appointment.c.id).where(
        appointment.c.district_id == district_id,
        appointment.c.account_id == account_id,
        appointment.c.role == held.role.value,
        appointment.c.path == held.path,
        or_(appointment.c.until_on.is_(None), appointment.c.until_on > day),
    )
    return connection.execute(statement).first() is not None


def get_appointment_path(connection: Connection, district_id: UUID, appointment_id: UUID) -> str:
    """Where it is held; NotFound."""
    statement = select(appointment.c.path).where(
        appointment.c.district_id == district_id, appointment.c.id == appointment_id
    )
    path = connection.execute(statement).scalar_one_or_none()
    if path is None:
        raise NotFound(what="appointment")
    return str(path)


def close_appointment(connection: Connection, district_id: UUID, appointment_id: UUID, until_on: date) -> bool:
    """False if it has ended by then already, or begins later."""
    statement = (
        update(appointment)
        .where(
            appointment.c.district_id == district_id,
            appointment.c.id == appointment_id,
            appointment.c.from_on <= until_on,
            or_(appointment.c.until_on.is_(None), appointment.c.until_on > until_on),
        )
        .values(until_on=until_on)
    )
    return connection.execute(statement).rowcount == 1


def list_appointments(
    connection: Connection, district_id: UUID, account_id: UUID, day: date
) -> tuple[Appointment, ...]:
    """Those in force on the day."""
    statement = (
        select(appointment.c.role, appointment.c.path)
        .where(
            appointment.c.district_id == district_id,
            appointment.c.account_id == account_id,
            in_force(appointment.c.from_on, appointment.c.until_on, day),
        )
        .order_by(appointment.c.path, appointment.c.role)
    )
    return tuple(Appointment(Role(row.role), row.path) for row in connection.execute(statement))
