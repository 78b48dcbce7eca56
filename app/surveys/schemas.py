"""What HTTP sees of surveys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.cursors import written_cursor
from app.kit.days import Day
from app.kit.http import Answer, Model
from app.kit.naming import AccountName
from app.rules.surveys import Choice, Question, SurveyKind, SurveySubject
from app.surveys.core import (
    ANSWERS_MIN,
    OWN_QUESTIONS_MAX,
    PROMISE_EN,
    PROMISE_ZH,
    SUBJECTS_MAX,
    VOTERS_MAX,
    Asked,
    Calling,
    Chosen,
    SurveyState,
    SurveyView,
)

_APART = {"questions", "choices", "about"}
_CHOICES_MAX = 480  # more than any sheet asks

Text = Annotated[str, Field(min_length=1, max_length=120)]


class OwnQuestion(Model):
    """A question of the caller, answered on the form's scale."""

    zh: Text = Field(examples=["对支部阵地建设的评价"])
    en: Text = Field(examples=["The branch's room"])


class SurveyRequest(Model):
    """A survey to be called."""

    id: UUID = Field(description="由客户端生成，末 40 位须随机 · made by the client; its last 40 bits are random")
    title: str = Field(min_length=1, max_length=60, examples=["2026年度职工满意度测评"])
    kind: SurveyKind = Field(description="members 党员，staff 职工，peers 互评 · who answers", examples=["staff"])
    subject: SurveySubject = Field(SurveySubject.BRANCH, description="branch 党支部，secretary 支部书记 · about what")
    about: list[UUID] = Field(
        min_length=1,
        max_length=SUBJECTS_MAX,
        description="党支部：党员、职工测评一个，互评至少两个 · branches: one, or for peers two and more",
    )
    voters: int = Field(strict=True, ge=ANSWERS_MIN, le=VOTERS_MAX, description="可以答卷的人数 · how many may answer")
    opens_on: Day = Field(examples=["2026-11-25"])
    closes_on: Day = Field(description="最后一天 · the last day", examples=["2026-12-05"])
    year: int | None = Field(
        None, strict=True, ge=2000, le=2199, description="计入的评定年度，默认为截止日所在年 · of which year's rating"
    )
    questions: list[OwnQuestion] = Field([], max_length=OWN_QUESTIONS_MAX, description="自拟题 · own questions")

    def calling(self) -> Calling:
        return Calling(
            id=self.id,
            title=self.title,
            kind=self.kind,
            subject=self.subject,
            about=tuple(self.about),
            voters=self.voters,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            year=self.closes_on.year if self.year is None else self.year,
            own=tuple((one.zh, one.en) for one in self.questions),
        )


class SurveyWithdrawalRequest(Model):
    """Why a survey is withdrawn."""

    reason: str = Field(min_length=1, max_length=500, examples=["答题码遗失，另行发起"])


class SurveyChoiceAnswer(Answer):
    """A choice of the scale."""

    code: str = Field(examples=["satisfied"])
    zh: str = Field(examples=["满意"])
    en: str = Field(examples=["Satisfied"])
    satisfied: bool = Field(description="计入满意 · counts for the share")
    valid: bool = Field(description="计入有效答卷 · counts as an answer")

    @classmethod
    def of(cls, one: Choice) -> Self:
        return cls.model_validate(one)


class SurveyQuestionAnswer(Answer):
    """A question of the sheet; the first one is the measure."""

    code: str = Field(examples=["overall"])
    zh: str = Field(examples=["对本支部工作的总体评价"])
    en: str = Field(examples=["The branch's work as a whole"])
    source: str = Field(
        description="出处代码；assumption 自定，caller 发起单位自拟 · where it comes from", examples=["T3"]
    )

    @classmethod
    def of(cls, one: Question) -> Self:
        return cls.model_validate(one)


class SurveyCountAnswer(Answer):
    """How often a choice was made."""

    question: str = Field(examples=["overall"])
    choice: str = Field(examples=["satisfied"])
    count: int


class SurveySubjectAnswer(Answer):
    """A subject, and after the close what was said of it."""

    organisation_id: UUID
    name: str = Field(examples=["第一支部"])
    valid: bool | None = Field(
        description="结束前为空；有效答卷不足五份为 false，不公布其他 · null before the close; false: fewer than five"
    )
    answers: int | None = Field(description="有效答卷 · valid answers")
    satisfied: int | None = Field(description="其中满意 · the satisfied among them")
    unfit: int | None = Field(description="其中评价最低的 · those that took the worst choice")
    counts: list[SurveyCountAnswer] = Field(description="列表中不附 · not in lists")

    @classmethod
    def of_asked(cls, one: Asked, view: SurveyView) -> Self:
        is_closed = view.survey.state is SurveyState.CLOSED
        tallies = view.tallies.get(one.organisation_id, {})
        return cls(
            organisation_id=one.organisation_id,
            name=one.name,
            valid=one.answers is not None if is_closed else None,
            answers=one.answers,
            satisfied=one.satisfied,
            unfit=one.unfit,
            counts=[
                SurveyCountAnswer(question=question.code, choice=choice.code, count=tallies[question.code][choice.code])
                for question in view.survey.sheet.questions
                if question.code in tallies
                for choice in view.survey.sheet.choices
            ],
        )


