"""What a screen plays: boards in turn, each for some seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.boards.core import TOTAL, Scope
from app.kit.errors import ErrorKind, LongwenError

STEPS_MAX = 20
SECONDS_MIN, SECONDS_MAX = 5, 3600


class StepKind(StrEnum):
    """What a step shows."""

    RANKING = "ranking"  # members by points
    BRANCHES = "branches"  # branches by their average
    RADAR = "radar"  # what is left of each dimension, on average
    STARS = "stars"  # branches by stars
    GRIDS = "grids"  # grids with leads and pairings
    TREND = "trend"  # averages at the seals
    DEEDS = "deeds"  # the latest additions, never faults


# What is of the whole district, wherever the screen hangs.
OF_THE_DISTRICT = frozenset({StepKind.GRIDS})
# What the district's policy for screens decides on: rankings, and names.
UNDER_POLICY = frozenset({StepKind.RANKING, StepKind.BRANCHES, StepKind.DEEDS})


@dataclass(frozen=True, slots=True)
class Step:
    """One board of a playlist; ``place_id`` None: the district itself."""

    kind: StepKind
    seconds: int
    scope: Scope = Scope.DISTRICT
    place_id: UUID | None = None
    measure: str = TOTAL
    title: str | None = None

    def written(self) -> dict[str, Any]:
        """As it is stored."""
        place = None if self.place_id is None else str(self.place_id)
        return {
            "kind": self.kind.value,
            "seconds": self.seconds,
            "scope": self.scope.value,
            "place_id": place,
            "measure": self.measure,
            "title": self.title,
        }

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Step:
        place = None if row["place_id"] is None else UUID(row["place_id"])
        return cls(**{**row, "kind": StepKind(row["kind"]), "scope": Scope(row["scope"]), "place_id": place})


@dataclass(frozen=True, slots=True)
class Playlist:
    """Steps in their order; ``screens`` are those that show it."""

    id: UUID
    name: str
    steps: tuple[Step, ...]
    version: int
    set_at: datetime
    screens: tuple[UUID, ...] = ()


class NoPlaylist(LongwenError):
    """The office has chosen nothing for this screen."""

    kind = ErrorKind.MISSING
    code = "no_playlist"
    zh = "区两新工委还没有为这块大屏选择播放单。请在“大屏”中为它选择播放单（PUT /api/v1/screens/…/playlist）。"
    en = "The district office has chosen no playlist for this screen yet (PUT /api/v1/screens/…/playlist chooses one)."


class PlaylistChanged(LongwenError):
    """Somebody else has set it in the meantime."""

    kind = ErrorKind.CONFLICT
    code = "playlist_changed"
    zh = "播放单已是第 {present} 版，您改的是第 {sent} 版。请重新读取后再改。"
    en = "The playlist is at version {present}; what you changed was version {sent}. Read it again, then change it."
