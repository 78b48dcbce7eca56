"""What HTTP sees of the first screen: short forms of what the other routes show whole."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.activities.core import Record
from app.handbook.schemas_items import in_language_or_none
from app.kit.http import Answer
from app.kit.problems import Language
from app.me.core import HOME_TEXT_MAX, Home, OwnRecord, Task, Tasks, duties_to_show, shortened
from app.me.schemas import (
    OfficeAnswer,
    OwnDimensionAnswer,
    OwnDutyAnswer,
    PlaceNameAnswer,
    PlacesAnswer,
    dimensions_of,
    place_name,
)
from app.messages.core import InboxPage, Kept
from app.points.schemas import CutAnswer, DutyCountAnswer, ScoreAnswer, cut_answers
from app.roster.core import MemberView, OrganisationView
from app.rules.points import printed_number
from app.rules.schemas_points import Points


class OwnAccountAnswer(Answer):
    """Who has logged in."""

    login: str = Field(description="区代码/用户名 · district code and login")
    name: str
    district: str = Field(description="区（县）名称 · the district's name")


class OwnMemberAnswer(Answer):
    """The caller as a member; the places from the committee down to the group."""

    id: UUID
    number: str
    name: str
    joined_on: date
    profile: str
    from_on: date = Field(description="入本支部之日 · since when in this branch")
    until_on: date | None
    branch_id: UUID
    group_id: UUID | None
    places: list[PlaceNameAnswer]

    @classmethod
    def of(cls, member: MemberView, around: dict[UUID, OrganisationView]) -> OwnMemberAnswer:
        beside = {"places"}
        places = sorted(around.values(), key=lambda one: one.path)
        return cls(
            **{name: getattr(member, name) for name in cls.model_fields if name not in beside},
            places=[place_name(one) for one in places if one.kind.value != "district"],
        )


class QuarterAnswer(Answer):
    """The quarter of today."""

    code: str = Field(examples=["2026Q4"])
    cycle: str = Field(examples=["2026"])
    starts_on: date
    ends_on: date
    state: str = Field(examples=["open"])


class ShortStandingAnswer(ScoreAnswer):
    """The numbers of the standing; what dimensions and kinds show is uncut, and the cuts stand beside it."""

    cycle: str
    seq: int = Field(description="最后一条记录的序号 · of the last entry; the feed goes on after it")
    opening: Points
    vetoes: int
    ranked: bool
    under_appeal: int = Field(description="申诉中的记录数 · entries under appeal")
    duties: DutyCountAnswer
    dimensions: list[OwnDimensionAnswer]
    cuts: list[CutAnswer] = Field(description="因上下限等未计的分值 · what a ceiling or floor takes off")
    updated_at: datetime

    @classmethod
    def of_record(cls, record: OwnRecord, language: Language) -> ShortStandingAnswer:
        view = record.standing
        return cls(
            **ScoreAnswer.of(view.score).model_dump(),
            cycle=view.balance.cycle,
            seq=view.balance.seq,
            opening=printed_number(view.balance.opening, view.score.decimals),
            vetoes=view.balance.vetoes,
            ranked=view.balance.ranked,
            under_appeal=0 if view.disputed is None else len(view.disputed.entries),
            duties=DutyCountAnswer.of(view.duties),
            dimensions=dimensions_of(record, language),
            cuts=cut_answers(view.score.cuts, view.score.decimals),
            updated_at=view.updated_at,
        )


class ShortMessageAnswer(Answer):
    """The beginning of a message; the whole is under ``/me/messages``."""

    number: int
    kind: str
    title: str
    text: str
    due_on: date | None
    created_at: datetime
    is_read: bool

    @classmethod
    def of(cls, message: Kept, language: Language) -> ShortMessageAnswer:
        return cls(
            number=message.number,
            kind=message.kind.value,
            title=message.title(language),
            text=shortened(message.text(language), HOME_TEXT_MAX),
            due_on=message.due_on,
            created_at=message.created_at,
            is_read=message.read_at is not None,
        )


class ShortInboxAnswer(Answer):
    """The latest messages, and how many are unread."""

    last: int = Field(description="最大序号 · the highest number; the feed goes on after it")
    unread: int
    latest: list[ShortMessageAnswer]

    @classmethod
    def of(cls, page: InboxPage, language: Language) -> ShortInboxAnswer:
        latest = [ShortMessageAnswer.of(one, language) for one in page.messages]
        return cls(last=page.last, unread=page.unread, latest=latest)


class TaskAnswer(Answer):
    """A proposal or appeal; the whole is under ``/submissions/{id}`` or ``/appeals/{id}``."""

    id: UUID
    item: str
    name: str
    member: str | None
    kind: str
    state: str
    due_on: date | None
    since: datetime

    @classmethod
    def of(cls, task: Task, language: Language) -> TaskAnswer:
        return cls(
            id=task.id,
            item=task.item,
            name=in_language_or_none(task.title, language) or task.item,
            member=task.member,
            kind=task.kind,
            state=task.state,
            due_on=task.due_on,
            since=task.since,
        )


class TasksAnswer(Answer):
    """The first of them, and whether there are more."""

    listed: list[TaskAnswer]
    more: bool

    @classmethod
    def of(cls, tasks: Tasks, language: Language) -> TasksAnswer:
        return cls(listed=[TaskAnswer.of(one, language) for one in tasks.listed], more=tasks.more)


class AbsenceAnswer(Answer):
    """A session that was missed and can still be made up."""

    activity_id: UUID
    item: str
    title: str
    held_on: date
    make_up_by: date

    @classmethod
    def of(cls, one: Record) -> AbsenceAnswer:
        there = one.activity
        return cls(
            activity_id=there.id,
            item=there.item,
            title=there.title,
            held_on=there.held_on,
            make_up_by=one.attendance.deadline,
        )


class HomeAnswer(Answer):
    """All that the app opens with; for an account without a member what belongs to a record is null."""

    today: date
    account: OwnAccountAnswer
    offices: list[OfficeAnswer]
    member: OwnMemberAnswer | None
    quarter: QuarterAnswer | None
    standing: ShortStandingAnswer | None
    places: PlacesAnswer | None
    duties: list[OwnDutyAnswer] = Field(
        description="本季度到期的职责，和此前到期未定的 · due this quarter, or due before and undecided"
    )
    absences: list[AbsenceAnswer] = Field(description="可以补课的缺席 · absences that can still be made up")
    messages: ShortInboxAnswer
    hearings: TasksAnswer = Field(description="等待本人陈述的 · findings that wait for the own answer")
    reviews: TasksAnswer = Field(description="等待我审核的 · proposals that wait for the own decision")
    appeals_to_answer: TasksAnswer = Field(description="等待我答复的申诉 · appeals that wait for the own answer")
    own_submissions: TasksAnswer = Field(description="本人退回或办理中的申报 · own ones returned or under way")
    own_appeals: TasksAnswer = Field(description="本人未答复的申诉 · own appeals not answered yet")

    @classmethod
    def of(cls, found: Home, account: OwnAccountAnswer, language: Language) -> HomeAnswer:
        record, quarter = found.record, found.quarter
        duties: list[OwnDutyAnswer] = []
        if record is not None and record.duties is not None and quarter is not None:
            decimals = record.duties.decimals
            duties = [OwnDutyAnswer.of(one, decimals, language) for one in duties_to_show(record.duties, quarter)]
        return cls(
            today=found.today,
            account=account,
            offices=[OfficeAnswer.of(one) for one in found.offices],
            member=None if found.member is None else OwnMemberAnswer.of(found.member, found.organisations),
            quarter=None if quarter is None else QuarterAnswer.model_validate(quarter),
            standing=None if record is None else ShortStandingAnswer.of_record(record, language),
            places=None if record is None else PlacesAnswer.of(record.places),
            duties=duties,
            absences=[AbsenceAnswer.of(one) for one in found.absences],
            messages=ShortInboxAnswer.of(found.inbox, language),
            **{
                name: TasksAnswer.of(getattr(found, name), language)
                for name in ("hearings", "reviews", "appeals_to_answer", "own_submissions", "own_appeals")
            },
        )
