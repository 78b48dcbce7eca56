"""Routes of recording, of reading submissions and evidence, and of reversals."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.days import Day
from app.kit.errors import BatchRefused, Fault
from app.kit.http import FILE_RESPONSES, blob, tell_made, tell_replay
from app.submissions import reading, reversing, service
from app.submissions.core import PAGE_MAX, Recorded, Sought
from app.submissions.core_states import ProposalKind, SubmissionState
from app.submissions.group import Group
from app.submissions.schemas import (
    PostedAnswer,
    RecordAnswer,
    RecordedAnswer,
    RecordRequest,
    ReversalRequest,
    SubmissionPageAnswer,
    after_cursor,
)
from app.submissions.schemas_flow import EvidenceAnswer, EvidenceListAnswer, SubmissionViewAnswer

router = APIRouter(prefix="/api/v1", tags=["submissions"])

Cursor = Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")]
HashInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="文件摘要 · the file's digest")]


@router.post("/entries", summary="记录积分 · Record points", status_code=201, response_model=RecordAnswer)
async def record_entries(
    body: RecordRequest,
    request: Request,
    door: Annotated[Door, Depends(permit(Permission.ENTRY_RECORD))],
    mode: Annotated[
        Literal["all", "each"],
        Query(description="all 全部成功才保存；each 逐条保存 · all or nothing, or each by itself"),
    ] = "all",
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> Response:
    """日常项立即入账；加分、扣分和一票否决成为申报，由审核人决定。

    Routine matters are booked at once; additions, faults and vetoes become submissions that a reviewer decides. Names
    are null: whoever sends thirty facts at once knows whom they are about.
    """
    together = await _in_group(body, request, door) if not preview else None
    if together is None:
        recorded, sent = await run_in_threadpool(_alone, body, door, each=mode == "each", preview=preview)
    elif mode == "all" and together.fault is not None:
        raise BatchRefused([Fault(0, together.fault)])
    else:
        recorded, sent = [together], _sent([together], door, preview=False)
    replays = sum(one.replayed for one in recorded)
    answer = Response(sent, 201, media_type="application/json")
    tell_replay(request, answer, replays)
    if preview or replays == len(recorded) or any(one.fault is not None for one in recorded):
        answer.status_code = 200
    return answer


def _alone(body: RecordRequest, door: Door, *, each: bool, preview: bool) -> tuple[list[Recorded], bytes]:
    """In a transaction of its own. The answer to a long batch is put together here, where nobody else waits for it."""
    recorded = door.run(
        lambda connection, actor: service.record(
            connection, actor, body.postings(actor.account_id), each=each, papers=body.papers
        ),
        commit=not preview,
    )
    return recorded, _sent(recorded, door, preview=preview)


def _sent(recorded: list[Recorded], door: Door, *, preview: bool) -> bytes:
    results = [RecordedAnswer.of(one, door.language) for one in recorded]
    return RecordAnswer(preview=preview, results=results).model_dump_json(by_alias=True).encode()


async def _in_group(body: RecordRequest, request: Request, door: Door) -> Recorded | None:
    """The answer to a single fact, from a transaction shared with others; None: it goes through alone."""
    if len(body.entries) > 1 or body.papers or not door.state.settings.group_commit:
        return None
    claim = door.known_claim()
    if claim is None:
        return None  # to ask for the district here would keep every other request waiting
    group = cast("Group", request.app.state.group)
    try:
        return await group.record(claim.district.id, partial(door.admit, claim=claim), body.postings, door.request_id)
    finally:
        if door.is_unnoted:
            await run_in_threadpool(door.note_use)


@router.get("/submissions", summary="申报列表 · Submissions")
def list_submissions(
    door: Annotated[Door, Depends(permit(Permission.SUBMISSION_READ))],
    state: SubmissionState | None = None,
    kind: ProposalKind | None = None,
    branch_id: UUID | None = None,
    member_id: UUID | None = None,
    due_by: Annotated[Day | None, Query(description="期限不晚于此日 · due by the day")] = None,
    waits_for_me: Annotated[bool, Query(description="只取等待我审核或陈述的 · only those that wait for me")] = False,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> SubmissionPageAnswer:
    """我可以查看的申报，按提交时间排列。· Those in reach, by time of recording."""
    sought = Sought(state, kind, branch_id, member_id, due_by, waits_for_me)
    after = after_cursor(cursor)
    return door.run_named(
        lambda connection, actor: reading.page(connection, actor, sought, after=after, count_max=limit),
        SubmissionPageAnswer.of,
    )


@router.get("/submissions/{submission_id}", summary="申报 · A submission")
def read_submission(
    submission_id: UUID, door: Annotated[Door, Depends(permit(Permission.SUBMISSION_READ))]
) -> SubmissionViewAnswer:
    """申报内容、本人陈述、凭证和办理经过。· With what the member says, the evidence, and what was done so far."""
    return door.run_named(
        lambda connection, actor: reading.view(connection, actor, submission_id), SubmissionViewAnswer.of
    )


@router.get(
    "/submissions/{submission_id}/evidence/{content_hash}",
    summary="申报的凭证 · Evidence of a submission",
    response_class=Response,
    responses=FILE_RESPONSES,
)
def read_submission_evidence(
    submission_id: UUID,
    content_hash: HashInPath,
    request: Request,
    door: Annotated[Door, Depends(permit(Permission.SUBMISSION_READ))],
) -> Response:
    """下载一份凭证；能看到申报的人才能看到。· A file, for whoever may see the submission."""
    found = door.run(
        lambda connection, actor: reading.evidence(
            connection, actor, submission_id, content_hash, request_id=door.request_id
        )
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.get("/entries/{entry_id}/evidence", summary="积分记录的凭证清单 · What an entry rests on")
def list_entry_evidence(
    entry_id: UUID, door: Annotated[Door, Depends(permit(Permission.STANDING_READ))]
) -> EvidenceListAnswer:
    """能看到该党员积分记录的人可以查看。· For whoever may read the member's record."""
    found = door.run(lambda connection, actor: reading.evidence_of_entry(connection, actor, entry_id))
    return EvidenceListAnswer(evidence=[EvidenceAnswer.of(one) for one in found])


@router.get(
    "/entries/{entry_id}/evidence/{content_hash}",
    summary="积分记录的凭证 · Evidence of an entry",
    response_class=Response,
    responses=FILE_RESPONSES,
)
def read_entry_evidence(
    entry_id: UUID,
    content_hash: HashInPath,
    request: Request,
    door: Annotated[Door, Depends(permit(Permission.STANDING_READ))],
) -> Response:
    """下载一份凭证。· A file of an entry."""
    found = door.run(
        lambda connection, actor: reading.file_of_entry(
            connection, actor, entry_id, content_hash, request_id=door.request_id
        )
    )
    return blob(request, found.key, found.content.size, found.headers)


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
    undone, answer = door.run_and_name(
        lambda connection, actor: reversing.reverse(connection, actor, entry_id, body.id, body.reason),
        PostedAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=undone.replayed, preview=preview)
    return answer
