"""What time asks about mentorings: where the helped branch stands at each quarter's end, and meetings that are due."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.grids import store_mentoring, supplying
from app.grids.assigning import HelpedKind
from app.grids.core import Supplied
from app.grids.core_mentoring import MentoringState, Progress, VisitKind
from app.grids.telling import Herald
from app.kit.calendar import months_of, quarter_days, quarter_of
from app.messages.core import Message


def note_progress(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Keep star and mean of each helped branch at the end of a quarter; what is kept already stays as it was.

    Raises UnknownQuarter and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None:
        return {}
    stars = (supplying.supplied(connection, actor) or Supplied()).stars
    known = store_mentoring.list_progress_of_quarter(connection, actor.district_id, quarter.code)
    fresh = [
        Progress(
            mentoring_id=one.id,
            quarter=quarter.code,
            noted_on=actor.today,
            star=stars.get(one.helped_id),
            average=store_mentoring.find_average(connection, actor.district_id, one.helped_id, quarter.cycle),
        )
        for one in store_mentoring.list_begun(connection, actor.district_id, quarter.ends_on)
        if one.kind is HelpedKind.BRANCH
        and one.id not in known
        and (one.ended_on is None or one.ended_on > quarter.ends_on)
    ]
    store_mentoring.insert_progress(connection, actor.district_id, fresh)
    return {"noted": len(fresh)}


def meetings_due(connection: Connection, actor: Actor, herald: Herald) -> Iterator[Message]:
    """From the first day of a quarter's last month on, whose joint meeting of the quarter is still missing."""
    quarter = quarter_of(actor.today)
    if actor.today.isoformat()[:7] != months_of(quarter)[2]:
        return
    standing = [
        one for one in store_mentoring.list_open(connection, actor.district_id) if one.state is MentoringState.ACTIVE
    ]
    visits = store_mentoring.list_visits(connection, actor.district_id, [one.id for one in standing])
    for one in standing:
        held = {visit.quarter for visit in visits.get(one.id, []) if visit.kind is VisitKind.JOINT_MEETING}
        if quarter not in held:
            yield from herald.meeting_due(one, quarter, quarter_days(quarter)[1])
