"""Routes of branches' boards, of playlists, and of the screens that show them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.boards import branching, playlists, screening
from app.boards.api_asking import (
    EVENT_STREAM,
    Cycle,
    InQuarter,
    LastEventId,
    Measure,
    On,
    Seconds,
    boards_of,
    follow_playlist,
    screen_of,
)
from app.boards.core import TOTAL, Asked, Scope
from app.boards.core_playlists import Playlist
from app.boards.core_screens import OnePlace
from app.boards.schemas_playlists import PlaylistAnswer, PlaylistRequest, PlaylistsAnswer, ScreenPlaylistModel
from app.boards.schemas_screens import BranchBoardAnswer, PlayAnswer, written_branches, written_play
from app.kit.sending import JSON, conditional

router = APIRouter(prefix="/api/v1", tags=["boards"])

Shower = Annotated[Door, Depends(permit(Permission.SCREEN_SHOW))]
PlaylistReader = Annotated[Door, Depends(permit(Permission.PLAYLIST_READ))]
PlaylistSetter = Annotated[Door, Depends(permit(Permission.PLAYLIST_SET))]


Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


@router.get("/boards/branches", summary="支部排名 · Branches ranked", response_model=BranchBoardAnswer)
def read_branches_board(
    request: Request,
    door: Annotated[Door, Depends(permit(Permission.BOARD_READ))],
    by: Annotated[Literal["average", "stars"], Query(description="average 平均积分 · stars 星级")] = "average",
    committee_id: Annotated[UUID | None, Query(description="只看一个基层党委 · of one committee only")] = None,
    grid_id: Annotated[UUID | None, Query(description="只看一个网格 · of one grid only")] = None,
    measure: Measure = TOTAL,
    cycle: Cycle = None,
    quarter: InQuarter = None,
    on: On = None,
) -> Response:
    """按平均积分或星级；参加排名人数不足的支部不列入。星级只有目前的。

    By average or by stars; too small a branch takes no part. Stars are those held now.
    """
    if committee_id is not None and grid_id is not None:
        raise OnePlace(field="grid_id")
    scope = Scope.COMMITTEE if committee_id is not None else Scope.DISTRICT if grid_id is None else Scope.GRID
    actor = door.run(lambda _, actor: actor)
    asked = Asked(scope, committee_id or grid_id or actor.district_id, measure, cycle, quarter, on)
    board = branching.branches_board(boards_of(request), actor, asked, by_stars=by == "stars")
    return conditional(request, written_branches(board), media_type=JSON)


# Playlists.


@router.get("/playlists", summary="播放单 · Playlists")
def list_playlists(door: PlaylistReader) -> PlaylistsAnswer:
    """全部播放单及使用它们的大屏。· All of them, with the screens that show each."""
    return PlaylistsAnswer(playlists=[PlaylistAnswer.of(one) for one in door.run(playlists.playlists)])


@router.put("/playlists/{playlist_id}", summary="设置播放单 · Set a playlist")
def set_playlist(
    playlist_id: UUID, body: PlaylistRequest, door: PlaylistSetter, preview: Preview = False
) -> PlaylistAnswer:
    """新建或修改；编号由客户端生成，重发无害。使用它的大屏随即更新。

    Made or changed under the client's id; sent again it changes nothing. Screens that show it follow at once.
    """
    made = door.run(
        lambda connection, actor: playlists.set_playlist(
            connection,
            actor,
            Playlist(playlist_id, body.name, tuple(one.step() for one in body.steps), 0, actor.at),
            body.version,
            request_id=door.request_id,
        ),
        commit=not preview,
    )
    return PlaylistAnswer.of(made)


@router.get("/playlists/{playlist_id}/preview", summary="预览播放单 · Look at a playlist", response_model=PlayAnswer)
def preview_playlist(playlist_id: UUID, request: Request, door: PlaylistReader) -> Response:
    """全区大屏上会显示的内容。· What a screen of the whole district would show."""
    actor = door.run(playlists.entered)
    screen = screening.Screen(actor.district_id, actor.today, actor.district_id.hex)
    return conditional(
        request, screening.written(boards_of(request), screen, playlist_id, written_play), media_type=JSON
    )


@router.put("/screens/{screen_id}/playlist", summary="选择大屏的播放单 · Choose a screen's playlist")
def choose_playlist(
    screen_id: UUID, body: ScreenPlaylistModel, door: PlaylistSetter, preview: Preview = False
) -> ScreenPlaylistModel:
    """一块大屏只显示一个播放单；空表示不再显示。· A screen shows one playlist; null: nothing any more."""
    door.run(
        lambda connection, actor: playlists.choose(
            connection, actor, screen_id, body.playlist_id, request_id=door.request_id
        ),
        commit=not preview,
    )
    return body


# What a screen itself asks for.


@router.get("/screens/playlist", summary="大屏：播放单及数据 · A screen's playlist", response_model=PlayAnswer)
def read_screen_playlist(request: Request, door: Shower) -> Response:
    """用大屏令牌；一次给出各榜单的数据。· By a screen's token: its one playlist with the data of all its boards."""
    screen, playlist_id, _ = screen_of(request, door)
    return conditional(
        request, screening.written(boards_of(request), screen, playlist_id, written_play), media_type=JSON
    )


@router.get(
    "/screens/playlist/events", summary="大屏：实时推送 · A screen's playlist, live", response_class=Response,
    responses=EVENT_STREAM,
)  # fmt: skip
async def follow_screen_playlist(
    request: Request, door: Shower, seconds: Seconds = None, last_event_id: LastEventId = None
) -> Response:
    """只推送变化，断线后续传；令牌撤销即结束。· Differences only, resumed, and ended once the token is revoked."""
    return await follow_playlist(request, door, last_event_id, seconds)
