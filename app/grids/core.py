"""Grids, who is in them and who leads them: plain values, and what a day changes (domain 3.2, rules 43 and 44)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.grids.assigning import Assignment
from app.grids.core_mentoring import Mentoring
from app.kit.calendar import next_quarter, quarter_days, quarter_of
from app.roster.core import TRADE_NAMES, Enterprise, Trade

LEAD_STARS = 4  # only a branch of four or five stars leads a grid
NEEDY_STARS = 2  # a branch of two stars or fewer is helped
CAPACITY_MAX = 200
PAGE_MAX = 200
TRADES = tuple(trade.value for trade in Trade)


@dataclass(frozen=True, slots=True)
class Grid:
    """Some trades' enterprises. ``neighbours`` are grids whose leads may help here; empty: all others may."""

    id: UUID
    code: str
    name: str
    trades: tuple[str, ...]
    neighbours: tuple[UUID, ...]
    from_on: date


@dataclass(frozen=True, slots=True)
class GridMember:
    """An enterprise in a grid, from a day until another one, both included."""

    id: UUID
    enterprise_id: UUID
    grid_id: UUID
    territory_id: UUID
    trade: str
    from_on: date
    until_on: date | None = None


class LeadState(StrEnum):
    """The life of a lead."""

    LEADING = "leading"
    LEAVING = "leaving"  # keeps the grid to the quarter's end, takes on nobody new
    ACTING = "acting"  # should have left, but no deputy was there to follow
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class GridLead:
    """A branch that leads a grid, how many it helps at most, and who follows if it cannot go on."""

    id: UUID
    grid_id: UUID
    branch_id: UUID
    deputy_id: UUID | None
    capacity: int
    star: int
    state: LeadState
    from_on: date
    until_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WantedLead:
    """A lead as it is to be; the stars are those that are said where none are on record."""

    id: UUID
    grid_id: UUID
    branch_id: UUID
    deputy_id: UUID | None
    capacity: int
    star: int | None = None
    deputy_star: int | None = None


@dataclass(frozen=True, slots=True)
class GridView:
    """A grid with its leads and how many enterprises are in it today."""

    grid: Grid
    leads: tuple[GridLead, ...]
    enterprises: int


@dataclass(frozen=True, slots=True)
class Supplied:
    """What rooms that this one does not know hand in: stars by branch (0: none), and members with an open case.

    A branch that is not among the stars has none that is known: it neither needs help for it nor loses its lead.
    ``eligible`` are the branches whose star lets them lead by their own sheet; None where nobody has said.
    """

    stars: Mapping[UUID, int] = field(default_factory=dict)
    cases: frozenset[UUID] = frozenset()
    eligible: frozenset[UUID] | None = None

    @property
    def lead_stars(self) -> Mapping[UUID, int]:
        """The stars as they tell who may lead: one that its sheet lets lead nobody counts as too few."""
        if self.eligible is None:
            return self.stars
        return {key: star if key in self.eligible else min(star, LEAD_STARS - 1) for key, star in self.stars.items()}

    def over(self, said: Supplied | None) -> Supplied:
        """What is on record goes before what a request says; that serves where nothing is on record."""
        return self if said is None else replace(self, stars={**said.stars, **self.stars})


def standard_grids(today: date, new_id: Callable[[], UUID]) -> tuple[Grid, ...]:
    """The six grids of Longwen, one a trade; each may be helped by every other."""
    return tuple(
        Grid(new_id(), f"WG{number:02d}", TRADE_NAMES[trade], (trade.value,), (), today)
        for number, trade in enumerate(Trade, 1)
    )


def reach_of(grids: Iterable[Grid]) -> dict[UUID, frozenset[UUID]]:
    """By grid: the others whose leads may help there."""
    every = list(grids)
    ids = frozenset(one.id for one in every)
    return {one.id: (frozenset(one.neighbours) or ids) - {one.id} for one in every}


# Enterprises.


@dataclass(frozen=True, slots=True)
class Placing:
    """What is to be written so that everybody is in the right grid, and whose trade no grid has."""

    closed: tuple[tuple[UUID, date], ...]  # of grid members, and their last days
    opened: tuple[GridMember, ...]
    homeless: tuple[UUID, ...]  # enterprises


def place(
    enterprises: Iterable[Enterprise],
    grids: Iterable[Grid],
    members: Iterable[GridMember],
    territories: Mapping[UUID, UUID],
    today: date,
    new_id: Callable[[], UUID],
) -> Placing:
    """Who is in no grid enters that of the trade today; whose trade changed moves when the next quarter starts.

    A move that is still to come follows a trade that changes again, or is taken back. ``members`` are all that are open
    or start after today; ``territories`` gives each enterprise's committee.
    """
    by_trade = {trade: one.id for one in grids for trade in one.trades}
    turn = quarter_days(next_quarter(quarter_of(today)))[0]
    present = {one.enterprise_id: one for one in members if one.until_on is None}
    closed: list[tuple[UUID, date]] = []
    opened: list[GridMember] = []
    homeless: list[UUID] = []
    for one in sorted(enterprises, key=lambda one: one.id):
        there = present.get(one.id)
        if one.until_on is not None and one.until_on < today:
            if there is not None and there.from_on <= today:
                closed.append((there.id, max(one.until_on, there.from_on)))
            continue
        grid = by_trade.get(one.trade)
        if grid is None:
            homeless.append(one.id)
            continue
        if there is None:
            opened.append(GridMember(new_id(), one.id, grid, territories[one.id], one.trade, today))
        elif (there.grid_id, there.trade) != (grid, one.trade) and there.from_on <= today:
            closed.append((there.id, turn - timedelta(days=1)))
            opened.append(GridMember(new_id(), one.id, grid, there.territory_id, one.trade, turn))
    return Placing(tuple(closed), tuple(opened), tuple(homeless))


# Leads.


@dataclass(frozen=True, slots=True)
class Succession:
    """What a day changes about leads: rows to write, new ones, and whose mentorings go from one lead to another."""

    changed: tuple[GridLead, ...]
    opened: tuple[GridLead, ...]
    handed: tuple[tuple[UUID, UUID], ...]  # from a lead's row to another's
    without_deputy: tuple[UUID, ...]  # leads that act on, since nobody follows


def succeed(
    leads: Sequence[GridLead], stars: Mapping[UUID, int], today: date, new_id: Callable[[], UUID]
) -> Succession:
    """A lead below four stars keeps its grid until the quarter's end; then the deputy follows.

    Where none can, it acts on until one is named: nobody is left without a lead. One that regains its stars before the
    end stays. ``leads`` are those that have not ended.
    """
    last = quarter_days(quarter_of(today))[1]
    changed: list[GridLead] = []
    opened: list[GridLead] = []
    handed: list[tuple[UUID, UUID]] = []
    waiting: list[UUID] = []
    leading = {one.branch_id: one for one in leads}
    for one in sorted(leads, key=lambda one: (one.from_on, one.id)):
        star = stars.get(one.branch_id)
        if one.state is LeadState.LEADING and star is not None and star < LEAD_STARS:
            changed.append(replace(one, state=LeadState.LEAVING, until_on=last, reason=lost_words(star)))
            continue
        lost_star = one.reason is not None and one.reason.startswith(_LOST)
        if one.state is not LeadState.LEADING and lost_star and star is not None and star >= LEAD_STARS:
            changed.append(replace(one, state=LeadState.LEADING, until_on=None, reason=None))
            continue
        if one.state is LeadState.LEADING or one.until_on is None or one.until_on >= today:
            continue
        follower = _follower(one, stars, leading, changed)
        if follower is None:
            waiting.append(one.id)
            changed.append(replace(one, state=LeadState.ACTING, until_on=last))
            continue
        changed.append(replace(one, state=LeadState.ENDED))
        new = follower
        if isinstance(follower, UUID):
            star = stars.get(follower, LEAD_STARS)
            new = GridLead(new_id(), one.grid_id, follower, None, one.capacity, star, LeadState.LEADING, today)
            opened.append(new)
            leading[follower] = new
        if isinstance(new, GridLead):
            handed.append((one.id, new.id))
    return Succession(tuple(changed), tuple(opened), tuple(handed), tuple(waiting))


_LOST = "星级降至"


def lost_words(star: int) -> str:
    return f"{_LOST}{star}星 · fell to {star} stars"


def _follower(
    lead: GridLead, stars: Mapping[UUID, int], leading: Mapping[UUID, GridLead], changed: Iterable[GridLead]
) -> UUID | GridLead | None:
    """The deputy's own lead of the same grid, the deputy, or nobody: it leads elsewhere, leaves too, or fell itself."""
    deputy = lead.deputy_id
    if deputy is None or stars.get(deputy, LEAD_STARS) < LEAD_STARS:
        return None
    own = leading.get(deputy)
    if own is None:
        return deputy
    stays = own.state is LeadState.LEADING and own.id not in {one.id for one in changed}
    return own if own.grid_id == lead.grid_id and stays else None


@dataclass(frozen=True, slots=True)
class Applied:
    """An assignment, and what it wrote: how many were proposed anew, handed over, released."""

    assignment: Assignment
    opened: tuple[Mentoring, ...]
    closed: tuple[Mentoring, ...]
    succession: Succession
    placing: Placing
