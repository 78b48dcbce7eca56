"""Whom boards rank, as exemptions begin and end: nothing is recorded on such a day that would tell the standing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import quarter_on
from app.points.gathering import Books, held_quarters, histories_of
from app.points.working import Work
from app.roster import service as roster
from app.rules import service as rules

# How long after its end an exemption is still looked at: no scheduler that runs again misses it.
LOOK_BACK = timedelta(days=400)


def rank_exempt(connection: Connection, actor: Actor) -> dict[str, int]:
    """Bring whoever is exempt, or was not long ago, onto the boards or off them, as today has it."""
    known = cycles.quarters(connection, actor)
    is_begun = any(one.starts_on <= actor.today <= one.ends_on for one in known)
    if not is_begun or not rules.adopted(connection, actor.district_id).anything_on(actor.today):
        return {"changed": 0}
    members = roster.exempt_ids(connection, actor.district_id, actor.today - LOOK_BACK, actor.today)
    quarters = held_quarters(connection, actor, [actor.today], known)
    histories = histories_of(connection, actor, members)
    cycle = quarter_on(quarters, actor.today).cycle
    standings = {(cycle, one) for one in members}  # as far as there are any
    work = Work.locked(
        connection, actor, histories, quarters, (), standings, books=Books.opened(connection, actor), alone=True
    )
    for balance in work.known.balances.values():
        work.follow(balance)
    changed = len(work.touched)
    work.finish()
    return {"changed": changed}
