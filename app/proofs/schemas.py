"""What HTTP sees of the proof of a sealed quarter."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from app.kit.http import Answer
from app.proofs.core import Checkpoint


class QuarterProofAnswer(Answer):
    """The checkpoint of a quarter's seal; before there is one, the quarter alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "quarter": "2026Q3",
                "number": 41,
                "made_at": "2026-10-25T18:05:00Z",
                "root": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "rows": 31,
                "rows_root": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }
        }
    )

    quarter: str
    number: int | None = Field(None, description="校验点编号，封账前为空 · none before the seal")
    made_at: datetime | None = None
    root: str | None = Field(None, description="根值，应保存在系统之外 · to be kept outside of the service")
    rows: int | None = Field(None, description="封存的党员数 · standings that were frozen")
    rows_root: str | None = None

    @classmethod
    def of(cls, found: Checkpoint) -> QuarterProofAnswer:
        if found.seal is None:
            raise AssertionError("the proof of a quarter is a seal's checkpoint")
        return cls(
            quarter=found.seal.quarter,
            number=found.number,
            made_at=found.made_at,
            root=found.root.hex(),
            rows=found.seal.rows,
            rows_root=found.seal.rows_root.hex(),
        )
