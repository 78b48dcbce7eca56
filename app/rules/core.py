"""What a rule book says, once it is loaded: frozen values that the fold and the recorder read.

Points are whole numbers in the book's smallest unit (``decimals`` tells how many places the unit has). Faults and lost
duties are negative. The definition of every term is the project's scoring page, sections 2 to 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.kit.calendar import Window
from app.roster.core import NO_GROUPS
from app.rules.finds import Finds
from app.rules.lines import Band, Line
from app.rules.name import Name
from app.rules.stars import Stars

OPENING = "OPENING"  # the reserved item of the entry that opens a standing
STANDARD = "standard"  # the profile of a member who belongs to no special class; every edition has it


class Kind(StrEnum):
    """What an entry does to a standing; the order is that of the catalogue."""

    OPENING = "opening"
    ROUTINE = "routine"
    INNOVATION = "innovation"
    FAULT = "fault"
    VETO = "veto"


SCORED_KINDS = (Kind.ROUTINE, Kind.INNOVATION, Kind.FAULT)


class Settlement(StrEnum):
    """How it is found out whether a duty was kept (scoring, section 3)."""

    SESSIONS = "sessions"
    AMOUNT = "amount"
    CONFIRMATION = "confirmation"
    DEFAULT = "default"
    RATE = "rate"


class Unrecorded(StrEnum):
    """What a duty becomes when its time has passed and nobody recorded anything."""

    KEPT = "kept"
    MISSED = "missed"
    WAIVED = "waived"
    UNDECIDED = "undecided"


class Matter(StrEnum):
    """Whether an entry of the item names the matter it is about (which then counts once)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class Rounding(StrEnum):
    """How a fraction of the smallest unit becomes whole, once, where it arises."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """``numerator`` / ``denominator`` (> 0) as a whole number; halves go up, also below zero."""
    if rounding is Rounding.DOWN:
        return numerator // denominator
    if rounding is Rounding.UP:
        return -(-numerator // denominator)
    return (2 * numerator + denominator) // (2 * denominator)


class Starts(StrEnum):
    """With what a member begins: the full base and losing, nothing and earning, or the base and adding to it."""

    FULL = "full"
    ZERO = "zero"
    BASE = "base"


class Newcomers(StrEnum):
    """The opening of a member who joins in mid-cycle: as for everybody, or the mean of the branch's openings."""

    STANDARD = "standard"
    BRANCH_MEAN = "branch_mean"


class Effect(StrEnum):
    """What a standing veto does: the effective total is 0 for the cycle, or only the band is fixed."""

    ZERO = "zero"
    BAND = "band"


class VetoGround(StrEnum):
    """What a veto must cite: its own article, or an entry of the district's yearly list of key work."""

    FIXED = "fixed"
    KEY_WORK = "key_work"


@dataclass(frozen=True, slots=True)
class Veto:
    """A veto item's effect and procedure; ``band`` is set where the effect is one, ``hears`` are roles."""

    effect: Effect = Effect.ZERO
    ground: VetoGround = VetoGround.FIXED
    band: str | None = None
    hears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PointRange:
    """Points that the recorder chooses: from ``low`` to ``high`` in steps; deductions are negative."""

    low: int
    high: int
    step: int


@dataclass(frozen=True, slots=True)
class Target:
    """A cumulative amount due by the end of a window (10 hours by the half-year, 20 by the year)."""

    window: Window
    units: int


@dataclass(frozen=True, slots=True)
class Duty:
    """What a member is due to do once per window, and what is lost when it is not done.

    ``share`` is the positive number of points of one window; ``unit`` and ``targets`` belong to settlement by amount.
    ``due`` is the month and day by which a yearly duty is due where that is not the window's end (a yearly appraisal is
    due by 31 March of the cycle in which it is held).
    """

    window: Window
    share: int
    settlement: Settlement
    unrecorded: Unrecorded
    unit: str | None = None
    targets: tuple[Target, ...] = ()
    due: tuple[int, int] | None = None
    rounding: Rounding = Rounding.DOWN


