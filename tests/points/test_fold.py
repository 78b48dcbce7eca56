"""What must hold of the fold, whatever the book and the entries (scoring, section 2)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.kit.calendar import Window, quarter_of_window
from app.points.core import CellKey, Cut, Score, add_to, counted_elsewhere
from app.points.plan import compile_plan
from app.rules.core import Across, Bound, Dimension, Effect, Kind, Measure, MeasureForm, Regime, Starts
from tests.points.books import (
    DIMENSIONS,
    GROUP,
    LENGTH,
    QUARTERS,
    TRIED,
    Deed,
    RuleBook,
    Taste,
    cells_of,
    chance,
    deeds,
    draw_book,
    draw_deed,
    filled,
    make_duty,
    make_item,
    make_regime,
    name,
    nodes_above,
    number,
    one_of,
    sign_of,
    with_bounds,
    year_of,
)
from tests.points.reference import Reference

WITHOUT_MEANS = tuple(form for form in MeasureForm if form is not MeasureForm.WORTH)


def seen(score: Score) -> tuple[object, ...]:
    """A score without the order in which its cuts are told."""
    return replace(score, cuts=()), sorted(score.cuts, key=repr)


def rows(found: list[Deed]) -> list[tuple[str, str, str | None, str | None, int, int]]:
    return [(*deed.key, deed.units, deed.points) for deed in found]


@settings(TRIED, max_examples=400)
@given(filled())
def test_the_fold_equals_the_page_read_slowly(case: tuple[RuleBook, list[Deed]]) -> None:
    book, found = case
    score = book.score(found)
    slow = Reference(book.regimes, rows(found)).numbers(book.opening)
    assert (score.daily, score.innovation, score.fault, score.total) == slow
    assert score.dimensions == Reference(book.regimes, rows(found)).left()


def test_of_a_dimension_that_opens_full_nothing_is_left_at_the_least() -> None:
    def of_class(allotment: int) -> Regime:
        dimensions = (Dimension("ORG", name("ORG"), allotment), Dimension("SRV", name("SRV"), 0, Starts.ZERO))
        floor = {"routine/ORG": (Bound(Window.YEAR, low=-allotment),)}
        return make_regime([make_duty("D", 60, Window.YEAR)], bounds=floor, dimensions=dimensions)

    book = year_of(of_class(20), Q3=of_class(80))
    missed = [Deed(CellKey("D", "2026Q3", None, None), 0, -60)]
    assert book.score(missed).dimensions == {"ORG": 0, "SRV": 0} == Reference(book.regimes, rows(missed)).left()


@settings(TRIED, max_examples=150)
@given(filled(Taste(items_max=4, sizes=6, across=True), deeds_max=30))
def test_the_fold_equals_the_page_in_a_busy_year(case: tuple[RuleBook, list[Deed]]) -> None:
    book, found = case
    score = book.score(found)
    slow = Reference(book.regimes, rows(found)).numbers(book.opening)
    assert (score.daily, score.innovation, score.fault, score.total) == slow


@TRIED
@given(filled(), st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(case: tuple[RuleBook, list[Deed]], random: object) -> None:
    book, found = case
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert cells_of(shuffled) == cells_of(found)
    assert seen(book.score(shuffled)) == seen(book.score(found))


@TRIED
@given(filled(), st.data())
def test_an_entry_and_its_reversal_leave_no_trace(case: tuple[RuleBook, list[Deed]], data: st.DataObject) -> None:
    book, found = case
    undone = data.draw(st.lists(deeds(book), max_size=4))
    moves = [(1, deed) for deed in (*found, *undone)]
    cells = cells_of([])
    for sign, deed in (*moves, *((-1, deed) for deed in data.draw(st.permutations(undone)))):
        add_to(cells, deed.key, sign, sign * deed.units, sign * deed.points)
    assert cells == cells_of(found)
    assert seen(book.fold(cells)) == seen(book.score(found))


@TRIED
@given(filled(), st.data())
def test_batches_may_be_split_anywhere(case: tuple[RuleBook, list[Deed]], data: st.DataObject) -> None:
    book, found = case
    cut = data.draw(st.integers(0, len(found)))
    cells = cells_of(found[:cut])
    book.fold(cells)  # an answer in between leaves nothing behind
    for deed in found[cut:]:
        add_to(cells, deed.key, 1, deed.units, deed.points)
    assert seen(book.fold(cells)) == seen(book.score(found))


@settings(TRIED, max_examples=200)
@given(filled())
def test_what_is_shown_adds_up_to_the_total(case: tuple[RuleBook, list[Deed]]) -> None:
    book, found = case
    score = book.score(found)
    points = sum(deed.points for deed in found)
    assert score.opening + points + sum(cut.points for cut in score.cuts) == score.total
    assert sum(score.matrix.values()) == points
    assert all(cut.points for cut in score.cuts)
    assert score.vetoed == any(deed.key.item == "VETO" for deed in found)
    veto = next((item.veto for item in book.regimes[book.quarters[0]].items.values() if item.veto), None)
    zeroed = score.vetoed and veto is not None and veto.effect is Effect.ZERO
    assert score.effective == (0 if zeroed else score.total)
    if score.vetoed and veto is not None and veto.effect is Effect.BAND:
        assert score.band == veto.band
    assert score.daily >= 0
    assert score.total >= 0


@TRIED
@given(filled(), st.data())
def test_an_edition_that_changes_nothing_changes_nobody(case: tuple[RuleBook, list[Deed]], data: st.DataObject) -> None:
    book, found = case
    again = data.draw(st.sets(st.sampled_from(book.quarters)))
    reprinted = RuleBook(
        {
            quarter: replace(regime, edition=f"{quarter}b", digest=quarter) if quarter in again else regime
            for quarter, regime in book.regimes.items()
        }
    )
    assert seen(reprinted.score(found)) == seen(book.score(found))


@settings(TRIED, max_examples=200)
@given(filled(), st.data())
def test_a_later_edition_moves_no_earlier_quarter(case: tuple[RuleBook, list[Deed]], data: st.DataObject) -> None:
    book, found = case
    quarter = data.draw(st.sampled_from(book.quarters))
    early = [deed for deed in found if quarter_of_window(deed.key.window) <= quarter]
    then, now = book.until(quarter).score(early), book.score(early)
    assert seen(then) == seen(now)


def bounded_places(book: RuleBook) -> list[str]:
    last = book.regimes[book.quarters[-1]]
    return [*last.items, *(node.name for node in last.nodes)]


def last_spell(book: RuleBook, place: str) -> list[str]:
    """The quarters since when the bounds of the last quarter have held."""
    held: list[str] = []
    for quarter, found in zip(reversed(book.quarters), reversed(book.bounds(place)), strict=True):
        if found != book.bounds(place)[-1]:
            break
        held.append(quarter)
    return held


def loses(book: RuleBook, place: str) -> bool:
    """Whether what is counted at an item or node is negative."""
    item = book.regimes[book.quarters[-1]].items.get(place)
    kind = Kind(place.partition("/")[0]) if item is None else item.kind
    return sign_of(kind, loses=book.opening > 0) < 0


def tightened(book: RuleBook, place: str, by: int) -> RuleBook:
    """The bounds that hold to the cycle's end, tightened on the side that can bite, from their first quarter on."""
    old = book.bounds(place)[-1]
    if loses(book, place):
        new = tuple(replace(one, low=None if one.low is None else min(0, one.low + by)) for one in old)
    else:
        new = tuple(replace(one, high=None if one.high is None else max(0, one.high - by)) for one in old)
    spell = last_spell(book, place)
    return RuleBook(
        {
            quarter: with_bounds(regime, {place: new}) if quarter in spell else regime
            for quarter, regime in book.regimes.items()
        }
    )


