"""Half-years and years: which quarter ends one, which quarters lie in it, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.cycles.core import Quarter, place_of
from app.kit.calendar import half_days, half_of, quarter_of
from app.reviews.core import quarter_name
from app.reviews.core_packs import Json, PackKind
from app.reviews.summing import sums_of


def period_of(kind: PackKind, quarter: Quarter, known: Sequence[Quarter]) -> str | None:
    """The period of that kind which ends with the quarter; None where none does.

    A half-year is one of the calendar, whatever months a cycle spans. A year is the cycle; where cycles are shorter, it
    is the calendar year.
    """
    if kind is PackKind.QUARTER:
        return quarter.code
    if kind is PackKind.HALF:
        half = half_of(quarter.ends_on)
        return half if half_days(half)[1] == quarter.ends_on else None
    own = [one for one in known if one.cycle == quarter.cycle]
    if len(own) == 4:
        return quarter.cycle if place_of(known, quarter).is_last else None
    return quarter.code[:4] if quarter.code.endswith("Q4") else None


def quarters_of(kind: PackKind, quarter: Quarter, known: Sequence[Quarter]) -> tuple[str, ...]:
    """The quarters of the period that ends with this one, as far as the books have them."""
    codes = sorted(one.code for one in known if one.code <= quarter.code)
    if kind is PackKind.HALF:
        first = quarter_of(half_days(half_of(quarter.ends_on))[0])
        return tuple(code for code in codes if code >= first)
    return tuple(codes[-4:])


def trend_line(facts: Iterable[Json]) -> list[str]:
    """A quarter's line in the paper of a longer period."""
    found = sums_of(facts)
    whole = found.whole
    return [
        quarter_name(found.head["period"], "zh"),
        str(whole.members),
        str(whole.ranked),
        *(whole.mean(name) for name in ("daily", "total", "added", "fault")),
    ]
