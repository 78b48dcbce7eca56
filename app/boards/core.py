"""What a board may show: the district's policy, shown names, ranks, and which board is asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from uuid import UUID

from pypinyin import Style, pinyin

from app.auth.core import Actor, Role
from app.kit.errors import ErrorKind, LongwenError
from app.rules.name import Name

TOP_MAX = 200
BRANCH_MEMBERS_MIN = 3  # an average of fewer tells of persons


class Audience(StrEnum):
    """Whom a board is shown to: members, those who hold an office in a branch or above one, and screens."""

    MEMBERS = "members"
    BRANCH = "branch"
    DISTRICT = "district"
    SCREENS = "screens"


class Reach(StrEnum):
    """How far boards go: not at all, inside each branch, or across the district."""

    OFF = "off"
    BRANCH = "branch"
    DISTRICT = "district"


class NameForm(StrEnum):
    """How names stand on a board."""

    FULL = "full"
    MASKED = "masked"
    INITIALS = "initials"


class Scope(StrEnum):
    """Who is ranked with whom."""

    DISTRICT = "district"
    COMMITTEE = "committee"
    BRANCH = "branch"
    GRID = "grid"


TOTAL, DAILY, INNOVATION = "total", "daily", "innovation"  # measures; any other is a dimension's code


@dataclass(frozen=True, slots=True)
class BoardPolicy:
    """What a district lets an audience see; there is no setting for a list of the last. Version 0 is the default."""

    reach: Reach = Reach.DISTRICT
    top: int = 10
    names: NameForm = NameForm.MASKED
    version: int = 0


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy as it was set, when and by whom."""

    policy: BoardPolicy
    set_at: datetime
    set_by: UUID | None


class BoardOff(LongwenError):
    """The district's policy shows no such board."""

    kind = ErrorKind.FORBIDDEN
    code = "board_off"
    zh = "本区的榜单设置不显示该榜单。本人积分请在“积分状态”中查看。"
    en = "The district's policy shows no such board. Your own points are under “standing”."


class DayNotOver(LongwenError):
    """A past day's board is that of its end."""

    code = "day_not_over"
    zh = "{day} 尚未结束，没有当日终了时的榜单。请填写今天之前的日期；目前的榜单不填日期即可。"
    en = "{day} is not over, so there is no board of its end. Name an earlier day; without one the board is today's."


class TooManyToRecall(LongwenError):
    """A past day is folded from the ledger, member by member."""

    code = "too_many_to_recall"
    zh = "该范围有 {count} 名党员，按过去某日计算最多 {most} 名。请改查基层党委、支部或网格的榜单，或查封账季度的榜单。"
    en = (
        "There are {count} members in this scope; a past day is worked out for {most} at most. Ask for a committee, a"
        " branch or a grid, or for a sealed quarter."
    )


class OnePeriod(LongwenError):
    """A board is of one time."""

    code = "one_period"
    zh = "考评年度（cycle）、季度（quarter）和日期（on）只能填写其中一项。"
    en = "Name one of cycle, quarter and on, not several."


_ABOVE_BRANCHES = frozenset(Role) - {
    Role.MEMBER,
    Role.GROUP_LEADER,
    Role.ORGANISATION_COMMISSIONER,
    Role.DISCIPLINE_COMMISSIONER,
    Role.HR,
    Role.SECRETARY,
    Role.SCREEN,
}


def audience_of(actor: Actor) -> Audience:
    """Members see the members' board, screens theirs, whoever holds an office that of the office."""
    roles = {held.role for held in actor.appointments}
    if Role.SCREEN in roles:
        return Audience.SCREENS
    if actor.is_service or roles & _ABOVE_BRANCHES:
        return Audience.DISTRICT
    return Audience.BRANCH if roles - {Role.MEMBER} else Audience.MEMBERS


def shown_name(name: str, form: NameForm) -> str:
    """A name as the policy wants it: 陈晓明, 陈**, or C.X.M."""
    if form is NameForm.FULL:
        return name
    if form is NameForm.MASKED:
        return name[:1] + "**"
    syllables = [syllable[0] for syllable in pinyin(name, style=Style.NORMAL)]
    return "".join(f"{syllable[:1].upper()}." for syllable in syllables)


# Ranks.


def competition_ranks(values: Sequence[object]) -> list[int]:
    """Ranks of values that come in falling order: equal ones share a rank, and the next one counts them all."""
    ranks: list[int] = []
    for place, value in enumerate(values):
        ranks.append(ranks[-1] if place and values[place - 1] == value else place + 1)
    return ranks


@dataclass(frozen=True, slots=True)
class Level:
    """A value that some have."""

    value: int
    members: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many have each value: every rank there is, without anybody's name."""

    falling: tuple[int, ...] = ()  # the values, negated: rising
    counts: tuple[int, ...] = ()
    before: tuple[int, ...] = ()  # how many have more than each

    @classmethod
    def of(cls, levels: Iterable[tuple[int, int]]) -> Tally:
        """Of values with how many have them, each value once."""
        ordered = sorted((-value, count) for value, count in levels)
        counts = tuple(count for _, count in ordered)
        return cls(tuple(value for value, _ in ordered), counts, tuple(accumulate(counts, initial=0))[:-1])

    @property
    def members(self) -> int:
        return self.before[-1] + self.counts[-1] if self.counts else 0

    def rank(self, value: int) -> int:
        """One more than how many have more."""
        place = bisect_left(self.falling, -value)
        return (self.before[place] if place < len(self.before) else self.members) + 1

    def ahead(self, value: int) -> Level | None:
        """The next value above that anybody has."""
        place = bisect_left(self.falling, -value) - 1
        return Level(-self.falling[place], self.counts[place]) if place >= 0 else None

    def behind(self, value: int) -> Level | None:
        """The next value below, unless it is the last: nobody is told who is at the end."""
        place = bisect_left(self.falling, -value + 1)
        return Level(-self.falling[place], self.counts[place]) if place < len(self.falling) - 1 else None


