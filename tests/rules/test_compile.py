"""What the compiled rules can say beyond the Longwen book: earning, half points, measures, weights, other cycles."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.kit.calendar import Window
from app.points.core import Cell, CellKey, fold
from app.points.plan import compile_plan
from app.rules.book import Book, load_book
from app.rules.core import (
    Across,
    Bound,
    Item,
    Kind,
    Matter,
    Measure,
    MeasureForm,
    Regime,
    Settlement,
    Unrecorded,
)
from app.rules.faults import RulesFaulty
from app.trials.service import try_examples
from tests.rules.small_book import BOOK, ITEMS, edited, put_book

# Earns from zero in half points: routine items have points instead of duties, and low lines wait for the year's end.
EARNING = edited(
    ITEMS,
    ("opening: {value: full, source: M1}", "opening: {value: zero, source: M1}"),
    (
        """    duty:
      every: {value: quarter, source: C1}
      share: {value: 15, assumption: true}
      settled: sessions
""",
        """    points: {value: 2.5, source: C1}
    bounds: [{window: month, high: 5, assumption: true}]
""",
    ),
    (
        """    duty:
      every: {value: year, assumption: true}
      share: {value: 40, assumption: true}
      settled: amount
      unit: hours
      targets:
        - {window: half, units: 10, assumption: true}
        - {window: year, units: 20, assumption: true}
""",
        """    measure:
      rate: {value: 3/2, source: M1}
      unit: hours
""",
    ),
    (
        """overlays:
  remote:
    name: {zh: 分散支部, en: Scattered branch}
    grounds: {assumption: true}
    items:
      ORG-D01: {settled: confirmation, grounds: {assumption: true}}
