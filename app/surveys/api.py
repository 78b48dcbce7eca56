"""Routes of surveys; those of whoever holds a slip are open to anybody, and ask nobody who they are."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.auth.api import Door, anybody_in, open_door, permit
from app.auth.core import Actor, Permission
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.errors import NotFound
from app.kit.http import address_of, state_of, tell_made
from app.surveys import answering, closing, rendering, service
from app.surveys.core import PAGE_MAX, SurveyKind
from app.surveys.schemas import (
    SurveyAnswer,
    SurveyCountedAnswer,
    SurveyFormAnswer,
    SurveyRequest,
    SurveysAnswer,
    SurveySheetRequest,
    SurveyWithdrawalRequest,
)

router = APIRouter(prefix="/api/v1", tags=["surveys"])

Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
Reader = Annotated[Door, Depends(permit(Permission.SURVEY_READ))]
Caller = Annotated[Door, Depends(permit(Permission.SURVEY_CALL))]
DistrictCode = Annotated[str, Path(min_length=1, max_length=40, description="区代码 · the district's code")]
Number = Annotated[str, Path(min_length=1, max_length=40, description="问卷号 · the survey's number")]


@router.post("/surveys", summary="发起匿名测评 · Call a survey", status_code=201)
def call_survey(
    body: SurveyRequest, request: Request, response: Response, door: Caller, preview: Preview = False
) -> SurveyAnswer:
    """问卷按对象和答卷人取自固定表，可加自拟题，发起后不再改变。· The sheet is fixed by the call."""
    view, answer = door.run_and_name(
        lambda connection, actor: service.call(connection, actor, body.calling()),
        SurveyAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=view.replayed, preview=preview)
    return answer


@router.get("/surveys", summary="匿名测评列表 · Surveys")
def list_surveys(
    door: Reader,
    year: Annotated[int | None, Query(ge=2000, le=2199)] = None,
    kind: SurveyKind | None = None,
    cursor: Annotated[str | None, Query(pattern=DAY_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> SurveysAnswer:
    """职权范围内的测评，截止日近的在前。结束前不含任何答卷情况。· In reach; nothing of answers before the close."""
    return door.run_named(
        lambda connection, actor: service.page(
            connection, actor, year=year, kind=kind, before=read_cursor(cursor), count_max=limit
        ),
        lambda found: SurveysAnswer.of_page(*found),
    )


@router.get("/surveys/{survey_id}", summary="一次匿名测评 · A survey")
def read_survey(survey_id: UUID, door: Reader) -> SurveyAnswer:
    """结束后附统计；有效答卷不足五份的只注明无效。· After the close with its tallies, from five answers on."""
    return door.run_named(lambda connection, actor: service.read(connection, actor, survey_id), SurveyAnswer.of_view)


@router.post(
    "/surveys/{survey_id}/codes",
    summary="印制答题码 · Draw the codes",
    status_code=201,
    response_class=Response,
    responses={201: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def draw_codes(survey_id: UUID, request: Request, door: Caller) -> Response:
    """返回可打印裁开的纸条，只此一次；系统只存其散列。开放首日前可重印，前次作废。

    Slips to print and cut, this once; only hashes are kept. Drawn again before the first day, those before are void.
    """
    cipher = door.state.cipher
    view, codes = door.run(lambda connection, actor: service.draw(connection, actor, survey_id, cipher))
    origin = door.state.settings.public_origin or str(request.base_url).rstrip("/")
    code = door.district.code
    address = f"{origin}/api/v1/survey-forms/{code}/{view.survey.number}"
    page = rendering.slips(view.survey, codes, code, address)
    return Response(page, status_code=201, media_type="text/html; charset=utf-8")


@router.post("/surveys/{survey_id}/withdrawal", summary="撤回测评 · Withdraw a survey")
def withdraw_survey(
    survey_id: UUID,
    body: SurveyWithdrawalRequest,
    request: Request,
    response: Response,
    door: Caller,
    preview: Preview = False,
) -> SurveyAnswer:
    """未拆封的答卷和答题码一并删除，没有结果。· Answers go uncounted, and codes with them."""
    view, answer = door.run_and_name(
        lambda connection, actor: service.withdraw(connection, actor, survey_id, body.reason),
        SurveyAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=view.replayed)
    return answer


@router.post("/surveys/{survey_id}/closing", summary="汇总已到期的测评 · Close a survey that is over")
def close_survey(survey_id: UUID, request: Request, response: Response, door: Caller) -> SurveyAnswer:
    """到期后由系统自动汇总；此处供即时办理，到期前拒绝，也不能试算。

    What the service does by itself once the days are over. There is no preview: a result that is known stays.
    """
    cipher = door.state.cipher
    view, answer = door.run_and_name(
        lambda connection, actor: closing.close(connection, actor, survey_id, cipher), SurveyAnswer.of_view
    )
    tell_made(request, response, replayed=view.replayed)
    return answer


@router.get(
    "/survey-forms/{district}/{survey_number}", summary="问卷 · A question sheet", dependencies=[Depends(open_door)]
)
def read_survey_form(district: DistrictCode, survey_number: Number, request: Request) -> SurveyFormAnswer:
    """凭纸条上的区代码和问卷号，不需登录，也不需答题码。· By what is on the slip, without its code and a log-in."""
    state = state_of(request)
    state.rates.count_survey(address_of(request))
    actor = _anybody(request, district)
    view = state.database.run(lambda connection: answering.form(connection, actor, survey_number), actor.district_id)
    return SurveyFormAnswer.of_view(view, actor.today)


@router.post(
    "/survey-forms/{district}/{survey_number}/answers", summary="答卷 · Answer", dependencies=[Depends(open_door)]
)
def answer_survey(
    district: DistrictCode, survey_number: Number, body: SurveySheetRequest, request: Request
) -> SurveyCountedAnswer:
    """一码一份。答卷只计数，不保存单份答卷、时间和来源；答题码不存在和已使用，答复相同。

    One answer to a code. It is only counted: no answer, time or origin is kept. An unknown code and a spent one are
    answered alike.
    """
    state = state_of(request)
    state.rates.count_survey(address_of(request))
    actor, chosen, cipher = _anybody(request, district), body.chosen(), state.cipher
    state.database.run(
        lambda connection: answering.answer(connection, actor, survey_number, body.code, chosen, cipher),
        actor.district_id,
    )
    return SurveyCountedAnswer(counted=True)


def _anybody(request: Request, district: str) -> Actor:
    """Of a district that does not exist it is said that the survey does not."""
    actor = anybody_in(request, district)
    if actor is None:
        raise NotFound(what="survey", field="survey_number")
    return actor
