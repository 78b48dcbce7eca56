"""A ledger lived through at random: posts, retries, conflicts, previews and reversals, held against a simple model.

The model keeps lists of what was said and says itself what must be refused; it knows no cells and no hashes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.cycles.core import Act, booking_quarter
from app.kit.calendar import Window, half_of, month_of, quarter_of
from app.kit.errors import LongwenError
from app.points import refusals
from app.points.core import fold
from app.points.explaining import explain
from app.points.judging import Judge, Judged, Known, undoing_id
from app.points.ledger import DutyKey, DutyRow, DutyState, Entry, Hand, Posting, Source, reversal_of
from app.points.plan import compile_plan
from app.rules.award import AwardRefused, Outcome
from app.rules.core import Bound, Item, Kind, Matter, Regime, Settlement, Tier, Unrecorded
from tests.points.books import QUARTERS, make_duty, make_item, make_regime, name
from tests.points.ledgers import (
    AT,
    CYCLE,
    MEMBER,
    NAMES,
    OTHER,
    TODAY,
    copied,
    duty_row,
    known_of,
    opening_entry,
    rebuilt,
)

TIERS = (Tier("small", name("small"), 3), Tier("large", name("large"), 8))
YEARLY = {"settlement": Settlement.AMOUNT, "unit": "hours", "matter": Matter.NONE}
ITEMS = (
    make_duty("MONTHLY", 4, Window.MONTH, matter=Matter.NONE, bounds=(Bound(Window.YEAR, low=-30),)),
    make_duty("QUARTERLY", 10, Window.QUARTER, matter=Matter.NONE),
    make_duty("HALVES", 15, Window.HALF, matter=Matter.NONE, unrecorded=Unrecorded.WAIVED),
    make_duty("HOURS", 30, Window.YEAR, **YEARLY),
    make_duty("RATE", 20, Window.YEAR, matter=Matter.NONE, settlement=Settlement.RATE, unit="percent"),
    make_item("ADDED", points=None, tiers=TIERS, bounds=(Bound(Window.QUARTER, high=9), Bound(Window.YEAR, high=20))),
    make_item("NAMED", matter=Matter.REQUIRED),
    make_item("TIMES", points=2, unit="times", units_max=100),
    make_item("FINDING", Kind.FAULT, pairs=("QUARTERLY", "HALVES")),
    make_item("OTHER", Kind.FAULT, points=-7, pairs=("QUARTERLY",), bounds=(Bound(Window.YEAR, low=-10),)),
    make_item("VETO", Kind.VETO, points=None),
)
REGIME: Regime = make_regime(ITEMS)
PLAN = compile_plan(dict.fromkeys(QUARTERS, REGIME))
DAYS = tuple(date(2026, month, 5) for month in (1, 2, 4, 7, 8, 10, 11))


def window_of(item: Item, day: date) -> str:
    if item.duty is None:
        return quarter_of(day)
    codes = {Window.MONTH: month_of, Window.QUARTER: quarter_of, Window.HALF: half_of}
    return codes[item.duty.window](day) if item.duty.window in codes else CYCLE


def all_duties(member_id: UUID) -> list[DutyRow]:
    """Every duty of the year; one is waived and one was never due."""
    rows: dict[DutyKey, DutyRow] = {}
    for item in ITEMS:
        if item.duty is None:
            continue
        for day in DAYS:
            row = duty_row(item.code, window_of(item, day), item.duty.share, member_id=member_id)
            rows[row.key] = row
    waived = DutyKey(CYCLE, member_id, "MONTHLY", "2026-02")
    rows[waived] = replace(rows[waived], state=DutyState.WAIVED)
    del rows[DutyKey(CYCLE, member_id, "QUARTERLY", "2026Q1")]
    return list(rows.values())


postings = st.builds(
    Posting,
    id=st.integers(0, 10**9).map(lambda at: uuid5(NAMES, f"posting {at}")),
    member_id=st.sampled_from((MEMBER, OTHER)),
    item=st.sampled_from([item.code for item in ITEMS] + ["FINDING", "OTHER", "QUARTERLY", "NONE"]),
    effective_on=st.sampled_from(DAYS),
    source=st.sampled_from((Source.RECORD, Source.SUBMISSION)),
)


@st.composite
def fitting(draw: st.DrawFn) -> Posting:
    """A posting that mostly has what its item asks for."""
    one = draw(postings)
    item = REGIME.items.get(one.item)
    if item is None or draw(st.integers(0, 9)) == 0:
        return one
    settlement = None if item.duty is None else item.duty.settlement
    counted = settlement in (Settlement.AMOUNT, Settlement.RATE)
    return replace(
        one,
        outcome=draw(st.sampled_from(Outcome)) if item.duty and not counted else None,
        units=draw(st.integers(0, 100)) if item.unit else None,
        tier=draw(st.sampled_from(("small", "large"))) if item.tiers else None,
        matter=draw(st.sampled_from(("m1", "m2"))) if item.matter is not Matter.NONE else None,
    )


class LedgerLife(RuleBasedStateMachine):
    """Every step is decided by a fresh judge, as every request is."""

    def __init__(self) -> None:
        super().__init__()
        self.known: Known
        self.entries: dict[UUID, list[Entry]] = {}
        self.stored: dict[UUID, Entry] = {}
        self.undone: set[UUID] = set()

    @initialize()
    def open(self) -> None:
        members = (MEMBER, OTHER)
        duties = [row for member_id in members for row in all_duties(member_id)]
        self.known = known_of(REGIME, duties, members=members, belonging=DAYS)
        self.entries = {member_id: [opening_entry(member_id)] for member_id in members}
        self.stored = {found[0].id: found[0] for found in self.entries.values()}

    def judged(self, known: Known, posting: Posting) -> Judged:
        known.used = {posting.id: self.stored[posting.id]} if posting.id in self.stored else {}
        known.day_units = {(posting.member_id, posting.item, posting.effective_on): self.units_of_day(posting)}
        return Judge(known, at=AT, today=TODAY).decide(posting, None)

    def take(self, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            self.entries[entry.member_id].append(entry)
            assert entry.id not in self.stored
            self.stored[entry.id] = entry

    # -------------------------------------------------------------------------------------------------- the model

    def live(self, member_id: UUID) -> list[Entry]:
        return [one for one in self.entries[member_id] if one.reverses is None and one.id not in self.undone]

    def units_of_day(self, posting: Posting) -> int:
        live = [one for one in self.live(posting.member_id) if one.item == posting.item]
        return sum(one.units for one in live if one.effective_on == posting.effective_on)

    def refusal(self, posting: Posting) -> type[LongwenError] | None:
        """What must be said to a posting of a new id; None if it must go through."""
        most = {"HOURS": 24, "TIMES": 100}.get(posting.item)
        found = self.refusal_by_itself(posting)
        if found is None and most is not None and self.units_of_day(posting) + (posting.units or 0) > most:
            return refusals.UnitsOfDay
        return found

    def refusal_by_itself(self, posting: Posting) -> type[LongwenError] | None:
        """The same, whatever else the day has."""
        item = REGIME.items.get(posting.item)
        if item is None:
            return refusals.UnknownItem
        if not self.has_what_it_needs(item, posting):
            return AwardRefused
        if posting.matter is None:
            return refusals.MatterMissing if item.matter is Matter.REQUIRED else self.duty_refusal(item, posting)
        cell = (posting.item, posting.tier, posting.matter, quarter_of(posting.effective_on))
        live = {(one.item, one.tier, one.matter, one.window) for one in self.live(posting.member_id)}
        return refusals.MatterCounted if cell in live else None

    def duty_refusal(self, item: Item, posting: Posting) -> type[LongwenError] | None:
        if item.duty is None or item.duty.settlement is Settlement.AMOUNT:
            return None
        row = self.known.duties.get(DutyKey(CYCLE, posting.member_id, item.code, window_of(item, posting.effective_on)))
        if row is None:
            return refusals.NoSuchDuty
        if row.state is DutyState.WAIVED:
            return refusals.DutyWaived
        return refusals.DutyDecided if self.deciding(posting.member_id, item, posting.effective_on) else None

    @staticmethod
    def has_what_it_needs(item: Item, posting: Posting) -> bool:
        settlement = None if item.duty is None else item.duty.settlement
        if item.tiers or settlement not in (None, Settlement.AMOUNT, Settlement.RATE):
            return posting.tier is not None or posting.outcome is not None
        if item.unit is None:
            return True
        low = 1 if item.code == "TIMES" else 0
        return posting.units is not None and posting.units >= low

    def deciding(self, member_id: UUID, item: Item, day: date) -> list[Entry]:
        """The live entries of a duty in one window: at most one."""
        window = window_of(item, day)
        return [
            one for one in self.live(member_id) if one.item == item.code and window_of(item, one.effective_on) == window
        ]

    def expected(self, posting: Posting) -> list[tuple[str, int]]:
        """Items and points of the entries that a posting must make, in order."""
        item = REGIME.items[posting.item]
        worth = {"MONTHLY": -4, "QUARTERLY": -10, "HALVES": -15}
        own = worth.get(item.code, 0) if posting.outcome is Outcome.MISSED else 0
        own = {"NAMED": 5, "TIMES": 2 * (posting.units or 0), "FINDING": -5, "OTHER": -7}.get(item.code, own)
        own = {"small": 3, "large": 8}.get(posting.tier or "", own)
        if item.code == "RATE":
            own = -(20 - 20 * (posting.units or 0) // 100)
        found = [(item.code, own)]
        for code in item.pairs:
            pair = REGIME.items[code]
            row = self.known.duties.get(DutyKey(CYCLE, posting.member_id, code, window_of(pair, posting.effective_on)))
            decided = self.deciding(posting.member_id, pair, posting.effective_on)
            if row is None or row.state is DutyState.WAIVED or (decided and decided[0].points < 0):
                continue
            found += [(code, 0)] * len(decided) + [(code, worth[code])]
        return found

    # -------------------------------------------------------------------------------------------------- the steps

    @rule(posting=fitting())
    def post(self, posting: Posting) -> None:
        if posting.id in self.stored:
            return
        refusal, before = self.refusal(posting), copied(self.known)
        if refusal is not None:
            with pytest.raises(refusal):
                self.judged(self.known, posting)
            assert_untouched(self.known, before)
            return
        expected = self.expected(posting)
        judged = self.judged(self.known, posting)
        assert [(one.item, one.points) for one in judged.entries] == expected
        quarter = booking_quarter(
            self.known.quarters, posting.effective_on,
            Act.RECORD if posting.source is Source.RECORD else Act.DECISION,
        )  # fmt: skip
        for one in judged.entries:
            earliest = "" if one.reverses is None else self.stored[one.reverses].booked_in
            assert one.booked_in == max(quarter.code, earliest)
        self.undone |= {one.reverses for one in judged.entries if one.reverses is not None}
        self.take(judged.entries)

    @rule(posting=fitting())
    def preview(self, posting: Posting) -> None:
        """A preview changes nothing, and the same posting then makes the very same entries."""
        if posting.id in self.stored or self.refusal(posting) is not None:
            return
        before = copied(self.known)
        previewed = self.judged(copied(self.known), posting)
        assert_untouched(self.known, before)
        assert self.judged(copied(self.known), posting) == previewed

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from([one for found in self.entries.values() for one in found]))
        before = copied(self.known)
        sent = Posting(
            id=entry.id, member_id=entry.member_id, item=entry.item, effective_on=entry.effective_on, reason="other"
        )
        with pytest.raises(refusals.IdUsed):
            self.judged(self.known, sent)
        same = replace(sent, reason=None)
        if same.input_digest() == entry.input_digest:
            assert self.judged(self.known, same).replayed == entry
        assert_untouched(self.known, before)

    @precondition(lambda self: any(len(self.live(one)) > 1 for one in self.entries))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        """As the service does it: an entry with all that was posted under its cause, and their duties given back."""
        reversible = [one for member_id in self.entries for one in self.live(member_id)]
        original = data.draw(st.sampled_from([one for one in reversible if one.kind is not Kind.OPENING]))
        balance = self.known.balances[CYCLE, original.member_id]
        mates = [one for one in self.live(original.member_id) if one.cause is not None and one.cause == original.cause]
        for one in [original, *(mate for mate in mates if mate.id != original.id)]:
            booked = booking_quarter(self.known.quarters, one.effective_on, Act.DECISION, not_before=one.booked_in)
            hand = Hand(booked.code, AT, None, None, Source.RECORD, None, one.cause, b"undo")
            reversal = reversal_of(one, undoing_id(original.id, one.id), balance.seq + 1, hand)
            balance.take(reversal)
            self.undone.add(one.id)
            self.take((reversal,))
            for key, row in self.known.duties.items():
                if row.entry_id == one.id:
                    self.known.duties[key] = replace(row, state=DutyState.EXPECTED, source=None, entry_id=None)

    # ---------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def entries_are_numbered_without_gaps_and_chained(self) -> None:
        for member_id, found in self.entries.items():
            assert [one.seq for one in found] == list(range(1, len(found) + 1))
            balance = self.known.balances[CYCLE, member_id]
            assert balance == rebuilt(member_id, balance.regimes, found)
            undoing = [one.reverses for one in found if one.reverses is not None]
            assert len(set(undoing)) == len(undoing)

    @invariant()
    def cells_are_what_is_live(self) -> None:
        for member_id in self.entries:
            balance = self.known.balances[CYCLE, member_id]
            counted = Counter({key: cell.entries for key, cell in balance.cells.items()})
            scored = [one for one in self.live(member_id) if one.kind is not Kind.OPENING]
            assert counted == Counter(one.key for one in scored)
            for key, cell in balance.cells.items():
                own = [one for one in scored if one.key == key]
                assert (cell.units, cell.points) == (sum(one.units for one in own), sum(one.points for one in own))
            assert balance.vetoes == sum(one.kind is Kind.VETO for one in self.live(member_id))

    @invariant()
    def a_duty_is_decided_by_one_live_entry_which_costs_its_share_at_most(self) -> None:
        live = {one.id: one for member_id in self.entries for one in self.live(member_id)}
        for key, row in self.known.duties.items():
            if row.entry_id is None:
                assert row.state in (DutyState.EXPECTED, DutyState.WAIVED)
                continue
            entry = live[row.entry_id]
            assert (entry.member_id, entry.item) == (key.member_id, key.item)
            assert -row.share <= entry.points <= 0
            assert row.state is DutyState.KEPT or entry.points == -row.share
            assert self.known.live_entries[row.entry_id] == entry

    @invariant()
    def standing_and_explanation_add_up(self) -> None:
        for member_id, found in self.entries.items():
            balance = self.known.balances[CYCLE, member_id]
            score = fold(PLAN, balance.opening, balance.cells)
            assert explain(PLAN, REGIME, score, found, list(self.known.duties.values())).adds_up
            assert score.vetoed == (balance.vetoes > 0)


def assert_untouched(known: Known, before: Known) -> None:
    assert known.balances == before.balances
    assert known.duties == before.duties
    assert known.live_entries == before.live_entries


LedgerLife.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
TestLedgerLife = LedgerLife.TestCase
