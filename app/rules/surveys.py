"""What anonymous surveys ask: a section of the star sheet, once it is loaded.

Each sheet has closed questions on one scale; the first is the measure. A survey keeps its sheet as it was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

OVERALL = "overall"  # the question by which a survey is measured: the first of every sheet
OWN = "own"  # with a number behind it, the code of a question of whoever calls a survey
CALLER = "caller"  # where such a question comes from


class SurveyKind(StrEnum):
    """Who answers."""

    MEMBERS = "members"
    STAFF = "staff"
    PEERS = "peers"


class SurveySubject(StrEnum):
    """About what of each branch: the branch itself, or its secretary."""

    BRANCH = "branch"
    SECRETARY = "secretary"


class Counts(StrEnum):
    """What a choice counts as; one without is a valid answer that is neither."""

    SATISFIED = "satisfied"  # for the share
    UNFIT = "unfit"  # the worst, by which the rule of one third goes
    INVALID = "invalid"  # who takes it says nothing


@dataclass(frozen=True, slots=True)
class Choice:
    """``satisfied``: it counts for the share; ``unfit``: the worst; not ``valid``: whoever takes it says nothing."""

    code: str
    zh: str
    en: str
    satisfied: bool = False
    unfit: bool = False
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """Closed, for words betray who wrote them; ``source`` says where it comes from."""

    code: str
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is asked: every question on one scale. ``source`` is that of the scale."""

    source: str
    choices: tuple[Choice, ...]
    questions: tuple[Question, ...]

    @property
    def cells(self) -> int:
        """Of one subject."""
        return len(self.questions) * len(self.choices)

    def question(self, code: str) -> int | None:
        return next((place for place, one in enumerate(self.questions) if one.code == code), None)

    def choice(self, code: str) -> int | None:
        return next((place for place, one in enumerate(self.choices) if one.code == code), None)

    def with_own(self, own: Sequence[tuple[str, str]]) -> Sheet:
        """With the caller's own questions (Chinese, English) behind, on the same scale; the first stays the measure."""
        added = tuple(Question(f"{OWN}{number}", zh, en, CALLER) for number, (zh, en) in enumerate(own, start=1))
        return replace(self, questions=(*self.questions, *added))


@dataclass(frozen=True, slots=True)
class AskedSheet:
    """A sheet, and of whom it asks whom."""

    subject: SurveySubject
    kind: SurveyKind
    sheet: Sheet
