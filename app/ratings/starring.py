"""From scores to stars (scoring, section 6, steps 1 to 9): levels, gates, the step from last year, and the quotas.

Everything that differs between sheets is data of the edition; what stands here is their order. Each branch is told the
reasons for its star in the order in which they were found.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from app.ratings.scoring import Reading, Remark, Score, is_survey, is_valid_survey, score
from app.rules.stars import Cause, Fact, Gate, Pool, Quota, Stars


@dataclass(frozen=True, slots=True)
class Reason:
    """One step: ``star`` is what is left after it, ``about`` the code it is about, ``number`` the number it turns on.

    The number is the score (smallest unit), the share in percent of a survey, last year's star, or the place in the
    order of a quota. ``of`` is how many places there were. ``words`` are those of a decision.
    """

    cause: Cause
    star: int | None = None
    about: str | None = None
    number: int | None = None
    of: int | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Veto:
    """A ground of the sheet, found against the branch by a decision of the day."""

    ground: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Candidate:
    """A branch of the round as it is rated.

    ``pool`` names the committee's pool. ``last`` is last year's star or its "scored as" mark, None for who had none.
    ``exception`` are the words of the decision that frees it from the step, ``refused`` the stars that were refused to
    it, with the reason.
    """

    branch_id: UUID
    pool: str
    founded_on: date | None = None
    vetoes: tuple[Veto, ...] = ()
    last: int | None = None
    readings: Mapping[str, Reading | None] = field(default_factory=dict)
    facts: frozenset[Fact] = frozenset()
    exception: str | None = None
    refused: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rated:
    """A branch's star (None: none this year) with the reasons; ``scored_as`` is the star it missed by a quota."""

    candidate: Candidate
    score: Score
    star: int | None
    reasons: tuple[Reason, ...]
    scored_as: int | None = None


@dataclass(slots=True)
class _State:
    """A branch on its way through the steps."""

    candidate: Candidate
    score: Score
    star: int | None = None
    scored_as: int | None = None
    reasons: list[Reason] = field(default_factory=list)

    def now(self, star: int | None, reason: Reason) -> None:
        self.star = star
        self.reasons.append(reason)


def rate(
    sheet: Stars, cut_off: date, candidates: Sequence[Candidate], *, first_round: bool = False
) -> dict[UUID, Rated]:
    """The stars of a whole round. ``first_round``: the district has rated nobody before.

    A pure function of what is known: after a correction or a refusal it is asked again, from the beginning.
    """
    states = [_reach(sheet, cut_off, one, first_round=first_round) for one in candidates]
    stars = [level.star for level in sheet.levels]
    for star in stars:
        for state in states:
            if state.star == star and star in state.candidate.refused:
                state.now(_below(stars, star), Reason(Cause.REFUSED, _below(stars, star), words=_words(state, star)))
        quota = next((one for one in sheet.quotas if one.star == star), None)
        if quota is not None:
            _fill(sheet, quota, states, _below(stars, star))
    return {
        one.candidate.branch_id: Rated(one.candidate, one.score, one.star, tuple(one.reasons), one.scored_as)
        for one in states
    }


