"""The format of ``stars.yaml``: what may stand where. What the values mean together is checked by ``stars_checks``.

Whole sections may be absent for the parser (``None``), so that a fault in one does not hide the faults of the others;
that they are there is one of the checks.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.rules.appraisal_document import AppraisalText
from app.rules.cited import (
    Cited,
    CitedCount,
    CitedDue,
    CitedFlag,
    CitedFraction,
    CitedPoints,
    Code,
    Count,
    NameText,
    Points,
    Strict,
    Text,
)
from app.rules.stars import (
    DayCount,
    Decider,
    DowngradeEffect,
    DowngradeGround,
    Fact,
    Pool,
    ScaleForm,
    ScoreRounding,
    Treatment,
)
from app.rules.surveys_document import SurveysText


def _indicator_code(value: Any) -> str:
    if not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", value) is None:
        raise PydanticCustomError("indicator_form", "not the code of an indicator")
    return value


IndicatorCode = Annotated[str, BeforeValidator(_indicator_code)]
StarKey = Literal["5", "4", "3", "2", "1"]
Star = Annotated[int, Field(ge=1, le=5)]
Percent = Annotated[int, Field(ge=1, le=100)]


class CitedDecimals(Cited):
    value: Annotated[int, Field(ge=0, le=4)]


class CitedScoreRounding(Cited):
    value: Annotated[ScoreRounding, Field(strict=False)]


class CitedDayCount(Cited):
    value: Annotated[DayCount, Field(strict=False)]


class CitedDecider(Cited):
    value: Annotated[Decider, Field(strict=False)]


class CitedTreatment(Cited):
    value: Annotated[Treatment, Field(strict=False)]


class CitedPool(Cited):
    value: Annotated[Pool, Field(strict=False)]


class CitedStar(Cited):
    value: Star


class CitedOrder(Cited):
    value: Annotated[list[IndicatorCode], Field(min_length=1)]


class ModuleText(Strict):
    name: NameText
    points: CitedPoints


class ScaleText(Cited):
    """How what is measured becomes points; which keys go with which form is checked."""

    form: Annotated[ScaleForm, Field(strict=False)]
    per_unit: Points | None = None
    low: Annotated[int, Field(ge=0)] | None = None
    high: Count | None = None
    of: Count | None = None


class IndicatorText(Strict):
    name: NameText
    module: Code
    points: CitedPoints
    article: Text
    grounds: Cited
    measure: Code
    scale: ScaleText
    limits: dict[Code, CitedCount] = Field(default_factory=dict)
    evidence: list[NameText] = Field(default_factory=list)
    items: list[Code] = Field(default_factory=list)


class BonusText(Strict):
    name: NameText
    cap: CitedPoints
    article: Text
    grounds: Cited
    evidence: Annotated[list[NameText], Field(min_length=1)]


class LevelText(Strict):
    name: NameText
    low: CitedPoints
    decided_by: CitedDecider
    treatment: CitedTreatment
    leads: CitedFlag | None = None
    plate: CitedFlag | None = None


class SurveyText(Cited):
    """``unanswered`` says what a survey with too few answers does."""

    indicator: IndicatorCode
    at_least: Percent
    unanswered: Literal["passes", "fails"]


class FactText(Cited):
    value: Annotated[Fact, Field(strict=False)]


class GateText(Strict):
    """A requirement (a fact or a survey) and how many stars are left to who does not meet it."""

    name: NameText
    at_most: CitedStar
    fact: FactText | None = None
    survey: SurveyText | None = None


class QuotaText(Strict):
    share: CitedFraction
    pool: CitedPool


class StepText(Strict):
    up: CitedStar
    first: CitedStar
    first_round_free: CitedFlag
    exceptions_by: CitedDecider


class GroundText(Strict):
    name: NameText
    grounds: Cited


class DowngradeText(Cited):
    name: NameText
    ground: Annotated[DowngradeGround, Field(strict=False)]
    times: Count = 1
    effect: Annotated[DowngradeEffect, Field(strict=False)]


class RectificationText(Strict):
    months: CitedCount
    extension_months: CitedCount
    listed_years: CitedCount
    listed_at_most: CitedStar


class RoundText(Strict):
    cut_off: CitedDue
    founded_months: CitedCount
    look_back_months: CitedCount
    answers_min: CitedCount
    decimals: CitedDecimals
    rounding: CitedScoreRounding
    notice_days: CitedCount
    notice_counts: CitedDayCount
    valid_months: CitedCount


class StarsText(Strict):
    """A whole ``stars.yaml``."""

    format: Literal[1]
    edition: Code
    name: NameText
    full: CitedPoints | None = None
    round: RoundText | None = None
    modules: dict[Code, ModuleText] = Field(default_factory=dict)
    indicators: dict[IndicatorCode, IndicatorText] = Field(default_factory=dict)
    bonus: BonusText | None = None
    stars: dict[StarKey, LevelText] = Field(default_factory=dict)
    gates: dict[Code, GateText] = Field(default_factory=dict)
    quotas: dict[StarKey, QuotaText] = Field(default_factory=dict)
    order: CitedOrder | None = None
    step: StepText | None = None
    vetoes: dict[Code, GroundText] = Field(default_factory=dict)
    downgrades: dict[Code, DowngradeText] = Field(default_factory=dict)
    rectification: RectificationText | None = None
    appraisal: AppraisalText | None = None
    surveys: SurveysText | None = None


# Sections that a sheet cannot do without.
SECTIONS = (
    "full",
    "round",
    "modules",
    "indicators",
    "bonus",
    "stars",
    "order",
    "step",
    "vetoes",
    "rectification",
)
