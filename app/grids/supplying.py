"""What other rooms know: the stars of branches, who may lead, and the members with an open assistance case.

This is the one place where the rooms below are asked. None means that no round of stars is named yet: then a request
brings them, and the job that proposes waits.
"""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import supplying as cases
from app.grids.core import Supplied
from app.ratings import handing, treating


def supplied(connection: Connection, actor: Actor) -> Supplied | None:
    """What is on record; None before the first stars are."""
    stars = handing.stars_on_record(connection, actor)
    if stars is None:
        return None
    eligible = frozenset(one.branch_id for one in treating.eligible_leads(connection, actor, actor.today))
    members = frozenset(one.member_id for one in cases.open_cases(connection, actor))
    return Supplied(stars, members, eligible)
