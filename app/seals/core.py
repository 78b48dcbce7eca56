"""The life of a quarter from its last day to the seal, as a function of days and facts (design, section 9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.auth.core import Role
from app.cycles.core import NOTICE_DAY, Quarter, QuarterState
from app.points.core import Score
from app.points.views import Unchecked
from app.rules.core import Item
from app.rules.name import Name
from app.submissions.core_reviewing import STANDING_IN, Holders, may_review, offices_of, steps_of

NOTICE_DAYS = 7  # in full, beside the day on which the notice begins
COMMITTEE_DAYS = 5  # working days of the committee for what a branch has not confirmed
NEAR_DAYS = 1  # working days before a deadline at which it is called near
PAGE_MAX = 500
# Who confirms once the branch's time is over.
ABOVE_BRANCHES = frozenset({Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER})


class Stage(StrEnum):
    """How far a branch is with a quarter."""

    RECORDING = "recording"  # until the 10th
    CHECKING = "checking"  # until the 15th
    LATE = "late"  # the 15th has passed with rows unconfirmed: it is the committee's now
    READY = "ready"  # all rows confirmed, the notice not begun
    ON_NOTICE = "on_notice"
    NOTICED = "noticed"  # the notice is over; the seal waits for others
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Notice:
    """Days in which results are open to objection, both included; a row's has a member.

    ``begun_at`` is the moment: what is booked afterwards changes a row that is on notice.
    """

    id: UUID
    quarter: str
    branch_id: UUID
    member_id: UUID | None
    from_on: date
    until_on: date
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class BranchLife:
    """What decides a branch's stage: how many of its rows nobody has confirmed, and its first notice."""

    branch_id: UUID
    unchecked: int
    notice: Notice | None = None


def check_due_on(quarter: Quarter) -> date:
    """The last day on which the branch itself confirms: the 15th of the month after the quarter."""
    return (quarter.ends_on + timedelta(days=1)).replace(day=NOTICE_DAY - 1)


def notice_until(begins_on: date) -> date:
    """The last day of a notice, before a day off there puts it off: the day on which it begins does not count."""
    return begins_on + timedelta(days=NOTICE_DAYS)


def stage_of(quarter: Quarter, branch: BranchLife, today: date) -> Stage:
    """Where a branch stands; the quarter's state is the one that the calendar has brought it to by now."""
    if quarter.state is QuarterState.SEALED:
        return Stage.SEALED
    if branch.notice is not None:
        return Stage.ON_NOTICE if today <= branch.notice.until_on else Stage.NOTICED
    if quarter.state is QuarterState.OPEN:
        return Stage.RECORDING
    if quarter.state is QuarterState.CHECK:
        return Stage.CHECKING if branch.unchecked else Stage.READY
    return Stage.LATE if branch.unchecked else Stage.READY


def notices_due(quarter: Quarter, branches: Iterable[BranchLife]) -> list[UUID]:
    """The branches whose results go on notice now: the check's days are over and every row is confirmed."""
    if quarter.state is not QuarterState.NOTICE:
        return []
    return [one.branch_id for one in branches if one.notice is None and not one.unchecked]


def is_seal_due(quarter: Quarter, branches: Iterable[BranchLife], today: date) -> bool:
    """Whether the last branch's first notice is over. Notices of rows that were corrected do not delay it."""
    if quarter.state is not QuarterState.NOTICE:
        return False
    return all(one.notice is not None and one.notice.until_on < today and not one.unchecked for one in branches)


@dataclass(frozen=True, slots=True)
class Correction:
    """The last change of a member's row: what was booked in the quarter, and when."""

    member_id: UUID
    branch_id: UUID  # on the quarter's last day
    at: datetime


def rows_restarted(corrections: Iterable[Correction], notices: Iterable[Notice]) -> list[Correction]:
    """Those that changed a row after its notice had begun: that row alone is put on notice again.

    A branch that is not on notice yet shows what was corrected when its own begins.
    """
    of_branch: dict[UUID, datetime] = {}
    of_row: dict[UUID, datetime] = {}
    for one in notices:
        if one.member_id is None:
            of_branch[one.branch_id] = one.begun_at
        else:
            of_row[one.member_id] = max(one.begun_at, of_row.get(one.member_id, one.begun_at))
    found = []
    for correction in corrections:
        first = of_branch.get(correction.branch_id)
        if first is not None and correction.at > max(first, of_row.get(correction.member_id, first)):
            found.append(correction)
    return found


