"""What a book that extends another may not say is told in its own file, by line and key."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from app.rules import service as rules
from app.rules.book import load_book
from app.rules.fault_texts_inheritance import INHERITANCE
from app.rules.faults import RuleFault, RulesFaulty
from tests.rules.extension_books import CHILD_BOOK, CHILD_ITEMS, put_child, put_family
from tests.rules.small_book import BOOK, ITEMS, edited, line_of, put_edition

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"


def faults_of(folder: Path) -> list[RuleFault]:
    with pytest.raises(RulesFaulty) as caught:
        rules.read_folder(folder)
    return caught.value.faults


class Wrong(NamedTuple):
    """An edit to the child's items, the fault, its key, and a passage on its line."""

    code: str
    old: str
    new: str
    key: str
    at: str


ITEM = "  SRV-C01:\n    name: {zh: 应急值守, en: Emergency watch}\n    kind: innovation"
WRONG = [
    Wrong("extension_edition", 'extends: "2026"', 'extends: "2025"', "extends", 'extends: "2025"'),
    Wrong("extension_days", "from: 2026-04-01", "from: 2025-10-01", "from", "from: 2025-10-01"),
    Wrong("extension_code_taken", "  SRV-C01:", "  SRV-A01:", "items.SRV-A01", "  SRV-A01:"),
    Wrong(
        "extension_duty",
        "points: {value: 3, source: J1}",
        "duty: {every: {value: year, source: J1}, share: {value: 5, source: J1}, settled: sessions}",
        "items.SRV-C01.duty",
        "duty:",
    ),
    Wrong("extension_duty", ITEM, ITEM.replace("innovation", "routine"), "items.SRV-C01.kind", "kind: routine"),
    Wrong(
        "extension_outside",
        "    record: [secretary]",
        "    outside: [innovation/SRV]\n    record: [secretary]",
        "items.SRV-C01.outside",
        "outside:",
    ),
    Wrong("tighten_unknown", "    ORG-F01:", "    ORG-F09:", "tighten.items.ORG-F09", "ORG-F09"),
    Wrong("tighten_unknown", "    innovation:", "    fault/LAW:", "tighten.nodes.fault/LAW", "fault/LAW"),
    Wrong("tighten_own", "    ORG-F01:", "    SRV-C01:", "tighten.items.SRV-C01", "    SRV-C01:"),
    Wrong(
        "tighten_wider",
        "high: 5, source: J1",
        "high: 9, source: J1",
        "tighten.items.ORG-A01.bounds.0.high",
        "high: 9, source: J1",
    ),
    Wrong(
        "tighten_wider",
        "window: quarter, low: -10",
        "window: year, low: -30",
        "tighten.items.ORG-F01.bounds.0.low",
        "low: -30",
    ),
    Wrong(
        "tighten_wider",
        "innovation:\n      bounds: [{window: year, high: 15",
        "routine/ORG:\n      bounds: [{window: year, low: -61",
        "tighten.nodes.routine/ORG.bounds.0.low",
        "low: -61",
    ),
    # What the checks of every edition find is told where the child says it.
    Wrong(
        "window_shorter",
        "bounds: [{window: year, high: 15, source: J1, clause: 第三条}]",
        "bounds: [{window: half, high: 15, source: J1}]",
        "tighten.nodes.innovation.bounds.0.window",
        "window: half",
    ),
    Wrong(
        "unknown_citation",
        "low: -10, source: J1",
        "low: -10, source: J9",
        "tighten.items.ORG-F01.bounds.0.source",
        "J9",
    ),
    Wrong("unknown_citation", "grounds: {source: J1}", "grounds: {source: J9}", "items.SRV-C01.grounds.source", "J9"),
    Wrong(
        "bound_empty",
        "quarter, low: -10, source",
        "quarter, source",
        "tighten.items.ORG-F01.bounds.0",
        "quarter, source",
    ),
    Wrong("sign_wrong", "points: {value: 3", "points: {value: -3", "items.SRV-C01.points.value", "value: -3"),
    Wrong("quarter_start", "from: 2026-04-01", "from: 2026-04-02", "from", "2026-04-02"),
    Wrong("uncited_bare", "points: {value: 3, source: J1}", "points: 3", "items.SRV-C01.points", "points: 3"),
    Wrong(
        "not_one_of",
        "{window: quarter, low: -10",
        "{window: week, low: -10",
        "tighten.items.ORG-F01.bounds.0.window",
        "week",
    ),
    Wrong("folder_name", 'edition: "2026s"', 'edition: "2026x"', "edition", "2026x"),
    Wrong("unknown_key", "tighten:", "base: {value: 3, source: J1}\ntighten:", "base", "base:"),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case.code}:{case.key}")
