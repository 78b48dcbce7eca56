"""The days of a quarter's end, as the calendar has them today: until when who does what, and the earliest seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import work_calendar
from app.cycles.core import CHECK_DAY, NOTICE_DAY, Quarter
from app.seals.core import COMMITTEE_DAYS, check_due_on
from app.seals.keeping import last_day


@dataclass(frozen=True, slots=True)
class Agenda:
    """The last day of each step. ``notice_until``: of a branch whose notice begins as early as it can, on the 16th.

    ``seal_from``: the first day on which the quarter can be sealed, if no branch is late. ``assumed``: counted through
    a year whose days off are not announced yet.
    """

    recording_until: date
    check_due_on: date
    above_due_on: date
    notice_from: date
    notice_until: date
    seal_from: date
    assumed: bool


def agenda(connection: Connection, actor: Actor, quarter: Quarter) -> Agenda:
    """Of any quarter, also of one to come."""
    following = quarter.ends_on + timedelta(days=1)
    calendar = work_calendar.read(connection, actor, quarter.ends_on)
    check_due = check_due_on(quarter)
    above = calendar.add_working_days(check_due, COMMITTEE_DAYS)
    begins_on = following.replace(day=NOTICE_DAY)
    until = last_day(begins_on, calendar)
    return Agenda(
        recording_until=following.replace(day=CHECK_DAY - 1),
        check_due_on=check_due,
        above_due_on=above.day,
        notice_from=begins_on,
        notice_until=until,
        seal_from=until + timedelta(days=1),
        assumed=above.assumed or calendar.is_assumed(until),
    )
