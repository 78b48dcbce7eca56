"""Routes of reminder talks."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.cases import reminding
from app.cases.core_cases import PAGE_MAX
from app.cases.schemas_cases import page_after
from app.cases.schemas_talks import HeldTalkRequest, ReminderTalkAnswer, ReminderTalkPageAnswer
from app.kit.http import tell_replay

router = APIRouter(prefix="/api/v1/reminder-talks", tags=["cases"])

Reading = Annotated[Door, Depends(permit(Permission.CASE_READ))]
Keeping = Annotated[Door, Depends(permit(Permission.CASE_KEEP))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
CURSOR = r"^[0-9]{1,16}\.[0-9a-f]{32}$"


@router.get("", summary="提醒谈话 · Reminder talks")
def list_reminder_talks(
    door: Reading,
    is_open: Annotated[bool | None, Query(alias="open", description="待谈话的 · those to be held")] = None,
    late: Annotated[bool, Query(description="只看逾期的 · those overdue")] = False,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> ReminderTalkPageAnswer:
    """名单仅支部书记可见（没有其他书记的，由上一级谈话）；本人可见已作的谈话。

    Those that the caller is to hold, and the own ones that were held: nobody else knows of a warning.
    """
    return door.run_named(
        lambda connection, actor: reminding.page(
            connection, actor, is_open=is_open, late=late, after=page_after(cursor), count_max=limit
        ),
        ReminderTalkPageAnswer.of,
    )


@router.post("/{talk_id}/talk", summary="登记提醒谈话 · The reminder talk was held")
def record_reminder_talk(
    talk_id: UUID,
    body: HeldTalkRequest,
    request: Request,
    response: Response,
    door: Keeping,
    preview: Preview = False,
) -> ReminderTalkAnswer:
    """封账后十个工作日内；本人会收到谈话要点。· Within ten working days; the member is told what was said."""
    done, answer = door.run_and_name(
        lambda connection, actor: reminding.record(connection, actor, talk_id, body.deed()),
        lambda done: ReminderTalkAnswer.of(done.view),
        commit=not preview,
    )
    tell_replay(request, response, done.replayed)
    return answer