def test_a_fault_names_its_place_in_the_childs_own_file(tmp_path: Path, case: Wrong) -> None:
    items = edited(CHILD_ITEMS, (case.old, case.new))
    at = put_family(tmp_path, items=items)
    found = [(one.code, one.file, one.key, one.line) for one in faults_of(at)]
    assert found == [(case.code, str(at / "2026s/items.yaml"), case.key, line_of(items, case.at))]


def test_an_item_measured_over_longer_than_a_ceiling_above_it_is_told_at_the_item(tmp_path: Path) -> None:
    parent = edited(
        ITEMS, ("across:\n", "  innovation/SRV:\n    bounds: [{window: quarter, high: 9, source: M1}]\nacross:\n")
    )
    parent = edited(parent, ("    measure:\n      ladder:", "    measure:\n      window: quarter\n      ladder:"))
    items = edited(
        CHILD_ITEMS,
        ("{window: quarter, high: 6", "{window: year, high: 6"),
    )
    found = faults_of(put_family(tmp_path, parent=parent, items=items))
    assert [(one.code, one.key) for one in found] == [("window_shorter", "items.SRV-C01")]


def test_all_faults_of_a_child_are_told_at_once(tmp_path: Path) -> None:
    items = edited(
        CHILD_ITEMS,
        ("  SRV-C01:", "  SRV-A01:"),
        ("high: 5, source: J1", "high: 9, source: J9"),
        ("low: -10, source: J1", "low: -10"),
        ("from: 2026-04-01", "from: 2026-04-02"),
    )
    at = put_family(tmp_path, items=items)
    assert {one.code for one in faults_of(at)} == {"extension_code_taken", "tighten_wider", "uncited", "quarter_start"}


def test_a_code_of_another_edition_of_the_parent_is_not_given_another_meaning(tmp_path: Path) -> None:
    renamed = edited(
        ITEMS,
        ("  SRV-A01:", "  SRV-C01:"),
        ("from: 2026-01-01", "from: 2025-01-01"),
        ('edition: "2026"', 'edition: "2025"'),
    )
    at = put_family(tmp_path)
    put_edition(tmp_path / "small", renamed, "2025")
    assert [(one.code, one.key) for one in faults_of(at)] == [("extension_code_meaning", "items.SRV-C01")]


def test_a_ceiling_over_every_item_of_a_kind_is_not_passed_by(tmp_path: Path) -> None:
    every = edited(
        ITEMS,
        ("{kind: innovation, items: [ORG-A01], per_quarter: 9", "{kind: fault, items: [ORG-F01], per_quarter: -9"),
    )
    at = put_family(tmp_path, parent=every)
    assert load_book(at).editions
    fault = edited(
        CHILD_ITEMS,
        (ITEM, ITEM.replace("innovation", "fault")),
        (
            "points: {value: 3, source: J1}\n    bounds: [{window: quarter, high: 6, source: J1}]",
            "points: {value: -3, source: J1}",
        ),
    )
    at = put_family(tmp_path, parent=every, items=fault)
    assert [(one.code, one.key) for one in faults_of(at)] == [("extension_across", "items.SRV-C01")]


@pytest.mark.parametrize(
    ("code", "edit", "key"),
    [
        ("parent_missing", ("extends: small", "extends: large"), "extends"),
        ("extends_cycle", ("extends: small", "extends: street"), "extends"),
        ("extension_differs", ("sources:", "decimals: 1\nsources:"), "decimals"),
        ("extension_differs", ("sources:", "cycle:\n  first_month: {value: 7, source: M1}\nsources:"), "cycle"),
        ("extension_source", ("sources:\n", "sources:\n  M1: {title: 别的}\n"), "sources.M1"),
        ("unknown_key", ("sources:", "colour: red\nsources:"), "colour"),
    ],
)
def test_a_childs_book_file_is_checked(tmp_path: Path, code: str, edit: tuple[str, str], key: str) -> None:
    at = put_family(tmp_path, book=edited(CHILD_BOOK, edit))
    assert [(one.code, one.file, one.key) for one in faults_of(at)] == [(code, str(at / "book.yaml"), key)]


