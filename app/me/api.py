"""Routes of the own record: what the phone opens with, its feeds, and its queue."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from app.auth.api import Door, signed_in
from app.kit import http, problems
from app.kit.errors import Unavailable
from app.kit.sending import conditional_on
from app.me import service, service_file, service_queue
from app.me.core import EVIDENCE_PAGE_MAX, PERMISSIONS, QUEUE_BYTES_MAX, Errand, QueueTooLarge
from app.me.schemas import (
    EVIDENCE_CURSOR,
    AppealPageAnswer,
    EntryPageAnswer,
    EvidencePageAnswer,
    OwnDutiesAnswer,
    OwnItemBookAnswer,
    OwnStandingAnswer,
    SubmissionPageAnswer,
    after_cursor,
    before_cursor,
)
from app.me.schemas_file import shown
from app.me.schemas_home import HomeAnswer, OwnAccountAnswer
from app.me.schemas_queue import QueueAnswer, QueuedAnswer, QueueRequest, Unreadable

router = APIRouter(prefix="/api/v1/me", tags=["me"])

SignedIn = Annotated[Door, Depends(signed_in)]
Cycle = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z-]{4,16}$", description="考评年度，默认本年度 · the cycle")]
Cursor = Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")]
SEQ_MAX = 2**31 - 1
# Unless more are asked for: the longest of them all together stay under 50 KB.
ENTRIES_AT_ONCE = 12
SUBMISSIONS_AT_ONCE = 8
ZIP = "application/zip"


def boards_of(request: Request) -> service.Places:
    return cast("service.Places", request.app.state.boards)


@router.get("", summary="首页 · All that the app opens with")
def read_home(request: Request, door: SignedIn) -> HomeAnswer:
    """一次取得首页所需：本人、职务、积分、名次、职责、消息和待办；没有关联党员的账号也可使用。

    Who I am, my offices, standing, places, duties, messages, and what waits for me. An account without a member has it
    too, without a record.
    """
    district, boards = door.district, boards_of(request)
    login, name, found = door.run_as_caller(
        lambda connection, caller: (caller.login, caller.name, service.home(connection, caller.actor, boards))
    )
    account = OwnAccountAnswer(login=f"{district.code}/{login}", name=name, district=district.name)
    return HomeAnswer.of(found, account, door.language)


@router.get("/standing", summary="我的积分状态 · My standing")
def read_own_standing(request: Request, door: SignedIn, cycle: Cycle = None) -> OwnStandingAnswer:
    """含各指标和名次；榜单设置不显示的名次为空。· With the dimensions, and places as far as boards are shown."""
    boards = boards_of(request)
    return door.run_named(
        lambda connection, actor: service.record(connection, actor, cycle, boards),
        lambda found: OwnStandingAnswer.of(found, door.language),
    )


@router.get("/entries", summary="我的积分记录 · My entries")
def list_own_entries(
    door: SignedIn,
    cycle: Cycle = None,
    after: Annotated[int, Query(ge=0, le=SEQ_MAX, description="上次取到的序号 · the number to go on after")] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = ENTRIES_AT_ONCE,
) -> EntryPageAnswer:
    """按序号排列；用上次的最大序号作 after 续读，不漏不重。

    By number; a reader that goes on after the last number it has seen skips and repeats none.
    """
    return door.run_named(
        lambda connection, actor: service.entries(connection, actor, cycle, after, limit), EntryPageAnswer.of
    )


@router.get("/items", summary="我的积分项目 · The items that judge me", response_model=OwnItemBookAnswer)
def list_own_items(request: Request, door: SignedIn) -> Response:
    """本人类型今日适用的全部项目；ETag 由版本决定。· As today's edition has them; the ETag is that of the edition."""
    found, language = door.run(service.item_book), door.language
    key = f"{request.app.version} {found.edition.digest} {found.regime.profile} {language}"
    return conditional_on(request, key, lambda: OwnItemBookAnswer.of(found, language).model_dump_json().encode())


@router.get("/duties", summary="我的职责 · My duties")
def list_own_duties(door: SignedIn, cycle: Cycle = None) -> OwnDutiesAnswer:
    """全年应尽职责及其状态。· Everything due in the cycle, and what became of it."""
    found = door.run(lambda connection, actor: service.duties(connection, actor, cycle))
    return OwnDutiesAnswer.of(found, door.language)


