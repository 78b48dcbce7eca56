"""Who may reverse an entry, and doing so."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.errors import NotFound
from app.points import refusals, service
from app.points.gathering import histories_of
from app.points.views import Posted


def reverse(connection: Connection, actor: Actor, entry_id: UUID, reversal_id: UUID, reason: str) -> Posted:
    """Undo an entry for a caller who reviews where the member is now, or was on the day of the matter.

    Raises NotFound outside that scope, OwnRow for the own record, and the refusals of reversals.
    """
    entry = service.find_entry(connection, actor, entry_id)
    history = histories_of(connection, actor, [entry.member_id])[entry.member_id]
    places = [there for day in (actor.today, entry.effective_on) if (there := history.on(day)) is not None]
    if not any(actor.may(Permission.ENTRY_REVERSE, there.path) for there in places) and not actor.is_service:
        raise NotFound(what="entry", field="id")
    if actor.account_id is not None and history.account_id == actor.account_id:
        raise refusals.OwnRow(field="id")
    return service.reverse(connection, actor, entry_id, reversal_id, reason)
