"""What HTTP sees of rounds and appraisals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.appraisals.core import (
    Action,
    AppraisalRoundState,
    AppraisalState,
    AppraisalView,
    Done,
    Gift,
    PartValue,
    RoundView,
    Sheet,
)
from app.appraisals.grading import Votes, points_of
from app.appraisals.wording import told
from app.files.schemas import FileAnswer, FileHash
from app.kit.http import Answer, Model
from app.kit.naming import AccountName, OrganisationName, own_fields
from app.ratings.core import Step
from app.ratings.scoring import Reading
from app.rules.appraisal import Part
from app.rules.points import printed_number
from app.rules.schemas_points import Points, PointsSent

NUMBER_MAX = 1_000_000
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Count = Annotated[int, Field(strict=True, ge=0, le=NUMBER_MAX)]
GradeCode = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_ID = "由客户端生成，重发用同一编号 · made by the client; a retry sends the same"
_SEEN = "查看时的版本；此后有变动的不保存 · the version that was seen"


class AppraisalStepRequest(Model):
    """A step of an appraisal or round."""

    id: UUID = Field(description=_ID)
    seen: int | None = Field(None, ge=1, description=_SEEN)
    note: Words | None = Field(None, description="说明 · in words")

    def step(self) -> Step:
        return Step(self.id, self.seen, self.note)


class AppraisalBasisRequest(Model):
    """A step that says why."""

    id: UUID = Field(description=_ID)
    seen: int | None = Field(None, ge=1, description=_SEEN)
    basis: Words = Field(description="依据或理由 · on what grounds", examples=["党委会议研究决定"])

    def step(self) -> Step:
        return Step(self.id, self.seen, self.basis)


class AppraisalOpeningRequest(Model):
    """Opens the appraisal of a year whose stars are named."""

    id: UUID = Field(description=_ID)
    year: int = Field(ge=2000, le=2199, examples=[2026])


class GiftItem(Model):
    """What is given for a part: points, votes by grade, or a part of a whole in place of what was measured."""

    points: PointsSent | None = Field(None, description="给分 · points given", examples=[18])
    votes: dict[GradeCode, Count] | None = Field(
        None, max_length=20, description="各等次有效票数 · valid votes by grade", examples=[{"excellent": 12}]
    )
    part: Count | None = Field(None, description="核正：实际 · corrected: done")
    whole: Annotated[int, Field(strict=True, ge=0, le=NUMBER_MAX)] = Field(1, description="应有 · due")
    files: list[FileHash] = Field(default=[], max_length=10, description="证明材料 · digests of evidence")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if [self.points, self.votes, self.part].count(None) != 2:
            raise PydanticCustomError("missing", "one of points, votes and part")
        return self

    def gift(self, part: str, note: str) -> Gift:
        reading = None if self.part is None else Reading(self.part, self.whole)
        votes = None if self.votes is None else Votes(self.votes)
        return Gift(part, note, self.points, reading, votes, tuple(dict.fromkeys(self.files)))


class PartRequest(GiftItem):
    """Gives or corrects one part, with the reason."""

    id: UUID = Field(description=_ID)
    seen: int | None = Field(None, ge=1, description=_SEEN)
    note: Words = Field(description="理由 · why", examples=["抓组织建设有力"])

    def step(self) -> Step:
        return Step(self.id, self.seen, None)


class AppraisalGroundRequest(AppraisalBasisRequest):
    """Finds a ground of the sheet."""

    ground: str = Field(min_length=1, max_length=40, examples=["discipline"])


class AppraisalVerdictRequest(AppraisalBasisRequest):
    """The district's decision on a grade."""

    accept: bool = Field(description="true 同意，false 不予 · takes or refuses")


class CommitteeDecisionRequest(AppraisalStepRequest):
    """A committee decides on the grades that are its own."""

    committee_id: UUID


class CorrectedPart(GiftItem):
    """A part that an upheld objection corrects."""

    part_code: str = Field(min_length=1, max_length=40, examples=["list"])
    note: Words


