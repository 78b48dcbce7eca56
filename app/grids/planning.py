"""The calendar of a grid: what is planned, what it became, and what is missing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.activities import service as activities
from app.auth.core import Actor, Permission
from app.grids import refusals, store
from app.grids.core import Grid, LeadState
from app.grids.core_plans import (
    LEVEL_NAMES,
    ONE_A_WINDOW,
    GridCalendar,
    Plan,
    calendar_of,
    is_inside,
    window_days,
)
from app.grids.knowing import Scene
from app.kit.errors import NotFound
from app.roster import service as roster


def calendar(connection: Connection, actor: Actor, grid_id: UUID, year: int) -> GridCalendar:
    """A year of the grid. Raises NotFound."""
    known = _grid(connection, actor, grid_id)
    plans = store.list_plans(connection, actor.district_id, grid_id, [f"{year:04d}"])
    return calendar_of(year, plans, actor.today, known.from_on)


def set_plan(connection: Connection, actor: Actor, wanted: Plan) -> Plan:
    """Plan something, change it, drop it, or say which session it became.

    Whoever sets grids, and the secretary of a branch that leads this one. Raises NotFound, BadWindow, NotInside,
    PlannedAlready, NotABranch, IdTaken and NotOfTheWindow.
    """
    store.lock_grids(connection, actor.district_id)
    _grid(connection, actor, wanted.grid_id)
    scene = Scene.on_the_day(connection, actor)
    _check_planner(connection, actor, scene, wanted.grid_id)
    before = store.find_plan(connection, actor.district_id, wanted.id)
    if before is not None and (before.grid_id, before.level) != (wanted.grid_id, wanted.level):
        raise refusals.IdTaken(id=str(wanted.id), field="id")
    days = window_days(wanted.level, wanted.window)
    if days is None:
        raise refusals.BadWindow(window=wanted.window, level=LEVEL_NAMES[wanted.level], field="window")
    plans = store.list_plans(connection, actor.district_id, wanted.grid_id)
    _check_parent(wanted, {one.id: one for one in plans})
    for one in plans:
        same = (one.level, one.window) == (wanted.level, wanted.window) and one.id != wanted.id
        if same and wanted.level in ONE_A_WINDOW and not one.dropped and not wanted.dropped:
            raise refusals.PlannedAlready(window=one.window, title=one.title, field="window")
    if wanted.host_id is not None and scene.branch(wanted.host_id) is None:
        raise refusals.NotABranch(name=str(wanted.host_id), field="host_id")
    is_linked_anew = before is None or before.activity_id != wanted.activity_id
    if wanted.activity_id is not None and is_linked_anew:
        held = activities.read(connection, actor, wanted.activity_id).activity
        if not days[0] <= held.held_on <= days[1]:
            raise refusals.NotOfTheWindow(day=held.held_on.isoformat(), window=wanted.window, field="activity_id")
    if wanted != before:
        store.write_plan(connection, actor.district_id, wanted, by=actor.account_id, at=actor.at, new=before is None)
    return wanted


def _check_parent(wanted: Plan, plans: dict[UUID, Plan]) -> None:
    if wanted.parent_id is None:
        return
    parent = plans.get(wanted.parent_id)
    if (
        parent is None
        or parent.level is not wanted.level.above
        or not is_inside(wanted.level, wanted.window, parent.level, parent.window)
    ):
        raise refusals.NotInside(window=wanted.window, field="parent_id")


def _check_planner(connection: Connection, actor: Actor, scene: Scene, grid_id: UUID) -> None:
    """Raises NotFound."""
    if actor.may(Permission.GRID_SET, roster.root_of(actor.district_id)):
        return
    for one in store.list_leads(connection, actor.district_id):
        branch = scene.organisations.get(one.branch_id)
        leads = one.grid_id == grid_id and one.state is not LeadState.ENDED
        if leads and branch is not None and actor.may(Permission.MENTORING_RECORD, branch.path):
            return
    raise NotFound(what="grid", field="grid_id")


def _grid(connection: Connection, actor: Actor, grid_id: UUID) -> Grid:
    for one in store.list_grids(connection, actor.district_id):
        if one.id == grid_id:
            return one
    raise NotFound(what="grid", field="grid_id")
