"""A rating down to its inputs, as screens and papers show it: points of every reading, and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.files.core import Evidence
from app.ratings.core import RatingView, Said, Value
from app.ratings.scoring import BONUS, Reading, judge
from app.ratings.wording import told
from app.rules.points import printed_number
from app.rules.stars import BY_HAND, Stars

Number = int | float  # of points, as they are printed


@dataclass(frozen=True, slots=True)
class SaidPoints:
    """A value as somebody entered it, with the points that it gives."""

    part: int
    whole: int
    points: Number
    note: str | None
    by: UUID | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class MeasuredPoints:
    """What the service found, and how; nothing to read where ``part`` and ``whole`` are None."""

    part: int | None
    whole: int | None
    points: Number
    formula_zh: str
    formula_en: str
    inputs: Mapping[str, Any]
    edition: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class IndicatorPoints:
    """An indicator with all that is known: measured, self, committee and final side by side."""

    indicator: str
    name_zh: str
    name_en: str
    module: str | None
    points_max: Number
    measure: str
    measured: MeasuredPoints | None
    own: SaidPoints | None
    committee: SaidPoints | None
    points: Number
    remark: str | None
    files: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ReasonTold:
    """One step of the way to the star."""

    cause: str
    star: int | None
    zh: str
    en: str


def reasons_of(view: RatingView) -> list[ReasonTold]:
    """In the order in which they were found."""
    return [
        ReasonTold(one.cause.value, one.star, zh, en)
        for one in view.rating.reasons
        for zh, en in [told(view.sheet, one)]
    ]


def indicators_of(view: RatingView) -> list[IndicatorPoints]:
    """Those of the sheet in its order, then what stands beside it; none while nothing was entered or decided."""
    if not view.values and not view.steps:
        return []
    values = {one.indicator: one for one in view.values}
    found = [_indicator(view, one.code, values.get(one.code)) for one in view.sheet.indicators]
    beside = [code for code in values if view.sheet.indicator(code) is None]
    return found + [_indicator(view, code, values[code]) for code in sorted(beside)]


def _indicator(view: RatingView, code: str, value: Value | None) -> IndicatorPoints:
    sheet, one = view.sheet, view.sheet.indicator(code)
    final = None if value is None else value.final
    judged = None if one is None else judge(one, final, sheet.round.answers_min)
    name = sheet.bonus.name if code == BONUS else None if one is None else one.name
    most = sheet.bonus.cap if code == BONUS else 0 if one is None else one.points
    return IndicatorPoints(
        indicator=code,
        name_zh=code if name is None else name.zh,
        name_en=code if name is None else name.en,
        module=None if one is None else one.module,
        points_max=printed_number(most, sheet.decimals),
        measure=BY_HAND if one is None else one.measure,
        measured=None if value is None else _measured(sheet, code, value),
        own=None if value is None else _said(sheet, code, value.own),
        committee=None if value is None else _said(sheet, code, value.committee),
        points=_points(sheet, code, final),
        remark=None if judged is None or judged.remark is None else judged.remark.value,
        files=() if value is None else tuple(view.files.get(value.id, ())),
    )


def _measured(sheet: Stars, code: str, value: Value) -> MeasuredPoints | None:
    found = value.measured
    if found is None:
        return None
    return MeasuredPoints(
        part=None if found.reading is None else found.reading.part,
        whole=None if found.reading is None else found.reading.whole,
        points=_points(sheet, code, found.reading),
        formula_zh=found.zh,
        formula_en=found.en,
        inputs=found.inputs,
        edition=found.edition,
        at=found.at,
    )


def _said(sheet: Stars, code: str, said: Said | None) -> SaidPoints | None:
    if said is None:
        return None
    read = said.reading
    return SaidPoints(read.part, read.whole, _points(sheet, code, read), said.note, said.by, said.at)


def _points(sheet: Stars, code: str, reading: Reading | None) -> Number:
    """Exact points brought to the sheet's places for the eye; the score rounds once, over all of them."""
    one = sheet.indicator(code)
    if one is not None:
        exact = judge(one, reading, sheet.round.answers_min).points
    else:
        exact = Fraction(min(reading.part, sheet.bonus.cap) if reading is not None and code == BONUS else 0)
    return printed_number(int(exact + Fraction(1, 2)), sheet.decimals)
