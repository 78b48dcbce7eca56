"""Routes of commendations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection

from app.auth.api import Door, permit
from app.auth.core import Actor, Permission
from app.cases import commending, showing
from app.cases.core_cases import PAGE_MAX
from app.cases.core_commendations import Moved
from app.cases.schemas_commendations import (
    CURSOR,
    CommendationMovedAnswer,
    CommendationPageAnswer,
    CommendationViewAnswer,
    CommendationWithdrawalRequest,
    ConfirmationRequest,
    HandOverRequest,
    MeetingRequest,
    NoteRequest,
    NoticeRequest,
    ObjectionAnswerRequest,
    ObjectionReceivedAnswer,
    OnNoticeListAnswer,
    StrikingRequest,
    ToWithdrawListAnswer,
    order_after,
)
from app.kit.http import tell_replay

router = APIRouter(prefix="/api/v1/commendations", tags=["cases"])

Reading = Annotated[Door, Depends(permit(Permission.CASE_READ))]
Keeping = Annotated[Door, Depends(permit(Permission.CASE_KEEP))]
Deciding = Annotated[Door, Depends(permit(Permission.CASE_DECIDE))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


def _move(
    door: Door, work: Callable[[Connection, Actor], Moved], request: Request, response: Response, *, preview: bool
) -> CommendationMovedAnswer:
    moved = door.run(work, commit=not preview)
    tell_replay(request, response, moved.replayed)
    return CommendationMovedAnswer.of_moved(moved, preview=preview)


@router.get("", summary="表彰推荐名单 · The list of commendations")
def list_commendations(
    door: Reading,
    quarter: Annotated[str, Query(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q2"])],
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> CommendationPageAnswer:
    """按名额池和池内顺序；排除的逐人列出情形。党员只看到本人。· By pool and order, with who is kept off and why."""
    page = door.run(
        lambda connection, actor: showing.page(connection, actor, quarter, after=order_after(cursor), count_max=limit)
    )
    return CommendationPageAnswer.of(page)


@router.get("/notices", summary="公示 · On notice")
def list_notices(door: Reading) -> OnNoticeListAnswer:
    """本支部（本辖区）公示中的姓名，可以提出异议。· The names on notice where one belongs, open to objection."""
    return OnNoticeListAnswer.of(door.run(showing.on_notice))


@router.get("/withdrawals", summary="待决定撤回的 · To be withdrawn or kept")
def list_withdrawals(door: Deciding) -> ToWithdrawListAnswer:
    """推荐或上报之后被一票否决的，由人决定。· After which a veto was entered; a person decides."""
    return ToWithdrawListAnswer.of(door.run(showing.to_withdraw))


@router.get("/{commendation_id}", summary="表彰推荐 · A commendation")
def read_commendation(commendation_id: UUID, door: Reading) -> CommendationViewAnswer:
    """含办理经过和今日的排除情形。· With what was done, and what keeps the name off today."""
    return door.run_named(
        lambda connection, actor: showing.read(connection, actor, commendation_id), CommendationViewAnswer.of
    )


@router.post("/decisions", summary="登记支部大会决定 · Record the branch meeting's decision")
def record_meeting(
    body: MeetingRequest, request: Request, response: Response, door: Keeping, preview: Preview = False
) -> CommendationMovedAnswer:
    """逐人同意或划去；名单之外的不能进入，名额不能超过。· Name by name, of the list, never past the places."""
    meeting = body.meeting()
    return _move(door, lambda c, a: commending.decide(c, a, meeting), request, response, preview=preview)


@router.post("/notices", summary="公示推荐名单 · Put the list on notice")
def publish_list(
    body: NoticeRequest, request: Request, response: Response, door: Keeping, preview: Preview = False
) -> CommendationMovedAnswer:
    """支部大会同意的，公示不少于五个工作日。· Whom the meeting recommends, for five working days at least."""
    return _move(
        door,
        lambda c, a: commending.publish(c, a, body.id, body.quarter, body.branch_id, body.until),
        request,
        response,
        preview=preview,
    )


@router.post("/confirmations", summary="公示期满确认 · Confirm after the notice")
def confirm_list(
    body: ConfirmationRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> CommendationMovedAnswer:
    """公示期满且无未答复异议的确认，其余留待。· Whose notice is over, with no objection waiting; the rest stay."""
    return _move(
        door,
        lambda c, a: commending.confirm(c, a, body.id, body.quarter, body.organisation_id),
        request,
        response,
        preview=preview,
    )


@router.post("/hand-overs", summary="上报 · Hand over")
def hand_list_over(
    body: HandOverRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> CommendationMovedAnswer:
    """上报当日重新核对排除情形，出现的逐人划去。· Checked again on the day; who is kept off now is struck by name."""
    return _move(
        door,
        lambda c, a: commending.hand_over(c, a, body.id, body.quarter, body.organisation_id, body.document),
        request,
        response,
        preview=preview,
    )


@router.post("/{commendation_id}/objections", summary="提出异议 · Object")
def object_to_commendation(
    commendation_id: UUID,
    body: NoteRequest,
    request: Request,
    response: Response,
    door: Reading,
    preview: Preview = False,
) -> ObjectionReceivedAnswer:
    """公示期内，由本支部党员或上级提出；提出人仅上级可见。· During the notice; who objects is not made known."""
    _move(
        door,
        lambda c, a: commending.object_to(c, a, commendation_id, body.id, body.note),
        request,
        response,
        preview=preview,
    )
    return ObjectionReceivedAnswer(id=body.id, commendation_id=commendation_id)


@router.post("/{commendation_id}/objection-answers", summary="答复异议 · Answer an objection")
def answer_commendation_objection(
    commendation_id: UUID,
    body: ObjectionAnswerRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> CommendationMovedAnswer:
    """成立的划去。· Upheld, the name is struck."""
    return _move(
        door,
        lambda c, a: commending.answer(c, a, commendation_id, body.id, body.note, upheld=body.upheld),
        request,
        response,
        preview=preview,
    )


@router.post("/{commendation_id}/striking", summary="划去 · Strike")
def strike_commendation(
    commendation_id: UUID,
    body: StrikingRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> CommendationMovedAnswer:
    """上报之前，写明理由。· Before it is handed over, for a reason."""
    return _move(
        door,
        lambda c, a: commending.strike(c, a, commendation_id, body.id, body.note, body.seen),
        request,
        response,
        preview=preview,
    )


@router.post("/{commendation_id}/withdrawal", summary="撤回或保留 · Withdraw or keep")
def settle_withdrawal(
    commendation_id: UUID,
    body: CommendationWithdrawalRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> CommendationMovedAnswer:
    """推荐之后被一票否决的，决定撤回或保留。· After which a veto was entered: withdrawn, or kept for a reason."""
    return _move(
        door,
        lambda c, a: commending.settle_veto(c, a, commendation_id, body.id, body.note, withdraw=body.withdraw),
        request,
        response,
        preview=preview,
    )
