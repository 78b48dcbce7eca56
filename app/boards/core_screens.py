"""What stands on a screen beside rankings of members: plain values, none of them anybody's fault or deduction."""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class BranchBoard:
    """Branches in their order. ``counted`` is how many take part; ``by`` is average or stars.

    ``levels``: by stars, how many have so many, the most stars first; names nobody.
    """

    by: str
    scope_name: str
    measure: str
    period: Period
    audience: Audience
    policy: BoardPolicy
    counted: int
    rows: tuple[BranchRow, ...]
    data_at: datetime | None
    levels: tuple[tuple[int, int], ...] = ()


def by_average(sums: list[BranchSum], names: Mapping[UUID, str], count_max: int) -> tuple[BranchRow, ...]:
    """Ranked by the exact mean; among equals by name."""
    ordered = sorted(sums, key=lambda one: (-one.mean, names.get(one.branch_id, "")))
    ranks = competition_ranks([one.mean for one in ordered])
    return tuple(
        BranchRow(rank, names.get(one.branch_id, ""), one.members, rounded_mean(one.points, one.members))
        for rank, one in list(zip(ranks, ordered, strict=True))[:count_max]
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
