"""What decides on boards in a district and seldom changes: read once for many requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.boards.core import DAILY, INNOVATION, TOTAL, Audience, BoardPolicy
from app.boards.core_playlists import Playlist
from app.cycles.core import Quarter
from app.roster.core import OrganisationView
from app.rules.core import Dimension
from app.rules.name import Name

SUMS = {
    TOTAL: Name("总积分", "total points"),
    DAILY: Name("日常积分", "daily score"),
    INNOVATION: Name("创新加分", "innovation"),
}


@dataclass(frozen=True, slots=True)
class Allotted:
    """A dimension with what it is allotted at most, in the smallest unit of a book with so many places."""

    dimension: Dimension
    decimals: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What is ranked by, at one moment: as much in a large district as in a small one."""

    dimensions: Mapping[str, Allotted]
    starts: Mapping[tuple[str, str], Mapping[str, int]]  # by edition and class: what each dimension opens with
    policies: Mapping[Audience, BoardPolicy]
    quarters: tuple[Quarter, ...]
    frozen: frozenset[str]

    def policy(self, audience: Audience) -> BoardPolicy:
        """What the district set, or the default: the top ten with masked names."""
        return self.policies.get(audience, BoardPolicy())

    def measure_name(self, measure: str) -> Name:
        """What a board is by, in words: a hall does not know the codes of dimensions."""
        return SUMS[measure] if measure in SUMS else self.dimensions[measure].dimension.name

    def last_frozen(self, before: str | None = None, cycle: str | None = None) -> str | None:
        """The last quarter whose seal is kept, before another one or within a cycle where these are given."""
        known = (one for one in self.quarters if one.code in self.frozen and (cycle is None or one.cycle == cycle))
        return max((one.code for one in known if before is None or one.code < before), default=None)


@dataclass(frozen=True, slots=True)
class Facts(Terms):
    """The same with the places that boards are of, and with what is played of them."""

    organisations: Mapping[UUID, OrganisationView]
    grids: Mapping[UUID, str]
    playlists: Mapping[UUID, Playlist]
    screens: Mapping[UUID, UUID]  # the playlist of each
