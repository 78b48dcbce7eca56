"""The format of a rule book's files: what may stand where. What the values mean together is checked by ``checks``.

A *cited* value is a small mapping that holds the value and where it comes from: ``{value: 15, source: M28}`` (with a
``clause`` where known) or ``{value: 15, assumption: true, note: …}``. Points are written as in the printed rules, with
deductions negative; half points are possible where the book has ``decimals``.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.kit.calendar import Window
from app.rules.core import Basis, Kind, Matter, Relation, Settlement, Unrecorded, When

POINTS_MAX = 1_000_000
ROLES = (
    "member",
    "group_leader",
    "organisation_commissioner",
    "discipline_commissioner",
    "hr",
    "secretary",
    "committee_officer",
    "district_officer",
    "system",
)
UNITS = ("hours", "times", "articles", "percent")


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("points_form", "not a number")
    number = Decimal(value)
    if abs(number) > POINTS_MAX:
        raise PydanticCustomError("out_of_range", "too large", {"low": -POINTS_MAX, "high": POINTS_MAX})
    return number


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else "")
    except (TypeError, ValueError):
        raise PydanticCustomError("day_form", "not a day") from None


def _fraction(value: Any) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("fraction_form", "not a fraction")
    return int(match[1]), int(match[2])


def _month_day(value: Any) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2})-(\d{2})", value) if isinstance(value, str) else None
    try:
        month, day = (int(match[1]), int(match[2])) if match else (0, 0)
        date(2023, month, day)
    except ValueError:
        raise PydanticCustomError("month_day_form", "not a month and day") from None
    return month, day


Points = Annotated[Decimal, BeforeValidator(_number)]
Day = Annotated[date, BeforeValidator(_day)]
Fraction = Annotated[tuple[int, int], BeforeValidator(_fraction), Field(strict=False)]
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day), Field(strict=False)]
Count = Annotated[int, Field(ge=1, le=POINTS_MAX)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
NodeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+){0,2}$", max_length=120)]
Unit = Literal["hours", "times", "articles", "percent"]
InWindow = Annotated[Window, Field(strict=False)]


class Strict(BaseModel):
    """Nothing unknown, nothing converted silently, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NameText(Strict):
    zh: Text
    en: Text


class Cited(Strict):
    """Where a value comes from: one source or several, or our own assumption; never both, never neither."""

    source: str | list[str] | None = None
    clause: Text | None = None
    assumption: Literal[True] | None = None
    note: Text | None = None

    @property
    def keys(self) -> list[str]:
        """The keys of the sources."""
        return [self.source] if isinstance(self.source, str) else list(self.source or ())

    @model_validator(mode="after")
    def _cited_once(self) -> Cited:
        if not self.keys and not self.assumption:
            raise PydanticCustomError("uncited", "no citation")
        if self.keys and self.assumption:
            raise PydanticCustomError("source_and_assumption", "both a source and an assumption")
        return self


class CitedPoints(Cited):
    value: Points


class CitedCount(Cited):
    value: Count


class CitedFlag(Cited):
    value: bool


class CitedWindow(Cited):
    value: InWindow


class CitedFraction(Cited):
    value: Fraction


class CitedDue(Cited):
    value: MonthDay


class CitedOpening(Cited):
    value: Literal["full", "zero"]


class CitedMonth(Cited):
    value: Annotated[int, Field(ge=1, le=12)]


class CitedWhen(Cited):
    value: Annotated[When, Field(strict=False)]


class CitedUnrecorded(Cited):
    value: Annotated[Unrecorded, Field(strict=False)]


class CitedItemPoints(CitedPoints):
    """What one entry adds or, with ``per``, what each unit of it adds."""

    per: Unit | None = None


class BoundText(Cited):
    window: InWindow
    low: Points | None = None
    high: Points | None = None


class TierText(Cited):
    code: Code
    name: NameText
    points: Points


class RungText(Cited):
    units: Count
    points: Points


class TargetText(Cited):
    window: InWindow
    units: Count


class DutyText(Strict):
    """What is due once per window; ``settled`` says how it is found out whether it was done."""

    every: CitedWindow
    share: CitedPoints
    settled: Annotated[Settlement, Field(strict=False)]
    unrecorded: CitedUnrecorded | None = None
    due: CitedDue | None = None
    unit: Unit | None = None
    targets: list[TargetText] = []


class WorthText(Cited):
    """``of`` full units on average are worth ``points``."""

    points: Points
    of: Count


