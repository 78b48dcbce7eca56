"""Routes of review packs: asked for, watched, taken back, copied and fetched; and the notice for the wall."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Annotated
from uuid import UUID

import anyio
from fastapi import APIRouter, BackgroundTasks, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.errors import LongwenError
from app.reviews import copying, making, packing, papers, walls
from app.reviews.core_packs import MEDIA_TYPES, SUFFIXES, Copy, Pack, PackKind, PackState, pieces, range_of
from app.reviews.schemas import (
    CopyAnswer,
    NewCopy,
    PackAnswer,
    PacksAnswer,
    TakenCopiesAnswer,
    TakenCopyAnswer,
)

of_quarters = APIRouter(prefix="/api/v1/quarters", tags=["reviews"])
router = APIRouter(prefix="/api/v1/packs", tags=["reviews"])

Exporting = Annotated[Door, Depends(permit(Permission.QUARTER_EXPORT))]
QuarterCode = Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])]
_LOOK_SECONDS = 0.5  # between two looks at a pack that somebody watches
_FILE = {"schema": {"type": "string", "format": "binary"}}


def shop_of(door: Door) -> making.Workshop:
    return making.Workshop(door.state.database, door.state.clock, door.district)


@of_quarters.post(
    "/{quarter}/pack",
    summary="生成考评材料 · Make the pack of a quarter",
    status_code=202,
    responses={200: {"model": PackAnswer, "description": "已经生成 · it is there already"}},
)
def ask_for_pack(
    quarter: QuarterCode,
    door: Exporting,
    response: Response,
    background: BackgroundTasks,
    scope: Annotated[
        UUID | None, Query(description="哪个组织的；默认本人任职的组织 · whose; default: one's own")
    ] = None,
    kind: Annotated[PackKind, Query(description="季度、半年或年度 · the period")] = PackKind.QUARTER,
) -> PackAnswer:
    """在后台生成；进度见返回的编号。已有的不会再生成第二份。

    It is made in the background: watch it under the id. What is there already is not made twice.
    """
    found, answer = door.run_and_name(
        lambda connection, actor: packing.ask(connection, actor, quarter, kind=kind, scope_id=scope), PackAnswer.of
    )
    response.headers["Location"] = f"/api/v1/packs/{found.id}"
    if found.state is PackState.DONE:
        response.status_code = 200
    else:
        background.add_task(making.make, shop_of(door), found.id)
    return answer


@of_quarters.get("/{quarter}/packs", summary="考评材料列表 · Packs of a quarter")
def list_packs(quarter: QuarterCode, door: Exporting) -> PacksAnswer:
    """职权范围内各级的材料。· Those in the caller's reach, from the district down."""
    return door.run_named(
        lambda connection, actor: packing.packs(connection, actor, quarter),
        lambda found: PacksAnswer(packs=[PackAnswer.of(one) for one in found]),
    )


@of_quarters.get(
    "/{quarter}/branches/{branch_id}/wall",
    summary="支部公示张贴件 · The notice for a branch's wall",
    response_class=Response,
    responses={200: {"content": {"application/pdf": _FILE}}},
)
def print_wall_notice(quarter: QuarterCode, branch_id: UUID, door: Exporting) -> Response:
    """PDF；姓名按榜单设置，不列扣分，记入访问日志。

    A PDF with names as the boards' policy has them, and without deductions; written to the access log.
    """
    asked = door.request_id
    notice, at = door.run(lambda c, actor: walls.wall_notice(c, actor, quarter, branch_id, request_id=asked))
    headers = {"Content-Disposition": f'attachment; filename="longwen-{quarter}-notice.pdf"'}
    return Response(papers.wall_sheet(notice, at), media_type="application/pdf", headers=headers)


@router.get("/{pack_id}", summary="考评材料及进度 · A pack and how far it is")
def read_pack(pack_id: UUID, door: Exporting) -> PackAnswer:
    """状态、百分比、各份文件的大小和摘要。· State, percentage, and each paper's size and digest."""
    return door.run_named(lambda connection, actor: packing.pack(connection, actor, pack_id), PackAnswer.of)


def looked_at(pack_id: UUID, door: Exporting) -> Pack:
    """The pack before its progress is streamed: a refusal is still an answer then."""
    return door.run(lambda connection, actor: packing.pack(connection, actor, pack_id))


