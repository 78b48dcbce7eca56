"""What one pair costs beside the change of grid or lead: distance, size and load, in whole numbers."""

from __future__ import annotations

DISTANCE, STEPS_MAX = 100, 3
SIZE, DOUBLINGS_MAX = 50, 4
LOAD = 300


def distance_cost(one: str, other: str) -> int:
    """Steps from one committee to the other through the tree."""
    mine, theirs = one.split("."), other.split(".")
    common = 0
    for left, right in zip(mine, theirs, strict=False):
        if left != right:
            break
        common += 1
    return DISTANCE * min(STEPS_MAX, len(mine) + len(theirs) - 2 * common)


def size_cost(helped: int, lead: int) -> int:
    """Doublings by which the helped one is larger than the lead, begun ones too."""
    doublings, reached = 0, max(lead, 1)
    while reached < helped and doublings < DOUBLINGS_MAX:
        reached *= 2
        doublings += 1
    return SIZE * doublings


def load_cost(place: int, capacity: int) -> int:
    return LOAD * (2 * place - 1) // (2 * capacity)
