"""Routes of digests: 月调度、季检查、半年分析、年底总评."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.digests import inspecting, rendering, service
from app.digests.core import PAGE_MAX, DigestKind
from app.digests.schemas import CURSOR, PERIOD, DigestAnswer, DigestsAnswer, ProofAnswer, cursor_of
from app.digests.schemas_inspecting import InspectionsRequest, SampleAnswer
from app.kit.http import tell_replay
from app.kit.sending import conditional

router = APIRouter(prefix="/api/v1/digests", tags=["digests"])

Reading = Annotated[Door, Depends(permit(Permission.DIGEST_READ))]
Inspecting = Annotated[Door, Depends(permit(Permission.DIGEST_INSPECT))]


@router.get("", summary="调度分析材料列表 · Digests")
def list_digests(
    door: Reading,
    kind: Annotated[DigestKind | None, Query(description="种类 · kind")] = None,
    period: Annotated[str | None, Query(pattern=PERIOD, examples=["2026-10"], description="时段 · period")] = None,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> DigestsAnswer:
    """职权范围内的月调度、季检查、半年分析和年底总评，最近的在前。· Those in the caller's reach, the latest first."""
    page = door.run(
        lambda connection, actor: service.digests(
            connection, actor, kind=kind, period=period, before=cursor_of(cursor), count_max=limit
        )
    )
    return DigestsAnswer.of(page)


@router.get("/{digest_id}", summary="调度分析材料 · A digest")
def read_digest(digest_id: UUID, door: Reading) -> DigestAnswer:
    """生成时冻结的全部内容。· Everything as it was frozen."""
    found = door.run(lambda connection, actor: service.snapshot(connection, actor, digest_id))
    return DigestAnswer.of(found)


@router.get(
    "/{digest_id}/paper",
    summary="调度分析材料打印件 · The paper of a digest",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def print_digest(digest_id: UUID, request: Request, door: Reading) -> Response:
    """只由冻结的内容生成，何时打印都一样。· Made of what was frozen alone, so it is the same whenever it is printed."""
    found = door.run(lambda connection, actor: service.snapshot(connection, actor, digest_id))
    return conditional(request, rendering.html(found, door.language).encode(), media_type="text/html; charset=utf-8")


@router.get("/{digest_id}/proof", summary="核对与重抽 · Prove a digest and draw its sample again")
def prove_digest(digest_id: UUID, door: Reading) -> ProofAnswer:
    """重新计算摘要，并按保存的种子从积分记录重抽样本。

    The digest is computed anew, and the sample drawn again from the ledger by the seed that was kept.
    """
    return ProofAnswer.of(door.run(lambda connection, actor: service.prove(connection, actor, digest_id)))


@router.get("/{digest_id}/inspections", summary="抽样与抽查情况 · A sample and what was found of it")
def list_inspections(digest_id: UUID, door: Reading) -> SampleAnswer:
    """季检查抽到的每条记录及最近一次抽查意见。· Each record of the sample with the last finding about it."""
    return SampleAnswer.of(door.run(lambda connection, actor: inspecting.page(connection, actor, digest_id)))


@router.post("/{digest_id}/inspections", summary="登记抽查意见 · Record what was found of sampled records")
def inspect_sample(
    digest_id: UUID,
    body: InspectionsRequest,
    door: Inspecting,
    request: Request,
    response: Response,
    preview: Annotated[bool, Query(description="只试算，不保存 · everything but the saving")] = False,
) -> SampleAnswer:
    """逐条登记与依据是否相符及如何处理，全部保存或全部不保存；不得抽查本人登记、审核或与本人有关的记录。

    Record by record, whether it agrees with its evidence and what follows: all or nothing. Nobody inspects what they
    recorded or approved, or what is about themselves.
    """
    asked = [one.inspection() for one in body.inspections]
    done = door.run(
        lambda connection, actor: inspecting.inspect(connection, actor, digest_id, asked), commit=not preview
    )
    tell_replay(request, response, done.replayed)
    return SampleAnswer.of(done.page)
