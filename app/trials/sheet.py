"""What examples of rounds and of appraisals share: what differs from the expectation, and what of the sheet is reached.

Both give lines that stand for several alike, and expect the same of each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from app.rules.name import Name

Reason = TypeVar("Reason")
Compared = tuple[str, object, object]  # what it is, as expected, as found


class Line(Protocol):
    """One line of an example, which stands for one or more of a name."""

    @property
    def line(self) -> int: ...
    @property
    def name(self) -> str: ...


class Found(Protocol):
    """What became of one of them, and why."""

    @property
    def reasons(self) -> tuple[Any, ...]: ...


AnyLine = TypeVar("AnyLine", bound=Line)
AnyFound = TypeVar("AnyFound", bound=Found)


@dataclass(frozen=True, slots=True)
class Difference(Generic[Reason]):
    """What one of an example is not; ``line`` and ``name`` are theirs, ``reasons`` are why they are what they are."""

    line: int
    name: str
    what: str
    expected: object
    actual: object
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A part of ``stars.yaml``, at its key, and whether an example reaches it."""

    path: tuple[str, ...]
    name: Name
    reached: bool


def differing(
    lines: Iterable[tuple[AnyLine, Iterable[AnyFound]]], compare: Callable[[AnyLine, AnyFound], Iterable[Compared]]
) -> Iterator[Difference[Any]]:
    """What is not as expected, line by line: of those that one line stands for, of the first that differs."""
    for line, alike in lines:
        for found in alike:
            wrong = [one for one in compare(line, found) if one[1] != one[2]]
            yield from (Difference(line.line, line.name, *one, found.reasons) for one in wrong)
            if wrong:
                break
