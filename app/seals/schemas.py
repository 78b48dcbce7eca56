"""What HTTP sees of a quarter's life; all points are as the book prints them."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.cycles.core import Quarter, QuarterState
from app.kit.cursors import written_cursor
from app.kit.http import Answer, Model
from app.kit.problems import Language
from app.points.schemas import EntryAnswer, ScoreAnswer
from app.rules.points import printed_number
from app.rules.schemas_points import Points
from app.seals.core import (
    PAGE_MAX,
    BranchView,
    CheckPage,
    Confirmed,
    Frozen,
    Listed,
    MemberQuarter,
    QuarterView,
    Stage,
    check_due_on,
)
from app.submissions.schemas import PostedAnswer, ReversalRequest

STATES = "open 开放 · check 复核 · notice 公示 · sealed 已封账"
STAGES = (
    "recording 记录中 · checking 复核中 · late 逾期，由基层党委复核 · ready 已复核，待公示 · on_notice 公示中"
    " · noticed 公示期满，等待其他支部 · sealed 已封账"
)


class BookQuarterAnswer(Answer):
    """A quarter of the books."""

    quarter: str = Field(examples=["2026Q3"])
    cycle: str = Field(examples=["2026"])
    starts_on: date
    ends_on: date
    state: QuarterState = Field(description=STATES)
    check_due_on: date = Field(description="支部复核截止日 · the last day on which branches confirm")

    @classmethod
    def of(cls, quarter: Quarter) -> BookQuarterAnswer:
        return cls(
            quarter=quarter.code,
            cycle=quarter.cycle,
            starts_on=quarter.starts_on,
            ends_on=quarter.ends_on,
            state=quarter.state,
            check_due_on=check_due_on(quarter),
        )


class QuartersAnswer(Answer):
    """The quarters of the books, the latest first."""

    quarters: list[BookQuarterAnswer]


class BranchQuarterAnswer(Answer):
    """How far a branch is with the quarter."""

    branch_id: UUID
    branch: str
    stage: Stage = Field(description=STAGES)
    left: int = Field(description="待复核的日常记录 · routine entries that nobody has confirmed")
    notice_from: date | None
    notice_until: date | None = Field(description="公示最后一天 · the notice's last day")
    asked: list[str] = Field(description="由谁复核 · whose turn it is to confirm")

    @classmethod
    def of(cls, view: BranchView) -> BranchQuarterAnswer:
        first = view.life.notice
        return cls(
            branch_id=view.life.branch_id,
            branch=view.name,
            stage=view.stage,
            left=view.life.unchecked,
            notice_from=None if first is None else first.from_on,
            notice_until=None if first is None else first.until_on,
            asked=list(view.asked),
        )


class QuarterLifeAnswer(BookQuarterAnswer):
    """A quarter with the branches in the caller's reach."""

    holds_up: int = Field(
        description="全区封账仍在等待的支部数，含您无权查看的 · all that the seal waits for, also beyond your reach"
    )
    branches: list[BranchQuarterAnswer]

    @classmethod
    def of_view(cls, view: QuarterView) -> QuarterLifeAnswer:
        return cls(
            **BookQuarterAnswer.of(view.quarter).model_dump(),
            holds_up=view.holds_up,
            branches=[BranchQuarterAnswer.of(one) for one in view.branches],
        )


class CheckRowAnswer(Answer):
    """A routine entry that waits for the check."""

    entry: EntryAnswer
    member: str
    title: str = Field(examples=["主题党日"])
    is_yours: bool = Field(description="是否由您复核 · whether it is yours to confirm")

    @classmethod
    def of(cls, listed: Listed, language: Language) -> CheckRowAnswer:
        entry = listed.unchecked.entry
        return cls(
            entry=EntryAnswer.of(entry, listed.decimals, listed.unchecked.reason),
            member=listed.member,
            title=listed.item.said(language),
            is_yours=listed.is_yours,
        )


class MemberNameAnswer(Answer):
    """A member by name."""

    member_id: UUID
    name: str


