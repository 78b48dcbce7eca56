"""What ids in an answer are called: members, accounts, organisations and enterprises, all at once."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit import naming
from app.kit.naming import PERSONS, Names, Wanted
from app.roster import store_naming

Answered = TypeVar("Answered")


def names(connection: Connection, actor: Actor, wanted: Wanted) -> Names:
    """By id, of the caller's district, in one statement.

    Whoever may see an id may see the name: the service gave the id for that person to read. A key or a screen is no
    person: it is told of persons only where its list has the roster.
    """
    allowed = {whose: ids for whose, ids in wanted.items() if whose not in PERSONS or _may_know_persons(actor)}
    return store_naming.list_names(connection, actor.district_id, allowed) if allowed else {}


def filled(connection: Connection, actor: Actor, answer: Answered) -> Answered:
    """The answer with its names, for who is in a transaction anyhow."""
    wanted = naming.wanted(answer)
    if wanted:
        naming.fill(answer, names(connection, actor, wanted))
    return answer


def _may_know_persons(actor: Actor) -> bool:
    return not actor.is_token or actor.may_somewhere(Permission.ROSTER_READ)
