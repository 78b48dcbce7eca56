"""Commendations: the list of a quarter with its order and exclusions, and what branch and committee decide of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cases import commending, showing
from app.cases.core import Exclusion
from app.cases.core_cases import PAGE_MAX
from app.cases.core_commendations import ADMITTED, STANDING, ListAction, ListState
from app.cases.schemas_commendations import (
    CURSOR,
    CommendationPageAnswer,
    CommendationViewAnswer,
    CommendationWithdrawalRequest,
    ConfirmationRequest,
    HandOverRequest,
    MeetingRequest,
    NoteRequest,
    NoticeRequest,
    ObjectionAnswerRequest,
    OnNoticeListAnswer,
    StrikingRequest,
    ToWithdrawListAnswer,
    order_after,
)
from app.cycles import service as cycles
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.roster.naming import filled
from app.rules.terms import TERMS
from app.web.frame import Page, PageRoute, page_for
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.CASE_READ))]
Keeping = Annotated[Page, Depends(page_for(Permission.CASE_KEEP))]
Deciding = Annotated[Page, Depends(page_for(Permission.CASE_DECIDE))]
QuarterSent = Annotated[str | None, Query(pattern=r"^\d{4}Q[1-4]$")]

LIST_STATES = {
    ListState.LISTED: Words("名额内", "within the places"),
    ListState.WAITING: Words("申诉未决，名额保留", "an appeal is open; the place is kept"),
    ListState.RESERVE: Words("递补", "in reserve"),
    ListState.EXCLUDED: Words("不予列入", "kept off"),
    ListState.RECOMMENDED: Words("大会同意推荐", "recommended by the meeting"),
    ListState.STRUCK: Words("已划去", "struck"),
    ListState.NOTICED: Words("公示中", "on notice"),
    ListState.CONFIRMED: Words("已确认", "confirmed"),
    ListState.HANDED_OVER: Words("已上报", "handed over"),
    ListState.WITHDRAWN: Words("已撤回", "withdrawn"),
}
LIST_ACTIONS = {
    ListAction.LISTED: Words("列入名单", "listed"),
    ListAction.RECOMMENDED: Words("大会同意推荐", "recommended by the meeting"),
    ListAction.STRUCK: Words("划去", "struck"),
    ListAction.NOTICED: Words("公示", "put on notice"),
    ListAction.OBJECTED: Words("收到异议", "objected to"),
    ListAction.ANSWERED: Words("答复异议", "objection answered"),
    ListAction.CONFIRMED: Words("确认", "confirmed"),
    ListAction.HANDED_OVER: Words("上报", "handed over"),
    ListAction.WITHDRAWN: Words("撤回", "withdrawn"),
    ListAction.KEPT: Words("保留", "kept"),
}
EXCLUSIONS = {
    **{Exclusion(code): name for code, name in TERMS["Ground"].items()},
    Exclusion.OVER_QUOTA: Words("名额已满", "the places are taken"),
    Exclusion.LINE_NOT_MET: Words("已不达线", "the line is not met any more"),
}


@router.get("/commendations")
def show_list(
    page: Reading, quarter: QuarterSent = None, cursor: Annotated[str | None, Query(pattern=CURSOR)] = None
) -> Response:
    """A quarter's list by pool and order; who is kept off stands there with why."""
    return _list(quarter, cursor).shown(page)


@router.post("/commendations/decisions")
def record_meeting(page: Keeping) -> Response:
    """What the branch meeting decided, name by name; whom it said nothing of is left as they are."""
    posted, quarter = page.posted, page.posted.get("quarter")

    def work(connection: Connection, actor: Actor) -> None:
        choices = []
        for key, value in posted.under("choice."):
            note = posted.get(f"note.{key}") or None
            votes = posted.get(f"votes.{key}") or "0"
            choices.append(
                {"commendation_id": key, "recommend": value == "recommend", "votes_for": votes, "note": note}
            )
        commending.decide(connection, actor, posted.read(MeetingRequest, choices=choices).meeting())

    return _list(quarter).done(page, work, Words("支部大会决定已登记。", "The meeting's decision is written down."))


@router.post("/commendations/notices")
def publish(page: Keeping) -> Response:
    """Whom the meeting recommends, for five working days at least."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(NoticeRequest)
        commending.publish(connection, actor, asked.id, asked.quarter, asked.branch_id, asked.until)

    return _list(page.posted.get("quarter")).done(page, work, Words("已公示。", "They are on notice."))


@router.post("/commendations/confirmations")
def confirm(page: Deciding) -> Response:
    """Whose notice is over."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(ConfirmationRequest)
        commending.confirm(connection, actor, asked.id, asked.quarter, asked.organisation_id)

    told = Words(
        "公示期满且无异议的已确认，其余留待。",
        "Confirmed, where the notice is over and no objection waits; the rest stay.",
    )
    return _list(page.posted.get("quarter")).done(page, work, told)


