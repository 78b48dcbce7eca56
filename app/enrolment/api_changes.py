"""Routes of single members enrolled, reclassed, exempted and leaving, and of branches reformed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection

from app.auth.api import Door, permit
from app.auth.core import Actor, Permission
from app.enrolment import admitting, exempting, leaving, reforming
from app.enrolment.core_changes import Done, Reform
from app.enrolment.schemas_changes import ChangeAnswer
from app.enrolment.schemas_requests import (
    BranchMoveRequest,
    ClassRequest,
    ClosingRequest,
    DivisionRequest,
    EnrolmentRequest,
    ExemptionEndRequest,
    ExemptionRequest,
    LeavingRequest,
    MemberPastAnswer,
    MergerRequest,
)
from app.kit.http import tell_made

router = APIRouter(prefix="/api/v1", tags=["enrolment"])
Reading = Annotated[Door, Depends(permit(Permission.ROSTER_READ))]
Enrolling = Annotated[Door, Depends(permit(Permission.MEMBER_ENROL))]
Filing = Annotated[Door, Depends(permit(Permission.MEMBERSHIP_SET))]
Reforming = Annotated[Door, Depends(permit(Permission.BRANCH_REFORM))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


@router.post("/members", summary="登记一名党员 · Enrol a member", status_code=201)
def enrol_member(
    body: EnrolmentRequest, request: Request, response: Response, door: Enrolling, preview: Preview = False
) -> ChangeAnswer:
    """与名册导入同样的检查；此前到期的职责免除。组织关系已终止的可重新接收。

    By the checks of a roster import; what fell due earlier is waived. Who had left may be taken in again.
    """
    return _changed(
        door,
        lambda connection, actor: admitting.enrol(connection, actor, door.state.cipher, body.wish()),
        request,
        response,
        preview=preview,
    )


@router.get("/members/{member_id}/memberships", summary="党籍经历 · A member's dated facts")
def read_memberships(member_id: UUID, door: Reading) -> MemberPastAnswer:
    """历次组织关系、免考核和变动依据。· Every membership and exemption, and the changes that made them."""
    return door.run_named(lambda connection, actor: exempting.past(connection, actor, member_id), MemberPastAnswer.of)


@router.post("/members/{member_id}/class", summary="调整类型或党小组 · Another class or group", status_code=201)
def reclass_member(
    member_id: UUID,
    body: ClassRequest,
    request: Request,
    response: Response,
    door: Enrolling,
    preview: Preview = False,
) -> ChangeAnswer:
    """自当天起；记分按各季度首日的类型，下一季度起适用。· From today; a quarter goes by the class of its first day."""
    return _changed(
        door,
        lambda connection, actor: exempting.reclass(connection, actor, body.wish(member_id)),
        request,
        response,
        preview=preview,
    )


@router.post("/members/{member_id}/exemptions", summary="免考核 · Exempt from grading", status_code=201)
def exempt_member(
    member_id: UUID,
    body: ExemptionRequest,
    request: Request,
    response: Response,
    door: Filing,
    preview: Preview = False,
) -> ChangeAnswer:
    """可追溯到未封账的年度：期间职责免除、目标按天折算，系统已扣的冲正；加分照常，不排名。

    It may be back-dated into cycles not sealed: duties of these days are waived, targets scaled, and what was taken is
    reversed. Additions count, and nobody is ranked or warned.
    """
    return _changed(
        door,
        lambda connection, actor: exempting.exempt(connection, actor, body.wish(member_id)),
        request,
        response,
        preview=preview,
    )


@router.post("/exemptions/{exemption_id}/end", summary="结束免考核 · End an exemption", status_code=201)
def end_exemption(
    exemption_id: UUID,
    body: ExemptionEndRequest,
    request: Request,
    response: Response,
    door: Filing,
    preview: Preview = False,
) -> ChangeAnswer:
    """填写最后一天；此后到期的职责恢复。· Its last day; what falls due after it is asked for again."""
    return _changed(
        door,
        lambda connection, actor: exempting.end_exemption(connection, actor, body.wish(exemption_id)),
        request,
        response,
        preview=preview,
    )


@router.post("/members/{member_id}/leaving", summary="党籍或组织关系终止 · End a membership", status_code=201)
def leave(
    member_id: UUID,
    body: LeavingRequest,
    request: Request,
    response: Response,
    door: Filing,
    preview: Preview = False,
) -> ChangeAnswer:
    """转出、去世、开除、除名、失联：当日起不参加排名，此后到期的职责免除，任职终止。

    Ranked no more from that day on; what falls due later is waived, and offices end.
    """
    return _changed(
        door,
        lambda connection, actor: leaving.leave(connection, actor, body.wish(member_id)),
        request,
        response,
        preview=preview,
    )


# Branches.


@router.post("/branches/{branch_id}/merger", summary="支部合并 · Merge a branch into another", status_code=201)
def merge_branch(
    branch_id: UUID,
    body: MergerRequest,
    request: Request,
    response: Response,
    door: Reforming,
    preview: Preview = False,
) -> ChangeAnswer:
    """全体党员转入另一支部，原支部撤销；预览列出各人。· Everybody moves, the branch is closed; a preview names all."""
    return _reformed(door, body.wish(branch_id), request, response, preview=preview)


@router.post("/branches/{branch_id}/division", summary="支部分设 · Split a branch", status_code=201)
def divide_branch(
    branch_id: UUID,
    body: DivisionRequest,
    request: Request,
    response: Response,
    door: Reforming,
    preview: Preview = False,
) -> ChangeAnswer:
    """所列党员成立新支部，隶属不变。· Those who are named found a new branch under the same committee."""
    return _reformed(door, body.wish(branch_id), request, response, preview=preview)


@router.post("/branches/{branch_id}/move", summary="支部改变隶属 · Move a branch", status_code=201)
def move_branch(
    branch_id: UUID,
    body: BranchMoveRequest,
    request: Request,
    response: Response,
    door: Reforming,
    preview: Preview = False,
) -> ChangeAnswer:
    """代码、党小组、任职和覆盖单位随支部转到另一党委；此前的积分记录仍属原支部。

    Code, groups, offices and firms go along to the other committee; what was booked stays with the branch of its day.
    """
    return _reformed(door, body.wish(branch_id), request, response, preview=preview)


@router.post("/branches/{branch_id}/closing", summary="撤销支部 · Close a branch", status_code=201)
def close_branch(
    branch_id: UUID,
    body: ClosingRequest,
    request: Request,
    response: Response,
    door: Reforming,
    preview: Preview = False,
) -> ChangeAnswer:
    """没有党员的支部。· One that has no members."""
    return _reformed(door, body.wish(branch_id), request, response, preview=preview)


def _reformed(door: Door, wish: Reform, request: Request, response: Response, *, preview: bool) -> ChangeAnswer:
    return _changed(
        door,
        lambda connection, actor: reforming.reform(connection, actor, wish),
        request,
        response,
        preview=preview,
    )


def _changed(
    door: Door, work: Callable[[Connection, Actor], Done], request: Request, response: Response, *, preview: bool
) -> ChangeAnswer:
    done, answer = door.run_and_name(work, lambda done: ChangeAnswer.of_done(done, preview=preview), commit=not preview)
    tell_made(request, response, replayed=done.replayed, preview=preview)
    return answer
