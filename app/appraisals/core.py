"""The yearly appraisal of secretaries: its values, the life of one of them, and who was in post how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.appraisals.grading import Candidate, Frame, Poll, Reason, Votes, poll_of_votes, reading_of_votes
from app.files.core import Evidence
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.ratings.starring import months_later
from app.rules.appraisal import Appraisal as Section
from app.rules.name import Name
from app.rules.stars import Stars

PAGE_MAX = 200


class AppraisalRoundState(StrEnum):
    """The life of a round."""

    OPEN = "open"  # committees give their view and sign
    DECIDING = "deciding"  # graded; district and committees decide
    NOTICE = "notice"
    FILED = "filed"
    WITHDRAWN = "withdrawn"


class AppraisalState(StrEnum):
    """Where the appraisal of one secretary stands."""

    OPEN = "open"
    SIGNED = "signed"
    DECIDING = "deciding"  # the grade is reckoned and waits for its decision
    DECIDED = "decided"
    NOTICE = "notice"
    DISPUTED = "disputed"  # an objection is open
    FILED = "filed"
    UNGRADED = "ungraded"  # in post for too short a time, or gone
    WITHDRAWN = "withdrawn"  # with its round


ON_NOTICE = frozenset({AppraisalState.NOTICE, AppraisalState.DISPUTED})
TOLD = ON_NOTICE | {AppraisalState.FILED, AppraisalState.UNGRADED}  # what the secretary sees whole


class Action(StrEnum):
    """One step of an appraisal, of a round, or of an item of the duty list."""

    MEASURED = "measured"
    GIVEN = "given"
    VETOED = "vetoed"
    SIGNED = "signed"
    REOPENED = "reopened"
    RECKONED = "reckoned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED = "decided"
    NOTICED = "noticed"
    OBJECTED = "objected"
    ANSWERED = "answered"
    FILED = "filed"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The section by which a round goes, and the star sheet around it."""

    stars: Stars
    section: Section

    @property
    def frame(self) -> Frame:
        return Frame(self.stars.round.answers_min, self.stars.round.rounding)

    @property
    def best(self) -> str:
        """The code of the best grade."""
        return self.section.grades[0].code


@dataclass(frozen=True, slots=True)
class Round:
    """A round as it was opened; ``rating_round_id`` is the year's round of stars."""

    id: UUID
    code: str
    rating_round_id: UUID
    edition: str
    cut_off: date
    state: AppraisalRoundState
    opened_by: UUID | None
    opened_at: datetime
    input_digest: bytes
    filed_on: date | None = None
    reason: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with how far its appraisals are, and the places of the best grade by committee ("": the district)."""

    round: Round
    sheet: Sheet
    states: Mapping[AppraisalState, int]
    places: Mapping[str, int]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Spell:
    """One appointment as secretary; both days count."""

    account_id: UUID
    branch_id: UUID
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Tenure:
    """Somebody's unbroken time as secretary of one branch, as it bears on one year.

    ``months`` are full months up to the cut-off, or to the last day of who was gone by then.
    """

    account_id: UUID
    branch_id: UUID
    from_on: date
    until_on: date | None
    months: int
    left: bool


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One secretary of one branch in one round.

    ``grade`` is what holds now, ``decided_grade`` what its decider has confirmed. ``ground`` is a code of the sheet.
    """

    id: UUID
    round_id: UUID
    account_id: UUID
    branch_id: UUID
    path: str
    committee_id: UUID
    post_from: date
    post_until: date | None
    months: int
    is_left: bool
    state: AppraisalState
    version: int = 1
    score: int | None = None
    grade: str | None = None
    scored_as: str | None = None
    decided_grade: str | None = None
    reasons: tuple[Reason, ...] = ()
    ground: str | None = None
    ground_words: str | None = None
    refusal: str | None = None
    signed_by: UUID | None = None
    notice_from: date | None = None
    notice_until: date | None = None
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gave for a part, or corrected it to, with the reason; votes by grade where it was voted on."""

    reading: Reading
    votes: Votes | None
    note: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PartValue:
    """A part of an appraisal: what was measured and what people gave, side by side."""

    id: UUID
    appraisal_id: UUID
    part: str
    measured: Measured | None = None
    given: Given | None = None

    @property
    def final(self) -> Reading | None:
        """What people gave, else what was measured."""
        if self.given is not None:
            return self.given.reading
        return None if self.measured is None else self.measured.reading


@dataclass(frozen=True, slots=True)
class Gift:
    """A part as it is sent: points that a person gives, a corrected reading, or votes by grade."""

    part: str
    note: str
    points: Decimal | None = None
    reading: Reading | None = None
    votes: Votes | None = None
    files: tuple[str, ...] = ()

    def sent(self) -> list[object]:
        points = None if self.points is None else str(self.points.normalize())
        reading = None if self.reading is None else [self.reading.part, self.reading.whole]
        votes = None if self.votes is None else dict(sorted(self.votes.counts.items()))
        return [self.part, self.note, points, reading, votes, sorted(self.files)]


@dataclass(frozen=True, slots=True)
class Done:
    """One step with who, when and why; of an appraisal, of a whole round, or of an item of the duty list.

    ``about`` is the part or ground that it was about, ``answers`` the objection that an answer belongs to.
    """

    id: UUID
    action: Action
    at: datetime
    by: UUID | None
    round_id: UUID | None = None
    appraisal_id: UUID | None = None
    responsibility_id: UUID | None = None
    basis: str | None = None
    about: str | None = None
    grade: str | None = None
    answers: UUID | None = None
    input_digest: bytes = b""


@dataclass(frozen=True, slots=True)
class AppraisalView:
    """An appraisal with what explains it; of somebody else's only the result, where ``is_result``."""

    appraisal: Appraisal
    secretary: str
    branch: str
    sheet: Sheet
    values: tuple[PartValue, ...] = ()
    steps: tuple[Done, ...] = ()
    files: Mapping[UUID, tuple[Evidence, ...]] = field(default_factory=dict)
    is_result: bool = False
    replayed: bool = False


