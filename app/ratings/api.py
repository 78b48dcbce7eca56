"""Routes of rounds and ratings."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.http import FILE_RESPONSES, blob, tell_made
from app.ratings import deciding, filling, service, treating
from app.ratings.core import PAGE_MAX, RatingState
from app.ratings.schemas import (
    AnswerRequest,
    BasisRequest,
    DowngradeRequest,
    EntriesRequest,
    OpeningRequest,
    RatingAnswer,
    RatingFilingRequest,
    RatingLineAnswer,
    RatingsAnswer,
    RatingStepAnswer,
    RatingVerdictRequest,
    RoundAnswer,
    RoundsAnswer,
    StepRequest,
    VetoRequest,
)

router = APIRouter(prefix="/api/v1", tags=["ratings"])

Reading = Annotated[Door, Depends(permit(Permission.RATING_READ))]
Filing = Annotated[Door, Depends(permit(Permission.RATING_FILE))]
Signing = Annotated[Door, Depends(permit(Permission.RATING_SIGN))]
Deciding = Annotated[Door, Depends(permit(Permission.RATING_DECIDE))]
Objecting = Annotated[Door, Depends(permit(Permission.RATING_OBJECT))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


@router.post("/rating-rounds", summary="开启星级评定 · Open a round", status_code=201)
def open_round(
    body: OpeningRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> RoundAnswer:
    """固定并公布截止日、参评支部和名额。· Fixes and publishes cut-off, branches and pools."""
    opened, answer = door.run_and_name(
        lambda connection, actor: service.open_round(connection, actor, body.opening()),
        RoundAnswer.of,
        commit=not preview,
    )
    response.status_code = 200 if preview else 201
    tell_made(request, response, replayed=opened.replayed)
    return answer


@router.get("/rating-rounds", summary="星级评定批次 · Rounds")
def list_rounds(door: Reading) -> RoundsAnswer:
    """含截止日、名额和进度。· With cut-off, pools and progress."""
    return door.run_named(service.rounds, lambda found: RoundsAnswer(rounds=[RoundAnswer.of(one) for one in found]))


@router.get("/rating-rounds/{round_id}", summary="一个批次 · A round")
def read_round(round_id: UUID, door: Reading) -> RoundAnswer:
    """含截止日、名额和进度。· With cut-off, pools and progress."""
    return door.run_named(lambda connection, actor: service.get_round(connection, actor, round_id), RoundAnswer.of)


@router.get("/rating-rounds/{round_id}/ratings", summary="各支部的评定 · Ratings of a round")
def list_ratings(
    round_id: UUID,
    door: Reading,
    state: RatingState | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> RatingsAnswer:
    """权限范围内的，以及公示和已命名的。· Those in reach, and what is on notice or named."""
    lines, following = door.run(
        lambda connection, actor: service.ratings(
            connection, actor, round_id, state=state, after=after, count_max=limit
        )
    )
    return RatingsAnswer(ratings=[RatingLineAnswer.of(one) for one in lines], following=following)


@router.post("/rating-rounds/{round_id}/measurement", summary="系统取数 · Measure the branches")
def measure_round(round_id: UUID, door: Deciding, preview: Preview = False) -> RoundAnswer:
    """未签字的评定重新取数，附公式和依据的数据。· Of what is not signed yet, with formula and inputs."""
    return door.run_named(
        lambda connection, actor: service.measure(connection, actor, round_id), RoundAnswer.of, commit=not preview
    )


@router.post("/rating-rounds/{round_id}/reckoning", summary="测算星级 · Reckon the stars")
def reckon_round(
    round_id: UUID, body: StepRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> RoundAnswer:
    """各党委签字后测算，列出待区里决定的五星。· After every signature; five stars then wait for the district."""
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.reckon(connection, actor, round_id, body.step()),
        RoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/rating-rounds/{round_id}/filing", summary="党委决定并备案 · Decide and file stars")
def file_stars(
    round_id: UUID,
    body: RatingFilingRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> RoundAnswer:
    """党委决定四星及以下，全部决定后开始公示。· Up to four stars; when all are decided the notice begins."""
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.decide_below(connection, actor, round_id, body.committee_id, body.step()),
        RoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/rating-rounds/{round_id}/naming", summary="命名 · Name the stars")
def name_stars(
    round_id: UUID, body: StepRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> RoundAnswer:
    """公示期满且没有未答复的异议。· After the notice, and when no objection is open."""
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.name(connection, actor, round_id, body.step()),
        RoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/rating-rounds/{round_id}/withdrawal", summary="撤回批次 · Withdraw a round")
def withdraw_round(
    round_id: UUID, body: BasisRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> RoundAnswer:
    """命名之前可以撤回，写明理由。· Before it is named, with the reason."""
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.withdraw(connection, actor, round_id, body.step()),
        RoundAnswer.of,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.get("/ratings/{rating_id}", summary="一个支部的评定 · A rating")
def read_rating(rating_id: UUID, door: Reading) -> RatingAnswer:
    """取数、自评、党委核正和最终并列，附证明材料、定星理由和每一步。

    Measured, self, committee and final side by side, with evidence, reasons and every step.
    """
    return door.run_named(lambda connection, actor: service.get(connection, actor, rating_id), RatingAnswer.of_view)


@router.get(
    "/ratings/{rating_id}/indicators/{indicator}/files/{content_hash}",
    summary="指标的证明材料 · Evidence of an indicator",
    response_class=Response,
    responses=FILE_RESPONSES,
)
def read_rating_file(
    rating_id: UUID,
    indicator: Annotated[str, Path(max_length=40)],
    content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    door: Reading,
) -> Response:
    """能查看评定材料的人可以下载。· For whoever may read the papers of the rating."""
    found = door.run(
        lambda connection, actor: service.evidence(
            connection, actor, rating_id, indicator, content_hash, request_id=door.request_id
        )
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.put("/ratings/{rating_id}/indicators", summary="填报自评 · Fill in the self-rating")
def fill_rating(
    rating_id: UUID, body: EntriesRequest, request: Request, response: Response, door: Filing, preview: Preview = False
) -> RatingAnswer:
    """系统取数的指标不填。· What the service measures is not entered."""
    done, answer = door.run_and_name(
        lambda connection, actor: filling.fill(connection, actor, rating_id, body.step(), body.entries()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/submission", summary="提交自评 · Submit the self-rating")
def submit_rating(
    rating_id: UUID, body: StepRequest, request: Request, response: Response, door: Filing, preview: Preview = False
) -> RatingAnswer:
    """填完后提交党委。· When every indicator entered by hand is there."""
    done, answer = door.run_and_name(
        lambda connection, actor: filling.submit(connection, actor, rating_id, body.step()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/withdrawal", summary="撤回自评 · Take the self-rating back")
def take_back_rating(
    rating_id: UUID, body: StepRequest, request: Request, response: Response, door: Filing, preview: Preview = False
) -> RatingAnswer:
    """党委签字之前可以撤回。· Before the committee has signed it."""
    done, answer = door.run_and_name(
        lambda connection, actor: filling.take_back(connection, actor, rating_id, body.step()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/return", summary="退回自评 · Return the self-rating")
def return_rating(
    rating_id: UUID, body: BasisRequest, request: Request, response: Response, door: Signing, preview: Preview = False
) -> RatingAnswer:
    """写明需补充的内容。· With what is missing."""
    done, answer = door.run_and_name(
        lambda connection, actor: filling.send_back(connection, actor, rating_id, body.step()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/corrections", summary="核正指标 · Correct indicators")
def correct_rating(
    rating_id: UUID, body: EntriesRequest, request: Request, response: Response, door: Signing, preview: Preview = False
) -> RatingAnswer:
    """附理由和证明材料；只核正指标，不改星级。· With reason and evidence; an indicator, never a star."""
    done, answer = door.run_and_name(
        lambda connection, actor: filling.correct(connection, actor, rating_id, body.step(), body.entries()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/signature", summary="党委签字 · Sign the indicators")
def sign_rating(
    rating_id: UUID, body: StepRequest, request: Request, response: Response, door: Signing, preview: Preview = False
) -> RatingAnswer:
    """截止日之后、第四季度封账后；不能签本人填报的。· After cut-off and seal; never what one filled in oneself."""
    done, answer = door.run_and_name(
        lambda connection, actor: filling.sign(connection, actor, rating_id, body.step()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/exception", summary="不受逐级限制 · Free from the step")
def except_rating(
    rating_id: UUID, body: BasisRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> RatingAnswer:
    """由区里决定并写明依据。· By the district, with the basis."""
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.except_from_step(connection, actor, rating_id, body.step()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/decision", summary="决定五星 · Decide on five stars")
def decide_rating(
    rating_id: UUID,
    body: RatingVerdictRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> RatingAnswer:
    """不予的说明理由，名额重新计算。· A refusal says why, and the places are counted again."""
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.decide_highest(
            connection, actor, rating_id, body.step(), accept=body.accept
        ),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/objections", summary="提出异议 · Object to a star", status_code=201)
def object_to_rating(
    rating_id: UUID, body: BasisRequest, request: Request, response: Response, door: Objecting, preview: Preview = False
) -> RatingAnswer:
    """公示期内。· While it is on notice."""
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.object_to(connection, actor, rating_id, body.step()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/objections/{objection_id}/answer", summary="答复异议 · Answer an objection")
def answer_objection(
    rating_id: UUID,
    objection_id: UUID,
    body: AnswerRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> RatingAnswer:
    """成立的核正指标并重新测算，星级有变的重新公示。

    Upheld, indicators are corrected and the stars reckoned again; the notice restarts for changed stars only.
    """
    done, answer = door.run_and_name(
        lambda connection, actor: deciding.answer(
            connection, actor, rating_id, objection_id, body.step(), body.entries(), upheld=body.upheld
        ),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/ratings/{rating_id}/downgrade", summary="年内降星 · Lower a star in its year")
def downgrade_rating(
    rating_id: UUID,
    body: DowngradeRequest,
    request: Request,
    response: Response,
    door: Signing,
    preview: Preview = False,
) -> RatingAnswer:
    """一票否决、两次逾期未整改或回头看不合格，经决定。· By decision, on a ground of the sheet."""
    done, answer = door.run_and_name(
        lambda connection, actor: treating.downgrade(connection, actor, rating_id, body.ground, body.step()),
        RatingAnswer.of_view,
        commit=not preview,
    )
    tell_made(request, response, replayed=done.replayed)
    return answer


@router.post("/branches/{branch_id}/star-vetoes", summary="登记支部一票否决 · Write down a veto", status_code=201)
def veto_branch(branch_id: UUID, body: VetoRequest, door: Deciding, preview: Preview = False) -> RatingStepAnswer:
    """24个月内参评的不定星。· No star in rounds that look back on it."""
    return door.run_named(
        lambda connection, actor: treating.veto(
            connection, actor, branch_id, body.ground, body.decided_on, body.step()
        ),
        RatingStepAnswer.of,
        commit=not preview,
    )
