"""Runs an example of an appraisal: from its secretaries through the grading to what differs.

They take the way of real ones: the same readings, the same points, the same quota.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from app.appraisals.grading import (
    Candidate,
    Frame,
    Graded,
    Reason,
    Votes,
    grade_all,
    poll_of_votes,
    reading_of_votes,
)
from app.ratings.scoring import Reading
from app.rules.appraisal import Appraisal, GradeCause, Part, PartForm, PartMeasure
from app.rules.appraisal_example import AppraisalExample, ExampleSecretary
from app.rules.stars import Stars
from app.trials.sheet import Compared, Difference, SheetPart, differing

_STARS = 5


@dataclass(frozen=True, slots=True)
class AppraisalVerdict:
    """What became of an example of an appraisal; it holds if nothing differs."""

    example: AppraisalExample
    differences: tuple[Difference[Reason], ...]
    graded: tuple[Graded, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def judge_appraisal(sheet: Stars, section: Appraisal, example: AppraisalExample) -> AppraisalVerdict:
    """Grade the example's secretaries by the section."""
    lines = [
        (line, [_candidate(section, line, UUID(int=number * 10_000 + at)) for at in range(line.count)])
        for number, line in enumerate(example.secretaries)
    ]
    frame = Frame(sheet.round.answers_min, sheet.round.rounding)
    graded = grade_all(section, frame, [one for _, made in lines for one in made])
    found = [(line, [graded[one.id] for one in made]) for line, made in lines]
    return AppraisalVerdict(example, tuple(differing(found, _compare)), tuple(graded.values()))


def full_part(part: Part) -> Reading:
    """What gives all the points of a part."""
    whole = {PartForm.BY_STAR: _STARS, PartForm.LINEAR: part.high, PartForm.GIVEN: part.points}
    return Reading(whole[part.form]) if part.form in whole else Reading(20, 20)


def _candidate(section: Appraisal, line: ExampleSecretary, secretary: UUID) -> Candidate:
    readings: dict[str, Reading | None] = {one.code: full_part(one) for one in section.parts}
    readings |= {code: Reading(part, whole) for code, (part, whole) in line.readings.items()}
    votes = None if line.votes is None else Votes(line.votes)
    if votes is not None:
        readings |= {
            one.code: reading_of_votes(section, votes) for one in section.parts if one.measure is PartMeasure.VOTES
        }
    readings |= dict.fromkeys(line.without)
    return Candidate(
        id=secretary,
        pool=line.pool,
        months=2 * section.months_min if line.months is None else line.months,
        left=line.left,
        readings=readings,
        poll=None if votes is None else poll_of_votes(section, votes),
        ground=line.ground,
        refusal=line.refusal,
    )


def _compare(line: ExampleSecretary, found: Graded) -> Iterator[Compared]:
    expected = line.expected
    yield "grade", expected.grade, found.grade
    yield "scored_as", expected.scored_as, found.scored_as
    yield "causes", [one.value for one in expected.causes], [one.cause.value for one in found.reasons]
    if expected.score is not None:
        yield "score", expected.score, found.score


def grade_parts(section: Appraisal, verdicts: Iterable[AppraisalVerdict]) -> tuple[SheetPart, ...]:
    """The section's grades, quota, rule of votes and grounds.

    Reached is a grade where somebody starts, the quota and the votes where they cut, and the grounds by any of them.
    """
    reasons = [reason for verdict in verdicts for one in verdict.graded for reason in one.reasons]
    levels = {one.grade for one in reasons if one.cause is GradeCause.LEVEL}
    causes = {one.cause for one in reasons}
    best = section.grades[0].name
    return (
        *(SheetPart(("appraisal", "grades", one.code), one.name, one.code in levels) for one in section.grades),
        SheetPart(("appraisal", "quota"), best, GradeCause.QUOTA in causes),
        SheetPart(("appraisal", "votes"), section.grades[-1].name, GradeCause.VOTES in causes),
        SheetPart(("appraisal", "vetoes"), section.grades[-1].name, GradeCause.GROUND in causes),
    )
