"""Routes of duty lists."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.appraisals import listing
from app.appraisals.core import PAGE_MAX
from app.appraisals.core_responsibilities import ResponsibilityState
from app.appraisals.schemas_responsibilities import (
    ReportRequest,
    ResponsibilitiesAnswer,
    ResponsibilitiesRequest,
    ResponsibilityAnswer,
    ResponsibilityLineAnswer,
    ResponsibilityVerdictRequest,
)
from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.http import FILE_RESPONSES, blob, tell_made

router = APIRouter(prefix="/api/v1", tags=["appraisals"])

Reading = Annotated[Door, Depends(permit(Permission.APPRAISAL_READ))]
Signing = Annotated[Door, Depends(permit(Permission.APPRAISAL_SIGN))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
Keeping = Annotated[Door, Depends(permit(Permission.APPRAISAL_KEEP))]


@router.post("/responsibilities", summary="下达责任清单 · Set duty lists", status_code=201)
def set_responsibilities(
    body: ResponsibilitiesRequest, request: Request, response: Response, door: Signing, preview: Preview = False
) -> ResponsibilitiesAnswer:
    """党委向所属支部书记下达，并通知书记。· By the committee, for several branches at once; secretaries are told."""
    (_, replayed), answer = door.run_and_name(
        lambda connection, actor: listing.set_items(connection, actor, body.wanted()),
        lambda done: ResponsibilitiesAnswer(
            responsibilities=[ResponsibilityLineAnswer.of(one) for one in done[0]], following=None
        ),
        commit=not preview,
    )
    tell_made(request, response, replayed=replayed, preview=preview)
    return answer


@router.get("/responsibilities", summary="责任清单 · Duty lists")
def list_responsibilities(
    door: Reading,
    year: Annotated[int | None, Query(ge=2000, le=2199)] = None,
    branch_id: UUID | None = None,
    state: ResponsibilityState | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> ResponsibilitiesAnswer:
    """本支部的，或者权限范围内的。· Of the own branch, or in reach."""
    return door.run_named(
        lambda connection, actor: listing.page(
            connection, actor, year=year, branch_id=branch_id, state=state, after=after, count_max=limit
        ),
        lambda found: ResponsibilitiesAnswer(
            responsibilities=[ResponsibilityLineAnswer.of(one) for one in found[0]], following=found[1]
        ),
    )


@router.get("/responsibilities/{item_id}", summary="一项责任 · An item of a duty list")
def read_responsibility(item_id: UUID, door: Reading) -> ResponsibilityAnswer:
    """附证明材料和每一步。· With evidence and every step."""
    return door.run_named(
        lambda connection, actor: listing.get(connection, actor, item_id), ResponsibilityAnswer.of_view
    )


@router.get(
    "/responsibilities/{item_id}/files/{content_hash}",
    summary="责任事项的证明材料 · Evidence of an item",
    response_class=Response,
    responses=FILE_RESPONSES,
)
def read_responsibility_file(
    item_id: UUID, content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], request: Request, door: Reading
) -> Response:
    """能查看该事项的人可以下载。· For whoever sees the item."""
    found = door.run(
        lambda connection, actor: listing.evidence(connection, actor, item_id, content_hash, request_id=door.request_id)
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.post("/responsibilities/{item_id}/report", summary="报送完成情况 · Report an item as done")
def report_responsibility(
    item_id: UUID, body: ReportRequest, request: Request, response: Response, door: Keeping, preview: Preview = False
) -> ResponsibilityAnswer:
    """书记报送并附材料。· By the secretary, with evidence."""
    made, answer = door.run_and_name(
        lambda connection, actor: listing.report(connection, actor, item_id, body.step(), body.files),
        ResponsibilityAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/responsibilities/{item_id}/verdict", summary="确认责任事项 · Judge an item")
def judge_responsibility(
    item_id: UUID,
    body: ResponsibilityVerdictRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> ResponsibilityAnswer:
    """确认完成、认定未完成、退回补充或者撤销；报送人不能确认。· Never by who reported it."""
    made, answer = door.run_and_name(
        lambda connection, actor: listing.judge(connection, actor, item_id, body.step(), body.verdict),
        ResponsibilityAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer
