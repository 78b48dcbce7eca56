"""The life of a mentoring: both sides agree, visits and joint meetings, what came of it, the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles.core import NoCycle
from app.grids import handing, refusals, store, store_mentoring, supplying
from app.grids.assigning import HelpedKind
from app.grids.core import PAGE_MAX, GridLead, Supplied
from app.grids.core_mentoring import (
    MeetingDue,
    Mentoring,
    MentoringOutcome,
    MentoringState,
    MentoringView,
    Side,
    Visit,
    VisitKind,
    WantedVisit,
    due_meetings,
    missing_meetings,
)
from app.grids.telling import Herald
from app.kit.calendar import quarter_of
from app.kit.errors import NotFound
from app.points import reading


def page(
    connection: Connection,
    actor: Actor,
    *,
    grid_id: UUID | None = None,
    state: MentoringState | None = None,
    after: UUID | None = None,
    count_max: int = 50,
) -> tuple[list[Mentoring], UUID | None]:
    """Those whose lead or helped one is in reach, by id; and the cursor of the next page."""
    paths = None if actor.is_service else actor.reach(Permission.MENTORING_READ)
    if paths == ():
        return [], None
    leads: list[UUID] | None = None
    if grid_id is not None:
        every: list[GridLead] = store.list_leads(connection, actor.district_id, ended=True)
        leads = [one.id for one in every if one.grid_id == grid_id]
    count = min(count_max, PAGE_MAX)
    found = store_mentoring.page_mentorings(
        connection, actor.district_id, paths=paths, leads=leads, state=state, after=after, count_max=count + 1
    )
    return found[:count], found[count - 1].id if len(found) > count else None


def read(connection: Connection, actor: Actor, mentoring_id: UUID) -> MentoringView:
    """Raises NotFound."""
    one = _reached(connection, actor, mentoring_id, Permission.MENTORING_READ, Side.LEAD, Side.HELPED)
    return _view(connection, actor, one)


def agree(connection: Connection, actor: Actor, mentoring_id: UUID, side: Side) -> MentoringView:
    """One side's consent; when both have it, the help is agreed. Raises NotFound and MentoringOver."""
    return _change(connection, actor, mentoring_id, (side,), lambda one: one.agreed(side, actor.today))


def end(
    connection: Connection, actor: Actor, mentoring_id: UUID, outcome: MentoringOutcome, reason: str
) -> MentoringView:
    """A proposal is refused by either side; what was agreed has risen or stops. Raises NotFound, MentoringOver."""
    return _change(
        connection,
        actor,
        mentoring_id,
        (Side.LEAD, Side.HELPED),
        lambda one: one.ended(
            MentoringOutcome.REFUSED if one.state is MentoringState.PROPOSED else outcome, actor.today, reason
        ),
    )


def record_visit(connection: Connection, actor: Actor, mentoring_id: UUID, wanted: WantedVisit) -> MentoringView:
    """Write down a visit or joint meeting with where the helped branch stands; the first one makes the help active.

    The same id and content again is a retry. Raises NotFound, MentoringOver, NotAgreedYet, VisitDay and IdTaken.
    """
    store.lock_grids(connection, actor.district_id)
    one = _reached(connection, actor, mentoring_id, Permission.MENTORING_RECORD, Side.LEAD, Side.HELPED)
    said = wanted.input_digest(mentoring_id)
    before = store_mentoring.find_visit(connection, actor.district_id, wanted.id)
    if before is not None:
        if before.input_digest != said:
            raise refusals.IdTaken(id=str(wanted.id), field="id")
        return replace(_view(connection, actor, one), replayed=True)
    _check_open(one)
    if one.state is MentoringState.PROPOSED or one.lead_agreed_on is None or one.helped_agreed_on is None:
        raise refusals.NotAgreedYet
    first = max(one.lead_agreed_on, one.helped_agreed_on)
    if not first <= wanted.held_on <= actor.today:
        raise refusals.VisitDay(first=first.isoformat(), field="held_on")
    star, average = _progress(connection, actor, one)
    visit = Visit(
        id=wanted.id,
        mentoring_id=mentoring_id,
        kind=wanted.kind,
        held_on=wanted.held_on,
        quarter=quarter_of(wanted.held_on),
        text=wanted.text,
        problems_found=wanted.problems_found,
        problems_solved=wanted.problems_solved,
        star=star,
        average=average,
        recorded_by=actor.account_id,
        input_digest=said,
    )
    store_mentoring.insert_visit(connection, actor.district_id, visit, actor.at)
    begun = min(wanted.held_on, one.active_on or wanted.held_on)
    active = replace(one, state=MentoringState.ACTIVE, active_on=begun)
    if active != one:
        store_mentoring.write_mentorings(connection, actor.district_id, [active], new=False)
    return _view(connection, actor, active)


