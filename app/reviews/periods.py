"""Half-years and years: which quarter ends one, which quarters lie in it, and what their papers are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.cycles.core import Quarter, place_of
from app.kit.calendar import half_days, half_of, quarter_of
from app.reviews.core import quarter_name
from app.reviews.core_packs import Fact, Json, PackKind
from app.reviews.summing import BOOKED, Sums, sums_of


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


# What goes on from one quarter into the next stands in the lists of both, and counts once: in its latest state.
_GOES_ON: Mapping[str, tuple[str, ...]] = {
    Fact.CASE: ("path", "name", "quarter", "opened_on"),
    Fact.MENTORING: ("path", "also", "grid", "kind", "helped"),
}
_LISTS = frozenset({Fact.ADJUSTMENT, Fact.FINDING, Fact.COMMENDATION, *_GOES_ON})


@dataclass(slots=True)
class Span:
    """A half-year or year while its quarters are gathered, the earliest first."""

    kind: PackKind
    period: str
    starts_on: str = ""
    trend: list[list[str]] = field(default_factory=list)
    booked: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(("entries", *BOOKED), Decimal()))
    listed: dict[tuple[str, ...], Json] = field(default_factory=dict)

    def take(self, read: Callable[[], Iterable[Json]]) -> None:
        """Add a quarter; ``read`` begins its image anew."""
        found = sums_of(read())
        self.starts_on = self.starts_on or found.head["starts_on"]
        self.trend.append(_trend_line(found))
        self.booked["entries"] += found.counts["entries"]
        for name in BOOKED:
            self.booked[name] += found.whole.sums.get(name, Decimal())
        quarter = found.head["period"]
        for at, fact in enumerate(one for one in read() if one["is"] in _LISTS):
            key = _GOES_ON.get(fact["is"])
            own = (quarter, str(at)) if key is None else tuple(str(fact[name]) for name in key)
            self.listed[(fact["is"], *own)] = _dated(fact, quarter)

    def lines(self, last: Iterable[Json]) -> Iterator[Json]:
        """The image of the period: members as in the last quarter's, the lists of all."""
        for one in last:
            if one["is"] == Fact.HEAD:
                booked = {name: f"{value:f}" for name, value in self.booked.items()}
                yield {**one, "kind": self.kind.value, "period": self.period, "starts_on": self.starts_on,
                       "trend": self.trend, "booked": booked}  # fmt: skip
            elif one["is"] not in _LISTS and one["is"] != Fact.ENTRY:  # entries are counted, and stand in the quarters'
                yield one
        # The tree's order, and within a branch that of the quarters.
        yield from sorted(self.listed.values(), key=lambda fact: (fact["is"], fact["path"]))


def _dated(fact: Json, quarter: str) -> Json:
    """Lists of several quarters say of which one a line is."""
    if fact["is"] == Fact.FINDING:
        return {**fact, "quarter": quarter}  # beside the line's name, under which a period counts them together
    if fact["is"] != Fact.COMMENDATION:
        return fact
    return {**fact, "line": f"{fact['line']}（{quarter_name(quarter, 'zh')}）"}


def _trend_line(found: Sums) -> list[str]:
    """A quarter's line in the paper of a longer period."""
    whole = found.whole
    return [
        quarter_name(found.head["period"], "zh"),
        str(whole.members),
        str(whole.ranked),
        *(whole.mean(name) for name in ("daily", "total", "added", "fault")),
    ]
