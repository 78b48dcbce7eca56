"""What a posting becomes, decided in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cycles.core import NoCycle, NoOpenQuarter, QuarterState
from app.kit.calendar import Window
from app.kit.errors import LongwenError
from app.points import refusals
from app.points.core import Cell, CellKey
from app.points.judging import Judge, Judged, Known, undoing_id
from app.points.ledger import Balance, DutyKey, DutyState, Entry, Hand, Posting, Source, chained, reversal_of
from app.rules.award import Outcome, TierUnknown
from app.rules.core import OPENING, Kind, Matter, Settlement, Tier
from tests.points.books import TRIED, make_duty, make_item, make_regime, name
from tests.points.ledgers import AT, CYCLE, MEMBER, OTHER, TODAY, copied, duty_row, known_of, opening_entry

DAY = date(2026, 10, 5)
OPEN = (QuarterState.OPEN,) * 4
TIERS = (Tier("small", name("small"), 3), Tier("large", name("large"), 8))
REGIME = make_regime(
    [
        make_duty("D", 10, matter=Matter.NONE),
        make_duty("L", 20, matter=Matter.NONE),
        make_duty("H", 30, Window.YEAR, settlement=Settlement.AMOUNT, unit="hours", matter=Matter.NONE),
        make_duty("R", 20, Window.YEAR, settlement=Settlement.RATE, unit="percent", matter=Matter.NONE),
        make_item("A", points=None, tiers=TIERS),
        make_item("B", matter=Matter.REQUIRED),
        make_item("F", Kind.FAULT, pairs=("D", "L")),
        make_item("G", Kind.FAULT, points=-7, pairs=("D",)),
        make_item("E", Kind.FAULT, pairs=("ELSEWHERE", "A")),
        make_item("V", Kind.VETO, points=None),
        make_item("X", retired=True),
    ]
)
DUTIES = (
    duty_row("D", "2026Q4", 10),
    duty_row("L", "2026Q4", 20),
    duty_row("H", CYCLE, 30, target=20),
    duty_row("R", CYCLE, 20),
)


@pytest.fixture
def known() -> Known:
    return known_of(REGIME, DUTIES, belonging=[DAY, TODAY, TODAY + timedelta(days=1)])


def judge(known: Known) -> Judge:
    return Judge(known, at=AT, today=TODAY)


def posting(item: str, **facts: object) -> Posting:
    facts = {"id": uuid4(), "member_id": MEMBER, "effective_on": DAY, **facts}
    return Posting(item=item, **facts)  # type: ignore[arg-type]


def missed(item: str = "D", **facts: object) -> Posting:
    return posting(item, outcome=Outcome.MISSED, **facts)


def decide(known: Known, one: Posting) -> Judged:
    return judge(known).decide(one, None)


def cell(known: Known, item: str, **key: str) -> Cell | None:
    found = known.balances[CYCLE, MEMBER].cells
    return found.get(CellKey(item, "2026Q4", key.get("tier"), key.get("matter")))


def state(known: Known, item: str, window: str = "2026Q4") -> tuple[DutyState, UUID | None]:
    row = known.duties[DutyKey(CYCLE, MEMBER, item, window)]
    return row.state, row.entry_id


def test_an_addition_is_one_entry_next_in_its_members_order(known: Known) -> None:
    one = posting("A", tier="large", matter="m", source=Source.SUBMISSION, recorded_by=OTHER, approved_by=MEMBER)
    (entry,) = judge(known).decide(one, b"words").entries
    assert (entry.seq, entry.item, entry.kind, entry.dimension) == (2, "A", Kind.INNOVATION, "ORG")
    assert (entry.tier, entry.matter, entry.units, entry.points) == ("large", "m", 1, 8)
    assert (entry.window, entry.booked_in, entry.edition, entry.profile) == ("2026Q4", "2026Q4", "d1", "standard")
    assert (entry.recorded_by, entry.approved_by, entry.text_digest) == (OTHER, MEMBER, b"words")
    assert (entry.cause, entry.reverses, entry.input_digest) == (None, None, one.input_digest())
    assert cell(known, "A", tier="large", matter="m") == Cell(1, 1, 8)


def test_a_kept_duty_is_an_entry_of_no_points_and_a_missed_one_of_its_share(known: Known) -> None:
    kept = decide(known, posting("D", outcome=Outcome.KEPT))
    lost = decide(known, missed("L"))
    assert [(one.units, one.points) for one in (*kept.entries, *lost.entries)] == [(1, 0), (0, -20)]
    assert state(known, "D") == (DutyState.KEPT, kept.entries[0].id)
    assert state(known, "L") == (DutyState.MISSED, lost.entries[0].id)
    assert [row.source for row in (*kept.duties, *lost.duties)] == ["record", "record"]


def test_hours_done_decide_no_duty_yet(known: Known) -> None:
    judged = [decide(known, posting("H", units=units)) for units in (4, 3)]
    assert [one.duties for one in judged] == [(), ()]
    assert cell(known, "H") == Cell(2, 7, 0)
    assert state(known, "H", CYCLE) == (DutyState.EXPECTED, None)


def test_a_rate_keeps_its_duty_and_costs_what_is_missing(known: Known) -> None:
    judged = decide(known, posting("R", units=85))
    assert [(one.units, one.points) for one in judged.entries] == [(85, -3)]
    assert state(known, "R", CYCLE) == (DutyState.KEPT, judged.entries[0].id)


def test_a_veto_counts_no_points_and_stands_until_it_is_reversed(known: Known) -> None:
    (veto,) = decide(known, posting("V")).entries
    balance = known.balances[CYCLE, MEMBER]
    assert (veto.points, balance.vetoes, cell(known, "V")) == (0, 1, Cell(1, 1, 0))
    balance.take(undone(known, veto))
    assert (balance.vetoes, balance.cells) == (0, {})


REFUSED: list[tuple[Callable[[], Posting], type[LongwenError]]] = [
    (lambda: posting("A", tier="small", effective_on=TODAY + timedelta(days=1)), refusals.DayToCome),
    (lambda: posting("A", tier="small", member_id=uuid4()), refusals.NotAMemberThen),
    (lambda: posting("A", tier="small", effective_on=DAY + timedelta(days=1)), refusals.NotAMemberThen),
    (lambda: posting("NONE"), refusals.UnknownItem),
    (lambda: posting("X"), refusals.UnknownItem),
    (lambda: posting(OPENING), refusals.UnknownItem),
    (lambda: posting("A", tier="huge"), TierUnknown),
    (lambda: posting("B"), refusals.MatterMissing),
    (lambda: missed(matter="m"), refusals.MatterNotAsked),
    (lambda: missed("D", effective_on=TODAY.replace(month=1)), refusals.NotAMemberThen),
]


@pytest.mark.parametrize(("asked", "refusal"), REFUSED)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    known: Known, asked: Callable[[], Posting], refusal: type[LongwenError]
) -> None:
    before = copied(known)
    with pytest.raises(refusal) as caught:
        decide(known, asked())
    assert caught.value.text("zh")
    assert same(known, before)


def same(one: Known, other: Known) -> bool:
    return all(getattr(one, part) == getattr(other, part) for part in ("balances", "duties", "used", "live_entries"))


def test_today_itself_is_not_to_come(known: Known) -> None:
    assert decide(known, posting("A", tier="small", effective_on=TODAY)).entries


def test_a_day_outside_every_cycle_is_refused(known: Known) -> None:
    day = date(2025, 12, 31)
    known.members |= known_of(REGIME, belonging=[day]).members
    with pytest.raises(NoCycle):
        decide(known, posting("A", tier="small", effective_on=day))


def test_a_matter_is_entered_once_in_its_cell_and_again_after_its_reversal(known: Known) -> None:
    (first,) = decide(known, posting("A", tier="small", matter="m")).entries
    before = copied(known)
    with pytest.raises(refusals.MatterCounted):
        decide(known, posting("A", tier="small", matter="m"))
    assert same(known, before)
    decide(known, posting("A", tier="large", matter="m"))
    decide(known, posting("A", tier="small", matter="n"))
    decide(known, posting("A", tier="small"))
    decide(known, posting("A", tier="small"))
    known.balances[CYCLE, MEMBER].take(undone(known, first))
    assert decide(known, posting("A", tier="small", matter="m")).entries


def undone(known: Known, original: Entry) -> Entry:
    hand = Hand("2026Q4", AT, None, None, Source.RECORD, None, original.cause, b"undo")
    return reversal_of(original, uuid4(), known.balances[CYCLE, MEMBER].seq + 1, hand)


@pytest.mark.parametrize(
    ("duty", "refusal"),
    [
        (None, refusals.NoSuchDuty),
        (duty_row("D", "2026Q4", 10, state=DutyState.WAIVED), refusals.DutyWaived),
        (replace(duty_row("D", "2026Q4", 10, state=DutyState.KEPT), entry_id=uuid4()), refusals.DutyDecided),
    ],
)
def test_a_duty_is_decided_once_if_it_was_due_at_all(duty: object, refusal: type[LongwenError]) -> None:
    known = known_of(REGIME, [duty] if duty else [], belonging=[DAY])  # type: ignore[list-item]
    before = copied(known)
    with pytest.raises(refusal):
        decide(known, missed())
    assert same(known, before)


def test_a_duty_that_silence_decided_can_still_be_recorded() -> None:
    """Kept by default has no entry; what is then found out takes its place."""
    row = duty_row("D", "2026Q4", 10, state=DutyState.KEPT)
    known = known_of(REGIME, [row], belonging=[DAY])
    decide(known, missed())
    assert state(known, "D")[0] is DutyState.MISSED


def test_a_finding_costs_each_duty_of_its_pair_under_one_cause(known: Known) -> None:
    judged = decide(known, posting("F"))
    finding = judged.entries[0]
    assert [(one.item, one.points, one.seq) for one in judged.entries] == [("F", -5, 2), ("D", -10, 3), ("L", -20, 4)]
    assert {one.cause for one in judged.entries} == {finding.id}
    assert len({one.id for one in judged.entries}) == 3
    assert [(row.key.item, row.state, row.source) for row in judged.duties] == [
        ("D", DutyState.MISSED, "finding"),
        ("L", DutyState.MISSED, "finding"),
    ]
    assert [row.entry_id for row in judged.duties] == [one.id for one in judged.entries[1:]]


def test_the_ids_of_a_pair_are_the_same_on_a_retry(known: Known) -> None:
    one = posting("F")
    again = copied(known)
    assert decide(known, one).entries == decide(again, one).entries


def test_a_second_finding_costs_the_share_no_second_time(known: Known) -> None:
    decide(known, posting("F"))
    judged = decide(known, posting("G"))
    assert [(one.item, one.points) for one in judged.entries] == [("G", -7)]
    assert cell(known, "D") == Cell(1, 0, -10)


def test_a_finding_after_the_duty_was_missed_costs_the_share_no_second_time(known: Known) -> None:
    decide(known, missed("D"))
    assert [one.item for one in decide(known, posting("G")).entries] == ["G"]


def test_a_finding_takes_back_that_the_duty_was_kept(known: Known) -> None:
    (kept,) = decide(known, posting("D", outcome=Outcome.KEPT)).entries
    judged = decide(known, posting("G"))
    finding, undoing, lost = judged.entries
    assert (undoing.reverses, undoing.points, undoing.units, undoing.cause) == (kept.id, 0, -1, finding.id)
    assert undoing.id == undoing_id(finding.id, kept.id)
    assert (lost.points, lost.seq, state(known, "D")) == (-10, 5, (DutyState.MISSED, lost.id))
    assert cell(known, "D") == Cell(1, 0, -10)


@pytest.mark.parametrize("duty", [None, duty_row("D", "2026Q4", 10, state=DutyState.WAIVED)])
def test_a_finding_costs_no_share_that_was_not_due(duty: object) -> None:
    known = known_of(REGIME, [duty] if duty else [], belonging=[DAY])  # type: ignore[list-item]
    assert [one.item for one in decide(known, posting("G")).entries] == ["G"]


def test_a_pair_that_the_member_does_not_owe_costs_nothing(known: Known) -> None:
    assert [one.item for one in decide(known, posting("E")).entries] == ["E"]


def test_a_recorded_miss_after_a_finding_is_told_that_the_duty_is_decided(known: Known) -> None:
    decide(known, posting("G"))
    before = copied(known)
    with pytest.raises(refusals.DutyDecided):
        decide(known, missed())
    assert same(known, before)


def test_the_same_again_is_a_replay_and_other_content_a_conflict(known: Known) -> None:
    one = posting("A", tier="small")
    (entry,) = decide(known, one).entries
    later = replace(known, used={one.id: entry})
    before = copied(later)
    assert decide(later, one) == Judged(one, (), (), replayed=entry)
    for other in (
        replace(one, tier="large"),
        replace(one, units=1),
        replace(one, effective_on=TODAY),
        replace(one, reason="why"),
        replace(one, matter="m"),
        replace(one, member_id=OTHER),
        replace(one, item="B"),
        replace(one, outcome=Outcome.KEPT),
    ):
        with pytest.raises(refusals.IdUsed):
            decide(later, other)
    assert same(later, before)


def test_the_same_id_twice_in_one_batch_is_entered_once(known: Known) -> None:
    one = posting("H", units=4)
    first, second = (judge(known).decide(one, None) for _ in range(2))
    assert (second.entries, second.replayed) == ((), first.entries[0])
    with pytest.raises(refusals.IdUsed):
        decide(known, replace(one, units=5))
    assert cell(known, "H") == Cell(1, 4, 0)


def test_a_retry_by_another_hand_is_still_the_same(known: Known) -> None:
    """Who sends it, and in which batch, is not its content."""
    one = posting("A", tier="small", recorded_by=MEMBER)
    assert replace(one, recorded_by=OTHER, batch=uuid4(), source=Source.IMPORT).input_digest() == one.input_digest()


@pytest.mark.parametrize(
    ("source", "states", "booked"),
    [
        (Source.RECORD, (QuarterState.CHECK, QuarterState.CHECK, QuarterState.CHECK, QuarterState.OPEN), "2026Q4"),
        (Source.IMPORT, (QuarterState.CHECK, QuarterState.CHECK, QuarterState.OPEN, QuarterState.OPEN), "2026Q3"),
        (Source.SUBMISSION, (QuarterState.CHECK, QuarterState.CHECK, QuarterState.CHECK, QuarterState.OPEN), "2026Q1"),
        (Source.JOB, (QuarterState.NOTICE, QuarterState.CHECK, QuarterState.OPEN, QuarterState.OPEN), "2026Q2"),
    ],
)
def test_an_entry_folds_where_it_belongs_and_is_booked_where_its_state_admits_it(
    source: Source, states: tuple[QuarterState, ...], booked: str
) -> None:
    day = date(2026, 2, 3)
    known = known_of(REGIME, belonging=[day], states=states)
    (entry,) = decide(known, posting("A", tier="small", effective_on=day, source=source)).entries
    assert (entry.window, entry.booked_in) == ("2026Q1", booked)


def test_without_an_open_quarter_nothing_is_recorded() -> None:
    known = known_of(REGIME, belonging=[DAY], states=(QuarterState.SEALED,) * 3 + (QuarterState.NOTICE,))
    before = copied(known)
    with pytest.raises(NoOpenQuarter):
        decide(known, posting("A", tier="small"))
    assert same(known, before)


def test_a_job_may_still_settle_what_was_retired_meanwhile(known: Known) -> None:
    assert decide(known, posting("X", source=Source.JOB)).entries


def test_settling_gives_the_points_itself(known: Known) -> None:
    entry = judge(known).entry(posting("H", source=Source.JOB, units=0, points=-12))
    assert (entry.points, entry.units, entry.seq) == (-12, 0, 2)
    assert known.balances[CYCLE, MEMBER].seq == 1, "nothing is taken yet"


# The entry and its chain.


def test_a_reversal_copies_what_folds_and_negates_what_counts(known: Known) -> None:
    original = decide(known, posting("A", tier="small", matter="m", reason="r")).entries[0]
    reversal = undone(known, original)
    copied_fields = ("cycle", "member_id", "branch_id", "item", "kind", "dimension", "tier", "matter", "edition",
                     "profile", "window", "effective_on")  # fmt: skip
    assert all(getattr(reversal, one) == getattr(original, one) for one in copied_fields)
    assert (reversal.units, reversal.points, reversal.sign) == (-original.units, -original.points, -1)
    assert (reversal.reverses, original.sign) == (original.id, 1)


@pytest.mark.parametrize(("asked", "booked"), [("2026Q3", "2026Q4"), ("2026Q4", "2026Q4"), ("2027Q1", "2027Q1")])
def test_a_reversal_is_never_booked_before_its_original(known: Known, asked: str, booked: str) -> None:
    original = decide(known, posting("A", tier="small")).entries[0]
    hand = Hand(asked, AT, None, None, Source.RECORD, None, None, b"")
    assert reversal_of(original, uuid4(), 3, hand).booked_in == booked


CHANGES: dict[str, object] = {
    "id": uuid4(), "cycle": "2027", "member_id": OTHER, "seq": 7, "branch_id": OTHER, "item": "B", "kind": Kind.FAULT,
    "dimension": "SRV", "tier": "x", "matter": "x", "cause": OTHER, "edition": "d2", "profile": "exempt",
    "window": "2026Q2", "units": 9, "points": 9, "effective_on": date(2026, 1, 2), "booked_in": "2026Q2",
    "recorded_at": AT + timedelta(seconds=1), "recorded_by": OTHER, "approved_by": OTHER, "source": Source.IMPORT,
    "batch": OTHER, "reverses": OTHER, "input_digest": b"other", "text_digest": b"other",
    "costs": "D1",
}  # fmt: skip


def test_every_column_of_an_entry_is_in_the_chain() -> None:
    entry = opening_entry()
    assert set(CHANGES) == set(Entry.__slots__)
    forms = {replace(entry, **{column: value}).canonical_bytes() for column, value in CHANGES.items()}  # type: ignore[arg-type]
    assert len(forms | {entry.canonical_bytes()}) == len(CHANGES) + 1


@TRIED
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=5, unique=True), st.data())
def test_the_chain_tells_any_change_of_order(points: list[int], data: st.DataObject) -> None:
    entries = [replace(opening_entry(points=one), seq=at) for at, one in enumerate(points, start=1)]
    other = data.draw(st.permutations(entries))
    assert (running(entries) == running(other)) == (entries == other)


def running(entries: list[Entry]) -> bytes:
    found = b""
    for entry in entries:
        found = chained(found, entry)
    return found


def test_a_copy_of_a_balance_can_be_worked_on_without_touching_it(known: Known) -> None:
    balance: Balance = known.balances[CYCLE, MEMBER]
    before, copy = balance.copy(), balance.copy()
    copy.take(decide(copied(known), posting("A", tier="small")).entries[0])
    copy.regimes["2027Q1"] = ("d2", "standard")
    assert balance == before
    assert copy != before
