"""Who helps whom: needs paired with the places of leads at the least cost, each pair explained by its parts.

The objective, smallest first. Every need ends in one of two ways:

* paired with a place of a lead: ``NEIGHBOUR`` if the lead's grid is not the need's own, ``DISTANCE`` for each step
  between their territories (three at most), ``SIZE`` for each doubling by which the helped one is larger than the lead
  (four at most), ``LOAD`` times the share of the lead's capacity that is taken when the place is (rising from place to
  place, so that shares even out), ``CHANGE`` if it was proposed to another lead before;
* left without a lead: its urgency times a sum that no rearrangement of all the pairs could make up for, and ``CHANGE``
  if a lead had been proposed.

So, in this order: as many as possible are helped and the more urgent first (both at once: the sets that can be helped
are a matroid, whose dearest set is always one of the largest), then the own grid comes before a neighbouring one pair
by pair (``NEIGHBOUR`` is more than the other parts together), then what is near, of fitting size and evenly borne.
What is under way is no part of it: a valid pairing that was agreed, or decided by hand, is kept and takes its place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from app.grids.core_costs import (
    DISTANCE,
    DOUBLINGS_MAX,
    LOAD,
    SIZE,
    STEPS_MAX,
    distance_cost,
    load_cost,
    size_cost,
)

NEIGHBOUR = 1000
CHANGE = 99
PAIR_MAX = NEIGHBOUR + DISTANCE * STEPS_MAX + SIZE * DOUBLINGS_MAX + LOAD + CHANGE

Integers = NDArray[np.int64]


class HelpedKind(StrEnum):
    """Who is helped."""

    BRANCH = "branch"
    ENTERPRISE = "enterprise"
    MEMBER = "member"


class NeedGround(StrEnum):
    """Why somebody is to be helped."""

    CASE = "case"  # a member with an open assistance case
    ONE_STAR = "one_star"
    TWO_STARS = "two_stars"
    NO_MEMBERS = "no_members"  # an enterprise in which nobody is a member
    UNDER_WAY = "under_way"  # no ground any more, but the mentoring has not been ended


URGENCY = {
    NeedGround.CASE: 4,
    NeedGround.ONE_STAR: 3,
    NeedGround.TWO_STARS: 2,
    NeedGround.NO_MEMBERS: 1,
    NeedGround.UNDER_WAY: 1,
}


@dataclass(frozen=True, slots=True)
class Need:
    """Somebody to be helped: ``territory`` is a committee's path, ``size`` counts members, ``branch`` the own one."""

    key: UUID
    kind: HelpedKind
    grid: UUID | None
    territory: str
    size: int
    grounds: frozenset[NeedGround]
    branch: UUID | None = None

    @property
    def urgency(self) -> int:
        return max(URGENCY[one] for one in self.grounds)


@dataclass(frozen=True, slots=True)
class Lead:
    """A branch that leads a grid, and how many it can help at once."""

    key: UUID
    branch: UUID
    grid: UUID
    territory: str
    size: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """A pairing that stands: ``firm`` once it was agreed or decided by hand, otherwise a proposal only."""

    need: UUID
    lead: UUID
    firm: bool
    since: date


class Release(StrEnum):
    """Why a pairing that stood does not stand any longer."""

    LEAD_GONE = "lead_gone"
    OUT_OF_REACH = "out_of_reach"  # the grid of one of them has changed
    OVER_CAPACITY = "over_capacity"
    NOT_NEEDED = "not_needed"
    BETTER = "better"  # a proposal that gave way to a better one


class Lack(StrEnum):
    """Why somebody is left without a lead."""

    NO_GRID = "no_grid"
    NO_LEAD = "no_lead"
    NO_CAPACITY = "no_capacity"


@dataclass(frozen=True, slots=True)
class Costs:
    """The parts of a pair's cost."""

    neighbour: int
    distance: int
    size: int
    load: int
    change: int

    @property
    def total(self) -> int:
        return self.neighbour + self.distance + self.size + self.load + self.change


@dataclass(frozen=True, slots=True)
class Pair:
    """One need and its lead; ``kept`` if it stood before, ``place`` counts from 1 up to the lead's capacity."""

    need: Need
    lead: Lead
    kept: bool
    place: int
    costs: Costs


