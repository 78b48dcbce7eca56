"""Examples beside the rules are run against the fold, and a failing one says where its number comes from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from app.rules.faults import RulesFaulty
from app.trials.core import Verdict
from app.trials.service import try_examples
from tests.rules.period_books import BY_QUARTER, FROM_JULY, JULY_ITEMS, QUARTER_ITEMS
from tests.rules.small_book import SMALL_EXAMPLES, edited, put_book

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"


@cache
def longwen() -> dict[str, Verdict]:
    return {verdict.example.code: verdict for _, verdict in try_examples(LONGWEN)}


def tried(tmp_path: Path, *edits: tuple[str, str]) -> Verdict:
    (found,) = try_examples(put_book(tmp_path, examples=edited(SMALL_EXAMPLES, *edits)))
    return found[1]


def test_all_examples_of_the_longwen_book_hold() -> None:
    assert len(longwen()) > 90
    assert [code for code, verdict in longwen().items() if not verdict.holds] == []


@pytest.mark.parametrize(
    ("code", "dimensions", "daily", "band"),
    [
        ("keeps-everything", (350, 150, 200, 150, 135), 985, "recommended"),
        ("nearly-everything", (315, 150, 170, 150, 127), 912, "recommended"),
        ("two-thirds", (233, 130, 100, 150, 120), 733, "qualified"),
        ("one-third", (117, 80, 0, 150, 105), 452, "assistance"),
        ("absent-all-year", (0, 40, 0, 150, 90), 280, "assistance"),
    ],
)
def test_the_five_members_of_the_plausibility_table(
    code: str, dimensions: tuple[int, ...], daily: int, band: str
) -> None:
    verdict = longwen()[code]
    expected = verdict.example.expected
    assert tuple(expected.dimensions[name] for name in ("ORG", "EXC", "SRV", "LAW", "PUB")) == dimensions
    assert sum(dimensions) == daily
    assert verdict.score is not None
    assert (verdict.score.daily, verdict.score.band) == (daily, band)


def test_what_is_shown_adds_up_to_the_total() -> None:
    for code, verdict in longwen().items():
        assert verdict.score is not None
        opening = 1000
        assert opening + sum(row.points for row in verdict.rows) == verdict.score.total, code


def test_a_wrong_expectation_fails_with_the_difference_and_where_it_comes_from(tmp_path: Path) -> None:
    verdict = tried(tmp_path, ("daily: 85", "daily: 90"))
    assert not verdict.holds
    assert [(one.what, one.expected, one.actual) for one in verdict.differences] == [("daily", 90, 85)]
    assert [(row.where, row.points) for row in verdict.rows] == [("ORG-D01", -15)]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("{item: ORG-A02, day: 2026-02-01, tier: moon, matter: m}", "tier_unknown"),
        ("{item: ORG-A02, day: 2026-02-01, tier: city}", "matter_missing"),
        ("{item: ORG-D01, windows: 2026-02, outcome: missed}", "no_such_window"),
        ("{item: ORG-A01, windows: 2026Q1}", "windows_only_for_duties"),
        ("{item: ORG-D01, days: [2026-02-01, 2026-03-01], outcome: missed}", "duty_decided_twice"),
        ("{item: SRV-A01, day: 2026-02-01}", "units_missing"),
        ("{item: ORG-D01, windows: 2026Q1}", "outcome_missing"),
    ],
)
def test_a_line_that_cannot_be_recorded_fails_the_example_with_its_reason(
    tmp_path: Path, line: str, refusal: str
) -> None:
    verdict = tried(tmp_path, ("{item: ORG-D01, windows: 2026Q1, outcome: missed}", line))
    assert not verdict.holds
    assert [(one.line, one.error.code) for one in verdict.refusals] == [(6, refusal)]


def test_an_exempt_member_cannot_miss_a_duty(tmp_path: Path) -> None:
    verdict = tried(tmp_path, ("    given:", "    profile: exempt\n    given:"))
    assert [one.error.code for one in verdict.refusals] == ["windows_only_for_duties"]


def test_the_order_of_the_lines_does_not_matter(tmp_path: Path) -> None:
    one = "{item: ORG-D01, windows: 2026Q1, outcome: missed}"
    lines = ["{item: ORG-F01, day: 2026-02-03}", "{item: ORG-A01, day: 2026-02-04}", one]
    seen = set()
    for number, order in enumerate((lines, lines[::-1], lines[1:] + lines[:1])):
        verdict = tried(tmp_path / str(number), (f"      - {one}", "\n".join(f"      - {line}" for line in order)))
        assert verdict.score is not None
        seen.add((verdict.score.daily, verdict.score.total))
    assert seen == {(85, 85)}, "the finding's share is lost already, and what it deducts the addition gives back"


def test_examples_run_under_the_regime_of_each_quarter(tmp_path: Path) -> None:
    verdict = tried(
        tmp_path,
        ("    given:", "    then: {2026Q2: remote}\n    silence: true\n    given:"),
        ("daily: 85, band: rest", "daily: 0"),
    )
    # Undecided in the first quarter but for the miss that is told; missed in the other three, unless confirmed.
    assert verdict.score is not None
    assert verdict.score.daily == 100 - 15 - 3 * 15 - 40


def test_examples_run_over_the_cycle_of_their_book(tmp_path: Path) -> None:
    quarter = """\
format: 1
examples:
  whole:
    title: {zh: 一个季度, en: one quarter}
    silence: true
    given:
      - {item: ORG-D01, windows: 2026-02, outcome: missed}
      - {item: SRV-D01, day: 2026-03-01, units: 5}
    expect: {daily: 73}
  beyond:
    title: {zh: 只做了半季, en: half of it}
    as_of: 2026-02-28
    given: [{item: ORG-D01, windows: all, outcome: missed}]
    expect: {daily: 60}
"""
    july = """\
format: 1
examples:
  half:
    title: {zh: 到十二月, en: until December}
    as_of: 2026-12-31
    given: [{item: SRV-D01, day: 2026-08-01, units: 4}]
    expect: {daily: 88}
  whole:
    title: {zh: 到次年六月, en: until June}
    given:
      - {item: SRV-D01, day: 2027-06-30, units: 20}
      - {item: ORG-D01, windows: [2026Q3, 2027Q2], outcome: missed}
    expect: {daily: 70}
"""
    written = put_book(tmp_path / "a", book=BY_QUARTER, items=QUARTER_ITEMS, examples=quarter)
    for folder in (written, put_book(tmp_path / "b", book=FROM_JULY, items=JULY_ITEMS, examples=july)):
        found = [verdict for _, verdict in try_examples(folder)]
        assert len(found) == 2
        assert [(one.differences, one.refusals) for one in found] == [((), ()), ((), ())]


def test_a_day_after_the_quarter_is_not_in_the_example_of_a_quarters_book(tmp_path: Path) -> None:
    late = edited(SMALL_EXAMPLES, ("windows: 2026Q1", "day: 2026-04-01"))
    folder = put_book(tmp_path, book=BY_QUARTER, items=QUARTER_ITEMS, examples=late)
    with pytest.raises(RulesFaulty) as caught:
        list(try_examples(folder))
    assert [one.code for one in caught.value.faults] == ["example_day"]
