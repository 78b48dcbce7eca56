"""What HTTP sees of vetoes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.kit.http import Answer, Model
from app.kit.naming import AccountName, MemberName, OrganisationName, own_fields
from app.points.schemas import EffectAnswer, EntryAnswer, entry_answers
from app.rules.core import Effect, VetoGround
from app.submissions.core import Reversed
from app.submissions.core_vetoes import LiftedWhy, Lifting, Veto, VetoPage, VetoState
from app.submissions.schemas import cursor_of


class VetoAnswer(Answer):
    """A veto that was decided."""

    id: UUID
    member_id: UUID
    member_name: MemberName = None
    branch_id: UUID
    branch_name: OrganisationName = None
    item: str
    cycle: str
    effective_on: date
    effect: Effect
    ground: VetoGround
    key_work: str | None = Field(description="所引重点工作的序号和内容 · the entry cited: number and words")
    key_work_year: int | None = Field(description="所引清单的年度 · of the list cited")
    key_work_version: int | None
    reason: str | None
    state: VetoState
    ends_on: date = Field(description="考评年度结束之日，一票否决随之终止 · it ends with its cycle")
    decided_at: datetime
    decided_by: UUID | None
    decided_by_name: AccountName = None
    filed_at: datetime | None
    filed_by: UUID | None
    filed_by_name: AccountName = None
    filed_under: str | None
    lifted_at: datetime | None
    lifted_by: UUID | None
    lifted_by_name: AccountName = None
    lifted_why: LiftedWhy | None
    lifted_reason: str | None

    @classmethod
    def of(cls, veto: Veto, today: date) -> VetoAnswer:
        names = (name for name in own_fields(cls) if name not in ("state", "ends_on"))
        values = {name: getattr(veto, name) for name in names}
        return cls(**values, state=veto.state_on(today), ends_on=veto.cycle_ends_on)


class VetoPageAnswer(Answer):
    """Vetoes by the time of their decision; ask again with ``cursor`` = ``following`` until it is null."""

    vetoes: list[VetoAnswer]
    following: str | None

    @classmethod
    def of(cls, page: VetoPage, today: date) -> VetoPageAnswer:
        following = None if page.following is None else cursor_of(*page.following)
        return cls(vetoes=[VetoAnswer.of(one, today) for one in page.vetoes], following=following)


class FilingRequest(Model):
    """The district's acknowledgement."""

    under: str | None = Field(None, min_length=1, max_length=100, description="备案号 · the file number")
    note: str | None = Field(None, min_length=1, max_length=500)


class LiftingRequest(Model):
    """Why a veto stands no longer, and the id of the reversal."""

    id: UUID = Field(description="冲正记录的编号，由客户端生成 · of the reversal, made by the client")
    why: LiftedWhy = Field(examples=["annulled"], description="annulled 依据已被撤销，appeal 申诉成立")
    reason: str = Field(min_length=1, max_length=500, examples=["处分决定已被撤销（〔2026〕3号）"])

    def lifting(self) -> Lifting:
        return Lifting(self.id, self.why, self.reason)


class LiftingAnswer(Answer):
    """The veto, the reversal of its entry, and what that did to the standing."""

    veto: VetoAnswer
    entries: list[EntryAnswer]
    replayed: bool
    effects: list[EffectAnswer]

    @classmethod
    def of(cls, veto: Veto, undone: Reversed, today: date) -> LiftingAnswer:
        return cls(
            veto=VetoAnswer.of(veto, today),
            entries=entry_answers(undone.posted),
            replayed=undone.replayed,
            effects=[EffectAnswer.of(effect) for effect in undone.effects],
        )
