"""What HTTP sees of grids, leads, assignments and plans."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.grids.assigning import Assignment, Costs, HelpedKind, Lack, NeedGround, Pair, Release
from app.grids.core import (
    CAPACITY_MAX,
    TRADES,
    Applied,
    Grid,
    GridMember,
    GridView,
    LeadState,
    Succession,
    Supplied,
    WantedLead,
)
from app.grids.core_plans import GridCalendar, Plan, PlanLevel
from app.kit.http import Answer, Model
from app.kit.naming import EnterpriseName, EnterpriseNames, HelpedName, OrganisationName

ROWS_MAX = 20_000
Star = Annotated[int, Field(strict=True, ge=0, le=5, description="星级，0 为无星 · stars; 0: none")]
Reason = Annotated[str, Field(min_length=1, max_length=500, description="理由 · why")]
Trade = Annotated[str, Field(min_length=1, max_length=40, examples=list(TRADES[:1]))]


class GridRequest(Model):
    """A grid as it is to be."""

    code: str = Field(min_length=1, max_length=20, examples=["WG01"])
    name: str = Field(min_length=1, max_length=60, examples=["家具日化"])
    trades: list[Trade] = Field(
        max_length=50, description="所含行业代码，一个行业只属于一个网格 · a trade is one grid's"
    )
    neighbours: list[UUID] = Field(
        [], max_length=100, description="可跨网格帮带的相邻网格，空为全部 · whose leads may help here; empty: all"
    )

    def grid(self, grid_id: UUID, today: date) -> Grid:
        trades = tuple(dict.fromkeys(self.trades))
        return Grid(grid_id, self.code, self.name, trades, tuple(dict.fromkeys(self.neighbours)), today)


class LeadAnswer(Answer):
    """A lead."""

    id: UUID
    grid_id: UUID
    branch_id: UUID
    branch_name: OrganisationName = None
    deputy_id: UUID | None
    deputy_name: OrganisationName = None
    capacity: int
    star: int = Field(description="确定时的星级 · when it was appointed")
    state: LeadState = Field(
        description="leading 在任，leaving 保留到季末，acting 暂代（无副龙头接任），ended 已卸任 · its life"
    )
    from_on: date
    until_on: date | None
    reason: str | None


class GridAnswer(Answer):
    """A grid with its leads."""

    id: UUID
    code: str
    name: str
    trades: list[str]
    neighbours: list[UUID]
    from_on: date
    leads: list[LeadAnswer]
    enterprises: int = Field(description="现有两新组织数 · in it today")

    @classmethod
    def of_view(cls, view: GridView) -> GridAnswer:
        grid = view.grid
        return cls(
            id=grid.id,
            code=grid.code,
            name=grid.name,
            trades=list(grid.trades),
            neighbours=list(grid.neighbours),
            from_on=grid.from_on,
            leads=[LeadAnswer.model_validate(one) for one in view.leads],
            enterprises=view.enterprises,
        )


class GridsAnswer(Answer):
    """Every grid of the district."""

    grids: list[GridAnswer]


class LeadRequest(Model):
    """A lead as it is to be; only its deputy and capacity change later."""

    grid_id: UUID
    branch_id: UUID = Field(description="四星级或五星级党支部 · of four or five stars")
    deputy_id: UUID | None = Field(None, description="副龙头：龙头卸任时接任 · the branch that follows")
    capacity: int = Field(
        strict=True, ge=1, le=CAPACITY_MAX, description="同时帮带的家数上限 · helped at once, at most"
    )
    star: Star | None = Field(None, description="系统无星级结果时填写 · where none is on record")
    deputy_star: Star | None = None

    def wanted(self, lead_id: UUID) -> WantedLead:
        return WantedLead(lead_id, **self.model_dump())


class EndLeadRequest(Model):
    """Why a lead is to end with the quarter."""

    reason: Reason


class TerritoryRequest(Model):
    """The committee whose territory an enterprise is in."""

    territory_id: UUID = Field(description="属地党委，或区本身 · a committee, or the district")


class GridMemberAnswer(Answer):
    """An enterprise in a grid, from a day until another."""

    enterprise_id: UUID
    enterprise_name: EnterpriseName = None
    grid_id: UUID
    territory_id: UUID
    territory_name: OrganisationName = None
    trade: str
    from_on: date
    until_on: date | None


class GridMembersAnswer(Answer):
    """Enterprises in the order of their ids."""

    members: list[GridMemberAnswer]
    following: UUID | None

    @classmethod
    def of_members(cls, found: list[GridMember], count: int) -> GridMembersAnswer:
        page = [GridMemberAnswer.model_validate(one) for one in found[:count]]
        return cls(members=page, following=page[-1].enterprise_id if len(found) > count else None)


# Assignments.


class StarItem(Model):
    """The star of one branch."""

    branch_id: UUID
    star: Star


class AssignmentRequest(Model):
    """What stands in for what is on record; without both the record is taken."""

    stars: list[StarItem] | None = Field(
        None, max_length=ROWS_MAX, description="系统尚无星级结果时提供 · where no stars are on record"
    )
    cases: list[UUID] | None = Field(
        None, max_length=ROWS_MAX, description="帮扶整改中的党员 · members with an open case"
    )

    def supplied(self) -> Supplied | None:
        if self.stars is None:
            return None
        return Supplied({one.branch_id: one.star for one in self.stars}, frozenset(self.cases or ()))


class CostsAnswer(Answer):
    """The parts of a pair's cost."""

    neighbour: int = Field(description="跨网格 · of a neighbouring grid")
    distance: int = Field(description="属地距离 · between the territories")
    size: int = Field(description="帮带对象大于龙头 · the helped one is larger")
    load: int = Field(description="龙头负担 · how much the lead bears already")
    change: int = Field(description="改变原提议 · proposed to another before")
    total: int

    @classmethod
    def of_costs(cls, costs: Costs) -> CostsAnswer:
        return cls.model_validate(costs)


