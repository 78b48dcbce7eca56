"""What HTTP sees of meetings and attendance."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from app.activities.core import (
    EVIDENCE_MAX,
    MEMBERS_MAX,
    Activity,
    ActivityLine,
    ActivityPage,
    ActivityState,
    ActivityView,
    Attendee,
    Ground,
    Mark,
    Meeting,
    Record,
    RecordPage,
    Status,
    Waived,
    Waiver,
    title_key,
)
from app.files.core import Evidence
from app.kit.cursors import written_cursor
from app.kit.days import Day
from app.kit.http import Answer, Model
from app.kit.naming import AccountName, MemberNames, OrganisationName

Digest = str


def _day(value: object) -> object:
    if not isinstance(value, str | date):
        raise PydanticCustomError("date_type", "a day is written as text")
    return value


class MarkItem(Model):
    """How one member stood to the session."""

    member_id: UUID
    status: Status = Field(
        description="present 到会，leave 请假，absent 缺席，elsewhere 在其他支部参加，later 补课场次 · how they stood",
        examples=["leave"],
    )
    made_up_on: Day | None = Field(None, description="另一场次的日期 · the day of the other session")
    note: str | None = Field(None, min_length=1, max_length=200, description="说明 · in words")

    _is_day = field_validator("made_up_on", mode="before")(lambda value: value if value is None else _day(value))

    def mark(self) -> Mark:
        return Mark(self.member_id, self.status, self.made_up_on, self.note)


class ActivityRequest(Model):
    """A session with its whole attendance: who is not listed was present."""

    id: UUID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
    organisation_id: UUID = Field(description="党支部或党小组 · branch or group")
    item: str = Field(min_length=1, max_length=32, description="计入的一项职责 · the duty it counts for")
    title: str = Field(min_length=1, max_length=120, examples=["11月主题党日：走访困难职工"])
    held_on: Day = Field(description="举行之日 · the day", examples=["2026-11-20"])
    place: str | None = Field(None, min_length=1, max_length=120)
    state: Literal["planned", "held"] = Field("held", description="planned 只登记计划，不含考勤 · without attendance")
    attendance: list[MarkItem] = Field([], max_length=MEMBERS_MAX, description="只列例外 · only exceptions")
    evidence: list[Digest] = Field([], max_length=EVIDENCE_MAX, description="已上传文件的摘要 · digests of files sent")

    _is_day = field_validator("held_on", mode="before")(_day)

    @field_validator("title")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not title_key(value):
            raise PydanticCustomError("string_too_short", "empty", {"min_length": 1})
        return " ".join(value.split())

    @field_validator("attendance")
    @classmethod
    def _only_when_held(cls, value: list[MarkItem]) -> list[MarkItem]:
        return value

    def meeting(self) -> Meeting:
        return Meeting(
            id=self.id,
            organisation_id=self.organisation_id,
            item=self.item,
            title=self.title,
            held_on=self.held_on,
            place=self.place,
            state=ActivityState(self.state),
            marks=tuple(one.mark() for one in self.attendance) if self.state == "held" else (),
            evidence=tuple(self.evidence),
        )


class CorrectionRequest(Model):
    """What is to be changed of a session's attendance, by who saw which version of it."""

    version: int = Field(strict=True, ge=1, description="所见版本 · the version that you saw")
    attendance: list[MarkItem] = Field([], max_length=MEMBERS_MAX)
    evidence: list[Digest] = Field([], max_length=EVIDENCE_MAX)


class UndoingRequest(Model):
    """Why a session is taken back whole, by who saw which version of it."""

    version: int = Field(strict=True, ge=1, description="所见版本 · the version that you saw")
    reason: str = Field(min_length=2, max_length=200, description="理由，告知受影响的党员 · members are told")


class MakeUpItem(Model):
    """One member who made up, or was a guest."""

    member_id: UUID
    made_up_on: Day | None = Field(None, description="补课之日，缺省为今天 · the day; today where none is given")
    note: str | None = Field(None, min_length=1, max_length=200)

    _is_day = field_validator("made_up_on", mode="before")(lambda value: value if value is None else _day(value))


class MakeUpRequest(Model):
    """Members of the branch who made up this session, or guests of other branches who were at it."""

    members: list[MakeUpItem] = Field(min_length=1, max_length=MEMBERS_MAX)


class WaiverRequest(Model):
    """A window in which nobody of an organisation is asked for an item."""

    id: UUID = Field(description="由客户端生成 · made by the client")
    organisation_id: UUID
    item: str = Field(min_length=1, max_length=32, examples=["ORG-D02"])
    window: str = Field(min_length=4, max_length=9, description="时段 · month, quarter …", examples=["2026-11"])
    reason: str = Field(min_length=1, max_length=500)


class ActivityAnswer(Answer):
    """A session."""

    id: UUID
    organisation_id: UUID
    organisation_name: OrganisationName = None
    item: str
    window: str
    title: str
    held_on: date
    place: str | None
    state: ActivityState
    recorded_by: UUID | None
    recorded_by_name: AccountName = None
    recorded_at: datetime
    version: int = Field(description="更正时带上 · to be sent with a correction")
    undone_by: UUID | None = None
    undone_by_name: AccountName = None
    undone_at: datetime | None = Field(None, description="撤销时间，未撤销的为空 · when it was taken back")
    undone_reason: str | None = None


