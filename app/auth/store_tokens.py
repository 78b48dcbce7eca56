"""Queries of API keys and screens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, Table, select, update
from sqlalchemy.dialects.postgresql import insert

from app.auth.core_tokens import ApiKey, Screen, permissions_from, permissions_text
from app.auth.tables import account, api_key, screen_token
from app.kit.db import AnyRow
from app.kit.errors import NotFound


def insert_key(connection: Connection, district_id: UUID, key: ApiKey, token_digest: bytes) -> None:
    """The key, and the account under which what it does is booked. Nobody knows a login for that."""
    connection.execute(
        insert(account).values(
            district_id=district_id,
            id=key.id,
            login=f"key_{key.id.hex}",
            name=key.name,
            kind="key",
            created_at=key.created_at,
        )
    )
    connection.execute(
        insert(api_key).values(
            district_id=district_id,
            id=key.id,
            name=key.name,
            path=key.path,
            permissions=permissions_text(key.permissions),
            token_digest=token_digest,
            created_at=key.created_at,
            created_by=key.created_by,
            expires_on=key.expires_on,
        )
    )


def insert_screen(connection: Connection, district_id: UUID, screen: Screen, token_digest: bytes) -> None:
    connection.execute(
        insert(screen_token).values(
            district_id=district_id,
            id=screen.id,
            name=screen.name,
            path=screen.path,
            token_digest=token_digest,
            created_at=screen.created_at,
            created_by=screen.created_by,
        )
    )


def find_open_key(connection: Connection, district_id: UUID, token_digest: bytes, day: date) -> ApiKey | None:
    """Neither revoked nor past its last day."""
    columns = api_key.c
    statement = select(api_key).where(
        columns.district_id == district_id,
        columns.token_digest == token_digest,
        columns.revoked_at.is_(None),
        columns.expires_on >= day,
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _key(row)


def find_open_screen(connection: Connection, district_id: UUID, token_digest: bytes) -> Screen | None:
    columns = screen_token.c
    statement = select(screen_token).where(
        columns.district_id == district_id, columns.token_digest == token_digest, columns.revoked_at.is_(None)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _screen(row)


def list_open_screens(connection: Connection, district_id: UUID, screen_ids: Collection[UUID]) -> set[UUID]:
    """Those that are not revoked."""
    columns = screen_token.c
    statement = select(columns.id).where(
        columns.district_id == district_id, columns.id.in_(sorted(screen_ids)), columns.revoked_at.is_(None)
    )
    return set(connection.execute(statement).scalars())


def list_keys(connection: Connection, district_id: UUID) -> tuple[ApiKey, ...]:
    """All there ever were, the newest first."""
    statement = select(api_key).where(api_key.c.district_id == district_id).order_by(api_key.c.id.desc())
    return tuple(_key(row) for row in connection.execute(statement))


def list_screens(connection: Connection, district_id: UUID) -> tuple[Screen, ...]:
    """All there ever were, the newest first."""
    columns = screen_token.c
    statement = select(screen_token).where(columns.district_id == district_id).order_by(columns.id.desc())
    return tuple(_screen(row) for row in connection.execute(statement))


def get_key(connection: Connection, district_id: UUID, key_id: UUID) -> ApiKey:
    """NotFound."""
    statement = select(api_key).where(api_key.c.district_id == district_id, api_key.c.id == key_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound(what="api_key")
    return _key(row)


def get_screen(connection: Connection, district_id: UUID, screen_id: UUID) -> Screen:
    """NotFound."""
    statement = select(screen_token).where(screen_token.c.district_id == district_id, screen_token.c.id == screen_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound(what="screen")
    return _screen(row)


def update_key_used(connection: Connection, district_id: UUID, key_id: UUID, day: date) -> None:
    """Once a day; whoever comes while another request holds the row goes on without waiting."""
    _update_used(connection, api_key, district_id, key_id, day)


def update_screen_used(connection: Connection, district_id: UUID, screen_id: UUID, day: date) -> None:
    _update_used(connection, screen_token, district_id, screen_id, day)


def _update_used(connection: Connection, table: Table, district_id: UUID, token_id: UUID, day: date) -> None:
    found = table.c.district_id == district_id, table.c.id == token_id
    if connection.execute(select(table.c.id).where(*found).with_for_update(skip_locked=True)).one_or_none():
        connection.execute(update(table).where(*found).values(last_used_on=day))


def update_key_revoked(connection: Connection, district_id: UUID, key_id: UUID, at: datetime, by: UUID | None) -> bool:
    """False if it was revoked before."""
    return _update_revoked(connection, api_key, district_id, key_id, at, by)


def update_screen_revoked(
    connection: Connection, district_id: UUID, screen_id: UUID, at: datetime, by: UUID | None
) -> bool:
    """False if it was revoked before."""
    return _update_revoked(connection, screen_token, district_id, screen_id, at, by)


def _update_revoked(
    connection: Connection, table: Table, district_id: UUID, token_id: UUID, at: datetime, by: UUID | None
) -> bool:
    statement = (
        update(table)
        .where(table.c.district_id == district_id, table.c.id == token_id, table.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by)
    )
    return connection.execute(statement).rowcount == 1


def _key(row: AnyRow) -> ApiKey:
    return ApiKey(
        row.id, row.name, row.path, permissions_from(row.permissions), row.created_at, row.created_by,
        row.expires_on, row.last_used_on, row.revoked_at,
    )  # fmt: skip


def _screen(row: AnyRow) -> Screen:
    return Screen(row.id, row.name, row.path, row.created_at, row.created_by, row.last_used_on, row.revoked_at)
