"""What time asks about stars: plans to be agreed on, due or late, from office to office; measuring after a seal."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import work_calendar
from app.cycles.working_days import WorkCalendar
from app.messages import service as messages
from app.messages.core import Message, Subject
from app.messages.texts import FactValue, Kind
from app.ratings import measuring, store, store_plans, treating
from app.ratings.core import Plan, Rating, RoundState
from app.ratings.telling import OFFICES, Crier

NEAR_DAYS = 5  # working days before a plan's deadline on which the branch is told
CLIMB_DAYS = 5  # working days of delay after which the next office up is told as well
AGREE_DAYS = 10  # working days in which a committee agrees on the plan that a star asks for


def measure_open(connection: Connection, actor: Actor) -> dict[str, int]:
    """Measure every round that is open, by its own cut-off; how many values were written."""
    rounds = [one for one in store.list_rounds(connection, actor.district_id) if one.state is RoundState.OPEN]
    held = [store.get_round(connection, actor.district_id, one.id, lock=True) for one in rounds]
    return {"measured": sum(measuring.measure(connection, actor, one) for one in held)}


def remind(connection: Connection, actor: Actor) -> dict[str, int]:
    """Tell of plans that are due soon or late, and of those that nobody has agreed on; of the same delay each office
    hears once.
    """
    plans = store_plans.list_plans(connection, actor.district_id, open_only=True)
    busy = {one.branch_id for one in plans}  # an earlier plan is to be closed first, which is asked for by itself
    wanted = [one for one in treating.wanted_plans(connection, actor) if one[0].branch_id not in busy]
    if not plans and not wanted:
        return {"told": 0}
    crier = Crier(connection, actor, {one.path for one in plans} | {one.path for one, _ in wanted})
    calendar = work_calendar.read(connection, actor, date(actor.today.year - 2, 1, 1))
    told = [message for one in plans for message in _reminders(crier, calendar, one, actor.today)]
    told += [message for one, since in wanted for message in _asked(crier, calendar, one, since, actor.today)]
    return {"told": messages.tell(connection, actor, told)}


def _reminders(crier: Crier, calendar: WorkCalendar, plan: Plan, today: date) -> list[Message]:
    facts: dict[str, FactValue] = {"task": "rating_plan", "title": crier.names[plan.branch_id]}
    subject, occasion = Subject("rating_plan", plan.id), plan.due_on.isoformat()
    if today <= plan.due_on:
        if calendar.add_working_days(today, NEAR_DAYS).day < plan.due_on:
            return []
        near = crier.office(plan.path, OFFICES[0])
        return [Message(to, Kind.DEADLINE_NEAR, subject, facts, plan.due_on, occasion) for to in near]
    late = []
    for number, office in enumerate(OFFICES):
        if number == 0 or calendar.add_working_days(plan.due_on, CLIMB_DAYS * number).day < today:
            late += crier.office(plan.path, office)
    return [Message(to, Kind.DEADLINE_PASSED, subject, facts, plan.due_on, occasion) for to in dict.fromkeys(late)]


def _asked(crier: Crier, calendar: WorkCalendar, rating: Rating, since: date, today: date) -> list[Message]:
    """The committee is asked for the plan at once; where it is late, the district hears of it as well."""
    due_on = calendar.add_working_days(since, AGREE_DAYS).day
    facts: dict[str, FactValue] = {"task": "rating_plan_agree", "title": crier.names[rating.branch_id]}
    committee, district = (crier.office(rating.path, office) for office in OFFICES[1:])
    is_climbing = calendar.add_working_days(due_on, CLIMB_DAYS).day < today
    kind = Kind.DEADLINE_NEAR if today <= due_on else Kind.DEADLINE_PASSED
    subject, occasion = Subject("rating", rating.id), f"plan {due_on}"
    told = dict.fromkeys([*committee, *(district if is_climbing else [])])
    return [Message(to, kind, subject, facts, due_on, occasion) for to in told]
