"""What HTTP sees of plans, and of the district's list."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kit.http import Answer, Model
from app.kit.naming import AccountName, OrganisationName
from app.ratings.core import PROBLEMS_MAX, Listed, Plan, PlanKind, PlanState, Problem
from app.ratings.core_treatments import Treated, Treatment

Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_ID = "由客户端生成，重发用同一编号 · made by the client; a retry sends the same"
_SEEN = "查看时的版本；此后有变动的不保存 · the version that was seen"


class ProblemItem(Model):
    """What is to be put right, by whom and until when."""

    text: Words = Field(examples=["支部委员会缺额"])
    person: Annotated[str, StringConstraints(min_length=1, max_length=50)] = Field(examples=["支部书记"])
    due_on: date


class RatingPlanRequest(Model):
    """A plan of rectification or cultivation."""

    id: UUID = Field(description=_ID)
    problems: list[ProblemItem] = Field(min_length=1, max_length=PROBLEMS_MAX)

    def listed(self) -> list[Problem]:
        return [Problem(at, one.text, one.person, one.due_on) for at, one in enumerate(self.problems, 1)]


class PlanStepRequest(Model):
    """A step of a plan, with its words."""

    seen: int | None = Field(None, ge=1, description=_SEEN)
    note: Words


class StrikeRequest(PlanStepRequest):
    """Strikes one problem off."""

    number: int = Field(ge=1, le=PROBLEMS_MAX)


class PlanCloseRequest(PlanStepRequest):
    """Accepts a plan, or finds that its deadline was missed."""

    accepted: bool


class ProblemAnswer(Answer):
    """One problem; struck off from a day on."""

    number: int
    text: str
    person: str
    due_on: date
    struck_on: date | None
    struck_by: UUID | None
    struck_by_name: AccountName = None
    note: str | None


class RatingPlanAnswer(Answer):
    """A plan with its problems."""

    id: UUID
    rating_id: UUID
    branch_id: UUID
    branch_name: OrganisationName = None
    kind: PlanKind
    state: PlanState
    problems: list[ProblemAnswer]
    opened_on: date
    due_on: date
    extended_on: date | None
    misses: int
    closed_on: date | None
    note: str | None
    helper_id: UUID | None = Field(description="帮带的龙头支部 · the branch that helps")
    helper_name: OrganisationName = None
    version: int

    @classmethod
    def of(cls, plan: Plan) -> RatingPlanAnswer:
        return cls.model_validate(plan)


class PlansAnswer(Answer):
    """Plans by the day on which they are due, and whose star asks for one that is not there yet."""

    plans: list[RatingPlanAnswer]
    without: list[UUID] = Field(description="应有而未立计划的评定 · ratings that wait for a plan")


class TreatedAnswer(Answer):
    """A branch with its star, and what follows from it."""

    branch_id: UUID
    branch: str
    rating_id: UUID
    star: int | None
    named_star: int | None
    treatment: Treatment | None
    valid_until: date | None
    wants_plan: bool = Field(description="应立计划而未立 · the star asks for a plan that is not there yet")
    plan_id: UUID | None
    plan_state: PlanState | None
    due_on: date | None
    late: bool = Field(description="计划已逾期 · the plan is overdue")
    helper_id: UUID | None = Field(description="帮带的龙头支部 · the branch that helps")
    helper_name: OrganisationName = None
    listed: bool = Field(description="在区整改名单上 · on the district's list")


class TreatmentsAnswer(Answer):
    """Branches by what follows from their stars, the fewest stars first."""

    branches: list[TreatedAnswer]

    @classmethod
    def of(cls, found: tuple[Treated, ...]) -> TreatmentsAnswer:
        return cls(branches=[TreatedAnswer.model_validate(one) for one in found])


class ListedAnswer(Answer):
    """A branch on the district's list of rectification."""

    branch_id: UUID
    branch: str
    stars: tuple[int | None, ...]


class ListAnswer(Answer):
    """The district's list."""

    branches: list[ListedAnswer]

    @classmethod
    def of(cls, found: tuple[Listed, ...]) -> ListAnswer:
        return cls(branches=[ListedAnswer.model_validate(one) for one in found])
