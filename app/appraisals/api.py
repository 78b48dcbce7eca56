"""Routes of the appraisal of secretaries."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.appraisals import deciding, objecting, service, valuing
from app.appraisals.core import PAGE_MAX, AppraisalState
from app.appraisals.schemas import (
    AppraisalAnswer,
    AppraisalBasisRequest,
    AppraisalGroundRequest,
    AppraisalLineAnswer,
    AppraisalOpeningRequest,
    AppraisalRoundAnswer,
    AppraisalRoundsAnswer,
    AppraisalsAnswer,
    AppraisalStepRequest,
    AppraisalVerdictRequest,
    CommitteeDecisionRequest,
    GradeObjectionAnswerRequest,
    PartRequest,
)
from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.http import FILE_RESPONSES, blob, tell_made

router = APIRouter(prefix="/api/v1", tags=["appraisals"])

Reading = Annotated[Door, Depends(permit(Permission.APPRAISAL_READ))]
Signing = Annotated[Door, Depends(permit(Permission.APPRAISAL_SIGN))]
Deciding = Annotated[Door, Depends(permit(Permission.APPRAISAL_DECIDE))]
Objecting = Annotated[Door, Depends(permit(Permission.APPRAISAL_OBJECT))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
PartCode = Annotated[str, Path(max_length=40)]


@router.post("/appraisal-rounds", summary="开启书记考核 · Open an appraisal", status_code=201)
def open_appraisal_round(
    body: AppraisalOpeningRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> AppraisalRoundAnswer:
    """星级命名之后；查明任职时间并取数，通知各党委。· After the stars; finds who was in post, and measures."""
    opened, answer = door.run_and_name(
        lambda connection, actor: service.open_round(connection, actor, body.id, body.year),
        AppraisalRoundAnswer.of,
        commit=not preview,
    )
    response.status_code = 200 if preview else 201
    tell_made(request, response, replayed=opened.replayed)
    return answer


@router.get("/appraisal-rounds", summary="书记考核批次 · Appraisal rounds")
def list_appraisal_rounds(door: Reading) -> AppraisalRoundsAnswer:
    """含名额和进度。· With places and progress."""
    return door.run_named(
        service.rounds, lambda found: AppraisalRoundsAnswer(rounds=[AppraisalRoundAnswer.of(one) for one in found])
    )


@router.get("/appraisal-rounds/{round_id}", summary="一个批次 · An appraisal round")
def read_appraisal_round(round_id: UUID, door: Reading) -> AppraisalRoundAnswer:
    """含名额和进度。· With places and progress."""
    return door.run_named(
        lambda connection, actor: service.get_round(connection, actor, round_id), AppraisalRoundAnswer.of
    )


@router.get("/appraisal-rounds/{round_id}/appraisals", summary="各书记的考核 · Appraisals of a round")
def list_appraisals(
    round_id: UUID,
    door: Reading,
    state: AppraisalState | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> AppraisalsAnswer:
    """本人的、权限范围内的，以及公示的优秀等次。· The own, those in reach, and who is on notice for the best grade."""
    return door.run_named(
        lambda connection, actor: service.appraisals(
            connection, actor, round_id, state=state, after=after, count_max=limit
        ),
        lambda done: AppraisalsAnswer(appraisals=[AppraisalLineAnswer.of(one) for one in done[0]], following=done[1]),
    )


@router.post("/appraisal-rounds/{round_id}/reckoning", summary="测算等次 · Reckon the grades")
def reckon_appraisals(
    round_id: UUID,
    body: AppraisalStepRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> AppraisalRoundAnswer:
    """各党委签字后测算，优秀待区里决定。· After every signature; the best grade then waits for the district."""
    made, answer = door.run_and_name(
        lambda connection, actor: deciding.reckon(connection, actor, round_id, body.step()),
        AppraisalRoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisal-rounds/{round_id}/decisions", summary="党委决定等次 · A committee decides its grades")
def decide_grades(
    round_id: UUID,
    body: CommitteeDecisionRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> AppraisalRoundAnswer:
    """区里决定优秀之后；全部决定后开始公示。· After the district's; when all are decided the notice begins."""
    made, answer = door.run_and_name(
        lambda connection, actor: deciding.decide_others(connection, actor, round_id, body.committee_id, body.step()),
        AppraisalRoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisal-rounds/{round_id}/filing", summary="考核结果归档 · File the grades")
def file_appraisals(
    round_id: UUID,
    body: AppraisalStepRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> AppraisalRoundAnswer:
    """公示期满且没有未答复的异议。· After the notice, and when no objection is open."""
    made, answer = door.run_and_name(
        lambda connection, actor: deciding.file(connection, actor, round_id, body.step()),
        AppraisalRoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisal-rounds/{round_id}/withdrawal", summary="撤回书记考核 · Withdraw an appraisal round")
def withdraw_appraisals(
    round_id: UUID,
    body: AppraisalBasisRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> AppraisalRoundAnswer:
    """归档之前可以撤回，写明理由。· Before it is filed, with the reason."""
    made, answer = door.run_and_name(
        lambda connection, actor: deciding.withdraw(connection, actor, round_id, body.step()),
        AppraisalRoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.get("/appraisals/{appraisal_id}", summary="一名书记的考核 · An appraisal")
def read_appraisal(appraisal_id: UUID, door: Reading) -> AppraisalAnswer:
    """各部分取数、给分和依据，定等次的理由和每一步；本人在公示之前只见取数。

    Each part as measured and given, reasons and every step; the secretary sees what is measured until the notice.
    """
    return door.run_named(
        lambda connection, actor: service.get(connection, actor, appraisal_id), AppraisalAnswer.of_view
    )


@router.get(
    "/appraisals/{appraisal_id}/parts/{part}/files/{content_hash}",
    summary="考核部分的证明材料 · Evidence of a part",
    response_class=Response,
    responses=FILE_RESPONSES,
)
def read_appraisal_file(
    appraisal_id: UUID,
    part: PartCode,
    content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    door: Reading,
) -> Response:
    """能查看该部分的人可以下载。· For whoever sees the part."""
    found = door.run(
        lambda connection, actor: service.evidence(
            connection, actor, appraisal_id, part, content_hash, request_id=door.request_id
        )
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.put("/appraisals/{appraisal_id}/parts/{part}", summary="给出或核正一个部分 · Give or correct a part")
def give_part(
    appraisal_id: UUID,
    part: PartCode,
    body: PartRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> AppraisalAnswer:
    """组织评价给分，群众评议录票，取数有误的核正；均写理由。· The view, the votes, or a correction; each with why."""
    made, answer = door.run_and_name(
        lambda connection, actor: valuing.give(
            connection, actor, appraisal_id, body.step(), body.gift(part, body.note)
        ),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisals/{appraisal_id}/measurement", summary="重新取数 · Measure a secretary anew")
def measure_appraisal(
    appraisal_id: UUID,
    body: AppraisalStepRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> AppraisalAnswer:
    """签字之前，附公式和依据的编号。· Until it is signed; with formula, inputs and ids."""
    made, answer = door.run_and_name(
        lambda connection, actor: valuing.measure(connection, actor, appraisal_id, body.step()),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisals/{appraisal_id}/veto", summary="认定否决情形 · Find a ground of veto")
def veto_appraisal(
    appraisal_id: UUID,
    body: AppraisalGroundRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> AppraisalAnswer:
    """定为末等；测算之后由区里认定。· Leads to the last grade; after the reckoning it is the district's to find."""
    made, answer = door.run_and_name(
        lambda connection, actor: deciding.find_ground(connection, actor, appraisal_id, body.ground, body.step()),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisals/{appraisal_id}/signature", summary="党委签字 · Sign an appraisal")
def sign_appraisal(
    appraisal_id: UUID,
    body: AppraisalStepRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> AppraisalAnswer:
    """各部分齐全、取数未变。· When every part is there and what was measured still holds."""
    made, answer = door.run_and_name(
        lambda connection, actor: valuing.sign(connection, actor, appraisal_id, body.step()),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisals/{appraisal_id}/reopening", summary="退回重开 · Take a signature back")
def reopen_appraisal(
    appraisal_id: UUID,
    body: AppraisalBasisRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> AppraisalAnswer:
    """测算之前，写明理由。· Until the reckoning, with the reason."""
    made, answer = door.run_and_name(
        lambda connection, actor: valuing.reopen(connection, actor, appraisal_id, body.step()),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisals/{appraisal_id}/decision", summary="决定优秀等次 · Decide on the best grade")
def decide_appraisal(
    appraisal_id: UUID,
    body: AppraisalVerdictRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> AppraisalAnswer:
    """不予的说明理由，名额重新计算。· A refusal says why, and the places are counted again."""
    made, answer = door.run_and_name(
        lambda connection, actor: deciding.decide_best(
            connection, actor, appraisal_id, body.step(), accept=body.accept
        ),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post("/appraisals/{appraisal_id}/objections", summary="对考核提出异议 · Object to a grade", status_code=201)
def object_to_appraisal(
    appraisal_id: UUID,
    body: AppraisalBasisRequest,
    request: Request,
    response: Response,
    door: Objecting,
    preview: Preview = False,
) -> AppraisalAnswer:
    """公示期内，本人或可以查看的人。· While it is on notice, by the secretary or whoever may see it."""
    made, answer = door.run_and_name(
        lambda connection, actor: objecting.object_to(connection, actor, appraisal_id, body.step()),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer


@router.post(
    "/appraisals/{appraisal_id}/objections/{objection_id}/answer",
    summary="答复考核异议 · Answer an objection to a grade",
)
def answer_appraisal_objection(
    appraisal_id: UUID,
    objection_id: UUID,
    body: GradeObjectionAnswerRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> AppraisalAnswer:
    """成立的更正后重新测算，等次有变的重新公示；经手人不答复。

    Upheld, all are graded again; the notice restarts for changed grades only. Nobody answers what passed their hands.
    """
    made, answer = door.run_and_name(
        lambda connection, actor: objecting.answer(
            connection,
            actor,
            appraisal_id,
            objection_id,
            body.step(),
            body.gifts(),
            upheld=body.upheld,
            lift_ground=body.lift_ground,
        ),
        AppraisalAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=made.replayed)
    return answer
