"""Screens and what they play: a display let in, its address told once; playlists made, looked at and chosen."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from app.auth import service_tokens
from app.auth.core import Actor, Permission
from app.auth.schemas_tokens import ScreenRequest
from app.boards import playlists, reckoning
from app.boards.core import DAILY, INNOVATION, TOTAL, Scope
from app.boards.core_playlists import OF_THE_DISTRICT, SECONDS_MAX, SECONDS_MIN, STEPS_MAX, Playlist, Step, StepKind
from app.boards.schemas_playlists import PlaylistRequest, ScreenPlaylistModel
from app.kit.errors import LongwenError, NotFound
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Posted
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Screens = Annotated[Page, Depends(page_for(Permission.SCREEN_READ))]
SettingScreens = Annotated[Page, Depends(page_for(Permission.SCREEN_SET))]
Reading = Annotated[Page, Depends(page_for(Permission.PLAYLIST_READ))]
Setting = Annotated[Page, Depends(page_for(Permission.PLAYLIST_SET))]

KINDS = {
    StepKind.RANKING: Words("党员积分榜", "members by points"),
    StepKind.BRANCHES: Words("支部平均积分榜", "branches by their average"),
    StepKind.RADAR: Words("各项指标平均", "dimensions, on average"),
    StepKind.STARS: Words("支部星级", "branches by stars"),
    StepKind.GRIDS: Words("网格与结对帮带", "grids and pairings"),
    StepKind.TREND: Words("各季度走势", "trend over quarters"),
    StepKind.DEEDS: Words("最新事迹", "latest recognised deeds"),
}
_MEASURES = {
    TOTAL: Words("总积分", "total"),
    DAILY: Words("日常积分", "daily"),
    INNOVATION: Words("创新加分", "innovation"),
}
_SCOPES = {
    OrganisationKind.DISTRICT: Scope.DISTRICT,
    OrganisationKind.COMMITTEE: Scope.COMMITTEE,
    OrganisationKind.BRANCH: Scope.BRANCH,
}
_SECONDS = 20
_ROWS_MORE = 3  # empty ones under a playlist's own


# Screens.


@router.get("/screens")
def show_screens(page: Screens) -> Response:
    """Without their tokens; each with what it plays."""
    return _screens().shown(page)


@router.post("/screens")
def make_screen(request: Request, page: SettingScreens) -> Response:
    """Its address holds the token, and is shown in this answer only."""
    sheet = _screens()
    try:
        asked = page.posted.read(ScreenRequest)
        screen, token = page.run(
            lambda connection, actor: service_tokens.make_screen(
                connection, actor, page.district, name=asked.name, path=asked.path, request_id=page.request_id
            )
        )
    except LongwenError as error:
        return page.refused(sheet.template, error, **page.run(sheet.read))
    origin = page.state.settings.public_origin or str(request.base_url).rstrip("/")
    made = {"name": screen.name, "address": f"{origin}/screen#{token}"}
    return page.show(sheet.template, status=201, **page.run(sheet.read) | {"made": made})


@router.post("/screens/{screen_id}/end")
def revoke_screen(screen_id: UUID, page: SettingScreens) -> Response:
    """At once."""

    def work(connection: Connection, actor: Actor) -> None:
        service_tokens.revoke_screen(connection, actor, screen_id, request_id=page.request_id)

    return _screens().done(page, work, Words("已撤销。", "It is revoked."))


@router.post("/screens/{screen_id}/playlist")
def choose_playlist(screen_id: UUID, page: Setting) -> Response:
    """The screen follows at once; none: it shows nothing any more."""

    def work(connection: Connection, actor: Actor) -> None:
        chosen = page.posted.read(ScreenPlaylistModel, playlist_id=page.posted.get("playlist_id") or None)
        playlists.choose(connection, actor, screen_id, chosen.playlist_id, request_id=page.request_id)

    return _screens().done(page, work, Words("已更换播放单，大屏随即更新。", "Chosen; the screen follows at once."))


def _screens() -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        reads = bool(actor.reach(Permission.PLAYLIST_READ))
        known = playlists.playlists(connection, actor) if reads else []
        views = roster.organisations_for(connection, actor, Permission.SCREEN_SET)
        return {
            "screens": service_tokens.screens(connection, actor),
            "places": {one.path: one.name for one in roster.organisations(connection, actor.district_id)},
            "sets": bool(actor.reach(Permission.SCREEN_SET)),
            "chooses": bool(actor.reach(Permission.PLAYLIST_SET)),
            "playlists": known,
            "played": {screen: one for one in known for screen in one.screens},
            "hung_at": [one for one in views if one.kind in _SCOPES and one.until_on is None],
            "made": None,
        }

    return Sheet("/screens", "screens.html", read)


# Playlists.


@router.get("/playlists")
def show_playlists(page: Reading) -> Response:
    """By name, with the screens that show each."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        screens = {one.id: one.name for one in service_tokens.screens(connection, actor)}
        sets = bool(actor.reach(Permission.PLAYLIST_SET))
        return {"playlists": playlists.playlists(connection, actor), "screens": screens, "sets": sets}

    return page.show("playlists.html", **page.run(work), kinds=KINDS)


