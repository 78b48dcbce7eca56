"""What the language of rule books says of ranges, classes of members, parts that open differently, vetoes and lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.kit.calendar import Window
from app.points.core import Cell, CellKey, Score, fold
from app.points.plan import compile_plan
from app.rules.award import PointsMissing, PointsNotAsked, PointsOutOfRange, points_of
from app.rules.book import load_book
from app.rules.core import (
    Bound,
    Effect,
    Kind,
    Matter,
    Measure,
    MeasureForm,
    Newcomers,
    PointRange,
    Regime,
    Rounding,
    Starts,
    Veto,
    VetoGround,
    rounded,
)
from app.rules.faults import RulesFaulty
from app.rules.lines import Basis, Exclusion, Ground, Relation, holds
from tests.rules.small_book import BOOK, ITEMS, edited, put_book

_POINTS = "    points: {value: 5, source: M1}\n"
_STANDARD = "    grounds: {source: M1}\n  exempt:"
HOURS_DUTY = ITEMS[ITEMS.index("    duty:\n      every: {value: year") : ITEMS.index("    record: [system]")]


def regimes(folder: Path, items: str, book: str = BOOK) -> dict[str, Regime]:
    return dict(load_book(put_book(folder, items=items, book=book)).editions[0].edition.regimes)


def score(regime: Regime, *cells: tuple[str, str, str | None, Cell]) -> Score:
    """Of cells given as item, window, tier and what they hold."""
    plan = compile_plan({f"2026Q{number}": regime for number in (1, 2, 3, 4)})
    return fold(plan, plan.opening, {CellKey(item, window, tier, None): cell for item, window, tier, cell in cells})


@pytest.mark.parametrize(
    ("numerator", "denominator", "down", "half_up", "up"),
    [(85, 2, 42, 43, 43), (84, 2, 42, 42, 42), (169, 4, 42, 42, 43), (-85, 2, -43, -42, -42), (-170, 4, -43, -42, -42)],
)
def test_a_fraction_is_rounded_as_the_book_says(
    numerator: int, denominator: int, down: int, half_up: int, up: int
) -> None:
    found = [rounded(numerator, denominator, one) for one in (Rounding.DOWN, Rounding.HALF_UP, Rounding.UP)]
    assert found == [down, half_up, up]


def test_the_recorder_chooses_within_a_range(tmp_path: Path) -> None:
    items = edited(ITEMS, (_POINTS, "    range: {low: 1, high: 4, step: 0.5, source: M1}\n"))
    item = regimes(tmp_path, items, edited(BOOK, ("decimals: 0", "decimals: 1")))["standard"].items["ORG-A01"]
    assert item.chosen == PointRange(10, 40, 5)
    assert points_of(item, tier=None, units=None, outcome=None, chosen=25) == (1, 25)
    for wrong in (5, 45, 12, -25):
        with pytest.raises(PointsOutOfRange):
            points_of(item, tier=None, units=None, outcome=None, chosen=wrong)
    with pytest.raises(PointsMissing):
        points_of(item, tier=None, units=None, outcome=None)


def test_points_that_the_rules_fix_are_nobodys_to_choose(tmp_path: Path) -> None:
    found = regimes(tmp_path, ITEMS)["standard"].items
    for code in ("ORG-D01", "ORG-A01", "SRV-A01", "ORG-V01"):
        with pytest.raises(PointsNotAsked):
            points_of(found[code], tier=None, units=None, outcome=None, chosen=1)


def test_a_tier_may_be_worth_all_that_a_class_has_of_the_dimension(tmp_path: Path) -> None:
    items = edited(
        ITEMS,
        ("points: 9, source: M1}\n    outside", "points: all, source: M1}\n    outside"),
        (
            "    duties: none\n",
            "    duties: none\n    allotments: {ORG: {value: 70, source: M1}, SRV: {value: 30, source: M1}}\n",
        ),
    )
    found = regimes(tmp_path, items)
    tiers = {code: regime.items["ORG-A02"].tier("city") for code, regime in found.items()}
    assert {code: tier.points for code, tier in tiers.items() if tier} == {
        "standard": 60,
        "remote": 60,
        "exempt": 70,
        "exempt+remote": 70,
    }


def test_a_tier_cannot_be_worth_all_of_nothing(tmp_path: Path) -> None:
    items = edited(
        ITEMS,
        ("points: 9, source: M1}\n    outside", "points: all, source: M1}\n    outside"),
        ("    allotment: {value: 60, assumption: true}\n", ""),
    )
    with pytest.raises(RulesFaulty) as caught:
        regimes(tmp_path, items)
    assert "tier_of_nothing" in {fault.code for fault in caught.value.faults}


def test_a_class_may_have_its_own_points_tiers_and_ceilings_and_none_of_an_item(tmp_path: Path) -> None:
    own = """    grounds: {source: M1}
    items:
      ORG-A01:
        points: {value: 3, source: M1}
        bounds: [{window: quarter, high: 3, source: M1}, {window: year, high: 6, source: M1}]
      ORG-A02: {tiers: {city: {value: 8, source: M1}}}
    nodes:
      innovation: {bounds: [{window: year, high: 12, source: M1}]}
    without: [SRV-A01]
  exempt:"""
    found = regimes(tmp_path, edited(ITEMS, (_STANDARD, own)))
    item, other = found["standard"].items["ORG-A01"], found["exempt"].items["ORG-A01"]
    assert (item.points, item.bounds) == (3, (Bound(Window.QUARTER, high=3), Bound(Window.YEAR, high=6)))
    assert (other.points, other.bounds) == (5, (Bound(Window.QUARTER, high=5), Bound(Window.YEAR, high=8)))
    assert [tier.points for tier in found["standard"].items["ORG-A02"].tiers] == [5, 8]
    assert next(one for one in found["standard"].nodes if one.name == "innovation").bounds[0].high == 12
    assert found["standard"].items["SRV-A01"].retired
    assert not found["exempt"].items["SRV-A01"].retired


def test_a_class_may_have_its_own_base(tmp_path: Path) -> None:
    own = """    duties: none
    base: {value: 150, source: M1}
    allotments: {ORG: {value: 100, source: M1}, SRV: {value: 50, source: M1}}
