"""What is shown in public: a branch's results on notice, for the wall, and the boards."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BeforeValidator
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.boards import branching, service
from app.boards.core import TOTAL, Asked, Reach, Scope, audience_of
from app.boards.core_facts import SUMS, Facts
from app.boards.ranking import Boards, reads, resolve
from app.boards.schemas import BoardAnswer, NoticeAnswer, OwnPositionAnswer, written_board
from app.boards.schemas_screens import BranchBoardAnswer
from app.cycles import service as cycles
from app.kit.days import Day
from app.kit.errors import LongwenError, NotFound
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import OrganisationKind, OrganisationView
from app.seals.refusals import NoticeNotBegun
from app.web.frame import Page, PageRoute, page_for

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.BOARD_READ))]
Code = r"^\d{4}Q[1-4]$"
OrDay = Annotated[Day | None, BeforeValidator(lambda typed: typed or None), Query()]  # a form sends an empty field too

BOARDS = {
    "members": Words("党员", "members"),
    "branches": Words("支部平均积分", "branches, by their average"),
    "stars": Words("支部星级", "branches, by their stars"),
}

_LEFT_OUT = Words("您的姓名不再上榜，名次照计。", "Your name stands on no board any more; you are ranked all the same.")


@router.get("/notices")
def choose_notice(
    page: Reading, quarter: Annotated[str | None, Query(pattern=Code)] = None, branch: UUID | None = None
) -> Response:
    """Leads on to the sheet that is chosen, or to the own branch's latest."""

    def work(connection: Connection, actor: Actor) -> tuple[str | None, UUID | None]:
        found = _choices(connection, actor)
        over = [one for one in found["quarters"] if one.ends_on < actor.today] or found["quarters"]
        places: list[OrganisationView] = found["branches"]
        return quarter or (over[0].code if over else None), branch or (places[0].id if places else None)

    code, place = page.run(work)
    if code is None or place is None:
        return page.show("notice.html", **page.run(_choices), sheet=None, quarter=code, branch=place)
    return page.goto(f"/notices/{code}/{place}")


@router.get("/notices/{quarter}/{branch_id}")
def show_notice(quarter: Annotated[str, Path(pattern=Code)], branch_id: UUID, page: Reading) -> Response:
    """To be printed and put on the wall: names as the district's policy has them, and no ranks."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        try:
            sheet = NoticeAnswer.of(service.notice(connection, actor, quarter, branch_id))
        except NoticeNotBegun:
            sheet = None
        return {"sheet": sheet, **_choices(connection, actor)}

    return page.show("notice.html", **page.run(work), quarter=quarter, branch=branch_id)


@router.get("/board")
def show_board(
    page: Reading,
    of: Literal["members", "branches", "stars"] = "members",
    place: UUID | None = None,
    measure: Annotated[str, Query(pattern=r"^[A-Za-z]{2,20}$")] = TOTAL,
    cycle: Annotated[str, Query(pattern=r"^([0-9A-Za-z-]{4,16})?$")] = "",
    quarter: Annotated[str, Query(pattern=r"^(\d{4}Q[1-4])?$")] = "",
    on: OrDay = None,
) -> Response:
    """The ranking that the caller may see, of members or of branches, and the own position above it."""
    boards = cast("Boards", page.request.app.state.boards)
    actor, is_shown = page.run(lambda connection, actor: (actor, service.is_shown(connection, actor)))
    facts = boards.facts(actor.district_id, actor.today)
    places = _places_of(facts, actor, is_of_branches=of != "members")
    chosen = place or (places[0][0] if places else actor.district_id)
    shown: dict[str, Any] = {
        "boards": BOARDS,
        "of": of,
        "places": places,
        "place": chosen,
        "measures": {**SUMS, **{code: one.dimension.name for code, one in facts.dimensions.items()}},
        "measure": measure,
        "cycles": sorted({one.cycle for one in facts.quarters if one.starts_on <= actor.today}, reverse=True),
        "cycle": cycle,
        "quarters": [one for one in facts.quarters if one.starts_on <= actor.today][::-1],
        "quarter": quarter,
        "on": on,
        "own": None,
        "board": None,
        "is_shown": is_shown,
    }
    try:
        # The caller's transaction is over before the board is worked out.
        asked = Asked(_scope_of(facts, chosen), chosen, measure, cycle or None, quarter or None, on)
        if of == "members":
            subject, audience, policy = resolve(facts, actor, asked)
            written = boards.shown(subject, facts, audience, policy, written_board)
            shown["board"] = BoardAnswer.model_validate_json(written)
        else:
            found = branching.branches_board(boards, actor, asked, by_stars=of == "stars")
            shown["board"] = BranchBoardAnswer.of(found)
        own = page.run(lambda connection, caller: boards.own(connection, caller, measure, None))
    except NotFound:
        raise
    except LongwenError as error:  # the board is off, or the quarter is to come: another one can be chosen
        return page.refused("board.html", error, **shown)
    shown["own"] = OwnPositionAnswer.of(own) if own.points is not None else None
    return page.show("board.html", **shown)


@router.post("/board/own")
def choose_own(page: Reading) -> Response:
    """Whether the caller's name may stand on boards; ranked either way."""
    is_shown = page.posted.get("shown") == "1"
    page.run(lambda connection, actor: service.set_shown(connection, actor, is_shown=is_shown))
    told = Words("您的姓名可以上榜。", "Your name may stand on boards.") if is_shown else _LEFT_OUT
    return page.goto("/board", told)


def _choices(connection: Connection, actor: Actor) -> dict[str, Any]:
    """The quarters that have begun, the latest first, and the branches that the caller reads; the own one first."""
    own = roster.own_member(connection, actor)
    branches = [
        one
        for one in roster.organisations(connection, actor.district_id)
        if one.kind is OrganisationKind.BRANCH and one.until_on is None and reads(actor, one.path)
    ]
    if own is not None:
        branches.sort(key=lambda one: one.id != own.branch_id)
    begun = [one for one in cycles.quarters(connection, actor) if one.starts_on <= actor.today]
    return {"quarters": sorted(begun, key=lambda one: one.code, reverse=True), "branches": branches}


def _places_of(facts: Facts, actor: Actor, *, is_of_branches: bool) -> list[tuple[UUID, str]]:
    """The whole district with its committees and grids where boards reach it, and the branches that the caller reads,
    of which each is a place of members only.
    """
    there = [one for one in facts.organisations.values() if one.until_on is None]
    is_whole = facts.policy(audience_of(actor)).reach is Reach.DISTRICT
    found: list[OrganisationView] = []
    if is_whole:
        found += [one for one in there if one.kind in (OrganisationKind.DISTRICT, OrganisationKind.COMMITTEE)]
    if not is_of_branches:
        found += [one for one in there if one.kind is OrganisationKind.BRANCH and reads(actor, one.path)]
    return [(one.id, one.name) for one in found] + (list(facts.grids.items()) if is_whole else [])


def _scope_of(facts: Facts, place: UUID) -> Scope:
    found = facts.organisations.get(place)
    if place in facts.grids:
        return Scope.GRID
    if found is None or found.kind is OrganisationKind.BRANCH:
        return Scope.BRANCH  # what is nowhere is told as a branch out of reach
    return Scope.COMMITTEE if found.kind is OrganisationKind.COMMITTEE else Scope.DISTRICT
