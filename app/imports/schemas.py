"""What HTTP sees of imports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.imports.core import Batch, BatchPage, BatchView, ReversedBatch, RowState, RowView
from app.kit.http import Answer, Model
from app.kit.naming import AccountName, own_fields
from app.points.schemas import EffectAnswer
from app.rules.points import printed_number
from app.rules.schemas_points import Points
from app.submissions.schemas import after_cursor, cursor_of


class BatchAnswer(Answer):
    """One workbook that was imported."""

    id: UUID
    file_name: str
    row_count: int
    recorded_at: datetime
    recorded_by: UUID | None
    recorded_by_name: AccountName = None
    again: bool = Field(description="明知内容相同仍再次导入 · the same content once more, on purpose")
    reversed_at: datetime | None
    reversed_by: UUID | None
    reversed_by_name: AccountName = None
    reversal_reason: str | None

    @classmethod
    def of(cls, batch: Batch) -> BatchAnswer:
        return cls(**{name: getattr(batch, name) for name in own_fields(cls)})


class ImportedRowAnswer(Answer):
    """One row, and what became of it."""

    row: int = Field(description="工作表中的行号 · as the spreadsheet program numbers it", examples=[2])
    id: UUID = Field(description="积分记录或申报的编号 · of the entry or the submission")
    member_id: UUID
    number: str
    name: str
    item: str
    effective_on: date
    state: RowState
    points: Points | None = Field(description="已入账记录的分值 · of its entry, once it is booked")

    @classmethod
    def of(cls, one: RowView) -> ImportedRowAnswer:
        points = None if one.points is None else printed_number(one.points, one.decimals)
        return cls(
            row=one.row,
            id=one.record_id,
            member_id=one.member_id,
            number=one.number,
            name=one.name,
            item=one.item,
            effective_on=one.effective_on,
            state=one.state,
            points=points,
        )


class BatchViewAnswer(Answer):
    """A batch with its rows; ``counts`` says how many are in which state."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "batch": {
                    "id": "01937f3e-7d2a-7c3b-9f00-000000000001",
                    "file_name": "十一月志愿服务.xlsx",
                    "row_count": 1,
                    "recorded_at": "2026-11-21T02:00:00Z",
                    "recorded_by": "01937f3e-7d2a-7c3b-9f00-000000000002",
                    "again": False,
                    "reversed_at": None,
                    "reversed_by": None,
                    "reversal_reason": None,
                },
                "counts": {"posted": 1},
                "rows": [
                    {
                        "row": 2,
                        "id": "01937f3e-7d2a-5c3b-9f00-000000000003",
                        "member_id": "01937f3e-7d2a-7c3b-9f00-000000000004",
                        "number": "M0001",
                        "name": "王䶮",
                        "item": "SRV-D02",
                        "effective_on": "2026-11-05",
                        "state": "posted",
                        "points": 0,
                    }
                ],
            }
        }
    )

    batch: BatchAnswer
    counts: dict[RowState, int]
    rows: list[ImportedRowAnswer]

    @classmethod
    def of(cls, view: BatchView) -> BatchViewAnswer:
        return cls(**_shown(view))


class EntriesImportedAnswer(BatchViewAnswer):
    """What an import recorded or, in a preview, would record; both are the same."""

    model_config = ConfigDict(json_schema_extra={})

    preview: bool
    replayed: bool = Field(description="同一批次已收到过 · the same batch was received before")
    effects: list[EffectAnswer] = Field(description="对各党员积分的影响 · on each standing that the caller reads")

    @classmethod
    def of_import(cls, view: BatchView, *, preview: bool) -> EntriesImportedAnswer:
        effects = [EffectAnswer.of(one) for one in view.effects]
        return cls(**_shown(view), preview=preview, replayed=view.replayed, effects=effects)


class BatchReversalRequest(Model):
    """Why the whole batch is taken back, and under which new id."""

    id: UUID = Field(description="由客户端生成 · made by the client", examples=["01937f3e-7d2a-7c3b-9f00-000000000009"])
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        examples=["导错文件 · the wrong file"]
    )


class BatchReversedAnswer(BatchViewAnswer):
    """A batch after its reversal; rows are named by their numbers."""

    model_config = ConfigDict(json_schema_extra={})

    preview: bool
    replayed: bool
    reversed: list[int] = Field(description="已冲正的行 · rows whose entries were reversed")
    withdrawn: list[int] = Field(description="已撤回的申报所在行 · rows whose proposals were withdrawn")
    skipped: list[int] = Field(description="此前已冲正、撤回、不予采纳或失效的行 · ended before")
    effects: list[EffectAnswer]

    @classmethod
    def of_reversal(cls, done: ReversedBatch, *, preview: bool) -> BatchReversedAnswer:
        return cls(
            **_shown(done.view),
            preview=preview,
            replayed=done.replayed,
            reversed=list(done.reversed),
            withdrawn=list(done.withdrawn),
            skipped=list(done.skipped),
            effects=[EffectAnswer.of(one) for one in done.view.effects],
        )


class BatchPageAnswer(Answer):
    """Batches, the latest first; ask again with ``cursor`` = ``following`` until it is null."""

    batches: list[BatchAnswer]
    following: str | None

    @classmethod
    def of(cls, page: BatchPage) -> BatchPageAnswer:
        following = None if page.following is None else cursor_of(*page.following)
        return cls(batches=[BatchAnswer.of(one) for one in page.batches], following=following)


def before_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Where a list goes on, backwards in time."""
    return after_cursor(cursor)


def _shown(view: BatchView) -> dict[str, Any]:
    counts: dict[RowState, int] = {}
    for one in view.rows:
        counts[one.state] = counts.get(one.state, 0) + 1
    return {
        "batch": BatchAnswer.of(view.batch),
        "counts": counts,
        "rows": [ImportedRowAnswer.of(one) for one in view.rows],
    }
