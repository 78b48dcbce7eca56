"""What the values of the section ``surveys`` must mean together: scales, the question that measures, the grades."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.rules.appraisal_document import AppraisalText
from app.rules.surveys import OVERALL, OWN, Counts, SurveySubject
from app.rules.surveys_document import SurveyScaleText, SurveysText

Fault = Callable[..., None]  # code, path inside the section, facts


def check_surveys(section: SurveysText, appraisal: AppraisalText | None, fault: Fault) -> None:
    """Every fault of the section's meaning; ``appraisal`` is that of the same sheet."""
    for code, scale in section.scales.items():
        _check_scale(code, scale, fault)
        if all(sheet.scale != code for sheet in section.sheets.values()):
            fault("survey_scale_idle", "scales", code, name=code)
    for key, sheet in section.sheets.items():
        if next(iter(sheet.questions)) != OVERALL:
            fault("survey_overall", "sheets", key, "questions", name=OVERALL)
        for code in sheet.questions:
            if re.fullmatch(rf"{OWN}[0-9]+", code):
                fault("survey_own", "sheets", key, "questions", code, name=code)
        if sheet.scale not in section.scales:
            fault("survey_scale_unknown", "sheets", key, "scale", name=sheet.scale)
        elif appraisal is not None and key.startswith(SurveySubject.SECRETARY.value):
            _check_grades(key, section.scales[sheet.scale], appraisal, fault)


def _check_scale(code: str, scale: SurveyScaleText, fault: Fault) -> None:
    """Somebody can be satisfied, somebody not; and one choice is the worst."""
    counted = [one.counts for one in scale.choices.values()]
    if Counts.SATISFIED not in counted or counted.count(Counts.UNFIT) != 1:
        fault("survey_scale", "scales", code, name=code)


def _check_grades(key: str, scale: SurveyScaleText, appraisal: AppraisalText, fault: Fault) -> None:
    """A vote counts alike on paper and in a survey: same grades, same share of the satisfied, the last is the worst."""
    said = {code: one.counts for code, one in scale.choices.items() if one.counts is not Counts.INVALID}
    grades = list(appraisal.grades)
    if list(said) != grades:
        fault("survey_grades", "sheets", key, "scale", choices="、".join(said), grades="、".join(grades))
        return
    named = appraisal.votes.satisfied_from.value
    from_on = grades.index(named) if named in grades else None  # an unknown one is a fault of its own
    satisfied = [code for code, counts in said.items() if counts is Counts.SATISFIED]
    if from_on is not None and (satisfied != grades[: from_on + 1] or said[grades[-1]] is not Counts.UNFIT):
        fault("survey_grades_counted", "sheets", key, "scale", name=named, last=grades[-1])
