"""What HTTP sees of rounds, ratings and plans."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.files.schemas import FileAnswer, FileHash
from app.kit.http import Answer, Model
from app.kit.naming import AccountName, OrganisationNames
from app.ratings.core import (
    Action,
    Decision,
    Entry,
    Opening,
    RatingLine,
    RatingState,
    RatingView,
    RoundState,
    RoundView,
    Step,
)
from app.ratings.explaining import IndicatorPoints, indicators_of, reasons_of
from app.ratings.scoring import Reading, score
from app.rules.points import printed_number
from app.rules.schemas_points import Points, PointsSent

NUMBER_MAX = 1_000_000_000
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_ID = "由客户端生成，重发用同一编号 · made by the client; a retry sends the same"
_SEEN = "查看时的版本；此后有变动的不保存 · the version that was seen"


class StepRequest(Model):
    """A step of a rating or round."""

    id: UUID = Field(description=_ID)
    seen: int | None = Field(None, ge=1, description=_SEEN)
    note: Words | None = Field(None, description="说明 · in words")

    def step(self) -> Step:
        return Step(self.id, self.seen, self.note)


class BasisRequest(Model):
    """A step that says why."""

    id: UUID = Field(description=_ID)
    seen: int | None = Field(None, ge=1, description=_SEEN)
    basis: Words = Field(description="依据或理由 · on what grounds", examples=["缺工会组建批复"])

    def step(self) -> Step:
        return Step(self.id, self.seen, self.basis)


class OpeningRequest(Model):
    """Opens the round of a year."""

    id: UUID = Field(description=_ID)
    year: int = Field(ge=2000, le=2200, examples=[2026])
    together: list[Annotated[list[UUID], Field(min_length=2, max_length=100)]] = Field(
        default=[], max_length=100, description="名额合并计算的党委 · committees whose branches share a pool"
    )

    def opening(self) -> Opening:
        return Opening(self.id, self.year, tuple(tuple(sorted(group)) for group in self.together))


class EntryItem(Model):
    """How the branch stands on one indicator: a part of a whole, or points that a person gives."""

    indicator: str = Field(
        min_length=1, max_length=40, description="指标编号；加分为 bonus · its code", examples=["S1.4"]
    )
    part: int | None = Field(None, strict=True, ge=0, le=NUMBER_MAX, description="实际 · done, or 1 if it is so")
    whole: int = Field(1, strict=True, ge=0, le=NUMBER_MAX, description="应有 · due; 1 for a count or a state")
    points: PointsSent | None = Field(None, description="给分，代替实际和应有 · points given")
    note: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    files: list[FileHash] = Field(default=[], max_length=10, description="证明材料 · digests of evidence")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.part is None) == (self.points is None):
            raise PydanticCustomError("missing", "either part or points")
        return self

    def entry(self) -> Entry:
        reading = Reading(self.part or 0, self.whole)
        return Entry(self.indicator, reading, self.note, tuple(dict.fromkeys(self.files)), self.points)


class EntriesRequest(StepRequest):
    """Indicators entered or corrected."""

    indicators: list[EntryItem] = Field(min_length=1, max_length=100)

    def entries(self) -> list[Entry]:
        return [one.entry() for one in self.indicators]


class RatingVerdictRequest(BasisRequest):
    """The district's decision on a star."""

    accept: bool = Field(description="true 同意，false 不予 · takes or refuses")


class AnswerRequest(BasisRequest):
    """The answer to an objection; upheld with corrected indicators, and only then."""

    upheld: bool
    corrections: list[EntryItem] = Field(default=[], max_length=100)

    def entries(self) -> list[Entry]:
        return [one.entry() for one in self.corrections]


class RatingFilingRequest(StepRequest):
    """A committee decides and files its stars."""

    committee_id: UUID


class DowngradeRequest(BasisRequest):
    """Lowers a star in its year."""

    ground: str = Field(min_length=1, max_length=40, examples=["look-back"])


class VetoRequest(BasisRequest):
    """A ground of veto that was decided against a branch."""

    ground: str = Field(min_length=1, max_length=40, examples=["accident"])
    decided_on: date


class PoolAnswer(Answer):
    """The places of a star among the branches of these committees."""

    star: int
    name: str
    committees: tuple[UUID, ...]
    committee_names: OrganisationNames = Field([])
    count: int = Field(description="参评支部数 · branches rated")
    places: int


class RoundAnswer(Answer):
    """A round as it was published."""

    id: UUID
    year: str
    edition: str
    cut_off: date
    first_round: bool
    state: RoundState
    version: int
    opened_at: datetime
    named_on: date | None
    reason: str | None
    order: list[str] = Field(description="同分比较的次序 · what ties are broken by")
    pools: list[PoolAnswer]
    ratings: dict[str, int] = Field(description="各状态的支部数 · branches by state")

    @classmethod
    def of(cls, view: RoundView) -> RoundAnswer:
        found = view.round
        beside = {"year", "order", "pools", "ratings"}
        return cls(
            **{name: getattr(found, name) for name in cls.model_fields if name not in beside},
            year=found.code,
            order=list(view.sheet.order),
            pools=[PoolAnswer.model_validate(one) for one in view.pools],
            ratings={state.value: count for state, count in view.states.items()},
        )


