"""Routes of appeals, complaints and suggestions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.appeals import complaints, deciding, service
from app.appeals.core import PAGE_MAX, AppealState, ComplaintState
from app.appeals.schemas import (
    AppealAnswer,
    AppealPageAnswer,
    AppealRequest,
    AppealWithdrawalRequest,
    ComplaintAnswer,
    ComplaintPageAnswer,
    ComplaintReplyRequest,
    ComplaintRequest,
    ExtensionRequest,
    VerdictAnswer,
    VerdictRequest,
    after_cursor,
    after_reference,
)
from app.auth.api import Door, permit, signed_in
from app.auth.core import Permission
from app.kit.http import FILE_RESPONSES, blob, tell_made

router = APIRouter(prefix="/api/v1", tags=["appeals"])

Filing = Annotated[Door, Depends(permit(Permission.APPEAL_FILE))]
Reading = Annotated[Door, Depends(permit(Permission.APPEAL_READ))]
Deciding = Annotated[Door, Depends(permit(Permission.APPEAL_DECIDE))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Reference = Annotated[
    str | None, Query(pattern=r"^[0-9]{4}-[0-9]{4,9}$", description="上次取到的编号 · the number to go on after")
]


@router.post("/entries/{entry_id}/appeals", summary="提出申诉 · Appeal against an entry", status_code=201)
def file_appeal(
    entry_id: UUID, body: AppealRequest, request: Request, response: Response, door: Filing, preview: Preview = False
) -> AppealAnswer:
    """党员对本人的一条记录提出申诉，五个工作日内答复；没有账号的，由有权答复申诉的书记或上级代为登记，登记的人不再答复。

    Against one entry of the own record, answered within five working days; of a member without an account an appeal on
    paper is written down by who decides appeals there.
    """
    filing = body.filing(entry_id)
    filed, answer = door.run_and_name(
        lambda connection, actor: service.file(connection, actor, filing),
        lambda filed: AppealAnswer.of(filed.view, door.language),
        commit=not preview,
    )
    if preview:
        response.status_code = 200
    tell_made(request, response, replayed=filed.replayed)
    return answer


@router.get("/appeals", summary="申诉列表 · Appeals")
def list_appeals(
    door: Reading,
    state: AppealState | None = None,
    waits_for_me: Annotated[bool, Query(description="轮到我答复的 · those that are mine to answer")] = False,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")] = None,
    limit: Limit = 50,
) -> AppealPageAnswer:
    """我可以查看的申诉，按提出时间排列。· Those in reach and one's own, by time of filing."""
    return door.run_named(
        lambda connection, actor: service.appeals(
            connection, actor, state=state, waits_for_me=waits_for_me, after=after_cursor(cursor), count_max=limit
        ),
        lambda page: AppealPageAnswer.of(page, door.language),
    )


@router.get("/appeals/{appeal_id}", summary="申诉 · An appeal")
def read_appeal(appeal_id: UUID, door: Reading) -> AppealAnswer:
    """含记录、凭证和答复。· With the entry, the evidence and the answer."""
    return door.run_named(
        lambda connection, actor: service.get(connection, actor, appeal_id),
        lambda found: AppealAnswer.of(found.view, door.language),
    )


