"""Digests (月调度、季检查、半年分析、年底总评): periods, sums over the tree, and a sample that anybody draws again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.auth.core import ancestors
from app.cycles.core import Place, Quarter
from app.kit.calendar import half_days, half_of, month_days, quarter_days, quarter_of
from app.kit.digests import canonical, digest
from app.rules.points import printed_text

FORMAT = 1  # of the content: a change of its meaning takes the next number
SAMPLE_DAYS = 10  # working days in which a sample is inspected
PAGE_MAX = 100

Json = dict[str, Any]


class DigestKind(StrEnum):
    """The four beats of the year."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """The period that a digest is about; ``quarters`` are those of the books that lie in it."""

    kind: DigestKind
    period: str
    from_on: date
    until_on: date
    quarters: tuple[str, ...] = ()


def month_span(month: str) -> Span:
    return Span(DigestKind.MONTH, month, *month_days(month))


def quarter_span(quarter: str) -> Span:
    return Span(DigestKind.QUARTER, quarter, *quarter_days(quarter), (quarter,))


def half_span(quarter: str) -> Span | None:
    """The half of the calendar year that ends with the quarter; None where it ends none (the 1st and the 3rd).

    The files of a half-year are due by the calendar, whatever months the district's cycle spans.
    """
    first, last = quarter_days(quarter)
    half = half_of(last)
    if half_days(half)[1] != last:
        return None
    return Span(DigestKind.HALF, half, *half_days(half), (quarter_of(half_days(half)[0]), quarter_of(first)))


def year_span(quarters: Sequence[Quarter], quarter: Quarter, place: Place) -> Span | None:
    """The year that ends with the quarter: its cycle, or the calendar year where cycles are shorter."""
    own = sorted((one for one in quarters if one.cycle == quarter.cycle), key=lambda one: one.code)
    if len(own) == 4:
        if not place.is_last:
            return None
        codes = tuple(one.code for one in own)
        return Span(DigestKind.YEAR, quarter.cycle, own[0].starts_on, own[-1].ends_on, codes)
    if not quarter.code.endswith("Q4"):
        return None
    year = quarter.code[:4]
    codes = tuple(f"{year}Q{number}" for number in (1, 2, 3, 4))
    return Span(DigestKind.YEAR, year, date(int(year), 1, 1), quarter.ends_on, codes)


def earlier(quarters: Sequence[str], years: int, count: int) -> tuple[str, ...]:
    """The quarters that lie ``count`` quarters and ``years`` years before these."""
    moved = [int(one[:4]) * 4 + int(one[-1]) - 1 - count - 4 * years for one in quarters]
    return tuple(f"{one // 4:04d}Q{one % 4 + 1}" for one in moved)


# Facts and their sums.


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of what happened, or of what is, at a place of the tree."""

    path: str
    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Task:
    """What waits at a place: ``due`` in time, the next one by ``next_on``; ``late``, the oldest since ``oldest_on``.

    What has no day by which it is due is only ever due.
    """

    path: str
    task: str
    due: int
    next_on: date | None
    late: int
    oldest_on: date | None


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as a digest names it: the name of the day on which it was made."""

    id: UUID
    path: str
    name: str
    kind: str

    @property
    def above(self) -> str:
        return self.path.rpartition(".")[0]


@dataclass(slots=True)
class Totals:
    """Numbers and tasks by place, each place with what lies below it."""

    numbers: dict[str, Counter[str]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Json]] = field(default_factory=dict)

    def add(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            for place in ancestors(fact.path):
                self.numbers.setdefault(place, Counter())[fact.name] += fact.value

    def add_tasks(self, tasks: Iterable[Task]) -> None:
        for one in tasks:
            for place in ancestors(one.path):
                held = self.tasks.setdefault(place, {}).setdefault(one.task, _NOTHING_DUE | {"task": one.task})
                held["due"] += one.due
                held["late"] += one.late
                held["next_on"] = _earliest(held["next_on"], one.next_on)
                held["oldest_on"] = _earliest(held["oldest_on"], one.oldest_on)

    def of(self, path: str) -> dict[str, int]:
        return {name: value for name, value in sorted(self.numbers.get(path, Counter()).items()) if value}

    def tasks_of(self, path: str) -> list[Json]:
        return [held for _, held in sorted(self.tasks.get(path, {}).items())]

    def waiting(self, path: str) -> tuple[int, int]:
        """How many matters are due, and how many are late."""
        held = self.tasks.get(path, {}).values()
        return sum(one["due"] for one in held), sum(one["late"] for one in held)


_NOTHING_DUE: Json = {"due": 0, "late": 0, "next_on": None, "oldest_on": None}


def _earliest(known: str | None, day: date | None) -> str | None:
    days = [one for one in (known, None if day is None else day.isoformat()) if one is not None]
    return min(days, default=None)


def scaled(sums: Iterable[tuple[str, str, int, int]]) -> tuple[list[Fact], int]:
    """Sums of points (path, name, value, places) in one smallest unit, and its places."""
    found = list(sums)
    decimals = max((places for *_, places in found), default=0)
    return [Fact(path, name, value * 10 ** (decimals - places)) for path, name, value, places in found], decimals


def average(total: int, count: int, decimals: int) -> str | None:
    """As text with two places more than the book's points, rounded half up; None of nobody."""
    return None if not count else printed_text((200 * total + count) // (2 * count), decimals + 2)


# What is frozen.


def content_of(
    span: Span, scope: Unit, below: Sequence[Unit], totals: Totals, made_at: datetime, decimals: int, more: Json
) -> Json:
    """The content of a digest, JSON without fractions. It names organisations and no person."""
    due, late = totals.waiting(scope.path)
    return {
        "format": FORMAT,
        "kind": span.kind.value,
        "period": span.period,
        "from_on": span.from_on.isoformat(),
        "until_on": span.until_on.isoformat(),
        "made_at": made_at.isoformat(),
        "scope": {"id": str(scope.id), "kind": scope.kind, "name": scope.name},
        "decimals": decimals,
        "numbers": totals.of(scope.path),
        "due": due,
        "late": late,
        "tasks": totals.tasks_of(scope.path),
        "lines": [_line(one, totals) for one in below if one.above == scope.path],
        **more,
    }


def _line(unit: Unit, totals: Totals) -> Json:
    due, late = totals.waiting(unit.path)
    numbers = totals.of(unit.path)
    return {"id": str(unit.id), "name": unit.name, "kind": unit.kind, "due": due, "late": late, "numbers": numbers}


# The sample.


@dataclass(frozen=True, slots=True)
class SampleRule:
    """How many of a branch's entries are drawn: so many of a hundred, but at least and at most so many."""

    percent: int = 5
    least: int = 3
    most: int = 20

    def size(self, population: int) -> int:
        wanted = -(-population * self.percent // 100)
        return min(population, self.most, max(self.least, wanted))


@dataclass(frozen=True, slots=True)
class LedgerState:
    """A sealed quarter's standings in one number: SHA-256 over, member by member in the order of their ids, id (16
    bytes), seq (4 bytes, big-endian) and running hash."""

    quarter: str
    members: int
    digest: bytes


def seed_of(district_id: UUID, state: LedgerState) -> bytes:
    """What decides the sample. Nobody can choose it, and nobody knows it before the seal.

    SHA-256 of the canonical form of district, quarter, and the ledger's state at the seal.
    """
    known = {"district": str(district_id), "quarter": state.quarter, "ledger": state.digest.hex()}
    return digest(canonical(known))


def rank_of(seed: bytes, entry_id: UUID) -> bytes:
    """Entries are drawn in the order of this number: SHA-256 of the seed and the entry's id (16 bytes)."""
    return hashlib.sha256(seed + entry_id.bytes).digest()


def draw(seed: bytes, entries: Mapping[UUID, Iterable[UUID]], rule: SampleRule) -> dict[UUID, list[UUID]]:
    """By branch, the entries drawn from its own, in the order of their rank: the recipe, for whoever draws again."""
    found = {}
    for branch_id, ids in entries.items():
        ranked = sorted(set(ids), key=lambda one: (rank_of(seed, one), one))
        found[branch_id] = ranked[: rule.size(len(ranked))]
    return found


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry of the sample: where it is found, without a name."""

    entry_id: UUID
    branch_id: UUID
    population: int  # of its branch in the quarter
    number: str  # the member's
    item: str
    kind: str
    effective_on: date
    points: int
    edition: str


def stratum_of(branch: Unit, population: int, drawn: Sequence[Drawn], decimals: Mapping[str, int]) -> Json:
    """A branch's part of the sample."""
    rows = [
        {
            "entry_id": str(one.entry_id),
            "member_number": one.number,
            "item": one.item,
            "kind": one.kind,
            "effective_on": one.effective_on.isoformat(),
            "points": printed_text(one.points, decimals[one.edition]),
        }
        for one in drawn
    ]
    return {"branch_id": str(branch.id), "name": branch.name, "population": population, "entries": rows}


# What is read.


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A digest as it was frozen."""

    id: UUID
    kind: DigestKind
    period: str
    scope_id: UUID
    path: str
    made_at: datetime
    content: Mapping[str, Any]
    digest: bytes


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Digests, the latest first; ``following`` is the cursor of the next page."""

    snapshots: tuple[Snapshot, ...]
    following: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a digest is what was frozen, and its sample what the ledger gives when it is drawn again.

    None: the digest has no sample. ``ledger``: the sealed standings are those that the seed was made of.
    """

    content: bool
    ledger: bool | None = None
    sample: bool | None = None