def tenures(spells: Iterable[Spell], first: date, cut_off: date) -> list[Tenure]:
    """Who was secretary of which branch at any time from the first day to the cut-off, and for how long without a gap.

    Appointments that follow each other to the day, or overlap, are one time in post. Of several in one year the last
    counts. In post at the cut-off is who had not left by then.
    """
    chains: dict[tuple[UUID, UUID], list[tuple[date, date | None]]] = {}
    for one in sorted(spells, key=lambda spell: spell.from_on):
        chain = chains.setdefault((one.branch_id, one.account_id), [])
        if chain and (chain[-1][1] is None or one.from_on <= chain[-1][1] + timedelta(days=1)):
            start, end = chain[-1]
            later = None if end is None or one.until_on is None else max(end, one.until_on)
            chain[-1] = (start, later)
        else:
            chain.append((one.from_on, one.until_on))
    found = []
    for (branch_id, account_id), chain in sorted(chains.items()):
        in_year = [pair for pair in chain if pair[0] <= cut_off and (pair[1] is None or pair[1] >= first)]
        if in_year:
            start, end = in_year[-1]
            left = end is not None and end < cut_off
            last = end if end is not None and left else cut_off
            found.append(Tenure(account_id, branch_id, start, end, full_months(start, last), left))
    return found


def full_months(first: date, last: date) -> int:
    """Full months from the first day to the last, both counted: a calendar year is twelve."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return max(months - (months_later(first, months) > after), 0)


def candidate_of(section: Section, found: Appraisal, values: Mapping[str, PartValue]) -> Candidate:
    """Everything that the grading asks of a secretary, as it is known now."""
    polls = [_poll_of(section, value) for value in values.values()]
    return Candidate(
        id=found.id,
        pool=found.committee_id.hex,
        months=found.months,
        left=found.is_left,
        readings={code: value.final for code, value in values.items()},
        poll=next((one for one in polls if one is not None), None),
        ground=found.ground,
        ground_words=found.ground_words,
        refusal=found.refusal,
    )


def _poll_of(section: Section, value: PartValue) -> Poll | None:
    """The votes that were given by hand, else what surveys counted; None of a part that is not voted on."""
    if value.given is not None:
        return None if value.given.votes is None else poll_of_votes(section, value.given.votes)
    inputs = {} if value.measured is None else value.measured.inputs
    return Poll(inputs["unfit"], inputs["answers"]) if "unfit" in inputs else None


def reading_given(sheet: Sheet, gift: Gift) -> Reading | None:
    """What a gift says of its part; None where it says nothing that fits."""
    if gift.votes is not None:
        return reading_of_votes(sheet.section, gift.votes)
    if gift.points is not None:
        units = gift.points.scaleb(sheet.stars.decimals)
        return Reading(int(units)) if units == int(units) else None
    return gift.reading


def missing_parts(sheet: Sheet, values: Mapping[str, PartValue]) -> list[Name]:
    """The parts that people still have to give, by their names."""
    given = {code for code, value in values.items() if value.final is not None}
    return [one.name for one in sheet.section.parts if one.is_given and one.code not in given]
