"""Judging what is booked under a draft: whatever the books and the deeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cycles.core import Quarter, QuarterState
from app.kit.calendar import Window, quarter_days, quarter_of_window
from app.points.core import Cell, CellKey, fold
from app.points.duties import CycleDays
from app.points.ledger import DutyKey, DutyRow, DutyState
from app.points.plan import RegimesDisagree
from app.rules.award import Outcome as DutyOutcome
from app.rules.award import points_of
from app.rules.core import (
    Bound,
    Edition,
    Item,
    Kind,
    Matter,
    Measure,
    MeasureForm,
    PointRange,
    Regime,
    Rung,
    Settlement,
    Target,
    Tier,
    Unrecorded,
)
from app.rules.lines import Basis, Line, Relation, When
from app.trials.rejudging import Cells, Fact, Obstacle, Unjudged, judge_of, reads_entries
from app.trials.replaying import BANDS, Replay, laid_over
from app.trials.resettling import never_replayed, resettled
from tests.points.books import (
    QUARTERS,
    TRIED,
    Deed,
    RuleBook,
    cells_of,
    chance,
    filled,
    make_duty,
    make_item,
    make_regime,
    name,
    number,
    year_of,
)
from tests.points.ledgers import MEMBER


def edition_of(regime: Regime, code: str = "draft") -> Edition:
    """A draft whose only class of members has these rules."""
    own = replace(regime, edition=code, digest=code)
    return Edition("test", code, code, name(code), date(2026, 1, 1), None, {"standard": own})


def replay_of(book: RuleBook, draft: Edition, laid: tuple[str, ...]) -> Replay:
    new = {quarter: found for quarter, found in laid_over(book.regimes, draft, laid).items() if found is not None}
    return Replay.of(book.regimes, new)


def rejudged(replay: Replay, cells: Cells, facts: tuple[Fact, ...] = ()) -> tuple[Cells, Unjudged]:
    unjudged: Unjudged = {}
    return replay.rejudged(cells, facts, unjudged), unjudged


def redrawn(draw: st.DrawFn, regime: Regime) -> Regime:
    """The regime with other points, shares and bounds here and there."""
    items: dict[str, Item] = {}
    for code, item in regime.items.items():
        sign = -1 if item.kind is Kind.FAULT else 1
        facts: dict[str, Any] = {}
        if item.duty is not None and chance(draw):
            facts["duty"] = replace(item.duty, share=number(draw, 1, 12))
        if item.points is not None and chance(draw):
            facts["points"] = sign * number(draw, 1, 12)
        if item.tiers and chance(draw):
            facts["tiers"] = tuple(replace(tier, points=sign * number(draw, 1, 12)) for tier in item.tiers)
        items[code] = replace(item, **facts)
    return replace(regime, items=items)


def recorded(deed: Deed, old: Item, new: Item) -> Deed:
    """The same deed recorded under the new item."""
    outcome = None if old.duty is None else (DutyOutcome.MISSED if deed.points < 0 else DutyOutcome.KEPT)
    units = deed.units if new.unit is not None and new.duty is None else None
    chosen = None if old.chosen is None else deed.points
    return Deed(deed.key, *points_of(new, tier=deed.key.tier, units=units, outcome=outcome, chosen=chosen))


Case = tuple[RuleBook, list[Deed], RuleBook]


@st.composite
def drafted(draw: st.DrawFn) -> Case:
    """A book with a year's deeds, and the same with other points in its last quarter or in all of them."""
    book, found = draw(filled())
    last = book.quarters[-1]
    whole = len({regime.digest for regime in book.regimes.values()}) == 1 and chance(draw)
    draft = replace(redrawn(draw, book.regimes[last]), edition="draft", digest="draft")
    laid = book.quarters if whole else (last,)
    return book, found, RuleBook({**book.regimes, **dict.fromkeys(laid, draft)})


