"""What HTTP sees of deductions that members are told of in person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from app.kit.cursors import written_cursor
from app.kit.http import Answer, Model
from app.kit.naming import AccountName
from app.points.core_telling import TellingPage, TellingView
from app.rules.points import printed_number
from app.rules.schemas_points import Points


class EntryTellingRequest(Model):
    """When, where and how the caller told the member."""

    told_on: date = Field(description="告知之日 · the day", examples=["2026-11-20"])
    told_in_person: str = Field(
        min_length=1, max_length=500, description="地点和方式 · where and how", examples=["支部活动室，面谈"]
    )
    said: str | None = Field(None, min_length=1, max_length=2000, description="本人意见 · what the member said to it")

    @field_validator("told_on", mode="before")
    @classmethod
    def _is_day(cls, value: object) -> object:
        if not isinstance(value, str | date):
            raise PydanticCustomError("date_type", "a day is written as text")
        return value


class EntryTellingAnswer(Answer):
    """A deduction of a member without an account, and who told them of it."""

    entry_id: UUID
    member_id: UUID
    number: str
    name: str
    item: str
    effective_on: date
    points: Points
    reason: str | None
    asked_on: date = Field(description="自此日起待告知 · to be told since")
    told_on: date | None
    told_at: datetime | None
    told_by: UUID | None
    told_by_name: AccountName = None
    told_in_person: str | None
    said: str | None

    @classmethod
    def of(cls, one: TellingView) -> EntryTellingAnswer:
        telling = one.telling
        return cls(
            entry_id=telling.entry_id,
            member_id=telling.member_id,
            number=one.number,
            name=one.name,
            item=one.item,
            effective_on=one.effective_on,
            points=printed_number(one.points, one.decimals),
            reason=one.reason,
            asked_on=telling.asked_on,
            told_on=telling.told_on,
            told_at=telling.told_at,
            told_by=telling.told_by,
            told_in_person=telling.told_note,
            said=telling.said,
        )


class EntryTellingPageAnswer(Answer):
    """By the day since which they wait; ask again with ``cursor`` = ``following`` until it is null."""

    tellings: list[EntryTellingAnswer]
    following: str | None

    @classmethod
    def of(cls, page: TellingPage) -> EntryTellingPageAnswer:
        tellings = [EntryTellingAnswer.of(one) for one in page.tellings]
        return cls(tellings=tellings, following=written_cursor(page.following))
