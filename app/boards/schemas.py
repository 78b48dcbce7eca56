"""What HTTP sees of boards. A row carries no id: a board recognises, it does not point to a record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.boards.core import Audience, Board, BoardPolicy, BoardRow, NameForm, Reach
from app.kit.http import Answer, Model
from app.points.schemas import ScoreAnswer
from app.rules.points import json_number
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


class BoardPolicyModel(Model):
    """What an audience may see."""

    reach: Reach = Field(description="off 关闭 · branch 支部内 · district 全区", examples=["district"])
    top: int = Field(ge=1, le=200, description="显示前几名 · how many from the top", examples=[10])
    names: NameForm = Field(description="full 全名 · masked 陈** · initials 首字母", examples=["masked"])

    @classmethod
    def of(cls, policy: BoardPolicy) -> BoardPolicyModel:
        return cls(reach=policy.reach, top=policy.top, names=policy.names)

    def policy(self) -> BoardPolicy:
        return BoardPolicy(self.reach, self.top, self.names)


class BoardRowAnswer(Answer):
    """One place on the board."""

    rank: int
    name: str = Field(examples=["陈**"])
    branch: str
    points: Points

    @classmethod
    def of(cls, row: BoardRow) -> BoardRowAnswer:
        return cls(rank=row.rank, name=row.name, branch=row.branch, points=json_number(row.points))


class OwnPositionAnswer(Answer):
    """The caller's own place, whatever the board shows to others."""

    rank: int
    points: Points


class BoardAnswer(Answer):
    """A ranking by total points under the district's policy."""

    scope: Literal["district", "branch"]
    scope_name: str
    cycle: str
    basis: Literal["total"] = "total"
    tie_rule: TieRule = TieRule()
    audience: Audience
    policy: BoardPolicyModel
    members: int = Field(description="参加排名人数（不含免考核） · how many are ranked, exempt members left out")
    rows: list[BoardRowAnswer]
    own: OwnPositionAnswer | None
    data_at: datetime | None = Field(description="数据截至 · the latest change among them")

    @classmethod
    def of(cls, board: Board) -> BoardAnswer:
        return cls.model_validate(
            {
                "scope": board.scope,
                "scope_name": board.scope_name,
                "cycle": board.cycle,
                "audience": board.audience,
                "policy": BoardPolicyModel.of(board.policy),
                "members": board.members,
                "rows": [BoardRowAnswer.of(row) for row in board.rows],
                "own": board.own and OwnPositionAnswer(rank=board.own.rank, points=json_number(board.own.points)),
                "data_at": board.data_at,
            }
        )


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
