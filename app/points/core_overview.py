"""How the standings of one place are spread, and what is due there: counts, and no member by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.rules.lines import Band, Relation
from app.rules.name import Name

UNGRADED = Name("不评等次（一票否决）", "Not graded (a veto)")


@dataclass(frozen=True, slots=True)
class Pile:
    """Members whose standings are alike; ``band`` None: not graded, ``hundreds`` their effective total's whole ones."""

    bands: tuple[Band, ...]
    band: str | None
    ranked: bool
    hundreds: int
    members: int


@dataclass(frozen=True, slots=True)
class Share:
    """One grade, or one hundred of points, with how many are in it."""

    name: Name
    members: int


@dataclass(frozen=True, slots=True)
class Due:
    """What is due in a month: of how many members, and how many of them still have such a duty undecided.

    ``late``: how many have one undecided that was due before today, in this month or an earlier one of the cycle.
    """

    members: int
    undecided: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class Lag:
    """One branch: what is due of its members, and how many of them stand in a low grade, or in none for a veto."""

    branch_id: UUID
    due: Due
    low: int

    @property
    def weight(self) -> tuple[int, int, int]:
        """Whoever is furthest behind comes first."""
        return -self.due.late, -self.due.undecided, -self.low


@dataclass(frozen=True, slots=True)
class Spread:
    """From the best grade down; whoever is exempt is counted apart."""

    shares: tuple[Share, ...]
    exempt: int

    @property
    def members(self) -> int:
        """Of whom the shares are parts."""
        return sum(one.members for one in self.shares)


def low_of(piles: Sequence[Pile]) -> int:
    """How many stand in a grade that a low bound gives, or are left without one by a veto."""
    return sum(one.members for one in piles if one.ranked and one.bands and one.band not in _good(one.bands))


def _good(bands: Sequence[Band]) -> set[str]:
    return {one.code for one in bands if one not in _low(bands)}


def _low(bands: Sequence[Band]) -> list[Band]:
    return [one for one in bands if one.basis is not None and one.relation is Relation.AT_MOST]


def spread_of(piles: Sequence[Pile]) -> Spread:
    """By the grades of the books; by hundreds of points where one of the books has none."""
    ranked = [one for one in piles if one.ranked]
    exempt = sum(one.members for one in piles if not one.ranked)
    by_grade = all(one.bands for one in ranked)
    return Spread(_by_grade(ranked) if by_grade else _by_hundreds(ranked), exempt)


def _by_grade(piles: Sequence[Pile]) -> tuple[Share, ...]:
    """All grades of the books, also those that nobody has: that nobody needs assistance is worth seeing."""
    counts: dict[Name, int] = {}
    ungraded = 0
    for pile in sorted(piles, key=lambda one: -one.members):  # the commonest book's order comes first
        for band in _downwards(pile.bands):
            counts.setdefault(band.name, 0)
            counts[band.name] += pile.members if band.code == pile.band else 0
        ungraded += pile.members if pile.band is None else 0
    if ungraded:
        counts[UNGRADED] = ungraded
    return tuple(Share(name, count) for name, count in counts.items())


def _downwards(bands: Sequence[Band]) -> list[Band]:
    """Books try low bounds first where they weigh more; people read grades from the best down."""
    low = _low(bands)
    return [one for one in bands if one not in low] + low[::-1]


def _by_hundreds(piles: Sequence[Pile]) -> tuple[Share, ...]:
    counts: dict[int, int] = {}
    for one in piles:
        counts[one.hundreds] = counts.get(one.hundreds, 0) + one.members
    return tuple(Share(_hundred(number), counts[number]) for number in sorted(counts, reverse=True))


def _hundred(number: int) -> Name:
    first, last = number * 100, number * 100 + 99
    return Name(f"{first}—{last} 分", f"{first}–{last}")
