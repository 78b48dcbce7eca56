"""The ledger's values: postings, entries, balances, duties. All of it is plain data and arithmetic."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kit.calendar import Window, half_of, month_of, quarter_of
from app.kit.digests import canonical, digest
from app.points.core import Cell, CellKey, add_to
from app.rules.award import Outcome
from app.rules.core import Duty, Item, Kind
from app.rules.points import json_number


class Source(StrEnum):
    """By which way an entry came."""

    RECORD = "record"
    SUBMISSION = "submission"
    IMPORT = "import"
    JOB = "job"
    APPEAL = "appeal"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Posting:
    """A fact to be posted. ``units`` are the item's, ``chosen`` the recorder's points where the item leaves them open.

    ``chosen`` is as the book prints it; ``points``, in its smallest unit, is set by the settling of duties only.
    ``costs`` names the duty whose share a finding costs, where the item leaves that to the one who records it.
    ``booked_in`` is the quarter in which it must be booked; without one it is booked in the earliest that admits it.
    ``handed_in`` is the day on which what is decided now was proposed; it is booked in a quarter that recorded then.
    """

    id: UUID
    member_id: UUID
    item: str
    effective_on: date
    outcome: Outcome | None = None
    tier: str | None = None
    units: int | None = None
    matter: str | None = None
    reason: str | None = None
    source: Source = Source.RECORD
    recorded_by: UUID | None = None
    approved_by: UUID | None = None
    batch: UUID | None = None
    points: int | None = None
    chosen: Decimal | None = None
    costs: str | None = None
    booked_in: str | None = None
    handed_in: date | None = None

    def input_digest(self) -> bytes:
        """Of what the client sent: the same again is a retry, anything else under the same id a conflict."""
        sent: dict[str, Any] = {
            "member": str(self.member_id),
            "item": self.item,
            "effective_on": self.effective_on.isoformat(),
            "outcome": self.outcome,
            "tier": self.tier,
            "units": self.units,
            "matter": self.matter,
            "reason": self.reason,
        }
        if self.chosen is not None:
            sent["points"] = json_number(self.chosen)
        if self.costs is not None:
            sent["costs"] = self.costs
        if self.booked_in is not None:
            sent["booked_in"] = self.booked_in
        return digest(canonical(sent))


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of the ledger, as it is stored."""

    id: UUID
    cycle: str
    member_id: UUID
    seq: int
    branch_id: UUID
    item: str
    kind: Kind
    dimension: str | None
    tier: str | None
    matter: str | None
    cause: UUID | None
    edition: str
    profile: str
    window: str
    units: int
    points: int
    effective_on: date
    booked_in: str
    recorded_at: datetime
    recorded_by: UUID | None
    approved_by: UUID | None
    source: Source
    batch: UUID | None
    reverses: UUID | None
    input_digest: bytes
    text_digest: bytes | None
    costs: str | None = None  # the duty that a finding names, of those that its item lets it cost

    @property
    def key(self) -> CellKey:
        return CellKey.of(self.item, self.window, self.tier, self.matter)

    @property
    def sign(self) -> int:
        return 1 if self.reverses is None else -1

    def canonical_bytes(self) -> bytes:
        """The form under which the entry is chained: a JSON array of its columns in their order."""
        values: list[Any] = []
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, UUID):
                value = str(value)
            elif isinstance(value, bytes):
                value = value.hex()
            elif isinstance(value, datetime):
                value = int(value.timestamp() * 1_000_000)
            elif isinstance(value, date):
                value = value.isoformat()
            values.append(value)
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def chained(running: bytes, entry: Entry) -> bytes:
    """The running hash after the entry; ``running`` is empty before the first."""
    return digest(running + entry.canonical_bytes())


