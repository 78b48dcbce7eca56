"""Refusals in words: the table of kinds, the languages, and where a fault lies."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from app.kit import problems
from app.kit.errors import BatchRefused, ErrorKind, Fault, Forbidden, NotFound, Unavailable
from app.kit.problems import MEANINGS, language_from


def test_every_kind_of_error_has_a_status_of_its_own() -> None:
    assert set(MEANINGS) == set(ErrorKind)
    assert len({meaning.status for meaning in MEANINGS.values()}) == len(ErrorKind)
    assert all(400 <= meaning.status < 600 for meaning in MEANINGS.values())


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "zh"),
        ("en", "en"),
        ("EN-GB", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("fr, en;q=0.3", "en"),
        ("fr", "zh"),
        ("*", "zh"),
        ("en;q=0", "zh"),
        ("en;q=x, ;;,,", "en"),
        ("en, zh", "zh"),
    ],
)
def test_the_language_is_chinese_unless_english_is_asked_for_more(asked: str, given: str) -> None:
    assert language_from(asked) == given


def test_a_batch_has_the_status_that_its_faults_share() -> None:
    missing = Fault(0, NotFound(what="member", field="member"))
    alike = problems.of_error(BatchRefused([missing, missing]), "zh", "r")
    mixed = problems.of_error(BatchRefused([missing, Fault(1, Forbidden(permission="x"))]), "en", "r")
    assert (alike.status, mixed.status) == (404, 422)
    assert alike.document["faults"][0] == {
        "index": 0,
        "field": "member",
        "code": "not_found",
        "detail": "没有找到党员，或者您无权查看。请核对编号。",
    }
    assert [fault["index"] for fault in mixed.document["faults"]] == [0, 1]


def test_a_refusal_is_a_problem_of_rfc_9457() -> None:
    told = problems.of_error(Unavailable(), "en", "the-request").document
    assert told == {
        "type": "urn:longwen:problem:unavailable",
        "title": "Not available now",
        "status": 503,
        "code": "unavailable",
        "detail": "The service is busy; nothing was saved. Try again shortly.",
        "request_id": "the-request",
    }


class _Row(BaseModel, extra="forbid"):
    units: int = Field(ge=0)


class _Sheet(BaseModel, extra="forbid"):
    rows: list[_Row]


def _faults(value: object, language: problems.Language = "en") -> list[tuple[object, ...]]:
    with pytest.raises(ValidationError) as caught:
        _Sheet.model_validate(value)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    told = problems.of_validation(errors, language, "r").document["faults"]
    return [tuple(fault.values()) for fault in told]


def test_a_fault_names_the_element_and_its_field() -> None:
    assert _faults({"rows": [{"units": 1}, {"units": -1}, {}]}) == [
        (1, "units", "greater_than_equal", "This must be 0 or more."),
        (2, "units", "missing", "This field is missing."),
    ]
    assert _faults({"rows": [{"units": 1, "unit": 1}]}, "zh") == [
        (0, "unit", "extra_forbidden", "不认识此项，请删去或核对名称。"),
    ]
    assert _faults({}) == [(None, "rows", "missing", "This field is missing.")]
    assert _faults({"rows": [1]})[0][:2] == (0, None)


class _Choice(BaseModel):
    ground: Literal["age", "illness", "floating"]


@pytest.mark.parametrize(
    ("language", "detail"),
    [("zh", "只能是：age、illness或floating。"), ("en", "This must be one of age, illness or floating.")],
)
def test_choices_are_joined_as_the_language_does(language: problems.Language, detail: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Choice.model_validate({"ground": "x"})
    told = problems.of_validation(caught.value.errors(), language, "r").document["faults"]
    assert [one["detail"] for one in told] == [detail]


def test_what_is_missing_is_named_in_one_language() -> None:
    assert NotFound(what="organisation").text("zh").startswith("没有找到组织，")
    assert NotFound(what="api_key").text("en").startswith("There is no such API key,")


@pytest.mark.parametrize(
    ("pattern", "zh"),
    [
        (r"^\d{4}Q[1-4]$", "应为季度，如 2026Q3。"),
        (r"^[0-9]{1,16}\.[0-9a-f]{32}$", "应为上一页返回的 following，照原样使用。"),
    ],
)
def test_a_form_is_told_by_an_example(pattern: str, zh: str) -> None:
    error = {"type": "string_pattern_mismatch", "loc": ("query", "x"), "ctx": {"pattern": pattern}}
    [fault] = problems.of_validation([error], "zh", "r").document["faults"]
    assert fault["detail"] == zh
    assert pattern not in problems.of_validation([error], "en", "r").document["faults"][0]["detail"]
