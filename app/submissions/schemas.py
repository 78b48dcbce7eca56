"""What HTTP sees of recording and reviewing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from app.kit.errors import LongwenError
from app.kit.http import Answer, Model
from app.kit.naming import AccountName, MemberName, OrganisationName
from app.kit.problems import Language
from app.points.ledger import Posting, Source
from app.points.schemas import EffectAnswer, EntryAnswer, entry_answers
from app.rules.award import UNITS_MAX, Outcome
from app.rules.points import json_number
from app.rules.schemas_points import Points, PointsSent
from app.submissions.core import (
    EVIDENCE_MAX,
    Content,
    Papers,
    Recorded,
    Reversed,
    Submission,
    SubmissionPage,
    matter_name,
)
from app.submissions.core_states import SubmissionState

BATCH_MAX = 1000
STEPS_MAX = 2**31 - 1
_PAPERS = {"evidence", "key_work"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Hashes = list[Hash]
Seen = Annotated[
    int | None,
    Field(
        ge=1, le=STEPS_MAX, description="您看到的 version；其后已有变动的，不保存 · refused if it has moved on since"
    ),
]


def cursor_of(at: datetime, last: UUID) -> str:
    """Where a list goes on: whole microseconds since 1970, which a float would not hold exactly, and an id."""
    return f"{(at - _EPOCH) // _MICROSECOND}.{last.hex}"


def after_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The reverse of ``cursor_of``."""
    if cursor is None:
        return None
    at, last = cursor.split(".")
    return _EPOCH + int(at) * _MICROSECOND, UUID(hex=last)


class ContentModel(Model):
    """What is said of a fact, beside whom it is about."""

    item: str = Field(min_length=1, max_length=40, description="积分项代码 · the item's code", examples=["ORG-D02"])
    effective_on: date = Field(description="事项发生之日 · the day of the matter", examples=["2026-11-20"])
    outcome: Outcome | None = Field(
        None, description="日常项：kept 已履行，missed 未履行 · of a duty", examples=["kept"]
    )
    units: int | None = Field(
        None, strict=True, ge=0, le=UNITS_MAX, description="数量（小时、次、百分比）· hours, times, percent"
    )
    chosen: PointsSent | None = Field(
        None, alias="points", description="由记录人定分的项目的分值 · chosen points", examples=[2.5]
    )
    tier: str | None = Field(None, max_length=64, description="档次代码 · the tier's code")
    matter: str | None = Field(
        None, min_length=1, max_length=200, description="事项（文号、工单号）· document or ticket"
    )
    reason: str | None = Field(None, min_length=1, max_length=500, description="说明 · in words")
    costs: str | None = Field(
        None,
        min_length=1,
        max_length=32,
        description="失误所扣份额的职责（如造假的场次）· the duty whose share a finding costs, where that is open",
        examples=["ORG-D02"],
    )
    key_work: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="一票否决所引用的重点工作清单序号 · the number of an entry of the list of key work",
    )

    @field_validator("effective_on", mode="before")
    @classmethod
    def _is_day(cls, value: object) -> object:
        if not isinstance(value, str | date):
            raise PydanticCustomError("date_type", "a day is written as text")
        return value

    @field_validator("matter")
    @classmethod
    def _one_form(cls, value: str | None) -> str | None:
        named = None if value is None else matter_name(value)
        if named == "":
            raise PydanticCustomError("string_too_short", "empty", {"min_length": 1})
        return named


class DraftRequest(ContentModel):
    """A proposal that is not handed in yet; it may still be incomplete."""

    id: UUID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
    member_id: UUID
    evidence: Hashes = Field(
        [], max_length=EVIDENCE_MAX, description="已上传文件的摘要 · digests of files sent in before"
    )

    def posting(self, recorded_by: UUID | None) -> Posting:
        return Posting(**self.model_dump(exclude=_PAPERS), source=Source.RECORD, recorded_by=recorded_by)

    @property
    def papers(self) -> Papers:
        return Papers(tuple(dict.fromkeys(self.evidence)), self.key_work)


class RecordItem(DraftRequest):
    """One fact: about whom, under which item, of which day."""

    booked_in: str | None = Field(
        None,
        pattern=r"^\d{4}Q[1-4]$",
        description="只记入该季度；该季度不再受理的，拒绝 · this quarter or none: refused (409) where it is closed",
        examples=["2026Q4"],
    )


class RecordRequest(Model):
    """One to a thousand facts."""

    entries: list[RecordItem] = Field(min_length=1, max_length=BATCH_MAX)

    def postings(self, recorded_by: UUID | None) -> list[Posting]:
        return [item.posting(recorded_by) for item in self.entries]

    @property
    def papers(self) -> dict[UUID, Papers]:
        """By id, of those that come with any."""
        return {item.id: item.papers for item in self.entries if item.evidence or item.key_work is not None}


class EditRequest(ContentModel):
    """What is put in the place of a draft's or returned proposal's content; the files stay unless some are named."""

    evidence: Hashes | None = Field(None, max_length=EVIDENCE_MAX)
    seen: Seen = None

    def content(self) -> Content:
        named = None if self.evidence is None else tuple(dict.fromkeys(self.evidence))
        return Content(**self.model_dump(exclude={"evidence", "seen"}), evidence=named)