class PairAnswer(Answer):
    """Who is helped by whom, and why this one."""

    kind: HelpedKind
    helped_id: UUID
    helped_name: HelpedName = None
    grounds: list[NeedGround]
    lead_id: UUID
    branch_id: UUID
    branch_name: OrganisationName = None
    kept: bool
    place: int = Field(description="占用龙头第几个名额 · which of the lead's places")
    costs: CostsAnswer

    @classmethod
    def of_pair(cls, pair: Pair) -> PairAnswer:
        return cls(
            kind=pair.need.kind,
            helped_id=pair.need.key,
            grounds=sorted(pair.need.grounds),
            lead_id=pair.lead.key,
            branch_id=pair.lead.branch,
            kept=pair.kept,
            place=pair.place,
            costs=CostsAnswer.of_costs(pair.costs),
        )


class UnservedAnswer(Answer):
    """Who is left without a lead."""

    kind: HelpedKind
    helped_id: UUID
    helped_name: HelpedName = None
    grid_id: UUID | None
    lack: Lack = Field(description="no_grid 无网格，no_lead 无可及龙头，no_capacity 名额不足 · what is missing")


class ReleasedAnswer(Answer):
    """What stood and stands no longer."""

    helped_id: UUID
    helped_name: HelpedName = None
    lead_id: UUID
    why: Release


class ShortageAnswer(Answer):
    """What is missing in a grid."""

    grid: UUID | None
    waiting: int = Field(description="缺少的名额 · places that are missing")
    leads: int
    capacity: int
    free: int


class LeadsTurnedAnswer(Answer):
    """What the day changed about leads."""

    changed: list[LeadAnswer]
    opened: list[LeadAnswer]
    without_deputy: list[UUID] = Field(description="无人接任、暂代的龙头 · who act on, since nobody follows")

    @classmethod
    def of_succession(cls, turned: Succession) -> LeadsTurnedAnswer:
        return cls(
            changed=[LeadAnswer.model_validate(one) for one in turned.changed],
            opened=[LeadAnswer.model_validate(one) for one in turned.opened],
            without_deputy=list(turned.without_deputy),
        )


