"""What upper rooms ask of stars and hand down to plans: the stars of a day, and who helps to put things right."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.ratings import store, store_plans, treating
from app.ratings.core import PlanKind, RatingState
from app.rules.stars import Cause


def stars_on_record(connection: Connection, actor: Actor) -> dict[UUID, int] | None:
    """By branch, its star today; 0 for one that was lost to a ground of veto. None before the first round is named.

    A branch that was too new for its round, or whose naming has run out before the next, has no star that is known.
    """
    named = store.list_named(connection, actor.district_id)
    if not named:
        return None
    stars = {
        branch: held.star_on(actor.today) or 0
        for branch, held in treating.held_on(connection, actor, actor.today).items()
    }
    seen: set[UUID] = set()
    for one, _, _ in named:  # the latest year first: what it says of a branch goes before the years before
        is_vetoed = one.state is RatingState.UNRATED and any(reason.cause is Cause.VETO for reason in one.reasons)
        if one.branch_id not in seen and is_vetoed:
            stars[one.branch_id] = 0
        seen.add(one.branch_id)
    return stars


def name_who_helps(connection: Connection, actor: Actor, helpers: Mapping[UUID, UUID]) -> int:
    """Let every open rectification name the branch that helps (by helped branch), or nobody; how many changed."""
    changed = 0
    for plan in store_plans.list_plans(connection, actor.district_id, open_only=True):
        helper = helpers.get(plan.branch_id) if plan.kind is PlanKind.RECTIFICATION else None
        if plan.helper_id != helper:
            held = store_plans.find_plan(connection, actor.district_id, plan.id, lock=True) or plan
            store_plans.update_plan(connection, actor.district_id, held, {"helper_id": helper})
            changed += 1
    return changed
