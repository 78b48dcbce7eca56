"""Deductions that members are told of: by a message, and in person where they have no account."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.auth.core import Role
from app.kit.errors import ErrorKind, LongwenError
from app.messages.core import Message, Subject
from app.messages.texts import FactValue
from app.points.ledger import Entry
from app.rules.name import Name

PAGE_MAX = 200
# Who tells in person: the nearest office that is held at all.
TELLERS = (Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)


@dataclass(frozen=True, slots=True)
class Deduction:
    """An entry that takes points, and what its member is told; ``path`` is where they belonged on its day.

    ``account_id`` None: nobody reads the message, so that somebody is asked to tell them.
    """

    entry_id: UUID
    member_id: UUID
    account_id: UUID | None
    path: str
    message: Message


@dataclass(frozen=True, slots=True)
class Telling:
    """That a member without an account is to be told of an entry, since ``asked_on``; ``told_on`` None: not yet.

    ``told_note`` says where and how, ``said`` what the member said to it.
    """

    entry_id: UUID
    member_id: UUID
    path: str
    asked_on: date
    told_on: date | None = None
    told_at: datetime | None = None
    told_by: UUID | None = None
    told_note: str | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class TellingView:
    """A telling with the member and the entry; ``decimals`` are the places of its points."""

    telling: Telling
    number: str
    name: str
    item: str
    effective_on: date
    points: int
    decimals: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class TellingPage:
    """By the day since which they are to be told; ``following`` is the last row's, where more follow."""

    tellings: tuple[TellingView, ...]
    following: tuple[date, UUID] | None


class TellingRecorded(LongwenError):
    """Who told the member, when and how, is written down once."""

    kind = ErrorKind.CONFLICT
    code = "telling_recorded"
    zh = "已登记于 {told_on} 当面告知本人，不能重新登记。"
    en = "That the member was told on {told_on} is on record; it is not recorded anew."


class TellingDay(LongwenError):
    """The member is told after the entry was made, and not in the future."""

    code = "telling_day"
    zh = "告知日期应在 {first} 至 {last} 之间。请更正。"
    en = "The day of telling lies between {first} and {last}. Correct it."


def takes_points(entries: Iterable[Entry]) -> list[Entry]:
    """Those by which a member loses something; what is undone by a reversal is told as such."""
    return [one for one in entries if one.points < 0 and one.reverses is None]


def titled(name: Name) -> dict[str, FactValue]:
    """The facts by which a message names an item, in both languages."""
    return {"title": name.zh, "title_en": name.en}


def about(entry: Entry) -> Subject:
    """What a message about an entry is about: its id is what an appeal names."""
    return Subject("entry", entry.id)


def tellers(holders: Collection[tuple[UUID, Role]]) -> Sequence[UUID]:
    """Of those who hold an office there or above, nearest first, the accounts of the first one of TELLERS held."""
    for office in TELLERS:
        found = list(dict.fromkeys(account for account, role in holders if role is office))
        if found:
            return found
    return ()
