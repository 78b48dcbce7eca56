"""Trying rule books: the examples beside them, run against the fold that scores real members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.rules import service as rules
from app.rules.core import Edition
from app.rules.example import EditionExamples
from app.trials.core import Verdict, judge_example
from app.trials.coverage import Coverage, coverage_of
from app.trials.grades import AppraisalVerdict, grade_parts, judge_appraisal
from app.trials.parts import KeyPath, Part, PartKind, parts_of
from app.trials.rounds import RoundVerdict, judge_round, star_parts
from app.trials.sheet import SheetPart

_EXTENDS = ("extends",)  # the key by which an edition's file tells that it adds to another one


@dataclass(frozen=True)
class Trial:
    """What became of an edition's examples. ``file`` is the edition's own, in which its parts have their lines.

    ``rounds`` are those of its star sheet, ``stars`` the parts of the sheet; without any such example both are empty.
    So are ``appraisals`` and ``grades``, of the appraisal of secretaries.
    """

    edition: Edition
    verdicts: tuple[Verdict, ...]
    coverage: Coverage
    file: str
    lines: Mapping[KeyPath, int]
    rounds: tuple[RoundVerdict, ...] = ()
    stars: tuple[SheetPart, ...] = ()
    appraisals: tuple[AppraisalVerdict, ...] = ()
    grades: tuple[SheetPart, ...] = ()

    def line(self, part: Part) -> int:
        """The line of the part in the edition's file, or of what is nearest around it."""
        return _line(self.lines, part)


def try_books(folder: Path) -> Iterator[Trial]:
    """Run every example of every rule book in the folder; raises ``RulesFaulty`` if the files are at fault."""
    _, found = rules.read_folder(folder)
    for one in found:
        yield _trial(one)


def try_examples(folder: Path) -> Iterator[tuple[Edition, Verdict]]:
    """As ``try_books``, without the coverage."""
    _, found = rules.read_folder(folder)
    for one in found:
        for example in one.examples:
            yield one.edition, judge_example(one.edition, example)


def _trial(one: EditionExamples) -> Trial:
    verdicts = tuple(judge_example(one.edition, example) for example in one.examples)
    lines = rules.lines_of(one.file)
    parts = [part for part in parts_of(one.edition) if _EXTENDS not in lines or _own_place(lines, part) is not None]
    sheet = one.edition.stars
    rounds = () if sheet is None else tuple(judge_round(one.edition, sheet, example) for example in one.rounds)
    stars = star_parts(sheet, rounds) if sheet is not None and rounds else ()
    appraisals, grades = _appraisals(one)
    coverage = coverage_of(parts, verdicts)
    return Trial(one.edition, verdicts, coverage, one.file, lines, rounds, stars, appraisals, grades)


def _appraisals(one: EditionExamples) -> tuple[tuple[AppraisalVerdict, ...], tuple[SheetPart, ...]]:
    sheet = one.edition.stars
    section = None if sheet is None else sheet.appraisal
    if sheet is None or section is None or not one.appraisals:
        return (), ()
    verdicts = tuple(judge_appraisal(sheet, section, example) for example in one.appraisals)
    return verdicts, grade_parts(section, verdicts)


def _own_place(lines: Mapping[KeyPath, int], part: Part) -> KeyPath | None:
    """Where an edition that extends another states the part itself; it leaves the rest to the examples beside that."""
    if part.path[:2] in lines:
        return part.path
    tightened = ("tighten", *part.path[:2], "bounds", *part.key[3:5])
    return tightened if part.kind is PartKind.CLAMP and tightened in lines else None


def _line(lines: Mapping[KeyPath, int], part: Part) -> int:
    place = _own_place(lines, part) or part.path
    return next((lines[place[:length]] for length in range(len(place), 0, -1) if place[:length] in lines), 1)