def test_what_is_said_again_and_the_same_is_no_fault(tmp_path: Path) -> None:
    same = "decimals: 0\ncycle: {first_month: {value: 1, assumption: true}}\n"
    units = "units:\n  visits: {zh: 次走访, en: visits}\n"
    again = edited(CHILD_BOOK, ("sources:", f"{same}{units}sources:"))
    assert [*load_book(put_family(tmp_path, book=again)).editions[0].edition.units] == ["visits"]


def test_a_unit_of_the_parent_keeps_its_name(tmp_path: Path) -> None:
    units = "units:\n  visits: {{zh: {name}, en: visits}}\nsources:"
    at = put_family(tmp_path, book=edited(CHILD_BOOK, ("sources:", units.format(name="次走访"))))
    (tmp_path / "small" / "book.yaml").write_text(edited(BOOK, ("sources:", units.format(name="户"))), encoding="utf-8")
    assert [(one.code, one.key) for one in faults_of(at)] == [("extension_differs", "units.visits")]


def test_a_faulty_parent_is_told_with_its_own_faults_and_once_in_the_child(tmp_path: Path) -> None:
    at = put_family(
        tmp_path, parent=edited(ITEMS, ("points: {value: -5, source: M1}", "points: {value: 5, source: M1}"))
    )
    for folder in (at, tmp_path):
        found = [(one.code, Path(one.file).relative_to(tmp_path).as_posix()) for one in faults_of(folder)]
        assert sorted(found) == [("parent_faulty", "street/book.yaml"), ("sign_wrong", "small/2026/items.yaml")]


def test_books_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    put_child(tmp_path, book=edited(CHILD_BOOK, ("extends: small", "extends: other")))
    other = edited(CHILD_BOOK, ("book: street", "book: other"), ("extends: small", "extends: street"))
    put_child(tmp_path, book=other, code="other")
    codes = {one.code for one in faults_of(tmp_path)}
    assert codes == {"extends_cycle", "parent_faulty"}


def test_two_children_do_not_give_one_code_two_meanings(tmp_path: Path) -> None:
    put_family(tmp_path)
    other = edited(CHILD_BOOK, ("book: street", "book: town"))
    put_child(tmp_path, book=other, items=edited(CHILD_ITEMS, ("zh: 应急值守", "zh: 防汛值守")), code="town")
    assert [(one.code, one.key) for one in faults_of(tmp_path)] == [("extension_sibling", "items.SRV-C01")]
    put_child(tmp_path, book=other, code="town")
    assert len(rules.read_folder(tmp_path)[0]) == 3


def test_a_child_has_no_star_sheet_of_its_own(tmp_path: Path) -> None:
    at = put_family(tmp_path)
    shutil.copy(LONGWEN / "2026" / "stars.yaml", at / "2026s" / "stars.yaml")
    assert [one.code for one in faults_of(at)] == ["extension_stars"]


def test_a_child_without_an_edition_says_so(tmp_path: Path) -> None:
    at = put_family(tmp_path)
    shutil.rmtree(at / "2026s")
    assert [one.code for one in faults_of(at)] == ["no_editions"]


ELSEWHERE = {
    *("parent_faulty", "parent_missing", "extends_cycle", "extension_differs", "extension_source", "extension_stars"),
    *("extension_outlives", "extension_code_meaning", "extension_sibling", "extension_across"),
}


def test_every_fault_of_inheritance_is_brought_about_by_a_test_and_says_what_to_do() -> None:
    assert {case.code for case in WRONG} | ELSEWHERE >= set(INHERITANCE)
    for zh, en in INHERITANCE.values():
        assert "请" in zh
        assert zh.endswith("。")
        assert en.endswith(".")