class AttendanceAnswer(Answer):
    """How one member stood to a session."""

    member_id: UUID
    number: str
    name: str
    status: Status
    made_up_on: date | None
    note: str | None
    make_up_by: date | None = Field(
        description="可以补课的最后一天，不必补的为空 · the last day; null where none waits"
    )
    entry_id: UUID | None = Field(description="由此入账的记录 · what it booked")
    finding_id: UUID | None = Field(description="系统由此提出的申报 · what the service proposed")

    @classmethod
    def of(cls, one: Attendee) -> AttendanceAnswer:
        row = one.attendance
        return cls(
            member_id=row.member_id,
            number=one.number,
            name=one.name,
            status=row.status,
            made_up_on=row.made_up_on,
            note=row.note,
            make_up_by=row.deadline if row.waits else None,
            entry_id=row.entry_id,
            finding_id=row.finding_id,
        )


class ActivityFileAnswer(Answer):
    """A file; its bytes are under ``/files/{hash}`` of the session."""

    hash: str
    name: str
    media_type: str
    size: int

    @classmethod
    def of(cls, one: Evidence) -> ActivityFileAnswer:
        return cls(hash=one.content.hash, name=one.name, media_type=one.content.media_type, size=one.content.size)


class ActivityViewAnswer(ActivityAnswer):
    """A session with everybody's attendance."""

    preview: bool = False
    attendance: list[AttendanceAnswer]
    left_out: list[UUID] = Field(
        description="应参加而尚无考勤者（本人不能记录本人，由他人补记）· owe it and have no attendance yet"
    )
    left_out_names: MemberNames = Field([])
    waived: list[UUID] = Field(description="该时段的职责已免除，不必考勤者 · their duty of the window is waived")
    waived_names: MemberNames = Field([])
    evidence: list[ActivityFileAnswer]

    @classmethod
    def of_view(cls, view: ActivityView, *, preview: bool = False) -> ActivityViewAnswer:
        return cls(
            **_activity(view.activity),
            preview=preview,
            attendance=[AttendanceAnswer.of(one) for one in view.attendance],
            left_out=list(view.left_out),
            waived=list(view.waived),
            evidence=[ActivityFileAnswer.of(one) for one in view.evidence],
        )


class ActivityUndoneAnswer(ActivityViewAnswer):
    """The same, and what taking it back came to."""

    reversed: int = Field(description="冲正的积分记录数 · entries reversed")
    waiting: int = Field(description="恢复为待补课的缺席数 · absences that wait to be made up again")


class ActivityLineAnswer(ActivityAnswer):
    """A session with how many there were."""

    counts: dict[Status, int]
    made_up: int = Field(description="缺席、请假后已补的人数 · absences made up")

    @classmethod
    def of(cls, line: ActivityLine) -> ActivityLineAnswer:
        return cls(**_activity(line.activity), counts=line.counts, made_up=line.made_up)


class WaiverAnswer(Answer):
    """A window in which nobody was asked."""

    id: UUID
    organisation_id: UUID
    organisation_name: OrganisationName = None
    item: str
    window: str
    ground: Ground = Field(description="not_held 未开展（影响支部星级），exception 区里免除 · why")
    reason: str
    recorded_at: datetime
    lifted_by: UUID | None = Field(description="后来补开的场次 · the session that was held after all")

    @classmethod
    def of(cls, one: Waiver) -> WaiverAnswer:
        return cls.model_validate(one)


class WaivedAnswer(WaiverAnswer):
    """The same, and whom it reached."""

    preview: bool = False
    members: int = Field(description="当下免除的人数 · how many it reaches now")

    @classmethod
    def of_waived(cls, waived: Waived, *, preview: bool) -> WaivedAnswer:
        facts = WaiverAnswer.of(waived.waiver).model_dump()
        return cls(**facts, preview=preview, members=waived.members)


class ActivityPageAnswer(Answer):
    """Sessions from the latest on; ask again with ``cursor`` = ``following`` until it is null."""

    activities: list[ActivityLineAnswer]
    waivers: list[WaiverAnswer] = Field(description="未开展和免除的时段 · windows not held, or excused")
    following: str | None

    @classmethod
    def of(cls, page: ActivityPage) -> ActivityPageAnswer:
        return cls(
            activities=[ActivityLineAnswer.of(one) for one in page.lines],
            waivers=[WaiverAnswer.of(one) for one in page.waivers],
            following=written_cursor(page.following),
        )


class MemberSessionAnswer(ActivityAnswer):
    """A session with how the member stood to it."""

    status: Status
    made_up_on: date | None
    note: str | None
    make_up_by: date | None
    entry_id: UUID | None

    @classmethod
    def of(cls, one: Record) -> MemberSessionAnswer:
        row = one.attendance
        return cls(
            **_activity(one.activity),
            status=row.status,
            made_up_on=row.made_up_on,
            note=row.note,
            make_up_by=row.deadline if row.waits else None,
            entry_id=row.entry_id,
        )


class MemberSessionPageAnswer(Answer):
    """A member's sessions from the latest on."""

    sessions: list[MemberSessionAnswer]
    following: str | None

    @classmethod
    def of(cls, page: RecordPage) -> MemberSessionPageAnswer:
        return cls(
            sessions=[MemberSessionAnswer.of(one) for one in page.records], following=written_cursor(page.following)
        )


def _activity(activity: Activity) -> dict[str, object]:
    return ActivityAnswer.model_validate(activity).model_dump()