class AssignmentAnswer(Answer):
    """An assignment with everything that it weighed."""

    pairs: list[PairAnswer]
    unserved: list[UnservedAnswer]
    released: list[ReleasedAnswer]
    shortages: list[ShortageAnswer]
    objective: int = Field(description="总成本，越小越好 · the sum that no other assignment is below")
    proposed: int = Field(description="新提议 · proposed anew")
    ended: int
    placed: int = Field(description="入格或调格 · enterprises that entered or move")
    homeless: list[UUID] = Field(description="行业不属于任何网格的两新组织 · enterprises whose trade no grid has")
    homeless_names: EnterpriseNames = Field([])
    leads: LeadsTurnedAnswer

    @classmethod
    def of_applied(cls, applied: Applied) -> AssignmentAnswer:
        found: Assignment = applied.assignment
        return cls(
            pairs=[PairAnswer.of_pair(one) for one in found.pairs],
            unserved=[
                UnservedAnswer(kind=one.kind, helped_id=one.key, grid_id=one.grid, lack=lack)
                for one, lack in found.unserved
            ],
            released=[ReleasedAnswer(helped_id=one.need, lead_id=one.lead, why=why) for one, why in found.released],
            shortages=[ShortageAnswer.model_validate(one) for one in found.shortages],
            objective=found.objective,
            proposed=len(applied.opened),
            ended=len(applied.closed),
            placed=len(applied.placing.opened),
            homeless=list(applied.placing.homeless),
            leads=LeadsTurnedAnswer.of_succession(applied.succession),
        )


class SuppliedAnswer(Answer):
    """What was handed down to ratings."""

    written: int = Field(description="写入的指标数 · indicators written")


class OverrideRequest(Model):
    """The lead that is chosen by hand."""

    kind: HelpedKind
    helped_id: UUID
    lead_id: UUID
    reason: Reason


# Plans.


class GridPlanRequest(Model):
    """One item of a grid's calendar."""

    level: PlanLevel = Field(description="year 年主线，quarter 季主题，month 月亮点，week 周活动 · how wide")
    window: str = Field(min_length=4, max_length=8, examples=["2026Q4", "2026-11", "2026-W47"])
    title: str = Field(min_length=1, max_length=200, examples=["初心大家谈"])
    parent_id: UUID | None = Field(None, description="所属的上一级安排 · what it serves, one level up")
    host_id: UUID | None = Field(None, description="承办党支部 · the branch that holds it")
    activity_id: UUID | None = Field(None, description="已开展的活动，考勤在其中 · the session that it became")
    dropped: bool = Field(False, strict=True, description="撤销 · it will not be held")

    def plan(self, plan_id: UUID, grid_id: UUID) -> Plan:
        return Plan(plan_id, grid_id, **self.model_dump())


class GridPlanAnswer(Answer):
    """One item of a grid's calendar."""

    id: UUID
    grid_id: UUID
    level: PlanLevel
    window: str
    parent_id: UUID | None
    title: str
    host_id: UUID | None
    host_name: OrganisationName = None
    activity_id: UUID | None
    dropped: bool


class GapAnswer(Answer):
    """A window that has begun without one."""

    level: PlanLevel
    window: str


class CalendarAnswer(Answer):
    """A grid's year."""

    year: str
    plans: list[GridPlanAnswer]
    missing: list[GapAnswer]

    @classmethod
    def of_calendar(cls, found: GridCalendar) -> CalendarAnswer:
        return cls(
            year=found.year,
            plans=[GridPlanAnswer.model_validate(one) for one in found.plans],
            missing=[GapAnswer(level=level, window=window) for level, window in found.missing],
        )
