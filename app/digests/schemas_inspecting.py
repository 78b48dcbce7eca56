"""What HTTP sees of inspecting a sample."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from app.digests.core_inspecting import Following, Inspection, InspectionPage
from app.kit.http import Answer, Model

_ENTRY = "0192f5a0-0000-7000-8000-0000000000e1"
_FINDING: dict[str, Any] = {"id": "0192f5a0-0000-7000-8000-0000000000f1", "entry_id": _ENTRY, "in_order": True}
INSPECTIONS_MAX = 200


class InspectionRequest(Model):
    """What was found of one sampled record."""

    model_config = ConfigDict(json_schema_extra={"example": _FINDING})

    id: UUID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
    entry_id: UUID
    in_order: bool = Field(description="与依据相符 · it agrees with its evidence")
    follows: Following = Field(
        Following.NOTHING,
        description="不符时如何处理：correction 冲正更正 · evidence 补充依据 · fault 按失误申报 · nothing 不处理"
        " · what follows where it does not: it is corrected, evidence is handed in, a fault is proposed, or nothing",
    )
    note: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)] | None = Field(
        None, description="情况说明，不符时必填 · what was found; needed where it is not in order"
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.in_order and self.follows is not Following.NOTHING:
            raise ValueError("in_order: nothing follows from a record that is in order")
        if not self.in_order and self.note is None:
            raise ValueError("note: say what is not in order")
        return self

    def inspection(self) -> Inspection:
        return Inspection(self.id, self.entry_id, self.in_order, self.follows, self.note)


class InspectionsRequest(Model):
    """Findings about one sample, all or nothing."""

    model_config = ConfigDict(json_schema_extra={"example": {"inspections": [_FINDING]}})

    inspections: list[InspectionRequest] = Field(min_length=1, max_length=INSPECTIONS_MAX)


class SampledAnswer(Answer):
    """A record of the sample, with the last finding about it."""

    entry_id: UUID
    branch: str
    member_number: str
    item: str
    effective_on: str
    points: str
    in_order: bool | None = Field(description="空：尚未抽查 · none: nobody has looked at it")
    follows: Following | None
    note: str | None
    inspected_at: datetime | None
    inspected_by: str | None


class SampleAnswer(Answer):
    """A sample, and how far its inspection has come."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "period": "2026Q3",
                "drawn": 1,
                "inspected": 1,
                "wrong": 0,
                "entries": [
                    {
                        "entry_id": _ENTRY, "branch": "第一支部", "member_number": "A001", "item": "ORG-D01",
                        "effective_on": "2026-09-20", "points": "0", "in_order": True, "follows": "nothing",
                        "note": None, "inspected_at": "2026-11-02T01:00:00Z", "inspected_by": "王审核",
                    }
                ],
            }
        }
    )  # fmt: skip

    period: str
    drawn: int
    inspected: int
    wrong: int = Field(description="与依据不符 · not in order")
    entries: list[SampledAnswer]

    @classmethod
    def of(cls, page: InspectionPage) -> SampleAnswer:
        entries = []
        for entry_id, row in page.entries.items():
            done = page.done.get(entry_id)
            found = None if done is None else done.inspection
            entries.append(
                SampledAnswer(
                    entry_id=entry_id,
                    branch=row["branch"],
                    member_number=row["member_number"],
                    item=row["item"],
                    effective_on=row["effective_on"],
                    points=row["points"],
                    in_order=None if found is None else found.in_order,
                    follows=None if found is None else found.follows,
                    note=None if found is None else found.note,
                    inspected_at=None if done is None else done.at,
                    inspected_by=None if done is None else done.name,
                )
            )
        return cls(
            period=page.snapshot.period,
            drawn=len(entries),
            inspected=len(page.done),
            wrong=page.wrong,
            entries=entries,
        )
