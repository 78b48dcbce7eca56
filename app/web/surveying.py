"""Anonymous surveys: called, their slips printed, closed; and the page on which whoever holds a slip answers.

The answering page is as traceless as its route of the API: no log-in is asked, a counted answer leaves no line (see
``kit.http``), and what is typed comes back only where it was refused.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from app.auth.api import anybody_in, open_door
from app.auth.core import Actor, Permission
from app.kit import problems
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.errors import LongwenError, NotFound
from app.kit.http import address_of, language_of, request_id_of, state_of
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.roster.naming import filled
from app.rules.surveys import SurveyKind, SurveySubject
from app.surveys import answering, closing, rendering, service
from app.surveys.core import OWN_QUESTIONS_MAX, PAGE_MAX, SurveyState
from app.surveys.schemas import (
    SurveyAnswer,
    SurveyFormAnswer,
    SurveyRequest,
    SurveysAnswer,
    SurveySheetRequest,
    SurveyWithdrawalRequest,
)
from app.web.frame import Page, PageRoute, Refusal, page_for, posted_in, shown
from app.web.posted import Posted
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.SURVEY_READ))]
Calling = Annotated[Page, Depends(page_for(Permission.SURVEY_CALL))]
DistrictCode = Annotated[str, Path(min_length=1, max_length=40)]
Number = Annotated[str, Path(min_length=1, max_length=40)]

KINDS = {
    SurveyKind.MEMBERS: Words("党员", "members"),
    SurveyKind.STAFF: Words("职工", "staff"),
    SurveyKind.PEERS: Words("互评", "peers"),
}
SUBJECTS = {
    SurveySubject.BRANCH: Words("党支部", "the branch"),
    SurveySubject.SECRETARY: Words("支部书记", "the secretary"),
}
STATES = {
    SurveyState.CALLED: Words("已发起", "called"),
    SurveyState.CLOSED: Words("已结束", "closed"),
    SurveyState.WITHDRAWN: Words("已撤回", "withdrawn"),
}


@router.get("/surveys")
def show_surveys(page: Reading, cursor: Annotated[str | None, Query(pattern=DAY_CURSOR)] = None) -> Response:
    """Those in reach; nothing of answers before the close."""
    return _surveys(cursor).shown(page)


@router.post("/surveys")
def call(page: Calling) -> Response:
    """The sheet is fixed by the call."""

    def work(connection: Connection, actor: Actor) -> None:
        posted = page.posted
        voters = posted.get("voters")
        own = [{"zh": zh, "en": posted.get(f"en.{key}") or zh} for key, zh in posted.under("zh.") if zh.strip()]
        asked = posted.read(SurveyRequest, voters=int(voters) if voters.isdecimal() else voters, questions=own)
        service.call(connection, actor, asked.calling())

    told = Words("测评已发起，请打印答题码纸条。", "The survey is called; print its slips next.")
    return _surveys().done(page, work, told)


@router.get("/surveys/{survey_id}")
def show_survey(survey_id: UUID, page: Reading) -> Response:
    """After the close with its tallies."""
    return _survey(survey_id).shown(page)


@router.post("/surveys/{survey_id}/slips")
def draw(survey_id: UUID, request: Request, page: Calling) -> Response:
    """Slips to print and cut, this once."""
    try:
        view, codes = page.run(lambda c, actor: service.draw(c, actor, survey_id, page.state.cipher))
    except LongwenError as error:
        return page.refused("survey.html", error, **page.run(_survey(survey_id).read))
    origin = page.state.settings.public_origin or str(request.base_url).rstrip("/")
    address = f"{origin}/answer/{page.district.code}/{view.survey.number}"
    slips = rendering.slips(view.survey, codes, page.district.code, address)
    return Response(slips, status_code=201, media_type="text/html; charset=utf-8")


@router.post("/surveys/{survey_id}/withdrawal")
def withdraw(survey_id: UUID, page: Calling) -> Response:
    """What was answered goes uncounted."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(SurveyWithdrawalRequest)
        service.withdraw(connection, actor, survey_id, asked.reason)

    return _survey(survey_id).done(page, work, Words("已撤回。", "Withdrawn."))


