"""The queries of log-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, or_, select, update

from app.auth.core import Appointment, Role
from app.auth.logins import SessionKind, Stage
from app.auth.store_offices import offices_on
from app.auth.tables import account, appointment, session


@dataclass(frozen=True, slots=True)
class FoundSession:
    """The log-in of a token in force, of an open account, with the appointments in force on the day asked for."""

    id: UUID
    account_id: UUID
    login: str
    name: str
    kind: SessionKind
    stage: Stage
    used_at: datetime
    token_until: datetime
    expires_at: datetime
    factor_elsewhere: bool
    appointments: tuple[Appointment, ...]
    was_member: bool  # an appointment as member has begun, whether or not it has ended since


@dataclass(frozen=True, slots=True)
class LockedSession:
    """A log-in whose row is held; ``closed_at`` is the account's."""

    id: UUID
    account_id: UUID
    login: str
    name: str
    kind: SessionKind
    refresh_digest: bytes | None
    expires_at: datetime
    identity_id: UUID | None
    factor_elsewhere: bool
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A log-in as its person sees it."""

    id: UUID
    kind: SessionKind
    device: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime


def insert_session(connection: Connection, district_id: UUID, row: dict[str, Any]) -> None:
    connection.execute(insert(session).values(district_id=district_id, **row))


def update_session(connection: Connection, district_id: UUID, session_id: UUID, **values: Any) -> None:
    connection.execute(
        update(session).where(session.c.district_id == district_id, session.c.id == session_id).values(**values)
    )


def find_session(
    connection: Connection, district_id: UUID, token_digest: bytes, at: datetime, day: date
) -> FoundSession | None:
    """In one query, since every request asks it."""
    ever = appointment.alias("ever")
    was_member = exists().where(
        ever.c.district_id == session.c.district_id,
        ever.c.account_id == session.c.account_id,
        ever.c.role == Role.MEMBER.value,
        ever.c.from_on <= day,
    )
    office = offices_on(district_id, day)
    statement = (
        select(
            session.c.id,
            session.c.kind,
            session.c.stage,
            session.c.used_at,
            session.c.token_until,
            session.c.expires_at,
            session.c.factor_elsewhere,
            account.c.id.label("account_id"),
            account.c.login,
            account.c.name,
            office.c.role,
            office.c.path,
            office.c.stands_in,
            was_member.label("was_member"),
        )
        .select_from(session)
        .join(account, and_(account.c.district_id == session.c.district_id, account.c.id == session.c.account_id))
        .outerjoin(
            office,
            and_(office.c.district_id == session.c.district_id, office.c.account_id == session.c.account_id),
        )
        .where(
            session.c.district_id == district_id,
            account.c.district_id == district_id,
            session.c.token_digest == token_digest,
            session.c.token_until > at,
            account.c.closed_at.is_(None),
        )
        .order_by(office.c.path, office.c.role)
    )
    rows: Sequence[Any] = connection.execute(statement).all()
    if not rows:
        return None
    held = tuple(Appointment(Role(row.role), row.path, stands_in=row.stands_in) for row in rows if row.role is not None)
    row = rows[0]
    return FoundSession(
        row.id, row.account_id, row.login, row.name, SessionKind(row.kind), Stage(row.stage), row.used_at,
        row.token_until, row.expires_at, row.factor_elsewhere, held, row.was_member,
    )  # fmt: skip


def lock_family(connection: Connection, district_id: UUID, family_digest: bytes) -> LockedSession | None:
    """The log-in that a refresh token belongs to: two that come at once are seen one after the other."""
    return _lock(connection, district_id, session.c.family_digest == family_digest)


def lock_challenge(
    connection: Connection, district_id: UUID, token_digest: bytes, at: datetime
) -> LockedSession | None:
    """The log-in that waits for a code."""
    waits = and_(
        session.c.token_digest == token_digest, session.c.stage == Stage.CODE.value, session.c.token_until > at
    )
    return _lock(connection, district_id, waits)


def find_challenged(connection: Connection, district_id: UUID, token_digest: bytes, at: datetime) -> UUID | None:
    """Whose log-in waits for a code."""
    statement = select(session.c.account_id).where(
        session.c.district_id == district_id,
        session.c.token_digest == token_digest,
        session.c.stage == Stage.CODE.value,
        session.c.token_until > at,
    )
    return connection.execute(statement).scalar_one_or_none()


def _lock(connection: Connection, district_id: UUID, which: ColumnElement[bool]) -> LockedSession | None:
    columns = session.c
    statement = (
        select(
            columns.id,
            columns.account_id,
            columns.kind,
            columns.refresh_digest,
            columns.expires_at,
            columns.identity_id,
            columns.factor_elsewhere,
        )
        .where(columns.district_id == district_id, which)
        .with_for_update()
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    # Apart, since a log-in locks the account before its sessions: held here, the two would wait for each other.
    statement = select(account.c.login, account.c.name, account.c.closed_at).where(
        account.c.district_id == district_id, account.c.id == row.account_id
    )
    person = connection.execute(statement).one()
    digest = None if row.refresh_digest is None else bytes(row.refresh_digest)
    return LockedSession(
        row.id, row.account_id, person.login, person.name, SessionKind(row.kind), digest, row.expires_at,
        row.identity_id, row.factor_elsewhere, person.closed_at,
    )  # fmt: skip


def note_use(
    connection: Connection, district_id: UUID, session_id: UUID, at: datetime, *, idle_until: datetime | None
) -> None:
    """That the log-in is in use; one by cookie is good until ``idle_until`` then, but never past its day."""
    values: dict[str, Any] = {"used_at": at}
    if idle_until is not None:
        values["token_until"] = idle_until
    later = session.c.used_at < at
    connection.execute(
        update(session).where(session.c.district_id == district_id, session.c.id == session_id, later).values(**values)
    )


def list_sessions(connection: Connection, district_id: UUID, account_id: UUID, at: datetime) -> tuple[SessionRow, ...]:
    """Those that are not over and not waiting for a code, the last used first."""
    columns = session.c
    statement = (
        select(columns.id, columns.kind, columns.device, columns.created_at, columns.used_at, columns.expires_at)
        .where(
            columns.district_id == district_id,
            columns.account_id == account_id,
            columns.stage != Stage.CODE.value,
            _in_force(at),
        )
        .order_by(columns.used_at.desc(), columns.id)
    )
    return tuple(
        SessionRow(row.id, SessionKind(row.kind), row.device, row.created_at, row.used_at, row.expires_at)
        for row in connection.execute(statement)
    )


def delete_session(connection: Connection, district_id: UUID, session_id: UUID) -> None:
    connection.execute(delete(session).where(session.c.district_id == district_id, session.c.id == session_id))


def delete_own_session(connection: Connection, district_id: UUID, account_id: UUID, session_id: UUID) -> bool:
    """False if the account has no such log-in."""
    statement = delete(session).where(
        session.c.district_id == district_id, session.c.account_id == account_id, session.c.id == session_id
    )
    return connection.execute(statement).rowcount == 1


def delete_sessions(
    connection: Connection, district_id: UUID, account_id: UUID, *, except_for: UUID | None = None
) -> int:
    """All of an account's, or all but one; how many."""
    statement = delete(session).where(session.c.district_id == district_id, session.c.account_id == account_id)
    if except_for is not None:
        statement = statement.where(session.c.id != except_for)
    return connection.execute(statement).rowcount


def delete_sessions_over(connection: Connection, district_id: UUID, account_id: UUID, at: datetime) -> None:
    connection.execute(
        delete(session).where(session.c.district_id == district_id, session.c.account_id == account_id, ~_in_force(at))
    )


def delete_spare_sessions(connection: Connection, district_id: UUID, account_id: UUID, *, keep_max: int) -> None:
    """The longest unused beyond so many; those that wait for a code neither count nor go."""
    mine = (session.c.district_id == district_id, session.c.account_id == account_id)
    statement = (
        select(session.c.id)
        .where(*mine, session.c.stage != Stage.CODE.value)
        .order_by(session.c.used_at.desc(), session.c.id)
        .offset(keep_max)
    )
    spare = connection.execute(statement).scalars().all()
    if spare:
        connection.execute(delete(session).where(*mine, session.c.id.in_(spare)))


def _in_force(at: datetime) -> ColumnElement[bool]:
    # Without a refresh token nothing brings it back when its token is over.
    return and_(session.c.expires_at > at, or_(session.c.family_digest.is_not(None), session.c.token_until > at))
