"""What HTTP sees of reminder talks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.cases.core_talks import DropGround, HeldTalk, TalkPage, TalkState, TalkView
from app.cases.schemas_cases import ID, Words
from app.kit.http import Answer, Model
from app.kit.naming import AccountName
from app.rules.points import printed_number
from app.rules.schemas_points import Points
from app.submissions.schemas import cursor_of


class HeldTalkRequest(Model):
    """That the reminder talk was held."""

    id: UUID = ID
    held_on: date = Field(description="谈话之日 · the day", examples=["2026-10-28"])
    note: Words = Field(description="谈话要点；本人可见 · what was said, in short; the member sees it")

    def deed(self) -> HeldTalk:
        return HeldTalk(self.id, self.held_on, self.note)


class ReminderTalkAnswer(Answer):
    """A reminder talk: a warning, and no case."""

    id: UUID
    member_id: UUID
    member: str
    branch_id: UUID
    branch: str
    quarter: str
    line: str
    basis: str = Field(description="pace 进度（%）· total 总分 · daily 日常 · dimension 指标")
    value: Points
    bound: Points
    state: TalkState
    asked_on: date
    due_on: date
    dropped_because: DropGround | None
    held_on: date | None
    note: str | None
    ended_at: datetime | None
    recorded_by: UUID | None
    recorded_by_name: AccountName = None

    @classmethod
    def of(cls, view: TalkView) -> ReminderTalkAnswer:
        talk = view.talk
        beside = {"member", "branch", "value", "bound", "recorded_by_name"}
        return cls(
            **{name: getattr(talk, name) for name in cls.model_fields if name not in beside},
            member=view.member,
            branch=view.branch,
            value=printed_number(talk.value, view.decimals),
            bound=printed_number(talk.bound, view.decimals),
        )


class ReminderTalkPageAnswer(Answer):
    """By the time they were asked for; ask again with ``cursor`` = ``following`` until it is null."""

    talks: list[ReminderTalkAnswer]
    following: str | None

    @classmethod
    def of(cls, page: TalkPage) -> ReminderTalkPageAnswer:
        following = None if page.following is None else cursor_of(*page.following)
        return cls(talks=[ReminderTalkAnswer.of(one) for one in page.talks], following=following)
