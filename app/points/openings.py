"""With what a standing opens: the book's own points, a paper's, the branch's mean, and what is carried over.

Every part is an entry of the item ``OPENING``. Its ``tier`` tells which, and a carried part names as its ``matter`` the
cycle whose result it is a share of; so each can be shown, cited and replaced on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from app.cycles.core import ADMITTED, Act, Quarter
from app.points.ledger import Entry
from app.rules.core import Newcomers, Regime, Starts
from app.rules.name import Name


class OpeningForm(StrEnum):
    """What an opening entry is, in its ``tier``; None there is the book's own opening."""

    PAPER = "paper"  # from a paper ledger: the whole, with what was carried in it
    BRANCH_MEAN = "branch_mean"  # of one who joined in mid-cycle: the whole as well
    CARRIED = "carried"  # on top of the book's own


_NAMES = {
    None: Name("细则规定的期初分", "The opening that the rules give"),
    OpeningForm.PAPER.value: Name("纸质台账结转的期初分", "The opening carried over from the paper ledger"),
    OpeningForm.BRANCH_MEAN.value: Name(
        "年度中加入，取所在支部本年度期初分的平均数", "Joined in mid-cycle: the mean of the branch's openings"
    ),
}


def cycles_in_order(quarters: Sequence[Quarter]) -> list[str]:
    """The codes of the cycles, from the earliest on."""
    return list(dict.fromkeys(one.cycle for one in sorted(quarters, key=lambda one: one.starts_on)))


def cycle_before(quarters: Sequence[Quarter], cycle: str) -> str | None:
    """The cycle that ended before this one began; None for the district's first."""
    known = cycles_in_order(quarters)
    at = known.index(cycle)
    return known[at - 1] if at else None


def has_closed(quarters: Sequence[Quarter], cycle: str) -> bool:
    """Whether nobody records into the cycle any more, so that its result is there to be carried."""
    last = max((one for one in quarters if one.cycle == cycle), key=lambda one: one.starts_on)
    return Act.RECORD not in ADMITTED[last.state]


def own_opening(regime: Regime, mean: int | None, *, joined_late: bool) -> tuple[OpeningForm | None, int]:
    """What the rules open a standing with, in points; ``mean`` is the branch's, None where it has no opening yet."""
    if joined_late and regime.newcomers is Newcomers.BRANCH_MEAN and mean is not None:
        return OpeningForm.BRANCH_MEAN, mean
    return None, regime.opening


def opening_max(regime: Regime) -> int | None:
    """The most that a paper ledger can say, when a district joins in the midst of a cycle.

    The book's own opening, what its dimensions that earn can have earned since, and the share of the highest total that
    is carried. None where one of these has no end: then nothing tells how much is too much.
    """
    earning = [one.allotment for one in regime.dimensions if one.starts is not Starts.FULL]
    if 0 in earning or (regime.carried and regime.total_high is None):
        return None
    return regime.opening + sum(earning) + regime.carried * (regime.total_high or 0) // 100


def carried_points(regime: Regime, effective: int, decimals: int) -> int:
    """The share of the last cycle's effective total that the new regime carries, rounded down once.

    ``effective`` is in the smallest unit of the last cycle's book, which has ``decimals`` places; the result is in the
    new book's.
    """
    points: int = regime.carried * effective * 10**regime.decimals // (100 * 10**decimals)
    return points


def carries(opening: Entry, regime: Regime) -> bool:
    """Whether anything comes on top of this first opening: a paper's balance and the branch's mean are the whole."""
    return regime.carried > 0 and opening.tier is None


def live_carried(opened: Sequence[Entry]) -> Entry | None:
    """Of a standing's opening entries the carried one that no reversal has undone."""
    undone = {one.reverses for one in opened}
    carried = (one for one in opened if one.tier == OpeningForm.CARRIED.value and one.reverses is None)
    return next((one for one in carried if one.id not in undone), None)


def opening_name(entry: Entry, percent: int) -> Name:
    """What the opening entry is, in words."""
    if entry.tier != OpeningForm.CARRIED.value:
        return _NAMES[entry.tier]
    return Name(
        f"结转 {entry.matter} 年度有效积分的 {percent}%",
        f"{percent} % of the effective total of the cycle {entry.matter}, carried over",
    )


def opening_citation(entry: Entry, citations: Mapping[str, str]) -> str:
    """Where the edition that opened the standing has it from; a paper's number stands in the entry's reason."""
    if entry.tier == OpeningForm.PAPER.value:
        return ""
    if entry.tier == OpeningForm.CARRIED.value:
        return citations.get("carried", "")
    if entry.tier == OpeningForm.BRANCH_MEAN.value:
        return citations.get("newcomers", "")
    profile = entry.profile.partition("+")[0]
    base = citations.get(f"profiles.{profile}.base") or citations.get("base", "")
    return "; ".join(dict.fromkeys(one for one in (base, citations.get("opening", "")) if one))
