"""A place at a glance: how its members stand now, and what is due of them this month."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.errors import NotFound
from app.points import overview_store as store
from app.points.core_overview import Due, Pile, Spread, spread_of
from app.points.gathering import Books


def spread(connection: Connection, actor: Actor, cycle: str, path: str) -> Spread:
    """How the standings of today's members at the path or below it are spread, in one query. Raises NotFound."""
    _check(actor, path)
    alike = store.count_alike(connection, actor.district_id, cycle, path, actor.today)
    if not alike:
        return spread_of(())
    books = Books.opened(connection, actor)
    return spread_of(
        [
            Pile(books.regime(one.digest, one.profile).bands, one.band, one.ranked, one.hundreds, one.members)
            for one in alike
        ]
    )


def due_this_month(connection: Connection, actor: Actor, cycle: str, path: str) -> Due:
    """What of the actor's month is due at the path or below it, in one query. Raises NotFound."""
    _check(actor, path)
    first = actor.today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return store.get_due(connection, actor.district_id, cycle, path, actor.today, first, last)


def _check(actor: Actor, path: str) -> None:
    if not actor.may(Permission.STANDING_READ, path):
        raise NotFound(what="organisation", field="path")