# Who confirms.


def may_check(
    item: Item | None,
    roles: frozenset[Role],
    account_id: UUID | None,
    concerned: Collection[UUID | None],
    *,
    is_late: bool,
    is_service: bool = False,
) -> bool:
    """Whether someone with these roles confirms an entry of the item.

    The item's reviewer or who stands in from above, and after the 15th those above the branch; never who recorded the
    entry nor whom it is about (``concerned``). What the rules no longer name is for those who stand in.
    """
    if is_service:
        return True
    if account_id in concerned or (is_late and not roles & ABOVE_BRANCHES):
        return False
    return bool(roles & STANDING_IN) if item is None else may_review(item, roles, is_service=False)


def asked_to_check(
    item: Item | None, holders: Holders, concerned: Collection[UUID | None], *, is_late: bool
) -> tuple[UUID, ...]:
    """Whose turn it is to confirm entries of the item: the nearest office that holds somebody who may."""
    offices: Sequence[Role] = (Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)
    if item is not None:
        offices = offices_of(item, len(steps_of(item)) - 1)
    for office in offices:
        if is_late and office not in ABOVE_BRANCHES:
            continue
        found = tuple(dict.fromkeys(one for one, role in holders if role is office and one not in concerned))
        if found:
            return found
    return ()


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that waits for the check, with what its reader needs; ``is_yours`` if the caller may confirm it."""

    unchecked: Unchecked
    member: str
    item: Name
    decimals: int
    is_yours: bool


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A page of what waits in a branch, and the members of whom too little is decided (依据不足)."""

    quarter: Quarter
    branch_id: UUID
    branch: str
    due_on: date
    stage: Stage
    left: int
    rows: tuple[Listed, ...]
    following: tuple[date, UUID] | None
    insufficient: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How many were confirmed now, and how many still wait; of those that are not this caller's, why, and whose turn
    it is (names)."""

    confirmed: int
    left: int
    stage: Stage
    recorded_by_you: int = 0
    about_you: int = 0
    for_other_reviewers: int = 0
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch in a quarter's life; ``asked`` are the names of whose turn it is to confirm."""

    life: BranchLife
    path: str
    name: str
    stage: Stage
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UncheckedBranch:
    """A branch with so many rows of a quarter that nobody has confirmed."""

    branch_id: UUID
    path: str
    name: str
    unchecked: int


@dataclass(frozen=True, slots=True)
class QuarterView:
    """A quarter with the branches in the caller's reach; ``holds_up`` counts those that its seal waits for."""

    quarter: Quarter
    check_due_on: date
    branches: tuple[BranchView, ...]
    holds_up: int


# What is frozen and what is shown of it.


@dataclass(frozen=True, slots=True)
class Frozen:
    """A member of a sealed quarter: all that a proof needs to name, beside the quarter. Points in the smallest unit."""

    member_id: UUID
    cycle: str
    branch_id: UUID
    seq: int
    running_hash: bytes
    edition: str
    profile: str
    opening: int
    daily: int
    innovation: int
    fault: int
    total: int
    effective: int
    decimals: int
    matrix: Mapping[str, Mapping[str, int]]
    vetoes: int
    band: str | None
    ranked: bool
    duties_due: int
    duties_decided: int

    @property
    def is_insufficient(self) -> bool:
        """依据不足: under 80 % of the duties due are decided (scoring, section 3)."""
        return self.duties_decided * 100 < self.duties_due * 80


def matrix_of(score: Score) -> dict[str, dict[str, int]]:
    """Dimension → kind → points."""
    matrix: dict[str, dict[str, int]] = {}
    for (dimension, kind), points in sorted(score.matrix.items()):
        matrix.setdefault(dimension, {})[kind.value] = points
    return matrix


@dataclass(frozen=True, slots=True)
class MemberQuarter:
    """A member at a quarter's end: as it was sealed (None: not yet, or not in its books), and as corrected since."""

    quarter: Quarter
    sealed: Frozen | None
    corrected: Score


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A member's line on notice, and the last day on which it is open to objection."""

    member_id: UUID
    name: str
    score: Score
    insufficient: bool
    until_on: date
    number: str  # in the roster


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """A branch's results on notice."""

    quarter: Quarter
    branch: str
    from_on: date
    until_on: date
    rows: tuple[NoticeRow, ...]
