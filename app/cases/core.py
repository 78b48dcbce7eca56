"""What follows from the lines at a quarter's end (scoring, section 4): findings, exclusions, order and quota."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.rules.core import Basis, Line, When, holds

HEAVY_FAULT = 50  # a single fault of this many points keeps a member off the list
MONTHS_MIN = 6  # in the cycle, to be recommended
DAYS_MIN = 90  # in the cycle, to be graded at all
SMALL_BRANCH = 3  # graded members under which a branch is pooled with its neighbours


class Exclusion(StrEnum):
    """Why somebody who meets a line is not named by it."""

    VETO = "veto"
    LAW_FAULT = "law_fault"
    HEAVY_FAULT = "heavy_fault"
    SHORT_TIME = "short_time"
    INSUFFICIENT = "insufficient"
    IN_ASSISTANCE = "in_assistance"
    OVER_QUOTA = "over_quota"


@dataclass(frozen=True, slots=True)
class Tested:
    """One member at the end of a quarter, with what the lines look at.

    ``lost`` and ``share_due`` are points of duties; ``fault`` is negative; ``graded`` is false for probationary members
    and for those with less than 90 days in the cycle, ``exempt`` for those without duties.
    """

    member_id: UUID
    branch_id: UUID
    committee: str
    joined_on: date
    days: int
    daily: int
    total: int
    fault: int
    lost: int
    share_due: int
    exempt: bool
    graded: bool
    vetoed: bool
    law_fault: bool
    heaviest_fault: int
    insufficient: bool
    edition: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One member meets one line; without exclusions its consequence holds."""

    line: Line
    member: Tested
    value: int
    exclusions: tuple[Exclusion, ...] = ()
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many were tested against a line, how many meet it, and how many cannot any more."""

    line: Line
    tested: int
    met: int
    out_of_reach: int
    named: int
    quota: int | None


def names_now(line: Line, quarter: str, *, half_year_decides: bool) -> bool:
    """Whether the line names persons at the end of this quarter, or only counts them."""
    if line.when is When.EVERY_QUARTER or quarter.endswith("Q4"):
        return True
    return half_year_decides and quarter.endswith("Q2")


def value_of(line: Line, member: Tested) -> int | None:
    """The number that the line tests; None where it does not apply (pace needs enough duties due)."""
    if line.basis is Basis.DAILY:
        return member.daily
    if line.basis is Basis.TOTAL:
        return member.total
    if member.share_due < max(1, line.due_min):
        return None
    return member.lost * 100 // member.share_due


def apply_lines(
    lines: Sequence[Line], members: Sequence[Tested], quarter: str, *, half_year_decides: bool
) -> tuple[list[Finding], list[Count]]:
    """Every finding and count of a quarter. Exempt members meet no line."""
    testable = [member for member in members if not member.exempt]
    assisted = {
        member.member_id
        for line in lines
        if line.consequence == "assistance"
        for member in testable
        if _meets(line, member)
    }
    findings: list[Finding] = []
    counts: list[Count] = []
    for line in lines:
        tested = [one for one in testable if value_of(line, one) is not None and (one.graded or line.quota is None)]
        met = [one for one in tested if _meets(line, one)]
        found: list[Finding] = []
        quota = None
        if line.quota is not None:
            quotas = _quotas(line, tested)
            quota = sum(quotas.values())
            found = _ordered(line, met, quotas, assisted, tested)
        else:
            found = [Finding(line, one, value_of(line, one) or 0) for one in met]
        named = sum(not one.exclusions for one in found)
        if not names_now(line, quarter, half_year_decides=half_year_decides):
            found, named = [], 0
        out_of_reach = len(tested) - len(met) if line.quota is not None else 0
        counts.append(Count(line, len(tested), len(met), out_of_reach, named, quota))
        findings += found
    return findings, counts


def _meets(line: Line, member: Tested) -> bool:
    value = value_of(line, member)
    return value is not None and holds(line.relation, value, line.bound)


def _pool(member: Tested, sizes: Mapping[UUID, int]) -> str:
    """The branch, or the committee's pool of small branches."""
    return member.branch_id.hex if sizes[member.branch_id] >= SMALL_BRANCH else f"pool {member.committee}"


def _sizes(members: Iterable[Tested]) -> dict[UUID, int]:
    sizes: dict[UUID, int] = {}
    for member in members:
        sizes[member.branch_id] = sizes.get(member.branch_id, 0) + 1
    return sizes


def _quotas(line: Line, tested: Sequence[Tested]) -> dict[str, int]:
    """Places by pool: the share of its graded members, rounded down."""
    numerator, denominator = line.quota or (1, 1)
    sizes = _sizes(tested)
    pools: dict[str, int] = {}
    for member in tested:
        pool = _pool(member, sizes)
        pools[pool] = pools.get(pool, 0) + 1
    return {pool: count * numerator // denominator for pool, count in pools.items()}


def _ordered(
    line: Line, met: Sequence[Tested], quotas: Mapping[str, int], assisted: set[UUID], tested: Sequence[Tested]
) -> list[Finding]:
    """By total, then fewer faults, then earlier membership; within the quota of each pool."""
    sizes = _sizes(tested)
    taken: dict[str, int] = {}
    found: list[Finding] = []
    order = sorted(met, key=lambda one: (-one.total, -one.fault, one.joined_on, one.member_id))
    for member in order:
        exclusions = _exclusions(member, assisted)
        pool = _pool(member, sizes)
        finding = Finding(line, member, value_of(line, member) or 0, exclusions)
        if not exclusions:
            taken[pool] = taken.get(pool, 0) + 1
            finding = replace(finding, position=taken[pool])
            if taken[pool] > quotas[pool]:
                finding = replace(finding, exclusions=(Exclusion.OVER_QUOTA,))
        found.append(finding)
    return found


def _exclusions(member: Tested, assisted: set[UUID]) -> tuple[Exclusion, ...]:
    grounds = {
        Exclusion.VETO: member.vetoed,
        Exclusion.LAW_FAULT: member.law_fault,
        Exclusion.HEAVY_FAULT: member.heaviest_fault >= HEAVY_FAULT,
        Exclusion.SHORT_TIME: member.days < MONTHS_MIN * 30,
        Exclusion.INSUFFICIENT: member.insufficient,
        Exclusion.IN_ASSISTANCE: member.member_id in assisted,
    }
    return tuple(ground for ground, holds_here in grounds.items() if holds_here)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A stored finding with the names that a reader needs."""

    line: str
    member_id: UUID
    name: str
    branch_id: UUID
    branch: str
    basis: str
    value: int
    bound: int
    exclusions: tuple[str, ...]
    position: int | None


@dataclass(frozen=True, slots=True)
class CountRow:
    """A stored count."""

    line: str
    tested: int
    met: int
    out_of_reach: int
    named: int
    quota: int | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What the lines found at the end of a quarter, as far as the caller may see."""

    quarter: str
    findings: Sequence[FoundRow]
    counts: Sequence[CountRow]
