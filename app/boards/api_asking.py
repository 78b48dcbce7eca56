"""What the routes of boards have in common: which board is asked for, and how it is followed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from app.auth.api import Door
from app.boards import ranking, screening
from app.boards.core import Asked
from app.boards.following import BoardFollower, Follower, Following, ScreenFollower
from app.boards.schemas import written_board
from app.boards.schemas_screens import written_play
from app.kit.channels import Channels
from app.kit.days import Day
from app.kit.sending import JSON, conditional

Measure = Annotated[
    str,
    Query(
        pattern=r"^[A-Za-z]{2,20}$",
        description="total 总积分 · daily 日常 · innovation 创新 · 或指标代码如 ORG · or a dimension's code",
    ),
]
Cycle = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z-]{4,16}$", description="考评年度，默认本年度 · the cycle")]
InQuarter = Annotated[
    str | None,
    Query(pattern=r"^\d{4}Q[1-4]$", description="季度封账结果；复核中的显示上一季度 · as sealed", examples=["2026Q2"]),
]
On = Annotated[Day | None, Query(description="过去某日终了时的榜单 · as it was at the end of a past day")]
Seconds = Annotated[
    int | None, Query(ge=0, le=86_400, description="最多持续秒数，0 只取目前内容 · ends after so long; 0: what is now")
]
LastEventId = Annotated[str | None, Header(max_length=64, description="断线续传 · where the follower left off")]
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "board 全文 · change 变化（RFC 6902） · beat 心跳 · end 结束",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


def boards_of(request: Request) -> ranking.Boards:
    return cast("ranking.Boards", request.app.state.boards)


def answer_board(request: Request, door: Door, asked: Asked) -> Response:
    """The board, under a tag of its bytes. The caller's transaction is over before it is worked out."""
    boards = boards_of(request)
    actor = door.run(lambda _, actor: actor)
    facts = boards.facts(actor.district_id, actor.today)
    subject, audience, policy = ranking.resolve(facts, actor, asked)
    return conditional(request, boards.shown(subject, facts, audience, policy, written_board), media_type=JSON)


async def follow_board(
    request: Request, door: Door, asked: Asked, last_id: str | None, seconds: int | None
) -> Response:
    """The board as a stream."""
    boards = boards_of(request)

    def enter() -> BoardFollower:
        actor = door.run(lambda _, actor: actor)
        _, audience, _ = ranking.resolve(boards.facts(actor.district_id, actor.today), actor, asked)
        return BoardFollower(door.district, door.token or "", door.kind, asked, audience)

    follower = await run_in_threadpool(enter)
    key = ("board", follower.district, asked, follower.audience)
    work = partial(following_of(request).board, follower, write=written_board)
    return await _stream(request, key, work, follower, last_id, seconds)


async def follow_playlist(request: Request, door: Door, last_id: str | None, seconds: int | None) -> Response:
    """A screen's playlist as a stream."""

    def enter() -> ScreenFollower:
        screen, playlist_id, screen_id = screen_of(request, door)
        return ScreenFollower(door.district, screen_id, screen.path, playlist_id)

    follower = await run_in_threadpool(enter)
    key = ("play", follower.district, follower.playlist_id, follower.path)
    work = partial(following_of(request).play, follower, write=written_play)
    return await _stream(request, key, work, follower, last_id, seconds)


def screen_of(request: Request, door: Door) -> tuple[screening.Screen, UUID, UUID]:
    """What a screen is, with the ids of its playlist and of itself. Raises NoPlaylist."""
    actor = door.run(lambda _, actor: actor)
    facts = boards_of(request).facts(actor.district_id, actor.today)
    (held,) = actor.appointments
    screen_id = cast("UUID", actor.account_id)
    playlist = screening.playlist_of(facts, screen_id)
    return screening.Screen(actor.district_id, actor.today, held.path), playlist.id, screen_id


async def _stream(
    request: Request,
    key: Hashable,
    work: Callable[[float], bytes],
    follower: Follower,
    last_id: str | None,
    seconds: int | None,
) -> Response:
    channels = cast("Channels", request.app.state.channels)
    await channels.open(key, work)
    events: AsyncIterator[bytes] = channels.follow(key, work, follower, last_id, seconds)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no", "Vary": "Authorization, Cookie"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


def following_of(request: Request) -> Following:
    return cast("Following", request.app.state.following)
