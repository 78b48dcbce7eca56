"""Examples of rounds beside a star sheet are run by the algorithm, and a failing one says which branch and why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.rules import application
from app.trials.service import try_books

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"
ROUNDS = "2026/examples/stars/rounds.yaml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A copy of the Longwen book with no examples but those of rounds."""
    copied = tmp_path / "longwen"
    shutil.copytree(LONGWEN, copied)
    for path in (copied / "2026/examples").glob("*.yaml"):
        path.unlink()
    return copied


def run(*arguments: str | Path) -> tuple[int, str]:
    found = CliRunner().invoke(application, [str(one) for one in arguments], env={"LANG": "en_US.UTF-8"})
    return found.exit_code, found.stdout


def changed(book: Path, old: str, new: str) -> int:
    """The line that was changed."""
    path = book / ROUNDS
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_every_example_of_a_round_that_ships_holds_and_they_reach_the_whole_sheet(book: Path) -> None:
    (trial,) = try_books(book)
    assert len(trial.rounds) >= 8
    assert [one.example.code for one in trial.rounds if not one.holds] == []
    assert {part.path for part in trial.stars if not part.reached} == set()


def test_every_example_of_an_appraisal_holds_and_a_failing_one_names_who_where_and_why(book: Path) -> None:
    (trial,) = try_books(book)
    assert [one.example.code for one in trial.appraisals if not one.holds] == []
    assert {part.path for part in trial.grades if not part.reached} == set()
    path = book / "2026/examples/appraisals/rounds.yaml"
    text = path.read_text(encoding="utf-8")
    old = "{name: 五星支部, expect: {grade: excellent"
    path.write_text(text.replace(old, "{name: 五星支部, expect: {grade: basic", 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    code, told = run("test", book)
    assert code == 1
    assert f"appraisals/rounds.yaml:{line}: 五星支部: grade: expected basic, got excellent" in told
    assert "a score of 100 reaches" in told
    begin, end = text.index("  grounds:\n"), text.index("  remarks:\n")
    path.write_text(text[:begin] + text[end:], encoding="utf-8")
    code, told = run("test", book)
    assert (code, "appraisal.vetoes: no example reaches it" in told) == (0, True)
    assert run("test", book, "--full")[0] == 1


def test_an_example_that_does_not_hold_names_the_branch_its_line_and_the_reasons(book: Path) -> None:
    line = changed(book, "expect: {star: 3, causes: [level]}", "expect: {star: 4, causes: [level]}")
    code, told = run("test", book)
    assert code == 1
    lines = told.splitlines()
    at = lines.index("✗ [levels] Levels begin at 90 80 70 and 60")
    assert lines[at + 1].endswith(f"rounds.yaml:{line}: 丙: star: expected 4, got 3")
    assert "reaches 3★" in lines[at + 2]
    code, told = run("test", book, "--json")
    assert code == 1
    found = json.loads(told)
    assert found["failed"] == 1
    failed = next(one for one in found["rounds"] if not one["holds"])
    assert [(one["line"], one["what"], one["actual"]) for one in failed["differences"]] == [(line, "star", 3)]


def test_a_gate_that_no_example_reaches_is_told_and_fails_if_that_is_asked_for(book: Path) -> None:
    path = book / ROUNDS
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("  facts:\n"), text.index("  outside:\n")
    path.write_text(text[:begin] + text[end:], encoding="utf-8")
    code, told = run("test", book)
    assert code == 0
    assert "✗ star examples reach of longwen 2026: stars 5/5, gates 2/4, quotas 2/2" in told
    assert run("test", book, "--full")[0] == 1


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("without: [S4.3, S4.1]", "without: [S4.3, S9.9]", "example_unknown", "examples.levels.branches.0.without.1"),
        ("{accident: 23}", "{weather: 23}", "example_unknown", "examples.outside.branches.2.vetoes.weather"),
        ("causes: [new]", "causes: [old]", "not_one_of", "examples.outside.branches.0.expect.causes.0"),
        ("  levels:", "  keeps-everything:", "example_code", "examples.keeps-everything"),
        ("bonus: 15", "bonus: 0.005", "star_decimals", "examples.bonus.branches.0.bonus"),
    ],
)
def test_a_fault_in_an_example_of_a_round_is_told_by_line_and_key(
    book: Path, old: str, new: str, code: str, key: str
) -> None:
    if code == "example_code":  # a code is used once in an edition, by whichever kind of example
        shutil.copytree(LONGWEN / "2026/examples", book / "2026/examples", dirs_exist_ok=True)
    line = changed(book, old, new)
    exit_code, told = run("check", book, "--json")
    assert exit_code == 1
    faults = {(one["code"], one["key"]): one for one in json.loads(told)["faults"]}
    assert faults[code, key]["line"] == line
    assert faults[code, key]["zh"] != faults[code, key]["en"]


def test_a_sheet_is_needed_for_examples_of_rounds(book: Path) -> None:
    (book / "2026/stars.yaml").unlink()
    _, told = run("check", book, "--json")
    assert sorted(one["code"] for one in json.loads(told)["faults"]) == [
        "appraisal_example_no_section",
        "star_example_no_sheet",
    ]
