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
    issued, replayed = door.run(
        lambda connection, actor: key_work.issue(connection, actor, body.issue()), commit=not preview
    )
    tell_made(request, response, replayed=replayed, preview=preview)
    return door.named(KeyWorkListAnswer.of(issued))


@router.get("/{year}", summary="年度重点工作清单 · The list of key work of a year")
def read_key_work(year: int, door: Annotated[Door, Depends(permit(Permission.RULES_READ))]) -> KeyWorkListsAnswer:
    """全部版本，按发布先后。· Every version, the earliest first."""
    found = door.run(lambda connection, actor: key_work.lists(connection, actor, year))
    return door.named(KeyWorkListsAnswer(lists=[KeyWorkListAnswer.of(one) for one in found]))
