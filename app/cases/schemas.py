"""What HTTP sees of the lines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.cases.core import Exclusion
from app.cases.core_found import Found, FoundRow
from app.kit.http import Answer, Model
from app.rules.points import printed_number
from app.rules.schemas_points import Points


class FindingAnswer(Answer):
    """One member met one line; with exclusions its consequence does not hold, and they say why."""

    line: str = Field(examples=["assist"])
    member_id: UUID
    name: str
    branch_id: UUID
    branch: str
    basis: str = Field(description="daily 日常 · total 总分 · dimension 指标 · pace 进度（%）")
    value: Points
    bound: Points
    exclusions: list[Exclusion]
    position: int | None = Field(description="推荐顺序（同一名额池内） · in the order of recommendation")

    @classmethod
    def of(cls, row: FoundRow) -> FindingAnswer:
        return cls(
            line=row.line,
            member_id=row.member_id,
            name=row.name,
            branch_id=row.branch_id,
            branch=row.branch,
            basis=row.basis,
            value=printed_number(row.value, row.decimals),
            bound=printed_number(row.bound, row.decimals),
            exclusions=[Exclusion(one) for one in row.exclusions],
            position=row.position,
        )


class LineCountAnswer(Answer):
    """How many were tested against a line and how many met it; before it decides, nobody is named."""

    line: str
    tested: int
    met: int
    out_of_reach: int
    named: int
    quota: int | None
    found_at: datetime


class LinesAnswer(Answer):
    """What the lines found at the end of a quarter."""

    quarter: str
    was_tested: bool = Field(
        description="该季度的分数线是否已运行；未运行时清单为空不等于无人达线 · whether the lines were applied yet"
    )
    findings: list[FindingAnswer]
    counts: list[LineCountAnswer]

    @classmethod
    def of(cls, found: Found) -> LinesAnswer:
        return cls(
            quarter=found.quarter,
            was_tested=found.was_tested,
            findings=[FindingAnswer.of(row) for row in found.findings],
            counts=[LineCountAnswer.model_validate(row) for row in found.counts],
        )


class LineSettingModel(Model):
    """What a district chooses about the lines."""

    half_year_decides: bool = Field(
        strict=True, description="年中（7月1日前后）是否推荐 · whether the half-year names persons too"
    )