@settings(TRIED, max_examples=300)
@given(filled(Taste(forms=WITHOUT_MEANS)), st.data())
def test_a_lower_ceiling_to_the_cycles_end_never_raises_a_total_and_a_higher_floor_never_lowers_one(
    case: tuple[RuleBook, list[Deed]], data: st.DataObject
) -> None:
    book, found = case
    place = data.draw(st.sampled_from(bounded_places(book)))
    other = tightened(book, place, by=data.draw(st.integers(1, 12)))
    before, after = book.score(found).total, other.score(found).total
    assert after >= before if loses(book, place) else after <= before


def good_codes(book: RuleBook) -> list[str]:
    """Additions, and routine items of a book that earns; what a duty costs is no good deed."""
    items = book.regimes[book.quarters[0]].items.values()
    return [item.code for item in items if item.kind in (Kind.ROUTINE, Kind.INNOVATION) and item.duty is None]


@settings(TRIED, max_examples=200)
@given(filled(Taste(forms=WITHOUT_MEANS)), st.data())
def test_one_more_good_deed_never_lowers_a_total(case: tuple[RuleBook, list[Deed]], data: st.DataObject) -> None:
    book, found = case
    more = data.draw(deeds(book, code=data.draw(st.sampled_from(good_codes(book)))))
    assume(not any(book.changes(place) for place in book.above(more.key.item)))
    assert book.score([*found, more]).total >= book.score(found).total