# Which board.


@dataclass(frozen=True, slots=True)
class Asked:
    """A board as it is asked for; of cycle, quarter and day one at most is given."""

    scope: Scope
    place_id: UUID
    measure: str = TOTAL
    cycle: str | None = None
    quarter: str | None = None
    day: date | None = None


class PeriodKind(StrEnum):
    """Whether a board tells of now, of a quarter as it was sealed, or of the end of a past day."""

    NOW = "now"
    SEALED = "sealed"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a board tells of. ``quarter`` is what is shown of the seals; None: no quarter is sealed yet.

    ``under_review`` is the quarter that was asked for and is not shown, since it is still being checked.
    """

    kind: PeriodKind
    cycle: str
    quarter: str | None = None
    day: date | None = None
    under_review: str | None = None
    compared_with: str | None = None  # the seal that movement is told against


@dataclass(frozen=True, slots=True)
class Subject:
    """A board as it is worked out: the same for whoever may see it, whatever they are shown of it."""

    district_id: UUID
    today: date
    scope: Scope
    place_id: UUID
    path: str | None  # of an organisation, whose branches are ranked; None: the grid's
    name: str
    measure: str
    measure_name: Name
    period: Period


@dataclass(frozen=True, slots=True)
class Placed:
    """A member near the top, with the whole name, before the policy has its say; values are in hundredths."""

    member_id: UUID
    name: str
    branch: str
    value: int
    points: Decimal  # as the member's book prints them
    is_vetoed: bool = False
    value_then: int | None = None  # at the seal that movement is told against


@dataclass(frozen=True, slots=True)
class Tallies:
    """Every rank of a board, without anybody's name: now, and at the seal that movement is told against."""

    now: Tally
    then: Tally | None
    data_at: datetime | None


@dataclass(slots=True)
class Reckoned:
    """A board worked out for all who see it; ``shown`` keeps how it looks to each."""

    rows: tuple[Placed, ...]
    tally: Tally
    then: Tally | None
    data_at: datetime | None
    shown: dict[tuple[Audience, BoardPolicy], bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One member on a board; ``movement`` is how many ranks better than at the last seal."""

    rank: int
    name: str
    branch: str
    points: Decimal
    movement: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """A ranking with competition ranks (1, 2, 2, 4), as far as its audience sees it."""

    subject: Subject
    audience: Audience
    policy: BoardPolicy
    members: int
    rows: tuple[BoardRow, ...]
    data_at: datetime | None


def shown_to(subject: Subject, reckoned: Reckoned, audience: Audience, policy: BoardPolicy) -> Board:
    """What the audience sees: those on top, with names as the policy has them.

    Members and screens are never shown the lower half, however many the policy lets stand, nor whom a veto has brought
    to 0: where few are ranked, the last would stand there by name. Ranks decide, and not only how many rows there are:
    where those above do not wish to be named, or have left, the next rows are further down.
    """
    tally, then = reckoned.tally, reckoned.then
    count, rows = policy.top, reckoned.rows
    if subject.measure == INNOVATION:  # to have added nothing is no place
        rows = tuple(one for one in rows if one.value > 0)
    if audience in (Audience.MEMBERS, Audience.SCREENS):
        count = min(count, (tally.members + 1) // 2)
        rows = tuple(one for one in rows if not one.is_vetoed)
    shown = []
    for one in rows[:count]:
        rank = tally.rank(one.value)
        if rank > count:
            break
        movement = None if then is None or one.value_then is None else then.rank(one.value_then) - rank
        shown.append(BoardRow(rank, shown_name(one.name, policy.names), one.branch, one.points, movement))
    return Board(subject, audience, policy, tally.members, tuple(shown), reckoned.data_at)


# The own position.


@dataclass(frozen=True, slots=True)
class Own:
    """Whose position it is: values in hundredths, now and at the last seal."""

    member_id: UUID
    branch_id: UUID
    value: int
    points: Decimal
    value_then: int | None
    branch_then: UUID | None


@dataclass(frozen=True, slots=True)
class Place:
    """A rank among so many who are ranked."""

    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class OwnPlaces:
    """The caller's places as far as boards reach; None where they do not, or where the caller is not ranked."""

    reach: Reach
    branch: Place | None = None
    district: Place | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The own place in one scope, with the next values above and below it: points and how many, no names."""

    place: Place
    ahead: Level | None
    behind: Level | None
    movement: int | None


def position(tally: Tally, then: Tally | None, own: Own) -> Position:
    rank = tally.rank(own.value)
    movement = None if then is None or own.value_then is None else then.rank(own.value_then) - rank
    return Position(Place(rank, tally.members), tally.ahead(own.value), tally.behind(own.value), movement)


@dataclass(frozen=True, slots=True)
class OwnPositions:
    """The caller's positions as far as boards reach; ``points`` None: not ranked."""

    reach: Reach
    measure: str
    cycle: str
    points: Decimal | None
    branch: Position | None = None
    district: Position | None = None
    is_shown: bool = True  # whether the caller lets boards show the own name
