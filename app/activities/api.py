"""Routes of meetings and attendance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from app.activities import correcting, exceptions, service, undoing
from app.activities.core import PAGE_MAX, ActivityView
from app.activities.schemas import (
    ActivityPageAnswer,
    ActivityRequest,
    ActivityUndoneAnswer,
    ActivityViewAnswer,
    CorrectionRequest,
    MakeUpRequest,
    MemberSessionPageAnswer,
    UndoingRequest,
    WaivedAnswer,
    WaiverRequest,
)
from app.auth.api import Door, permit
from app.auth.core import Actor, Permission
from app.kit import days, http
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.http import tell_made

router = APIRouter(prefix="/api/v1", tags=["activities"])

Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
Recorder = Annotated[Door, Depends(permit(Permission.ACTIVITY_RECORD))]
Reader = Annotated[Door, Depends(permit(Permission.ACTIVITY_READ))]
After = Annotated[str | None, Query(pattern=DAY_CURSOR)]


@router.post("/activities", summary="记录活动和考勤 · Record a session with its attendance", status_code=201)
def record_activity(
    body: ActivityRequest, request: Request, response: Response, door: Recorder, preview: Preview = False
) -> ActivityViewAnswer:
    """应参加的党员默认到会，只列例外；全部成功才保存。请假和缺席可在七日内补课。

    Whoever owes the duty was present unless listed otherwise; all or nothing. An absence can be made up for seven days.
    """
    return _changed(
        door,
        lambda connection, actor: service.record(connection, actor, body.meeting()),
        request,
        response,
        preview=preview,
    )


@router.get("/activities", summary="活动列表 · Sessions")
def list_activities(
    door: Reader,
    branch: Annotated[UUID | None, Query(description="支部、党小组或上级 · an organisation")] = None,
    first: Annotated[days.Day | None, Query(alias="from")] = None,
    last: Annotated[days.Day | None, Query(alias="to")] = None,
    cursor: After = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> ActivityPageAnswer:
    """可查看的活动，由近及远，附未开展和免除的时段。· Those in reach from the latest on, and windows not asked for."""
    return door.run_named(
        lambda connection, actor: service.activities(
            connection,
            actor,
            organisation_id=branch,
            first=first,
            last=last,
            before=read_cursor(cursor),
            count_max=limit,
        ),
        ActivityPageAnswer.of,
    )


@router.post("/activities/not-held", summary="时段内未开展 · A session was not held", status_code=201)
def record_not_held(
    body: WaiverRequest, request: Request, response: Response, door: Recorder, preview: Preview = False
) -> WaivedAnswer:
    """支部未开展的，党员免责，计入支部星级；时段内补开的，恢复。

    Nobody loses what the branch did not hold; its star answers. A session held later in the window asks again.
    """
    asked = exceptions.Request(**body.model_dump())
    waived, answer = door.run_and_name(
        lambda connection, actor: exceptions.not_held(connection, actor, asked),
        lambda waived: WaivedAnswer.of_waived(waived, preview=preview),
        commit=not preview,
    )
    tell_made(request, response, replayed=waived.replayed, preview=preview)
    return answer


@router.post("/activities/exceptions", summary="区里免除 · Ask nobody for it", status_code=201)
def record_exception(
    body: WaiverRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.ACTIVITY_EXCUSE))],
    preview: Preview = False,
) -> WaivedAnswer:
    """企业停产、疫情等，由区里按支部、党委或全区免除某时段的一项职责。

    The district asks a branch, a committee's branches or everyone for nothing in a window: the enterprise stands still.
    """
    asked = exceptions.Request(**body.model_dump())
    waived, answer = door.run_and_name(
        lambda connection, actor: exceptions.excuse(connection, actor, asked),
        lambda waived: WaivedAnswer.of_waived(waived, preview=preview),
        commit=not preview,
    )
    tell_made(request, response, replayed=waived.replayed, preview=preview)
    return answer


@router.get("/activities/{activity_id}", summary="活动和考勤 · A session")
def read_activity(activity_id: UUID, door: Reader) -> ActivityViewAnswer:
    """一次活动的全部考勤。· Everybody's attendance."""
    return door.run_named(
        lambda connection, actor: service.read(connection, actor, activity_id), ActivityViewAnswer.of_view
    )