# Rule 7 against every possible reduction.


@st.composite
def across_cases(draw: st.DrawFn) -> tuple[RuleBook, list[Deed]]:
    """Books of one edition with a ceiling across, and small deeds in few quarters."""
    taste = Taste(changing=False, weights=False, forms=(MeasureForm.SUM,), sizes=3, quarters_max=2, items_max=3)
    book = draw_book(draw, taste)
    assume(book.regimes[book.quarters[0]].across)
    found = [draw_deed(draw, book, matters=False, sizes=2) for _ in range(number(draw, 1, 6))]
    return book, found


@settings(TRIED, max_examples=150)
@given(across_cases())
def test_across_counts_the_most_that_all_ceilings_together_allow(case: tuple[RuleBook, list[Deed]]) -> None:
    book, found = case
    regime = book.regimes[book.quarters[0]]
    for across in regime.across:
        assert counted(book, across.kind, found) == best_reduction(book, across, found)


def counted(book: RuleBook, kind: Kind, found: list[Deed]) -> int:
    score = book.score(found)
    return score.innovation if kind is Kind.INNOVATION else score.fault


def best_reduction(book: RuleBook, across: Across, found: list[Deed]) -> int:
    """The most that is counted when what stands under the ceilings is cut down, in every way that fits them."""
    slow = Reference(book.regimes, rows(found))
    leaves = {
        code: slow.leaf(code)
        for code in {deed.key.item for deed in found}
        if book.regimes[book.quarters[0]].items[code].kind is across.kind
    }
    held = [(code, at) for code in leaves if code in across.items for at, rise in enumerate(leaves[code]) if rise]
    sign = 1 if across.per_quarter > 0 else -1
    best = 0
    for sizes in product(*(range(abs(leaves[code][at]) + 1) for code, at in held)):
        reduced = {code: list(rises) for code, rises in leaves.items()}
        used = [0] * len(book.quarters)
        for (code, at), size in zip(held, sizes, strict=True):
            reduced[code][at] = sign * size
            used[at] += size
        if max(used) <= abs(across.per_quarter):
            best = max(best, sign * sum(slow.kind_value(across.kind, reduced)))
    return sign * best


