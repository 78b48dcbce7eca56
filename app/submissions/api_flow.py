"""Routes of a submission's life: saved, edited, handed in, withdrawn; the member heard; decided."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.http import tell_replay
from app.submissions import deciding, drafting, hearing
from app.submissions.schemas import DraftRequest, EditRequest, SubmissionAnswer
from app.submissions.schemas_flow import (
    DecisionAnswer,
    DecisionRequest,
    DecisionsAnswer,
    DecisionsRequest,
    EachDecisionAnswer,
    HeardAnswer,
    HearingAnswerRequest,
    SeenRequest,
    TellingRequest,
    WithdrawalRequest,
)

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])

Recording = Annotated[Door, Depends(permit(Permission.ENTRY_RECORD))]
Deciding = Annotated[Door, Depends(permit(Permission.SUBMISSION_DECIDE))]
Reading = Annotated[Door, Depends(permit(Permission.SUBMISSION_READ))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]


@router.post("", summary="存为草稿 · Save a draft", status_code=201)
def save_draft(
    body: DraftRequest, request: Request, response: Response, door: Recording, preview: Preview = False
) -> SubmissionAnswer:
    """加分、扣分或一票否决的草稿，可以不完整，只有本人看得到；直接提交的用 POST /api/v1/entries。

    A draft of an addition, fault or veto, which may be incomplete and which nobody else sees.
    """
    (_, replayed), answer = door.run_and_name(
        lambda connection, actor: drafting.save(connection, actor, body.posting(actor.account_id), body.papers),
        lambda done: SubmissionAnswer.of(done[0]),
        commit=not preview,
    )
    tell_replay(request, response, replayed)
    if replayed or preview:
        response.status_code = 200
    return answer


@router.put("/{submission_id}", summary="修改草稿或退回的申报 · Edit a draft or what was returned")
def edit_submission(
    submission_id: UUID, body: EditRequest, door: Recording, preview: Preview = False
) -> SubmissionAnswer:
    """以新内容代替；只有提交人可以修改。· Puts other content in its place; by who recorded it."""
    return door.run_named(
        lambda connection, actor: drafting.edit(connection, actor, submission_id, body.content(), seen=body.seen),
        SubmissionAnswer.of,
        commit=not preview,
    )


@router.post("/{submission_id}/submit", summary="提交 · Hand in")
def submit_submission(
    submission_id: UUID,
    body: SeenRequest,
    request: Request,
    response: Response,
    door: Recording,
    preview: Preview = False,
) -> SubmissionAnswer:
    """提交草稿，或重新提交退回的申报；须听取本人意见的，同时告知本人。

    A draft, or again what was returned. Where the member is heard, they are told now.
    """
    (_, replayed), answer = door.run_and_name(
        lambda connection, actor: drafting.submit(connection, actor, submission_id, seen=body.seen),
        lambda done: SubmissionAnswer.of(done[0]),
        commit=not preview,
    )
    tell_replay(request, response, replayed)
    return answer


@router.post("/{submission_id}/withdrawal", summary="撤回 · Withdraw")
def withdraw_submission(
    submission_id: UUID,
    body: WithdrawalRequest,
    request: Request,
    response: Response,
    door: Recording,
    preview: Preview = False,
) -> SubmissionAnswer:
    """在决定作出之前撤回；只有提交人可以撤回。· Before it is decided, by who recorded it."""
    (_, replayed), answer = door.run_and_name(
        lambda connection, actor: drafting.withdraw(connection, actor, submission_id, body.note, seen=body.seen),
        lambda done: SubmissionAnswer.of(done[0]),
        commit=not preview,
    )
    tell_replay(request, response, replayed)
    return answer


@router.post("/{submission_id}/decision", summary="审核申报 · Decide a submission")
def decide_submission(
    submission_id: UUID,
    body: DecisionRequest,
    request: Request,
    response: Response,
    door: Deciding,
    preview: Preview = False,
) -> DecisionAnswer:
    """逐级通过，最后一级即入账；或退回、不予采纳。审核人不得是提交人、本人或前一环节的审核人。

    Each approval passes it on and the last one posts; or it is returned, or refused. Never by who recorded it, whom it
    is about, or who approved an earlier step.
    """
    decided, answer = door.run_and_name(
        lambda connection, actor: deciding.decide(connection, actor, body.verdict(submission_id)),
        DecisionAnswer.of,
        commit=not preview,
    )
    tell_replay(request, response, decided.replayed)
    return answer


@router.post("/decisions", summary="批量审核 · Decide many")
def decide_submissions(
    body: DecisionsRequest, request: Request, response: Response, door: Deciding, preview: Preview = False
) -> DecisionsAnswer:
    """最多二百项，逐项办理，一项有误不影响其他项。· Up to 200, each by itself."""
    found, answer = door.run_and_name(
        lambda connection, actor: deciding.decide_each(connection, actor, body.verdicts()),
        lambda found: DecisionsAnswer(
            preview=preview,
            results=[
                EachDecisionAnswer.of(asked.id, one, door.language)
                for asked, one in zip(body.decisions, found, strict=True)
            ],
        ),
        commit=not preview,
    )
    tell_replay(request, response, sum(one.replayed for one in found))
    return answer


@router.post("/{submission_id}/hearing", summary="登记当面告知 · Record that the member was told")
def tell_member(
    submission_id: UUID,
    body: TellingRequest,
    request: Request,
    response: Response,
    door: Recording,
    preview: Preview = False,
) -> HeardAnswer:
    """本人没有账号的，由告知人登记何时、以何种方式告知；陈述期限自登记之日起算。

    For a member without an account: when and how they were told, by the caller; the deadline runs from today.
    """
    (_, _, replayed), answer = door.run_and_name(
        lambda connection, actor: hearing.tell_in_person(
            connection, actor, submission_id, told_on=body.told_on, note=body.told_in_person, said=body.said
        ),
        lambda done: HeardAnswer.of(*done[:2]),
        commit=not preview,
    )
    tell_replay(request, response, replayed)
    return answer


@router.post("/{submission_id}/answer", summary="本人陈述意见 · The member answers")
def answer_hearing(
    submission_id: UUID,
    body: HearingAnswerRequest,
    request: Request,
    response: Response,
    door: Reading,
    preview: Preview = False,
) -> HeardAnswer:
    """只有本人可以陈述，一次为限，自被告知起五个工作日内。· Once, by the member, within five working days."""
    (_, _, replayed), answer = door.run_and_name(
        lambda connection, actor: hearing.answer(connection, actor, submission_id, body.answer, number=body.round),
        lambda done: HeardAnswer.of(*done[:2]),
        commit=not preview,
    )
    tell_replay(request, response, replayed)
    return answer
