"""A committee's book extends the district's: it may add items and tighten bounds, and never loosen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.kit.calendar import Window
from app.rules import service as rules
from app.rules.book import Book, load_book
from app.rules.core import Bound, Item, Regime
from app.rules.faults import RuleFault, RulesFaulty
from app.trials.core import judge_example
from app.trials.service import try_examples
from tests.rules.extension_books import (
    BARE_ITEMS,
    CHILD_BOOK,
    CHILD_EXAMPLES,
    CHILD_ITEMS,
    put_child,
    put_family,
)
from tests.rules.small_book import ITEMS, edited, next_edition, put_edition

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"


def regime_of(book: Book, profile: str = "standard") -> Regime:
    found = book.editions[0].edition.regime(profile)
    assert found is not None
    return found


def bounds_of(regime: Regime, place: str) -> dict[Window, tuple[int | None, int | None]]:
    held: Item | tuple[Bound, ...] | None = regime.items.get(place)
    bounds = held.bounds if isinstance(held, Item) else next(one.bounds for one in regime.nodes if one.name == place)
    return {bound.window: (bound.low, bound.high) for bound in bounds}


def faults_of(folder: Path) -> list[RuleFault]:
    with pytest.raises(RulesFaulty) as caught:
        rules.read_folder(folder)
    return caught.value.faults


def test_a_child_book_is_whole_under_its_own_name(tmp_path: Path) -> None:
    book = load_book(put_family(tmp_path))
    edition = book.editions[0].edition
    assert (book.extends, edition.book, edition.code) == ("small", "street", "2026s")
    parent = load_book(tmp_path / "small").editions[0].edition
    assert edition.digest != parent.digest
    assert list(edition.regimes) == list(parent.regimes)
    regime = regime_of(book)
    assert [*regime.items] == [*parent.regimes["standard"].items, "SRV-C01"]
    assert regime.items["SRV-C01"].citation == "J1"
    assert edition.sources["J1"] == "街道办法 (2026-03-01)"
    assert edition.frame == parent.frame


def test_bounds_are_tightened_and_the_others_stay(tmp_path: Path) -> None:
    regime = regime_of(load_book(put_family(tmp_path)))
    assert bounds_of(regime, "ORG-A01") == {Window.QUARTER: (None, 5), Window.YEAR: (None, 5)}
    assert bounds_of(regime, "ORG-F01") == {Window.QUARTER: (-10, None), Window.YEAR: (-20, None)}
    assert bounds_of(regime, "innovation") == {Window.YEAR: (None, 15)}
    assert bounds_of(regime, "innovation/ORG") == {Window.YEAR: (None, 10)}
    assert dict(regime.items["ORG-A01"].citations)["bounds.year"] == "J1"
    assert next(node.citation for node in regime.nodes if node.name == "innovation") == "J1 第三条"


def test_a_class_with_wider_bounds_of_its_own_is_held_by_the_tightened_one(tmp_path: Path) -> None:
    parent = edited(
        ITEMS,
        (
            "    duties: none\n",
            """    duties: none
    items:
      ORG-A01:
        grounds: {source: M1}
        bounds: [{window: quarter, high: 7, source: M1}, {window: year, high: 12, source: M1}]
    nodes:
      innovation: {bounds: [{window: year, high: 12, source: M1}]}
""",
        ),
        (
            "      ORG-D01: {settled: confirmation, grounds: {assumption: true}}\n",
            """      ORG-D01: {settled: confirmation, grounds: {assumption: true}}
    nodes:
      innovation: {bounds: [{window: year, high: 30, source: M1}]}
""",
        ),
    )
    book = load_book(put_family(tmp_path, parent=parent))
    exempt = regime_of(book, "exempt")
    assert bounds_of(exempt, "ORG-A01") == {Window.QUARTER: (None, 7), Window.YEAR: (None, 5)}
    assert bounds_of(exempt, "innovation") == {Window.YEAR: (None, 12)}, "narrower than the child's: it stays"
    assert bounds_of(regime_of(book, "remote"), "innovation") == {Window.YEAR: (None, 15)}


def test_a_dimension_bounded_by_its_allotment_keeps_it_for_every_class(tmp_path: Path) -> None:
    parent = edited(
        ITEMS,
        (
            "    duties: none\n",
            """    duties: none
    allotments: {ORG: {value: 30, source: M1}, SRV: {value: 70, source: M1}}