"""
    found = regimes(tmp_path, edited(ITEMS, ("    duties: none\n", own)))
    assert (found["standard"].opening, found["exempt"].opening) == (100, 150)


def test_one_part_may_lose_while_another_earns(tmp_path: Path) -> None:
    rated = """    measure:
      rate: {value: 2/5, source: M1}
      unit: percent
      rounding: {value: half_up, source: M1}
"""
    items = edited(
        ITEMS,
        (HOURS_DUTY, rated),
        (
            "    allotment: {value: 40, assumption: true}\n",
            "    allotment: {value: 40, assumption: true}\n    opens: {value: zero, source: M1}\n",
        ),
        (
            "bound: {value: 50, source: M1}\n    when: {value: every_quarter",
            "bound: {value: 50, source: M1}\n    when: {value: year_end",
        ),
    )  # fmt: skip
    regime = regimes(tmp_path, items)["standard"]
    assert regime.opening == 60
    assert [one.starts for one in regime.dimensions] == [Starts.FULL, Starts.ZERO]
    measure = Measure(MeasureForm.RATE, Window.YEAR, numerator=2, denominator=5, rounding=Rounding.HALF_UP)
    assert regime.items["SRV-D01"].measure == measure
    assert regime.items["SRV-D01"].matter is Matter.NONE
    found = score(regime, ("SRV-D01", "2026Q2", None, Cell(1, 84, 0)), ("ORG-D01", "2026Q1", None, Cell(1, 0, -15)))
    assert (found.daily, found.dimensions) == (60 - 15 + 34, {"ORG": 45, "SRV": 34})


def test_a_book_may_open_with_its_base_and_add(tmp_path: Path) -> None:
    items = edited(
        ITEMS,
        ("opening: {value: full, source: M1}", "opening: {value: base, source: M1}"),
        ("    allotment: {value: 60, assumption: true}\n", ""),
        ("    allotment: {value: 40, assumption: true}\n", ""),
        (
            """    duty:
      every: {value: quarter, source: C1}
      share: {value: 15, assumption: true}
      settled: sessions
