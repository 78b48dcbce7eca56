"""The star sheet: the Longwen one in full, its faults, and that it is kept with its edition."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from app.rules.book import load_book
from app.rules.content import content_of, digest_of, edition_from_content
from app.rules.fault_texts_stars import STARS
from app.rules.faults import RuleFault, RulesFaulty
from app.rules.stars import (
    BY_HAND,
    MEASURES,
    DayCount,
    Decider,
    DowngradeEffect,
    DowngradeGround,
    Fact,
    Gate,
    Pool,
    Quota,
    Round,
    Scale,
    ScaleForm,
    ScoreRounding,
    Stars,
    Step,
    Treatment,
    forms_of,
)
from app.rules.surveys import SurveyKind, SurveySubject
from tests.rules.broken_books import Broken
from tests.rules.broken_stars import FORM, MEANING, SHEET, put_sheet
from tests.rules.small_book import edited, line_of, next_edition, put_book, put_edition

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"
POINT = 100  # the sheet counts in hundredths
POINTS = {
    "S1": [4, 4, 3, 4],
    "S2": [8, 6, 3, 3],
    "S3": [8, 4, 3, 3, 2],
    "S4": [4, 5, 5, 3, 3],
    "S5": [4, 3, 3],
    "S6": [5, 7, 3],
}


@cache
def longwen() -> Stars:
    stars = load_book(LONGWEN).editions[0].edition.stars
    assert stars is not None
    return stars


def faults_of(folder: Path) -> list[RuleFault]:
    with pytest.raises(RulesFaulty) as caught:
        load_book(folder)
    return caught.value.faults


def described(case: Broken) -> str:
    return f"{case.code}:{case.key}"


# ------------------------------------------------------------------------------------------------ the Longwen sheet


def test_every_survey_is_asked_and_each_question_says_where_it_comes_from() -> None:
    asked = longwen().surveys
    assert {(one.subject, one.kind) for one in asked} == {(one, kind) for one in SurveySubject for kind in SurveyKind}
    assert all(question.source for one in asked for question in one.sheet.questions)


def test_the_indicators_have_the_points_of_the_catalogue_and_add_up_to_100() -> None:
    sheet = longwen()
    assert [(one.code, one.points) for one in sheet.indicators] == [
        (f"{module}.{number}", points * POINT) for module, row in POINTS.items() for number, points in enumerate(row, 1)
    ]
    modules = {"S1": 15, "S2": 20, "S3": 20, "S4": 20, "S5": 10, "S6": 15}
    assert {one.code: one.points for one in sheet.modules} == {code: n * POINT for code, n in modules.items()}
    for module in sheet.modules:
        assert sum(one.points for one in sheet.indicators_of(module.code)) == module.points
    assert sum(one.points for one in sheet.modules) == sheet.full == 100 * POINT
    assert sheet.bonus.cap == 10 * POINT


def test_member_points_count_from_600_to_900_and_theme_days_half_a_point_each() -> None:
    average, days, records = (longwen().indicator(code) for code in ("S3.1", "S2.2", "S2.4"))
    assert average is not None
    assert days is not None
    assert records is not None
    assert (average.measure, average.scale) == ("member_average", Scale(ScaleForm.LINEAR, low=600, high=900))
    assert (days.measure, days.scale) == ("theme_days", Scale(ScaleForm.EACH, per_unit=POINT // 2))
    assert (records.measure, records.scale) == (BY_HAND, Scale(ScaleForm.RATE, of=5))
    assert 12 * days.scale.per_unit == days.points


def test_each_indicator_is_measured_by_the_service_or_entered_with_evidence() -> None:
    for one in longwen().indicators:
        assert one.scale.form in forms_of(one.measure), one.code
        if one.measure == BY_HAND:
            assert one.evidence, one.code
        else:
            assert set(one.limits) == MEASURES[one.measure].limits, one.code
    by_hand = [one.code for one in longwen().indicators if one.measure == BY_HAND]
    assert by_hand == ["S1.4", "S2.4", "S3.3", "S4.1", "S4.3", "S4.4", "S5.2", "S5.3", "S6.3"]


def test_stars_begin_at_90_80_70_and_60_and_the_district_decides_on_five() -> None:
    levels = longwen().levels
    assert [(one.star, one.low // POINT) for one in levels] == [(5, 90), (4, 80), (3, 70), (2, 60), (1, 0)]
    assert [one.decided_by for one in levels] == [Decider.DISTRICT, *[Decider.COMMITTEE] * 4]


def test_treatment_follows_the_star() -> None:
    sheet = longwen()
    model, rectified = Treatment.MODEL, Treatment.RECTIFICATION
    assert [one.treatment for one in sheet.levels] == [model, model, Treatment.CULTIVATION, rectified, rectified]
    assert [one.star for one in sheet.levels if one.leads] == [5, 4]
    assert [one.star for one in sheet.levels if one.plate] == [5, 4, 3]
    plan = sheet.rectification
    assert (plan.months, plan.extension_months, plan.listed_years, plan.listed_at_most) == (3, 3, 2, 2)


def test_gates_ask_for_satisfaction_an_innovation_project_and_no_open_rectification() -> None:
    gates = {one.code: one for one in longwen().gates}
    named = {code: one.name for code, one in gates.items()}
    assert gates == {
        "satisfied": Gate(
            "satisfied", named["satisfied"], 2, survey="S6.2", at_least=60, unanswered_passes=True
        ),
        "five-satisfied": Gate("five-satisfied", named["five-satisfied"], 4, survey="S6.2", at_least=85),
        "five-innovation": Gate("five-innovation", named["five-innovation"], 4, fact=Fact.INNOVATION_PROJECT),
        "five-rectified": Gate("five-rectified", named["five-rectified"], 4, fact=Fact.NO_OPEN_RECTIFICATION),
    }  # fmt: skip


def test_quotas_order_and_step_are_those_of_the_method() -> None:
    sheet = longwen()
    assert sheet.quotas == (Quota(5, (1, 10), Pool.DISTRICT), Quota(4, (3, 10), Pool.COMMITTEE))
    assert sheet.order == ("score", "S6", "S2", "S3")
    assert sheet.step == Step(up=1, first=4, first_round_free=True, exceptions_by=Decider.DISTRICT)


def test_the_round_has_its_days_and_its_look_back() -> None:
    sheet = longwen()
    assert sheet.decimals == 2
    assert sheet.round == Round(
        cut_off=(12, 31),
        founded_months=12,
        look_back_months=24,
        answers_min=5,
        rounding=ScoreRounding.HALF_UP,
        notice_days=5,
        notice_counts=DayCount.WORKING,
        valid_months=12,
    )
    assert [one.code for one in sheet.vetoes] == [
        *("law", "accident", "pollution", "public-order", "mass-incident", "credit"),
    ]
    assert [(one.ground, one.times, one.effect) for one in sheet.downgrades] == [
        (DowngradeGround.VETO, 1, DowngradeEffect.NO_STAR),
        (DowngradeGround.MISSED_CORRECTIONS, 2, DowngradeEffect.ONE_LESS),
        (DowngradeGround.FAILED_LOOK_BACK, 1, DowngradeEffect.ONE_LESS),
    ]


def test_every_value_says_where_it_comes_from() -> None:
    sheet = longwen()
    assert sheet.citations["bonus.cap"] == "T5 (满分110)"
    assert sheet.citations["indicators.S2.2.grounds"] == "C1; C2 (次数依据)"
    assert sheet.citations["indicators.S3.1.scale"] == "assumption"
    assert sheet.citations["vetoes.law.grounds"] == "T1; T2"
    cited = {key for text in sheet.citations.values() for key in text.split(" (")[0].split("; ")}
    assert cited - {"assumption"} == set(sheet.sources)
    for one in sheet.indicators:
        for part in ("points", "grounds", "scale", *(f"limits.{name}" for name in one.limits)):
            assert f"indicators.{one.code}.{part}" in sheet.citations


def test_half_points_of_a_sheet_are_whole_numbers_of_its_smallest_unit(tmp_path: Path) -> None:
    stars = load_book(put_sheet(tmp_path, SHEET)).editions[0].edition.stars
    assert stars is not None
    assert [one.points for one in stars.indicators] == [40, 45, 35, 50, 30]
    assert [one.star for one in stars.levels] == [5, 4, 3, 2]
    assert stars.level(1) is None


# ------------------------------------------------------------------------------------------ kept with the edition


def test_the_sheet_comes_back_equal_from_the_stored_content() -> None:
    loaded = load_book(LONGWEN).editions[0]
    again = edition_from_content(loaded.content)
    assert again.stars == longwen()
    assert content_of(again) == loaded.content


def test_a_change_of_the_sheet_is_another_digest(tmp_path: Path) -> None:
    edits = [
        ("at_least: 60", "at_least: 61"),
        ("unanswered: passes", "unanswered: fails"),
        ("share: {value: 1/10", "share: {value: 1/9"),
        ("[score, B, A.1]", "[score, A.1, B]"),
        ("value: 12-31", "value: 12-30"),
        ("grounds: {source: M1}\nrectification", "grounds: {source: C1}\nrectification"),
        ("evidence: [{zh: 证明, en: Proof}]", "evidence: [{zh: 证书, en: Certificate}]"),
    ]
    digests = {load_book(put_sheet(tmp_path / "plain", SHEET)).editions[0].digest}
    for number, edit in enumerate(edits):
        digests.add(load_book(put_sheet(tmp_path / str(number), edited(SHEET, edit))).editions[0].digest)
    assert len(digests) == len(edits) + 1


def test_an_edition_without_a_sheet_is_stored_as_if_there_were_no_sheets(tmp_path: Path) -> None:
    with_sheet = load_book(put_sheet(tmp_path / "with", SHEET)).editions[0]
    without = load_book(put_book(tmp_path / "without")).editions[0]
    assert without.edition.stars is None
    assert b'"stars"' not in without.content
    assert digest_of(content_of(replace(with_sheet.edition, stars=None))) == without.digest


# --------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize("case", [*FORM, *MEANING], ids=described)
def test_a_fault_of_the_sheet_names_its_file_line_and_key(tmp_path: Path, case: Broken) -> None:
    sheet = edited(SHEET, (case.old, case.new))
    at = put_sheet(tmp_path, sheet)
    found = faults_of(at)
    assert {fault.file for fault in found} == {str(at / "2026/stars.yaml")}
    line = line_of(sheet, case.at) + case.at.count("\n", 0, -1)
    assert (case.code, case.key, line) in {(fault.code, fault.key, fault.line) for fault in found}
    for fault in found:
        assert fault.zh.endswith("。")
        assert fault.en.endswith(".")
        assert "请" in fault.zh


def test_a_single_mistake_in_the_meaning_is_reported_once(tmp_path: Path) -> None:
    for case in MEANING:
        found = faults_of(put_sheet(tmp_path, edited(SHEET, (case.old, case.new))))
        assert len([fault for fault in found if fault.code == case.code]) == 1, (case, found)


def test_a_fault_of_form_calls_forth_no_others(tmp_path: Path) -> None:
    for case in FORM:
        found = [fault.code for fault in faults_of(put_sheet(tmp_path, edited(SHEET, (case.old, case.new))))]
        if case.old not in {"  2:\n", "bonus:\n"}:  # then two stars, or the bonus, are missing besides
            assert found == [case.code], (case, found)


def test_ten_different_faults_are_told_at_once_each_on_its_line(tmp_path: Path) -> None:
    """In the Longwen sheet: faults of form do not hide those of meaning, nor the other way round."""
    text = (LONGWEN / "2026" / "stars.yaml").read_text(encoding="utf-8")
    edits = {
        "star_module_sum": ("points: {value: 10, assumption: true}", "points: {value: 11, assumption: true}"),
        "uncited_bare": ("answers_min: {value: 5, assumption: true", "answers_min: 5  #"),
        "uncited": ("scale: {form: each, per_unit: 0.5, assumption: true", "scale: {form: each, per_unit: 0.5"),
        "star_measure_unknown": ("measure: correction_rate", "measure: correction_rates"),
        "star_indicator_unknown": ("survey: {indicator: S6.2, at_least: 85", "survey: {indicator: S6.9, at_least: 85"),
        "quota_above_one": ("share: {value: 1/10", "share: {value: 10/1"),
        "star_order_unknown": ("[score, S6, S2, S3]", "[score, S6, S2, S9]"),
        "star_order": ("low: {value: 70,", "low: {value: 85,"),
        "unknown_citation": ("up: {value: 1, source: T9", "up: {value: 1, source: T99"),
        "unknown_key": ("plate: {value: true, source: T1}\n  4:", "plaque: {value: true, source: T1}\n  4:"),
        "star_evidence": (
            "\n    evidence: [{zh: 经费收支明细, en: Account of income and expenses}]",
            "\n    evidence: []",
        ),
    }
    broken_text = edited(text, *edits.values())
    at = tmp_path / "longwen"
    put_edition(at, (LONGWEN / "2026" / "items.yaml").read_text(encoding="utf-8"), "2026")
    (at / "book.yaml").write_text((LONGWEN / "book.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (at / "2026" / "stars.yaml").write_text(broken_text, encoding="utf-8")
    found = faults_of(at)
    lines = {code: line_of(broken_text, new) for code, (_, new) in edits.items()}
    lines["star_evidence"] = line_of(broken_text, "  S5.2:")
    assert {fault.code: fault.line for fault in found} == lines | {"star_full_sum": line_of(broken_text, "full: {")}
    assert Counter(fault.code for fault in found).most_common(1)[0][1] == 1


def test_faults_of_the_sheet_are_told_with_those_of_the_items(tmp_path: Path) -> None:
    at = put_sheet(tmp_path, edited(SHEET, ("measure: theme_days", "measure: theme_nights")))
    items = (at / "2026" / "items.yaml").read_text(encoding="utf-8")
    (at / "2026" / "items.yaml").write_text(edited(items, ("kind: veto", "kind: vetoed")), encoding="utf-8")
    assert {(Path(fault.file).name, fault.code) for fault in faults_of(at)} == {
        ("items.yaml", "not_one_of"),
        ("stars.yaml", "star_measure_unknown"),
    }


def test_a_sheet_without_items_is_not_passed_over(tmp_path: Path) -> None:
    at = put_book(tmp_path)
    (at / "2027").mkdir()
    (at / "2027" / "stars.yaml").write_text(edited(SHEET, ('edition: "2026"', 'edition: "2027"')), encoding="utf-8")
    assert [fault.code for fault in faults_of(at)] == ["star_no_items"]


def test_an_indicator_keeps_its_meaning_in_later_editions(tmp_path: Path) -> None:
    at = put_sheet(tmp_path, SHEET)
    put_edition(at, next_edition(), "2027")
    later = edited(SHEET, ('edition: "2026"', 'edition: "2027"'))
    sheet = at / "2027" / "stars.yaml"
    sheet.write_text(edited(later, ("zh: 党日", "zh: 联建日")), encoding="utf-8")
    assert [(fault.code, fault.key) for fault in faults_of(at)] == [("code_meaning", "indicators.A.3")]
    sheet.write_text(edited(later, ("{form: each, per_unit: 0.5,", "{form: each, per_unit: 1,")), encoding="utf-8")
    assert len(load_book(at).editions) == 2


def test_every_measure_can_be_scaled_and_is_named_in_both_languages() -> None:
    for code, measure in MEASURES.items():
        assert forms_of(code)
        assert measure.name.zh
        assert measure.name.en
    assert not forms_of("made_up")


def test_every_kind_of_fault_of_a_sheet_is_brought_about_by_a_test() -> None:
    assert set(STARS) - {case.code for case in [*FORM, *MEANING]} == {"star_no_items"}
