"""What HTTP sees of boards. A row carries no id: a board recognises, it does not point to a record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.boards.core import (
    Audience,
    Board,
    BoardPolicy,
    BoardRow,
    Level,
    NameForm,
    OwnPositions,
    Period,
    PeriodKind,
    PolicyVersion,
    Position,
    Reach,
    Scope,
)
from app.kit.http import Answer, Model
from app.kit.naming import AccountName
from app.points.schemas import NameAnswer, ScoreAnswer
from app.rules.points import json_number, printed_number
from app.rules.schemas_points import Points
from app.seals.core import NoticeRow, NoticeSheet

TIE_RULE_ZH = "同分同名次，其后名次顺延（1、2、2、4）；同分者按入党时间先后列示。"
TIE_RULE_EN = (
    "Equal points share a rank and the next rank counts them all (1, 2, 2, 4); among equals earlier members first."
)


class TieRule(Answer):
    """How equal points are ranked, stated on the board."""

    zh: str = TIE_RULE_ZH
    en: str = TIE_RULE_EN


_TOP = Field(ge=1, le=200, description="显示前几名 · how many from the top", examples=[10])
_REACH = Field(description="off 关闭 · branch 支部内 · district 全区", examples=["district"])
_NAMES = Field(description="full 全名 · masked 陈** · initials 首字母", examples=["masked"])


class BoardPolicyModel(Model):
    """What an audience may see."""

    reach: Annotated[Reach, _REACH]
    top: Annotated[int, _TOP]
    names: Annotated[NameForm, _NAMES]

    def policy(self) -> BoardPolicy:
        return BoardPolicy(self.reach, self.top, self.names)


class BoardPolicyAnswer(Answer):
    """What an audience sees; version 0 is the default of who has set nothing."""

    reach: Annotated[Reach, _REACH]
    top: Annotated[int, _TOP]
    names: Annotated[NameForm, _NAMES]
    version: int


class PolicyVersionAnswer(BoardPolicyAnswer):
    """A policy as it was set."""

    set_at: datetime
    set_by: UUID | None
    set_by_name: AccountName = None

    @classmethod
    def of(cls, one: PolicyVersion) -> PolicyVersionAnswer:
        held = one.policy
        return cls(
            reach=held.reach, top=held.top, names=held.names, version=held.version, set_at=one.set_at,
            set_by=one.set_by,
        )  # fmt: skip


class PolicyVersionsAnswer(Answer):
    """The latest first."""

    versions: list[PolicyVersionAnswer]


class PeriodAnswer(Answer):
    """The time that the board tells of."""

    kind: PeriodKind = Field(description="now 目前 · sealed 季度封账结果 · day 某日终了")
    quarter: str | None = Field(description="所示的封账季度 · the seal that is shown", examples=["2026Q2"])
    day: date | None = Field(description="所示日期 · the day at whose end it was so")
    under_review: str | None = Field(
        description="正在复核公示、因此不显示的季度 · asked for, but still being checked", examples=["2026Q3"]
    )
    note: NameAnswer | None
    compared_with: str | None = Field(description="升降对比的季度 · the seal that movement is told against")

    @classmethod
    def of(cls, period: Period) -> PeriodAnswer:
        return cls(
            kind=period.kind, quarter=period.quarter, day=period.day, under_review=period.under_review,
            note=_note(period), compared_with=period.compared_with,
        )  # fmt: skip


def _note(period: Period) -> NameAnswer | None:
    if period.under_review is None:
        return None
    zh, en = f"{period.under_review} 季度正在复核和公示", f"The quarter {period.under_review} is under review"
    if period.quarter is None:
        return NameAnswer(zh=f"{zh}，此前没有已封账的季度。", en=f"{en}, and no quarter before it is sealed.")
    return NameAnswer(zh=f"{zh}，此处显示 {period.quarter} 季度的封账结果。", en=f"{en}; shown is {period.quarter}.")


class BoardRowAnswer(Answer):
    """One place on the board."""

    rank: int
    name: str = Field(examples=["陈**"])
    branch: str
    points: Points
    movement: int | None = Field(description="比上次封账上升几名，负数为下降 · ranks gained since the last seal")

    @classmethod
    def of(cls, row: BoardRow) -> BoardRowAnswer:
        return cls(
            rank=row.rank, name=row.name, branch=row.branch, points=json_number(row.points), movement=row.movement
        )


class BoardAnswer(Answer):
    """A ranking of members under the district's policy."""

    scope: Scope
    scope_name: str
    measure: str = Field(description="total 总积分 · daily 日常 · innovation 创新 · 或指标代码", examples=["total"])
    measure_name: NameAnswer
    cycle: str
    period: PeriodAnswer
    tie_rule: TieRule = TieRule()
    audience: Audience
    policy: BoardPolicyAnswer
    members: int = Field(description="参加排名人数（不含免考核） · how many are ranked, exempt members left out")
    rows: list[BoardRowAnswer]
    data_at: datetime | None = Field(description="数据截至 · the latest change among them")

    @classmethod
    def of(cls, board: Board) -> BoardAnswer:
        subject = board.subject
        return cls(
            scope=subject.scope,
            scope_name=subject.name,
            measure=subject.measure,
            measure_name=NameAnswer(zh=subject.measure_name.zh, en=subject.measure_name.en),
            cycle=subject.period.cycle,
            period=PeriodAnswer.of(subject.period),
            audience=board.audience,
            policy=BoardPolicyAnswer.model_validate(board.policy),
            members=board.members,
            rows=[BoardRowAnswer.of(row) for row in board.rows],
            data_at=board.data_at,
        )


