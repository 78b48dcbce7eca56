"""What grids know and rooms below need, handed down: who helps a case, who helps a plan, and how grid work was done.

The sum is handed down each time, not what has changed: so whatever a room below missed, the next hand-down brings.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import assisting
from app.cases import supplying as cases
from app.grids import service, store, store_mentoring
from app.grids.assigning import HelpedKind
from app.grids.core import GridLead
from app.grids.core_mentoring import Mentoring, MentoringState, VisitKind, quarters_due
from app.grids.core_plans import LEVEL_NAMES, window_days
from app.kit.ids import new_id
from app.ratings import handing, measuring
from app.ratings import service as ratings
from app.ratings.core import RoundState
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.roster import service as roster

_AGREED = frozenset({MentoringState.AGREED, MentoringState.ACTIVE})
GRID_WORK = "grid_work"  # the measure of star sheets that this room supplies


def hand_down(connection: Connection, actor: Actor) -> dict[str, int]:
    """Name the helpers of open rectifications, and propose those of open cases; the grids are held by now.

    A branch is helped once both sides have agreed. A case's helper is proposed once the lead has, so that nobody is
    proposed who does not know of it; the branch of the case decides (``cases``).
    """
    as_service = replace(actor, account_id=None, appointments=())
    leads = {one.id: one for one in store.list_leads(connection, actor.district_id)}
    standing = store_mentoring.list_open(connection, actor.district_id)
    helpers = {
        one.helped_id: leads[one.lead_id].branch_id
        for one in standing
        if one.kind is HelpedKind.BRANCH and one.state in _AGREED
    }
    return {
        "plans_helped": handing.name_who_helps(connection, as_service, helpers),
        "helpers_proposed": _propose_for_cases(connection, as_service, leads, standing),
    }


def _propose_for_cases(
    connection: Connection, as_service: Actor, leads: dict[UUID, GridLead], standing: list[Mentoring]
) -> int:
    """The secretary of the lead, for each case that still takes a helper; nobody is proposed twice in a row."""
    wanted = {
        one.helped_id: one for one in standing if one.kind is HelpedKind.MEMBER and one.lead_agreed_on is not None
    }
    waiting = [one for one in cases.open_cases(connection, as_service) if one.takes_helper and one.member_id in wanted]
    if not waiting:
        return 0
    paths = {wanted[one.member_id].lead_path for one in waiting}
    secretaries = store.list_secretaries(connection, as_service.district_id, paths, as_service.today)
    names = {one.id: one.name for one in roster.organisations(connection, as_service.district_id)}
    count = 0
    for case in sorted(waiting, key=lambda one: one.id):
        by = wanted[case.member_id]
        helper = secretaries.get(by.lead_path)
        if helper is None or helper in (case.proposed_helper_id, case.member_id):
            continue
        note = f"网格龙头{names[leads[by.lead_id].branch_id]} / lead of the grid"
        assisting.propose_helper(connection, as_service, case.id, new_id(), helper, note)
        count += 1
    return count


def supply_for(connection: Connection, actor: Actor) -> int:
    """As ``supply_indicators``, for whoever sets the district's grids. Raises NotFound."""
    service.check_office(actor)
    return supply_indicators(connection, actor)


def supply_indicators(connection: Connection, actor: Actor) -> int:
    """Hand the year's grid work down to every open round; how many values were written."""
    as_service = replace(actor, account_id=None, appointments=())
    written = 0
    for view in ratings.rounds(connection, as_service):
        if view.round.state is RoundState.OPEN:
            last = min(view.round.cut_off, actor.today)
            found = _grid_work(connection, as_service, view.round.cut_off.replace(month=1, day=1), last)
            written += measuring.supply(connection, as_service, view.round.id, GRID_WORK, found)
    return written


def _grid_work(connection: Connection, actor: Actor, first: date, last: date) -> dict[UUID, Measured]:
    """By branch: joint meetings held and hosted plans carried out, of those due from the first day to the last.

    A lead and the branch that it helps both answer for their meetings. Whoever is in no mentoring and hosts nothing has
    nothing due.
    """
    leads = {one.id: one.branch_id for one in store.list_leads(connection, actor.district_id, ended=True)}
    due: dict[UUID, list[str]] = {}
    done: dict[UUID, list[str]] = {}
    mentorings = store_mentoring.list_begun(connection, actor.district_id, last)
    visits = store_mentoring.list_visits(connection, actor.district_id, [one.id for one in mentorings])
    for one in mentorings:
        met = {
            visit.quarter
            for visit in visits.get(one.id, [])
            if visit.kind is VisitKind.JOINT_MEETING and visit.held_on <= last
        }
        sides = [leads[one.lead_id], *([one.helped_id] if one.kind is HelpedKind.BRANCH else [])]
        for quarter in quarters_due(one, first, last):
            for side in sides:
                due.setdefault(side, []).append(f"{one.id} {quarter}")
                if quarter in met:
                    done.setdefault(side, []).append(f"{one.id} {quarter}")
    for plan in store.list_hosted(connection, actor.district_id):
        days = window_days(plan.level, plan.window)
        if plan.host_id is not None and days is not None and first <= days[1] <= last:
            told = f"{plan.id} {LEVEL_NAMES[plan.level]} {plan.window}"
            due.setdefault(plan.host_id, []).append(told)
            if plan.activity_id is not None:
                done.setdefault(plan.host_id, []).append(told)
    branches = [one.id for one in roster.organisations(connection, actor.district_id)]
    return {
        branch: Measured(
            Reading(len(done.get(branch, [])), len(due.get(branch, []))),
            "已召开的季度联席会议和已开展的承办活动 ÷ 应召开、应开展的",
            "joint meetings held and hosted plans carried out, of those due",
            {"due": sorted(due.get(branch, [])), "done": sorted(done.get(branch, []))},
        )
        for branch in branches
    }
