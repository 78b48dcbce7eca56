"""Branches beside each other, as far as their audience sees them: worked out once a moment for all who ask."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.auth.core import Actor
from app.boards import figures
from app.boards.core import TOTAL, Asked
from app.boards.core_screens import BranchBoard, StarsAreOfNow
from app.boards.ranking import Boards, resolve


def branches_board(boards: Boards, actor: Actor, asked: Asked, *, by_stars: bool) -> BranchBoard:
    """By the average of who is ranked, or by the stars held now. Raises StarsAreOfNow and what ``resolve`` raises."""
    facts = boards.facts(actor.district_id, actor.today)
    subject, audience, policy = resolve(facts, actor, asked)
    given: dict[str, Any] = {
        "facts": facts,
        "scope": asked.scope,
        "place_id": asked.place_id,
        "period": subject.period,
        "audience": audience,
        "policy": policy,
    }
    if not by_stars:
        work = partial(figures.branches_by_average, measure=asked.measure, **given)
        return boards.figure(("branches", subject, audience, policy), actor.district_id, actor.today, work)
    if asked.measure != TOTAL or any(one is not None for one in (asked.cycle, asked.quarter, asked.day)):
        raise StarsAreOfNow(field="by")
    key = ("stars", subject, audience, policy)
    return boards.figure(key, actor.district_id, actor.today, partial(figures.branches_by_stars, **given))
