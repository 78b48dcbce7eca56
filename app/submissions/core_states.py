"""The life of a proposal: its states, what is done to it, and in which state that may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kit.errors import ErrorKind, LongwenError


class SubmissionState(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"  # nobody but the recorder sees it
    SUBMITTED = "submitted"
    RETURNED = "returned"  # to the recorder, to be completed
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    POSTED = "posted"
    LAPSED = "lapsed"  # never handed in, or not again, before the cycle was sealed


class ProposalKind(StrEnum):
    """The kinds of what waits for a review; of routine items only what members declare of themselves does."""

    ROUTINE = "routine"
    INNOVATION = "innovation"
    FAULT = "fault"
    VETO = "veto"


# How a state is called in a sentence.
STATE_WORDS: dict[SubmissionState, tuple[str, str]] = {
    SubmissionState.DRAFT: ("尚未提交", "not submitted yet"),
    SubmissionState.SUBMITTED: ("正在审核", "under review"),
    SubmissionState.RETURNED: ("已退回补充", "returned to be completed"),
    SubmissionState.WITHDRAWN: ("已撤回", "withdrawn"),
    SubmissionState.REFUSED: ("未予采纳", "refused"),
    SubmissionState.POSTED: ("已入账", "posted"),
    SubmissionState.LAPSED: ("已失效", "lapsed"),
}
OPEN_TO_EDIT = frozenset({SubmissionState.DRAFT, SubmissionState.RETURNED})
OPEN_TO_WITHDRAW = OPEN_TO_EDIT | {SubmissionState.SUBMITTED}


class Action(StrEnum):
    """What was done to a proposal; each makes a step of its history."""

    SAVED = "saved"
    EDITED = "edited"
    SUBMITTED = "submitted"
    TOLD = "told"  # the member, in person
    ANSWERED = "answered"
    APPROVED = "approved"  # the last approval posts
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    FILED = "filed"  # a veto, with the district
    LIFTED = "lifted"  # a veto


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: the ``number``-th to this proposal; ``by`` None is the service itself.

    ``round`` counts how often it was handed in, ``stage`` the approvals of a round from 1 on.
    """

    submission_id: UUID
    number: int
    round: int
    action: Action
    at: datetime
    by: UUID | None
    stage: int | None = None
    note: str | None = None


class Decision(StrEnum):
    """What a reviewer makes of a submission."""

    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"


ACTION_OF = {
    Decision.APPROVE: Action.APPROVED,
    Decision.RETURN: Action.RETURNED,
    Decision.REFUSE: Action.REFUSED,
}


class StateForbids(LongwenError):
    """The proposal is in a state in which this cannot be done."""

    kind = ErrorKind.CONFLICT
    code = "state_forbids"
    zh = "该申报{words}，现在不能这样做。请刷新后查看它的办理经过。"
    en = "The submission is {words}, so this cannot be done now. Read it again to see what has happened to it."

    def __init__(self, state: SubmissionState, *, field: str | None = None) -> None:
        self.state = state
        super().__init__(field=field)

    def text(self, language: str) -> str:
        is_chinese = language.startswith("zh")
        words = STATE_WORDS[self.state][0 if is_chinese else 1]
        return (self.zh if is_chinese else self.en).format(words=words, **self.facts)


class AlreadyDecided(StateForbids):
    """Somebody else has decided the submission, or it was decided otherwise before."""

    code = "already_decided"
    zh = "该申报{words}，不能再作决定。需要更正的，请冲正已入账的记录。"
    en = "The submission is {words} and cannot be decided again. To correct what was posted, reverse the entry."


class Moved(LongwenError):
    """Something happened to the proposal after the caller last saw it."""

    kind = ErrorKind.CONFLICT
    code = "submission_moved"
    zh = "该申报在您查看之后又有变动（您看到第 {seen} 步，现为第 {now} 步），本次没有保存。请刷新后再办。"
    en = (
        "The submission has moved on since you saw it (you saw step {seen}, it is now at {now}); nothing was saved. "
        "Read it again first."
    )


class SeenMissing(LongwenError):
    """In a later round a request says what it was made for: else one sent again late would act on what came since."""

    kind = ErrorKind.CONFLICT
    code = "seen_missing"
    zh = "该申报曾退回后重新办理，现为第 {now} 步。请查看最新内容，并在 seen 中写明所见步数后再办。"
    en = "The submission was returned since, and is now at step {now}. Read it, and say in seen which step you saw."


class NotYours(LongwenError):
    """A proposal is edited, handed in and withdrawn by who recorded it."""

    kind = ErrorKind.FORBIDDEN
    code = "not_yours"
    zh = "只有提交人可以修改、提交或撤回这份申报。审核人可以退回，由提交人补充。"
    en = "Only who recorded a submission edits, submits or withdraws it. A reviewer may return it to be completed."


class NotAProposal(LongwenError):
    """A routine matter is booked at once, so there is nothing to keep as a draft."""

    code = "not_a_proposal"
    zh = "积分项 {item} 是日常项，记录后直接入账，不作申报。请用 POST /api/v1/entries 记录。"
    en = "Item {item} is a routine matter and booked at once. Record it with POST /api/v1/entries."


class NoteMissing(LongwenError):
    """Who returns or refuses a proposal says why."""

    code = "note_missing"
    zh = "退回或不予采纳应当写明理由（note）。"
    en = "Say in note why it is returned or refused."
