"""What ``longwen rules test`` says alike of examples of rounds and of appraisals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import typer

from app.cli.output import either
from app.rules import service as rules
from app.rules.book import STARS_FILE
from app.rules.name import Name
from app.rules.points import printed_number, printed_text
from app.trials.service import Trial
from app.trials.sheet import Difference, SheetPart


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


def headline(example: Example, *, holds: bool) -> str:
    return f"{'✓' if holds else '✗'} [{example.code}] {either(example.title.zh, example.title.en)}"


def told_difference(one: Difference[Any], decimals: int) -> str:
    wanted, actual = (_told_value(one, value, decimals) for value in (one.expected, one.actual))
    zh = f"{one.name}：{one.what} 预期 {wanted}，实为 {actual}"
    return either(zh, f"{one.name}: {one.what}: expected {wanted}, got {actual}")


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


def difference_facts(one: Difference[Any], decimals: int) -> dict[str, Any]:
    return {
        "line": one.line,
        "what": one.what,
        "expected": _number(one, one.expected, decimals),
        "actual": _number(one, one.actual, decimals),
    }


def tell_unreached(trial: Trial, parts: Iterable[SheetPart], called: Callable[[SheetPart], Name]) -> None:
    """A line for each part of the sheet that no example reaches, at its place in the file."""
    file = Path(trial.file).with_name(STARS_FILE)
    lines = rules.lines_of(str(file))
    for part in parts:
        if not part.reached:
            name = called(part)
            what = either(f"{name.zh}：没有例子涉及它", f"{name.en}: no example reaches it")
            typer.echo(f"    {file}:{lines.get(part.path, 1)}: {what}")


def _number(one: Difference[Any], value: object, decimals: int) -> object:
    return printed_number(value, decimals) if one.what == "score" and isinstance(value, int) else value


def _told_value(one: Difference[Any], value: object, decimals: int) -> str:
    if value is None:
        return either("无", "none")
    if one.what == "score" and isinstance(value, int):
        return printed_text(value, decimals)
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