@st.composite
def crossed(draw: st.DrawFn) -> tuple[RuleBook, list[Deed]]:
    """Additions under upper bounds of quarters and the year, with one ceiling across some of them."""
    longest: dict[str, Window] = {}

    def bounds(place: str, below: Window) -> tuple[Bound, ...]:
        there = [one for one in (Window.QUARTER, Window.YEAR) if LENGTH[one] >= LENGTH[below] and chance(draw)]
        longest[place] = max([below, *there], key=LENGTH.__getitem__)
        return tuple(Bound(one, high=number(draw, 1, 9)) for one in there)

    items = [
        make_item(code, dimension=one_of(draw, DIMENSIONS), group=GROUP if chance(draw, 3) else None)
        for code in ("A", "B", "C", "D")[: number(draw, 2, 4)]
    ]
    items = [replace(one, outside=frozenset(nodes_above(one)[:1]) if chance(draw, 3) else frozenset()) for one in items]
    chosen = {one.code: bounds(one.code, Window.QUARTER) for one in items}
    plain = make_regime(items)
    for node in sorted(plain.nodes, key=lambda node: -node.name.count("/")):
        parts = [longest[one.code] for one in items if node.name in nodes_above(one)]
        parts += [longest[one.name] for one in plain.nodes if one.parent == node.name and one.name in longest]
        chosen[node.name] = bounds(node.name, max(parts, key=LENGTH.__getitem__, default=Window.QUARTER))
    held = frozenset(one.code for one in items if chance(draw)) or frozenset({"A"})
    across = (Across("crossing", Kind.INNOVATION, held, number(draw, 1, 9)),)
    book = year_of(make_regime(items, bounds=chosen, across=across))
    found = [
        one(one_of(draw, [item.code for item in items]), one_of(draw, QUARTERS), 1, number(draw, 1, 9))
        for _ in range(number(draw, 1, 14))
    ]
    return book, found


@settings(TRIED, max_examples=200)
@given(crossed())
def test_the_crossing_formula_is_what_a_flow_solver_finds(case: tuple[RuleBook, list[Deed]]) -> None:
    """Upper bounds over quarters and the year make a network: what flows is the most that all ceilings allow."""
    book, found = case
    assert book.score(found).innovation == most_that_flows(book, found)


def most_that_flows(book: RuleBook, found: list[Deed]) -> int:
    """From the quarters' ceilings through each item and quarter, up the tree, to the kind."""
    regime = book.regimes[book.quarters[0]]
    (across,) = regime.across
    network: nx.DiGraph[object] = nx.DiGraph()
    for quarter in book.quarters:
        network.add_edge("source", ("ceiling", quarter), capacity=across.per_quarter)
    for code, item in regime.items.items():
        for quarter in book.quarters:
            points = sum(deed.points for deed in found if deed.key.item == code and deed.key.window == quarter)
            start = ("ceiling", quarter) if code in across.items else "source"
            network.add_edge(start, (code, quarter), capacity=points)
        climb(network, code, item.bounds, nodes_above(item)[0], book.quarters)
    for node in regime.nodes:
        climb(network, node.name, node.bounds, node.parent, book.quarters)
    return int(nx.maximum_flow_value(network, "source", "sink"))


def climb(
    network: nx.DiGraph[object], place: str, bounds: tuple[Bound, ...], above: str | None, quarters: tuple[str, ...]
) -> None:
    """An item or node: past the ceiling of each quarter, then that of the year, where there is one."""
    by_window = {bound.window: bound.high for bound in bounds}
    a_quarter = {"capacity": by_window[Window.QUARTER]} if Window.QUARTER in by_window else {}

    def higher(end: str) -> object:
        return "sink" if above is None else (above, end)

    for quarter in quarters:
        network.add_edge((place, quarter), (place, quarter, "passed"), **a_quarter)
        network.add_edge((place, quarter, "passed"), (place, "year") if Window.YEAR in by_window else higher(quarter))
    network.add_edge((place, "any"), (place, "year") if Window.YEAR in by_window else higher("any"))
    if Window.YEAR in by_window:
        network.add_edge((place, "year"), higher("any"), capacity=by_window[Window.YEAR])


# The words of the page, one by one.


def one(code: str, quarter: str, units: int, points: int, **key: str) -> Deed:
    return Deed(CellKey(code, quarter, key.get("tier"), key.get("matter")), units, points)


