"""Routes of recording and reviewing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.http import state_of
from app.submissions import reversing, service
from app.submissions.core import PAGE_MAX, SubmissionState
from app.submissions.schemas import (
    DecisionAnswer,
    DecisionRequest,
    PostedAnswer,
    RecordAnswer,
    RecordedAnswer,
    RecordRequest,
    ReversalRequest,
    SubmissionPageAnswer,
)

router = APIRouter(prefix="/api/v1", tags=["submissions"])


@router.post("/entries", summary="记录积分 · Record points", status_code=201)
def record_entries(
    body: RecordRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.ENTRY_RECORD))],
    mode: Annotated[
        Literal["all", "each"],
        Query(description="all 全部成功才保存；each 逐条保存 · all or nothing, or each by itself"),
    ] = "all",
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> RecordAnswer:
    """日常项立即入账；加分、扣分和一票否决成为申报，由审核人决定。

    Routine matters are booked at once; additions, faults and vetoes become submissions that a reviewer decides.
    """
    recorded = door.run(
        lambda connection, actor: service.record(
            connection, actor, body.postings(actor.account_id), each=mode == "each"
        ),
        commit=not preview,
    )
    replays = sum(one.replayed for one in recorded)
    if replays:
        response.headers["Idempotent-Replay"] = "true"
        state_of(request).metrics.replayed(replays)
    if preview or replays == len(recorded) or any(one.fault is not None for one in recorded):
        response.status_code = 200
    results = [RecordedAnswer.of(one, door.language) for one in recorded]
    return RecordAnswer(preview=preview, results=results)


@router.get("/submissions", summary="申报列表 · Submissions")
def list_submissions(
    door: Annotated[Door, Depends(permit(Permission.SUBMISSION_READ))],
    state: SubmissionState | None = None,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> SubmissionPageAnswer:
    """我可以查看的申报，按提交时间排列。· Those in reach, by time of recording."""
    after = None
    if cursor is not None:
        at, last = cursor.split(".")
        after = (datetime.fromtimestamp(int(at) / 1_000_000, UTC), UUID(hex=last))
    page = door.run(
        lambda connection, actor: service.submissions(connection, actor, state=state, after=after, count_max=limit)
    )
    return SubmissionPageAnswer.of(page)


@router.post("/submissions/{submission_id}/decision", summary="审核申报 · Decide a submission")
def decide_submission(
    submission_id: UUID,
    body: DecisionRequest,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.SUBMISSION_DECIDE))],
    preview: bool = False,
) -> DecisionAnswer:
    """入账或退回不予采纳；审核人不得是提交人或本人。· Post or refuse; never by who recorded it or whom it is about."""
    decided = door.run(
        lambda connection, actor: service.decide(connection, actor, submission_id, body.decision, body.note),
        commit=not preview,
    )
    if decided.replayed:
        response.headers["Idempotent-Replay"] = "true"
    return DecisionAnswer.of(decided)


@router.post("/entries/{entry_id}/reversal", summary="冲正 · Reverse an entry", status_code=201)
def reverse_entry(
    entry_id: UUID,
    body: ReversalRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.ENTRY_REVERSE))],
    preview: bool = False,
) -> PostedAnswer:
    """新增一条相反的记录；原记录不改不删。· Adds the opposite entry; the original stays as it is."""
    undone = door.run(
        lambda connection, actor: reversing.reverse(connection, actor, entry_id, body.id, body.reason),
        commit=not preview,
    )
    if undone.replayed:
        response.status_code = 200
        response.headers["Idempotent-Replay"] = "true"
        state_of(request).metrics.replayed()
    elif preview:
        response.status_code = 200
    return PostedAnswer.of(undone)
