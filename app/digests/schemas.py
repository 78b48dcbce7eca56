"""What HTTP sees of digests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.digests.core import DigestKind, Proof, Snapshot, SnapshotPage
from app.kit.http import Answer

CURSOR = r"^[0-9]{1,16}\.[0-9a-f]{32}$"
PERIOD = r"^\d{4}(-\d{2}|Q[1-4]|H[12]|-\d{4})?$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_EXAMPLE: dict[str, Any] = {
    "id": "0192f5a0-0000-7000-8000-0000000000d1",
    "kind": "month",
    "period": "2026-10",
    "scope_id": "0192f5a0-0000-7000-8000-0000000000c1",
    "scope": "城东街道党工委",
    "made_at": "2026-10-31T22:00:00Z",
    "due": 3,
    "late": 1,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


class DigestLineAnswer(Answer):
    """A digest in a list."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    id: UUID
    kind: DigestKind = Field(
        description="month 月调度 · quarter 季检查 · half 半年分析 · year 年底总评", examples=["month"]
    )
    period: str = Field(description="2026-10 · 2026Q3 · 2026H1 · 2026", examples=["2026-10"])
    scope_id: UUID
    scope: str = Field(description="区或基层党委 · the district or a committee")
    made_at: datetime
    due: int = Field(description="生成时待办 · due when it was made")
    late: int = Field(description="生成时逾期 · late when it was made")
    digest: str = Field(description="内容的 SHA-256（RFC 8785）· SHA-256 of the content in canonical form")

    @classmethod
    def of(cls, one: Snapshot) -> DigestLineAnswer:
        return cls(**_told(one))


def _told(one: Snapshot) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "period": one.period,
        "scope_id": one.scope_id,
        "scope": one.content["scope"]["name"],
        "made_at": one.made_at,
        "due": one.content["due"],
        "late": one.content["late"],
        "digest": one.digest.hex(),
    }


class DigestsAnswer(Answer):
    """Digests, the latest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"digests": [_EXAMPLE], "next": None}})

    digests: list[DigestLineAnswer]
    next: str | None = Field(description="下一页的 cursor · the cursor of the next page")

    @classmethod
    def of(cls, page: SnapshotPage) -> DigestsAnswer:
        following = None
        if page.following is not None:
            at, snapshot_id = page.following
            following = f"{(at - _EPOCH) // _TICK}.{snapshot_id.hex}"
        return cls(digests=[DigestLineAnswer.of(one) for one in page.snapshots], next=following)


def cursor_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    ticks, _, snapshot_id = cursor.partition(".")
    return _EPOCH + int(ticks) * _TICK, UUID(snapshot_id)


class DigestAnswer(DigestLineAnswer):
    """A digest with all that was frozen."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _EXAMPLE
            | {"content": {"format": 1, "kind": "month", "period": "2026-10", "numbers": {"members": 31}}}
        }
    )

    content: dict[str, Any] = Field(
        description="冻结的内容；numbers 中的积分为合计，单位为最小分值，decimals 为小数位数。"
        " · What was frozen; points among the numbers are sums in the smallest unit, decimals its places."
    )

    @classmethod
    def of(cls, one: Snapshot) -> DigestAnswer:
        return cls(**_told(one), content=dict(one.content))


class ProofAnswer(Answer):
    """Whether a digest is what was frozen."""

    model_config = ConfigDict(json_schema_extra={"example": {"content": True, "ledger": True, "sample": True}})

    content: bool = Field(description="内容与摘要相符 · the content has its digest")
    ledger: bool | None = Field(
        description="封账结果仍与抽样时相同；无抽样时为空 · the seal is still that of the seed; none: no sample"
    )
    sample: bool | None = Field(description="重抽得到相同的记录 · drawn again, the sample is the same")

    @classmethod
    def of(cls, proof: Proof) -> ProofAnswer:
        return cls(content=proof.content, ledger=proof.ledger, sample=proof.sample)
