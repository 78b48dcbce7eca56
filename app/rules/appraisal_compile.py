"""From the checked section ``appraisal`` to its values, in the sheet's smallest unit."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from app.rules import appraisal
from app.rules.appraisal_document import AppraisalText, PartText
from app.rules.compile_items import name_of
from app.rules.stars import Decider, Pool

Units = Callable[[Decimal], int]


def compile_appraisal(section: AppraisalText, units: Units) -> appraisal.Appraisal:
    """Only sound sections come here; ``units`` brings printed points to the sheet's smallest unit."""
    return appraisal.Appraisal(
        name=name_of(section.name),
        months_min=section.months_min.value,
        parts=tuple(_part(code, text, units) for code, text in section.parts.items()),
        grades=tuple(
            appraisal.Grade(
                code=code,
                name=name_of(text.name),
                low=units(text.low.value),
                coefficient=units(text.coefficient.value),
                by_district=text.decided_by.value is Decider.DISTRICT,
            )
            for code, text in section.grades.items()
        ),
        share=section.quota.share.value,
        in_district=section.quota.pool.value is Pool.DISTRICT,
        satisfied_from=section.votes.satisfied_from.value,
        unfit_above=section.votes.unfit_above.value,
        order=tuple(section.order.value),
        grounds=tuple(appraisal.Unfitting(code, name_of(text.name)) for code, text in section.vetoes.items()),
    )


def _part(code: str, text: PartText, units: Units) -> appraisal.Part:
    by_star = {} if text.by_star is None else text.by_star.value
    return appraisal.Part(
        code=code,
        name=name_of(text.name),
        points=units(text.points.value),
        article=text.article,
        measure=text.measure,
        by_star={star: units(points) for star, points in by_star.items()},
        low=0 if text.line is None else text.line.low,
        high=0 if text.line is None else text.line.high,
        evidence=tuple(map(name_of, text.evidence)),
    )
