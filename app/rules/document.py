"""The format of a rule book's files: what may stand where. What the values mean together is checked by ``checks``.

A *cited* value is a small mapping that holds the value and where it comes from: ``{value: 15, source: M28}`` (with a
``clause`` where known) or ``{value: 15, assumption: true, note: …}``. Points are written as in the printed rules, with
deductions negative; half points are possible where the book has ``decimals``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.kit.calendar import Window
from app.rules.cited import (
    Cited,
    CitedCount,
    CitedDue,
    CitedEffect,
    CitedFlag,
    CitedFraction,
    CitedMonth,
    CitedNewcomers,
    CitedPercent,
    CitedPeriod,
    CitedPoints,
    CitedRounding,
    CitedStarts,
    CitedUnrecorded,
    CitedVetoGround,
    CitedWhen,
    CitedWindow,
    CitedYearForm,
    Code,
    Count,
    Day,
    InWindow,
    NameText,
    NodeName,
    Points,
    Strict,
    Text,
    whole_or_decimal,
)
from app.rules.core import Kind, Matter, Settlement
from app.rules.finds import Attended
from app.rules.lines import Basis, Ground, Relation

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
UNITS = ("hours", "times", "articles", "months", "percent")  # a book may add its own


def _tier_points(value: Any) -> Decimal | str:
    return ALL if value == ALL else whole_or_decimal(value)


ALL = "all"  # of what the profile allots to the item's dimension
TierPoints = Annotated[Decimal | Literal["all"], BeforeValidator(_tier_points)]


class CitedItemPoints(CitedPoints):
    """What one entry adds or, with ``per``, what each unit of it adds."""

    per: Code | None = None


class RangeText(Cited):
    """Points that the recorder chooses, in steps of one smallest unit or of ``step``."""

    low: Points
    high: Points
    step: Points | None = None


class BoundText(Cited):
    window: InWindow
    low: Points | None = None
    high: Points | None = None


class TierText(Cited):
    """One named level; ``points: all`` is worth what the profile allots to the dimension."""

    code: Code
    name: NameText
    points: TierPoints


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
    unit: Code | None = None
    rounding: CitedRounding | None = None
    targets: list[TargetText] = []


class WorthText(Cited):
    """``of`` full units on average are worth ``points``."""

    points: Points
    of: Count


class LadderText(Strict):
    """From so many units on, so many points; only the highest rung reached counts."""

    unit: Code
    rungs: Annotated[list[RungText], Field(min_length=1)]


class MeasureText(Strict):
    """How entries become points; one of the four forms (without a measure they are added up).

    ``unit`` is what a rate or worth counts; a ladder names its own.
    """

    window: InWindow = Window.YEAR
    unit: Code | None = None
    best: CitedCount | None = None
    ladder: LadderText | None = None
    rate: CitedFraction | None = None
    worth: WorthText | None = None
    rounding: CitedRounding | None = None


class VetoText(Strict):
    """What a veto does while it stands, what it must cite, and who hears the member."""

    effect: CitedEffect
    band: Code | None = None
    ground: CitedVetoGround
    hears: list[str] = []


class FindsText(Strict):
    """From what attendance comes to the service proposes the fault by itself."""

    after: Annotated[Attended, Field(strict=False)]
    sessions: list[Code] = []
    in_a_row: CitedCount | None = None


class ItemText(Strict):
    name: NameText
    kind: Annotated[Kind, Field(strict=False)]
    dimension: Code
    article: Text
    grounds: Cited
    points: CitedItemPoints | None = None
    tiers: list[TierText] | None = None
    chosen: RangeText | None = Field(default=None, alias="range")
    duty: DutyText | None = None
    measure: MeasureText | None = None
    bounds: list[BoundText] = []
    units_max: CitedCount | None = None
    group: Code | None = None
    outside: list[NodeName] = []
    matter: Annotated[Matter, Field(strict=False)] | None = None
    costs: list[Code] = []
    costs_one_of: list[Code] = []
    record: Annotated[list[str], Field(min_length=1)]
    review: Annotated[list[str], Field(min_length=1)]
    evidence: list[NameText] = []
    heard: CitedFlag | None = None
    veto: VetoText | None = None
    finds: FindsText | None = None
    retired: bool = False


class DimensionText(Strict):
    """``opens`` differs from the edition's opening where one part loses and another earns."""

    name: NameText
    allotment: CitedPoints | None = None
    opens: CitedStarts | None = None


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


class ExclusionText(Cited):
    """What keeps a member who meets the line from being named by it."""

    ground: Annotated[Ground, Field(strict=False)]
    dimension: Code | None = None
    points: Points | None = None
    months: Count | None = None


class LineText(Strict):
    name: NameText
    basis: Annotated[Basis, Field(strict=False)]
    dimension: Code | None = None
    relation: Annotated[Relation, Field(strict=False)]
    bound: CitedPoints
    when: CitedWhen
    consequence: Literal["recommend", "grade", "assistance", "warning", "reminder_talk"]
    due_min: CitedPoints | None = None
    quota: CitedFraction | None = None
    pool_below: CitedCount | None = None
    excludes: list[ExclusionText] = []


class BandTest(Cited):
    basis: Annotated[Basis, Field(strict=False)]
    dimension: Code | None = None
    relation: Annotated[Relation, Field(strict=False)]
    bound: Points


class BandText(Strict):
    code: Code
    name: NameText
    test: BandTest | None = None


class ItemOverride(Strict):
    """What a class of members has otherwise in an item: its duty, its points, its bounds."""

    share: CitedPoints | None = None
    settled: Annotated[Settlement, Field(strict=False)] | None = None
    points: CitedPoints | None = None
    tiers: dict[Code, CitedPoints] = {}
    bounds: list[BoundText] | None = None
    grounds: Cited | None = None


class NodeOverride(Strict):
    bounds: Annotated[list[BoundText], Field(min_length=1)]


class OverlayText(Strict):
    """A property of a branch that changes items of its members, whatever their profile."""

    name: NameText
    grounds: Cited
    without: list[Code] = []
    items: dict[Code, ItemOverride] = {}
    nodes: dict[NodeName, NodeOverride] = {}


class ProfileText(OverlayText):
    """A class of members. ``duties: none`` lets the allotments stand unused (exempt members)."""

    duties: Literal["all", "none"] = "all"
    base: CitedPoints | None = None
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
    opening: CitedStarts
    carried: CitedPercent | None = None
    newcomers: CitedNewcomers | None = None
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
    """The time that the book scores over; ``year`` says what the cycles of a shorter period come to together."""

    first_month: CitedMonth
    period: CitedPeriod | None = None
    year: CitedYearForm | None = None


class BookText(Strict):
    """A whole ``book.yaml``."""

    format: Literal[1]
    book: Code
    name: NameText
    issuer: NameText
    applies_to: NameText
    decimals: Annotated[int, Field(ge=0, le=2)]
    cycle: CycleText
    units: dict[Code, NameText] = {}
    sources: dict[Code, SourceText]