def test_bounds_changed_in_mid_cycle_meet_only_what_comes_on_top() -> None:
    wide, narrow = (make_regime([make_item("A", bounds=(Bound(Window.YEAR, high=high),))]) for high in (20, 10))
    early, late = one("A", "2026Q1", 1, 15), one("A", "2026Q3", 1, 15)
    assert year_of(wide, Q3=narrow).score([early, late]).innovation == 15, "it keeps its 15, and nothing comes on top"
    assert year_of(narrow, Q3=wide).score([early, late]).innovation == 20, "it stood at 10, and 10 fit on top"


def test_what_filled_an_old_ceiling_does_not_come_back() -> None:
    """So one more good deed may lower a total: the exception that the page names."""
    items = [make_item("A"), make_item("B", bounds=(Bound(Window.YEAR, high=5),))]
    narrow, wide = (make_regime(items, bounds={"innovation": (Bound(Window.YEAR, high=high),)}) for high in (10, 20))
    book = year_of(narrow, Q2=wide)
    found = [one("A", "2026Q1", 1, 10), one("B", "2026Q2", 1, 5)]
    assert book.score(found).innovation == 15
    assert book.score([*found, one("B", "2026Q1", 1, 5)]).innovation == 10, "B's 5 fell on the full old ceiling"


def test_an_entry_of_a_matter_that_counts_elsewhere_may_lower_a_total() -> None:
    """The other exception: the higher entry counts, and a ceiling stands over it alone."""
    bounded = make_item("A", points=10, bounds=(Bound(Window.YEAR, high=3),))
    book = year_of(make_regime([bounded, make_item("B", points=5)]))
    lower, higher = one("B", "2026Q1", 1, 5, matter="m"), one("A", "2026Q1", 1, 10, matter="m")
    assert book.score([lower]).innovation == 5
    assert book.score([lower, higher]).innovation == 3


def test_the_mean_may_fall() -> None:
    """The third: a worth is a mean."""
    worth = Measure(MeasureForm.WORTH, Window.YEAR, numerator=10, denominator=5)
    book = year_of(make_regime([make_item("A", points=None, unit="times", measure=worth)]))
    assert book.score([one("A", "2026Q1", 5, 0)]).innovation == 10
    assert book.score([one("A", "2026Q1", 5, 0), one("A", "2026Q2", 2, 0)]).innovation == 7


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (one("A", "2026Q2", 1, 5, matter="m"), one("B", "2026Q1", 1, 6, matter="m"), "B"),
        (one("B", "2026Q1", 1, 5, matter="m"), one("A", "2026Q2", 1, 5, matter="m"), "A"),
        (one("F", "2026Q1", 1, -5, matter="m"), one("G", "2026Q1", 1, -9, matter="m"), "G"),
        (one("G", "2026Q1", 1, -5, matter="m"), one("F", "2026Q4", 1, -5, matter="m"), "F"),
    ],
)
def test_of_one_matter_the_highest_addition_or_heaviest_fault_counts_and_the_first_code_of_equals(
    first: Deed, second: Deed, counts: str
) -> None:
    faults = [make_item(code, Kind.FAULT) for code in ("F", "G")]
    plan = compile_plan(year_of(make_regime([make_item("A"), make_item("B"), *faults])).regimes)
    for found in ([first, second], [second, first]):
        assert {key.item for key in cells_of(found)} - {
            key.item for key in counted_elsewhere(plan, cells_of(found))
        } == {counts}


def test_of_equals_of_one_item_the_earlier_window_counts() -> None:
    plan = compile_plan(year_of(make_regime([make_item("A")])).regimes)
    cells = cells_of([one("A", "2026Q3", 1, 5, matter="m"), one("A", "2026Q2", 1, 5, matter="m")])
    assert {key.window for key in counted_elsewhere(plan, cells)} == {"2026Q3"}


def test_an_addition_and_a_fault_of_one_matter_both_count() -> None:
    book = year_of(make_regime([make_item("A"), make_item("F", Kind.FAULT, points=-7)]))
    score = book.score([one("A", "2026Q1", 1, 5, matter="m"), one("F", "2026Q1", 1, -7, matter="m")])
    assert (score.innovation, score.fault) == (5, -7)


