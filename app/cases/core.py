"""What follows from the lines at a quarter's end (scoring, section 4): findings, exclusions, order and quota."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.cycles.core import Place
from app.rules.lines import Basis, Ground, Line, When, holds, tested

# Consequences that the service acts on; a book may name others.
ASSISTANCE, RECOMMEND = "assistance", "recommend"
WARNING, REMINDER_TALK = "warning", "reminder_talk"
FOR_SECRETARIES = (WARNING, REMINDER_TALK)

DAYS_MIN = 90  # in the cycle, to be graded at all
DAYS_A_MONTH = 30  # a line's months are counted in days, so that no month is shorter than another


class Exclusion(StrEnum):
    """Why somebody who meets a line is not named by it: the rule book's grounds, and the quota."""

    VETO = Ground.VETO.value
    APPEAL = Ground.APPEAL.value
    DIMENSION_FAULT = Ground.DIMENSION_FAULT.value
    HEAVY_FAULT = Ground.HEAVY_FAULT.value
    SHORT_TIME = Ground.SHORT_TIME.value
    INSUFFICIENT = Ground.INSUFFICIENT.value
    IN_ASSISTANCE = Ground.IN_ASSISTANCE.value
    OVER_QUOTA = "over_quota"
    LINE_NOT_MET = "line_not_met"  # any more: what was corrected later, or a member who has left