@dataclass(frozen=True, slots=True)
class Shortage:
    """What is missing in a grid: how many wait, and the places of leads in their reach, all and still free."""

    grid: UUID | None
    waiting: int
    leads: int
    capacity: int
    free: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """The result: everybody in need is in ``pairs`` or in ``unserved``, once."""

    pairs: tuple[Pair, ...]
    unserved: tuple[tuple[Need, Lack], ...]
    released: tuple[tuple[Pairing, Release], ...]
    shortages: tuple[Shortage, ...]
    objective: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked. ``neighbours`` names, for each grid, those whose leads may help it too."""

    needs: tuple[Need, ...]
    leads: tuple[Lead, ...]
    neighbours: Mapping[UUID, frozenset[UUID]]
    standing: tuple[Pairing, ...] = ()

    def reaches(self, lead: Lead, need: Need) -> bool:
        """Whether the lead may help at all, whatever it costs."""
        if need.grid is None or lead.branch in (need.branch, need.key):
            return False
        return lead.grid == need.grid or lead.grid in self.neighbours.get(need.grid, frozenset())


def assign(problem: Problem) -> Assignment:
    """The best assignment; the same whatever the order of what is asked."""
    needs = {one.key: one for one in sorted(problem.needs, key=lambda one: one.key)}
    leads = {one.key: one for one in sorted(problem.leads, key=lambda one: one.key)}
    kept, released = _kept(problem, needs, leads)
    before = {
        one.need: one.lead
        for one in problem.standing
        if not one.firm
        and one.need in needs
        and one.lead in leads
        and problem.reaches(leads[one.lead], needs[one.need])
    }
    chosen: dict[UUID, list[tuple[Need, bool]]] = defaultdict(list)  # by lead
    for one in kept:
        chosen[one.lead].append((needs[one.need], True))
    open_needs = [one for one in needs.values() if one.key not in {pairing.need for pairing in kept}]
    taken = Counter(one.lead for one in kept)
    for need, lead in _solve(problem, open_needs, list(leads.values()), taken, before):
        chosen[lead.key].append((need, False))
    pairs = tuple(
        Pair(
            need,
            leads[key],
            was_kept or before.get(need.key) == key,
            place,
            pair_costs(need, leads[key], place, before),
        )
        for key in leads
        for place, (need, was_kept) in enumerate(chosen[key], 1)
    )
    found = {pair.need.key: pair.lead.key for pair in pairs}
    replaced = tuple(
        (one, Release.BETTER if problem.reaches(leads[one.lead], needs[one.need]) else Release.OUT_OF_REACH)
        for one in sorted(problem.standing, key=lambda one: (one.need, one.lead))
        if not one.firm and one.need in needs and one.lead in leads and found.get(one.need) != one.lead
    )
    unserved = tuple((one, _lack(problem, one, leads.values())) for one in open_needs if one.key not in found)
    dear = _unserved_cost(len(open_needs))
    objective = sum(one.costs.total for one in pairs)
    objective += sum(dear * need.urgency + (CHANGE if need.key in before else 0) for need, _ in unserved)
    shortages = _shortages(problem, unserved, leads.values(), Counter(found.values()))
    return Assignment(pairs, unserved, (*released, *replaced), shortages, objective)


def _kept(
    problem: Problem, needs: Mapping[UUID, Need], leads: Mapping[UUID, Lead]
) -> tuple[list[Pairing], list[tuple[Pairing, Release]]]:
    """The firm pairings that stay, the oldest first where a lead has more than its capacity, and what ends."""
    kept: list[Pairing] = []
    released: list[tuple[Pairing, Release]] = []
    taken: Counter[UUID] = Counter()
    for one in sorted(problem.standing, key=lambda one: (one.since, one.need, one.lead)):
        why: Release | None = None
        if one.need not in needs:
            why = Release.NOT_NEEDED
        elif one.lead not in leads:
            why = Release.LEAD_GONE
        elif not one.firm:
            continue
        elif not problem.reaches(leads[one.lead], needs[one.need]):
            why = Release.OUT_OF_REACH
        elif taken[one.lead] >= leads[one.lead].capacity:
            why = Release.OVER_CAPACITY
        if why is None:
            kept.append(one)
            taken[one.lead] += 1
        else:
            released.append((one, why))
    return kept, released


def _unserved_cost(count: int) -> int:
    return count * PAIR_MAX + 1


def _solve(
    problem: Problem,
    needs: Sequence[Need],
    leads: Sequence[Lead],
    taken: Mapping[UUID, int],
    before: Mapping[UUID, UUID],
) -> Iterable[tuple[Need, Lead]]:
    """As a flow of least cost: need → lead → place of rising cost → end, and need → end at the dear price.

    All costs are whole numbers, and so is the flow.
    """
    if not needs:
        return
    rows, columns, costs = _arcs(problem, needs, leads, before)
    count, end = len(needs), len(needs) + len(leads)
    places = [
        (count + index, load_cost(place, lead.capacity))
        for index, lead in enumerate(leads)
        for place in range(taken.get(lead.key, 0) + 1, lead.capacity + 1)
    ]
    dear = _unserved_cost(count)
    everyone = np.arange(count)
    alone = [dear * one.urgency + (CHANGE if one.key in before else 0) for one in needs]
    start = np.concatenate([rows, np.array([one for one, _ in places], dtype=np.int64), everyone])
    to = np.concatenate([columns + count, np.full(len(places) + count, end)])
    prices = np.concatenate([costs, np.array([one for _, one in places], dtype=np.int64), np.array(alone)])
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(start, to, np.ones(len(start), dtype=np.int64), prices)
    flow.set_nodes_supplies(everyone, np.ones(count, dtype=np.int64))
    flow.set_node_supply(end, -count)
    if flow.solve() != flow.OPTIMAL:
        raise AssertionError("everybody can be left without a lead, so there is always a best assignment")
    for arc in np.flatnonzero(flow.flows(arcs[: len(rows)])):
        yield needs[int(rows[arc])], leads[int(columns[arc])]


def _arcs(
    problem: Problem, needs: Sequence[Need], leads: Sequence[Lead], before: Mapping[UUID, UUID]
) -> tuple[Integers, Integers, Integers]:
    """Who may help whom, and the costs that no place changes: as ``reaches`` and ``pair_costs``, all at once."""
    number: dict[object, int] = {}

    def numbered(values: Iterable[object]) -> Integers:
        return np.array([number.setdefault(one, len(number)) for one in values], dtype=np.int64)

    need_grids, lead_grids = [one.grid for one in needs], [one.grid for one in leads]
    grids = sorted({one for one in (*need_grids, *lead_grids) if one is not None})
    position = {one: index for index, one in enumerate(grids)}
    step = np.full((len(grids) + 1, len(grids)), -1, dtype=np.int64)  # the last row: no grid, out of everyone's reach
    for grid in grids:
        for other in problem.neighbours.get(grid, frozenset()) & position.keys():
            step[position[grid], position[other]] = NEIGHBOUR
        step[position[grid], position[grid]] = 0
    own = np.array([len(grids) if one is None else position[one] for one in need_grids], dtype=np.int64)
    theirs = np.array([position[one] for one in lead_grids], dtype=np.int64)
    nearness = step[np.ix_(own, theirs)]
    branches = numbered(one.branch for one in leads)
    is_own = (numbered(one.branch or one for one in needs)[:, None] == branches) | (
        numbered(one.key for one in needs)[:, None] == branches
    )
    rows, columns = np.nonzero((nearness >= 0) & ~is_own)
    places = sorted({one.territory for one in needs} | {one.territory for one in leads})
    there = {one: index for index, one in enumerate(places)}
    apart = np.array([[distance_cost(one, other) for other in places] for one in places], dtype=np.int64)
    from_there = np.array([there[one.territory] for one in needs], dtype=np.int64)
    to_there = np.array([there[one.territory] for one in leads], dtype=np.int64)
    sizes = sorted({one.size for one in needs} | {one.size for one in leads})
    size = {one: index for index, one in enumerate(sizes)}
    larger = np.array([[size_cost(one, other) for other in sizes] for one in sizes], dtype=np.int64)
    need_sizes = np.array([size[one.size] for one in needs], dtype=np.int64)
    lead_sizes = np.array([size[one.size] for one in leads], dtype=np.int64)
    keys = numbered(one.key for one in leads)
    proposed = np.array([number[before[one.key]] if before.get(one.key) in number else -1 for one in needs])
    change = np.where((proposed[rows] >= 0) & (proposed[rows] != keys[columns]), CHANGE, 0)
    costs = (
        nearness[rows, columns]
        + apart[from_there[rows], to_there[columns]]
        + larger[need_sizes[rows], lead_sizes[columns]]
        + change
    )
    return rows.astype(np.int64), columns.astype(np.int64), costs.astype(np.int64)


def pair_costs(need: Need, lead: Lead, place: int, before: Mapping[UUID, UUID]) -> Costs:
    return Costs(
        neighbour=0 if lead.grid == need.grid else NEIGHBOUR,
        distance=distance_cost(need.territory, lead.territory),
        size=size_cost(need.size, lead.size),
        load=load_cost(place, lead.capacity),
        change=CHANGE if before.get(need.key, lead.key) != lead.key else 0,
    )


def _lack(problem: Problem, need: Need, leads: Iterable[Lead]) -> Lack:
    if need.grid is None:
        return Lack.NO_GRID
    return Lack.NO_CAPACITY if any(problem.reaches(one, need) for one in leads) else Lack.NO_LEAD


def _shortages(
    problem: Problem, unserved: Sequence[tuple[Need, Lack]], leads: Iterable[Lead], taken: Mapping[UUID, int]
) -> tuple[Shortage, ...]:
    waiting = Counter(need.grid for need, _ in unserved)
    every = list(leads)
    found: list[Shortage] = []
    for grid, count in sorted(waiting.items(), key=lambda one: str(one[0])):
        reach = frozenset() if grid is None else problem.neighbours.get(grid, frozenset()) | {grid}
        near = [one for one in every if one.grid in reach]
        capacity = sum(one.capacity for one in near)
        free = sum(max(0, one.capacity - taken.get(one.key, 0)) for one in near)
        found.append(Shortage(grid, count, len(near), capacity, free))
    return tuple(found)