def test_a_matter_never_merges_duties_nor_entries_without_one() -> None:
    book = year_of(make_regime([make_duty("D", 10), make_item("A")]))
    found = [one("D", "2026Q1", 0, -10, matter="m"), one("D", "2026Q2", 0, -10, matter="m")]
    assert book.score(found).daily == 80
    assert book.score([one("A", "2026Q1", 1, 5), one("A", "2026Q1", 1, 5)]).innovation == 10


def test_a_weight_rounds_down_once_at_its_node_on_either_side_of_nothing() -> None:
    regime = make_regime([make_item("A"), make_item("B"), make_item("F", Kind.FAULT)])
    nodes = tuple(replace(node, weight=(1, 2) if node.name.endswith("/ORG") else (1, 1)) for node in regime.nodes)
    book = year_of(replace(regime, nodes=nodes))
    score = book.score([one("A", "2026Q1", 1, 5), one("B", "2026Q2", 1, 4), one("F", "2026Q1", 1, -5)])
    assert (score.innovation, score.fault) == (4, -3)
    assert [cut for cut in score.cuts if cut.reason == "weight"] == [
        Cut("weight", "innovation/ORG", None, -5), Cut("weight", "fault/ORG", None, 2)
    ]  # fmt: skip


def test_the_daily_score_has_a_floor_and_the_total_stays_between_nothing_and_the_top() -> None:
    regime = make_regime([make_duty("D", 10), make_item("A"), make_item("F", Kind.FAULT)], opening=15, total_high=20)
    book = year_of(regime)
    lost = [one("D", "2026Q1", 0, -10), one("D", "2026Q2", 0, -10)]
    assert (book.score(lost).daily, book.score(lost).total) == (0, 0)
    assert book.score([*lost, one("A", "2026Q1", 1, 5)]).total == 5, "the daily floor comes first"
    assert book.score([one("A", "2026Q1", 1, 50)]).total == 20
    assert book.score([one("F", "2026Q1", 1, -50)]).total == 0


def test_a_veto_leaves_the_total_and_takes_what_is_effective_while_it_stands() -> None:
    book = year_of(make_regime([make_item("A"), make_item("VETO", Kind.VETO, points=None)]))
    cells = cells_of([one("A", "2026Q1", 1, 5), one("VETO", "2026Q2", 1, 0)])
    assert (book.fold(cells).total, book.fold(cells).effective) == (105, 0)
    add_to(cells, CellKey("VETO", "2026Q2", None, None), -1, -1, 0)
    assert (book.fold(cells).total, book.fold(cells).effective) == (105, 105)


@pytest.mark.parametrize(
    ("daily_lost", "added", "band"),
    [(10, 0, "high"), (11, 0, "rest"), (60, 0, "low"), (59, 0, "rest"), (60, 1, "rest")],
)
def test_bands_include_their_bounds(daily_lost: int, added: int, band: str) -> None:
    book = year_of(make_regime([make_duty("D", 100), make_item("A")]))
    assert book.score([one("D", "2026Q1", 0, -daily_lost), one("A", "2026Q1", 1, added)]).band == band


def test_a_ceiling_of_the_half_year_starts_anew_in_july_whatever_quarter_the_member_came_in() -> None:
    regime = make_regime([make_item("A", bounds=(Bound(Window.HALF, high=6),))])
    book = RuleBook(dict.fromkeys(("2026Q2", "2026Q3", "2026Q4"), regime))
    found = [one("A", quarter, 1, 5) for quarter in book.quarters]
    assert book.score(found).innovation == 5 + 6


def test_a_year_that_begins_in_july_has_its_half_years_by_the_calendar() -> None:
    regime = make_regime([make_item("A", bounds=(Bound(Window.HALF, high=6),))])
    book = RuleBook(dict.fromkeys(("2026Q3", "2026Q4", "2027Q1", "2027Q2"), regime))
    assert book.score([one("A", quarter, 1, 5) for quarter in book.quarters]).innovation == 12