def pools_of(quota: Quota, rated: Sequence[str]) -> dict[str, int]:
    """By pool, the places of a quota; ``rated`` names the pool of every branch that is rated."""
    names = ["" if quota.pool is Pool.DISTRICT else one for one in rated]
    numerator, denominator = quota.share
    return {name: names.count(name) * numerator // denominator for name in sorted(set(names))}


def months_later(day: date, months: int) -> date:
    """The day so many months on, or back; of a month that is too short its last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def outside(sheet: Stars, cut_off: date, candidate: Candidate) -> Reason | None:
    """Why the branch is not rated in the round at all (step 1); None if it is."""
    frame = sheet.round
    founded = candidate.founded_on
    if founded is not None and founded > months_later(cut_off, -frame.founded_months):
        return Reason(Cause.NEW, about=founded.isoformat(), number=frame.founded_months)
    since = months_later(cut_off, -frame.look_back_months)
    within = [one for one in candidate.vetoes if since <= one.decided_on <= cut_off]
    if within:
        latest = max(within, key=lambda one: one.decided_on)
        return Reason(Cause.VETO, about=latest.ground, words=latest.decided_on.isoformat())
    return None


def _reach(sheet: Stars, cut_off: date, candidate: Candidate, *, first_round: bool) -> _State:
    """The star that the branch would have if there were no quotas (steps 1 to 6)."""
    state = _State(candidate, score(sheet, candidate.readings))
    out = outside(sheet, cut_off, candidate)
    if out is not None:
        state.reasons.append(out)
        return state
    points = state.score.points
    star = next((level.star for level in sheet.levels if points >= level.low), sheet.levels[-1].star)
    state.now(star, Reason(Cause.LEVEL, star, number=points))
    for code, judged in state.score.indicators.items():
        if judged.remark is Remark.NO_VALID_SURVEY:
            state.reasons.append(Reason(Cause.SURVEY_INVALID, star, about=code))
        if judged.remark is Remark.NOT_SUPPLIED:
            state.reasons.append(Reason(Cause.NOT_SUPPLIED, star, about=code))
    # What is asked of everybody comes before the step, what is asked for the highest star alone after it.
    highest = sheet.levels[0].star
    for gate in sheet.gates:
        if gate.at_most < highest - 1:
            _pass(sheet, gate, state)
    _step(sheet, state, first_round=first_round)
    for gate in sheet.gates:
        if gate.at_most >= highest - 1:
            _pass(sheet, gate, state)
    return state


def _pass(sheet: Stars, gate: Gate, state: _State) -> None:
    if state.star is None or state.star <= gate.at_most:
        return
    if gate.fact is not None:
        if gate.fact not in state.candidate.facts:
            state.now(gate.at_most, Reason(Cause.GATE, gate.at_most, about=gate.code))
        return
    reading = state.candidate.readings.get(gate.survey or "")
    indicator = sheet.indicator(gate.survey or "")
    if reading is None or indicator is None or not _answered(sheet, gate, reading):
        if not gate.unanswered_passes:
            state.now(gate.at_most, Reason(Cause.GATE, gate.at_most, about=gate.code))
        return
    share = Fraction(reading.part * 100, reading.whole)
    if share < gate.at_least:
        state.now(gate.at_most, Reason(Cause.GATE, gate.at_most, about=gate.code, number=int(share)))


def _answered(sheet: Stars, gate: Gate, reading: Reading) -> bool:
    indicator = sheet.indicator(gate.survey or "")
    if indicator is None or not is_survey(indicator):
        return reading.whole > 0  # a share that a person enters
    return is_valid_survey(reading, max(sheet.round.answers_min, 1))


def _step(sheet: Stars, state: _State, *, first_round: bool) -> None:
    step, candidate = sheet.step, state.candidate
    if state.star is None or (first_round and step.first_round_free):
        return
    most = step.first if candidate.last is None else candidate.last + step.up
    if state.star <= most:
        return
    if candidate.exception is not None:
        state.reasons.append(Reason(Cause.EXCEPTION, state.star, number=candidate.last, words=candidate.exception))
    elif candidate.last is None:
        state.now(most, Reason(Cause.FIRST, most))
    else:
        state.now(most, Reason(Cause.STEP, most, number=candidate.last))


def _fill(sheet: Stars, quota: Quota, states: Sequence[_State], lower: int | None) -> None:
    """Steps 7 and 9: whole groups of equals while they fit, and nobody after the first that does not."""
    in_district = quota.pool is Pool.DISTRICT
    rated = [one.candidate.pool for one in states if one.star is not None]
    for pool, places in pools_of(quota, rated).items():
        contenders = [one for one in states if one.star == quota.star and (in_district or one.candidate.pool == pool)]
        contenders.sort(key=lambda one: one.score.key(sheet.order), reverse=True)
        ahead = 0
        for _, group in groupby(contenders, key=lambda one: one.score.key(sheet.order)):
            equals = list(group)
            place = ahead + 1
            fits = ahead + len(equals) <= places  # who found no place is ahead too: nobody slips past a group
            for state in equals:
                if fits:
                    state.reasons.append(Reason(Cause.TAKEN, quota.star, number=place, of=places))
                else:
                    state.now(lower, Reason(Cause.QUOTA, lower, about=str(quota.star), number=place, of=places))
                    state.scored_as = state.scored_as or quota.star
            ahead += len(equals)


def _below(stars: Sequence[int], star: int) -> int | None:
    """The next lower star of the sheet; the lowest stays what it is."""
    return max((one for one in stars if one < star), default=star)


def _words(state: _State, star: int) -> str:
    return state.candidate.refused[star]
