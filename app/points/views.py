"""What the ledger's verbs answer: plain values for callers, schemas and upper rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.kit.errors import LongwenError
from app.points.core import Cut, Score
from app.points.duties import DutyCount
from app.points.explaining import Explanation
from app.points.ledger import Balance, DutyRow, Entry
from app.roster.core import MemberView
from app.rules.core import Item, YearForm

PAGE_MAX = 500


def _by_place(cuts: Sequence[Cut]) -> dict[tuple[str, str, str | None], int]:
    """What is cut at each place, for each reason and quarter; several matters of one item are one place."""
    found: dict[tuple[str, str, str | None], int] = {}
    for cut in cuts:
        place = (cut.reason, cut.where, cut.quarter)
        found[place] = found.get(place, 0) + cut.points
    return found


@dataclass(frozen=True, slots=True)
class Effect:
    """What a request did to one member's standing: the numbers before and after, and the ceilings newly biting."""

    cycle: str
    member_id: UUID
    seq: int
    version: int
    before: Score
    after: Score

    @property
    def newly(self) -> tuple[Cut, ...]:
        """What is cut now and was not, or not as much, before."""
        old = _by_place(self.before.cuts)
        new = _by_place(self.after.cuts)
        changed = (Cut(*place, points - old.get(place, 0)) for place, points in new.items())
        return tuple(cut for cut in changed if cut.points)


@dataclass(frozen=True, slots=True)
class PostedItem:
    """What became of one posting: its entries (the first is its own), or the fault that kept it out.

    ``decimals`` are the places of the points of all its entries: they stand in one member's cycle; ``reason`` are the
    words that came with it.
    """

    entries: tuple[Entry, ...] = ()
    replayed: bool = False
    fault: LongwenError | None = None
    decimals: int = 0
    reason: str | None = None


@dataclass(slots=True)
class Posted:
    """The answer to a batch, element by element, and its effect on each (cycle, member)."""

    items: list[PostedItem] = field(default_factory=list)
    effects: dict[tuple[str, UUID], Effect] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """A member's opening balance, as the paper has it: in points as the book prints them.

    ``points`` None takes the rule book's, ``reference`` names the paper it stands on.
    """

    member_id: UUID
    points: int | Decimal | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class YearView:
    """What the year comes to under a book whose cycles are shorter: what counted of its cycles that have ended.

    ``totals`` are effective ones, 0 under a veto. ``result`` is None while no cycle of the year has ended; both are in
    a unit of ``decimals`` places.
    """

    form: YearForm
    totals: Mapping[str, int]
    result: int | None
    decimals: int


@dataclass(frozen=True, slots=True)
class Disputed:
    """What is under appeal of a member's cycle, and the standing without it (scoring, section 2, rule 10).

    ``entries`` are those appealed against; what was booked along with them is left out of ``balance`` too.
    """

    entries: tuple[UUID, ...]
    balance: Balance
    score: Score


@dataclass(frozen=True, slots=True)
class StandingView:
    """A member's present standing in a cycle; ``year`` is None where the cycle is a year.

    ``disputed`` is None while nothing is under appeal.
    """

    member: MemberView
    balance: Balance
    score: Score
    duties: DutyCount
    updated_at: datetime
    year: YearView | None
    disputed: Disputed | None = None


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty with the item that it is of (None: in no rules of the cycle any more), and the units done if it counts."""

    row: DutyRow
    item: Item | None
    done: int | None


@dataclass(frozen=True, slots=True)
class DutiesView:
    """All duties of a member's cycle, by the day on which they are due; ``decimals`` are the places of their shares."""

    cycle: str
    lines: tuple[DutyLine, ...]
    count: DutyCount
    decimals: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries after a number, with the number to ask for next (None: there was nothing more).

    ``decimals`` are the places of their points: in a cycle every edition has the same.
    """

    entries: tuple[tuple[Entry, str | None], ...]
    following: int | None
    decimals: int


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """An explanation with the words of its entries."""

    member: MemberView
    balance: Balance
    explanation: Explanation
    reasons: dict[UUID, str]
    duties: DutyCount


@dataclass(frozen=True, slots=True)
class Corrected:
    """A member at a quarter's end: everything dated up to it, whenever it was booked (scoring, section 2, rule 10)."""

    balance: Balance
    score: Score
    previous: Score
    duties: Sequence[DutyRow]
    disputed: Disputed | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A member as the books have them at a quarter's end: what was booked up to it (scoring, section 2, rule 10).

    ``seq`` and ``running_hash`` are those of the standing at the moment of reading; what was booked up to the quarter
    is numbered up to there. ``edition`` and ``profile`` are the quarter's regime.
    """

    member_id: UUID
    branch_id: UUID  # of the standing
    seq: int
    running_hash: bytes
    edition: str
    profile: str
    opening: int
    vetoes: int
    ranked: bool
    score: Score


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A routine entry that waits for the quarter's check, with its words."""

    entry: Entry
    reason: str | None


@dataclass(frozen=True, slots=True)
class UncheckedGroup:
    """Entries that wait for the check and are alike for who may confirm them.

    ``account_id`` is the member's, where that account holds an office; ``rows`` how many they are.
    """

    branch_id: UUID
    item: str
    edition: str
    profile: str
    recorded_by: UUID | None
    account_id: UUID | None
    rows: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An entry booked in a quarter, about a day before it; ``decimals`` are the places of its points."""

    entry: Entry
    reason: str | None
    decimals: int
