"""A place at a glance: how its members stand now, and what is due of them this month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.errors import NotFound
from app.points import overview_store as store
from app.points.core_overview import Due, Lag, Pile, Spread, low_of, spread_of
from app.points.gathering import Books


def spread(connection: Connection, actor: Actor, cycle: str, path: str) -> Spread:
    """How the standings of today's members at the path or below it are spread, in one query. Raises NotFound."""
    _check(actor, path)
    return spread_of([pile for _, pile in _piles(connection, actor, cycle, path)])


def due_this_month(connection: Connection, actor: Actor, cycle: str, path: str) -> Due:
    """What of the actor's month is due at the path or below it, in one query. Raises NotFound."""
    _check(actor, path)
    return _sum(_due(connection, actor, cycle, path).values())


def branches(connection: Connection, actor: Actor, cycle: str, path: str) -> tuple[Spread, Due, tuple[Lag, ...]]:
    """The same of a committee in the same two queries, and branch by branch, furthest behind first. Raises NotFound."""
    _check(actor, path)
    piles, due = _piles(connection, actor, cycle, path), _due(connection, actor, cycle, path)
    by_branch: dict[UUID, list[Pile]] = {}
    for branch_id, pile in piles:
        by_branch.setdefault(branch_id, []).append(pile)
    lags = [
        Lag(one, due.get(one, _NOTHING_DUE), low_of(by_branch.get(one, ()))) for one in sorted(due.keys() | by_branch)
    ]
    return spread_of([pile for _, pile in piles]), _sum(due.values()), tuple(sorted(lags, key=lambda one: one.weight))


_NOTHING_DUE = Due(0, 0)


def _sum(found: Iterable[Due]) -> Due:
    """Nobody belongs to two branches on one day."""
    known = list(found)
    return Due(sum(one.members for one in known), sum(one.undecided for one in known), sum(one.late for one in known))


def _piles(connection: Connection, actor: Actor, cycle: str, path: str) -> list[tuple[UUID, Pile]]:
    alike = store.count_alike(connection, actor.district_id, cycle, path, actor.today)
    if not alike:
        return []
    books = Books.opened(connection, actor)
    return [
        (
            one.branch_id,
            Pile(books.regime(one.digest, one.profile).bands, one.band, one.ranked, one.hundreds, one.members),
        )
        for one in alike
    ]


def _due(connection: Connection, actor: Actor, cycle: str, path: str) -> dict[UUID, Due]:
    first = actor.today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return store.list_due(connection, actor.district_id, cycle, path, actor.today, first, last)


def _check(actor: Actor, path: str) -> None:
    if not actor.may(Permission.STANDING_READ, path):
        raise NotFound(what="organisation", field="path")
