"""What is published of a book holds for what is published next: days, meanings, and within a cycle its frame."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.rules.book import load_book
from app.rules.core import Across, Edition, Kind, Matter, Measure, MeasureForm, Newcomers, Regime
from app.rules.succession import disagreements
from tests.rules.small_book import put_book

YEAR, SUMMER, NEXT = date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder: Path = tmp_path_factory.mktemp("books")
    return load_book(put_book(folder)).editions[0].edition


def after(edition: Edition, starts_on: date = SUMMER, **facts: Any) -> Edition:
    return replace(edition, code=f"from {starts_on}", digest=f"{starts_on}", starts_on=starts_on, **facts)


def with_regimes(edition: Edition, *codes: str, **facts: Any) -> Edition:
    changed = {
        code: replace(regime, **facts) if not codes or code in codes else regime
        for code, regime in edition.regimes.items()
    }
    return replace(edition, regimes=changed)


def with_item(edition: Edition, code: str, **facts: Any) -> Edition:
    def changed(regime: Regime) -> Regime:
        return replace(regime, items={**regime.items, code: replace(regime.items[code], **facts)})

    return replace(edition, regimes={name: changed(regime) for name, regime in edition.regimes.items()})


def without(edition: Edition, code: str) -> Edition:
    def changed(regime: Regime) -> Regime:
        return replace(regime, items={name: item for name, item in regime.items.items() if name != code})

    return replace(edition, regimes={name: changed(regime) for name, regime in edition.regimes.items()})


def told(new: Edition, *published: Edition) -> list[str]:
    return [one.en for one in disagreements(new, published)]


def test_the_same_rules_follow_at_any_quarter(first: Edition) -> None:
    assert told(after(first), first) == []
    assert told(after(first, NEXT), first) == []
    assert told(first, after(first)) == [], "an earlier edition may be published later"
    assert told(after(with_item(first, "ORG-F01", points=-9)), first) == [], "points may change within a cycle"


def test_between_two_editions_there_is_no_gap_and_no_overlap(first: Edition) -> None:
    for ends_on, word in ((date(2026, 7, 31), "overlap"), (date(2026, 5, 31), "between")):
        (found,) = told(after(first), replace(first, ends_on=ends_on))
        assert word in found
        (found,) = told(replace(first, ends_on=ends_on), after(first))
        assert word in found
    assert told(after(first), replace(first, ends_on=date(2026, 6, 30))) == []


@pytest.mark.parametrize("facts", [{"kind": Kind.INNOVATION}, {"dimension": "SRV"}], ids=["kind", "dimension"])
@pytest.mark.parametrize("starts_on", [SUMMER, NEXT])
def test_a_code_keeps_its_meaning_against_all_published_editions(
    first: Edition, facts: dict[str, Any], starts_on: date
) -> None:
    """Also where the edition in between did not have it."""
    between = after(without(first, "ORG-F01"), date(2028, 1, 1))
    late = after(with_item(first, "ORG-F01", **facts), date(2029, 1, 1))
    assert any("ORG-F01" in one for one in told(late, first, between))
    assert any("ORG-F01" in one for one in told(after(with_item(first, "ORG-F01", **facts), starts_on), first))


def test_an_english_name_may_be_put_better_and_a_chinese_one_not(first: Edition) -> None:
    name = first.regimes["standard"].items["ORG-F01"].name
    assert told(after(with_item(first, "ORG-F01", name=replace(name, en="Else"))), first) == []
    assert len(told(after(with_item(first, "ORG-F01", name=replace(name, zh="别的"))), first)) == 1


def test_nothing_is_dropped_within_a_cycle(first: Edition) -> None:
    (found,) = told(after(without(first, "ORG-A01")), first)
    assert "retire" in found
    kept = {code: regime for code, regime in first.regimes.items() if not code.startswith("exempt")}
    (found,) = told(after(replace(first, regimes=kept)), first)
    assert "class exempt" in found
    assert told(after(without(replace(first, regimes=kept), "ORG-A01"), NEXT), first) == []


CHANGES: dict[str, dict[str, Any]] = {
    "base": {"opening": 7},
    "decimals": {"decimals": 1},
    "dimensions": {"dimensions": ()},
    "bands": {"bands": ()},
    "lines": {"lines": ()},
    "across": {"across": (Across("quarterly", Kind.INNOVATION, frozenset({"ORG-A01"}), 3),)},
    "total": {"total_high": 90},
    "carried": {"carried": 5},
    "newcomers": {"newcomers": Newcomers.BRANCH_MEAN},
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_frame_stays_within_a_cycle_for_every_class(first: Edition, what: str) -> None:
    assert [one.split()[0] for one in told(after(with_regimes(first, **CHANGES[what])), first)] == [what]
    (found,) = told(after(with_regimes(first, "exempt", **CHANGES[what])), first)
    assert found.startswith(f"{what} (exempt)")
    assert told(after(with_regimes(first, **CHANGES[what]), NEXT), first) == []
    assert told(with_regimes(first, **CHANGES[what]), after(first)) != [], "against a later edition of the cycle too"


def test_where_a_line_comes_from_may_be_corrected_within_a_cycle(first: Edition) -> None:
    lines = tuple(replace(one, citation="elsewhere") for one in first.regimes["standard"].lines)
    assert told(after(with_regimes(first, lines=lines)), first) == []


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("measure", {"measure": Measure(MeasureForm.BEST, best=2)}),
        ("group", {"group": None}),
        ("outside", {"outside": frozenset({"innovation"})}),
        ("matter", {"matter": Matter.REQUIRED}),
    ],
)
def test_the_place_and_form_of_an_item_stay_within_a_cycle(first: Edition, key: str, facts: dict[str, Any]) -> None:
    (found,) = told(after(with_item(first, "ORG-A01", **facts)), first)
    assert found.startswith(f"items.ORG-A01.{key} ")


def test_the_tree_keeps_its_shape_and_weights_within_a_cycle(first: Edition) -> None:
    nodes = first.regimes["standard"].nodes
    weighed = tuple(replace(one, weight=(1, 2)) if one.name == "innovation" else one for one in nodes)
    (found,) = told(after(with_regimes(first, nodes=weighed)), first)
    assert found.startswith("nodes.innovation ")
    (found,) = told(after(with_regimes(first, nodes=nodes[:-1])), first)
    assert found.startswith("nodes.innovation/ORG/talks ")
