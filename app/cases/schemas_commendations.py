"""What HTTP sees of commendations."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from app.cases.core import Exclusion
from app.cases.core_cases import PAGE_MAX
from app.cases.core_commendations import (
    Choice,
    CommendationPage,
    CommendationView,
    ListState,
    Meeting,
    Moved,
    OnNotice,
    ToWithdraw,
)
from app.cases.schemas_cases import CaseStepAnswer, Words
from app.kit.http import Answer, Model
from app.rules.points import printed_number
from app.rules.schemas_points import Points

Code = Annotated[str, StringConstraints(pattern=r"^\d{4}Q[1-4]$")]
CURSOR = r"^[0-9]{1,10}\.[0-9a-f]{32}\.[ -~]{1,200}$"
_CURSOR = re.compile(r"([0-9]+)\.([0-9a-f]{32})\.(.+)")
_ID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
_QUARTER = Field(examples=["2026Q2"])
_VOTES = Field(ge=0, le=100_000)


def order_after(cursor: str | None) -> tuple[str, int, UUID] | None:
    """Where ``following`` of the page before leads."""
    found = _CURSOR.fullmatch(cursor or "")
    return None if found is None else (found[3], int(found[1]), UUID(hex=found[2]))


class ChoiceItem(Model):
    """What the meeting decides of one on the list."""

    commendation_id: UUID
    recommend: bool = Field(description="true 同意推荐，false 划去（须写理由） · false: struck, for a reason")
    votes_for: int = _VOTES
    note: Words | None = None

    def choice(self) -> Choice:
        return Choice(self.commendation_id, self.recommend, self.votes_for, self.note)


class MeetingRequest(Model):
    """A recorded decision of the branch meeting."""

    id: UUID = _ID
    branch_id: UUID
    quarter: Code = _QUARTER
    held_on: date = Field(description="支部大会日期 · the day of the branch meeting")
    votes_cast: int = Field(ge=1, le=100_000, description="到会有表决权的人数 · how many voted")
    choices: list[ChoiceItem] = Field(min_length=1, max_length=PAGE_MAX)

    @field_validator("choices")
    @classmethod
    def _different(cls, value: list[ChoiceItem]) -> list[ChoiceItem]:
        if len({one.commendation_id for one in value}) < len(value):
            raise PydanticCustomError("ids_repeated", "each is decided once a request")
        return value

    def meeting(self) -> Meeting:
        choices = tuple(one.choice() for one in self.choices)
        return Meeting(self.id, self.branch_id, self.quarter, self.held_on, self.votes_cast, choices)


class NoticeRequest(Model):
    """Whom the meeting recommends goes on notice."""

    id: UUID = _ID
    branch_id: UUID
    quarter: Code = _QUARTER
    until: date | None = Field(None, description="公示截止日；不填为五个工作日 · five working days unless given")


class ConfirmationRequest(Model):
    """After the notice."""

    id: UUID = _ID
    organisation_id: UUID = Field(description="党支部、党委或区 · a branch, a committee or the district")
    quarter: Code = _QUARTER


class HandOverRequest(ConfirmationRequest):
    """Those confirmed are handed over."""

    document: str = Field(min_length=1, max_length=100, description="文号 · its number", examples=["〔2027〕3号"])


class NoteRequest(Model):
    """Something said or done about one of the list."""

    id: UUID = _ID
    note: Words


class StrikingRequest(NoteRequest):
    """Taken off, for a reason."""

    seen: int | None = Field(None, ge=1, description="您看到的最后一步 · the last step seen")


class ObjectionAnswerRequest(NoteRequest):
    """The answer to an objection."""

    upheld: bool = Field(description="true 异议成立，划去 · true: the name is struck")


class ObjectionReceivedAnswer(Answer):
    """That an objection has come in; of the member it tells nothing."""

    id: UUID
    commendation_id: UUID


class CommendationWithdrawalRequest(NoteRequest):
    """What becomes of a commendation after which a veto was entered."""

    withdraw: bool = Field(description="true 撤回，false 保留 · false: it is kept")


class CommendationAnswer(Answer):
    """One on the list of a quarter. The order is that of its pool and its places; there is no rank among all."""

    id: UUID
    member_id: UUID
    member: str
    branch_id: UUID
    branch: str
    quarter: str
    value: Points = Field(description="日常积分 · the daily score")
    bound: Points
    position: int | None = Field(description="名额池内的顺序 · the order in the pool of places")
    places: int = Field(description="名额池的名额 · the places of the pool")
    grounds: list[Exclusion] = Field(description="生成名单时的排除情形 · what kept the name off when it was made")
    state: ListState
    version: int
    meeting_on: date | None
    votes_for: int | None
    votes_cast: int | None
    notice_from: date | None
    notice_until: date | None
    objections: int = Field(description="未答复的异议 · objections that wait for an answer")
    document: str | None
    handed_on: date | None

    @classmethod
    def of(cls, view: CommendationView) -> CommendationAnswer:
        return cls.model_validate(_values(view))


def _values(view: CommendationView) -> dict[str, object]:
    one = view.commendation
    beside = {"member", "branch", "value", "bound"}
    return {
        **{name: getattr(one, name) for name in CommendationAnswer.model_fields if name not in beside},
        "member": view.member,
        "branch": view.branch,
        "value": printed_number(one.value, view.decimals),
        "bound": printed_number(one.bound, view.decimals),
    }


class CommendationViewAnswer(CommendationAnswer):
    """One on the list, with what was done and what keeps the name off today."""

    steps: list[CaseStepAnswer]
    now: list[Exclusion] | None = Field(description="今日的排除情形；已上报的不再核对 · null once handed over")

    @classmethod
    def of(cls, view: CommendationView) -> CommendationViewAnswer:
        steps = [CaseStepAnswer.of(one) for one in view.steps]
        return cls.model_validate({**_values(view), "steps": steps, "now": view.now})


class CommendationPageAnswer(Answer):
    """By pool and order; ask again with ``cursor`` = ``following`` until it is null."""

    commendations: list[CommendationAnswer]
    following: str | None

    @classmethod
    def of(cls, page: CommendationPage) -> CommendationPageAnswer:
        following = None
        if page.following is not None:
            pool, position, last = page.following
            following = f"{position}.{last.hex}.{pool}"
        return cls(commendations=[CommendationAnswer.of(one) for one in page.commendations], following=following)


class CommendationMovedAnswer(Answer):
    """What became of those concerned; ``held_back`` stay as they are for now: a notice, an objection, an appeal."""

    preview: bool
    commendations: list[CommendationAnswer]
    held_back: list[CommendationAnswer]

    @classmethod
    def of_moved(cls, moved: Moved, *, preview: bool) -> CommendationMovedAnswer:
        return cls(
            preview=preview,
            commendations=[CommendationAnswer.of(one) for one in moved.views],
            held_back=[CommendationAnswer.of(one) for one in moved.held_back],
        )


class OnNoticeAnswer(Answer):
    """A name on notice."""

    id: UUID
    member: str
    branch_id: UUID
    branch: str
    quarter: str
    notice_from: date
    notice_until: date


class OnNoticeListAnswer(Answer):
    """By branch."""

    notices: list[OnNoticeAnswer]

    @classmethod
    def of(cls, found: list[OnNotice]) -> OnNoticeListAnswer:
        return cls(notices=[OnNoticeAnswer.model_validate(one) for one in found])


class ToWithdrawAnswer(Answer):
    """A commendation and the veto that was entered after it."""

    commendation: CommendationAnswer
    veto_id: UUID
    veto_decided_at: datetime


class ToWithdrawListAnswer(Answer):
    """What somebody is to decide about."""

    withdrawals: list[ToWithdrawAnswer]

    @classmethod
    def of(cls, found: list[ToWithdraw]) -> ToWithdrawListAnswer:
        return cls(
            withdrawals=[
                ToWithdrawAnswer(
                    commendation=CommendationAnswer.of(one.view),
                    veto_id=one.veto_id,
                    veto_decided_at=one.veto_decided_at,
                )
                for one in found
            ]
        )
