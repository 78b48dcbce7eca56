"""What a rule book says, once it is loaded: frozen values that the fold and the recorder read.

Points are whole numbers in the book's smallest unit (``decimals`` tells how many places the unit has). Faults and lost
duties are negative. The definition of every term is the project's scoring page, sections 2 to 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.kit.calendar import Window
from app.kit.errors import ErrorKind, LongwenError

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


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the two languages of the service."""

    zh: str
    en: str


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

    ``rate``: points = floor(numerator x units / denominator). ``worth``: points = floor(numerator x units /
    (denominator x count)), the mean of the units as a share of ``denominator`` full units, worth ``numerator`` points.
    """

    form: MeasureForm = MeasureForm.SUM
    window: Window = Window.YEAR
    best: int = 0
    rungs: tuple[Rung, ...] = ()
    numerator: int = 0
    denominator: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One scorable matter. ``points`` or ``tiers`` fix what an entry adds; a routine item has a duty instead.

    ``bounds`` go from the shortest window to the longest. ``outside`` names the nodes of the tree that do not hold the
    item. ``pairs`` are the routine items whose share a finding costs too; of ``pairs_one_of`` it costs one, the duty
    that the entry names (the session that was forged). ``record`` names the roles that may record, ``review`` the steps
    of review in order. ``citations`` tells for each value where it comes from; ``assumptions`` are those that are ours.
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
    evidence: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    retired: bool = False
    pairs_one_of: tuple[str, ...] = ()
    citations: tuple[tuple[str, str], ...] = ()

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


class Basis(StrEnum):
    """The number that a line or band is tested on."""

    DAILY = "daily"
    TOTAL = "total"
    PACE = "pace"


class Relation(StrEnum):
    """How the number is compared with the bound."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BELOW = "below"


def holds(relation: Relation, value: int, bound: int) -> bool:
    """Whether ``value`` stands in ``relation`` to ``bound`` (以上 and 以下 include the number itself)."""
    if relation is Relation.AT_LEAST:
        return value >= bound
    if relation is Relation.AT_MOST:
        return value <= bound
    return value < bound


class When(StrEnum):
    """At which seals a line names persons."""

    EVERY_QUARTER = "every_quarter"
    YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class Line:
    """A bound with a consequence. For ``pace`` the bound is a percentage of what fell due (at least ``due_min``)."""

    code: str
    name: Name
    basis: Basis
    relation: Relation
    bound: int
    when: When
    consequence: str
    citation: str = ""
    due_min: int = 0
    quota: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A grade; bands are tried in order and the last one has no test."""

    code: str
    name: Name
    basis: Basis | None = None
    relation: Relation = Relation.AT_LEAST
    bound: int = 0
    citation: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the aspects that members are scored on, with the points allotted to its duties."""

    code: str
    name: Name
    allotment: int
    citation: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Regime:
    """The rules for one member in one quarter: an edition under a profile (scoring, section 2, rule 2)."""

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


@dataclass(frozen=True, slots=True)
class Edition:
    """A rule book's version in force from the first day of a quarter on, with a regime for every profile.

    ``citations`` tells where the edition's own values come from, ``sources`` what the keys in all citations stand for.
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

    def regime(self, profile: str) -> Regime | None:
        return self.regimes.get(profile)


def overlaid(profile: str, overlay: str | None) -> str:
    """The code of the regime of a member's profile under a property of the branch (``no-groups``), if it has one."""
    if overlay is None:
        return profile
    return overlay if profile == STANDARD else f"{profile}+{overlay}"


def band_of(bands: tuple[Band, ...], daily: int, total: int) -> str:
    """The first band whose test holds; "" where the book has no bands."""
    for band in bands:
        value = daily if band.basis is Basis.DAILY else total
        if band.basis is None or holds(band.relation, value, band.bound):
            return band.code
    return ""


class NoEditionInForce(LongwenError):
    """No edition of an adopted rule book is in force for the organisation on the day; there is no default."""

    kind = ErrorKind.CONFLICT
    code = "no_edition_in_force"
    zh = "{day} 当日，该组织没有施行中的评分细则。请由区两新工委发布细则并采用后再记录。"
    en = (
        "No rule book is in force for this organisation on {day}. The district office must publish and adopt one first."
    )


@dataclass(frozen=True, slots=True)
class Published:
    """A published edition, without its content."""

    book: str
    code: str
    digest: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """The organisation at ``path``, and all below it, goes by the book from the first day to the last, inclusive."""

    id: UUID
    book: str
    path: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Adopted:
    """Which edition is in force where and when, in one district."""

    published: tuple[Published, ...]
    adoptions: tuple[Adoption, ...]

    def digest_on(self, path: str, day: date) -> str:
        """The digest of the edition in force: of the book adopted nearest to ``path``. Raises ``NoEditionInForce``."""
        above = [
            one
            for one in self.adoptions
            if f"{path}.".startswith(f"{one.path}.") and one.from_on <= day <= (one.until_on or day)
        ]
        if above:
            nearest = max(above, key=lambda one: len(one.path))
            held = [one for one in self.published if one.book == nearest.book and one.starts_on <= day]
            latest = max(held, key=lambda one: one.starts_on, default=None)
            if latest is not None and day <= (latest.ends_on or day):
                return latest.digest
        raise NoEditionInForce(day=day.isoformat())