class CheckAnswer(Answer):
    """What waits for the check in a branch; go on with ``cursor`` until there is none."""

    quarter: BookQuarterAnswer
    branch_id: UUID
    branch: str
    stage: Stage = Field(description=STAGES)
    left: int
    rows: list[CheckRowAnswer]
    following: str | None = Field(description="下一页的 cursor · of the next page")
    insufficient: list[MemberNameAnswer] = Field(
        description="依据不足：应尽职责已定不足八成 · members of whose duties under 80 % are decided"
    )

    @classmethod
    def of(cls, page: CheckPage, language: Language) -> CheckAnswer:
        return cls(
            quarter=BookQuarterAnswer.of(page.quarter),
            branch_id=page.branch_id,
            branch=page.branch,
            stage=page.stage,
            left=page.left,
            rows=[CheckRowAnswer.of(one, language) for one in page.rows],
            following=written_cursor(page.following),
            insufficient=[MemberNameAnswer(member_id=one, name=name) for one, name in page.insufficient],
        )


class ConfirmRequest(Model):
    """Which entries are confirmed; without a list all those of the branch that are the caller's to confirm."""

    entries: Annotated[list[UUID], Field(min_length=1, max_length=PAGE_MAX)] | None = Field(
        None, description="省略则全部 · leave out for all"
    )


class ConfirmedAnswer(Answer):
    """What was confirmed now, and what still waits."""

    confirmed: int
    left: int = Field(description="仍待复核的（包括须由他人复核的）· still waiting, also for others")
    stage: Stage = Field(description=STAGES)
    recorded_by_you: int = Field(description="其中您本人记录的，须由他人复核 · of these, what you recorded yourself")
    about_you: int = Field(description="其中关于您本人的，须由他人复核 · of these, what is about yourself")
    for_other_reviewers: int = Field(description="其中不归您复核的 · of these, what others review")
    asked: list[str] = Field(description="余下的由谁复核 · whose turn it is to confirm what is left")

    @classmethod
    def of(cls, done: Confirmed) -> ConfirmedAnswer:
        return cls.model_validate(done)


class RefusalRequest(ReversalRequest):
    """Why an entry is not confirmed; ``id`` becomes that of its reversal."""


class RefusedAnswer(PostedAnswer):
    """The reversal and what was booked along, with the effect on the member's standing."""


class FrozenAnswer(Answer):
    """The numbers of a sealed quarter."""

    daily: Points
    innovation: Points
    fault: Points
    total: Points
    effective: Points
    band: str | None
    seq: int = Field(description="封存时的记录序号 · the number of the last entry when it was frozen")
    running_hash: str = Field(description="该序号的链式摘要 · the running hash after that entry")
    edition: str
    profile: str
    insufficient: bool = Field(description="依据不足 · too little is decided")

    @classmethod
    def of(cls, one: Frozen) -> FrozenAnswer:
        return cls(
            daily=printed_number(one.daily, one.decimals),
            innovation=printed_number(one.innovation, one.decimals),
            fault=printed_number(one.fault, one.decimals),
            total=printed_number(one.total, one.decimals),
            effective=printed_number(one.effective, one.decimals),
            band=one.band,
            seq=one.seq,
            running_hash=one.running_hash.hex(),
            edition=one.edition,
            profile=one.profile,
            insufficient=one.is_insufficient,
        )


class MemberQuarterAnswer(Answer):
    """A member at a quarter's end: as sealed, and with what has been corrected since."""

    quarter: BookQuarterAnswer
    sealed: FrozenAnswer | None = Field(description="封账结果；未封账时为空 · as sealed; none before the seal")
    corrected: ScoreAnswer = Field(description="更正后的结果 · everything dated up to the quarter, whenever booked")

    @classmethod
    def of(cls, one: MemberQuarter) -> MemberQuarterAnswer:
        return cls(
            quarter=BookQuarterAnswer.of(one.quarter),
            sealed=None if one.sealed is None else FrozenAnswer.of(one.sealed),
            corrected=ScoreAnswer.of(one.corrected),
        )


class MemberQuartersAnswer(Answer):
    """The quarters of a cycle that the member has entered."""

    quarters: list[MemberQuarterAnswer]
