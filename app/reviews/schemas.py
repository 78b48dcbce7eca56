"""What HTTP sees of review packs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.kit.naming import AccountName, OrganisationName
from app.reviews.core_packs import Copy, Pack, PackKind, PackState, Part

REASON = r"^[^\x00-\x1f]*$"


class PackPartAnswer(BaseModel):
    """材料中的一份文件。· One of the papers; the digest is the SHA-256 of the stored bytes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"part": "report", "size": 412345, "digest": "9f86d081884c7d65…"}]}
    )

    part: Part
    size: int
    digest: str


class PackAnswer(BaseModel):
    """一套考评材料及其进度。· A pack and how far it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0192f3c2-0000-7000-8000-000000000001",
                    "kind": "quarter",
                    "period": "2026Q3",
                    "scope_id": "0192f3c2-0000-7000-8000-000000000002",
                    "scope_name": "城东街道党工委",
                    "state": "failed",
                    "progress": 40,
                    "asked_at": "2026-10-24T18:45:00Z",
                    "made_at": "2026-10-24T18:46:10Z",
                    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "checkpoint_root": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                    "editions": [],
                    "parts": [],
                    "lacking": {},
                    "error": "RuntimeError",
                }
            ]
        }
    )

    id: UUID
    kind: PackKind
    period: str
    scope_id: UUID
    scope_name: OrganisationName = None
    state: PackState
    progress: Annotated[int, Field(description="百分比 · percent")]
    asked_at: datetime
    made_at: datetime | None
    digest: Annotated[str | None, Field(description="内容摘要 · SHA-256 of the image that all parts are made of")]
    checkpoint_root: str | None
    editions: list[str]
    parts: list[PackPartAnswer]
    lacking: Annotated[dict[str, str], Field(description="未能生成的部分及原因 · parts not made, and why")]
    error: str | None

    @classmethod
    def of(cls, pack: Pack) -> PackAnswer:
        return cls(
            id=pack.id,
            kind=pack.kind,
            period=pack.period,
            scope_id=pack.scope_id,
            state=pack.state,
            progress=pack.progress,
            asked_at=pack.asked_at,
            made_at=pack.made_at,
            digest=None if pack.digest is None else pack.digest.hex(),
            checkpoint_root=None if pack.root is None else pack.root.hex(),
            editions=list(pack.editions),
            parts=[PackPartAnswer(part=one.part, size=one.size, digest=one.digest) for one in pack.parts],
            lacking=dict(pack.lacking),
            error=pack.error,
        )


class PacksAnswer(BaseModel):
    """职权范围内的材料。· The packs in the caller's reach."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"packs": []}]})

    packs: list[PackAnswer]


class NewCopy(BaseModel):
    """导出哪一份，作何用途。· Which part is taken, and what for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"part": "report", "reason": "季度例会"}]}
    )

    part: Part
    reason: Annotated[str, Field(min_length=2, max_length=200, pattern=REASON)]


class TakenCopyAnswer(BaseModel):
    """何人何时为何取走了哪一份。· Who took which part, when and what for; null: at the command line."""

    id: UUID
    part: Part
    taken_at: datetime
    taken_by: UUID | None
    taken_by_name: AccountName = None
    reason: str
    size: int
    digest: str
    expires_at: datetime

    @classmethod
    def of(cls, copy: Copy) -> TakenCopyAnswer:
        return cls(
            id=copy.id, part=copy.part, taken_at=copy.taken_at, taken_by=copy.taken_by, reason=copy.reason,
            size=copy.size, digest=copy.digest.hex(), expires_at=copy.expires_at,
        )  # fmt: skip


class TakenCopiesAnswer(BaseModel):
    """已导出的副本，最近的在前。· Copies taken of a pack, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "copies": [
                        {
                            "id": "0192f3c2-0000-7000-8000-000000000003",
                            "part": "report",
                            "taken_at": "2026-11-22T02:00:00Z",
                            "taken_by": "0192f3c2-0000-7000-8000-000000000004",
                            "taken_by_name": "王区办",
                            "reason": "季度例会",
                            "size": 412987,
                            "digest": "2c26b46b68ffc68f…",
                            "expires_at": "2026-11-23T02:00:00Z",
                        }
                    ]
                }
            ]
        }
    )

    copies: list[TakenCopyAnswer]


class CopyAnswer(BaseModel):
    """已标记的副本。· A marked copy, with a digest of its own, and until when it can be fetched."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0192f3c2-0000-7000-8000-000000000003",
                    "part": "report",
                    "size": 412987,
                    "digest": "2c26b46b68ffc68f…",
                    "expires_at": "2026-11-23T02:00:00Z",
                    "url": "/api/v1/packs/copies/0192f3c2-0000-7000-8000-000000000003",
                }
            ]
        }
    )

    id: UUID
    part: Part
    size: int
    digest: str
    expires_at: datetime
    url: str

    @classmethod
    def of(cls, copy: Copy) -> CopyAnswer:
        return cls(
            id=copy.id,
            part=copy.part,
            size=copy.size,
            digest=copy.digest.hex(),
            expires_at=copy.expires_at,
            url=f"/api/v1/packs/copies/{copy.id}",
        )
