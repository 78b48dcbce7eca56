"""Branches merged, split, moved under another committee or closed: each tried out first, on one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.enrolment import reforming
from app.enrolment.core_changes import Done, Reform
from app.enrolment.schemas_changes import ChangeAnswer
from app.enrolment.schemas_requests import BranchMoveRequest, ClosingRequest, DivisionRequest, MergerRequest
from app.kit.errors import LongwenError, NotFound
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Posted
from app.web.wording import CHANGES, ORGANISATION_FORMS

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reforming = Annotated[Page, Depends(page_for(Permission.BRANCH_REFORM))]


@router.get("/branches/{branch_id}/reform")
def show_reforms(branch_id: UUID, page: Reforming) -> Response:
    """What can become of a branch."""
    return page.show("reform.html", **page.run(lambda c, actor: _branch(c, actor, branch_id)), tried=None)


@router.post("/branches/{branch_id}/merger")
def merge(branch_id: UUID, page: Reforming) -> Response:
    """Everybody goes over, and the branch is closed."""
    return _reform(
        page, branch_id, lambda posted: posted.read(MergerRequest).wish(branch_id),
        Words("已合并，原支部已撤销。", "Merged; the branch is closed."),
    )  # fmt: skip


@router.post("/branches/{branch_id}/division")
def divide(branch_id: UUID, page: Reforming) -> Response:
    """Those who are ticked found a new branch."""

    def wish(posted: Posted) -> Reform:
        branch = {key: posted.get(key) for key in ("code", "name", "form") if posted.get(key).strip()}
        return posted.read(DivisionRequest, branch={"id": posted.get("successor_id"), **branch}).wish(branch_id)

    return _reform(page, branch_id, wish, Words("已分设新支部。", "The new branch is founded."))


@router.post("/branches/{branch_id}/move")
def move(branch_id: UUID, page: Reforming) -> Response:
    """Under another committee, with all that belongs to it."""
    return _reform(
        page, branch_id, lambda posted: posted.read(BranchMoveRequest).wish(branch_id),
        Words("已改变隶属。", "It is moved."),
    )  # fmt: skip


@router.post("/branches/{branch_id}/closing")
def close(branch_id: UUID, page: Reforming) -> Response:
    """One without members."""
    return _reform(
        page, branch_id, lambda posted: posted.read(ClosingRequest).wish(branch_id),
        Words("已撤销支部。", "The branch is closed."),
    )  # fmt: skip


def _reform(page: Page, branch_id: UUID, wish: Callable[[Posted], Reform], told: Words) -> Response:
    is_preview = page.posted.get("act") != "save"

    def work(connection: Connection, actor: Actor) -> tuple[Done, dict[str, Any]]:
        shown = _branch(connection, actor, branch_id) if is_preview else {}
        return reforming.reform(connection, actor, wish(page.posted)), shown

    def tried(connection: Connection, actor: Actor) -> tuple[ChangeAnswer, dict[str, Any]]:
        done, shown = work(connection, actor)
        # Named before the trial is given up: a branch that it founds is nowhere afterwards.
        return filled(connection, actor, ChangeAnswer.of_done(done, preview=is_preview)), shown

    try:
        answer, shown = page.run(tried, commit=not is_preview)
    except NotFound as error:
        if error.field in (None, "organisation", "organisation_id"):
            raise
        return page.refused("reform.html", error, **page.run(lambda c, a: _branch(c, a, branch_id)), tried=None)
    except LongwenError as error:
        return page.refused("reform.html", error, **page.run(lambda c, a: _branch(c, a, branch_id)), tried=None)
    if is_preview:
        return page.show("reform.html", **shown, tried=answer)
    return page.goto("/roster", told)


def _branch(connection: Connection, actor: Actor, branch_id: UUID) -> dict[str, Any]:
    """The branch with its members, and where it, or they, could go. Raises NotFound."""
    branch = roster.get_organisation_for(connection, actor, branch_id, Permission.BRANCH_REFORM)
    if branch.kind is not OrganisationKind.BRANCH or branch.until_on is not None:
        raise NotFound(what="branch", field="organisation_id")
    reached = [
        one
        for one in roster.organisations_for(connection, actor, Permission.BRANCH_REFORM)
        if one.until_on is None and one.id not in (branch.id, branch.parent_id)
    ]
    people = roster.members_under(connection, actor.district_id, branch.path, actor.today)
    return {
        "branch": branch,
        "people": sorted(people, key=lambda one: one.number),
        "branches": [one for one in reached if one.kind is OrganisationKind.BRANCH],
        "committees": [one for one in reached if one.kind is OrganisationKind.COMMITTEE],
        "forms": ORGANISATION_FORMS,
        "changes": CHANGES,
        "new_id": new_id(),
        "successor_id": new_id(),
    }
