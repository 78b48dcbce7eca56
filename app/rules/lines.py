"""Lines and bands: bounds on a member's numbers, and what follows from them (scoring, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.rules.name import Name


class Basis(StrEnum):
    """The number that a line or band is tested on; ``dimension`` is what is left, or earned, of one dimension."""

    DAILY = "daily"
    TOTAL = "total"
    DIMENSION = "dimension"
    PACE = "pace"


class Relation(StrEnum):
    """How the number is compared with the bound; only the first two include the bound itself."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"


def holds(relation: Relation, value: int, bound: int) -> bool:
    """Whether ``value`` stands in ``relation`` to ``bound`` (以上 and 以下 include the number itself)."""
    if relation is Relation.AT_LEAST:
        return value >= bound
    if relation is Relation.AT_MOST:
        return value <= bound
    if relation is Relation.ABOVE:
        return value > bound
    return value < bound


class When(StrEnum):
    """At which seals a line names persons."""

    EVERY_QUARTER = "every_quarter"
    YEAR_END = "year_end"


class Ground(StrEnum):
    """What keeps a member who meets a line from being named by it."""

    VETO = "veto"
    APPEAL = "appeal"
    IN_ASSISTANCE = "in_assistance"
    DIMENSION_FAULT = "dimension_fault"
    HEAVY_FAULT = "heavy_fault"
    SHORT_TIME = "short_time"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A ground with what it needs: ``dimension_fault`` a dimension, ``heavy_fault`` points, ``short_time`` months."""

    ground: Ground
    dimension: str | None = None
    amount: int = 0
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A bound with a consequence. For ``pace`` the bound is a percentage of what fell due (at least ``due_min``).

    ``quota`` is the share of a branch's graded members that may be named; branches with fewer than ``pool_below`` of
    them are pooled. ``dimension`` is set where the basis is one.
    """

    code: str
    name: Name
    basis: Basis
    relation: Relation
    bound: int
    when: When
    consequence: str
    citation: str = ""
    due_min: int = 0
    quota: tuple[int, int] | None = None
    pool_below: int = 0
    dimension: str | None = None
    excludes: tuple[Exclusion, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """A grade; bands are tried in order and the last one has no test."""

    code: str
    name: Name
    basis: Basis | None = None
    relation: Relation = Relation.AT_LEAST
    bound: int = 0
    citation: str = field(default="", compare=False)
    dimension: str | None = None


def band_of(bands: tuple[Band, ...], daily: int, total: int, dimensions: Mapping[str, int]) -> str:
    """The first band whose test holds; "" where the book has no bands."""
    for band in bands:
        value = tested(band.basis, band.dimension, daily, total, dimensions)
        if band.basis is None or holds(band.relation, value, band.bound):
            return band.code
    return ""


def tested(basis: Basis | None, dimension: str | None, daily: int, total: int, dimensions: Mapping[str, int]) -> int:
    """The number of a standing that a line or band looks at."""
    if basis is Basis.DAILY:
        return daily
    if basis is Basis.DIMENSION:
        return dimensions.get(dimension or "", 0)
    return total