@router.get(
    "/appeals/{appeal_id}/files/{content_hash}",
    summary="申诉的凭证 · Evidence of an appeal",
    response_class=Response,
    responses=FILE_RESPONSES,
)
def read_appeal_file(
    appeal_id: UUID,
    content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    door: Reading,
) -> Response:
    """能查看申诉的人可以下载。· For whoever may read the appeal."""
    found = door.run(
        lambda connection, actor: service.evidence(
            connection, actor, appeal_id, content_hash, request_id=door.request_id
        )
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.post("/appeals/{appeal_id}/withdrawal", summary="撤回申诉 · Withdraw an appeal")
def withdraw_appeal(
    appeal_id: UUID,
    request: Request,
    response: Response,
    door: Filing,
    body: AppealWithdrawalRequest | None = None,
    preview: Preview = False,
) -> AppealAnswer:
    """答复之前可以撤回；书面申诉由登记人或与该记录无关的上级代为撤回，并写明本人的意愿。

    Before it is answered. One on paper by who wrote it down, or an office that it does not concern, with the member's
    wish.
    """
    wish = None if body is None else body.wish
    taken, answer = door.run_and_name(
        lambda connection, actor: service.withdraw(connection, actor, appeal_id, wish),
        lambda taken: AppealAnswer.of(taken.view, door.language),
        commit=not preview,
    )
    tell_made(request, response, replayed=taken.replayed)
    return answer


@router.post("/appeals/{appeal_id}/extension", summary="延长答复期限 · Take more time")
def extend_appeal(
    appeal_id: UUID,
    body: ExtensionRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> AppealAnswer:
    """期限前可延长一次，五个工作日，并告知本人。· Five working days more, once; the member is told."""
    extended, answer = door.run_and_name(
        lambda connection, actor: deciding.extend(connection, actor, appeal_id, body.reason),
        lambda extended: AppealAnswer.of(extended.view, door.language),
        commit=not preview,
    )
    tell_made(request, response, replayed=extended.replayed)
    return answer


@router.post("/appeals/{appeal_id}/decision", summary="答复申诉 · Decide an appeal")
def decide_appeal(
    appeal_id: UUID,
    body: VerdictRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> VerdictAnswer:
    """成立的冲正原记录，变更的另记较轻的一条；记录人、审核人和本人不得答复。

    Upheld reverses the entry and what was booked along, changed books a milder one; never by who recorded or reviewed
    it, nor about oneself.
    """
    decided, answer = door.run_and_name(
        lambda connection, actor: deciding.decide(connection, actor, appeal_id, body.verdict()),
        lambda decided: VerdictAnswer.of(decided, door.language),
        commit=not preview,
    )
    tell_made(request, response, replayed=decided.replayed)
    return answer


@router.post("/complaints", summary="提交意见建议 · Send a complaint or suggestion", status_code=201)
def file_complaint(
    body: ComplaintRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(signed_in)],
    preview: Preview = False,
) -> ComplaintAnswer:
    """给出编号，五个工作日内答复。· Gets a number, and an answer within five working days."""
    filed, replayed = door.run(
        lambda connection, actor: complaints.file(connection, actor, body.concern()), commit=not preview
    )
    if preview:
        response.status_code = 200
    tell_made(request, response, replayed=replayed)
    return ComplaintAnswer.of(filed)


@router.get("/me/complaints", summary="我的意见建议 · My complaints and suggestions")
def list_own_complaints(
    door: Annotated[Door, Depends(signed_in)], after: Reference = None, limit: Limit = 50
) -> ComplaintPageAnswer:
    """含答复。· With their answers."""
    page = door.run(lambda connection, actor: complaints.own(connection, actor, after_reference(after), limit))
    return ComplaintPageAnswer.of(page)


@router.get("/complaints", summary="意见建议列表 · Complaints and suggestions")
def list_complaints(
    door: Annotated[Door, Depends(permit(Permission.COMPLAINT_READ))],
    state: ComplaintState | None = None,
    after: Reference = None,
    limit: Limit = 50,
) -> ComplaintPageAnswer:
    """按编号排列；匿名的只有答复人知道是谁。· By number; who wrote anonymously only those who answer know."""
    page = door.run(
        lambda connection, actor: complaints.complaints(
            connection, actor, state=state, after=after_reference(after), count_max=limit
        )
    )
    return ComplaintPageAnswer.of(page)


@router.post("/complaints/{complaint_id}/answer", summary="答复意见建议 · Answer a complaint or suggestion")
def answer_complaint(
    complaint_id: UUID,
    body: ComplaintReplyRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.COMPLAINT_ANSWER))],
    preview: Preview = False,
) -> ComplaintAnswer:
    """由区两新工委答复一次，并告知提交人。· By the district office, once; the author is told."""
    answered, replayed = door.run(
        lambda connection, actor: complaints.answer(connection, actor, complaint_id, body.answer), commit=not preview
    )
    tell_made(request, response, replayed=replayed)
    return ComplaintAnswer.of(answered)
