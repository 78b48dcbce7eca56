"""The yearly round: its values, the life of a rating, and what follows from a star until the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.files.core import Evidence
from app.kit.digests import canonical, digest
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.ratings.starring import Reason
from app.rules.stars import Downgrade, DowngradeEffect, DowngradeGround, Stars

PAGE_MAX = 200
PROBLEMS_MAX = 50


class RoundState(StrEnum):
    """The life of a round."""

    OPEN = "open"  # branches rate themselves, committees correct and sign
    DECIDING = "deciding"  # the district decides on five stars, then committees on the others
    NOTICE = "notice"
    NAMED = "named"
    WITHDRAWN = "withdrawn"


class RatingState(StrEnum):
    """Where the rating of one branch stands."""

    SELF = "self"  # the branch's turn
    RETURNED = "returned"  # the branch's turn again, with what is missing
    COMMITTEE = "committee"
    SIGNED = "signed"
    DECIDING = "deciding"  # the star is reckoned and waits for its decision
    DECIDED = "decided"
    NOTICE = "notice"
    DISPUTED = "disputed"  # an objection is open
    NAMED = "named"
    UNRATED = "unrated"  # no star in this round: too new, or a ground of veto
    WITHDRAWN = "withdrawn"  # with its round


BRANCH_TURN = frozenset({RatingState.SELF, RatingState.RETURNED})
ON_NOTICE = frozenset({RatingState.NOTICE, RatingState.DISPUTED})
PUBLIC = ON_NOTICE | {RatingState.NAMED}  # what everybody of the district may see


class Action(StrEnum):
    """One step of a rating, or one decision about a branch."""

    FILLED = "filled"
    SUBMITTED = "submitted"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    CORRECTED = "corrected"
    SIGNED = "signed"
    EXCEPTED = "excepted"
    RECKONED = "reckoned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FILED = "filed"
    NOTICED = "noticed"
    OBJECTED = "objected"
    ANSWERED = "answered"
    NAMED = "named"
    DOWNGRADED = "downgraded"
    VETOED = "vetoed"
    WITHDRAWN = "withdrawn"


class PlanKind(StrEnum):
    """What is agreed with a branch of few stars."""

    RECTIFICATION = "rectification"
    CULTIVATION = "cultivation"


class PlanState(StrEnum):
    """The life of a plan."""

    OPEN = "open"
    ACCEPTED = "accepted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Round:
    """A round as it was published at its opening; shares and tie-breakers are those of the edition."""

    id: UUID
    code: str
    edition: str
    cut_off: date
    first_round: bool
    state: RoundState
    opened_by: UUID | None
    opened_at: datetime
    input_digest: bytes
    named_on: date | None = None
    reason: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Pool:
    """Committees whose branches share the places of a quota; ``count`` branches are rated now."""

    star: int
    name: str
    committees: tuple[UUID, ...]
    count: int
    places: int


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with its pools and how far its ratings are."""

    round: Round
    sheet: Stars
    pools: tuple[Pool, ...]
    states: Mapping[RatingState, int]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a round: the year, and committees whose branches are counted together for a quota."""

    id: UUID
    year: int
    together: tuple[tuple[UUID, ...], ...] = ()

    def digest(self) -> bytes:
        return digest(canonical([self.year, [[str(one) for one in group] for group in self.together]]))


@dataclass(frozen=True, slots=True)
class Rating:
    """One branch in one round.

    ``last`` is last year's star or mark. ``star`` is what holds now, ``named_star`` what it was named with;
    ``decided_star`` is what its decider has confirmed. ``refusal`` are the words by which the highest star was refused.
    """

    id: UUID
    round_id: UUID
    branch_id: UUID
    path: str
    committee_id: UUID
    pool: str
    founded_on: date | None
    last: int | None
    state: RatingState
    version: int
    score: int | None = None
    star: int | None = None
    scored_as: int | None = None
    decided_star: int | None = None
    named_star: int | None = None
    exception: str | None = None
    refusal: str | None = None
    reasons: tuple[Reason, ...] = ()
    signed_by: UUID | None = None
    notice_from: date | None = None
    notice_until: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody entered for an indicator, with words."""

    reading: Reading
    note: str | None = None
    by: UUID | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """An indicator of a rating: what was measured, what the branch said and what the committee found, side by side."""

    id: UUID
    rating_id: UUID
    indicator: str
    measured: Measured | None = None
    own: Said | None = None
    committee: Said | None = None

    @property
    def final(self) -> Reading | None:
        """The committee's finding, else what was measured, else what the branch said."""
        if self.committee is not None:
            return self.committee.reading
        if self.measured is not None and self.measured.reading is not None:
            return self.measured.reading
        return None if self.own is None else self.own.reading


