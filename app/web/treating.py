"""What follows from stars: the branches, their plans struck off one by one, and the district's list."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.words import Words
from app.ratings import treating, treatments
from app.ratings.schemas_plans import (
    ListAnswer,
    PlanCloseRequest,
    PlanStepRequest,
    RatingPlanAnswer,
    StrikeRequest,
    TreatmentsAnswer,
)
from app.roster import service as roster
from app.rules.terms import TERMS
from app.web.frame import Page, PageRoute, page_for
from app.web.star_words import PLAN_KINDS, PLAN_STATES
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.RATING_READ))]
Signing = Annotated[Page, Depends(page_for(Permission.RATING_SIGN))]


@router.get("/rating-plans")
def show_plans(page: Reading, closed: bool = False) -> Response:
    """Those in reach by the day on which they are due; for who signs also who should have one."""
    return _sheet(closed=closed).shown(page)


@router.post("/rating-plans/{plan_id}/struck")
def strike(plan_id: UUID, page: Signing) -> Response:
    """One by one."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(StrikeRequest)
        treating.strike(connection, actor, plan_id, asked.number, asked.note, asked.seen)

    return _sheet().done(page, work, Words("已销号。", "Struck off."))


@router.post("/rating-plans/{plan_id}/extension")
def extend(plan_id: UUID, page: Signing) -> Response:
    """Once."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(PlanStepRequest)
        treating.extend(connection, actor, plan_id, asked.note, asked.seen)

    return _sheet().done(page, work, Words("已延期。", "Extended."))


@router.post("/rating-plans/{plan_id}/closing")
def close(plan_id: UUID, page: Signing) -> Response:
    """Accepted when all is struck off, or found missed."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(PlanCloseRequest)
        treating.close(connection, actor, plan_id, asked.note, asked.seen, accepted=asked.accepted)

    return _sheet().done(page, work, Words("已登记。", "It is written down."))


def _sheet(*, closed: bool = False) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        signs = bool(actor.reach(Permission.RATING_SIGN))
        plans = treating.plans(connection, actor, open_only=not closed)
        return {
            "plans": [RatingPlanAnswer.of(one) for one in plans],
            "signable": {one.id for one in plans if actor.may(Permission.RATING_SIGN, one.path)},
            "branches": TreatmentsAnswer.of(treatments.treatments(connection, actor, None)).branches if signs else [],
            "listed": ListAnswer.of(treating.listed(connection, actor)).branches if signs else [],
            "places": {one.id: one.name for one in roster.organisations(connection, actor.district_id)},
            "treatments": TERMS["Treatment"],
            "plan_kinds": PLAN_KINDS,
            "plan_states": PLAN_STATES,
            "closed": closed,
        }

    return Sheet("/rating-plans", "rating_plans.html", read)
