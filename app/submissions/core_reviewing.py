"""Whose turn it is: the steps of a review in order, and who stands in where an office is vacant or collides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from app.auth.core import Role
from app.rules.core import Item

# Who stands in for whom: a vacant or colliding office falls to the secretary, then the committee.
RANK: dict[Role, int] = {
    Role.MEMBER: 0,
    Role.HR: 0,
    Role.GROUP_LEADER: 1,
    Role.ORGANISATION_COMMISSIONER: 2,
    Role.DISCIPLINE_COMMISSIONER: 2,
    Role.SECRETARY: 3,
    Role.COMMITTEE_OFFICER: 4,
    Role.DISTRICT_OFFICER: 5,
}
STANDING_IN = frozenset({Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER})
OFFICES = frozenset(RANK) - {Role.MEMBER, Role.HR}
SYSTEM = "system"  # in a rule book: recorded by the service itself
ASKED_MAX = 8  # accounts asked to review one step

Holders = Sequence[tuple[UUID, Role]]  # who holds an office there or above, nearest first


def steps_of(item: Item) -> tuple[Role, ...]:
    """The offices that review, in order; the secretary where the item names none."""
    return tuple(Role(code) for code in item.review if code != SYSTEM) or (Role.SECRETARY,)


def offices_of(item: Item, stage: int) -> tuple[Role, ...]:
    """The office whose step it is, then those it falls to."""
    step = steps_of(item)[min(stage, len(steps_of(item)) - 1)]
    return (step, *sorted((role for role in STANDING_IN if RANK[role] > RANK[step]), key=RANK.__getitem__))


def turn(item: Item, stage: int, holders: Holders, excluded: Collection[UUID]) -> tuple[Role, tuple[UUID, ...]] | None:
    """The first office that somebody holds who may decide, with these accounts, nearest first; None: there is nobody.

    ``excluded`` are who recorded it, whom it is about, and who decided an earlier step.
    """
    for office in offices_of(item, stage):
        found = tuple(dict.fromkeys(account for account, role in holders if role is office and account not in excluded))
        if found:
            return office, found[:ASKED_MAX]
    return None


def stage_after(
    item: Item, stage: int, roles: frozenset[Role], holders: Holders, excluded: Collection[UUID]
) -> int | None:
    """How many steps are done once someone with these roles there has approved this one; None: it is not theirs.

    A step is its own office's, or that of one above it. An office that has a step of its own further on keeps to that,
    so that two steps are two people; where the step falls to it for want of anybody else, the two steps are one.
    """
    steps = steps_of(item)
    step, *above = offices_of(item, stage)
    standing_in = roles & frozenset(above)
    if step in roles or standing_in - frozenset(steps[stage + 1 :]):
        return stage + 1
    now = turn(item, stage, holders, excluded) if standing_in else None
    return steps.index(now[0], stage + 1) + 1 if now is not None and now[0] in standing_in else None


def may_review(item: Item, roles: frozenset[Role], *, is_service: bool) -> bool:
    """Whether someone with these roles may decide in the end: the last step's office, or who stands in from above."""
    return is_service or bool(roles & frozenset(offices_of(item, len(steps_of(item)) - 1)))
