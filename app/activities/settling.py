"""What the calendar brings: absences whose time for making up is over, and windows that nobody is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import groupby

import structlog
from sqlalchemy import Connection

from app.activities import exceptions, findings, store
from app.activities.booking import Booking
from app.activities.core import MAKE_UP_DAYS, Record
from app.auth.core import Actor
from app.points import waiving
from app.points.gathering import Background

_log = structlog.get_logger(__name__)


def settle(connection: Connection, actor: Actor) -> dict[str, int]:
    """Decide the absences that can no longer be made up; a re-run finds them decided and adds nothing."""
    waived = exceptions.apply_all(connection, actor)
    waiting = store.list_waiting(connection, actor.district_id, actor.today - timedelta(days=MAKE_UP_DAYS))
    members = {one.attendance.member_id for one in waiting}
    background = Background.read(connection, actor, members)
    booking = Booking(connection, actor, background)
    for _, group in groupby(waiting, key=lambda one: one.activity.id):
        _settle_session(booking, list(group))
    booking.finish(each=True)
    for record, fault in booking.refused:
        _log.warning("absence not settled", activity=str(record.activity.id), code=fault.code)
    decided = sum(not row.waits for row in booking.rows.values())
    missed = sum(row.entry_id is not None for row in booking.rows.values())
    proposed = findings.propose(connection, actor, members)
    return {"waived": waived, "decided": decided, "missed": missed, "refused": len(booking.refused), **proposed}


def _settle_session(booking: Booking, waiting: list[Record]) -> None:
    activity, actor = waiting[0].activity, booking.actor
    ids = [one.attendance.member_id for one in waiting]
    days = dict.fromkeys(ids, activity.held_on)
    duties = waiving.duties_on(booking.connection, actor, booking.background, activity.item, days)
    held = store.find_attendance(booking.connection, actor.district_id, [activity.id], ids)
    for row in held.values():
        if not row.waits:
            continue  # made up, or corrected, since it was listed
        history = booking.background.histories[row.member_id]
        if history.on(row.deadline) is None:
            booking.put(replace(row, waits=False))  # left before the time was over: nothing more is asked
        else:
            booking.miss(Record(activity, row), duties.get(row.member_id))
