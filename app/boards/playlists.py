"""The verbs of playlists: what the office lets its screens play."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.boards import reckoning, store
from app.boards.core import Scope
from app.boards.core_playlists import Playlist, PlaylistChanged, Step
from app.boards.ranking import KINDS, check_measure
from app.kit.errors import NotFound
from app.roster import service as roster


def playlists(connection: Connection, actor: Actor) -> list[Playlist]:
    """All of the district's, with the screens that show them. Raises NotFound for who does not read the whole of it."""
    _check_office(actor, Permission.PLAYLIST_READ)
    return store.list_playlists(connection, actor.district_id)


def entered(_: Connection, actor: Actor) -> Actor:
    """Who looks at a playlist's boards, once it is known that they may. Raises NotFound."""
    _check_office(actor, Permission.PLAYLIST_READ)
    return actor


def set_playlist(
    connection: Connection, actor: Actor, wanted: Playlist, before: int | None, *, request_id: str
) -> Playlist:
    """Make it or set it anew; the same once more changes nothing. ``before`` is the version that the caller has read.

    Raises NotFound for whoever is not of the office, and for a place or measure that there is not; PlaylistChanged.
    """
    _check_office(actor, Permission.PLAYLIST_SET)
    held = store.lock_playlist(connection, actor.district_id, wanted.id)
    if held is not None and (held.name, held.steps) == (wanted.name, wanted.steps):
        return held
    present = 0 if held is None else held.version
    if before is not None and before != present:
        raise PlaylistChanged(present=present, sent=before, field="version")
    for step in wanted.steps:
        _check_step(connection, actor, step)
    made = replace(wanted, version=present + 1, set_at=actor.at)
    write = store.insert_playlist if held is None else store.update_playlist
    write(connection, actor.district_id, made, actor.account_id)
    _write_down(connection, actor, Action.PLAYLIST_SET, made.id, f"v{made.version} {made.name}", request_id)
    return made


def choose(connection: Connection, actor: Actor, screen_id: UUID, playlist_id: UUID | None, *, request_id: str) -> None:
    """Let a screen show a playlist, or none any more. Raises NotFound."""
    _check_office(actor, Permission.PLAYLIST_SET)
    if store.find_screen_path(connection, actor.district_id, screen_id) is None:
        raise NotFound(what="screen", field="screen_id")
    if playlist_id is None:
        store.delete_screen(connection, actor.district_id, screen_id)
    elif store.lock_playlist(connection, actor.district_id, playlist_id) is None:
        raise NotFound(what="playlist", field="playlist_id")
    else:
        store.upsert_screen(connection, actor.district_id, screen_id, playlist_id, actor.at, actor.account_id)
    _write_down(connection, actor, Action.PLAYLIST_CHOOSE, screen_id, str(playlist_id), request_id)


def _check_step(connection: Connection, actor: Actor, step: Step) -> None:
    facts = reckoning.gather_facts(connection, actor)
    check_measure(facts, step.measure)
    if step.scope is Scope.DISTRICT:
        return
    place = None if step.place_id is None else facts.organisations.get(step.place_id)
    is_grid = step.scope is Scope.GRID and step.place_id in facts.grids
    if not is_grid and (place is None or place.kind is not KINDS.get(step.scope)):
        raise NotFound(what=step.scope.value, field="place_id")


def _write_down(connection: Connection, actor: Actor, action: Action, of: UUID, told: str, request_id: str) -> None:
    kind = ObjectKind.PLAYLIST if action is Action.PLAYLIST_SET else ObjectKind.SCREEN
    root = roster.root_of(actor.district_id)
    service_access.write_down(connection, actor, Access(action, kind, str(of), root, request_id, told))


def _check_office(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission, roster.root_of(actor.district_id)):
        raise NotFound(what="district")
