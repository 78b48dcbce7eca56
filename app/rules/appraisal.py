"""What branch secretaries are appraised by once a year: a section of the star sheet, once it is loaded.

Frozen values only; the grading is a later decision. Points and coefficients are whole numbers in the sheet's smallest
unit. Cut-off, rounding, notice and the number of answers that make a vote valid are those of the sheet's round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.rules.name import Name

NO_STAR = "none"  # the key of what a branch without a star is worth


class PartMeasure(StrEnum):
    """Who tells how a secretary stands on a part."""

    BRANCH_STAR = "branch_star"  # the star that the branch was named with for the year
    RESPONSIBILITIES = "responsibilities"  # of the duty list, those confirmed as done
    MEMBER_AVERAGE = "member_average"  # as the branch's own rating has it
    GRID_WORK = "grid_work"  # what was due of mentoring, and was held
    VOTES = "votes"  # of the masses, by grades
    BY_HAND = "by_hand"  # a person gives points, with a reason


class PartForm(StrEnum):
    """How it becomes points; each measure has its own."""

    BY_STAR = "by_star"
    RATE = "rate"
    LINEAR = "linear"
    GIVEN = "given"


PART_FORMS: Mapping[PartMeasure, PartForm] = {
    PartMeasure.BRANCH_STAR: PartForm.BY_STAR,
    PartMeasure.RESPONSIBILITIES: PartForm.RATE,
    PartMeasure.MEMBER_AVERAGE: PartForm.LINEAR,
    PartMeasure.GRID_WORK: PartForm.RATE,
    PartMeasure.VOTES: PartForm.RATE,
    PartMeasure.BY_HAND: PartForm.GIVEN,
}


class GradeCause(StrEnum):
    """Why a secretary has the grade: one step of the way to it."""

    LEFT = "left"  # not in post at the cut-off: not graded
    SHORT = "short"  # in post for too short a time: not graded
    LEVEL = "level"  # the grade that the score reaches
    NOTHING_DUE = "nothing_due"  # said of a part: full points
    NOT_SUPPLIED = "not_supplied"  # said of a part: full points
    NO_VALID_VOTE = "no_valid_vote"  # said of a part: full points
    VOTES = "votes"  # too many votes for the last grade
    GROUND = "ground"  # the organisation found a ground of the sheet
    REFUSED = "refused"  # by who decides on the best grade
    TAKEN = "taken"  # has a place of the quota
    QUOTA = "quota"  # found no place: the next lower grade, and a mark


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the appraisal, for at most ``points``.

    ``by_star`` are points by star ("5" to "1", and "none"); ``low`` and ``high`` are printed points of members.
    """

    code: str
    name: Name
    points: int
    article: str
    measure: PartMeasure
    by_star: Mapping[str, int] = field(default_factory=dict)
    low: int = 0
    high: int = 0
    evidence: tuple[Name, ...] = ()

    @property
    def form(self) -> PartForm:
        return PART_FORMS[self.measure]

    @property
    def is_given(self) -> bool:
        """Whether people give it; everything else is measured, and at most corrected."""
        return self.measure in (PartMeasure.BY_HAND, PartMeasure.VOTES)


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade: from which score on it is reached, and its coefficient (never an amount).

    ``by_district``: the district decides on it, else the committee.
    """

    code: str
    name: Name
    low: int
    coefficient: int
    by_district: bool


@dataclass(frozen=True, slots=True)
class Unfitting:
    """A ground on which an organisation finds a secretary unfit, whatever the score."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The whole section. ``grades`` go from the best down; the last is what a ground or the vote leads to.

    At most ``share`` of those graded get the best grade, counted in the district (``in_district``) or by committee. A
    vote for ``satisfied_from`` or better counts as satisfied; more than ``unfit_above`` of the valid votes for the last
    grade decide it. ``order`` names ``score`` and parts. Whoever was in post for less than ``months_min`` at the
    cut-off is not graded.
    """

    name: Name
    months_min: int
    parts: tuple[Part, ...]
    grades: tuple[Grade, ...]
    share: tuple[int, int]
    in_district: bool
    satisfied_from: str
    unfit_above: tuple[int, int]
    order: tuple[str, ...]
    grounds: tuple[Unfitting, ...]

    def part(self, code: str) -> Part | None:
        return next((one for one in self.parts if one.code == code), None)

    def grade(self, code: str) -> Grade | None:
        return next((one for one in self.grades if one.code == code), None)

    @property
    def satisfied(self) -> frozenset[str]:
        """The grades for which a vote counts as satisfied."""
        codes = [one.code for one in self.grades]
        return frozenset(codes[: codes.index(self.satisfied_from) + 1])
