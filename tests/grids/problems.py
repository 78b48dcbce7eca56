"""Made-up problems of assignment: small ones for every case, and a town of any size."""

from __future__ import annotations

import random
from datetime import date
from itertools import product
from uuid import UUID

from app.grids.assigning import HelpedKind, Lead, Need, NeedGround, Pairing, Problem

SINCE = date(2026, 1, 1)


def number(kind: int, index: int) -> UUID:
    return UUID(int=(kind << 64) + index)


GRIDS = [number(1, index) for index in range(6)]
# Each grid and the two beside it, as if they stood in a ring.
RING = {one: frozenset({GRIDS[index - 1], GRIDS[(index + 1) % 6]}) for index, one in enumerate(GRIDS)}


def made_up(seed: int, needs: int, leads: int, capacity: int, *, grids: int = 6) -> Problem:
    """As many needs of all kinds and leads, in ``grids`` grids and five times as many committees."""
    draw = random.Random(seed)
    used, territories = GRIDS[:grids], [f"r.c{index}" for index in range(grids * 3)]
    found_leads = [
        Lead(number(2, index), number(3, index), draw.choice(used), draw.choice(territories), draw.randint(5, 120),
             draw.randint(1, 2 * capacity - 1))
        for index in range(leads)
    ]  # fmt: skip
    found = [
        Need(number(4, index), HelpedKind.ENTERPRISE, draw.choice(used), draw.choice(territories), draw.randint(0, 60),
             frozenset({draw.choice(list(NeedGround))}))
        for index in range(needs)
    ]  # fmt: skip
    return Problem(tuple(found), tuple(found_leads), {one: RING[one] & set(used) for one in used})


def pairing(need: Need, lead: Lead, *, firm: bool = True, since: date = SINCE) -> Pairing:
    return Pairing(need.key, lead.key, firm, since)


def all_assignments(problem: Problem) -> list[tuple[int | None, ...]]:
    """Every way to give each need one lead's index or none, within reach and capacity."""
    choices = [
        [None, *(index for index, lead in enumerate(problem.leads) if problem.reaches(lead, need))]
        for need in problem.needs
    ]
    return [
        one
        for one in product(*choices)
        if all(one.count(index) <= lead.capacity for index, lead in enumerate(problem.leads))
    ]