@dataclass(frozen=True, slots=True)
class Entry:
    """A value as it is sent; ``files`` are digests of evidence.

    ``points`` are printed points that a person gives, in place of a part of a whole.
    """

    indicator: str
    reading: Reading
    note: str | None = None
    files: tuple[str, ...] = ()
    points: Decimal | None = None

    def sent(self) -> list[Any]:
        points = None if self.points is None else str(self.points.normalize())
        return [self.indicator, self.reading.part, self.reading.whole, points, self.note, sorted(self.files)]


@dataclass(frozen=True, slots=True)
class Step:
    """What a caller sends with a verb: the id of the step, what was seen, and the words."""

    id: UUID
    seen: int | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One step with who, when and why; a decision about a branch beyond a round has no rating.

    ``ground`` is a code of the sheet, ``star`` what is left after it, ``effective_on`` the day from which it holds.
    ``answers`` is the objection that an answer belongs to.
    """

    id: UUID
    branch_id: UUID
    rating_id: UUID | None
    action: Action
    at: datetime
    by: UUID | None
    effective_on: date
    basis: str | None = None
    ground: str | None = None
    star: int | None = None
    answers: UUID | None = None
    input_digest: bytes = b""


@dataclass(frozen=True, slots=True)
class RatingView:
    """A rating with everything that explains it."""

    rating: Rating
    branch: str
    sheet: Stars
    values: tuple[Value, ...]
    steps: tuple[Decision, ...]
    files: Mapping[UUID, tuple[Evidence, ...]] = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class RatingLine:
    """A rating in a list."""

    rating: Rating
    branch: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of a plan, struck off when it is put right; numbered from 1."""

    number: int
    text: str
    person: str
    due_on: date
    struck_on: date | None = None
    struck_by: UUID | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is put right, or cultivated, by when. ``misses`` counts the deadlines that passed without it.

    ``helper_id`` is the branch that helps.
    """

    id: UUID
    rating_id: UUID
    branch_id: UUID
    path: str
    kind: PlanKind
    state: PlanState
    problems: tuple[Problem, ...]
    opened_on: date
    opened_by: UUID | None
    due_on: date
    input_digest: bytes
    extended_on: date | None = None
    misses: int = 0
    closed_on: date | None = None
    closed_by: UUID | None = None
    note: str | None = None
    helper_id: UUID | None = None
    version: int = 1

    @property
    def open_problems(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.problems if one.struck_on is None)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan after a verb."""

    plan: Plan
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """A branch that may lead a grid on a day, until its naming ends."""

    branch_id: UUID
    path: str
    star: int
    until: date


@dataclass(frozen=True, slots=True)
class Held:
    """A named rating with the decisions since, for the star of a day."""

    rating: Rating
    edition: str
    downgrades: tuple[Decision, ...] = ()

    def star_on(self, day: date) -> int | None:
        """The star on a day of its validity; None: none."""
        star = self.rating.named_star
        for one in sorted(self.downgrades, key=lambda one: (one.effective_on, one.at)):
            if one.effective_on <= day:
                star = one.star
        return star


@dataclass(frozen=True, slots=True)
class Listed:
    """A branch on the district's list: its stars in the last rounds, the latest first."""

    branch_id: UUID
    branch: str
    stars: tuple[int | None, ...]


def lowered(downgrade: Downgrade, star: int) -> int | None:
    """What a downgrade leaves of a star; the lowest has nothing below it but none."""
    return None if downgrade.effect is DowngradeEffect.NO_STAR else max(star - 1, 1)


def grounds_met(downgrade: Downgrade, misses: int) -> bool:
    """Whether what the register holds bears the ground; the others are borne by the decision's own basis."""
    return downgrade.ground is not DowngradeGround.MISSED_CORRECTIONS or misses >= downgrade.times


def is_listed(sheet: Stars, stars: Sequence[int | None]) -> bool:
    """Whether a branch stayed at few stars, or at none for a veto, in each of its last rounds, the latest first."""
    rule = sheet.rectification
    last = stars[: rule.listed_years]
    return len(last) == rule.listed_years and all((one or 0) <= rule.listed_at_most for one in last)
