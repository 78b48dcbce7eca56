"""Queries of what boards may show, of who does not wish to stand on them, and of what screens play."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from app.auth.tables import screen_token
from app.boards.core import Audience, BoardPolicy, NameForm, PolicyVersion, Reach
from app.boards.core_playlists import Playlist, Step
from app.boards.tables import board_opt_out, board_policy, playlist, playlist_screen
from app.cycles.tables import quarter
from app.grids.tables import grid
from app.kit.db import AnyRow
from app.kit.writes import Writes
from app.points.tables import standing
from app.roster.tables import member, membership, organisation
from app.rules.tables import adoption, edition
from app.seals.tables import quarter_standing

# What ``Facts`` and playlists are made of: once this process writes there, neither is used any more.
WRITES = Writes(
    board_policy, playlist, playlist_screen, organisation, grid, quarter, quarter_standing, adoption, edition
)

# Where what a board shows is changed by a post, a move, or a wish.
STANDING = Writes(standing, membership, member, board_opt_out)


# Policies.


def list_policies(connection: Connection, district_id: UUID) -> dict[Audience, BoardPolicy]:
    """The one in force for each audience that has any."""
    columns = board_policy.c
    statement = (
        select(board_policy).where(columns.district_id == district_id).order_by(columns.audience, columns.version)
    )  # the last of each audience stays
    return {Audience(row.audience): _policy(row) for row in connection.execute(statement)}


def list_versions(connection: Connection, district_id: UUID, audience: Audience, count_max: int) -> list[PolicyVersion]:
    """The latest first."""
    columns = board_policy.c
    statement = (
        select(board_policy)
        .where(columns.district_id == district_id, columns.audience == audience.value)
        .order_by(columns.version.desc())
        .limit(count_max)
    )
    return [PolicyVersion(_policy(row), row.set_at, row.set_by) for row in connection.execute(statement)]


def insert_policy(
    connection: Connection, district_id: UUID, audience: Audience, policy: BoardPolicy, at: datetime, by: UUID | None
) -> None:
    connection.execute(
        insert(board_policy).values(
            district_id=district_id, audience=audience.value, version=policy.version, reach=policy.reach.value,
            top=policy.top, names=policy.names.value, set_at=at, set_by=by,
        )
    )  # fmt: skip


def _policy(row: AnyRow) -> BoardPolicy:
    return BoardPolicy(Reach(row.reach), row.top, NameForm(row.names), row.version)


# Who does not wish to stand on boards.


def has_opted_out(connection: Connection, district_id: UUID, member_id: UUID) -> bool:
    statement = select(board_opt_out.c.member_id).where(
        board_opt_out.c.district_id == district_id, board_opt_out.c.member_id == member_id
    )
    return connection.execute(statement).first() is not None


def list_opted_out(connection: Connection, district_id: UUID) -> set[UUID]:
    statement = select(board_opt_out.c.member_id).where(board_opt_out.c.district_id == district_id)
    return set(connection.execute(statement).scalars())


def insert_opt_out(connection: Connection, district_id: UUID, member_id: UUID, at: datetime) -> None:
    statement = insert(board_opt_out).values(district_id=district_id, member_id=member_id, since=at)
    connection.execute(statement.on_conflict_do_nothing())


def delete_opt_out(connection: Connection, district_id: UUID, member_id: UUID) -> None:
    connection.execute(
        delete(board_opt_out).where(
            board_opt_out.c.district_id == district_id, board_opt_out.c.member_id == member_id
        )
    )  # fmt: skip


# Seals.


def list_frozen(connection: Connection, district_id: UUID, quarters: Collection[str]) -> set[str]:
    """Those of the quarters whose standings are kept."""
    kept = exists().where(
        quarter_standing.c.district_id == district_id, quarter_standing.c.quarter == quarter.c.code
    )  # fmt: skip
    statement = select(quarter.c.code).where(
        quarter.c.district_id == district_id, quarter.c.code.in_(sorted(quarters)), kept
    )
    return set(connection.execute(statement).scalars())


# Playlists.


def list_playlists(connection: Connection, district_id: UUID) -> list[Playlist]:
    """By name, each with the screens that show it."""
    shown: dict[UUID, list[UUID]] = {}
    statement = select(playlist_screen.c.playlist_id, playlist_screen.c.screen_id).where(
        playlist_screen.c.district_id == district_id
    )
    for row in connection.execute(statement.order_by(playlist_screen.c.screen_id)):
        shown.setdefault(row.playlist_id, []).append(row.screen_id)
    found = select(playlist).where(playlist.c.district_id == district_id).order_by(playlist.c.name, playlist.c.id)
    return [_playlist(row, shown.get(row.id, [])) for row in connection.execute(found)]


def lock_playlist(connection: Connection, district_id: UUID, playlist_id: UUID) -> Playlist | None:
    statement = select(playlist).where(playlist.c.district_id == district_id, playlist.c.id == playlist_id)
    row = connection.execute(statement.with_for_update()).one_or_none()
    return None if row is None else _playlist(row, [])


def insert_playlist(connection: Connection, district_id: UUID, one: Playlist, by: UUID | None) -> None:
    connection.execute(insert(playlist).values(district_id=district_id, id=one.id, **_values(one, by)))


def update_playlist(connection: Connection, district_id: UUID, one: Playlist, by: UUID | None) -> None:
    found = and_(playlist.c.district_id == district_id, playlist.c.id == one.id)
    connection.execute(update(playlist).where(found).values(**_values(one, by)))


def _values(one: Playlist, by: UUID | None) -> dict[str, Any]:
    steps = [step.written() for step in one.steps]
    return {"name": one.name, "steps": steps, "version": one.version, "set_at": one.set_at, "set_by": by}


def _playlist(row: AnyRow, screens: list[UUID]) -> Playlist:
    steps = tuple(Step.read(one) for one in row.steps)
    return Playlist(row.id, row.name, steps, row.version, row.set_at, tuple(screens))


def find_screen_path(connection: Connection, district_id: UUID, screen_id: UUID) -> str | None:
    """Of a screen that is not revoked."""
    columns = screen_token.c
    statement = select(columns.path).where(
        columns.district_id == district_id, columns.id == screen_id, columns.revoked_at.is_(None)
    )
    return connection.execute(statement).scalar_one_or_none()


def upsert_screen(
    connection: Connection, district_id: UUID, screen_id: UUID, playlist_id: UUID, at: datetime, by: UUID | None
) -> None:
    values = {"playlist_id": playlist_id, "set_at": at, "set_by": by}
    statement = insert(playlist_screen).values(district_id=district_id, screen_id=screen_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["district_id", "screen_id"], set_=values))


def delete_screen(connection: Connection, district_id: UUID, screen_id: UUID) -> None:
    connection.execute(
        delete(playlist_screen).where(
            playlist_screen.c.district_id == district_id, playlist_screen.c.screen_id == screen_id
        )
    )  # fmt: skip
