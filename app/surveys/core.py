"""Anonymous surveys: who is asked about what, the sealed box in which answers are only counted, and what may be told.

The box knows which places of the pool are spent and how often each choice was made, and nothing else: no answer stands
in it by itself, no order and no time. Its text has the same length whether it is empty or full.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.kit.digests import canonical, digest
from app.rules.surveys import OVERALL, Sheet, SurveySubject
from app.rules.surveys import SurveyKind as SurveyKind  # noqa: PLC0414 - who answers, told to the routes as well

# Domain, rule 40: fewer answers are not counted. A book may ask for more (``answers_min`` of its stars), not for less.
ANSWERS_MIN = 5
VOTERS_MAX = 2_000
SUBJECTS_MAX = 60
OWN_QUESTIONS_MAX = 5
DAYS_MAX = timedelta(days=61)
PAGE_MAX = 100

# Said with every form and printed on every slip.
PROMISE_ZH = "不登录、不记名；答卷只计数，不保存单份答卷，不记时间。结束之日以前任何人看不到结果；不足五份不公布。"
PROMISE_EN = (
    "No log-in and no name. Answers are only counted; no single answer and no time is kept. Nobody sees a result before"
    " the close, and fewer than five answers are never told."
)

# Without I, L, O and U, which are misread; 60 bits.
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
NUMBER_LENGTH = 8
_COUNT_BYTES = 2
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class SurveyState(StrEnum):
    """The life of a survey; whether a called one is open is said by its days."""

    CALLED = "called"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Calling:
    """What calls a survey. ``own`` are questions of the caller, in Chinese and English, beside those of the form."""

    id: UUID
    title: str
    kind: SurveyKind
    subject: SurveySubject
    about: tuple[UUID, ...]
    voters: int
    opens_on: date
    closes_on: date
    year: int
    own: tuple[tuple[str, str], ...] = ()

    def input_digest(self) -> bytes:
        return digest(
            canonical(
                [
                    self.title,
                    self.kind.value,
                    self.subject.value,
                    [str(one) for one in self.about],
                    self.voters,
                    self.opens_on.isoformat(),
                    self.closes_on.isoformat(),
                    self.year,
                    [list(one) for one in self.own],
                ]
            )
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey as it is kept. ``sheets`` came back, told only after the close and from five on."""

    id: UUID
    number: str
    title: str
    kind: SurveyKind
    subject: SurveySubject
    path: str
    year: int
    sheet: Sheet
    voters: int
    opens_on: date
    closes_on: date
    state: SurveyState
    called_by: UUID | None
    called_at: datetime
    input_digest: bytes
    draws: int = 0
    drawn_by: UUID | None = None
    drawn_at: datetime | None = None
    closed_at: datetime | None = None
    sheets: int | None = None
    reason: str | None = None

    def is_open(self, day: date) -> bool:
        return self.state is SurveyState.CALLED and self.opens_on <= day <= self.closes_on

    def may_be_drawn(self, day: date) -> bool:
        """Again only before the first day: later somebody may have answered, and would get a second code."""
        is_due = self.state is SurveyState.CALLED and day <= self.closes_on
        return is_due and (self.draws == 0 or day < self.opens_on)

    def may_be_closed(self, day: date) -> bool:
        return self.state is SurveyState.CALLED and day > self.closes_on


@dataclass(frozen=True, slots=True)
class Asked:
    """A branch that is asked about (or its secretary), under its name of the day of the call.

    ``answers`` are the valid ones to the first question; None until the close, and where they were too few.
    """

    organisation_id: UUID
    place: int
    name: str
    answers: int | None = None
    satisfied: int | None = None
    unfit: int | None = None


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey with its subjects, and once it is closed how often each choice was made, by subject and question."""

    survey: Survey
    asked: tuple[Asked, ...]
    tallies: Mapping[UUID, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """One choice: about the subject at a place of the sheet (from 1 on), to a question."""

    about: int
    question: str
    choice: str


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What closed surveys of a year say of a branch: satisfied (and unfit) of valid answers.

    Several surveys count together. Of ``invalid`` ones, with too few answers, nothing else is known.
    """

    satisfied: int = 0
    answers: int = 0
    unfit: int = 0
    valid: int = 0
    invalid: int = 0

    def with_one(self, asked: Asked) -> Satisfaction:
        if asked.answers is None:
            return replace(self, invalid=self.invalid + 1)
        return replace(
            self,
            satisfied=self.satisfied + (asked.satisfied or 0),
            answers=self.answers + asked.answers,
            unfit=self.unfit + (asked.unfit or 0),
            valid=self.valid + 1,
        )


