"""The district's yearly list of key work (重点工作), on which a veto may rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from app.kit.digests import canonical, digest
from app.kit.errors import ErrorKind, LongwenError

ENTRIES_MAX = 200


@dataclass(frozen=True, slots=True)
class KeyWork:
    """One entry: its number in the list, what it is, and who is responsible."""

    number: str
    text: str
    responsible: str


@dataclass(frozen=True, slots=True)
class KeyWorkIssue:
    """What the district office issues: a whole list, in force from a day on."""

    id: UUID
    year: int
    from_on: date
    document: str
    entries: tuple[KeyWork, ...]

    def digest(self) -> bytes:
        entries = [asdict(one) for one in self.entries]
        return digest(canonical([self.year, self.from_on.isoformat(), self.document, entries]))


@dataclass(frozen=True, slots=True)
class KeyWorkList:
    """One version of a year's list."""

    year: int
    version: int
    id: UUID
    from_on: date
    document: str
    entries: tuple[KeyWork, ...]
    issued_at: datetime
    issued_by: UUID | None
    sent_digest: bytes

    def entry(self, number: str) -> KeyWork | None:
        return next((one for one in self.entries if one.number == number), None)


class KeyWorkDay(LongwenError):
    """A list holds from a day of its year; a later version never reaches back."""

    code = "key_work_day"
    zh = "清单的生效日应在 {year} 年内；修订版的生效日不早于 {first}。"
    en = "A list takes effect on a day of {year}, and a revision not before {first}."


class NoKeyWorkList(LongwenError):
    """Nothing was issued that a veto of that day could rest on."""

    kind = ErrorKind.CONFLICT
    code = "no_key_work_list"
    zh = "{day} 没有生效的年度重点工作清单，不能引用。请区两新工委先发布清单。"
    en = "No list of key work was in force on {day}. The district office issues it first."


class UnknownKeyWork(LongwenError):
    """The list of that day has no entry of this number."""

    code = "unknown_key_work"
    zh = "{year} 年重点工作清单（第 {version} 版）没有序号 {number}。请填写清单中的序号。"
    en = "The list of key work of {year} (version {version}) has no number {number}. Give one of its numbers."


def in_force(lists: Sequence[KeyWorkList], day: date) -> KeyWorkList | None:
    """The latest version of the day's year that had taken effect by then."""
    found = [one for one in lists if one.year == day.year and one.from_on <= day]
    return max(found, key=lambda one: one.version, default=None)


def following(lists: Sequence[KeyWorkList], issue: KeyWorkIssue, today: date) -> int:
    """The version under which the list is issued. Raises KeyWorkDay.

    The first list of a year may have been issued on paper before; a revision changes nothing that was judged already.
    """
    known = [one for one in lists if one.year == issue.year]
    first = max((today, *(one.from_on for one in known))) if known else date(issue.year, 1, 1)
    if issue.from_on.year != issue.year or issue.from_on < first:
        raise KeyWorkDay(year=issue.year, first=first.isoformat(), field="from_on")
    return len(known) + 1
