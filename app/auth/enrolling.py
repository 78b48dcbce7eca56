"""Auth's verbs for enrolment: who has an account and an office, and many new ones at once.

An account made here has no password and cannot be logged in to until an operator sets one. Whether the actor may make
accounts and appointments is asked by the caller, row by row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import store_accounts, store_enrolling, store_offices, store_sessions
from app.auth.core import SEPARATE_ROLES, Actor, Role, within
from app.auth.core_accounts import check_apart
from app.auth.enrolled import Account, Held
from app.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Offices:
    """All accounts and appointments of a district."""

    accounts: tuple[Account, ...]
    held: tuple[Held, ...]


def offices(connection: Connection, actor: Actor) -> Offices:
    return Offices(
        store_enrolling.list_accounts(connection, actor.district_id),
        store_enrolling.list_held(connection, actor.district_id),
    )


def write_offices(
    connection: Connection,
    actor: Actor,
    accounts: Sequence[Account],
    held: Sequence[Held],
    closed: Sequence[tuple[UUID, date]],
) -> None:
    """Open accounts without passwords, appoint, and end appointments on the days given. OfficesApart."""
    store_enrolling.insert_accounts(connection, actor.district_id, accounts, actor.at)
    store_enrolling.close_held(connection, actor.district_id, closed)
    store_enrolling.insert_held(connection, actor.district_id, held)
    for one in held:
        if one.role in SEPARATE_ROLES:
            roles = store_accounts.list_roles_from(connection, actor.district_id, one.account_id, one.from_on)
            check_apart(one.role, roles)


def end_offices(
    connection: Connection, actor: Actor, accounts: Collection[UUID], day: date, *, under: str | None = None
) -> list[Held]:
    """The accounts hold nothing from the day on (nothing at the path or below it); gives the offices that end by it.

    An office that was to begin later ends on the day on which it would have begun.
    """
    found = store_enrolling.list_held_from(connection, actor.district_id, accounts, day)
    ended = [one for one in found if under is None or within(one.path, under)]
    closed = [(one.id, max(day, one.from_on)) for one in ended]
    store_enrolling.close_held(connection, actor.district_id, closed)
    return ended


def offices_under(connection: Connection, actor: Actor, path: str, day: date) -> list[Held]:
    """Whatever is held at the path or below it on the day or later, by whomever."""
    held = store_enrolling.list_held(connection, actor.district_id)
    return [one for one in held if within(one.path, path) and (one.until_on is None or one.until_on > day)]


def close_offices(connection: Connection, actor: Actor, offices: Sequence[Held], day: date) -> None:
    """None of them is held from the day on."""
    store_enrolling.close_held(connection, actor.district_id, [(one.id, max(day, one.from_on)) for one in offices])


def give_offices(connection: Connection, actor: Actor, offices: Iterable[tuple[UUID, Role, str]], day: date) -> None:
    """(account, role, path) from the day on: what members and officers held elsewhere, and nothing of the three
    separate offices."""
    rows = [Held(new_id(), account_id, role, path, day) for account_id, role, path in offices]
    store_enrolling.insert_held(connection, actor.district_id, rows)


def heir_of(connection: Connection, actor: Actor, path: str) -> str | None:
    """The path of the branch that acts for the closed one at the path; None: the offices above it do."""
    return store_offices.find_heir(connection, actor.district_id, path, actor.today)


def let_succeed(connection: Connection, actor: Actor, path: str, heir_path: str | None) -> None:
    """From today on the offices of the heir act for the branch at the path, and for those it acted for itself.

    Without an heir it is left to the offices above them.
    """
    store_offices.replace_heir(connection, actor.district_id, path, heir_path, actor.today)


def end_sessions(connection: Connection, actor: Actor, account_id: UUID, *, close: bool) -> None:
    """Every log-in of the account is over at once; with ``close`` it opens no more."""
    store_sessions.delete_sessions(connection, actor.district_id, account_id)
    if close:
        store_accounts.update_closed(connection, actor.district_id, account_id, actor.at)