@router.get("/submissions", summary="我的申报 · My submissions")
def list_own_submissions(
    door: SignedIn, cursor: Cursor = None, limit: Annotated[int, Query(ge=1, le=50)] = SUBMISSIONS_AT_ONCE
) -> SubmissionPageAnswer:
    """本人提交的和涉及本人的。· Those that one made, and those about oneself."""
    after = after_cursor(cursor)
    return door.run_named(
        lambda connection, actor: service.own_submissions(connection, actor, after, limit), SubmissionPageAnswer.of
    )


@router.get("/appeals", summary="我的申诉 · My appeals")
def list_own_appeals(
    door: SignedIn, cursor: Cursor = None, limit: Annotated[int, Query(ge=1, le=50)] = 20
) -> AppealPageAnswer:
    """含答复。· With their answers."""
    after = after_cursor(cursor)
    return door.run_named(
        lambda connection, actor: service.own_appeals(connection, actor, after, limit),
        lambda page: AppealPageAnswer.of(page, door.language),
    )


@router.get("/evidence", summary="我的凭证 · My evidence")
def list_own_evidence(
    door: SignedIn,
    cursor: Annotated[str | None, Query(pattern=EVIDENCE_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=EVIDENCE_PAGE_MAX)] = 50,
) -> EvidencePageAnswer:
    """本人记录、申报和申诉所附的文件，及已上传未使用的。· What the own record rests on, and what was sent in."""
    before = before_cursor(cursor)
    page = door.run(lambda connection, actor: service.evidence(connection, actor, before=before, count_max=limit))
    return EvidencePageAnswer.of(page)


@router.get(
    "/file",
    summary="下载本人档案 · One's own file",
    response_class=StreamingResponse,
    responses={200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
)
def export_own_file(door: SignedIn) -> StreamingResponse:
    """本系统所存有关本人的全部内容和凭证（ZIP）；下载记入访问日志。

    Everything that the service holds about the caller, with the evidence, as a ZIP. It is written to the access log.
    """
    state, language = door.state, door.language
    gathered = service_file.Gathered(lambda value: shown(value, language), state.cipher)
    try:
        door.run_as_caller(
            lambda connection, caller: service_file.gather(connection, caller, gathered, door.request_id)
        )
    except BaseException:
        gathered.file.close()
        raise
    return StreamingResponse(
        service_file.zipped(gathered, state.blobs),
        media_type=ZIP,
        headers={
            "Content-Disposition": 'attachment; filename="longwen-file.zip"',
            "Cache-Control": "private, no-store",
        },
    )


class Bounded(APIRoute):
    """A route whose body is refused as soon as it is known to be too long."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            refusal = QueueTooLarge(kilobytes=QUEUE_BYTES_MAX // 1024)
            read = http.limited(request, QUEUE_BYTES_MAX, refusal)
            await read.body()
            return await handle(read)

        return bounded


of_queue = APIRouter(prefix="/api/v1/me", tags=["me"], route_class=Bounded)


@of_queue.post("/queue", summary="离线队列 · What was written offline")
def send_queue(body: QueueRequest, request: Request, door: SignedIn) -> QueueAnswer:
    """离线写下的申报、活动、陈述、申诉、意见和已读标记，最多一百项，逐项办理、逐项答复；重发无害。

    Up to a hundred things of any kind, each in a transaction of its own and answered in order. Sent late or twice, each
    is done once.
    """
    door.run(lambda _connection, _actor: None)  # who may not call at all is told so once
    results: list[QueuedAnswer] = []
    broken: problems.Problem | None = None
    for element in body.elements:
        if isinstance(element, Unreadable):
            found = problems.of_validation(element.errors, door.language, door.request_id)
            results.append(QueuedAnswer.refused(found))
        elif broken is not None:
            results.append(QueuedAnswer.refused(broken))
        else:
            answer, broken = _done(door, request, element)
            results.append(answer)
    replays = sum(one.replayed for one in results)
    if replays:
        door.state.metrics.replayed(replays)
    return QueueAnswer(results=results)


def _done(door: Door, request: Request, errand: Errand) -> tuple[QueuedAnswer, problems.Problem | None]:
    """The answer to one; and where the database does not serve, the problem that the rest would meet as well."""
    own = replace(door, permission=PERMISSIONS.get(type(errand)))
    try:
        done = own.run(lambda connection, actor: service_queue.carry_out(connection, actor, errand))
    except Exception as error:  # noqa: BLE001 - what one element meets is told as its own; http logs what is unforeseen
        problem = http.problem_of(request, error)
        return QueuedAnswer.refused(problem), problem if isinstance(error, Unavailable) else None
    return QueuedAnswer.of(done), None