@router.post("/commendations/hand-overs")
def hand_over(page: Deciding) -> Response:
    """Checked again on the day."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(HandOverRequest)
        commending.hand_over(connection, actor, asked.id, asked.quarter, asked.organisation_id, asked.document)

    told = Words(
        "已上报；当日出现排除情形的已逐人划去。", "Handed over; whoever is kept off as of today was struck by name."
    )
    return _list(page.posted.get("quarter")).done(page, work, told)


@router.get("/commendations/{commendation_id}")
def show_commendation(commendation_id: UUID, page: Reading) -> Response:
    """One, with what was done and what keeps the name off today."""
    return _sheet(commendation_id).shown(page)


@router.post("/commendations/{commendation_id}/objections")
def object_to(commendation_id: UUID, page: Reading) -> Response:
    """During the notice; who objects is not made known in the branch."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(NoteRequest)
        commending.object_to(connection, actor, commendation_id, asked.id, asked.note)

    # Whoever is of the branch may object without being shown the papers: back to the list, in either case.
    told = Words("异议已收到，由上级党组织答复。", "The objection has come in; it is answered from above.")
    return _list(None).done(page, work, told)


@router.post("/commendations/{commendation_id}/objection-answers")
def answer(commendation_id: UUID, page: Deciding) -> Response:
    """Upheld, the name is struck."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(ObjectionAnswerRequest)
        commending.answer(connection, actor, commendation_id, asked.id, asked.note, upheld=asked.upheld)

    return _sheet(commendation_id).done(page, work, Words("异议已答复。", "The objection is answered."))


@router.post("/commendations/{commendation_id}/striking")
def strike(commendation_id: UUID, page: Deciding) -> Response:
    """Before it is handed over, for a reason."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(StrikingRequest)
        commending.strike(connection, actor, commendation_id, asked.id, asked.note, asked.seen)

    return _sheet(commendation_id).done(page, work, Words("已划去。", "Struck."))


@router.post("/commendations/{commendation_id}/withdrawal")
def settle(commendation_id: UUID, page: Deciding) -> Response:
    """After which a veto was entered: withdrawn, or kept for a reason."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(CommendationWithdrawalRequest)
        commending.settle_veto(connection, actor, commendation_id, asked.id, asked.note, withdraw=asked.withdraw)

    return _sheet(commendation_id).done(page, work, Words("已登记。", "It is written down."))


def _list(quarter: str | None, cursor: str | None = None) -> Sheet:
    path = f"/commendations?quarter={quarter}" if quarter else "/commendations"
    return Sheet(path, "commendations.html", lambda c, actor: _listed(c, actor, quarter, cursor))


def _listed(connection: Connection, actor: Actor, quarter: str | None, cursor: str | None) -> dict[str, Any]:
    known = [one.code for one in cycles.quarters(connection, actor) if one.starts_on <= actor.today]
    known.sort(reverse=True)
    chosen = quarter if quarter in known else None
    found, following = [], None
    # The latest quarter that has a list: lines that name somebody are tested once or twice a year.
    for code in known if chosen is None else [chosen]:
        page = showing.page(connection, actor, code, after=order_after(cursor), count_max=PAGE_MAX)
        answer = CommendationPageAnswer.of(page)
        if answer.commendations or code == chosen or code == known[-1]:
            chosen, found, following = code, answer.commendations, answer.following
            break
    offices = roster.organisations_for(connection, actor, Permission.CASE_DECIDE) if _decides(actor) else ()
    return {
        "quarters": known,
        "quarter": chosen,
        "found": found,
        "following": following,
        "notices": OnNoticeListAnswer.of(showing.on_notice(connection, actor)).notices,
        "to_settle": ToWithdrawListAnswer.of(showing.to_withdraw(connection, actor)).withdrawals
        if _decides(actor)
        else [],
        "kept": {one.id for one in roster.organisations_for(connection, actor, Permission.CASE_KEEP)},
        "offices": [one for one in offices if one.kind is not OrganisationKind.GROUP and one.until_on is None],
        "decides": _decides(actor),
        "states": LIST_STATES,
        "exclusions": EXCLUSIONS,
        "new_id": new_id,
    }


def _decides(actor: Actor) -> bool:
    return bool(actor.reach(Permission.CASE_DECIDE))


def _sheet(commendation_id: UUID) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        view = showing.read(connection, actor, commendation_id)
        state = view.commendation.state
        settles = actor.may(Permission.CASE_DECIDE, view.commendation.path)
        vetoed = (
            {one.view.commendation.id for one in showing.to_withdraw(connection, actor)} if settles else frozenset()
        )
        return {
            "one": filled(connection, actor, CommendationViewAnswer.of(view)),
            "admits": {action.value for action, states in ADMITTED.items() if state in states},
            "decides": settles,
            "vetoed": commendation_id in vetoed and state in STANDING,
            "states": LIST_STATES,
            "actions": LIST_ACTIONS,
            "exclusions": EXCLUSIONS,
            "new_id": new_id,
        }

    return Sheet(f"/commendations/{commendation_id}", "commendation.html", read)
