"""From how a branch stands on each indicator to its score (scoring, section 6, step 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.rules.stars import BY_HAND, MEASURES, Indicator, Quantity, ScaleForm, ScoreRounding, Stars

BONUS = "bonus"  # the code under which the bonus stands beside the indicators
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """How a branch stands on one indicator: ``part`` of ``whole``.

    A rate is what was done of what was due, a survey the satisfied of those who answered, a mean the sum of printed
    points over the members, a count or a state ``part`` of one; points that a person gives are ``part``, in the sheet's
    smallest unit. Of nothing due (0 of 0) everything was done.
    """

    part: int
    whole: int = 1

    @property
    def value(self) -> Fraction | None:
        """None where there is nothing that it could be a part of."""
        return Fraction(self.part, self.whole) if self.whole else None


class Remark(StrEnum):
    """What has to be said beside an indicator's points."""

    NOTHING_DUE = "nothing_due"  # 0 of 0: full points
    NO_VALID_SURVEY = "no_valid_survey"  # too few answers: full points
    NOT_SUPPLIED = "not_supplied"  # the service does not know it yet, and nobody entered it: full points
    NOT_ENTERED = "not_entered"  # it is entered by hand, and was not: no points


@dataclass(frozen=True, slots=True)
class Judged:
    """An indicator's exact points in the smallest unit, and what has to be said of them."""

    points: Fraction
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A branch's score in the smallest unit, rounded once; modules and indicators are exact.

    ``bonus`` is what counted of it.
    """

    points: int
    modules: Mapping[str, Fraction]
    indicators: Mapping[str, Judged]
    bonus: int

    def key(self, order: Sequence[str]) -> tuple[Fraction, ...]:
        """What ties are broken by, the first first: the score, modules and indicators."""
        return tuple(self._named(name) for name in order)

    def _named(self, name: str) -> Fraction:
        if name in self.modules:
            return self.modules[name]
        return self.indicators[name].points if name in self.indicators else Fraction(self.points)


def is_survey(indicator: Indicator) -> bool:
    known = MEASURES.get(indicator.measure)
    return known is not None and known.quantity is Quantity.SURVEY


def is_valid_survey(reading: Reading | None, answers_min: int) -> bool:
    return reading is not None and reading.whole >= answers_min


def judge(indicator: Indicator, reading: Reading | None, answers_min: int) -> Judged:
    """The points of one indicator, from none to all of its own."""
    full = Fraction(indicator.points)
    if reading is None:
        by_hand = indicator.measure == BY_HAND
        return Judged(Fraction(0), Remark.NOT_ENTERED) if by_hand else Judged(full, Remark.NOT_SUPPLIED)
    if is_survey(indicator) and not is_valid_survey(reading, answers_min):
        return Judged(full, Remark.NO_VALID_SURVEY)
    value = reading.value
    if value is None:
        return Judged(full, Remark.NOTHING_DUE)
    return Judged(min(max(_scaled(indicator, value), Fraction(0)), full))


def _scaled(indicator: Indicator, value: Fraction) -> Fraction:
    scale, full = indicator.scale, Fraction(indicator.points)
    if scale.form is ScaleForm.MET:
        return full if value >= 1 else Fraction(0)
    if scale.form is ScaleForm.RATE:
        return value * full
    if scale.form is ScaleForm.EACH:
        return value * scale.per_unit
    if scale.form is ScaleForm.GIVEN:
        return value
    known = MEASURES.get(indicator.measure)
    is_share = known is not None and known.quantity in (Quantity.RATE, Quantity.SURVEY)
    measured = value * PERCENT if is_share else value
    return (measured - scale.low) / (scale.high - scale.low) * full


def score(sheet: Stars, readings: Mapping[str, Reading | None]) -> Score:
    """All indicators together and at most so much of the bonus; brought to the sheet's places once, at the end."""
    judged = {one.code: judge(one, readings.get(one.code), sheet.round.answers_min) for one in sheet.indicators}
    modules = {
        module.code: sum((judged[one.code].points for one in sheet.indicators_of(module.code)), Fraction(0))
        for module in sheet.modules
    }
    given = readings.get(BONUS)
    bonus = min(max(given.part, 0), sheet.bonus.cap) if given is not None else 0
    return Score(_rounded(sum(modules.values(), Fraction(bonus)), sheet.round.rounding), modules, judged, bonus)


def _rounded(points: Fraction, rounding: ScoreRounding) -> int:
    return int(points if rounding is ScoreRounding.DOWN else points + Fraction(1, 2))
