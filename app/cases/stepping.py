"""The daily look at cases and reminder talks: what is undone, who has left, and what is late and climbs."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import opening, reminding, showing, store_cases
from app.cases.casework import Casework
from app.cases.core_cases import CLIMB_DAYS, NEAR_DAYS, OFFICES, TURN, Case, late_offices
from app.messages.texts import Kind
from app.roster import service as roster
from app.roster.history import MemberHistory


def step(connection: Connection, actor: Actor) -> dict[str, int]:
    """Annul, end and move what must be; then remind. Nobody is told of the same delay twice."""
    work = Casework(connection, actor)
    counts, disputed = opening.keep(connection, actor, work)
    known = [one for one in store_cases.list_since(connection, actor.district_id, actor.at) if one.is_open]
    histories = roster.histories(connection, actor.district_id, {one.member_id for one in known})
    for case in known:
        if case.id not in disputed:
            _remind(work, case, histories[case.member_id])
    counts |= reminding.keep(work)
    return {**counts, "told": work.finish(showing.withdrawals_asked(connection, actor))}


def _remind(work: Casework, case: Case, history: MemberHistory) -> None:
    today = work.actor.today
    if case.due_on is None:
        return
    if today <= case.due_on:
        if work.working_days(NEAR_DAYS) >= case.due_on:
            first = work.holders(case, TURN[case.state][0], history)
            work.remind(case, Kind.DEADLINE_NEAR, first, history)
        return
    start = OFFICES.index(TURN[case.state][0])
    delays = {
        office: work.working_days(CLIMB_DAYS * (number - start) if number > start else 1, case.due_on)
        for number, office in enumerate(OFFICES)
    }
    for office in late_offices(case, delays, today):
        work.remind(case, Kind.DEADLINE_PASSED, work.holders(case, office, history), history)
