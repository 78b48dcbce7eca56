"""An explanation adds up at every level, whatever the book and the ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.calendar import Window
from app.points.core import CellKey, Cut, Score, fold
from app.points.explaining import ExplainedItem, Explanation, explain
from app.points.ledger import DutyState, Entry
from app.points.plan import compile_plan
from app.rules.core import Bound, Kind, MeasureForm
from tests.points.books import (
    TRIED,
    Deed,
    RuleBook,
    Taste,
    filled,
    make_duty,
    make_item,
    make_regime,
    number,
    year_of,
)
from tests.points.ledgers import MEMBER, duty_row, entries_of, rebuilt, undone


@st.composite
def ledgers(draw: st.DrawFn, taste: Taste) -> tuple[RuleBook, list[Entry]]:
    """A book with entries, some of them reversed, in any order after their originals."""
    book, found = draw(filled(taste, deeds_max=10))
    entries = entries_of(book, found)
    reversible = entries[1:]
    for _ in range(number(draw, 0, 3)):
        if not reversible:
            break
        original = reversible.pop(number(draw, 0, len(reversible) - 1))
        entries.append(undone(original, len(entries) + 1))
    return book, entries


def explained(book: RuleBook, entries: list[Entry]) -> Explanation:
    plan = compile_plan(book.regimes)
    balance = rebuilt(MEMBER, {}, entries)
    score = fold(plan, balance.opening, balance.cells)
    return explain(plan, book.regimes[book.quarters[-1]], score, entries, [])


def items_of(explanation: Explanation) -> list[ExplainedItem]:
    return [item for kind in explanation.kinds for dimension in kind.dimensions for item in dimension.items]


def assert_adds_up(explanation: Explanation) -> None:
    assert explanation.adds_up
    for kind in explanation.kinds:
        for dimension in kind.dimensions:
            for item in dimension.items:
                entries = sum(one.entry.points for one in item.entries)
                assert item.points == entries + points_of(item.cuts)
            assert dimension.points == sum(one.points for one in dimension.items) + points_of(dimension.cuts)
        assert kind.points == sum(one.points for one in kind.dimensions) + points_of(kind.cuts)
    score = explanation.score
    values = {kind.kind: kind.points for kind in explanation.kinds}
    assert (values[Kind.INNOVATION], values[Kind.FAULT]) == (score.innovation, score.fault)
    assert max(0, score.opening + values[Kind.ROUTINE]) == score.daily
    assert sum(one.entry.points for one in explanation.opening) == score.opening


def points_of(cuts: tuple[Cut, ...]) -> int:
    return sum(cut.points for cut in cuts)


def assert_complete(explanation: Explanation, score: Score, entries: list[Entry]) -> None:
    """Every entry and every cut stands in exactly one place."""
    shown = [one.entry.id for item in items_of(explanation) for one in item.entries]
    shown += [one.entry.id for one in (*explanation.opening, *explanation.vetoes)]
    assert Counter(shown) == Counter(entry.id for entry in entries)
    cuts = [cut for item in items_of(explanation) for cut in item.cuts]
    cuts += [cut for kind in explanation.kinds for dimension in kind.dimensions for cut in dimension.cuts]
    cuts += [cut for kind in explanation.kinds for cut in kind.cuts]
    assert Counter([*cuts, *explanation.cuts]) == Counter(score.cuts)


@settings(TRIED, max_examples=200)
@given(ledgers(Taste()))
def test_every_level_adds_up_to_the_one_above(case: tuple[RuleBook, list[Entry]]) -> None:
    book, entries = case
    explanation = explained(book, entries)
    assert_adds_up(explanation)
    assert_complete(explanation, explanation.score, entries)


@TRIED
@given(ledgers(Taste(items_max=4, sizes=6)))
def test_what_an_entry_counts_is_its_points_or_nothing_and_their_sum_is_the_items(
    case: tuple[RuleBook, list[Entry]],
) -> None:
    book, entries = case
    plan = compile_plan(book.regimes)
    for item in items_of(explained(book, entries)):
        is_plain = plan.items[item.item.code].measure.form is MeasureForm.SUM
        for one in item.entries:
            assert one.counted in ((0, one.entry.points) if is_plain else (0, None))
        if is_plain:
            elsewhere = sum(cut.points for cut in item.cuts if cut.reason == "matter")
            assert sum(one.counted or 0 for one in item.entries) == elsewhere + sum(
                one.entry.points for one in item.entries
            )


@TRIED
@given(ledgers(Taste()))
def test_an_entry_is_said_to_be_reversed_by_its_reversal(case: tuple[RuleBook, list[Entry]]) -> None:
    book, entries = case
    undoing = {entry.reverses: entry.id for entry in entries if entry.reverses is not None}
    for item in items_of(explained(book, entries)):
        for one in item.entries:
            assert one.reversed_by == undoing.get(one.entry.id)


def deed(code: str, points: int, quarter: str = "2026Q1", matter: str | None = None) -> Deed:
    return Deed(CellKey(code, quarter, None, matter), 1, points)


def test_a_reversed_entry_that_counted_elsewhere_is_not_called_so() -> None:
    book = year_of(make_regime([make_item("A"), make_item("B", points=9)]))
    entries = entries_of(book, [deed("A", 5, matter="m"), deed("B", 9, matter="m")])
    before = {item.item.code: item for item in items_of(explained(book, entries))}
    assert [one.counted for one in before["A"].entries] == [0]
    entries.append(undone(entries[1], 4))
    after = {item.item.code: item for item in items_of(explained(book, entries))}
    assert [one.counted for one in after["A"].entries] == [5, -5]
    assert after["A"].cuts == ()
    entries.append(replace(entries[1], id=uuid4(), seq=5))
    again = {item.item.code: item for item in items_of(explained(book, entries))}
    assert [one.counted for one in again["A"].entries] == [5, -5, 0], "only what lives can count elsewhere"


def test_a_ceiling_is_shown_where_it_stands() -> None:
    year = Window.YEAR
    regime = make_regime(
        [make_item("A", bounds=(Bound(year, high=4),), group="talks")],
        bounds={
            "innovation/ORG/talks": (Bound(year, high=3),),
            "innovation/ORG": (Bound(year, high=2),),
            "innovation": (Bound(year, high=1),),
        },
    )
    book = year_of(replace(regime, total_high=100))
    explanation = explained(book, entries_of(book, [deed("A", 5)]))
    kind = next(one for one in explanation.kinds if one.kind is Kind.INNOVATION)
    dimension = kind.dimensions[0]
    assert [one.points for one in (dimension.items[0], dimension, kind)] == [4, 2, 1]
    assert [cut.where for cut in dimension.cuts] == ["innovation/ORG/talks", "innovation/ORG"]
    assert explanation.cuts == (Cut("ceiling", "total", None, -1),)


def test_a_retired_item_is_still_explained() -> None:
    regime = make_regime([make_item("A")])
    later = replace(regime, items={"A": replace(regime.items["A"], retired=True)})
    explanation = explained(year_of(regime, Q3=later), entries_of(year_of(regime), [deed("A", 5)]))
    assert_adds_up(explanation)
    assert [item.points for item in items_of(explanation)] == [5]


def test_a_duty_without_entries_is_shown_and_an_addition_without_entries_is_not() -> None:
    book = year_of(make_regime([make_duty("D"), make_item("A")]))
    row = duty_row("D", "2026Q1", 10, state=DutyState.KEPT)
    plan = compile_plan(book.regimes)
    explanation = explain(plan, book.regimes["2026Q4"], fold(plan, 100, {}), [], [row])
    assert [(item.item.code, item.duties) for item in items_of(explanation)] == [("D", (row,))]


def test_vetoes_and_openings_stand_apart() -> None:
    book = year_of(make_regime([make_item("V", Kind.VETO, points=None)]))
    opening = entries_of(book, [])[0]
    veto = replace(undone(opening, 2), item="V", kind=Kind.VETO, dimension="ORG", points=0, units=1, reverses=None)
    explanation = explained(book, [opening, veto])
    assert [one.entry.item for one in explanation.vetoes] == ["V"]
    assert explanation.score.effective == 0
    assert_adds_up(explanation)