def between(book: RuleBook, draft: RuleBook) -> Replay:
    return Replay.of(book.regimes, draft.regimes)


@settings(TRIED, max_examples=200)
@given(filled(), st.booleans())
def test_a_draft_equal_to_the_book_in_force_changes_nobody(case: tuple[RuleBook, list[Deed]], whole: bool) -> None:
    book, found = case
    same = edition_of(book.regimes[book.quarters[-1]])
    laid = book.quarters[-1:]
    if whole and len({regime.digest for regime in book.regimes.values()}) == 1:
        laid = book.quarters
    replay = replay_of(book, same, laid)
    cells = cells_of(found)
    again, unjudged = rejudged(replay, cells)
    assert again is cells
    assert not unjudged
    assert replay.outcome(book.opening, cells, again) is None
    before, after = fold(replay.old.plan, book.opening, cells), fold(replay.new.plan, book.opening, cells)
    assert (before, replay.old.numbers(before)) == (after, replay.new.numbers(after))


@settings(TRIED, max_examples=200)
@given(drafted())
def test_judging_cells_anew_is_recording_the_deeds_anew(case: Case) -> None:
    book, found, draft = case
    replay = between(book, draft)
    expected = []
    for deed in found:
        quarter = quarter_of_window(deed.key.window)
        old, new = (side.regimes[quarter].items[deed.key.item] for side in (replay.old, replay.new))
        expected.append(recorded(deed, old, new) if quarter in replay.laid else deed)
    again, unjudged = rejudged(replay, cells_of(found))
    assert again == cells_of(expected)
    assert not unjudged


@settings(TRIED, max_examples=200)
@given(drafted())
def test_the_articles_add_up_to_the_difference_and_what_is_skipped_is_the_same(case: Case) -> None:
    book, found, draft = case
    replay = between(book, draft)
    cells = cells_of(found)
    again, _ = rejudged(replay, cells)
    outcome = replay.outcome(book.opening, cells, again)
    if outcome is None:
        before = fold(replay.old.plan, book.opening, cells)
        after = fold(replay.new.plan, replay.opening(book.opening), again)
        assert replay.old.numbers(before) == replay.new.numbers(after)
        return
    articles = replay.articles(outcome)
    assert sum(one.points for one in articles) == outcome.new.total - outcome.old.total
    sizes = [abs(one.points) for one in articles]
    assert sizes == sorted(sizes, reverse=True)


@settings(TRIED, max_examples=200)
@given(drafted())
def test_a_draft_that_starts_later_moves_no_earlier_quarter(case: Case) -> None:
    book, found, draft = case
    replay = between(book, draft)
    first = min(replay.laid, default="9")
    again, _ = rejudged(replay, cells_of(found))
    for quarter in book.quarters:
        if quarter >= first:
            continue
        until = {key: cell for key, cell in again.items() if quarter_of_window(key.window) <= quarter}
        assert until == {key: cell for key, cell in cells_of(found).items() if quarter_of_window(key.window) <= quarter}
        before, after = (fold(side.plan, book.opening, until) for side in (replay.old, replay.new))
        assert (before.daily, before.total) == (after.daily, after.total)


HOURS = Measure(MeasureForm.LADDER, rungs=(Rung(5, 3), Rung(10, 8)))
LEVELS = (Tier("city", name("city"), 10), Tier("town", name("town"), 4))
FIXED = make_item("A", points=5)