""",
        "",
    ),
    (
        """bound: {value: 50, source: M1}
    when: {value: every_quarter""",
        """bound: {value: 50, source: M1}
    when: {value: year_end""",
    ),
    ("    costs: [ORG-D01]\n", ""),
    ("across:\n  quarterly: {kind: innovation, items: [ORG-A01], per_quarter: 9, assumption: true}\n", ""),
    (
        "  innovation/ORG:\n",
        "  innovation/SRV:\n    weight: {value: 1/2, assumption: true}\n  innovation/ORG:\n",
    ),
)
HALF_POINTS = edited(BOOK, ("decimals: 0", "decimals: 1"))


def load(tmp_path: Path, items: str = ITEMS, book: str = BOOK) -> Book:
    return load_book(put_book(tmp_path, items=items, book=book))


def standard(tmp_path: Path, items: str = ITEMS, book: str = BOOK) -> Regime:
    return load(tmp_path, items, book).editions[0].edition.regimes["standard"]


def scored(regime: Regime, *cells: tuple[str, str, int, int]) -> int:
    """The total of cells given as item, window, units, points."""
    plan = compile_plan({f"2026Q{number}": regime for number in (1, 2, 3, 4)})
    table = {CellKey(item, window, None, None): Cell(1, units, points) for item, window, units, points in cells}
    return fold(plan, plan.opening, table).total


def test_a_book_that_earns_opens_at_zero_and_fills_its_allotments(tmp_path: Path) -> None:
    regime = standard(tmp_path, EARNING, HALF_POINTS)
    assert regime.opening == 0
    nodes = {node.name: node for node in regime.nodes}
    assert nodes["routine/SRV"].bounds == (Bound(Window.YEAR, low=0, high=400),)
    assert scored(regime) == 0
    assert scored(regime, ("SRV-D01", "2026Q1", 300, 0)) == 400, "450 by the rate, and the allotment holds 400"


def test_half_points_are_whole_in_the_smallest_unit(tmp_path: Path) -> None:
    regime = standard(tmp_path, EARNING, HALF_POINTS)
    item = regime.items["ORG-D01"]
    assert (regime.decimals, item.points, item.bounds) == (1, 25, (Bound(Window.MONTH, high=50),))
    assert regime.items["SRV-D01"].measure == Measure(MeasureForm.RATE, Window.YEAR, numerator=30, denominator=2)
    assert [dimension.allotment for dimension in regime.dimensions] == [600, 400]
    assert {line.code: line.bound for line in regime.lines} == {"commend": 900, "assist": 500, "pace": 40}


def test_a_part_may_carry_a_weight(tmp_path: Path) -> None:
    regime = standard(tmp_path, EARNING, HALF_POINTS)
    assert scored(regime, ("SRV-A01", "2026Q2", 80, 0)) == 45, "half of the 9 points of the second rung"


@pytest.mark.parametrize(
    ("measure", "compiled"),
    [
        ("best: {value: 2, source: M1}", Measure(MeasureForm.BEST, Window.YEAR, best=2)),
        ("window: half\n      best: {value: 2, source: M1}", Measure(MeasureForm.BEST, Window.HALF, best=2)),
    ],
)
def test_the_best_n_entries_may_count(tmp_path: Path, measure: str, compiled: Measure) -> None:
    items = edited(
        ITEMS,
        ("points: {value: 5, source: M1}", f"points: {{value: 5, source: M1}}\n    measure:\n      {measure}"),
        ("      - {window: quarter, high: 5, assumption: true}\n", ""),
        ("items: [ORG-A01]", "items: [ORG-A02]"),
    )
    assert standard(tmp_path, items).items["ORG-A01"].measure == compiled


def test_a_mean_may_be_worth_points(tmp_path: Path) -> None:
    items = edited(
        ITEMS,
        (
            """      ladder:
        unit: hours
        rungs:
          - {units: 40, points: 5, source: M1}
          - {units: 80, points: 9, source: M1}
""",
            "      worth: {points: 10, of: 5, source: M1}\n      unit: percent\n",
        ),
    )
    regime = standard(tmp_path, items)
    assert regime.items["SRV-A01"].measure == Measure(MeasureForm.WORTH, Window.YEAR, numerator=10, denominator=5)
    assert scored(regime, ("SRV-A01", "2026Q2", 4, 0)) == 108


def test_points_per_unit_name_their_unit(tmp_path: Path) -> None:
    items = edited(ITEMS, ("points: {value: 5, source: M1}", "points: {value: 5, per: articles, source: M1}"))
    assert standard(tmp_path, items).items["ORG-A01"].unit == "articles"


def test_groups_outside_and_across_reach_the_fold(tmp_path: Path) -> None:
    regime = standard(tmp_path)
    assert regime.across == (Across("quarterly", Kind.INNOVATION, frozenset({"ORG-A01"}), 9),)
    assert [(node.name, node.parent) for node in regime.nodes if node.name.startswith("innovation")] == [
        ("innovation", None),
        ("innovation/ORG", "innovation"),
        ("innovation/SRV", "innovation"),
        ("innovation/ORG/talks", "innovation/ORG"),
    ]
    talks = [("ORG-A01", f"2026Q{number}", 1, 5) for number in (1, 2)]
    assert scored(regime, *talks) == 108, "ten points of talks, eight of them counted"
    assert scored(regime, *talks, ("ORG-A02", "2026Q1", 1, 9)) == 117, "the commendation stands outside the ten"


def test_matter_is_asked_of_no_duty_and_optional_elsewhere(tmp_path: Path) -> None:
    items = standard(tmp_path).items
    assert [items[code].matter for code in ("ORG-D01", "ORG-A01", "ORG-A02")] == [
        Matter.NONE,
        Matter.OPTIONAL,
        Matter.REQUIRED,
    ]


def test_an_overlay_changes_how_a_duty_is_settled_and_what_silence_means(tmp_path: Path) -> None:
    regimes = load(tmp_path).editions[0].edition.regimes
    assert list(regimes) == ["standard", "remote", "exempt", "exempt+remote"]
    duty = regimes["remote"].items["ORG-D01"].duty
    assert duty is not None
    assert (duty.settlement, duty.unrecorded) == (Settlement.CONFIRMATION, Unrecorded.MISSED)


def test_a_profile_may_have_allotments_of_its_own_that_add_up_too(tmp_path: Path) -> None:
    owner = """  owner:
    name: {zh: 出资人, en: Owner}
    grounds: {assumption: true}
    allotments:
      ORG: {value: 40, assumption: true}
      SRV: {value: 60, assumption: true}
    items:
      ORG-D01: {share: {value: 10, assumption: true}}
      SRV-D01: {share: {value: 60, assumption: true}}
overlays:
"""
    regime = load(tmp_path / "a", edited(ITEMS, ("overlays:\n", owner))).editions[0].edition.regimes["owner"]
    assert [dimension.allotment for dimension in regime.dimensions] == [40, 60]
    wrong = owner.replace("SRV: {value: 60", "SRV: {value: 61")
    with pytest.raises(RulesFaulty) as caught:
        load(tmp_path / "b", edited(ITEMS, ("overlays:\n", wrong)))
    assert ("allotments_sum", "profiles.owner.allotments") in {(one.code, one.key) for one in caught.value.faults}


def test_a_retired_item_keeps_its_place_and_is_owed_no_more(tmp_path: Path) -> None:
    items = edited(ITEMS, ("article: 按层级加分。", "article: 按层级加分。\n    retired: true"))
    found: Item = standard(tmp_path, items).items["ORG-A02"]
    assert found.retired
    assert found.tiers


def test_examples_follow_the_cycle_of_the_book(tmp_path: Path) -> None:
    book = edited(BOOK, ("first_month: {value: 1,", "first_month: {value: 7,"))
    items = edited(ITEMS, ("from: 2026-01-01", "from: 2026-07-01"))
    examples = """\
format: 1
examples:
  half:
    title: {zh: 半年, en: half}
    as_of: 2026-12-31
    given: [{item: SRV-D01, day: 2026-08-01, units: 4}]
    expect: {daily: 88}
  whole:
    title: {zh: 全年, en: whole}
    given:
      - {item: SRV-D01, day: 2027-03-01, units: 20}
      - {item: ORG-D01, windows: [2026Q3, 2027Q2], outcome: missed}
    expect: {daily: 70}
"""
    at = put_book(tmp_path, book=book, items=items, examples=examples)
    assert [(verdict.example.code, verdict.differences) for _, verdict in try_examples(at)] == [
        ("half", ()),
        ("whole", ()),
    ]