@router.post("/surveys/{survey_id}/closing")
def close(survey_id: UUID, page: Calling) -> Response:
    """What the service does by itself once the days are over."""

    def work(connection: Connection, actor: Actor) -> None:
        closing.close(connection, actor, survey_id, page.state.cipher)

    return _survey(survey_id).done(page, work, Words("已汇总。", "It is counted."))


@router.get("/answer/{district}/{survey_number}", dependencies=[Depends(open_door)])
def show_form(district: DistrictCode, survey_number: Number, request: Request) -> Response:
    """The sheet, for a phone."""
    state_of(request).rates.count_survey(address_of(request))
    return _answering(request, district, survey_number, Posted())


@router.post("/answer/{district}/{survey_number}", dependencies=[Depends(open_door)])
def answer(
    district: DistrictCode,
    survey_number: Number,
    request: Request,
    posted: Annotated[Posted, Depends(posted_in)],
) -> Response:
    """Counted, and nothing of it is kept; the page that says so leads nowhere."""
    state = state_of(request)
    state.rates.count_survey(address_of(request))
    actor = _anybody(request, district)
    chosen = []
    for key, choice in posted.under("choice."):
        about, _, question = key.partition(".")
        number = int(about) if about.isdecimal() and len(about) < 6 else 0
        chosen.append({"about": number, "question": question, "choice": choice})
    try:
        asked = posted.read(SurveySheetRequest, answers=chosen)
        state.database.run(
            lambda c: answering.answer(c, actor, survey_number, asked.code, asked.chosen(), state.cipher),
            actor.district_id,
        )
    except LongwenError as error:
        found = problems.of_error(error, language_of(request), request_id_of(request))
        state.metrics.refused(found.code)
        refusal = Refusal.of(found)
        return _answering(request, district, survey_number, posted, status=found.status, refusal=refusal)
    return shown(request, "answer.html", counted=True, form=None)


def _answering(
    request: Request, district: str, number: str, posted: Posted, *, status: int = 200, refusal: Refusal | None = None
) -> Response:
    actor = _anybody(request, district)
    view = state_of(request).database.run(lambda c: answering.form(c, actor, number), actor.district_id)
    form = SurveyFormAnswer.of_view(view, actor.today)
    return shown(request, "answer.html", status=status, counted=False, form=form, posted=posted, refusal=refusal)


def _anybody(request: Request, district: str) -> Actor:
    """Of a district that does not exist it is said that the survey does not."""
    actor = anybody_in(request, district)
    if actor is None:
        raise NotFound(what="survey", field="survey_number")
    return actor


def _surveys(cursor: str | None = None) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        views, following = service.page(
            connection, actor, year=None, kind=None, before=read_cursor(cursor), count_max=PAGE_MAX
        )
        places = roster.organisations_for(connection, actor, Permission.SURVEY_CALL)
        branches = [one for one in places if one.kind is OrganisationKind.BRANCH and one.until_on is None]
        return {
            "found": SurveysAnswer.of_page(views, following),
            "calls": bool(actor.reach(Permission.SURVEY_CALL)),
            "branches": branches,
            "kinds": KINDS,
            "subjects": SUBJECTS,
            "states": STATES,
            "own_max": OWN_QUESTIONS_MAX,
            "new_id": new_id,
        }

    return Sheet("/surveys", "surveys.html", read)


def _survey(survey_id: UUID) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        view = service.read(connection, actor, survey_id)
        return {
            "survey": filled(connection, actor, SurveyAnswer.of_view(view)),
            "calls": bool(actor.reach(Permission.SURVEY_CALL)),
            "kinds": KINDS,
            "subjects": SUBJECTS,
            "states": STATES,
        }

    return Sheet(f"/surveys/{survey_id}", "survey.html", read)
