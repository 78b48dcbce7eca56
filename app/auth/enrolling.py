"""Auth's verbs for enrolment: who has an account and an office, and many new ones at once.

An account made here has no password and cannot be logged in to until an operator sets one. Whether the actor may make
accounts and appointments is asked by the caller, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import store_accounts, store_enrolling
from app.auth.core import SEPARATE_ROLES, Actor
from app.auth.core_accounts import check_apart
from app.auth.enrolled import Account, Held


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