@pytest.mark.parametrize(
    ("old", "new", "tier", "before", "after"),
    [
        (FIXED, replace(FIXED, points=7), None, Cell(3, 3, 15), Cell(3, 3, 21)),
        (FIXED, replace(FIXED, unit="times", points=2), None, Cell(3, 3, 15), Cell(3, 3, 6)),
        (replace(FIXED, unit="times"), FIXED, None, Cell(2, 9, 45), Cell(2, 2, 10)),
        (replace(FIXED, unit="times"), replace(FIXED, points=6), None, Cell(2, 9, 45), Cell(2, 2, 12)),
        (
            make_item("A", points=None, tiers=LEVELS),
            make_item("A", points=None, tiers=(replace(LEVELS[0], points=12), LEVELS[1])),
            "city", Cell(2, 2, 20), Cell(2, 2, 24),
        ),
        (
            make_item("A", points=None, chosen=PointRange(1, 9, 1)),
            make_item("A", points=None, chosen=PointRange(2, 6, 1)), None, Cell(1, 1, 9), Cell(1, 1, 6),
        ),
        (
            make_item("A", points=None, unit="hours", measure=HOURS),
            make_item("A", points=2, unit="hours"), None, Cell(2, 7, 0), Cell(2, 7, 14),
        ),
        (
            make_item("A", points=2, unit="hours"), make_item("A", points=None, unit="hours", measure=HOURS),
            None, Cell(2, 7, 14), Cell(2, 7, 0),
        ),
        (make_duty("D", 10), make_duty("D", 15), None, Cell(3, 1, -20), Cell(3, 1, -30)),
        (make_duty("D", 10), make_duty("D", 10, settlement=Settlement.DEFAULT), None, Cell(1, 0, -10), Cell(1, 0, -10)),
        (
            make_duty("D", 10, settlement=Settlement.RATE), make_duty("D", 15, settlement=Settlement.RATE),
            None, Cell(1, 85, -2), Cell(1, 85, -3),
        ),
        (make_duty("D", 10), make_duty("D", 20, settlement=Settlement.RATE), None, Cell(2, 1, -10), Cell(2, 100, -20)),
    ],
)  # fmt: skip
def test_a_cell_is_judged_by_its_counts(old: Item, new: Item, tier: str | None, before: Cell, after: Cell) -> None:
    judge = judge_of(old, new, tier)
    if judge is None:
        assert before == after
        return
    assert not isinstance(judge, Obstacle)
    assert judge(before) == after


def test_what_the_draft_takes_no_more_falls_out_of_its_quarters_and_is_counted() -> None:
    duty = make_duty("D", 10)
    old = make_regime([FIXED, duty])
    new = make_regime([replace(FIXED, points=9, retired=True), replace(duty, duty=None, retired=True)])
    replay = replay_of(year_of(old), edition_of(new), ("2026Q3",))
    earlier = {CellKey("A", "2026Q2", None, None): Cell(1, 1, 5)}
    later = {CellKey("A", "2026Q3", None, None): Cell(2, 2, 10), CellKey("D", "2026Q3", None, None): Cell(1, 0, -10)}
    again, unjudged = rejudged(replay, earlier | later)
    assert again == earlier
    assert unjudged == {(Obstacle.RETIRED, "A", None): 2, (Obstacle.RETIRED, "D", None): 1}


