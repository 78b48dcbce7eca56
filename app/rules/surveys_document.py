"""The format of the section ``surveys`` of a star sheet; what its values mean together is checked beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.rules.cited import Cited, Code, Strict, Text
from app.rules.surveys import Counts

# By subject and by who answers.
SheetKey = Literal[
    "branch-members", "branch-staff", "branch-peers", "secretary-members", "secretary-staff", "secretary-peers"
]


class SurveyChoiceText(Strict):
    zh: Text
    en: Text
    counts: Annotated[Counts, Field(strict=False)] | None = None


class SurveyScaleText(Cited):
    """The choices that every question of a sheet has, from the best down."""

    choices: Annotated[dict[Code, SurveyChoiceText], Field(min_length=2)]


class SurveyQuestionText(Cited):
    zh: Text
    en: Text


class SurveySheetText(Strict):
    scale: Code
    questions: Annotated[dict[Code, SurveyQuestionText], Field(min_length=1)]


class SurveysText(Strict):
    """What anonymous surveys ask."""

    scales: Annotated[dict[Code, SurveyScaleText], Field(min_length=1)]
    sheets: Annotated[dict[SheetKey, SurveySheetText], Field(min_length=1)]
