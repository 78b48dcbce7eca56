"""What HTTP sees of changes of enrolment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from app.enrolment.core_changes import (
    Acceptance,
    Change,
    Done,
    Effected,
    Result,
    Side,
    TransferPage,
    TransferState,
    TransferView,
    TransferWish,
    Verb,
)
from app.kit.http import Answer, Model
from app.kit.naming import MemberName, OrganisationName
from app.rules.points import printed_number
from app.rules.schemas_points import Points

CURSOR = r"^\S{1,40}~[0-9a-f-]{36}$"

Paper = Annotated[
    str | None, Field(None, min_length=1, max_length=100, description="依据文号 · the paper that it stands on")
]
Seen = Annotated[int | None, Field(None, ge=1, strict=True, description="所见版本 · the version that you saw")]
ClientId = Annotated[UUID, Field(description="由客户端生成，重发用同一编号 · the client's; a retry sends the same")]


class TransferRequest(Model):
    """A transfer, of one member (by id or number), to a branch or out of the district."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-00000000a001",
                "member_id": "0192f5a0-0000-7000-8000-000000000001",
                "to_branch_id": "0192f5a0-0000-7000-8000-0000000000b2",
                "reason": "工作调动",
            }
        }
    )

    id: ClientId
    member_id: UUID | None = None
    number: str | None = Field(None, min_length=1, max_length=40, description="党员编号 · the roster's number")
    name: str | None = Field(None, min_length=1, max_length=40, description="姓名，凭编号接收时填 · with the number")
    to_branch_id: UUID | None = Field(None, description="转入支部 · the receiving branch")
    destination: str | None = Field(
        None, min_length=1, max_length=120, description="转出本区时的去向 · out of the district: where to"
    )
    reason: str | None = Field(None, min_length=1, max_length=200)

    def wish(self) -> TransferWish:
        return TransferWish(**self.model_dump())


class AcceptanceRequest(Model):
    """With which group and class the member enters; what is left open stays as it was."""

    seen: Seen
    group_id: UUID | None = None
    profile: str | None = Field(None, min_length=1, max_length=60, description="党员类型 · class of members")

    def acceptance(self) -> Acceptance:
        return Acceptance(self.group_id, self.profile, self.seen)


class DeclineRequest(Model):
    """Why the other side does not agree."""

    seen: Seen
    reason: str = Field(min_length=2, max_length=200)


class TransferWithdrawalRequest(Model):
    """Taking a proposal back."""

    seen: Seen
    note: str | None = Field(None, min_length=1, max_length=200)


class MovedAnswer(Answer):
    """One member with the branches before and after."""

    member_id: UUID
    number: str
    name: str
    from_branch_id: UUID | None
    from_branch_name: OrganisationName = None
    to_branch_id: UUID | None
    to_branch_name: OrganisationName = None


class EffectedAnswer(Answer):
    """A standing before and after."""

    member_id: UUID
    member_name: MemberName = None
    cycle: str
    total_before: Points
    total: Points

    @classmethod
    def of(cls, effect: Effected) -> EffectedAnswer:
        return cls(
            member_id=effect.member_id,
            cycle=effect.cycle,
            total_before=printed_number(effect.total_before, effect.decimals),
            total=printed_number(effect.total, effect.decimals),
        )


class ResultAnswer(Answer):
    """What a change did."""

    moved: list[MovedAnswer]
    effects: list[EffectedAnswer] = Field(description="各人积分的前后 · the standings before and after")
    waived: int = Field(description="免除的职责数 · duties waived")
    asked_again: int = Field(description="恢复的职责数 · duties that are due again")
    reversed: int = Field(description="冲正的扣分数 · losses given back")
    offices_ended: int
    handed_on: int = Field(description="转由现支部办理的申报和申诉 · submissions and appeals handed on")

    @classmethod
    def of(cls, result: Result) -> ResultAnswer:
        return cls(
            moved=[MovedAnswer.model_validate(one) for one in result.moved],
            effects=[EffectedAnswer.of(one) for one in result.effects],
            waived=result.waived,
            asked_again=result.asked_again,
            reversed=result.reversed,
            offices_ended=result.offices_ended,
            handed_on=result.handed_on,
        )


class TransferAnswer(Answer):
    """A transfer and how it stands."""

    id: UUID
    member_id: UUID
    member_number: str
    member_name: str
    from_branch_id: UUID
    from_branch: str
    to_branch_id: UUID | None
    to: str = Field(description="转入支部或去向 · the receiving branch, or where to")
    asked_by: Side
    reason: str | None
    state: TransferState
    version: int
    recorded_at: datetime
    decided_at: datetime | None
    note: str | None
    moved_on: date | None
    result: ResultAnswer | None
    preview: bool = False

    @classmethod
    def of(cls, view: TransferView, *, preview: bool = False) -> TransferAnswer:
        one = view.transfer
        return cls(
            id=one.id,
            member_id=one.member_id,
            member_number=view.member_number,
            member_name=view.member_name,
            from_branch_id=one.from_branch_id,
            from_branch=view.from_name,
            to_branch_id=one.to_branch_id,
            to=view.to_name,
            asked_by=one.asked_by,
            reason=one.reason,
            state=one.state,
            version=one.version,
            recorded_at=one.recorded_at,
            decided_at=one.decided_at,
            note=one.note,
            moved_on=one.moved_on,
            result=None if one.result is None else ResultAnswer.of(one.result),
            preview=preview,
        )


class TransferPageAnswer(Answer):
    """The latest first."""

    transfers: list[TransferAnswer]
    next: str | None = Field(description="下一页的 cursor · the cursor of the next page")

    @classmethod
    def of(cls, page: TransferPage) -> TransferPageAnswer:
        following = page.following
        return cls(
            transfers=[TransferAnswer.of(one) for one in page.transfers],
            next=None if following is None else f"{_moment(following[0])}~{following[1]}",
        )


def _moment(at: datetime) -> str:
    """In UTC with a Z, since a plus sign in an address reads as a space."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def cursor_of(text: str | None) -> tuple[datetime, UUID] | None:
    """What ``next`` said. A cursor that was made up finds nothing before it."""
    if text is None:
        return None
    at, _, last = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, UUID(last)) if moment.tzinfo is not None else None


class ChangeAnswer(Answer):
    """A change that was made, with what it did; a preview says the same and does nothing."""

    id: UUID
    verb: Verb
    member_id: UUID | None
    member_name: MemberName = None
    organisation_id: UUID | None
    organisation_name: OrganisationName = None
    effective_on: date
    ground: str | None
    reference: str | None
    recorded_at: datetime
    result: ResultAnswer
    preview: bool = False

    @classmethod
    def of(cls, change: Change, *, preview: bool = False) -> ChangeAnswer:
        return cls(
            id=change.id,
            verb=change.verb,
            member_id=change.member_id,
            organisation_id=change.organisation_id,
            effective_on=change.effective_on,
            ground=change.ground,
            reference=change.reference,
            recorded_at=change.recorded_at,
            result=ResultAnswer.of(change.result),
            preview=preview,
        )

    @classmethod
    def of_done(cls, done: Done, *, preview: bool = False) -> ChangeAnswer:
        return cls.of(done.change, preview=preview)
