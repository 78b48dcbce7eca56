"""Routes of assistance cases."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.cases import assisting
from app.cases.core_cases import PAGE_MAX, CaseAction, CaseState, Deed
from app.cases.schemas_cases import (
    CasePageAnswer,
    CasePlanRequest,
    CaseVerdictRequest,
    CaseViewAnswer,
    FailuresListAnswer,
    HelperRequest,
    TalkRequest,
    page_after,
)
from app.kit.http import tell_replay

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])

Reading = Annotated[Door, Depends(permit(Permission.CASE_READ))]
Keeping = Annotated[Door, Depends(permit(Permission.CASE_KEEP))]
Deciding = Annotated[Door, Depends(permit(Permission.CASE_DECIDE))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
CURSOR = r"^[0-9]{1,16}\.[0-9a-f]{32}$"


def _act(
    door: Door, case_id: UUID, deed: Deed, request: Request, response: Response, *, preview: bool
) -> CaseViewAnswer:
    done, answer = door.run_and_name(
        lambda connection, actor: assisting.act(connection, actor, case_id, deed),
        lambda done: CaseViewAnswer.of(done.view),
        commit=not preview,
    )
    tell_replay(request, response, done.replayed)
    return answer


@router.get("", summary="帮扶整改列表 · Assistance cases")
def list_cases(
    door: Reading,
    state: CaseState | None = None,
    is_open: Annotated[bool | None, Query(alias="open", description="未办结的 · those not ended")] = None,
    late: Annotated[bool, Query(description="只看逾期的 · those overdue")] = False,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> CasePageAnswer:
    """可查看的和本人的，按开始时间排列。· Those in reach and one's own, by time of opening."""
    page = door.run(
        lambda connection, actor: assisting.page(
            connection, actor, state=state, is_open=is_open, late=late, after=page_after(cursor), count_max=limit
        )
    )
    return CasePageAnswer.of(page)


@router.get("/failures", summary="两次未通过的党员 · Members whose cases failed twice")
def list_failures(door: Deciding) -> FailuresListAnswer:
    """供基层党委研究；系统只提示，不作任何组织处理。· For the committee to consider; the service decides nothing."""
    return FailuresListAnswer.of(door.run(assisting.failures))


@router.get("/{case_id}", summary="帮扶整改 · An assistance case")
def read_case(case_id: UUID, door: Reading) -> CaseViewAnswer:
    """含办理经过和开始以来的履职情况。· With what was done, and what became of the duties since."""
    return door.run_named(lambda connection, actor: assisting.read(connection, actor, case_id), CaseViewAnswer.of)


@router.post("/{case_id}/talk", summary="登记谈话 · The talk was held")
def record_talk(
    case_id: UUID, body: TalkRequest, request: Request, response: Response, door: Keeping, preview: Preview = False
) -> CaseViewAnswer:
    """开始后十个工作日内。· Within ten working days of the opening."""
    return _act(door, case_id, body.deed(), request, response, preview=preview)


@router.post("/{case_id}/plan", summary="制定帮扶计划 · Make the plan")
def make_plan(
    case_id: UUID, body: CasePlanRequest, request: Request, response: Response, door: Keeping, preview: Preview = False
) -> CaseViewAnswer:
    """问题、措施、帮扶人；期限三个月。没有帮扶人的，确定之后开始。· Problems, measures, helper; three months."""
    return _act(door, case_id, body.deed(), request, response, preview=preview)


@router.post("/{case_id}/helper", summary="确定帮扶人 · Name the helper")
def name_helper(
    case_id: UUID, body: HelperRequest, request: Request, response: Response, door: Keeping, preview: Preview = False
) -> CaseViewAnswer:
    """也可以更换。· Or another one."""
    return _act(door, case_id, body.deed(CaseAction.HELPER_NAMED), request, response, preview=preview)


@router.post("/{case_id}/helper-proposal", summary="推荐帮扶人 · Propose a helper")
def propose_helper(
    case_id: UUID, body: HelperRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> CaseViewAnswer:
    """上级推荐，由支部决定。· From above; the branch decides."""
    return _act(door, case_id, body.deed(CaseAction.HELPER_PROPOSED), request, response, preview=preview)


@router.post("/{case_id}/extension", summary="延长一次 · More time, once")
def extend_case(
    case_id: UUID,
    body: CaseVerdictRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> CaseViewAnswer:
    """基层党委决定，延长三个月，总共不超过十二个月。· By the committee: three months, twelve in all at most."""
    return _act(door, case_id, body.deed(CaseAction.EXTENDED), request, response, preview=preview)


@router.post("/{case_id}/acceptance", summary="验收 · Accept")
def accept_case(
    case_id: UUID,
    body: CaseVerdictRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> CaseViewAnswer:
    """基层党委验收，看开始以来履职的情况；积分回升本身不办结。· By the committee, on the duties kept since."""
    return _act(door, case_id, body.deed(CaseAction.ACCEPTED), request, response, preview=preview)


@router.post("/{case_id}/failure", summary="未通过 · Not accepted")
def fail_case(
    case_id: UUID,
    body: CaseVerdictRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> CaseViewAnswer:
    """期限届满后由基层党委认定。· By the committee, once its time has come."""
    return _act(door, case_id, body.deed(CaseAction.FAILED), request, response, preview=preview)


@router.post("/{case_id}/closing", summary="办结未通过的 · Close what failed")
def close_case(
    case_id: UUID,
    body: CaseVerdictRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> CaseViewAnswer:
    """写明如何继续帮助；系统不作组织处理。· Saying how help goes on; no disciplinary decision is written here."""
    return _act(door, case_id, body.deed(CaseAction.CLOSED), request, response, preview=preview)
