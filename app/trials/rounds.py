"""Runs an example of a round: from its branches through the algorithm of the stars to what differs.

The branches take the way of real ones: the same readings, the same score, the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.ratings.scoring import BONUS, Reading
from app.ratings.starring import Candidate, Rated, Reason, Veto, months_later, rate
from app.rules.core import Edition
from app.rules.star_example import StarBranch, StarExample
from app.rules.stars import MEASURES, Cause, Fact, Indicator, Quantity, ScaleForm, Stars
from app.trials.sheet import Compared, Difference, SheetPart, differing


@dataclass(frozen=True, slots=True)
class RoundVerdict:
    """What became of an example of a round; it holds if nothing differs."""

    example: StarExample
    differences: tuple[Difference[Reason], ...]
    rated: tuple[Rated, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def judge_round(edition: Edition, sheet: Stars, example: StarExample) -> RoundVerdict:
    """Rate the example's branches by the sheet, at the cut-off of the edition's first year."""
    cut_off = date(edition.starts_on.year, *sheet.round.cut_off)
    lines = [
        (line, [_candidate(sheet, cut_off, line, at) for at in _ids(number, line)])
        for number, line in enumerate(example.branches)
    ]
    everybody = [one for _, made in lines for one in made]
    rated = rate(sheet, cut_off, everybody, first_round=example.first_round)
    found = [(line, [rated[one.branch_id] for one in made]) for line, made in lines]
    return RoundVerdict(example, tuple(differing(found, _compare)), tuple(rated.values()))


def _ids(number: int, line: StarBranch) -> Iterator[UUID]:
    """Ids that an example always gives its branches: nothing may hang on them."""
    for at in range(line.count):
        yield UUID(int=number * 10_000 + at)


def _candidate(sheet: Stars, cut_off: date, line: StarBranch, branch_id: UUID) -> Candidate:
    readings: dict[str, Reading | None] = {one.code: full_reading(one) for one in sheet.indicators}
    for code in line.without:
        full = readings[code]
        readings[code] = Reading(0, full.whole if full is not None else 1)
    readings |= {code: Reading(part, whole) for code, (part, whole) in line.readings.items()}
    readings[BONUS] = Reading(line.bonus)
    facts = {Fact.INNOVATION_PROJECT} if line.innovation else set()
    facts |= set() if line.open_rectification else {Fact.NO_OPEN_RECTIFICATION}
    vetoes = tuple(Veto(ground, months_later(cut_off, -months)) for ground, months in line.vetoes.items())
    return Candidate(
        branch_id=branch_id,
        pool=line.pool,
        founded_on=None if line.months_old is None else months_later(cut_off, -line.months_old),
        vetoes=vetoes,
        last=line.last,
        readings=readings,
        facts=frozenset(facts),
        exception=line.exception,
        refused=line.refused,
    )


def full_reading(indicator: Indicator) -> Reading:
    """What gives all the points of an indicator."""
    known = MEASURES.get(indicator.measure)
    scale = indicator.scale
    if known is not None and known.quantity is Quantity.SURVEY:
        return Reading(100, 100)
    if scale.form is ScaleForm.LINEAR:
        return Reading(scale.high)
    if scale.form is ScaleForm.EACH:
        return Reading(-(-indicator.points // scale.per_unit))
    if scale.form is ScaleForm.GIVEN:
        return Reading(indicator.points)
    return Reading(1)


def _compare(line: StarBranch, found: Rated) -> Iterator[Compared]:
    expected = line.expected
    yield "star", expected.star, found.star
    yield "scored_as", expected.scored_as, found.scored_as
    yield "causes", [one.value for one in expected.causes], [one.cause.value for one in found.reasons]
    if expected.score is not None:
        yield "score", expected.score, found.score.points


def star_parts(sheet: Stars, verdicts: Iterable[RoundVerdict]) -> tuple[SheetPart, ...]:
    """The sheet's levels, gates and quotas; reached is a level where a branch starts, a gate or quota that cuts."""
    reasons = [reason for verdict in verdicts for one in verdict.rated for reason in one.reasons]
    levels = {str(one.star) for one in reasons if one.cause is Cause.LEVEL}
    gates = {one.about for one in reasons if one.cause is Cause.GATE}
    quotas = {one.about for one in reasons if one.cause is Cause.QUOTA}
    names = {one.star: one.name for one in sheet.levels}
    return (
        *(SheetPart(("stars", str(one.star)), one.name, str(one.star) in levels) for one in sheet.levels),
        *(SheetPart(("gates", one.code), one.name, one.code in gates) for one in sheet.gates),
        *(SheetPart(("quotas", str(one.star)), names[one.star], str(one.star) in quotas) for one in sheet.quotas),
    )
