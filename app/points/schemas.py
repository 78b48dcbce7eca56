"""What HTTP sees of standings, entries and explanations."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kit.http import Answer
from app.points.core import Cut, Score
from app.points.duties import DutyCount
from app.points.explaining import ExplainedEntry, ExplainedItem, Explanation
from app.points.ledger import DutyRow, Entry
from app.points.views import Effect, EntryPage, ExplanationView, StandingView
from app.rules.core import Band, Name, Regime

# Why the tree cut something, in words.
CUT_TEXTS: dict[str, Name] = {
    "matter": Name("同一事项只计最高一项", "the same matter counts once, at its highest"),
    "measure": Name("按计分办法折算", "turned into points by the item's measure"),
    "ceiling_month": Name("超过每月上限或下限", "beyond the bound per month"),
    "ceiling_quarter": Name("超过每季上限或下限", "beyond the bound per quarter"),
    "ceiling_half": Name("超过半年上限或下限", "beyond the bound per half-year"),
    "ceiling_year": Name("超过全年上限或下限", "beyond the bound per year"),
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
    points: int

    @classmethod
    def of(cls, cut: Cut) -> CutAnswer:
        return cls(
            reason=cut.reason,
            text=name_answer(CUT_TEXTS[cut.reason]),
            where=cut.where,
            quarter=cut.quarter,
            points=cut.points,
        )


class ScoreAnswer(Answer):
    """The numbers of a standing."""

    daily: int = Field(description="日常积分：900 分线按此计 · the line of 900 is tested on it", examples=[985])
    innovation: int = Field(examples=[20])
    fault: int = Field(examples=[-5])
    total: int = Field(description="总积分：500 分线按此计 · the line of 500 is tested on it", examples=[1000])
    effective: int = Field(description="有一票否决时为 0 · 0 while a veto stands", examples=[1000])
    band: str | None = Field(examples=["recommended"])

    @classmethod
    def of(cls, score: Score) -> ScoreAnswer:
        return cls(
            daily=score.daily,
            innovation=score.innovation,
            fault=score.fault,
            total=score.total,
            effective=score.effective,
            band=score.band or None,
        )


class EffectAnswer(Answer):
    """What a request did to a member's standing, and the ceilings that newly bite."""

    member_id: UUID
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
            ceilings=[CutAnswer.of(cut) for cut in effect.newly],
        )


class EntryAnswer(Answer):
    """One entry of the ledger."""

    id: UUID
    seq: int
    cycle: str
    member_id: UUID
    branch_id: UUID
    item: str
    kind: str
    dimension: str | None
    tier: str | None
    matter: str | None
    cause: UUID | None
    window: str
    units: int
    points: int
    effective_on: date
    booked_in: str
    recorded_at: datetime
    recorded_by: UUID | None
    approved_by: UUID | None
    source: str
    reverses: UUID | None
    edition: str
    profile: str
    reason: str | None = None

    @classmethod
    def of(cls, entry: Entry, reason: str | None = None) -> EntryAnswer:
        names = (name for name in cls.model_fields if name != "reason")
        return cls(**{name: getattr(entry, name) for name in names}, reason=reason)


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


class StandingAnswer(ScoreAnswer):
    """A member's standing in a cycle."""

    member_id: UUID
    name: str
    branch_id: UUID
    cycle: str
    seq: int
    version: int
    opening: int
    matrix: dict[str, dict[str, int]] = Field(description="指标 × 类别，未封顶 · dimension × kind, uncut")
    cuts: list[CutAnswer]
    vetoes: int
    ranked: bool
    duties: DutyCountAnswer
    updated_at: datetime

    @classmethod
    def of_view(cls, view: StandingView) -> StandingAnswer:
        matrix: dict[str, dict[str, int]] = {}
        for (dimension, kind), points in sorted(view.score.matrix.items()):
            matrix.setdefault(dimension, {})[kind.value] = points
        return cls(
            **ScoreAnswer.of(view.score).model_dump(),
            member_id=view.member.id,
            name=view.member.name,
            branch_id=view.balance.branch_id,
            cycle=view.balance.cycle,
            seq=view.balance.seq,
            version=view.balance.version,
            opening=view.balance.opening,
            matrix=matrix,
            cuts=[CutAnswer.of(cut) for cut in view.score.cuts],
            vetoes=view.balance.vetoes,
            ranked=view.balance.ranked,
            duties=DutyCountAnswer.of(view.duties),
            updated_at=view.updated_at,
        )


class EntryPageAnswer(Answer):
    """Entries in the order of their numbers; ask again with ``after`` = ``following`` until it is null."""

    entries: list[EntryAnswer]
    following: int | None

    @classmethod
    def of(cls, page: EntryPage) -> EntryPageAnswer:
        return cls(entries=[EntryAnswer.of(entry, words) for entry, words in page.entries], following=page.following)


