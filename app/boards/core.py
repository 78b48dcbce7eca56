"""What a board may show: the district's policy, masked names, and ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pypinyin import Style, pinyin


class Audience(StrEnum):
    """Whom a board is shown to."""

    OFFICE = "office"
    MEMBERS = "members"
    SCREENS = "screens"


class Reach(StrEnum):
    """How far boards go: not at all, inside each branch, or across the district."""

    OFF = "off"
    BRANCH = "branch"
    DISTRICT = "district"


class NameForm(StrEnum):
    """How names stand on a board."""

    FULL = "full"
    MASKED = "masked"
    INITIALS = "initials"


@dataclass(frozen=True, slots=True)
class BoardPolicy:
    """What a district lets an audience see; there is no setting for a list of the last."""

    reach: Reach = Reach.DISTRICT
    top: int = 10
    names: NameForm = NameForm.MASKED


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One member on a board; points are as the member's book prints them."""

    rank: int
    member_id: UUID
    name: str
    branch: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class OwnPosition:
    """The caller's own place; shown to nobody else."""

    rank: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """A rank among so many who are ranked."""

    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class OwnPlaces:
    """The caller's places as far as boards reach; None where they do not, or where the caller is not ranked."""

    reach: Reach
    branch: Place | None = None
    district: Place | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A ranking by total points, with competition ranks (1, 2, 2, 4)."""

    scope: str
    scope_name: str
    cycle: str
    audience: Audience
    policy: BoardPolicy
    members: int
    rows: tuple[BoardRow, ...]
    own: OwnPosition | None
    data_at: datetime | None


def shown_name(name: str, form: NameForm) -> str:
    """A name as the policy wants it: 陈晓明, 陈**, or C.X.M."""
    if form is NameForm.FULL:
        return name
    if form is NameForm.MASKED:
        return name[:1] + "**"
    syllables = [syllable[0] for syllable in pinyin(name, style=Style.NORMAL)]
    return "".join(f"{syllable[:1].upper()}." for syllable in syllables)


def competition_ranks(points: Sequence[Decimal | int]) -> list[int]:
    """Ranks of points that come in falling order: equal points share a rank, and the next one counts them all."""
    ranks: list[int] = []
    for place, value in enumerate(points):
        ranks.append(ranks[-1] if place and points[place - 1] == value else place + 1)
    return ranks