@dataclass(slots=True)
class Balance:
    """A member's standing while it is worked on. ``regimes`` holds the quarters resolved so far."""

    cycle: str
    member_id: UUID
    branch_id: UUID
    seq: int
    version: int
    opening: int
    cells: dict[CellKey, Cell]
    regimes: dict[str, tuple[str, str]]
    vetoes: int
    ranked: bool
    running_hash: bytes

    def take(self, entry: Entry) -> None:
        """Let an entry, or a reversal, into the balance."""
        if entry.kind is Kind.OPENING:
            self.opening += entry.points
        else:
            add_to(self.cells, entry.key, entry.sign, entry.units, entry.points)
        if entry.kind is Kind.VETO:
            self.vetoes += entry.sign
        self.seq = entry.seq
        self.running_hash = chained(self.running_hash, entry)

    def without(self, entries: Iterable[Entry]) -> Balance:
        """A copy as if these entries, which are in it and are no openings, had never been."""
        found = self.copy()
        for entry in entries:
            add_to(found.cells, entry.key, -entry.sign, -entry.units, -entry.points)
            found.vetoes -= entry.sign if entry.kind is Kind.VETO else 0
        return found

    def copy(self) -> Balance:
        return replace(self, cells=dict(self.cells), regimes=dict(self.regimes))


class DutyState(StrEnum):
    """What became of a duty."""

    EXPECTED = "expected"
    KEPT = "kept"
    MISSED = "missed"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class DutyKey:
    """One duty of one member in one window."""

    cycle: str
    member_id: UUID
    item: str
    window: str


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty with its state; ``share`` is what it is worth and ``target`` the units due, if it is settled by amount."""

    key: DutyKey
    due_on: date
    share: int
    target: int | None
    state: DutyState
    source: str | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What posting needs to know of a member on the day of the matter."""

    member_id: UUID
    account_id: UUID | None
    branch_id: UUID
    path: str


def costed(item: Item, costs: str | None) -> tuple[str, ...]:
    """The duties whose share a finding of the item costs, with the one that it names."""
    return (*item.pairs, costs) if costs is not None and costs in item.pairs_one_of else item.pairs


def cell_window(item: Item, day: date) -> str:
    """The month or quarter of the day: the month where anything of the item is counted by the month."""
    monthly = item.duty is not None and item.duty.window is Window.MONTH
    monthly = monthly or item.measure.window is Window.MONTH or any(b.window is Window.MONTH for b in item.bounds)
    return month_of(day) if monthly else quarter_of(day)


def duty_window(duty: Duty, day: date, cycle: str) -> str:
    """The code of the duty's window that holds the day; the year's is the cycle's."""
    if duty.window is Window.MONTH:
        return month_of(day)
    if duty.window is Window.QUARTER:
        return quarter_of(day)
    if duty.window is Window.HALF:
        return half_of(day)
    return cycle


@dataclass(frozen=True, slots=True)
class Hand:
    """Who books, when, where and by which way: what a reversal does not take from its original."""

    booked_in: str
    recorded_at: datetime
    recorded_by: UUID | None
    approved_by: UUID | None
    source: Source
    batch: UUID | None
    cause: UUID | None
    input_digest: bytes


def reversal_of(original: Entry, reversal_id: UUID, seq: int, hand: Hand, text_digest: bytes | None = None) -> Entry:
    """The entry that takes ``original`` out again, booked never before it."""
    return replace(
        by_hand(original, hand, seq),
        id=reversal_id,
        cause=hand.cause,
        units=-original.units,
        points=-original.points,
        reverses=original.id,
        text_digest=text_digest,
    )


def by_hand(entry: Entry, hand: Hand, seq: int) -> Entry:
    """The entry as the hand books it, never before the quarter it stood in."""
    return replace(
        entry,
        seq=seq,
        booked_in=max(hand.booked_in, entry.booked_in),
        recorded_at=hand.recorded_at,
        recorded_by=hand.recorded_by,
        approved_by=hand.approved_by,
        source=hand.source,
        batch=hand.batch,
        input_digest=hand.input_digest,
    )


def hand_of(entry: Entry) -> Hand:
    """The hand that booked an entry, for what is booked along with it."""
    return Hand(
        entry.booked_in,
        entry.recorded_at,
        entry.recorded_by,
        entry.approved_by,
        entry.source,
        entry.batch,
        entry.cause,
        entry.input_digest,
    )
