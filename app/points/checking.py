"""The quarter's check, as far as it is the ledger's: which routine entries wait for it, and that they are confirmed.

Who may confirm what, and until when, is decided by the room of seals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState
from app.points import checking_store as store
from app.points.ledger import Entry
from app.points.views import Unchecked, UncheckedGroup


def count_unchecked(
    connection: Connection, actor: Actor, quarter: str, branch_id: UUID | None = None
) -> dict[UUID, int]:
    """How many routine entries booked in the quarter wait for the check, by branch of the day of the matter."""
    return store.count_unchecked(connection, actor.district_id, quarter, branch_id)


def unchecked_groups(connection: Connection, actor: Actor, quarter: str) -> list[UncheckedGroup]:
    """What waits, by what decides who may confirm it."""
    return store.list_unchecked_groups(connection, actor.district_id, quarter)


def unchecked(
    connection: Connection,
    actor: Actor,
    quarter: str,
    branch_id: UUID,
    *,
    ids: Collection[UUID] | None = None,
    after: tuple[date, UUID] | None = None,
    count_max: int | None = None,
) -> list[Unchecked]:
    """Those of one branch, by day of the matter; of these ids only, where they are given."""
    return store.list_unchecked(
        connection, actor.district_id, quarter, branch_id, ids=ids, after=after, count_max=count_max
    )


def checked(connection: Connection, actor: Actor, entry_ids: Collection[UUID]) -> set[UUID]:
    """Those of the entries that are confirmed."""
    return store.list_checked(connection, actor.district_id, entry_ids)


def confirm(connection: Connection, actor: Actor, entry_ids: Sequence[UUID]) -> None:
    """Write down that the caller has confirmed these; what was confirmed before stays the first one's."""
    store.insert_checks(connection, actor.district_id, entry_ids, actor.account_id, actor.at)


def unchecked_by_member(connection: Connection, actor: Actor, quarter: Quarter) -> Mapping[UUID, list[Entry]]:
    """What is dated up to the quarter's end and waits for a check: it sets nothing off. By member.

    Everything booked in a sealed quarter was confirmed before its notice, so only the other quarters are looked at.
    """
    booked = [one.code for one in cycles.quarters(connection, actor) if one.state is not QuarterState.SEALED]
    rows = store.list_unchecked_of_cycle(connection, actor.district_id, quarter.cycle, booked, quarter.ends_on)
    found: dict[UUID, list[Entry]] = {}
    for one in rows:
        found.setdefault(one.member_id, []).append(one)
    return found
