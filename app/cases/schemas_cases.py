"""What HTTP sees of assistance cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.cases.core_cases import (
    CaseAction,
    CasePage,
    CaseState,
    CaseStep,
    CaseView,
    Deed,
    Failures,
)
from app.kit.http import Answer, Model
from app.kit.naming import AccountName
from app.rules.points import printed_number
from app.rules.schemas_points import Points
from app.submissions.schemas import after_cursor, cursor_of

Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
ID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
_SEEN = Field(
    None, ge=1, description="您看到的最后一步；有变动则不保存 · the last step seen: refused where it has moved on"
)


def page_after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Where ``following`` of the page before leads."""
    return after_cursor(cursor)


class TalkRequest(Model):
    """That the talk was held."""

    id: UUID = ID
    held_on: date = Field(description="谈话之日 · the day", examples=["2026-10-20"])
    note: Words = Field(description="谈话要点 · what was said, in short", examples=["本人说明三季度轮班较多"])
    seen: int | None = _SEEN

    def deed(self) -> Deed:
        return Deed(self.id, CaseAction.TALK_HELD, self.note, day=self.held_on, seen=self.seen)


class CasePlanRequest(Model):
    """The plan: what is amiss, what is done about it, and who helps."""

    id: UUID = ID
    problems: Words = Field(examples=["主题党日三次缺席，未补课"])
    measures: Words = Field(examples=["参加晚间场次；每月与帮扶人谈一次"])
    helper_id: UUID | None = Field(None, description="帮扶人（党员）；可以稍后确定 · a member; may be named later")
    note: Words | None = None
    seen: int | None = _SEEN

    def deed(self) -> Deed:
        return Deed(
            self.id,
            CaseAction.PLANNED,
            self.note,
            problems=self.problems,
            measures=self.measures,
            helper_id=self.helper_id,
            seen=self.seen,
        )


class HelperRequest(Model):
    """Who helps."""

    id: UUID = ID
    helper_id: UUID
    note: Words | None = None
    seen: int | None = _SEEN

    def deed(self, action: CaseAction) -> Deed:
        return Deed(self.id, action, self.note, helper_id=self.helper_id, seen=self.seen)


class CaseVerdictRequest(Model):
    """What the committee decides, and why."""

    id: UUID = ID
    note: Words = Field(description="理由 · why", examples=["帮扶期内各项职责均已履行，同意验收"])
    seen: int | None = _SEEN

    def deed(self, action: CaseAction) -> Deed:
        return Deed(self.id, action, self.note, seen=self.seen)


class CaseStepAnswer(Answer):
    """One thing that was done: who, when, why."""

    number: int
    action: str = Field(examples=["talk_held"])
    note: str | None
    day: date | None
    at: datetime
    by: UUID | None = Field(description="为空：系统 · null: the service itself")
    by_name: AccountName = None

    @classmethod
    def of(cls, step: CaseStep) -> CaseStepAnswer:
        return cls.model_validate(step)


class ProgressAnswer(Answer):
    """Duties that fell due since the case was opened; the points themselves say nothing of progress."""

    kept: int
    missed: int
    open: int = Field(description="到期未定论 · due and not decided")
    decided: int
    percent: int | None = Field(description="已履行占已定论（%） · kept, of those decided")


class CaseAnswer(Answer):
    """An assistance case: help, not punishment; nothing in it is a disciplinary decision."""

    id: UUID
    member_id: UUID
    member: str
    branch_id: UUID
    branch: str
    quarter: str
    value: Points = Field(description="季末总分 · the total at the quarter's end")
    bound: Points
    state: CaseState
    version: int
    opened_on: date
    due_on: date | None = Field(description="下一步的期限 · by when the next step is due")
    talk_on: date | None
    problems: str | None
    measures: str | None
    helper_id: UUID | None
    helper: str | None
    proposed_helper_id: UUID | None
    proposed_helper: str | None
    planned_on: date | None
    extended_on: date | None
    failed_on: date | None
    ended_at: datetime | None

    @classmethod
    def of(cls, view: CaseView) -> CaseAnswer:
        return cls(**_values(view))


def _values(view: CaseView) -> dict[str, object]:
    case = view.case
    beside = {"member", "branch", "value", "bound", "helper", "proposed_helper"}
    return {
        **{name: getattr(case, name) for name in CaseAnswer.model_fields if name not in beside},
        "member": view.member,
        "branch": view.branch,
        "value": printed_number(case.value, view.decimals),
        "bound": printed_number(case.bound, view.decimals),
        "helper": view.helper,
        "proposed_helper": view.proposed_helper,
    }


class CaseViewAnswer(CaseAnswer):
    """A case with what was done to it and what became of the member's duties since."""

    progress: ProgressAnswer
    steps: list[CaseStepAnswer]

    @classmethod
    def of(cls, view: CaseView) -> CaseViewAnswer:
        return cls.model_validate(
            {
                **_values(view),
                "progress": ProgressAnswer.model_validate(view.progress),
                "steps": [CaseStepAnswer.of(one) for one in view.steps],
            }
        )


class CasePageAnswer(Answer):
    """Cases by time of opening; ask again with ``cursor`` = ``following`` until it is null."""

    cases: list[CaseAnswer]
    following: str | None

    @classmethod
    def of(cls, page: CasePage) -> CasePageAnswer:
        following = None if page.following is None else cursor_of(*page.following)
        return cls(cases=[CaseAnswer.of(one) for one in page.cases], following=following)


class FailuresAnswer(Answer):
    """A member whose cases failed twice: for the committee to consider; the service decides nothing."""

    member_id: UUID
    member: str
    branch_id: UUID
    branch: str
    count: int
    last_on: date


class FailuresListAnswer(Answer):
    """By branch."""

    members: list[FailuresAnswer]

    @classmethod
    def of(cls, found: list[Failures]) -> FailuresListAnswer:
        return cls(members=[FailuresAnswer.model_validate(one) for one in found])
