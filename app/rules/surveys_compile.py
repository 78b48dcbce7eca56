"""From the checked section ``surveys`` to its sheets."""

from __future__ import annotations

from app.rules.compile_items import reference_of
from app.rules.surveys import AskedSheet, Choice, Counts, Question, Sheet, SurveyKind, SurveySubject
from app.rules.surveys_document import SurveyScaleText, SurveySheetText, SurveysText


def compile_surveys(section: SurveysText) -> tuple[AskedSheet, ...]:
    """Only sound sections come here."""
    found = []
    for key, text in section.sheets.items():
        subject, kind = key.split("-")
        found.append(AskedSheet(SurveySubject(subject), SurveyKind(kind), _sheet(section.scales[text.scale], text)))
    return tuple(found)


def _sheet(scale: SurveyScaleText, text: SurveySheetText) -> Sheet:
    return Sheet(
        source=reference_of(scale),
        choices=tuple(
            Choice(
                code,
                one.zh,
                one.en,
                satisfied=one.counts is Counts.SATISFIED,
                unfit=one.counts is Counts.UNFIT,
                valid=one.counts is not Counts.INVALID,
            )
            for code, one in scale.choices.items()
        ),
        questions=tuple(Question(code, one.zh, one.en, reference_of(one)) for code, one in text.questions.items()),
    )
