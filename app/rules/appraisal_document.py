"""The format of the section ``appraisal`` of a star sheet; what its values mean together is checked beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.rules.appraisal import PartMeasure
from app.rules.cited import Cited, CitedCount, CitedFraction, CitedPoints, Code, Count, NameText, Points, Strict, Text
from app.rules.stars import Decider, Pool

StarOrNone = Literal["5", "4", "3", "2", "1", "none"]


class CitedGradeDecider(Cited):
    value: Annotated[Decider, Field(strict=False)]


class CitedGradePool(Cited):
    value: Annotated[Pool, Field(strict=False)]


class CitedGrade(Cited):
    value: Code


class CitedPartOrder(Cited):
    value: Annotated[list[Code], Field(min_length=1)]


class ByStarText(Cited):
    """The points of each star."""

    value: dict[StarOrNone, Points]


class RiseText(Cited):
    """None up to ``low``, all the points from ``high`` on, in proportion between them."""

    low: Annotated[int, Field(ge=0)]
    high: Count


class PartText(Strict):
    name: NameText
    points: CitedPoints
    article: Text
    grounds: Cited
    measure: Annotated[PartMeasure, Field(strict=False)]
    by_star: ByStarText | None = None
    line: RiseText | None = None
    evidence: list[NameText] = Field(default_factory=list)


class GradeText(Strict):
    name: NameText
    low: CitedPoints
    coefficient: CitedPoints
    decided_by: CitedGradeDecider


class GradeQuotaText(Strict):
    share: CitedFraction
    pool: CitedGradePool


class VotesText(Strict):
    satisfied_from: CitedGrade
    unfit_above: CitedFraction


class UnfittingText(Strict):
    name: NameText
    grounds: Cited


class AppraisalText(Strict):
    """How branch secretaries are appraised."""

    name: NameText
    months_min: CitedCount
    parts: Annotated[dict[Code, PartText], Field(min_length=1)]
    grades: Annotated[dict[Code, GradeText], Field(min_length=2)]
    quota: GradeQuotaText
    votes: VotesText
    order: CitedPartOrder
    vetoes: Annotated[dict[Code, UnfittingText], Field(min_length=1)]
