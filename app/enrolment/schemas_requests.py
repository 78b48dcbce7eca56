"""What HTTP sends for changes of members and branches, and what it sees of a member's dated facts."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from app.enrolment.core_changes import (
    Enrolling,
    ExemptionEnd,
    ExemptionGround,
    ExemptionWish,
    Leaving,
    LeavingGround,
    MemberPast,
    NewBranch,
    Reclassing,
    Reform,
    Verb,
)
from app.enrolment.schemas_changes import ChangeAnswer, ClientId, Paper
from app.kit.days import Day
from app.kit.http import Answer, Model
from app.kit.naming import OrganisationName
from app.roster.core import BranchForm

Code = Annotated[str, Field(min_length=1, max_length=40)]
MEMBERS_MAX = 500


class EnrolmentRequest(Model):
    """One row of a roster; the faults are told as those of a workbook are."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-00000000c001",
                "number": "M1301",
                "name": "王䶮",
                "joined_on": "2015-07-01",
                "branch": "ZB01",
                "profile": "普通党员",
                "entered_on": "2026-11-20",
            }
        }
    )

    id: ClientId
    number: Code = Field(description="党员编号 · the roster's number")
    name: str = Field(min_length=1, max_length=40)
    id_number: str | None = Field(None, min_length=1, max_length=40, description="选填，加密保存 · encrypted")
    phone: str | None = Field(None, min_length=1, max_length=40, description="选填，加密保存 · encrypted")
    joined_on: Day = Field(description="入党日期 · the day of joining the Party")
    branch: Code = Field(description="支部代码 · the branch's code")
    group: Code | None = Field(None, description="党小组代码 · the group's code")
    enterprise: Code | None = Field(None, description="所在单位信用代码 · the firm's credit code")
    profile: str = Field(min_length=1, max_length=60, description="党员类型 · class of members")
    entered_on: Day = Field(description="进入支部日期 · the day of entering the branch")

    def wish(self) -> Enrolling:
        return Enrolling(self.id, {key: value for key, value in self.model_dump().items() if key != "id"})


class ClassRequest(Model):
    """Another class or group from today on; what is left open stays."""

    id: ClientId
    profile: str | None = Field(None, min_length=1, max_length=60, description="党员类型 · class of members")
    group_id: UUID | None = None

    def wish(self, member_id: UUID) -> Reclassing:
        return Reclassing(self.id, member_id, self.profile, self.group_id)


class ExemptionRequest(Model):
    """Days without grading, both included; the class of the ground only."""

    id: ClientId
    ground: ExemptionGround = Field(description="只填类别，不填病情 · the class, never a detail")
    from_on: Day
    until_on: Day | None = Field(None, description="最后一天 · the last day")
    reference: Paper

    def wish(self, member_id: UUID) -> ExemptionWish:
        return ExemptionWish(self.id, member_id, self.ground, self.from_on, self.until_on, self.reference)


class ExemptionEndRequest(Model):
    """The last day of an exemption."""

    id: ClientId
    until_on: Day = Field(description="最后一天 · the last day")
    reference: Paper

    def wish(self, exemption_id: UUID) -> ExemptionEnd:
        return ExemptionEnd(self.id, exemption_id, self.until_on, self.reference)


class LeavingRequest(Model):
    """The end of a membership."""

    id: ClientId
    ground: LeavingGround = Field(
        description="transferred_out 转出本区，died 去世，expelled 开除，removed 除名，lost_contact 失联停止党籍"
    )
    left_on: Day = Field(description="最后一天 · the last day")
    reference: Paper

    def wish(self, member_id: UUID) -> Leaving:
        return Leaving(self.id, member_id, self.ground, self.left_on, self.reference)


class MergerRequest(Model):
    """Into which branch."""

    id: ClientId
    into_id: UUID = Field(description="并入的支部 · the branch that takes them in")
    reference: Paper

    def wish(self, branch_id: UUID) -> Reform:
        return Reform(self.id, branch_id, Verb.MERGED, self.into_id, reference=self.reference)


class NewBranchModel(Model):
    """The branch to be founded."""

    id: ClientId
    code: Code = Field(description="自编，全区不得重复 · no other organisation's")
    name: str = Field(min_length=1, max_length=60)
    form: BranchForm | None = Field(None, description="组建形式 · single, joint or trade")


class DivisionRequest(Model):
    """Who founds a new branch under the same committee."""

    id: ClientId
    branch: NewBranchModel
    members: list[UUID] = Field(min_length=1, max_length=MEMBERS_MAX)
    reference: Paper

    def wish(self, branch_id: UUID) -> Reform:
        new = NewBranch(self.branch.id, self.branch.code, self.branch.name, self.branch.form)
        members = tuple(sorted(set(self.members)))
        return Reform(self.id, branch_id, Verb.SPLIT, None, new, members, self.reference)


class BranchMoveRequest(Model):
    """Under which committee; the successor's id is the client's."""

    id: ClientId
    committee_id: UUID
    successor_id: UUID = Field(description="支部在新党委下的编号 · the branch's id from then on")
    reference: Paper

    def wish(self, branch_id: UUID) -> Reform:
        new = NewBranch(self.successor_id, "", "")
        return Reform(self.id, branch_id, Verb.MOVED, self.committee_id, new, reference=self.reference)


class ClosingRequest(Model):
    """A branch that has no members any more."""

    id: ClientId
    reference: Paper

    def wish(self, branch_id: UUID) -> Reform:
        return Reform(self.id, branch_id, Verb.CLOSED, reference=self.reference)


class SpellAnswer(Answer):
    """One membership; ``until_on`` is its last day."""

    branch_id: UUID
    branch_name: OrganisationName = None
    group_id: UUID | None
    group_name: OrganisationName = None
    profile: str
    from_on: date
    until_on: date | None


class ExemptionAnswer(Answer):
    """One exemption."""

    id: UUID
    ground: str
    from_on: date
    until_on: date | None


class MemberPastAnswer(Answer):
    """Everything dated about a member, and the changes that made it."""

    memberships: list[SpellAnswer]
    exemptions: list[ExemptionAnswer]
    changes: list[ChangeAnswer]

    @classmethod
    def of(cls, past: MemberPast) -> MemberPastAnswer:
        return cls(
            memberships=[SpellAnswer.model_validate(one) for one in past.memberships],
            exemptions=[ExemptionAnswer.model_validate(one) for one in past.exemptions],
            changes=[ChangeAnswer.of(one) for one in past.changes],
        )