""",
            "    points: {value: 15, source: C1}\n",
        ),
        (
            HOURS_DUTY,
            "    points: {value: 2, per: hours, source: M1}\n",
        ),
        (ITEMS[ITEMS.index("overlays:\n"): ITEMS.index("items:\n  ORG-D01")], ""),
        ("    costs: [ORG-D01]\n", ""),
    )  # fmt: skip
    regime = regimes(tmp_path, items)["standard"]
    assert regime.opening == 100
    found = score(regime, ("ORG-D01", "2026Q1", None, Cell(9, 9, 135)), ("ORG-F01", "2026Q2", None, Cell(1, 1, -5)))
    assert (found.daily, found.total, found.dimensions["ORG"]) == (235, 230, 135)


def test_openings_may_carry_and_newcomers_take_the_branchs_mean(tmp_path: Path) -> None:
    opening = "opening: {value: full, source: M1}\n"
    more = "carried: {value: 20, source: M1}\nnewcomers: {value: branch_mean, source: M1}\n"
    regime = regimes(tmp_path, edited(ITEMS, (opening, opening + more)))["standard"]
    assert (regime.carried, regime.newcomers) == (20, Newcomers.BRANCH_MEAN)


def test_a_veto_may_fix_the_band_and_leave_the_points(tmp_path: Path) -> None:
    fixed = "effect: {value: band, source: M1}\n      band: low\n      hears: [committee_officer]"
    regime = regimes(tmp_path, edited(ITEMS, ("effect: {value: zero, source: M1}", fixed)))["standard"]
    assert regime.items["ORG-V01"].veto == Veto(Effect.BAND, VetoGround.FIXED, "low", ("committee_officer",))
    standing = score(regime, ("ORG-V01", "2026Q1", None, Cell(1, 1, 0)))
    assert (standing.effective, standing.total, standing.band, standing.vetoed) == (100, 100, "low", True)
    assert score(regime).band == "rest"


def test_faults_and_vetoes_are_heard_first_unless_the_book_says_otherwise(tmp_path: Path) -> None:
    quick = edited(
        ITEMS,
        (
            "    points: {value: -5, source: M1}\n",
            "    points: {value: -5, source: M1}\n    heard: {value: false, source: M1}\n",
        ),
    )  # fmt: skip
    heard = {code: item.heard for code, item in regimes(tmp_path, quick)["standard"].items.items()}
    assert heard == {
        "ORG-D01": False, "SRV-D01": False, "ORG-A01": False, "ORG-A02": False, "SRV-A01": False, "ORG-F01": False,
        "ORG-V01": True,
    }  # fmt: skip


def test_lines_say_whom_they_pass_over_and_how_small_branches_are_pooled(tmp_path: Path) -> None:
    more = """    consequence: recommend
    pool_below: {value: 4, source: M1}
    excludes:
      - {ground: veto, source: M1}
      - {ground: dimension_fault, dimension: SRV, source: M1}
      - {ground: heavy_fault, points: 5, assumption: true}
      - {ground: short_time, months: 6, assumption: true}
"""
    line = next(
        one for one in regimes(tmp_path, edited(ITEMS, ("    consequence: recommend\n", more)))["standard"].lines
    )
    assert line.pool_below == 4
    assert line.excludes == (
        Exclusion(Ground.VETO, citation="M1"),
        Exclusion(Ground.DIMENSION_FAULT, dimension="SRV", citation="M1"),
        Exclusion(Ground.HEAVY_FAULT, amount=5, citation="assumption"),
        Exclusion(Ground.SHORT_TIME, amount=6, citation="assumption"),
    )


def test_a_band_may_look_at_one_dimension(tmp_path: Path) -> None:
    test = "test: {basis: dimension, dimension: ORG, relation: below, bound: 50, source: M1}"
    items = edited(ITEMS, ("test: {basis: total, relation: at_most, bound: 50, source: M1}", test))
    regime = regimes(tmp_path, items)["standard"]
    assert (regime.bands[0].basis, regime.bands[0].dimension) == (Basis.DIMENSION, "ORG")
    assert score(regime, ("ORG-D01", "2026Q1", None, Cell(1, 0, -15))).band == "low"
    assert score(regime, ("SRV-D01", "2026Q4", None, Cell(1, 0, -40))).band == "rest"


def test_bounds_are_inclusive_or_not() -> None:
    met = {relation: [value for value in (4, 5, 6) if holds(relation, value, 5)] for relation in Relation}
    assert met == {
        Relation.AT_LEAST: [5, 6],
        Relation.AT_MOST: [4, 5],
        Relation.ABOVE: [6],
        Relation.BELOW: [4],
    }


def test_every_kind_of_item_has_its_usual_way_of_counting_a_matter(tmp_path: Path) -> None:
    found = regimes(tmp_path, ITEMS)["standard"].items
    assert {code: item.matter for code, item in found.items() if item.kind is not Kind.VETO} == {
        "ORG-D01": Matter.NONE, "SRV-D01": Matter.NONE, "ORG-A01": Matter.OPTIONAL, "ORG-A02": Matter.REQUIRED,
        "SRV-A01": Matter.NONE, "ORG-F01": Matter.OPTIONAL,
    }  # fmt: skip