def meetings_of_year(connection: Connection, actor: Actor, year: int) -> dict[UUID, list[MeetingDue]]:
    """By branch, as lead or as helped one: the joint meetings due in the year; for the service and upper rooms only."""
    begun = store_mentoring.list_ever_active(connection, actor.district_id)
    visits = store_mentoring.list_visits(connection, actor.district_id, [one.id for one in begun])
    found: dict[UUID, list[MeetingDue]] = {}
    for one in begun:
        held = {visit.quarter for visit in visits.get(one.id, ()) if visit.kind is VisitKind.JOINT_MEETING}
        due = [code for code in due_meetings(one, actor.today) if code.startswith(str(year))]
        sides = {UUID(one.lead_path.rpartition(".")[2])} | ({one.helped_id} if one.kind is HelpedKind.BRANCH else set())
        for branch_id in sides:
            found.setdefault(branch_id, []).extend(MeetingDue(one.id, code, code in held) for code in due)
    return found


def _progress(connection: Connection, actor: Actor, one: Mentoring) -> tuple[int | None, int | None]:
    """Star and average of the helped branch today; of an enterprise or a member no number is told to its lead."""
    if one.kind is not HelpedKind.BRANCH:
        return None, None
    known = supplying.supplied(connection, actor) or Supplied()
    try:
        cycle = reading.present_cycle(connection, actor)
    except NoCycle:
        return known.stars.get(one.helped_id), None
    average = store_mentoring.find_average(connection, actor.district_id, one.helped_id, cycle)
    return known.stars.get(one.helped_id), average


def _change(
    connection: Connection,
    actor: Actor,
    mentoring_id: UUID,
    sides: tuple[Side, ...],
    changed: Callable[[Mentoring], Mentoring],
) -> MentoringView:
    store.lock_grids(connection, actor.district_id)
    one = _reached(connection, actor, mentoring_id, Permission.MENTORING_RECORD, *sides)
    _check_open(one)
    after = changed(one)
    if after != one:
        store_mentoring.write_mentorings(connection, actor.district_id, [after], new=False)
        _follow(connection, actor, one, after)
    return _view(connection, actor, after)


def _follow(connection: Connection, actor: Actor, before: Mentoring, after: Mentoring) -> None:
    """What rooms below make of it, and who is told: last, since inboxes stay locked."""
    handing.hand_down(connection, actor)
    herald = Herald(connection, actor)
    if after.state is MentoringState.ENDED:
        herald.tell(herald.ended([after]))
    elif after.state is not before.state:
        herald.tell(herald.agreed(after))


def _reached(
    connection: Connection, actor: Actor, mentoring_id: UUID, permission: Permission, *sides: Side
) -> Mentoring:
    """The mentoring, if the permission reaches one of these sides of it; NotFound."""
    one = store_mentoring.find_mentoring(connection, actor.district_id, mentoring_id)
    places = [] if one is None else [one.lead_path if side is Side.LEAD else one.path for side in sides]
    if one is None or not any(actor.may(permission, path) for path in places):
        raise NotFound(what="mentoring", field="mentoring_id")
    return one


def _check_open(one: Mentoring) -> None:
    if one.ended_on is not None:
        raise refusals.MentoringOver(day=one.ended_on.isoformat())


def _view(connection: Connection, actor: Actor, one: Mentoring) -> MentoringView:
    visits = store_mentoring.list_visits(connection, actor.district_id, [one.id]).get(one.id, [])
    progress = store_mentoring.list_progress(connection, actor.district_id, one.id)
    return MentoringView(one, tuple(visits), missing_meetings(one, visits, actor.today), tuple(progress))