class GradeObjectionAnswerRequest(AppraisalBasisRequest):
    """The answer to an objection; upheld with a correction or a ground that is lifted, and only then."""

    upheld: bool
    corrections: list[CorrectedPart] = Field(default=[], max_length=20)
    lift_ground: bool = Field(False, description="撤销否决 · the ground of veto does not stand")

    def gifts(self) -> list[Gift]:
        return [one.gift(one.part_code, one.note) for one in self.corrections]


class BestPlacesAnswer(Answer):
    """The places of the best grade in one pool."""

    committee_id: UUID | None = Field(description="党委；空为全区 · null: the whole district")
    committee_name: OrganisationName = None
    places: int


class AppraisalRoundAnswer(Answer):
    """A round and how far it is."""

    id: UUID
    year: str
    edition: str
    rating_round_id: UUID
    cut_off: date
    state: AppraisalRoundState
    version: int
    opened_at: datetime
    filed_on: date | None
    reason: str | None
    months_min: int = Field(description="任职满多少个月的定等次 · months in post for a grade")
    best: str = Field(description="有名额限制的等次 · the grade with a quota")
    places: list[BestPlacesAnswer] = Field(description="最高等次名额 · places of the best grade")
    appraisals: dict[str, int] = Field(description="各状态人数 · secretaries by state")

    @classmethod
    def of(cls, view: RoundView) -> AppraisalRoundAnswer:
        found, beside = view.round, {"year", "months_min", "best", "places", "appraisals"}
        return cls(
            **{name: getattr(found, name) for name in cls.model_fields if name not in beside},
            year=found.code,
            months_min=view.sheet.section.months_min,
            best=view.sheet.best,
            places=[
                BestPlacesAnswer(committee_id=UUID(pool) if pool else None, places=count)
                for pool, count in view.places.items()
            ],
            appraisals={state.value: count for state, count in view.states.items()},
        )


class AppraisalRoundsAnswer(Answer):
    """All rounds, the latest first."""

    rounds: list[AppraisalRoundAnswer]


class AppraisalLineAnswer(Answer):
    """An appraisal in a list."""

    id: UUID
    account_id: UUID
    secretary: str
    branch_id: UUID
    branch: str
    committee_id: UUID
    committee_name: OrganisationName = None
    post_from: date = Field(description="连续任职起 · in post without a gap from")
    post_until: date | None
    months: int = Field(description="截至截止日满多少个月 · full months up to the cut-off")
    state: AppraisalState
    version: int
    score: Points | None
    grade: str | None
    grade_zh: str | None
    grade_en: str | None
    scored_as: str | None
    coefficient: Points | None = Field(description="系数，不是金额 · a factor, never an amount")
    notice_from: date | None
    notice_until: date | None
    filed_on: date | None

    @classmethod
    def of(cls, view: AppraisalView) -> AppraisalLineAnswer:
        return cls(**line_of(cls, view))


def line_of(schema: type[Answer], view: AppraisalView) -> dict[str, Any]:
    """What a list tells of an appraisal."""
    found, decimals = view.appraisal, view.sheet.stars.decimals
    beside = {"secretary", "branch", "score", "grade_zh", "grade_en", "coefficient"}
    kept = set(own_fields(AppraisalLineAnswer)) & set(schema.model_fields) - beside
    grade = None if found.grade is None else view.sheet.section.grade(found.grade)
    return {
        **{name: getattr(found, name) for name in kept},
        "secretary": view.secretary,
        "branch": view.branch,
        "score": None if found.score is None else printed_number(found.score, decimals),
        "grade_zh": None if grade is None else grade.name.zh,
        "grade_en": None if grade is None else grade.name.en,
        "coefficient": None if grade is None or view.is_result else printed_number(grade.coefficient, decimals),
    }


class AppraisalsAnswer(Answer):
    """Appraisals by id; ask again with ``after`` = ``following`` until it is null."""

    appraisals: list[AppraisalLineAnswer]
    following: UUID | None


class PartMeasuredAnswer(Answer):
    """What the service found of a part, and how."""

    part: int | None
    whole: int | None
    points: Points
    formula_zh: str
    formula_en: str
    inputs: dict[str, Any] = Field(description="依据的数据和编号 · what went into it, with ids")
    edition: str
    at: datetime | None