class SurveyAnswer(Answer):
    """A survey. Until the close it tells neither results nor how many have answered."""

    id: UUID
    number: str = Field(description="答卷用的短号 · by which it is answered", examples=["0G8B4X21"])
    title: str
    kind: SurveyKind
    subject: SurveySubject
    year: int
    voters: int
    opens_on: date
    closes_on: date
    state: SurveyState = Field(description="called 已发起，closed 已结束，withdrawn 已撤回 · its state")
    draws: int = Field(description="印制答题码的次数 · how often codes were drawn")
    drawn_at: datetime | None
    drawn_by: UUID | None
    drawn_by_name: AccountName = None
    called_by: UUID | None
    called_by_name: AccountName = None
    called_at: datetime
    closed_at: datetime | None
    sheets: int | None = Field(description="收回的答卷；结束后且不少于五份才公布 · that came back, from five on")
    reason: str | None
    questions: list[SurveyQuestionAnswer]
    choices: list[SurveyChoiceAnswer]
    about: list[SurveySubjectAnswer]

    @classmethod
    def of_view(cls, view: SurveyView) -> Self:
        survey = view.survey
        told: dict[str, Any] = {
            name: getattr(survey, name) for name in cls.model_fields if hasattr(survey, name) and name not in _APART
        }
        return cls(
            **told,
            questions=[SurveyQuestionAnswer.of(one) for one in survey.sheet.questions],
            choices=[SurveyChoiceAnswer.of(one) for one in survey.sheet.choices],
            about=[SurveySubjectAnswer.of_asked(one, view) for one in view.asked],
        )


class SurveysAnswer(Answer):
    """Surveys, the last day latest first."""

    surveys: list[SurveyAnswer]
    following: str | None = Field(
        description="下一页的 cursor · the cursor of the next page",
        examples=["2026-12-05.0192f5a0000070008000000000000001"],
    )

    @classmethod
    def of_page(cls, views: list[SurveyView], following: tuple[date, UUID] | None) -> Self:
        return cls(surveys=[SurveyAnswer.of_view(one) for one in views], following=written_cursor(following))


# For whoever holds a slip.


class SurveyFormSubject(Answer):
    """Whom a sheet asks about, by the number that an answer names."""

    about: int = Field(description="答卷中引用的序号 · by which an answer names it", examples=[1])
    name: str = Field(examples=["第一支部"])


class SurveyFormAnswer(Answer):
    """A question sheet as a phone shows it."""

    number: str = Field(examples=["0G8B4X21"])
    title: str
    kind: SurveyKind
    subject: SurveySubject
    opens_on: date
    closes_on: date
    is_open: bool = Field(description="现在接受答卷 · answers are taken now")
    about: list[SurveyFormSubject]
    questions: list[SurveyQuestionAnswer]
    choices: list[SurveyChoiceAnswer]
    promise_zh: str = Field(examples=[PROMISE_ZH])
    promise_en: str = Field(examples=[PROMISE_EN])

    @classmethod
    def of_view(cls, view: SurveyView, day: date) -> Self:
        survey = view.survey
        return cls(
            number=survey.number,
            title=survey.title,
            kind=survey.kind,
            subject=survey.subject,
            opens_on=survey.opens_on,
            closes_on=survey.closes_on,
            is_open=survey.is_open(day),
            about=[SurveyFormSubject(about=one.place + 1, name=one.name) for one in view.asked],
            questions=[SurveyQuestionAnswer.of(one) for one in survey.sheet.questions],
            choices=[SurveyChoiceAnswer.of(one) for one in survey.sheet.choices],
            promise_zh=PROMISE_ZH,
            promise_en=PROMISE_EN,
        )


class SurveyChosen(Model):
    """One choice."""

    about: int = Field(1, strict=True, ge=1, le=SUBJECTS_MAX, description="问卷上对象的序号 · the subject's number")
    question: str = Field(min_length=1, max_length=20, examples=["overall"])
    choice: str = Field(min_length=1, max_length=20, examples=["satisfied"])


class SurveySheetRequest(Model):
    """A filled-in sheet with its code. What is left out is not answered."""

    model_config = ConfigDict(hide_input_in_errors=True)

    code: str = Field(
        min_length=1, max_length=40, description="纸条上的答题码 · from the slip", examples=["7K2M-9XQ4-T0AB"]
    )
    answers: list[SurveyChosen] = Field(min_length=1, max_length=_CHOICES_MAX)

    def chosen(self) -> list[Chosen]:
        return [Chosen(one.about, one.question, one.choice) for one in self.answers]


class SurveyCountedAnswer(Answer):
    """The answer was counted."""

    counted: bool = Field(description="已计入；不会保存单份答卷 · counted; no single answer is kept", examples=[True])
