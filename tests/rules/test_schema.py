"""The schemas that editors check rule books by: true to the documents, told in two languages, and up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel
from typer.testing import CliRunner

from app.cli.rules import application
from app.rules import (
    appraisal_document,
    appraisal_example_document,
    cited,
    document,
    example_document,
    extension_document,
    star_example_document,
    stars_document,
    surveys_document,
)
from app.rules.appraisal_example_document import APPRAISALS_FOLDER
from app.rules.book import book_folders
from app.rules.cited import Strict
from app.rules.faults import FaultList
from app.rules.schema import DIALECT, DOCUMENTS, schema_of, schema_text
from app.rules.schema_texts import SCHEMA_TEXTS, titled
from app.rules.source import read_source, read_text
from app.rules.star_example_document import STARS_FOLDER
from app.rules.terms import TERMS
from tests.rules.broken_books import FORM, Broken
from tests.rules.extension_books import CHILD_BOOK, CHILD_ITEMS
from tests.rules.small_book import BOOK, ITEMS, SMALL_EXAMPLES, edited

SHIPPED = Path(__file__).resolve().parents[2] / "scoring_rules"
SCHEMAS = SHIPPED / "schema"
STARS = (SHIPPED / "longwen/2026/stars.yaml").read_text(encoding="utf-8")
ROUNDS = (SHIPPED / "longwen/2026/examples/stars/rounds.yaml").read_text(encoding="utf-8")
FILES = sorted(SHIPPED.rglob("*.yaml"))


def kind_of(path: Path) -> str:
    if path.parent.name == STARS_FOLDER:
        return "star_examples"
    if path.parent.name == APPRAISALS_FOLDER:
        return "appraisal_examples"
    return path.stem if path.stem in DOCUMENTS else "examples"


@cache
def validator(kind: str) -> Draft7Validator:
    return Draft7Validator(schema_of(kind))


def refused(kind: str, text: str) -> list[str]:
    """The keys that the schema of a kind of file finds at fault in a text."""
    faults = FaultList()
    source = read_text(text, "file", faults)
    assert source is not None
    assert not faults.found
    return [".".join(str(part) for part in error.absolute_path) for error in validator(kind).iter_errors(source.data)]


def models() -> Iterator[type[BaseModel]]:
    """Every document of the files' formats."""
    for module in (
        appraisal_document, appraisal_example_document, cited, document, example_document, extension_document,
        star_example_document, stars_document, surveys_document,
    ):  # fmt: skip
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, Strict) and one.__module__ == module.__name__:
                yield one


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema; tables of properties are not schemas themselves."""
    if isinstance(value, list):
        for one in value:
            yield from parts(one)
    elif isinstance(value, dict):
        yield value
        for key, one in value.items():
            if key in {"properties", "patternProperties", "definitions"}:
                for inner in one.values():
                    yield from parts(inner)
            else:
                yield from parts(one)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SHIPPED).as_posix())
def test_every_file_that_ships_agrees_with_its_schema(path: Path) -> None:
    faults = FaultList()
    source = read_source(path, path.name, faults)
    assert source is not None
    assert [error.message for error in validator(kind_of(path)).iter_errors(source.data)] == []


def test_the_small_book_agrees_with_the_schemas() -> None:
    assert refused("book", BOOK) == refused("items", ITEMS) == refused("examples", SMALL_EXAMPLES) == []


def test_a_file_that_extends_another_is_checked_as_such() -> None:
    assert refused("book", CHILD_BOOK) == refused("items", CHILD_ITEMS) == []
    assert refused("book", edited(CHILD_BOOK, ("extends: small\n", "")))
    assert refused("items", edited(CHILD_ITEMS, ('extends: "2026"\n', "")))
    assert refused("items", edited(CHILD_ITEMS, ("tighten:\n", "loosen:\n")))


@pytest.mark.parametrize("case", FORM, ids=lambda case: f"{case.code}:{case.key}")
def test_a_fault_of_form_is_refused_by_the_schema_too(case: Broken) -> None:
    found = refused("items", edited(ITEMS, (case.old, case.new)))
    assert any(case.key.startswith(key) for key in found), found


@pytest.mark.parametrize(
    ("kind", "text", "old", "new"),
    [
        ("book", BOOK, "decimals: 0", "decimals: 3"),
        ("book", BOOK, "decimals: 0", "decimals: half"),
        ("book", BOOK, "first_month: {value: 1,", "first_month: {value: 2,"),
        ("book", BOOK, "grade: g2", "grade: g5"),
        ("book", BOOK, "issuer: {zh: 区两新工委, en: District office}\n", ""),
        ("items", ITEMS, "article: 一票否决。", "article: 一票否决。\n    evidence: [12]"),
        (
            "items",
            ITEMS,
            "record: [system]\n    review: [secretary]\n  ORG-A01",
            "record: [clerk]\n    review: [secretary]\n  ORG-A01",
        ),
        ("items", ITEMS, "kind: veto", "kind: opening"),
        ("examples", SMALL_EXAMPLES, "windows: 2026Q1", "windows: 2026Q5"),
        ("examples", SMALL_EXAMPLES, "windows: 2026Q1", "windows: [2026Q1, first]"),
        ("examples", SMALL_EXAMPLES, "outcome: missed", "outcome: forgotten"),
        ("examples", SMALL_EXAMPLES, "expect: {daily: 85, band: rest}", "expect: {daily: 85, band: rest, rank: 1}"),
        ("star_examples", ROUNDS, "months_old: 10", "months_old: young"),
        ("star_examples", ROUNDS, "causes: [new]", "causes: [old]"),
        ("star_examples", ROUNDS, "{5: 材料不实}", "{6: 材料不实}"),
        ("stars", STARS, "cut_off: {value: 12-31", "cut_off: {value: 31-12"),
        ("stars", STARS, "measure: branch_setup", "measure: branch_colour"),
        ("stars", STARS, "full: {value: 100, source: [T3, T4, T5]}", ""),
        ("stars", STARS, "  S1.1:\n", "  S1 1:\n"),
        ("stars", STARS, "scale: {form: each, per_unit: 0.5,", "scale: {form: some, per_unit: 0.5,"),
    ],
)
def test_a_fault_of_form_in_the_other_files_is_refused(kind: str, text: str, old: str, new: str) -> None:
    assert refused(kind, edited(text, (old, new)))


@pytest.mark.parametrize("windows", ["2026", "2026-09", "2026Q3", "2026H1", '"2026-2027"', "all", "[2026Q1, 2026Q2]"])
def test_windows_may_be_written_in_every_way_that_the_loader_reads(windows: str) -> None:
    assert refused("examples", edited(SMALL_EXAMPLES, ("windows: 2026Q1", f"windows: {windows}"))) == []


def test_a_value_needs_a_source_or_an_assumption_and_not_both() -> None:
    for name, definition in schema_of("items")["definitions"].items():
        if name.startswith("Cited"):
            assert definition["oneOf"] == [{"required": ["source"]}, {"required": ["assumption"]}]


def test_every_key_has_a_title_and_a_sentence_in_both_languages() -> None:
    for model in models():
        for field in model.model_fields:
            text = titled(model, field)
            assert all([text.title.zh, text.title.en, text.told.zh, text.told.en]), f"{model.__name__}.{field}"
            assert text.title.zh != text.title.en


def test_no_text_is_left_over_from_a_key_that_is_gone() -> None:
    fields = {f"{model.__name__}.{field}" for model in models() for field in model.model_fields}
    assert set(SCHEMA_TEXTS) - fields == set()


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_schema_keeps_to_what_editors_understand(kind: str) -> None:
    schema = schema_of(kind)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    for part in parts(schema):
        assert not {"$defs", "prefixItems", "unevaluatedProperties", "dependentRequired", "nullable"} & set(part)
        assert "$ref" not in part or len(part) == 1
        assert part.get("type") != "null"
        assert "default" not in part or part["default"] not in (None, [], {})
        if "properties" in part:
            assert part["additionalProperties"] is False
            for key, one in part["properties"].items():
                assert one["title"], key
                assert not key.isdigit()  # editors read a bare 5 as a number and would refuse it
        if "enumDescriptions" in part:
            assert len(part["enumDescriptions"]) == len(part["enum"])


def test_every_word_of_a_closed_list_is_explained() -> None:
    """The documents' lists are all among the terms, and a term has two languages."""
    assert all(name.zh and name.en for words in TERMS.values() for name in words.values())
    for kind in DOCUMENTS:
        for part in parts(schema_of(kind)):
            if part.get("type") == "string" and part.get("enum") not in (None, ["all"]):
                assert "enumDescriptions" in part, part["enum"]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_schemas_that_ship_are_up_to_date(kind: str) -> None:
    """After a change of the format: ``longwen rules schema --folder scoring_rules/schema``."""
    assert (SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8") == schema_text(kind)


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if SHIPPED / "longwen" in path.parents],
    ids=lambda path: path.relative_to(SHIPPED).as_posix(),
)
def test_a_file_that_ships_names_its_schema_in_its_first_line(path: Path) -> None:
    schema = SCHEMAS / f"{kind_of(path)}.schema.json"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={Path(os.path.relpath(schema, path.parent)).as_posix()}"


def test_the_folder_of_schemas_is_no_rule_book() -> None:
    assert SCHEMAS not in book_folders(SHIPPED)
    assert SHIPPED / "longwen" in book_folders(SHIPPED)


def test_the_command_prints_one_schema_or_writes_all(tmp_path: Path) -> None:
    runner = CliRunner()
    printed = runner.invoke(application, ["schema", "items"])
    assert printed.exit_code == 0
    assert printed.stdout == schema_text("items")
    written = runner.invoke(application, ["schema", "--folder", str(tmp_path / "schema")])
    assert written.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "schema").iterdir()) == [
        f"{kind}.schema.json" for kind in sorted(DOCUMENTS)
    ]
    assert runner.invoke(application, ["schema"]).exit_code == 2
