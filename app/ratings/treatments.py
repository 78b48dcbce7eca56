"""The lists by which committees and the district treat branches by their stars, as of today."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.ratings import store_plans, treating
from app.ratings.core import PlanState
from app.ratings.core_treatments import Treated, Treatment
from app.ratings.gathering import names_of
from app.rules import service as rules


def treatments(connection: Connection, actor: Actor, treatment: Treatment | None = None) -> tuple[Treated, ...]:
    """Every branch with a star in force where the caller signs, the fewest stars first."""
    names = names_of(connection, actor)
    plans = {one.rating_id: one for one in store_plans.list_plans(connection, actor.district_id)}
    without = {one.id for one in treating.without_plan(connection, actor)}
    listed = {one.branch_id for one in treating.listed(connection, actor)}
    found: list[Treated] = []
    for branch, held in treating.held_on(connection, actor, actor.today).items():
        if not actor.may(Permission.RATING_SIGN, held.rating.path):
            continue
        star, plan = held.star_on(actor.today), plans.get(held.rating.id)
        sheet = rules.edition_by_digest(connection, actor.district_id, held.edition).stars
        level = None if sheet is None else sheet.level(star or 0)
        follows = None if level is None else level.treatment
        if treatment is not None and follows is not treatment:
            continue
        found.append(
            Treated(
                branch_id=branch,
                branch=names[branch],
                rating_id=held.rating.id,
                star=star,
                named_star=held.rating.named_star,
                treatment=follows,
                valid_until=held.rating.valid_until,
                wants_plan=held.rating.id in without,
                plan_id=None if plan is None else plan.id,
                plan_state=None if plan is None else plan.state,
                due_on=None if plan is None else plan.due_on,
                late=plan is not None and plan.state is PlanState.OPEN and actor.today > plan.due_on,
                helper_id=None if plan is None else plan.helper_id,
                listed=branch in listed,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.star or 0, one.branch, one.branch_id)))
