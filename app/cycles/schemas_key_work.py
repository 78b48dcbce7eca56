"""What HTTP sees of the list of key work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from app.cycles.core_key_work import ENTRIES_MAX, KeyWork, KeyWorkIssue, KeyWorkList
from app.kit.http import Answer, Model
from app.kit.naming import AccountName

Words = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Number = Annotated[str, StringConstraints(min_length=1, max_length=20, strip_whitespace=True)]


class KeyWorkItem(Model):
    """One entry of the list."""

    number: Number = Field(description="序号 · its number in the list", examples=["3"])
    text: Words = Field(examples=["园区党群服务中心建设"])
    responsible: Words = Field(description="责任单位或责任人 · who is responsible", examples=["园区党委"])


class KeyWorkRequest(Model):
    """A whole list; it replaces the year's list before it from its first day on."""

    id: UUID = Field(description="由客户端生成，重发用同一编号 · made by the client; a retry sends the same")
    year: int = Field(ge=2020, le=2100)
    from_on: date = Field(description="生效日 · the first day", examples=["2026-01-15"])
    document: str = Field(min_length=1, max_length=100, description="文号 · its number", examples=["龙两新〔2026〕2号"])
    entries: list[KeyWorkItem] = Field(min_length=1, max_length=ENTRIES_MAX)

    @field_validator("entries")
    @classmethod
    def _different(cls, value: list[KeyWorkItem]) -> list[KeyWorkItem]:
        if len({one.number for one in value}) < len(value):
            raise PydanticCustomError("numbers_repeated", "each number stands for one entry")
        return value

    def issue(self) -> KeyWorkIssue:
        entries = tuple(KeyWork(one.number, one.text, one.responsible) for one in self.entries)
        return KeyWorkIssue(self.id, self.year, self.from_on, self.document, entries)


class KeyWorkEntryAnswer(Answer):
    """One entry of the list."""

    number: str
    text: str
    responsible: str


class KeyWorkListAnswer(Answer):
    """One version of a year's list."""

    id: UUID
    year: int
    version: int
    from_on: date
    document: str
    entries: list[KeyWorkEntryAnswer]
    issued_at: datetime
    issued_by: UUID | None
    issued_by_name: AccountName = None

    @classmethod
    def of(cls, found: KeyWorkList) -> KeyWorkListAnswer:
        return cls.model_validate(found)


class KeyWorkListsAnswer(Answer):
    """Every version of a year, the earliest first."""

    lists: list[KeyWorkListAnswer]