class PartGivenAnswer(Answer):
    """What somebody gave for a part."""

    part: int
    whole: int
    votes: dict[str, int] | None
    points: Points
    note: str
    by: UUID | None
    by_name: AccountName = None
    at: datetime


class PartAnswer(Answer):
    """A part with all that is known of it; the score is the sum of ``points``."""

    part: str
    name_zh: str
    name_en: str
    article: str
    measure: str
    points_max: Points
    measured: PartMeasuredAnswer | None
    given: PartGivenAnswer | None
    points: Points | None = Field(description="计入的得分；未给出的为空 · what counts; null while it is to be given")
    remark: str | None = Field(description="nothing_due、not_supplied、no_valid_survey、not_entered")
    files: list[FileAnswer]


class AppraisalReasonAnswer(Answer):
    """One step of the way to the grade."""

    cause: str
    grade: str | None
    zh: str
    en: str


class AppraisalStepAnswer(Answer):
    """Who did what, when and why."""

    id: UUID
    action: Action
    at: datetime
    by: UUID | None
    by_name: AccountName = None
    basis: str | None
    about: str | None
    grade: str | None
    answers: UUID | None

    @classmethod
    def of(cls, one: Done) -> AppraisalStepAnswer:
        return cls.model_validate(one)


class AppraisalAnswer(AppraisalLineAnswer):
    """An appraisal with everything that explains it, as far as the caller sees it."""

    round_id: UUID
    ground: str | None
    ground_words: str | None
    refusal: str | None
    reasons: list[AppraisalReasonAnswer]
    parts: list[PartAnswer]
    steps: list[AppraisalStepAnswer]

    @classmethod
    def of_view(cls, view: AppraisalView) -> AppraisalAnswer:
        found, sheet = view.appraisal, view.sheet
        values = {one.part: one for one in view.values}
        reasons = [
            AppraisalReasonAnswer(cause=one.cause.value, grade=one.grade, zh=zh, en=en)
            for one in found.reasons
            for zh, en in [told(sheet.section, one, sheet.stars.decimals)]
        ]
        parts = [] if view.is_result else [_part(view, one, values.get(one.code)) for one in sheet.section.parts]
        return cls(
            **line_of(cls, view),
            round_id=found.round_id,
            ground=found.ground,
            ground_words=found.ground_words,
            refusal=found.refusal,
            reasons=reasons,
            parts=parts,
            steps=[AppraisalStepAnswer.of(one) for one in view.steps],
        )


def _part(view: AppraisalView, part: Part, value: PartValue | None) -> PartAnswer:
    sheet = view.sheet
    final = None if value is None else value.final
    measured = None if value is None else value.measured
    given = None if value is None else value.given
    counted = points_of(part, final, sheet.frame)
    is_open = part.is_given and final is None
    return PartAnswer(
        part=part.code,
        name_zh=part.name.zh,
        name_en=part.name.en,
        article=part.article,
        measure=part.measure.value,
        points_max=printed_number(part.points, sheet.stars.decimals),
        measured=None
        if measured is None
        else PartMeasuredAnswer(
            part=None if measured.reading is None else measured.reading.part,
            whole=None if measured.reading is None else measured.reading.whole,
            points=_points(sheet, part, measured.reading),
            formula_zh=measured.zh,
            formula_en=measured.en,
            inputs=dict(measured.inputs),
            edition=measured.edition,
            at=measured.at,
        ),
        given=None
        if given is None
        else PartGivenAnswer(
            part=given.reading.part,
            whole=given.reading.whole,
            votes=None if given.votes is None else dict(given.votes.counts),
            points=_points(sheet, part, given.reading),
            note=given.note,
            by=given.by,
            at=given.at,
        ),
        points=None if is_open else printed_number(counted.points, sheet.stars.decimals),
        remark=None if counted.remark is None else counted.remark.value,
        files=[] if value is None else [FileAnswer.of(file) for file in view.files.get(value.id, ())],
    )


def _points(sheet: Sheet, part: Part, reading: Reading | None) -> int | float:
    return printed_number(points_of(part, reading, sheet.frame).points, sheet.stars.decimals)