# The own position.


class NextAnswer(Answer):
    """The next points above or below that anybody has: how many have them, and nobody's name."""

    points: Points
    members: int


class PositionAnswer(Answer):
    """A rank among so many."""

    rank: int
    of: int = Field(description="参加排名人数 · how many are ranked")
    ahead: NextAnswer | None = Field(description="前一档积分及人数 · the next points above")
    behind: NextAnswer | None = Field(description="后一档积分及人数，最后一档不显示 · below, but never the last")
    movement: int | None

    @classmethod
    def told(cls, one: Position) -> PositionAnswer:
        return cls(
            rank=one.place.rank, of=one.place.of, ahead=_level(one.ahead), behind=_level(one.behind),
            movement=one.movement,
        )  # fmt: skip


def _level(level: Level | None) -> NextAnswer | None:
    return None if level is None else NextAnswer(points=printed_number(level.value, 2), members=level.members)


class OwnPositionAnswer(Answer):
    """The caller's own places, seen by nobody else; in the branch always, in the district where boards reach it."""

    measure: str
    cycle: str
    points: Points | None = Field(description="未参加排名的为空 · null for who is not ranked")
    branch: PositionAnswer | None
    district: PositionAnswer | None
    shown: bool = Field(description="本人姓名可以上榜 · whether one's name may stand on boards")

    @classmethod
    def of(cls, own: OwnPositions) -> OwnPositionAnswer:
        return cls(
            measure=own.measure,
            cycle=own.cycle,
            points=None if own.points is None else json_number(own.points),
            branch=None if own.branch is None else PositionAnswer.told(own.branch),
            district=None if own.district is None else PositionAnswer.told(own.district),
            shown=own.is_shown,
        )


class ShownModel(Model):
    """Whether the caller's name may stand on boards."""

    shown: bool = Field(description="false 不上榜：名次照计，姓名不显示 · false: ranked, but never named")


# Notices.


class NoticeRowAnswer(Answer):
    """A member's line on notice."""

    name: str = Field(examples=["陈**"])
    score: ScoreAnswer
    insufficient: bool = Field(description="依据不足 · too little is decided")
    until_on: date = Field(description="可提出异议的最后一天 · the last day for objections to this line")

    @classmethod
    def of(cls, row: NoticeRow) -> NoticeRowAnswer:
        return cls(name=row.name, score=ScoreAnswer.of(row.score), insufficient=row.insufficient, until_on=row.until_on)


class NoticeAnswer(Answer):
    """A branch's results on notice, by the members' numbers in the roster."""

    quarter: str
    branch: str
    from_on: date
    until_on: date
    rows: list[NoticeRowAnswer]

    @classmethod
    def of(cls, sheet: NoticeSheet) -> NoticeAnswer:
        return cls(
            quarter=sheet.quarter.code,
            branch=sheet.branch,
            from_on=sheet.from_on,
            until_on=sheet.until_on,
            rows=[NoticeRowAnswer.of(one) for one in sheet.rows],
        )


def as_json(answer: Answer) -> bytes:
    return answer.model_dump_json().encode()


def written_board(board: Board) -> bytes:
    return as_json(BoardAnswer.of(board))
