"""An example beside the rules, as values: what is given of a member's year, and what it should come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.rules.appraisal_example import AppraisalExample
from app.rules.award import Outcome
from app.rules.core import Edition
from app.rules.name import Name
from app.rules.star_example import StarExample


@dataclass(frozen=True, slots=True)
class Given:
    """One line: an item on some days or, for a duty, in some of its windows (``every``: in all that have ended).

    ``line`` is its place in the file. ``costs`` names the duty that a finding costs where the item leaves a choice,
    ``chosen`` the recorder's points in the book's smallest unit.
    """

    line: int
    item: str
    days: tuple[date, ...] = ()
    windows: tuple[str, ...] = ()
    every: bool = False
    outcome: Outcome | None = None
    tier: str | None = None
    units: int | None = None
    matter: str | None = None
    costs: str | None = None
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the example should come to; what is None or empty is not looked at. Points in the book's smallest unit.

    ``dimensions``: what is left of each allotment. ``cuts``: by item or node, what ceilings, floors, measures and
    matters took off (negative) or put on. ``graded`` and ``ranked``: whether the member is at all.
    """

    daily: int | None = None
    innovation: int | None = None
    fault: int | None = None
    total: int | None = None
    effective: int | None = None
    band: str | None = None
    graded: bool | None = None
    ranked: bool | None = None
    dimensions: Mapping[str, int] = field(default_factory=dict)
    cuts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A member's cycle up to a day. ``profiles``: from a quarter on, the code of the regime.

    ``silence`` settles every duty that no line decides as the rules say of what nobody recorded; without it only what
    the lines tell counts, and the duties by amount that they mention.
    """

    code: str
    title: Name
    file: str
    line: int
    first: date
    last: date
    as_of: date
    profiles: Mapping[str, str]
    silence: bool
    given: tuple[Given, ...]
    expected: Expected


@dataclass(frozen=True, slots=True)
class EditionExamples:
    """An edition with the examples beside it, in the order of their files; ``file`` is the edition's own.

    ``rounds`` are those of its star sheet, ``appraisals`` those of the sheet's section on secretaries.
    """

    edition: Edition
    examples: tuple[Example, ...]
    file: str = ""
    rounds: tuple[StarExample, ...] = ()
    appraisals: tuple[AppraisalExample, ...] = ()
