"""A member's totals at the ends of quarters, over the cycles, as bars: the table below says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.auth.core import Actor
from app.roster.core import MemberView
from app.rules.points import printed_text
from app.seals import showing
from app.seals.core import MemberQuarter

HEIGHT = 120  # of the highest bar, in the units of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """One quarter; ``total`` as it is printed. ``sealed``: as it was sealed, else as it stands now."""

    quarter: str
    cycle: str
    total: str
    height: int
    sealed: bool


def bars(connection: Connection, actor: Actor, member: MemberView, own: Sequence[MemberQuarter]) -> list[Bar]:
    """Of every sealed quarter; those of the cycle that is looked at (``own``) as corrected, sealed or not."""
    found = {
        one.code: (one.cycle, frozen.total, frozen.decimals, True)
        for one, frozen in showing.history(connection, actor, member.id)
    }
    for each in own:
        score, is_sealed = each.corrected, each.sealed is not None
        found[each.quarter.code] = (each.quarter.cycle, score.total, score.decimals, is_sealed)
    highest = max((total / 10**decimals for _, total, decimals, _ in found.values()), default=0)
    return [
        Bar(code, cycle, printed_text(total, decimals), _height(total / 10**decimals, highest), is_sealed)
        for code, (cycle, total, decimals, is_sealed) in sorted(found.items())
    ]


def _height(value: float, highest: float) -> int:
    return max(0, round(value / highest * HEIGHT)) if highest > 0 else 0
