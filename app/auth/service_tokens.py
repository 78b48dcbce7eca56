"""API keys and screens: made, listed, revoked, and recognised at the door."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service_access, store_tokens
from app.auth.core import Actor, Permission, Role, within
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.core_districts import District
from app.auth.core_tokens import (
    KEY_PREFIX,
    SCREEN_PREFIX,
    ApiKey,
    PathElsewhere,
    Screen,
    check_expiry,
    check_listed,
    token_role,
)
from app.kit.clock import business_day
from app.kit.digests import digest
from app.kit.errors import NotFound
from app.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Holder:
    """Who acts under a key's or a screen's token; ``is_noted``: that it was used this day is written down."""

    actor: Actor
    is_noted: bool


def make_key(
    connection: Connection,
    actor: Actor,
    district: District,
    *,
    name: str,
    path: str,
    permissions: frozenset[Permission],
    expires_on: date,
    request_id: str,
) -> tuple[ApiKey, str]:
    """The key with its token, which is told only now. Raises PathElsewhere, NotForKeys, KeyLastsTooLong."""
    _check_path(actor, Permission.KEY_SET, path)
    check_listed(permissions)
    check_expiry(expires_on, actor.today)
    key = ApiKey(new_id(), name, path, permissions, actor.at, actor.account_id, expires_on)
    token = _new_token(district, KEY_PREFIX)
    store_tokens.insert_key(connection, actor.district_id, key, digest(token.encode()))
    access = Access(Action.KEY_MAKE, ObjectKind.API_KEY, str(key.id), path, request_id)
    service_access.write_down(connection, actor, access)
    return key, token


def make_screen(
    connection: Connection, actor: Actor, district: District, *, name: str, path: str, request_id: str
) -> tuple[Screen, str]:
    """The screen with its token, which is told only now. Raises PathElsewhere."""
    _check_path(actor, Permission.SCREEN_SET, path)
    screen = Screen(new_id(), name, path, actor.at, actor.account_id)
    token = _new_token(district, SCREEN_PREFIX)
    store_tokens.insert_screen(connection, actor.district_id, screen, digest(token.encode()))
    access = Access(Action.SCREEN_MAKE, ObjectKind.SCREEN, str(screen.id), path, request_id)
    service_access.write_down(connection, actor, access)
    return screen, token


def keys(connection: Connection, actor: Actor) -> tuple[ApiKey, ...]:
    """Those in reach, revoked and expired ones too, the newest first."""
    found = store_tokens.list_keys(connection, actor.district_id)
    return tuple(key for key in found if actor.may(Permission.KEY_READ, key.path))


def screens(connection: Connection, actor: Actor) -> tuple[Screen, ...]:
    """Those in reach, revoked ones too, the newest first."""
    found = store_tokens.list_screens(connection, actor.district_id)
    return tuple(screen for screen in found if actor.may(Permission.SCREEN_READ, screen.path))


def revoke_key(connection: Connection, actor: Actor, key_id: UUID, *, request_id: str) -> None:
    """It opens nothing from the next request on; revoked once more it stays so. Raises NotFound."""
    key = store_tokens.get_key(connection, actor.district_id, key_id)
    if not actor.may(Permission.KEY_SET, key.path):
        raise NotFound(what="api_key")
    if store_tokens.update_key_revoked(connection, actor.district_id, key_id, actor.at, actor.account_id):
        access = Access(Action.KEY_REVOKE, ObjectKind.API_KEY, str(key_id), key.path, request_id)
        service_access.write_down(connection, actor, access)


def revoke_screen(connection: Connection, actor: Actor, screen_id: UUID, *, request_id: str) -> None:
    """It shows nothing from the next request on; revoked once more it stays so. Raises NotFound."""
    screen = store_tokens.get_screen(connection, actor.district_id, screen_id)
    if not actor.may(Permission.SCREEN_SET, screen.path):
        raise NotFound(what="screen")
    if store_tokens.update_screen_revoked(connection, actor.district_id, screen_id, actor.at, actor.account_id):
        access = Access(Action.SCREEN_REVOKE, ObjectKind.SCREEN, str(screen_id), screen.path, request_id)
        service_access.write_down(connection, actor, access)


def find_holder(connection: Connection, district: District, token: str, at: datetime) -> Holder | None:
    """Who acts under a key's or screen's token; None if it is unknown, revoked or past its last day."""
    today = business_day(at, district.time_zone)
    known = digest(token.encode())
    found: ApiKey | Screen | None
    if token_role(token) is Role.INTEGRATION:
        found = store_tokens.find_open_key(connection, district.id, known, today)
    else:
        found = store_tokens.find_open_screen(connection, district.id, known)
    if found is None:
        return None
    return Holder(Actor(district.id, found.id, at, today, (found.appointment,)), found.last_used_on == today)


def open_screens(connection: Connection, district_id: UUID, screen_ids: Collection[UUID]) -> set[UUID]:
    """Those of the screens whose tokens still open anything: asked for many at once, while they follow a stream."""
    return store_tokens.list_open_screens(connection, district_id, screen_ids)


def note_use(connection: Connection, holder: Holder) -> None:
    """The day of use is kept once a day, in the transaction of a request that succeeds."""
    if holder.is_noted or holder.actor.account_id is None:
        return
    (held,) = holder.actor.appointments
    is_key = held.role is Role.INTEGRATION
    note = store_tokens.update_key_used if is_key else store_tokens.update_screen_used
    note(connection, holder.actor.district_id, holder.actor.account_id, holder.actor.today)


def _new_token(district: District, prefix: str) -> str:
    return f"{district.code}.{prefix}{secrets.token_urlsafe(32)}"


def _check_path(actor: Actor, permission: Permission, path: str) -> None:
    if not (within(path, actor.district_id.hex) and actor.may(permission, path)):
        raise PathElsewhere(field="path")
