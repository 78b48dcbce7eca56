"""The book that ships: the whole catalogue, as the scoring definition corrects it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.book import load_book
from app.rules.core import Bound, Edition, Item, Kind, Matter, MeasureForm, Regime, Settlement, Target, Unrecorded
from app.rules.lines import Relation, When, band_of

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"
DIMENSIONS = {"ORG": 350, "EXC": 150, "SRV": 200, "LAW": 150, "PUB": 150}


@cache
def edition() -> Edition:
    return load_book(LONGWEN).editions[0].edition


def regime(profile: str = "standard") -> Regime:
    return edition().regimes[profile]


def items() -> list[Item]:
    return list(regime().items.values())


def bounds_of(code: str) -> dict[Window, tuple[int | None, int | None]]:
    return {bound.window: (bound.low, bound.high) for bound in regime().items[code].bounds}


def shares(profile: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for item in regime(profile).items.values():
        if item.duty is not None and item.dimension is not None:
            found[item.dimension] += item.duty.share * (12 // WINDOW_LENGTH[item.duty.window])
    return found


def test_it_has_the_72_items_of_the_catalogue() -> None:
    assert len(items()) == 72
    assert Counter(item.dimension for item in items()) == {"ORG": 17, "EXC": 14, "SRV": 13, "LAW": 18, "PUB": 10}
    letters = {Kind.ROUTINE: "D", Kind.INNOVATION: "A", Kind.FAULT: "F", Kind.VETO: "V"}
    for item in items():
        assert item.code.startswith(f"{item.dimension}-{letters[item.kind]}")


def test_everybody_opens_at_1000_from_the_first_of_january() -> None:
    assert edition().starts_on == date(2026, 1, 1)
    assert {one.opening for one in edition().regimes.values()} == {1000}
    assert {one.code: one.allotment for one in regime().dimensions} == DIMENSIONS


def test_the_duties_of_each_profile_are_worth_the_base() -> None:
    for code in edition().regimes:
        assert shares(code) == ({} if code.startswith("exempt") else DIMENSIONS), code


def test_additions_have_80_a_dimension_and_200_a_year_and_nothing_per_quarter() -> None:
    nodes = {node.name: node.bounds for node in regime().nodes}
    assert nodes["innovation"] == (Bound(Window.YEAR, high=200),)
    for dimension, allotment in DIMENSIONS.items():
        assert nodes[f"innovation/{dimension}"] == (Bound(Window.YEAR, high=80),)
        assert nodes[f"routine/{dimension}"] == (Bound(Window.YEAR, low=-allotment),)
        assert nodes[f"fault/{dimension}"] == ()
    assert regime().across == ()
    assert regime().total_high is None


@pytest.mark.parametrize(("code", "high"), [("EXC-A04", 100), ("ORG-A02", 60)])
def test_commendations_and_spread_practice_stand_outside_their_dimension(code: str, high: int) -> None:
    item = regime().items[code]
    assert item.outside == {f"innovation/{item.dimension}"}
    assert bounds_of(code) == {Window.YEAR: (None, high)}
    assert [one.code for one in items() if one.outside] == ["ORG-A02", "EXC-A04"]


@pytest.mark.parametrize(("code", "half", "year"), [("SRV-D02", 10, 20), ("ORG-D08", 16, 32)])
def test_hours_have_targets_at_the_half_year_and_the_year_and_no_bound_per_quarter(
    code: str, half: int, year: int
) -> None:
    duty = regime().items[code].duty
    assert duty is not None
    assert duty.targets == (Target(Window.HALF, half), Target(Window.YEAR, year))
    assert duty.settlement is Settlement.AMOUNT
    assert set(bounds_of(code)) == {Window.YEAR}


def test_volunteer_hours_climb_a_ladder_from_40_hours_on() -> None:
    measure = regime().items["SRV-A01"].measure
    assert (measure.form, measure.window) == (MeasureForm.LADDER, Window.YEAR)
    assert [(rung.units, rung.points) for rung in measure.rungs] == [
        (40, 10), (80, 15), (100, 20), (150, 25), (200, 30), (250, 40), (300, 50),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "duty"),
    [
        (["EXC-F01"], "EXC-D02"),
        (["EXC-F02", "LAW-F01", "LAW-F02", "LAW-F03", "LAW-F04"], "LAW-D01"),
        (["EXC-F03", "LAW-F05"], "LAW-D02"),
        (["SRV-F02"], "SRV-D01"),
        (["SRV-F03", "LAW-F06", "LAW-F07"], "LAW-D03"),
    ],
)
def test_a_finding_costs_the_share_of_its_duty(findings: list[str], duty: str) -> None:
    assert sorted(item.code for item in items() if item.pairs == (duty,)) == sorted(findings)


def test_only_those_findings_cost_a_share_and_a_forgery_that_of_its_session() -> None:
    assert sum(bool(item.pairs) for item in items()) == 12
    forgery = regime().items["ORG-F03"]
    assert forgery.pairs == ()
    sessions = [item.code for item in items() if item.duty and item.duty.settlement is Settlement.SESSIONS]
    assert sorted(forgery.pairs_one_of) == sorted(sessions)


@pytest.mark.parametrize(
    ("settlement", "unrecorded", "codes"),
    [
        (Settlement.SESSIONS, Unrecorded.UNDECIDED, "ORG-D01 ORG-D02 ORG-D03 ORG-D04 ORG-D05 ORG-D06"),
        (Settlement.AMOUNT, Unrecorded.MISSED, "ORG-D08 SRV-D02"),
        (
            Settlement.CONFIRMATION,
            Unrecorded.MISSED,
            "ORG-D07 EXC-D01 EXC-D02 EXC-D04 SRV-D01 SRV-D04 SRV-D05",
        ),
        (Settlement.CONFIRMATION, Unrecorded.WAIVED, "SRV-D03"),
        (Settlement.DEFAULT, Unrecorded.KEPT, "EXC-D03 LAW-D01 LAW-D02 LAW-D03 LAW-D04 LAW-D05"),
        (Settlement.RATE, Unrecorded.KEPT, "PUB-D01 PUB-D02 PUB-D03 PUB-D04"),
    ],
)
def test_silence_means_what_the_settlement_says(settlement: Settlement, unrecorded: Unrecorded, codes: str) -> None:
    found = [
        item.code
        for item in items()
        if item.duty is not None and (item.duty.settlement, item.duty.unrecorded) == (settlement, unrecorded)
    ]
    assert found == codes.split()


def test_the_lines_and_bands_are_those_of_the_seed() -> None:
    lines = {line.code: line for line in regime().lines}
    commend, assist = lines["commend"], lines["assist"]
    assert (commend.basis, commend.relation, commend.bound, commend.when) == (
        "daily", Relation.AT_LEAST, 900, When.YEAR_END,
    )  # fmt: skip
    assert commend.quota == (1, 3)
    assert (assist.basis, assist.relation, assist.bound, assist.when) == (
        "total", Relation.AT_MOST, 500, When.EVERY_QUARTER,
    )  # fmt: skip
    assert (lines["warn-total"].relation, lines["warn-total"].bound) == (Relation.BELOW, 600)
    assert [(lines[code].bound, lines[code].due_min) for code in ("warn-pace", "talk-pace")] == [(40, 100), (50, 100)]


@pytest.mark.parametrize(
    ("daily", "total", "band"),
    [
        (900, 900, "recommended"),
        (899, 1099, "good"),
        (800, 800, "good"),
        (799, 799, "qualified"),
        (1000, 600, "recommended"),
        (1000, 599, "reminder"),
        (501, 501, "reminder"),
        (1000, 500, "assistance"),
    ],
)
def test_bands_include_their_bound(daily: int, total: int, band: str) -> None:
    assert band_of(regime().bands, daily, total, {}) == band


def test_a_branch_without_groups_gives_the_group_meetings_points_to_the_theme_day() -> None:
    for profile in ("no-groups", "probationary+no-groups", "floating+no-groups"):
        theme_day = regime(profile).items["ORG-D02"].duty
        assert theme_day is not None
        assert theme_day.share == 15
        meeting = regime(profile).items["ORG-D03"]
        assert (meeting.duty, meeting.retired) == (None, True), "what was lost under groups stays"


def test_exempt_members_owe_nothing_and_stand_in_no_ranking() -> None:
    exempt = regime("exempt")
    assert (exempt.ranked, exempt.graded) == (False, False)
    assert not any(item.duty for item in exempt.items.values())
    assert len(exempt.items) == 72


def test_probationary_members_are_scored_as_others_and_not_graded() -> None:
    probationary = regime("probationary")
    assert (probationary.ranked, probationary.graded) == (True, False)
    assert probationary.items == regime().items


def test_a_matter_is_named_wherever_it_could_count_twice() -> None:
    asked = {item.code for item in items() if item.matter is Matter.REQUIRED}
    assert {"EXC-A01", "EXC-A02", "EXC-A03", "EXC-A04", "ORG-A02", "SRV-A03", "SRV-A04", "PUB-A01", "PUB-A02"} <= asked
    assert {item.code for item in items() if item.code.startswith("LAW-F")} <= asked
    assert {item.code for item in items() if item.tiers} <= asked
    assert {"PUB-F02", "PUB-F03"} <= asked, "one survey costs once"
    assert not {item.code for item in items() if item.duty is not None} & asked


def test_default_kept_discipline_is_recorded_by_findings_only() -> None:
    for item in items():
        assert item.record, item.code
        assert item.review, item.code
        if item.code.startswith("LAW-D"):
            assert item.record == ("system",)
        elif "system" in item.record:
            assert len(item.record) == 2, "somebody must be able to record it for now"


def test_every_value_says_where_it_comes_from() -> None:
    for item in items():
        keys = {key for key, _ in item.citations}
        assert "grounds" in keys
        assert {f"tiers.{tier.code}" for tier in item.tiers} <= keys
        assert ("points" in keys) == (item.points is not None)
        if item.duty is None:
            assert {f"bounds.{bound.window.value}" for bound in item.bounds} <= keys
        else:
            assert {"duty.every", "duty.share", "duty.unrecorded"} <= keys
        for key, citation in item.citations:
            assert (key in item.assumptions) == citation.startswith("assumption"), (item.code, key)
    assert all(line.citation for line in regime().lines)
    cited = {part for item in items() for part in item.citation.replace(";", " ").split() if part in edition().sources}
    assert {"M30", "C1", "M28", "SEED4"} <= cited
