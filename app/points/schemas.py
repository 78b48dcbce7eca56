"""What HTTP sees of standings and entries; all points are as the book prints them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kit.http import Answer
from app.kit.naming import AccountName, MemberName, OrganisationName, own_fields
from app.points.core import Cut, Score
from app.points.duties import DutyCount
from app.points.ledger import Entry
from app.points.views import Effect, EntryPage, PostedItem, StandingView, YearView
from app.rules.name import Name
from app.rules.points import printed_number
from app.rules.schemas_points import Points

# Why the tree cut something, in words.
CUT_TEXTS: dict[str, Name] = {
    "matter": Name("同一事项只计最高一项", "the same matter counts once, at its highest"),
    "measure": Name("按计分办法折算", "turned into points by the item's measure"),
    "ceiling_month": Name("超过每月上限或下限", "beyond the bound per month"),
    "ceiling_quarter": Name("超过每季上限或下限", "beyond the bound per quarter"),
    "ceiling_half": Name("超过半年上限或下限", "beyond the bound per half-year"),
    "ceiling_year": Name("超过考评年度上限或下限", "beyond the bound of the cycle"),
    "across": Name("超过多项合计的每季上限", "beyond a ceiling per quarter over several items"),
    "weight": Name("按权重折算", "weighted"),
    "floor": Name("不低于零分", "not below zero"),
    "ceiling": Name("不超过总分上限", "not above the highest total"),
}


class NameAnswer(Answer):
    """A name in both languages."""

    zh: str
    en: str


class CutAnswer(Answer):
    """Points that the tree of ceilings took away (or gave back), with the reason."""

    reason: str = Field(examples=["ceiling_year"])
    text: NameAnswer
    where: str = Field(description="item, node of the tree, daily or total", examples=["innovation/ORG"])
    quarter: str | None = Field(examples=["2026Q3"])
    points: Points

    @classmethod
    def of(cls, cut: Cut, decimals: int) -> CutAnswer:
        return cls(
            reason=cut.reason,
            text=name_answer(CUT_TEXTS[cut.reason]),
            where=cut.where,
            quarter=cut.quarter,
            points=printed_number(cut.points, decimals),
        )


class ScoreAnswer(Answer):
    """The numbers of a standing."""

    daily: Points = Field(description="日常积分：900 分线按此计 · the line of 900 is tested on it", examples=[985])
    innovation: Points = Field(examples=[20])
    fault: Points = Field(examples=[-5])
    total: Points = Field(description="总积分：500 分线按此计 · the line of 500 is tested on it", examples=[1000])
    effective: Points = Field(description="有一票否决时为 0 · 0 while a veto stands", examples=[1000])
    band: str | None = Field(
        description="一票否决期间有效积分为 0 的，不评等次 · null while a veto makes it 0", examples=["recommended"]
    )

    @classmethod
    def of(cls, score: Score) -> ScoreAnswer:
        decimals = score.decimals
        return cls(
            daily=printed_number(score.daily, decimals),
            innovation=printed_number(score.innovation, decimals),
            fault=printed_number(score.fault, decimals),
            total=printed_number(score.total, decimals),
            effective=printed_number(score.effective, decimals),
            band=score.band or None,
        )


class EffectAnswer(Answer):
    """What a request did to a member's standing, and the ceilings that newly bite."""

    member_id: UUID
    member_name: MemberName = None
    cycle: str
    seq: int
    version: int
    before: ScoreAnswer
    after: ScoreAnswer
    ceilings: list[CutAnswer]

    @classmethod
    def of(cls, effect: Effect) -> EffectAnswer:
        return cls(
            member_id=effect.member_id,
            cycle=effect.cycle,
            seq=effect.seq,
            version=effect.version,
            before=ScoreAnswer.of(effect.before),
            after=ScoreAnswer.of(effect.after),
            ceilings=cut_answers(effect.newly, effect.after.decimals),
        )


class EntryAnswer(Answer):
    """One entry of the ledger."""

    id: UUID
    seq: int
    cycle: str
    member_id: UUID
    member_name: MemberName = None
    branch_id: UUID
    branch_name: OrganisationName = None
    item: str
    kind: str
    dimension: str | None
    tier: str | None
    matter: str | None
    cause: UUID | None
    window: str
    units: int
    points: Points
    effective_on: date
    booked_in: str
    recorded_at: datetime
    recorded_by: UUID | None
    recorded_by_name: AccountName = None
    approved_by: UUID | None
    approved_by_name: AccountName = None
    source: str
    reverses: UUID | None
    costs: str | None = Field(description="失误所扣份额的职责 · the duty that a finding names", examples=["ORG-D02"])
    edition: str
    profile: str
    reason: str | None = None

    @classmethod
    def of(cls, entry: Entry, decimals: int, reason: str | None = None) -> EntryAnswer:
        names = (name for name in own_fields(cls) if name not in ("points", "reason"))
        points = printed_number(entry.points, decimals)
        return cls(**{name: getattr(entry, name) for name in names}, points=points, reason=reason)


