"""What other rooms know: the stars of branches, and the members with an open assistance case.

This is the one place where the rooms below are asked. None means that no stars are on record yet: then a request brings
them, and the job that proposes waits.
"""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.grids.core import Supplied


def supplied(connection: Connection, actor: Actor) -> Supplied | None:  # noqa: ARG001 - what the rooms below will ask
    """What is on record; None before the first stars are."""
    return None