@pytest.mark.parametrize(
    ("old", "new", "tier", "obstacle", "stays"),
    [
        (FIXED, None, None, Obstacle.ITEM_DROPPED, False),
        (make_item("A", points=None, tiers=LEVELS), make_item("A", points=None, tiers=LEVELS[1:]), "city",
         Obstacle.TIER_DROPPED, False),
        (make_item("A", points=None, tiers=LEVELS), FIXED, "city", Obstacle.TIER_DROPPED, False),
        (FIXED, make_item("A", points=None, tiers=LEVELS), None, Obstacle.TIER_ASKED, False),
        (make_duty("D", 10), make_duty("D", 30, Window.YEAR), None, Obstacle.FREQUENCY, True),
        (make_duty("D", 10, settlement=Settlement.RATE), make_duty("D", 10), None, Obstacle.NATURE, True),
        (make_duty("D", 10), make_item("D", Kind.ROUTINE, points=3), None, Obstacle.NATURE, True),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_told(
    old: Item, new: Item | None, tier: str | None, obstacle: Obstacle, stays: bool
) -> None:
    replay = replay_of(year_of(make_regime([old])), edition_of(make_regime([new] if new else [])), QUARTERS)
    cells = {CellKey(old.code, "2026Q1", tier, None): Cell(2, 1, -5)}
    again, unjudged = rejudged(replay, cells)
    assert unjudged == {(obstacle, old.code, tier if obstacle is Obstacle.TIER_DROPPED else None): 2}
    assert again == (cells if stays else {})


def test_each_entry_of_a_range_is_held_to_the_new_one() -> None:
    old = make_item("A", points=None, chosen=PointRange(1, 9, 1))
    new = replace(old, chosen=PointRange(3, 6, 1))
    assert reads_entries(old, new)
    replay = replay_of(year_of(make_regime([old])), edition_of(make_regime([new])), ("2026Q2",))
    facts = tuple(Fact("A", day, None, None, 1, points) for day, points in (
        (date(2026, 2, 1), 9), (date(2026, 5, 1), 2), (date(2026, 6, 1), 8)))  # fmt: skip
    cells = {CellKey("A", "2026Q1", None, None): Cell(1, 1, 9), CellKey("A", "2026Q2", None, None): Cell(2, 2, 10)}
    again, _ = rejudged(replay, cells, facts)
    assert again == {**cells, CellKey("A", "2026Q2", None, None): Cell(2, 2, 9)}


def test_a_new_ceiling_per_month_looks_into_the_quarter() -> None:
    old = make_item("A", points=5)
    new = replace(old, bounds=(Bound(Window.MONTH, high=5),))
    replay = replay_of(year_of(make_regime([old])), edition_of(make_regime([new])), QUARTERS)
    facts = tuple(Fact("A", day, None, None, 1, 5) for day in (date(2026, 4, 1), date(2026, 4, 9), date(2026, 6, 1)))
    cells = {CellKey("A", "2026Q2", None, None): Cell(3, 3, 15)}
    again, _ = rejudged(replay, cells, facts)
    outcome = replay.outcome(100, cells, again)
    assert outcome is not None
    assert (outcome.old.total, outcome.new.total) == (115, 110)
    assert [(one.where, one.points) for one in replay.articles(outcome)] == [("A", -5)]


def test_a_draft_for_mid_cycle_that_moves_the_bands_is_refused() -> None:
    regime = make_regime([FIXED])
    draft = edition_of(replace(regime, bands=(replace(regime.bands[0], bound=90), *regime.bands[1:])))
    with pytest.raises(RegimesDisagree):
        replay_of(year_of(regime), draft, ("2026Q3",))
    outcome = (replay := replay_of(year_of(regime), draft, QUARTERS)).outcome(80, {}, {})
    assert outcome is not None
    assert (outcome.old.band, outcome.new.band) == ("rest", "low")
    assert [(one.where, one.points) for one in replay.articles(outcome)] == [(BANDS, 0)]


def test_a_line_is_told_with_who_moved_and_one_by_pace_is_left() -> None:
    def line(code: str, bound: int, basis: Basis = Basis.TOTAL) -> Line:
        return Line(code, name(code), basis, Relation.AT_MOST, bound, When.EVERY_QUARTER, "warning")

    old = make_regime([make_duty("D", 10)], lines=(line("assist", 50), line("pace", 40, Basis.PACE)))
    moved = replace(old, lines=(line("assist", 95), line("pace", 10, Basis.PACE)))
    cells = {CellKey("D", "2026Q1", None, None): Cell(1, 0, -10)}
    replay = replay_of(year_of(old), edition_of(moved), QUARTERS)
    outcome = replay.outcome(100, cells, cells)
    assert outcome is not None
    assert (outcome.gained, outcome.lost) == (("assist",), ())
    assert [(one.where, one.points) for one in replay.articles(outcome)] == [("lines.assist", 0)]


def amount(share: int, half: int, year: int) -> Item:
    targets = (Target(Window.HALF, half), Target(Window.YEAR, year))
    return make_duty("H", share, Window.YEAR, settlement=Settlement.AMOUNT, unit="hours", targets=targets)


def quarters_until(last: str) -> tuple[Quarter, ...]:
    return tuple(Quarter(one, "2026", *quarter_days(one), QuarterState.SEALED) for one in QUARTERS if one <= last)


def hours(*done: tuple[str, int, int]) -> Cells:
    return {CellKey("H", window, None, None): Cell(2, units, points) for window, units, points in done}


@pytest.mark.parametrize(
    ("last", "laid", "row", "before", "after"),
    [
        # 5 of 10 hours at the half-year cost 10 of 40; of 20 hours they would cost 15.
        ("2026Q2", QUARTERS, {}, (("2026Q2", 5, -10),), (("2026Q2", 5, -15),)),
        ("2026Q3", QUARTERS, {}, (("2026Q2", 5, -10),), (("2026Q2", 5, -15),)),
        ("2026Q3", ("2026Q3",), {}, (("2026Q2", 5, -10),), (("2026Q2", 5, -10),)),
        ("2026Q1", QUARTERS, {}, (("2026Q1", 5, 0),), (("2026Q1", 5, 0),)),
        ("2026Q4", QUARTERS, {"state": DutyState.MISSED}, (("2026Q4", 10, -20),), (("2026Q4", 10, -30),)),
        # What the rules in force do not account for stays: waived, by a finding, not settled.
        ("2026Q2", QUARTERS, {"state": DutyState.WAIVED}, (("2026Q2", 5, 0),), (("2026Q2", 5, 0),)),
        ("2026Q2", QUARTERS, {"source": "finding"}, (("2026Q2", 5, -40),), (("2026Q2", 5, -40),)),
        ("2026Q2", QUARTERS, {}, (("2026Q2", 5, 0),), (("2026Q2", 5, 0),)),
    ],
)
def test_amounts_are_settled_by_the_drafts_targets(
    last: str, laid: tuple[str, ...], row: dict[str, Any], before: Any, after: Any
) -> None:
    old, new = amount(40, 10, 20), amount(40, 20, 40)
    key = DutyKey("2026", MEMBER, "H", "2026")
    plain = DutyRow(key, date(2026, 12, 31), 40, 20, DutyState.EXPECTED, None, None)
    versions = {quarter: (old, new) for quarter in laid if quarter <= last}
    unjudged: Unjudged = {}
    assert resettled(hours(*before), replace(plain, **row), quarters_until(last), versions, unjudged) == hours(*after)
    is_unsettled = before == (("2026Q2", 5, 0),) and not row
    assert unjudged == ({(Obstacle.UNSETTLED, "H", None): 1} if is_unsettled else {})


FINDING = make_item("F", Kind.FAULT, points=-5)


@pytest.mark.parametrize(
    ("old", "new", "matter", "told"),
    [
        (replace(FINDING, pairs=("D",)), FINDING, None, Obstacle.COSTS),
        (FINDING, replace(FINDING, pairs_one_of=("D",)), None, Obstacle.COSTS),
        (replace(FINDING, pairs=("X",)), FINDING, None, None),  # nobody owes it
        (replace(FINDING, matter=Matter.NONE), replace(FINDING, matter=Matter.REQUIRED), None, Obstacle.MATTER),
        (replace(FINDING, matter=Matter.OPTIONAL), replace(FINDING, matter=Matter.NONE), "m", Obstacle.MATTER),
        (replace(FINDING, matter=Matter.OPTIONAL), replace(FINDING, matter=Matter.REQUIRED), "m", None),
    ],
)
def test_what_a_change_means_beside_an_entrys_own_cell_is_told(
    old: Item, new: Item, matter: str | None, told: Obstacle | None
) -> None:
    duty = make_duty("D", 10)
    replay = replay_of(year_of(make_regime([old, duty])), edition_of(make_regime([new, duty])), QUARTERS)
    cells = {CellKey("F", "2026Q1", None, matter): Cell(1, 1, -5)}
    again, unjudged = rejudged(replay, cells)
    assert again == cells
    assert unjudged == ({} if told is None else {(told, "F", None): 1})


@pytest.mark.parametrize(
    ("old", "new", "row", "before", "after", "is_told"),
    [
        (Unrecorded.UNDECIDED, Unrecorded.MISSED, (DutyState.EXPECTED, None), {}, Cell(1, 0, -10), False),
        (Unrecorded.KEPT, Unrecorded.MISSED, (DutyState.KEPT, "job"), {}, Cell(1, 0, -10), False),
        (Unrecorded.MISSED, Unrecorded.KEPT, (DutyState.MISSED, "job"), Cell(1, 0, -10), {}, False),
        (Unrecorded.MISSED, Unrecorded.KEPT, (DutyState.MISSED, "record"), Cell(1, 0, -10), Cell(1, 0, -10), False),
        (Unrecorded.UNDECIDED, Unrecorded.MISSED, (DutyState.KEPT, "record"), {}, {}, False),
        (Unrecorded.KEPT, Unrecorded.WAIVED, (DutyState.KEPT, "job"), {}, {}, False),
        (Unrecorded.KEPT, Unrecorded.MISSED, (DutyState.EXPECTED, None), {}, {}, True),  # not settled yet
    ],
)
def test_what_nobody_recorded_is_settled_as_the_draft_says(
    old: Unrecorded, new: Unrecorded, row: tuple[DutyState, str | None], before: Any, after: Any, is_told: bool
) -> None:
    duty = make_duty("D", 10)
    assert duty.duty is not None
    pair = (
        replace(duty, duty=replace(duty.duty, unrecorded=old)),
        replace(duty, duty=replace(duty.duty, unrecorded=new)),
    )
    key = CellKey("D", "2026Q1", None, None)
    due = DutyRow(DutyKey("2026", MEMBER, "D", "2026Q1"), date(2026, 3, 31), 10, None, row[0], row[1], None)
    unjudged: Unjudged = {}
    again = resettled({key: before} if before else {}, due, quarters_until("2026Q1"), {"2026Q1": pair}, unjudged)
    assert again == ({key: after} if after else {})
    assert unjudged == ({(Obstacle.UNSETTLED, "D", None): 1} if is_told else {})


CYCLE = CycleDays("2026", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([], [make_duty("D", 10)], (Obstacle.NEW_DUTY, "D")),
        ([make_duty("D", 10)], [make_duty("D", 10, Window.MONTH)], (Obstacle.FREQUENCY, "D")),
        ([make_duty("D", 10)], [make_duty("D", 10, settlement=Settlement.RATE)], (Obstacle.NATURE, "D")),
        ([], [make_duty("D", 10, Window.YEAR)], None),  # nothing of it fell due yet
        ([make_duty("D", 10)], [make_duty("D", 20)], None),
    ],
)
def test_a_duty_asked_for_anew_or_otherwise_is_told_whoever_has_entries(
    old: list[Item], new: list[Item], told: tuple[Obstacle, str] | None
) -> None:
    before, after = ({one: make_regime(items) for one in QUARTERS[:2]} for items in (old, new))
    found = set(never_replayed(before, after, quarters_until("2026Q2"), CYCLE))
    assert found == (set() if told is None else {told})


def test_an_opening_from_a_paper_stays_though_it_is_as_much_as_the_books_own() -> None:
    regime = make_regime([FIXED])
    replay = replay_of(year_of(regime), edition_of(replace(regime, opening=regime.opening + 20)), QUARTERS)
    assert replay.opening(regime.opening) == regime.opening + 20
    assert replay.opening(regime.opening, from_elsewhere=True) == regime.opening
