"""Issuing the yearly list of key work, reading it, and citing an entry of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import store_key_work
from app.cycles.core_key_work import (
    KeyWork,
    KeyWorkIssue,
    KeyWorkList,
    NoKeyWorkList,
    UnknownKeyWork,
    following,
    in_force,
)
from app.kit.errors import Taken


def issue(connection: Connection, actor: Actor, wanted: KeyWorkIssue) -> tuple[KeyWorkList, bool]:
    """Put a whole list in force from a day on; what it replaces stays readable. True: it was issued before.

    Raises KeyWorkDay, and Taken for an id that names another list.
    """
    known = store_key_work.list_lists(connection, actor.district_id)
    before = next((one for one in known if one.id == wanted.id), None)
    if before is not None:
        if before.sent_digest != wanted.digest():
            raise Taken(field="id")
        return before, True
    made = KeyWorkList(
        year=wanted.year,
        version=following(known, wanted, actor.today),
        id=wanted.id,
        from_on=wanted.from_on,
        document=wanted.document,
        entries=wanted.entries,
        issued_at=actor.at,
        issued_by=actor.account_id,
        sent_digest=wanted.digest(),
    )
    store_key_work.insert_list(connection, actor.district_id, made)
    return made, False


def lists(connection: Connection, actor: Actor, year: int) -> list[KeyWorkList]:
    """Every version of a year, the earliest first."""
    return store_key_work.list_lists(connection, actor.district_id, year)


def cited(connection: Connection, actor: Actor, day: date, number: str) -> tuple[KeyWorkList, KeyWork]:
    """The entry of that number in the list in force on the day. Raises NoKeyWorkList and UnknownKeyWork."""
    found = in_force(store_key_work.list_lists(connection, actor.district_id, day.year), day)
    if found is None:
        raise NoKeyWorkList(day=day.isoformat(), field="key_work")
    entry = found.entry(number.strip())
    if entry is None:
        raise UnknownKeyWork(year=found.year, version=found.version, number=number, field="key_work")
    return found, entry
