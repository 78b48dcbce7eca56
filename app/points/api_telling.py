"""Routes of deductions that members without an account are told of in person."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.http import tell_replay
from app.points import telling
from app.points.core_telling import PAGE_MAX
from app.points.schemas_telling import (
    EntryTellingAnswer,
    EntryTellingPageAnswer,
    EntryTellingRequest,
)

router = APIRouter(prefix="/api/v1", tags=["points"])


@router.get("/tellings", summary="待当面告知的扣分 · Deductions to be told in person")
def list_tellings(
    door: Annotated[Door, Depends(permit(Permission.STANDING_READ))],
    told: Annotated[bool, Query(description="只取已告知的 · those told already")] = False,
    cursor: Annotated[str | None, Query(pattern=DAY_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> EntryTellingPageAnswer:
    """没有账号的党员被扣分的，由支部书记当面告知；已冲正的不再列出。

    Of members without an account, for the branch secretary; what was reversed since is left out.
    """
    return door.run_named(
        lambda connection, actor: telling.page(
            connection, actor, told=told, after=read_cursor(cursor), count_max=limit
        ),
        EntryTellingPageAnswer.of,
    )


@router.post("/entries/{entry_id}/telling", summary="登记扣分已当面告知 · Record that the member was told")
def record_telling(
    entry_id: UUID,
    body: EntryTellingRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.ENTRY_RECORD))],
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> EntryTellingAnswer:
    """由告知人登记何时、以何种方式告知，以及本人的意见。· By who told them: when, how, and what the member said."""
    (_, replayed), answer = door.run_and_name(
        lambda connection, actor: telling.record(
            connection, actor, entry_id, told_on=body.told_on, note=body.told_in_person, said=body.said
        ),
        lambda done: EntryTellingAnswer.of(done[0]),
        commit=not preview,
    )
    tell_replay(request, response, replayed)
    return answer
