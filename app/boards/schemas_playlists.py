"""What HTTP sees of playlists."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field, model_validator

from app.boards.core import TOTAL, Scope
from app.boards.core_playlists import (
    OF_THE_DISTRICT,
    SECONDS_MAX,
    SECONDS_MIN,
    STEPS_MAX,
    Playlist,
    Step,
    StepKind,
)
from app.kit.http import Answer, Model


class StepModel(Model):
    """One board of a playlist."""

    kind: StepKind = Field(
        description="ranking 党员 · branches 支部 · radar 指标 · stars 星级 · grids 网格 · trend 趋势 · deeds 事迹"
    )
    seconds: int = Field(strict=True, ge=SECONDS_MIN, le=SECONDS_MAX, description="停留秒数 · how long", examples=[20])
    scope: Scope = Field(Scope.DISTRICT, description="district 以外须给出 place_id · others need place_id")
    place_id: UUID | None = None
    measure: str = Field(TOTAL, pattern=r"^[A-Za-z]{2,20}$", examples=["total"])
    title: str | None = Field(None, min_length=1, max_length=40, description="标题 · instead of the default")

    @model_validator(mode="after")
    def _has_place(self) -> StepModel:
        if (self.place_id is None) != (self.scope is Scope.DISTRICT):
            raise ValueError("place_id goes with every scope but district")
        if self.kind in OF_THE_DISTRICT and self.scope is not Scope.DISTRICT:
            raise ValueError("grids are the whole district's")
        return self

    def step(self) -> Step:
        return Step(**self.model_dump())


class PlaylistRequest(Model):
    """Boards in their order."""

    name: str = Field(min_length=1, max_length=60, examples=["一楼大厅"])
    steps: list[StepModel] = Field(min_length=1, max_length=STEPS_MAX)
    version: int | None = Field(
        None, strict=True, ge=0, le=2**31 - 1, description="所改的版本，他人已改则拒绝 · the version that was read"
    )


class PlaylistStepAnswer(Answer):
    """One board of a playlist."""

    kind: StepKind
    seconds: int
    scope: Scope
    place_id: UUID | None
    measure: str
    title: str | None


class PlaylistAnswer(Answer):
    """A playlist, and the screens that show it."""

    id: UUID
    name: str
    steps: list[PlaylistStepAnswer]
    version: int
    set_at: datetime
    screens: list[UUID]

    @classmethod
    def of(cls, one: Playlist) -> PlaylistAnswer:
        return cls.model_validate(one)


class PlaylistsAnswer(Answer):
    """By name."""

    playlists: list[PlaylistAnswer]


class ScreenPlaylistModel(Model):
    """What a screen shows."""

    playlist_id: UUID | None = Field(description="空表示不再显示 · null: nothing any more")