@router.get("/playlists/new")
def begin_playlist(page: Setting) -> Response:
    """An empty one."""
    return _playlist(new_id(), is_new=True).shown(page)


@router.get("/playlists/{playlist_id}")
def show_playlist(playlist_id: UUID, page: Reading) -> Response:
    """Its boards in their order."""
    return _playlist(playlist_id).shown(page)


@router.post("/playlists/{playlist_id}")
def set_playlist(playlist_id: UUID, page: Setting) -> Response:
    """Made or set anew; screens that show it follow at once."""
    is_new = page.posted.get("version") == "0"
    sheet = _playlist(playlist_id, is_new=is_new)

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(PlaylistRequest, steps=sent_steps(page.posted))
        wanted = Playlist(playlist_id, asked.name, tuple(one.step() for one in asked.steps), 0, actor.at)
        playlists.set_playlist(connection, actor, wanted, asked.version, request_id=page.request_id)

    try:
        page.run(work)
    except LongwenError as error:
        facts = page.run(sheet.read)  # a place that is gone is said beside the form; the playlist itself is a page gone
        return page.refused(sheet.template, error, **facts | {"rows": _typed(page.posted)})
    return page.goto(sheet.path, Words("已保存，使用它的大屏随即更新。", "Saved; screens that show it follow at once."))


def sent_steps(posted: Posted) -> list[dict[str, Any]]:
    """The rows of the form by their positions; one without a board is left out."""
    return [_step_of(row) for row in _typed(posted) if row["kind"]]


def _step_of(row: dict[str, str]) -> dict[str, Any]:
    scope, _, place_id = row["place"].partition(":")
    is_whole = row["kind"] in OF_THE_DISTRICT or scope in ("", Scope.DISTRICT)
    seconds = row["seconds"].strip()
    step: dict[str, Any] = {
        "kind": row["kind"],
        "seconds": int(seconds) if seconds.isdecimal() and len(seconds) < 6 else seconds,
        "scope": Scope.DISTRICT if is_whole else scope,
        "measure": row["measure"] or TOTAL,
    }
    if not is_whole:
        step["place_id"] = place_id
    if row["title"].strip():
        step["title"] = row["title"].strip()
    return step


_FIELDS = ("position", "kind", "seconds", "place", "measure", "title")


def _typed(posted: Posted) -> list[dict[str, str]]:
    """The rows as they were typed, in the order that their positions give."""
    numbers = sorted({int(name) for name, _ in posted.under("position.") if name.isdecimal() and len(name) < 4})
    rows = [{name: posted.get(f"{name}.{number}") for name in _FIELDS} for number in numbers[: 2 * STEPS_MAX]]
    return sorted(rows, key=lambda row: _position(row["position"]))


def _position(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")


def _row(position: int, step: Step | None) -> dict[str, str]:
    if step is None:
        return dict.fromkeys(_FIELDS, "") | {"position": str(position), "seconds": str(_SECONDS)}
    place = "" if step.place_id is None else f"{step.scope.value}:{step.place_id}"
    return {
        "position": str(position),
        "kind": step.kind.value,
        "seconds": str(step.seconds),
        "place": place,
        "measure": step.measure,
        "title": step.title or "",
    }


def _playlist(playlist_id: UUID, *, is_new: bool = False) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        held = next((one for one in playlists.playlists(connection, actor) if one.id == playlist_id), None)
        if held is None and not is_new:
            raise NotFound(what="playlist", field="playlist_id")
        facts = reckoning.gather_facts(connection, actor)
        steps: list[Step | None] = [] if held is None else list(held.steps)
        steps += [None] * min(_ROWS_MORE, STEPS_MAX - len(steps))
        there = (one for one in facts.organisations.values() if one.until_on is None and one.kind in _SCOPES)
        ordered = sorted(there, key=lambda one: one.path)
        places = [(f"{_SCOPES[one.kind].value}:{one.id}", one.name) for one in ordered if one.parent_id is not None]
        return {
            "playlist": held,
            "playlist_id": playlist_id,
            "rows": [_row(number, step) for number, step in enumerate(steps, start=1)],
            "sets": bool(actor.reach(Permission.PLAYLIST_SET)),
            "kinds": KINDS,
            "places": places + [(f"{Scope.GRID.value}:{key}", name) for key, name in facts.grids.items()],
            "measures": {**_MEASURES, **{code: one.dimension.name for code, one in facts.dimensions.items()}},
            "seconds": (SECONDS_MIN, SECONDS_MAX),
        }

    return Sheet(f"/playlists/{playlist_id}", "playlist.html", read)
