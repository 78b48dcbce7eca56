"""What HTTP sees of an explanation: from a standing's numbers down to entries, articles and cuts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from app.kit.http import Answer
from app.points.explaining import ExplainedEntry, ExplainedItem, ExplainedOpening, Explanation
from app.points.ledger import DutyRow
from app.points.schemas import (
    CutAnswer,
    DutyCountAnswer,
    EntryAnswer,
    NameAnswer,
    ScoreAnswer,
    cut_answers,
    name_answer,
)
from app.points.views import ExplanationView
from app.rules.core import Regime
from app.rules.lines import Band
from app.rules.points import printed_number
from app.rules.schemas_points import Points


class ExplainedEntryAnswer(EntryAnswer):
    """An entry with what it counts for (null: only the item's measure as a whole says) and what undid it."""

    counted: Points | None
    reversed_by: UUID | None


class ExplainedOpeningAnswer(ExplainedEntryAnswer):
    """An opening entry: the book's own, a paper's, the branch's mean, or a share of the last cycle's total."""

    text: NameAnswer
    citation: str = Field(description="出处；台账结转的为空 · empty for a paper's balance")


class DutyAnswer(Answer):
    """What was due in a window, and what became of it."""

    window: str
    due_on: date
    share: Points
    target: int | None
    state: str
    source: str | None
    entry_id: UUID | None

    @classmethod
    def of(cls, row: DutyRow, decimals: int) -> DutyAnswer:
        return cls(
            window=row.key.window,
            due_on=row.due_on,
            share=printed_number(row.share, decimals),
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
    points: Points
    entries: list[ExplainedEntryAnswer]
    duties: list[DutyAnswer]
    cuts: list[CutAnswer]


class ExplainedDimensionAnswer(Answer):
    """A dimension within a kind; ``points`` = its items + its cuts."""

    dimension: str
    name: NameAnswer
    points: Points
    items: list[ExplainedItemAnswer]
    cuts: list[CutAnswer]


class ExplainedKindAnswer(Answer):
    """A kind; ``points`` = its dimensions + its cuts."""

    kind: str
    points: Points
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
    opening: list[ExplainedOpeningAnswer]
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
            opening=[_opening(one, view) for one in explained.opening],
            vetoes=[_entry(one, view) for one in explained.vetoes],
            kinds=_kinds(explained, view),
            cuts=cut_answers(explained.cuts, explained.score.decimals),
            adds_up=explained.adds_up,
            duties=DutyCountAnswer.of(view.duties),
        )


def _band_name(regime: Regime, code: str) -> NameAnswer | None:
    band: Band | None = next((one for one in regime.bands if one.code == code), None)
    return None if band is None else name_answer(band.name)


def _entry(one: ExplainedEntry, view: ExplanationView) -> ExplainedEntryAnswer:
    decimals = view.explanation.score.decimals
    entry = EntryAnswer.of(one.entry, decimals, view.reasons.get(one.entry.id))
    counted = None if one.counted is None else printed_number(one.counted, decimals)
    return ExplainedEntryAnswer(**entry.model_dump(), counted=counted, reversed_by=one.reversed_by)


def _opening(one: ExplainedOpening, view: ExplanationView) -> ExplainedOpeningAnswer:
    shown = _entry(one, view).model_dump()
    return ExplainedOpeningAnswer(**shown, text=name_answer(one.name), citation=one.citation)


def _kinds(explained: Explanation, view: ExplanationView) -> list[ExplainedKindAnswer]:
    decimals = explained.score.decimals
    return [
        ExplainedKindAnswer(
            kind=kind.kind.value,
            points=printed_number(kind.points, decimals),
            cuts=cut_answers(kind.cuts, decimals),
            dimensions=[
                ExplainedDimensionAnswer(
                    dimension=dimension.code,
                    name=name_answer(dimension.name),
                    points=printed_number(dimension.points, decimals),
                    items=[_item(item, view) for item in dimension.items],
                    cuts=cut_answers(dimension.cuts, decimals),
                )
                for dimension in kind.dimensions
            ],
        )
        for kind in explained.kinds
    ]


def _item(explained: ExplainedItem, view: ExplanationView) -> ExplainedItemAnswer:
    item, decimals = explained.item, view.explanation.score.decimals
    return ExplainedItemAnswer(
        item=item.code,
        name=name_answer(item.name),
        article=item.article,
        citation=item.citation,
        points=printed_number(explained.points, decimals),
        entries=[_entry(one, view) for one in explained.entries],
        duties=[DutyAnswer.of(row, decimals) for row in explained.duties],
        cuts=cut_answers(explained.cuts, decimals),
    )
