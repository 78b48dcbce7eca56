"""The format of the examples beside an edition (``examples/*.yaml``), and reading them with every fault at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.kit.calendar import is_quarter, period_days, quarter_days, quarter_of
from app.rules.appraisal_example import AppraisalExample
from app.rules.appraisal_example_document import APPRAISALS_FOLDER, read_appraisal_examples
from app.rules.award import Outcome
from app.rules.book import ITEMS_FILE, Book, LoadedEdition
from app.rules.cited import Code, Day, NameText, Points, Strict, Text
from app.rules.core import STANDARD, Regime
from app.rules.example import EditionExamples, Example, Expected, Given
from app.rules.faults import FaultList, KeyPath
from app.rules.name import Name
from app.rules.parse import parse
from app.rules.source import FILES_MAX, Source, read_source
from app.rules.star_example import StarExample
from app.rules.star_example_document import STARS_FOLDER, read_star_examples
from app.rules.stars import Stars

OfSheet = TypeVar("OfSheet", StarExample, AppraisalExample)

EXAMPLES_FOLDER = "examples"
EVERY = "all"

_WINDOW = re.compile(r"\d{4}(-(0[1-9]|1[0-2]|\d{4})|Q[1-4]|H[12])?")


def _windows(value: Any) -> list[str]:
    """A list of window codes, one code, or ``all``; a plain year is a number to YAML."""
    found = [str(one) for one in (value if isinstance(value, list) else [value])]
    if found == [EVERY] or all(_WINDOW.fullmatch(one) for one in found):
        return found
    raise PydanticCustomError("windows_form", "not windows")


Windows = Annotated[list[str], BeforeValidator(_windows)]
Units = Annotated[int, Field(ge=0, le=1_000_000)]


class GivenText(Strict):
    item: Code
    day: Day | None = None
    days: Annotated[list[Day], Field(min_length=1)] | None = None
    windows: Windows | None = None
    outcome: Annotated[Outcome, Field(strict=False)] | None = None
    tier: Code | None = None
    units: Units | None = None
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    matter: Text | None = None
    costs: Code | None = None
    points: Points | None = None


class ExpectedText(Strict):
    daily: Points | None = None
    innovation: Points | None = None
    fault: Points | None = None
    total: Points | None = None
    effective: Points | None = None
    band: Code | None = None
    graded: bool | None = None
    ranked: bool | None = None
    dimensions: dict[Code, Points] = Field(default_factory=dict)
    cuts: dict[str, Points] = Field(default_factory=dict)


class ExampleText(Strict):
    title: NameText
    profile: Text = STANDARD
    then: dict[str, Text] = Field(default_factory=dict)
    as_of: Day | None = None
    silence: bool = False
    given: list[GivenText] = Field(default_factory=list)
    expect: ExpectedText


class ExamplesText(Strict):
    """A whole file of examples."""

    format: Literal[1]
    examples: Annotated[dict[Code, ExampleText], Field(min_length=1)]


def read_examples(book: Book, faults: FaultList) -> list[EditionExamples]:
    """The examples of every edition of a book, in the order of files and lines."""
    return [_of_edition(loaded, faults) for loaded in book.editions]


def _of_edition(loaded: LoadedEdition, faults: FaultList) -> EditionExamples:
    folder = loaded.folder / EXAMPLES_FOLDER
    found: dict[str, Example] = {}
    for path in _files(folder):
        source = read_source(path, str(path), faults)
        parsed = None if source is None else parse(ExamplesText, source, faults)
        if source is None or parsed is None:
            continue
        reader = _Reader(loaded, source, faults)
        for code, text in parsed.document.examples.items():
            earlier = found.get(code)
            if earlier is not None:
                reader.fault("example_code", "examples", code, name=code, other=earlier.file)
                continue
            found[code] = reader.example(code, text)
    taken = {code: one.file for code, one in found.items()}
    rounds = tuple(_of_sheet(loaded, read_star_examples, folder / STARS_FOLDER, taken, faults))
    appraisals = tuple(_of_sheet(loaded, read_appraisal_examples, folder / APPRAISALS_FOLDER, taken, faults))
    return EditionExamples(loaded.edition, tuple(found.values()), str(loaded.folder / ITEMS_FILE), rounds, appraisals)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))[:FILES_MAX] if folder.is_dir() else []


def _of_sheet(
    loaded: LoadedEdition,
    read: Callable[[Stars | None, Source, FaultList], Iterator[OfSheet]],
    folder: Path,
    taken: dict[str, str],
    faults: FaultList,
) -> Iterator[OfSheet]:
    """Examples of the star sheet; a code is used once in an edition, by whichever kind of example."""
    for path in _files(folder):
        source = read_source(path, str(path), faults)
        for one in () if source is None else read(loaded.edition.stars, source, faults):
            if one.code in taken:
                facts = {"name": one.code, "other": taken[one.code]}
                faults.add("example_code", one.file, one.line, ("examples", one.code), **facts)
                continue
            taken[one.code] = one.file
            yield one


class _Reader:
    """Turns the examples of one file into values, noting what the edition does not know."""

    def __init__(self, loaded: LoadedEdition, source: Source, faults: FaultList) -> None:
        self._edition = loaded.edition
        self._source = source
        self._faults = faults
        self._decimals = next(iter(loaded.edition.regimes.values())).decimals
        frame = loaded.edition.frame
        self._first, self._last = period_days(loaded.edition.starts_on, frame.first_month, frame.period)

    def fault(self, code: str, *path: str | int, **facts: Any) -> None:
        self._faults.add(code, self._source.file, self._source.line(path), path, **facts)

    def example(self, code: str, text: ExampleText) -> Example:
        place: KeyPath = ("examples", code)
        as_of = text.as_of or self._last
        self._in_cycle(as_of, (*place, "as_of"), self._last)
        profiles = {quarter_of(self._first): text.profile, **text.then}
        for quarter, profile in profiles.items():
            key = ("then", quarter) if quarter in text.then else ("profile",)
            if profile not in self._edition.regimes:
                self.fault("example_unknown", *place, *key, what="profile", name=profile)
            if not is_quarter(quarter) or not self._first <= quarter_days(quarter)[0] <= self._last:
                self.fault("windows_form", *place, *key, value=quarter)
        given = [self._given((*place, "given", number), one, as_of) for number, one in enumerate(text.given)]
        return Example(
            code=code,
            title=Name(text.title.zh, text.title.en),
            file=self._source.file,
            line=self._source.line(place),
            first=self._first,
            last=self._last,
            as_of=as_of,
            profiles=profiles,
            silence=text.silence,
            given=tuple(given),
            expected=self._expected((*place, "expect"), text),
        )

    def _given(self, place: KeyPath, text: GivenText, as_of: date) -> Given:
        regime = self._standard
        if text.item not in regime.items:
            self.fault("example_unknown", *place, "item", what="item", name=text.item)
        if sum(one is not None for one in (text.day, text.days, text.windows)) != 1:
            self.fault("example_where", *place)
        days = [text.day] if text.day is not None else text.days or []
        for day in days:
            self._in_cycle(day, (*place, "day" if text.day is not None else "days"), as_of)
        windows = text.windows or []
        every = windows == [EVERY]
        return Given(
            line=self._source.line(place),
            item=text.item,
            days=tuple(days),
            windows=() if every else tuple(windows),
            every=every,
            outcome=text.outcome,
            tier=text.tier,
            units=text.units if text.percent is None else text.percent,
            matter=text.matter,
            costs=text.costs,
            chosen=self._points(text.points),
        )

    def _in_cycle(self, day: date, place: KeyPath, last: date) -> None:
        if not self._first <= day <= last:
            self.fault("example_day", *place, day=day, first=self._first, last=last)

    @property
    def _standard(self) -> Regime:
        return self._edition.regimes[STANDARD]

    def _expected(self, place: KeyPath, text: ExampleText) -> Expected:
        expect = text.expect
        if not expect.model_fields_set:
            self.fault("example_empty", *place)
        if expect.band is not None and expect.band not in {band.code for band in self._standard.bands}:
            self.fault("example_unknown", *place, "band", what="band", name=expect.band)
        known = {one.code for one in self._standard.dimensions}
        for dimension in expect.dimensions:
            if dimension not in known:
                self.fault("example_unknown", *place, "dimensions", dimension, what="dimension", name=dimension)
        for where in expect.cuts:
            if where not in self._places():
                self.fault("example_unknown", *place, "cuts", where, what="item or node", name=where)
        return Expected(
            daily=self._points(expect.daily),
            innovation=self._points(expect.innovation),
            fault=self._points(expect.fault),
            total=self._points(expect.total),
            effective=self._points(expect.effective),
            band=expect.band,
            graded=expect.graded,
            ranked=expect.ranked,
            dimensions={key: int(value.scaleb(self._decimals)) for key, value in expect.dimensions.items()},
            cuts={key: int(value.scaleb(self._decimals)) for key, value in expect.cuts.items()},
        )

    def _points(self, value: Decimal | None) -> int | None:
        return None if value is None else int(value.scaleb(self._decimals))

    def _places(self) -> Iterator[str]:
        yield from ("daily", "total")
        yield from self._standard.items
        yield from (node.name for node in self._standard.nodes)
        yield from (across.name for across in self._standard.across)
