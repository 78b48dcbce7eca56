"""Assistance cases: on a board by where they stand, and one with its steps and what comes next."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import ROLE_WORDS
from app.cases import assisting, reminding
from app.cases.core_cases import ADMITTED, PAGE_MAX, TURN, CaseAction, CaseState
from app.cases.schemas_cases import (
    CaseAnswer,
    CasePageAnswer,
    CasePlanRequest,
    CaseVerdictRequest,
    CaseViewAnswer,
    FailuresListAnswer,
    HelperRequest,
    TalkRequest,
    page_after,
)
from app.cases.schemas_talks import HeldTalkRequest, ReminderTalkPageAnswer
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.CASE_READ))]
Keeping = Annotated[Page, Depends(page_for(Permission.CASE_KEEP))]
Deciding = Annotated[Page, Depends(page_for(Permission.CASE_DECIDE))]
Cursor = Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")]

CASE_STATES = {
    CaseState.OPENED: Words("待谈话", "to be talked with"),
    CaseState.TALK_HELD: Words("待定计划", "waits for its plan"),
    CaseState.PLANNED: Words("待定帮扶人", "waits for a helper"),
    CaseState.RUNNING: Words("帮扶中", "being helped"),
    CaseState.EXTENDED: Words("延长帮扶", "helped longer"),
    CaseState.FAILED: Words("未通过，待办结", "not accepted, to be closed"),
    CaseState.ACCEPTED: Words("已验收", "accepted"),
    CaseState.CLOSED: Words("已办结", "closed"),
    CaseState.ANNULLED: Words("已撤销", "annulled"),
}
CASE_ACTIONS = {
    CaseAction.OPENED: Words("列入帮扶整改", "opened"),
    CaseAction.TALK_HELD: Words("谈话", "talk held"),
    CaseAction.PLANNED: Words("制定计划", "plan made"),
    CaseAction.HELPER_PROPOSED: Words("推荐帮扶人", "helper proposed"),
    CaseAction.HELPER_NAMED: Words("确定帮扶人", "helper named"),
    CaseAction.EXTENDED: Words("延长", "extended"),
    CaseAction.ACCEPTED: Words("验收通过", "accepted"),
    CaseAction.FAILED: Words("未通过", "not accepted"),
    CaseAction.CLOSED: Words("办结", "closed"),
    CaseAction.MOVED: Words("随党员转入其他支部", "moved with the member"),
    CaseAction.LEFT: Words("党员转出，终止", "the member left"),
    CaseAction.ANNULLED: Words("依据已更正，撤销", "annulled, its ground was corrected"),
}
_COLUMNS = (
    CaseState.OPENED, CaseState.TALK_HELD, CaseState.PLANNED, CaseState.RUNNING, CaseState.EXTENDED, CaseState.FAILED,
)  # fmt: skip


@router.get("/cases")
def show_cases(page: Reading, late: bool = False, ended: bool = False, cursor: Cursor = None) -> Response:
    """Those that are open by where they stand, the overdue ones marked; or those that have ended."""

    return page.show("cases.html", **page.run(lambda c, actor: _board(c, actor, late=late, ended=ended, cursor=cursor)))


@router.post("/cases/reminder-talks/{talk_id}")
def talk_as_reminder(talk_id: UUID, page: Keeping) -> Response:
    """The reminder talk was held."""

    def work(connection: Connection, actor: Actor) -> None:
        reminding.turn(connection, actor, talk_id)  # the form of whoever else sends one is not looked at
        reminding.record(connection, actor, talk_id, page.posted.read(HeldTalkRequest).deed())

    board = Sheet("/cases", "cases.html", _board)
    return board.done(page, work, Words("提醒谈话已登记。", "The reminder talk is written down."))


def _board(
    connection: Connection, actor: Actor, *, late: bool = False, ended: bool = False, cursor: str | None = None
) -> dict[str, Any]:
    found = assisting.page(
        connection, actor, state=None, is_open=not ended, late=late, after=page_after(cursor), count_max=PAGE_MAX
    )
    answer = CasePageAnswer.of(found)
    columns: dict[CaseState, list[CaseAnswer]] = {state: [] for state in _COLUMNS}
    for one in answer.cases:
        columns.setdefault(one.state, []).append(one)
    decides = bool(actor.reach(Permission.CASE_DECIDE))
    talks = reminding.page(connection, actor, is_open=not ended, late=late and not ended, count_max=PAGE_MAX)
    return {
        "cases": answer.cases,
        "columns": columns,
        "following": answer.following,
        "failed": FailuresListAnswer.of(assisting.failures(connection, actor)).members if decides else [],
        "talks": ReminderTalkPageAnswer.of(talks).talks,
        "new_id": new_id,
        "states": CASE_STATES,
        "late": late,
        "ended": ended,
    }


@router.get("/cases/{case_id}")
def show_case(case_id: UUID, page: Reading) -> Response:
    """One, with what was done and whose turn it is."""
    return _sheet(case_id).shown(page)


@router.post("/cases/{case_id}/talk")
def talk(case_id: UUID, page: Keeping) -> Response:
    """The talk was held."""

    def work(connection: Connection, actor: Actor) -> None:
        assisting.act(connection, actor, case_id, page.posted.read(TalkRequest).deed())

    return _sheet(case_id).done(page, work, Words("谈话已登记。", "The talk is written down."))


@router.post("/cases/{case_id}/plan")
def plan(case_id: UUID, page: Keeping) -> Response:
    """What is amiss, what is done about it, who helps."""

    def work(connection: Connection, actor: Actor) -> None:
        assisting.act(connection, actor, case_id, page.posted.read(CasePlanRequest).deed())

    return _sheet(case_id).done(page, work, Words("计划已制定。", "The plan is made."))


@router.post("/cases/{case_id}/helper")
def name_helper(case_id: UUID, page: Keeping) -> Response:
    """Or another one."""

    def work(connection: Connection, actor: Actor) -> None:
        assisting.act(connection, actor, case_id, page.posted.read(HelperRequest).deed(CaseAction.HELPER_NAMED))

    return _sheet(case_id).done(page, work, Words("帮扶人已确定。", "The helper is named."))


@router.post("/cases/{case_id}/helper-proposal")
def propose_helper(case_id: UUID, page: Deciding) -> Response:
    """From above; the branch decides."""

    def work(connection: Connection, actor: Actor) -> None:
        assisting.act(connection, actor, case_id, page.posted.read(HelperRequest).deed(CaseAction.HELPER_PROPOSED))

    return _sheet(case_id).done(page, work, Words("已推荐，由支部决定。", "Proposed; the branch decides."))


@router.post("/cases/{case_id}/extension")
def extend(case_id: UUID, page: Deciding) -> Response:
    """Once."""
    return _verdict(page, case_id, CaseAction.EXTENDED, Words("已延长三个月。", "Three months more."))


@router.post("/cases/{case_id}/acceptance")
def accept(case_id: UUID, page: Deciding) -> Response:
    """On the duties kept since."""
    return _verdict(page, case_id, CaseAction.ACCEPTED, Words("已验收。", "It is accepted."))


@router.post("/cases/{case_id}/failure")
def fail(case_id: UUID, page: Deciding) -> Response:
    """Once its time has come."""
    return _verdict(page, case_id, CaseAction.FAILED, Words("已认定未通过。", "It is not accepted."))


@router.post("/cases/{case_id}/closing")
def close(case_id: UUID, page: Deciding) -> Response:
    """Saying how help goes on."""
    return _verdict(page, case_id, CaseAction.CLOSED, Words("已办结。", "It is closed."))


def _verdict(page: Page, case_id: UUID, action: CaseAction, told: Words) -> Response:
    def work(connection: Connection, actor: Actor) -> None:
        assisting.act(connection, actor, case_id, page.posted.read(CaseVerdictRequest).deed(action))

    return _sheet(case_id).done(page, work, told)


def _sheet(case_id: UUID) -> Sheet:
    return Sheet(f"/cases/{case_id}", "case.html", lambda c, actor: _one(c, actor, case_id))


def _one(connection: Connection, actor: Actor, case_id: UUID) -> dict[str, Any]:
    view = assisting.read(connection, actor, case_id)
    path = view.case.path
    keeps, decides = actor.may(Permission.CASE_KEEP, path), actor.may(Permission.CASE_DECIDE, path)
    turn = TURN.get(view.case.state)
    helpers: list[tuple[str, str]] = []
    if (keeps or decides) and view.case.is_open:
        there = roster.page_members(connection, actor, branch_id=view.case.branch_id, count_max=PAGE_MAX).members
        helpers = [(str(one.id), f"{one.name} {one.number}") for one in there if one.id != view.case.member_id]
    return {
        "case": filled(connection, actor, CaseViewAnswer.of(view)),
        "admits": {action.value for action, states in ADMITTED.items() if view.case.state in states},
        "turn": None if turn is None else ROLE_WORDS[turn[0].value],
        "keeps": keeps,
        "decides": decides,
        "helpers": helpers,
        "new_id": new_id,
        "states": CASE_STATES,
        "actions": CASE_ACTIONS,
    }
