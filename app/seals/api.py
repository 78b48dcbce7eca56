"""Routes of the quarter's life: where it stands, the check, and a member's sealed quarters."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.auth.api import Door, permit, signed_in
from app.auth.core import Permission
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.http import tell_made
from app.seals import checking, service, showing
from app.seals.core import PAGE_MAX
from app.seals.schemas import (
    BookQuarterAnswer,
    CheckAnswer,
    ConfirmedAnswer,
    ConfirmRequest,
    MemberQuarterAnswer,
    MemberQuartersAnswer,
    QuarterLifeAnswer,
    QuartersAnswer,
    RefusalRequest,
    RefusedAnswer,
)

router = APIRouter(prefix="/api/v1", tags=["quarters"])

Quarter = Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])]
Reading = Annotated[Door, Depends(permit(Permission.CHECK_READ))]
Deciding = Annotated[Door, Depends(permit(Permission.CHECK_DECIDE))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
Cycle = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z-]{4,16}$", description="考评年度，默认本年度 · the cycle")]


@router.get("/quarters", summary="季度列表 · Quarters")
def list_quarters(door: Annotated[Door, Depends(signed_in)]) -> QuartersAnswer:
    """账册中的各季度及其状态，最近的在前。· The quarters of the books with their states, the latest first."""
    found = door.run(service.quarters)
    return QuartersAnswer(quarters=[BookQuarterAnswer.of(one.quarter) for one in found])


@router.get("/quarters/{quarter}", summary="季度进度 · A quarter's life")
def read_quarter(quarter: Quarter, door: Reading) -> QuarterLifeAnswer:
    """各支部待复核的记录、公示日期、是否逾期、由谁复核。

    Branch by branch in the caller's reach: what waits, the notice, what is late, and whose turn it is.
    """
    return QuarterLifeAnswer.of_view(door.run(lambda connection, actor: service.quarter(connection, actor, quarter)))


@router.get("/quarters/{quarter}/branches/{branch_id}/check", summary="待复核记录 · What waits for the check")
def read_check(
    quarter: Quarter,
    branch_id: UUID,
    door: Reading,
    cursor: Annotated[str | None, Query(pattern=DAY_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> CheckAnswer:
    """本支部尚未复核的日常记录，以及依据不足的党员。

    The branch's routine entries that nobody has confirmed, and the members of whom too little is decided.
    """
    return door.run_named(
        lambda connection, actor: checking.page(
            connection, actor, quarter, branch_id, after=read_cursor(cursor), count_max=limit
        ),
        lambda page: CheckAnswer.of(page, door.language),
    )


@router.post("/quarters/{quarter}/branches/{branch_id}/check", summary="复核确认 · Confirm routine entries")
def confirm_check(
    quarter: Quarter, branch_id: UUID, body: ConfirmRequest, door: Deciding, preview: Preview = False
) -> ConfirmedAnswer:
    """一次确认全部或所列记录；本人记录的和关于本人的由他人确认，15 日后由基层党委确认。

    All at once, or those named. Nobody confirms what they recorded or what is about them; after the 15th the committee
    does. Sent again it changes nothing.
    """
    done = door.run(
        lambda connection, actor: checking.confirm(connection, actor, quarter, branch_id, body.entries),
        commit=not preview,
    )
    return ConfirmedAnswer.of(done)


@router.post("/entries/{entry_id}/refusal", summary="复核不予确认 · Refuse an entry in the check", status_code=201)
def refuse_entry(
    entry_id: UUID, body: RefusalRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> RefusedAnswer:
    """写明理由，该记录即冲正，并告知本人。· It is reversed with the reason, and the member is told."""
    refused, answer = door.run_and_name(
        lambda connection, actor: checking.refuse(connection, actor, entry_id, body.id, body.reason),
        RefusedAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=refused.replayed, preview=preview)
    return answer


@router.get("/members/{member_id}/quarters", summary="各季度结果 · A member's quarters")
def read_member_quarters(
    member_id: UUID, door: Annotated[Door, Depends(permit(Permission.STANDING_READ))], cycle: Cycle = None
) -> MemberQuartersAnswer:
    """封账时的结果与更正后的结果并列。· Each quarter as it was sealed beside what has been corrected since."""
    found = door.run(lambda connection, actor: showing.member_quarters(connection, actor, member_id, cycle))
    return MemberQuartersAnswer(quarters=[MemberQuarterAnswer.of(one) for one in found])
