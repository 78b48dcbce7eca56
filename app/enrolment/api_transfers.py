"""Routes of transfers between branches, and out of the district."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.enrolment import transferring
from app.enrolment.core_changes import PAGE_MAX, TransferState
from app.enrolment.schemas_changes import (
    CURSOR,
    AcceptanceRequest,
    DeclineRequest,
    TransferAnswer,
    TransferPageAnswer,
    TransferRequest,
    TransferWithdrawalRequest,
    cursor_of,
)
from app.kit.http import tell_made, tell_replay

router = APIRouter(prefix="/api/v1/transfers", tags=["enrolment"])
Reading = Annotated[Door, Depends(permit(Permission.TRANSFER_READ))]
Setting = Annotated[Door, Depends(permit(Permission.TRANSFER_SET))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


@router.post("", summary="提出组织关系转接 · Propose a transfer", status_code=201)
def propose_transfer(
    body: TransferRequest, request: Request, response: Response, door: Setting, preview: Preview = False
) -> TransferAnswer:
    """由原支部或转入支部提出，对方答复；接收之前仍由原支部负责。转出本区的，由上级党委按回执确认。

    By the old branch or the new one; the other answers, and until then the old one answers for the member. Out of the
    district who stands above confirms the receipt.
    """
    view, answer = door.run_and_name(
        lambda connection, actor: transferring.propose(connection, actor, body.wish()),
        lambda view: TransferAnswer.of(view, preview=preview),
        commit=not preview,
    )
    tell_made(request, response, replayed=view.replayed, preview=preview)
    return answer


@router.get("", summary="转接列表 · Transfers")
def list_transfers(
    door: Reading,
    state: Annotated[TransferState | None, Query(description="状态 · state")] = None,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> TransferPageAnswer:
    """转出或转入本人权限范围内支部的，以及本人的，由近及远。· From or to a branch in reach, and the own."""
    return door.run_named(
        lambda connection, actor: transferring.transfers(
            connection, actor, state=state, before=cursor_of(cursor), count_max=limit
        ),
        TransferPageAnswer.of,
    )


@router.get("/{transfer_id}", summary="一项转接 · A transfer")
def read_transfer(transfer_id: UUID, door: Reading) -> TransferAnswer:
    """转接的经过和结果。· How it stands and what it did."""
    return door.run_named(lambda connection, actor: transferring.get(connection, actor, transfer_id), TransferAnswer.of)


@router.post("/{transfer_id}/acceptance", summary="接收 · Accept a transfer")
def accept_transfer(
    transfer_id: UUID,
    body: AcceptanceRequest,
    request: Request,
    response: Response,
    door: Setting,
    preview: Preview = False,
) -> TransferAnswer:
    """自当天起属于新支部；此前的积分记录仍属原支部，待审的申报和申诉转由新支部办理。

    From today on the member belongs to the new branch. What was booked stays with the branch of its day, what is open
    goes to the reviewers of the new one.
    """
    view, answer = door.run_and_name(
        lambda connection, actor: transferring.accept(connection, actor, transfer_id, body.acceptance()),
        lambda view: TransferAnswer.of(view, preview=preview),
        commit=not preview,
    )
    tell_replay(request, response, view.replayed)
    return answer


@router.post("/{transfer_id}/refusal", summary="不予接收 · Decline a transfer")
def decline_transfer(
    transfer_id: UUID,
    body: DeclineRequest,
    request: Request,
    response: Response,
    door: Setting,
    preview: Preview = False,
) -> TransferAnswer:
    """须说明理由；党员留在原支部。· With a reason; the member stays."""
    view, answer = door.run_and_name(
        lambda connection, actor: transferring.decline(connection, actor, transfer_id, body.reason, body.seen),
        lambda view: TransferAnswer.of(view, preview=preview),
        commit=not preview,
    )
    tell_replay(request, response, view.replayed)
    return answer


@router.post("/{transfer_id}/withdrawal", summary="撤回转接 · Withdraw a transfer")
def withdraw_transfer(
    transfer_id: UUID,
    body: TransferWithdrawalRequest,
    request: Request,
    response: Response,
    door: Setting,
    preview: Preview = False,
) -> TransferAnswer:
    """由提出的一方撤回。· By the side that asked."""
    view, answer = door.run_and_name(
        lambda connection, actor: transferring.withdraw(connection, actor, transfer_id, body.note, body.seen),
        lambda view: TransferAnswer.of(view, preview=preview),
        commit=not preview,
    )
    tell_replay(request, response, view.replayed)
    return answer
