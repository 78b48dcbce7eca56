"""``longwen rules check`` and ``rules test``: plain lines, JSON, and exit codes 0, 1 and 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.rules import application
from tests.rules.small_book import BOOK, ITEMS, SMALL_EXAMPLES, edited, line_of, put_book


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(application, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout


def test_check_tells_what_a_sound_book_holds(tmp_path: Path) -> None:
    code, told = run("check", put_book(tmp_path, examples=SMALL_EXAMPLES))
    assert code == 0
    assert told.startswith("✓ small 2026: from 2026-01-01, 7 items, 4 profiles, 1 example,")


def test_check_lists_faults_by_file_line_and_key(tmp_path: Path) -> None:
    items = edited(ITEMS, ("points: {value: -5, source: M1}", "points: {value: -5}"))
    at = put_book(tmp_path, items=items)
    code, told = run("check", at)
    assert code == 1
    place = f"{at / '2026' / 'items.yaml'}:{line_of(items, 'points: {value: -5}')}: items.ORG-F01.points: "
    assert told.startswith(place)
    code, told = run("check", at, "--json")
    assert code == 1
    (fault,) = json.loads(told)["faults"]
    assert (fault["code"], fault["key"]) == ("uncited", "items.ORG-F01.points")


def test_check_takes_a_folder_of_several_books(tmp_path: Path) -> None:
    put_book(tmp_path)
    assert run("check", tmp_path)[0] == 0


def test_a_folder_that_is_not_there_is_a_mistake_of_use(tmp_path: Path) -> None:
    assert run("check", tmp_path / "none")[0] == 2
    assert run("check", "--colour")[0] == 2


def test_test_tells_each_example_as_a_sentence(tmp_path: Path) -> None:
    code, told = run("test", put_book(tmp_path, examples=SMALL_EXAMPLES))
    assert code == 0
    assert told.splitlines()[:2] == ["✓ [one-miss] One miss costs 15", "1 example, 0 failed."]


def test_test_tells_after_the_examples_what_none_of_them_reaches(tmp_path: Path) -> None:
    at = put_book(tmp_path, examples=SMALL_EXAMPLES)
    code, told = run("test", at)
    assert code == 0, "parts without an example are told, and no failure unless that is asked for"
    summary, *parts = told.splitlines()[2:]
    assert summary == (
        "✗ examples reach of small 2026: items 1/7, tiers 0/2, rungs 0/2, clamps 0/5, lines 0/2, bands 1/2, classes 1/4"
    )
    place = f"{at / '2026' / 'items.yaml'}:{line_of(ITEMS, '  ORG-A02:')}"
    assert f"    {place}: ORG-A02 Commendation: no example records it." in parts
    assert run("test", at, "--full")[0] == 1


def test_test_tells_programs_what_no_example_reaches(tmp_path: Path) -> None:
    at = put_book(tmp_path, examples=SMALL_EXAMPLES)
    code, told = run("test", at, "--json", "--full")
    assert code == 1
    (found,) = json.loads(told)["coverage"]
    assert (found["book"], found["edition"]) == ("small", "2026")
    assert found["counts"]["item"] == {"reached": 1, "all": 6}
    tier = next(one for one in found["unreached"] if one["key"] == "items.ORG-A02.tiers.1")
    assert tier == {
        "kind": "tier",
        "file": str(at / "2026" / "items.yaml"),
        "line": line_of(ITEMS, "code: city"),
        "key": "items.ORG-A02.tiers.1",
        "zh": "ORG-A02 表彰：市（city）加9分：没有例子按此档计分。",
        "en": "ORG-A02 Commendation: city (city) +9 points: no example is scored by it.",
    }
    assert [one["key"] for one in found["apart"]] == ["lines.pace"]
    assert {one["key"] for one in found["idle"]} == {
        "across.quarterly.per_quarter",
        "nodes.innovation/ORG.bounds.0.high",
        "nodes.innovation/ORG/talks.bounds.0.high",
    }


def test_test_explains_a_failure(tmp_path: Path) -> None:
    at = put_book(tmp_path, examples=edited(SMALL_EXAMPLES, ("daily: 85", "daily: 90")))
    code, told = run("test", at)
    assert code == 1
    lines = told.splitlines()
    assert lines[0] == "✗ [one-miss] One miss costs 15"
    assert lines[1].endswith("examples.yaml:3: daily: expected 90, got 85 (-5)")
    assert lines[3].strip() == "-15  ORG-D01 Member meeting [2026Q1]"
    code, told = run("test", at, "--json")
    assert code == 1
    found = json.loads(told)
    assert found["failed"] == 1
    assert found["examples"][0]["differences"] == [{"what": "daily", "expected": 90, "actual": 85}]


def test_test_points_to_a_line_that_cannot_be_recorded(tmp_path: Path) -> None:
    at = put_book(tmp_path, examples=edited(SMALL_EXAMPLES, (", outcome: missed", "")))
    code, told = run("test", at)
    assert code == 1
    assert "examples.yaml:6: The item ORG-D01 is a duty." in told


def test_test_speaks_of_half_points_as_the_book_prints_them(tmp_path: Path) -> None:
    halves = edited(SMALL_EXAMPLES, ("daily: 85", "daily: 90.5"))
    at = put_book(tmp_path, book=edited(BOOK, ("decimals: 0", "decimals: 1")), examples=halves)
    code, told = run("test", at)
    assert code == 1
    lines = told.splitlines()
    assert lines[1].endswith("daily: expected 90.5, got 85 (-5.5)")
    assert lines[3].strip() == "-15  ORG-D01 Member meeting [2026Q1]"
    (found,) = json.loads(run("test", at, "--json")[1])["examples"]
    assert found["differences"] == [{"what": "daily", "expected": 90.5, "actual": 85}]
    assert (found["daily"], found["total"], found["rows"][0]["points"]) == (85, 85, -15)