class RoundsAnswer(Answer):
    """All rounds, the latest first."""

    rounds: list[RoundAnswer]


class RatingLineAnswer(Answer):
    """A rating in a list."""

    id: UUID
    branch_id: UUID
    branch: str
    state: RatingState
    version: int
    score: Points | None
    star: int | None
    scored_as: int | None
    notice_from: date | None
    notice_until: date | None
    valid_from: date | None
    valid_until: date | None

    @classmethod
    def of(cls, line: RatingLine) -> RatingLineAnswer:
        return cls(**_of_rating(cls, line.rating, line.branch, line.decimals))


def _of_rating(schema: type[Answer], rating: Any, branch: str, decimals: int) -> dict[str, Any]:
    kept = set(RatingLineAnswer.model_fields) & set(schema.model_fields) - {"branch", "score"}
    found = {name: getattr(rating, name) for name in kept}
    return {**found, "branch": branch, "score": _number(rating.score, decimals)}


def _number(points: int | None, decimals: int) -> int | float | None:
    return None if points is None else printed_number(points, decimals)


class RatingsAnswer(Answer):
    """Ratings by id; ask again with ``after`` = ``following`` until it is null."""

    ratings: list[RatingLineAnswer]
    following: UUID | None


class SaidAnswer(Answer):
    """A value as somebody entered it, or as it was measured, with the points that it gives."""

    part: int
    whole: int
    points: Points
    note: str | None = None
    by: UUID | None = None
    by_name: AccountName = None
    at: datetime | None = None


class MeasuredAnswer(Answer):
    """What the service found, and how."""

    part: int | None
    whole: int | None
    points: Points
    formula_zh: str
    formula_en: str
    inputs: dict[str, Any]
    edition: str
    at: datetime | None


class IndicatorAnswer(Answer):
    """An indicator with all that is known: measured, self, committee and final side by side."""

    indicator: str
    name_zh: str
    name_en: str
    module: str | None
    points_max: Points
    measure: str
    measured: MeasuredAnswer | None
    own: SaidAnswer | None
    committee: SaidAnswer | None
    points: Points = Field(description="最终得分 · what counts")
    remark: str | None = Field(description="nothing_due、no_valid_survey、not_supplied、not_entered")
    files: list[FileAnswer]


class ReasonAnswer(Answer):
    """One step of the way to the star."""

    cause: str
    star: int | None
    zh: str
    en: str


class RatingStepAnswer(Answer):
    """Who did what, when and why."""

    id: UUID
    action: Action
    at: datetime
    by: UUID | None
    by_name: AccountName = None
    effective_on: date
    basis: str | None
    ground: str | None
    star: int | None
    answers: UUID | None

    @classmethod
    def of(cls, one: Decision) -> RatingStepAnswer:
        return cls.model_validate(one)


class RatingAnswer(RatingLineAnswer):
    """A rating with everything that explains it."""

    round_id: UUID
    last: int | None = Field(description="上年星级或“达到”星级 · last year's star, or its mark")
    exception: str | None
    refusal: str | None
    provisional: Points | None = Field(description="现有数据的得分 · the score by what is there now")
    reasons: list[ReasonAnswer]
    indicators: list[IndicatorAnswer]
    steps: list[RatingStepAnswer]

    @classmethod
    def of_view(cls, view: RatingView) -> RatingAnswer:
        rating, sheet = view.rating, view.sheet
        values = {one.indicator: one for one in view.values}
        now = score(sheet, {code: value.final for code, value in values.items()})
        return cls(
            **_of_rating(cls, rating, view.branch, sheet.decimals),
            round_id=rating.round_id,
            last=rating.last,
            exception=rating.exception,
            refusal=rating.refusal,
            provisional=_number(now.points, sheet.decimals) if view.values else None,
            reasons=[ReasonAnswer(**asdict(one)) for one in reasons_of(view)],
            indicators=[_of_indicator(one) for one in indicators_of(view)],
            steps=[RatingStepAnswer.of(one) for one in view.steps],
        )


def _of_indicator(one: IndicatorPoints) -> IndicatorAnswer:
    own, committee = (said and SaidAnswer(**asdict(said)) for said in (one.own, one.committee))
    measured = one.measured and MeasuredAnswer(**{**asdict(one.measured), "inputs": dict(one.measured.inputs)})
    files = [FileAnswer.of(file) for file in one.files]
    plain = {name: getattr(one, name) for name in IndicatorAnswer.model_fields if name not in _NESTED}
    return IndicatorAnswer(**plain, own=own, committee=committee, measured=measured, files=files)


_NESTED = {"own", "committee", "measured", "files"}