class DutyCountAnswer(Answer):
    """How the duties due so far stand."""

    due: int
    decided: int
    kept: int
    missed: int
    waived: int
    is_insufficient: bool = Field(description="依据不足：已定职责不足八成 · under 80 % decided")

    @classmethod
    def of(cls, count: DutyCount) -> DutyCountAnswer:
        return cls.model_validate(count)


class CycleTotalAnswer(Answer):
    """What one cycle of the year came to."""

    cycle: str = Field(examples=["2026Q3"])
    total: Points = Field(examples=[95])


class YearAnswer(Answer):
    """What a year comes to under rules that score by the half-year or quarter; a mean rounds down, once."""

    form: str = Field(description="全年取各期的最后一期、合计或平均 · last, sum or mean", examples=["mean"])
    cycles: list[CycleTotalAnswer] = Field(description="本年已结束的各期 · the cycles of the year that have ended")
    result: Points | None = Field(description="尚无一期结束时为空 · null while none has ended", examples=[95])

    @classmethod
    def of(cls, view: YearView) -> YearAnswer:
        totals = {cycle: printed_number(total, view.decimals) for cycle, total in view.totals.items()}
        return cls(
            form=view.form.value,
            cycles=[CycleTotalAnswer(cycle=cycle, total=total) for cycle, total in totals.items()],
            result=None if view.result is None else printed_number(view.result, view.decimals),
        )


class DisputedAnswer(Answer):
    """What is under appeal: it counts until that is decided, and sets nothing off."""

    entries: list[UUID] = Field(description="申诉中的记录 · the entries appealed against")
    total_without: Points = Field(description="不计这些记录的总积分 · the total without them", examples=[1000])


class StandingAnswer(ScoreAnswer):
    """A member's standing in a cycle."""

    member_id: UUID
    name: str
    branch_id: UUID
    branch_name: OrganisationName = None
    cycle: str
    seq: int
    version: int
    opening: Points
    matrix: dict[str, dict[str, Points]] = Field(description="指标 × 类别，未封顶 · dimension × kind, uncut")
    cuts: list[CutAnswer]
    vetoes: int
    ranked: bool
    duties: DutyCountAnswer
    updated_at: datetime
    year: YearAnswer | None = Field(description="按年计分的细则为空 · null where the cycle is a year")
    disputed: DisputedAnswer | None = Field(description="没有未决申诉时为空 · null while nothing is under appeal")

    @classmethod
    def of_view(cls, view: StandingView) -> StandingAnswer:
        decimals = view.score.decimals
        matrix: dict[str, dict[str, Points]] = {}
        for (dimension, kind), points in sorted(view.score.matrix.items()):
            matrix.setdefault(dimension, {})[kind.value] = printed_number(points, decimals)
        return cls(
            **ScoreAnswer.of(view.score).model_dump(),
            member_id=view.member.id,
            name=view.member.name,
            branch_id=view.balance.branch_id,
            cycle=view.balance.cycle,
            seq=view.balance.seq,
            version=view.balance.version,
            opening=printed_number(view.balance.opening, decimals),
            matrix=matrix,
            cuts=cut_answers(view.score.cuts, decimals),
            vetoes=view.balance.vetoes,
            ranked=view.balance.ranked,
            duties=DutyCountAnswer.of(view.duties),
            updated_at=view.updated_at,
            year=None if view.year is None else YearAnswer.of(view.year),
            disputed=None
            if view.disputed is None
            else DisputedAnswer(
                entries=list(view.disputed.entries), total_without=printed_number(view.disputed.score.total, decimals)
            ),
        )


class EntryPageAnswer(Answer):
    """Entries in the order of their numbers; ask again with ``after`` = ``following`` until it is null."""

    entries: list[EntryAnswer]
    following: int | None

    @classmethod
    def of(cls, page: EntryPage) -> EntryPageAnswer:
        entries = [EntryAnswer.of(entry, page.decimals, words) for entry, words in page.entries]
        return cls(entries=entries, following=page.following)


def entry_answers(posted: PostedItem | None) -> list[EntryAnswer]:
    """The entries of one posting, its own first."""
    return [] if posted is None else [EntryAnswer.of(one, posted.decimals, posted.reason) for one in posted.entries]


def name_answer(name: Name) -> NameAnswer:
    return NameAnswer.model_validate(name)


def cut_answers(cuts: Iterable[Cut], decimals: int) -> list[CutAnswer]:
    return [CutAnswer.of(cut, decimals) for cut in cuts]
