"""One tree of errors: each has a kind (which HTTP status it is), a code (for programs) and a text in both languages.

A text says what is wrong, where, and what to do; ``{…}`` in it is filled from the facts given when it is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from app.kit.words import NOUNS, Words


class ErrorKind(StrEnum):
    """What sort of refusal it is; ``kit.http`` has the one table that turns kinds into statuses."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class LongwenError(Exception):
    """The root: every refusal of this service is one of these."""

    kind: ClassVar[ErrorKind] = ErrorKind.INVALID
    code: ClassVar[str] = "invalid"
    zh: ClassVar[str] = "请求无效。"
    en: ClassVar[str] = "The request is not valid."

    def __init__(self, *, field: str | None = None, **facts: Any) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The message in ``zh`` or ``en``."""
        facts = {name: one.said(language) if isinstance(one, Words) else one for name, one in self.facts.items()}
        return (self.zh if language.startswith("zh") else self.en).format(**facts)

    def listed(self, language: str) -> list[dict[str, Any]]:  # noqa: ARG002 - those that list faults need it
        """What is told beside the text, one row for each fault; most refusals list nothing."""
        return []


class NotFound(LongwenError):
    """No such object for this caller: it does not exist, or lies outside what the caller may see."""

    kind = ErrorKind.MISSING
    code = "not_found"
    zh = "没有找到{what}，或者您无权查看。请核对编号。"
    en = "There is no such {what}, or you may not see it. Check the id."

    def text(self, language: str) -> str:
        what = self.facts["what"]
        named = NOUNS[what].said(language) if what in NOUNS else what
        return (self.zh if language.startswith("zh") else self.en).format(what=named)


class Forbidden(LongwenError):
    """The caller is known but may not do this."""

    kind = ErrorKind.FORBIDDEN
    code = "forbidden"
    zh = "您不能进行此操作（需要权限 {permission}）。请由有此权限的其他人员办理。"
    en = "You may not do this (permission {permission}). Ask somebody else who holds it to do it."


class CursorRefused(LongwenError):
    """A cursor that no page ever told."""

    code = "cursor_refused"
    zh = "翻页位置 {cursor} 无效。请从第一页取起，并照原样使用返回的 following。"
    en = "The cursor {cursor} leads nowhere. Begin with the first page and send what it tells as following, unchanged."


class Taken(LongwenError):
    """Something with the same key is there already."""

    kind = ErrorKind.CONFLICT
    code = "taken"
    zh = "已有编号或名称相同的内容，本次没有保存。请更换编号后重试。"
    en = "Something with the same id or name is there already; nothing was saved. Take another one and try again."


class Unavailable(LongwenError):
    """The database cannot serve now; nothing was done."""

    kind = ErrorKind.UNAVAILABLE
    code = "unavailable"
    zh = "系统暂时繁忙，本次操作没有保存。请稍后重试。"
    en = "The service is busy; nothing was saved. Try again shortly."


@dataclass(frozen=True)
class Fault:
    """One fault of a batch: which element (0-based), which field, and what is wrong with it."""

    index: int
    error: LongwenError

    @property
    def field(self) -> str | None:
        return self.error.field


@dataclass
class Faults:
    """Collects faults, so that a caller learns all of them at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, index: int, error: LongwenError) -> None:
        self.found.append(Fault(index, error))

    def raise_any(self) -> None:
        if self.found:
            raise BatchRefused(self.found)


class BatchRefused(LongwenError):
    """Some elements of a batch are at fault, so none of it was done."""

    kind = ErrorKind.INVALID
    code = "batch_refused"
    zh = "本批有 {count} 处问题，全部未保存。请按清单改正后重新提交。"
    en = "{count} of the batch's elements are at fault; nothing was saved. Correct them as listed and send it again."

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(count=len(self.faults))

    def listed(self, language: str) -> list[dict[str, Any]]:
        return [
            {"index": one.index, "field": one.field, "code": one.error.code, "detail": one.error.text(language)}
            for one in self.faults
        ]

    @property
    def sole_kind(self) -> ErrorKind:
        """The kind that all faults share, or plain invalid."""
        kinds = {fault.error.kind for fault in self.faults}
        return kinds.pop() if len(kinds) == 1 else ErrorKind.INVALID
