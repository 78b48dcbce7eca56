"""Digests (月调度 and the others): each as it was frozen, with its paper, and the sample that is inspected."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.digests import inspecting, rendering, service
from app.digests.core import DigestKind
from app.digests.core_inspecting import Following
from app.digests.schemas import CURSOR, DigestsAnswer, ProofAnswer, cursor_of
from app.digests.schemas_inspecting import InspectionRequest, SampleAnswer
from app.digests.wording import TITLES, period_name
from app.kit.ids import new_id
from app.kit.sending import conditional
from app.kit.words import Words
from app.web.frame import Page, PageRoute, page_for
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.DIGEST_READ))]
Inspecting = Annotated[Page, Depends(page_for(Permission.DIGEST_INSPECT))]

_PER_PAGE = 50
FOLLOWING = {
    Following.NOTHING: Words("不处理", "nothing"),
    Following.CORRECTION: Words("冲正更正", "it is corrected"),
    Following.EVIDENCE: Words("补充依据", "evidence is handed in"),
    Following.FAULT: Words("按失误申报", "a fault is proposed"),
}


@router.get("/digests")
def show_digests(
    page: Reading,
    kind: DigestKind | None = None,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """The latest first."""

    def work(connection: Connection, actor: Actor) -> DigestsAnswer:
        found = service.digests(connection, actor, kind=kind, before=cursor_of(cursor), count_max=_PER_PAGE)
        return DigestsAnswer.of(found)

    return page.show("digests.html", found=page.run(work), kind=kind, titles=TITLES, period_name=period_name)


@router.get("/digests/{digest_id}")
def show_digest(digest_id: UUID, page: Reading) -> Response:
    """What the paper says, and of a quarter's check what was found of its sample."""
    return _digest(page, digest_id).shown(page)


@router.get("/digests/{digest_id}/paper")
def print_digest(digest_id: UUID, request: Request, page: Reading) -> Response:
    """Made of what was frozen alone."""
    found = page.run(lambda connection, actor: service.snapshot(connection, actor, digest_id))
    return conditional(request, rendering.html(found, page.language).encode(), media_type="text/html; charset=utf-8")


@router.post("/digests/{digest_id}/inspections")
def inspect(digest_id: UUID, page: Inspecting) -> Response:
    """What was found of one sampled record."""

    def work(connection: Connection, actor: Actor) -> None:
        posted = page.posted
        found = posted.get("found")
        follows = Following.NOTHING if found in ("", "in_order") else found
        asked = posted.read(InspectionRequest, in_order=found == "in_order", follows=follows)
        inspecting.inspect(connection, actor, digest_id, [asked.inspection()])

    return _digest(page, digest_id).done(page, work, Words("抽查意见已登记。", "What was found is written down."))


def _digest(page: Page, digest_id: UUID) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = service.snapshot(connection, actor, digest_id)
        sample = None
        if found.content.get("sample") is not None:
            sample = SampleAnswer.of(inspecting.page(connection, actor, digest_id))
        return {
            "id": digest_id,
            "digest": rendering.facts(found, page.language),
            "made_at": found.made_at,
            "sample": sample,
            "proof": ProofAnswer.of(service.prove(connection, actor, digest_id)),
            "may_inspect": actor.may(Permission.DIGEST_INSPECT, found.path),
            "following": FOLLOWING,
            "new_id": new_id,
        }

    return Sheet(f"/digests/{digest_id}", "digest.html", read)