@dataclass(frozen=True, slots=True)
class Tier:
    """One named level of an item with its points."""

    code: str
    name: Name
    points: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A floor and a ceiling over one window; None is no bound on that side."""

    window: Window
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """From this many units on, this many points (only the highest rung reached counts)."""

    units: int
    points: int


class MeasureForm(StrEnum):
    """How the entries of an item become its points (scoring, section 2, rule 4)."""

    SUM = "sum"
    BEST = "best"
    LADDER = "ladder"
    RATE = "rate"
    WORTH = "worth"


@dataclass(frozen=True, slots=True)
class Measure:
    """A form with what it needs: ``best`` a count, ``ladder`` rungs, ``rate`` and ``worth`` a fraction.

    ``rate``: points = numerator x units / denominator, rounded. ``worth``: points = numerator x units /
    (denominator x count), rounded: the mean of the units as a share of ``denominator`` full units, which are worth
    ``numerator`` points.
    """

    form: MeasureForm = MeasureForm.SUM
    window: Window = Window.YEAR
    best: int = 0
    rungs: tuple[Rung, ...] = ()
    numerator: int = 0
    denominator: int = 1
    rounding: Rounding = Rounding.DOWN


@dataclass(frozen=True, slots=True)
class Item:
    """One scorable matter: ``points`` or ``tiers`` fix what an entry adds, ``chosen`` lets the recorder choose it, a
    ``measure`` makes it of units, and a routine item of a dimension that loses has a ``duty`` instead.

    ``heard`` tells that the member is heard before it counts; a veto has its procedure in ``veto``. ``finds`` lets the
    service propose a fault by itself, from attendance.
    ``bounds`` go from the shortest window to the longest. ``outside`` names the nodes of the tree that do not hold the
    item. ``pairs`` are the routine items whose share a finding costs too; of ``pairs_one_of`` it costs one, the duty
    that the entry names (the session that was forged). ``units_max`` bounds one day. ``record`` names the roles that
    may record, ``review`` the steps of review in order. ``citations`` tells for each value where it comes from;
    ``assumptions`` are those that are ours.
    """

    code: str
    kind: Kind
    dimension: str | None
    name: Name
    article: str
    citation: str
    points: int | None = None
    tiers: tuple[Tier, ...] = ()
    unit: str | None = None
    duty: Duty | None = None
    measure: Measure = Measure()
    bounds: tuple[Bound, ...] = ()
    group: str | None = None
    outside: frozenset[str] = frozenset()
    matter: Matter = Matter.OPTIONAL
    pairs: tuple[str, ...] = ()
    record: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    evidence: tuple[Name, ...] = ()
    assumptions: tuple[str, ...] = ()
    retired: bool = False
    pairs_one_of: tuple[str, ...] = ()
    citations: tuple[tuple[str, str], ...] = ()
    chosen: PointRange | None = None
    heard: bool = False
    veto: Veto | None = None
    finds: Finds | None = None
    units_max: int | None = None

    def tier(self, code: str) -> Tier | None:
        return next((tier for tier in self.tiers if tier.code == code), None)


@dataclass(frozen=True, slots=True)
class Node:
    """A branching point of the clamp tree: a kind (``innovation``), a dimension in it (``innovation/ORG``) or a group.

    ``parent`` is None for a kind. ``weight`` is a fraction (numerator, denominator) applied after the bounds.
    """

    name: str
    parent: str | None
    label: Name
    bounds: tuple[Bound, ...] = ()
    weight: tuple[int, int] = (1, 1)
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Across:
    """A ceiling per quarter over items of many groups (scoring, section 2, rule 7); negative for faults."""

    name: str
    kind: Kind
    items: frozenset[str]
    per_quarter: int
    citation: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the aspects that members are scored on, with the points allotted to it after its weight.

    The allotment is what its duties can lose or its items can earn (``starts``); 0 where nothing is allotted.
    """

    code: str
    name: Name
    allotment: int
    citation: str = field(default="", compare=False)
    starts: Starts = Starts.FULL


@dataclass(frozen=True, slots=True)
class Regime:
    """The rules for one member in one quarter: an edition under a profile (scoring, section 2, rule 2).

    ``opening`` is the book's own; ``carried`` percent of the last cycle's total come on top of it.
    """

    book: str
    edition: str
    digest: str
    profile: str
    opening: int
    decimals: int
    dimensions: tuple[Dimension, ...]
    items: Mapping[str, Item]
    nodes: tuple[Node, ...]
    across: tuple[Across, ...]
    total_high: int | None
    bands: tuple[Band, ...]
    lines: tuple[Line, ...]
    ranked: bool = True
    graded: bool = True
    carried: int = 0
    newcomers: Newcomers = Newcomers.STANDARD


class YearForm(StrEnum):
    """What a year comes to where the book scores by a shorter period (scoring, section 2, rule 8)."""

    LAST = "last"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Frame:
    """The time that a book scores over: its years begin in ``first_month``, a cycle lasts one ``period``.

    ``period`` is a year, a half-year or a quarter; ``year`` says what the cycles of a year come to together.
    """

    first_month: int = 1
    period: Window = Window.YEAR
    year: YearForm = YearForm.LAST

    def agrees_with(self, other: Frame) -> bool:
        """Whether both make the same cycles, whatever a year comes to."""
        return (self.first_month, self.period) == (other.first_month, other.period)


def year_total(form: YearForm, totals: Sequence[int]) -> int:
    """What a year comes to from the totals of its cycles, at least one, in order of time; a mean rounds down, once."""
    if form is YearForm.SUM:
        return sum(totals)
    if form is YearForm.MEAN:
        return sum(totals) // len(totals)
    return totals[-1]


@dataclass(frozen=True, slots=True)
class Edition:
    """A rule book's version in force from the first day of a quarter on, with a regime for every profile.

    ``citations`` tells where the edition's own values come from, ``sources`` what the keys in all citations stand for.
    ``units`` are those that the book adds to the common ones, ``class_names`` what profiles and overlays are called.
    """

    book: str
    code: str
    digest: str
    name: Name
    starts_on: date
    ends_on: date | None
    regimes: Mapping[str, Regime] = field(default_factory=dict)
    citations: tuple[tuple[str, str], ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    frame: Frame = Frame()
    units: Mapping[str, Name] = field(default_factory=dict)
    stars: Stars | None = None
    class_names: Mapping[str, Name] = field(default_factory=dict)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The classes that a member can belong to, in the book's order; overlays are properties of branches."""
        overlays = {NO_GROUPS, *(code.partition("+")[2] for code in self.regimes)}
        return tuple(code for code in self.regimes if "+" not in code and code not in overlays)

    def regime(self, profile: str) -> Regime | None:
        """The rules for a member whom the roster has under the profile; None where the edition has no such class.

        The roster says of every branch whether it has groups. An edition that makes nothing of that judges by the plain
        profile, which is then the regime's.
        """
        plain = STANDARD if profile == NO_GROUPS else profile.removesuffix(f"+{NO_GROUPS}")
        return self.regimes.get(profile) or self.regimes.get(plain)


def overlaid(profile: str, overlay: str | None) -> str:
    """The code of the regime of a member's profile under a property of the branch (``no-groups``), if it has one."""
    if overlay is None:
        return profile
    return overlay if profile == STANDARD else f"{profile}+{overlay}"
