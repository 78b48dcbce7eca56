"""What the values of the section ``appraisal`` must mean together: sums, stars, grades, votes, references."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.rules.appraisal import NO_STAR, PART_FORMS, PartForm, PartMeasure
from app.rules.appraisal_document import AppraisalText, PartText
from app.rules.stars import BY_SCORE

Fault = Callable[..., None]  # code, path inside the section, facts
_STARS = ("5", "4", "3", "2", "1", NO_STAR)


def check_appraisal(section: AppraisalText, full: Decimal | None, fault: Fault) -> None:
    """Every fault of the section's meaning; ``full`` is the sheet's full score, which is the section's too."""
    _check_sum(section, full, fault)
    for code, part in section.parts.items():
        _check_part(code, part, fault)
    _check_grades(section, full, fault)
    _check_votes(section, fault)
    _check_order(section, fault)
    numerator, denominator = section.quota.share.value
    if numerator > denominator:
        fault("quota_above_one", "quota", "share")


def _check_sum(section: AppraisalText, full: Decimal | None, fault: Fault) -> None:
    total = sum((part.points.value for part in section.parts.values()), Decimal(0))
    if full is not None and total != full:
        fault("appraisal_sum", "parts", sum=total, full=full)
    measured = [part.measure for part in section.parts.values() if part.measure is not PartMeasure.BY_HAND]
    for measure in sorted({one for one in measured if measured.count(one) > 1}):
        fault("appraisal_twice", "parts", measure=measure.value)


def _check_part(code: str, part: PartText, fault: Fault) -> None:
    place, form = ("parts", code), PART_FORMS[part.measure]
    if part.points.value <= 0:
        fault("star_points", *place, "points", value=part.points.value)
    if code == BY_SCORE:
        fault("star_code_taken", *place, name=code)
    for key, wanted, found in (
        ("by_star", PartForm.BY_STAR, part.by_star),
        ("line", PartForm.LINEAR, part.line),
    ):
        if (form is wanted) != (found is not None):
            wrong = "appraisal_key_missing" if found is None else "appraisal_key_extra"
            fault(wrong, *place, name=key, measure=part.measure.value)
    if part.line is not None and part.line.low >= part.line.high:
        fault("star_line", *place, "line", low=part.line.low, high=part.line.high)
    if part.by_star is not None:
        _check_stars(place, part, part.by_star.value, fault)


def _check_stars(place: tuple[str, str], part: PartText, by_star: dict[Any, Decimal], fault: Fault) -> None:
    """Every star has its points, never more for fewer stars, all for five."""
    missing = [star for star in _STARS if star not in by_star]
    if missing:
        fault("appraisal_stars_missing", *place, "by_star", stars="、".join(missing))
        return
    points = [by_star[star] for star in _STARS]
    falls = all(upper >= lower for upper, lower in itertools.pairwise(points))
    if not falls or points[0] != part.points.value or points[-1] < 0:
        fault("appraisal_stars", *place, "by_star", points=part.points.value)


def _check_grades(section: AppraisalText, full: Decimal | None, fault: Fault) -> None:
    """Grades go from the best down, each from a lower score on; the last one from 0."""
    grades = list(section.grades.items())
    if full is not None and not 0 <= grades[0][1].low.value <= full:
        fault("star_low", "grades", grades[0][0], "low", value=grades[0][1].low.value, full=full)
    for (_, upper), (code, lower) in itertools.pairwise(grades):
        if lower.low.value >= upper.low.value or lower.coefficient.value > upper.coefficient.value:
            fault("appraisal_grades", "grades", code, name=code)
    code, last = grades[-1]
    if last.low.value != 0 or last.coefficient.value < 0:
        fault("appraisal_last", "grades", code, name=code)


def _check_votes(section: AppraisalText, fault: Fault) -> None:
    named = section.votes.satisfied_from.value
    if named not in section.grades:
        fault("appraisal_grade_unknown", "votes", "satisfied_from", name=named)
    numerator, denominator = section.votes.unfit_above.value
    if numerator >= denominator:
        fault("appraisal_unfit", "votes", "unfit_above")


def _check_order(section: AppraisalText, fault: Fault) -> None:
    seen: set[str] = set()
    for number, name in enumerate(section.order.value):
        if name != BY_SCORE and name not in section.parts:
            fault("appraisal_order_unknown", "order", "value", number, name=name)
        if name in seen:
            fault("star_order_twice", "order", "value", number, name=name)
        seen.add(name)
