"""Rounds of star rating: what was published, how far the branches are, and the steps of the whole round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.ids import new_id
from app.kit.words import Words
from app.ratings import deciding, service
from app.ratings.core import PAGE_MAX, RatingLine, RatingState
from app.ratings.schemas import (
    BasisRequest,
    OpeningRequest,
    RatingFilingRequest,
    RatingLineAnswer,
    RoundAnswer,
    StepRequest,
)
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.web.frame import Page, PageRoute, page_for
from app.web.star_words import RATING_STATES, ROUND_STATES
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.RATING_READ))]
Signing = Annotated[Page, Depends(page_for(Permission.RATING_SIGN))]
Deciding = Annotated[Page, Depends(page_for(Permission.RATING_DECIDE))]


@router.get("/ratings")
def show_rounds(page: Reading) -> Response:
    """All rounds, the latest year first."""
    return _rounds().shown(page)


@router.post("/ratings")
def open_round(page: Deciding) -> Response:
    """Fixes and publishes cut-off, branches and pools."""

    def work(connection: Connection, actor: Actor) -> None:
        service.open_round(connection, actor, page.posted.read(OpeningRequest).opening())

    told = Words(
        "批次已开启，各支部可以自评。", "The round is open; branches can rate themselves."
    )  # what is published stands on the page of the round
    return _rounds().done(page, work, told)


@router.get("/ratings/rounds/{round_id}")
def show_round(round_id: UUID, page: Reading, state: RatingState | None = None) -> Response:
    """The branches of a round in reach, and those on notice or named."""
    return _round(round_id, state).shown(page)


@router.post("/ratings/rounds/{round_id}/measurement")
def measure(round_id: UUID, page: Deciding) -> Response:
    """Of what is not signed yet."""
    told = Words("已重新取数，已签字的不变。", "Measured anew; what is signed stays as it was.")
    return _round(round_id).done(page, lambda c, actor: service.measure(c, actor, round_id), told)


@router.post("/ratings/rounds/{round_id}/reckoning")
def reckon(round_id: UUID, page: Deciding) -> Response:
    """After every signature."""
    return _step(page, round_id, deciding.reckon, Words("星级已测算。", "The stars are reckoned."))


@router.post("/ratings/rounds/{round_id}/naming")
def name(round_id: UUID, page: Deciding) -> Response:
    """After the notice."""
    return _step(page, round_id, deciding.name, Words("已命名。", "The stars are named."))


@router.post("/ratings/rounds/{round_id}/withdrawal")
def withdraw(round_id: UUID, page: Deciding) -> Response:
    """Before it is named."""

    def work(connection: Connection, actor: Actor) -> None:
        deciding.withdraw(connection, actor, round_id, page.posted.read(BasisRequest).step())

    return _round(round_id).done(page, work, Words("批次已撤回。", "The round is withdrawn."))


@router.post("/ratings/rounds/{round_id}/filing")
def file_stars(round_id: UUID, page: Signing) -> Response:
    """Up to four stars, by committee."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(RatingFilingRequest)
        deciding.decide_below(connection, actor, round_id, asked.committee_id, asked.step())

    return _round(round_id).done(page, work, Words("已决定并备案。", "Decided and filed."))


def _step(page: Page, round_id: UUID, verb: Callable[..., Any], told: Words) -> Response:
    def work(connection: Connection, actor: Actor) -> None:
        verb(connection, actor, round_id, page.posted.read(StepRequest).step())

    return _round(round_id).done(page, work, told)


def _rounds() -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        return {
            "rounds": [RoundAnswer.of(one) for one in service.rounds(connection, actor)],
            "decides": actor.may(Permission.RATING_DECIDE, roster.root_of(actor.district_id)),
            "states": ROUND_STATES,
            "rating_states": {state.value: words for state, words in RATING_STATES.items()},
            "new_id": new_id,
        }

    return Sheet("/ratings", "rounds.html", read)


def _round(round_id: UUID, state: RatingState | None = None) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        view = service.get_round(connection, actor, round_id)
        lines: list[RatingLine] = []
        after: UUID | None = None
        while True:  # a round is a few hundred branches, and is looked at as a whole
            found, after = service.ratings(connection, actor, round_id, state=state, after=after, count_max=PAGE_MAX)
            lines += found
            if after is None:
                break
        signs = roster.organisations_for(connection, actor, Permission.RATING_SIGN)
        shown = [RatingLineAnswer.of(one) for one in lines]
        return {
            "round": RoundAnswer.of(view),
            "ratings": sorted(shown, key=lambda one: (-(one.star or 0), -float(one.score or 0), one.branch)),
            "decides": actor.may(Permission.RATING_DECIDE, roster.root_of(actor.district_id)),
            "committees": [one for one in signs if one.kind is OrganisationKind.COMMITTEE and one.until_on is None],
            "states": ROUND_STATES,
            "rating_states": RATING_STATES,
            "state": state,
            "new_id": new_id,
        }

    return Sheet(f"/ratings/rounds/{round_id}", "round.html", read)
