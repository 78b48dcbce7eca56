"""What ``longwen rules test`` says alike of examples of rounds and of appraisals."""

from __future__ import annotations

from typing import Any, Protocol

from app.cli.output import either
from app.rules.name import Name
from app.rules.points import printed_number, printed_text
from app.trials.service import Trial


class Example(Protocol):
    """One example, at its place."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> Name: ...
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...


class Difference(Protocol):
    """What is not as expected."""

    @property
    def line(self) -> int: ...
    @property
    def what(self) -> str: ...
    @property
    def expected(self) -> object: ...
    @property
    def actual(self) -> object: ...


def headline(example: Example, *, holds: bool) -> str:
    return f"{'✓' if holds else '✗'} [{example.code}] {either(example.title.zh, example.title.en)}"


def told_difference(name: str, one: Difference, decimals: int) -> str:
    """``name`` is whose it is."""
    wanted, actual = (_told_value(one, value, decimals) for value in (one.expected, one.actual))
    zh = f"{name}：{one.what} 预期 {wanted}，实为 {actual}"
    return either(zh, f"{name}: {one.what}: expected {wanted}, got {actual}")


def example_facts(trial: Trial, example: Example, *, holds: bool) -> dict[str, Any]:
    """An example for programs."""
    return {
        "book": trial.edition.book,
        "edition": trial.edition.code,
        "code": example.code,
        "zh": example.title.zh,
        "en": example.title.en,
        "file": example.file,
        "line": example.line,
        "holds": holds,
    }


def difference_facts(one: Difference, decimals: int) -> dict[str, Any]:
    return {
        "line": one.line,
        "what": one.what,
        "expected": _number(one, one.expected, decimals),
        "actual": _number(one, one.actual, decimals),
    }


def _number(one: Difference, value: object, decimals: int) -> object:
    return printed_number(value, decimals) if one.what == "score" and isinstance(value, int) else value


def _told_value(one: Difference, value: object, decimals: int) -> str:
    if value is None:
        return either("无", "none")
    if one.what == "score" and isinstance(value, int):
        return printed_text(value, decimals)
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
