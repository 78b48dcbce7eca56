"""An example of a round beside the star sheet, as values: what its branches are, and the star each should have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.rules.name import Name
from app.rules.stars import Cause


@dataclass(frozen=True, slots=True)
class ExpectedStar:
    """The star (None: none this year), the mark of a quota, the causes in their order; the score if it is looked at."""

    causes: tuple[Cause, ...]
    star: int | None = None
    scored_as: int | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class StarBranch:
    """``count`` branches alike, with full points on everything but what is said.

    ``without``: indicators on which they have nothing. ``readings``: those on which they have a part of a whole.
    ``bonus`` in the sheet's smallest unit. ``months_old`` and ``vetoes`` (by ground) are months before the cut-off.
    ``line`` is the place in the file.
    """

    name: str
    line: int
    expected: ExpectedStar
    count: int = 1
    pool: str = ""
    last: int | None = None
    months_old: int | None = None
    without: tuple[str, ...] = ()
    readings: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    bonus: int = 0
    innovation: bool = True
    open_rectification: bool = False
    vetoes: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)
    exception: str | None = None


@dataclass(frozen=True, slots=True)
class StarExample:
    """A whole round. ``first_round``: the district has rated nobody before."""

    code: str
    title: Name
    file: str
    line: int
    first_round: bool
    branches: tuple[StarBranch, ...]
