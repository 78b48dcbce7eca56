"""The format of the examples of appraisals (``examples/appraisals/*.yaml``), and reading them with every fault."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.rules.appraisal import Appraisal, GradeCause, PartForm, PartMeasure
from app.rules.appraisal_example import AppraisalExample, ExampleSecretary, ExpectedGrade
from app.rules.cited import Code, NameText, Points, Strict, Text
from app.rules.faults import FaultList, KeyPath
from app.rules.name import Name
from app.rules.parse import parse
from app.rules.source import Source
from app.rules.stars import Stars

APPRAISALS_FOLDER = "appraisals"  # inside the folder of examples

Amount = Annotated[int, Field(ge=0, le=1_000_000)]
Months = Annotated[int, Field(ge=0, le=1_200)]


class ExpectedGradeText(Strict):
    grade: Code | None = None
    scored_as: Code | None = None
    score: Points | None = None
    causes: Annotated[list[Annotated[GradeCause, Field(strict=False)]], Field(min_length=1)]


class SecretaryText(Strict):
    name: Text
    count: Annotated[int, Field(ge=1, le=1_000)] = 1
    pool: Text | None = None
    months: Months | None = None
    left: bool = False
    readings: dict[Code, Annotated[list[Amount], Field(min_length=2, max_length=2)]] = Field(default_factory=dict)
    without: list[Code] = Field(default_factory=list)
    votes: dict[Code, Amount] | None = None
    ground: Code | None = None
    refusal: Text | None = None
    expect: ExpectedGradeText


class AppraisalExampleText(Strict):
    title: NameText
    secretaries: Annotated[list[SecretaryText], Field(min_length=1)]


class AppraisalExamplesText(Strict):
    """A whole file of examples of appraisals."""

    format: Literal[1]
    examples: Annotated[dict[Code, AppraisalExampleText], Field(min_length=1)]


def read_appraisal_examples(sheet: Stars | None, source: Source, faults: FaultList) -> Iterator[AppraisalExample]:
    """The examples of one file, noting what the section does not know. Without a section the file is at fault."""
    parsed = parse(AppraisalExamplesText, source, faults)
    if parsed is None:
        return
    if sheet is None or sheet.appraisal is None:
        faults.add("appraisal_example_no_section", source.file, 1, ())
        return
    reader = _Reader(sheet.appraisal, sheet.decimals, source, faults)
    for code, text in parsed.document.examples.items():
        yield reader.example(code, text)


class _Reader:
    """Turns the examples of one file into values."""

    def __init__(self, section: Appraisal, decimals: int, source: Source, faults: FaultList) -> None:
        self._section = section
        self._decimals = decimals
        self._source = source
        self._faults = faults

    def example(self, code: str, text: AppraisalExampleText) -> AppraisalExample:
        place: KeyPath = ("examples", code)
        made = [self._secretary((*place, "secretaries", at), one) for at, one in enumerate(text.secretaries)]
        title = Name(text.title.zh, text.title.en)
        return AppraisalExample(code, title, self._source.file, self._source.line(place), tuple(made))

    def _secretary(self, place: KeyPath, text: SecretaryText) -> ExampleSecretary:
        parts = {one.code for one in self._section.parts}
        grades = {one.code for one in self._section.grades}
        for at, code in enumerate(text.without):
            self._check(code in parts, (*place, "without", at), "part", code)
        for code in text.readings:
            self._check(code in parts, (*place, "readings", code), "part", code)
        for code in text.votes or ():
            self._check(code in grades, (*place, "votes", code), "grade", code)
        if text.votes is not None:
            voted = any(one.measure is PartMeasure.VOTES for one in self._section.parts)
            self._check(voted, (*place, "votes"), "part", PartMeasure.VOTES.value)
        if text.ground is not None:
            known = {one.code for one in self._section.grounds}
            self._check(text.ground in known, (*place, "ground"), "veto", text.ground)
        for key, grade in (("grade", text.expect.grade), ("scored_as", text.expect.scored_as)):
            self._check(grade is None or grade in grades, (*place, "expect", key), "grade", grade or "")
        return ExampleSecretary(
            name=text.name,
            line=self._source.line(place),
            expected=ExpectedGrade(
                causes=tuple(text.expect.causes),
                grade=text.expect.grade,
                scored_as=text.expect.scored_as,
                score=self._units((*place, "expect", "score"), text.expect.score),
            ),
            count=text.count,
            pool=text.pool or "",
            months=text.months,
            left=text.left,
            readings={code: (self._part(code, part), whole) for code, (part, whole) in text.readings.items()},
            without=tuple(text.without),
            votes=text.votes,
            ground=text.ground,
            refusal=text.refusal,
        )

    def _part(self, code: str, value: int) -> int:
        """What people give is printed points; everything else is counted."""
        part = self._section.part(code)
        is_points = part is not None and part.form is PartForm.GIVEN
        return value * 10**self._decimals if is_points else value

    def _check(self, is_known: bool, place: KeyPath, what: str, name: str) -> None:
        if not is_known:
            line = self._source.line(place)
            self._faults.add("example_unknown", self._source.file, line, place, what=what, name=name)

    def _units(self, place: KeyPath, value: Decimal | None) -> int | None:
        if value is None:
            return None
        scaled = value.scaleb(self._decimals)
        if scaled != int(scaled):
            line = self._source.line(place)
            self._faults.add("star_decimals", self._source.file, line, place, value=value, decimals=self._decimals)
        return int(scaled)