class LadderText(Strict):
    """From so many units on, so many points; only the highest rung reached counts."""

    unit: Unit
    rungs: Annotated[list[RungText], Field(min_length=1)]


class MeasureText(Strict):
    """How entries become points; one of the four forms (without a measure they are added up)."""

    window: InWindow = Window.YEAR
    best: CitedCount | None = None
    ladder: LadderText | None = None
    rate: CitedFraction | None = None
    worth: WorthText | None = None


class ItemText(Strict):
    name: NameText
    kind: Annotated[Kind, Field(strict=False)]
    dimension: Code
    article: Text
    grounds: Cited
    points: CitedItemPoints | None = None
    tiers: list[TierText] | None = None
    duty: DutyText | None = None
    measure: MeasureText | None = None
    bounds: list[BoundText] = []
    group: Code | None = None
    outside: list[NodeName] = []
    matter: Annotated[Matter, Field(strict=False)] | None = None
    costs: list[Code] = []
    costs_one_of: list[Code] = []
    record: Annotated[list[str], Field(min_length=1)]
    review: Annotated[list[str], Field(min_length=1)]
    evidence: list[Text] = []
    retired: bool = False


class DimensionText(Strict):
    name: NameText
    allotment: CitedPoints


class NodeText(Strict):
    """A branching point of the clamp tree; a group has a name of its own."""

    name: NameText | None = None
    bounds: list[BoundText] = []
    weight: CitedFraction | None = None


class AcrossText(Cited):
    kind: Annotated[Kind, Field(strict=False)]
    items: Annotated[list[Code], Field(min_length=1)]
    per_quarter: Points


class TotalText(Cited):
    low: Annotated[int, Field(ge=0, le=0)]
    high: Points | None = None


class LineText(Strict):
    name: NameText
    basis: Annotated[Basis, Field(strict=False)]
    relation: Annotated[Relation, Field(strict=False)]
    bound: CitedPoints
    when: CitedWhen
    consequence: Literal["recommend", "assistance", "warning", "reminder_talk"]
    due_min: CitedPoints | None = None
    quota: CitedFraction | None = None


class BandTest(Cited):
    basis: Literal["daily", "total"]
    relation: Annotated[Relation, Field(strict=False)]
    bound: Points


class BandText(Strict):
    code: Code
    name: NameText
    test: BandTest | None = None


class DutyOverride(Strict):
    """What a profile changes in an item's duty."""

    share: CitedPoints | None = None
    settled: Annotated[Settlement, Field(strict=False)] | None = None
    grounds: Cited | None = None


class OverlayText(Strict):
    """A property of a branch that changes duties of its members, whatever their profile."""

    name: NameText
    grounds: Cited
    without: list[Code] = []
    items: dict[Code, DutyOverride] = {}


class ProfileText(OverlayText):
    """A class of members. ``duties: none`` lets the allotments stand unused (exempt members)."""

    duties: Literal["all", "none"] = "all"
    allotments: dict[Code, CitedPoints] = {}
    ranked: CitedFlag | None = None
    graded: CitedFlag | None = None


class EditionText(Strict):
    """A whole ``items.yaml``."""

    format: Literal[1]
    edition: Code
    name: NameText
    starts: Day = Field(alias="from")
    until: Day | None = None
    base: CitedPoints
    opening: CitedOpening
    total: TotalText
    dimensions: Annotated[dict[Code, DimensionText], Field(min_length=1)]
    unrecorded: dict[Annotated[Settlement, Field(strict=False)], CitedUnrecorded] = {}
    nodes: dict[NodeName, NodeText] = {}
    across: dict[Code, AcrossText] = {}
    lines: dict[Code, LineText] = {}
    bands: list[BandText] = []
    profiles: dict[Code, ProfileText]
    overlays: dict[Code, OverlayText] = {}
    items: Annotated[dict[Code, ItemText], Field(min_length=1)]


class SourceText(Strict):
    """A document that values cite; ``grade`` as in the project's list of sources (g1 central … g4 data)."""

    title: Text
    date: Text | None = None
    grade: Literal["g1", "g2", "g3", "g4"] | None = None
    note: Text | None = None


class CycleText(Strict):
    first_month: CitedMonth


class BookText(Strict):
    """A whole ``book.yaml``."""

    format: Literal[1]
    book: Code
    name: NameText
    issuer: NameText
    applies_to: NameText
    decimals: Annotated[int, Field(ge=0, le=2)]
    cycle: CycleText
    sources: dict[Code, SourceText]
