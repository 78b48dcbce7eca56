"""From how secretaries stand on each part to their grades: one pure function of what is known of all of them.

Nothing is remembered from one run to the next: after a correction, a refusal or an upheld objection all are graded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from app.ratings.scoring import Reading, Remark
from app.rules.appraisal import NO_STAR, Appraisal, Part, PartForm, PartMeasure
from app.rules.appraisal import GradeCause as Cause
from app.rules.stars import BY_SCORE, ScoreRounding

_SAID = {
    Remark.NOTHING_DUE: Cause.NOTHING_DUE,
    Remark.NOT_SUPPLIED: Cause.NOT_SUPPLIED,
    Remark.NO_VALID_SURVEY: Cause.NO_VALID_VOTE,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One step: ``grade`` is what is left after it, ``about`` the code of a part, ground or grade that it is about.

    ``number`` is the score (smallest unit), months in post, votes for the last grade, or the place in the order of the
    quota; ``of`` how many months, valid votes or places there had to be or were. ``words`` are those of a decision.
    """

    cause: Cause
    grade: str | None = None
    about: str | None = None
    number: int | None = None
    of: int | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What the section takes from its sheet's round."""

    answers_min: int
    rounding: ScoreRounding


@dataclass(frozen=True, slots=True)
class Votes:
    """How many voted for each grade; votes for nothing or for two are not valid and not counted here."""

    counts: Mapping[str, int]

    @property
    def valid(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Poll:
    """How many of the valid votes or answers are for the last grade: all that the vote decides by itself."""

    against: int
    valid: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A secretary of a branch as they are appraised.

    ``months`` are full months in this post up to the cut-off, ``left`` who was gone by then. ``pool`` names the
    committee. ``ground`` is a code of the sheet, with the words by which it was found; ``refusal`` are the words by
    which the best grade was refused.
    """

    id: UUID
    pool: str
    months: int
    left: bool = False
    readings: Mapping[str, Reading | None] = field(default_factory=dict)
    poll: Poll | None = None
    ground: str | None = None
    ground_words: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class PartPoints:
    """Points of one part in the smallest unit, rounded once, and what has to be said of them."""

    points: int
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A secretary's grade (None: not graded) with the reasons; ``scored_as`` is the grade missed by the quota.

    ``score`` is the sum of the parts as they are shown.
    """

    candidate: Candidate
    score: int
    parts: Mapping[str, PartPoints]
    grade: str | None
    reasons: tuple[Reason, ...]
    scored_as: str | None = None


@dataclass(slots=True)
class _State:
    candidate: Candidate
    score: int
    parts: Mapping[str, PartPoints]
    grade: str | None = None
    scored_as: str | None = None
    reasons: list[Reason] = field(default_factory=list)

    def now(self, grade: str | None, reason: Reason) -> None:
        self.grade = grade
        self.reasons.append(reason)

    def key(self, order: Sequence[str]) -> tuple[int, ...]:
        """What ties are broken by, the first first."""
        return tuple(self.score if name == BY_SCORE else self.parts[name].points for name in order)


def reading_of_votes(section: Appraisal, votes: Votes) -> Reading:
    """Those satisfied, of the valid ones."""
    return Reading(sum(votes.counts.get(code, 0) for code in section.satisfied), votes.valid)


def poll_of_votes(section: Appraisal, votes: Votes) -> Poll:
    """Those for the last grade, of the valid ones."""
    return Poll(votes.counts.get(section.grades[-1].code, 0), votes.valid)


def points_of(part: Part, reading: Reading | None, frame: Frame) -> PartPoints:
    """The points of one part, from none to all of its own, in the smallest unit.

    Each part rounds once by itself, so that the score is the sum of what is shown.
    """
    if reading is None:
        return PartPoints(0, Remark.NOT_ENTERED) if part.is_given else PartPoints(part.points, Remark.NOT_SUPPLIED)
    if part.measure is PartMeasure.VOTES and reading.whole < frame.answers_min:
        return PartPoints(part.points, Remark.NO_VALID_SURVEY)
    value = reading.value
    if value is None:
        return PartPoints(part.points, Remark.NOTHING_DUE)
    exact = min(max(_scaled(part, value), Fraction(0)), Fraction(part.points))
    return PartPoints(int(exact if frame.rounding is ScoreRounding.DOWN else exact + Fraction(1, 2)))


def _scaled(part: Part, value: Fraction) -> Fraction:
    if part.form is PartForm.BY_STAR:
        return Fraction(part.by_star.get(str(int(value)), part.by_star[NO_STAR]))
    if part.form is PartForm.LINEAR:
        return (value - part.low) / (part.high - part.low) * part.points
    return value if part.form is PartForm.GIVEN else value * part.points


def grade_all(section: Appraisal, frame: Frame, candidates: Sequence[Candidate]) -> dict[UUID, Graded]:
    """The grades of a whole round, by the candidates' ids."""
    states = [_reach(section, frame, one) for one in candidates]
    best, below = section.grades[0].code, section.grades[1].code
    for state in states:
        if state.grade == best and state.candidate.refusal is not None:
            state.now(below, Reason(Cause.REFUSED, below, words=state.candidate.refusal))
    _fill(section, states)
    return {
        one.candidate.id: Graded(one.candidate, one.score, one.parts, one.grade, tuple(one.reasons), one.scored_as)
        for one in states
    }


def places_of(section: Appraisal, graded: Sequence[str]) -> dict[str, int]:
    """By pool, the places of the best grade; ``graded`` names the pool of everybody who is graded."""
    names = ["" if section.in_district else one for one in graded]
    numerator, denominator = section.share
    return {name: names.count(name) * numerator // denominator for name in sorted(set(names))}


def not_graded(section: Appraisal, candidate: Candidate) -> Reason | None:
    """Why somebody has no grade this year; None for who has one."""
    if candidate.left:
        return Reason(Cause.LEFT, number=candidate.months)
    if candidate.months < section.months_min:
        return Reason(Cause.SHORT, number=candidate.months, of=section.months_min)
    return None


def _reach(section: Appraisal, frame: Frame, candidate: Candidate) -> _State:
    """The grade that somebody would have if there were no quota."""
    parts = {one.code: points_of(one, candidate.readings.get(one.code), frame) for one in section.parts}
    state = _State(candidate, sum(one.points for one in parts.values()), parts)
    out = not_graded(section, candidate)
    if out is not None:
        state.reasons.append(out)
        return state
    last = section.grades[-1].code
    reached = next((one.code for one in section.grades if state.score >= one.low), last)
    state.now(reached, Reason(Cause.LEVEL, reached, number=state.score))
    for code, found in parts.items():
        said = None if found.remark is None else _SAID.get(found.remark)
        if said is not None:
            state.reasons.append(Reason(said, reached, about=code))
    poll = candidate.poll
    if poll is not None and poll.valid >= frame.answers_min and _is_outvoted(section, poll):
        state.now(last, Reason(Cause.VOTES, last, number=poll.against, of=poll.valid))
    if candidate.ground is not None:
        state.now(last, Reason(Cause.GROUND, last, about=candidate.ground, words=candidate.ground_words))
    return state


def _is_outvoted(section: Appraisal, poll: Poll) -> bool:
    """Whether more than the share of the valid votes is for the last grade; the share itself is not more."""
    numerator, denominator = section.unfit_above
    return poll.against * denominator > poll.valid * numerator


def _fill(section: Appraisal, states: Sequence[_State]) -> None:
    """Whole groups of equals while they fit, and nobody after the first that does not."""
    best, below = section.grades[0].code, section.grades[1].code
    pools = places_of(section, [one.candidate.pool for one in states if one.grade is not None])
    for pool, places in pools.items():
        contenders = [
            one for one in states if one.grade == best and (section.in_district or one.candidate.pool == pool)
        ]
        contenders.sort(key=lambda one: one.key(section.order), reverse=True)
        ahead = 0
        for _, group in groupby(contenders, key=lambda one: one.key(section.order)):
            equals = list(group)
            fits = ahead + len(equals) <= places  # who found no place is ahead too: nobody slips past a group
            for state in equals:
                if fits:
                    state.reasons.append(Reason(Cause.TAKEN, best, number=ahead + 1, of=places))
                else:
                    state.now(below, Reason(Cause.QUOTA, below, about=best, number=ahead + 1, of=places))
                    state.scored_as = best
            ahead += len(equals)
