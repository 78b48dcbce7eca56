"""A branch in the lists of what follows from stars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.ratings.core import PlanState
from app.rules.stars import Treatment

__all__ = ["Treated", "Treatment"]


@dataclass(frozen=True, slots=True)
class Treated:
    """A branch with its star and what follows from it until ``valid_until``.

    The plan is the one of this naming: ``wants_plan`` where the star asks for one that is not there yet, ``late`` where
    it is open after its day. ``listed``: on the district's list.
    """

    branch_id: UUID
    branch: str
    rating_id: UUID
    star: int | None
    named_star: int | None
    treatment: Treatment | None
    valid_until: date | None
    wants_plan: bool
    plan_id: UUID | None
    plan_state: PlanState | None
    due_on: date | None
    late: bool
    helper_id: UUID | None
    listed: bool
