"""What HTTP sees of mentorings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.grids.assigning import HelpedKind, NeedGround
from app.grids.core_mentoring import (
    Mentoring,
    MentoringOutcome,
    MentoringState,
    MentoringView,
    Progress,
    Side,
    Visit,
    VisitKind,
    WantedVisit,
)
from app.grids.schemas import Reason
from app.kit.http import Answer, Model
from app.kit.naming import HelpedName


class AgreementRequest(Model):
    """Whose consent it is."""

    side: Side = Field(description="lead 龙头一方，helped 帮带对象一方 · which side agrees")


class VisitRequest(Model):
    """A visit or joint meeting."""

    id: UUID = Field(description="由客户端生成 · made by the client")
    kind: VisitKind = Field(description="visit 走访，joint_meeting 季度联席会议 · what was held")
    held_on: date
    text: str = Field(min_length=1, max_length=2000, examples=["指导规范三会一课记录"])
    problems_found: int = Field(0, strict=True, ge=0, le=1000)
    problems_solved: int = Field(0, strict=True, ge=0, le=1000)

    def wanted(self) -> WantedVisit:
        return WantedVisit(**self.model_dump())


class MentoringEndRequest(Model):
    """How it ended; a proposal is refused, whatever is said."""

    outcome: Literal["risen", "stopped"] = Field("stopped", description="risen 已达标，stopped 中止 · how it ended")
    reason: Reason


class MentoringAnswer(Answer):
    """A mentoring."""

    id: UUID
    lead_id: UUID
    kind: HelpedKind
    helped_id: UUID
    helped_name: HelpedName = None
    state: MentoringState
    grounds: list[NeedGround]
    costs: dict[str, int] = Field(description="选中该龙头的成本构成，人工指定的为空 · why this lead; empty: by hand")
    by_hand: str | None = Field(description="人工指定的理由 · why it was chosen by hand")
    star: int | None
    proposed_on: date
    lead_agreed_on: date | None
    helped_agreed_on: date | None
    active_on: date | None
    ended_on: date | None
    outcome: MentoringOutcome | None
    reason: str | None
    before_id: UUID | None


class VisitAnswer(Answer):
    """A visit, and where the helped branch stood."""

    id: UUID
    kind: VisitKind
    held_on: date
    text: str
    problems_found: int
    problems_solved: int
    star: int | None
    average: Decimal | None = Field(description="当时党员平均积分 · its members' mean points then", examples=["986.50"])

    @classmethod
    def of_visit(cls, visit: Visit) -> VisitAnswer:
        average = None if visit.average is None else Decimal(visit.average).scaleb(-2)
        return cls(
            id=visit.id,
            kind=visit.kind,
            held_on=visit.held_on,
            text=visit.text,
            problems_found=visit.problems_found,
            problems_solved=visit.problems_solved,
            star=visit.star,
            average=average,
        )


class MentoringProgressAnswer(Answer):
    """Where the helped branch stood at the end of a quarter."""

    quarter: str
    noted_on: date
    star: int | None
    average: Decimal | None = Field(description="当时党员平均积分 · its members' mean points then", examples=["986.50"])

    @classmethod
    def of_progress(cls, one: Progress) -> MentoringProgressAnswer:
        average = None if one.average is None else Decimal(one.average).scaleb(-2)
        return cls(quarter=one.quarter, noted_on=one.noted_on, star=one.star, average=average)


class MentoringViewAnswer(Answer):
    """A mentoring with what has come of it."""

    mentoring: MentoringAnswer
    visits: list[VisitAnswer]
    problems_found: int
    problems_solved: int
    missing_meetings: list[str] = Field(description="未开联席会议的季度 · quarters without a joint meeting")
    progress: list[MentoringProgressAnswer] = Field(
        description="帮带对象各季末的情况 · the helped one at each quarter's end"
    )

    @classmethod
    def of_view(cls, view: MentoringView) -> MentoringViewAnswer:
        return cls(
            mentoring=MentoringAnswer.model_validate(view.mentoring),
            visits=[VisitAnswer.of_visit(one) for one in view.visits],
            problems_found=sum(one.problems_found for one in view.visits),
            problems_solved=sum(one.problems_solved for one in view.visits),
            missing_meetings=list(view.missing_meetings),
            progress=[MentoringProgressAnswer.of_progress(one) for one in view.progress],
        )


class MentoringPageAnswer(Answer):
    """Mentorings in the order of their proposal."""

    mentorings: list[MentoringAnswer]
    following: UUID | None

    @classmethod
    def of_page(cls, page: tuple[list[Mentoring], UUID | None]) -> MentoringPageAnswer:
        return cls(mentorings=[MentoringAnswer.model_validate(one) for one in page[0]], following=page[1])
