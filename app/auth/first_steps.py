"""The first steps that somebody new is shown, until they are put away: an account's own, on whichever machine."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth import store_accounts as store
from app.auth.core import Actor
from app.auth.sessions import account_of


def are_due(connection: Connection, actor: Actor) -> bool:
    """Whether they have not been put away."""
    return store.find_toured_at(connection, actor.district_id, account_of(actor)) is None


def put_away(connection: Connection, actor: Actor, *, for_good: bool = True) -> None:
    """Not to be shown again; or to be shown once more."""
    store.update_toured_at(connection, actor.district_id, account_of(actor), actor.at if for_good else None)
