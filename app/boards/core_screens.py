"""What stands on a screen beside rankings of members: plain values, none of them anybody's fault or deduction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from app.boards.core import Audience, Board, BoardPolicy, Period, competition_ranks
from app.boards.core_playlists import Playlist, Step
from app.kit.errors import LongwenError
from app.rules.core import Dimension
from app.rules.name import Name

DEEDS_MAX = 10
SEALS_MAX = 8
HUNDREDTHS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class BranchSum:
    """What a branch's ranked members have together, in hundredths."""

    branch_id: UUID
    members: int
    points: int

    @property
    def mean(self) -> Fraction:
        return Fraction(self.points, self.members)


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A branch on a board: by its average, or by its star."""

    rank: int
    branch: str
    members: int | None = None
    average: Decimal | None = None
    star: int | None = None
    movement: int | None = None  # how many ranks better than at the last seal


@dataclass(frozen=True, slots=True)
class BranchBoard:
    """Branches in their order. ``counted`` is how many take part; ``by`` is average or stars.

    ``levels``: by stars, how many have so many, the most stars first; names nobody.
    """

    by: str
    scope_name: str
    measure: str
    measure_name: Name
    period: Period
    audience: Audience
    policy: BoardPolicy
    counted: int
    rows: tuple[BranchRow, ...]
    data_at: datetime | None
    levels: tuple[tuple[int, int], ...] = ()


def ranks_of(sums: Iterable[BranchSum]) -> dict[UUID, int]:
    """The rank of each branch by the exact mean, the best first."""
    ordered = sorted(sums, key=lambda one: -one.mean)
    ranks = competition_ranks([one.mean for one in ordered])
    return {one.branch_id: rank for one, rank in zip(ordered, ranks, strict=True)}


def by_average(
    sums: Sequence[BranchSum], then: Iterable[BranchSum], names: Mapping[UUID, str], count_max: int
) -> tuple[BranchRow, ...]:
    """Ranked by the exact mean; among equals by name. ``then`` are the sums that movement is told against."""
    ranks, before = ranks_of(sums), ranks_of(then)
    ordered = sorted(sums, key=lambda one: (ranks[one.branch_id], names.get(one.branch_id, "")))
    return tuple(
        BranchRow(
            rank=ranks[one.branch_id],
            branch=names.get(one.branch_id, ""),
            members=one.members,
            average=rounded_mean(one.points, one.members),
            movement=before[one.branch_id] - ranks[one.branch_id] if one.branch_id in before else None,
        )
        for one in ordered[:count_max]
    )


def by_stars(stars: Mapping[UUID, int], names: Mapping[UUID, str], count_max: int) -> tuple[BranchRow, ...]:
    """The most stars first; among equals by name."""
    ordered = sorted(((star, names.get(one, "")) for one, star in stars.items()), key=lambda row: (-row[0], row[1]))
    ranks = competition_ranks([star for star, _ in ordered])
    return tuple(
        BranchRow(rank, name, star=star) for rank, (star, name) in list(zip(ranks, ordered, strict=True))[:count_max]
    )


def rounded_mean(hundredths: int, count: int) -> Decimal:
    """Printed points with two places, half up, rounded once."""
    return (Decimal(hundredths) / count / 100).quantize(HUNDREDTHS, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Spoke:
    """A dimension's average of what is left, beside what it opens with."""

    dimension: Dimension
    average: Decimal
    decimals: int  # of the allotment


@dataclass(frozen=True, slots=True)
class Radar:
    """``spokes`` is empty where fewer are ranked than an average may be told of."""

    scope_name: str
    cycle: str
    members: int
    spokes: tuple[Spoke, ...]
    data_at: datetime | None


@dataclass(frozen=True, slots=True)
class SealSum:
    """Everybody's points at a seal together, in hundredths."""

    quarter: str
    members: int
    total: int
    daily: int
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Averages at a seal."""

    quarter: str
    members: int
    total: Decimal
    daily: Decimal


@dataclass(frozen=True, slots=True)
class Trend:
    """The last seals in their order."""

    scope_name: str
    points: tuple[TrendPoint, ...]
    data_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundDeed:
    """An addition as the ledger has it, with the whole name."""

    edition: str
    item: str
    tier: str | None
    effective_on: date
    recorded_at: datetime
    name: str
    branch: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A recognised deed: what it was, by the words of the rule book, and whose, as far as the policy shows."""

    name: str
    branch: str
    title: Name
    on: date


@dataclass(frozen=True, slots=True)
class Deeds:
    """The latest first."""

    scope_name: str
    audience: Audience
    policy: BoardPolicy
    rows: tuple[Deed, ...]
    data_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lead:
    """A branch that leads a grid, and whom it helps: branches and enterprises by name, never a person."""

    branch: str
    star: int
    state: str
    helps: tuple[tuple[str, str], ...]  # branch or enterprise, and its name


@dataclass(frozen=True, slots=True)
class GridOnMap:
    """A grid with those who lead it."""

    code: str
    name: str
    trades: tuple[str, ...]
    enterprises: int
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class GridMap:
    """Every grid by its code."""

    grids: tuple[GridOnMap, ...]


class StarsAreOfNow(LongwenError):
    """Stars are held from one round to the next, and belong to no quarter or measure."""

    code = "stars_are_of_now"
    zh = "支部星级按现有星级显示，不分季度、日期和积分类别。请去掉这些条件；历次评定结果见星级评定。"
    en = (
        "Stars are shown as they are held now, of no quarter, day or measure. Leave those out; what earlier rounds"
        " decided stands with the rounds."
    )


class OnePlace(LongwenError):
    """A board is of one place."""

    code = "one_place"
    zh = "基层党委（committee_id）和网格（grid_id）只能填写一项；都不填为全区。"
    en = "Name a committee or a grid, not both; neither means the whole district."


Content: TypeAlias = Board | BranchBoard | Radar | Trend | Deeds | GridMap


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with its data, or with the reason why it is not shown."""

    step: Step
    content: Content | None
    off: LongwenError | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """A playlist with everything that its screens show."""

    district: str
    playlist: Playlist
    steps: tuple[ShownStep, ...]
