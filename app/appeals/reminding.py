"""The daily look at what waits for an answer, told in one go: inboxes are held once, at the end."""

from __future__ import annotations

from sqlalchemy import Connection

from app.appeals import complaints, service
from app.auth.core import Actor
from app.messages import service as messages


def remind(connection: Connection, actor: Actor) -> dict[str, int]:
    """What was told before is not told again; the number of new messages."""
    told = service.remind(connection, actor) + complaints.remind(connection, actor)
    return {"told": messages.tell(connection, actor, told)}
