"""An example of an appraisal beside the star sheet, as values: the secretaries, and the grade each should have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.rules.appraisal import GradeCause
from app.rules.name import Name


@dataclass(frozen=True, slots=True)
class ExpectedGrade:
    """The grade (None: not graded), the mark of the quota, the causes in their order; the score if it is looked at."""

    causes: tuple[GradeCause, ...]
    grade: str | None = None
    scored_as: str | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class ExampleSecretary:
    """``count`` secretaries alike, with full points on everything but what is said, in post all year.

    ``readings`` are parts on which they have a part of a whole (what people give: in the sheet's smallest unit);
    ``without`` those of which nothing is known; ``votes`` those of the masses by grade. ``line`` is the place in the
    file.
    """

    name: str
    line: int
    expected: ExpectedGrade
    count: int = 1
    pool: str = ""
    months: int | None = None
    left: bool = False
    readings: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    votes: Mapping[str, int] | None = None
    ground: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class AppraisalExample:
    """Everybody of a year."""

    code: str
    title: Name
    file: str
    line: int
    secretaries: tuple[ExampleSecretary, ...]
