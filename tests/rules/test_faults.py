"""Every fault of a rule book is reported at once, with its file, line and key, and a sentence in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.rules import service as rules
from app.rules.book import load_book
from app.rules.fault_texts import TEXTS
from app.rules.fault_texts_frame import FRAME
from app.rules.fault_texts_inheritance import INHERITANCE
from app.rules.fault_texts_stars import STARS
from app.rules.faults import RuleFault, RulesFaulty
from tests.rules.broken_books import FORM, MEANING, READING, Broken
from tests.rules.broken_language import LANGUAGE
from tests.rules.small_book import (
    BOOK,
    ITEMS,
    SMALL_EXAMPLES,
    SMALL_ROUNDS,
    edited,
    line_of,
    next_edition,
    put_book,
    put_edition,
)


def faults_of(folder: Path) -> list[RuleFault]:
    with pytest.raises(RulesFaulty) as caught:
        load_book(folder)
    return caught.value.faults


def described(case: Broken) -> str:
    return f"{case.code}:{case.key}"


@pytest.mark.parametrize("case", [*READING, *FORM, *MEANING, *LANGUAGE], ids=described)
def test_a_fault_names_its_file_line_and_key(tmp_path: Path, case: Broken) -> None:
    items = edited(ITEMS, (case.old, case.new))
    at = put_book(tmp_path, items=items)
    found = [
        (fault.code, fault.key, fault.line) for fault in faults_of(at) if fault.file == str(at / "2026/items.yaml")
    ]
    assert (case.code, case.key, line_of(items, case.at)) in found


def test_a_single_mistake_is_reported_once(tmp_path: Path) -> None:
    for case in [*MEANING, *LANGUAGE]:
        found = faults_of(put_book(tmp_path, items=edited(ITEMS, (case.old, case.new))))
        named = [fault for fault in found if fault.code == case.code]
        assert len(named) == 1, (case, found)


def test_every_fault_says_what_to_do_in_both_languages(tmp_path: Path) -> None:
    for case in [*READING, *FORM, *MEANING, *LANGUAGE]:
        for fault in faults_of(put_book(tmp_path, items=edited(ITEMS, (case.old, case.new)))):
            assert fault.zh.endswith("。")
            assert fault.en.endswith(".")
            assert "请" in fault.zh
            assert "{zh" not in fault.zh + fault.en


def test_all_faults_are_told_at_once_across_kinds_and_files(tmp_path: Path) -> None:
    items = edited(
        ITEMS,
        ("    article: 一票否决。", "    artikel: 一票否决。"),  # unknown, and so one is missing
        ("points: {value: -5, source: M1}", "points: {value: -5}"),
        ("outside: [innovation/ORG]", "outside: [innovation/EXC]"),
        ("from: 2026-01-01", "from: 2026-02-01"),
    )
    book = edited(BOOK, ("decimals: 0", "decimals: 0\ncolour: red"))
    at = put_book(tmp_path, book=book, items=items)
    codes = {(Path(fault.file).name, fault.code) for fault in faults_of(at)}
    assert {
        ("book.yaml", "unknown_key"),
        ("items.yaml", "unknown_key"),
        ("items.yaml", "missing_key"),
        ("items.yaml", "uncited"),
        ("items.yaml", "outside_unknown"),
        ("items.yaml", "quarter_start"),
    } <= codes


def test_faults_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    items = edited(ITEMS, ("kind: veto", "kind: opening"), ("from: 2026-01-01", "from: 2026-02-01"))
    found = faults_of(put_book(tmp_path, items=items))
    assert found == sorted(found)


def test_sums_are_not_judged_where_parts_are_left_out(tmp_path: Path) -> None:
    found = faults_of(put_book(tmp_path, items=edited(ITEMS, ("share: {value: 15, assumption: true}", "share: 15"))))
    assert [fault.code for fault in found] == ["uncited_bare"]


def test_a_low_line_of_a_book_that_earns_waits_for_the_years_end(tmp_path: Path) -> None:
    earning = edited(ITEMS, ("opening: {value: full, source: M1}", "opening: {value: zero, source: M1}"))
    found = faults_of(put_book(tmp_path, items=earning))
    assert ("line_early_low", "lines.assist.when") in {(fault.code, fault.key) for fault in found}
    assert ("duty_in_earning_book", "items.ORG-D01.duty") in {(fault.code, fault.key) for fault in found}
    assert "lines.commend.when" not in {fault.key for fault in found}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("touched_undated", "points: {value: 6, source: C1}"),
        ("touched_unexplained", "points: {value: 6, assumption: true}"),
        (None, "points: {value: 6, source: M1}"),
        (None, "points: {value: 6, source: C1, note: 自2027年起}"),
        (None, "points: {value: 6, assumption: true, note: 试行}"),
        (None, "points: {value: 5, source: C1}"),
    ],
)
def test_what_an_edition_touches_is_dated_or_explained(tmp_path: Path, code: str | None, value: str) -> None:
    at = put_book(tmp_path)
    put_edition(at, next_edition(("points: {value: 5, source: M1}", value)), "2027")
    if code is None:
        assert len(load_book(at).editions) == 2
    else:
        assert [(fault.code, fault.key) for fault in faults_of(at)] == [(code, "items.ORG-A01.points")]


def test_what_is_earned_has_something_allotted(tmp_path: Path) -> None:
    earning = edited(
        ITEMS,
        ("opening: {value: full, source: M1}", "opening: {value: zero, source: M1}"),
        ("allotment: {value: 40, ", "allotment: {value: 0, "),
    )
    found = faults_of(put_book(tmp_path, items=earning))
    assert ("allotment_zero", "dimensions.SRV.allotment") in {(fault.code, fault.key) for fault in found}


@pytest.mark.parametrize(
    ("code", "edits", "starts", "key"),
    [
        ("code_meaning", [("name: {zh: 表彰, en", "name: {zh: 奖励, en")], "2027-01-01", "items.ORG-A02"),
        (
            "code_meaning",
            [("kind: veto", "kind: fault\n    points: {value: -1, source: M1}")],
            "2027-01-01",
            "items.ORG-V01",
        ),
        ("edition_overlap", [], "2026-01-01", "from"),
        (
            "changed_in_cycle",
            [("bound: {value: 50, source: M1}", "bound: {value: 45, source: M1}")],
            "2026-07-01",
            "lines",
        ),
        ("changed_in_cycle", [("base: {value: 100, ", "base: {value: 101, ")], "2026-07-01", "base"),
        ("changed_in_cycle", [("    group: talks\n", "")], "2026-07-01", "items.ORG-A01.group"),
        ("changed_in_cycle", [("units: 80, points", "units: 70, points")], "2026-07-01", "items.SRV-A01.measure"),
        (
            "changed_in_cycle",
            [("nodes:\n", "nodes:\n  fault/ORG:\n    weight: {value: 1/2, source: M1}\n")],
            "2026-07-01",
            "nodes.fault/ORG.weight",
        ),
        ("item_dropped", [("  SRV-A01:\n", "  SRV-A02:\n")], "2026-07-01", "items"),
        ("profile_dropped", [("  exempt:\n    name", "  away:\n    name")], "2026-07-01", "profiles"),
    ],
)
def test_editions_fit_together(tmp_path: Path, code: str, edits: list[tuple[str, str]], starts: str, key: str) -> None:
    at = put_book(tmp_path)
    put_edition(at, next_edition(*edits, starts=starts), "2027")
    assert (code, key) in {(fault.code, fault.key) for fault in faults_of(at)}


@pytest.mark.parametrize(("until", "code"), [("2026-09-30", "edition_gap"), ("2027-03-31", "edition_overlap")])
def test_editions_follow_one_another_without_gap_or_overlap(tmp_path: Path, until: str, code: str) -> None:
    at = put_book(tmp_path, items=edited(ITEMS, ("from: 2026-01-01", f"from: 2026-01-01\nuntil: {until}")))
    put_edition(at, next_edition(), "2027")
    assert {fault.code for fault in faults_of(at)} == {code}


def test_a_correction_of_a_citation_in_mid_cycle_is_no_change(tmp_path: Path) -> None:
    at = put_book(tmp_path)
    corrected = [("bound: {value: 50, source: M1}", "bound: {value: 50, source: C1}")]
    put_edition(at, next_edition(*corrected, starts="2026-07-01"), "2027")
    assert len(load_book(at).editions) == 2


def test_the_faults_of_the_examples_are_told_with_those_of_the_rules(tmp_path: Path) -> None:
    examples = edited(
        SMALL_EXAMPLES,
        ("item: ORG-D01, windows: 2026Q1", "item: ORG-D07, windows: 2026Q9"),
        ("band: rest", "band: best"),
    )
    at = put_book(tmp_path, examples=examples)
    with pytest.raises(RulesFaulty) as caught:
        rules.read_folder(at)
    assert [fault.code for fault in caught.value.faults] == ["windows_form"]
    at = put_book(tmp_path, examples=edited(examples, ("2026Q9", "2026Q3")))
    with pytest.raises(RulesFaulty) as caught:
        rules.read_folder(at)
    keys = {(fault.code, fault.key, fault.line) for fault in caught.value.faults}
    assert keys == {
        ("example_unknown", "examples.one-miss.given.0.item", 6),
        ("example_unknown", "examples.one-miss.expect.band", 7),
    }


def test_rounds_are_no_examples_of_an_edition_without_a_star_sheet(tmp_path: Path) -> None:
    at = put_book(tmp_path, examples=SMALL_EXAMPLES)
    rounds = at / "2026/examples/stars/rounds.yaml"
    rounds.parent.mkdir()
    rounds.write_text(SMALL_ROUNDS, encoding="utf-8")
    with pytest.raises(RulesFaulty) as caught:
        rules.read_folder(at)
    assert [(fault.code, fault.file, fault.line) for fault in caught.value.faults] == [
        ("star_example_no_sheet", str(rounds), 1)
    ]


def test_a_folder_without_a_book_says_so(tmp_path: Path) -> None:
    with pytest.raises(RulesFaulty) as caught:
        rules.read_folder(tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["no_book"]
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "book.yaml").write_text(BOOK, encoding="utf-8")
    assert [fault.code for fault in faults_of(tmp_path / "small")] == ["no_editions"]


# Not brought about by an edit to one file of the small book: these have tests of their own.
_ELSEWHERE = {
    "touched_undated",
    "touched_unexplained",
    "allotment_zero",
    "item_dropped",
    "profile_dropped",
    "tier_of_nothing",
    "too_many_values",
    "too_many_classes",
    "too_many_versions",
    "no_book",
    "no_editions",
    "not_readable",
    "too_large",
    "not_utf8",
    "not_a_mapping",
    "directive",
    "too_deep",
    "windows_form",
    "duty_in_earning_book",
    "line_early_low",
    "edition_gap",
    "edition_overlap",
    "code_meaning",
    "changed_in_cycle",
    "example_unknown",
    "example_where",
    "example_day",
    "example_code",
    "example_empty",
    "star_example_no_sheet",
    "appraisal_example_no_section",
}


def test_every_kind_of_fault_is_brought_about_by_a_test() -> None:
    brought_about = {case.code for case in [*READING, *FORM, *MEANING, *LANGUAGE]} | _ELSEWHERE
    assert brought_about == set(TEXTS) - set(STARS) - set(INHERITANCE) - set(FRAME)
