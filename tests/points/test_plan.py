"""A plan joins the regimes of a cycle's quarters, and refuses those that do not belong together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.kit.calendar import Window
from app.points.plan import RegimesDisagree, Stage, compile_plan
from app.rules.core import Across, Bound, Kind, Measure, MeasureForm, Node, Regime
from tests.points.books import DIMENSIONS, QUARTERS, make_duty, make_item, make_regime, name, with_bounds, year_of

ITEM = make_item("A", group="talks")
REGIME = make_regime(
    [ITEM, make_duty("D"), make_item("F", Kind.FAULT), make_item("V", Kind.VETO, points=None)],
    bounds={"A": (Bound(Window.QUARTER, high=5), Bound(Window.YEAR, high=9))},
)


def with_item(**facts: object) -> Regime:
    return replace(REGIME, items={**REGIME.items, "A": replace(ITEM, **facts)})  # type: ignore[arg-type]


DISAGREEING: list[Callable[[], Regime]] = [
    lambda: replace(REGIME, decimals=1),
    lambda: replace(REGIME, dimensions=REGIME.dimensions[:1]),
    lambda: replace(REGIME, dimensions=REGIME.dimensions[::-1]),
    lambda: replace(REGIME, bands=REGIME.bands[1:]),
    lambda: replace(REGIME, across=(Across("x", Kind.INNOVATION, frozenset("A"), 5),)),
    lambda: replace(REGIME, total_high=100),
    lambda: replace(REGIME, nodes=(*REGIME.nodes, Node("innovation/ORG/more", "innovation/ORG", name("more")))),
    lambda: with_item(kind=Kind.ROUTINE),
    lambda: with_item(dimension="SRV"),
    lambda: with_item(measure=Measure(MeasureForm.BEST, best=2)),
]


@pytest.mark.parametrize("other", DISAGREEING)
@pytest.mark.parametrize("quarter", ["Q2", "Q4"])
def test_what_only_a_cycles_first_day_may_change_is_refused_in_mid_cycle(
    other: Callable[[], Regime], quarter: str
) -> None:
    with pytest.raises(RegimesDisagree) as caught:
        compile_plan(year_of(REGIME, **{quarter: other()}).regimes)
    assert "first day" in caught.value.text("en")
    compile_plan(year_of(other()).regimes)


@pytest.mark.parametrize(
    "other",
    [
        lambda: with_item(retired=True),
        lambda: with_item(points=9),
        lambda: with_item(bounds=(Bound(Window.HALF, high=3),)),
        lambda: replace(REGIME, items={code: item for code, item in REGIME.items.items() if code != "A"}),
        lambda: replace(REGIME, items={**REGIME.items, "N": make_item("N")}),
        lambda: replace(REGIME, edition="2", digest="d2", profile="floating", lines=()),
    ],
)
def test_items_and_bounds_may_change_in_mid_cycle(other: Callable[[], Regime]) -> None:
    for quarter in ("Q2", "Q3", "Q4"):
        assert "A" in compile_plan(year_of(REGIME, **{quarter: other()}).regimes).items


def test_a_bound_holds_in_the_quarters_whose_edition_has_it() -> None:
    lower = with_bounds(REGIME, {"A": (Bound(Window.YEAR, low=-1, high=7),)})
    plan = compile_plan(year_of(REGIME, Q3=lower).regimes)
    assert plan.items["A"].stages == (
        Stage(Window.QUARTER, (None,) * 4, (5, 5, None, None)),
        Stage(Window.YEAR, (None, None, -1, -1), (9, 9, 7, 7)),
    )


def test_a_bound_of_the_month_stands_apart_and_makes_the_item_less_than_plain() -> None:
    monthly = with_bounds(REGIME, {"A": (Bound(Window.MONTH, high=2), Bound(Window.YEAR, high=9))})
    plan = compile_plan(year_of(REGIME, Q4=monthly).regimes)
    item = plan.items["A"]
    assert item.monthly == Stage(Window.MONTH, (None,) * 4, (None, None, None, 2))
    assert [stage.window for stage in item.stages] == [Window.QUARTER, Window.YEAR]
    assert (item.is_plain, plan.items["F"].is_plain) == (False, True)


def test_an_item_added_later_or_dropped_is_known_all_year() -> None:
    added = make_item("N", bounds=(Bound(Window.YEAR, high=4),))
    items = {code: item for code, item in REGIME.items.items() if code != "A"} | {"N": added}
    plan = compile_plan(year_of(REGIME, Q3=replace(REGIME, items=items)).regimes)
    assert plan.items["N"].stages == (Stage(Window.YEAR, (None,) * 4, (4,) * 4),)
    assert plan.items["A"].stages[-1].high == (9,) * 4


@pytest.mark.parametrize(
    ("outside", "parent"),
    [
        ((), "innovation/ORG/talks"),
        (("innovation/ORG/talks",), "innovation/ORG"),
        (("innovation/ORG/talks", "innovation/ORG"), "innovation"),
        (("innovation/ORG",), "innovation/ORG/talks"),
        (("innovation/ORG/talks", "innovation/ORG", "innovation"), "innovation"),
    ],
)
def test_an_item_enters_the_tree_below_the_nodes_that_it_passes_by(outside: tuple[str, ...], parent: str) -> None:
    plan = compile_plan(year_of(with_item(outside=frozenset(outside))).regimes)
    assert plan.nodes[plan.items["A"].parent].name == parent


def test_children_come_before_their_parents_and_a_kind_has_none() -> None:
    plan = compile_plan(year_of(REGIME).regimes)
    for at, node in enumerate(plan.nodes):
        assert node.parent is None or node.parent > at
        assert (node.parent is None) == ("/" not in node.name)
    assert {plan.nodes[at].name for at in plan.kind_nodes.values()} == {"routine", "innovation", "fault"}


def test_vetoes_are_no_part_of_the_tree() -> None:
    plan = compile_plan(year_of(REGIME).regimes)
    assert "V" not in plan.items
    assert set(plan.vetoes) == {"V"}


def test_every_month_and_quarter_of_the_plan_has_its_place() -> None:
    plan = compile_plan(year_of(REGIME).regimes)
    assert {code: plan.window_quarter[code] for code in QUARTERS} == dict(zip(QUARTERS, range(4), strict=True))
    assert [plan.window_quarter[f"2026-{month:02d}"] for month in range(1, 13)] == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert "2027-01" not in plan.window_quarter


@pytest.mark.parametrize(
    ("quarters", "same"),
    [
        (QUARTERS, (True, True, False, True)),
        (("2026Q2", "2026Q3"), (True, False)),
        (("2026Q1", "2026Q3", "2026Q4"), (True, False, True)),
        (("2026Q3", "2026Q4", "2027Q1"), (True, True, False)),
        (("2026Q4",), (True,)),
    ],
)
def test_a_half_year_is_the_calendars(quarters: tuple[str, ...], same: tuple[bool, ...]) -> None:
    plan = compile_plan(dict.fromkeys(quarters, REGIME))
    assert plan.quarters == quarters
    assert plan.same_half == same


def test_the_first_regime_opens_the_member() -> None:
    later = replace(REGIME, opening=7)
    assert compile_plan(year_of(later, Q2=REGIME).regimes).opening == 7
    assert [one.code for one in REGIME.dimensions] == list(DIMENSIONS)
