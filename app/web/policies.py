"""What the office lets boards show: each audience's policy, tried out before it is set, and every version there was."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.boards import service
from app.boards.core import (
    TOP_MAX,
    TOTAL,
    Asked,
    Audience,
    Board,
    BoardPolicy,
    NameForm,
    Reach,
    Scope,
    shown_to,
)
from app.boards.ranking import Boards, period_of, subject_of
from app.boards.schemas import (
    BoardAnswer,
    BoardPolicyModel,
    PolicyVersionAnswer,
    PolicyVersionsAnswer,
)
from app.kit.errors import LongwenError
from app.kit.words import Words
from app.roster.core import OrganisationKind
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Setting = Annotated[Page, Depends(page_for(Permission.BOARD_SET))]

AUDIENCES = {
    Audience.MEMBERS: Words("党员", "members"),
    Audience.BRANCH: Words("支部任职人员", "officers of branches"),
    Audience.DISTRICT: Words("上级任职人员", "officers above branches"),
    Audience.SCREENS: Words("大屏", "screens"),
}
REACHES = {
    Reach.OFF: Words("关闭", "off"),
    Reach.BRANCH: Words("只在支部内", "inside each branch"),
    Reach.DISTRICT: Words("全区", "across the district"),
}
NAMES = {
    NameForm.FULL: Words("全名（陈晓明）", "whole (Chen Xiaoming)"),
    NameForm.MASKED: Words("隐名（陈**）", "masked (陈**)"),
    NameForm.INITIALS: Words("首字母（C.X.M）", "initials (C.X.M)"),
}


@router.get("/board-policies")
def show_policies(page: Setting) -> Response:
    """What each audience sees at present."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        held = [(one, service.policy(connection, actor, one)) for one in Audience]
        return {"held": held, "opted_out": service.count_opted_out(connection, actor)}

    return page.show("board_policies.html", **page.run(work), **_WORDS)


@router.get("/board-policies/{audience}")
def show_policy(audience: Audience, page: Setting) -> Response:
    """With what its board looks like now, and every version."""
    held = page.run(lambda connection, actor: service.policy(connection, actor, audience))
    return page.show("board_policy.html", **_facts(page, audience, held))


@router.post("/board-policies/{audience}")
def set_policy(audience: Audience, page: Setting) -> Response:
    """Tried out: the board under what was typed; set: at once, and the version before is kept."""
    held = page.run(lambda connection, actor: service.policy(connection, actor, audience))
    try:
        wanted = page.posted.read(BoardPolicyModel).policy()
        if page.posted.get("act") == "preview":
            return page.show("board_policy.html", **_facts(page, audience, wanted) | {"tried": True})
        page.run(lambda c, actor: service.set_policy(c, actor, audience, wanted, request_id=page.request_id))
    except LongwenError as error:
        return page.refused("board_policy.html", error, **_facts(page, audience, held))
    return page.goto(f"/board-policies/{audience.value}", Words("已保存，即刻生效。", "Saved; it holds at once."))


_WORDS: dict[str, Any] = {
    "audiences": AUDIENCES,
    "reaches": REACHES,
    "names": NAMES,
    "top_max": TOP_MAX,
    "tried": False,
}


def _facts(page: Page, audience: Audience, policy: BoardPolicy) -> dict[str, Any]:
    def work(connection: Connection, actor: Actor) -> PolicyVersionsAnswer:
        found = service.versions(connection, actor, audience)
        return filled(connection, actor, PolicyVersionsAnswer(versions=[PolicyVersionAnswer.of(one) for one in found]))

    shown = _preview(page, audience, policy)
    return {
        **_WORDS,
        "audience": audience,
        "policy": policy,
        "board": None if shown is None else BoardAnswer.of(shown),
        "versions": page.run(work).versions,
    }


def _preview(page: Page, audience: Audience, policy: BoardPolicy) -> Board | None:
    """The total's board as the audience would see it: of the district, or of one branch where it stays inside."""
    if policy.reach is Reach.OFF:
        return None
    boards = cast("Boards", page.request.app.state.boards)
    actor = page.run(lambda _, actor: actor)
    facts = boards.facts(actor.district_id, actor.today)
    scope, place_id = Scope.DISTRICT, actor.district_id
    if policy.reach is Reach.BRANCH:
        views = facts.organisations.values()
        branches = [one for one in views if one.kind is OrganisationKind.BRANCH and one.until_on is None]
        if not branches:
            return None
        scope, place_id = Scope.BRANCH, min(branches, key=lambda one: one.path).id
    period = period_of(facts, actor.today, Asked(scope, place_id, TOTAL))
    subject = subject_of(facts, actor, scope, place_id, TOTAL, period)
    return shown_to(subject, boards.reckoned(subject, facts), audience, policy)
