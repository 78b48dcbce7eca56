"""Routes of the list of key work."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.cycles import key_work
from app.cycles.schemas_key_work import KeyWorkListAnswer, KeyWorkListsAnswer, KeyWorkRequest
from app.kit.http import tell_made

router = APIRouter(prefix="/api/v1/key-work", tags=["cases"])


@router.post("", summary="发布重点工作清单 · Issue the list of key work", status_code=201)
def issue_key_work(
    body: KeyWorkRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.KEY_WORK_SET))],
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> KeyWorkListAnswer:
    """由区两新工委发布；修订为新版本，旧版仍可查阅。· By the district; a revision is a new version, older ones stay."""
    (_, replayed), answer = door.run_and_name(
        lambda connection, actor: key_work.issue(connection, actor, body.issue()),
        lambda done: KeyWorkListAnswer.of(done[0]),
        commit=not preview,
    )
    tell_made(request, response, replayed=replayed, preview=preview)
    return answer


@router.get("/{year}", summary="年度重点工作清单 · The list of key work of a year")
def read_key_work(year: int, door: Annotated[Door, Depends(permit(Permission.RULES_READ))]) -> KeyWorkListsAnswer:
    """全部版本，按发布先后。· Every version, the earliest first."""
    return door.run_named(
        lambda connection, actor: key_work.lists(connection, actor, year),
        lambda found: KeyWorkListsAnswer(lists=[KeyWorkListAnswer.of(one) for one in found]),
    )
