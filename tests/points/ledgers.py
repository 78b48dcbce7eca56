"""A ledger in memory: entries, quarters in every state, and what a ``Judge`` is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from app.cycles.core import Quarter, QuarterState
from app.kit.calendar import quarter_days, quarter_of_window
from app.points.judging import Known
from app.points.ledger import Balance, DutyKey, DutyRow, DutyState, Entry, Hand, MemberFacts, Source, reversal_of
from app.rules.core import OPENING, Kind, Regime
from tests.points.books import QUARTERS, Deed, RuleBook

CYCLE = "2026"
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
TODAY = date(2026, 11, 21)
NAMES = UUID("7a0e7a52-6c1b-5f0e-9a53-0d2c3b9f7e22")  # from which the ids of this file are made
MEMBER, OTHER = uuid5(NAMES, "member"), uuid5(NAMES, "other")
BRANCH = uuid5(NAMES, "branch")
STATES = (QuarterState.SEALED, QuarterState.NOTICE, QuarterState.CHECK, QuarterState.OPEN)


def quarters_in(*states: QuarterState) -> tuple[Quarter, ...]:
    """The quarters of 2026 in these states."""
    return tuple(Quarter(code, CYCLE, *quarter_days(code), state) for code, state in zip(QUARTERS, states, strict=True))


def opening_entry(member_id: UUID = MEMBER, points: int = 100) -> Entry:
    return Entry(
        id=uuid5(NAMES, f"opening {member_id}"), cycle=CYCLE, member_id=member_id, seq=1, branch_id=BRANCH,
        item=OPENING, kind=Kind.OPENING, dimension=None, tier=None, matter=None, cause=None, edition="d1",
        profile="standard", window="2026Q1", units=0, points=points, effective_on=date(2026, 1, 1),
        booked_in="2026Q1", recorded_at=AT, recorded_by=None, approved_by=None, source=Source.JOB, batch=None,
        reverses=None, input_digest=b"opening", text_digest=None,
    )  # fmt: skip


def entries_of(book: RuleBook, found: Sequence[Deed]) -> list[Entry]:
    """The opening and the deeds as entries, numbered."""
    entries = [opening_entry(points=book.opening)]
    for deed in found:
        quarter = quarter_of_window(deed.key.window)
        regime = book.regimes[quarter]
        item = regime.items[deed.key.item]
        seq = len(entries) + 1
        entries.append(
            replace(
                entries[0],
                id=uuid5(NAMES, str(seq)),
                seq=seq,
                item=item.code,
                kind=item.kind,
                dimension=item.dimension,
                tier=deed.key.tier,
                matter=deed.key.matter,
                edition=regime.digest,
                window=deed.key.window,
                units=deed.units,
                points=deed.points,
                effective_on=quarter_days(quarter)[0],
                booked_in=quarter,
            )
        )
    return entries


def undone(original: Entry, seq: int, booked_in: str = "2026Q4") -> Entry:
    """The reversal of an entry."""
    hand = Hand(booked_in, AT, None, None, Source.RECORD, None, original.cause, b"undo")
    return reversal_of(original, uuid5(NAMES, f"{original.id} undone"), seq, hand)


def empty_balance(member_id: UUID, regimes: Mapping[str, tuple[str, str]]) -> Balance:
    return Balance(
        cycle=CYCLE, member_id=member_id, branch_id=BRANCH, seq=0, version=0, opening=0, cells={},
        regimes=dict(regimes), vetoes=0, ranked=True, running_hash=b"",
    )  # fmt: skip


def rebuilt(member_id: UUID, regimes: Mapping[str, tuple[str, str]], entries: Iterable[Entry]) -> Balance:
    """What the entries make, from nothing."""
    balance = empty_balance(member_id, regimes)
    for entry in entries:
        balance.take(entry)
    return balance


def duty_row(
    item: str, window: str, share: int, *, member_id: UUID = MEMBER, state: DutyState = DutyState.EXPECTED,
    due_on: date = date(2026, 12, 31), target: int | None = None,
) -> DutyRow:  # fmt: skip
    return DutyRow(DutyKey(CYCLE, member_id, item, window), due_on, share, target, state)


def known_of(
    regime: Regime,
    duties: Iterable[DutyRow] = (),
    *,
    members: Sequence[UUID] = (MEMBER,),
    states: Sequence[QuarterState] = STATES,
    belonging: Iterable[date] = (),
) -> Known:
    """What a judge is told of members who are open under one regime all year, and belonged on the days given."""
    regimes = dict.fromkeys(QUARTERS, (regime.digest, regime.profile))
    balances = {(CYCLE, member_id): rebuilt(member_id, regimes, [opening_entry(member_id)]) for member_id in members}
    days = list(belonging)
    return Known(
        quarters=quarters_in(*states),
        members={(one, day): MemberFacts(one, None, BRANCH, "root.branch") for one in members for day in days},
        balances=balances,
        regime=lambda digest, profile: {(regime.digest, regime.profile): regime}[digest, profile],
        duties={row.key: row for row in duties},
        used={},
    )


def copied(known: Known) -> Known:
    """The same knowledge, to be changed without changing it."""
    balances = {key: balance.copy() for key, balance in known.balances.items()}
    return replace(
        known,
        balances=balances,
        duties=dict(known.duties),
        used=dict(known.used),
        live_entries=dict(known.live_entries),
    )
