"""The format of the examples beside a star sheet (``examples/stars/*.yaml``), and reading them with every fault."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from app.rules.cited import Code, NameText, Points, Strict, Text
from app.rules.faults import FaultList, KeyPath
from app.rules.name import Name
from app.rules.parse import parse
from app.rules.source import Source
from app.rules.star_example import ExpectedStar, StarBranch, StarExample
from app.rules.stars import Cause, Stars
from app.rules.stars_document import IndicatorCode, Star, StarKey

STARS_FOLDER = "stars"  # inside the folder of examples

Part = Annotated[int, Field(ge=0, le=1_000_000)]
Months = Annotated[int, Field(ge=0, le=1_200)]


class ExpectedStarText(Strict):
    star: Star | None = None
    scored_as: Star | None = None
    score: Points | None = None
    causes: Annotated[list[Annotated[Cause, Field(strict=False)]], Field(min_length=1)]


class StarBranchText(Strict):
    name: Text
    count: Annotated[int, Field(ge=1, le=1_000)] = 1
    pool: Text | None = None
    last: Star | None = None
    months_old: Months | None = None
    without: list[IndicatorCode] = Field(default_factory=list)
    readings: dict[IndicatorCode, Annotated[list[Part], Field(min_length=2, max_length=2)]] = Field(
        default_factory=dict
    )
    bonus: Points | None = None
    innovation: bool = True
    open_rectification: bool = False
    vetoes: dict[Code, Months] = Field(default_factory=dict)
    refused: dict[StarKey, Text] = Field(default_factory=dict)
    exception: Text | None = None
    expect: ExpectedStarText


class StarExampleText(Strict):
    title: NameText
    first_round: bool = False
    branches: Annotated[list[StarBranchText], Field(min_length=1)]


class StarExamplesText(Strict):
    """A whole file of examples of rounds."""

    format: Literal[1]
    examples: Annotated[dict[Code, StarExampleText], Field(min_length=1)]


def read_star_examples(sheet: Stars | None, source: Source, faults: FaultList) -> Iterator[StarExample]:
    """The examples of one file, noting what the sheet does not know. Without a sheet the file is at fault itself."""
    parsed = parse(StarExamplesText, source, faults)
    if parsed is None:
        return
    if sheet is None:
        faults.add("star_example_no_sheet", source.file, 1, ())
        return
    reader = _Reader(sheet, source, faults)
    for code, text in parsed.document.examples.items():
        yield reader.example(code, text)


class _Reader:
    """Turns the examples of one file into values."""

    def __init__(self, sheet: Stars, source: Source, faults: FaultList) -> None:
        self._sheet = sheet
        self._source = source
        self._faults = faults

    def example(self, code: str, text: StarExampleText) -> StarExample:
        place: KeyPath = ("examples", code)
        branches = [self._branch((*place, "branches", at), one) for at, one in enumerate(text.branches)]
        return StarExample(
            code=code,
            title=Name(text.title.zh, text.title.en),
            file=self._source.file,
            line=self._source.line(place),
            first_round=text.first_round,
            branches=tuple(branches),
        )

    def _branch(self, place: KeyPath, text: StarBranchText) -> StarBranch:
        indicators = {one.code for one in self._sheet.indicators}
        for at, code in enumerate(text.without):
            self._check(code in indicators, (*place, "without", at), "indicator", code)
        for code in text.readings:
            self._check(code in indicators, (*place, "readings", code), "indicator", code)
        for ground in text.vetoes:
            known = {one.code for one in self._sheet.vetoes}
            self._check(ground in known, (*place, "vetoes", ground), "veto", ground)
        return StarBranch(
            name=text.name,
            line=self._source.line(place),
            expected=ExpectedStar(
                causes=tuple(text.expect.causes),
                star=text.expect.star,
                scored_as=text.expect.scored_as,
                score=self._points((*place, "expect", "score"), text.expect.score),
            ),
            count=text.count,
            pool=text.pool or "",
            last=text.last,
            months_old=text.months_old,
            without=tuple(text.without),
            readings={code: (part, whole) for code, (part, whole) in text.readings.items()},
            bonus=self._points((*place, "bonus"), text.bonus) or 0,
            innovation=text.innovation,
            open_rectification=text.open_rectification,
            vetoes=dict(text.vetoes),
            refused={int(star): words for star, words in text.refused.items()},
            exception=text.exception,
        )

    def _check(self, is_known: bool, place: KeyPath, what: str, name: Any) -> None:
        if not is_known:
            self._faults.add(
                "example_unknown", self._source.file, self._source.line(place), place, what=what, name=name
            )

    def _points(self, place: KeyPath, value: Decimal | None) -> int | None:
        if value is None:
            return None
        scaled = value.scaleb(self._sheet.decimals)
        if scaled != int(scaled):
            line = self._source.line(place)
            self._faults.add(
                "star_decimals", self._source.file, line, place, value=value, decimals=self._sheet.decimals
            )
        return int(scaled)