@router.get("/{pack_id}/progress", summary="生成进度（SSE）· Progress as events", response_class=EventSourceResponse)
async def watch_pack(
    pack_id: UUID, door: Exporting, first: Annotated[Pack, Depends(looked_at)]
) -> AsyncIterator[ServerSentEvent]:
    """每有进展发一次 `progress`；以 `done`、`failed` 或 `gone` 结束。

    A `progress` event with each change; `done`, `failed` or `gone` ends the stream.
    """
    found, told = first, None
    while True:
        seen = (found.state, found.progress)
        if seen != told:
            is_over = found.state in (PackState.DONE, PackState.FAILED)
            event = found.state.value if is_over else "progress"
            yield ServerSentEvent(event=event, id=str(found.progress), data=PackAnswer.of(found))
            if is_over:
                return
            told = seen
        await anyio.sleep(_LOOK_SECONDS)
        try:
            found = await run_in_threadpool(looked_at, pack_id, door)
        except LongwenError as error:  # taken back, or a right that is gone: the stream has begun and can only end
            yield ServerSentEvent(event="gone", data={"code": error.code, "detail": error.text(door.language)})
            return


@router.delete("/{pack_id}", summary="取消生成 · Take back a pack that is being made", status_code=204)
def cancel_pack(pack_id: UUID, door: Exporting) -> None:
    """不留任何内容；已生成的不能取消。· Nothing of it stays; what is made cannot be taken back."""
    door.run(lambda connection, actor: packing.cancel(connection, actor, pack_id))


@router.get("/{pack_id}/copies", summary="谁导出过 · Who took copies")
def list_copies(pack_id: UUID, door: Exporting) -> TakenCopiesAnswer:
    """最近的在前，至多 200 份。· The latest first, at most 200."""
    return door.run_named(
        lambda connection, actor: copying.taken(connection, actor, pack_id),
        lambda found: TakenCopiesAnswer(copies=[TakenCopyAnswer.of(one) for one in found]),
    )


@router.post("/{pack_id}/copies", summary="导出副本 · Take a copy", status_code=201)
def take_copy(pack_id: UUID, body: NewCopy, door: Exporting, response: Response) -> CopyAnswer:
    """副本标有导出人和时间，记入访问日志，一日内可下载。

    It is marked with who took it and when, written to the access log, and can be fetched for a day.
    """
    what = door.run(lambda connection, actor: copying.wanted(connection, actor, pack_id, body.part))
    with copying.marked(shop_of(door), what, body.reason) as (copy, source):
        door.run(lambda connection, actor: copying.keep(connection, actor, copy, source, door.request_id))
    answer = CopyAnswer.of(copy)
    response.headers["Location"] = answer.url
    return answer


@router.get(
    "/copies/{copy_id}",
    summary="下载副本 · Fetch a copy",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": _FILE}},
        206: {"description": "所请求的范围 · the range asked for"},
        416: {"description": "范围超出文件 · the range lies behind the end"},
    },
)
def fetch_copy(copy_id: UUID, request: Request, door: Exporting) -> Response:
    """可按 Range 续传。· A broken download goes on where it stopped (Range, If-Range)."""
    copy, pack = door.run(lambda connection, actor: copying.fetched(connection, actor, copy_id))
    tag = f'"{copy.digest.hex()}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Encoding": "identity",  # a range is one of these bytes, and not of them compressed
        "Content-Disposition": f'attachment; filename="{_file_name(pack, copy)}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(copy.digest).decode()}:",
    }
    asked = request.headers.get("range")
    if request.headers.get("if-range", tag) != tag:
        asked = None
    try:
        span = range_of(asked, copy.size)
    except ValueError:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{copy.size}", "ETag": tag})
    start, end = span or (0, copy.size)
    headers["Content-Length"] = str(end - start)
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{copy.size}"
    return StreamingResponse(
        _bytes(door, copy, start, end),
        status_code=200 if span is None else 206,
        media_type=MEDIA_TYPES[copy.part],
        headers=headers,
    )


def _bytes(door: Door, copy: Copy, start: int, end: int) -> Iterator[bytes]:
    """Piece by piece, each read in a transaction of its own: a slow reader holds none open."""
    database, district_id = door.state.database, door.district.id
    for number, first, last in pieces(start, end):
        read = partial(copying.piece, district_id=district_id, copy_id=copy.id, number=number)
        yield database.run(read, district_id)[first:last]


def _file_name(pack: Pack, copy: Copy) -> str:
    """Who has two copies beside each other sees which is of when."""
    return f"longwen-{pack.period}-{copy.taken_at:%Y%m%dT%H%M%SZ}.{SUFFIXES[copy.part]}"