@dataclass(frozen=True, slots=True)
class Tested:
    """One member at the end of a quarter, with what the lines look at.

    ``dimensions`` is what is left, or earned, of each; ``faulted`` are those in which a fault stands. ``lost`` and
    ``share_due`` are points of duties; ``fault`` is negative; ``graded`` is false for probationary members and for
    those with less than 90 days in the cycle, ``exempt`` for those without duties. ``undisputed`` is the same member
    without the entries under appeal, where there are any.
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
    heaviest_fault: int
    insufficient: bool
    edition: str
    dimensions: Mapping[str, int] = field(default_factory=dict)
    faulted: frozenset[str] = frozenset()
    undisputed: Tested | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One member meets one line; without exclusions its consequence holds."""

    line: Line
    member: Tested
    value: int
    exclusions: tuple[Exclusion, ...] = ()
    position: int | None = None
    pool: str | None = None
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many were tested against a line, how many meet it, and how many cannot any more."""

    line: Line
    tested: int
    met: int
    out_of_reach: int
    named: int
    quota: int | None


def names_now(line: Line, place: Place, *, half_year_decides: bool) -> bool:
    """Whether the line names persons at the end of the quarter at this place of its cycle, or only counts them."""
    if line.when is When.EVERY_QUARTER or place.is_last:
        return True
    return half_year_decides and place.is_middle


def value_of(line: Line, member: Tested) -> int | None:
    """The number that the line tests; None where it does not apply (pace needs enough duties due)."""
    if line.basis is not Basis.PACE:
        return tested(line.basis, line.dimension, member.daily, member.total, member.dimensions)
    if member.share_due < max(1, line.due_min):
        return None
    return member.lost * 100 // member.share_due


def apply_lines(
    lines: Sequence[Line],
    members: Sequence[Tested],
    place: Place,
    *,
    half_year_decides: bool,
    in_cases: Collection[UUID] = (),
) -> tuple[list[Finding], list[Count]]:
    """Every finding and count of a quarter. Exempt members meet no line; ``in_cases`` have an open case already."""
    tally = Tally.of(lines, place, half_year_decides=half_year_decides, in_cases=in_cases)
    for member in members:
        tally.take(member)
    return tally.result()


@dataclass(slots=True)
class _LineTally:
    """What one line has come to so far: of those who meet it only whom it names is kept."""

    line: Line
    names: bool
    tested: int = 0
    sizes: dict[UUID, int] = field(default_factory=dict)  # of a line with a quota: those tested, by branch
    committees: dict[UUID, str] = field(default_factory=dict)  # of those branches
    met_count: int = 0
    met: list[Tested] = field(default_factory=list)

    def take(self, member: Tested) -> None:
        line = self.line
        value = value_of(line, member)
        if value is None or not _applies(line, member):
            return
        self.tested += 1
        if line.quota is not None:
            self.sizes[member.branch_id] = self.sizes.get(member.branch_id, 0) + 1
            self.committees[member.branch_id] = member.committee
        if holds(line.relation, value, line.bound) if member.undisputed is None else _meets(line, member):
            self.met_count += 1
            if self.names:
                self.met.append(member)

    def result(self, assisted: Collection[UUID]) -> tuple[list[Finding], Count]:
        line, tested, quota, out_of_reach = self.line, self.tested, None, 0
        if line.quota is None:
            found = [Finding(line, one, _value_met(line, one)) for one in self.met]
        else:
            quotas = self._quotas(line.quota)
            quota, out_of_reach = sum(quotas.values()), tested - self.met_count
            found = _ordered(line, self.met, quotas, assisted, self.sizes)
        named = sum(not one.exclusions for one in found)
        return found, Count(line, tested, self.met_count, out_of_reach, named, quota)

    def _quotas(self, share: tuple[int, int]) -> dict[str, int]:
        """Places by pool: the share of its graded members, rounded down."""
        pools: dict[str, int] = {}
        for branch_id, size in self.sizes.items():
            pool = _pool(self.line, branch_id, self.committees[branch_id], size)
            pools[pool] = pools.get(pool, 0) + size
        return {pool: count * share[0] // share[1] for pool, count in pools.items()}


@dataclass(frozen=True, slots=True)
class Tally:
    """The lines of a book, taking one member behind the other: memory holds whom they name, and nobody else."""

    lines: Sequence[_LineTally]
    of_assistance: Sequence[Line]
    assisted: set[UUID]

    @classmethod
    def of(
        cls, lines: Sequence[Line], place: Place, *, half_year_decides: bool, in_cases: Collection[UUID] = ()
    ) -> Tally:
        each = [_LineTally(one, names_now(one, place, half_year_decides=half_year_decides)) for one in lines]
        return cls(each, [one for one in lines if one.consequence == ASSISTANCE], set(in_cases))

    def take(self, member: Tested) -> None:
        if member.exempt:
            return
        if meets_assistance(self.of_assistance, member):
            self.assisted.add(member.member_id)
        for one in self.lines:
            one.take(member)

    def result(self) -> tuple[list[Finding], list[Count]]:
        each = [one.result(self.assisted) for one in self.lines]
        return [finding for found, _ in each for finding in found], [count for _, count in each]


def _applies(line: Line, member: Tested) -> bool:
    """Who has no grade takes no place; who has been there for less than 90 days needs no case yet."""
    if line.consequence == ASSISTANCE:
        return member.days >= DAYS_MIN
    return member.graded or line.quota is None


def meets_assistance(lines: Iterable[Line], member: Tested) -> bool:
    """Whether any line of assistance holds for the member, with and without what is under appeal."""
    if member.exempt:
        return False
    return any(_applies(one, member) and _meets(one, member) for one in lines if one.consequence == ASSISTANCE)


def met_by_books(lines: Iterable[Line], member: Tested) -> bool:
    """The same with what is under appeal counted in: while an appeal is open nothing is undone by it yet."""
    return meets_assistance(lines, replace(member, undisputed=None))


def still_meets(line: Line, member: Tested) -> bool:
    """Whether the line holds for the member by what stands now."""
    return not member.exempt and _applies(line, member) and _meets(line, member)


def grounds_against(line: Line, member: Tested, assisted: Collection[UUID]) -> tuple[Exclusion, ...]:
    """What keeps the member off the line's list now; the appeal alone, where nothing else does once it is answered."""
    if member.exempt or not _meets(line, member):
        return (Exclusion.LINE_NOT_MET,)
    found = _exclusions(line, member, assisted)
    if member.undisputed is None or not _keeps_places(line):
        return found
    is_eligible = any(not _exclusions(line, one, assisted) for one in _standings(line, member))
    return (Exclusion.APPEAL,) if is_eligible else (*found, Exclusion.APPEAL)


def grounds_since(line: Line, now: Tested) -> tuple[Exclusion, ...]:
    """What has come up after the quarter of the list, by the member as the present cycle stands.

    Of the line's own grounds those that a new entry can bring; the appeal alone, where only what is disputed brings it.
    """
    found = tuple(one for one in _exclusions(line, now, ()) if one in _BY_NEW_ENTRIES)
    if found and now.undisputed is not None and not grounds_since(line, now.undisputed):
        return (Exclusion.APPEAL,)
    return found


