"""Telling members of deductions, and writing down who told those who have no account."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Permission, Role
from app.kit.errors import Forbidden, NotFound
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind
from app.points import refusals, telling_store
from app.points.core_telling import (
    PAGE_MAX,
    TELLERS,
    Deduction,
    Telling,
    TellingDay,
    TellingPage,
    TellingRecorded,
    TellingView,
    tellers,
)
from app.roster import service as roster

_CHUNK = 1000


def messages_of(connection: Connection, actor: Actor, deductions: Sequence[Deduction]) -> list[Message]:
    """What is told of the deductions: to each member, and for those without an account to whoever is to tell them,
    once for all. The caller tells it, last in its transaction.
    """
    return messages_of_each(connection, actor, [deductions])


def messages_of_each(connection: Connection, actor: Actor, requests: Sequence[Sequence[Deduction]]) -> list[Message]:
    """The same for several requests in one transaction, each told of as if it had come alone."""
    absent = [one for deductions in requests for one in deductions if one.account_id is None]
    for start in range(0, len(absent), _CHUNK):
        rows = [Telling(one.entry_id, one.member_id, one.path, actor.today) for one in absent[start : start + _CHUNK]]
        telling_store.insert_tellings(connection, actor.district_id, rows)
    held = auth.holders_at(connection, actor, TELLERS, {one.path for one in absent}) if absent else {}
    told: list[Message] = []
    for deductions in requests:
        told += (one.message for one in deductions)
        told += _asks(deductions, held)
    return told


def tell(connection: Connection, actor: Actor, deductions: Sequence[Deduction]) -> None:
    """The same for a job, told here: of a whole district, a thousand at a time."""
    told = messages_of(connection, actor, sorted(deductions, key=lambda one: (one.member_id, one.entry_id)))
    for start in range(0, len(told), _CHUNK):
        messages.tell(connection, actor, told[start : start + _CHUNK])


def _asks(deductions: Sequence[Deduction], held: Mapping[str, Collection[tuple[UUID, Role]]]) -> list[Message]:
    """Ask the nearest office to tell whoever has no account."""
    asked: dict[UUID, list[Deduction]] = {}
    for one in deductions:
        if one.account_id is None:
            for account_id in tellers(held[one.path]):
                asked.setdefault(account_id, []).append(one)
    return [
        Message(
            Recipient(account_id=account_id),
            Kind.TELLINGS_ASKED,
            Subject("entry", own[0].entry_id),
            {"count": len({one.member_id for one in own})},
        )
        for account_id, own in asked.items()
    ]


def page(
    connection: Connection, actor: Actor, *, told: bool, after: tuple[date, UUID] | None, count_max: int
) -> TellingPage:
    """Those in the caller's reach that wait to be told, or that were; what was reversed needs no telling."""
    count = min(count_max, PAGE_MAX)
    paths = None if actor.is_service else actor.reach(Permission.STANDING_READ)
    found = telling_store.list_tellings(
        connection, actor.district_id, paths=paths, told=told, after=after, count_max=count + 1
    )
    rows = tuple(found[:count])
    following = (rows[-1].telling.asked_on, rows[-1].telling.entry_id) if len(found) > count else None
    return TellingPage(rows, following)


def count_waiting(connection: Connection, actor: Actor, path: str) -> int:
    """How many wait to be told at the path or below it; none for who reads no standings there."""
    if not actor.may(Permission.STANDING_READ, path):
        return 0
    return telling_store.count_waiting(connection, actor.district_id, path)


def record(
    connection: Connection, actor: Actor, entry_id: UUID, *, told_on: date, note: str, said: str | None
) -> tuple[TellingView, bool]:
    """Write down that the caller told the member of the entry; the same again changes nothing (the last of the answer).

    Raises NotFound, Forbidden, OwnRow, TellingRecorded and TellingDay.
    """
    district_id = actor.district_id
    found = telling_store.lock_telling(connection, district_id, entry_id)
    if found is None or not actor.may(Permission.STANDING_READ, found.path):
        raise NotFound(what="entry", field="id")
    if not actor.may(Permission.ENTRY_RECORD, found.path):
        raise Forbidden(permission=Permission.ENTRY_RECORD.value)
    own = roster.own_member(connection, actor)
    if own is not None and own.id == found.member_id:
        raise refusals.OwnRow(field="id")
    if found.told_on is not None:
        same = (found.told_by, found.told_on, found.told_note, found.said)
        if same != (actor.account_id, told_on, note, said):
            raise TellingRecorded(told_on=found.told_on.isoformat(), field="id")
        return telling_store.view(connection, district_id, entry_id), True
    if not found.asked_on <= told_on <= actor.today:
        raise TellingDay(first=found.asked_on.isoformat(), last=actor.today.isoformat(), field="told_on")
    told = replace(found, told_on=told_on, told_at=actor.at, told_by=actor.account_id, told_note=note, said=said)
    telling_store.update_telling(connection, district_id, told)
    return telling_store.view(connection, district_id, entry_id), False