""",
        ),
    )
    tighter = "  nodes:\n    routine/ORG:\n      bounds: [{window: year, low: -50, source: J1}]\n"
    book = load_book(put_family(tmp_path, parent=parent, items=edited(CHILD_ITEMS, ("  nodes:\n", tighter))))
    assert bounds_of(regime_of(book), "routine/ORG") == {Window.YEAR: (-50, None)}
    assert bounds_of(regime_of(book, "exempt"), "routine/ORG") == {Window.YEAR: (-30, None)}
    assert bounds_of(regime_of(book), "routine/SRV") == {Window.YEAR: (-40, None)}


def test_a_dimension_that_earns_keeps_its_allotment_as_a_ceiling(tmp_path: Path) -> None:
    duty = ITEMS[
        ITEMS.index("    duty:\n      every: {value: year") : ITEMS.index(
            "    record: [system]\n    review: [secretary]\n  ORG-A01"
        )
    ]
    parent = edited(
        ITEMS,
        (
            "    allotment: {value: 40, assumption: true}\n",
            "    allotment: {value: 40, assumption: true}\n    opens: {value: zero, assumption: true}\n",
        ),
        (duty, "    points: {value: 2, source: M1}\n"),
        (
            "bound: {value: 50, source: M1}\n    when: {value: every_quarter",
            "bound: {value: 50, source: M1}\n    when: {value: year_end",
        ),
    )
    tighter = "  nodes:\n    routine/SRV:\n      bounds: [{window: quarter, high: 12, source: J1}]\n"
    book = load_book(put_family(tmp_path, parent=parent, items=edited(CHILD_ITEMS, ("  nodes:\n", tighter))))
    assert bounds_of(regime_of(book), "routine/SRV") == {Window.QUARTER: (None, 12), Window.YEAR: (None, 40)}


def test_a_chain_of_books_is_read_from_its_head(tmp_path: Path) -> None:
    put_family(tmp_path)
    branch = edited(CHILD_BOOK, ("book: street", "book: branch"), ("extends: small", "extends: street"), ("J1:", "B1:"))
    items = edited(BARE_ITEMS, ('edition: "2026s"', 'edition: "2026b"'), ('extends: "2026"', 'extends: "2026s"'))
    items += "tighten:\n  items:\n    SRV-C01:\n      bounds: [{window: year, high: 3, source: B1}]\n"
    put_child(tmp_path, book=branch, items=items, edition="2026b", code="branch")
    books, _ = rules.read_folder(tmp_path)
    assert [book.code for book in books] == ["small", "street", "branch"], "each after the one that it extends"
    regime = regime_of(books[-1])
    assert bounds_of(regime, "SRV-C01") == {Window.QUARTER: (None, 6), Window.YEAR: (None, 3)}
    assert bounds_of(regime, "innovation") == {Window.YEAR: (None, 15)}


def test_a_child_follows_its_parents_next_edition_with_one_of_its_own(tmp_path: Path) -> None:
    at = put_family(tmp_path)
    put_edition(tmp_path / "small", next_edition(), "2027")
    found = faults_of(at)
    assert [(one.code, one.key) for one in found] == [("extension_outlives", "extends")]
    following = edited(
        CHILD_ITEMS,
        ('edition: "2026s"', 'edition: "2027s"'),
        ('extends: "2026"', 'extends: "2027"'),
        ("from: 2026-04-01", "from: 2027-01-01"),
    )
    put_edition(at, following, "2027s")
    assert [one.edition.code for one in load_book(at).editions] == ["2026s", "2027s"]


def test_a_child_has_its_parents_star_sheet_and_examples_of_its_own(tmp_path: Path) -> None:
    at = put_family(tmp_path)
    (at / "2026s" / "examples").mkdir()
    (at / "2026s" / "examples" / "own.yaml").write_text(CHILD_EXAMPLES, encoding="utf-8")
    assert [(edition.book, verdict.holds) for edition, verdict in try_examples(tmp_path)] == [("street", True)]
    longwen = put_longwen_child(tmp_path / "more")
    assert longwen.editions[0].edition.stars == load_book(LONGWEN).editions[0].edition.stars is not None


def put_longwen_child(folder: Path) -> Book:
    """A book that extends that of Longwen and changes nothing."""
    shutil.copytree(LONGWEN, folder / "longwen")
    book = edited(CHILD_BOOK, ("extends: small", "extends: longwen"))
    items = edited(BARE_ITEMS, ("from: 2026-04-01", "from: 2026-01-01"))
    return load_book(put_child(folder, book=book, items=items))


def test_a_child_that_changes_nothing_scores_every_example_alike(tmp_path: Path) -> None:
    child = put_longwen_child(tmp_path).editions[0].edition
    _, found = rules.read_folder(LONGWEN)
    examples = [(one.edition, example) for one in found for example in one.examples]
    assert len(examples) > 50
    for edition, example in examples:
        own, other = judge_example(child, example), judge_example(edition, example)
        assert other.holds
        assert (own.holds, own.score) == (True, other.score)
