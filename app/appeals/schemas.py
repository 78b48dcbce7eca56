"""What HTTP sees of appeals, complaints and suggestions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.appeals.core import (
    Answered,
    AppealOutcome,
    AppealPage,
    AppealState,
    AppealView,
    Complaint,
    ComplaintKind,
    ComplaintPage,
    ComplaintState,
    Concern,
    Filing,
    Replacement,
    Verdict,
)
from app.files.schemas import FileAnswer
from app.kit.http import Answer, Model
from app.kit.naming import AccountName, own_fields
from app.kit.problems import Language
from app.points.schemas import EffectAnswer, EntryAnswer
from app.rules.award import UNITS_MAX, Outcome
from app.rules.schemas_points import PointsSent
from app.submissions.schemas import after_cursor as after_cursor  # noqa: PLC0414 - the same
from app.submissions.schemas import cursor_of

FILES_MAX = 10
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AppealRequest(Model):
    """Why the entry is wrong, and what shows it."""

    id: UUID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
    text: str = Field(min_length=1, max_length=2000, examples=["当天在第二支部参加了活动 · I was there that day"])
    files: list[Hash] = Field(default=[], max_length=FILES_MAX, description="凭证的摘要 · digests of files sent in")

    def filing(self, entry_id: UUID) -> Filing:
        return Filing(self.id, entry_id, self.text, tuple(dict.fromkeys(self.files)))


class AppealWithdrawalRequest(Model):
    """Why an appeal is taken back."""

    wish: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="代为撤回书面申诉的，写明本人何时、以何种方式提出 · of one on paper: when and how the member asked",
        examples=["11月20日本人当面提出 · in person on 20 November"],
    )


class ExtensionRequest(Model):
    """Why the answer takes longer."""

    reason: str = Field(min_length=1, max_length=500, examples=["需向活动主办方核实 · the host is being asked"])


class ReplacementRequest(Model):
    """What the entry should have said; item, day and matter stay."""

    outcome: Outcome | None = Field(None, description="日常项：kept 已履行，missed 未履行 · of a duty")
    tier: str | None = Field(None, max_length=64, description="档次代码 · the tier's code", examples=["slight"])
    units: int | None = Field(None, strict=True, ge=0, le=UNITS_MAX, description="数量 · hours, times, percent")
    chosen: PointsSent | None = Field(None, alias="points", description="由记录人定分的项目的分值 · chosen points")

    def replacement(self) -> Replacement:
        return Replacement(self.outcome, self.tier, self.units, self.chosen)


class VerdictRequest(Model):
    """The answer to an appeal, with its reason; ``replacement`` with ``changed``, and only then."""

    outcome: AppealOutcome
    answer: str = Field(min_length=1, max_length=1000, examples=["经核实，当日确在外支部参加 · it is as you say"])
    replacement: ReplacementRequest | None = None

    @model_validator(mode="after")
    def _replaces_if_changed(self) -> Self:
        if (self.outcome is AppealOutcome.CHANGED) != (self.replacement is not None):
            raise PydanticCustomError("missing", "replacement goes with changed, and only with it")
        return self

    def verdict(self) -> Verdict:
        to = None if self.replacement is None else self.replacement.replacement()
        return Verdict(self.outcome, self.answer, to)


class AppealAnswer(Answer):
    """An appeal against one entry, and what became of it."""

    id: UUID
    member_id: UUID
    member: str
    item_name: str
    entry: EntryAnswer
    instance: int = Field(description="第几次申诉；第二次由上一级复查 · 2: the review further up")
    text: str
    files: list[FileAnswer]
    filed_at: datetime
    filed_by: UUID | None = Field(description="代为登记的账号；本人提出的为空 · null where filed by the member")
    filed_by_name: AccountName = None
    asked: str = Field(description="由谁处理 · the office whose turn it is", examples=["secretary"])
    due_on: date = Field(description="答复期限 · the last day to answer")
    extended_on: date | None
    extension_reason: str | None
    state: AppealState
    outcome: AppealOutcome | None
    answer: str | None
    decided_by: UUID | None
    decided_by_name: AccountName = None
    decided_at: datetime | None
    reversal_id: UUID | None
    replacement_id: UUID | None
    withdrawn_by: UUID | None
    withdrawn_by_name: AccountName = None
    withdrawal_wish: str | None = Field(description="本人提出撤回的方式 · how the member asked for it, on paper")

    @classmethod
    def of(cls, view: AppealView, language: Language) -> AppealAnswer:
        appeal = view.appeal
        beside = {"member", "item_name", "entry", "files", "asked"}
        return cls(
            **{name: getattr(appeal, name) for name in own_fields(cls) if name not in beside},
            member=view.member,
            item_name=view.item.said(language),
            entry=EntryAnswer.of(view.entry, view.decimals),
            files=[FileAnswer.of(one) for one in view.files],
            asked=appeal.asked.value,
        )


class AppealPageAnswer(Answer):
    """Appeals by time of filing; ask again with ``cursor`` = ``following`` until it is null."""

    appeals: list[AppealAnswer]
    following: str | None

    @classmethod
    def of(cls, page: AppealPage, language: Language) -> AppealPageAnswer:
        following = None if page.following is None else cursor_of(*page.following)
        return cls(appeals=[AppealAnswer.of(one, language) for one in page.appeals], following=following)


class VerdictAnswer(Answer):
    """The appeal after the decision, what was booked by it, and what that did to the standing."""

    appeal: AppealAnswer
    entries: list[EntryAnswer]
    effects: list[EffectAnswer]

    @classmethod
    def of(cls, answered: Answered, language: Language) -> VerdictAnswer:
        return cls(
            appeal=AppealAnswer.of(answered.view, language),
            entries=[EntryAnswer.of(entry, answered.view.decimals) for entry in answered.entries],
            effects=[EffectAnswer.of(effect) for effect in answered.effects],
        )


class ComplaintRequest(Model):
    """What is wrong, or could be better."""

    id: UUID = Field(description="由客户端生成 · made by the client")
    kind: ComplaintKind = Field(ComplaintKind.SUGGESTION, description="complaint 投诉，suggestion 建议")
    text: str = Field(min_length=1, max_length=2000)
    page: str | None = Field(
        None, max_length=200, description="在哪个页面 · where it was written", examples=["/boards"]
    )
    anonymous: bool = Field(
        False, strict=True, description="除答复人外不显示姓名 · unnamed to all but those who answer"
    )

    def concern(self) -> Concern:
        return Concern(self.id, self.kind, self.text, self.page, self.anonymous)


class ComplaintReplyRequest(Model):
    """The answer."""

    answer: str = Field(min_length=1, max_length=1000)


class ComplaintAnswer(Answer):
    """A complaint or suggestion under its number."""

    id: UUID
    reference: str = Field(description="编号 · its number", examples=["2026-0042"])
    kind: ComplaintKind
    text: str
    page: str | None
    anonymous: bool
    name: str | None = Field(description="提交人；匿名时仅答复人可见 · its author, as far as the reader may know")
    filed_at: datetime
    due_on: date = Field(description="答复期限 · the last day to answer")
    state: ComplaintState
    answer: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, complaint: Complaint) -> ComplaintAnswer:
        return cls.model_validate(complaint)


class ComplaintPageAnswer(Answer):
    """Complaints by number; ask again with ``after`` = ``following`` until it is null."""

    complaints: list[ComplaintAnswer]
    following: str | None

    @classmethod
    def of(cls, page: ComplaintPage) -> ComplaintPageAnswer:
        return cls(complaints=[ComplaintAnswer.of(one) for one in page.complaints], following=page.following)


def after_reference(reference: str | None) -> tuple[int, int] | None:
    """Year and number of ``2026-0042``."""
    if reference is None:
        return None
    year, number = reference.split("-")
    return int(year), int(number)
