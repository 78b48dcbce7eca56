"""What HTTP sees of branches' boards, and of what screens are sent."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.boards.core import BRANCH_MEMBERS_MIN, Audience, Board
from app.boards.core_playlists import StepKind
from app.boards.core_screens import BranchBoard, Content, Deeds, GridMap, Play, Radar, ShownStep, Trend
from app.boards.schemas import BoardAnswer, BoardPolicyAnswer, PeriodAnswer, TieRule, as_json
from app.boards.schemas_playlists import PlaylistStepAnswer
from app.kit.http import Answer
from app.points.schemas import NameAnswer
from app.rules.points import json_number, printed_number
from app.rules.schemas_points import Points

COUNTED_ZH = f"按参加排名党员的平均分；参加排名不足 {BRANCH_MEMBERS_MIN} 人的支部不列入。同分同名次（1、2、2、4）。"
COUNTED_EN = (
    f"By the average of those who are ranked; a branch with fewer than {BRANCH_MEMBERS_MIN} of them takes no part."
    " Equal averages share a rank (1, 2, 2, 4)."
)
STARRED_ZH = "按现有星级；未评定的支部不列入。同星同名次（1、2、2、4）。"
STARRED_EN = "By the stars held now; unrated branches take no part. Equal stars share a rank (1, 2, 2, 4)."


class BranchRowAnswer(Answer):
    """A branch on the board."""

    rank: int
    branch: str
    members: int | None = Field(description="计入平均的人数 · how many the average is of")
    average: Points | None = Field(examples=[987.25])
    star: int | None = Field(examples=[5])
    movement: int | None = Field(description="平均分名次比上次封账上升几名 · ranks gained since the last seal")


class StarLevelAnswer(Answer):
    """How many branches have so many stars."""

    star: int
    branches: int


class BranchBoardAnswer(Answer):
    """Branches by their average or by their stars, under the district's policy."""

    by: str = Field(description="average 平均分 · stars 星级", examples=["average"])
    scope_name: str
    measure: str
    measure_name: NameAnswer
    period: PeriodAnswer
    rule: NameAnswer = Field(description="怎样计算和排名 · what counts, and how it is ranked")
    members_min: int = Field(examples=[BRANCH_MEMBERS_MIN])
    audience: Audience
    policy: BoardPolicyAnswer
    counted: int = Field(description="参加排名的支部数 · how many branches take part")
    rows: list[BranchRowAnswer]
    levels: list[StarLevelAnswer] = Field(description="按星级：各星级支部数 · by stars: how many have so many")

    @classmethod
    def of(cls, board: BranchBoard) -> BranchBoardAnswer:
        is_average = board.by == "average"
        return cls(
            by=board.by,
            scope_name=board.scope_name,
            measure=board.measure,
            measure_name=NameAnswer(zh=board.measure_name.zh, en=board.measure_name.en),
            period=PeriodAnswer.of(board.period),
            rule=NameAnswer(zh=COUNTED_ZH, en=COUNTED_EN) if is_average else NameAnswer(zh=STARRED_ZH, en=STARRED_EN),
            members_min=BRANCH_MEMBERS_MIN,
            audience=board.audience,
            policy=BoardPolicyAnswer.model_validate(board.policy),
            counted=board.counted,
            rows=[
                BranchRowAnswer(
                    rank=row.rank,
                    branch=row.branch,
                    members=row.members,
                    average=None if row.average is None else json_number(row.average),
                    star=row.star,
                    movement=row.movement,
                )
                for row in board.rows
            ],
            levels=[StarLevelAnswer(star=star, branches=count) for star, count in board.levels],
        )


class SpokeAnswer(Answer):
    """A dimension: what members have left of it on average, beside what it opens with."""

    dimension: str = Field(examples=["ORG"])
    name: NameAnswer
    average: Points
    full: Points


class RadarAnswer(Answer):
    """The average of each dimension; no spokes where fewer are ranked than an average may be told of."""

    scope_name: str
    cycle: str
    members: int
    spokes: list[SpokeAnswer]
    data_at: datetime | None

    @classmethod
    def of(cls, radar: Radar) -> RadarAnswer:
        return cls(
            scope_name=radar.scope_name,
            cycle=radar.cycle,
            members=radar.members,
            spokes=[
                SpokeAnswer(
                    dimension=one.dimension.code,
                    name=NameAnswer(zh=one.dimension.name.zh, en=one.dimension.name.en),
                    average=json_number(one.average),
                    full=printed_number(one.dimension.allotment, one.decimals),
                )
                for one in radar.spokes
            ],
            data_at=radar.data_at,
        )


class TrendPointAnswer(Answer):
    """Averages at a seal."""

    quarter: str = Field(examples=["2026Q2"])
    members: int
    total: Points
    daily: Points


class TrendAnswer(Answer):
    """The last seals in their order."""

    scope_name: str
    points: list[TrendPointAnswer]
    data_at: datetime | None

    @classmethod
    def of(cls, trend: Trend) -> TrendAnswer:
        return cls(
            scope_name=trend.scope_name,
            points=[
                TrendPointAnswer(
                    quarter=one.quarter,
                    members=one.members,
                    total=json_number(one.total),
                    daily=json_number(one.daily),
                )
                for one in trend.points
            ],
            data_at=trend.data_at,
        )