# Codes.


def number_of(survey_id: UUID) -> str:
    """The short name by which a survey is found without logging in: the last 40 bits of its id."""
    return _letters(survey_id.int, NUMBER_LENGTH)


def _letters(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, rest = divmod(number, len(CODE_LETTERS))
        found = CODE_LETTERS[rest] + found
    return found


def bare_code(code: str) -> str:
    """A code without what it is printed with, whatever its case and width, and with misread letters put right."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(one for one in plain if one.isalnum()).translate(_MISREAD)


def printed_code(code: str) -> str:
    """In groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def code_context(survey_id: UUID) -> bytes:
    """What binds a code's keyed hash to its survey."""
    return b"survey code " + survey_id.bytes


def box_context(survey_id: UUID) -> bytes:
    """What binds a sealed box to its survey."""
    return b"survey box " + survey_id.bytes


# The box.


@dataclass(frozen=True, slots=True)
class Box:
    """``spent`` has a bit for each place of the pool; ``counts`` a number for each subject, question and choice."""

    spent: bytes
    counts: tuple[int, ...]

    @classmethod
    def empty(cls, voters: int, cells: int) -> Box:
        return cls(bytes((voters + 7) // 8), (0,) * cells)

    @classmethod
    def read(cls, text: str, voters: int) -> Box:
        """The reverse of ``text``."""
        data = bytes.fromhex(text)
        bits = (voters + 7) // 8
        numbers = (data[at : at + _COUNT_BYTES] for at in range(bits, len(data), _COUNT_BYTES))
        return cls(data[:bits], tuple(int.from_bytes(one, "big") for one in numbers))

    def text(self) -> str:
        """Of one length, however much is in it: a sealed box does not tell how many have answered."""
        return (self.spent + b"".join(one.to_bytes(_COUNT_BYTES, "big") for one in self.counts)).hex()

    def is_spent(self, place: int) -> bool:
        return bool(self.spent[place // 8] >> (place % 8) & 1)

    def with_answer(self, place: int, cells: Collection[int]) -> Box:
        """One more answer, and its place in the pool spent. ValueError where it is spent already."""
        if self.is_spent(place):
            raise ValueError("a place is spent once")
        spent = bytearray(self.spent)
        spent[place // 8] |= 1 << (place % 8)
        chosen = frozenset(cells)
        return Box(bytes(spent), tuple(one + (at in chosen) for at, one in enumerate(self.counts)))

    @property
    def sheets(self) -> int:
        return int.from_bytes(self.spent, "big").bit_count()


def cell_of(sheet: Sheet, place: int, question: int, choice: int) -> int:
    """Where the box counts a choice."""
    return place * sheet.cells + question * len(sheet.choices) + choice


@dataclass(frozen=True, slots=True)
class Told:
    """What is left of a box: for each subject its share and its tallies. Below five nothing is, not even how many."""

    sheets: int | None
    asked: tuple[Asked, ...]
    tallies: Mapping[UUID, Mapping[str, Mapping[str, int]]]


def tell(sheet: Sheet, asked: Sequence[Asked], box: Box) -> Told:
    """Turn a box into what may be known.

    A subject with fewer than five valid answers to the first question is left out whole, and of the others each
    question that fewer than five have answered validly.
    """
    results: list[Asked] = []
    tallies: dict[UUID, dict[str, dict[str, int]]] = {}
    for one in asked:
        found = {question.code: _counts(sheet, one.place, at, box) for at, question in enumerate(sheet.questions)}
        valid = {code: _sum(sheet, counts, "valid") for code, counts in found.items()}
        overall = found[OVERALL]
        if valid[OVERALL] < ANSWERS_MIN:
            results.append(one)
            continue
        results.append(
            replace(
                one,
                answers=valid[OVERALL],
                satisfied=_sum(sheet, overall, "satisfied"),
                unfit=_sum(sheet, overall, "unfit"),
            )
        )
        tallies[one.organisation_id] = {code: counts for code, counts in found.items() if valid[code] >= ANSWERS_MIN}
    return Told(box.sheets if box.sheets >= ANSWERS_MIN else None, tuple(results), tallies)


def _counts(sheet: Sheet, place: int, question: int, box: Box) -> dict[str, int]:
    return {choice.code: box.counts[cell_of(sheet, place, question, at)] for at, choice in enumerate(sheet.choices)}


def _sum(sheet: Sheet, counts: Mapping[str, int], quality: str) -> int:
    return sum(counts[one.code] for one in sheet.choices if getattr(one, quality))
