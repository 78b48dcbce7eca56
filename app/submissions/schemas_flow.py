"""What HTTP sees of deciding and hearing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from app.auth.core import Role
from app.files.core import Evidence
from app.kit.days import Day
from app.kit.http import Answer, Model
from app.kit.naming import AccountName
from app.kit.problems import Language
from app.points.schemas import EffectAnswer, EntryAnswer, entry_answers
from app.submissions.core import DECISIONS_MAX, Decided, Submission, SubmissionView, Verdict
from app.submissions.core_hearing import Hearing, ToldHow
from app.submissions.core_states import Action, Decision, Step
from app.submissions.schemas import FaultAnswer, Seen, SubmissionAnswer

_NOTE = "说明；退回或不予采纳时必填 · why; asked for when returned or refused"


class DecisionRequest(Model):
    """What the reviewer decides, and why."""

    decision: Decision = Field(
        description="approve 通过（最后一步即入账），return 退回补充，refuse 不予采纳 · the last approval posts",
        examples=["approve"],
    )
    note: str | None = Field(None, min_length=1, max_length=500, description=_NOTE)
    seen: Seen = None

    def verdict(self, submission_id: UUID) -> Verdict:
        return Verdict(submission_id, self.decision, self.note, self.seen)


class DecisionItem(DecisionRequest):
    """One decision of many."""

    id: UUID = Field(description="申报编号 · the submission's id")


class DecisionsRequest(Model):
    """One to two hundred decisions, of different submissions."""

    decisions: list[DecisionItem] = Field(min_length=1, max_length=DECISIONS_MAX)

    @field_validator("decisions")
    @classmethod
    def _different(cls, value: list[DecisionItem]) -> list[DecisionItem]:
        if len({one.id for one in value}) < len(value):
            raise PydanticCustomError("ids_repeated", "a submission is decided once a request")
        return value

    def verdicts(self) -> list[Verdict]:
        return [one.verdict(one.id) for one in self.decisions]


class StepAnswer(Answer):
    """One thing that was done to a submission."""

    number: int
    round: int
    action: Action
    stage: int | None
    note: str | None
    at: datetime
    by: UUID | None
    by_name: AccountName = None

    @classmethod
    def of(cls, step: Step) -> StepAnswer:
        return cls.model_validate(step)


class DecisionAnswer(Answer):
    """The submission after the decision, and what was booked by it."""

    submission: SubmissionAnswer
    entries: list[EntryAnswer]
    effects: list[EffectAnswer]
    steps: list[StepAnswer] = Field(description="办理经过 · all that was done to it")

    @classmethod
    def of(cls, decided: Decided) -> DecisionAnswer:
        if decided.submission is None:
            raise ValueError("what is at fault has no submission")
        return cls(
            submission=SubmissionAnswer.of(decided.submission),
            entries=entry_answers(decided.posted),
            effects=[EffectAnswer.of(effect) for effect in decided.effects],
            steps=[StepAnswer.of(one) for one in decided.steps],
        )


class EachDecisionAnswer(Answer):
    """What became of one decision of many, in the order sent."""

    id: UUID
    status: Literal["decided", "refused"]
    replayed: bool
    decided: DecisionAnswer | None = None
    fault: FaultAnswer | None = None

    @classmethod
    def of(cls, submission_id: UUID, decided: Decided, language: Language) -> EachDecisionAnswer:
        if decided.fault is not None:
            return cls(
                id=submission_id, status="refused", replayed=False, fault=FaultAnswer.of(decided.fault, language)
            )
        return cls(id=submission_id, status="decided", replayed=decided.replayed, decided=DecisionAnswer.of(decided))


class DecisionsAnswer(Answer):
    """The answers to many decisions, and whether any of it was saved."""

    preview: bool
    results: list[EachDecisionAnswer]


class SeenRequest(Model):
    """Handing in, with the step that the caller saw last."""

    seen: Seen = None


class WithdrawalRequest(SeenRequest):
    """Taking a proposal back."""

    note: str | None = Field(None, min_length=1, max_length=500)


class TellingRequest(Model):
    """That a member without an account was told in person."""

    told_on: Day = Field(description="告知之日 · the day on which they were told", examples=["2026-11-20"])
    told_in_person: str = Field(
        min_length=1,
        max_length=500,
        description="在何处、以何种方式告知 · where and how",
        examples=["支部活动室，面谈"],
    )
    said: str | None = Field(
        None, min_length=1, max_length=2000, description="本人当场所述，由告知人记下 · what the member said to it"
    )


class HearingAnswerRequest(Model):
    """What the member says to what is proposed."""

    answer: str = Field(min_length=1, max_length=2000, examples=["当日在外出差，已向组长请假。"])
    round: int | None = Field(
        None,
        ge=1,
        le=32767,
        description=(
            "所陈述的是第几次提交的内容（hearings 中的 round）；同样的话要再说一次时必须写明 · "
            "which round is answered; needed to say the same words again in a later one"
        ),
    )


class HearingAnswer(Answer):
    """A hearing: when and how the member was told, by when they may answer, and what they said."""

    round: int
    told_at: datetime | None
    told_how: ToldHow | None
    told_by: UUID | None
    told_by_name: AccountName = None
    told_on: date | None
    told_note: str | None
    said: str | None = Field(description="告知人记下的本人所述 · as written down by who told them")
    due_on: date | None = Field(description="答复期限，逾期视为已听取 · after that day the member is deemed heard")
    assumed: bool = Field(description="期限跨入尚未公布放假安排的年度 · counted through a year not yet announced")
    answer: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, hearing: Hearing) -> HearingAnswer:
        return cls.model_validate(hearing)


class HeardAnswer(Answer):
    """The submission and its hearing."""

    submission: SubmissionAnswer
    hearing: HearingAnswer

    @classmethod
    def of(cls, submission: Submission, hearing: Hearing) -> HeardAnswer:
        return cls(submission=SubmissionAnswer.of(submission), hearing=HearingAnswer.of(hearing))


class EvidenceAnswer(Answer):
    """A file that it rests on."""

    hash: str
    name: str
    media_type: str
    size: int

    @classmethod
    def of(cls, evidence: Evidence) -> EvidenceAnswer:
        content = evidence.content
        return cls(hash=content.hash, name=evidence.name, media_type=content.media_type, size=content.size)


class EvidenceListAnswer(Answer):
    """The files of an entry."""

    evidence: list[EvidenceAnswer]


class SubmissionViewAnswer(Answer):
    """All that a reviewer needs: the proposal, what the member says, the evidence, and what was done so far."""

    submission: SubmissionAnswer
    review: list[Role] = Field(description="依次审核的角色 · the offices that review, in order")
    steps: list[StepAnswer]
    hearings: list[HearingAnswer]
    evidence: list[EvidenceAnswer]

    @classmethod
    def of(cls, view: SubmissionView) -> SubmissionViewAnswer:
        return cls(
            submission=SubmissionAnswer.of(view.submission),
            review=list(view.review),
            steps=[StepAnswer.of(one) for one in view.steps],
            hearings=[HearingAnswer.of(one) for one in view.hearings],
            evidence=[EvidenceAnswer.of(one) for one in view.evidence],
        )