class DeedAnswer(Answer):
    """A recognised deed."""

    name: str = Field(examples=["陈**"])
    branch: str
    title: NameAnswer
    on: date


class DeedsAnswer(Answer):
    """The latest additions, never faults, without points and without anybody's words."""

    scope_name: str
    audience: Audience
    policy: BoardPolicyAnswer
    deeds: list[DeedAnswer]
    data_at: datetime | None

    @classmethod
    def of(cls, found: Deeds) -> DeedsAnswer:
        return cls(
            scope_name=found.scope_name,
            audience=found.audience,
            policy=BoardPolicyAnswer.model_validate(found.policy),
            deeds=[
                DeedAnswer(
                    name=one.name, branch=one.branch, title=NameAnswer(zh=one.title.zh, en=one.title.en), on=one.on
                )
                for one in found.rows
            ],
            data_at=found.data_at,
        )


class HelpedAnswer(Answer):
    """A branch or enterprise that is helped."""

    kind: str = Field(description="branch 支部 · enterprise 两新组织", examples=["branch"])
    name: str


class LeadOnMapAnswer(Answer):
    """A lead with those it is paired with."""

    branch: str
    star: int
    state: str
    helps: list[HelpedAnswer]


class GridOnMapAnswer(Answer):
    """A grid with its leads."""

    code: str
    name: str
    trades: list[str]
    enterprises: int
    leads: list[LeadOnMapAnswer]


class GridMapAnswer(Answer):
    """Grids, leads and pairings; members who are helped stand nowhere."""

    grids: list[GridOnMapAnswer]

    @classmethod
    def of(cls, found: GridMap) -> GridMapAnswer:
        return cls(
            grids=[
                GridOnMapAnswer(
                    code=grid.code,
                    name=grid.name,
                    trades=list(grid.trades),
                    enterprises=grid.enterprises,
                    leads=[
                        LeadOnMapAnswer(
                            branch=lead.branch,
                            star=lead.star,
                            state=lead.state,
                            helps=[HelpedAnswer(kind=kind, name=name) for kind, name in lead.helps],
                        )
                        for lead in grid.leads
                    ],
                )
                for grid in found.grids
            ]
        )


# What a screen is sent.

TITLES: dict[StepKind, tuple[str, str]] = {
    StepKind.RANKING: ("党员积分榜", "Members by points"),
    StepKind.BRANCHES: ("支部平均积分榜", "Branches by average"),
    StepKind.RADAR: ("各项指标平均", "Dimensions on average"),
    StepKind.STARS: ("支部星级", "Stars of branches"),
    StepKind.GRIDS: ("网格与结对帮带", "Grids and pairings"),
    StepKind.TREND: ("季度趋势", "Trend over quarters"),
    StepKind.DEEDS: ("先锋事迹", "Recognised deeds"),
}


class OffAnswer(Answer):
    """Why a board is not shown."""

    code: str = Field(examples=["board_off"])
    text: NameAnswer


class ShownStepAnswer(PlaylistStepAnswer):
    """A board of the playlist with its data; without them where ``off`` says why."""

    heading: NameAnswer
    board: BoardAnswer | BranchBoardAnswer | RadarAnswer | TrendAnswer | DeedsAnswer | GridMapAnswer | None
    off: OffAnswer | None

    @classmethod
    def of(cls, one: ShownStep) -> ShownStepAnswer:
        zh, en = TITLES[one.step.kind]
        custom = one.step.title
        off = one.off
        told = None if off is None else OffAnswer(code=off.code, text=NameAnswer(zh=off.text("zh"), en=off.text("en")))
        return cls(
            **PlaylistStepAnswer.model_validate(one.step).model_dump(),
            heading=NameAnswer(zh=custom or zh, en=custom or en),
            board=None if one.content is None else _board(one.content),
            off=told,
        )


def _board(
    content: Content,
) -> BoardAnswer | BranchBoardAnswer | RadarAnswer | TrendAnswer | DeedsAnswer | GridMapAnswer:
    match content:
        case Board():
            return BoardAnswer.of(content)
        case BranchBoard():
            return BranchBoardAnswer.of(content)
        case Radar():
            return RadarAnswer.of(content)
        case Trend():
            return TrendAnswer.of(content)
        case Deeds():
            return DeedsAnswer.of(content)
        case GridMap():
            return GridMapAnswer.of(content)


class PlayAnswer(Answer):
    """Everything that a screen shows: its playlist's boards with their data."""

    district: str
    playlist_id: UUID
    name: str
    version: int
    tie_rule: TieRule = TieRule()
    steps: list[ShownStepAnswer]

    @classmethod
    def of(cls, play: Play) -> PlayAnswer:
        return cls(
            district=play.district,
            playlist_id=play.playlist.id,
            name=play.playlist.name,
            version=play.playlist.version,
            steps=[ShownStepAnswer.of(one) for one in play.steps],
        )


def written_play(play: Play) -> bytes:
    return as_json(PlayAnswer.of(play))


def written_branches(board: BranchBoard) -> bytes:
    return as_json(BranchBoardAnswer.of(board))