class SubmissionAnswer(Answer):
    """A proposal, and where it stands."""

    id: UUID
    member_id: UUID
    member_name: MemberName = None
    branch_id: UUID
    branch_name: OrganisationName = None
    item: str
    kind: str
    outcome: Outcome | None = Field(description="本人申报的职责 · of a duty that a member declares")
    tier: str | None
    matter: str | None
    units: int | None
    points: Points | None = Field(
        description="入账分值；按量计分或内容不全的为空 · of its entry; null where amounts decide"
    )
    effective_on: date
    reason: str | None
    costs: str | None
    key_work: str | None
    state: SubmissionState
    version: int = Field(description="最后一步的序号 · the number of its last step")
    stage: int = Field(description="本轮已通过的审核步数 · approvals in this round")
    due_on: date | None = Field(
        description="本人陈述或审核人办理的期限 · by when the member or the reviewer should act"
    )
    recorded_at: datetime
    recorded_by: UUID | None
    recorded_by_name: AccountName = None
    submitted_at: datetime | None
    decided_at: datetime | None
    decided_by: UUID | None
    decided_by_name: AccountName = None
    decision_note: str | None

    @classmethod
    def of(cls, submission: Submission) -> SubmissionAnswer:
        posting = submission.posting
        return cls(
            id=posting.id,
            member_id=posting.member_id,
            branch_id=submission.branch_id,
            item=posting.item,
            kind=submission.kind.value,
            outcome=posting.outcome,
            tier=posting.tier,
            matter=posting.matter,
            units=posting.units,
            points=None if submission.worth is None else json_number(submission.worth),
            effective_on=posting.effective_on,
            reason=posting.reason,
            costs=posting.costs,
            key_work=submission.papers.key_work,
            state=submission.state,
            version=submission.version,
            stage=submission.stage,
            due_on=submission.due_on,
            recorded_at=submission.recorded_at,
            recorded_by=posting.recorded_by,
            submitted_at=submission.submitted_at,
            decided_at=submission.decided_at,
            decided_by=submission.decided_by,
            decision_note=submission.decision_note,
        )


class FaultAnswer(Answer):
    """What is wrong with one fact of a batch sent with mode=each."""

    code: str
    field: str | None
    detail: str

    @classmethod
    def of(cls, error: LongwenError, language: Language) -> FaultAnswer:
        return cls(code=error.code, field=error.field, detail=error.text(language))


class RecordedAnswer(Answer):
    """What became of one fact of the batch, in the order sent."""

    status: Literal["posted", "submitted", "refused"]
    replayed: bool = Field(description="同一编号同一内容已收到过 · the same was received before")
    entry: EntryAnswer | None = None
    along: list[EntryAnswer] = Field(default=[], description="同时入账的关联记录 · entries posted along with it")
    submission: SubmissionAnswer | None = None
    effect: EffectAnswer | None = Field(None, description="本次请求对该党员积分的影响 · of the request on the member")
    fault: FaultAnswer | None = None

    @classmethod
    def of(cls, recorded: Recorded, language: Language) -> RecordedAnswer:
        if recorded.fault is not None:
            return cls(status="refused", replayed=False, fault=FaultAnswer.of(recorded.fault, language))
        if recorded.submission is not None:
            return cls(
                status="submitted", replayed=recorded.replayed, submission=SubmissionAnswer.of(recorded.submission)
            )
        entries = entry_answers(recorded.posted)
        return cls(
            status="posted",
            replayed=recorded.replayed,
            entry=entries[0],
            along=entries[1:],
            effect=None if recorded.effect is None else EffectAnswer.of(recorded.effect),
        )


class RecordAnswer(Answer):
    """The batch's answers, and whether any of it was saved."""

    preview: bool
    results: list[RecordedAnswer]


class SubmissionPageAnswer(Answer):
    """Submissions by time of recording; ask again with ``cursor`` = ``following`` until it is null."""

    submissions: list[SubmissionAnswer]
    following: str | None

    @classmethod
    def of(cls, page: SubmissionPage) -> SubmissionPageAnswer:
        following = None if page.following is None else cursor_of(*page.following)
        return cls(submissions=[SubmissionAnswer.of(one) for one in page.submissions], following=following)


class ReversalRequest(Model):
    """Why an entry is undone, and under which new id."""

    id: UUID = Field(description="由客户端生成 · made by the client", examples=["01937f3e-7d2a-7c3b-9f00-000000000001"])
    reason: str = Field(min_length=1, max_length=500, examples=["登记错人 · recorded for the wrong member"])


class PostedAnswer(Answer):
    """Entries that were booked together, and what they did to each standing."""

    entries: list[EntryAnswer]
    replayed: bool
    effects: list[EffectAnswer]

    @classmethod
    def of(cls, reversed_: Reversed) -> Self:
        return cls(
            entries=entry_answers(reversed_.posted),
            replayed=reversed_.replayed,
            effects=[EffectAnswer.of(effect) for effect in reversed_.effects],
        )