@router.put("/activities/{activity_id}/attendance", summary="更正考勤 · Correct the attendance")
def correct_attendance(
    activity_id: UUID,
    body: CorrectionRequest,
    request: Request,
    response: Response,
    door: Recorder,
    preview: Preview = False,
) -> ActivityViewAnswer:
    """本季度内可更正：原记录冲正，重新入账。· While the quarter is open, by reversal and a new entry."""
    marks = [one.mark() for one in body.attendance]
    response.status_code = 200
    return _changed(
        door,
        lambda connection, actor: correcting.correct(
            connection, actor, activity_id, body.version, marks, body.evidence
        ),
        request,
        response,
        preview=preview,
    )


@router.post("/activities/{activity_id}/undoing", summary="撤销整场活动 · Take a session back")
def undo_activity(
    activity_id: UUID,
    body: UndoingRequest,
    request: Request,
    response: Response,
    door: Recorder,
    preview: Preview = False,
) -> ActivityUndoneAnswer:
    """记错的活动整场撤销：所记积分冲正，由此的补课和申报一并取消；记录保留可查。

    What was written down by mistake is taken back as one: entries are reversed, make-ups and proposals that came of it
    fall with it, and all of it stays on record.
    """

    def told(done: undoing.Undone) -> ActivityUndoneAnswer:
        shown = ActivityViewAnswer.of_view(done.view, preview=preview).model_dump()
        return ActivityUndoneAnswer(**shown, reversed=done.reversed, waiting=done.waiting)

    done, answer = door.run_and_name(
        lambda connection, actor: undoing.undo(connection, actor, activity_id, body.version, body.reason),
        told,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.view.replayed, preview=preview)
    return answer


@router.post("/activities/{activity_id}/make-ups", summary="补课 · Make up an absence")
def record_make_ups(
    activity_id: UUID,
    body: MakeUpRequest,
    request: Request,
    response: Response,
    door: Recorder,
    preview: Preview = False,
) -> ActivityViewAnswer:
    """七日内补课；其他支部来参加的党员也在所到支部的活动上登记。

    Within seven days of the session; a member of another branch is entered at the session where they were a guest.
    """
    made_up = [correcting.MakeUp(**one.model_dump()) for one in body.members]
    return _changed(
        door,
        lambda connection, actor: correcting.make_up(connection, actor, activity_id, made_up),
        request,
        response,
        preview=preview,
    )


@router.get(
    "/activities/{activity_id}/files/{content_hash}",
    summary="活动凭证 · Evidence",
    response_class=Response,
    responses=http.FILE_RESPONSES,
)
def read_activity_file(
    activity_id: UUID,
    content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    door: Reader,
) -> Response:
    """签到表等，作为附件下载。· A file of the session, as an attachment."""
    found = door.run(
        lambda connection, actor: service.evidence(
            connection, actor, activity_id, content_hash, request_id=door.request_id
        )
    )
    return http.blob(request, found.key, found.content.size, found.headers)


@router.get("/members/{member_id}/attendance", summary="党员考勤 · A member's sessions")
def read_attendance(
    member_id: UUID,
    door: Reader,
    cursor: After = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> MemberSessionPageAnswer:
    """一名党员的考勤，由近及远；本人可查看本人的。· From the latest on; members read their own."""
    return door.run_named(
        lambda connection, actor: service.attendance_of(
            connection, actor, member_id, before=read_cursor(cursor), count_max=limit
        ),
        MemberSessionPageAnswer.of,
    )


def _changed(
    door: Door,
    work: Callable[[Connection, Actor], ActivityView],
    request: Request,
    response: Response,
    *,
    preview: bool,
) -> ActivityViewAnswer:
    view, answer = door.run_and_name(
        work, lambda view: ActivityViewAnswer.of_view(view, preview=preview), commit=not preview
    )
    tell_made(request, response, replayed=view.replayed, preview=preview)
    return answer