_BY_NEW_ENTRIES = (Exclusion.VETO, Exclusion.DIMENSION_FAULT, Exclusion.HEAVY_FAULT)


def _meets(line: Line, member: Tested) -> bool:
    """Whether the line holds for the member. What is under appeal sets nothing off: with an appeal open it must hold
    without the disputed entries too, unless the line keeps the place of who is under appeal; then either will do.
    """
    now = _holds(line, member)
    if member.undisputed is None:
        return now
    without = _holds(line, member.undisputed)
    return now or without if _keeps_places(line) else now and without


def _holds(line: Line, member: Tested) -> bool:
    value = value_of(line, member)
    return value is not None and holds(line.relation, value, line.bound)


def _standings(line: Line, member: Tested) -> list[Tested]:
    """The member with and without what is under appeal, as far as the line holds."""
    either = (member,) if member.undisputed is None else (member, member.undisputed)
    return [one for one in either if _holds(line, one)]


def _keeps_places(line: Line) -> bool:
    return any(one.ground is Ground.APPEAL for one in line.excludes)


def _value_met(line: Line, member: Tested) -> int:
    """The number that meets the line: with what is under appeal, or else without it."""
    return value_of(line, _standings(line, member)[0]) or 0


def _pool(line: Line, branch_id: UUID, committee: str, size: int) -> str:
    """The branch, or the committee's pool of small branches."""
    return branch_id.hex if size >= line.pool_below else f"pool {committee}"


def _ordered(
    line: Line,
    met: Sequence[Tested],
    quotas: Mapping[str, int],
    assisted: Collection[UUID],
    sizes: Mapping[UUID, int],
) -> list[Finding]:
    """By total, then fewer faults, then earlier membership; within the quota of each pool.

    Whom nothing but the appeal keeps off holds the place that the appeal would give, and is not named while it is open.
    """
    taken: dict[str, int] = {}
    found: list[Finding] = []

    def order(member: Tested) -> tuple[int, int, date, UUID]:
        return min((-one.total, -one.fault, one.joined_on, one.member_id) for one in _standings(line, member))

    for member in sorted(met, key=order):
        exclusions = _exclusions(line, member, assisted)
        is_eligible = any(not _exclusions(line, one, assisted) for one in _standings(line, member))
        if member.undisputed is not None and _keeps_places(line):
            exclusions += (Exclusion.APPEAL,)
        pool = _pool(line, member.branch_id, member.committee, sizes[member.branch_id])
        finding = Finding(line, member, _value_met(line, member), exclusions, pool=pool, places=quotas[pool])
        if is_eligible:
            taken[pool] = taken.get(pool, 0) + 1
            finding = replace(finding, position=taken[pool])
            if taken[pool] > quotas[pool]:
                finding = replace(finding, exclusions=(*exclusions, Exclusion.OVER_QUOTA))
        found.append(finding)
    return found


def _exclusions(line: Line, member: Tested, assisted: Collection[UUID]) -> tuple[Exclusion, ...]:
    """The line's grounds that hold for the member, apart from an appeal, which keeps the place."""
    found: list[Exclusion] = []
    for one in line.excludes:
        here = {
            Ground.VETO: member.vetoed,
            Ground.APPEAL: False,
            Ground.IN_ASSISTANCE: member.member_id in assisted,
            Ground.DIMENSION_FAULT: one.dimension in member.faulted,
            Ground.HEAVY_FAULT: member.heaviest_fault >= one.amount,
            Ground.SHORT_TIME: member.days < one.amount * DAYS_A_MONTH,
            Ground.INSUFFICIENT: member.insufficient,
        }
        if here[one.ground]:
            found.append(Exclusion(one.ground.value))
    return tuple(dict.fromkeys(found))


def merged(counts: Iterable[Count]) -> list[Count]:
    """One count for each line's code: members under different books are counted together."""
    found: dict[str, Count] = {}
    for one in counts:
        old = found.get(one.line.code)
        found[one.line.code] = one if old is None else _sum(old, one)
    return list(found.values())


def _sum(one: Count, other: Count) -> Count:
    quota = None if one.quota is None and other.quota is None else (one.quota or 0) + (other.quota or 0)
    return Count(
        line=one.line,
        tested=one.tested + other.tested,
        met=one.met + other.met,
        out_of_reach=one.out_of_reach + other.out_of_reach,
        named=one.named + other.named,
        quota=quota,
    )
