"""The screen of the sample district's hall: a playlist of every kind of board, and the address that opens it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from app.auth import enrolling, service_tokens
from app.auth.core import Actor, Appointment, Role
from app.auth.core_districts import District
from app.boards import playlists
from app.boards.core_playlists import Playlist, Step, StepKind
from app.kit.db import Database
from app.roster import service as roster

PLAYLIST = UUID("00000000-0000-4000-8000-00000000ba11")
OFFICE = "district-1"
REQUEST = "sample-screen"
HALL = "党群服务中心一楼大厅"
SECONDS = {
    StepKind.RANKING: 20,
    StepKind.BRANCHES: 15,
    StepKind.RADAR: 12,
    StepKind.STARS: 15,
    StepKind.GRIDS: 24,
    StepKind.TREND: 12,
    StepKind.DEEDS: 20,
}


def hung(database: Database, district: District, at: datetime, folder: Path) -> str:
    """The screen's token: made by the office's account the first time, afterwards what was kept in the folder."""
    file = folder / "screen.token"
    if file.exists():
        return file.read_text().strip()
    token = database.run(lambda connection: _hang(connection, district, at), district.id)
    file.touch(mode=0o600)
    file.write_text(token)
    return token


def _hang(connection: Connection, district: District, at: datetime) -> str:
    root = roster.root_of(district.id)
    service = Actor.service(district.id, at, district.time_zone)
    account = next(one.id for one in enrolling.offices(connection, service).accounts if one.login == OFFICE)
    office = replace(service, account_id=account, appointments=(Appointment(Role.DISTRICT_OFFICER, root),))
    steps = tuple(Step(kind, seconds) for kind, seconds in SECONDS.items())
    playlists.set_playlist(connection, office, Playlist(PLAYLIST, HALL, steps, 0, at), None, request_id=REQUEST)
    screen, token = service_tokens.make_screen(
        connection, office, district, name=HALL, path=root, request_id=REQUEST
    )  # fmt: skip
    playlists.choose(connection, office, screen.id, PLAYLIST, request_id=REQUEST)
    return token
