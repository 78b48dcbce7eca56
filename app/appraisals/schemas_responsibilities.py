"""What HTTP sees of duty lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.appraisals.core_responsibilities import (
    Responsibility,
    ResponsibilityState,
    ResponsibilityView,
    Verdict,
    WantedList,
)
from app.appraisals.schemas import AppraisalBasisRequest, AppraisalStepAnswer, Words
from app.files.schemas import FileAnswer, FileHash
from app.kit.days import Day
from app.kit.http import Answer, Model
from app.kit.naming import AccountName, OrganisationName


class ResponsibilityItem(Model):
    """One thing that a secretary is to have done."""

    text: Words = Field(examples=["每季度向党委报告一次支部工作"])
    due_on: Day = Field(description="到期日，在该年度内 · within the year", examples=["2026-12-20"])


class ResponsibilitiesRequest(Model):
    """Puts items on the lists of branches."""

    id: UUID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
    year: int = Field(ge=2000, le=2199, examples=[2026])
    branches: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    items: Annotated[list[ResponsibilityItem], Field(min_length=1, max_length=50)]

    def wanted(self) -> WantedList:
        items = tuple((one.text, one.due_on) for one in self.items)
        return WantedList(self.id, self.year, tuple(dict.fromkeys(self.branches)), items)


class ReportRequest(AppraisalBasisRequest):
    """The secretary says how an item was done; ``basis`` are the words."""

    files: list[FileHash] = Field(default=[], max_length=10, description="证明材料 · digests of evidence")


class ResponsibilityVerdictRequest(AppraisalBasisRequest):
    """What the committee makes of an item."""

    verdict: Verdict = Field(description="met 完成，unmet 未完成，returned 退回，dropped 撤销")


class ResponsibilityLineAnswer(Answer):
    """An item in a list."""

    id: UUID
    year: str
    branch_id: UUID
    branch_name: OrganisationName = None
    text: str
    due_on: date
    state: ResponsibilityState
    version: int
    set_by: UUID | None
    set_by_name: AccountName = None
    set_at: datetime
    report: str | None
    reported_by: UUID | None
    reported_by_name: AccountName = None
    verdict: str | None
    judged_by: UUID | None
    judged_by_name: AccountName = None

    @classmethod
    def of(cls, one: Responsibility) -> ResponsibilityLineAnswer:
        return cls.model_validate(one)


class ResponsibilitiesAnswer(Answer):
    """Items by id; ask again with ``after`` = ``following`` until it is null."""

    responsibilities: list[ResponsibilityLineAnswer]
    following: UUID | None


class ResponsibilityAnswer(ResponsibilityLineAnswer):
    """An item with its evidence and every step."""

    files: list[FileAnswer]
    steps: list[AppraisalStepAnswer]

    @classmethod
    def of_view(cls, view: ResponsibilityView) -> ResponsibilityAnswer:
        line = ResponsibilityLineAnswer.of(view.responsibility)
        return cls(
            **{name: getattr(line, name) for name in ResponsibilityLineAnswer.model_fields},
            files=[FileAnswer.of(one) for one in view.files],
            steps=[AppraisalStepAnswer.of(one) for one in view.steps],
        )
