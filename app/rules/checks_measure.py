"""What the numbers of one item must be: signs, units, and the measure that makes points of entries."""

from __future__ import annotations

import itertools
from decimal import Decimal

from app.rules.award import HOURS, HOURS_OF_DAY, PERCENT
from app.rules.checks import Draft
from app.rules.compile_items import unit_of
from app.rules.core import Kind, Matter
from app.rules.document import UNITS, ItemText, LadderText, MeasureText

_POSITIVE = ("应为正数", "positive")
_NEGATIVE = ("应为负数", "negative")
_SIGNS = {Kind.ROUTINE: _POSITIVE, Kind.INNOVATION: _POSITIVE, Kind.FAULT: _NEGATIVE}


def check_sign(draft: Draft, kind: Kind, value: Decimal, place: tuple[str | int, ...]) -> None:
    """Deductions are negative, everything else positive; nothing is worth 0."""
    zh_sign, en_sign = _SIGNS[kind]
    if value == 0:
        draft.fault("zero_points", *place)
    elif (value < 0) != (kind is Kind.FAULT):
        draft.fault("sign_wrong", *place, kind=kind.value, zh_sign=zh_sign, en_sign=en_sign, value=value)


def check_unit(draft: Draft, unit: str | None, *place: str | int) -> None:
    """A unit is a common one, or named in the book."""
    if unit is not None and unit not in UNITS and unit not in draft.book.units:
        choices = ", ".join([*UNITS, *draft.book.units])
        draft.fault("unknown_unit", *place, name=unit, choices=choices)


def check_units_max(draft: Draft, code: str, item: ItemText) -> None:
    """A bound on a day's units is one on what adds up; and nobody's day has more than its hours."""
    if item.units_max is None:
        return
    unit = unit_of(item)
    if unit in (None, PERCENT):
        draft.fault("units_max_uncounted", "items", code, "units_max")
    elif unit == HOURS and item.units_max.value > HOURS_OF_DAY:
        draft.fault("units_max_hours", "items", code, "units_max", "value", value=item.units_max.value)


def check_measure(draft: Draft, code: str, item: ItemText, measure: MeasureText) -> None:
    """A measure has one form, with what that form needs and nothing else (scoring, section 2, rule 4)."""
    place = ("items", code, "measure")
    if item.kind is Kind.FAULT:
        draft.fault("measure_on_fault", *place)
        return
    forms = [name for name in ("best", "ladder", "rate", "worth") if getattr(measure, name) is not None]
    if len(forms) != 1:
        draft.fault("measure_forms", *place)
    if measure.best is None:
        _check_amount(draft, code, item, measure)
    else:
        _check_best(draft, item, (*place, "best"))
    if measure.ladder is not None:
        _check_ladder(draft, item.kind, measure.ladder, (*place, "ladder"))
    if measure.worth is not None:
        check_sign(draft, item.kind, measure.worth.points, (*place, "worth", "points"))


def _check_amount(draft: Draft, code: str, item: ItemText, measure: MeasureText) -> None:
    """What counts by amount has no matter that could count once; a fraction says what it counts."""
    place = ("items", code, "measure")
    if item.matter not in (None, Matter.NONE):
        draft.fault("matter_on_amount", "items", code, "matter")
    fraction = measure.rate is not None or measure.worth is not None
    if fraction and measure.unit is None:
        draft.fault("measure_unit_missing", *place)
    for name in ("unit", "rounding"):
        if not fraction and getattr(measure, name) is not None:
            draft.fault("measure_fraction_only", *place, name, name=name)
    check_unit(draft, measure.unit, *place, "unit")


def _check_best(draft: Draft, item: ItemText, place: tuple[str, ...]) -> None:
    """The best are picked among cells, so the entries of a cell must be worth the same."""
    if item.points is not None and item.points.per is not None:
        draft.fault("best_per_unit", *place)
    if item.chosen is not None and item.matter is not Matter.REQUIRED:
        draft.fault("best_of_range", *place)


def _check_ladder(draft: Draft, kind: Kind, ladder: LadderText, place: tuple[str, ...]) -> None:
    check_unit(draft, ladder.unit, *place, "unit")
    for number, (below, above) in enumerate(itertools.pairwise(ladder.rungs), start=1):
        if above.units <= below.units or abs(above.points) <= abs(below.points):
            draft.fault("rungs_order", *place, "rungs", number)
    for number, rung in enumerate(ladder.rungs):
        check_sign(draft, kind, rung.points, (*place, "rungs", number, "points"))
