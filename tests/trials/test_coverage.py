"""What the examples of a book reach: a part counts only if some example turns on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from app.handbook.glossary import Glossary
from app.trials.coverage import coverage_of, told
from app.trials.parts import PartKind, parts_of
from app.trials.service import Trial, try_books
from tests.rules.extension_books import CHILD_EXAMPLES, CHILD_ITEMS, put_family
from tests.rules.small_book import ITEMS, SMALL_EXAMPLES, edited, line_of, put_book

BOOKS = Path(__file__).resolve().parents[2] / "scoring_rules"
SHIPPED = sorted(at.parent.name for at in BOOKS.glob("*/book.yaml"))

GIVEN = "      - {item: ORG-D01, windows: 2026Q1, outcome: missed}"
EXPECT = "    expect: {daily: 85, band: rest}"


@cache
def shipped(book: str) -> tuple[Trial, ...]:
    return tuple(try_books(BOOKS / book))


def tried(tmp_path: Path, *lines: str, items: str = ITEMS, also: str = "", expect: str | None = None) -> Trial:
    """The small book with one example of these lines, which expects what it comes to or ``expect``."""
    given = "\n".join(f"      - {{{line}}}" for line in lines)
    first = edited(SMALL_EXAMPLES, (GIVEN, given), (EXPECT, f"{also}    expect: {{{expect or 'graded: true'}}}"))
    (trial,) = try_books(put_book(tmp_path, items=items, examples=first))
    score = trial.verdicts[0].score
    if expect is None and score is not None:
        numbers = f"daily: {score.daily}, total: {score.total}, effective: {score.effective}, band: {score.band}"
        (trial,) = try_books(put_book(tmp_path, items=items, examples=edited(first, ("graded: true", numbers))))
    assert [verdict.example.code for verdict in trial.verdicts if not verdict.holds] == []
    return trial


def reached(trial: Trial) -> set[str]:
    return {".".join(str(one) for one in part.path) for part in trial.coverage.reached}


def missed(trial: Trial) -> set[str]:
    return {".".join(str(one) for one in part.path) for part in trial.coverage.missed}


def idle(trial: Trial) -> dict[str, int | None]:
    return {".".join(str(one) for one in part.path): part.comes_to for part in trial.coverage.idle}


@pytest.mark.parametrize("book", SHIPPED)
def test_the_examples_of_every_shipped_book_hold_and_reach_all_of_it(book: str) -> None:
    for trial in shipped(book):
        assert [verdict.example.code for verdict in trial.verdicts if not verdict.holds] == []
        words = Glossary(trial.edition)
        assert [told(part, words.points(part.comes_to or 0)).en for part in trial.coverage.missed] == []


def test_the_longwen_book_has_72_items() -> None:
    (trial,) = shipped("longwen")
    counts = trial.coverage.counts()
    assert counts[PartKind.ITEM][1] + counts[PartKind.VETO][1] == 72


def test_what_only_one_example_reaches_is_missed_without_it() -> None:
    (trial,) = shipped("longwen")
    parts = parts_of(trial.edition)
    alone = [verdict for verdict in trial.verdicts if verdict.example.code != "veto-moral-harm"]
    assert [part.key for part in coverage_of(parts, alone).missed] == [("item", "PUB-V01")]


def test_an_example_that_cannot_be_recorded_reaches_nothing(tmp_path: Path) -> None:
    examples = edited(SMALL_EXAMPLES, (", outcome: missed", ""))
    (trial,) = try_books(put_book(tmp_path, examples=examples))
    assert trial.coverage.reached == ()


def test_a_bound_is_reached_when_it_cuts_and_not_when_it_is_just_filled(tmp_path: Path) -> None:
    quarter, year = (f"items.ORG-A01.bounds.{number}.high" for number in (0, 1))
    filled = tried(tmp_path / "1", "item: ORG-A01, day: 2026-02-03")
    assert {quarter, year} <= missed(filled)
    over_a_quarter = tried(tmp_path / "2", "item: ORG-A01, days: [2026-02-03, 2026-03-03]")
    assert quarter in reached(over_a_quarter)
    assert year in missed(over_a_quarter)
    over_the_year = tried(tmp_path / "3", "item: ORG-A01, days: [2026-02-03, 2026-05-03]")
    assert year in reached(over_the_year)
    assert quarter in missed(over_the_year)


def test_a_floor_under_deductions_is_reached_from_below(tmp_path: Path) -> None:
    days = ", ".join(f"2026-02-0{number}" for number in range(1, 6))
    assert "items.ORG-F01.bounds.0.low" in reached(tried(tmp_path, f"item: ORG-F01, days: [{days}]"))


def test_a_bound_of_a_month_is_told_from_those_of_longer_windows(tmp_path: Path) -> None:
    items = edited(ITEMS, ("      - {window: quarter, high: 5", "      - {window: month, high: 5"))
    spread = tried(tmp_path / "1", "item: ORG-A01, days: [2026-02-03, 2026-03-03]", items=items)
    assert "items.ORG-A01.bounds.0.high" in missed(spread)
    crowded = tried(tmp_path / "2", "item: ORG-A01, days: [2026-02-03, 2026-02-04]", items=items)
    assert "items.ORG-A01.bounds.0.high" in reached(crowded)
    assert "items.ORG-A01.bounds.1.high" in missed(crowded)


def test_a_rung_is_reached_where_the_ladder_comes_to_rest(tmp_path: Path) -> None:
    rungs = [f"items.SRV-A01.measure.ladder.rungs.{number}" for number in (0, 1)]
    trial = tried(tmp_path, "item: SRV-A01, days: [2026-02-03, 2026-03-03, 2026-04-03, 2026-05-03], units: 20")
    assert rungs[1] in reached(trial)
    assert rungs[0] in missed(trial), "the lower rung was passed, not decided by"


def test_a_tier_that_counts_elsewhere_decides_nothing(tmp_path: Path) -> None:
    tiers = [f"items.ORG-A02.tiers.{number}" for number in (0, 1)]
    trial = tried(
        tmp_path,
        "item: ORG-A02, day: 2026-02-03, tier: district, matter: m",
        "item: ORG-A02, day: 2026-03-03, tier: city, matter: m",
    )
    assert tiers[1] in reached(trial)
    assert tiers[0] in missed(trial)


def test_each_end_of_a_range_is_reached_by_choosing_it(tmp_path: Path) -> None:
    items = edited(ITEMS, ("    points: {value: 5, source: M1}\n", "    range: {low: 1, high: 5, source: M1}\n"))
    trial = tried(tmp_path, "item: ORG-A01, day: 2026-02-03, points: 1", items=items)
    assert "items.ORG-A01.range.low" in reached(trial)
    assert "items.ORG-A01.range.high" in missed(trial)


def test_a_choice_of_the_best_is_reached_when_it_leaves_one_out(tmp_path: Path) -> None:
    best = "    points: {value: 5, source: M1}\n    measure: {best: {value: 1, source: M1}}\n"
    bounds = "    bounds:\n      - {window: quarter, high: 5, assumption: true}\n"
    across = "  quarterly: {kind: innovation, items: [ORG-A01], per_quarter: 9, assumption: true}\n"
    items = edited(
        ITEMS, ("    points: {value: 5, source: M1}\n", best), (bounds, "    bounds:\n"), (f"across:\n{across}", "")
    )
    once = tried(tmp_path / "1", "item: ORG-A01, day: 2026-02-03", items=items)
    assert "items.ORG-A01.measure.best" in missed(once)
    twice = tried(tmp_path / "2", "item: ORG-A01, days: [2026-02-03, 2026-05-03]", items=items)
    assert "items.ORG-A01.measure.best" in reached(twice)
    assert idle(twice)["items.ORG-A01.bounds.0.high"] == 5, "one of five never fills the eight"


def test_silence_reaches_the_duties_that_it_decides_and_no_others(tmp_path: Path) -> None:
    trial = tried(tmp_path, "item: ORG-A01, day: 2026-02-03", also="    silence: true\n")
    assert "items.SRV-D01" in reached(trial)
    assert "items.ORG-D01" in missed(trial), "a session that nobody recorded stays undecided"


def test_what_a_class_has_otherwise_is_reached_only_under_that_class(tmp_path: Path) -> None:
    line = "item: ORG-D01, windows: 2026Q1, outcome: missed"
    changed = "overlays.remote.items.ORG-D01"
    usual = tried(tmp_path / "1", line)
    assert {changed, "overlays.remote", "profiles.exempt"} <= missed(usual)
    assert {changed, "overlays.remote"} <= reached(tried(tmp_path / "2", line, also="    profile: remote\n"))


def test_a_bound_that_a_class_has_otherwise_is_a_part_of_its_own(tmp_path: Path) -> None:
    change = "      ORG-D01: {settled: confirmation, grounds: {assumption: true}}\n"
    bounds = "[{window: quarter, high: 3, assumption: true}, {window: year, high: 8, assumption: true}]"
    items = edited(ITEMS, (change, f"{change}      ORG-A01: {{bounds: {bounds}}}\n"))
    line = "item: ORG-A01, days: [2026-02-03, 2026-03-03]"
    usual, own = "items.ORG-A01.bounds.0.high", "overlays.remote.items.ORG-A01.bounds.0.high"
    everybody = tried(tmp_path / "1", line, items=items)
    assert usual in reached(everybody)
    assert own in missed(everybody)
    remote = tried(tmp_path / "2", line, items=items, also="    profile: remote\n")
    assert own in reached(remote)
    assert usual in missed(remote)


def test_a_clamp_that_nothing_can_reach_is_told_with_what_comes_to_it(tmp_path: Path) -> None:
    trial = tried(tmp_path, "item: ORG-A01, day: 2026-02-03")
    assert idle(trial) == {
        "across.quarterly.per_quarter": 5,
        "nodes.innovation/ORG.bounds.0.high": 8,
        "nodes.innovation/ORG/talks.bounds.0.high": 8,
    }
    part = next(one for one in trial.coverage.idle if one.key[0] == "across")
    assert told(part, Glossary(trial.edition).points(5)).en == (
        "the ceiling quarterly: 9 points a quarter: what lies below comes to 5 points at most, so no entries make it "
        "cut; not counted."
    )


def test_a_ceiling_across_is_reached_where_there_is_more_below_it(tmp_path: Path) -> None:
    items = edited(ITEMS, ("per_quarter: 9", "per_quarter: 3"))
    trial = tried(tmp_path, "item: ORG-A01, day: 2026-02-03", items=items)
    assert "across.quarterly.per_quarter" in reached(trial)


def test_lines_tested_by_pace_stand_apart(tmp_path: Path) -> None:
    trial = tried(tmp_path, "item: ORG-A01, day: 2026-02-03")
    assert [part.path for part in trial.coverage.apart] == [("lines", "pace")]


def test_a_line_is_reached_where_it_holds_and_a_band_where_it_is_given(tmp_path: Path) -> None:
    lost = ["item: ORG-D01, windows: all, outcome: missed"]
    trial = tried(tmp_path, *lost, also="    silence: true\n")
    assert {"lines.assist", "bands.0"} <= reached(trial)
    assert {"lines.commend", "bands.1"} <= missed(trial)


GOOD = "item: ORG-A02, day: 2026-02-03, tier: city, matter: m"
MISSED_ALL = "item: ORG-D01, windows: all, outcome: missed"
EXEMPT = (
    "grounds: {source: C1, clause: 第23条}\n    duties: none\n",
    "grounds: {source: C1, clause: 第23条}\n    duties: none\n    ranked: {value: false, source: C1}\n",
)


def test_an_example_reaches_nothing_but_its_class_where_it_looks_at_no_number(tmp_path: Path) -> None:
    trial = tried(tmp_path, GOOD, "item: ORG-V01, day: 2026-02-03", MISSED_ALL, expect="graded: true, ranked: true")
    assert reached(trial) == {"profiles.standard"}


@pytest.mark.parametrize(
    ("expect", "parts"),
    [
        ("daily: 40", {"items.ORG-D01"}),
        ("dimensions: {ORG: 0}", {"items.ORG-D01"}),
        ("innovation: 9", {"items.ORG-A02", "items.ORG-A02.tiers.1"}),
        ("total: 49", {"items.ORG-D01", "items.ORG-A02", "items.ORG-A02.tiers.1", "lines.assist"}),
        ("effective: 0", {"items.ORG-D01", "items.ORG-A02", "items.ORG-A02.tiers.1", "items.ORG-V01"}),
    ],
)
def test_an_example_reaches_what_feeds_the_number_that_it_expects(tmp_path: Path, expect: str, parts: set[str]) -> None:
    trial = tried(tmp_path, GOOD, "item: ORG-V01, day: 2026-02-03", MISSED_ALL, expect=expect)
    assert reached(trial) == {"profiles.standard", *parts}


def test_a_line_is_reached_only_by_a_member_whom_it_may_name(tmp_path: Path) -> None:
    line = "item: ORG-F01, day: 2026-02-03"
    counted = tried(tmp_path / "1", line, also="    profile: exempt\n")
    assert "lines.commend" in reached(counted)
    unranked = tried(tmp_path / "2", line, also="    profile: exempt\n", items=edited(ITEMS, EXEMPT))
    assert "lines.commend" in missed(unranked)


def test_every_part_has_its_line_in_the_file() -> None:
    for book in SHIPPED:
        for trial in shipped(book):
            text = Path(trial.file).read_text(encoding="utf-8").splitlines()
            for part in trial.coverage.reached:
                if part.kind is PartKind.ITEM:
                    assert text[trial.line(part) - 1].strip() == f"{part.path[-1]}:"


def test_a_book_that_extends_another_answers_for_what_it_states_itself(tmp_path: Path) -> None:
    child = put_family(tmp_path)
    examples = child / "2026s" / "examples"
    examples.mkdir()
    (examples / "examples.yaml").write_text(CHILD_EXAMPLES, encoding="utf-8")
    (trial,) = try_books(child)
    assert reached(trial) == {"items.SRV-C01"}
    assert missed(trial) == {
        "nodes.innovation.bounds.0.high",
        "items.ORG-A01.bounds.1.high",
        "items.ORG-F01.bounds.0.low",
        "items.SRV-C01.bounds.0.high",
    }
    lines = {trial.line(part) for part in trial.coverage.missed if part.path[1] in ("ORG-A01", "ORG-F01", "innovation")}
    assert lines == {line_of(CHILD_ITEMS, value) for value in ("high: 5", "low: -10", "high: 15")}