class ExplainedEntryAnswer(EntryAnswer):
    """An entry with what it counts for (null: only the item's measure as a whole says) and what undid it."""

    counted: int | None
    reversed_by: UUID | None


class DutyAnswer(Answer):
    """What was due in a window, and what became of it."""

    window: str
    due_on: date
    share: int
    target: int | None
    state: str
    source: str | None
    entry_id: UUID | None

    @classmethod
    def of(cls, row: DutyRow) -> DutyAnswer:
        return cls(
            window=row.key.window,
            due_on=row.due_on,
            share=row.share,
            target=row.target,
            state=row.state.value,
            source=row.source,
            entry_id=row.entry_id,
        )


class ExplainedItemAnswer(Answer):
    """An item with its article; ``points`` = its entries + its cuts."""

    item: str
    name: NameAnswer
    article: str
    citation: str
    points: int
    entries: list[ExplainedEntryAnswer]
    duties: list[DutyAnswer]
    cuts: list[CutAnswer]


class ExplainedDimensionAnswer(Answer):
    """A dimension within a kind; ``points`` = its items + its cuts."""

    dimension: str
    name: NameAnswer
    points: int
    items: list[ExplainedItemAnswer]
    cuts: list[CutAnswer]


class ExplainedKindAnswer(Answer):
    """A kind; ``points`` = its dimensions + its cuts."""

    kind: str
    points: int
    dimensions: list[ExplainedDimensionAnswer]
    cuts: list[CutAnswer]


class ExplanationAnswer(Answer):
    """opening + routine = daily; daily + innovation + fault = total; each but for the cuts listed beside it."""

    member_id: UUID
    name: str
    cycle: str
    seq: int
    book: str
    edition: str
    digest: str
    profile: str
    score: ScoreAnswer
    band_name: NameAnswer | None
    opening: list[ExplainedEntryAnswer]
    vetoes: list[ExplainedEntryAnswer]
    kinds: list[ExplainedKindAnswer]
    cuts: list[CutAnswer]
    adds_up: bool
    duties: DutyCountAnswer

    @classmethod
    def of_view(cls, view: ExplanationView) -> ExplanationAnswer:
        explained, regime = view.explanation, view.explanation.regime
        return cls(
            member_id=view.member.id,
            name=view.member.name,
            cycle=view.balance.cycle,
            seq=view.balance.seq,
            book=regime.book,
            edition=regime.edition,
            digest=regime.digest,
            profile=regime.profile,
            score=ScoreAnswer.of(explained.score),
            band_name=_band_name(regime, explained.score.band),
            opening=[_entry(one, view) for one in explained.opening],
            vetoes=[_entry(one, view) for one in explained.vetoes],
            kinds=_kinds(explained, view),
            cuts=[CutAnswer.of(cut) for cut in explained.cuts],
            adds_up=explained.adds_up,
            duties=DutyCountAnswer.of(view.duties),
        )


def name_answer(name: Name) -> NameAnswer:
    return NameAnswer.model_validate(name)


def _band_name(regime: Regime, code: str) -> NameAnswer | None:
    band: Band | None = next((one for one in regime.bands if one.code == code), None)
    return None if band is None else name_answer(band.name)


def _entry(one: ExplainedEntry, view: ExplanationView) -> ExplainedEntryAnswer:
    entry = EntryAnswer.of(one.entry, view.reasons.get(one.entry.id))
    return ExplainedEntryAnswer(**entry.model_dump(), counted=one.counted, reversed_by=one.reversed_by)


def _kinds(explained: Explanation, view: ExplanationView) -> list[ExplainedKindAnswer]:
    return [
        ExplainedKindAnswer(
            kind=kind.kind.value,
            points=kind.points,
            cuts=[CutAnswer.of(cut) for cut in kind.cuts],
            dimensions=[
                ExplainedDimensionAnswer(
                    dimension=dimension.code,
                    name=name_answer(dimension.name),
                    points=dimension.points,
                    items=[_item(item, view) for item in dimension.items],
                    cuts=[CutAnswer.of(cut) for cut in dimension.cuts],
                )
                for dimension in kind.dimensions
            ],
        )
        for kind in explained.kinds
    ]


def _item(explained: ExplainedItem, view: ExplanationView) -> ExplainedItemAnswer:
    item = explained.item
    return ExplainedItemAnswer(
        item=item.code,
        name=name_answer(item.name),
        article=item.article,
        citation=item.citation,
        points=explained.points,
        entries=[_entry(one, view) for one in explained.entries],
        duties=[DutyAnswer.of(row) for row in explained.duties],
        cuts=[CutAnswer.of(cut) for cut in explained.cuts],
    )
