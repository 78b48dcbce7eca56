"""A veto after its decision: filed with the district, lifted for a reason, or over with its cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kit.errors import ErrorKind, LongwenError
from app.rules.core import Effect, VetoGround


class LiftedWhy(StrEnum):
    """Why a veto is lifted before its cycle ends."""

    ANNULLED = "annulled"  # the ground is: a penalty quashed, a finding overturned
    APPEAL = "appeal"


class VetoState(StrEnum):
    """What a veto does now."""

    STANDING = "standing"
    LIFTED = "lifted"
    ENDED = "ended"  # with its cycle


@dataclass(frozen=True, slots=True)
class Lifting:
    """Why a veto is lifted; ``id`` becomes that of the reversal."""

    id: UUID
    why: LiftedWhy
    reason: str


@dataclass(frozen=True, slots=True)
class Veto:
    """A veto that was decided, under the id of its submission and entry; ``cycle_ends_on`` ends it by itself."""

    id: UUID
    member_id: UUID
    branch_id: UUID
    path: str
    item: str
    cycle: str
    cycle_ends_on: date
    effective_on: date
    effect: Effect
    ground: VetoGround
    key_work: str | None
    key_work_year: int | None
    key_work_version: int | None
    reason: str | None
    decided_at: datetime
    decided_by: UUID | None
    filed_at: datetime | None = None
    filed_by: UUID | None = None
    filed_under: str | None = None
    lifted_at: datetime | None = None
    lifted_by: UUID | None = None
    lifted_why: LiftedWhy | None = None
    lifted_reason: str | None = None

    def state_on(self, today: date) -> VetoState:
        if self.lifted_at is not None:
            return VetoState.LIFTED
        return VetoState.ENDED if today > self.cycle_ends_on else VetoState.STANDING


@dataclass(frozen=True, slots=True)
class SoughtVetoes:
    """Which vetoes are listed."""

    state: VetoState | None = None
    filed: bool | None = None
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class VetoPage:
    """Vetoes by the time of their decision, with the cursor to go on from (None: there was nothing more)."""

    vetoes: tuple[Veto, ...]
    following: tuple[datetime, UUID] | None


class FiledAlready(LongwenError):
    """The veto was filed under another number before."""

    kind = ErrorKind.CONFLICT
    code = "filed_already"
    zh = "该一票否决已于 {day} 备案，不能改为其他备案号。"
    en = "The veto was filed on {day} under another number."


class LiftedAlready(LongwenError):
    """The veto stands no longer."""

    kind = ErrorKind.CONFLICT
    code = "lifted_already"
    zh = "该一票否决已于 {day} 解除。"
    en = "The veto was lifted on {day}."
